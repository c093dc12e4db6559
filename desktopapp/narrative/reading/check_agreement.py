"""The text against itself, where no form can tell: an amount told twice, balances, differences and their rates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from desktopapp.core.findings import Finding, Severity
from desktopapp.narrative.reading.check_changes import changes
from desktopapp.narrative.reading.claims import Balance, Partition
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.labels import squeeze
from desktopapp.narrative.reading.mentions import Mention, agrees, plain_ratio, ratio_range, show, total
from desktopapp.narrative.reading.told import Told

_UP = re.compile(r"增加|增长|上升|提高|上涨|扩大|增多|大于|超过|超出|高于|多于")
_DOWN = re.compile(r"减少|下降|降低|压减|缩减|回落|小于|低于|少于")
#: A difference from the budget, with 增加 and the like or with 决算数大于预算数.
_FROM_BUDGET = re.compile(
    r"(?:比|较|与)[^，。；]{0,10}预算(?!财政|拨款)[^，。；\d]{0,16}$"
    r"|(?:决算|支出|执行)数?额?(?:大于|小于|超过|超出|低于|高于|少于|多于)[^，。；\d]{0,4}预算[^，。；\d]{0,4}$"
)
#: Shorter names (收入, 本年) are said of too many things.
_SHORTEST = 4
_BUDGETS = ("budget", "initial")


def check_told_twice(context: Context) -> Iterator[Finding]:
    """Yield an amount of this year that the text gives otherwise than before, where its form is not there to tell."""
    first: dict[str, Told] = {}
    for told in context.told:
        if not _plain_outturn(context, told):
            continue
        before = first.setdefault(told.meaning.fact, told)
        gap = abs(told.mention.value - before.mention.value)
        if gap <= (told.mention.ulp + before.mention.ulp) / 2:
            continue
        same = told.sentence.passage.section == before.sentence.passage.section
        yield text_finding(
            told.sentence.passage, "told_twice", Severity.ERROR if same else Severity.WARNING,
            f"{told.meaning.label}前后不一致：{before.sentence.passage.place_of(before.quote)}为 "
            f"{before.mention.text.strip()}，此处为 {told.mention.text.strip()}，请核对。",
            before.mention.text.strip(), told.mention.text.strip(), told.quote,
        )  # fmt: skip


def _plain_outturn(context: Context, told: Told) -> bool:
    fact = told.meaning.fact
    return (
        bool(fact)
        and fact[0] != "?"
        and told.aspect in ("", "outturn")
        and told.year in (0, context.report.year)
        and not told.depth
        and (bool(told.label) or told.aspect == "outturn")
        and len(told.meaning.label) >= _SHORTEST
        and context.amount(fact) is None
    )


def check_balances(context: Context) -> Iterator[Finding]:
    """Yield totals of the text that must be equal and are not, where no form holds them."""
    for balance in context.book.balances:
        facts = (*balance.left, *balance.right)
        for section in dict.fromkeys(p.section for _, p in context.named.get(balance.left[0], ())):
            here = {f: m for f in facts if (m := _in_section(context, f, section)) is not None}
            if any(f not in here for f in facts if f not in balance.optional) or any(context.amount(f) for f in here):
                continue
            yield from _unbalanced(context, balance, section, here)


def _in_section(context: Context, fact: str, section: str) -> Mention | None:
    return next((m for m, p in context.named.get(fact, ()) if p.section == section), None)


def _unbalanced(context: Context, balance: Balance, section: str, here: dict[str, Mention]) -> Iterator[Finding]:
    left, right = (total(here[f].value for f in side if f in here) for side in (balance.left, balance.right))
    if abs(left - right) <= total(m.ulp for m in here.values()) / 2 + Fraction(1, 200):
        return
    mention, passage = next((m, p) for m, p in context.named[balance.left[0]] if p.section == section)
    yield text_finding(
        passage, "balance", Severity.WARNING,
        f"{balance.says}：{show(left)} 万元与 {show(right)} 万元相差 {show(abs(left - right))} 万元，请核对。",
        f"{show(right)} 万元", mention.text.strip(), mention.text,
    )  # fmt: skip


def check_differences(context: Context) -> Iterator[Finding]:
    """Yield completion rates that outturn and its difference from the budget contradict: 100 %, but 55 万元 above."""
    for at, told in enumerate(context.told):
        if told.aspect != "change" or not _FROM_BUDGET.search(told.words) or _rising(told.words) is None:
            continue
        near = [t for t in _same_subject(context, at, told) if not t.depth]
        outturns = [t for t in near if t.aspect in ("outturn", "")]
        rates = [t for t in near if t.aspect == "completion"]
        if len(rates) != 1 or not outturns or any(t.aspect in _BUDGETS for t in near):
            continue
        outturn, rate = outturns[-1].mention, rates[0].mention
        signed = told.mention.value if _rising(told.words) else -told.mention.value
        budget = outturn.value - signed
        spread = ratio_range(outturn, _known(budget, told.mention)) if budget > 0 else None
        if spread is None or agrees(rate, *spread):
            continue
        expected = show(plain_ratio(outturn.value, budget, rate.ulp), rate.ulp)
        yield text_finding(
            rates[0].sentence.passage, "completion", Severity.ERROR,
            f"完成率与差额不符：决算 {show(outturn.value)} 万元，与预算相差 {told.mention.text.strip()}，"
            f"完成率应为 {expected}%，文中为 {rate.text.strip()}。",
            f"{expected}%", rate.text, rates[0].quote,
        )  # fmt: skip


def _rising(words: str) -> bool | None:
    """Tell whether the last word of change in words goes up, None where there is none."""
    ups, downs = ([m.start() for m in p.finditer(words)] for p in (_UP, _DOWN))
    if not ups and not downs:
        return None
    return max(ups, default=-1) > max(downs, default=-1)


def _known(value: Fraction, like: Mention) -> Mention:
    return Mention("amount", value, like.ulp, like.unit, show(value), 0, 0)


def _same_subject(context: Context, at: int, told: Told) -> list[Told]:
    """Return what the same sentence or paragraph tells of the same subject, before and behind a number."""
    around = context.told[max(0, at - 12) : at + 6]
    return [t for t in around if t.sentence.passage is told.sentence.passage and t.subject == told.subject]


def check_paired_rates(context: Context) -> Iterator[Finding]:
    """Yield rates told as a list (分别下降 1.0%、2.0%) that do not follow from the changes and amounts before them."""
    for at, told in enumerate(context.told):
        if not told.listed or told.aspect != "rate":
            continue
        before = [t for t in context.told[:at] if t.sentence.passage is told.sentence.passage]
        found = [t for t in before if t.aspect == "change"][-2:]
        amounts = [t for t in before if t.is_amount and not t.depth and t.year in (0, context.report.year)][-2:]
        if len(found) == len(amounts) == 2 and not before[-1].listed:
            for rate, change, amount in zip((before[-1], told), found, amounts, strict=True):
                yield from _wrong_rate(rate, change, amount)


def _wrong_rate(rate: Told, change: Told, amount: Told) -> Iterator[Finding]:
    rising = _rising(change.words)
    if rising is None:
        return
    base = amount.mention.value - change.mention.value if rising else amount.mention.value + change.mention.value
    spread = ratio_range(change.mention, _known(base, amount.mention)) if base > 0 else None
    if spread is None or agrees(rate.mention, *spread):
        return
    expected = plain_ratio(change.mention.value, base, rate.mention.ulp)
    near = abs(expected - rate.mention.value) <= rate.mention.ulp
    printed = show(expected, rate.mention.ulp)
    yield text_finding(
        rate.sentence.passage, "change_rate", Severity.ROUNDING if near else Severity.ERROR,
        f"“{rate.quote}”的增减率不对：{show(change.mention.value)} ÷ {show(base)} ＝ {printed}%，"
        f"文中为 {rate.mention.text.strip()}。",
        f"{printed}%", rate.mention.text, rate.quote,
    )  # fmt: skip


def check_change_sums(context: Context) -> Iterator[Finding]:
    """Yield a change of a whole that the changes of its parts, told in the same section, do not add up to."""
    told: dict[tuple[str, bool], dict[str, list[tuple[Fraction, Mention]]]] = {}
    for change in changes(context):
        signed = change.amount.value if change.rising else -change.amount.value
        group = told.setdefault((change.sentence.passage.section, change.against_budget), {})
        group.setdefault(change.meaning, []).append((signed, change.amount))
    for (section, _), facts in told.items():
        for partition in context.book.partitions:
            values = [{v for v, _ in facts.get(f, ())} for f in (partition.fact, *partition.needs)]
            if all(len(v) == 1 for v in values):
                yield from _wrong_sum(context, section, partition, {f: v[0] for f, v in facts.items()})


def _wrong_sum(
    context: Context, section: str, partition: Partition, facts: dict[str, tuple[Fraction, Mention]]
) -> Iterator[Finding]:
    parts = [f for f in partition.parts if f in facts]
    added, whole = total(facts[f][0] for f in parts), facts[partition.fact]
    if any(f in facts for f in partition.unless) or abs(added - whole[0]) <= Fraction(len(parts) + 1, 200):
        return
    passage = next((p for p in context.passages if p.section == section and whole[1].text.strip() in p.text), None)
    if passage is not None:
        names = "、".join(context.facts.get(f).label for f in parts)
        yield text_finding(
            passage, "change_sum", Severity.WARNING,
            f"{names}的增减额合计 {show(added)} 万元，与总的增减额 {show(whole[0])} 万元不一致，请核对。",
            f"{show(abs(added))} 万元", whole[1].text.strip(), whole[1].text,
        )  # fmt: skip


def check_budget_parts(context: Context) -> Iterator[Finding]:
    """Yield a budget whose parts, told in the same paragraph, add up to something else."""
    groups: dict[tuple[int, str, int], list[Told]] = {}
    for told in context.told:
        if told.aspect in _BUDGETS and told.meaning.fact:
            groups.setdefault((id(told.sentence.passage), told.aspect, told.year), []).append(told)
    for group in groups.values():
        for partition in context.book.partitions:
            whole = _only(group, partition.fact)
            parts = [t for f in partition.parts if (t := _only(group, f)) is not None]
            named = {t.meaning.fact for t in parts}
            if whole is None or not whole.mention.value or not set(partition.needs) <= named:
                continue
            added = total(t.mention.value for t in parts)
            if abs(added - whole.mention.value) > Fraction(len(parts) + 1, 200):
                names = "、".join(context.facts.get(t.meaning.fact).label for t in parts)
                yield text_finding(
                    whole.sentence.passage, "parts", Severity.ERROR,
                    f"{names}的预算之和 {show(added)} 万元与预算合计 {whole.mention.text.strip()} 不一致，请核对。",
                    f"{show(added)} 万元", whole.mention.text.strip(), whole.quote,
                )  # fmt: skip


def _only(group: Sequence[Told], fact: str) -> Told | None:
    return next((t for t in group if t.meaning.fact == fact), None)


#: What is told a head or a car, by the fact that is divided: words before the number, and where the divisor stands.
_PER_HEAD = (
    (
        "09.reception",
        re.compile(r"人均(?:公务)?接待费(?:用)?(?:为)?$"),
        re.compile(r"国内公务接待(?:累计|共计?)?\d+批次?(?:[（(][^）)]*[）)])?[，,、]?(?:共|累计|接待)?(\d+)人"),
        "接待人数",
    ),
    (
        "09.running",
        re.compile(r"(?:车均(?:运行)?维护费|平均每辆(?:车)?(?:[^，。；\d]{0,12}))(?:用)?(?:为)?$"),
        re.compile(r"保有量(?:为|共)?(\d+)辆"),
        "公务用车保有量",
    ),
)


def check_per_head(context: Context) -> Iterator[Finding]:
    """Yield expenses told a guest or a car that amount and number do not give."""
    text = re.sub(r"\s", "", "".join(p.text for p in context.passages if p.section == "three_public"))
    for fact, words, divisor, what in _PER_HEAD:
        counts = {int(n) for n in divisor.findall(text)}
        whole = next(iter(context.stated(fact)), None)
        if len(counts) != 1 or whole is None or not (count := counts.pop()):
            continue
        for sentence in context.sentences("three_public"):
            for number in sentence.numbers:
                if number.kind != "amount" or not words.search(squeeze(sentence.text[: number.start])):
                    continue
                expected = whole.value / count
                if abs(expected - number.value) <= number.ulp / 2 + whole.ulp / 2 / count:
                    continue
                factor = 10_000 if number.unit == "元" else 1
                printed = show(expected * factor, Fraction(1, 100))
                yield text_finding(
                    sentence.passage, "per_head", Severity.ERROR,
                    f"{number.text.strip()}不对：{whole.text.strip()} ÷ {what} {count} ＝ {printed} {number.unit}。",
                    f"{printed} {number.unit}", number.text.strip(), number.text,
                )  # fmt: skip


#: So many amounts in 万元 make a text of 万元, in which so few in 元 are slips.
_MANY, _FEW = 20, 2
_PER_PIECE = re.compile(r"人均|车均|单价|单位价值|平均|每[人辆次台]|标准|以上|以下|单笔|限额|原值|单件|单台")
_OF_MONEY = re.compile(r"(?:支出|收入|经费|费|贴|补助|合计|总计|总额|结余|拨款|金额|资金)$")


def check_units(context: Context) -> Iterator[Finding]:
    """Yield amounts in 元 in a text that tells its amounts in 万元 throughout."""
    amounts = [t for t in context.told if t.mention.kind == "amount"]
    plain = [t for t in amounts if t.mention.unit == "元" and t.mention.value and not _PER_PIECE.search(t.quote)]
    if not 0 < len(plain) <= _FEW or sum(t.mention.unit == "万元" for t in amounts) < _MANY:
        return
    for told in plain:
        known = told.meaning.fact or _OF_MONEY.search(told.label)
        if told.is_amount and known and not told.meaning.wanted and told.mention.ulp * 10_000 == Fraction(1, 100):
            text = told.mention.text.strip()
            yield text_finding(
                told.sentence.passage, "unit", Severity.WARNING,
                f"全文金额以万元为单位，“{told.quote}”写成了元，请核对。",
                text.replace("元", "万元"), text, told.quote,
            )  # fmt: skip
