"""The words of a document around its forms: kept with their places, for checks and for carrying them forward."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from desktopapp.narrative.fields import SOURCE_TEXT as SOURCE_TEXT
from desktopapp.narrative.reading.passages import OTHER, Passage, SourceLine, passages
from desktopapp.readers.sources.model import Block, Paragraph

_OWN_YEAR = re.compile(r"(20\d\d)\s*年度")
#: Words that no department has in its name.
_NO_NAME = re.compile(
    r"\d|[，。；：,;:“”\"]|三公|经费|决算|预算|因公|公务|本单位|本部门|我单位|我部门|全[省市区县]|关于|收入|支出|情况|说明|目录|^第.部分|概况"
)
_NAME = re.compile(
    r"[一-龥（）()]{3,40}(?:局|委|委员会|厅|部|院|中心|办公室|会|处|所|站|队|校|学校|中学|小学|幼儿园|馆|人民政府|街道办事处|法院|检察院|医院)"
)
#: So many sections are those of a whole report.
_SEVERAL = 3
#: So many paragraphs may name what a document is.
_FIRST = 6
_AMOUNTS = re.compile(r"\d\s*(?:万元|元)")
#: Names of funds, and what is compared with the budget, say nothing of a budget being told.
_FUNDS = re.compile(
    r"(?:公共|基金|经营)预算|预算法|(?:年初|调整|完成|全年)预算|预算绩效|预决算|(?:与|比|较|超过)(?:20\d\d年)?(?:年初)?预算"
)
_PLANNED = re.compile(r"预算(?!单位|管理|科目|收支科目|公开)")
#: What is told of is a province, city or county, not a department.
_OF_A_REGION = re.compile(
    r"财政(?:收支)?(?:总)?决算|政府决算|决算草案|决算(?:和[^。]{0,30})?的?报告|总决算|预算执行(?:情况)?"
)
_HEAD = re.compile(
    r"^(?P<y1>20\d\d)\s*年度?\s*(?P<n1>\S{4,40}?)\s*(?:部门|单位)?决算|^(?P<n2>[^\s：:]{4,60}?)\s*(?P<y2>20\d\d)\s*年(?!\s*\d{1,2}\s*月)"
)


def source_lines(blocks: Iterable[Block]) -> list[SourceLine]:
    """Return the paragraphs of a document line by line, each with its place in words."""
    lines = []
    for block in blocks:
        if isinstance(block, Paragraph):
            start = block.position.line
            for at, text in enumerate(block.text.split("\n")):
                where = f"第 {start + at} 行" if start is not None else block.position.describe()
                lines.append(SourceLine(text.replace("\t", " "), where))
    return lines


def stored(lines: Sequence[SourceLine]) -> list[list[str]]:
    """Return lines as the field of a report keeps them; blank lines count, they part paragraphs."""
    return [[line.where, line.text] for line in lines]


def restored(field: object) -> list[Passage]:
    """Return the passages of the imported text that a report keeps, empty when it keeps none."""
    if not isinstance(field, list):
        return []
    return passages(SourceLine(str(text), str(where)) for where, text in field)


def explains(found: Sequence[Passage]) -> bool:
    """Tell whether a text explains the final account of a department: several of its sections, or amounts of one.

    A budget has the same sections, and the account of a whole region the same words; what the first lines and the
    headings call the document decides.
    """
    titles = "\n".join(p.text for at, p in enumerate(found) if p.is_heading or at < _FIRST)
    if _OF_A_REGION.search(titles) and not re.search("(?:部门|单位)决算", titles):
        return False
    told = {p.section for p in found if p.section and not p.is_heading}
    if len(told) >= _SEVERAL:
        return True
    told = {p.section for p in found if p.section in told and not p.is_heading and _AMOUNTS.search(p.text)} - {OTHER}
    if not told:
        return False
    said = text = "\n".join(p.text for p in found)
    if re.search("预算|决算", _FUNDS.sub("", titles)):
        said = titles
    final, planned = said.count("决算"), len(_PLANNED.findall(_FUNDS.sub("", said)))
    # Of three kinds of expenses alone a page may tell without naming the account; what is 安排 is still to be spent.
    return final >= planned and (final > 0 or (told == {"three_public"} and "安排" not in text))


def told_year(lines: Iterable[str]) -> int | None:
    """Return the year that a document most often names as its own (2023年度), None where it names none."""
    votes = Counter(int(year) for line in lines for year in _OWN_YEAR.findall(line))
    return votes.most_common(1)[0][0] if votes else None


def head(found: Sequence[Passage]) -> tuple[str, int | None]:
    """Return department and year as the first lines of a document name them."""
    first = [p.text.strip("#* ") for p in found[:12]]
    for text in first:
        m = _HEAD.match(text)
        if m:
            name = _name(m["n1"] or m["n2"])
            if name or not re.search(r"\d|[，。]", m["n1"] or m["n2"]):
                return name or next((n for t in first if (n := _name_alone(t))), ""), int(m["y1"] or m["y2"])
    return next((n for t in first if (n := _name_alone(t))), ""), _told_year(found)


def _name(text: str) -> str:
    """Return the name that words before 2023年度 are, "" where they are something else."""
    name = re.sub(r"^第.部分\s*|(?<=[局委厅院校会处所站队园馆府学])(?:部门|单位)$", "", text.strip())
    return "" if _NO_NAME.search(name) else name


def _name_alone(text: str) -> str:
    """Return the name that a line of its own is, "" for any other line."""
    name = re.sub(r"[\s*#]", "", text)
    return name if _NAME.fullmatch(name) and not _NO_NAME.search(name) else ""


def _told_year(found: Sequence[Passage]) -> int | None:
    """Return the year of which the explanations mostly tell, years that they compare with left out."""
    text = "\n".join(p.text for p in found if p.section)
    years = Counter(m.group(1) for m in re.finditer(r"(?<![与比较同\d])(?<![与比较同]\s)(20\d\d)\s*年", text))
    return int(years.most_common(1)[0][0]) if years else None
