"""What a text says number by number: which quantity, whether budget or outturn, a change, a share or a completion rate.

Every number of a paragraph is read with the words before it. A label that names a fact makes it the subject; words
that name nothing (支出决算为, 完成预算的, 较上年增加) speak of the subject named before. What the words leave open
stays open: a number without a fact is never compared with one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from desktopapp.narrative.reading.labels import bare, named, squeeze, words_before
from desktopapp.narrative.reading.mentions import Mention
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.sentence import Sentence

_UP = "增加|增长|上升|提高|上涨|扩大|增多"
_DOWN = "减少|下降|降低|压减|缩减|回落"
_CHANGE = re.compile(
    rf"(?P<label>[一-龥]*?)(?:各|均|总额)?(?:{_UP}|{_DOWN})(?:了|额为|数为|额|数|金额|率|幅)?(?:为|约)?$"
)
_SHARE = re.compile(r"占(?P<whole>[^，。；、%\d]{0,30}?)(?:的)?(?:比重|比例|份额)?(?:为|是)?$")
_COMPLETION = re.compile(
    r"完成(?P<of>[^，。；、%]{0,16}?)(?:的|[（(]?比例)?(?:为|是)?$|(?:执行|完成|支出)(?:进度|率)(?:为|是|达到|达)?$"
)
_DEVIATION = re.compile(r"差异率(?:为|是)?$")
#: A difference from the budget told without 增加 or 减少: 决算数大于预算数 55.00 万元.
_DIFFERS = re.compile(
    r"(?:决算|支出|执行)数?额?(?:大于|小于|超过|超出|低于|高于|少于|多于)(?:年初|全年|调整后?|当年)?预算(?:数|金额)?(?:了)?$"
)
#: What parts a list behind one number from the next: 总计各是 100.00、90.00 万元.
_LISTED = re.compile(r"\s*[、,，和与及]\s*")
#: The full name of a functional item; what stands before (款) may be missing.
ITEM = re.compile(
    r"(?:(?P<class>[^（()，。；：、\d]{2,24})[（(]类[)）])?(?:支出)?"
    r"(?:(?P<group>[^，。；：\d]{2,40}?)[（(]款\s*[)）])?\s*(?P<name>[^（(。，；：\d]{2,40}?(?:[（(][^款项类][^）)]*[)）][^（(。，；]{0,20})?)[（(]项\s*[)）]"
)


_LAST_NUMBER = re.compile(r"^.*\d")
#: A name that opens a paragraph: 3、公务用车购置及运行维护费。2023年决算数…
_OPENING = re.compile(r"^\W*(?:\d{1,2}|[一二三四五六七八九十]{1,3})?\W*(?P<words>[一-龥“”()（）]{4,24})[。：:]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label names: the id of its fact ("" for none) and the amounts that are right, in 万元, likeliest first."""

    fact: str
    label: str
    wanted: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One number as the text means it.

    ``aspect`` is "outturn", "budget", "initial", "" (an amount that nothing tells more of), "change", "rate", "share",
    "completion" or "deviation". ``words`` are the words of a share's whole or of what is completed. ``subject`` counts
    the subjects of the whole text; numbers of one subject share it. ``depth`` is how many brackets are open;
    ``listed`` tells that the number only goes on with the list that the one before it began.
    """

    mention: Mention
    sentence: Sentence
    aspect: str
    meaning: Meaning
    subject: int
    year: int = 0
    words: str = ""
    depth: int = 0
    label: str = ""
    listed: bool = False

    @property
    def quote(self) -> str:
        """Return the clause that holds the number."""
        text = self.sentence.text
        start = max((text.rfind(mark, 0, self.mention.start) for mark in "，。；：;,"), default=-1) + 1
        if text[start - 1 : start] == "," and text[start : start + 1].isdigit():
            start = self.mention.start
        return text[start : self.mention.end].strip()

    @property
    def is_amount(self) -> bool:
        """Tell whether this is the amount of something, not a change of it."""
        return self.aspect in ("", "outturn", "budget", "initial")


class Naming(Protocol):
    """Tells what labels and functional items mean."""

    def meaning(self, label: str, section: str) -> Meaning | None:
        """Return what a label means in a section, None when it names nothing known."""

    def item(self, found: re.Match[str], section: str) -> Meaning | None:
        """Return what a functional item named in full means in a section."""

    def mentioned(self, text: str, section: str) -> Meaning | None:
        """Return what the last name in a text means, None where it names nothing."""

    def coded(self, code: str, section: str) -> Meaning | None:
        """Return what a functional code means in a section."""

    def second(self, meaning: Meaning) -> Meaning:
        """Return what the second number behind a name of two things means (收、支总计 is income, then expenditure)."""


_NOTHING = Meaning("", "")


class _Subject:
    """What a paragraph speaks of."""

    def __init__(self, start: int) -> None:
        self.number = start
        self.meaning = _NOTHING
        self.label = ""

    def turn(self, meaning: Meaning, label: str) -> None:
        """Speak of something else from here on, unless it is the same again."""
        if (meaning.fact and meaning.fact == self.meaning.fact) or (label and label == self.label):
            return
        self.number += 1
        self.meaning, self.label = meaning, label


def read(passages: Sequence[Passage], naming: Naming) -> list[Told]:
    """Return the amounts and percentages of the explanatory sections in the order read."""
    found: list[Told] = []
    subject, waiting = _Subject(0), _NOTHING
    for passage in passages:
        if not passage.section or passage.is_heading:
            waiting = _NOTHING
            continue
        subject.turn(_NOTHING, f"¶{id(passage)}")
        item = _last_item(squeeze(passage.text), passage, naming)
        if not re.search(r"\d", re.sub(r"^\W*\d+\W", "", passage.text)):
            waiting = item or waiting
            continue
        opening = _OPENING.match(squeeze(passage.text))
        title = naming.meaning(opening["words"], passage.section) if opening is not None else None
        if item is None and (waiting.fact or title is not None):
            named_first = title or waiting
            subject.turn(named_first, named_first.label)
        waiting = _NOTHING
        found += _paragraph(passage, naming, subject)
    return found


def _last_item(before: str, passage: Passage, naming: Naming) -> Meaning | None:
    found = list(ITEM.finditer(before))
    return naming.item(found[-1], passage.section) if found else None


def _paragraph(passage: Passage, naming: Naming, subject: _Subject) -> list[Told]:
    found: list[Told] = []
    so_far, within = "", None
    for sentence in Sentence.of(passage):
        start = 0
        within = None
        for number in sentence.numbers:
            if number.kind not in ("amount", "percent"):
                continue
            last = found[-1] if found and found[-1].sentence is sentence else None
            if last is not None and last.mention.kind == number.kind and _goes_on(sentence, last, number):
                found.append(replace(last, mention=number, meaning=naming.second(last.meaning), listed=True))
                continue
            before = squeeze(so_far + sentence.text[: number.start])
            reader = _amount if number.kind == "amount" else _percent
            told = reader(number, sentence, before, naming, subject)
            if re.search(r"其中|包括", sentence.text[start : number.start]):
                within = _whole_of(found, told)
            if within is not None and told.is_amount:
                if told.aspect:
                    within = None
                else:
                    told = replace(told, aspect=within.aspect, year=told.year or within.year)
            found.append(told)
            start = number.end
        so_far += sentence.text
    return _paired(found)


def _goes_on(sentence: Sentence, last: Told, number: Mention) -> bool:
    return _LISTED.fullmatch(sentence.text[last.mention.end : number.start]) is not None


def _whole_of(before: Sequence[Told], part: Told) -> Told | None:
    """Return the budget, or the amount of another year, of which the amounts behind 其中 are parts; None for others."""
    amounts = [
        t for t in before if t.is_amount and t.depth <= part.depth and not re.search(r"[比较与]20\d\d年", t.quote)
    ]
    whole = amounts[-1] if amounts else None
    if whole is None or not whole.label or (whole.aspect not in ("budget", "initial") and not whole.year):
        return None
    return whole


def _paired(found: list[Told]) -> list[Told]:
    """Give the rates of a list the meanings of the changes before them: 分别下降 1.0%、2.0%."""
    for at, told in enumerate(found):
        if not told.listed or told.aspect != "rate" or found[at - 1].listed:
            continue
        last = [t for t in found[: at - 1] if t.aspect == "change"][-2:]
        if len(last) == 2:
            for rate, change in zip((at - 1, at), last, strict=True):
                found[rate] = replace(found[rate], meaning=change.meaning, subject=change.subject)
    return found


def _depth(before: str) -> int:
    return max(0, before.count("(") + before.count("（") - before.count(")") - before.count("）"))


def _amount(number: Mention, sentence: Sentence, before: str, naming: Naming, subject: _Subject) -> Told:
    depth, section = _depth(before), sentence.passage.section
    if _DIFFERS.search(before):
        return Told(number, sentence, "change", subject.meaning, subject.number, 0, before[-40:], depth)
    change = _CHANGE.search(before)
    if change is not None:
        meaning = _of_change(change["label"], section, naming) or naming.mentioned(
            _LAST_NUMBER.sub("", before), section
        )
        if meaning is not None and not depth:
            subject.turn(meaning, meaning.label)
        return Told(number, sentence, "change", meaning or subject.meaning, subject.number, 0, before[-40:], depth)
    words = words_before(before)
    label = (
        "" if words.label in ("完成", "支出", "数", "金额", "支出数", "收入") and words.aspect != "" else words.label
    )
    if "(项)" in label or "（项）" in label or (not label and words.aspect and _item_behind(before)):
        item = _last_item(before, sentence.passage, naming)
        if item is not None:
            subject.turn(item, item.label)
        label = ""
        words = words if words.aspect else words_before("支出决算")
    meaning = naming.coded(words.code, section) if words.code else None
    if meaning is None and label:
        # “三公”经费财政拨款支出预算: the word before 预算 belongs to the name.
        meaning = naming.meaning(label, section) or (naming.meaning(label + "支出", section) if words.aspect else None)
    if label and not depth:
        subject.turn(meaning or _NOTHING, label)
        meaning = meaning or _NOTHING
    elif label:
        meaning = meaning or _NOTHING
    else:
        meaning = subject.meaning if words.aspect else _NOTHING
    return Told(number, sentence, words.aspect, meaning, subject.number, words.year, "", depth, label)


def _item_behind(before: str) -> bool:
    """Tell whether the full name of an item stands in a text with no number of its own behind it yet."""
    found = list(ITEM.finditer(before))
    return bool(found) and not re.search(r"\d(?:万元|元|%)", before[found[-1].end() :])


def _of_change(label: str, section: str, naming: Naming) -> Meaning | None:
    words = words_before(label)
    known = len(words.label) >= 3 or words.label in ("收入", "支出")
    return naming.meaning(words.label, section) if known else None


def _percent(number: Mention, sentence: Sentence, before: str, naming: Naming, subject: _Subject) -> Told:
    depth = _depth(before)
    aspect, words = "", ""
    if _DEVIATION.search(before):
        aspect = "deviation"
    elif m := _SHARE.search(before):
        aspect, words = "share", m["whole"]
    elif m := _COMPLETION.search(re.sub(r"\d[\d,.]*(?:万元|元|亿元)", "", before)):
        aspect, words = "completion", m["of"] or ""
    elif _CHANGE.search(before):
        aspect = "rate"
    return Told(number, sentence, aspect, subject.meaning, subject.number, 0, words, depth)


__all__ = ["ITEM", "Meaning", "Naming", "Told", "bare", "named", "read"]
