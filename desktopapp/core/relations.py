"""Relations between amounts: the notation of the templates, and its expansion against a report.

A relation is ``Σ sign·amount = 0`` or ``≤ 0`` with signs +1 and −1. Declarations are compact ("for every row"); an
*instance* is one concrete relation, named by the declaration's id and what it stands for: ``03.columns[2010301]``.
Instances are made one by one, so that inserting a row costs what that row touches and not the size of the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktopapp.core.report import Report
from desktopapp.core.template import (
    LAST,
    Cell,
    Form,
    HierarchySpec,
    RelationSpec,
    Shape,
    Template,
    TemplateError,
)

_TERM = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?P<form>(?:last\.)?\w+?)\.(?P<row>\{\w+\}|@classes|\w+)(?:\.\.(?P<to>\w+))?"
    r"(?:\.(?P<col>\{\w+\}|[a-z]\w*)(?:\.\.(?P<colto>\w+))?)?\s*"
)
_OPS = ("<=", ">=", "=")


@dataclass(frozen=True, slots=True)
class Term:
    """One reference of the notation, before expansion."""

    sign: int
    form: str
    row: str
    row_to: str
    col: str
    col_to: str


@dataclass(frozen=True, slots=True)
class Formula:
    """Both sides of a declared relation."""

    left: tuple[Term, ...]
    op: str
    right: tuple[Term, ...]

    def forms(self) -> frozenset[str]:
        """Return the ids of the forms it mentions."""
        return frozenset(t.form for t in (*self.left, *self.right))


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


def parse_side(text: str, file: str, key: str) -> tuple[Term, ...]:
    """Return the terms of one side; raises TemplateError."""
    terms: list[Term] = []
    at = 0
    if text.strip() == "0":
        return ()
    while at < len(text):
        m = _TERM.match(text, at)
        if not m or (terms and not m["sign"]):
            raise TemplateError(file, key, f"看不懂“{text[at:].strip()}”。")
        terms.append(
            Term(-1 if m["sign"] == "-" else 1, m["form"], m["row"], m["to"] or "", m["col"] or "", m["colto"] or "")
        )
        at = m.end()
    if not terms:
        raise TemplateError(file, key, "等号两边都要写。")
    return tuple(terms)


def parse_formula(text: str, file: str, key: str) -> Formula:
    """Return a declared relation parsed; raises TemplateError with file and key."""
    for op in _OPS:
        left, found, right = text.partition(op)
        if found:
            sides = parse_side(left, file, key), parse_side(right, file, key)
            if op == ">=":
                return Formula(sides[1], "<=", sides[0])
            return Formula(sides[0], op, sides[1])
    raise TemplateError(file, key, "缺少 =、<= 或 >=。")


class Rule:
    """A declared relation ready to be expanded against reports of one template."""

    def __init__(self, spec: RelationSpec, template: Template) -> None:
        self.spec = spec
        self._template = template
        where = f"relation.{spec.id}.holds"
        self._formula = parse_formula(spec.holds, spec.source, where)
        self.forms = frozenset(f for f in self._formula.forms())
        self.each_of = tuple(spec.of)
        self._computes = self._computed_term(where)
        self._needs = tuple(parse_side(n, spec.source, f"relation.{spec.id}.needs")[0] for n in spec.needs)
        self.conditions = tuple(parse_formula(w, spec.source, f"relation.{spec.id}.when") for w in spec.when)

    def _computed_term(self, where: str) -> Term | None:
        wanted = self.spec.computes
        if not wanted:
            return None
        if self._formula.op != "=":
            raise TemplateError(self.spec.source, where, "不等式不能用来计算。")
        if wanted == "left":
            if len(self._formula.left) != 1 or self._formula.left[0].sign < 0:
                raise TemplateError(self.spec.source, where, 'computes = "left" 要求等号左边只有一项。')
            return self._formula.left[0]
        return parse_side(wanted, self.spec.source, f"relation.{self.spec.id}.computes")[0]

    def fits(self) -> bool:
        """Tell whether the template has every form, line and column that the relation names literally."""
        terms = (*self._formula.left, *self._formula.right, *self._needs)
        terms += tuple(t for c in self.conditions for t in (*c.left, *c.right))
        return all(self._term_fits(t) for t in terms)

    def _term_fits(self, term: Term) -> bool:
        if not self._template.has_form(term.form):
            return False
        form = self._template.form(term.form)
        literal = not term.row.startswith(("{", "@")) and not term.row.isdigit()
        if literal and term.row not in form.fixed_rows():
            return False
        if term.row_to and form.line(term.row_to) is None:
            return False
        columns = {c.key for c in form.all_columns()}
        return all(c in columns for c in (term.col, term.col_to) if c and not c.startswith("{"))

    def keys(self, report: Report) -> Iterator[str]:
        """Yield what the relation is repeated for; a relation without repetition yields an empty text."""
        each = self.spec.each
        if not each:
            yield ""
            return
        seen: set[str] = set()
        for source in self.each_of:
            for key in _keys_of(report, each, source):
                if key not in seen:
                    seen.add(key)
                    yield key

    def touched_by(self, form_id: str, code: str) -> Iterator[str]:
        """Yield the keys of the instances that a new or removed row of a form may change."""
        each = self.spec.each
        if form_id not in self.forms and form_id not in self.each_of:
            return
        if each in ("row", "code") or (each == "class" and len(code) == 3):
            yield code
        elif not each and any(t.row == code for t in (*self._formula.left, *self._formula.right)):
            yield ""

    def instance(self, report: Report, key: str) -> Relation | None:
        """Return the relation for one key, or None where it says nothing (no amounts on either side)."""
        left = list(self._cells(report, self._formula.left, key))
        right = list(self._cells(report, self._formula.right, key))
        if not left and not right:
            return None
        if self._formula.op == "<=" and not left:
            return None
        if self.spec.each == "row" and (not left or not right):
            return None
        computed = None
        if self._computes is not None:
            found = list(self._cells(report, (self._computes,), key))
            computed = found[0][1] if len(found) == 1 else None
        single = len(self._formula.left) == 1 and len(left) == 1 and self._formula.op == "="
        own_form = len(self.forms) == 1
        return Relation(
            id=f"{self.spec.id}[{key}]" if key else self.spec.id,
            spec_id=self.spec.id,
            key=key,
            kind=self.spec.kind,
            severity=self.spec.severity,
            says=self.spec.says,
            op=self._formula.op,
            terms=(*left, *((-s, c) for s, c in right)),
            left=len(left),
            target=left[0][1] if single and own_form and right else None,
            computed=computed,
            when=tuple(f"{self.spec.id}?{i}" for i in range(len(self.conditions))),
            needs=tuple(c for t in self._needs for _, c in self._cells(report, (t,), key)),
            forms=self.forms,
        )

    def condition(self, report: Report, index: int) -> Relation:
        """Return one of the equations that must hold for the relation to apply."""
        formula = self.conditions[index]
        left = list(self._cells(report, formula.left, ""))
        right = [(-s, c) for s, c in self._cells(report, formula.right, "")]
        name = f"{self.spec.id}?{index}"
        return Relation(
            name,
            self.spec.id,
            "",
            "condition",
            "",
            "",
            "=",
            (*left, *right),
            len(left),
            None,
            None,
            forms=formula.forms(),
        )

    def _cells(self, report: Report, terms: Iterable[Term], key: str) -> Iterator[tuple[int, Cell]]:
        for term in terms:
            form = self._template.form(term.form)
            for row in self._rows(form, term, key):
                columns = _columns(form, row, term, key)
                for col in columns:
                    cell = Cell(term.form, row, col)
                    if report.has_cell(cell):
                        yield term.sign, cell

    def _rows(self, form: Form, term: Term, key: str) -> Sequence[str]:
        if term.row == "@classes":
            return [ln.key for s in form.sides for ln in s.lines if ln.is_class]
        if term.row.startswith("{"):
            return [key] if term.row != "{column}" else []
        if not term.row_to:
            return [term.row]
        side = form.side_of(term.row)
        keys = [ln.key for ln in side.lines if not ln.blank] if side else []
        if term.row not in keys or term.row_to not in keys:
            return []
        return keys[keys.index(term.row) : keys.index(term.row_to) + 1]


def _keys_of(report: Report, each: str, source: str) -> Iterator[str]:
    """Yield the keys that one form (or one side of it, "04.expense") supplies."""
    form_id, _, side_key = source.partition(".") if not source.startswith(LAST) else (source, "", "")
    if not report.template.has_form(form_id):
        return
    form = report.template.form(form_id)
    sides = [s for s in form.sides if not side_key or s.key == side_key]
    if each == "column":
        yield from (c.key for s in sides for c in s.columns)
    elif each == "line":
        yield from (ln.key for s in sides for ln in s.lines if not ln.blank)
    elif form.shape is Shape.TWO_SIDED:
        yield from (ln.key for s in sides for ln in s.lines if ln.is_class)
    elif each == "row":
        yield from report.row_keys(form, form_id)
    else:
        yield from (r for r in report.rows_of(form_id) if each == "code" or len(r) == 3)


def _columns(form: Form, row: str, term: Term, key: str) -> Sequence[str]:
    columns = [c.key for c in form.columns_of(row)]
    if not term.col:
        return columns if len(columns) == 1 else []
    if term.col.startswith("{"):
        return [key] if key in columns else []
    if not term.col_to:
        return [term.col] if term.col in columns else []
    if term.col not in columns or term.col_to not in columns:
        return []
    return columns[columns.index(term.col) : columns.index(term.col_to) + 1]


class Hierarchy:
    """The sums down the classification of one form, ready to be expanded."""

    def __init__(self, spec: HierarchySpec, template: Template) -> None:
        self.spec = spec
        self.form = template.form(spec.form) if template.has_form(spec.form) else None
        self._columns = tuple(c.key for c in self.form.columns) if self.form else ()
        self.forms = frozenset({spec.form})

    def fits(self) -> bool:
        """Tell whether the template has the form."""
        return self.form is not None

    def keys(self, report: Report) -> Iterator[str]:
        """Yield "row/column" for every row that may have rows below it."""
        rows = list(report.rows_of(self.spec.form))
        for row in ([self.spec.root] if self.spec.root else []) + rows:
            for column in self._columns:
                yield f"{row}/{column}"

    def touched_by(self, report: Report, form_id: str, code: str) -> Iterator[str]:
        """Yield the keys that a new or removed row changes: its own and its parent's."""
        if form_id != self.spec.form or self.form is None:
            return
        parent = report.rows_of(form_id).parent(code, report.levels(self.form)) or self.spec.root
        for row in (code, parent):
            if row:
                yield from (f"{row}/{column}" for column in self._columns)

    def instance(self, report: Report, key: str) -> Relation | None:
        """Return the sum for one row and column, or None for a row with nothing below it."""
        row, _, column = key.partition("/")
        rows = report.rows_of(self.spec.form)
        if row != self.spec.root and row not in rows:
            return None
        children = rows.children("" if row == self.spec.root else row)
        if not children:
            return None
        target = Cell(self.spec.form, row, column)
        terms = ((1, target), *((-1, Cell(self.spec.form, child, column)) for child in children))
        return Relation(
            id=f"{self.spec.id}[{key}]",
            spec_id=self.spec.id,
            key=key,
            kind="hierarchy",
            severity="error",
            says=self.spec.says,
            op="=",
            terms=terms,
            left=1,
            target=target,
            computed=target,
            forms=self.forms,
        )


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All declared relations of a template that fit its forms, in order of declaration."""

    rules: tuple[Rule, ...]
    hierarchies: tuple[Hierarchy, ...]
    skipped: tuple[str, ...]

    def expand(self, report: Report) -> Iterator[Relation]:
        """Yield every relation of the report whose setting is on."""
        for rule in self.rules:
            if not rule_applies(rule.spec, report):
                continue
            for key in rule.keys(report):
                relation = rule.instance(report, key)
                if relation is not None:
                    yield relation
        for hierarchy in self.hierarchies:
            for key in hierarchy.keys(report):
                relation = hierarchy.instance(report, key)
                if relation is not None:
                    yield relation


def rule_applies(spec: RelationSpec, report: Report) -> bool:
    """Tell whether the setting that a relation depends on is on."""
    return not spec.setting or report.settings.get(spec.setting, False)


def rule_book(template: Template) -> RuleBook:
    """Return the relations of a template; raises TemplateError when one is malformed.

    A relation that names lines or columns the template does not print is left out and listed in ``skipped``.
    """
    rules = [Rule(spec, template) for spec in template.relations]
    sums = [Hierarchy(spec, template) for spec in template.hierarchies]
    return RuleBook(
        tuple(r for r in rules if r.fits()),
        tuple(h for h in sums if h.fits()),
        tuple(r.spec.id for r in rules if not r.fits()) + tuple(h.spec.id for h in sums if not h.fits()),
    )


__all__ = ["Formula", "Hierarchy", "Relation", "Rule", "RuleBook", "Term", "parse_formula", "rule_book"]
