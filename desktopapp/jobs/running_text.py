"""What is done with the text that came with an imported report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktopapp.core.amount import FEN_PER_WAN, plain_wan
from desktopapp.core.findings import Finding
from desktopapp.core.report import Report
from desktopapp.jobs.base import facts_of, template_root
from desktopapp.narrative.fields import SOURCE_TEXT

if TYPE_CHECKING:
    from desktopapp.narrative.reading.binding import BoundText
    from desktopapp.narrative.reading.context import Context
    from desktopapp.narrative.reading.harvest import Harvested


def harvest_text(report: Report) -> list[Harvested]:
    """Take what the imported text states beside the forms into the input tables that are empty; return all of it."""
    context = text_context(report)
    if context is None:
        return []
    from desktopapp.narrative.carrying import AGENCY
    from desktopapp.narrative.reading.harvest import as_tables, harvest
    from desktopapp.store.outline_files import load_harvest

    tables = context.facts.book.inputs
    found = harvest(context, load_harvest(template_root()), tables)
    for table, rows in as_tables(found).items():
        report.fields.setdefault(f"input.{table}", rows)
    stated = context.stated("agency")
    if stated and report.template.has_form(AGENCY.form):
        # No published form holds it; the text does.
        report.amounts.setdefault(AGENCY, int(stated[0].value * FEN_PER_WAN))
    return found


def fact_json(found: Harvested) -> dict[str, Any]:
    """Return a harvested value for the account of an import: amounts as decimal strings in 万元."""
    amount = found.column in ("budget", "executed", "amount", "sme", "small", "goods", "works", "services", "foreign")
    value = plain_wan(found.value) if amount and isinstance(found.value, int) else found.value
    return {"table": found.table, "row": found.row, "column": found.column, "value": value, "where": found.where}


def text_context(report: Report) -> Context | None:
    """Return what checks and harvest of the imported text look things up in, None when the report keeps no text."""
    if not report.fields.get(SOURCE_TEXT):
        return None
    from desktopapp.readers.running_text import restored

    found = restored(report.fields[SOURCE_TEXT])
    if not found:
        return None
    from desktopapp.narrative.reading.context import Context, find_named
    from desktopapp.store.outline_files import load_claim_book

    context = Context(report, facts_of(report), load_claim_book(template_root()), found)
    find_named(context)
    return context


def bound_text(report: Report) -> dict[str, BoundText]:
    """Return the sections of the imported text with their numbers bound to the facts, empty without such a text."""
    from desktopapp.narrative import carrying

    context = text_context(report)
    return carrying.bound_text(report, context) if context is not None else {}


def text_findings(report: Report) -> list[Finding]:
    """Return what is wrong in the imported text that a report keeps, but for sections taken over as own text."""
    if (context := text_context(report)) is None:
        return []
    from desktopapp.narrative.narrative import own_text
    from desktopapp.narrative.reading.check import check_context

    taken = {place for p in context.passages if p.section and own_text(report, p.section) for place in p.places}
    return [f for f in check_context(context) if f.where.partition("（")[0] not in taken]
