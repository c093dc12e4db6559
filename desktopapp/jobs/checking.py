"""Jobs that judge a report: its findings, and the cells that are probably wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktopapp.collecting import uncollected
from desktopapp.core.accepted import with_explanations
from desktopapp.core.checker import Checker
from desktopapp.core.findings import Finding, finding_json
from desktopapp.core.judging import all_findings
from desktopapp.core.naming import place_id
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.jobs.base import UserError, facts_of, get_catalogues, template_root
from desktopapp.jobs.exporting import document_of
from desktopapp.jobs.running_text import text_findings
from desktopapp.narrative.fields import SOURCE_TEXT, TEXT_FIELD

if TYPE_CHECKING:
    from desktopapp.core.suspects import Suspect


def check_report(report: Report) -> tuple[Checker, list[Finding]]:
    """Return the checker of a report and all its findings: forms first, then what stands beside them, then its text."""
    with uncollected():
        checker = Checker(report, rule_book(report.template))
        found = all_findings(report, checker, get_catalogues(report.year))
    found += [*beside_findings(report), *text_findings(report), *own_text_findings(report)]
    return checker, with_explanations(report, found)


def own_text_findings(report: Report) -> list[Finding]:
    """Return what is wrong in the text that will be printed, where the office has written any of it itself."""
    if not any(key.startswith(TEXT_FIELD) for key in report.fields):
        return []
    from desktopapp.narrative.document_check import document_findings
    from desktopapp.store.outline_files import load_claim_book

    return document_findings(report, facts_of(report), load_claim_book(template_root()), document_of(report))


def beside_findings(report: Report) -> list[Finding]:
    """Return what is wrong in the inputs beside the forms and in the self-evaluation forms."""
    if not any(key.startswith("input.") or key == "selfeval" for key in report.fields):
        return []
    from desktopapp.narrative.selfeval_findings import selfeval_findings

    if report.fields.get(SOURCE_TEXT):
        # What was read out of a text is checked where it stands in the text, not a second time.
        return list(selfeval_findings(report))
    from desktopapp.narrative.input_checks import input_findings

    return list(input_findings(report, facts_of(report)))


def suspected(report: Report, checker: Checker) -> list[Suspect]:
    """Return the cells that are most probably wrong, best first, proved by the solver; raises UserError."""
    from desktopapp.solver.program import SolverError
    from desktopapp.solver.suspects_solver import exact_suspects

    try:
        return exact_suspects(report, checker)
    except SolverError as error:
        raise UserError(str(error)) from error


def suspect_text(report: Report, suspect: Suspect) -> str:
    """Return one line on a suspect: the cells, what they hold and should hold, and why."""
    from desktopapp.core.amount import format_number
    from desktopapp.core.naming import describe

    told = [
        f"{describe(report, cell)} {format_number(found or 0)} → {format_number(suggested or 0)}"
        for cell, found, suggested in zip(suspect.places, suspect.found, suspect.suggested, strict=True)
    ]
    return f"{'；'.join(told)}：{suspect.why}"


def suspected_json(report: Report, found: list[Suspect]) -> list[dict[str, Any]]:
    """Return suspects as ``check --suspects --format json`` prints them."""
    from desktopapp.core.suspects import suspects_json

    return suspects_json(found, lambda cell: place_id(report, cell))


def findings_json(report: Report, findings: list[Finding]) -> dict[str, Any]:
    """Return findings as ``check --format json`` prints them."""
    return {"findings": [finding_json(report, f) for f in findings]}
