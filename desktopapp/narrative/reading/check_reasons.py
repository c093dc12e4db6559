"""Reasons: every change and every deviation from the budget has one, and it explains the direction it should.

Offices differ in what they explain. A reason counts as missing only where the same text gives one in most like places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from desktopapp.core.findings import Finding, Severity
from desktopapp.narrative.reading.check_changes import CHANGE, Change, changes
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.told import ITEM

_REASON = re.compile(
    r"原因|由于|因为|主要是|主要系|系因|所致|致使|影响|受[一-龥]{2,}|主要情况|是因|因[一-龥]{4,}|基数|不可比"
)
#: What leads over to details that bring the reasons.
_DETAILS = re.compile(r"如下|其中[：:，,]?|包括[：:]|具体情况")
#: Share of like places with a reason from which on its lack is a slip, and how many such places there must be.
_USUAL, _ENOUGH = Fraction(3, 5), 3
#: The same for changes told one after another, each with a reason of its own.
_USUAL_OWN, _ENOUGH_OWN = Fraction(4, 5), 4
#: A point of the list of “三公” expenses that tells a part of them.
_PART = re.compile(r"^\W*(?:\d{1,2}|[一二三四五六七八九十]{1,3})?\W*(?:因公出国|公务接待|公务用车购置(?:费)?(?:及|和))")
_SUBPART = re.compile(r"^\W*(?:\d{1,2}|[一二三四五六七八九十]{1,3})?\W*公务用车(?:运行|购置费?(?!(?:费)?[及和]))")
_DIRECTLY = re.compile(r"^[，。；,;\s]*(?:主要)?(?:变动|增减|增加|减少|增长|下降)?的?(?:主要)?原因")
_NEXT_POINT = re.compile(r"^\W*(?:[（(][二三四五六七八九十]{1,3}[)）]|(?:[2-9]|[1-9]\d)\s*[.、．)）](?!\d))")
#: Deviations from the budget below so many percentage points need no reason.
_SMALL = 10


def check_reasons(context: Context) -> Iterator[Finding]:
    """Yield changes against last year that no reason follows."""
    kept = [p for p in context.passages if p.section and not p.is_heading]
    at_of = {id(p): at for at, p in enumerate(kept)}
    reasoned, bare, own, parted = 0, [], 0, []
    for change in _worth_a_reason(context):
        behind = _behind(change)
        upto = _next_change(behind)
        if _REASON.search(behind):
            reasoned += 1
            own += _REASON.search(upto) is not None
            apart = re.search("[。；]", upto) and not _leads_over(upto) and not _of_a_part(change)
            if not _REASON.search(upto) and apart:
                # The only reason behind it is that of the next change.
                parted.append(change)
        elif not _leads_over(behind) and not _led_over(context, kept, at_of[id(change.sentence.passage)]):
            bare.append(change)
    told: set[int] = set()
    slipped = parted if own >= _ENOUGH_OWN and own >= _USUAL_OWN * (own + len(parted)) else []
    for change in [*(bare if _usual(reasoned, len(bare)) else ()), *slipped]:
        passage = change.sentence.passage
        if id(passage) not in told:
            told.add(id(passage))
            words = change.match.group()
            yield text_finding(
                passage, "reason", Severity.WARNING, f"“{words}”之后没有说明主要原因，请补充。", "", "", words
            )


def _worth_a_reason(context: Context) -> Iterator[Change]:
    for change in changes(context):
        section = change.sentence.passage.section
        if change.match["rate"] and change.amount.value and section != "performance" and not _in_bracket(change):
            yield change


def _in_bracket(change: Change) -> bool:
    before = change.sentence.text[: change.match.start()]
    return before.count("(") > before.count(")")


def _of_a_part(change: Change) -> bool:
    """Tell whether a change is that of a part behind 其中, which the reason of the whole explains."""
    text = change.sentence.passage.text
    before = text[: max(0, text.find(change.sentence.text)) + change.match.start()]
    return "其中" in before.rpartition("。")[2]


def _behind(change: Change) -> str:
    text = change.sentence.passage.text
    start = text.find(change.sentence.text)
    return text[max(0, start) + change.match.end() :]


def _parts_explained(context: Context, here: Passage) -> bool:
    """Tell whether the other parts of the “三公” expenses give their reason right behind the change."""
    others = {
        id(c.sentence.passage)
        for c in changes(context)
        if c.sentence.passage is not here and _PART.match(c.sentence.passage.text) and _DIRECTLY.match(_behind(c))
    }
    return len(others) >= 2


def _leads_over(behind: str) -> bool:
    """Tell whether details follow that bring the reasons; what stands in brackets (其中外事接待0批次) brings none."""
    return _DETAILS.search(re.sub(r"[（(][^（）()]*[)）]", "", behind)) is not None


def _next_change(behind: str) -> str:
    """Return a text up to where the next change is told."""
    after = CHANGE.search(behind)
    return behind[: after.start()] if after is not None else behind


def _led_over(context: Context, kept: Sequence[Passage], at: int) -> bool:
    """Tell whether reasons follow a paragraph: in the next one, which tells no change of its own, or point by point."""
    here, after = kept[at], kept[at + 1] if at + 1 < len(kept) else None
    order = [id(p) for p in context.passages]
    following = context.passages[order.index(id(here)) + 1 :][:1]
    if any(re.match(r"\W*[（(]一[)）]|\W*1\s*[.、．]", p.text) for p in following):
        return True
    if _SUBPART.match(here.text) and any(
        _PART.match(p.text) and _REASON.search(p.text) for p in kept[max(0, at - 2) : at]
    ):
        # Purchase and upkeep of cars are told below their sum, which has the reason.
        return True
    if here.section == "three_public" and not (_PART.match(here.text) and _parts_explained(context, here)):
        # The whole is told first, its parts with their reasons behind it.
        return any(p.section == here.section and _REASON.search(p.text) for p in kept[at + 1 : at + 5])
    if after is None or after.section != here.section or _NEXT_POINT.match(after.text):
        return False
    if not _REASON.search(after.text):
        return False
    return not CHANGE.search(after.text)


def _usual(reasoned: int, bare: int) -> bool:
    return reasoned >= _ENOUGH and reasoned >= _USUAL * (reasoned + bare)


def check_item_reasons(context: Context) -> Iterator[Finding]:
    """Yield functional items that differ from their budget without a reason, where other items give theirs."""
    reasoned, bare = 0, []
    passages = list(context.passages)
    for at, told in enumerate(context.told):
        if told.aspect != "completion" or told.sentence.passage.section != "general":
            continue
        if not told.meaning.fact.startswith(("item[", "?")) or abs(told.mention.value - 100) <= _SMALL:
            continue
        place = passages.index(told.sentence.passage)
        behind = told.sentence.passage.text + (passages[place + 1].text if place + 1 < len(passages) else "")
        own = behind if len(ITEM.findall(behind)) <= 1 else told.sentence.passage.text
        if _REASON.search(own):
            reasoned += 1
        else:
            bare.append(at)
    for at in bare if _usual(reasoned, len(bare)) else ():
        told = context.told[at]
        yield text_finding(
            told.sentence.passage, "reason", Severity.WARNING,
            f"“{told.meaning.label}”的决算与预算相差较大（{told.quote}），没有说明原因，请补充。", "", "", told.quote,
        )  # fmt: skip


# ── direction ───────────────────────────────────────────────────────────────────────────────────────────────────────
_COMPARED = re.compile(
    r"决算数?(?P<word>大于|小于|高于|低于|超过)[^，。；]{0,10}预算数?[^。；]{0,4}(?:主要)?原因(?:是|为|在于)?[：:]?(?P<why>[^。]+)"
)
_WHY = re.compile(
    r"^[^。；\d]{0,6}(?:主要)?(?:变动|增加|减少|增长|下降)?(?:原因|系|是)(?:是|为|在于)?[：:，,]?(?P<why>[^。]+)"
)


def check_reason_direction(context: Context) -> Iterator[Finding]:
    """Yield reasons that only explain the opposite: 大于预算 because of 压减支出."""
    for passage in (p for p in context.passages if p.section and not p.is_heading):
        for m in _COMPARED.finditer(passage.text):
            yield from _opposed(context, passage, m["word"] in ("大于", "高于", "超过"), m["why"], m.group())
    for change in _worth_a_reason(context):
        why = _WHY.match(_behind(change).lstrip("，。；,; )"))
        if why is not None:
            quote = change.match.group() + "，" + why.group()
            yield from _opposed(context, change.sentence.passage, change.rising, why["why"], quote)


def _opposed(context: Context, passage: Passage, rising: bool, why: str, quote: str) -> Iterator[Finding]:
    words = context.book.reasons
    fitting, opposed = (words.up, words.down) if rising else (words.down, words.up)
    wrong = [w for w in opposed if w in why]
    if not wrong or any(w in why for w in (*fitting, *words.open)):
        return
    yield text_finding(
        passage, "reason_direction", Severity.WARNING,
        f"“{quote[:60]}”说的是{'增加' if rising else '减少'}，"
        f"原因“{wrong[0]}”却是{'减少' if rising else '增加'}的原因，请核对。",
        "", wrong[0], quote,
    )  # fmt: skip
