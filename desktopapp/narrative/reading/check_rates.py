"""Changes, completion rates and shares: is the stated percentage what the stated amounts give?

Every comparison allows for rounding: an amount is known to half of its last digit, and a percentage is right when some
exact values within those bounds round to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from desktopapp.core.findings import Finding, Severity
from desktopapp.narrative.reading.context import Context, Sentence, text_finding
from desktopapp.narrative.reading.mentions import Mention, agrees, plain_ratio, ratio_range, show
from desktopapp.narrative.reading.mentions import total as total_of

_UP, _DOWN = "增加|增长|上升|提高|上涨|扩大", "减少|下降|降低|压减|缩减|回落"
_CHANGE = re.compile(
    rf"(?P<word>{_UP}|{_DOWN})(?:了|额为|数为|额|数|金额)?(?:为)?\s*(?P<amount>-?\d[\d,.]*)\s*(?P<unit>万元|亿元|元)"
    rf"(?:\s*[，,、；]?\s*(?P<ratio_word>{_UP}|{_DOWN}|增幅|降幅|幅度)(?:了|率为|幅度为|比例为|率|为)?\s*(?P<rate>-?\d[\d.]*)\s*%)?"
)
_COMPLETION = re.compile(
    r"(?:预算|预算数|预算金额|全年预算数|年初预算数)\s*(?:为|是)?\s*(?P<budget>-?\d[\d,.]*)\s*万元[^。；]{0,40}?"
    r"(?:决算|决算数|执行数|实际执行金额|支出决算|支出)\s*(?:为|是)?\s*(?P<actual>-?\d[\d,.]*)\s*万元[^。；]{0,16}?"
    r"(?:完成(?:全年|年初|调整)?(?:预算)?(?:数)?(?:的)?|预算执行率(?:为)?|执行率(?:为)?|完成率(?:为)?)\s*(?P<rate>-?\d[\d.]*)\s*%"
)
_SHARE = re.compile(
    r"(?P<part>-?\d[\d,.]*)\s*万元\s*[，,、]?\s*占\s*(?P<whole>[^，。；、%\d]{0,24}?)(?:的|比重|比例)*(?:为)?\s*(?P<rate>-?\d[\d.]*)\s*%"
)


def check_changes(context: Context) -> Iterator[Finding]:
    """Yield changes whose rate does not follow from the amounts, or whose words contradict each other."""
    for sentence in context.sentences():
        for m in _CHANGE.finditer(sentence.text):
            word, ratio_word = m["word"], m["ratio_word"]
            rising = bool(re.match(_UP, word))
            if ratio_word and re.match(f"{_UP}|{_DOWN}", ratio_word) and bool(re.match(_UP, ratio_word)) != rising:
                yield text_finding(
                    sentence.passage,
                    "direction",
                    Severity.ERROR,
                    f"“{m.group()}”前后矛盾：一处说{word}，一处说{ratio_word}，请核对。",
                    quote=m.group(),
                )
            elif m["rate"] is not None:
                yield from _change_rate(context, sentence, m, rising)


def _change_rate(context: Context, sentence: Sentence, m: re.Match[str], rising: bool) -> Iterator[Finding]:
    change = next(n for n in sentence.numbers if n.start == m.start("amount"))
    rate = next(n for n in sentence.numbers if n.start == m.start("rate"))
    bases = _bases(context, sentence, m.start())
    if not bases:
        return
    ranges = [r for b in bases if (r := _rate_range(b, change, rising)) is not None]
    if not ranges:
        base = bases[0]
        if rising and base.value == change.value and change.value:
            yield text_finding(
                sentence.passage,
                "zero_base",
                Severity.WARNING,
                f"“{m.group()}”的上年数为零，不应计算增减率，请删去百分比。",
                quote=m.group(),
            )
        return
    if any(agrees(rate, low, high) for low, high in ranges):
        return
    base = bases[0]
    before = base.value - change.value if rising else base.value + change.value
    if before <= 0:
        return
    expected = show(plain_ratio(change.value, before, rate.ulp), rate.ulp)
    yield text_finding(
        sentence.passage,
        "change_rate",
        Severity.ERROR,
        f"“{m.group()}”的增减率不对：{show(change.value)} ÷ {show(before)} ＝ {expected}%，文中为 {rate.text}。",
        f"{expected}%",
        rate.text,
        m.group(),
    )


def _bases(context: Context, sentence: Sentence, position: int) -> list[Mention]:
    """Return the amounts that a change may start from, nearest first: in its sentence, then in its passage."""
    spans = [(m.start("amount"), m.end("amount")) for m in _CHANGE.finditer(sentence.text)]
    own = [n for n in sentence.before(position) if not any(a <= n.start < b for a, b in spans)]
    main = [m for told in context.named.values() for m, p in told if p is sentence.passage]
    if main and not any(n in main for n in own):
        return [main[0], *own]
    if len(own) > 3:
        # Behind a list of parts the change is that of the amount the sentence began with.
        return [own[-1], *own[:3]]
    if own:
        return own
    found: list[Mention] = []
    for other in context.sentences(sentence.passage.section):
        if other.passage is sentence.passage and other.text == sentence.text:
            break
        if other.passage is sentence.passage:
            taken = [(m.start("amount"), m.end("amount")) for m in _CHANGE.finditer(other.text)]
            here = [n for n in other.numbers if n.kind == "amount" and not any(a <= n.start < b for a, b in taken)]
            found = here[::-1] + found
    return found[:4]


def _rate_range(now: Mention, change: Mention, rising: bool) -> tuple[Fraction, Fraction] | None:
    """Return between which percentages change/before lies, before being now ∓ change."""
    if rising:
        low_base, high_base = now.low - change.high, now.high - change.low
    else:
        low_base, high_base = now.low + change.low, now.high + change.high
    if low_base <= 0:
        return None
    return change.low / high_base * 100, change.high / low_base * 100


def check_completion(context: Context) -> Iterator[Finding]:
    """Yield completion rates that do not follow from budget and outturn, and rates against a budget of zero."""
    for sentence in context.sentences():
        for m in _COMPLETION.finditer(sentence.text):
            budget, actual, rate = (
                next(n for n in sentence.numbers if n.start == m.start(g)) for g in ("budget", "actual", "rate")
            )
            if budget.value == 0:
                yield text_finding(
                    sentence.passage,
                    "zero_base",
                    Severity.WARNING,
                    f"预算数为零，不应计算完成率（文中写“{rate.text}”），请删去百分比。",
                    "",
                    rate.text,
                    m.group(),
                )
                continue
            spread = ratio_range(actual, budget)
            if spread is None or agrees(rate, *spread):
                continue
            expected = show(plain_ratio(actual.value, budget.value, rate.ulp), rate.ulp)
            yield text_finding(
                sentence.passage,
                "completion",
                Severity.ERROR,
                f"完成率不对：{show(actual.value)} ÷ {show(budget.value)} ＝ {expected}%，文中为 {rate.text}。",
                f"{expected}%",
                rate.text,
                m.group(),
            )


def check_shares(context: Context) -> Iterator[Finding]:
    """Yield shares that do not follow from part and whole; a share is right when any reading of the whole fits."""
    for sentence in context.sentences():
        for m in _SHARE.finditer(sentence.text):
            part = next(n for n in sentence.numbers if n.start == m.start("part"))
            rate = next(n for n in sentence.numbers if n.start == m.start("rate"))
            wholes = _wholes(context, sentence, m)
            if not wholes:
                continue
            spreads = [(w, s) for w in wholes if (s := ratio_range(part, w)) is not None]
            if not spreads or any(agrees(rate, *s) for _, s in spreads):
                continue
            whole = spreads[0][0]
            expected = show(plain_ratio(part.value, whole.value, rate.ulp), rate.ulp)
            near = abs(rate.value - part.value / whole.value * 100) <= rate.ulp
            yield text_finding(
                sentence.passage,
                "share",
                Severity.ROUNDING if near else Severity.ERROR,
                f"占比不对：{show(part.value)} ÷ {show(whole.value)} ＝ {expected}%，文中为 {rate.text}。",
                f"{expected}%",
                rate.text,
                m.group(),
            )


def _wholes(context: Context, sentence: Sentence, m: re.Match[str]) -> list[Mention]:
    """Return the amounts that the words behind 占 may mean, likeliest first."""
    words = re.sub(r"\s|[“”]", "", m["whole"])
    found: list[Mention] = []
    for whole in context.book.wholes:
        if words in whole.says:
            found += context.stated(whole.fact)[:2]
            value = context.amount(whole.fact)
            if value is not None:
                found.append(_exact(value))
    if found or words:
        return found or _named_before(sentence, context, words)
    if sentence.passage.section == "general":
        value = context.amount("05.total")
        return [*context.stated("05.total")[:1], *([_exact(value)] if value is not None else [])]
    return []


def _named_before(sentence: Sentence, context: Context, words: str) -> list[Mention]:
    """Return the amounts that stand behind the same words earlier in the section (政府采购支出总额 4,816.1 万元)."""
    found: list[Mention] = []
    core = re.sub(r"^(?:部门|本部门|本单位|我局|本局)|(?:总额|合计|总计|金额)$", "", words)
    for other in context.sentences(sentence.passage.section):
        for n in other.numbers:
            before = re.sub(r"\s|[“”]", "", other.text[: n.start])
            before = re.sub(r"(?:为|共计|共)$", "", before)
            if n.kind == "amount" and (before.endswith(words) or (len(core) >= 4 and before.endswith(core))):
                found.append(n)
    return found


def _exact(value: Fraction) -> Mention:
    return Mention("amount", value, Fraction(1, 100), "万元", show(value), 0, 0)


def check_share_sums(context: Context) -> Iterator[Finding]:
    """Yield the structure of expenditure whose shares do not add up to 100 % although its amounts are complete."""
    shares: list[tuple[Sentence, Mention, Mention]] = []
    for sentence in context.sentences("general"):
        for m in _SHARE.finditer(sentence.text):
            if not re.sub(r"\s", "", m["whole"]):
                part = next(n for n in sentence.numbers if n.start == m.start("part"))
                rate = next(n for n in sentence.numbers if n.start == m.start("rate"))
                shares.append((sentence, part, rate))
    if len(shares) < 2:
        return
    total = context.amount("05.total") or next((s.value for s in context.stated("05.total")), None)
    amounts = total_of(p.value for _, p, _ in shares)
    if total is None or abs(amounts - total) > Fraction(len(shares) + 1, 200):
        return
    percent = total_of(r.value for _, _, r in shares)
    allowed = total_of(r.ulp for _, _, r in shares) / 2
    if abs(percent - 100) > allowed:
        yield text_finding(
            shares[0][0].passage,
            "share_sum",
            Severity.ERROR,
            f"各类支出占比合计为 {show(percent, Fraction(1, 10))}%，应为 100%，请核对各项占比。",
            "100%",
            f"{show(percent, Fraction(1, 10))}%",
        )


def check_comparison_words(context: Context) -> Iterator[Finding]:
    """Yield 大于/小于 beside amounts that say the opposite."""
    pattern = re.compile(r"决算数?(?P<word>大于|小于|超过|低于|持平|等于)(?:全年|年初)?预算数?")
    for passage_sentences in _by_passage(context):
        for at, sentence in enumerate(passage_sentences):
            m = pattern.search(sentence.text)
            pair = _budget_and_outturn(passage_sentences[: at + 1])
            if m is None or pair is None:
                continue
            budget, actual = pair
            wanted = "大于" if actual.value > budget.value else "小于" if actual.value < budget.value else "等于"
            same = {"超过": "大于", "低于": "小于", "持平": "等于"}.get(m["word"], m["word"])
            if same != wanted:
                yield text_finding(
                    sentence.passage,
                    "comparison",
                    Severity.ERROR,
                    f"文中说决算数{m['word']}预算数，但决算 {actual.text.strip()}、"
                    f"预算 {budget.text.strip()}，应为{wanted}。",
                    wanted,
                    m["word"],
                    m.group(),
                )


def _by_passage(context: Context) -> Iterator[list[Sentence]]:
    groups: dict[int, list[Sentence]] = {}
    for sentence in context.sentences():
        groups.setdefault(id(sentence.passage), []).append(sentence)
    yield from groups.values()


def _budget_and_outturn(found: Sequence[Sentence]) -> tuple[Mention, Mention] | None:
    for sentence in reversed(found):
        told = list(_COMPLETION.finditer(sentence.text))
        if told:
            m = told[-1]
            budget = next(n for n in sentence.numbers if n.start == m.start("budget"))
            actual = next(n for n in sentence.numbers if n.start == m.start("actual"))
            return budget, actual
    return None
