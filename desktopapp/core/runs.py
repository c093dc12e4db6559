"""Runs of amounts that stand one row too low or too high where only sums see them.

In forms whose rows are not added up along the row, such a run may leave nothing but one sum that lacks the amount lost
at its end. What then speaks for a run is what it says about many cells at once: that each amount suits the row beside
its own better than the row where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from desktopapp.core.amount import Amount, round_to
from desktopapp.core.evidence import Facts, Scene, Window
from desktopapp.core.localise import EVENT
from desktopapp.core.moves import Move, shift_words
from desktopapp.core.slips import Cost, unexplained
from desktopapp.core.template import Cell, Shape

#: How rare a run is, and each further row of it.
_RUN, _ROW = 120, 3
_LONGEST = 10
#: Of the runs that settle the same relations the most plausible ones are judged by all relations of their cells.
_MOST_JUDGED = 8
_MOST_SETS = 4
_MOST_TRIED = 400


@dataclass(slots=True)
class _Run:
    """A run on the way: what its cells should hold, what that does to relations, and what it costs."""

    changes: dict[Cell, Amount] = field(default_factory=dict)
    shifts: dict[str, int] = field(default_factory=dict)
    touched: dict[str, Facts] = field(default_factory=dict)
    cost: Cost = 0
    rows: int = 1


class Runs:
    """Finds runs in one scene."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._amounts = scene.report.amounts
        self._tries = _MOST_TRIED

    def all(self) -> list[Move]:
        """Return the most plausible runs that repair violated relations and break none, best first."""
        found: dict[frozenset[str], list[tuple[Cost, str, dict[Cell, Amount]]]] = {}
        for form_id, column in dict.fromkeys((c.form, c.col) for c in self._scene.at_fault):
            if not form_id.startswith("last.") and self._scene.report.template.form(form_id).shape is not Shape.CODES:
                for step in (1, -1):
                    for run in self._column(form_id, column, step):
                        settles = frozenset(n for n, f in run.touched.items() if f.bad)
                        found.setdefault(settles, []).append((run.cost, shift_words(run.rows, step), run.changes))
        best = [sorted(found[s], key=lambda f: f[0])[:_MOST_JUDGED] for s in sorted(found, key=lambda s: -len(s))]
        moves = [m for of_one in best[:_MOST_SETS] for f in of_one for m in self._judged(*f)]
        return sorted(moves, key=lambda m: m.cost)

    def _judged(self, cost: Cost, why: str, changes: dict[Cell, Amount]) -> Iterator[Move]:
        effect = self._scene.effect(changes)
        if effect.repaired and not effect.broken:
            yield Move("run", tuple(changes.items()), effect.repaired, cost + effect.soft, why)

    def _column(self, form_id: str, column: str, step: int) -> Iterator[_Run]:
        """Yield the runs of a column whose amounts stand ``step`` rows further on than they should."""
        keys = self._scene.around.row_keys(form_id)
        cells = [Cell(form_id, key, column) if key else None for key in keys]
        for at, first in enumerate(cells):
            if first is not None and self._may_begin(first, step):
                yield from self._runs(cells, at, step)

    def _may_begin(self, cell: Cell, step: int) -> bool:
        """Tell whether amounts may have moved away from a cell: it is empty now or repeats the one before it."""
        held = self._amounts.get(cell)
        if held is None:
            return self._scene.report.has_cell(cell)
        before = self._scene.around.below(cell, -step)
        return before is not None and held == self._amounts.get(before)

    def _runs(self, cells: list[Cell | None], at: int, step: int) -> Iterator[_Run]:
        """Yield the runs that begin at a row, longer and longer."""
        run = _Run(cost=EVENT + _RUN)
        while run.rows < _LONGEST and self._tries > 0:
            beside = at + step
            cell, after = cells[at], cells[beside] if 0 <= beside < len(cells) else None
            if cell is None or after is None or {cell, after} & self._scene.report.auto:
                return
            if run.rows == 1 and after not in self._amounts:
                return
            self._move_back(run, cell, self._amounts.get(after))
            run.rows += 1
            run.cost += _ROW
            at = beside
            if len(run.changes) > 1 or run.rows > 2:
                yield from self._ended(run, after)

    def _move_back(self, run: _Run, cell: Cell, right: Amount) -> None:
        found = self._amounts.get(cell)
        if found == right:
            return
        run.changes[cell] = right
        run.cost += self._scene.said(cell, right)
        for factor, facts in self._scene.links(cell):
            name = facts.relation.id
            run.touched[name] = facts
            run.shifts[name] = run.shifts.get(name, 0) + factor * ((right or 0) - (found or 0))

    def _ended(self, run: _Run, last: Cell) -> Iterator[_Run]:
        """Yield the run with the amount that the cell behind it lost, if that settles every relation it touches."""
        if last not in self._amounts and self._scene.checker.blank_total(last):
            # A total that is left blank anyway says nothing of a run.
            return
        links = self._scene.links(last)
        judging = {f.relation.id for _, f in links}
        touched = run.touched | {f.relation.id: f for _, f in links}
        open_ones = {n for n, f in touched.items() if f.beyond(run.shifts.get(n, 0))}
        if not open_ones or not open_ones <= judging or not any(f.bad for f in touched.values()):
            return
        self._tries -= 1
        for window in self._scene.windows(last, run.shifts):
            if window.repairs >= open_ones:
                right = self._right(window)
                if right >= 0 or self._scene.around.negatives():
                    cost = run.cost + self._scene.said(last, right)
                    if right:
                        cost += unexplained(right, self._scene.report.grain(last.form))
                    yield _Run({**run.changes, last: right or None}, touched=touched, cost=cost, rows=run.rows)
                return

    def _right(self, window: Window) -> int:
        """Return what the cell behind a run should hold: nothing where that settles everything."""
        held = self._amounts.get(window.cell, 0)
        if window.low <= -held <= window.high:
            return 0
        grain = self._scene.report.grain(window.cell.form)
        delta = round_to((window.low + window.high) // 2, grain)
        return held + min(max(delta, -(-window.low // grain) * grain), window.high // grain * grain)
