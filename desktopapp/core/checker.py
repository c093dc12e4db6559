"""The incremental checker: keeps the residual of every relation and re-judges only what an edit touches.

The residual ``Σ sign·amount`` in 分 is kept for the relations where it is not zero, which are few: all others hold. The
tolerance is half a grain for every amount that is printed. A relation printed in 0.01 万元 with n amounts may be off by
0.005·n without any error (the closed-interval rule); exact amounts have no tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


#: Cells whose relations are remembered, about a kilobyte each, before all are forgotten again.
_MOST_REMEMBERED = 30_000


@dataclass(frozen=True, slots=True)
class _Links:
    """What is remembered about a cell: its relations, and the residuals that move with it.

    ``moves`` are (residuals of a declaration by key, key, sign).
    """

    touches: tuple[Touch, ...]
    refs: tuple[Ref, ...]
    moves: tuple[tuple[dict[str, int], str, int], ...]


class Checker:
    """Residuals and verdicts of all relations of one report."""

    def __init__(self, report: Report, book: RuleBook) -> None:
        self._report = report
        self._index = Index(book)
        self._members: tuple[Member, ...] = self._index.members
        rules = [(n, m) for n, m in enumerate(self._members) if isinstance(m, Rule)]
        self._gates = {n: tuple(self._index.number[g] for g in m.gates) for n, m in rules if m.gates}
        self._needing = frozenset(n for n, m in rules if m.needed)
        self._inequalities = frozenset(n for n, m in rules if m.op == "<=")
        self._partial = frozenset(n for n, m in rules if not m.always)
        self.rebuild()

    # ── building ────────────────────────────────────────────────────────────────────────────────────────────────
    def rebuild(self) -> None:
        """Compute every residual anew and judge all relations."""
        report = self._report
        self._active = self._index.active(report)
        self._forget_rows()
        self._half = {f: _half(report.grain(f)) for m in self._members for f in m.forms}
        self._filled: dict[str, int] = {}
        for cell in report.amounts:
            self._filled[cell.form] = self._filled.get(cell.form, 0) + 1
        self._absent = self._absent_forms()
        self._residual: list[dict[str, int]] = [self._residuals(n, m) for n, m in enumerate(self._members)]
        self._verdict: dict[int, Verdict] = dict.fromkeys(
            range(self._index.conditions, len(self._members)), Verdict.HOLDS
        )
        self._blank: dict[Cell, Ref] = {}
        self._suspended: dict[Ref, int] = {}
        self._open: dict[Ref, Verdict] = {}
        #: Those of the open ones that are violated; the others are mere rounding, often thousands.
        self._violated: dict[Ref, None] = {}
        refs = [(n, key) for n, found in enumerate(self._residual) for key in found]
        self.settle({*refs, *((n, "") for n in self._verdict)})

    def _forget_rows(self) -> None:
        """Drop what is remembered about cells and relations as long as the rows stay."""
        self._links: dict[Cell, _Links] = {}
        self._targets: dict[Ref, Cell | None] = {}
        self._definers: dict[Cell, Touch | None] = {}
        self._followers: dict[Cell, tuple[Cell, ...]] = {}
        self._instances: dict[Ref, Relation | None] = {}
        self._labels: dict[Ref, str] = {}

    def _residuals(self, n: int, member: Member) -> dict[str, int]:
        """Return the residuals of one declaration that are not zero."""
        report = self._report
        if not self._active[n]:
            return {}
        if isinstance(member, Condition):
            found = member.sum(report.amounts)
            return {"": found} if found else {}
        return member.residuals(report)

    def _links_of(self, cell: Cell) -> _Links:
        found = self._links.get(cell)
        if found is None:
            touches = self._index.touches(self._report, cell, self._active)
            moves = tuple((self._residual[n], key, sign) for (n, key), sign in touches if sign)
            found = self._links[cell] = _Links(touches, tuple(ref for ref, _ in touches), moves)
        return found

    def _of(self, cell: Cell) -> tuple[Touch, ...]:
        """Return the relations that a cell takes part in."""
        return self._links_of(cell).touches

    def _instance(self, ref: Ref) -> Relation | None:
        """Return a relation spelled out, None where it says nothing."""
        if ref in self._instances:
            return self._instances[ref]
        (n, key), report = ref, self._report
        member = self._members[n]
        if isinstance(member, Condition):
            relation: Relation | None = member.instance(report)
        elif isinstance(member, Rule) and not member.supplies(report, key):
            relation = None
        else:
            relation = member.instance(report, key)
        self._instances[ref] = relation
        return relation

    # ── edits ───────────────────────────────────────────────────────────────────────────────────────────────────
    def cell_changed(self, cell: Cell, old: int | None, new: int | None, touched: set[Ref]) -> None:
        """Take over a new amount, which the report holds already; adds the relations concerned to ``touched``.

        Nothing is judged before ``settle``.
        """
        delta = (new or 0) - (old or 0)
        links = self._links[cell] if cell in self._links else self._links_of(cell)
        touched.update(links.refs)
        for residuals, key, sign in links.moves:
            found = residuals.get(key, 0) + sign * delta
            if found:
                residuals[key] = found
            else:
                residuals.pop(key, None)
        if (old is None) != (new is None):
            self._count(cell.form, 1 if old is None else -1, touched)

    def _count(self, form_id: str, step: int, touched: set[Ref]) -> None:
        filled = self._filled[form_id] = self._filled.get(form_id, 0) + step
        if filled == 0 or (step == 1 and filled == 1):
            before = self._absent
            self._absent = self._absent_forms()
            for n, member in enumerate(self._members):
                if member.forms & (before ^ self._absent):
                    touched.update((n, key) for key in self._residual[n])
                    if n in self._verdict:
                        touched.add((n, ""))

    def row_changed(self, form_id: str, code: str) -> tuple[set[Ref], list[Cell]]:
        """Take over a new or removed row; return the relations concerned and the cells that may now be computed."""
        self._forget_rows()
        self._suspended.clear()
        for cell, by in self._blank.items():
            self._suspend(cell, by, 1)
        report = self._report
        touched: set[Ref] = set()
        computed: list[Cell] = []
        for n, member in enumerate(self._members):
            if not self._active[n]:
                continue
            for key in self._keys_touched(member, form_id, code):
                touched.add((n, key))
                found = self._sum(member, key)
                if found:
                    self._residual[n][key] = found
                else:
                    self._residual[n].pop(key, None)
                follower = self._computed((n, key))
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
        residual, opened, inequalities = self._residual, self._open, self._inequalities
        live = []
        for ref in touched:
            n, key = ref
            off = residual[n].get(key)
            if off and (off > 0 or n not in inequalities):
                live.append(ref)
            elif ref in opened:
                # Nearly all that an edit touches holds, or is an inequality with room left.
                del opened[ref]
                self._violated.pop(ref, None)
        more: set[Ref] = set()
        for ref in touched if self._blank else live:
            target = self._target(ref)
            if target is not None and (target not in self._report.amounts or target in self._blank):
                more |= self._update_blank(target)
        more |= self._judge_conditions(touched | more if more else touched)
        for ref in live:
            self._judge(ref)
        for ref in more:
            self._judge(ref)
        if len(self._links) > _MOST_REMEMBERED:
            self._forget_rows()
        return touched | more

    def _judge_conditions(self, todo: set[Ref]) -> set[Ref]:
        """Judge the conditions among some relations; return what depends on those that changed."""
        first, changed = self._index.conditions, set()
        for n, _ in todo:
            if n >= first:
                before = self._verdict[n]
                self._verdict[n] = self._judged((n, ""))
                if self._verdict[n] is not before:
                    changed.add(n)
        gated = [n for n, gates in self._gates.items() if changed.intersection(gates)] if changed else []
        return {(n, key) for n in gated for key in self._all_keys(n)}

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
        if before is not None:
            self._suspend(target, self._blank.pop(target), -1)
        if now is not None:
            self._blank[target] = now
            self._suspend(target, now, 1)
        return set(self._links_of(target).refs)

    def _suspend(self, target: Cell, by: Ref, step: int) -> None:
        """Count a blank total against all its relations but the one that states what it should be."""
        for ref, sign in self._of(target):
            if sign and ref != by:
                count = self._suspended.get(ref, 0) + step
                if count:
                    self._suspended[ref] = count
                else:
                    del self._suspended[ref]

    def _beyond(self, ref: Ref, more: int) -> bool:
        """Tell whether a relation is off by more than rounding and ``more`` 分."""
        residual = abs(self._residual_of(ref))
        return residual > more and residual > self._tolerance_of(ref) + more

    def _judge(self, ref: Ref) -> None:
        n, key = ref
        residual = self._residual[n].get(key, 0)
        if residual and (residual > 0 or n not in self._inequalities) and n not in self._verdict:
            verdict = self._judged(ref)
            if verdict is Verdict.VIOLATED or verdict is Verdict.ROUNDING:
                self._open[ref] = verdict
                if verdict is Verdict.VIOLATED:
                    self._violated[ref] = None
                else:
                    self._violated.pop(ref, None)
                return
        self._open.pop(ref, None)
        self._violated.pop(ref, None)

    def _judged(self, ref: Ref) -> Verdict:
        """Return what is known of a relation."""
        n, key = ref
        if n in self._gates and any(self._verdict[gate] > Verdict.ROUNDING for gate in self._gates[n]):
            return Verdict.NOT_APPLICABLE
        if n in self._needing and not self._has_needed(n, key):
            return Verdict.UNKNOWN
        if self._absent and self._members[n].forms & self._absent:
            return Verdict.UNKNOWN
        residual = self._residual[n].get(key, 0)
        if residual == 0:
            return Verdict.HOLDS
        if n in self._inequalities:
            if residual <= self._tolerance_of(ref):
                return Verdict.HOLDS
        elif abs(residual) <= self._tolerance_of(ref):
            return Verdict.ROUNDING
        if n in self._partial and self._instance(ref) is None:
            return Verdict.HOLDS
        if ref in self._suspended:
            return Verdict.UNKNOWN
        return Verdict.VIOLATED

    def _has_needed(self, n: int, key: str) -> bool:
        member = self._members[n]
        return not isinstance(member, Rule) or all(c in self._report.amounts for c in member.needs(key))

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    def _half_of(self, form_id: str) -> int:
        return self._half.get(form_id, 0)

    def _residual_of(self, ref: Ref) -> int:
        return self._residual[ref[0]].get(ref[1], 0)

    def _tolerance_of(self, ref: Ref) -> int:
        return self._members[ref[0]].tolerance(self._report, ref[1], self._half)

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

    def violated_relations(self) -> Iterator[Relation]:
        """Yield the relations that do not hold by more than rounding."""
        return (r for ref in self._violated if (r := self._instance(ref)) is not None)

    @property
    def violations(self) -> int:
        """Return how many relations do not hold by more than rounding."""
        return len(self._violated)

    def filled_forms(self) -> set[str]:
        """Return the ids of the forms, this year's and last year's, that hold any amount."""
        return {form_id for form_id, number in self._filled.items() if number}

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
        return self._instance((n, key)) if n is not None and self._active[n] else None

    def open_relation(self, relation_id: str) -> Relation | None:
        """Return a relation by its id where it does not hold; nearly all do, and are not spelled out for that."""
        name, _, key = relation_id.removesuffix("]").partition("[")
        ref = self._index.number.get(name, -1), key
        return self._instance(ref) if ref in self._open else None

    def relations_of(self, cell: Cell) -> list[Relation]:
        """Return the relations that a cell takes part in, conditions left out."""
        refs = dict.fromkeys(ref for ref, sign in self._of(cell) if sign and ref[0] not in self._verdict)
        return [r for ref in refs if (r := self._instance(ref)) is not None]

    def names_of(self, refs: Iterable[Ref]) -> set[str]:
        """Return the ids of relations by their addresses, conditions left out."""
        labels = self._labels
        return {labels[ref] if ref in labels else self._label(ref) for ref in refs if ref[0] not in self._verdict}

    def _label(self, ref: Ref) -> str:
        member = self._members[ref[0]]
        found = self._labels[ref] = member.name if isinstance(member, Condition) else member.label(ref[1])
        return found

    def _ref(self, relation: Relation) -> Ref:
        return self._index.number[relation.id if relation.kind == "condition" else relation.spec_id], relation.key

    def verdict(self, relation: Relation) -> Verdict:
        """Return what is known of a relation."""
        ref = self._ref(relation)
        return self._open.get(ref) or self._judged(ref)

    def residual(self, relation: Relation) -> int:
        """Return left side minus right side in 分."""
        return self._residual_of(self._ref(relation))

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
        if ref in self._targets:
            return self._targets[ref]
        member = self._members[ref[0]]
        found = self._targets[ref] = None if isinstance(member, Condition) else member.target(ref[1])
        return found

    def _computed(self, ref: Ref) -> Cell | None:
        member = self._members[ref[0]]
        if isinstance(member, Hierarchy):
            return self._target(ref)
        return member.computed(ref[1]) if isinstance(member, Rule) else None

    def _definer(self, cell: Cell) -> Touch | None:
        """Return the first declared of the relations that compute a cell."""
        if cell in self._definers:
            return self._definers[cell]
        computing = (t for t in self._of(cell) if t[1] and self._computed(t[0]) == cell)
        found = next((t for t in computing if t[0][0] not in self._partial or self._instance(t[0])), None)
        self._definers[cell] = found
        return found

    def definer(self, cell: Cell) -> Relation | None:
        """Return the relation that an automatic cell follows."""
        touch = self._definer(cell)
        return None if touch is None else self._instance(touch[0])

    def follows(self, cell: Cell) -> tuple[int, int] | None:
        """Return (residual, sign of the cell) of the relation that a cell would follow, None if there is none."""
        touch = self._definers[cell] if cell in self._definers else self._definer(cell)
        if touch is None:
            return None
        (n, key), sign = touch
        return self._residual[n].get(key, 0), sign

    def followers(self, cell: Cell) -> tuple[Cell, ...]:
        """Return the cells that are computed from a cell, directly."""
        found = self._followers.get(cell)
        if found is None:
            found = self._followers[cell] = tuple(self._following(cell))
        return found

    def _following(self, cell: Cell) -> Iterator[Cell]:
        for ref, sign in self._of(cell):
            follower = self._computed(ref) if sign else None
            if follower is not None and follower != cell:
                definer = self._definer(follower)
                if definer is not None and definer[0] == ref:
                    yield follower


def _half(grain: int) -> int:
    return 0 if grain == EXACT_GRAIN else grain // 2
