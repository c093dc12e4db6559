"""What checks of text look things up in: passages, facts of the forms, amounts that the text itself names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.report import Report
from desktopapp.core.template import TOTAL_ROW
from desktopapp.narrative.facts import Fact, Facts
from desktopapp.narrative.reading.claims import ClaimBook
from desktopapp.narrative.reading.mentions import Mention
from desktopapp.narrative.reading.naming import FactNaming
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.sentence import Sentence
from desktopapp.narrative.reading.told import Told, read

if TYPE_CHECKING:
    from desktopapp.narrative.reading.check_changes import Change

#: Facts that are never zero in a report with any amount.
_TOTALS = frozenset(
    {"total.income", "total.expense", "income.total", "expense.total", "fiscal.income", "fiscal.expense", "05.total"}
)


@dataclass(slots=True)
class Context:
    """One text to be checked, with the report it belongs to.

    ``told`` are the numbers of the text with what they mean, ``named`` the amounts that the text itself gives to facts,
    in 万元, both in the order read; ``changes`` are the changes that it tells, None before they are asked for.
    """

    report: Report
    facts: Facts
    book: ClaimBook
    passages: Sequence[Passage]
    named: dict[str, list[tuple[Mention, Passage]]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    _parsed: dict[int, tuple[Sentence, ...]] = field(default_factory=dict)
    changes: tuple[Change, ...] | None = None

    def sentences(self, *sections: str) -> Iterator[Sentence]:
        """Yield the sentences of the explanatory sections, of all or of those named."""
        for at, passage in enumerate(self.passages):
            if passage.section and (not sections or passage.section in sections) and not passage.is_heading:
                # Nearly every check reads them.
                if at not in self._parsed:
                    self._parsed[at] = tuple(Sentence.of(passage))
                yield from self._parsed[at]

    def amount(self, fact_id: str) -> Fraction | None:
        """Return a fact of the forms in 万元, None when the forms do not state it."""
        fact = self.facts.find(fact_id)
        if fact is None or not isinstance(fact.value, int) or fact.kind != "amount" or not self._filled(fact):
            return None
        if fact.value == 0 and self._left_blank(fact):
            return None
        return Fraction(fact.value, FEN_PER_WAN)

    def _left_blank(self, fact: Fact) -> bool:
        """Tell whether a total is blank although its form has amounts that belong in it; the form is to blame then."""
        if fact.id in _TOTALS:
            return True
        return any(
            c.row == TOTAL_ROW and any(a.form == c.form and a.col == c.col for a in self.report.amounts)
            for c in fact.cells
        )

    def _filled(self, fact: Fact) -> bool:
        """Tell whether the forms that a fact comes from hold any amount at all."""
        forms = {c.form for c in fact.cells}
        return bool(forms) and forms <= self.facts.filled_forms()

    def stated(self, fact_id: str) -> list[Mention]:
        """Return the amounts that the text itself gives to a fact."""
        return [m for m, _ in self.named.get(fact_id, ())]


def find_named(context: Context) -> None:
    """Read the text: note what its numbers mean, and every amount that it gives to a fact."""
    context.told = read(context.passages, FactNaming(context.report, context.book, context.amount))
    for told in context.told:
        if (
            told.meaning.fact
            and not told.meaning.fact.startswith("?")
            and told.aspect in ("", "outturn")
            and told.year in (0, context.report.year)
        ):
            context.named.setdefault(told.meaning.fact, []).append((told.mention, told.sentence.passage))


def text_finding(
    passage: Passage, rule: str, severity: Severity, message: str, expected: str = "", found: str = "", quote: str = ""
) -> Finding:
    """Return a finding about a passage; its place is the line in which the quoted words begin."""
    place = passage.place_of(quote or found)
    return Finding(
        id=f"text.{rule}[{passage.where}:{quote or found}]",
        rule=f"text.{rule}",
        severity=severity,
        kind="text",
        form="",
        message=message,
        expected=expected,
        found=found,
        where=f"{place}（{passage.heading}）" if passage.heading else place,
        quote=quote,
    )
