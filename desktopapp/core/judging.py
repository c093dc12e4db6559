"""All findings of a report at once."""

from __future__ import annotations

from desktopapp.core.amount import Unit
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.checker import Checker
from desktopapp.core.code_findings import CodeFindings
from desktopapp.core.findings import Finding, form_findings, reading_findings, relation_finding, sort_findings
from desktopapp.core.report import Report


def all_findings(
    report: Report, checker: Checker, catalogues: Catalogues | None = None, unit: Unit = Unit.WAN
) -> list[Finding]:
    """Return every finding of a report: by severity, then in the order of the forms."""
    found = [relation_finding(report, checker, r, unit) for r in checker.open_relations()]
    if catalogues is not None:
        found += CodeFindings(report, catalogues).all()
    found += form_findings(report, checker)
    found += reading_findings(report)
    return sort_findings(report, found)
