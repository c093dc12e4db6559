"""What to look at before a report is published, as a list with places to jump to. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.report import Report
from desktopapp.narrative.document_check import MISSING

#: Rules about what somebody forgot to fill in or to take out.
_LEFTOVERS = ("text.leftover",)


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the checklist with the findings behind it. ``blocking``: exporting takes an explicit yes."""

    title: str
    severity: Severity
    findings: tuple[Finding, ...] = ()
    blocking: bool = False

    @property
    def done(self) -> bool:
        """Tell whether there is nothing left to do."""
        return not self.findings


def checklist(report: Report, findings: Iterable[Finding]) -> list[Point]:
    """Return the points in the order in which they matter, settled ones included."""
    rest = list(findings)

    def take(title: str, severity: Severity, wanted: list[Finding], blocking: bool = False) -> Point:
        for finding in wanted:
            rest.remove(finding)
        return Point(title, severity, tuple(wanted), blocking)

    errors = [f for f in rest if f.severity is Severity.ERROR]
    points = [take("没有改正的错误", Severity.ERROR, errors, blocking=True)]
    left = [f for f in rest if f.rule.startswith(_LEFTOVERS)]
    points.append(take("占位符和模板提示", Severity.WARNING, left))
    open_warnings = [f for f in rest if f.severity is Severity.WARNING]
    points.append(take("没有说明的警告", Severity.WARNING, open_warnings))
    missing = [f for f in rest if f.rule in (MISSING, "input.missing")]
    points.append(take("没有填写的文字和数据", Severity.INFO, missing))
    empty = [f for f in rest if f.rule == "form.empty" and report.template.form(f.form).published]
    points.append(take("没有填写的表", Severity.INFO, empty))
    rounding = [f for f in rest if f.severity is Severity.ROUNDING]
    points.append(take("尾差", Severity.ROUNDING, rounding))
    accepted = [f for f in rest if f.severity is Severity.ACCEPTED]
    points.append(take("已说明的警告", Severity.ACCEPTED, accepted))
    return points
