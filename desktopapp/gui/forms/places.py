"""Remembering a cell by what stands there, so that it can be found again when rows come and go. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from desktopapp.core.template import Cell
from desktopapp.gui.forms.grid import Grid


@dataclass(frozen=True, slots=True)
class Kept:
    """A place: the amount's address or the row's key, and where it was."""

    cell: Cell | None
    kind: str
    row_key: str
    row: int
    column: int


def kept_at(grid: Grid, row: int, column: int) -> Kept:
    """Remember what stands at a place."""
    body = grid.cell(row, column)
    return Kept(body.cell, body.kind, body.row, row, column)


def found_again(grid: Grid, kept: Kept) -> tuple[int, int] | None:
    """Return where a remembered cell stands now, None when it is gone."""
    if kept.cell is not None:
        return grid.where(kept.cell)
    if kept.kind == "input":
        return (grid.input_row, 0) if grid.has_input else None
    found = grid.where_row(kept.row_key) if kept.row_key else None
    return (found[0], kept.column) if found is not None else None


def nearest(grid: Grid, kept: Kept) -> tuple[int, int]:
    """Return the place closest to where a cell was that is gone."""
    return min(kept.row, grid.rows - 1), min(kept.column, grid.columns - 1)
