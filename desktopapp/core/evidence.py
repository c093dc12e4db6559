"""What the relations say about single cells: which relations are violated, and what change of a cell would repair them.

A scene is taken from a checker once and does not change it; hypothetical changes are judged beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desktopapp.core.amount import EXACT_GRAIN, Amount
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.levels import base
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.slips import Cost, Neighbours
from desktopapp.core.template import LAST, Cell, Shape

#: What a warning, or the condition of another relation, that a change repairs or breaks says about the change.
_SOFT = 60
#: Residuals of rounding scatter by a twelfth of a grain² for each amount: cost of a residual in tenths of a bit.
_NOISE = 87
#: Beyond every amount.
_FAR = 10**18


@dataclass(frozen=True, slots=True)
class Facts:
    """One relation as the scene sees it: residual and tolerance in 分, and whether it is violated."""

    relation: Relation
    residual: int
    tolerance: int
    bad: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A change of one cell between ``low`` and ``high`` 分 that brings the relations ``repairs`` within tolerance.

    ``links`` are all relations that judge the cell: (sign, facts). Violated ones beyond ``repairs`` stay violated.
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

    def __init__(self, report: Report, checker: Checker) -> None:
        self.report, self.checker = report, checker
        self._facts: dict[str, Facts | None] = {}
        self._links: dict[Cell, tuple[tuple[int, Facts], ...]] = {}
        self._rows: dict[str, dict[str, int]] = {}
        self._keys: dict[str, list[str]] = {}
        self._has_last = any(c.form.startswith(LAST) for c in report.amounts)
        self._conditions = self._conditions_by_cell()
        #: The relations that the checker calls violated, as errors.
        self.violated: dict[str, Facts] = {}
        # Most open relations are mere rounding: look no further at those. The checker yields them in no fixed order.
        for relation in sorted(self._violated(), key=lambda r: r.id):
            facts = self.facts(relation)
            if facts is not None:
                self.violated[relation.id] = facts
        self._blanks = any(f.relation.target and checker.blank_total(f.relation.target) for f in self.violated.values())
        #: The same, and what blank totals hide.
        self.bad = self.violated | dict(self._hidden())
        #: For each cell of these relations its signs in them.
        self.at_fault: dict[Cell, list[tuple[int, Facts]]] = {}
        for facts in self.bad.values():
            for sign, cell in facts.relation.terms:
                self.at_fault.setdefault(cell, []).append((sign, facts))

    def _violated(self) -> Iterator[Relation]:
        return (r for r in self.checker.open_relations() if self.checker.verdict(r) is Verdict.VIOLATED)

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
        residual, tolerance = checker.residual(relation), checker.tolerance(relation)
        beyond = _beyond(relation, residual, tolerance)
        blank = [c for _, c in relation.terms if checker.blank_total(c)]
        if not beyond and len(blank) > 1:
            # Two blank totals agree with each other; that says nothing against filling in one of them.
            return None
        if verdict is Verdict.UNKNOWN and (not blank or checker.reason_unknown(relation)[0] != "blank"):
            return None
        return Facts(relation, residual, tolerance, beyond)

    def _hidden(self) -> Iterator[tuple[str, Facts]]:
        """Yield the relations that would be violated too if a blank total did not keep them from being judged."""
        for facts in self.violated.values():
            target = facts.relation.target
            if target is not None and self.checker.blank_total(target):
                for relation in self.checker.relations_of(target):
                    hidden = self.facts(relation)
                    if hidden is not None and hidden.bad:
                        yield relation.id, hidden

    def links(self, cell: Cell) -> tuple[tuple[int, Facts], ...]:
        """Return (sign, facts) of the relations that judge a cell, those that a blank total hides among them."""
        known = self._links.get(cell)
        if known is None:
            known = self._links[cell] = tuple(self._find_links(cell))
        return known

    def _find_links(self, cell: Cell) -> Iterator[tuple[int, Facts]]:
        for relation in self.checker.relations_of(cell):
            facts = self.facts(relation)
            if facts is None:
                continue
            if facts.bad and relation.id not in self.bad:
                continue
            sign = sum(s for s, c in relation.terms if c == cell)
            if abs(sign) == 1:
                yield sign, facts

    def hopeless(self, cell: Cell) -> bool:
        """Tell quickly that any change of a cell that repairs a relation breaks another; False may be wrong."""
        need = min((abs(f.residual) - f.tolerance for _, f in self.at_fault.get(cell, ())), default=0)
        half = self.half(cell)
        for relation in self.checker.relations_of(cell):
            if relation.id in self.bad or relation.severity != "error" or not relation.is_equation:
                continue
            # The tolerance is at most half the grain of every amount; counting them is dear in long sums.
            most = 2 * (half * len(relation.terms) + abs(self.checker.residual(relation)))
            if most < need and self.checker.verdict(relation) <= Verdict.ROUNDING:
                # With blank totals about, a relation that holds may say nothing (see ``_look``).
                if not self._blanks or self.facts(relation) is not None:
                    return True
        return False

    def half(self, cell: Cell) -> int:
        """Return half the grain of a cell's form in 分, 0 where amounts are exact."""
        grain = self.report.grain(cell.form)
        return 0 if grain == EXACT_GRAIN else grain // 2

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
            if low <= 0 <= high:
                low_all, high_all = max(low_all, low), min(high_all, high)
            else:
                bounds.append((low, high, facts.relation.id))
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

    def neighbours(self, cell: Cell) -> Neighbours:
        """Return the amounts around a cell that may have been copied into it."""
        amounts, report = self.report.amounts, self.report
        form = report.template.form(cell.form)
        at = self.position(cell)
        keys = self._keys[cell.form]
        columns = [c.key for c in form.columns_of(cell.row)]
        column = columns.index(cell.col) if cell.col in columns else 0

        def row(step: int) -> Amount:
            if not 0 <= at + step < len(keys):
                return None
            return amounts.get(Cell(cell.form, keys[at + step], cell.col))

        def beside(step: int) -> Amount:
            if not 0 <= column + step < len(columns):
                return None
            return amounts.get(Cell(cell.form, cell.row, columns[column + step]))

        parent = None
        if form.shape in (Shape.CODES, Shape.BLOCKS) and base(cell.row).isdigit():
            above = report.rows_of(cell.form).parent(cell.row, report.levels(form))
            parent = amounts.get(Cell(cell.form, above, cell.col)) if above else None
        return Neighbours(
            last=amounts.get(Cell(LAST + cell.form, cell.row, cell.col)),
            last_known=self._has_last and not cell.form.startswith(LAST),
            above=row(-1),
            below=row(1),
            left=beside(-1),
            right=beside(1),
            parent=parent,
        )

    def position(self, cell: Cell) -> int:
        """Return the position of a cell's row in its form as printed."""
        known = self._rows.get(cell.form)
        if known is None:
            keys = self.report.row_keys(self.report.template.form(cell.form), cell.form)
            known = self._rows[cell.form] = {row: i for i, row in enumerate(keys)}
            self._keys[cell.form] = keys
        return known.get(cell.row, -1)

    def row_keys(self, form_id: str) -> list[str]:
        """Return the rows of a form as printed."""
        self.position(Cell(form_id, "", ""))
        return self._keys[form_id]

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
        repaired: set[str] = set()
        broken: set[str] = set()
        settled: set[str] = set()
        soft = 0
        seen: set[str] = set()
        for cell in changes:
            for relation in (*self.checker.relations_of(cell), *self._conditions.get(cell, ())):
                if relation.id in seen:
                    continue
                seen.add(relation.id)
                before, after = self._before_and_after(relation, changes)
                if before == after:
                    continue
                if relation.severity == "error" and relation.kind != "condition":
                    (repaired if before else broken).add(relation.id)
                else:
                    soft += -_SOFT if before else _SOFT
                    settled.update((relation.id,) if before else ())
        return Effect(frozenset(repaired), frozenset(broken), frozenset(settled), soft)

    def _before_and_after(self, relation: Relation, changes: Mapping[Cell, Amount]) -> tuple[bool, bool]:
        """Tell whether a relation is violated now and would be after the changes."""
        checker, amounts = self.checker, self.report.amounts
        if relation.severity == "error" and relation.kind != "condition":
            if self.facts(relation) is None:
                return False, False
        elif checker.verdict(relation) > Verdict.VIOLATED:
            return False, False
        residual, tolerance = checker.residual(relation), checker.tolerance(relation)
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


def _bounds(sign: int, facts: Facts, residual: int, more: int) -> tuple[int, int]:
    """Return the changes of a cell with this sign that bring a relation within its tolerance."""
    reach = facts.tolerance + more
    if facts.relation.is_equation:
        return -sign * residual - reach, -sign * residual + reach
    edge = reach - residual
    return (-_FAR, edge) if sign > 0 else (-edge, _FAR)


def _beyond(relation: Relation, residual: int, tolerance: int) -> bool:
    """Tell whether a residual is more than rounding."""
    return (abs(residual) if relation.is_equation else residual) > tolerance


def _multiple(low: int, high: int, grain: int) -> bool:
    """Tell whether a multiple of the grain lies between the bounds."""
    return -(-low // grain) * grain <= high
