"""The incremental checker: keeps the residual of every relation and re-judges only what an edit touches.

The residual ``Σ sign·amount`` in 分 is kept for the relations where it is not zero, which are few: all others hold. The
tolerance is half a grain for every amount that is printed. A relation printed in 0.01 万元 with n amounts may be off by
0.005·n without any error (the closed-interval rule); exact amounts have no tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.incidence import Index, Member, Ref, Touch
from desktopapp.core.relations import Condition, Hierarchy, Relation, Rule, RuleBook
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
        self._index = Index(book)
        self._members: tuple[Member, ...] = self._index.members
        self._gates = {n: self._gate_numbers(m) for n, m in enumerate(self._members) if isinstance(m, Rule) and m.gates}
        self._gated: dict[int, list[int]] = {}
        for n, gates in self._gates.items():
            for gate in gates:
                self._gated.setdefault(gate, []).append(n)
        self.rebuild()

    def _gate_numbers(self, rule: Rule) -> tuple[int, ...]:
        return tuple(self._index.number[g] for g in rule.gates)

    # ── building ────────────────────────────────────────────────────────────────────────────────────────────────
    def rebuild(self) -> None:
        """Compute every residual anew and judge all relations."""
        report = self._report
        self._active = self._index.active(report)
        self._forget_rows()
        self._half: dict[str, int] = {}
        self._filled: dict[str, int] = {}
        for cell in report.amounts:
            self._filled[cell.form] = self._filled.get(cell.form, 0) + 1
        self._absent = self._absent_forms()
        self._residual: list[dict[str, int]] = [self._residuals(n, m) for n, m in enumerate(self._members)]
        self._verdict: dict[int, Verdict] = {
            n: Verdict.HOLDS for n, m in enumerate(self._members) if isinstance(m, Condition)
        }
        self._blank: dict[Cell, Ref] = {}
        self._open: dict[Ref, Verdict] = {}
        refs = [Ref(n, key) for n, found in enumerate(self._residual) for key in found]
        self.settle({*refs, *(Ref(n, "") for n in self._verdict)})

    def _forget_rows(self) -> None:
        """Drop what was remembered about the cells of rows."""
        self._touches: dict[Cell, tuple[Touch, ...]] = {}
        self._instances: dict[Ref, Relation | None] = {}

    def _residuals(self, n: int, member: Member) -> dict[str, int]:
        """Return the residuals of one declaration that are not zero."""
        report = self._report
        if not self._active[n]:
            return {}
        if isinstance(member, Condition):
            found = member.sum(report.amounts)
            return {"": found} if found else {}
        if isinstance(member, Hierarchy):
            return member.residuals(report)
        return {key: found for key in member.keys(report) if (found := member.sum(report.amounts, key))}

    def _of(self, cell: Cell) -> tuple[Touch, ...]:
        """Return the relations that a cell takes part in."""
        found = self._touches.get(cell)
        if found is None:
            found = self._touches[cell] = self._index.touches(self._report, cell, self._active)
        return found

    def _instance(self, ref: Ref) -> Relation | None:
        """Return a relation spelled out, None where it says nothing."""
        if ref in self._instances:
            return self._instances[ref]
        member, report = self._members[ref.member], self._report
        if isinstance(member, Condition):
            relation: Relation | None = member.instance(report)
        elif isinstance(member, Rule) and not member.supplies(report, ref.key):
            relation = None
        else:
            relation = member.instance(report, ref.key)
        self._instances[ref] = relation
        return relation

    # ── edits ───────────────────────────────────────────────────────────────────────────────────────────────────
    def cell_changed(self, cell: Cell, old: int | None, new: int | None, touched: set[Ref]) -> None:
        """Take over a new amount, which the report holds already; adds the relations concerned to ``touched``.

        Nothing is judged before ``settle``.
        """
        delta = (new or 0) - (old or 0)
        residual = self._residual
        for ref, sign in self._of(cell):
            touched.add(ref)
            of_member = residual[ref.member]
            found = of_member.get(ref.key, 0) + sign * delta
            if found:
                of_member[ref.key] = found
            else:
                of_member.pop(ref.key, None)
        if (old is None) != (new is None):
            self._count(cell.form, 1 if old is None else -1, touched)

    def _count(self, form_id: str, step: int, touched: set[Ref]) -> None:
        filled = self._filled[form_id] = self._filled.get(form_id, 0) + step
        if filled == 0 or (step == 1 and filled == 1):
            before = self._absent
            self._absent = self._absent_forms()
            for n, member in enumerate(self._members):
                if member.forms & (before ^ self._absent):
                    touched.update(Ref(n, key) for key in self._residual[n])
                    if isinstance(member, Condition):
                        touched.add(Ref(n, ""))

    def row_changed(self, form_id: str, code: str) -> tuple[set[Ref], list[Cell]]:
        """Take over a new or removed row; return the relations concerned and the cells that may now be computed."""
        self._forget_rows()
        report = self._report
        touched: set[Ref] = set()
        computed: list[Cell] = []
        for n, member in enumerate(self._members):
            if not self._active[n]:
                continue
            for key in self._keys_touched(member, form_id, code):
                touched.add(Ref(n, key))
                found = self._sum(member, key)
                if found:
                    self._residual[n][key] = found
                else:
                    self._residual[n].pop(key, None)
                follower = self._computed(Ref(n, key))
                if follower is not None and report.has_cell(follower):
                    computed.append(follower)
        return touched, computed

    def _keys_touched(self, member: Member, form_id: str, code: str) -> Iterable[str]:
        if isinstance(member, Condition):
            return ("",) if member.touched_by(form_id, code) else ()
        return dict.fromkeys(member.touched_by(self._report, form_id, code))

    def _sum(self, member: Member, key: str) -> int:
        if isinstance(member, Hierarchy):
            return member.sum(self._report, key)
        if isinstance(member, Condition):
            return member.sum(self._report.amounts)
        return member.sum(self._report.amounts, key) if member.supplies(self._report, key) else 0

    def settle(self, touched: set[Ref]) -> set[Ref]:
        """Judge the touched relations and everything that depends on them; return those whose verdict may differ."""
        todo = set(touched)
        for ref in touched:
            target = self._target(ref)
            if target is not None and (target not in self._report.amounts or target in self._blank):
                todo |= self._update_blank(target)
        for ref in [r for r in todo if r.member in self._verdict]:
            before = self._verdict[ref.member]
            self._verdict[ref.member] = self._judged(ref)
            if self._verdict[ref.member] is not before:
                for n in self._gated.get(ref.member, ()):
                    todo.update(Ref(n, key) for key in self._all_keys(n))
        for ref in todo:
            if ref.member not in self._verdict:
                self._judge(ref)
        return todo

    def _all_keys(self, n: int) -> Iterable[str]:
        member = self._members[n]
        return member.keys(self._report) if isinstance(member, Rule) and self._active[n] else ()

    def _update_blank(self, target: Cell) -> set[Ref]:
        """Note whether a total is left blank although its relation states an amount; return what that touches."""
        before = self._blank.get(target)
        now: Ref | None = None
        if target not in self._report.amounts:
            half = self._half_of(target.form)
            for ref, sign in self._of(target):
                if sign and self._target(ref) == target and self._beyond(ref, half):
                    now = ref
                    break
        if now == before:
            return set()
        if now is None:
            del self._blank[target]
        else:
            self._blank[target] = now
        return {ref for ref, _ in self._of(target)}

    def _beyond(self, ref: Ref, more: int) -> bool:
        """Tell whether a relation is off by more than rounding and ``more`` 分."""
        residual = abs(self._residual[ref.member].get(ref.key, 0))
        return residual > more and residual > self._tolerance_of(ref) + more

    def _judge(self, ref: Ref) -> None:
        verdict = self._judged(ref) if ref.key in self._residual[ref.member] else Verdict.HOLDS
        if verdict is Verdict.VIOLATED or verdict is Verdict.ROUNDING:
            self._open[ref] = verdict
        else:
            self._open.pop(ref, None)

    def _judged(self, ref: Ref) -> Verdict:
        """Return what is known of a relation."""
        for gate in self._gates.get(ref.member, ()):
            if self._verdict[gate] > Verdict.ROUNDING:
                return Verdict.NOT_APPLICABLE
        member = self._members[ref.member]
        if isinstance(member, Rule) and any(c not in self._report.amounts for c in member.needs(ref.key)):
            return Verdict.UNKNOWN
        if self._absent and member.forms & self._absent:
            return Verdict.UNKNOWN
        residual = self._residual[ref.member].get(ref.key, 0)
        if residual == 0:
            return Verdict.HOLDS
        if isinstance(member, Rule) and member.op == "<=":
            if residual < 0 or residual <= self._tolerance_of(ref):
                return Verdict.HOLDS
        elif abs(residual) <= self._tolerance_of(ref):
            return Verdict.ROUNDING
        if isinstance(member, Rule) and not member.always and self._instance(ref) is None:
            return Verdict.HOLDS
        if self._blank and any(self._blank.get(c, ref) != ref for c in self._cells(ref)):
            return Verdict.UNKNOWN
        return Verdict.VIOLATED

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    def _cells(self, ref: Ref) -> Iterator[Cell]:
        relation = self._instance(ref)
        return (c for _, c in relation.terms) if relation is not None else iter(())

    def _half_of(self, form_id: str) -> int:
        half = self._half.get(form_id)
        if half is None:
            grain = self._report.grain(form_id)
            half = self._half[form_id] = 0 if grain == EXACT_GRAIN else grain // 2
        return half

    def _tolerance_of(self, ref: Ref) -> int:
        if not any(map(self._half_of, self._members[ref.member].forms)):
            return 0
        amounts = self._report.amounts
        return sum(self._half_of(c.form) for c in self._cells(ref) if c in amounts)

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
        return (r for ref in self._open if (r := self._instance(ref)) is not None)

    def relations(self) -> Iterator[Relation]:
        """Yield every relation of the report but conditions; they are spelled out one by one."""
        for n, member in enumerate(self._members):
            if self._active[n] and not isinstance(member, Condition):
                for key in member.keys(self._report):
                    relation = member.instance(self._report, key)
                    if relation is not None:
                        yield relation

    def relation(self, relation_id: str) -> Relation | None:
        """Return a relation by its id."""
        name, _, key = relation_id.removesuffix("]").partition("[")
        n = self._index.number.get(name)
        return self._instance(Ref(n, key)) if n is not None and self._active[n] else None

    def relations_of(self, cell: Cell) -> list[Relation]:
        """Return the relations that a cell takes part in, conditions left out."""
        refs = dict.fromkeys(ref for ref, sign in self._of(cell) if sign and ref.member not in self._verdict)
        return [r for ref in refs if (r := self._instance(ref)) is not None]

    def names_of(self, refs: Iterable[Ref]) -> set[str]:
        """Return the ids of relations by their addresses, conditions left out."""
        return {m.label(key) for n, key in refs if not isinstance(m := self._members[n], Condition)}

    def _ref(self, relation: Relation) -> Ref:
        return Ref(self._index.number[relation.id if relation.kind == "condition" else relation.spec_id], relation.key)

    def verdict(self, relation: Relation) -> Verdict:
        """Return what is known of a relation."""
        ref = self._ref(relation)
        return self._open.get(ref) or self._judged(ref)

    def residual(self, relation: Relation) -> int:
        """Return left side minus right side in 分."""
        ref = self._ref(relation)
        return self._residual[ref.member].get(ref.key, 0)

    def tolerance(self, relation: Relation) -> int:
        """Return how far in 分 the relation may be off through rounding alone."""
        return self._tolerance_of(self._ref(relation))

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

    # ── automatic cells ─────────────────────────────────────────────────────────────────────────────────────────
    def _target(self, ref: Ref) -> Cell | None:
        member = self._members[ref.member]
        return None if isinstance(member, Condition) else member.target(ref.key)

    def _computed(self, ref: Ref) -> Cell | None:
        member = self._members[ref.member]
        if isinstance(member, Hierarchy):
            return member.target(ref.key)
        return member.computed(ref.key) if isinstance(member, Rule) else None

    def _definer(self, cell: Cell) -> Touch | None:
        """Return the first declared of the relations that compute a cell."""
        for touch in self._of(cell):
            if touch.sign and self._computed(touch.ref) == cell:
                member = self._members[touch.ref.member]
                if not isinstance(member, Rule) or member.always or self._instance(touch.ref) is not None:
                    return touch
        return None

    def definer(self, cell: Cell) -> Relation | None:
        """Return the relation that an automatic cell follows."""
        touch = self._definer(cell)
        return None if touch is None else self._instance(touch.ref)

    def follows(self, cell: Cell) -> tuple[int, int] | None:
        """Return (residual, sign of the cell) of the relation that a cell would follow, None if there is none."""
        touch = self._definer(cell)
        return None if touch is None else (self._residual[touch.ref.member].get(touch.ref.key, 0), touch.sign)

    def followers(self, cell: Cell) -> Iterator[Cell]:
        """Yield the cells that are computed from a cell, directly."""
        for ref, sign in self._of(cell):
            follower = self._computed(ref) if sign else None
            if follower is not None and follower != cell:
                definer = self._definer(follower)
                if definer is not None and definer.ref == ref:
                    yield follower
