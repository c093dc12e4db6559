"""Amounts in text against the forms: the same quantity must be the same number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.levels import base
from desktopapp.core.template import Cell
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.mentions import Mention, mentions, show, total
from desktopapp.narrative.reading.passages import Passage
from desktopapp.narrative.reading.told import Told

_CENT = Fraction(1, 100)


def check_claims(context: Context) -> Iterator[Finding]:
    """Yield amounts that differ from those of the fact that their words name."""
    for told in context.told:
        wanted = _wanted(context, told)
        # Another form's amount of the same name is right as well, but not in place of a rounded one.
        others = wanted[1:] if wanted and abs(told.mention.value - wanted[0]) > _CENT else ()
        if not wanted or told.mention.value in others:
            continue
        label = told.meaning.label if told.aspect not in ("budget", "initial") else f"{told.meaning.label}预算数"
        yield from compare(told.sentence.passage, label, told.mention, wanted[0], told.quote)


def _wanted(context: Context, told: Told) -> tuple[Fraction, ...]:
    """Return the amounts in 万元 of which a number should be one, none when nothing can be said."""
    fact = told.meaning.fact
    if not fact or fact == "agency" or not told.is_amount or told.year not in (0, context.report.year):
        return ()
    if told.aspect in ("budget", "initial"):
        budget = context.amount(f"{fact}.budget") if fact.startswith("09.") and told.aspect == "budget" else None
        return () if budget is None else (budget,)
    return told.meaning.wanted


def compare(passage: Passage, label: str, mention: Mention, wanted: Fraction, quote: str) -> Iterator[Finding]:
    """Yield a finding when an amount in the text is not the one of the forms."""
    gap = abs(mention.value - wanted)
    if gap == 0 or (mention.ulp > _CENT and mention.low <= wanted <= mention.high and mention.unit == "亿元"):
        return
    if mention.unit == "元" and mention.value * 10_000 == wanted:
        yield text_finding(
            passage,
            "unit",
            Severity.ERROR,
            f"{label}的单位应为万元，文中写成了元：“{mention.text.strip()}”。",
            f"{show(wanted)} 万元",
            mention.text.strip(),
            quote,
        )
        return
    severity = Severity.ROUNDING if gap <= _CENT else Severity.ERROR
    yield text_finding(
        passage,
        "amount",
        severity,
        f"{label}在文中为 {mention.text.strip()}，报表为 {show(wanted)} 万元，相差 {show(gap)} 万元。",
        f"{show(wanted)} 万元",
        mention.text.strip(),
        quote,
    )


_ITEM = re.compile(
    r"[（(]款[)）]\s*(?P<name>[^（(。，；]{2,40}?(?:[（(][^款项类][^）)]*[)）][^（(。，；]{0,20})?)\s*[（(]项\s*[)）]"
)
_OUTTURN = re.compile(r"支出决算(?:数)?(?:为)?\s*(?=-?\d)")


def _plain(name: str) -> str:
    return re.sub(r"[\s（）()]", "", name)


def check_budget_sum(context: Context) -> Iterator[Finding]:
    """Yield a total initial budget that is not the sum of the items' initial budgets, where every item is stated."""
    budget = re.compile(r"年初预算(?:数)?(?:为)?\s*(?=-?\d)")
    items: list[Mention] = []
    whole: tuple[Mention, Passage] | None = None
    for passage in context.passages:
        if passage.section != "general" or passage.is_heading:
            continue
        m = budget.search(passage.text)
        mention = next((n for n in mentions(passage.text) if m and n.start == m.end()), None)
        if mention is None or mention.kind != "amount":
            continue
        if _ITEM.search(passage.text):
            items.append(mention)
        elif whole is None and "财政拨款支出" in passage.text[: m.start() if m else 0]:
            whole = mention, passage
    leaves = [r for r in context.report.rows_of("05") if len(base(r)) == 7]
    if whole is None or not leaves or len(items) < len(leaves):
        return
    added = total(i.value for i in items)
    gap = abs(added - whole[0].value)
    if gap > Fraction(len(items) + 1, 200):
        yield text_finding(
            whole[1],
            "budget_sum",
            Severity.ERROR,
            f"年初预算总额 {whole[0].text.strip()} 与各科目之和 {show(added)} 万元不一致，相差 {show(gap)} 万元。",
            f"{show(added)} 万元",
            whole[0].text.strip(),
            whole[0].text,
        )


def check_agency(context: Context) -> Iterator[Finding]:
    """Yield agency running costs above the public expenses of form 06, or different where all units are organs."""
    public = context.report.get(Cell("06", "public", "amount")) if context.report.template.has_form("06") else None
    if not public:
        return
    wanted = Fraction(public, 1_000_000)
    equal = context.report.settings.get("all_administrative", False)
    for mention, passage in context.named.get("agency", []):
        gap = mention.value - wanted
        if gap > _CENT or (equal and abs(gap) > _CENT):
            yield text_finding(
                passage,
                "agency",
                Severity.WARNING if not equal else Severity.ERROR,
                f"机关运行经费 {mention.text.strip()} 与公用经费合计 {show(wanted)} 万元不符，请核对。",
                f"{show(wanted)} 万元",
                mention.text.strip(),
                mention.text,
            )
