"""Binds the numbers of a text that somebody wrote to facts, where value and wording agree.

A number is bound only when one fact fits clearly better than all others; anything else stays marked as last year's
number, for the accountant to look at. What the words before a number say of it (增加, 占, 完成 …) tells which fact of
its subject it can be; the subject is named by the words of its label, or was named before in the same paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN, PUBLISHED_GRAIN
from desktopapp.core.performance.wording import bare_words
from desktopapp.narrative.evaluations import fact_stem
from desktopapp.narrative.facts import Fact, Facts
from desktopapp.narrative.marks import CLOSE, OPEN
from desktopapp.narrative.reading.binding_evaluation import Bound, EvaluationBinder
from desktopapp.narrative.reading.claims import ClaimBook
from desktopapp.narrative.reading.labels import squeeze
from desktopapp.narrative.reading.mentions import Mention, mentions
from desktopapp.narrative.reading.naming import FactNaming
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.quantities import is_quantity
from desktopapp.narrative.reading.told import ITEM

#: What the words right before a number make of it; the first that fits counts. "" is the amount itself.
_KINDS = (
    ("gap", re.compile(r"(?:比|较)[^，。；]{0,8}预算(?:数)?(?:增加|减少|多|少)(?:了)?\s*$")),
    ("gap_rate", re.compile(r"(?:比|较)[^，。；]{0,8}预算[^，。；]{0,20}[，,]\s*(?:增长|下降|降低|上升)(?:了)?\s*$")),
    ("change", re.compile(r"(?:增加|减少|上升|压减)(?:了|额为)?\s*$")),
    ("rate", re.compile(r"(?:增长|下降|降低|增幅|降幅)(?:了|为|率为)?\s*$")),
    ("share", re.compile(r"占[^，。；\d]{0,24}$")),
    ("completion", re.compile(r"完成[^，。；\d]{0,12}$|执行率(?:为)?\s*$|完成率(?:为)?\s*$")),
    ("budget", re.compile(r"预算(?:数)?(?:为|是)?\s*$")),
)
_SUFFIXES = frozenset({"gap", "gap_rate", "change", "rate", "share", "completion", "budget", "last"})
#: What a label says beside the name of its subject.
_BESIDE = re.compile(r"比上年增减[额率]|占比$|预算完成率$|(?:与|比)?预算数(?:的差额|增减率)?$|[（(][类款项][)）]|^上年")
#: Words that speak of the subject named before, not of a new one.
_OUTTURN = re.compile(r"(?:支出)?决算(?:数)?(?:为)?$|执行数(?:为)?$")
_TOLD_OUTTURN = re.compile(r"支出决算(?:数)?(?:为)?(?=-?\d)")
_ITEM_FACT = re.compile(r"item\[\d+\]")
_WINDOW = 60
#: A shorter name of a project may be a part of other words.
_SHORTEST_NAME, _LONGEST_NAME = 4, 24
#: The section that tells of projects and their indicators.
_EVALUATED = "performance"
_CLEAR = 0.55


@dataclass(frozen=True, slots=True)
class BoundText:
    """A section's text with placeholders; how many of its numbers were bound, and how many stayed."""

    text: str
    bound: int
    unbound: int


def bind_sections(facts: Facts, book: ClaimBook, passages: Sequence[Passage]) -> dict[str, BoundText]:
    """Return every explanatory section with its numbers bound to the facts of its own year."""
    found: dict[str, BoundText] = {}
    for section in dict.fromkeys(p.section for p in passages if p.section in book.binds):
        binder = _Binder(facts, book, section)
        body = [p for p in passages if p.section == section and _is_body(p)]
        evaluated = EvaluationBinder(facts, body) if section == _EVALUATED else None
        lines = [
            binder.paragraph(p.text, evaluated.bound(p), evaluated.named(p)) if evaluated else binder.paragraph(p.text)
            for p in body
        ]
        if any(lines):
            found[section] = BoundText("\n".join(filter(None, lines)), binder.bound, binder.unbound)
    return found


def _is_body(passage: Passage) -> bool:
    """Tell whether a passage is text of its section: its own title and captions of figures are made anew."""
    if re.match(r"^图\s*\d", passage.text):
        return False
    return not (passage.is_heading and passage.text == passage.heading)


class _Binder:
    """Binds the numbers of one section, paragraph by paragraph."""

    def __init__(self, facts: Facts, book: ClaimBook, section: str) -> None:
        self._section, self._prefixes = section, tuple(book.binds[section])
        self._naming = FactNaming(facts.report, book, lambda _fact: None)
        self._source, self._projects = facts, tuple(facts.evaluations().projects)
        found = (facts.get(i) for i in facts.ids() if i.startswith(self._prefixes))
        self._every = {f.id: f for f in found if f.kind != "text"}
        self._facts = [f for f in self._every.values() if f.known]
        self._by_id = {f.id: f for f in self._facts}
        self._names = {f.id: _names(f, book) for f in self._facts}
        self._called: dict[str, set[str]] = {}
        for fact in self._every.values():
            for name in _names(fact, book) if fact.kind == "amount" and not _kind_of(fact.id) else ():
                self._called.setdefault(_tail(name), set()).add(fact.id)
        self._subject = ""
        self.bound = self.unbound = 0

    def paragraph(self, text: str, known: Sequence[Bound] = (), names: Sequence[tuple[int, int]] = ()) -> str:
        """Return a paragraph with placeholders for its numbers.

        ``known`` are places that are told already, ``names`` those of names, whose digits mean nothing.
        """
        self._subject = ""
        found = list(known)
        taken = [(start, end) for start, end, _ in known] + list(names)
        for number in mentions(text):
            if all(number.end <= start or end <= number.start for start, end in taken) and is_quantity(text, number):
                fact = self._fact_of(text, number)
                found.append((number.start, _end_of_digits(number), fact.id if fact is not None else ""))
        pieces: list[str] = []
        at = 0
        for start, end, fact_id in sorted(found):
            pieces += [text[at:start], f"{OPEN}{fact_id or '?' + text[start:end]}{CLOSE}"]
            at = end
            self.bound += bool(fact_id)
            self.unbound += not fact_id
        return "".join(pieces) + text[at:]

    def _fact_of(self, text: str, number: Mention) -> Fact | None:
        before = re.sub(r"\s", "", text[: number.start])
        kind = next((k for k, p in _KINDS if p.search(before)), "")
        paired = self._paired(before, number) or self._named_project(before, number)
        paired = paired or self._of_project(before, number, kind)
        if paired is not None:
            return paired
        if kind and self._subject:
            fact = self._every.get(f"{self._subject}.{kind}")
            # Where last year's amount or the budget is not known, the words alone say which change this is.
            untold = kind in ("change", "rate", "gap", "gap_rate") and fact is not None and not fact.known
            if fact is not None and (untold or agrees_with(number, fact)):
                return fact
        if not kind and self._subject and _OUTTURN.search(before):
            fact = self._by_id.get(self._subject)
            if fact is not None and agrees_with(number, fact):
                return fact
        item = self._item(before, text)
        if item and kind != "share":
            return self._of_item(item, before, number, kind)
        fitting = [f for f in self._facts if _kind_of(f.id) == kind and agrees_with(number, f)]
        # A name counts only until the next number: what stands behind that is about something else.
        words = re.split(r"\d(?=[^\d.,]*$)", before)[-1][-_WINDOW:]
        amount = not kind and number.kind == "amount"
        called = self._called_exactly(words) if amount else frozenset[str]()
        if called:
            # What the words name in full is not another fact that happens to be as much.
            fitting = [f for f in fitting if f.id in called]
        fact = self._best(words, fitting, kind) or self._nearly(words, number, kind)
        if fact is not None and kind in ("", "budget"):
            self._subject = _stem(fact.id)
        elif fact is None and amount and not _OUTTURN.search(before) and not _in_brackets(before):
            # Something that no fact stands for is told: its share is not that of what was told before.
            self._subject = ""
        return fact

    # ── functional items ────────────────────────────────────────────────────────────────────────────────────────
    def _item(self, before: str, text: str) -> str:
        """Return the fact of the functional item named in full last before a number, "?" for one of no known row."""
        named = list(ITEM.finditer(before)) if "item[" in self._prefixes else []
        if not named:
            return ""
        meaning = self._naming.item(named[-1], self._section)
        if meaning is None or not meaning.fact.startswith("?"):
            return meaning.fact if meaning is not None else "?"
        return self._item_by_outturn(squeeze(text)[named[-1].end() :]) or "?"

    def _item_by_outturn(self, after: str) -> str:
        """Return the only item whose outturn is told behind a name that the form words otherwise, else ""."""
        m = _TOLD_OUTTURN.search(after)
        number = next((n for n in mentions(after) if m is not None and n.start == m.end()), None)
        same = [f.id for f in self._facts if _ITEM_FACT.fullmatch(f.id) and number and agrees_with(number, f)]
        return same[0] if len(same) == 1 else ""

    def _of_item(self, item: str, before: str, number: Mention, kind: str) -> Fact | None:
        """Return the fact of an item that the words before a number tell, None where they tell none of its own."""
        if not kind and not _OUTTURN.search(before):
            return None
        fact = self._every.get(f"{item}.{kind}" if kind else item)
        if fact is None or not (agrees_with(number, fact) or (kind and not fact.known)):
            return None
        self._subject = item
        return fact

    def _nearly(self, words: str, number: Mention, kind: str) -> Fact | None:
        """Return the amount that is told by its very name and differs by what rounding leaves."""
        if kind or number.kind != "amount":
            return None
        near = [f for f in self._facts if not _kind_of(f.id) and f.kind == "amount" and _is_residual(number, f)]
        named = [f for f in near if self._closeness(words, f, kind) >= 1]
        return named[0] if len(named) == 1 else None

    def _paired(self, before: str, number: Mention) -> Fact | None:
        """Return the people behind a number of groups (11 个，85 人次), which no words of their own name."""
        if number.unit not in ("人次", "人") or not re.search(r"\d(?:个|批次|批)[，,、]?(?:累计)?$", before):
            return None
        fact = self._by_id.get(self._subject.replace("groups", "people"))
        return fact if fact is not None and "groups" in self._subject and agrees_with(number, fact) else None

    def _named_project(self, before: str, number: Mention) -> Fact | None:
        """Return what was spent on the project whose name stands right before the number."""
        if number.kind != "amount" or not any(i.startswith("project[") for i in self._prefixes):
            return None
        words = bare_words(before[-_WINDOW:])
        named = [
            k for k in self._projects if len(k) >= _SHORTEST_NAME and re.search(f"{re.escape(k)}(?:项目)?$", words)
        ]
        fact = self._source.find(f"{fact_stem(max(named, key=len))}.executed") if named else None
        return fact if fact is not None and agrees_with(number, fact) else None

    def _of_project(self, before: str, number: Mention, kind: str) -> Fact | None:
        """Return what was spent on the project named before, or how much of its budget that is."""
        if not self._subject.startswith("project["):
            return None
        spent = not kind and re.search(r"执行(?:数|金额)(?:为)?$", before) is not None
        tail = "executed" if spent else "execution" if kind == "completion" else ""
        fact = self._by_id.get(f"{self._subject}.{tail}") if tail else None
        return fact if fact is not None and agrees_with(number, fact) else None

    def _best(self, before: str, fitting: Sequence[Fact], kind: str) -> Fact | None:
        """Return the fact whose name the words before the number speak of, None when it is not clear."""
        scored = sorted(((self._closeness(before, f, kind), f.id) for f in fitting), reverse=True)
        if not scored or scored[0][0] < _CLEAR:
            return None
        best, name = scored[0]
        rivals = [i for s, i in scored[1:] if s >= best - 0.02 and not self._same(i, name)]
        return None if rivals else self._by_id[name]

    def _called_exactly(self, words: str) -> Set[str]:
        """Return the facts, known or not, whose name stands in full right before a number, longest names first."""
        tail = _tail(words)
        for size in range(min(len(tail), _LONGEST_NAME), _SHORTEST_NAME - 1, -1):
            found = self._called.get(tail[-size:])
            if found:
                return found
        return frozenset()

    def _same(self, one: str, other: str) -> bool:
        """Tell whether two facts can never differ, such as the income and the expenditure side of a balance."""
        pair = {_stem(one), _stem(other)}
        return pair in ({"total.income", "total.expense"}, {"fiscal.income", "fiscal.expense"})

    def _closeness(self, before: str, fact: Fact, kind: str) -> float:
        """Return from 0 to 1 how well the words before a number name a fact; nearer words count for more."""
        tail, best = _tail(before), 0.0
        for name in self._names[fact.id]:
            if tail.endswith(name) or before.endswith(name):
                best = max(best, 1.0 + len(name) / 1000)
            elif name in before:
                gap = len(before) - before.rfind(name) - len(name)
                best = max(best, 0.95 - gap / 200)
            else:
                best = max(best, 0.8 * _overlap(name, before[-30:]))
        return best


def _in_brackets(before: str) -> bool:
    return before.count("(") + before.count("（") > before.count(")") + before.count("）")


def _tail(before: str) -> str:
    """Return the words before a number without what leads over to it."""
    return re.sub(r"(?:均|各)?(?:为|是|共计|共|合计为|达)$|(?:[(（]?类[)）]?)?支出$|决算$", "", before)


def _end_of_digits(number: Mention) -> int:
    digits = re.match(r"-?\d[\d,，]*(?:\.\d+)?\s*%?", number.text)
    return number.start + (len(digits.group().rstrip()) if digits else len(number.text))


def _names(fact: Fact, book: ClaimBook) -> tuple[str, ...]:
    """Return the words by which text names a fact: its label without what its kind adds, and the words of claims."""
    label = _BESIDE.sub("", fact.label)
    names = [re.sub(r"\s", "", label), re.sub(r"支出$", "", label)]
    stem = _stem(fact.id)
    # 收入 and 支出 alone are part of too many names to tell facts apart.
    names += [w for c in book.claims if c.fact == stem for w in c.says if len(w) > 2]
    return tuple(dict.fromkeys(n for n in names if len(n) >= 2))


def _overlap(name: str, text: str) -> float:
    """Return the share of a name that stands in one piece in a text."""
    for size in range(len(name), 1, -1):
        if any(name[i : i + size] in text for i in range(len(name) - size + 1)):
            return size / len(name)
    return 0.0


def _kind_of(fact_id: str) -> str:
    tail = fact_id.rpartition(".")[2]
    return tail if tail in _SUFFIXES else ""


def _stem(fact_id: str) -> str:
    head, _, tail = fact_id.rpartition(".")
    return head if tail in _SUFFIXES else fact_id


def agrees_with(number: Mention, fact: Fact) -> bool:
    """Tell whether a printed number can be the value of a fact: the same kind, equal when rounded as printed."""
    if isinstance(fact.value, str) or fact.value is None:
        return False
    value = Fraction(fact.value)
    value = abs(value) if fact.turns else value
    if number.kind == "amount":
        return fact.kind == "amount" and number.low <= value / FEN_PER_WAN <= number.high
    if number.kind == "percent":
        return fact.kind == "rate" and number.low <= value * 100 <= number.high
    return fact.kind in ("count", "number") and number.value == value


def _is_residual(number: Mention, fact: Fact) -> bool:
    """Tell whether a printed amount differs from a fact by no more than one unit of the last published place."""
    return abs(number.value * FEN_PER_WAN - Fraction(fact.quantity)) <= PUBLISHED_GRAIN


def counts(sections: Mapping[str, BoundText]) -> Iterator[tuple[str, int, int]]:
    """Yield (section, bound, unbound)."""
    yield from ((key, s.bound, s.unbound) for key, s in sections.items())
