"""The table of a form as the screen sees it: one model column for each column that can be told apart.

No Qt here. Code columns (类, 款, 项) that a body cell always fills together are one column on screen; the header keeps
them apart. Rows are those of the layout, and below them, where rows may be added, one line for input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktopapp.core.layout import BodyCell, TableLayout
from desktopapp.core.template import Cell

#: Kinds of cells at which the keyboard stops.
STOPS = frozenset({"amount", "code", "name", "input"})
#: What the line for input says.
PROMPT = "＋ 录入编码或名称增加一行"

_BLANK = BodyCell(0, "blank")


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the grid with the first and last column that it covers."""

    first: int
    last: int
    cell: BodyCell


class Grid:
    """Body cells of a laid-out form by row and screen column.

    ``starts`` are the first layout columns of the screen columns, ``lead`` the number of screen columns that hold
    codes and names, ``has_input`` tells whether the last row is the line for input.
    """

    def __init__(self, layout: TableLayout, has_input: bool) -> None:
        self.layout = layout
        self.has_input = has_input
        self.starts = _starts(layout)
        self.columns = len(self.starts)
        self.rows = len(layout.body) + has_input
        self.lead = sum(1 for s in self.starts if s < layout.lead)
        self._screen_of = {start: i for i, start in enumerate(self.starts)}
        self._mixed: dict[int, tuple[Place, ...]] = {}
        self._row_of = _index_rows(layout)

    def _places(self, row: tuple[BodyCell, ...]) -> Iterator[Place]:
        for at, cell in enumerate(row):
            first = self._screen_of[cell.col]
            last = self._screen_of[row[at + 1].col] - 1 if at + 1 < len(row) else self.columns - 1
            for _ in range(first, last + 1):
                yield Place(first, last, cell)

    @property
    def input_row(self) -> int:
        """Return the row of the line for input, -1 where there is none."""
        return self.rows - 1 if self.has_input else -1

    def cell(self, row: int, column: int) -> BodyCell:
        """Return the body cell that covers a place; a place of a merged cell gives the whole cell."""
        if row >= len(self.layout.body):
            return BodyCell(0, "input", PROMPT)
        cells = self.layout.body[row]
        return cells[column] if len(cells) == self.columns else self.place(row, column).cell

    def place(self, row: int, column: int) -> Place:
        """Return the cell at a place with the columns it covers."""
        if row >= len(self.layout.body):
            return Place(0, self.columns - 1, BodyCell(0, "input", PROMPT))
        cells = self.layout.body[row]
        if len(cells) == self.columns:
            return Place(column, column, cells[column])
        known = self._mixed.get(row)
        if known is None:
            known = self._mixed[row] = tuple(self._places(cells))
        return known[column] if column < len(known) else Place(column, column, _BLANK)

    def places_of_row(self, row: int) -> Iterator[Place]:
        """Yield every cell of a row once, from left to right."""
        column = 0
        while column < self.columns:
            place = self.place(row, column)
            yield place
            column = place.last + 1

    def screen_column(self, layout_column: int) -> int:
        """Return the screen column that begins at a column of the layout."""
        return self._screen_of[layout_column]

    def where(self, cell: Cell) -> tuple[int, int] | None:
        """Return (row, column) of an amount, None when this form does not print it."""
        if cell.form != self.layout.form_id:
            return None
        for row in self._row_of.get(cell.row, ()):
            for at, body in enumerate(self.layout.body[row]):
                if body.cell == cell:
                    return row, at if len(self.layout.body[row]) == self.columns else self._screen_of[body.col]
        return None

    def where_row(self, row_key: str) -> tuple[int, int] | None:
        """Return (row, column) of the code of a row."""
        for row in self._row_of.get(row_key, ()):
            for place in self.places_of_row(row):
                if place.cell.row == row_key and place.cell.kind in ("code", "label"):
                    return row, place.first
        return None

    def address(self, row: int, column: int) -> Cell | None:
        """Return the address of the amount at a place."""
        return self.cell(row, column).cell if 0 <= row < self.rows and 0 <= column < self.columns else None

    def row_keys(self, rows: Iterator[int]) -> list[str]:
        """Return the keys of the rows by code among some rows, each once."""
        keys: dict[str, None] = {}
        for row in rows:
            for place in self.places_of_row(row):
                if place.cell.kind == "code" and place.cell.row:
                    keys[place.cell.row] = None
        return list(keys)

    def is_stop(self, row: int, column: int) -> bool:
        """Tell whether the keyboard stops at a place; a merged cell has its stop in its first column."""
        place = self.place(row, column)
        return place.cell.kind in STOPS and place.first == column

    def amounts_in(self, top: int, left: int, bottom: int, right: int) -> Iterator[tuple[int, int, Cell]]:
        """Yield (row, column, address) of every amount in a rectangle."""
        for row in range(top, min(bottom, len(self.layout.body) - 1) + 1):
            for column in range(left, right + 1):
                place = self.place(row, column)
                if place.cell.cell is not None and place.first == column:
                    yield row, column, place.cell.cell


def _starts(layout: TableLayout) -> tuple[int, ...]:
    """Return the layout columns in which some body cell begins; all of them for a form without rows."""
    if not layout.body:
        return tuple(range(len(layout.widths)))
    found: set[int] = {0}
    lengths: set[int] = set()
    for row in layout.body:
        if len(found) == len(layout.widths):
            break
        if layout.lead:
            # Rows by code begin in the same columns, all but the total.
            if len(row) in lengths:
                continue
            lengths.add(len(row))
        found.update(cell.col for cell in row)
    # A code form without rows by code shows its total only: its code columns still stand apart from the name.
    if layout.lead and not any(0 < c < layout.lead for c in found):
        found.add(layout.lead - 1)
    return tuple(sorted(found))


def _index_rows(layout: TableLayout) -> dict[str, tuple[int, ...]]:
    """Return the body rows in which each row key stands."""
    found: dict[str, tuple[int, ...]] = {}
    for at, row in enumerate(layout.body):
        for cell in row:
            key = cell.cell.row if cell.cell is not None else cell.row
            if key:
                known = found.get(key)
                if known is None:
                    found[key] = (at,)
                elif known[-1] != at:
                    found[key] = (*known, at)
    return found
