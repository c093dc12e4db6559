"""How automatic cells hang together with those that people type: which amounts stand behind a total.

An automatic total always satisfies its own relation; when another relation is violated through it, one of the amounts
behind it is wrong. All relations are linear, so that both directions are sums with whole-number factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from desktopapp.core.checker import Checker
from desktopapp.core.report import Report
from desktopapp.core.template import Cell


class Dependence:
    """Automatic cells of one report, seen from both sides; every answer is remembered."""

    def __init__(self, report: Report, checker: Checker) -> None:
        self._auto = report.auto
        self._checker = checker
        self._sources: dict[Cell, Mapping[Cell, int]] = {}
        self._responses: dict[Cell, Mapping[Cell, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._auto)

    def sources(self, cell: Cell) -> Mapping[Cell, int]:
        """Return the typed cells that make up a cell, with the factor of each."""
        known = self._sources.get(cell)
        if known is None:
            # While it is being worked out, a cell in a circle of totals stands for itself.
            self._sources[cell] = {cell: 1}
            known = self._sources[cell] = self._find_sources(cell)
        return known

    def _find_sources(self, cell: Cell) -> Mapping[Cell, int]:
        relation = self._checker.definer(cell) if cell in self._auto else None
        if relation is None:
            return {cell: 1}
        own = next(s for s, c in relation.terms if c == cell)
        found: dict[Cell, int] = {}
        for sign, other in relation.terms:
            if other != cell:
                for source, factor in self.sources(other).items():
                    found[source] = found.get(source, 0) - own * sign * factor
        return {c: f for c, f in found.items() if f}

    def response(self, cell: Cell) -> Mapping[Cell, int]:
        """Return by how much a cell and the automatic cells behind it change when the cell changes by one."""
        known = self._responses.get(cell)
        if known is None:
            self._responses[cell] = {cell: 1}
            known = self._responses[cell] = self._find_response(cell)
        return known

    def _find_response(self, cell: Cell) -> Mapping[Cell, int]:
        found = {cell: 1}
        for follower, step in self.steps(cell):
            for other, factor in self.response(follower).items():
                found[other] = found.get(other, 0) + step * factor
        return {c: f for c, f in found.items() if f}

    def steps(self, cell: Cell) -> Iterator[tuple[Cell, int]]:
        """Yield the automatic cells that follow a cell directly, with the change of each when it changes by one."""
        for follower in self._checker.followers(cell) if self._auto else ():
            relation = self._checker.definer(follower) if follower in self._auto else None
            if relation is not None:
                signs = {c: s for s, c in relation.terms}
                yield follower, -signs[follower] * signs[cell]
