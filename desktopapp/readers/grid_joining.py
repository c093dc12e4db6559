"""Tables that go on over several pages, made one again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from desktopapp.readers.sources.model import Block, Cell, Grid

_PAGED = ("ruled", "aligned")
#: What may stand between two parts of a table: page numbers and the word 续.
_BETWEEN = re.compile(r"^[\s\-—–－]*(?:第\s*)?\d{0,3}\s*(?:页)?[\s\-—–－]*$|^[（(]?续表?[）)]?$")


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
    return repeated > 0 or _is_body(second.rows[0] if second.rows else ())


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


def _joined(first: Grid, second: Grid) -> Grid:
    skip = _repeated(first, second)
    offset = first.height - skip
    moved = tuple(tuple(replace(cell, row=cell.row + offset) for cell in row) for row in second.rows[skip:])
    pages = first.pages or (first.page,) * first.height
    return replace(
        first,
        rows=first.rows + moved,
        raw=first.raw + second.raw,
        pages=pages + (second.page,) * len(moved),
    )
