"""Changes: does the rate follow from the amounts, and do words and amounts agree?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from desktopapp.core.findings import Finding, Severity
from desktopapp.narrative.reading.check_ratios import exact
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.labels import squeeze, words_before
from desktopapp.narrative.reading.mentions import Mention, agrees, plain_ratio, show
from desktopapp.narrative.reading.sentence import Sentence
from desktopapp.narrative.reading.told import Told

_UP, _DOWN = "增加|增长|上升|提高|上涨|扩大|增多", "减少|下降|降低|压减|缩减|回落"
CHANGE = re.compile(
    rf"(?P<word>{_UP}|{_DOWN})(?:了|额为|数为|额|数|金额)?(?:为)?\s*(?P<amount>-?\d+(?:,\s?\d{{3}})*(?:\.\d+)?)\s*(?P<unit>万元|亿元|元)"
    rf"(?:\s*[，,、；（(]?\s*(?:各|均|同比)?(?P<ratio_word>{_UP}|{_DOWN}|增幅|降幅|幅度|变动率|增长率)"
    rf"(?:了|率为|幅度为|比例为|比例|率|为)?\s*(?P<rate>-?\d[\d.]*)\s*%(?!\s*[、,，]\s*\d[\d.]*\s*%))?"
)
_AGAINST_BUDGET = re.compile(
    r"(?:比|较|与)[^，。；]{0,12}预算[^，。；]{0,8}[，,]?[^，。；]{0,20}$|超出预算[^，。；]{0,6}$"
)
_LAST_YEAR = re.compile(
    r"(?:比|较|与)(?:上年度?|去年|20\d\d年(?:度)?)(?:同期)?[^，。；、\d]{0,16}?(?:的|为)?(?P<n>\d[\d,.]*)万元(?:相比|相较)?[，,]?[^，。；\d]{0,10}$"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change as told: its words, amounts, and the amounts it may start from, likeliest first."""

    sentence: Sentence
    match: re.Match[str]
    amount: Mention
    rising: bool
    bases: tuple[Mention, ...]
    against_budget: bool
    meaning: str


def changes(context: Context) -> Sequence[Change]:
    """Return the changes with amounts that a text tells; read once for all checks."""
    if context.changes is None:
        context.changes = tuple(_changes(context))
    return context.changes


def _changes(context: Context) -> Iterator[Change]:
    by_passage: dict[int, list[Told]] = {}
    for told in context.told:
        by_passage.setdefault(id(told.sentence.passage), []).append(told)
    for sentence in context.sentences():
        for m in CHANGE.finditer(sentence.text):
            amount = next(n for n in sentence.numbers if n.start == m.start("amount"))
            near = by_passage.get(id(sentence.passage), [])
            at = next((i for i, t in enumerate(near) if t.sentence == sentence and t.mention == amount), None)
            bases, meaning = _bases(context, near, at) if at is not None else ([], "")
            yield Change(
                sentence,
                m,
                amount,
                bool(re.match(_UP, m["word"])),
                tuple(bases),
                _AGAINST_BUDGET.search(sentence.text[: m.start()]) is not None,
                meaning,
            )


def _bases(context: Context, near: Sequence[Told], at: int) -> tuple[list[Mention], str]:
    """Return the amounts that a change may start from: its own label's, its subject's, then others before it."""
    told = near[at]
    before = [t for t in near[:at] if t.aspect in ("", "outturn") and t.year in (0, context.report.year)]
    fact = told.meaning.fact
    own = [t.mention for t in before if fact and t.meaning.fact == fact]
    if not own and fact and (value := context.amount(fact)):
        own = [exact(value), *context.stated(fact)[:1]]
    elif not own and fact:
        own = context.stated(fact)[:1]
    if fact and not own:
        # The same words may mean another form's amount, told before: 财政拨款支出 of form 04 or of form 05.
        alike = context.book.alike(told.meaning.label)
        own = [t.mention for t in before if t.meaning.fact in alike]
    if fact and not own:
        # Its own amount is not told: that of another would be taken for it.
        return [], fact
    same = [t.mention for t in reversed(before) if t.subject == told.subject and t.depth <= told.depth]
    flat = [t.mention for t in before if not t.depth]
    others = [*flat[::-1][:6], *flat[:3], *(t.mention for t in before[-3:])]
    return list(dict.fromkeys([*own, *same[:1], *others])), fact


# ── rates ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def check_changes(context: Context) -> Iterator[Finding]:
    """Yield changes whose rate does not follow from the amounts, or whose words contradict each other."""
    for change in changes(context):
        m = change.match
        other = m["ratio_word"]
        if other and re.match(f"{_UP}|{_DOWN}", other) and bool(re.match(_UP, other)) != change.rising:
            if change.amount.value or Fraction(m["rate"] or 0):
                yield text_finding(
                    change.sentence.passage, "direction", Severity.ERROR,
                    f"“{m.group()}”前后矛盾：一处说{m['word']}，一处说{other}，请核对。", quote=m.group(),
                )  # fmt: skip
        elif m["rate"] is not None:
            yield from _change_rate(change)
        elif change.meaning and change.bases:
            yield from _too_much(change)
        yield from _last_amount(change)


def _change_rate(change: Change) -> Iterator[Finding]:
    m, passage = change.match, change.sentence.passage
    rate = next(n for n in change.sentence.numbers if n.start == m.start("rate"))
    ranges = [(b, r) for b in change.bases if (r := _rate_range(b, change.amount, change.rising)) is not None]
    if any(agrees(rate, *r) for _, r in ranges):
        return
    base = change.bases[0] if change.bases else None
    if base is not None and change.rising and base.value == change.amount.value and base.value:
        yield text_finding(
            passage, "zero_base", Severity.WARNING,
            f"“{m.group()}”的上年数为零，不应计算增减率，请删去百分比。", quote=m.group(),
        )  # fmt: skip
        return
    if not ranges:
        if base is not None:
            yield from _too_much(change)
        return
    base = ranges[0][0]
    before = base.value - change.amount.value if change.rising else base.value + change.amount.value
    expected = show(plain_ratio(change.amount.value, before, rate.ulp), rate.ulp)
    yield text_finding(
        passage, "change_rate", Severity.ERROR,
        f"“{m.group()}”的增减率不对：{show(change.amount.value)} ÷ {show(before)} ＝ {expected}%，文中为 {rate.text}。",
        f"{expected}%", rate.text, m.group(),
    )  # fmt: skip


def _too_much(change: Change) -> Iterator[Finding]:
    """Yield an increase that is more than what it led to."""
    if change.rising and change.amount.low > max(b.high for b in change.bases):
        yield text_finding(
            change.sentence.passage, "change_amount", Severity.ERROR,
            f"“{change.match.group()}”不对：增加额大于本年数 {change.bases[0].text.strip()}，请核对。",
            "", change.match["amount"], change.match.group(),
        )  # fmt: skip


def _rate_range(now: Mention, change: Mention, rising: bool) -> tuple[Fraction, Fraction] | None:
    """Return between which percentages change/before lies, before being now ∓ change."""
    if rising:
        low_base, high_base = now.low - change.high, now.high - change.low
    else:
        low_base, high_base = now.low + change.low, now.high + change.high
    if low_base <= 0 or high_base <= 0:
        return None
    return change.low / high_base * 100, change.high / low_base * 100


def _last_amount(change: Change) -> Iterator[Finding]:
    """Yield a change beside both years' amounts that give another one, or the opposite direction."""
    before = squeeze(change.sentence.text[: change.match.start()])
    told = _LAST_YEAR.search(before)
    if told is None or not change.bases:
        return
    last = Fraction(told["n"].replace(",", ""))
    others = [b for b in change.bases if b.value != last]
    if not others:
        return
    signed = change.amount.value if change.rising else -change.amount.value
    if any(abs(b.value - last - signed) <= Fraction(3, 200) for b in others):
        return
    now = others[0]
    gap = now.value - last
    word = "增加" if gap > 0 else "减少"
    yield text_finding(
        change.sentence.passage, "change_amount", Severity.ERROR,
        f"“{change.match.group()}”与两年的数不符：{show(now.value)} － {show(last)}，"
        f"应为{word} {show(abs(gap))} 万元。",
        f"{word} {show(abs(gap))} 万元", change.match["word"] + change.match["amount"], change.match.group(),
    )  # fmt: skip


def check_against_budget(context: Context) -> Iterator[Finding]:
    """Yield differences from the budget that budget and outturn, both told of the same subject, do not give."""
    for at, told in enumerate(context.told):
        if told.aspect != "change" or not re.search(r"(?:比|较|与)[^，。；]{0,10}预算[^，。；\d]{0,16}$", told.words):
            continue
        near = [
            t
            for t in context.told[max(0, at - 12) : at]
            if t.sentence.passage is told.sentence.passage and t.subject == told.subject and not t.depth
        ]
        budgets = [t.mention for t in near if t.aspect in ("budget", "initial")] or _printed_budget(context, told)
        outturns = [t.mention for t in near if t.aspect in ("outturn", "")]
        if len(budgets) != 1 or len(outturns) != 1:
            continue
        gap = outturns[0].value - budgets[0].value
        rising = re.search(f"(?:{_UP})[^一-龥]*[了额为数]*$", told.words) is not None
        signed = told.mention.value if rising else -told.mention.value
        if abs(gap - signed) > Fraction(3, 200):
            word = "增加" if gap > 0 else "减少"
            yield text_finding(
                told.sentence.passage, "change_amount", Severity.ERROR,
                f"“{told.quote}”与预算、决算数不符：{show(outturns[0].value)} － {show(budgets[0].value)}，"
                f"应为{word} {show(abs(gap))} 万元。",
                f"{word} {show(abs(gap))} 万元", told.mention.text.strip(), told.quote,
            )  # fmt: skip


def _printed_budget(context: Context, told: Told) -> list[Mention]:
    """Return the budget that form 09 prints for what a number is about; 年初预算 is another one."""
    if not told.meaning.fact.startswith("09.") or "年初" in told.words:
        return []
    budget = context.amount(f"{told.meaning.fact}.budget")
    return [exact(budget)] if budget else []


_AS_PLANNED = re.compile(
    r"(?:与|比|较)(?!年初)[^，。；,;初]{0,10}预算(?:数)?(?:相比)?[，,]?(?:无变化|无增减|没有变化|持平|一致|相同)"
)


def check_as_planned(context: Context) -> Iterator[Finding]:
    """Yield public expenses said to be as planned although form 09 prints another budget."""
    for sentence in context.sentences("three_public"):
        for m in _AS_PLANNED.finditer(sentence.text):
            before = [
                t
                for t in context.told
                if t.sentence == sentence and t.mention.end <= m.start() and t.is_amount and not t.depth
            ]
            if not before or before[-1].aspect not in ("", "outturn"):
                continue
            told = before[-1]
            budget = _printed_budget(context, told)
            if budget and abs(budget[0].value - told.mention.value) > Fraction(3, 200):
                yield text_finding(
                    sentence.passage, "comparison", Severity.ERROR,
                    f"“{m.group()}”与报表不符：{told.meaning.label}决算 {told.mention.text.strip()}，"
                    f"{context.report.template.form('09').called}的预算为 {budget[0].text} 万元。",
                    "", m.group(), m.group(),
                )  # fmt: skip


# ── the same change told twice ──────────────────────────────────────────────────────────────────────────────────────
_TOGETHER = ("total", "income", "expense", "fiscal", "general")


def check_changes_agree(context: Context) -> Iterator[Finding]:
    """Yield a change that differs from that of other sections although all start from the same amount.

    Two sections that agree with each other may both be right: last year had money carried forward. They are told as a
    hint only.
    """
    told = [
        (c, c.bases[0].value, c.amount.value if c.rising else -c.amount.value)
        for c in changes(context)
        if c.sentence.passage.section in _TOGETHER and c.bases and not c.against_budget and c.bases[0].value
    ]
    by_base: dict[Fraction, Counter[Fraction]] = {}
    for _, start, signed in told:
        by_base.setdefault(start, Counter())[signed] += 1
    for change, start, signed in told:
        usual, count = by_base[start].most_common(1)[0]
        here = by_base[start][signed]
        if signed == usual or count < 2 or count <= here or abs(signed - usual) <= Fraction(1, 50):
            continue
        yield text_finding(
            change.sentence.passage, "change_differs", Severity.WARNING if here == 1 else Severity.INFO,
            f"“{change.match.group()}”与其他各节的增减额 {show(abs(usual))} 万元不同，而本年数相同，请核对上年数。",
            f"{show(abs(usual))} 万元", change.match["amount"], change.match.group(),
        )  # fmt: skip


__all__ = ["CHANGE", "Change", "changes", "words_before"]
