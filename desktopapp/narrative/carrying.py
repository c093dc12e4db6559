"""Last year's own words for this year: numbers bound to facts, so that the same sentences follow new amounts."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.performance.next_year import emptied
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_stored, to_json
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.core.whole import whole_copy
from desktopapp.narrative.bindings import carry, reasons_in
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.fields import GRADES
from desktopapp.narrative.narrative import TEXT_FIELD
from desktopapp.narrative.reading.binding import BoundText, bind_sections
from desktopapp.narrative.reading.context import Context
from desktopapp.narrative.selfeval_tables import FIELD as SELFEVAL

#: Input tables whose rows stay from year to year, and the columns that stay filled.
_LASTING = {
    "overview": ("duties", "telephone"),
    "units": ("name", "kind", "note"),
    "offices": ("name",),
    "projects": ("name", "scope"),
    "indicators": ("project", "level", "name"),
    "staff": ("key", "authorised"),
    "staff_total": ("authorised",),
}
#: What the office chose for its region, the same every year: the grades of self-evaluation.
_CHOSEN = (GRADES,)
#: Agency running costs, which only the text of a published report tells.
AGENCY = Cell("S1", "agency_running", "amount")


@dataclass(frozen=True, slots=True)
class Carried:
    """What was carried over: sections with how many of their numbers were bound and how many were not; old reasons."""

    sections: tuple[tuple[str, int, int], ...]
    reasons: int = 0


def bindable_copy(report: Report, context: Context) -> Report:
    """Return a copy for binding: totals that were left blank are filled, and what the text alone states is added."""
    copy, _ = whole_copy(report)
    agency = context.stated("agency")
    if agency and copy.template.has_form("S1"):
        copy.amounts.setdefault(AGENCY, int(Fraction(agency[0].value) * FEN_PER_WAN))
    return copy


def bound_text(report: Report, context: Context) -> dict[str, BoundText]:
    """Return the explanatory sections of an imported text with their numbers bound to that year's facts."""
    facts = Facts(bindable_copy(report, context), context.facts.book)
    return bind_sections(facts, context.book, context.passages)


def carry_words(last: Report, report: Report, facts: Facts, context: Context | None) -> Carried:
    """Give a new year's report last year's own words: its sections, or those bound in its imported text.

    ``facts`` are the new report's. Rows of input tables that last (units, projects, duties) come along without their
    amounts. Sections that the new report already words itself stay as they are.
    """
    told: list[tuple[str, int, int]] = []
    own = {k: v for k, v in last.fields.items() if k.startswith(TEXT_FIELD) and isinstance(v, str)}
    for key, text in own.items():
        report.fields.setdefault(key, carry(text, facts))
    for section, bound in (bound_text(last, context) if context is not None and not own else {}).items():
        if bound.bound:
            report.fields.setdefault(TEXT_FIELD + section, carry(bound.text, facts))
            told.append((section, bound.bound, bound.unbound))
    for table, columns in _LASTING.items():
        rows = last.fields.get(f"input.{table}")
        if isinstance(rows, list):
            kept = [{k: deepcopy(v) for k, v in r.items() if k in columns} for r in rows if isinstance(r, dict)]
            report.fields.setdefault(f"input.{table}", [r for r in kept if r])
    for key in _CHOSEN:
        if key in last.fields:
            report.fields.setdefault(key, last.fields[key])
    texts = [v for k, v in report.fields.items() if k.startswith(TEXT_FIELD) and isinstance(v, str)]
    return Carried(tuple(told), sum(map(reasons_in, texts)))


def carry_forms(last: Report, report: Report) -> int:
    """Give a new year's report last year's self-evaluation forms to be filled in anew; return how many.

    Projects, indicators, weights and targets stay; amounts, actual values and scores are empty.
    """
    stored = last.fields.get(SELFEVAL)
    if SELFEVAL in report.fields or not isinstance(stored, list):
        return 0
    fresh = []
    for data in stored:
        try:
            fresh.append(to_json(emptied(from_stored(data))))
        except SelfEvalFormatError:
            # What cannot be read as a form stays with last year's file.
            continue
    if fresh:
        report.fields[SELFEVAL] = fresh
    return len(fresh)
