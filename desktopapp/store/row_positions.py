"""Positions of rows by code in the file: numbers with gaps, so that inserting a row writes one row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktopapp.core.report import Rows

#: Distance of neighbours when there is room; a gap takes 40 rows inserted at one spot before a form is renumbered.
GAP = 1 << 40
#: Beyond this a form is renumbered, far from the end of 64 bits.
_FARTHEST = 1 << 62


@dataclass(slots=True)
class SavedRows:
    """The rows of one form as they are in the file, in order."""

    order: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What to write so that the file has the rows of the report; ``after`` is what it holds then."""

    removed: tuple[str, ...]
    written: tuple[str, ...]
    after: SavedRows


def plan_rows(saved: SavedRows, rows: Rows) -> RowPlan:
    """Return the fewest rows to write; costs the length of the form, in plain comparisons."""
    order = list(rows)
    names = {row: rows.name(row) for row in order}
    written = [row for row in order if names[row] != saved.names.get(row)]
    if order == saved.order:
        return RowPlan((), tuple(written), SavedRows(order, names, saved.positions))
    positions = _place_middle(saved, order)
    if positions is None:
        positions = place(order, saved.positions)
    removed = tuple(row for row in saved.order if row not in names)
    fresh = set(written)
    written += [r for r, p in positions.items() if p != saved.positions.get(r) and r not in fresh]
    return RowPlan(removed, tuple(written), SavedRows(order, names, positions))


def _place_middle(saved: SavedRows, order: list[str]) -> dict[str, int] | None:
    """Return all positions, looking only at where the orders differ; None when that is not enough."""
    shorter = min(len(order), len(saved.order))
    head = _common(order, saved.order, shorter)
    tail = _common(order[::-1], saved.order[::-1], shorter - head)
    # With a neighbour on either side, which must keep its place.
    first, last = max(head - 1, 0), len(order) - max(tail - 1, 0)
    window = order[first:last]
    fresh = _fit(window, saved.positions)
    if fresh is None:
        return None
    for neighbour in ([window[0]] if head else []) + ([window[-1]] if tail else []):
        if fresh[neighbour] != saved.positions[neighbour]:
            return None
    positions = dict(saved.positions)
    for row in saved.order[head : len(saved.order) - tail]:
        del positions[row]
    positions.update(fresh)
    return positions


def _common(one: Sequence[str], other: Sequence[str], limit: int) -> int:
    """Return how many leading rows are the same, at most ``limit``."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if index >= limit or a != b:
            return index
    return limit


def place(order: Sequence[str], known: Mapping[str, int]) -> dict[str, int]:
    """Return a position for every row so that they rise in this order; as many as possible keep what they have."""
    fitted = _fit(order, known)
    return {row: (i + 1) * GAP for i, row in enumerate(order)} if fitted is None else fitted


def _fit(order: Sequence[str], known: Mapping[str, int]) -> dict[str, int] | None:
    """Return rising positions that leave the rows with rising known ones alone, None when there is no room."""
    kept = _rising(order, known)
    positions: dict[str, int] = {}
    at, below = 0, None
    for index in [*kept, len(order)]:
        above = known[order[index]] if index < len(order) else None
        if index > at:
            fresh = _between(below, above, index - at)
            if fresh is None:
                return None
            positions.update(zip(order[at:index], fresh, strict=True))
        if above is not None:
            positions[order[index]] = above
        at, below = index + 1, above
    return positions


def _between(below: int | None, above: int | None, count: int) -> list[int] | None:
    """Return ``count`` rising numbers between two, None when there is no room."""
    if below is None and above is None:
        start, step = 0, GAP
    elif above is None:
        start, step = below or 0, GAP
    elif below is None:
        start, step = above - GAP * (count + 1), GAP
    else:
        start, step = below, (above - below) // (count + 1)
    last = start + step * count
    if step < 1 or abs(last) > _FARTHEST or abs(start) > _FARTHEST:
        return None
    return [start + step * (i + 1) for i in range(count)]


def _rising(order: Sequence[str], known: Mapping[str, int]) -> list[int]:
    """Return the indexes of a longest run of rows whose known positions rise."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: dict[int, int] = {}
    for index, row in enumerate(order):
        position = known.get(row)
        if position is None:
            continue
        # In order, as rows almost always are, nothing is searched.
        length = len(tails) if not tails or position > tails[-1] else bisect_left(tails, position)
        if length == len(tails):
            tails.append(position)
            tail_at.append(index)
        else:
            tails[length], tail_at[length] = position, index
        before[index] = tail_at[length - 1] if length else -1
    found: list[int] = []
    index = tail_at[-1] if tail_at else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    found.reverse()
    return found
