"""Tables found from drawn rules: connected rules make a lattice, missing pieces of rules make merged cells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from .model import Box
from .pdf_rules import Rule

_TOUCH: Final = 3.0
_OPEN_SIDE: Final = 8.0
_ONE_ROW: Final = 30.0
_NEXT_ROW: Final = 60.0
_WALL_SHARE: Final = 0.5
_MAX_RULES: Final = 4_000
_MAX_SLOTS: Final = 40_000


@dataclass(frozen=True, slots=True)
class Span:
    """A cell of a lattice: its top left slot and how many slots it covers."""

    row: int
    col: int
    rowspan: int
    colspan: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """A ruled table: column edges, row edges (points, reading space) and the cells between them."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[Span, ...]

    @property
    def box(self) -> Box:
        """The outline."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def box_of(self, span: Span) -> Box:
        """The outline of a cell."""
        return (
            self.xs[span.col],
            self.ys[span.row],
            self.xs[span.col + span.colspan],
            self.ys[span.row + span.rowspan],
        )

    def owners(self) -> list[list[int]]:
        """Return for each slot the index of the span that covers it."""
        owners = [[0] * (len(self.xs) - 1) for _ in range(len(self.ys) - 1)]
        for index, span in enumerate(self.spans):
            for row in range(span.row, span.row + span.rowspan):
                owners[row][span.col : span.col + span.colspan] = [index] * span.colspan
        return owners

    def slot(self, x: float, y: float) -> tuple[int, int]:
        """Return (row, column) of the slot at a point, the nearest one for a point just outside."""
        col = min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)
        row = min(max(bisect_right(self.ys, y) - 1, 0), len(self.ys) - 2)
        return row, col


def find_lattices(horizontal: Sequence[Rule], vertical: Sequence[Rule], em: float) -> list[Lattice]:
    """Return the ruled tables of a page from top to bottom; frames around one text are no tables.

    `em` is the usual height of a character: edges closer than a part of it are the same edge (double rules).
    """
    if len(horizontal) > _MAX_RULES or len(vertical) > _MAX_RULES:
        return []
    lattices = []
    for rows, cols in _connected(horizontal, vertical):
        lattice = _lattice(rows, cols, em)
        # One column is a frame, or a chart with lines across: no table either way.
        if lattice is not None and len(lattice.spans) > 1 and len(lattice.xs) > 2:
            lattices.append(lattice)
    lattices.sort(key=lambda lattice: (lattice.ys[0], lattice.xs[0]))
    return _without_nested(lattices)


def _without_nested(lattices: list[Lattice]) -> list[Lattice]:
    """Drop a lattice that lies in one cell of another when the outer one is no more than a frame, else the inner."""
    dropped: set[int] = set()
    for outer in lattices:
        for inner in lattices:
            if inner is not outer and _contains(outer.box, inner.box):
                dropped.add(id(outer if len(outer.spans) <= len(inner.spans) // 2 else inner))
    return [lattice for lattice in lattices if id(lattice) not in dropped]


def _contains(outer: Box, inner: Box) -> bool:
    return (
        outer[0] - 1 <= inner[0] and outer[1] - 1 <= inner[1] and inner[2] <= outer[2] + 1 and inner[3] <= outer[3] + 1
    )


def _connected(horizontal: Sequence[Rule], vertical: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return groups of rules that touch each other, directly or through others."""
    cols = sorted(vertical, key=lambda rule: rule.at)
    places = [rule.at for rule in cols]
    parent = list(range(len(horizontal) + len(cols)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for at, row in enumerate(horizontal):
        first, last = bisect_left(places, row.start - _TOUCH), bisect_right(places, row.end + _TOUCH)
        for index in range(first, last):
            if cols[index].start - _TOUCH <= row.at <= cols[index].end + _TOUCH:
                parent[root(at)] = root(len(horizontal) + index)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index, rule in enumerate((*horizontal, *cols)):
        groups.setdefault(root(index), ([], []))[0 if index < len(horizontal) else 1].append(rule)
    tables = [group for group in groups.values() if group[0] and group[1]]
    loose = [row for rows, columns in groups.values() if not columns for row in rows]
    for rows, _ in tables:
        rows.extend(_closing_rules(rows, loose))
    return _joined_open(tables)


def _joined_open(tables: list[tuple[list[Rule], list[Rule]]]) -> list[tuple[list[Rule], list[Rule]]]:
    """Join tables without rules on their sides that a single row without rules between columns has cut apart."""
    joined: list[tuple[list[Rule], list[Rule]]] = []
    for rows, cols in sorted(tables, key=lambda table: min(row.at for row in table[0])):
        above = joined[-1] if joined else None
        if above is not None and _goes_on(above, (rows, cols)):
            above[0].extend(rows)
            above[1].extend(cols)
        else:
            joined.append((rows, cols))
    return joined


def _goes_on(above: tuple[list[Rule], list[Rule]], below: tuple[list[Rule], list[Rule]]) -> bool:
    outlines = []
    for rows, cols in (above, below):
        left, right = min(row.start for row in rows), max(row.end for row in rows)
        if min(col.at for col in cols) < left + _OPEN_SIDE or max(col.at for col in cols) > right - _OPEN_SIDE:
            return False
        outlines.append((left, right))
    (left, right), (other_left, other_right) = outlines
    gap = min(row.at for row in below[0]) - max(row.at for row in above[0])
    return abs(left - other_left) < _TOUCH and abs(right - other_right) < _TOUCH and 0 < gap < _ONE_ROW


def _closing_rules(rows: list[Rule], loose: Sequence[Rule]) -> list[Rule]:
    """Return rules that touch no other but lie close above or below a table and are just as wide.

    They close off a row without rules between columns in a table without rules on its sides.
    """
    left, right = min(row.start for row in rows), max(row.end for row in rows)
    top, bottom = min(row.at for row in rows), max(row.at for row in rows)
    return [
        row
        for row in loose
        if abs(row.start - left) < _TOUCH
        and abs(row.end - right) < _TOUCH
        and top - _NEXT_ROW < row.at < bottom + _NEXT_ROW
    ]


def _lattice(horizontal: list[Rule], vertical: list[Rule], em: float) -> Lattice | None:
    near = max(1.5, 0.45 * em)
    xs = _edges(vertical, horizontal, near, em)
    ys = _edges(horizontal, vertical, near, em)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > _MAX_SLOTS:
        return None
    right_walls = _walls(vertical, xs, ys)
    lower_walls = _walls(horizontal, ys, xs)
    return Lattice(tuple(xs), tuple(ys), tuple(_spans(right_walls, lower_walls, len(xs) - 1, len(ys) - 1)))


def _edges(rules: Sequence[Rule], across: Sequence[Rule], near: float, em: float) -> list[float]:
    """Return the distinct places of `rules`, with an edge added where the rules across run out beyond the last one.

    Tables without rules on the left and right side, and tables cut by a page break, end that way.
    """
    edges = cluster([rule.at for rule in rules], near)
    for ends, outermost, sign in (
        ([rule.start for rule in across], edges[0], -1),
        ([rule.end for rule in across], edges[-1], 1),
    ):
        beyond = [end for end in ends if (end - outermost) * sign > 0.8 * em]
        for place in cluster(beyond, near)[::sign]:
            if sum(1 for end in beyond if abs(end - place) <= near) > 1:
                edges.append(place)
                break
    return sorted(edges)


def cluster(values: Iterable[float], near: float) -> list[float]:
    """Return the means of groups of values that lie within `near` of the first of their group."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][0] <= near:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _walls(rules: Sequence[Rule], edges: Sequence[float], across: Sequence[float]) -> list[list[bool]]:
    """Return for each edge and each interval between the edges across whether rules close it off."""
    covered = [[0.0] * (len(across) - 1) for _ in edges]
    reached = [[-1e9] * (len(across) - 1) for _ in edges]
    for rule in sorted(rules, key=lambda rule: rule.start):
        edge = nearest(edges, rule.at)
        first = max(bisect_right(across, rule.start + 0.1) - 1, 0)
        for interval in range(first, len(across) - 1):
            low, high = across[interval], across[interval + 1]
            if low >= rule.end:
                break
            # Double rules lie over each other: count every stretch once.
            start = max(rule.start, low, reached[edge][interval])
            end = min(rule.end, high)
            if end > start:
                covered[edge][interval] += end - start
                reached[edge][interval] = end
    return [
        [covered[edge][at] >= _WALL_SHARE * (across[at + 1] - across[at]) for at in range(len(across) - 1)]
        for edge in range(len(edges))
    ]


def nearest(edges: Sequence[float], value: float) -> int:
    """Return the index of the edge nearest to a place."""
    at = bisect_left(edges, value)
    if at == 0:
        return 0
    if at == len(edges):
        return at - 1
    return at if edges[at] - value < value - edges[at - 1] else at - 1


def _spans(right: list[list[bool]], lower: list[list[bool]], width: int, height: int) -> Iterable[Span]:
    """Yield rectangles of slots that no wall parts, greedily from the top left.

    `right[edge][row]` and `lower[edge][col]` tell whether the edge with that index is closed there.
    """
    taken = [[False] * width for _ in range(height)]
    for row in range(height):
        for col in range(width):
            if taken[row][col]:
                continue
            wide = 1
            while col + wide < width and not right[col + wide][row] and not taken[row][col + wide]:
                wide += 1
            wide = _clear_width(lower, row, col, wide, height)
            high = 1
            while row + high < height and _open_below(right, lower, taken, row + high, col, wide):
                high += 1
            for at in range(row, row + high):
                taken[at][col : col + wide] = [True] * wide
            yield Span(row, col, high, wide)


def _clear_width(lower: list[list[bool]], row: int, col: int, wide: int, height: int) -> int:
    """Shorten a run whose lower edge is closed under one part and open under another: those are two cells.

    That happens where a short piece of a vertical rule is missing.
    """
    if row + 1 >= height:
        return wide
    closed = [lower[row + 1][at] for at in range(col, col + wide)]
    return wide if all(closed) or not any(closed) else closed.index(not closed[0])


def _open_below(
    right: list[list[bool]], lower: list[list[bool]], taken: list[list[bool]], row: int, col: int, wide: int
) -> bool:
    return (
        not any(lower[row][at] or taken[row][at] for at in range(col, col + wide))
        and not any(right[at][row] for at in range(col + 1, col + wide))
        and all(
            edge in (0, len(right) - 1) or right[edge][row] or not right[edge][row - 1] for edge in (col, col + wide)
        )
    )
