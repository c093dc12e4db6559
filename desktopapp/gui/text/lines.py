"""A section as the editor holds it: lines of runs, each run plain text or a chip that stands for something live."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desktopapp.narrative.blocks import Piece, Place
from desktopapp.narrative.document import Heading, Span, SpanState, Text
from desktopapp.narrative.marks import to_editable
from desktopapp.narrative.outline import Outline

#: What stands before a line in the stored text: subheadings and notes.
PREFIXES = ("## ", "# ", "@note ")
_PLACE = re.compile(r"@(figure|table|form|selfeval|glossary|attachments|break)\b.*$")
_PLACE_NAMES = {
    "figure": "图",
    "table": "表",
    "form": "决算表",
    "selfeval": "绩效自评表",
    "glossary": "名词解释",
    "attachments": "附件",
    "break": "另起一页",
}


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line. ``holder`` is the placeholder that is stored for it, "" for plain text."""

    text: str
    holder: str = ""
    fact: str = ""
    state: SpanState = "typed"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph: what stands before it in the stored text, and its runs."""

    prefix: str
    runs: tuple[Run, ...]

    @property
    def stored(self) -> str:
        """Return the line as the report keeps it."""
        return self.prefix + "".join(r.holder or r.text for r in self.runs)


def lines_of(pieces: Iterable[Piece], outline: Outline) -> list[Line]:
    """Return the lines of a section's pieces."""
    return [_line(p, outline) for p in pieces]


def _line(piece: Piece, outline: Outline) -> Line:
    match piece:
        case Place(kind, id_):
            return Line("", (Run(place_words(kind, id_, outline), f"@{kind} {id_}".strip()),))
        case Heading(level, text):
            return Line("#" * (level - 2) + " ", (Run(text),))
        case Text(spans, _, role):
            return Line("@note " if role == "note" else "", tuple(_runs(spans)))


def _runs(spans: Iterable[Span]) -> Iterator[Run]:
    for span in spans:
        stored = to_editable((span,))
        if span.fact is None and span.state != "unbound":
            yield Run(span.text, "", "", span.state)
        else:
            yield Run(span.text, stored, span.fact or "", span.state)


def place_words(kind: str, id_: str, outline: Outline) -> str:
    """Return what stands in the editor for a figure, table or form."""
    spec = outline.figure(id_) if kind == "figure" else None
    title = (spec.title or spec.caption) if spec is not None else ""
    if spec is not None and (spec.choice or outline.figures_on_choice):
        title += "（选印）"
    table = outline.table(id_) if kind == "table" else None
    title = table.caption if table is not None else title
    title = title.replace("{n}", "").replace("{department}", "").replace("{year}年度", "").replace("{year}", "")
    return f"【{_PLACE_NAMES.get(kind, kind)}　{title or id_}】".replace("　】", "】")


def is_place(stored: str) -> bool:
    """Tell whether a stored line is the place of a figure, table or form."""
    return _PLACE.match(stored) is not None


def split_prefix(stored: str) -> tuple[str, str]:
    """Return what stands before a stored line, and the rest."""
    prefix = next((p for p in PREFIXES if stored.startswith(p)), "")
    return prefix, stored[len(prefix) :]


def stored_text(lines: Iterable[Line]) -> str:
    """Return lines as the report keeps them; empty ones are left out."""
    return "\n".join(line.stored for line in lines if line.stored.strip())


def signature(lines: Iterable[Line]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return what two versions of a section are compared by: prefixes, texts, placeholders; not empty lines."""
    return [(line.prefix, _merged(line.runs)) for line in lines if line.stored.strip()]


def _merged(runs: Iterable[Run]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for run in runs:
        if found and not run.holder and not found[-1][1]:
            found[-1] = (found[-1][0] + run.text, "")
        elif run.text:
            found.append((run.text, run.holder))
    return tuple(found)


def runs_of(spans: Iterable[Span]) -> list[Run]:
    """Return the runs of the spans of one line."""
    return list(_runs(spans))
