"""Amounts of self-evaluation forms against the forms of the report and the table of projects."""

from __future__ import annotations

from collections.abc import Iterator

from desktopapp.core.amount import PUBLISHED_GRAIN, format_number
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.performance.selfeval import FormKind, SelfEvaluation
from desktopapp.core.performance.wording import bare_words
from desktopapp.core.report import Report
from desktopapp.narrative.facts import Fact, Facts
from desktopapp.narrative.selfeval_tables import FIELD, stored_forms

KIND = "input"
#: Two amounts printed to 0.01 万元 may stand for the same exact one when they differ by no more than this.
_TOLERANCE = PUBLISHED_GRAIN


def tie_findings(report: Report, facts: Facts) -> Iterator[Finding]:
    """Yield amounts of self-evaluation forms that the report states differently."""
    forms = stored_forms(report)
    names = {bare_words(str(r.get("name", ""))): n for n, r in enumerate(facts.inputs.rows("projects"), 1)}
    for at, form in enumerate(forms, 1):
        if form.kind is FormKind.DEPARTMENT:
            yield from _department(form, at, facts)
        elif bare_words(form.head.name) in names:
            yield from _project(form, at, names[bare_words(form.head.name)], facts)
    yield from _sum(forms, facts)


def _project(form: SelfEvaluation, at: int, row: int, facts: Facts) -> Iterator[Finding]:
    """Budget and outturn of a project are those that the text states."""
    for what, amount, label in (
        ("budget", form.execution.budget, "预算数（A）"),
        ("executed", form.execution.executed, "执行数（B）"),
    ):
        told = facts.find(f"project[{row}].{what}")
        if amount is not None and told is not None and told.known and _differ(amount, told):
            yield _finding(form, at, what, label, amount, [told], "项目支出与绩效表")


def _department(form: SelfEvaluation, at: int, facts: Facts) -> Iterator[Finding]:
    """Basic and project expenditure of the department are those of form 03 or, without other money, of form 05."""
    for what, amount, label, ids in (
        ("basic", form.execution.basic_total, "基本支出总额", ("03.basic", "05.basic")),
        ("project", form.execution.project_total, "项目支出总额", ("03.project", "05.project")),
        ("executed", form.execution.executed, "执行数（B）", ("expense.total", "fiscal.expense_total")),
    ):
        told = [f for f in map(facts.find, ids) if f is not None and f.quantity]
        if amount is not None and told and all(_differ(amount, f) for f in told):
            yield _finding(form, at, what, label, amount, told, "决算报表")


def _differ(amount: int, fact: Fact) -> bool:
    return abs(amount - int(fact.quantity)) > _TOLERANCE


def _sum(forms: tuple[SelfEvaluation, ...], facts: Facts) -> Iterator[Finding]:
    """All projects together have not spent more than the forms show."""
    spent = [f.execution.executed for f in forms if f.kind is FormKind.PROJECT and f.execution.executed is not None]
    project = facts.find("03.project")
    if len(spent) < 2 or project is None or not project.quantity:
        return
    total = sum(spent)
    if total - project.quantity > _TOLERANCE * len(spent):
        message = (
            f"各项目绩效自评表的执行数合计 {format_number(total)} 万元，大于{project.label}"
            f" {format_number(int(project.quantity))} 万元，请核对各表的执行数。"
        )
        yield Finding(
            id="input.selfeval.sum",
            rule="input.selfeval.sum",
            severity=Severity.WARNING,
            kind=KIND,
            form=FIELD,
            message=message,
            places=project.cells,
            rows=((FIELD, ""),),
            expected=int(project.quantity),
            found=total,
            difference=total - int(project.quantity),
        )


def _finding(
    form: SelfEvaluation, at: int, what: str, label: str, amount: int, told: list[Fact], where: str
) -> Finding:
    first = told[0]
    message = (
        f"《{form.head.name}》绩效自评表的{label} {format_number(amount)} 万元，与{where}的{first.label}"
        f" {format_number(int(first.quantity))} 万元不一致，请核对。"
    )
    return Finding(
        id=f"input.selfeval.{what}[{at}]",
        rule=f"input.selfeval.{what}",
        severity=Severity.WARNING,
        kind=KIND,
        form=FIELD,
        message=message,
        places=tuple(c for f in told for c in f.cells),
        rows=((FIELD, str(at)),),
        expected=int(first.quantity),
        found=amount,
        difference=amount - int(first.quantity),
    )
