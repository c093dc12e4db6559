"""Parts and wholes in text: lists of items, sums behind 其中, statements of empty forms, changes told twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from desktopapp.core.catalogue_names import normalise_name
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.levels import base
from desktopapp.core.template import Cell
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.mentions import show, total
from desktopapp.narrative.reading.passages import Passage

_LIST = re.compile(
    r"(?P<half>人员经费|公用经费)[^，。；、]{0,30}?\d\s*万元\s*(?:[，,]\s*占[^，。；]{0,24}?%\s*)?[，,。:：]?\s*"
    r"(?:主要)?(?:包括|用于|是指|是)(?:以下)?[：:]?(?P<names>[^。；;]+)"
)
#: The same told apart from the amount: 人员经费用途主要包括…
_LIST_OF_USE = re.compile(
    r"(?P<half>人员经费|公用经费)(?:支出)?(?:的)?(?:主要)?用途(?:主要)?(?:包括|有|是)(?:以下)?[：:]?(?P<names>[^。；;]+)"
)


def check_lists(context: Context) -> Iterator[Finding]:
    """Yield economic items that the text lists although form 06 has no amount for them, and those it leaves out."""
    form = context.report.template.form("06") if context.report.template.has_form("06") else None
    if form is None or not any(c.form == "06" for c in context.report.amounts):
        return
    for passage in context.passages:
        if passage.section != "basic":
            continue
        for m in (*_LIST.finditer(passage.text), *_LIST_OF_USE.finditer(passage.text)):
            half = "personnel" if m["half"] == "人员经费" else "public"
            listed = [n for n in re.split(r"[、，,；;]", m["names"].strip("。 ")) if n.strip()]
            yield from _compare_list(context, passage, half, listed)


def _compare_list(context: Context, passage: Passage, half: str, listed: list[str]) -> Iterator[Finding]:
    names = {c: context.report.rows_of("06").name(c) for c in context.report.rows_of("06") if len(base(c)) == 5}
    own = {c: n for c, n in names.items() if (c[:3] in ("301", "303")) == (half == "personnel")}
    open_end = bool(listed) and listed[-1].strip().endswith("等")
    plain = [re.sub(r"(?:支出)?等$", "", normalise_name(n)) for n in listed]
    zero, missing = [], []
    for code, name in own.items():
        filled = bool(context.report.get(Cell("06", code, "amount")))
        said = any(_same_item(p, normalise_name(name)) for p in plain)
        if said and not filled:
            zero.append(name)
        elif filled and not said:
            missing.append(name)
    what = "人员经费" if half == "personnel" else "公用经费"
    if zero:
        form = context.report.template.form("06").called
        yield text_finding(
            passage, "listed_zero", Severity.ERROR,
            f"{what}列举了没有发生额的科目：{'、'.join(zero)}；{form}这些科目为空，请删去。", "", "、".join(zero),
        )  # fmt: skip
    if missing and not open_end:
        yield text_finding(
            passage, "unlisted", Severity.WARNING,
            f"{what}没有列举有发生额的科目：{'、'.join(missing)}，请补上。", "、".join(missing), "",
        )  # fmt: skip


def _same_item(listed: str, name: str) -> bool:
    """Tell whether a listed word is an item's name, also where either is cut off or ends in 费用 for 费."""
    if listed == name:
        return True
    a, b = listed.rstrip("用"), name.rstrip("用")
    return a == b or (len(b) >= 5 and a.startswith(b)) or (len(a) >= 5 and b.startswith(a) and len(b) - len(a) <= 3)


_CARS_TOTAL = re.compile(r"(?:共有|共|合计)?(?:公务用?|各类)?车辆\s*(?:共|共计|合计)?\s*(?P<n>\d+)\s*辆")
_CARS = re.compile(r"(?P<kind>[一-龥、（）()]{2,24}?用车|[一-龥]{2,10}车辆?)\s*(?P<n>\d+)\s*辆")


def check_sums(context: Context) -> Iterator[Finding]:
    """Yield a number of cars whose kinds do not add up."""
    yield from _cars(context)


def _whole_section(context: Context, section: str) -> tuple[str, list[Passage]]:
    found = [p for p in context.passages if p.section == section and not p.is_heading]
    return "".join(p.text for p in found), found


def _amount_at(text: str, position: int) -> Fraction | None:
    m = re.match(r"\d[\d,]*(?:\.\d+)?", text[position:])
    return Fraction(m.group().replace(",", "")) if m else None


def _cars(context: Context) -> Iterator[Finding]:
    text, found = _whole_section(context, "assets")
    whole = _CARS_TOTAL.search(text)
    if whole is None:
        return
    # What 其他用车 are is told once more behind the list.
    rest = re.split(r"[。；]|其他用车(?:主要|包括|是|为)", text[whole.end() :])[0]
    parts = [(m["kind"], int(m["n"])) for m in _CARS.finditer(rest)]
    if not parts or "其中" not in rest:
        return
    added = sum(n for _, n in parts)
    if added != int(whole["n"]):
        yield text_finding(
            found[0], "parts", Severity.ERROR,
            f"各类车辆之和 {added} 辆与车辆总数 {whole['n']} 辆不一致。",
            f"{added} 辆", f"{whole['n']} 辆", whole.group(),
        )  # fmt: skip


_FUNDS = ("政府性基金", "国有资本")
#: A text with fewer sections explains nothing, so that a lone heading says nothing.
_EXPLAINED = 4
_NONE = r"(?:没有|无|未发生|未安排|未使用|不涉及|未收到|未取得)[^，,。；;]{0,30}(?:政府性基金|国有资本)"


def check_statements(context: Context) -> Iterator[Finding]:
    """Yield statements of no fund money beside a form with amounts or of the other fund, and sections without one."""
    told = {p.section for p in context.passages if p.section and not p.is_heading}
    for section, form_id, words, other in (
        ("fund", "07", "政府性基金", "国有资本"),
        ("capital", "08", "国有资本", "政府性基金"),
    ):
        text, found = _whole_section(context, section)
        heading = next((p for p in reversed(context.passages) if p.section == section and p.text == p.heading), None)
        if not found:
            if heading is not None and len(told) >= _EXPLAINED:
                yield text_finding(
                    heading, "statement", Severity.WARNING,
                    f"“{heading.text[:30]}”下没有说明；没有{words}收支的，也应写明。", "", "", heading.text[:30],
                )  # fmt: skip
            continue
        none = re.search(_NONE, text)
        filled = any(c.form == form_id for c in context.report.amounts)
        if none and filled and words in none.group():
            yield text_finding(
                found[0], "statement", Severity.ERROR,
                f"文中说没有{words}收支，但报表中有数据，请核对。", "", none.group(), none.group(),
            )  # fmt: skip
        if none and other in text and words not in text:
            yield text_finding(
                found[0], "statement", Severity.ERROR,
                f"本节应说明{words}，文中写的是{other}，可能是照抄上一节。", words, other, none.group(),
            )  # fmt: skip
        elif none and other in none.group() and words not in none.group():
            yield text_finding(
                found[0], "statement", Severity.WARNING,
                f"本节应说明{words}，“{none.group()}”说的是{other}，请核对。", words, other, none.group(),
            )  # fmt: skip


_FORM_TITLE = re.compile(r"(?:决算(?:总|明细)?|收支)表$")
_EMPTY_FORM = re.compile(
    rf"(?P<none>{_NONE})[^。；]{{0,30}}?[，,]\s*(?:故|因此|所以)?(?P<form>[^，。；]{{0,24}}?)(?:本表|决算表)(?:为空|无数据|没有数据)"
)


def check_empty_forms(context: Context) -> Iterator[Finding]:
    """Yield what stands under the form of one fund and says that there is none of the other."""
    of_form = ""
    for passage in context.passages:
        text = re.sub(r"\s", "", passage.text)
        if len(text) < 50 and _FORM_TITLE.search(text):
            of_form = next((w for w in _FUNDS if w in text), "")
            continue
        m = _EMPTY_FORM.search(text)
        words = next((w for w in _FUNDS if m is not None and w in m["form"]), of_form)
        if m is None or not words or words in m["none"]:
            continue
        other = next(w for w in _FUNDS if w != words)
        yield text_finding(
            passage, "statement", Severity.ERROR,
            f"{words}的表下说明的是没有{other}收支，可能是照抄另一张表，请更正。", words, other, m["none"],
        )  # fmt: skip


PROJECT = re.compile(
    r"(?P<name>[^。；，：》]{2,40}?)(?:项目)?(?:绩效(?:自评)?综述[：:]?[^。]{0,20}?(?:全年)?预算(?:数)?|[：:]\s*(?:项目)?全年预算数)(?:为)?"
    r"\s*(?P<budget>\d[\d,.]*)\s*万元[^。；]{0,12}?执行数(?:为)?\s*(?P<executed>\d[\d,.]*)\s*万元"
)
_PROJECTS = re.compile(
    r"(?:共)?涉及(?:一级)?项目\s*(?P<count>\d+)\s*个[^。；]{0,6}?资金\s*(?P<amount>\d[\d,.]*)\s*万元"
)


def check_projects(context: Context) -> Iterator[Finding]:
    """Yield a project count or amount that the projects told one by one do not add up to."""
    text, found = _whole_section(context, "performance")
    m = _PROJECTS.search(text)
    projects = list(PROJECT.finditer(text))
    if m is None or not found:
        return
    passage = next((p for p in found if m.group() in p.text), found[0])
    stated = Fraction(m["amount"].replace(",", "").rstrip("."))
    if projects and int(m["count"]) == len(projects):
        sums = [total(Fraction(p[g].replace(",", "").rstrip(".")) for p in projects) for g in ("budget", "executed")]
        if all(abs(s - stated) > Fraction(len(projects) + 1, 200) for s in sums):
            yield text_finding(
                passage, "projects", Severity.ERROR,
                f"项目资金 {show(stated)} 万元与各项目之和不一致："
                f"全年预算合计 {show(sums[0])} 万元，执行合计 {show(sums[1])} 万元。",
                f"{show(sums[0])} 万元", f"{show(stated)} 万元", m.group(),
            )  # fmt: skip
    elif projects and int(m["count"]) != len(projects) and len(projects) > 1:
        yield text_finding(
            passage, "projects", Severity.WARNING,
            f"文中说涉及项目 {m['count']} 个，逐项说明的有 {len(projects)} 个，请核对。",
            f"{len(projects)} 个", f"{m['count']} 个", m.group(),
        )  # fmt: skip


_ANNUAL = re.compile(r"全年预算(?:数|金额)?(?:为)?\s*(?P<n>\d[\d,.]*)\s*万元")


def check_project_twice(context: Context) -> Iterator[Finding]:
    """Yield a project whose full-year budget is told with two different amounts in one paragraph."""
    for passage in (p for p in context.passages if p.section == "performance"):
        values = {Fraction(m["n"].replace(",", "").rstrip(".")): m for m in _ANNUAL.finditer(passage.text)}
        if len(values) > 1:
            (first, m1), (second, _) = list(values.items())[:2]
            yield text_finding(
                passage, "told_twice", Severity.ERROR,
                f"同一项目的全年预算数前后不一致：{show(first)} 万元与 {show(second)} 万元。",
                f"{show(second)} 万元", f"{show(first)} 万元", m1.group(),
            )  # fmt: skip


def check_class_lists(context: Context) -> Iterator[Finding]:
    """Yield a list of functional classes that exceeds the expenditure it belongs to."""
    names = [
        ln.label
        for f in context.report.template.forms
        if f.id == "01"
        for s in f.sides
        for ln in s.lines
        if ln.is_class
    ]
    plain = [re.sub(r"^[一二三四五六七八九十]+、|支出$", "", n) for n in names]
    pattern = re.compile(rf"(?:^|[，。；：、\s])(?:{'|'.join(map(re.escape, plain))})(?:支出)?\s*(?=\d)")
    for passage in (p for p in context.passages if p.section in ("total", "expense") and not p.is_heading):
        whole = next((m for m, p in context.named.get("expense.total", []) if p is passage), None)
        parts = []
        for sentence in context.sentences(passage.section):
            if sentence.passage is passage:
                for m in pattern.finditer(sentence.text):
                    parts += [n for n in sentence.numbers if n.start == m.end() and n.kind == "amount"]
        added = total(m.value for m in parts)
        if whole is not None and len(parts) >= 2 and added - whole.value > Fraction(len(parts) + 1, 200):
            yield text_finding(
                passage, "class_sum", Severity.ERROR,
                f"各功能分类支出之和 {show(added)} 万元大于支出合计 {whole.text.strip()}，请核对。",
                f"{show(added)} 万元", whole.text.strip(), whole.text,
            )  # fmt: skip


_LISTED = re.compile(r"(?:^|[、，：:])(?P<name>[一-龥（）()]{2,14}?(?:费|贴|金|支出))\s*\d[\d,.]*\s*万元")


def check_listed_twice(context: Context) -> Iterator[Finding]:
    """Yield an item that a list with amounts names twice."""
    for sentence in context.sentences("basic", "agency"):
        names = Counter(m["name"] for m in _LISTED.finditer(sentence.text))
        for name, count in names.items():
            if count > 1 and len(names) >= 3:
                yield text_finding(
                    sentence.passage, "listed_twice", Severity.WARNING,
                    f"“{name}”在同一处列举了 {count} 次，请核对是否有一处应为其他科目。", "", name, name,
                )  # fmt: skip


_KIND = r"(?:政府采购)?(?:货物|工程|服务)(?:类)?(?:采购)?(?:支出|金额)?\s*(?:为)?\s*(?=\d)"
_SME_RATE = re.compile(
    r"(?P<kind>货物|工程|服务)(?:类)?采购授予中小企业合同金额占[^，。；]{0,14}?的?\s*(?P<rate>\d[\d.]*)\s*%"
)


def check_sme_shares(context: Context) -> Iterator[Finding]:
    """Yield shares of small and medium enterprises by kind that cannot give their stated total."""
    text, found = _whole_section(context, "procurement")
    sme = re.search(r"授予中小企业合同金额\s*(?:为)?\s*(?=\d)", text)
    rates = {m["kind"]: Fraction(m["rate"]) for m in _SME_RATE.finditer(text)}
    kinds: dict[str, Fraction] = {}
    for p in re.finditer(_KIND, text):
        kind = re.search("货物|工程|服务", p.group())
        value = _amount_at(text, p.end())
        if kind and value is not None:
            kinds.setdefault(kind.group(), value)
    stated = _amount_at(text, sme.end()) if sme else None
    if stated is None or not rates or not {k for k, v in kinds.items() if v} <= set(rates):
        return
    low = total(kinds[k] * max(Fraction(0), r - Fraction(1, 20)) / 100 for k, r in rates.items() if k in kinds)
    high = total(kinds[k] * (r + Fraction(1, 20)) / 100 for k, r in rates.items() if k in kinds)
    if not low - Fraction(1, 50) <= stated <= high + Fraction(1, 50):
        middle = total(kinds[k] * r / 100 for k, r in rates.items() if k in kinds)
        yield text_finding(
            found[0], "parts", Severity.ERROR,
            f"按货物、工程、服务的占比推算，授予中小企业合同金额约 {show(middle)} 万元，"
            f"文中为 {show(stated)} 万元，请核对。",
            f"{show(middle)} 万元", f"{show(stated)} 万元",
        )  # fmt: skip
