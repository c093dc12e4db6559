"""What is wrong in the self-evaluation forms of a report, as findings like all others."""

from __future__ import annotations

from collections.abc import Iterator

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.performance.checks import SelfEvalFinding, check_all
from desktopapp.core.report import Report
from desktopapp.narrative.selfeval_tables import FIELD, stored_forms


def selfeval_findings(report: Report) -> Iterator[Finding]:
    """Yield the findings of every stored form; the place is the form's name and a pointer into it."""
    for at, form in enumerate(stored_forms(report)):
        name = form.head.name or f"第 {at + 1} 张绩效自评表"
        for found in check_all(form):
            yield _finding(found, at, name)


def _finding(found: SelfEvalFinding, at: int, name: str) -> Finding:
    return Finding(
        id=f"{found.rule}[{at}{found.path}]",
        rule=found.rule,
        severity=Severity[found.severity.upper()],
        kind="performance",
        form="",
        message=f"“{name}”：{found.message}",
        expected=found.expected,
        found=found.found,
        where=f"{FIELD}/{at}{found.path}",
    )
