"""What is known of one cell, in words: its relations with both sides' values, last year's value. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from desktopapp.core.amount import Unit, format_amount, format_number
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.findings import Severity, sides
from desktopapp.core.levels import base
from desktopapp.core.naming import describe, form_name
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, TOTAL_ROW, Cell

_OPERATORS = {"=": ("＝", "≠"), "<=": ("≤", "＞")}


@dataclass(frozen=True, slots=True)
class RelationLine:
    """One relation of a cell: ``state`` in a word, ``why`` where it is not judged.

    ``left`` and ``right`` are the values of both sides, ``sign`` stands between them, ``gap`` is their difference.
    ``severity`` is None where nothing is wrong.
    """

    relation: Relation
    verdict: Verdict
    severity: Severity | None
    state: str
    says: str
    left: str
    sign: str
    right: str
    gap: str
    why: str


@dataclass(frozen=True, slots=True)
class CellWords:
    """The head line of the inspector: name and value of the cell, how it came about, last year's value and change."""

    name: str
    value: str
    origin: str
    last_year: str


def relation_lines(report: Report, checker: Checker, cell: Cell, unit: Unit) -> list[RelationLine]:
    """Return the relations of a cell: those that fail first, those that do not apply last."""
    lines = [_line(report, checker, r, unit) for r in checker.relations_of(cell)]
    rank = {
        Verdict.VIOLATED: 0,
        Verdict.ROUNDING: 1,
        Verdict.HOLDS: 2,
        Verdict.UNKNOWN: 3,
        Verdict.NOT_APPLICABLE: 4,
    }
    return sorted(lines, key=lambda line: rank[line.verdict])


def _line(report: Report, checker: Checker, relation: Relation, unit: Unit) -> RelationLine:
    verdict = checker.verdict(relation)
    left, right = sides(report, relation)
    holds, fails = _OPERATORS.get(relation.op, (relation.op, "≠"))
    judged = verdict in (Verdict.HOLDS, Verdict.ROUNDING, Verdict.VIOLATED)
    sign = {Verdict.VIOLATED: fails, Verdict.ROUNDING: "≈"}.get(verdict, holds)
    state, severity = _state(relation, verdict)
    return RelationLine(
        relation=relation,
        verdict=verdict,
        severity=severity,
        state=state,
        says=_says(report, relation),
        left=format_number(left, unit) if judged else "",
        sign=sign if judged else "",
        right=format_number(right, unit) if judged else "",
        gap=format_number(left - right, unit) if judged and left != right and sign != "≤" else "",
        why=_why(report, checker, relation) if verdict is Verdict.UNKNOWN else "",
    )


def _state(relation: Relation, verdict: Verdict) -> tuple[str, Severity | None]:
    if verdict is Verdict.VIOLATED:
        severity = Severity[relation.severity.upper()]
        return severity.label, severity
    if verdict is Verdict.ROUNDING:
        return Severity.ROUNDING.label, Severity.ROUNDING
    return {Verdict.HOLDS: "成立", Verdict.UNKNOWN: "未校验"}.get(verdict, "不适用"), None


def _says(report: Report, relation: Relation) -> str:
    """Return the printed wording, with the row or line it is applied to in front."""
    left = [c for _, c in relation.terms[: relation.left]]
    cell = left[0] if left else (relation.terms[0][1] if relation.terms else None)
    if cell is None or not relation.key:
        return relation.says
    return f"{_short(report, relation, cell)}：{_own_part(report, relation, cell)}"


def _short(report: Report, relation: Relation, cell: Cell) -> str:
    """Return the row (and column) of a relation that is declared for many rows."""
    form = report.template.form(cell.form)
    column = next((c for c in form.columns_of(cell.row) if c.key == cell.col), None)
    row = form.total_label if cell.row == TOTAL_ROW else base(cell.row) if base(cell.row).isdigit() else ""
    line = form.line(cell.row)
    if line is not None:
        row = f"{line.no}行" if line.no is not None else line.label
    parts = [form_name(report, cell.form), row]
    if column is not None and column.no is not None and form.prints_column_numbers:
        parts.append(f"{column.no}栏")
    return " ".join(p for p in parts if p)


def _own_part(report: Report, relation: Relation, cell: Cell) -> str:
    """Return of a wording such as 合计＝各类之和；类＝各款之和；款＝各项之和 the part for the level of the cell."""
    parts = relation.says.split("；")
    if relation.kind != "hierarchy" or len(parts) == 1:
        return relation.says
    levels = report.levels(report.template.form(cell.form))
    depth = 0 if cell.row == TOTAL_ROW else sum(1 for n in levels if n <= len(base(cell.row)))
    return parts[depth] if len(parts) == len(levels) and depth < len(parts) else relation.says


def _why(report: Report, checker: Checker, relation: Relation) -> str:
    kind, missing = checker.reason_unknown(relation)
    if kind == "forms":
        names = [str(m) for m in missing]
        if all(n.startswith(LAST) for n in names):
            return "没有上年数"
        filled = "、".join(form_name(report, n) for n in names if not n.startswith(LAST))
        return f"{filled}尚未填写"
    names = [describe(report, m) for m in missing if isinstance(m, Cell)]
    shown = "、".join(names[:2]) + ("等" if len(names) > 2 else "")
    return f"{shown}未填" if shown else "有合计未填"


def relation_terms(report: Report, relation: Relation, unit: Unit) -> str:
    """Return every amount of a relation on a line of its own, for a tooltip."""
    lines = [relation.says]
    for at, (sign, cell) in enumerate(relation.terms):
        left = at < relation.left
        if at == relation.left:
            lines.append(_OPERATORS.get(relation.op, (relation.op,))[0])
        mark = "＋" if (sign > 0) is left else "－"
        amount = report.get(cell)
        value = "（空）" if amount is None else format_number(amount, unit)
        lines.append(f"{mark} {describe(report, cell)}　{value}")
    if len(lines) > 40:
        lines = [*lines[:38], f"……共 {len(relation.terms)} 项"]
    return "\n".join(lines)


def cell_words(report: Report, checker: Checker, cell: Cell, unit: Unit) -> CellWords:
    """Return the head line for a cell."""
    amount = report.get(cell)
    if cell in report.auto:
        origin = "自动计算"
    elif amount is not None:
        origin = "手工录入"
    else:
        origin = "未填"
    return CellWords(
        name=describe(report, cell),
        value=f"{format_amount(amount, unit)} {unit.value}" if amount else "",
        origin=origin,
        last_year=last_year_words(report, checker, cell, unit),
    )


def last_year_words(report: Report, checker: Checker, cell: Cell, unit: Unit) -> str:
    """Return last year's value of a cell and the change since, empty when nothing of last year is known."""
    if cell.form.startswith(LAST) or LAST + cell.form in checker.absent:
        return ""
    old = report.get(Cell(LAST + cell.form, cell.row, cell.col))
    now = report.get(cell) or 0
    if old is None:
        return "上年为空" if now else ""
    words = f"上年 {format_number(old, unit)}"
    if cell.form in checker.absent:
        # Nobody has filled in this year's form yet: its blanks are no zeros.
        return words
    if now == old:
        return f"{words}，持平"
    verb = "增加" if now > old else "减少"
    return f"{words}，{verb} {format_number(abs(now - old), unit)}（{percent(abs(now - old), abs(old))}）"


def percent(part: int, whole: int) -> str:
    """Return part of whole in percent with one decimal, rounded half up; whole must be positive."""
    tenths = (2 * part * 1000 + whole) // (2 * whole)
    return f"{tenths // 10:,}.{tenths % 10}%"
