"""Amounts in text against the forms: the same quantity must be the same number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.levels import base
from desktopapp.core.template import Cell
from desktopapp.narrative.reading.context import Context, Sentence, text_finding
from desktopapp.narrative.reading.mentions import Mention, mentions, show, total
from desktopapp.narrative.reading.passages import Passage

_CENT = Fraction(1, 100)


def check_claims(context: Context) -> Iterator[Finding]:
    """Yield amounts behind the words of a fact that differ from the forms."""
    for fact_id, stated in context.named.items():
        wanted = context.amount(fact_id)
        if not wanted or fact_id == "agency":
            # An amount that the form leaves blank is a finding of the form, not of the text.
            continue
        fact = context.facts.get(fact_id)
        for mention, passage in stated:
            yield from compare(passage, fact.label, mention, wanted)


def compare(passage: Passage, label: str, mention: Mention, wanted: Fraction) -> Iterator[Finding]:
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
            mention.text,
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
        mention.text,
    )


def check_classes(context: Context) -> Iterator[Finding]:
    """Yield amounts of classes in the structure of expenditure that differ from form 05."""
    if not context.report.template.has_form("05"):
        return
    rows = context.report.rows_of("05")
    for code in (c for c in rows if len(c) == 3):
        name = re.escape(re.sub(r"支出$", "", rows.name(code)))
        pattern = re.compile(rf"(?:^|[、.．\s)）；]){name}(?:支出)?\s*(?:[（(]类[)）])?(?:类)?\s*(?:支出)?\s*(?=\d)")
        wanted = context.report.get(Cell("05", code, "total"))
        for sentence in context.sentences("general"):
            for m in pattern.finditer(sentence.text):
                mention = next((n for n in sentence.numbers if n.start == m.end() and n.kind == "amount"), None)
                if mention is not None and wanted is not None:
                    yield from compare(sentence.passage, rows.name(code), mention, Fraction(wanted, 1_000_000))


_ITEM = re.compile(
    r"[（(]款[)）]\s*(?P<name>[^（(。，；]{2,40}?(?:[（(][^款项类][^）)]*[)）][^（(。，；]{0,20})?)\s*[（(]项\s*[)）]"
)
_OUTTURN = re.compile(r"支出决算(?:数)?(?:为)?\s*(?=-?\d)")


def check_items(context: Context) -> Iterator[Finding]:
    """Yield outturns of functional items in the text that differ from form 05."""
    if not context.report.template.has_form("05"):
        return
    rows = context.report.rows_of("05")
    by_name: dict[str, list[str]] = {}
    for row in rows:
        if len(base(row)) == 7:
            by_name.setdefault(_plain(rows.name(row)), []).append(row)
    for passage in context.passages:
        if passage.section != "general" or passage.is_heading:
            continue
        item, outturn = _ITEM.search(passage.text), _OUTTURN.search(passage.text)
        codes = by_name.get(_plain(item["name"]), []) if item else []
        if item is None or outturn is None or len(codes) != 1:
            continue
        wanted = context.report.get(Cell("05", codes[0], "total"))
        mention = next((n for n in mentions(passage.text) if n.start == outturn.end()), None)
        if mention is not None and mention.kind == "amount" and wanted is not None:
            yield from compare(passage, f"{codes[0]} {rows.name(codes[0])}", mention, Fraction(wanted, 1_000_000))


def _plain(name: str) -> str:
    return re.sub(r"[\s（）()]", "", name)


_PUBLIC = (
    ("abroad", r"因公出国\s*[（(]境[)）]\s*费?"),
    ("vehicles", r"公务用车购置及运行(?:维护)?费"),
    ("purchase", r"公务用车购置费(?:支出)?"),
    ("running", r"公务用车运行(?:维护)?费(?:支出)?"),
    ("reception", r"公务接待费"),
    ("total", r"[“\"]三公[”\"]经费财政拨款支出"),
)


def check_three_public(context: Context) -> Iterator[Finding]:
    """Yield budgets and outturns of 三公 in the text that differ from form 09."""
    if not any(c.form == "09" for c in context.report.amounts):
        return
    for sentence in context.sentences("three_public"):
        for key, words in _PUBLIC:
            for kind, label in (("budget", "(?:全年|年初)?预算(?:数)?"), ("outturn", "(?:支出)?决算(?:数)?")):
                wanted = context.report.get(Cell("09", "row", f"{kind}_{key}")) or 0
                if kind == "budget" and "年初" in sentence.text:
                    continue
                pattern = rf"{words}[^，。；：、\d]{{0,6}}{label}(?:为)?\s*(?=-?\d)"
                if kind == "outturn":
                    pattern = rf"{words}(?:[^。；：]{{0,40}}?)支出决算(?:数)?(?:为)?\s*(?=-?\d)"
                yield from _at(context, sentence, pattern, f"{key}", Fraction(wanted, 1_000_000))


def _at(context: Context, sentence: Sentence, pattern: str, key: str, wanted: Fraction) -> Iterator[Finding]:
    form = context.report.template.form("09")
    label = next((c.label for c in form.columns if c.key.endswith(key)), key)
    name = "“三公”经费" + ("合计" if key == "total" else "公务用车小计" if key == "vehicles" else label)
    m = re.match(
        r"(?:\d+[.、．]|[（(]\d+[)）]|[（(][一二三][)）])?\s*(?:20\d\d\s*年度?)?\s*(?:[一-龥()（）]{0,20})?" + pattern,
        sentence.text,
    )
    if m is None:
        return
    mention = next((n for n in sentence.numbers if n.start == m.end() and n.kind == "amount"), None)
    if mention is not None:
        yield from compare(sentence.passage, name, mention, wanted)


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
    if whole is None or not items or len(items) < len(leaves):
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
