"""Grids of a page: ruled tables first, aligned ones from what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .model import Box, Cell, Grid, Paragraph, Position
from .pdf_aligned import aligned_rows, find_runs
from .pdf_cells import cell_text, is_amount, lines_of, words_in_cells
from .pdf_frame import Frame
from .pdf_lattice import Lattice, Span
from .pdf_text import Word, join_words

TAB_GAP: Final = 3.0
"""Pieces of one line further apart than this many em are separated by a TAB."""


@dataclass(frozen=True, slots=True)
class PlacedGrid:
    """A grid and its outline in reading space."""

    grid: Grid
    box: Box


def ruled_grids(
    lattices: Sequence[Lattice], words: list[Word], page: int, frame: Frame
) -> tuple[list[PlacedGrid], list[Word]]:
    """Return a grid for each lattice that holds text, and the words outside of all of them."""
    grids: list[PlacedGrid] = []
    for lattice in lattices:
        inside, outside = words_in_cells(lattice, words)
        filled = sum(1 for cell in inside if cell)
        if filled < 2 and (filled == 0 or len(inside) < 3):
            continue
        words = outside
        grids.append(_ruled_grid(lattice, inside, page, frame))
    return grids, words


def _ruled_grid(lattice: Lattice, inside: list[list[Word]], page: int, frame: Frame) -> PlacedGrid:
    for refine in (split_columns, split_rows):
        refined = refine(lattice, inside)
        if refined is not None:
            words = [word for cell in inside for word in cell]
            lattice, (inside, _) = refined, words_in_cells(refined, words)
    if _columns_unruled(inside):
        lines = lines_of([word for cell in inside for word in cell])
        return aligned_grid(lines, page, frame)
    rows: list[list[Cell]] = [[] for _ in range(len(lattice.ys) - 1)]
    for span, words in zip(lattice.spans, inside, strict=True):
        box = frame.displayed(lattice.box_of(span))
        rows[span.row].append(Cell(cell_text(words), span.row, span.col, span.rowspan, span.colspan, None, box))
    for row in rows:
        row.sort(key=lambda cell: cell.col)
    position = Position(page=page, bbox=frame.displayed(lattice.box))
    return PlacedGrid(Grid(tuple(tuple(row) for row in rows), page, "", position, "ruled"), lattice.box)


def _amounts_in_line(line: Sequence[Word]) -> list[Word]:
    return [word for word in line if is_amount(word.text)]


def _columns_unruled(inside: Sequence[Sequence[Word]]) -> bool:
    """Tell whether rules between columns are missing: several cells hold two amounts side by side."""
    crowded = sum(1 for words in inside for line in lines_of(words) if len(_amounts_in_line(line)) > 1)
    return crowded >= 2


def split_columns(lattice: Lattice, inside: Sequence[Sequence[Word]]) -> Lattice | None:
    """Split cells that hold several amounts at column edges known from other rows; None when there are none.

    Such cells come about where the rules between columns are drawn in the header only; the cells below that cover the
    same columns are split as well.
    """
    crowded: dict[tuple[int, int], int] = {}
    for span, words in zip(lattice.spans, inside, strict=True):
        columns = {lattice.slot(*word.middle)[1] for word in words if is_amount(word.text)}
        if span.colspan > 1 and len(columns) > 1:
            crowded.setdefault((span.col, span.colspan), span.row)
    if not crowded:
        return None
    spans: list[Span] = []
    for span in lattice.spans:
        if span.row >= crowded.get((span.col, span.colspan), len(lattice.ys)):
            spans.extend(Span(span.row, span.col + at, span.rowspan, 1) for at in range(span.colspan))
        else:
            spans.append(span)
    return Lattice(lattice.xs, lattice.ys, tuple(spans))


def split_rows(lattice: Lattice, inside: Sequence[Sequence[Word]]) -> Lattice | None:
    """Split rows whose cells hold several amounts one below the other: the rules between them are missing."""
    cuts: dict[int, list[float]] = {}
    for row in range(len(lattice.ys) - 1):
        cells = [
            lines_of(words)
            for span, words in zip(lattice.spans, inside, strict=True)
            if span.row == row and span.rowspan == 1
        ]
        found = _row_cuts(cells)
        if found:
            cuts[row] = found
    if not cuts:
        return None
    return _cut(lattice, cuts)


def _row_cuts(cells: Sequence[Sequence[Sequence[Word]]]) -> list[float]:
    """Return the heights at which a row must be cut, from the cell with most lines."""
    stacked = [
        lines for lines in cells if len(lines) > 1 and all(len(line) == 1 and is_amount(line[0].text) for line in lines)
    ]
    several = [lines for lines in cells if len(lines) > 1]
    if not stacked or len(several) < 2:
        return []
    lines = max(several, key=len)
    return [
        (max(word.bottom for word in upper) + min(word.top for word in lower)) / 2 for upper, lower in pairwise(lines)
    ]


def _cut(lattice: Lattice, cuts: dict[int, list[float]]) -> Lattice:
    shift = [0] * len(lattice.ys)
    ys: list[float] = []
    for row, edge in enumerate(lattice.ys):
        shift[row] = len(ys)
        ys.append(edge)
        ys.extend(cuts.get(row, ()))
    spans: list[Span] = []
    for span in lattice.spans:
        first, last = shift[span.row], shift[span.row + span.rowspan]
        if span.rowspan == 1 and span.row in cuts:
            spans.extend(Span(row, span.col, 1, span.colspan) for row in range(first, last))
        else:
            spans.append(Span(first, span.col, last - first, span.colspan))
    return Lattice(lattice.xs, tuple(ys), tuple(spans))


def aligned_grids(
    words: list[Word], page: int, frame: Frame, breaks: Sequence[float]
) -> tuple[list[PlacedGrid], list[Word]]:
    """Return tables without rules among these words, and the words that are in none.

    `breaks` are heights (tops of ruled tables) that no aligned table crosses.
    """
    grids: list[PlacedGrid] = []
    rest: list[Word] = []
    for lines in _stretches(lines_of(words), breaks):
        runs = find_runs(lines)
        inside = {at for first, last in runs for at in range(first, last)}
        grids.extend(aligned_grid(lines[first:last], page, frame) for first, last in runs)
        rest.extend(word for at, line in enumerate(lines) if at not in inside for word in line)
    return grids, rest


def _stretches(lines: list[list[Word]], breaks: Sequence[float]) -> list[list[list[Word]]]:
    stretches: list[list[list[Word]]] = [[]]
    above = 0
    for line in lines:
        passed = sum(1 for place in breaks if place < line[0].base)
        if passed != above:
            stretches.append([])
            above = passed
        stretches[-1].append(line)
    return stretches


def aligned_grid(lines: Sequence[Sequence[Word]], page: int, frame: Frame) -> PlacedGrid:
    """Return lines as an aligned grid that keeps them as its raw text."""
    boxes = [box_of(line) for line in lines]
    box = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    raw = tuple(
        Paragraph(join_words(line, TAB_GAP), page, None, Position(page=page, bbox=frame.displayed(place)))
        for line, place in zip(lines, boxes, strict=True)
    )
    rows = tuple(
        tuple(
            Cell(cell.text, cell.row, cell.col, cell.rowspan, cell.colspan, None, frame.displayed(place))
            for cell in row
        )
        for row, place in zip(aligned_rows(lines), boxes, strict=True)
    )
    return PlacedGrid(Grid(rows, page, "", Position(page=page, bbox=frame.displayed(box)), "aligned", raw), box)


def box_of(words: Sequence[Word]) -> Box:
    """Return the outline of words."""
    return (
        min(word.x0 for word in words),
        min(word.top for word in words),
        max(word.x1 for word in words),
        max(word.bottom for word in words),
    )
