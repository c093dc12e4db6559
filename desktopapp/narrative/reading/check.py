"""All checks of text, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from desktopapp.core.findings import Finding
from desktopapp.core.report import Report
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.reading import (
    check_agreement,
    check_amounts,
    check_changes,
    check_contents,
    check_glossary,
    check_parts,
    check_phrases,
    check_ratios,
    check_reasons,
    check_selfeval,
    check_wholes,
    check_words,
)
from desktopapp.narrative.reading.claims import ClaimBook
from desktopapp.narrative.reading.context import Context, find_named
from desktopapp.narrative.reading.passages import Passage

CHECKS: tuple[Callable[[Context], Iterator[Finding]], ...] = (
    check_amounts.check_claims,
    check_amounts.check_budget_sum,
    check_amounts.check_agency,
    check_changes.check_changes,
    check_changes.check_against_budget,
    check_changes.check_as_planned,
    check_changes.check_changes_agree,
    check_agreement.check_paired_rates,
    check_agreement.check_change_sums,
    check_agreement.check_differences,
    check_agreement.check_told_twice,
    check_agreement.check_balances,
    check_agreement.check_budget_parts,
    check_agreement.check_per_head,
    check_ratios.check_completion,
    check_ratios.check_deviation,
    check_ratios.check_shares,
    check_ratios.check_share_outliers,
    check_ratios.check_share_sums,
    check_agreement.check_units,
    check_ratios.check_comparison_words,
    check_parts.check_lists,
    check_parts.check_sums,
    check_parts.check_statements,
    check_parts.check_empty_forms,
    check_reasons.check_reasons,
    check_reasons.check_item_reasons,
    check_reasons.check_reason_direction,
    check_parts.check_projects,
    check_parts.check_project_twice,
    check_wholes.check_partitions,
    check_wholes.check_within,
    check_wholes.check_people,
    check_wholes.check_project_list,
    check_parts.check_class_lists,
    check_parts.check_listed_twice,
    check_parts.check_sme_shares,
    check_selfeval.check_executions,
    check_selfeval.check_ties,
    check_selfeval.check_causes,
    check_selfeval.check_indicators,
    check_glossary.check_glossary,
    check_words.check_leftovers,
    check_words.check_doubles,
    check_words.check_years,
    check_words.check_numbering,
    check_contents.check_points,
    check_contents.check_contents,
    check_contents.check_both_sides,
    check_contents.check_heading_years,
    check_phrases.check_phrases,
    check_words.check_department,
)


def check_text(report: Report, facts: Facts, book: ClaimBook, passages: Sequence[Passage]) -> list[Finding]:
    """Return everything found in a text, in order of the checks; the same thing at the same place once."""
    context = Context(report, facts, book, passages)
    find_named(context)
    return check_context(context)


def check_context(context: Context) -> list[Finding]:
    """Return everything found in a text whose named amounts are already noted."""
    found: dict[str, Finding] = {}
    for check in CHECKS:
        context.facts.go_on()
        for finding in check(context):
            found.setdefault(finding.id, finding)
    return list(found.values())
