"""Official terms with a character dropped or exchanged: 政府采购出总额, 财政拔款, 授予小微企业合同金."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.levels import base
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.labels import bare
from desktopapp.narrative.reading.passages import Passage

#: Shorter terms are too much like ordinary words once a character is missing, or is another one.
_SHORTEST, _SHORTEST_EXCHANGED = 6, 8
#: Characters of terms that offices exchange freely.
_FREE = frozenset("和及与或的等各类项")
#: Ends of terms that cannot be left out.
_ENDS = "额出入余款"


def check_phrases(context: Context) -> Iterator[Finding]:
    """Yield official terms that are misspelt by one character."""
    terms = _terms(context)
    known = frozenset(terms)
    declared = frozenset(bare(t) for t in context.book.terms)
    for passage in context.passages:
        if passage.part == 2 and not passage.section and not passage.is_heading:
            # Forms that could not be read lie about as text with their words torn apart.
            continue
        text = re.sub(r"\s", "", bare(passage.text))
        for wrong, right in context.book.misprints.items():
            if wrong in text:
                yield _misspelt(passage, wrong, right)
        told: set[str] = set()
        for term in terms:
            wrong = _slip(text, term, known, term in declared)
            if wrong and not any(wrong in t or t in wrong for t in told):
                told.add(wrong)
                yield _misspelt(passage, wrong, term)
    yield from _cut_labels(context, terms)


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
    return tuple(dict.fromkeys(t for t in found if len(t) >= _SHORTEST))


def _slip(text: str, term: str, known: frozenset[str], exchanged: bool) -> str:
    """Return what stands in a text instead of a term, "" when nothing does.

    With ``exchanged`` a character may be another one, not only lost: names of items are too much like each other.
    """
    middle = len(term) // 2
    for half, first in ((term[:middle], True), (term[middle:], False)):
        at = text.find(half)
        while at >= 0:
            start = at if first else at - middle
            if not text.startswith(term, max(0, start)):
                wrong = _after(text, at, term, middle) if first else _ahead(text, at, term, middle)
                if wrong and (exchanged or len(wrong) < len(term)) and not any(wrong in k for k in known):
                    return wrong
            at = text.find(half, at + 1)
    return ""


def _after(text: str, at: int, term: str, middle: int) -> str:
    """Return the misspelling whose first half is right, the last character of the term always being right too."""
    rest, wanted = text[at + middle :], term[middle:]
    for i in range(len(wanted) - 1):
        if rest.startswith(wanted[:i] + wanted[i + 1 :]) and _lost(term, middle + i) and not rest.startswith(wanted):
            return term[:middle] + wanted[:i] + wanted[i + 1 :]
        if _exchanged(rest, wanted, i, term):
            return term[:middle] + rest[: len(wanted)]
    return ""


def _ahead(text: str, at: int, term: str, middle: int) -> str:
    """Return the misspelling whose second half is right, the first character of the term always being right too."""
    ahead, wanted = text[:at], term[:middle]
    for i in range(1, len(wanted)):
        if ahead.endswith(wanted[:i] + wanted[i + 1 :]) and _lost(term, i) and not ahead.endswith(wanted):
            return wanted[:i] + wanted[i + 1 :] + term[middle:]
        if len(ahead) >= middle and _exchanged(ahead[-middle:], wanted, i, term):
            return ahead[-middle:] + term[middle:]
    return ""


def _lost(term: str, i: int) -> bool:
    """Tell whether a term without its i-th character is a slip, not another way to say it."""
    return term[i] not in _FREE and term[i] not in "()" and term[i] not in (term[i - 1], term[i + 1 : i + 2])


def _exchanged(found: str, wanted: str, i: int, term: str) -> bool:
    if len(term) < _SHORTEST_EXCHANGED or len(found) < len(wanted) or wanted[i] in _FREE or wanted[i] in "()":
        return False
    other = found[i]
    same = found[:i] == wanted[:i] and found[i + 1 : len(wanted)] == wanted[i + 1 :]
    return same and other != wanted[i] and "一" <= other <= "龥" and other not in _FREE


def _cut_labels(context: Context, terms: Iterable[str]) -> Iterator[Finding]:
    """Yield labels right before an amount that are a term without its last character."""
    cut = {t[:-1]: t for t in terms if t[-1] in _ENDS and len(t) > _SHORTEST}
    whole = set(cut.values())
    for told in context.told:
        label = bare(told.label)
        if label in cut and label not in whole and not told.meaning.fact:
            yield _misspelt(told.sentence.passage, label, cut[label])
