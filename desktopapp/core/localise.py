"""Which cells are wrong: the fewest whose change repairs the violated relations (error localisation).

The violated relations fall into parts that no single cell connects. Within each part the search looks for one cell
that repairs everything, then two, and so on, as Fellegi and Holt ask; several answers of the same size are a choice,
ordered by how plausible the slip is. This is the quick search that serves while typing: it works with cells all of
whose relations are violated or that leave the others within their tolerance, and stops after a fixed amount of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from desktopapp.core.amount import Amount
from desktopapp.core.evidence import Facts, Scene, Window
from desktopapp.core.slips import Cost, Slip, likeliest
from desktopapp.core.template import Cell

#: What every further independent slip costs, in tenths of a bit.
EVENT = 60
#: What an amount below zero costs where there are others, and where it would be the only one.
_NEGATIVE, _FIRST_NEGATIVE = 25, 70
#: Values of a cell that are compared, on either side of the exactly balancing one.
_REACH = 6
_MOST_CELLS = 4
_MOST_ANSWERS = 60
_BUDGET = 1500
_MOST_DOUBTED = 2000
#: Of so many candidates, the most plausible ones, warnings and conditions are looked at, too.
_MOST_CONFIRMED = 15


@dataclass(frozen=True, slots=True)
class Change:
    """One cell with the amount that repairs it, both in 分, and the slip that may have happened."""

    cell: Cell
    found: Amount
    right: Amount
    slip: Slip
    cost: Cost


@dataclass(frozen=True, slots=True)
class Answer:
    """Changes that together repair all relations of a part; ``cost`` in tenths of bits."""

    changes: tuple[Change, ...]
    cost: Cost


@dataclass(slots=True)
class Part:
    """Violated relations that belong together, with every answer of the smallest size, most plausible first.

    ``left`` are relations that no answer repairs.
    """

    names: tuple[str, ...]
    answers: list[Answer]
    left: tuple[str, ...] = ()


Shifts = dict[str, int]


class Search:
    """The quick search over one scene."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._budget = _BUDGET
        self._candidates: dict[str, list[Cell]] = {}
        self._windows: dict[Cell, list[Window]] = {}
        # Behind automatic totals may stand thousands of cells; those that most violated relations see come first.
        doubted = sorted(scene.at_fault, key=lambda c: -len(scene.at_fault[c])) if scene.dependence else scene.at_fault
        for cell in islice(doubted, _MOST_DOUBTED):
            windows = scene.windows(cell)
            if windows:
                self._windows[cell] = windows
                for name in {n for w in windows for n in w.repairs}:
                    self._candidates.setdefault(name, []).append(cell)

    def candidates(self, name: str) -> list[Cell]:
        """Return the cells of which a change alone could repair a violated relation without breaking others."""
        return self._candidates.get(name, [])

    def parts(self, names: Iterable[str] | None = None) -> list[Part]:
        """Return the violated relations (or some of them) in parts, each with its answers."""
        return [self._part(own) for own in self._groups(self._scene.bad if names is None else names)]

    def _groups(self, wanted: Iterable[str]) -> list[list[str]]:
        """Return the violated relations grouped by the cells that could repair several of them."""
        above: dict[str, str] = {name: name for name in wanted}

        def root(name: str) -> str:
            while above[name] != name:
                name = above[name]
            return name

        for cell in self._windows:
            names = [f.relation.id for _, f in self._scene.links(cell) if f.relation.id in above]
            for name in names[1:]:
                above[root(name)] = root(names[0])
        groups: dict[str, list[str]] = {}
        for name in above:
            groups.setdefault(root(name), []).append(name)
        return list(groups.values())

    def _part(self, names: list[str]) -> Part:
        beyond = tuple(n for n in names if not self._candidates.get(n))
        if beyond:
            if len(beyond) == len(names):
                return Part(tuple(names), [], beyond)
            rest = self._part([n for n in names if n not in beyond])
            return Part(tuple(names), rest.answers, rest.left + beyond)
        answers = self._single(names)
        size = 2
        while not answers and size <= _MOST_CELLS and self._budget > 0:
            answers = self._several(names, size)
            size += 1
        if not answers:
            return self._greedy(names)
        answers.sort(key=lambda a: a.cost)
        return Part(tuple(names), answers)

    # ── one cell ────────────────────────────────────────────────────────────────────────────────────────────────
    def _single(self, names: list[str]) -> list[Answer]:
        wanted = set(names)
        fewest = min(names, key=lambda n: len(self._candidates[n]))
        windows = (w for c in self._candidates[fewest] for w in self._windows[c] if w.repairs >= wanted)
        proposed = sorted(filter(None, map(self._propose, windows)), key=lambda c: c.cost)
        confirmed = [*filter(None, map(self._confirm, proposed[:_MOST_CONFIRMED])), *proposed[_MOST_CONFIRMED:]]
        return [Answer((change,), EVENT + change.cost) for change in confirmed]

    def change(self, window: Window, shifts: Shifts | None = None) -> Change | None:
        """Return the most plausible change of a cell within a window; None when the relations refuse each."""
        proposed = self._propose(window, shifts)
        return proposed if proposed is None or shifts else self._confirm(proposed)

    def _propose(self, window: Window, shifts: Shifts | None = None) -> Change | None:
        """Return the most plausible change within a window, as far as equations tell."""
        scene, cell = self._scene, window.cell
        found = scene.report.amounts.get(cell)
        grain = scene.report.grain(cell.form)
        around = scene.around.neighbours(cell)
        best: Change | None = None
        for delta in self._deltas(window, grain, shifts):
            right = (found or 0) + delta
            slip = likeliest(found, right, grain, around)
            cost = slip.cost + scene.noise(window, delta, shifts) + self._below_zero(found, right)
            if best is None or cost < best.cost:
                best = Change(cell, found, right or None, slip, cost)
        return best

    def _below_zero(self, found: Amount, right: int) -> Cost:
        """Return what it costs that an amount should be below zero although it is not: hardly any are."""
        if right >= 0 or (found or 0) < 0:
            return 0
        return _NEGATIVE if self._scene.around.negatives() else _FIRST_NEGATIVE

    def _confirm(self, change: Change) -> Change | None:
        """Return a change with what warnings and conditions say about it; None when it breaks a relation."""
        effect = self._scene.effect({change.cell: change.right})
        return None if effect.broken else replace(change, cost=change.cost + effect.soft)

    def _deltas(self, window: Window, grain: int, shifts: Shifts | None) -> Iterable[int]:
        """Return the changes to compare: multiples of the grain around the one that balances the narrowest relation."""
        low, high = -(-window.low // grain), window.high // grain
        if high - low > 2 * _REACH:
            judges = [(f.tolerance, s, f) for s, f in window.links if f.relation.id in window.repairs]
            _, factor, facts = min(judges, key=lambda j: (j[0], j[2].relation.id))
            centre = -(facts.residual + (shifts or {}).get(facts.relation.id, 0)) // (factor * grain)
            low, high = max(low, centre - _REACH), min(high, centre + _REACH)
        return (step * grain for step in range(low, high + 1) if step)

    # ── several cells ───────────────────────────────────────────────────────────────────────────────────────────
    def _several(self, names: list[str], size: int) -> list[Answer]:
        """Return the answers with ``size`` cells."""
        found: dict[frozenset[Cell], Answer] = {}
        self._descend(set(names), {}, [], size, found)
        return list(found.values())

    def _descend(
        self,
        left: set[str],
        shifts: Shifts,
        chosen: list[tuple[Cell, int]],
        size: int,
        found: dict[frozenset[Cell], Answer],
    ) -> None:
        if not left:
            answer = self.settle(chosen)
            if answer is not None:
                found.setdefault(frozenset(c for c, _ in chosen), answer)
            return
        if len(chosen) == size or len(found) >= _MOST_ANSWERS:
            return
        name = min(left, key=lambda n: (len(self._candidates[n]), n))
        taken = {cell for cell, _ in chosen}
        for cell in self._candidates[name]:
            if cell in taken:
                continue
            self._budget -= 1
            if self._budget <= 0:
                return
            for window in self._scene.windows(cell, shifts) if shifts else self._windows[cell]:
                if name in window.repairs and (len(chosen) + 1 < size or window.repairs >= left):
                    delta = self._balance(window, shifts)
                    after = _shifted(shifts, window, delta)
                    self._descend(self._still_bad(left, after), after, [*chosen, (cell, delta)], size, found)

    def _balance(self, window: Window, shifts: Shifts) -> int:
        """Return the change in a window that leaves the least residuals."""
        grain = self._scene.report.grain(window.cell.form)
        return min(
            self._deltas(window, grain, shifts), key=lambda d: (self._scene.noise(window, d, shifts), abs(d)), default=0
        )

    def _still_bad(self, names: Iterable[str], shifts: Shifts) -> set[str]:
        return {n for n in names if self._scene.bad[n].beyond(shifts.get(n, 0))}

    def settle(self, chosen: Sequence[tuple[Cell, int]]) -> Answer | None:
        """Return the answer that changes these cells, each by its most plausible amount given the others."""
        scene = self._scene
        deltas = dict(chosen)
        changes: dict[Cell, Change] = {}
        for cell in deltas:
            shifts: Shifts = {}
            for other, delta in deltas.items():
                if other != cell:
                    _add(shifts, scene.links(other), delta)
            windows = scene.windows(cell, shifts)
            change = self.change(windows[0], shifts) if windows else None
            if change is None:
                return None
            changes[cell] = change
            deltas[cell] = (change.right or 0) - (change.found or 0)
        if scene.effect({c: ch.right for c, ch in changes.items()}).broken:
            return None
        return Answer(tuple(changes.values()), sum(EVENT + c.cost for c in changes.values()))

    def instead_of(self, cell: Cell, others: Mapping[Cell, Amount], names: Iterable[str]) -> list[Change]:
        """Return changes of other cells that repair what a cell does, while ``others`` hold the given amounts."""
        scene = self._scene
        shifts = scene.shifts(others)
        # What the others alone would repair, and what they would break.
        judging = {n: scene.bad[n] for n in names} | {f.relation.id: f for c in others for _, f in scene.links(c)}
        left = {n: f for n, f in sorted(judging.items()) if f.beyond(shifts.get(n, 0))}
        taken = {cell, *others}
        found = []
        for other in dict.fromkeys(c for f in [*left.values()][:1] for _, c in scene.terms(f.relation)):
            for window in scene.windows(other, shifts) if other not in taken else ():
                if window.repairs >= left.keys():
                    change = self.change(window, shifts)
                    if change is not None:
                        found.append(change)
        return found

    # ── more than can be searched ───────────────────────────────────────────────────────────────────────────────
    def _greedy(self, names: list[str]) -> Part:
        """Repair what can be repaired, the largest group of relations first."""
        left = set(names)
        shifts: Shifts = {}
        chosen: list[tuple[Cell, int]] = []
        while left:
            best: tuple[int, Cost, Window] | None = None
            for cell in dict.fromkeys(c for n in sorted(left) for c in self._candidates.get(n, ())):
                if cell in dict(chosen):
                    continue
                self._budget -= 1
                for window in self._scene.windows(cell, shifts)[:1] if self._budget > -_BUDGET else ():
                    rank = (-len(window.repairs & left), len(self._scene.links(cell)), window)
                    if window.repairs & left and (best is None or rank[:2] < best[:2]):
                        best = rank
            if best is None:
                break
            delta = self._balance(best[2], shifts)
            shifts = _shifted(shifts, best[2], delta)
            chosen.append((best[2].cell, delta))
            left = self._still_bad(left, shifts)
        answer = self.settle(chosen) if chosen else None
        if answer is None:
            return Part(tuple(names), [], tuple(names))
        return Part(tuple(names), [answer], tuple(sorted(left)))


def _shifted(shifts: Shifts, window: Window, delta: int) -> Shifts:
    after = dict(shifts)
    _add(after, window.links, delta)
    return after


def _add(shifts: Shifts, links: Iterable[tuple[int, Facts]], delta: int) -> None:
    for sign, facts in links:
        shifts[facts.relation.id] = shifts.get(facts.relation.id, 0) + sign * delta
