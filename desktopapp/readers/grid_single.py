"""Form 09 where it is arranged otherwise in a table: a row each for budget and outturn, or a row for each expense."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.template import SINGLE_ROW
from desktopapp.readers.grid_amounts import is_number, looks_numeric
from desktopapp.readers.grid_columns import Span
from desktopapp.readers.grid_gather import Gathered
from desktopapp.readers.grid_spec import FormSpec
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.grid_words import fold, label_keys
from desktopapp.readers.row_words import RowWords
from desktopapp.readers.sources.model import Cell as SourceCell

#: So many kinds of expenses must be there for an arrangement to be believed.
_FEWEST = 3


def arranged_rows(view: GridView, spec: FormSpec) -> dict[int, dict[str, Span]]:
    """Return grid row → column key → place where the form is arranged otherwise, empty where it is not."""
    words = RowWords(spec.template.elsewhere, spec.form.id)
    return _two_rows(view, words) or _by_item(view, words)


def read_arranged(gathered: Gathered, rows: dict[int, dict[str, Span]]) -> None:
    """Read the amounts of rows that ``arranged_rows`` found."""
    for row, spans in rows.items():
        # What stands before the amounts and in columns of other expenses is understood.
        for cell in gathered.view.filled(row):
            if not any(span.first <= cell.col <= span.last for span in spans.values()):
                gathered.use(cell)
        gathered.take(row, SINGLE_ROW, spans)
        gathered.last_row = max(gathered.last_row, row)


def _label(view: GridView, row: int) -> str:
    """Return the words before the first number of a row."""
    words: list[str] = []
    for cell in view.filled(row):
        if is_number(cell):
            break
        if not words or words[-1] != cell.text:
            words.append(cell.text)
    joined = "".join(words)
    return label_keys(joined)[-1] if joined else ""


def _two_rows(view: GridView, naming: RowWords) -> dict[int, dict[str, Span]]:
    labelled: dict[str, int] = {}
    for row in range(view.height):
        half = naming.half(_label(view, row))
        if half and half not in labelled and not _is_head(view, row):
            labelled[half] = row
    if len(labelled) < len(naming.halves):
        return {}
    items = _items_above(view, range(min(labelled.values())), naming)
    first = min((span.first for span in items.values()), default=0)
    if len(items) < _FEWEST or any(next(view.filled(row)).col >= first for row in labelled.values()):
        return {}
    return {row: {half + item: span for item, span in items.items()} for half, row in labelled.items()}


def _is_head(view: GridView, row: int) -> bool:
    """Tell whether a row has other words than its label: then it is one of the header."""
    words = {fold(c.text) for c in view.filled(row) if not is_number(c)}
    return len(words) > 1


def _items_above(view: GridView, rows: Sequence[int], naming: RowWords) -> dict[str, Span]:
    """Return the kinds of expenses that a header shows, each with its column."""
    found: dict[str, Span] = {}
    for col in range(view.width):
        cells: list[SourceCell] = []
        for row in rows:
            cell = view.slots[row][col]
            if cell is not None and not is_number(cell) and not any(cell is c or cell.text == c.text for c in cells):
                cells.append(cell)
        item = naming.item(fold("".join(c.text for c in cells)))
        if item and item not in found:
            found[item] = Span(col, col)
    return found


def _by_item(view: GridView, naming: RowWords) -> dict[int, dict[str, Span]]:
    halves: dict[str, Span] = {}
    head = -1
    for row in range(view.height):
        found: dict[str, Span] = {}
        for cell in view.filled(row):
            half = naming.half(fold(cell.text)) if not is_number(cell) else None
            # Of 预算数 and 全年预算数 the second one is published in this form.
            if half and (half not in found or fold(cell.text).startswith("全年")) and cell.colspan == 1:
                found[half] = Span(cell.col, cell.col)
        if len(found) == len(naming.halves):
            halves, head = found, row
            break
    rows: dict[int, dict[str, Span]] = {}
    seen: set[str] = set()
    for row in range(head + 1, view.height) if halves else ():
        before = min(span.first for span in halves.values())
        words = {fold(c.text) for c in view.starting(row, 0, before - 1) if c.text and not is_number(c)}
        item = naming.item(_label(view, row)) if len(words) == 1 and next(view.filled(row)).col < before else None
        money = any(looks_numeric(c) for s in halves.values() for c in view.starting(row, s.first, s.last))
        if item and item not in seen and (money or item != "total"):
            seen.add(item)
            rows[row] = {half + item: span for half, span in halves.items()}
    return rows if len(seen) >= _FEWEST else {}
