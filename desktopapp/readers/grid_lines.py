"""Rows of a form with two sides: printed lines found by label, line number and order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktopapp.readers.grid_amounts import is_number
from desktopapp.readers.grid_columns import ColumnMap, Span, is_head_row
from desktopapp.readers.grid_gather import Gathered
from desktopapp.readers.grid_spec import FormSpec, LineSpec
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.grid_words import best_likeness, digits_of, head_word, label_keys, one_line
from desktopapp.readers.grid_wrapped import SideRow, join_wrapped

_LIKE = 0.75
_LABEL, _NUMBER, _WRONG_NUMBER = 4.0, 1.0, -0.4


def first_line_row(view: GridView, spec: FormSpec, sought: frozenset[str]) -> int | None:
    """Return the first row with the label of a printed line that is no header word."""
    for row in range(view.height):
        for cell in view.filled(row):
            if view.word(cell) in spec.head_words or digits_of(cell.text) or len(cell.text) > 60:
                continue
            if any(key in sought for key in label_keys(cell.text)):
                return row
    return None


def read_lines(gathered: Gathered, spec: FormSpec, columns: ColumnMap) -> None:
    """Read the lines of all sides."""
    view = gathered.view
    rows = []
    for row in range(columns.body_row, view.height):
        if is_head_row(view, spec, row) and not _is_line(view, spec, row):
            for cell in view.filled(row):
                gathered.use(cell)
        else:
            rows.append(row)
        for cell in view.filled(row) if columns.foreign else ():
            if cell.col in columns.foreign:
                gathered.use(cell)
    start = 0
    for part, lines in enumerate(spec.lines):
        spans = columns.of_part(part)
        if not spans:
            gathered.fit -= len(lines)
            continue
        first = min(span.first for span in spans.values())
        side = [_side_row(view, row, start, first - 1, columns.unknown, spans) for row in rows]
        known = {key for line in lines for key in line.keys}
        joined = join_wrapped([s for s in side if s is not None], known)
        _read_side(gathered, spec, part, lines, joined, spans)
        start = max(span.last for span in spans.values()) + 1


def _is_line(view: GridView, spec: FormSpec, row: int) -> bool:
    """Tell whether a row of words that also stand in the header is a line: it then has numbers, but not 栏次."""
    cells = list(view.filled(row))
    number_head = head_word(spec.form.number_head) if spec.form.number_head else ""
    return any(digits_of(c.text) for c in cells) and not any(view.word(c) in (number_head, "") for c in cells)


def _side_row(
    view: GridView, row: int, first: int, last: int, unknown: frozenset[int], spans: Mapping[str, Span]
) -> SideRow | None:
    """Return label and number that stand before the amounts of a side."""
    found = [c for c in view.starting(row, first, last) if c.col not in unknown]
    # Anything else that is a number is an amount whose heading got lost.
    cells = tuple(c for c in found if not is_number(c) or 0 < len(digits_of(c.text)) <= 3)
    words = [c for c in cells if not digits_of(c.text)]
    numbers = [int(digits_of(c.text)) for c in cells if digits_of(c.text)]
    label = "".join(one_line(c.text) for c in words)
    if len(label) > 60:
        return None
    number = numbers[-1] if numbers else None
    money = any(is_number(c) for s in spans.values() for c in view.starting(row, s.first, s.last))
    bare = number is None and not money
    return SideRow(row, label, label_keys(label) if label else (), number, cells, bare)


def _read_side(
    gathered: Gathered,
    spec: FormSpec,
    part: int,
    lines: Sequence[LineSpec],
    rows: Sequence[SideRow],
    spans: dict[str, Span],
) -> None:
    matched = _align(lines, rows, spec.form.prints_line_numbers)
    gathered.fit -= 0.5 * sum(1 for i, ln in enumerate(lines) if not ln.blank and i not in matched.values())
    for at, row in enumerate(rows):
        for cell in row.cells:
            gathered.use(cell)
        line = lines[matched[at]] if at in matched else None
        if line is None:
            _leave(gathered, row, spans)
            continue
        gathered.fit += 1
        if row.number is not None and line.no is not None and spec.form.prints_line_numbers:
            gathered.fit += 0.5 if row.number == line.no else -0.5
        allowed = frozenset(c.key for c in spec.form.columns_of(line.key))
        before = len(gathered.amounts)
        gathered.take(row.row, line.key, spans, allowed)
        if len(gathered.amounts) > before or row.keys:
            gathered.last_row = max(gathered.last_row, row.row)


def _leave(gathered: Gathered, row: SideRow, spans: dict[str, Span]) -> None:
    # An amount beside a label that the form does not have speaks against this template.
    reason = f"表里没有“{row.label}”这一行" if row.label else "这一行没有项目名称，不知道是哪一项"
    before = len(gathered.leftovers)
    for span in spans.values():
        for cell in gathered.view.starting(row.row, span.first, span.last):
            gathered.leave(cell, reason)
    if row.number is not None and row.label:
        gathered.fit -= 1
    gathered.fit -= len(gathered.leftovers) - before


def _align(lines: Sequence[LineSpec], rows: Sequence[SideRow], numbered: bool) -> dict[int, int]:
    """Return row index → line index: the best assignment that keeps the printed order, then the rest by label alone.

    Order tells lines apart that have the same label (一般公共预算财政拨款 as income and as opening balance).
    """
    score = [[_agreement(line, row, numbered) for line in lines] for row in rows]
    matched = _in_order(score, len(lines))
    free = {i for i, line in enumerate(lines) if not line.blank} - set(matched.values())
    for at in range(len(rows)):
        if at not in matched and free:
            best = max(free, key=lambda i: score[at][i])
            if score[at][best] >= _LABEL:
                matched[at] = best
                free.discard(best)
    return matched


def _agreement(line: LineSpec, row: SideRow, numbered: bool) -> float:
    if line.blank or not row.keys:
        return 0.0
    number = 0.0
    if numbered and row.number is not None and line.no is not None:
        number = _NUMBER if row.number == line.no else _WRONG_NUMBER
    if set(line.keys) & set(row.keys):
        return _LABEL + number
    alike = max(best_likeness(key, line.keys) for key in row.keys)
    if alike < (_LIKE if number <= 0 else 0.5):
        return 0.0
    return max(_LABEL * 0.75 * alike + number, 0.0)


def _in_order(score: Sequence[Sequence[float]], width: int) -> dict[int, int]:
    """Return the assignment of rows to lines in rising order with the greatest sum (dynamic programming)."""
    height = len(score)
    best = [[0.0] * (width + 1) for _ in range(height + 1)]
    for i in range(height - 1, -1, -1):
        for j in range(width - 1, -1, -1):
            both = score[i][j] + best[i + 1][j + 1] if score[i][j] > 0 else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    matched = {}
    i = j = 0
    while i < height and j < width:
        if score[i][j] > 0 and best[i][j] == score[i][j] + best[i + 1][j + 1]:
            matched[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return matched
