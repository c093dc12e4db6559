"""Numbering and contents: points of a list in order, headings as the table of contents has them, years of headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from desktopapp.core.findings import Finding, Severity
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.numerals import number_of
from desktopapp.narrative.reading.passages import Passage, contents_end

_POINT = re.compile(
    r"^[#*\s]*(?:(?P<dot>\d{1,2})\s*[.、．](?!\d)|[（(]\s*(?P<bracket>\d{1,2})\s*[)）]"
    r"|[（(]\s*(?P<numeral>[一二三四五六七八九十]{1,3})\s*[)）])"
)
_STYLES = {"dot": "{}.", "bracket": "（{}）", "numeral": "（{}）"}
_HEAD = re.compile(r"^[#*\s-]*[（(]?(?P<n>[一二三四五六七八九十]{1,3})[)）]?\s*[、.．]?\s*(?P<words>\S.*)$")
#: How alike two headings of one number must be to be meant as the same.
_ALIKE = 0.7


# ── points ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def check_points(context: Context) -> Iterator[Finding]:
    """Yield points within a section whose numbers are doubled or skipped."""
    groups: dict[tuple[int, str, str], list[tuple[Passage, int]]] = {}
    for passage in context.passages:
        m = _POINT.match(passage.text)
        if m is None or passage.text == passage.heading or not (passage.section or passage.part > 2):
            continue
        style = m.lastgroup or ""
        number = number_of(m[style]) if style == "numeral" else int(m[style])
        groups.setdefault((passage.part, passage.section, style), []).append((passage, number))
    for (_, _, style), points in groups.items():
        yield from _in_order(context, points, style)


def _in_order(context: Context, points: Sequence[tuple[Passage, int]], style: str) -> Iterator[Finding]:
    told = -2
    for at in range(1, len(points)):
        before, (passage, number) = points[at - 1][1], points[at]
        after = points[at + 1][1] if at + 1 < len(points) else 0
        doubled = number == before and number > 1 and after in (0, 1, number + 1, number + 2)
        skipped = number == before + 2 and after in (0, 1, number, number + 1) and before >= 1
        if not (doubled or skipped) or told == at - 1:
            continue
        if _within(context, points[at - 1][0], passage, before + 1 if skipped else 1):
            continue
        told = at
        shown, wanted = _STYLES[style].format(_point(passage)), _STYLES[style].format(_numbered(before + 1, style))
        yield text_finding(
            passage, "numbering", Severity.WARNING,
            f"“{passage.text[:20]}”的序号应为“{wanted}”，现为“{shown}”，请核对。",
            wanted, shown, passage.text[:20],
        )  # fmt: skip


def _point(passage: Passage) -> str:
    m = _POINT.match(passage.text)
    return m[m.lastgroup] if m is not None and m.lastgroup else ""


def _numbered(number: int, style: str) -> str:
    from desktopapp.narrative.reading.numerals import numeral_of

    return numeral_of(number) if style == "numeral" else str(number)


def _within(context: Context, first: Passage, last: Passage, number: int) -> bool:
    """Tell whether a number that seems skipped, or the first of another list, stands in the text between two points."""
    passages = list(context.passages)
    between = "".join(p.text for p in passages[passages.index(first) : passages.index(last)])
    return re.search(rf"(?<![\d.]){number}\s*[.、．)）]", between) is not None


# ── contents ────────────────────────────────────────────────────────────────────────────────────────────────────────
def check_contents(context: Context) -> Iterator[Finding]:
    """Yield headings of sections that the table of contents words otherwise."""
    end = contents_end([p.text for p in context.passages])
    contents, body = context.passages[:end], context.passages[end:]
    entries: dict[int, list[str]] = {}
    for passage in contents:
        m = _HEAD.match(passage.text)
        if m is not None and len(passage.text) < 60:
            entries.setdefault(number_of(m["n"]), []).append(m["words"])
    seen: set[str] = set()
    for passage in body:
        opens = passage.is_heading and passage.section and passage.text == passage.heading
        m = _HEAD.match(passage.text) if opens else None
        listed = entries.get(number_of(m["n"]), []) if m is not None else []
        if m is None or not listed or passage.text in seen:
            continue
        seen.add(passage.text)
        core = _core(m["words"], context)
        cores = {_core(w, context): w for w in listed}
        best = max(cores, key=lambda c: SequenceMatcher(None, c, core, autojunk=False).ratio())
        if core in cores or SequenceMatcher(None, best, core, autojunk=False).ratio() < _ALIKE:
            continue
        yield text_finding(
            passage, "contents", Severity.INFO,
            f"正文标题“{passage.text[:40]}”与目录中的“{cores[best][:40]}”不一致，请统一。",
            cores[best][:40], passage.text[:40], passage.text[:40],
        )  # fmt: skip


def _core(words: str, context: Context) -> str:
    """Return what a heading is about, without year, department and the words that offices add or leave out."""
    plain = re.sub(r"[\s“”\"·.．…\d\-—#*]|PAGEREF\S*", "", words.replace(context.report.department, ""))
    plain = re.sub(r"[（(][^（）()]*[)）]", "", plain)
    plain = plain.replace("收入支出", "收支").replace("收、支", "收支").replace("收入、支出", "收支")
    return re.sub(r"^关于|年度|部门|单位|本级|情况|说明|总体|决算|的|有关|安排|其他|支出$", "", plain)


_ONE_SIDE = re.compile(r"(?<!预算)财政拨款(?P<side>收入|支出)决算总体情况|政府性基金预算财政拨款(?P<fund>收入)决算")
_BOTH_TOLD = re.compile(
    r"收入[、和]?支出|收、?支(?:均|总计|合计|决算)|收入[^。；]{0,40}\d[^。；]{0,40}支出[^。；]{0,20}\d"
    r"|收入(?:[、和也，]|也没有)[^。；]{0,24}支出"
)


def check_both_sides(context: Context) -> Iterator[Finding]:
    """Yield headings that name only income or only expenditure where the section tells both and no other the rest."""
    headings = [(at, p) for at, p in enumerate(context.passages) if p.is_heading]
    yield from _without_side([p for _, p in headings])
    for n, (at, passage) in enumerate(headings):
        words = re.sub(r"\s", "", passage.text)
        m = _ONE_SIDE.search(words)
        if m is None or not passage.section:
            continue
        # 政府性基金预算财政拨款支出决算 is an official heading, only income alone is none.
        side = m["side"] or m["fund"]
        other = "支出" if side == "收入" else "收入"
        stem = words.replace(side + "决算", "决算")
        end = headings[n + 1][0] if n + 1 < len(headings) else len(context.passages)
        told = "".join(p.text for p in context.passages[at + 1 : end])
        siblings = (re.sub(r"\s", "", p.text) for _, p in headings)
        if any(other + "决算" in s and side + other not in s and _same_stem(s, stem, other) for s in siblings):
            continue
        if _BOTH_TOLD.search(re.sub(r"\s", "", told)):
            yield text_finding(
                passage, "contents", Severity.INFO,
                f"标题“{passage.text[:40]}”只写了{side}，本节说明的还有{other}，可能漏了“{other}”二字，请核对。",
                "收入支出", side, passage.text[:40],
            )  # fmt: skip


def _without_side(headings: Sequence[Passage]) -> Iterator[Finding]:
    """Yield 三、决算情况说明 beside 二、收入决算情况说明: the word that tells it from the other is missing."""
    plain = [re.sub(r"^[#*（(]*[一二三四五六七八九十]{1,3}[)）、.]*|\s", "", p.text) for p in headings]
    for side, other in (("收入", "支出"), ("支出", "收入")):
        for passage, words in zip(headings, plain, strict=True):
            tail = words.removeprefix("关于")
            if re.fullmatch(r"决算情况(?:的)?说明", tail) and other + tail in plain and side + tail not in plain:
                yield text_finding(
                    passage, "contents", Severity.WARNING,
                    f"标题“{passage.text[:40]}”可能漏了“{side}”二字，请核对。", side + tail, tail, passage.text[:40],
                )  # fmt: skip


def _same_stem(heading: str, stem: str, side: str) -> bool:
    """Tell whether a heading is the counterpart of another, numbering apart."""
    bare = [re.sub(r"^[#*（(]*[一二三四五六七八九十]{1,3}[)）、.]*", "", h) for h in (heading, stem)]
    return bare[0].replace(side + "决算", "决算") == bare[1]


# ── years of headings ───────────────────────────────────────────────────────────────────────────────────────────────
def check_heading_years(context: Context) -> Iterator[Finding]:
    """Yield headings of final accounts, and of the work done, that name another year than the report's."""
    year = context.report.year
    headings = [p for p in context.passages if p.is_heading and re.search(r"决算|重点工作完成", p.text)]
    named = [(p, int(m.group(1))) for p in headings for m in re.finditer(r"(20\d\d)\s*年", p.text)]
    if sum(y == year for _, y in named) < sum(y != year for _, y in named):
        # Where most headings disagree the year of the report itself was read wrongly.
        return
    for passage, found in named:
        if found != year:
            yield text_finding(
                passage, "year", Severity.ERROR, f"标题“{passage.text[:40]}”中的年度应为 {year} 年，请更正。",
                f"{year} 年", f"{found} 年", passage.text[:40],
            )  # fmt: skip
