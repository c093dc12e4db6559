"""Findings in words for the list: where, the figures, the rule. No Qt here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from desktopapp.core.amount import Unit, format_number
from desktopapp.core.checker import Checker
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.naming import describe, form_name
from desktopapp.core.report import Report
from desktopapp.gui.window.findings_model import Shown, Wording


class ReportWording(Wording):
    """Words findings of one report in one unit."""

    def __init__(
        self, report: Report, checker: Checker, unit: Unit, names: Callable[[str], str] = lambda _key: ""
    ) -> None:
        """``names`` tells what pages are called that are no form."""
        self._report, self._checker, self._unit, self._names = report, checker, unit, names

    def _where(self, finding: Finding) -> str:
        page = page_of(self._report, finding, self._names)
        return finding.where if finding.kind == "text" and finding.where else page

    def shown(self, finding: Finding) -> Shown:
        """Return title, figures and rule of a finding."""
        where = self._where(finding)
        beside = finding.kind in ("input", "text")
        if finding.places and finding.kind != "form" and not beside:
            where = describe(self._report, finding.places[0])
        if finding.accepted:
            return Shown(where, f"说明：{finding.accepted}", finding.message)
        relation = self._checker.relation(finding.id) if not beside else None
        if relation is None or not isinstance(finding.found, int) or not isinstance(finding.expected, int):
            return Shown(where, finding.message, "")
        figures = _figures(finding, relation.op, self._unit)
        if relation.target is not None and self._checker.blank_total(relation.target):
            figures = f"未填，应为 {format_number(finding.expected, self._unit)}"
        return Shown(where, figures, relation.says)


def page_of(report: Report, finding: Finding, names: Callable[[str], str]) -> str:
    """Return the name of the form or page that a finding is about; ``names`` knows the pages that are no form."""
    if report.template.has_form(finding.form):
        return form_name(report, finding.form)
    if finding.kind == "performance" and not names(finding.form):
        return "绩效自评表"
    return names(finding.form) or finding.where or "报表"


def _figures(finding: Finding, op: str, unit: Unit) -> str:
    assert isinstance(finding.found, int) and isinstance(finding.expected, int)
    left, right = format_number(finding.found, unit), format_number(finding.expected, unit)
    gap = format_number(abs(finding.found - finding.expected), unit)
    if op == "<=":
        return f"{left} ＞ {right}，超出 {gap}"
    if finding.severity is Severity.ROUNDING:
        return f"{left} ≈ {right}，尾差 {gap}"
    return f"{left} ≠ {right}，相差 {gap}"


def summary(counts: Counter[Severity]) -> str:
    """Return counts for a title: "2 错误 · 1 警告 · 10 尾差", empty when there is nothing."""
    return " · ".join(f"{counts[s]} {s.label}" for s in Severity if counts[s])


def verdict_sentence(counts: Counter[Severity]) -> str:
    """Return the result of a check as one sentence."""
    if counts[Severity.ERROR]:
        others = [f"{counts[s]} 个{s.label}" for s in Severity if counts[s] and s is not Severity.ERROR]
        return f"校验完成：有 {counts[Severity.ERROR]} 个错误" + (f"，另有 {'、'.join(others)}。" if others else "。")
    others = [f"{counts[s]} 个{s.label}" for s in Severity if counts[s]]
    return "校验完成：没有错误" + (f"，有 {'、'.join(others)}。" if others else "，全部关系成立。")


def as_table(report: Report, findings: Iterable[Finding], names: Callable[[str], str] = lambda _key: "") -> str:
    """Return findings as tab-separated text with a header row, for a spreadsheet or a message."""
    lines = ["级别\t表\t位置\t说明\t建议"]
    for finding in findings:
        where = describe(report, finding.places[0]) if finding.places else finding.where
        cells = (finding.severity.label, page_of(report, finding, names), where, finding.message, finding.suggestion)
        lines.append("\t".join(" ".join(text.split()) for text in cells))
    return "\n".join(lines)
