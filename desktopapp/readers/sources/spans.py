"""Rows of cells with spans laid out on a grid of slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .limits import check_area
from .model import Cell


@dataclass(frozen=True, slots=True)
class SpanCell:
    """A cell as a web page writes it: its column follows from the cells before and above it."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    number: str | None = None


def lay_out(rows: Sequence[Sequence[SpanCell]]) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells with their slots; spans end at the last row, and missing cells at row ends are filled in.

    Raises SourceError when the spans blow the table up beyond the limits.
    """
    check_area(len(rows), max((len(row) for row in rows), default=0), "表格")
    taken: list[set[int]] = [set() for _ in rows]
    placed: list[list[Cell]] = [[] for _ in rows]
    for at, row in enumerate(rows):
        col = 0
        for cell in row:
            while col in taken[at]:
                col += 1
            rowspan = min(max(cell.rowspan, 1), len(rows) - at)
            check_area(len(rows), col + cell.colspan, "表格")
            for below in range(at, at + rowspan):
                taken[below].update(range(col, col + cell.colspan))
            placed[at].append(Cell(cell.text, at, col, rowspan, cell.colspan, cell.number))
            col += cell.colspan
    return fill_up(placed, taken)


def fill_up(placed: list[list[Cell]], taken: list[set[int]]) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows in column order with empty cells in the slots that nothing takes."""
    width = max((max(cols) + 1 for cols in taken if cols), default=0)
    for at, row in enumerate(placed):
        row.extend(Cell("", at, col) for col in range(width) if col not in taken[at])
        row.sort(key=lambda cell: cell.col)
    return tuple(tuple(row) for row in placed)


def merge_ranges(
    texts: Sequence[Sequence[tuple[str, str | None]]], ranges: Sequence[tuple[int, int, int, int]]
) -> tuple[tuple[Cell, ...], ...]:
    """Return a full matrix of (text, number) as cells, merged by ranges (top, left, bottom, right, inclusive).

    Ranges that leave the matrix are cut, ranges that overlap an earlier one are ignored; so are all further ones once
    they add up to several times the matrix, which no honest file does.
    """
    height, width = len(texts), max((len(row) for row in texts), default=0)
    budget = 4 * height * width
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for top, left, bottom, right in ranges:
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        if top < 0 or left < 0 or bottom < top or right < left or (top, left) in covered:
            continue
        budget -= (bottom - top + 1) * (right - left + 1)
        if budget < 0:
            break
        slots = [(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]
        if covered.isdisjoint(slots):
            covered.update(slots)
            spans[top, left] = (bottom - top + 1, right - left + 1)
    rows = []
    for at, row in enumerate(texts):
        cells = []
        for col, (text, number) in enumerate(row):
            span = spans.get((at, col))
            if span is not None:
                cells.append(Cell(text, at, col, span[0], span[1], number))
            elif (at, col) not in covered:
                cells.append(Cell(text, at, col, 1, 1, number))
        rows.append(tuple(cells))
    return tuple(rows)
