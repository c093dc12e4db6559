"""What a reader found of a form before the amounts have their columns."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktopapp.core.template import Cell
from desktopapp.readers.sources.model import Position

#: Where a piece of a line begins and ends, in characters.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Number:
    """One number as the source prints it: exact value in 1/10^places, its text and where it stands.

    ``where`` names the place in words, ``position`` finds it again when the source is shown. ``spans`` is its place on
    a line that is aligned by blanks, with a Chinese character as one and as two.
    """

    digits: int
    places: int
    text: str
    where: str = ""
    repaired: str = ""
    position: Position | None = field(default=None, compare=False)
    spans: tuple[Span, Span] | None = field(default=None, compare=False)


@dataclass(slots=True)
class RowReading:
    """One row of a form: its key, name and numbers.

    ``placed`` are numbers whose column is certain; ``loose`` stand in order, but empty cells between them were lost, so
    that the relations must tell their columns. ``columns`` are the columns that the source prints where they are not
    those of the template ("" for one that no template has, equal ones make a sum). ``notes`` say what was repaired, in
    words for the user. ``leaning`` tells for each loose number how far it stands from each column, empty where the
    source shows no places.
    """

    row: str
    name: str = ""
    placed: dict[str, Number] = field(default_factory=dict)
    loose: list[Number] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    where: str = ""
    sure: float = 1.0
    columns: tuple[str, ...] = ()
    leaning: tuple[tuple[float, ...], ...] = ()


@dataclass(slots=True)
class FormReading:
    """One form as found in the source."""

    form: str
    rows: list[RowReading] = field(default_factory=list)
    unplaced: list[Number] = field(default_factory=list)
    title: str = ""
    year: int | None = None
    unit: str = ""
    department: str = ""
    where: str = ""
    line_numbers: dict[str, int] = field(default_factory=dict)
    #: The words of the header, without blanks.
    head: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """How sure the reader is of one cell, and why it is not fully sure."""

    cell: Cell
    confidence: float
    where: str
    reason: str = ""
