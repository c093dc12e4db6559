"""Finds the header of a table and maps its columns to those of a form, by words and printed column numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from desktopapp.core.template import Shape
from desktopapp.readers.grid_amounts import looks_numeric
from desktopapp.readers.grid_parts import is_label, published_columns
from desktopapp.readers.grid_spec import FormSpec, Leaf
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.grid_words import best_likeness, digits_of, likeness
from desktopapp.readers.sources.model import Cell as SourceCell

#: Likeness from which a header word counts as the one sought.
_LIKE = 0.8
#: The same where the printed column number agrees too.
_LIKE_WITH_NUMBER = 0.5
#: Likeness of 合计 and 本年收入合计.
_ALIKE_SUMS = 0.9
_LOWEST = 1.2
_LIKE_HEAD = 0.85
_LARGEST_NUMBER = 60


class Span(NamedTuple):
    """Columns of the grid that are one column of the table: first and last."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class HeadColumn:
    """One column of the table: where it stands, its header words from the outside in, its printed number."""

    span: Span
    words: tuple[str, ...]
    number: int | None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of the grid holds which column of the form.

    ``quality`` is between 0 and 1: how well words and numbers agree, and how few columns on either side are left over.
    ``unknown`` are grid columns with a heading of their own that the form does not have; what stands in them is
    neither label nor code. ``sums`` are the keys whose place holds several columns that are added up, ``foreign`` the
    grid columns known to be none of the form's.
    """

    spans: dict[tuple[int, str], Span]
    quality: float
    first_row: int
    body_row: int
    unknown: frozenset[int] = frozenset()
    sums: frozenset[str] = frozenset()
    foreign: frozenset[int] = frozenset()

    def of_part(self, part: int) -> dict[str, Span]:
        """Return column key → place for one side or block."""
        return {key: span for (p, key), span in self.spans.items() if p == part}


def find_head(view: GridView, spec: FormSpec, body_row: int) -> tuple[int, int]:
    """Return first row of the header and the row behind it, both ``body_row`` when there is none above it."""
    hits = [_head_hits(view, spec, row) for row in range(body_row)]
    first = next((r for r, n in enumerate(hits) if n >= 2), None)
    if first is None:
        first = next((r for r, n in enumerate(hits) if n), body_row)
    # A row of amounts that lost its label is no part of the header.
    return first, next((r for r in range(first, body_row) if _has_amount(view, r)), body_row)


def _has_amount(view: GridView, row: int) -> bool:
    return any(looks_numeric(c) and not _is_column_number(c) for c in view.filled(row))


def _head_hits(view: GridView, spec: FormSpec, row: int) -> int:
    """Return how many different header words of the form begin in a row."""
    found = set()
    for cell in view.filled(row):
        word = view.word(cell)
        if word in spec.head_words or best_likeness(word, spec.head_words) >= _LIKE_HEAD:
            found.add(word)
    return len(found)


def is_head_row(view: GridView, spec: FormSpec, row: int) -> bool:
    """Tell whether a row holds nothing but header words and column numbers."""
    cells = list(view.filled(row))
    return bool(cells) and all(view.word(c) in spec.head_words or _is_column_number(c) for c in cells)


def _is_column_number(cell: SourceCell) -> bool:
    digits = digits_of(cell.text)
    return bool(digits) and 0 < int(digits) <= _LARGEST_NUMBER


def number_row(view: GridView, spec: FormSpec, first: int, end: int) -> int | None:
    """Return the header row with the printed column numbers (栏次), None when there is none."""
    for row in range(end - 1, first - 1, -1):
        numbers, others = [], []
        for cell in view.filled(row):
            if _is_column_number(cell):
                numbers.append(int(digits_of(cell.text)))
            else:
                others.append(view.word(cell))
        rising = all(a < b for a, b in pairwise(numbers))
        if rising and len(numbers) >= 2 and all(w in spec.head_words for w in others):
            return row
    return None


def head_columns(view: GridView, spec: FormSpec, first: int, end: int) -> list[HeadColumn]:
    """Return the columns of the table as the header rows ``first`` to ``end`` − 1 show them."""
    numbers = number_row(view, spec, first, end)
    rows = [r for r in range(first, end) if r != numbers]
    columns: list[HeadColumn] = []
    before: list[SourceCell] | None = None
    for col in range(view.width):
        path = _path(view, rows, col)
        own = view.slots[numbers][col] if numbers is not None else None
        key = [*path, own] if own is not None else path
        if (
            columns
            and before is not None
            and len(key) == len(before) > 0
            and all(a is b for a, b in zip(key, before, strict=True))
        ):
            last = columns[-1]
            columns[-1] = HeadColumn(Span(last.span.first, col), last.words, last.number)
            continue
        before = key
        words = tuple(w for w in (view.word(c) for c in path) if w)
        digits = digits_of(own.text) if own is not None else ""
        columns.append(HeadColumn(Span(col, col), words, int(digits) if digits else None))
    return [c for c in columns if c.words or c.number is not None]


def _path(view: GridView, rows: Sequence[int], col: int) -> list[SourceCell]:
    """Return the header cells over a column, outermost first, each once.

    Where the merging of a group's heading got lost, the heading stands in its first column only and is carried on to
    the right over columns that have a label below.
    """
    path: list[SourceCell] = []
    for at, row in enumerate(rows):
        cell = view.slots[row][col]
        if cell is None or not cell.text:
            cell = _group_left(view, rows, at, col)
        if cell is not None and cell.text and not any(cell is p for p in path):
            path.append(cell)
    return path


def _group_left(view: GridView, rows: Sequence[int], at: int, col: int) -> SourceCell | None:
    below = rows[at + 1 :]
    if not _text_in(view, below, col):
        return None
    for left in range(col - 1, -1, -1):
        cell = view.slots[rows[at]][left]
        if cell is not None and cell.text:
            reaches = cell.rowspan == 1 and cell.colspan == 1 and _text_in(view, below, left)
            return cell if reaches else None
        if not _text_in(view, below, left):
            return None
    return None


def _text_in(view: GridView, rows: Sequence[int], col: int) -> bool:
    return any((cell := view.slots[row][col]) is not None and cell.text for row in rows)


def map_columns(columns: Sequence[HeadColumn], spec: FormSpec, first_row: int, body_row: int) -> ColumnMap:
    """Return the mapping of columns to the leaves of a form: the surest pairs first, order as the tie-breaker."""
    arranged = _arranged(columns, spec, first_row, body_row)
    if arranged is not None:
        return arranged
    columns, foreign = published_columns(columns, spec)
    pairs = []
    leaves = spec.leaves
    for i, leaf in enumerate(leaves):
        for j, column in enumerate(columns):
            value = _agreement(leaf, column, spec)
            if value >= _LOWEST:
                distance = abs((i + 0.5) / len(leaves) - (j + 0.5) / len(columns))
                pairs.append((value - 0.2 * distance, -i, -j))
    pairs.sort(reverse=True)
    spans: dict[tuple[int, str], Span] = {}
    taken: set[int] = set()
    total = 0.0
    for value, i, j in pairs:
        leaf = leaves[-i]
        if (leaf.part, leaf.key) in spans or -j in taken:
            continue
        spans[leaf.part, leaf.key] = columns[-j].span
        taken.add(-j)
        total += min(value / 3.0, 1.0)
    _sums_in_order(leaves, spans)
    lead = _lead_words(spec)
    total += 0.5 * _map_the_rest(columns, spec, lead, spans, taken)
    unused = [j for j, c in enumerate(columns) if j not in taken and not set(c.words) & lead and not is_label(c, spec)]
    quality = total / max(len(leaves) + len(unused), 1)
    # A column of row numbers before everything else is no amount that got lost.
    known = min((j for j, c in enumerate(columns) if j in taken or set(c.words) & lead), default=0)
    unknown = {col for j in unused if j > known for col in range(columns[j].span.first, columns[j].span.last + 1)}
    if all((leaf.part, leaf.key) in spans for leaf in leaves):
        foreign |= _unpublished([columns[j] for j in unused], spec)
    return ColumnMap(spans, quality, first_row, body_row, foreign | unknown, foreign=foreign)


def _unpublished(unused: Sequence[HeadColumn], spec: FormSpec) -> frozenset[int]:
    """Return the grid columns, of those without a place in the form, that are known not to be published."""
    words = spec.template.elsewhere.unpublished.get(spec.form.id, ())
    found = [c for c in unused if any(word in w for w in c.words for word in words)]
    return frozenset(n for c in found for n in range(c.span.first, c.span.last + 1))


def _arranged(columns: Sequence[HeadColumn], spec: FormSpec, first_row: int, body_row: int) -> ColumnMap | None:
    """Return the mapping of a form by code whose columns are those of another place, None where they are not."""
    if spec.shape is not Shape.CODES:
        return None
    lead = _lead_words(spec)
    behind = max((j for j, c in enumerate(columns) if c.words and c.words[-1] in lead), default=-1)
    money = columns[behind + 1 :]
    header = "".join(dict.fromkeys(w for c in money for w in c.words))
    known = [leaf.key for leaf in spec.leaves]
    printed = spec.template.elsewhere.printed(spec.form.id, header)
    if len(printed) != len(money) or printed == tuple(known):
        return None
    spans: dict[tuple[int, str], Span] = {}
    for key, column in zip(printed, money, strict=True):
        if key not in known:
            continue
        before = spans.get((0, key))
        spans[0, key] = Span(before.first if before is not None else column.span.first, column.span.last)
    foreign: set[int] = set()
    unknown: set[int] = set()
    for key, column in zip(printed, money, strict=True):
        if key not in known:
            unknown.update(range(column.span.first, column.span.last + 1))
        if not key:
            foreign.update(range(column.span.first, column.span.last + 1))
    sums = frozenset(key for key in printed if key and printed.count(key) > 1)
    # A column without a place here speaks against this template, that of another may have one.
    placed = sum(not key or key in known for key in printed)
    quality = placed / max(len(spec.leaves), len(money), 1)
    return ColumnMap(spans, quality, first_row, body_row, frozenset(unknown), sums, frozenset(foreign))


def _sums_in_order(leaves: Sequence[Leaf], spans: dict[tuple[int, str], Span]) -> None:
    """Give a sum that stands out of order to the other sum of its group, whose own heading got lost."""
    for at, leaf in enumerate(leaves):
        mine = (leaf.part, leaf.key)
        if mine not in spans or leaf.label != "合计" or _in_order_at(leaves, spans, at, spans[mine]):
            continue
        twins = [
            n
            for n, other in enumerate(leaves)
            if n != at and other.label == leaf.label and other.words[0] == leaf.words[0] and other.part == leaf.part
        ]
        span = spans.pop(mine)
        for n in twins:
            if (leaves[n].part, leaves[n].key) not in spans and _in_order_at(leaves, spans, n, span):
                spans[leaves[n].part, leaves[n].key] = span
                break


def _in_order_at(leaves: Sequence[Leaf], spans: Mapping[tuple[int, str], Span], at: int, span: Span) -> bool:
    """Tell whether a column stands between those of the leaves before and behind in its group."""
    group = [leaf if leaf.words[0] == leaves[at].words[0] else None for leaf in leaves]
    before = [s for leaf in group[:at] if leaf and (s := spans.get((leaf.part, leaf.key))) is not None]
    behind = [s for leaf in group[at + 1 :] if leaf and (s := spans.get((leaf.part, leaf.key))) is not None]
    return (not before or before[-1].last < span.first) and (not behind or span.last < behind[0].first)


def _map_the_rest(
    columns: Sequence[HeadColumn],
    spec: FormSpec,
    lead: frozenset[str],
    spans: dict[tuple[int, str], Span],
    taken: set[int],
) -> int:
    """Map columns with foreign words (金额 for 决算数) by their printed number, or by order when none is left over."""
    leaves = [leaf for leaf in spec.leaves if (leaf.part, leaf.key) not in spans]
    labels = {leaf.label for leaf in spec.leaves}
    free = [
        j
        for j, c in enumerate(columns)
        if j not in taken and not set(c.words) & lead and not (c.words and c.words[-1] in labels)
    ]
    pairs = [(leaf, j) for leaf in leaves for j in free if leaf.number is not None and columns[j].number == leaf.number]
    if not pairs and len(leaves) == len(free):
        pairs = list(zip(leaves, free, strict=True))
    for leaf, j in pairs:
        spans[leaf.part, leaf.key] = columns[j].span
        taken.add(j)
    return len(pairs)


def _lead_words(spec: FormSpec) -> frozenset[str]:
    return spec.head_words - {w for leaf in spec.leaves for w in leaf.words}


def _agreement(leaf: Leaf, column: HeadColumn, spec: FormSpec) -> float:
    """Return 0 to about 3.8: label 2, path 1, number 0.8."""
    number = leaf.number is not None and column.number == leaf.number and spec.form.prints_column_numbers
    if not column.words:
        return 1.5 if number else 0.0
    words = max(_by_label(leaf, column, number, spec.groups), _by_all_words(leaf, column))
    return words + 0.8 if words and number else words


def _by_label(leaf: Leaf, column: HeadColumn, number: bool, groups: frozenset[str]) -> float:
    """Return 0 to 3 for a column whose own label is that of the leaf."""
    joined, last = "".join(column.words), column.words[-1]
    if last != leaf.label and last in groups:
        # The heading of a group whose own labels got lost: which of its columns this is, nobody can tell.
        return 0.0
    label = max(likeness(leaf.label, last), 0.95 if joined.endswith(leaf.label) else 0.0)
    if len(column.words) > 1:
        # A label broken over two rows of cells.
        label = max(label, likeness(leaf.label, "".join(column.words[-2:])))
    if label < _ALIKE_SUMS and "合计" in (leaf.label, last) and _both_sums(leaf.label, last):
        label = _ALIKE_SUMS
    if label < (_LIKE_WITH_NUMBER if number else _LIKE):
        return 0.0
    above = leaf.words[:-1]
    if not above:
        return 2 * label + (1.0 if len(column.words) == 1 else 0.8)
    found = sum(1 for w in above if w in joined or best_likeness(w, column.words) >= _LIKE)
    return 2 * label + found / len(above)


def _by_all_words(leaf: Leaf, column: HeadColumn) -> float:
    """Return 0 to 3 for words in another order: some forms put 预算数 and 决算数 above the items, others below them."""
    ours, theirs = set(leaf.words), set(column.words)
    both = ours & theirs
    # Without the label itself, any column of the group would do as well.
    return 3.0 * len(both) / len(ours | theirs) if len(both) > 1 and leaf.label in theirs else 0.0


def _both_sums(one: str, other: str) -> bool:
    return one.endswith("合计") and other.endswith("合计")
