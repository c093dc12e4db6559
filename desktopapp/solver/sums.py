"""Drops choices of a sum and its parts that fit no choice of the others: much quicker than an integer program.

A sum and its parts each have choices, a choice being what stands in which column. A choice stays when some choice of
every other row makes the columns add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What a row would hold: column → 分.
Values = Mapping[str, int]

#: So many steps of search are worth their time; a sum that needs more is tried in two halves.
_MOST_STEPS = 5_000
#: So many pairs of halves, and choices in one half, are worth their time; the rest is left to the integer program.
_MOST_PAIRS = 30_000_000
_MOST_IN_HALF = 60_000


def fitting(total: Sequence[Values], parts: Sequence[Sequence[Values]], half: int) -> list[set[int]] | None:
    """Return for the sum and then for each part the numbers of the choices that fit, None when that is not known.

    ``half`` is half the step of amounts in 分: a column with n amounts may be off by n halves. Also None when no
    choices fit, as they do not where the source is wrong.
    """
    rows = [total, *parts]
    if any(v < 0 for row in rows for choice in row for v in choice.values()):
        return None
    # Large parts first: they leave the fewest ways open.
    order = sorted(range(len(parts)), key=lambda n: -max((sum(c.values()) for c in parts[n]), default=0))
    search = _Search(parts, order, half)
    found: list[set[int]] = [set() for _ in rows]
    for n, target in enumerate(total):
        before = search.solutions
        search.run(target)
        if search.steps > _MOST_STEPS:
            return _by_halves(total, parts, half)
        if search.solutions > before:
            found[0].add(n)
    if not found[0]:
        return None
    return [found[0], *search.used]


class _Search:
    """Tries all choices of the parts against a sum, and notes which of them lead to it."""

    def __init__(self, parts: Sequence[Sequence[Values]], order: Sequence[int], half: int) -> None:
        self._parts, self._order, self._half = parts, order, half
        self.used: list[set[int]] = [set() for _ in parts]
        self.steps = self.solutions = 0
        self._target: Values = {}
        self._room: dict[str, int] = {}
        self._chosen: list[int] = []

    def run(self, target: Values) -> None:
        """Try all choices against one choice of the sum."""
        self._target = target
        columns = {c for part in self._parts for choice in part for c in choice} | set(target)
        self._room = {c: target.get(c, 0) for c in columns}
        self._chosen = []
        self._next(0)

    def _next(self, at: int) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            return
        if at == len(self._order):
            slack = self._half * (len(self._order) + 1)
            if all(abs(left) <= slack for left in self._room.values()):
                self.solutions += 1
                for n, choice in zip(self._order, self._chosen, strict=True):
                    self.used[n].add(choice)
            return
        slack = self._half * (len(self._order) + 1)
        for number, values in enumerate(self._parts[self._order[at]]):
            self.steps += 1
            if all(self._room[c] + slack >= v for c, v in values.items()):
                for c, v in values.items():
                    self._room[c] -= v
                self._chosen.append(number)
                self._next(at + 1)
                self._chosen.pop()
                for c, v in values.items():
                    self._room[c] += v


def _by_halves(total: Sequence[Values], parts: Sequence[Sequence[Values]], half: int) -> list[set[int]] | None:
    """Return what ``fitting`` does, with all sums of one half of the parts looked up among those of the other."""
    # Alternating by size keeps the halves alike.
    order = sorted(range(len(parts)), key=lambda n: -len(parts[n]))
    first: list[int] = []
    second: list[int] = []
    for n in order:
        shorter = min(first, second, key=lambda h: prod(len(parts[k]) for k in h))
        shorter.append(n)
    sizes = [prod(len(parts[n]) for n in h) for h in (first, second)]
    if max(sizes) > _MOST_IN_HALF or sizes[0] * sizes[1] * len(total) > _MOST_PAIRS:
        return None
    import numpy as np

    columns = sorted({c for row in (total, *parts) for choice in row for c in choice})
    sums = [
        _all_sums([[[v.get(c, 0) for c in columns] for v in parts[n]] for n in h], len(columns))
        for h in (first, second)
    ]
    # The column in which the second half differs most leaves the fewest to compare.
    key = max(range(len(columns)), key=lambda c: len(np.unique(sums[1][:, c])))
    sorting = np.argsort(sums[1][:, key], kind="stable")
    ordered = sums[1][sorting]
    slack = half * (len(parts) + 1)
    found: list[set[int]] = [set() for _ in (total, *parts)]
    for number, choice in enumerate(total):
        left = np.array([choice.get(c, 0) for c in columns]) - sums[0]
        lows = np.searchsorted(ordered[:, key], left[:, key] - slack, "left")
        highs = np.searchsorted(ordered[:, key], left[:, key] + slack, "right")
        for at in np.nonzero(highs > lows)[0]:
            window = ordered[lows[at] : highs[at]]
            hits = np.nonzero((np.abs(window - left[at]) <= slack).all(axis=1))[0]
            if len(hits):
                found[0].add(number)
                _note(found, parts, first, np.array([at]))
                _note(found, parts, second, sorting[lows[at] + hits])
    return found if found[0] else None


def _all_sums(parts: Sequence[Sequence[Sequence[int]]], width: int) -> NDArray[Any]:
    """Return the sums of all combinations of choices, one a row, the choice of the last part changing fastest."""
    import numpy as np

    sums: NDArray[Any] = np.zeros((1, width), dtype=np.int64)
    for part in parts:
        sums = (sums[:, None, :] + np.array(part, dtype=np.int64)[None, :, :]).reshape(-1, width)
    return sums


def _note(found: list[set[int]], parts: Sequence[Sequence[Values]], half: Sequence[int], hits: NDArray[Any]) -> None:
    """Note the choices of the parts of one half that make up some of its sums."""
    for n in reversed(half):
        found[n + 1].update((hits % len(parts[n])).tolist())
        hits = hits // len(parts[n])
