"""Official terms with a character dropped or exchanged: 政府采购出总额, 财政拔款, 授予小微企业合同金."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import accumulate

from desktopapp.core.catalogue_names import normalise_name
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.levels import base
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.labels import bare
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.slips import slips

#: Shorter terms are too much like ordinary words once a character is missing.
_SHORTEST = 6
#: Ends of terms that cannot be left out.
_ENDS = "额出入余款"


def check_phrases(context: Context) -> Iterator[Finding]:
    """Yield official terms that are misspelt by one character."""
    terms = _terms(context)
    declared = frozenset(bare(t) for t in context.book.terms)
    known = (*terms, *context.book.variants)
    text = _Joined(context.passages)
    for wrong, right in context.book.misprints.items():
        # What is never right is wrong in titles and notes of forms as well.
        for passage in (p for p in context.passages if wrong in p.text):
            yield _misspelt(passage, wrong, right)
    told: set[tuple[str, str]] = set()
    for term in terms:
        # A large report names thousands of items.
        context.facts.go_on()
        for at, wrong in slips(text.plain, term, known, exchanged=term in declared):
            passage = text.passage_at(at)
            if not any(where == passage.where and (wrong in t or t in wrong) for where, t in told):
                told.add((passage.where, wrong))
                yield _misspelt(passage, wrong, term)
    yield from _cut_labels(context, terms)


class _Joined:
    """All passages that are text in one string, so that each term is looked for once."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        # Forms that could not be read lie about as text with their words torn apart.
        self._passages = [p for p in passages if p.part != 2 or p.section or p.is_heading]
        # What is still to be filled in is shown by the name of a quantity, which is no text of the office.
        texts = [re.sub(r"【[^】]*】|\s", "", bare(p.text)) for p in self._passages]
        self._starts = list(accumulate((len(t) + 1 for t in texts), initial=0))
        self.plain = "\n".join(texts)

    def passage_at(self, position: int) -> Passage:
        """Return the passage that a position of the joined text lies in."""
        return self._passages[bisect_right(self._starts, position) - 1]


def _misspelt(passage: Passage, wrong: str, right: str) -> Finding:
    return text_finding(
        passage, "misspelt", Severity.WARNING, f"“{wrong}”疑为“{right}”之误，请核对。", right, wrong, wrong
    )


def _terms(context: Context) -> tuple[str, ...]:
    """Return the official terms: those declared, and the names of the report's own items."""
    found = [bare(t) for t in context.book.terms]
    for form in context.report.template.forms:
        if form.id in ("05", "06", "07"):
            rows = context.report.rows_of(form.id)
            found += [bare(re.sub(r"\s", "", rows.name(r))) for r in rows if len(base(r)) >= 5]
    # Names with numbers in them differ by these alone: another number is another name, no slip.
    return tuple(dict.fromkeys(t for t in found if len(t) >= _SHORTEST and not any(c.isdigit() for c in t)))


def _cut_labels(context: Context, terms: Iterable[str]) -> Iterator[Finding]:
    """Yield labels right before an amount that are a term without its last character."""
    cut = {t[:-1]: t for t in terms if t[-1] in _ENDS and len(t) > _SHORTEST}
    whole = set(cut.values())
    economic = _economic(context)
    for told in context.told:
        label = bare(told.label)
        if told.meaning.fact or label in whole:
            continue
        if label in cut:
            yield _misspelt(told.sentence.passage, label, cut[label])
        elif (
            told.sentence.passage.section in ("basic", "agency") and len(label) >= _SHORTEST and label[-1] in "费金贴助"
        ):
            near = get_close_matches(label, economic, 1, 0.85)
            if near and near[0] != label and normalise_name(near[0]) != normalise_name(label):
                yield _misspelt(told.sentence.passage, label, near[0])


def _economic(context: Context) -> list[str]:
    if not context.report.template.has_form("06"):
        return []
    rows = context.report.rows_of("06")
    return [bare(re.sub(r"\s", "", rows.name(r))) for r in rows if len(base(r)) == 5]
