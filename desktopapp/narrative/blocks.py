"""From the text of a section to its pieces: paragraphs, subheadings and places for figures, tables and forms.

In a template a paragraph may run over several lines and ends with a blank one; in an office's own wording every line is
a paragraph. A line that begins with # or ## is a subheading, one that begins with @ a place:

    @figure total      @table key_work      @form 01      @note 注：…      @selfeval      @glossary      @attachments
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desktopapp.narrative.document import Heading, Span, Text
from desktopapp.narrative.marks import to_editable, unmark

#: Words after @ that name a place.
PLACES = ("figure", "table", "form", "selfeval", "glossary", "attachments", "break")
_PLACE = re.compile(rf"@({'|'.join(PLACES)})(?:[ \u3000]+(\S+))?[ \u3000]*$")
_NOTE = "@note "


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure, table or form stands: what, and its id."""

    kind: str
    id: str = ""


Piece = Text | Heading | Place


def rendered_lines(rendered: str) -> Iterator[str]:
    """Yield the paragraphs of a rendered template, lines within one joined without a blank."""
    paragraph = ""
    for raw in rendered.split("\n"):
        line = raw.strip(" \t")
        if not line or line.startswith(("@", "#")):
            if paragraph:
                yield paragraph
            paragraph = ""
            if line:
                yield line
        else:
            paragraph += line
    if paragraph:
        yield paragraph


@dataclass(frozen=True, slots=True)
class Rendered:
    """The lines of a rendered template and the piece that each of them became."""

    lines: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()


def from_rendered(rendered: str, section: str, before: Rendered | None = None) -> Rendered:
    """Return the pieces of a rendered template, those of the time before where a line is the same."""
    lines = tuple(rendered_lines(rendered))
    old_lines, old = (before.lines, before.pieces) if before is not None else ((), ())
    shared = min(len(lines), len(old_lines))
    pieces = [
        old[at] if at < shared and old_lines[at] == line else _piece(line, unmark(line), f"{section}#{at + 1}")
        for at, line in enumerate(lines)
    ]
    return Rendered(lines, tuple(pieces))


def from_lines(lines: Iterable[tuple[str, tuple[Span, ...]]], section: str) -> tuple[Piece, ...]:
    """Return the pieces of an office's own wording: (line as written, its spans)."""
    return tuple(_pieces(lines, section))


def _pieces(lines: Iterable[tuple[str, tuple[Span, ...]]], section: str) -> Iterator[Piece]:
    for at, (line, spans) in enumerate(((ln, sp) for ln, sp in lines if ln.strip()), 1):
        yield _piece(line, spans, f"{section}#{at}")


def _piece(line: str, spans: tuple[Span, ...], id_: str) -> Piece:
    place = _PLACE.match(line) if line.startswith("@") else None
    level = 4 if line.startswith("## ") else 3 if line.startswith("# ") else 0
    if place is not None:
        return Place(place[1], place[2] or "")
    if level:
        return Heading(level, "".join(s.text for s in spans).lstrip("# "), id_)
    if line.startswith(_NOTE):
        return Text(_without(spans, _NOTE), id_, "note")
    return Text(spans, id_)


def _without(spans: tuple[Span, ...], head: str) -> tuple[Span, ...]:
    first = spans[0]
    return (Span(first.text.removeprefix(head), first.fact, first.state), *spans[1:])


def editable_text(pieces: Iterable[Piece]) -> str:
    """Return the pieces of a section as the editor shows them, a line each."""
    return "\n".join(map(_line, pieces))


def _line(piece: Piece) -> str:
    match piece:
        case Place(kind, id_):
            return f"@{kind} {id_}".strip()
        case Heading(level, text):
            return f"{'#' * (level - 2)} {text}"
        case Text(spans, _, role):
            return (_NOTE if role == "note" else "") + to_editable(spans)
