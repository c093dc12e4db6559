"""机构运行信息表: trips, vehicles, receptions, cars and procurement, told line by line in a table.

The ministry's software keeps this table, and some places publish it beside the nine forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktopapp.core.amount import Unit
from desktopapp.core.template_fields import Fields
from desktopapp.readers.grid_amounts import is_number, read_amount
from desktopapp.readers.grid_heading import bare_title, read_heading
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.grid_words import fold, label_keys
from desktopapp.readers.overview import Told
from desktopapp.readers.sources.model import Cell as SourceCell
from desktopapp.readers.sources.model import Document, Grid
from desktopapp.readers.workbook import grids_with_context

_TO = re.compile(r"(?P<table>\w+)(?:\[(?P<key>\w+)\])?\.(?P<column>\w+)")
#: Title, unit and header stand in these first rows.
_TOP_ROWS = 12


@dataclass(frozen=True, slots=True)
class RunningLine:
    """One line: where its value goes, and whether it is an amount."""

    table: str
    key: str
    column: str
    amount: bool


@dataclass(frozen=True, slots=True)
class RunningWords:
    """Titles of the table, headings of the columns that count and of those of labels, lines by folded label."""

    titles: frozenset[str]
    counts: frozenset[str]
    labels: frozenset[str]
    lines: Mapping[str, RunningLine]


def build_running(raw: Mapping[str, Any], file: str) -> RunningWords:
    """Return the declarations of ``running.toml``; raises TemplateError naming file, key and reason."""
    top = Fields(dict(raw), file)
    lines: dict[str, RunningLine] = {}
    for t in top.tables("line"):
        to = _TO.fullmatch(t.text("to"))
        if to is None:
            raise t.fail("to", f"应写成 表.栏 或 表[行].栏，现在是 {t.text('to')!r}。")
        line = RunningLine(to["table"], to["key"] or "", to["column"], t.flag("amount", False))
        lines |= {key: line for words in t.texts("says") for key in label_keys(words)}
        t.done()
    titles, counts, labels = (frozenset(map(fold, top.texts(k))) for k in ("titles", "counts", "labels"))
    top.done()
    return RunningWords(titles, counts, labels, lines)


def read_running(document: Document, words: RunningWords) -> list[Told]:
    """Return rows for input tables, and for forms under their id, that such tables of a document tell."""
    rows: dict[tuple[str, str], Told] = {}
    for grid, context in grids_with_context(document):
        for line, value, where in _values(grid, context, words):
            told = rows.setdefault(
                (line.table, line.key), Told(line.table, {"key": line.key} if line.key else {}, where)
            )
            told.row.setdefault(line.column, value)
    return list(rows.values())


def _values(grid: Grid, context: Sequence[str], words: RunningWords) -> Iterator[tuple[RunningLine, int, str]]:
    view = GridView(grid.rows, context)
    top = [*context, *(c.text for row in view.rows[:_TOP_ROWS] for c in row if c.text and c.number is None)]
    if not any(bare_title(line) in words.titles for line in top):
        return
    unit = read_heading(top).unit or Unit.WAN
    head = next((r for r in range(view.height) if _columns(view, r, words.counts)), None)
    if head is None:
        return
    counts, labels = _columns(view, head, words.counts), _columns(view, head, words.labels)
    for row in range(head + 1, view.height):
        for at, line in _labelled(view, row, words):
            # The value stands in the first counting column of the part that the label begins.
            end = next((c for c in labels if c > at.col), view.width)
            cell = next((view.slots[row][c] for c in counts if at.col < c < end), None)
            value = _value(cell, unit, line.amount) if cell is not None else None
            if value is not None and cell is not None:
                yield line, value, grid.place(cell).describe()


def _columns(view: GridView, row: int, headings: frozenset[str]) -> list[int]:
    return [c.col for c in view.filled(row) if fold(c.text) in headings]


def _labelled(view: GridView, row: int, words: RunningWords) -> Iterator[tuple[SourceCell, RunningLine]]:
    for cell in view.filled(row):
        found = (
            None if is_number(cell) else next((words.lines[k] for k in label_keys(cell.text) if k in words.lines), None)
        )
        if found is not None:
            yield cell, found


def _value(cell: SourceCell, unit: Unit, amount: bool) -> int | None:
    """Return 分 of an amount, a count as it is, None for what is neither."""
    read = read_amount(cell, unit if amount else Unit.YUAN)
    if read.bad or read.fen is None:
        return None
    if amount:
        return read.fen
    whole, rest = divmod(read.fen, Unit.YUAN.fen)
    return None if rest else whole
