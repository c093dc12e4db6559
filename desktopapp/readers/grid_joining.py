"""Tables that go on over several pages, made one again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from desktopapp.readers.sources.model import Block, Cell, Grid

_PAGED = ("ruled", "aligned")
#: What may stand between two parts of a table: page numbers and the word 续.
_BETWEEN = re.compile(r"^[\s\-—–－]*(?:第\s*)?\d{0,3}\s*(?:页)?[\s\-—–－]*$|^[（(]?续表?[）)]?$")

_CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")
_LINE_NUMBER = re.compile(r"[1-9]\d?")
_DIGITS = re.compile(r"\d{1,7}")
_NUMERIC = re.compile(r"[-−–]?[\d,，.．]+")
#: How lines in a list begin, and what is in lines that close one.
_LISTED = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]")
_CLOSING = re.compile(r"合计|总计|小计|结转|结余|^其中")
#: So many rows above are asked whether all have a code or number.
_ALIKE = 4
#: An amount with its decimals.
_WHOLE = re.compile(r"[-−–]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)[.．]\d{2}")


def join_continued(blocks: Iterable[Block]) -> list[Block]:
    """Return blocks with every table that goes on over the next page as one grid.

    Two grids are one table when the second stands on the next page with as many columns and nothing but page numbers
    between, and repeats the first one's header or goes on without any.
    """
    joined: list[Block] = []
    for block in blocks:
        before = _last_grid(joined)
        if isinstance(block, Grid) and before is not None:
            at, grid = before
            if _goes_on(grid, block):
                del joined[at + 1 :]
                joined[at] = _joined(grid, block)
                continue
        joined.append(block)
    return joined


def _last_grid(blocks: Sequence[Block]) -> tuple[int, Grid] | None:
    """Return the last grid when only page numbers follow it."""
    for at in range(len(blocks) - 1, -1, -1):
        block = blocks[at]
        if isinstance(block, Grid):
            return at, block
        if not all(_BETWEEN.match(line) for line in block.text.split("\n")):
            return None
    return None


def _goes_on(first: Grid, second: Grid) -> bool:
    page = first.pages[-1] if first.pages else first.page
    if first.origin not in _PAGED or second.origin != first.origin:
        return False
    if second.page != page + 1 or first.width != second.width:
        return False
    repeated = _repeated(first, second)
    if repeated > 0 or not first.rows or not second.rows:
        return repeated > 0
    below = second.rows[0]
    above = first.rows[-1]
    return _is_body(below) or _counts_on(above, below) or _is_rest(first.rows, below) or _begins_body(first, below)


def _counts_on(row: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Tell whether a row has the line number behind that of another one."""
    if [(c.col, c.colspan) for c in row] != [(c.col, c.colspan) for c in below] or _counts(below):
        return False
    pairs = [(_bare(a), _bare(b)) for a, b in zip(row, below, strict=True)]
    return any(_LINE_NUMBER.fullmatch(a) and _LINE_NUMBER.fullmatch(b) and int(b) == int(a) + 1 for a, b in pairs)


def _begins_body(first: Grid, below: Sequence[Cell]) -> bool:
    """Tell whether a page break parted a header from its table: no amounts above, numbers and no header below."""
    if any(_WHOLE.fullmatch(_bare(c)) for c in first.cells()):
        return False
    return _counts(below) or (_counts(first.rows[-1]) and any(_WHOLE.fullmatch(_bare(c)) for c in below))


def _repeated(first: Grid, second: Grid) -> int:
    """Return how many rows at the top of the second grid repeat the first one's."""
    a, b = first.texts(), second.texts()
    count = 0
    while count < min(len(a), len(b)) and a[count] == b[count]:
        count += 1
    # Rows of a header hold words or column numbers; an equal row of amounts is no header.
    return count if count and any(not _is_body(row) for row in second.rows[:count]) else 0


def _is_body(row: Sequence[Cell]) -> bool:
    """Tell whether a row is one of a table's body: it begins with a classification code."""
    return bool(row) and bool(re.match(r"^\d{3}(?:\d{2}){0,2}$", re.sub(r"\s", "", row[0].text)))


def _is_rest(above: Sequence[Sequence[Cell]], below: Sequence[Cell]) -> bool:
    """Tell whether a row on the next page is the rest of the last row above, which the page break cut.

    Then it lacks the code or line number that every row has, or the end of one, what is whole above has no rest, and
    an amount is whole only with its rest.
    """
    row = above[-1]
    places = [(c.col, c.colspan) for c in row]
    if [(c.col, c.colspan) for c in below] != places or not any(c.text.strip() for c in below):
        return False
    if _counts(row):
        return False
    alike = [r for r in above[-_ALIKE:] if [(c.col, c.colspan) for c in r] == places and _is_line(r)]
    if not alike:
        return False
    indexed = [all(_DIGITS.fullmatch(_bare(r[at])) for r in alike) for at in range(len(row))]
    listed = [all(_LISTED.match(_bare(r[at])) for r in alike) for at in range(len(row))]
    pairs = [(_bare(a), _bare(b)) for a, b in zip(row, below, strict=True)]
    completed = False
    for (cut, rest), index in zip(pairs, indexed, strict=True):
        if not rest:
            continue
        whole = _WHOLE.fullmatch(cut + rest) is not None or (index and _CODE.fullmatch(cut + rest) is not None)
        if (index or _NUMERIC.fullmatch(rest)) and not (cut and whole):
            return False
        if not cut or _WHOLE.fullmatch(cut) or _LISTED.match(rest) or _CLOSING.search(rest):
            return False
        completed |= whole
    return any(indexed) or any(listed) or completed


def _is_line(row: Sequence[Cell]) -> bool:
    """Tell whether a row has something that no header has: a code, a number, an amount, a place in a list."""
    marks = (_DIGITS.fullmatch, _WHOLE.fullmatch, _LISTED.match)
    return not _counts(row) and any(mark(_bare(c)) for c in row for mark in marks)


def _counts(row: Sequence[Cell]) -> bool:
    """Tell whether a row is that of the column numbers 1, 2, 3 …"""
    numbers = [text for c in row if _DIGITS.fullmatch(text := _bare(c))]
    return len(numbers) > 1 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


def _bare(cell: Cell) -> str:
    return "".join(cell.text.split())


def _with_rest(row: Sequence[Cell], below: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(replace(a, text=a.text + b.text) for a, b in zip(row, below, strict=True))


def _joined(first: Grid, second: Grid) -> Grid:
    skip = _repeated(first, second)
    above = first.rows
    if skip < second.height and above and _is_rest(above, second.rows[skip]):
        above = (*above[:-1], _with_rest(above[-1], second.rows[skip]))
        skip += 1
    offset = first.height - skip
    moved = tuple(tuple(replace(cell, row=cell.row + offset) for cell in row) for row in second.rows[skip:])
    pages = first.pages or (first.page,) * first.height
    return replace(
        first,
        rows=above + moved,
        raw=first.raw + second.raw,
        pages=pages + (second.page,) * len(moved),
    )
