"""Chooses type size, padding and column widths with which a table fills its page, the same for PDF and Word.

The width of a text is estimated from its characters alone, so that a document looks alike wherever it is made: a
Chinese character is as wide as the type is high, a digit a little more than half of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

from desktopapp.writers.tables import RuledCell, RuledTable

#: Points in a millimetre.
POINTS = 72 / 25.4
#: Height of a line of a table in type sizes.
LINE = 1.2
#: Room left and right of the text of a cell, in points.
SIDE = 2.5

_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
_PAD_LEAST, _PAD_MOST = 0.8, 5.0
#: Type and padding of a table that runs over several pages.
_LONG_SIZE, _LONG_PAD = 9.5, 2.2
_NARROW = 0.56
#: What a table needs besides its estimated rows: its lines and a little doubt.
_SAFETY = 8.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Type size and padding above and below the text in points, widths of the columns in mm.

    ``single`` tells whether the table stands on one page.
    """

    size: float
    pad: float
    widths: tuple[float, ...]
    single: bool


def text_width(text: str) -> float:
    """Return the estimated width of a text in type sizes."""
    return sum(1.0 if east_asian_width(c) in "WFA" else _NARROW for c in text)


def lines_of(text: str, size: float, width: float) -> int:
    """Return how many lines a text takes in ``width`` points with type of ``size`` points."""
    room = max(width, size)
    return sum(max(1, ceil(text_width(part) * size / room)) for part in text.split("\n"))


def fit_table(table: RuledTable, width: float, room: float) -> Fit:
    """Return how a table ``width`` mm wide stands on a page that has ``room`` points for its rows and notes.

    The largest type with which it stands on one page wins; a table too long for that gets comfortable type.
    """
    for size in _SIZES:
        widths = column_widths(table, width, size)
        if widths is None:
            continue
        used = _height(table, widths, size) + _notes(table, width, size) + _SAFETY
        spare = (room - used) / (2 * table.rows)
        if spare >= _PAD_LEAST:
            return Fit(size, round(min(_PAD_MOST, spare), 2), widths, True)
    for size in (s for s in _SIZES if s <= _LONG_SIZE):
        widths = column_widths(table, width, size)
        if widths is not None:
            return Fit(size, _LONG_PAD, widths, False)
    scale = width / sum(table.widths)
    return Fit(_SIZES[-1], _LONG_PAD, tuple(w * scale for w in table.widths), False)


def fit_inline(table: RuledTable, width: float) -> Fit:
    """Return how a table stands between paragraphs: ordinary type, smaller only where numbers would break."""
    for size in _SIZES:
        widths = column_widths(table, width, size)
        if widths is not None:
            return Fit(size, 3.0, widths, False)
    scale = width / sum(table.widths)
    return Fit(_SIZES[-1], 3.0, tuple(w * scale for w in table.widths), False)


def column_widths(table: RuledTable, width: float, size: float) -> tuple[float, ...] | None:
    """Return widths in mm, those declared save where a number would break; None when ``size`` is too large for them."""
    scale = width / sum(table.widths)
    given = [w * scale for w in table.widths]
    need = _needed(table, size)
    widths = [max(g, n) for g, n in zip(given, need, strict=True)]
    excess = sum(widths) - width
    if excess <= 1e-9:
        return tuple(widths)
    slack = [w - n for w, n in zip(widths, need, strict=True)]
    if sum(slack) < excess:
        return None
    return tuple(w - excess * s / sum(slack) for w, s in zip(widths, slack, strict=True))


def _needed(table: RuledTable, size: float) -> list[float]:
    """Return the least width of each column in mm: numbers stay on one line, words get three characters."""
    need = [0.0] * len(table.widths)
    for cell in sorted(table.cells, key=lambda c: c.colspan):
        ems = text_width(cell.text) if _whole(cell) else min(text_width(cell.text), 3.0)
        least = (ems * size * 1.02 + 2 * SIDE) / POINTS if cell.text else 0.0
        have = sum(need[cell.col : cell.col + cell.colspan])
        for at in range(cell.col, cell.col + cell.colspan):
            need[at] += max(0.0, least - have) / cell.colspan
    return need


def _whole(cell: RuledCell) -> bool:
    """Tell whether a cell must not break: an amount or a code."""
    return len(cell.text) < 24 and cell.text.isascii() and " " not in cell.text


def _height(table: RuledTable, widths: Sequence[float], size: float) -> float:
    return sum(row_lines(table, widths, size)) * size * LINE


def row_lines(table: RuledTable, widths: Sequence[float], size: float) -> list[int]:
    """Return how many lines of text each row has."""
    lines = [1] * table.rows
    for cell in sorted(table.cells, key=lambda c: c.rowspan):
        room = sum(widths[cell.col : cell.col + cell.colspan]) * POINTS - 2 * SIDE - (size if cell.indent else 0)
        missing = lines_of(cell.text, size, room) - sum(lines[cell.row : cell.row + cell.rowspan])
        if missing > 0:
            lines[cell.row + cell.rowspan - 1] += missing
    return lines


def _notes(table: RuledTable, width: float, size: float) -> float:
    return sum(lines_of(note, size, width * POINTS) * size * 1.4 + 3 for note in table.notes)
