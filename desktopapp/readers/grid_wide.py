"""Form 06 where it is one wide table: a row for each functional code, a column for each economic item.

The ministry's software keeps basic expenditure so (基本支出决算明细表); what is published is the row of the sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from desktopapp.readers.grid_amounts import looks_numeric
from desktopapp.readers.grid_columns import HeadColumn, Span, head_columns
from desktopapp.readers.grid_found import FoundAmount, FoundRow
from desktopapp.readers.grid_gather import Gathered
from desktopapp.readers.grid_spec import FormSpec
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.grid_words import digits_of, fold, is_sum

#: So many items must stand in the header for the arrangement to be believed.
_FEWEST = 6
_CLASS_DIGITS = 3
_LARGEST_NUMBER = 400


@dataclass(frozen=True, slots=True)
class Wide:
    """Economic code → column, the first row of the header and the row behind it."""

    columns: Mapping[str, Span]
    first_row: int
    body_row: int


def wide_form(view: GridView, spec: FormSpec) -> Wide | None:
    """Return where the items stand, None where the form is not printed so."""
    names, classes = _names(spec)
    known = {name for _, name in names}
    row = next((r for r in range(view.height) if sum(view.word(c) in known for c in view.filled(r)) >= _FEWEST), None)
    if row is None:
        return None
    first = next((r for r in range(row) if any(view.word(c) in classes for c in view.filled(r))), row)
    found: dict[str, Span] = {}
    for column in head_columns(view, spec, first, row + 1):
        code = _code(column, names, classes)
        if code:
            found.setdefault(code, column.span)
    return Wide(found, first, row + 1) if len(found) >= _FEWEST else None


def read_wide(gathered: Gathered, spec: FormSpec, columns: Mapping[str, Span]) -> None:
    """Read the row of the sum; the rows of single functional codes are understood and left out."""
    view, key = gathered.view, spec.form.columns[0].key
    first = min(span.first for span in columns.values())
    taken = False
    for row in range(view.height):
        lead = [c for c in view.starting(row, 0, first - 1) if c.text]
        if not taken and _has_amounts(view, row) and any(is_sum(fold(c.text)) for c in lead):
            taken = True
            _take_sum(gathered, spec, columns, row, key)
        for cell in view.filled(row):
            gathered.use(cell)
        gathered.last_row = max(gathered.last_row, row)


def _take_sum(gathered: Gathered, spec: FormSpec, columns: Mapping[str, Span], row: int, key: str) -> None:
    before = len(gathered.amounts)
    for code in sorted(columns):
        gathered.take(row, code, {key: columns[code]})
    found = gathered.amounts[before:]
    names = {code: name for block in spec.form.blocks for code, name in block.rows}
    gathered.rows += [FoundRow(gathered.new_key(a.row), names.get(a.row, ""), row) for a in found]
    for block in spec.form.blocks:
        # Neither total has a column of its own: they are the sums of the classes printed under their heading.
        classes = {c for other in spec.form.blocks if other.head == block.head for c in other.classes}
        parts = [a for a in found if a.row in classes]
        if block.total is not None and parts:
            total = sum(a.fen for a in parts)
            gathered.amounts.append(FoundAmount(block.total.key, key, total, parts[0].source))


def _names(spec: FormSpec) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    """Return (class, name) → code of the items, and name → code of the classes; names are folded."""
    rows = [row for block in spec.form.blocks for row in block.rows]
    items = {(code[:_CLASS_DIGITS], fold(name)): code for code, name in rows if len(code) > _CLASS_DIGITS}
    return items, {fold(name): code for code, name in rows if len(code) == _CLASS_DIGITS}


def _code(column: HeadColumn, names: Mapping[tuple[str, str], str], classes: Mapping[str, str]) -> str:
    """Return the code of a column: an item below its class, or the sum of a class."""
    owner = next((classes[w] for w in column.words if w in classes), "")
    if not owner:
        return ""
    last = column.words[-1]
    return owner if last in classes or is_sum(last) else names.get((owner, last), "")


def _has_amounts(view: GridView, row: int) -> bool:
    """Tell whether a row holds amounts rather than the printed column numbers, which rise from left to right."""
    numbers = [c for c in view.filled(row) if looks_numeric(c)]
    digits: Sequence[str] = [digits_of(c.text) for c in numbers]
    counted = all(len(d) > 0 and int(d) <= _LARGEST_NUMBER for d in digits)
    rising = counted and all(int(a) < int(b) for a, b in pairwise(digits))
    return bool(numbers) and not (rising and len(numbers) > 1)
