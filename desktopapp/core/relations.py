"""Relations between amounts and their expansion against a report.

A relation is ``Σ sign·amount = 0`` or ``≤ 0`` with signs +1 and −1. Declarations are compact ("for every row"); an
*instance* is one concrete relation, named by the declaration's id and what it stands for: ``03.columns[2010301]``.
Instances are made one by one and only where somebody looks at them: a report of thousands of rows has tens of
thousands of relations, of which nearly all hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from desktopapp.core.notation import Formula, Term, parse_declared, parse_formula
from desktopapp.core.report import Report
from desktopapp.core.slots import (
    Floating,
    Slot,
    floating_sums,
    make_slots,
    single_cell,
    slot_cells,
    slots_filled,
    slots_sum,
)
from desktopapp.core.sources import Source
from desktopapp.core.template import Cell, HierarchySpec, RelationSpec, Template, TemplateError


@dataclass(frozen=True, slots=True)
class Relation:
    """One concrete relation: ``Σ sign·amount`` compared with zero.

    ``left`` counts the terms of the left side, which stand first. ``target`` is the cell whose value the relation
    states (a total), ``computed`` the cell that follows it while it is automatic. ``key`` is what the declaration was
    repeated for.
    """

    id: str
    spec_id: str
    key: str
    kind: str
    severity: str
    says: str
    op: str
    terms: tuple[tuple[int, Cell], ...]
    left: int
    target: Cell | None
    computed: Cell | None
    when: tuple[str, ...] = ()
    needs: tuple[Cell, ...] = ()
    forms: frozenset[str] = frozenset()

    @property
    def is_equation(self) -> bool:
        """Tell whether both sides must be equal."""
        return self.op == "="


class Rule:
    """A declared relation ready to be expanded against reports of one template."""

    def __init__(self, spec: RelationSpec, template: Template) -> None:
        self.spec = spec
        self.name = spec.id
        self._template = template
        declared = parse_declared(spec)
        self._formula = declared.formula
        self.op = self._formula.op
        self.forms = self._formula.forms()
        self.conditions = tuple(Condition(spec, i, c, template) for i, c in enumerate(declared.conditions))
        self._left = make_slots(self._formula.left, template)
        self._right = make_slots(self._formula.right, template)
        self._needs = make_slots(declared.needs, template)
        self._computes = make_slots((declared.computes,), template)[0] if declared.computes else None
        states = self.op == "=" and len(self.forms) == 1 and len(self._left) == 1 and self._right
        self._target = self._left[0] if states else None
        #: A row without one of the sides says nothing; within one form both sides are always there.
        self.always = spec.each != "row" or len(self.forms) == 1
        #: The terms of both sides, those of the right with their signs turned.
        self.slots: tuple[Slot, ...] = (*self._left, *(s.turned() for s in self._right))
        self._sources = tuple(Source(s, spec, template) for s in spec.of)

    @property
    def needed(self) -> tuple[Slot, ...]:
        """Return the amounts that must be filled in before the relation says anything."""
        return self._needs

    def fits(self) -> bool:
        """Tell whether the template has every form, line and column that the relation names literally."""
        if self.spec.setting and self.spec.setting not in dict(self._template.settings):
            return False
        if self._sources and all(s.absent for s in self._sources):
            return False
        slots = (*self.slots, *self._needs, *(s for c in self.conditions for s in c.slots))
        return not any(s.empty for s in slots)

    def keys(self, report: Report) -> Iterator[str]:
        """Yield what the relation is repeated for; a relation without repetition yields an empty text."""
        if not self.spec.each:
            yield ""
        elif len(self._sources) == 1:
            yield from self._sources[0].keys(report)
        else:
            yield from dict.fromkeys(k for s in self._sources for k in s.keys(report))

    def supplies(self, report: Report, key: str) -> bool:
        """Tell whether the relation is repeated for a key."""
        if not self._sources:
            return not key
        return any(s.supplies(report, key) for s in self._sources)

    def touched_by(self, report: Report, form_id: str, code: str) -> Iterator[str]:
        """Yield the keys of the instances that a new or removed row of a form may change."""
        slots = (*self._left, *self._right, *self._needs)
        if any(code in s.rows_named(form_id) for s in slots):
            yield from self.keys(report)
        elif any(s.form_id == form_id for s in self._sources) or any(
            isinstance(s, Floating) and s.form == form_id for s in slots
        ):
            yield code

    def sum(self, amounts: dict[Cell, int], key: str) -> int:
        """Return left side minus right side in 分 for one key."""
        return slots_sum(self.slots, amounts, key)

    def residuals(self, report: Report) -> dict[str, int]:
        """Return left side minus right side in 分 for every key where that is not 0."""
        amounts = report.amounts
        if not all(isinstance(s, Floating) for s in self.slots):
            return {key: found for key in self.keys(report) if (found := self.sum(amounts, key))}
        # Rows by code are by far the most.
        places = [(s.sign, s.form, c) for s in self.slots if isinstance(s, Floating) for c in s.columns]
        return floating_sums(places, amounts, self.keys(report))

    def tolerance(self, report: Report, key: str, halves: Mapping[str, int]) -> int:
        """Return how far in 分 rounding may put the sides apart; ``halves`` are half the steps of the forms."""
        return slots_filled(self.slots, report.amounts, key, halves)

    def target(self, key: str) -> Cell | None:
        """Return the total whose value the relation states, wherever it is."""
        return single_cell(self._target, key) if self._target is not None else None

    def computed(self, key: str) -> Cell | None:
        """Return the cell that follows the relation while it is automatic, wherever it is."""
        return single_cell(self._computes, key) if self._computes is not None else None

    def needs(self, key: str) -> list[Cell]:
        """Return the cells that must be filled in, wherever they are."""
        return [c for s in self._needs for c in s.cells(key)]

    def label(self, key: str) -> str:
        """Return the id of one instance."""
        return f"{self.spec.id}[{key}]" if key else self.spec.id

    def instance(self, report: Report, key: str) -> Relation | None:
        """Return the relation for one key, or None where it says nothing (no amounts on either side)."""
        left = list(slot_cells(self._left, report, key))
        right = list(slot_cells(self._right, report, key))
        if not left and (not right or self.op == "<="):
            return None
        if self.spec.each == "row" and (not left or not right):
            return None
        spec = self.spec
        target, computed = self.target(key), self.computed(key)
        return Relation(
            self.label(key),
            spec.id,
            key,
            spec.kind,
            spec.severity,
            spec.says,
            self.op,
            (*left, *((-s, c) for s, c in right)),
            len(left),
            target if left and right else None,
            computed if computed is not None and report.has_cell(computed) else None,
            self.gates,
            tuple(c for _, c in slot_cells(self._needs, report, key)),
            self.forms,
        )

    @property
    def gates(self) -> tuple[str, ...]:
        """Return the names of the equations that must hold for the relation to apply."""
        return tuple(c.name for c in self.conditions)


class Condition:
    """An equation that must hold for a relation to apply at all."""

    def __init__(self, spec: RelationSpec, number: int, formula: Formula, template: Template) -> None:
        self.name = f"{spec.id}?{number}"
        self.spec = spec
        self.forms = formula.forms()
        self._left = make_slots(formula.left, template)
        right = make_slots(formula.right, template)
        #: The terms of both sides, those of the right with their signs turned.
        self.slots: tuple[Slot, ...] = (*self._left, *(s.turned() for s in right))

    def touched_by(self, form_id: str, code: str) -> bool:
        """Tell whether a new or removed row of a form may change the equation."""
        return any(code in s.rows_named(form_id) for s in self.slots)

    def sum(self, amounts: dict[Cell, int]) -> int:
        """Return left side minus right side in 分."""
        return slots_sum(self.slots, amounts, "")

    def tolerance(self, report: Report, key: str, halves: Mapping[str, int]) -> int:
        """Return how far in 分 rounding may put the sides apart; ``halves`` are half the steps of the forms."""
        return slots_filled(self.slots, report.amounts, "", halves)

    def instance(self, report: Report) -> Relation:
        """Return the equation as a relation of the kind "condition"."""
        terms = tuple(slot_cells(self.slots, report, ""))
        left = sum(1 for _ in slot_cells(self._left, report, ""))
        return Relation(
            self.name, self.spec.id, "", "condition", "", "", "=", terms, left, None, None, forms=self.forms
        )


class Hierarchy:
    """The sums down the classification of one form, ready to be expanded."""

    def __init__(self, spec: HierarchySpec, template: Template) -> None:
        self.spec = spec
        self.name = spec.id
        self.form = template.form(spec.form) if template.has_form(spec.form) else None
        self.columns = tuple(c.key for c in self.form.columns) if self.form else ()
        self.forms = frozenset({spec.form})
        if self.form is None:
            return
        if not self.form.has_code_rows:
            raise TemplateError(spec.source, f"hierarchy.{spec.id}.form", f"表 {spec.form} 不是按科目列示的表。")
        if spec.root and not self.form.is_total_row(spec.root):
            raise TemplateError(spec.source, f"hierarchy.{spec.id}.root", f"表 {spec.form} 没有“{spec.root}”这一行。")

    def fits(self) -> bool:
        """Tell whether the template has the form."""
        return self.form is not None

    def levels(self, report: Report) -> tuple[int, ...]:
        """Return the lengths of the codes by level."""
        return report.levels(self.form) if self.form is not None else ()

    def keys(self, report: Report) -> Iterator[str]:
        """Yield "row/column" for every row that has rows below it."""
        rows = report.rows_of(self.spec.form)
        inner = rows.inner(self.levels(report))
        for row in ([self.spec.root] if self.spec.root else []) + [r for r in rows if r in inner]:
            for column in self.columns:
                yield f"{row}/{column}"

    def touched_by(self, report: Report, form_id: str, code: str) -> Iterator[str]:
        """Yield the keys that a new or removed row changes: its own and its parent's."""
        if form_id != self.spec.form:
            return
        for row in (code, self.parent(report, code)):
            if row:
                yield from (f"{row}/{column}" for column in self.columns)

    def parent(self, report: Report, row: str) -> str:
        """Return the row whose sum a row counts towards, "" for none."""
        if row == self.spec.root:
            return ""
        return report.rows_of(self.spec.form).parent(row, self.levels(report)) or self.spec.root

    def has_children(self, report: Report, row: str) -> bool:
        """Tell whether a row is a sum of others."""
        below = "" if row == self.spec.root else row
        return report.rows_of(self.spec.form).has_children(below, self.levels(report))

    def children(self, report: Report, row: str) -> tuple[str, ...]:
        """Return the rows that a row is the sum of."""
        below = "" if row == self.spec.root else row
        return report.rows_of(self.spec.form).children(below, self.levels(report))

    def sum(self, report: Report, key: str) -> int:
        """Return what a row and column states more than the rows below it do, in 分; 0 where there are none."""
        row, _, column = key.partition("/")
        form, amounts = self.spec.form, report.amounts
        children = self.children(report, row)
        if not children:
            return 0
        below = sum(amounts.get(Cell(form, child, column), 0) for child in children)
        return amounts.get(Cell(form, row, column), 0) - below

    def tolerance(self, report: Report, key: str, halves: Mapping[str, int]) -> int:
        """Return how far in 分 rounding may put a row and those below it apart."""
        row, _, column = key.partition("/")
        form, half = self.spec.form, halves[self.spec.form]
        if not half:
            return 0
        amounts: Mapping[Any, int] = report.amounts
        return half * sum((form, r, column) in amounts for r in (row, *self.children(report, row)))

    def residuals(self, report: Report) -> dict[str, int]:
        """Return what every row and column states more than the rows below it do, where that is not 0."""
        rows, form, root = report.rows_of(self.spec.form), self.spec.form, self.spec.root
        # Plain tuples are equal to cells and far cheaper to make.
        amounts: Mapping[Any, int] = report.amounts
        levels = self.levels(report)
        parents = {row: rows.parent(row, levels) or root for row in rows}
        sums = set(parents.values())
        found: dict[str, int] = {}
        for column in self.columns:
            below: dict[str, int] = {}
            for row, above in parents.items():
                amount = amounts.get((form, row, column))
                if amount:
                    below[above] = below.get(above, 0) + amount
            for row in sums:
                residual = amounts.get((form, row, column), 0) - below.get(row, 0)
                if row and residual:
                    found[f"{row}/{column}"] = residual
        return found

    def target(self, key: str) -> Cell:
        """Return the cell whose value one of the sums states."""
        row, _, column = key.partition("/")
        return Cell(self.spec.form, row, column)

    def label(self, key: str) -> str:
        """Return the id of one instance."""
        return f"{self.spec.id}[{key}]"

    def instance(self, report: Report, key: str) -> Relation | None:
        """Return the sum for one row and column, or None for a row with nothing below it."""
        row, _, column = key.partition("/")
        form = self.spec.form
        children = self.children(report, row) if column in self.columns else ()
        if not children:
            return None
        target = Cell(form, row, column)
        terms = ((1, target), *((-1, Cell(form, child, column)) for child in children))
        spec, name = self.spec, self.label(key)
        return Relation(
            name, spec.id, key, "hierarchy", "error", spec.says, "=", terms, 1, target, target, forms=self.forms
        )


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All declared relations of a template that fit its forms, in order of declaration."""

    rules: tuple[Rule, ...]
    hierarchies: tuple[Hierarchy, ...]
    conditions: tuple[Condition, ...]
    skipped: tuple[str, ...]

    def expand(self, report: Report) -> Iterator[Relation]:
        """Yield every relation of the report whose setting is on."""
        for rule in self.rules:
            if rule_applies(rule.spec, report):
                yield from (r for k in rule.keys(report) if (r := rule.instance(report, k)) is not None)
        for hierarchy in self.hierarchies:
            yield from (r for k in hierarchy.keys(report) if (r := hierarchy.instance(report, k)) is not None)


def rule_applies(spec: RelationSpec, report: Report) -> bool:
    """Tell whether the setting that a relation depends on is on."""
    return not spec.setting or report.settings.get(spec.setting, False)


def rule_book(template: Template) -> RuleBook:
    """Return the relations of a template; raises TemplateError when one is malformed.

    A relation that names lines or columns the template does not print is left out and listed in ``skipped``.
    """
    rules = [Rule(spec, template) for spec in template.relations]
    sums = [Hierarchy(spec, template) for spec in template.hierarchies]
    fitting = tuple(r for r in rules if r.fits())
    return RuleBook(
        fitting,
        tuple(h for h in sums if h.fits()),
        tuple(c for r in fitting for c in r.conditions),
        tuple(r.spec.id for r in rules if not r.fits()) + tuple(h.spec.id for h in sums if not h.fits()),
    )


__all__ = ["Condition", "Formula", "Hierarchy", "Relation", "Rule", "RuleBook", "Term", "parse_formula", "rule_book"]
