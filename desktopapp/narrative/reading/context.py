"""What checks of text look things up in: passages, facts of the forms, amounts that the text itself names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.report import Report
from desktopapp.narrative.facts import Fact, Facts
from desktopapp.narrative.reading.claims import ClaimBook
from desktopapp.narrative.reading.mentions import Mention, mentions
from desktopapp.narrative.reading.passages import Passage, sentences


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage with its numbers."""

    text: str
    passage: Passage
    numbers: tuple[Mention, ...]

    def before(self, position: int, kind: str = "amount") -> list[Mention]:
        """Return the mentions of a kind that end before a position, last first."""
        return [m for m in reversed(self.numbers) if m.kind == kind and m.end <= position]


@dataclass(slots=True)
class Context:
    """One text to be checked, with the report it belongs to.

    ``named`` are the amounts that the text itself gives to facts, in 万元, in the order read.
    """

    report: Report
    facts: Facts
    book: ClaimBook
    passages: Sequence[Passage]
    named: dict[str, list[tuple[Mention, Passage]]] = field(default_factory=dict)

    def sentences(self, *sections: str) -> Iterator[Sentence]:
        """Yield the sentences of the explanatory sections, of all or of those named."""
        for passage in self.passages:
            if passage.section and (not sections or passage.section in sections) and not passage.is_heading:
                for text in sentences(passage):
                    yield Sentence(text, passage, tuple(mentions(text)))

    def amount(self, fact_id: str) -> Fraction | None:
        """Return a fact of the forms in 万元, None when the forms do not state it."""
        fact = self.facts.find(fact_id)
        if fact is None or not isinstance(fact.value, int) or fact.kind != "amount" or not self._filled(fact):
            return None
        return Fraction(fact.value, FEN_PER_WAN)

    def _filled(self, fact: Fact) -> bool:
        """Tell whether the forms that a fact comes from hold any amount at all."""
        forms = {c.form for c in fact.cells}
        return bool(forms) and all(any(a.form == f for a in self.report.amounts) for f in forms)

    def stated(self, fact_id: str) -> list[Mention]:
        """Return the amounts that the text itself gives to a fact."""
        return [m for m, _ in self.named.get(fact_id, ())]


def find_named(context: Context) -> None:
    """Note every amount that stands directly behind the words of a claim."""
    for sentence in context.sentences():
        for claim in context.book.of_section(sentence.passage.section):
            for mention in claimed(sentence, claim.says):
                context.named.setdefault(claim.fact, []).append((mention, sentence.passage))


def claimed(sentence: Sentence, says: Sequence[str]) -> Iterator[Mention]:
    """Yield the amounts right behind one of some words; words that belong to a longer label do not count."""
    for words in says:
        pattern = r"\s*".join(map(re.escape, words))
        for found in re.finditer(
            rf"(?<![一-龥“”]){pattern}(?:均为|各为|为|共|共计|总额|决算|数)*\s*(?=-?\d)", sentence.text
        ):
            mention = next((m for m in sentence.numbers if m.start == found.end() and m.kind == "amount"), None)
            if mention is not None:
                yield mention
        for found in re.finditer(
            rf"年度?(?:[一-龥()（）]{{0,30}})?{pattern}(?:均为|各为|为)*\s*(?=-?\d)", sentence.text
        ):
            mention = next((m for m in sentence.numbers if m.start == found.end() and m.kind == "amount"), None)
            if mention is not None and not _longer(sentence.text[: found.end()], words):
                yield mention


def _longer(text: str, words: str) -> bool:
    """Tell whether the words are the end of another, longer label (财政拨款收、支总计 for 收、支总计)."""
    plain = re.sub(r"\s", "", text)
    at = plain.rfind(words.replace(" ", ""))
    return plain[:at].endswith(("财政拨款", "预算", "基金", "经营", "补助", "其中"))


def text_finding(
    passage: Passage, rule: str, severity: Severity, message: str, expected: str = "", found: str = "", quote: str = ""
) -> Finding:
    """Return a finding about a passage."""
    return Finding(
        id=f"text.{rule}[{passage.where}:{quote or found}]",
        rule=f"text.{rule}",
        severity=severity,
        kind="text",
        form="",
        message=message,
        expected=expected,
        found=found,
        where=f"{passage.where}（{passage.heading}）" if passage.heading else passage.where,
        quote=quote,
    )
