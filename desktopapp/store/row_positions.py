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
    if order == saved.order:
        written = tuple(row for row in order if names[row] != saved.names[row])
        return RowPlan((), written, SavedRows(order, names, saved.positions))
    positions = place(order, saved.positions)
    removed = tuple(row for row in saved.order if row not in names)
    old_names, old_places = saved.names, saved.positions
    written = tuple(r for r in order if positions[r] != old_places.get(r) or names[r] != old_names.get(r))
    return RowPlan(removed, written, SavedRows(order, names, positions))


def place(order: Sequence[str], known: Mapping[str, int]) -> dict[str, int]:
    """Return a position for every row so that they rise in this order; as many as possible keep what they have."""
    kept = _rising(order, known)
    positions: dict[str, int] = {}
    at, below = 0, None
    for index in [*kept, len(order)]:
        above = known[order[index]] if index < len(order) else None
        fresh = _between(below, above, index - at)
        if fresh is None:
            return {row: (i + 1) * GAP for i, row in enumerate(order)}
        positions.update(zip(order[at:index], fresh, strict=True))
        if above is not None:
            positions[order[index]] = above
        at, below = index + 1, above
    return positions


def _between(below: int | None, above: int | None, count: int) -> list[int] | None:
    """Return ``count`` rising numbers between two, None when there is no room."""
    if not count:
        return []
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
