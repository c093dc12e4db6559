"""A grid prepared for recognition: slots, folded words and header paths, each worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from desktopapp.readers.grid_words import digits_of, head_word, label_keys
from desktopapp.readers.sources.model import Cell as SourceCell

Rows = Sequence[Sequence[SourceCell]]


class GridView:
    """Rows of cells with spans, seen as a rectangle of slots.

    ``rows`` hold the cells that begin in each row; a cell's ``row`` must be its index in ``rows``. ``context`` are
    lines of text above the grid, ``offset`` the first row of a section in the grid it was cut from.
    """

    def __init__(self, rows: Rows, context: Sequence[str] = (), offset: int = 0) -> None:
        self.rows = rows
        self.offset = offset
        self.context = tuple(context)
        self.height = len(rows)
        self.width = max((c.col + c.colspan for row in rows for c in row), default=0)
        self._folded: dict[str, str] = {}

    @cached_property
    def slots(self) -> list[list[SourceCell | None]]:
        """Return height × width slots, each with the cell that covers it."""
        slots: list[list[SourceCell | None]] = [[None] * self.width for _ in range(self.height)]
        for row in self.rows:
            for cell in row:
                for at in range(cell.row, min(cell.row + cell.rowspan, self.height)):
                    slots[at][cell.col : cell.col + cell.colspan] = [cell] * cell.colspan
        return slots

    def filled(self, row: int) -> Iterator[SourceCell]:
        """Yield the cells with text that begin in a row, from left to right."""
        return (c for c in self.rows[row] if c.text)

    def starting(self, row: int, first: int, last: int) -> Iterator[SourceCell]:
        """Yield the cells with text that begin in a row between two columns, both included."""
        return (c for c in self.rows[row] if first <= c.col <= last and c.text)

    def word(self, cell: SourceCell) -> str:
        """Return the folded text of a cell as a header word."""
        found = self._folded.get(cell.text)
        if found is None:
            found = self._folded[cell.text] = head_word(cell.text)
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """Return all folded texts of the grid."""
        return frozenset(self.word(c) for row in self.rows for c in row if c.text)

    @cached_property
    def label_keys(self) -> frozenset[str]:
        """Return all texts of the grid as labels of lines."""
        texts = {c.text for row in self.rows for c in row if c.text and c.number is None and len(c.text) <= 60}
        return frozenset(key for text in texts for key in label_keys(text))

    @cached_property
    def codes(self) -> tuple[int, int]:
        """Return how many cells look like functional codes and how many like economic ones."""
        functional = economic = 0
        for row in self.rows:
            for cell in row:
                digits = digits_of(cell.text) if len(cell.text) <= 9 else ""
                if len(digits) in (3, 5, 7) and digits[0] == "2":
                    functional += 1
                elif len(digits) in (3, 5) and digits[0] == "3":
                    economic += 1
        return functional, economic

    def section(self, first: int, last: int, context: Sequence[str]) -> GridView:
        """Return rows ``first`` to ``last`` as a view of their own; spans are cut at its end."""
        moved = [[_moved(c, first, last) for c in self.rows[at]] for at in range(first, last + 1)]
        return GridView(moved, context, self.offset + first)


def _moved(cell: SourceCell, first: int, last: int) -> SourceCell:
    span = min(cell.rowspan, last + 1 - cell.row)
    return SourceCell(cell.text, cell.row - first, cell.col, span, cell.colspan, cell.number, cell.bbox)
