"""Completion rates, shares and deviations: is the stated percentage what the stated amounts give?

Every comparison allows for rounding: an amount is known to half of its last digit, and a percentage is right when some
exact values within those bounds round to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from desktopapp.core.findings import Finding, Severity
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.labels import bare, squeeze
from desktopapp.narrative.reading.mentions import Mention, agrees, plain_ratio, ratio_range, show
from desktopapp.narrative.reading.mentions import total as total_of
from desktopapp.narrative.reading.sentence import Sentence
from desktopapp.narrative.reading.told import Told

_BUDGETS = ("budget", "initial")
#: So many shares of one whole tell which of them is wrong.
_ENOUGH = 3
#: Facts of which a share speaks where the words behind 占 leave the whole open, by the beginning of the part's fact.
_WHOLES = (
    ("02.", "income.total"), ("01.", "income.total"), ("03.", "expense.total"),
    ("class[", "05.total"), ("09.", "09.total"), ("06.", "05.basic"),
)  # fmt: skip


# ── completion ──────────────────────────────────────────────────────────────────────────────────────────────────────
def check_completion(context: Context) -> Iterator[Finding]:
    """Yield completion rates that do not follow from budget and outturn, and rates against a budget of zero."""
    for at, told in enumerate(context.told):
        if told.aspect != "completion":
            continue
        pair = _pair(context, context.told[:at], told)
        if pair is None:
            continue
        budget, actual = pair
        rate, passage = told.mention, told.sentence.passage
        if budget.value == 0:
            yield text_finding(
                passage, "zero_base", Severity.WARNING,
                f"预算数为零，不应计算完成率（文中写“{rate.text}”），请删去百分比。", "", rate.text, told.quote,
            )  # fmt: skip
            continue
        spread = ratio_range(actual, budget)
        if spread is None or agrees(rate, *spread):
            continue
        expected = show(plain_ratio(actual.value, budget.value, rate.ulp), rate.ulp)
        yield text_finding(
            passage, "completion", Severity.ERROR,
            f"完成率不对：{show(actual.value)} ÷ {show(budget.value)} ＝ {expected}%，文中为 {rate.text}。",
            f"{expected}%", rate.text, told.quote,
        )  # fmt: skip


def _pair(context: Context, before: Sequence[Told], told: Told) -> tuple[Mention, Mention] | None:
    """Return budget and outturn that a completion rate compares: those of its subject, in the same passage."""
    near = [t for t in before if t.sentence.passage is told.sentence.passage and t.subject == told.subject]
    budgets = [t for t in near if t.aspect in _BUDGETS and t.depth <= told.depth]
    wanted = [t for t in budgets if t.aspect == "initial"] if "年初" in told.words else budgets
    outturns = [t for t in near if t.aspect in ("outturn", "") and t.depth <= told.depth and t.is_amount]
    if not outturns:
        return None
    if wanted or budgets:
        return (wanted or budgets)[-1].mention, outturns[-1].mention
    if told.meaning.fact.startswith("09.") and ("年初" not in told.words or _printed_initial(context)):
        budget = context.amount(f"{told.meaning.fact}.budget")
        # Some regions call a plan that is empty and met 100 % complete; the form cannot say whether that was meant.
        return (exact(budget), outturns[-1].mention) if budget else None
    return None


def _printed_initial(context: Context) -> bool:
    """Tell whether form 09 prints the initial budget: its total is what the text calls 年初预算."""
    total = context.amount("09.total.budget")
    return any(
        t.aspect == "initial" and t.meaning.fact == "09.total" and t.mention.value == total for t in context.told
    )


def check_deviation(context: Context) -> Iterator[Finding]:
    """Yield deviations from the budget (预决算差异率) that do not follow from budget and outturn."""
    for at, told in enumerate(context.told):
        pair = _pair(context, context.told[:at], told) if told.aspect == "deviation" else None
        if pair is None or pair[0].value <= 0:
            continue
        budget, actual = pair
        spread = ratio_range(actual, budget)
        rate = told.mention
        if spread is None:
            continue
        low, high = spread[0] - 100, spread[1] - 100
        if agrees(rate, low, high) or (rate.value >= 0 and agrees(rate, -high, -low)):
            continue
        expected = show(plain_ratio(actual.value - budget.value, budget.value, rate.ulp), rate.ulp)
        yield text_finding(
            told.sentence.passage, "deviation", Severity.ERROR,
            f"预决算差异率不对：（{show(actual.value)} － {show(budget.value)}）÷ {show(budget.value)} ＝ {expected}%，"
            f"文中为 {rate.text}。",
            f"{expected}%", rate.text, told.quote,
        )  # fmt: skip


def check_comparison_words(context: Context) -> Iterator[Finding]:
    """Yield 大于/小于 beside amounts that say the opposite."""
    pattern = re.compile(
        r"决算数?(?P<word>大于|小于|超过|低于|高于|持平|等于)(?:全年|年初|调整)?预算数?"
        r"|决算数?与(?:全年|年初|调整)?预算数?(?P<same>持平|相同|一致|相等)"
    )
    for sentence in context.sentences():
        for m in pattern.finditer(sentence.text):
            pair = _spoken_of(context, sentence.passage, sentence.text, m.start())
            if pair is None:
                yield from _beside_rate(sentence, m)
                continue
            budget, actual = pair
            wanted = "大于" if actual.value > budget.value else "小于" if actual.value < budget.value else "等于"
            word = m["word"] or m["same"]
            told = {"超过": "大于", "高于": "大于", "低于": "小于"}.get(word, word)
            told = "等于" if told in ("持平", "相同", "一致", "相等") else told
            if told == wanted or (told == "等于" and abs(actual.value - budget.value) <= Fraction(1, 100)):
                continue
            yield text_finding(
                sentence.passage, "comparison", Severity.ERROR,
                f"文中说决算数{word}预算数，但决算 {actual.text.strip()}、预算 {budget.text.strip()}，应为{wanted}。",
                wanted, word, m.group(),
            )  # fmt: skip


def _beside_rate(sentence: Sentence, m: re.Match[str]) -> Iterator[Finding]:
    """Yield 大于/小于 right behind a completion rate that says the opposite, where the budget itself is not told."""
    before = re.search(
        r"完成[^，。；\d]{0,12}(?P<rate>\d[\d,.]*)\s*%\s*[，,。]?\s*(?:支出)?$", sentence.text[: m.start()]
    )
    if before is None:
        return
    rate = next(n for n in sentence.numbers if n.start == before.start("rate"))
    word = m["word"] or m["same"]
    above, below = word in ("大于", "超过", "高于"), word in ("小于", "低于")
    wrong = (above and rate.high < 100) or (below and rate.low > 100) or (not above and not below and rate.value != 100)
    exact_whole = rate.value == 100 and rate.ulp <= Fraction(1, 10) and (above or below)
    if wrong or exact_whole:
        yield text_finding(
            sentence.passage, "comparison", Severity.ERROR if wrong else Severity.WARNING,
            f"文中说决算数{word}预算数，但完成率为 {rate.text.strip()}，前后不一致，请核对。",
            "", word, before.group().strip() + m.group(),
        )  # fmt: skip


def _spoken_of(context: Context, passage: object, text: str, position: int) -> tuple[Mention, Mention] | None:
    """Return budget and outturn told last before a place in a passage, both of one subject."""
    seen: list[Told] = []
    for told in context.told:
        if told.sentence.passage is not passage:
            continue
        if told.sentence.text == text and told.mention.start >= position:
            break
        seen.append(told)
    amounts = [t for t in seen if t.is_amount and not t.depth]
    if not amounts:
        return None
    last = amounts[-1].subject
    budgets = [t for t in amounts if t.subject == last and t.aspect in _BUDGETS]
    outturns = [t for t in amounts if t.subject == last and t.aspect in ("outturn", "")]
    return (budgets[-1].mention, outturns[-1].mention) if budgets and outturns else None


# ── shares ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def check_shares(context: Context) -> Iterator[Finding]:
    """Yield shares that do not follow from part and whole; a share is right when any reading of the whole fits."""
    for at, told in enumerate(context.told):
        part = _part(context.told[:at], told) if told.aspect == "share" else None
        if part is None or part.value < 0:
            continue
        wholes, sure = _wholes(context, at, told, part)
        rate = told.mention
        spreads = [(w, s) for w in wholes if (s := ratio_range(part, w)) is not None]
        if not spreads or not sure or any(agrees(rate, *s) for _, s in spreads):
            continue
        whole = spreads[0][0]
        expected = show(plain_ratio(part.value, whole.value, rate.ulp), rate.ulp)
        near = abs(rate.value - part.value / whole.value * 100) <= rate.ulp
        yield text_finding(
            told.sentence.passage, "share", Severity.ROUNDING if near else Severity.ERROR,
            f"占比不对：{show(part.value)} ÷ {show(whole.value)} ＝ {expected}%，文中为 {rate.text}。",
            f"{expected}%", rate.text, told.quote,
        )  # fmt: skip


def check_share_outliers(context: Context) -> Iterator[Finding]:
    """Yield a share among several of one whole, itself not told, that all the others contradict."""
    groups: dict[tuple[int, str], list[tuple[Told, Mention]]] = {}
    for at, told in enumerate(context.told):
        part = _part(context.told[:at], told) if told.aspect == "share" else None
        if part is not None and part.low > 0 and told.mention.low > 0:
            groups.setdefault((id(told.sentence.passage), told.words), []).append((told, part))
    for group in groups.values():
        if len(group) < _ENOUGH:
            continue
        spans = [(p.low / t.mention.high, p.high / t.mention.low) for t, p in group]
        # The whole that the others agree on, each of them allowing for rounding.
        for at, (told, part) in enumerate(group):
            others = [s for i, s in enumerate(spans) if i != at]
            low, high = max(s[0] for s in others), min(s[1] for s in others)
            if low > high or (spans[at][0] <= high and low <= spans[at][1]):
                continue
            whole = (low + high) / 2
            expected = show(part.value / whole, told.mention.ulp)
            near = abs(told.mention.value - part.value / whole) <= told.mention.ulp
            yield text_finding(
                told.sentence.passage, "share", Severity.ROUNDING if near else Severity.WARNING,
                f"占比与其他各项不符：按其他各项推算，{show(part.value)} 应占 {expected}%，"
                f"文中为 {told.mention.text}。",
                f"{expected}%", told.mention.text, told.quote,
            )  # fmt: skip


def _part(before: Sequence[Told], told: Told) -> Mention | None:
    """Return the amount right before a share, brackets between them left out."""
    for other in reversed(before):
        if other.sentence.passage is not told.sentence.passage:
            return None
        if other.depth > told.depth:
            continue
        if other.sentence.text != told.sentence.text or not other.is_amount:
            return None
        between = re.sub(r"[（(][^（）()]*[)）]", "", told.sentence.text[other.mention.end : told.mention.start])
        return other.mention if not re.search(r"\d", between) and len(between) < 46 else None
    return None


def _wholes(context: Context, at: int, told: Told, part: Mention) -> tuple[list[Mention], bool]:
    """Return the amounts that the words behind 占 may mean, likeliest first, and whether it must be one of them."""
    words = bare(squeeze(told.words))
    found = [w for claim in context.book.wholes if words in claim.says for w in _of_fact(context, claim.fact)]
    if found:
        return found, True
    if words:
        named = _named_before(context, told, words)
        return named, bool(named)
    fact = next((f for p, f in _WHOLES if _fact_of_part(context, at).startswith(p)), "")
    passage = told.sentence.passage
    if not fact and passage.section == "general":
        fact = "05.total"
    leading = [
        t.mention
        for t in context.told[:at]
        if t.sentence.passage is passage
        and t.is_amount
        and t.mention is not part
        and t.mention.value >= part.value
        # What is told with a share of its own is another part.
        and not re.match(r"\s*[，,（(]?\s*占", t.sentence.text[t.mention.end :])
    ][:3]
    certain = _of_fact(context, fact) if fact else []
    behind = re.search(r"其中|以下方面|中[，,]|包括", passage.text) is not None
    return [*certain, *leading], bool(certain) or (bool(leading) and behind)


def _fact_of_part(context: Context, at: int) -> str:
    before = [t for t in context.told[:at] if t.sentence.passage is context.told[at].sentence.passage and t.is_amount]
    return next((t.meaning.fact for t in reversed(before) if t.depth <= context.told[at].depth), "")


def _of_fact(context: Context, fact: str) -> list[Mention]:
    value = context.amount(fact)
    return [*([exact(value)] if value else []), *context.stated(fact)[:2]]


def _named_before(context: Context, told: Told, words: str) -> list[Mention]:
    """Return the amounts that stand behind the same words earlier in the section (政府采购支出总额 4,816.1 万元)."""
    found: list[Mention] = []
    core = re.sub(r"^(?:部门|本部门|本单位|我局|本局|全部)|(?:总额|合计|总计|金额)$", "", words)
    for sentence in context.sentences(told.sentence.passage.section):
        for n in sentence.numbers:
            before = bare(squeeze(sentence.text[: n.start]))
            before = re.sub(r"(?:为|共计|共)$", "", before)
            if n.kind == "amount" and (before.endswith(words) or (len(core) >= 4 and before.endswith(core))):
                found.append(n)
    return found


def exact(value: Fraction) -> Mention:
    """Return an amount of the forms as a mention."""
    return Mention("amount", value, Fraction(1, 100), "万元", show(value), 0, 0)


def check_share_sums(context: Context) -> Iterator[Finding]:
    """Yield the structure of expenditure whose shares do not add up to 100 % although its amounts are complete."""
    shares: list[tuple[Told, Mention, Mention]] = []
    for at, told in enumerate(context.told):
        if told.aspect == "share" and not told.words and told.sentence.passage.section == "general":
            part = _part(context.told[:at], told)
            if part is not None:
                shares.append((told, part, told.mention))
    if len(shares) < 2:
        return
    total = context.amount("05.total") or next((s.value for s in context.stated("05.total")), None)
    amounts = total_of(p.value for _, p, _ in shares)
    if total is None or abs(amounts - total) > Fraction(len(shares) + 1, 200):
        return
    percent = total_of(r.value for _, _, r in shares)
    # Each share may be off by half its last digit, and by as much as its amount is rounded.
    allowed = total_of(r.ulp for _, _, r in shares) / 2 + Fraction(len(shares), 200) / total * 100
    if abs(percent - 100) > allowed:
        yield text_finding(
            shares[0][0].sentence.passage, "share_sum", Severity.ERROR,
            f"各类支出占比合计为 {show(percent, Fraction(1, 10))}%，应为 100%，请核对各项占比。",
            "100%", f"{show(percent, Fraction(1, 10))}%",
        )  # fmt: skip
