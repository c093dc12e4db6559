"""Rows of tables as the reader of self-evaluation forms sees them: the filled cells in order, with their columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktopapp.readers.selfeval.words import clean
from desktopapp.readers.sources.model import Document, Grid, Position


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of a filled cell, the column it starts in and the one behind its end."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """The filled cells of a row. ``table`` counts the tables of the document, ``first`` marks a table's first row."""

    pieces: tuple[Piece, ...]
    table: int
    first: bool
    where: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text between tables."""

    text: str
    where: str


def events(document: Document) -> Iterator[Row | Line]:
    """Yield the filled rows of all tables and the lines between them in reading order."""
    table = 0
    for block in document.blocks:
        if isinstance(block, Grid):
            table += 1
            first = True
            for row in _rows(block, table):
                yield Row(row.pieces, table, first, row.where)
                first = False
        else:
            for at, text in enumerate(block.text.split("\n")):
                if text.strip():
                    start = block.position.line
                    where = f"第 {start + at} 行" if start is not None else block.position.describe()
                    yield Line(text.strip(), where)


def _rows(grid: Grid, table: int) -> Iterator[Row]:
    for cells in grid.rows:
        pieces = tuple(Piece(text, cell.col, cell.col + cell.colspan) for cell in cells if (text := clean(cell.text)))
        if pieces:
            yield Row(pieces, table, False, _where(grid.place(cells[0])))


def _where(position: Position) -> str:
    if position.line is not None:
        return f"第 {position.line} 行"
    return position.describe()
