"""Warnings that an accountant accepted with a written explanation, kept in the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from desktopapp.core.commands import SetField
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.report import Report

#: Report field with the explanations by finding id.
ACCEPTED = "accepted"
LONGEST_EXPLANATION = 2_000


def explanations(report: Report) -> dict[str, str]:
    """Return the explanations that the report keeps, by finding id; what is malformed is passed over."""
    found = report.fields.get(ACCEPTED)
    if not isinstance(found, dict):
        return {}
    return {k: v for k, v in found.items() if isinstance(k, str) and isinstance(v, str) and v.strip()}


def may_be_accepted(finding: Finding) -> bool:
    """Tell whether a finding may be explained instead of repaired: only warnings."""
    return finding.severity in (Severity.WARNING, Severity.ACCEPTED)


def accept(report: Report, finding_id: str, explanation: str) -> SetField:
    """Return the command that accepts a warning; an empty explanation takes the acceptance back."""
    text = explanation.strip()[:LONGEST_EXPLANATION]
    kept = {k: v for k, v in explanations(report).items() if k != finding_id}
    if text:
        kept[finding_id] = text
    return SetField(ACCEPTED, kept or None)


def with_explanations(report: Report, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings, accepted warnings with their explanation; severities stay as they are."""
    known = explanations(report)
    return [explained(f, known.get(f.id, "")) for f in findings]


def explained(finding: Finding, explanation: str) -> Finding:
    """Return a finding with its explanation if it may have one."""
    return replace(finding, accepted=explanation) if explanation and may_be_accepted(finding) else finding


def set_apart(finding: Finding, explanation: str) -> Finding:
    """Return an accepted warning as lists show it: apart from those still open."""
    found = explained(finding, explanation)
    return replace(found, severity=Severity.ACCEPTED) if found.accepted else finding
