"""Drops choices of a sum and its parts that fit no choice of the others: much quicker than an integer program.

A sum and its parts each have choices, a choice being what stands in which column. A choice stays when some choice of
every other row makes the columns add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: What a row would hold: column → 分.
Values = Mapping[str, int]

#: So many steps of search are worth their time; a sum that needs more is left to the integer program.
_MOST_STEPS = 20_000


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
            return None
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
