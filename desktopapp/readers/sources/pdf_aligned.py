"""Tables without rules: columns found from the alignment of their texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .model import Cell
from .pdf_cells import is_amount, joint
from .pdf_text import Word, join_words

CELL_GAP: Final = 1.2
"""Words further apart than this many em stand in different columns."""
_LINES_NEEDED: Final = 3
_LOOSE_LINES: Final = 2
_UNIT_LINE: Final = re.compile(r"\S{1,8}[：:].+")
"""A line above a table such as “单位：万元”, with its piece on the other side."""


@dataclass(slots=True)
class Piece:
    """Words of one line that stand in one column."""

    words: list[Word]

    @property
    def x0(self) -> float:
        """Left end."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right end."""
        return max(word.x1 for word in self.words)

    @property
    def text(self) -> str:
        """The text."""
        return join_words(self.words)

    @property
    def amount(self) -> bool:
        """Whether it is nothing but a printed amount."""
        return is_amount(self.text.replace(" ", ""))


def pieces_of(line: Sequence[Word]) -> list[Piece]:
    """Return a line cut at its wide gaps, and around amounts also at narrow ones."""
    pieces: list[Piece] = []
    for word in line:
        if pieces:
            gap = (word.x0 - pieces[-1].x1) / max(word.size, 0.1)
            beside_amount = is_amount(word.text) or is_amount(pieces[-1].words[-1].text)
            if gap <= (0.6 if beside_amount else CELL_GAP):
                pieces[-1].words.append(word)
                continue
        pieces.append(Piece([word]))
    return pieces


def find_runs(lines: Sequence[Sequence[Word]]) -> list[tuple[int, int]]:
    """Return (first, past last) line of each stretch that looks like a table of amounts."""
    cut = [pieces_of(line) for line in lines]
    tabular = [len(pieces) > 1 for pieces in cut]
    with_amounts = [table and any(piece.amount for piece in pieces) for table, pieces in zip(tabular, cut, strict=True)]
    runs = []
    at = 0
    while at < len(lines):
        if not tabular[at]:
            at += 1
            continue
        end, loose = at + 1, 0
        for probe in range(at + 1, len(lines)):
            loose = 0 if tabular[probe] else loose + 1
            if loose > _LOOSE_LINES:
                break
            if tabular[probe]:
                end = probe + 1
        start = at
        while start < end and any(_UNIT_LINE.fullmatch(piece.text) for piece in cut[start]):
            start += 1
        if sum(with_amounts[start:end]) >= _LINES_NEEDED:
            runs.append((start, end))
        at = end
    return runs


def columns_of(lines: Sequence[Sequence[Piece]]) -> list[tuple[float, float]]:
    """Return the columns (left, right): first those of the amounts, then those of texts that lie between them."""
    columns = _merged([(piece.x0, piece.x1) for pieces in lines for piece in pieces if piece.amount])
    body = [pieces for pieces in lines if any(piece.amount for piece in pieces)]
    texts = [(piece.x0, piece.x1) for pieces in body for piece in pieces if not piece.amount]
    free = [text for text in texts if not any(low < text[1] and text[0] < high for low, high in columns)]
    return sorted([*columns, *_merged(free)])


def _merged(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for low, high in sorted(intervals):
        if merged and low < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def aligned_rows(lines: Sequence[Sequence[Word]]) -> tuple[tuple[Cell, ...], ...]:
    """Return the lines as rows of cells; a header that stands over several columns spans them."""
    cut = [pieces_of(line) for line in lines]
    columns = columns_of(cut)
    rows = []
    for at, pieces in enumerate(cut):
        placed: dict[int, tuple[int, str]] = {}
        for piece in pieces:
            first, last = _columns_under(piece, columns)
            if first in placed:
                before = placed[first][1]
                placed[first] = (max(placed[first][0], last), before + (joint(before, piece.text) or " ") + piece.text)
            else:
                placed[first] = (last, piece.text)
        rows.append(_row(at, placed, len(columns)))
    return tuple(rows)


def _columns_under(piece: Piece, columns: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """Return the first and last column that a piece stands over; the nearest one when it stands over none."""
    if piece.amount or len(columns) < 2:
        best = max(range(len(columns)), key=lambda at: _overlap(piece, columns[at]))
        return best, best
    under = [at for at, column in enumerate(columns) if _overlap(piece, column) > 0.3 * (column[1] - column[0])]
    if not under:
        best = max(range(len(columns)), key=lambda at: _overlap(piece, columns[at]))
        return best, best
    return under[0], under[-1]


def _overlap(piece: Piece, column: tuple[float, float]) -> float:
    """Return the common width, negative for the distance."""
    return min(piece.x1, column[1]) - max(piece.x0, column[0])


def _row(at: int, placed: dict[int, tuple[int, str]], width: int) -> tuple[Cell, ...]:
    cells = []
    col = 0
    while col < width:
        if col in placed:
            last, text = placed[col]
            stop = min((other for other in placed if other > col), default=width)
            wide = min(last, stop - 1) - col + 1
            cells.append(Cell(text, at, col, 1, wide))
            col += wide
        else:
            cells.append(Cell("", at, col))
            col += 1
    return tuple(cells)
