"""What is wrong with the inputs beside the forms, as findings: wrong values, doubled rows, sums that do not agree."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from desktopapp.core.amount import PUBLISHED_GRAIN
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_stored
from desktopapp.core.report import Report
from desktopapp.core.template import LAST
from desktopapp.narrative.fact_sources import LAST_COLUMN, LAST_TABLE
from desktopapp.narrative.factbook import CheckSpec
from desktopapp.narrative.facts import Fact, Facts, write
from desktopapp.narrative.input_rows import InputRow, last_year_facts, shown_rows
from desktopapp.narrative.inputs import FIELD, KEY, InputColumn, InputTable, read_value
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.narrative.selfeval_findings import selfeval_findings
from desktopapp.narrative.selfeval_tables import FIELD as SELFEVAL
from desktopapp.narrative.selfeval_ties import tie_findings

#: Kind of all findings of this module.
KIND = "input"
_STYLE = NumberStyle(trim_amounts=False)


def input_findings(report: Report, facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the input tables; amounts compared are those of the facts."""
    for table in facts.book.inputs.values():
        yield from _table_findings(report, facts, table)
    for check in facts.book.checks:
        for key in _keys(facts, check):
            yield from _check(facts, check, key)
    yield from _last_year(report, facts)
    yield from _self_evaluations(report)
    yield from selfeval_findings(report)
    yield from tie_findings(report, facts)


# ── single values ───────────────────────────────────────────────────────────────────────────────────────────────────
def _table_findings(report: Report, facts: Facts, table: InputTable) -> Iterator[Finding]:
    seen: set[str] = set()
    for stored in facts.inputs.rows(table.id) if table.keyed else ():
        key = str(stored.get(KEY, ""))
        if key in seen:
            yield _finding(
                table, "double", key, Severity.ERROR, f"《{table.title}》里“{key}”重复了，请删去多余的一行。"
            )
        seen.add(key)
    for row in shown_rows(report, facts, table) if facts.inputs.filled(table.id) else ():
        if any(v not in (None, "") for k, v in row.values.items() if k != KEY):
            yield from _row_findings(table, row)
    if table.row_kind == "items" and report.template.has_form(table.of):
        yield from _parents(report, facts, table)


def _row_findings(table: InputTable, row: InputRow) -> Iterator[Finding]:
    where = f"《{table.title}》" + (f"“{row.label}”" if row.label else "")
    for column in table.columns:
        stored = row.values.get(column.key)
        value = read_value(column, stored)
        key = f"{row.key}.{column.key}"
        if stored not in (None, "") and value is None:
            message = f"{where}的“{column.label}”里的“{stored}”不是{_expected(column)}，请重新录入。"
            yield _finding(table, "value", key, Severity.ERROR, message)
        elif isinstance(value, int | Fraction) and value < 0 and column.kind != "amount":
            yield _finding(table, "negative", key, Severity.ERROR, f"{where}的“{column.label}”不能小于零，请更正。")
        elif value is None and column.required:
            yield _finding(table, "missing", key, Severity.INFO, f"{where}的“{column.label}”尚未填写。")


def _expected(column: InputColumn) -> str:
    return {"amount": "金额", "count": "整数", "number": "数字", "choice": "可选项"}.get(column.kind, "文字")


def _parents(report: Report, facts: Facts, table: InputTable) -> Iterator[Finding]:
    """Yield budgets typed for a code that has items below it: they would be counted twice."""
    rows = report.rows_of(table.of)
    levels = report.levels(report.template.form(table.of))
    for stored in facts.inputs.rows(table.id):
        key = str(stored.get(KEY, ""))
        if key in rows and rows.children(key, levels) and stored.get("budget"):
            message = (
                f"《{table.title}》里 {key} {rows.name(key)} 下面还有明细科目，预算数请填在明细科目上，否则会重复计算。"
            )
            yield _finding(table, "parent", key, Severity.WARNING, message)


# ── declared relations ──────────────────────────────────────────────────────────────────────────────────────────────
def _keys(facts: Facts, check: CheckSpec) -> list[str]:
    if not check.each:
        return [""]
    return [str(n) for n, _ in enumerate(facts.inputs.rows(check.each), 1)]


def _check(facts: Facts, check: CheckSpec, key: str) -> Iterator[Finding]:
    if check.table not in facts.book.inputs:
        return
    left, right = _side(facts, check, check.left, key), _side(facts, check, check.right, key)
    if left is None or right is None:
        return
    (found, parts), (expected, others) = left, right
    difference = found - expected
    if difference == 0 or (check.op == "<=" and difference < 0):
        return
    first = parts[0]
    severity = Severity[check.severity.upper()]
    if first.kind == "amount" and abs(difference) * 2 <= PUBLISHED_GRAIN * (len(parts) + len(others)):
        severity = Severity.ROUNDING
    names = "＋".join(f.label for f in others[:3]) + ("等" if len(others) > 3 else "")
    shown, wanted = _written(found, first), _written(expected, first)
    verb = "大于" if check.op == "<=" else "不等于"
    message = f"{first.label} {shown}，{verb}{names} {wanted}（{check.says}），请核对。"
    amounts = first.kind == "amount"
    yield Finding(
        id=f"input.{check.id}" + (f"[{key}]" if key else ""),
        rule=f"input.{check.id}",
        severity=severity,
        kind=KIND,
        form=FIELD + check.table,
        message=message,
        places=tuple(dict.fromkeys(c for f in (*parts, *others) for c in f.cells)),
        rows=((FIELD + check.table, key),),
        expected=int(expected) if amounts else wanted,
        found=int(found) if amounts else shown,
        difference=int(difference) if amounts else None,
    )


def _side(
    facts: Facts, check: CheckSpec, terms: tuple[tuple[int, str], ...], key: str
) -> tuple[Fraction, list[Fact]] | None:
    """Return the sum of one side with its facts, None when it cannot be stated."""
    parts = [(sign, facts.find(i.format(key=key))) for sign, i in terms]
    known = [(sign, f) for sign, f in parts if f is not None and f.known]
    if not known or (len(known) < len(parts) and not check.blank_is_zero):
        return None
    return sum((sign * Fraction(f.quantity) for sign, f in known), Fraction()), [f for _, f in known]


def _written(value: Fraction, like: Fact) -> str:
    kind, unit = like.kind, like.unit
    number = int(value) if kind in ("amount", "count") else value
    return f"{write(Fact('', '', kind, number, unit), _STYLE)} {unit}".strip()


# ── across years ────────────────────────────────────────────────────────────────────────────────────────────────────
def _last_year(report: Report, facts: Facts) -> Iterator[Finding]:
    """Yield typed amounts of last year that differ from its forms: right after a reorganisation, else a slip."""
    if LAST_TABLE not in facts.book.inputs:
        return
    filled = facts.filled_forms()
    for fact_id in last_year_facts(facts):
        typed = facts.inputs.value(LAST_TABLE, fact_id, LAST_COLUMN)
        cells = facts.get(fact_id).cells
        if typed is None or not cells or not {LAST + c.form for c in cells} <= filled:
            continue
        published = facts.published_last_year(fact_id)
        if published == typed:
            continue
        label = facts.get(fact_id).label
        message = (
            f"录入的上年“{label}”{_STYLE.amount(int(typed))} 万元，与上年公开表的 {_STYLE.amount(published)} 万元不同；"
            "如因机构改革等调整了口径，请保留并在情况说明中写明，否则请更正。"
        )
        yield Finding(
            id=f"input.last_year[{fact_id}]",
            rule="input.last_year",
            severity=Severity.WARNING,
            kind=KIND,
            form=FIELD + LAST_TABLE,
            message=message,
            places=tuple(c._replace(form=LAST + c.form) for c in cells),
            rows=((FIELD + LAST_TABLE, fact_id),),
            expected=published,
            found=int(typed),
            difference=int(typed) - published,
        )


def _self_evaluations(report: Report) -> Iterator[Finding]:
    stored = report.fields.get(SELFEVAL)
    for at, data in enumerate(stored if isinstance(stored, list) else [], 1):
        try:
            from_stored(data)
        except SelfEvalFormatError as error:
            yield Finding(
                id=f"input.selfeval[{at}]",
                rule="input.selfeval",
                severity=Severity.ERROR,
                kind=KIND,
                form=SELFEVAL,
                message=f"第 {at} 份绩效自评表读不出来，没有写进报告：{error}",
                rows=((SELFEVAL, str(at)),),
            )


def _finding(table: InputTable, what: str, key: str, severity: Severity, message: str) -> Finding:
    return Finding(
        id=f"input.{what}[{table.id}:{key}]",
        rule=f"input.{what}",
        severity=severity,
        kind=KIND,
        form=table.field,
        message=message,
        rows=((table.field, key),),
    )
