"""What the relations say about single cells: which relations are violated, and what change of a cell would repair them.

A scene is taken from a checker once and does not change it; hypothetical changes are judged beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktopapp.core.amount import EXACT_GRAIN, Amount
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.dependence import Dependence
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.slips import Cost, expectation
from desktopapp.core.surroundings import Surroundings
from desktopapp.core.template import LAST, Cell

#: What a warning, or the condition of another relation, that a change repairs or breaks says about the change.
_SOFT = 60
#: Residuals of rounding scatter by a twelfth of a grain² for each amount: cost of a residual in tenths of a bit.
_NOISE = 87
#: More violated relations than this are no slips; looking at some of them is enough.
_MOST_RELATIONS = 400
#: The most that one of several cells can say for or against what changed them all, by last year (items come and go)
#: and by habit.
_MOST_BY_LAST_YEAR, _MOST_BY_HABIT = 40, 25
#: Beyond every amount.
_FAR = 10**18


@dataclass(frozen=True, slots=True)
class Facts:
    """One relation as the scene sees it: residual and tolerance in 分, and whether it is violated."""

    relation: Relation
    residual: int
    tolerance: int
    bad: bool

    def beyond(self, shift: int) -> bool:
        """Tell whether the relation is off by more than rounding when its residual moves by so many 分."""
        return _beyond(self.relation, self.residual + shift, self.tolerance)


@dataclass(frozen=True, slots=True)
class Window:
    """A change of one cell between ``low`` and ``high`` 分 that brings the relations ``repairs`` within tolerance.

    ``links`` are all relations that judge the cell: (factor, facts). Violated ones beyond ``repairs`` stay violated.
    """

    cell: Cell
    low: int
    high: int
    repairs: frozenset[str]
    links: tuple[tuple[int, Facts], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes do: errors they repair and break, warnings they settle, and what warnings and conditions cost.

    The cost is in tenths of bits.
    """

    repaired: frozenset[str]
    broken: frozenset[str]
    settled: frozenset[str]
    soft: Cost


class Scene:
    """The violated relations of a report and what is around them."""

    def __init__(self, report: Report, checker: Checker, supposed: Mapping[str, int] | None = None) -> None:
        """``supposed`` are changes of residuals by cells that are taken to be corrected already."""
        self.report, self.checker = report, checker
        self._supposed = supposed or {}
        self._halves: dict[str, int] = {}
        self._facts: dict[str, Facts | None] = {}
        self._known_factors: dict[Cell, dict[str, int]] = {}
        self._relations: dict[str, Relation] = {}
        self._links: dict[Cell, tuple[tuple[int, Facts], ...]] = {}
        self._said: dict[tuple[Cell, Amount], Cost] = {}
        has_last = any(f.startswith(LAST) for f in checker.filled_forms())
        self.around = Surroundings(report, has_last)
        self.dependence = Dependence(report, checker)
        self._conditions = self._conditions_by_cell()
        #: The relations that the checker calls violated, as errors.
        self.violated: dict[str, Facts] = {}
        # Most open relations are mere rounding: look no further at those. The checker yields them in no fixed order.
        for relation in sorted(self._violated(), key=lambda r: r.id)[:_MOST_RELATIONS]:
            facts = self.facts(relation)
            if facts is not None and facts.bad:
                self.violated[relation.id] = facts
        self._blanks = any(checker.blank_total(c) for f in self.violated.values() for _, c in f.relation.terms)
        #: The same, and what blank totals hide.
        self.bad = self.violated | dict(self._hidden())
        #: For each cell that people type its factors in these relations.
        self.at_fault: dict[Cell, list[tuple[int, Facts]]] = {}
        for facts in self.bad.values():
            for factor, cell in self.terms(facts.relation):
                self.at_fault.setdefault(cell, []).append((factor, facts))

    def _violated(self) -> Iterator[Relation]:
        return (r for r in self.checker.violated_relations() if r.severity == "error")

    # ── relations ───────────────────────────────────────────────────────────────────────────────────────────────
    def facts(self, relation: Relation) -> Facts | None:
        """Return what is known of a relation; None when it does not count as evidence of errors."""
        if relation.id in self._facts:
            return self._facts[relation.id]
        found = self._facts[relation.id] = self._look(relation)
        return found

    def _look(self, relation: Relation) -> Facts | None:
        if relation.severity != "error" or relation.kind == "condition":
            return None
        checker = self.checker
        verdict = checker.verdict(relation)
        if verdict is Verdict.NOT_APPLICABLE:
            return None
        residual, tolerance = checker.residual(relation), self.tolerance(relation)
        residual += self._supposed.get(relation.id, 0)
        beyond = _beyond(relation, residual, tolerance)
        blank = [c for _, c in relation.terms if checker.blank_total(c)]
        if not beyond and len(blank) > 1:
            # Two blank totals agree with each other; that says nothing against filling in one of them.
            return None
        if verdict is Verdict.UNKNOWN and (not blank or checker.reason_unknown(relation)[0] != "blank"):
            return None
        return Facts(relation, residual, tolerance, beyond)

    def tolerance(self, relation: Relation) -> int:
        """Return how far in 分 a relation may be off through rounding alone.

        An automatic total carries the rounding of every amount behind it, not only its own.
        """
        if not self.dependence:
            return self.checker.tolerance(relation)
        if not any(map(self._half_of, relation.forms)):
            return 0
        amounts = self.report.amounts
        return sum(abs(f) * self.half(c) for f, c in self.terms(relation) if c in amounts)

    def _hidden(self) -> Iterator[tuple[str, Facts]]:
        """Yield the relations that would be violated too if blank totals did not keep them from being judged."""
        waiting = list(self.violated.values())
        seen: set[Cell] = set()
        while waiting:
            for _, cell in waiting.pop().relation.terms:
                if cell in seen or not self.checker.blank_total(cell):
                    continue
                seen.add(cell)
                for relation in self.checker.relations_of(cell):
                    hidden = self.facts(relation)
                    if hidden is not None and hidden.bad and relation.id not in self.violated:
                        waiting.append(hidden)
                        yield relation.id, hidden

    def terms(self, relation: Relation) -> Sequence[tuple[int, Cell]]:
        """Return (factor, cell) of the typed cells that a relation sees; automatic ones are traced to their sources."""
        if not self.dependence:
            return relation.terms
        found: dict[Cell, int] = {}
        for sign, cell in relation.terms:
            for source, factor in self.dependence.sources(cell).items():
                found[source] = found.get(source, 0) + sign * factor
        return [(factor, cell) for cell, factor in found.items() if factor]

    def links(self, cell: Cell) -> tuple[tuple[int, Facts], ...]:
        """Return (factor, facts) of the relations that judge a cell, those that a blank total hides among them.

        Automatic cells that follow the cell are taken into account.
        """
        known = self._links.get(cell)
        if known is None:
            judged = ((k, self.facts(self._relations[name])) for name, k in self._factors(cell).items() if k)
            known = self._links[cell] = tuple(
                (k, f) for k, f in judged if f is not None and (not f.bad or f.relation.id in self.bad)
            )
        return known

    def _factors(self, cell: Cell) -> dict[str, int]:
        """Return the factor of a cell in each relation that sees it, directly or through automatic cells."""
        known = self._known_factors.get(cell)
        if known is not None:
            return known
        found = self._known_factors[cell] = {}
        for relation in self.checker.relations_of(cell):
            if relation.severity == "error":
                self._relations[relation.id] = relation
                found[relation.id] = sum(s for s, c in relation.terms if c == cell)
        for follower, step in self.dependence.steps(cell):
            for name, factor in self._factors(follower).items():
                found[name] = found.get(name, 0) + step * factor
        return found

    def hopeless(self, cell: Cell) -> bool:
        """Tell quickly that any change of a cell that repairs a relation breaks another; False may be wrong."""
        if self.dependence:
            return False
        need = min((abs(f.residual) - f.tolerance for _, f in self.at_fault.get(cell, ())), default=0)
        half = self.half(cell)
        for relation in self.checker.relations_of(cell):
            if relation.id in self.bad or relation.severity != "error" or not relation.is_equation:
                continue
            # The tolerance is at most half the grain of every amount; counting them is dear in long sums.
            most = 2 * (half * len(relation.terms) + abs(self.checker.residual(relation)))
            certain = most < need and self.checker.verdict(relation) <= Verdict.ROUNDING
            # With blank totals about, a relation that holds may say nothing (see ``_look``).
            if certain and (not self._blanks or self.facts(relation) is not None):
                return True
        return False

    def half(self, cell: Cell) -> int:
        """Return half the grain of a cell's form in 分, 0 where amounts are exact."""
        half = self._halves.get(cell.form)
        return self._half_of(cell.form) if half is None else half

    def _half_of(self, form_id: str) -> int:
        grain = self.report.grain(form_id)
        half = self._halves[form_id] = 0 if grain == EXACT_GRAIN else grain // 2
        return half

    # ── one cell ────────────────────────────────────────────────────────────────────────────────────────────────
    def windows(self, cell: Cell, shifts: Mapping[str, int] | None = None) -> list[Window]:
        """Return the changes of a cell that repair violated relations and break none, most repairs first.

        ``shifts`` are changes of residuals by other cells that are already supposed wrong.
        """
        if not shifts and self.hopeless(cell):
            return []
        shifts = shifts or {}
        links = self.links(cell)
        half = self.half(cell)
        more = half if cell not in self.report.amounts else 0
        bounds: list[tuple[int, int, str]] = []
        low_all, high_all = -_FAR, _FAR
        for sign, facts in links:
            residual = facts.residual + shifts.get(facts.relation.id, 0)
            low, high = _bounds(sign, facts, residual, more)
            if _beyond(facts.relation, residual, facts.tolerance):
                bounds.append((low, high, facts.relation.id))
            else:
                low_all, high_all = max(low_all, low), min(high_all, high)
        found: dict[frozenset[str], Window] = {}
        for first in bounds:
            window = self._widen(first, bounds, low_all, high_all)
            if window is not None:
                low, high, repairs = window
                if repairs not in found and _multiple(low, high, self.report.grain(cell.form)):
                    found[repairs] = Window(cell, low, high, repairs, links)
        return sorted(found.values(), key=lambda w: -len(w.repairs))

    @staticmethod
    def _widen(
        first: tuple[int, int, str], bounds: list[tuple[int, int, str]], low_all: int, high_all: int
    ) -> tuple[int, int, frozenset[str]] | None:
        """Return the window of one violated relation with every other that agrees with it, None if it breaks others."""
        low, high = max(first[0], low_all), min(first[1], high_all)
        if low > high:
            return None
        names = {first[2]}
        for other_low, other_high, name in bounds:
            if max(low, other_low) <= min(high, other_high):
                low, high = max(low, other_low), min(high, other_high)
                names.add(name)
        return low, high, frozenset(names)

    def noise(self, window: Window, delta: int, shifts: Mapping[str, int] | None = None) -> Cost:
        """Return how unlikely the residuals are that a change would leave, as rounding alone."""
        total = 0
        for sign, facts in window.links:
            name = facts.relation.id
            if facts.bad and name not in window.repairs:
                continue
            left = facts.residual + sign * delta + (shifts or {}).get(name, 0)
            if left and facts.relation.is_equation:
                # tolerance is half a grain for each amount, so this is residual² / (amounts · grain²).
                half = max(self.half(window.cell), 1)
                total += _NOISE * left * left // (4 * half * max(facts.tolerance, half))
        return total

    def said(self, cell: Cell, right: Amount) -> Cost:
        """Return what last year and habit say against an amount in one of several cells, negative: for it."""
        known = self._said.get((cell, right))
        if known is None:
            found, grain = self.report.amounts.get(cell), self.report.grain(cell.form)
            around = self.around.neighbours(cell)
            most = _MOST_BY_LAST_YEAR if around.last_known else _MOST_BY_HABIT
            known = self._said[cell, right] = max(-most, min(most, expectation(found, right or 0, grain, around)))
        return known

    def shifts(self, changes: Mapping[Cell, Amount]) -> dict[str, int]:
        """Return by how much changes of cells move the residuals of relations."""
        found: dict[str, int] = {}
        for cell, amount in changes.items():
            delta = (amount or 0) - self.report.amounts.get(cell, 0)
            for sign, facts in self.links(cell):
                found[facts.relation.id] = found.get(facts.relation.id, 0) + sign * delta
        return found

    # ── hypothetical changes ────────────────────────────────────────────────────────────────────────────────────
    def effect(self, changes: Mapping[Cell, Amount]) -> Effect:
        """Return what the relations would say if these cells held these amounts."""
        changes = self._consequences(changes)
        repaired: set[str] = set()
        broken: set[str] = set()
        settled: set[str] = set()
        soft = 0
        concerned = (r for c in changes for r in (*self.checker.relations_of(c), *self._conditions.get(c, ())))
        for relation in {r.id: r for r in concerned}.values():
            before, after = self._before_and_after(relation, changes)
            if before == after:
                continue
            if relation.severity == "error" and relation.kind != "condition":
                (repaired if before else broken).add(relation.id)
            else:
                soft += -_SOFT if before else _SOFT
                settled.update((relation.id,) if before else ())
        return Effect(frozenset(repaired), frozenset(broken), frozenset(settled), soft)

    def _consequences(self, changes: Mapping[Cell, Amount]) -> Mapping[Cell, Amount]:
        """Return the changes with those of the automatic cells that follow."""
        if not self.dependence:
            return changes
        amounts = self.report.amounts
        moved: dict[Cell, int] = {}
        for cell, amount in changes.items():
            for other, factor in self.dependence.response(cell).items():
                moved[other] = moved.get(other, 0) + factor * ((amount or 0) - amounts.get(cell, 0))
        return {c: amounts.get(c, 0) + delta or None for c, delta in moved.items() if delta}

    def _before_and_after(self, relation: Relation, changes: Mapping[Cell, Amount]) -> tuple[bool, bool]:
        """Tell whether a relation is violated now and would be after the changes."""
        checker, amounts = self.checker, self.report.amounts
        if relation.severity == "error" and relation.kind != "condition":
            if self.facts(relation) is None:
                return False, False
        elif checker.verdict(relation) > Verdict.VIOLATED:
            return False, False
        residual, tolerance = checker.residual(relation), self.tolerance(relation)
        before = _beyond(relation, residual, tolerance)
        for sign, cell in relation.terms:
            if cell in changes:
                old, new = amounts.get(cell), changes[cell] or None
                residual += sign * ((new or 0) - (old or 0))
                tolerance += self.half(cell) * ((new is not None) - (old is not None))
        return before, _beyond(relation, residual, tolerance)

    def _conditions_by_cell(self) -> dict[Cell, list[Relation]]:
        """Return the conditions under which relations apply, by the cells they look at."""
        found: dict[Cell, list[Relation]] = {}
        declared = {f: f"{s.id}?{i}" for s in self.report.template.relations for i, f in enumerate(s.when)}
        for name in declared.values():
            relation = self.checker.relation(name)
            if relation is not None:
                for _, cell in relation.terms:
                    found.setdefault(cell, []).append(relation)
        return found


def _bounds(factor: int, facts: Facts, residual: int, more: int) -> tuple[int, int]:
    """Return the changes of a cell with this factor that bring a relation within its tolerance."""
    reach = facts.tolerance + more
    low = -residual - reach if facts.relation.is_equation else -_FAR
    high = reach - residual
    if factor < 0:
        low, high, factor = -high, -low, -factor
    return -(-low // factor), high // factor


def _beyond(relation: Relation, residual: int, tolerance: int) -> bool:
    """Tell whether a residual is more than rounding."""
    return (abs(residual) if relation.is_equation else residual) > tolerance


def _multiple(low: int, high: int, grain: int) -> bool:
    """Tell whether a multiple of the grain other than zero lies between the bounds."""
    first, last = -(-low // grain), high // grain
    return first <= last and (first, last) != (0, 0)
