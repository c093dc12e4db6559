"""Words: doubled ones, leftovers of templates, numbering, years, the department's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import pairwise

from desktopapp.core.findings import Finding, Severity
from desktopapp.narrative.reading.context import Context, text_finding
from desktopapp.narrative.reading.numerals import number_of, numeral_of
from desktopapp.narrative.reading.passages import Passage, narrow
from desktopapp.narrative.reading.slips import slips
from desktopapp.narrative.reading.told import Told

_RUN = re.compile(r"([一-龥]{2,8})\1")
_DOUBLE = re.compile(r"([一-龥])\1")
#: Fewer sections numbered 一、 than this do not make a text that numbers its sections so.
_FEW = 3
_PLACEHOLDER = re.compile(
    r"[X×xＸ]{2,}\s*(?:万元|%|元|个|项|局|辆|年|月|日|[（(]类|[（(]款|[（(]项)|(?<![A-Za-z])[X×Ｘ]{2,}(?![A-Za-z0-9])|…{2,}[（(]|_{3,}"
)
_INSTRUCTION = re.compile(
    r"[（(](?:此处|请|注意|提示|说明[：:]|填写|如有|若无)[^（）()]{0,60}(?:填写|填列|填报|写明|删除|补充|列示|列明)[^（）()]{0,30}[）)]"
)
#: A unit with its number missing: 占%, 完成预算的 %, 支出为万元.
_NUMBERLESS = re.compile(
    r"(?:占(?!比)[^，。；、,\d%]{0,16}|完成[^，。；、,\d%]{0,12}|(?:增长|下降|降低)了?)\s*%"
    r"|(?:支出|收入|费|合计|总计|[预决]算数?|增加|减少)(?:为|共计?)?\s*万元(?![)）以])"
)
#: An amount whose unit lost its second character: 支出 10.00 万，
_CUT_UNIT = re.compile(
    r"(?:收入|支出|经费|费|合计|总计|[预决]算数?|结余|增加|减少)为?\s*\d[\d,.]*\s*万(?=[，。；、,;）)])"
)


def check_leftovers(context: Context) -> Iterator[Finding]:
    """Yield placeholders and instructions of the template that were left in the text."""
    for passage in context.passages:
        words = next((w for w in context.book.leftovers if w in passage.text), "")
        m = _PLACEHOLDER.search(passage.text) or _INSTRUCTION.search(passage.text)
        if words or m:
            quote = words or (m.group() if m else "")
            yield text_finding(
                passage, "leftover", Severity.ERROR, f"模板的填写说明或占位符留在了正文里：“{quote}”，请删去或填写。",
                "", quote, quote,
            )  # fmt: skip
        cut = _CUT_UNIT.search(passage.text) if passage.section else None
        if cut is not None:
            yield text_finding(
                passage, "unit", Severity.WARNING, f"“{cut.group()}”的单位不完整，应为“万元”，请核对。",
                "万元", cut.group(), cut.group(),
            )  # fmt: skip
        empty = _NUMBERLESS.search(passage.text) if passage.section and re.search("[，。,]", passage.text) else None
        if empty is not None and not passage.is_heading:
            yield text_finding(
                passage,
                "leftover",
                Severity.ERROR,
                f"“{empty.group()}”缺少数字，请填写。",
                "",
                empty.group(),
                empty.group(),
            )


def check_doubles(context: Context) -> Iterator[Finding]:
    """Yield words and characters written twice in a row that are no reduplication of the language."""
    names = (*_row_names(context), *context.book.beginnings)
    for passage in context.passages:
        if not passage.section and passage.part not in (1, 3, 4):
            continue
        for m in _RUN.finditer(passage.text):
            name_follows = any(passage.text.startswith(n, m.start() + len(m.group(1))) for n in names)
            if m.group() not in context.book.fine_runs and len(set(m.group(1))) > 1 and not name_follows:
                yield _double(passage, m.group(), m.group(1))
        for m in _DOUBLE.finditer(passage.text):
            fine = m.group() in context.book.fine_doubles or m.group(1) in context.book.joints
            fine = fine or any(run in _around(passage.text, m) for run in context.book.fine_runs)
            if not fine and _torn(passage.text, m.start()):
                yield _double(passage, _around(passage.text, m), m.group(1))


def _row_names(context: Context) -> tuple[str, ...]:
    """Return the names of items, which may begin with the word before them (用于 + 用于社会福利的…)."""
    forms = [f.id for f in context.report.template.forms if f.id in ("03", "05", "07", "08")]
    return tuple(
        n for f in forms for r in context.report.rows_of(f) if len(n := narrow(context.report.rows_of(f).name(r))) > 4
    )


def _double(passage: Passage, quote: str, single: str) -> Finding:
    return text_finding(
        passage, "doubled", Severity.WARNING, f"“{quote}”中“{single}”疑似重复，请核对。", single, quote, quote
    )


def _torn(text: str, position: int) -> bool:
    """Tell whether a doubled character is left over between words.

    Two words may meet in the same character (推进进度); then both are words of several characters. Where one of the
    two characters stands alone, or both are a "word" of their own, one was typed too many.
    """
    import rjieba

    start = max(0, position - 12)
    at = start
    words: list[tuple[int, str]] = []
    for word in rjieba.cut(text[start : position + 14]):
        words.append((at, word))
        at += len(word)
    first = next(((a, w) for a, w in words if a <= position < a + len(w)), None)
    second = next(((a, w) for a, w in words if a <= position + 1 < a + len(w)), None)
    if first is None or second is None:
        return False
    if first == second:
        return len(first[1]) == 2
    return len(first[1]) == 1 or len(second[1]) == 1


def _around(text: str, m: re.Match[str]) -> str:
    return text[max(0, m.start() - 3) : m.end() + 3]


def check_years(context: Context) -> Iterator[Finding]:
    """Yield comparisons with a year that is not the year before, and amounts and balances told for another year."""
    year = context.report.year
    compared = re.compile(
        r"(?:与|比|较|同)\s*(?P<y>20\d\d)\s*年(?:度)?(?:[一-龥]{0,12}?)(?:决算数?)?(?:相比|相较|增加|减少|增长|下降|，|决算)"
        r"|(?P<z>20\d\d)\s*年(?:度)?也"
    )
    closing = re.compile(r"截[至止]\s*(?P<y>20\d\d)\s*年\s*(?:12\s*月\s*31\s*日|末|底)")
    for passage in context.passages:
        if not passage.section or passage.is_heading:
            continue
        for m in compared.finditer(passage.text):
            found = int(m["y"] or m["z"])
            # Before and after an epidemic or a reorganisation older years are compared on purpose, and said to be so.
            meant = re.match(r"\s*年(?:度)?\s*[（(]", passage.text[m.start() + 5 :]) is not None
            ahead = re.split(r"[。；]", passage.text[: m.start()])[-1]
            meant = meant or f"{year + 1}年" in ahead.replace(" ", "")
            if found != year - 1 and not meant and (found < year or _of_this_year(passage.text, m.start())):
                yield _year(passage, found, year - 1, m.group())
        for m in closing.finditer(passage.text) if passage.section in _CLOSING else ():
            if int(m["y"]) != year:
                yield _year(passage, int(m["y"]), year, m.group())
    yield from _told_years(context)


#: Amounts as near as this are the same.
_CENT = Fraction(1, 100)
#: Sections that tell what there is at the end of the year.
_CLOSING = ("assets", "three_public")


def _of_this_year(text: str, position: int) -> bool:
    """Tell whether what is compared is not a budget of the same year (与 2023 年度预算相比)."""
    return "预算" not in text[position : position + 24]


def _told_years(context: Context) -> Iterator[Finding]:
    """Yield amounts told for last year that are this year's, and amounts told for years before."""
    year = context.report.year
    for told in context.told:
        if told.year in (0, year) or not told.is_amount or not told.meaning.fact or told.mention.value == 0:
            continue
        before = re.sub(r"\s", "", told.sentence.text[: told.mention.start])
        if re.search(rf"[与比较同]{told.year}年[^，。；]*$", before):
            continue
        same = any(abs(told.mention.value - w) <= _CENT for w in told.meaning.wanted)
        mine = same and not any(
            t.meaning.fact == told.meaning.fact and t.year == year and t.sentence.passage is told.sentence.passage
            for t in context.told
        )
        if mine or told.year < year - 1 or _alone(context, told):
            yield _year(told.sentence.passage, told.year, year, told.quote)
    again = re.compile(
        rf"^\W*{year - 1}\s*年度?(?:[^，。；]{{2,40}}\d[^。]*?(?:与|比|较)\s*{year - 1}\s*年"
        rf"|[^，。；\d]{{2,40}}(?:支出|收入)决算数?(?:比|较|与)上年)"
    )
    for sentence in context.sentences():
        if again.match(sentence.text):
            yield _year(sentence.passage, year - 1, year, sentence.text[:20])


#: So many amounts of the year tell that a text names it throughout.
_THROUGHOUT = 3


def _alone(context: Context, told: Told) -> bool:
    """Tell whether a quantity of which no form tells is given for last year alone, where one of this year belongs."""
    year, fact = context.report.year, told.meaning.fact
    if told.meaning.wanted or context.amount(fact) is not None or f"{told.year}年" not in told.quote.replace(" ", ""):
        return False
    if str(year) in told.sentence.passage.text or re.search("上年|去年", told.quote):
        return False
    others = [t for t in context.told if t.is_amount and t is not told]
    if any(
        t.meaning.fact == fact
        and t.year in (0, year)
        and t.sentence.passage is not told.sentence.passage
        and abs(t.mention.value - told.mention.value) <= _CENT
        for t in others
    ):
        # The same amount stands elsewhere for this year.
        return True
    of_year = {t.meaning.fact for t in others if t.year == year and t.meaning.fact}
    return len(of_year) >= _THROUGHOUT and not any(t.meaning.fact == fact and t.year in (0, year) for t in others)


def _year(passage: Passage, found: int, wanted: int, quote: str) -> Finding:
    return text_finding(
        passage, "year", Severity.ERROR, f"“{quote}”中的年度应为 {wanted} 年，可能是沿用了往年的文字。",
        f"{wanted} 年", f"{found} 年", quote,
    )  # fmt: skip


def check_numbering(context: Context) -> Iterator[Finding]:
    """Yield parts and sections whose numbers are doubled or skipped."""
    seen = _body_headings(context.passages)
    yield from _sequence([(p, n) for p, n, level in seen if level == "part"], "第{}部分")
    part_sections = [(p, n) for p, n, level in seen if level == "section" and p.section]
    yield from _sequence(part_sections, "{}、")
    bracketed = [(p, n) for p, n, level in seen if level == "bracket"]
    if len(part_sections) < _FEW and len({n for _, n in bracketed}) > _FEW + 1:
        yield from _sequence(bracketed, "（{}）")


def _body_headings(passages: Sequence[Passage]) -> list[tuple[Passage, int, str]]:
    """Return the headings of the body: those of the table of contents come first and are left out."""
    found: list[tuple[Passage, int, str]] = []
    for passage in passages:
        if not passage.is_heading:
            continue
        text = passage.text.lstrip("#* -")
        part = re.match(r"第([一二三四五六七八九十])部分", text)
        section = re.match(r"([一二三四五六七八九十]{1,3})、", text)
        bracket = re.match(r"[（(]([一二三四五六七八九十]{1,3})[)）]", text)
        if part:
            found.append((passage, number_of(part.group(1)), "part"))
        elif section:
            found.append((passage, number_of(section.group(1)), "section"))
        elif bracket and passage.section and passage.text == passage.heading:
            found.append((passage, number_of(bracket.group(1)), "bracket"))
    firsts = [i for i, (_, n, level) in enumerate(found) if n == 1 and level == "part"]
    body = (
        found[firsts[1] :] if len(firsts) > 1 and firsts[1] - firsts[0] >= 3 and _is_contents(found, firsts) else found
    )
    return body


def _is_contents(found: Sequence[tuple[Passage, int, str]], firsts: Sequence[int]) -> bool:
    """Tell whether the headings before the second 第一部分 are a table of contents: parts in order up to its end."""
    parts = [n for _, n, level in found[firsts[0] : firsts[1]] if level == "part"]
    return len(parts) >= 3 and parts == sorted(parts)


def _sequence(found: Sequence[tuple[Passage, int]], form: str) -> Iterator[Finding]:
    for (_, before), (passage, number) in pairwise(found):
        if number == before + 1 or (number == 1 and form != "第{}部分"):
            continue
        if number <= before or number == before + 2:
            shown, wanted = form.format(numeral_of(number)), form.format(numeral_of(before + 1))
            yield text_finding(
                passage, "numbering", Severity.ERROR, f"标题“{passage.text[:24]}”的序号应为“{wanted}”，现为“{shown}”。",
                wanted, shown, passage.text[:24],
            )  # fmt: skip


def check_department(context: Context) -> Iterator[Finding]:
    """Yield headings with a name that is nearly, but not quite, the department's."""
    name = re.sub(r"[（(].*?[）)]", "", context.report.department).strip()
    full = re.sub(r"(?:机关|本级|（本级）|部门)$", "", name)
    if len(full) < 6:
        return
    for passage in context.passages:
        named = passage.section or passage.is_heading or _NAMES_UNIT.match(passage.text)
        plain = re.sub(r"\s", "", passage.text) if named else ""
        wrong = next((w for _, w in slips(plain, full, (full,), exchanged=False, free=_SHORTENED)), "")
        if wrong:
            yield _misnamed(passage, wrong, full)
            continue
        if not passage.is_heading and passage.section not in ("agency", "procurement", "assets"):
            continue
        for m in re.finditer(re.escape(full[:2]) + r"[一-龥]{3,30}", passage.text):
            window = m.group()[: len(full) + 1]
            best = max((window[:n] for n in range(len(full) - 2, len(full) + 2)), key=lambda w: _ratio(w, full))
            if best != full and full not in m.group() and 0.88 <= _ratio(best, full) < 1 and best[-1] == full[-1]:
                yield _misnamed(passage, best, full)
                break


#: The line above a form that names whose it is.
_NAMES_UNIT = re.compile(r"^\s*(?:编制|填报|公开)?(?:部门|单位)(?:名称)?\s*[：:]")
#: Characters that the short form of a department's name leaves out.
_SHORTENED = "省市区县州盟旗镇乡人民政府局委办"


def _misnamed(passage: Passage, found: str, full: str) -> Finding:
    return text_finding(
        passage, "department", Severity.WARNING, f"单位名称“{found}”与“{full}”不一致，请核对。", full, found, found
    )


def _ratio(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b).ratio()
