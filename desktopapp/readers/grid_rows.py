"""Rows of forms by code, in one column of rows or in blocks side by side, and of forms of one row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW
from desktopapp.readers.grid_amounts import is_number, looks_numeric
from desktopapp.readers.grid_columns import ColumnMap, HeadColumn, Span, is_head_row
from desktopapp.readers.grid_found import FoundRow
from desktopapp.readers.grid_gather import Gathered
from desktopapp.readers.grid_spec import FormSpec
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.grid_words import code_of, digits_of, fold, is_sum, likeness, one_line, plain, split_code
from desktopapp.readers.sources.model import Cell as SourceCell
from desktopapp.writers.xlsx_names import original_text

_LIKE = 0.8
#: How an amount begins; a name such as “''1”, which could be read as one, does not begin so.
_AMOUNT = re.compile(r"[-−–+(¥]?\d")
#: What codes of the economic classification begin with.
_ECONOMIC = "3"
#: A text longer than this before the amounts is a note, not a name.
_LONGEST_NAME = 80
#: A text longer than this where an amount should be is a note, not a slip of the pen.
_LONGEST_SLIP = 20


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands before the amounts of a row: code and name; ``digits`` are digits that make no code."""

    code: str
    name: str
    digits: str
    cells: tuple[SourceCell, ...]


def read_lead(
    view: GridView, row: int, first: int, last: int, levels: Sequence[int], unknown: frozenset[int] = frozenset()
) -> Lead:
    """Return code and name that stand in columns ``first`` to ``last`` of a row, ``unknown`` columns left out."""
    cells = _lead_cells([c for c in view.starting(row, first, last) if c.col not in unknown])
    pieces = [d for c in cells if (d := digits_of(c.text))]
    names = [c.text for c in cells if not digits_of(c.text)]
    code = code_of(pieces, levels)
    if not code and names:
        # Code and name may share a cell; a name that begins with digits beside a code of its own is left alone.
        found, rest = split_code(names[0])
        code = code_of([*pieces, found], levels)
        if code:
            names[0] = rest
    # A cell that was merged over several columns can come once for each of them.
    single = [n for at, n in enumerate(names) if not at or n != names[at - 1]]
    return Lead(code, "".join(one_line(n) for n in single), "" if code else "".join(pieces), cells)


def _lead_cells(cells: Sequence[SourceCell]) -> tuple[SourceCell, ...]:
    """Return the cells without amounts that stand among them because the heading of their column got lost."""
    kept = []
    named = False
    for cell in cells:
        digits = digits_of(cell.text)
        if is_number(cell) and (not digits or named) and _AMOUNT.match(plain(cell.text)):
            continue
        named = named or not digits
        kept.append(cell)
    return tuple(kept)


def first_code_row(view: GridView, spec: FormSpec, prefix: str) -> int | None:
    """Return the first row that holds a code or the closing label, and nothing of the header."""
    totals = {fold(spec.form.total_label)} - {""} | {label for _, label in spec.totals}
    for row in range(view.height):
        cells = list(view.filled(row))
        if not cells or sum(1 for c in cells if view.word(c) in spec.head_words and not is_sum(c.text)) > 1:
            continue
        if _is_total_row(view, spec, cells, totals) or any(_is_code(c, spec.levels, prefix) for c in cells[:6]):
            return row
    return None


def _is_total_row(view: GridView, spec: FormSpec, cells: Sequence[SourceCell], totals: set[str]) -> bool:
    texts = [c for c in cells if not is_number(c)]
    if not texts or len(texts) > 3 or texts[0] is not cells[0]:
        return False
    labels = [c for c in texts if fold(c.text) in totals]
    return bool(labels) and all(c in labels or view.word(c) not in spec.head_words for c in texts)


def _is_code(cell: SourceCell, levels: Sequence[int], prefix: str) -> bool:
    # An amount such as 311.47 is no code 311 with a name behind it.
    digits = digits_of(cell.text) or ("" if is_number(cell) else split_code(cell.text)[0])
    return len(digits) in levels and digits.startswith(prefix)


# ── rows by functional code ─────────────────────────────────────────────────────────────────────────────────────────
def read_codes(gathered: Gathered, spec: FormSpec, columns: ColumnMap) -> None:
    """Read the rows by code and the total."""
    view, spans = gathered.view, columns.of_part(0)
    gathered.sums = columns.sums
    for row in range(columns.body_row, view.height) if columns.foreign else ():
        _use(gathered, [c for c in view.filled(row) if c.col in columns.foreign])
    first = min((span.first for span in spans.values()), default=view.width)
    total_seen = False
    for row in range(columns.body_row, view.height):
        if is_head_row(view, spec, row) and not _bare_total(view, row):
            _use_row(gathered, row)
            continue
        lead = read_lead(view, row, 0, first - 1, spec.levels, columns.unknown)
        if lead.code:
            _use(gathered, lead.cells)
            key = gathered.new_key(lead.code)
            gathered.rows.append(FoundRow(key, original_text(lead.name), row))
            gathered.take(row, key, spans)
            gathered.last_row = row
        elif _is_total(spec, lead) and not total_seen:
            total_seen = True
            _use(gathered, lead.cells)
            gathered.take(row, TOTAL_ROW, spans)
            gathered.last_row = row
        elif len(lead.name) <= _LONGEST_NAME:
            _leave_odd_row(gathered, lead, row, first)


def _bare_total(view: GridView, row: int) -> bool:
    cells = list(view.filled(row))
    return is_sum(cells[0].text) and all(is_number(c) for c in cells[1:])


def _is_total(spec: FormSpec, lead: Lead) -> bool:
    word = fold(lead.name)
    return bool(word) and not lead.digits and (word == fold(spec.form.total_label) or is_sum(lead.name))


def _leave_odd_row(gathered: Gathered, lead: Lead, row: int, first: int) -> None:
    _use(gathered, lead.cells)
    if lead.digits:
        reason = f"“{lead.digits}”不是科目编码"
    elif lead.name:
        reason = f"“{lead.name}”这一行没有科目编码"
    else:
        reason = "这一行没有科目编码和名称"
    gathered.leave_row(row, first, reason)


def _use(gathered: Gathered, cells: Sequence[SourceCell]) -> None:
    for cell in cells:
        gathered.use(cell)


def _use_row(gathered: Gathered, row: int) -> None:
    _use(gathered, list(gathered.view.filled(row)))


# ── blocks of economic codes side by side ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class BlockColumns:
    """Where one block stands: its first column, and the columns of its amounts."""

    start: int
    amounts: Span


def block_columns(view: GridView, columns: Sequence[HeadColumn], spec: FormSpec, body_row: int) -> list[BlockColumns]:
    """Return the blocks of a form: each begins with a column of codes; header words tell where its amounts stand.

    Where no header word does, the last column before the next block holds them.
    """
    labels = {leaf.label for leaf in spec.leaves}
    named = [c.span for c in columns if c.words and max(likeness(c.words[-1], w) for w in labels) >= _LIKE]
    starts = _code_columns(view, spec, body_row)
    if not starts:
        ends = [0, *(span.last + 1 for span in named)]
        return [BlockColumns(start, span) for start, span in zip(ends, named, strict=False)]
    blocks = []
    for start, end in zip(starts, [*starts[1:], view.width], strict=True):
        inside = [span for span in named if start < span.first and span.last < end]
        last = max(
            (c.col for row in view.rows[body_row:] for c in row if c.text and start < c.col < end), default=start
        )
        if inside:
            blocks.append(BlockColumns(start, inside[0]))
        elif last > start:
            blocks.append(BlockColumns(start, Span(last, last)))
    return blocks


def _code_columns(view: GridView, spec: FormSpec, body_row: int) -> list[int]:
    """Return the columns in which most filled cells are codes; of columns side by side the first."""
    codes: dict[int, int] = {}
    filled: dict[int, int] = {}
    for row in view.rows[body_row:]:
        for cell in row:
            if cell.text:
                filled[cell.col] = filled.get(cell.col, 0) + 1
                codes[cell.col] = codes.get(cell.col, 0) + _is_code(cell, spec.levels, _ECONOMIC)
    found = [col for col, n in sorted(codes.items()) if 2 * n > filled[col]]
    return [col for col in found if col - 1 not in found]


def read_blocks(gathered: Gathered, spec: FormSpec, columns: Sequence[BlockColumns], body_row: int) -> None:
    """Read codes with their amounts block by block, and the closing totals wherever they stand."""
    view, key = gathered.view, spec.form.columns[0].key
    printed = {code for block in spec.form.blocks for code, _ in block.rows}
    for row in range(body_row, view.height):
        if is_head_row(view, spec, row):
            _use_row(gathered, row)
            continue
        totals = _block_totals(gathered, spec, [c.amounts for c in columns], row)
        for block in columns:
            span = block.amounts
            lead = read_lead(view, row, block.start, span.first - 1, spec.levels)
            fresh = [c for c in lead.cells if not gathered.used(c)]
            if lead.code:
                _use(gathered, lead.cells)
                row_key = gathered.new_key(lead.code)
                gathered.rows.append(FoundRow(row_key, original_text(lead.name), row))
                gathered.take(row, row_key, {key: span})
                gathered.last_row = row
            elif fresh and not totals and len(lead.name) <= _LONGEST_NAME:
                _use(gathered, lead.cells)
                for cell in view.starting(row, span.first, span.last):
                    gathered.leave(cell, f"不认识“{lead.digits or lead.name}”这一行")
    found = {row.key for row in gathered.rows}
    gathered.fit += 0.1 * (len(found & printed) - len(found ^ printed))


def _block_totals(gathered: Gathered, spec: FormSpec, columns: Sequence[Span], row: int) -> bool:
    """Read the closing totals of a row; each amount is the next one behind its label."""
    view = gathered.view
    labelled = [(c, key) for c in view.filled(row) for key in [_total_of(spec, c)] if key]
    for at, (cell, key) in enumerate(labelled):
        end = labelled[at + 1][0].col if at + 1 < len(labelled) else view.width
        gathered.use(cell)
        gathered.last_row = row
        for span in columns:
            if cell.col < span.first < end and any(True for _ in view.starting(row, span.first, span.last)):
                gathered.take(row, key, {spec.form.columns[0].key: span})
                break
    return bool(labelled)


def _total_of(spec: FormSpec, cell: SourceCell) -> str:
    word = fold(cell.text)
    if not word or len(word) > 30:
        return ""
    best = max(spec.totals, key=lambda t: likeness(word, t[1]), default=("", ""))
    return best[0] if best[0] and likeness(word, best[1]) >= _LIKE else ""


# ── one row ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def first_amount_row(view: GridView, spec: FormSpec, after: int) -> int:
    """Return the first row from ``after`` on with a number; the row itself where there is none."""
    for row in range(after, view.height):
        if any(looks_numeric(c) for c in view.filled(row)) and not is_head_row(view, spec, row):
            return row
    return after


def read_single(gathered: Gathered, spec: FormSpec, columns: ColumnMap) -> None:
    """Read the row of amounts: the only one, or the one that is labelled as the total."""
    view, spans = gathered.view, columns.of_part(0)
    first = min((span.first for span in spans.values()), default=0)
    rows = []
    for row in range(columns.body_row, view.height):
        cells = [c for s in spans.values() for c in view.starting(row, s.first, s.last)]
        if any(looks_numeric(c) or (row == columns.body_row and len(c.text) <= _LONGEST_SLIP) for c in cells):
            rows.append(row)
    if not rows:
        return
    labelled = [r for r in rows if any(is_sum(c.text) for c in view.starting(r, 0, first - 1))]
    chosen = labelled[0] if labelled else rows[0]
    gathered.take(chosen, SINGLE_ROW, spans)
    gathered.last_row = chosen
    for row in rows:
        if row != chosen:
            gathered.leave_row(row, first, "本表只有一行数据，只采用了一行")
