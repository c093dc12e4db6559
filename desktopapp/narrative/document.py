"""The whole report as a neutral document: headings, text with bound numbers, forms, figures, tables.

Word, PDF, HTML and the preview are all made from this, so that they cannot differ. Pure data: no layout, no fonts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from desktopapp.narrative.numbers import NumberStyle

#: "live": written by a fact and follows it; "typed": written by the office; "unbound": a number carried over from last
#: year's text that no fact stands for; "missing": something that the accountant still has to fill in.
SpanState = Literal["live", "typed", "unbound", "missing"]
ChartKind = Literal["bars", "pie", "lines", "grouped"]
#: How the cells of a table column are set: text to the left, text centred, numbers to the right.
CellKind = Literal["text", "centre", "number"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a paragraph; ``fact`` is the id of the fact that its text states."""

    text: str
    fact: str | None = None
    state: SpanState = "typed"


@dataclass(frozen=True, slots=True)
class Cover:
    """The title page; ``date`` is printed as it stands and may be empty."""

    title: str
    department: str
    date: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents, made by the writer from the headings of levels 1 and 2."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 is a part, 2 a section, 3 and 4 stand below; ``id`` is its place in the outline."""

    level: int
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph. ``id`` is the section it belongs to, with the paragraph's number: "income#1".

    ``role`` is "body", "note" (small, under a form or figure), "list" or "contact".
    """

    spans: tuple[Span, ...]
    id: str = ""
    role: str = "body"

    @property
    def plain(self) -> str:
        """Return the paragraph as plain text."""
        return "".join(s.text for s in self.spans)


@dataclass(frozen=True, slots=True)
class FormTable:
    """One of the report's forms, to be laid out by ``core.layout.lay_out``."""

    form_id: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What a figure shows; ``series`` are (name, amounts in 分), one amount for each category."""

    kind: ChartKind
    title: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the caption printed under it."""

    id: str
    caption: str
    chart: Chart


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell of a table that is not a form; rows and columns it covers beyond its own are left out of the rows."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    head: bool = False
    kind: CellKind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is not a form.

    Attributes:
        caption: title above the table, may be empty.
        head: rows that repeat on every page.
        body: the other rows; a cell that spans is given once, the places it covers are omitted.
        widths: relative widths of the columns in mm.
        kinds: how each column is set.
        orientation: "portrait" or "landscape".
        notes: lines under the table.
    """

    caption: str
    head: tuple[tuple[TableCell, ...], ...]
    body: tuple[tuple[TableCell, ...], ...]
    widths: tuple[int, ...]
    kinds: tuple[CellKind, ...]
    orientation: str = "portrait"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the office that is appended, or with ``listed`` only named."""

    title: str
    path: str
    listed: bool = False


Block = Cover | Contents | Heading | Text | FormTable | Figure | Table | PageBreak | Attachment


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The whole report in printed order."""

    title: str
    department: str
    year: int
    date: str
    blocks: tuple[Block, ...]
    style: NumberStyle

    def headings(self) -> Iterator[Heading]:
        """Yield the headings in order."""
        yield from (b for b in self.blocks if isinstance(b, Heading))

    def figures(self) -> tuple[Figure, ...]:
        """Return the figures in order."""
        return tuple(b for b in self.blocks if isinstance(b, Figure))

    def tables(self) -> tuple[Table, ...]:
        """Return the tables with a title that are no forms, in order: key work, self-evaluation."""
        return tuple(b for b in self.blocks if isinstance(b, Table) and b.caption)

    def texts(self, section: str = "") -> Iterator[Text]:
        """Yield the paragraphs, those of one section if given."""
        for block in self.blocks:
            if isinstance(block, Text) and (not section or block.id.partition("#")[0] == section):
                yield block
