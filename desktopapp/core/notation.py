"""The notation in which templates write relations: ``03.{row}.total = 03.{row}.basic..to_affiliated``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktopapp.core.template import RelationSpec, TemplateError

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

    @property
    def row_is_key(self) -> bool:
        """Tell whether the row is what the relation is repeated for."""
        return self.row.startswith("{")

    @property
    def col_is_key(self) -> bool:
        """Tell whether the column is what the relation is repeated for."""
        return self.col.startswith("{")

    def placeholders(self) -> tuple[str, ...]:
        """Return the names in braces."""
        return tuple(part.strip("{}") for part in (self.row, self.col) if part.startswith("{"))


@dataclass(frozen=True, slots=True)
class Formula:
    """Both sides of a declared relation."""

    left: tuple[Term, ...]
    op: str
    right: tuple[Term, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return the terms of both sides."""
        return (*self.left, *self.right)

    def forms(self) -> frozenset[str]:
        """Return the ids of the forms it mentions."""
        return frozenset(t.form for t in self.terms)


def parse_side(text: str, file: str, key: str) -> tuple[Term, ...]:
    """Return the terms of one side; raises TemplateError."""
    terms: list[Term] = []
    at = 0
    if text.strip() == "0":
        return ()
    if not text.strip():
        raise TemplateError(file, key, "等号两边都要写。")
    while at < len(text):
        m = _TERM.match(text, at)
        if not m or (terms and not m["sign"]):
            raise TemplateError(file, key, f"看不懂“{text[at:].strip()}”。")
        terms.append(
            Term(-1 if m["sign"] == "-" else 1, m["form"], m["row"], m["to"] or "", m["col"] or "", m["colto"] or "")
        )
        at = m.end()
    return tuple(terms)


def parse_formula(text: str, file: str, key: str) -> Formula:
    """Return a declared relation parsed; raises TemplateError with file and key."""
    for op in _OPS:
        left, found, right = text.partition(op)
        if found:
            sides = parse_side(left, file, key), parse_side(right, file, key)
            if not any(sides):
                raise TemplateError(file, key, "等号两边不能都是 0。")
            if op == ">=":
                return Formula(sides[1], "<=", sides[0])
            return Formula(sides[0], op, sides[1])
    raise TemplateError(file, key, "缺少 =、<= 或 >=。")


@dataclass(frozen=True, slots=True)
class Declared:
    """The formulas of one declared relation: what holds, when it applies, what it needs and what it computes."""

    formula: Formula
    conditions: tuple[Formula, ...]
    needs: tuple[Term, ...]
    computes: Term | None


def parse_declared(spec: RelationSpec) -> Declared:
    """Return the formulas of a declaration; raises TemplateError naming file, key and reason."""
    formula = parse_formula(spec.holds, spec.source, f"relation.{spec.id}.holds")
    declared = Declared(
        formula,
        tuple(parse_formula(w, spec.source, f"relation.{spec.id}.when") for w in spec.when),
        tuple(_single_term(n, spec, "needs") for n in spec.needs),
        _computed_term(spec, formula),
    )
    _check_repetition(spec, declared)
    for condition in declared.conditions:
        if condition.op != "=" or any(t.placeholders() for t in condition.terms):
            raise _fail(spec, "when", "只能写不带 {…} 的等式。")
    return declared


def _fail(spec: RelationSpec, key: str, reason: str) -> TemplateError:
    return TemplateError(spec.source, f"relation.{spec.id}.{key}", reason)


def _single_term(text: str, spec: RelationSpec, key: str) -> Term:
    terms = parse_side(text, spec.source, f"relation.{spec.id}.{key}")
    if len(terms) != 1 or terms[0].row_to or terms[0].col_to:
        raise _fail(spec, key, f"“{text}”应是一个金额的位置。")
    return terms[0]


def _computed_term(spec: RelationSpec, formula: Formula) -> Term | None:
    if not spec.computes:
        return None
    if formula.op != "=":
        raise _fail(spec, "holds", "不等式不能用来计算。")
    if spec.setting:
        raise _fail(spec, "computes", "随设置开关的关系不能用来计算。")
    if spec.computes == "left":
        first = formula.left[0] if len(formula.left) == 1 else None
        if first is None or first.sign < 0 or first.row_to or first.col_to or first.row == "@classes":
            raise _fail(spec, "holds", 'computes = "left" 要求等号左边只有一项。')
        return first
    wanted = _single_term(spec.computes, spec, "computes")
    place = (wanted.form, wanted.row, wanted.col)
    if not any((t.form, t.row, t.col) == place and not t.row_to and not t.col_to for t in formula.terms):
        raise _fail(spec, "computes", f"“{spec.computes}”不是 holds 里单独写出的一项。")
    return wanted


def _check_repetition(spec: RelationSpec, declared: Declared) -> None:
    """Refuse placeholders that do not name what the relation is repeated for, and repetition over nothing."""
    terms = (*declared.formula.terms, *declared.needs, *filter(None, (declared.computes,)))
    used = {p for t in terms for p in t.placeholders()}
    if unknown := sorted(used - {spec.each}):
        raise _fail(spec, "holds", f"{{{unknown[0]}}} 与 each 不一致，each 现在是“{spec.each}”。")
    if any(t.row_is_key if spec.each == "column" else t.col_is_key for t in terms):
        raise _fail(spec, "holds", "{column} 只能写在栏的位置，其余 {…} 只能写在行的位置。")
    if spec.each and not used:
        raise _fail(spec, "each", f"holds 里没有用到 {{{spec.each}}}。")
    if spec.each and not spec.of:
        raise _fail(spec, "of", "写了 each 就要写明由哪些表提供。")
