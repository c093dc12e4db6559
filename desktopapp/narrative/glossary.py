"""Part 5, made from what the report uses: funding terms, every functional item of forms 03 and 05, other terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from desktopapp.core.levels import FUNCTIONAL, parents
from desktopapp.core.report import Report
from desktopapp.narrative.explanations import Glossary, Term
from desktopapp.narrative.fact_sources import leaves
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.plain import clean
from desktopapp.narrative.wording import Wording, cn

#: Report field with the office's own explanation of an entry, by key (a term's key or an item's code).
FIELD = "glossary."
#: Key of the term that stands for the list of functional items.
ITEMS = "items"
#: Forms whose items are explained.
FORMS = ("03", "05")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: key, what is explained, the explanation ("" when there is none), and whether the office wrote it."""

    key: str
    label: str
    text: str
    own: bool = False
    within: bool = False


def entries(
    report: Report, facts: Facts, glossary: Glossary, wording: Wording, items: tuple[Entry, ...] | None = None
) -> tuple[Entry, ...]:
    """Return the entries that the report needs, in printed order; ``within`` marks those of the list of items.

    ``items`` are those entries where they are known already; they change only with rows and own explanations.
    """
    found: list[Entry] = []
    for term in glossary.terms:
        if term.key == ITEMS:
            listed = item_entries(report, glossary, wording) if items is None else items
            if listed:
                found += [Entry(ITEMS, term.label, ""), *listed]
        elif _used(term, facts, wording):
            found.append(_entry(report, term.key, term.label, term.text))
    return tuple(found)


def _used(term: Term, facts: Facts, wording: Wording) -> bool:
    return not term.facts or any(wording.nonzero(i) for i in term.facts if i in facts)


def _entry(report: Report, key: str, label: str, text: str, within: bool = False) -> Entry:
    own = report.fields.get(FIELD + key)
    written = isinstance(own, str) and bool(own.strip())
    return Entry(key, label, clean(str(own)).strip() if written else text, written, within)


def item_entries(report: Report, glossary: Glossary, wording: Wording) -> tuple[Entry, ...]:
    """Return the entries of the functional items."""
    return tuple(_items(report, glossary, wording))


def _items(report: Report, glossary: Glossary, wording: Wording) -> Iterator[Entry]:
    for code in used_items(report):
        form = next(f for f in FORMS if report.template.has_form(f) and code in report.rows_of(f))
        above = [wording.row_name(c, form) for c in parents(code, FUNCTIONAL)]
        section, class_ = above[-1] if above else "", above[0] if above else ""
        text = glossary.item(code, wording.row_name(code, form), section, class_)
        yield _entry(report, code, wording.full_name(code, form), text, within=True)


def used_items(report: Report) -> list[str]:
    """Return the leaf codes of forms 03 and 05 in code order."""
    codes: set[str] = set()
    for form_id in FORMS:
        if report.template.has_form(form_id):
            codes.update(leaves(report, form_id))
    # A code that is a leaf in one form and has items below it in the other is explained by its items.
    ordered = sorted(codes)
    return [c for c, after in pairwise([*ordered, ""]) if not after.startswith(c)]


def lines(found: tuple[Entry, ...], number: str, inner: str) -> Iterator[tuple[str, str, str]]:
    """Yield (key, heading, explanation) with numbers: ``number`` and ``inner`` hold {cn} or {n}."""
    outer = within = 0
    for entry in found:
        if entry.within:
            within += 1
            head = inner.format(cn=cn(within), n=within)
        else:
            outer, within = outer + 1, 0
            head = number.format(cn=cn(outer), n=outer)
        yield entry.key, head + entry.label, entry.text
