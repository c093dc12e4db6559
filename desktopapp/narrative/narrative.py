"""The text of one report, section by section, kept up to date, and the whole report as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.commands import SetField
from desktopapp.core.engine import Changes
from desktopapp.core.report import Report
from desktopapp.narrative.bindings import facts_in, from_editable
from desktopapp.narrative.blocks import Piece, Place, Rendered, editable_text, from_lines, from_rendered
from desktopapp.narrative.document import Span, Text
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.fields import SECRET_FIELD as SECRET_FIELD
from desktopapp.narrative.fields import SELFEVAL
from desktopapp.narrative.fields import TEXT_FIELD as TEXT_FIELD
from desktopapp.narrative.glossary import Entry, entries, item_entries, lines
from desktopapp.narrative.inputs import FIELD as INPUT_FIELD
from desktopapp.narrative.marks import mark, unmark
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.narrative.outline import Outline, SectionSpec, number_style
from desktopapp.narrative.parts import Parts
from desktopapp.narrative.plain import clean
from desktopapp.narrative.rendering import Renderer
from desktopapp.narrative.wording import PARTS, Wording


def own_text(report: Report, section_id: str) -> str:
    """Return the office's own wording of a section, "" when the template's is used."""
    found = report.fields.get(TEXT_FIELD + section_id)
    return found if isinstance(found, str) else ""


def write_section(section_id: str, text: str) -> SetField:
    """Return the command that gives a section an office's own wording; empty text goes back to the template's."""
    return SetField(TEXT_FIELD + section_id, clean(text) or None)


def restore_section(section_id: str) -> SetField:
    """Return the command that goes back to the template's wording."""
    return SetField(TEXT_FIELD + section_id, None)


def is_secret(report: Report, section_id: str) -> bool:
    """Tell whether a section is withheld."""
    found = report.fields.get(SECRET_FIELD)
    return isinstance(found, list) and section_id in found


@dataclass(slots=True)
class _Kept:
    """The pieces of a section with what they rest on: fact ids, "table." and "form:NN"."""

    pieces: tuple[Piece, ...]
    used: set[str] = field(default_factory=set)


class Narrative:
    """The sections of one report. An edit makes only those anew that use what it changed."""

    def __init__(
        self,
        report: Report,
        facts: Facts,
        outline: Outline,
        catalogues: Catalogues | None = None,
        renderer: Renderer | None = None,
    ) -> None:
        self.report = report
        self.facts = facts
        self.outline = outline
        self._catalogues = catalogues
        self._renderer = renderer or Renderer(outline)
        self._kept: dict[str, _Kept] = {}
        #: Sections to be made anew when somebody asks for them; freeing a long one takes longer than an edit should.
        self._stale: set[str] = set()
        self._parts = Parts()
        self._rendered: dict[str, Rendered] = {}
        self._explained: tuple[Entry, ...] | None = None
        self._glossaries: dict[str, tuple[tuple[Entry, ...], tuple[Piece, ...]]] = {}

    @property
    def style(self) -> NumberStyle:
        """Return how numbers are written in this report."""
        return number_style(self.report, self.outline)

    def pieces(self, section_id: str) -> tuple[Piece, ...]:
        """Return the paragraphs, subheadings and places of a section.

        Raises KeyError for an unknown section, TextTemplateError when its template is malformed.
        """
        kept = self._kept.get(section_id)
        if kept is None or section_id in self._stale:
            kept = self._kept[section_id] = self._make(section_id)
            self._stale.discard(section_id)
        return kept.pieces

    def is_own(self, section_id: str) -> bool:
        """Tell whether a section carries the office's own wording."""
        return bool(own_text(self.report, section_id))

    def editable(self, section_id: str) -> str:
        """Return a section as the editor shows it: a line per paragraph, facts as placeholders."""
        return editable_text(self.pieces(section_id))

    def generated(self, section_id: str) -> str:
        """Return the template's wording of a section as the editor would show it."""
        return editable_text(self._render(self._section(section_id), set()))

    def preview(self, line: str) -> tuple[Span, ...]:
        """Return the spans of one line of an editor's text."""
        return from_editable(line, self.facts, self.style)

    def wording(self) -> Wording:
        """Return the names that templates may use, for this report as it is now."""
        return Wording(self.report, self.facts, self.outline, self.style, self._catalogues, self._parts)

    def shown(self, section: SectionSpec) -> bool:
        """Tell whether a section is printed: it has no condition, or an input table for it, or a text of its own."""
        if not section.when or self.is_own(section.id) or is_secret(self.report, section.id):
            return True
        return any(self._has(name) for name in section.when)

    def _has(self, name: str) -> bool:
        if name in self.facts.book.inputs:
            return self.facts.inputs.filled(name)
        return bool(self.report.fields.get(name))

    # ── keeping up ──────────────────────────────────────────────────────────────────────────────────────────────
    def update(self, changes: Changes) -> set[str]:
        """Take over what a command changed; return the ids of the sections that have to be shown anew.

        The facts are brought up to date as well.
        """
        touched = self.facts.update(changes)
        tables = {f.removeprefix(INPUT_FIELD) for f in changes.fields if f.startswith(INPUT_FIELD) or f == SELFEVAL}
        other = {f for f in changes.fields if not f.startswith((INPUT_FIELD, TEXT_FIELD)) and f != SELFEVAL}
        if changes.everything or changes.head or changes.rows or other:
            gone = set(self._kept)
            self._parts.clear()
            self._explained = None
        else:
            touched |= {f"{t}." for t in tables} | {f"form:{c.form}" for c in changes.cells}
            touched |= {PARTS + name for name in self._parts.drop(touched)}
            fresh = [(i, kept) for i, kept in self._kept.items() if i not in self._stale]
            gone = {i for i, kept in fresh if not touched.isdisjoint(kept.used)}
            gone |= {f.removeprefix(TEXT_FIELD) for f in changes.fields if f.startswith(TEXT_FIELD)}
            if tables:
                gone |= {i for i in self._kept if not tables.isdisjoint(self._section(i).when)}
        self._stale |= gone
        return gone

    # ── making a section ────────────────────────────────────────────────────────────────────────────────────────
    def _section(self, section_id: str) -> SectionSpec:
        found = self.outline.section(section_id)
        if found is None:
            raise KeyError(section_id)
        return found

    def _make(self, section_id: str) -> _Kept:
        section, used = self._section(section_id), set[str]()
        if is_secret(self.report, section_id):
            return _Kept(self._secret(section), used)
        own = own_text(self.report, section_id)
        if own:
            for fact_id in facts_in(own):
                self.facts.find(fact_id)
                used.add(fact_id)
            style = self.style
            written = [(line, from_editable(line, self.facts, style)) for line in clean(own).split("\n")]
            return _Kept(from_lines(written, section_id), used)
        return _Kept(self._render(section, used), used)

    def _secret(self, section: SectionSpec) -> tuple[Piece, ...]:
        text = (section.secret or self.outline.secret).format(title=section.title, department=self.report.department)
        return (Text((Span(text),), f"{section.id}#1"),)

    def _render(self, section: SectionSpec, used: set[str]) -> tuple[Piece, ...]:
        wording = self.wording()
        rendered = self._renderer.render(section.text, wording.names())
        made = self._rendered[section.id] = from_rendered(rendered, section.id, self._rendered.get(section.id))
        pieces = made.pieces
        if Place("glossary") in pieces:
            at = pieces.index(Place("glossary"))
            pieces = (*pieces[:at], *self._explanations(section.id, wording), *pieces[at + 1 :])
        used |= wording.used
        return pieces

    def _explanations(self, section_id: str, wording: Wording) -> tuple[Piece, ...]:
        """Return the entries of the glossary, those of the time before where they are the same."""
        if self._explained is None:
            self._explained = item_entries(self.report, self.outline.glossary, wording)
        found = entries(self.report, self.facts, self.outline.glossary, wording, self._explained)
        before = self._glossaries.get(section_id)
        if before is None or before[0] != found:
            before = self._glossaries[section_id] = found, tuple(self._glossary(section_id, found))
        return before[1]

    def _glossary(self, section_id: str, found: tuple[Entry, ...]) -> Iterator[Piece]:
        if not found:
            yield Text(unmark(mark("【请填写：名词解释】", "", "missing")), f"{section_id}#1")
        numbered = lines(found, self.outline.glossary_number, self.outline.glossary_item)
        for at, (key, head, text) in enumerate(numbered, 1):
            if not text and key != "items":
                text = mark("【请填写：释义】", "", "missing")
            shown = f"{head}：{text}" if text else f"{head}："
            yield Text(unmark(shown), f"{section_id}#{at}")


def unbound_spans(pieces: Iterable[Piece]) -> Iterator[tuple[str, Span]]:
    """Yield (paragraph id, span) of everything carried over from last year that nobody has looked at yet."""
    for piece in pieces:
        if isinstance(piece, Text):
            yield from ((piece.id, s) for s in piece.spans if s.state == "unbound")


def missing_spans(pieces: Iterable[Piece]) -> Iterator[tuple[str, Span]]:
    """Yield (paragraph id, span) of everything that still has to be filled in."""
    for piece in pieces:
        if isinstance(piece, Text):
            yield from ((piece.id, s) for s in piece.spans if s.state == "missing")
