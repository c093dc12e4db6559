"""The incremental checker: keeps the residual of every relation and re-judges only what an edit touches.

For each relation it holds the residual ``Σ sign·amount`` in 分 and the tolerance: half a grain for every amount that is
printed. A relation printed in 0.01 万元 with n amounts may be off by 0.005·n without any error (the closed-interval
rule); exact amounts have no tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.relations import Relation, RuleBook, rule_applies
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Cell


class Verdict(IntEnum):
    """What is known of a relation."""

    HOLDS = 0
    ROUNDING = 1
    VIOLATED = 2
    UNKNOWN = 3
    NOT_APPLICABLE = 4


class Checker:
    """Residuals and verdicts of all relations of one report."""

    def __init__(self, report: Report, book: RuleBook) -> None:
        self._report = report
        self._book = book
        self._rules = {r.spec.id: r for r in book.rules}
        self._sums = {h.spec.id: h for h in book.hierarchies}
        self._rank = {name: at for at, name in enumerate([*self._rules, *self._sums])}
        self.rebuild()

    # ── building ────────────────────────────────────────────────────────────────────────────────────────────────
    def rebuild(self) -> None:
        """Expand every relation anew and judge all of them."""
        self._relations: list[Relation | None] = []
        self._free: list[int] = []
        self._at: dict[str, int] = {}
        self._of: dict[Cell, list[tuple[int, int]]] = {}
        self._residual: list[int] = []
        self._tolerance: list[int] = []
        self._verdict: list[Verdict] = []
        self._gates: dict[int, list[int]] = {}
        self._needed_by: dict[Cell, list[int]] = {}
        self._defining: dict[Cell, list[int]] = {}
        self._definer: dict[Cell, int] = {}
        self._blank: dict[Cell, int] = {}
        self._open: dict[int, None] = {}
        self._filled: dict[str, int] = {}
        for cell in self._report.amounts:
            self._filled[cell.form] = self._filled.get(cell.form, 0) + 1
        self._absent = self._absent_forms()
        for rule in self._book.rules:
            for index in range(len(rule.conditions)):
                if rule_applies(rule.spec, self._report):
                    self._add(rule.condition(self._report, index))
        for relation in self._book.expand(self._report):
            self._add(relation)
        for i, added in enumerate(self._relations):
            if added is not None and added.target is not None:
                self._update_blank(added.target)
            if added is not None and added.kind == "condition":
                self._judge(i)
        for i in range(len(self._relations)):
            self._judge(i)

    def _add(self, relation: Relation) -> int:
        if self._free:
            i = self._free.pop()
            self._relations[i] = relation
        else:
            i = len(self._relations)
            self._relations.append(relation)
            self._residual.append(0)
            self._tolerance.append(0)
            self._verdict.append(Verdict.HOLDS)
        self._at[relation.id] = i
        amounts = self._report.amounts
        residual = tolerance = 0
        for sign, cell in relation.terms:
            self._of.setdefault(cell, []).append((i, sign))
            amount = amounts.get(cell)
            if amount is not None:
                residual += sign * amount
                tolerance += self._half(cell.form)
        self._residual[i], self._tolerance[i] = residual, tolerance
        self._verdict[i] = Verdict.HOLDS
        for gate in relation.when:
            self._gates.setdefault(self._at[gate], []).append(i)
        for cell in relation.needs:
            self._needed_by.setdefault(cell, []).append(i)
        if relation.target is not None:
            self._defining.setdefault(relation.target, []).append(i)
        if relation.computed is not None:
            self._define(relation.computed)
        return i

    def _define(self, cell: Cell) -> None:
        """Let a cell follow the first declared of the relations that compute it."""
        best: int | None = None
        lowest = len(self._rank)
        for i, _ in self._of.get(cell, ()):
            relation = self._relations[i]
            if relation is not None and relation.computed == cell and self._rank[relation.spec_id] < lowest:
                best, lowest = i, self._rank[relation.spec_id]
        if best is None:
            self._definer.pop(cell, None)
        else:
            self._definer[cell] = best

    def _remove(self, i: int) -> None:
        relation = self._relations[i]
        if relation is None:
            return
        for sign, cell in relation.terms:
            self._of[cell].remove((i, sign))
        for gate in relation.when:
            self._gates[self._at[gate]].remove(i)
        for cell in relation.needs:
            self._needed_by[cell].remove(i)
        if relation.target is not None:
            self._defining[relation.target].remove(i)
        self._open.pop(i, None)
        del self._at[relation.id]
        self._relations[i] = None
        self._free.append(i)
        if relation.computed is not None:
            self._define(relation.computed)

    def row_changed(self, form_id: str, code: str) -> tuple[set[int], list[Cell]]:
        """Re-expand what a new or removed row touches; return the relations and the cells that may now be computed."""
        stale, fresh = self._expand_row(form_id, code)
        touched: set[int] = set()
        targets: list[Cell] = []
        for name in stale:
            i = self._at.get(name)
            if i is not None:
                old = self._relations[i]
                if old is not None and old.target is not None:
                    targets.append(old.target)
                self._remove(i)
                touched.add(i)
        for relation in fresh:
            i = self._add(relation)
            touched.add(i)
            if relation.target is not None:
                targets.append(relation.target)
        for target in targets:
            touched |= self._update_blank(target)
        computed = [r.computed for r in fresh if r.computed is not None]
        return touched, computed

    def _expand_row(self, form_id: str, code: str) -> tuple[list[str], list[Relation]]:
        """Return the ids of the relations that a row touches, and those relations as they are now."""
        names: list[str] = []
        fresh: list[Relation | None] = []
        for rule in self._book.rules:
            if rule_applies(rule.spec, self._report):
                for key in rule.touched_by(form_id, code):
                    names.append(f"{rule.spec.id}[{key}]" if key else rule.spec.id)
                    fresh.append(rule.instance(self._report, key))
        for hierarchy in self._book.hierarchies:
            for key in hierarchy.touched_by(self._report, form_id, code):
                names.append(f"{hierarchy.spec.id}[{key}]")
                fresh.append(hierarchy.instance(self._report, key))
        return names, [r for r in fresh if r is not None]

    # ── edits ───────────────────────────────────────────────────────────────────────────────────────────────────
    def cell_changed(self, cell: Cell, old: int | None, new: int | None, touched: set[int]) -> None:
        """Take over a new amount; adds the relations concerned to ``touched`` without judging them yet."""
        delta = (new or 0) - (old or 0)
        half = self._half(cell.form) * ((new is not None) - (old is not None))
        residual, tolerance = self._residual, self._tolerance
        for i, sign in self._of.get(cell, ()):
            residual[i] += sign * delta
            tolerance[i] += half
            touched.add(i)
        if (old is None) != (new is None):
            self._count(cell, 1 if old is None else -1, touched)

    def _count(self, cell: Cell, step: int, touched: set[int]) -> None:
        self._filled[cell.form] = self._filled.get(cell.form, 0) + step
        touched.update(self._needed_by.get(cell, ()))
        if self._filled[cell.form] == 0 or (step == 1 and self._filled[cell.form] == 1):
            before = self._absent
            self._absent = self._absent_forms()
            changed = before ^ self._absent
            touched.update(i for i, r in enumerate(self._relations) if r is not None and r.forms & changed)

    def settle(self, touched: set[int]) -> set[int]:
        """Judge the touched relations and everything that depends on them; return those whose verdict may differ."""
        todo = set(touched)
        for i in touched:
            relation = self._relations[i]
            if relation is not None and relation.target is not None:
                todo |= self._update_blank(relation.target)
        for i in list(todo):
            if i in self._gates:
                before = self._verdict[i]
                self._judge(i)
                if self._verdict[i] is not before:
                    todo.update(self._gates[i])
        for i in todo:
            self._judge(i)
        return todo

    def _update_blank(self, target: Cell) -> set[int]:
        """Note whether a total is left blank although its relation states an amount; return what that touches."""
        before = self._blank.get(target)
        now: int | None = None
        if target not in self._report.amounts:
            for i in self._defining.get(target, ()):
                if abs(self._residual[i]) > self._tolerance[i] + self._half(target.form):
                    now = i
                    break
        if now == before:
            return set()
        if now is None:
            del self._blank[target]
        else:
            self._blank[target] = now
        return {i for i, _ in self._of.get(target, ())}

    def _judge(self, i: int) -> None:
        relation = self._relations[i]
        if relation is None:
            self._open.pop(i, None)
            return
        verdict = self._verdict_of(i, relation)
        self._verdict[i] = verdict
        if (verdict is Verdict.VIOLATED or verdict is Verdict.ROUNDING) and relation.kind != "condition":
            self._open[i] = None
        else:
            self._open.pop(i, None)

    def _verdict_of(self, i: int, relation: Relation) -> Verdict:
        if relation.when and any(self._verdict[self._at[w]] > Verdict.ROUNDING for w in relation.when):
            return Verdict.NOT_APPLICABLE
        residual, tolerance = self._residual[i], self._tolerance[i]
        if relation.needs and any(c not in self._report.amounts for c in relation.needs):
            return Verdict.UNKNOWN
        if self._absent and relation.forms & self._absent:
            return Verdict.UNKNOWN
        if residual == 0:
            return Verdict.HOLDS
        if relation.op == "<=":
            if residual <= tolerance:
                return Verdict.HOLDS
        elif abs(residual) <= tolerance:
            return Verdict.ROUNDING
        if self._blank:
            for _, cell in relation.terms:
                if cell in self._blank and self._blank[cell] != i:
                    return Verdict.UNKNOWN
        return Verdict.VIOLATED

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    def _half(self, form_id: str) -> int:
        grain = self._report.grain(form_id)
        return 0 if grain == EXACT_GRAIN else grain // 2

    def _absent_forms(self) -> frozenset[str]:
        """Return the forms that nobody has filled in yet, and last year's when nothing of it is known."""
        report = self._report
        absent = {
            f.id for f in report.template.forms if f.published and not f.may_be_empty and not self._filled.get(f.id)
        }
        if not any(n for f, n in self._filled.items() if f.startswith(LAST)):
            absent |= {LAST + f.id for f in report.template.forms}
        return frozenset(absent)

    @property
    def absent(self) -> frozenset[str]:
        """Return the ids of the forms without any amount that relations wait for."""
        return self._absent

    def open_relations(self) -> Iterator[Relation]:
        """Yield the relations that do not hold, rounding residuals included."""
        for i in self._open:
            relation = self._relations[i]
            if relation is not None:
                yield relation

    def relations(self) -> Iterator[Relation]:
        """Yield every relation of the report but conditions."""
        return (r for r in self._relations if r is not None and r.kind != "condition")

    def relation(self, relation_id: str) -> Relation | None:
        """Return a relation by its id."""
        i = self._at.get(relation_id)
        return None if i is None else self._relations[i]

    def relations_of(self, cell: Cell) -> list[Relation]:
        """Return the relations that a cell takes part in, conditions left out."""
        found = (self._relations[i] for i, _ in self._of.get(cell, ()))
        return [r for r in found if r is not None and r.kind != "condition"]

    def names_of(self, indexes: Iterable[int]) -> set[str]:
        """Return the ids of relations by their internal numbers."""
        return {r.id for i in indexes if (r := self._relations[i]) is not None}

    def verdict(self, relation: Relation) -> Verdict:
        """Return what is known of a relation."""
        return self._verdict[self._at[relation.id]]

    def residual(self, relation: Relation) -> int:
        """Return left side minus right side in 分."""
        return self._residual[self._at[relation.id]]

    def tolerance(self, relation: Relation) -> int:
        """Return how far in 分 the relation may be off through rounding alone."""
        return self._tolerance[self._at[relation.id]]

    def blank_total(self, cell: Cell) -> bool:
        """Tell whether a total is left blank although its relation states an amount."""
        return cell in self._blank

    def reason_unknown(self, relation: Relation) -> tuple[str, tuple[Cell, ...] | tuple[str, ...]]:
        """Return why a relation cannot be judged: ("needs"|"forms"|"blank", what is missing)."""
        missing = tuple(c for c in relation.needs if c not in self._report.amounts)
        if missing:
            return "needs", missing
        absent = tuple(sorted(relation.forms & self._absent))
        if absent:
            return "forms", absent
        return "blank", tuple(c for _, c in relation.terms if c in self._blank)

    def definer(self, cell: Cell) -> Relation | None:
        """Return the relation that an automatic cell follows."""
        i = self._definer.get(cell)
        return None if i is None else self._relations[i]

    def follows(self, cell: Cell) -> tuple[int, int] | None:
        """Return (residual, sign of the cell) of the relation that a cell would follow, None if there is none."""
        i = self._definer.get(cell)
        if i is None:
            return None
        relation = self._relations[i]
        assert relation is not None
        sign = next(s for s, c in relation.terms if c == cell)
        return self._residual[i], sign

    def followers(self, cell: Cell) -> Iterator[Cell]:
        """Yield the cells that are computed from a cell, directly."""
        for i, _ in self._of.get(cell, ()):
            relation = self._relations[i]
            if relation is None or relation.computed is None or relation.computed == cell:
                continue
            if self._definer.get(relation.computed) == i:
                yield relation.computed
