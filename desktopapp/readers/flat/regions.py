"""Finds where the forms stand in running text: by titles and marks, between tables of contents and explanations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from desktopapp.core.template import Template
from desktopapp.readers.flat.tokens import TextLine, squeeze, strip_page_numbers

_PART = re.compile(r"^#*\**第[一二三四五六七八九十]{1,2}(?:部分|章)")
_NOTE = re.compile(r"^[\"“(（【]?注[:：]?(?:\d|本|$|[:：])|^[备说]\s*[注明]\s*[:：]")
_YEAR = re.compile(r"(20\d\d)\s*年")
_UNIT = re.compile(r"(?:金额)?单\s*位\s*[:：]\s*((?:人民币)?(?:万|亿|千|百)?元)")
_DEPARTMENT = re.compile(
    r"^(?:编制|公开|填报|填制|填表|预算|部门|主管|报送)?(?:部\s*门|单\s*位)(?:[(（](?:部门|单位|公章|盖章)[)）])?(?:名\s*称)?"
    r"\s*[:：]\s*(?!(?:人民币)?(?:万|亿|千|百)?元)(.+)$"
)
_EVIDENCE = (
    *(
        "栏次",
        "行次",
        "科目编码",
        "决算数",
        "科目名称",
        "预算数",
        "本年支出",
        "金额",
        "公务接待费",
        "因公出国",
        "科目代码",
    ),
    *("按功能分类", "本年收入合计", "本年支出合计"),
)
#: In so many lines of a form its evidence is sought: headers may stand one character a line.
_SEARCHED = 400
_SENTENCE = re.compile(r"[，。；,;]")
_RUNNING = re.compile(r"。|[\u4e00-\u9fff][,;][\u4e00-\u9fff]")


@dataclass(slots=True)
class Region:
    """The lines of one form, from below its title to its notes."""

    form: str
    title: str
    lines: list[TextLine]
    notes: list[TextLine]
    year: int | None = None
    unit: str = ""
    department: str = ""


#: The second line of a title that is broken over two.
_BROKEN = re.compile(r"^.{0,12}表(?:[(（][^()（）]*[)）])?$")
#: Stands for a table that is none of the forms, in place of a form's id.
OTHER = "-"
#: Behind the id of a form: another table that holds its amounts in some of its lines.
WITHIN = "~"
_QUOTES = re.compile(r"[\"'“”‘’「」『』〝〞]")
_LEADING = re.compile(
    r"^(?:[#*|>《\s]|附[表件]?|公开|表?\d{1,2}(?:-\d)?表?(?!\d*年)|表[一二三四五六七八九十]{1,3}|"
    r"[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．:：,)）]|[:：、.．\-—_])+"
)
_TRAILING = re.compile(
    r"(?:[(（](?:续表?|\d+|[一二三四五六七八九十]|[^()（）]{0,6}(?:科目|分类|经济|功能|公开)[^()（）]{0,6}|按[^()（）]{2,12})[)）]|"
    r"续表?|[》*#|]|(?:公开|附)?表?\d{1,2}表|(?:金额)?单位:(?:人民币)?[万元]{1,2})$"
)
_YEARS = re.compile(r"20\d\d年?度?")


class Titles:
    """The titles and marks under which templates, and other places, print their forms."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self._titles: dict[str, str] = {}
        for template in templates:
            for form_id, titles in template.elsewhere.within.items():
                self._titles.update((_core(title), form_id + WITHIN) for title in titles)
            for title in template.elsewhere.others:
                self._titles.setdefault(_core(title), OTHER)
            for form_id, titles in template.elsewhere.titles.items():
                self._titles.update((_core(title), form_id) for title in titles)
        for template in templates:
            for form in template.forms:
                if form.published:
                    self._titles[_core(form.title.replace("{year}年度", "").replace("{year}年", ""))] = form.id
        self._longest = sorted(self._titles, key=len, reverse=True)

    def match(self, line: str) -> str | None:
        """Return the form whose title a line is, OTHER for the title of another table, None if it is no title."""
        if "表" not in line:
            return None
        text = squeeze(line)
        if not 4 <= len(text) <= 70 or _SENTENCE.search(text) or _NOTE.match(text):
            return None
        core = _core(text)
        if not core.endswith("表"):
            return None
        for title in self._longest:
            if core.endswith(title) and self._plausible(core[: -len(title)]):
                return self._titles[title]
        if core.endswith("预算表"):
            # However alike the words: a budget is no final account.
            return None
        bare = re.sub(r"^.*?20\d\d年?度?", "", core)
        best = max(self._longest, key=lambda t: fuzz.ratio(bare, t))
        if fuzz.ratio(bare, best) >= 92:
            return self._titles[best]
        return OTHER if _FINAL_ACCOUNT.search(core) else None

    @staticmethod
    def _plausible(before: str) -> bool:
        """Tell whether what stands before a title belongs to a title: year, department, number of the form."""
        rest = _LEADING.sub("", _YEARS.sub("", before))
        rest = re.sub(r"部门|单位|本级|[()#*《附表-]", "", rest)
        return not rest or before.endswith(_ENDS_OF_NAMES)


_FINAL_ACCOUNT = re.compile(r"决算.{0,8}表$")
_ENDS_OF_NAMES = (
    *(
        "年度",
        "年",
        "局",
        "院",
        "会",
        "委",
        "办",
        "校",
        "部",
        "厅",
        "中心",
        "机关",
        ")",
        "站",
        "所",
        "队",
        "馆",
        "园",
        "处",
    ),
    *(
        "学",
        "中",
        "小",
        "台",
        "社",
        "团",
        "办公室",
        "政府",
        "街道",
        "乡",
        "镇",
        "区",
        "县",
        "市",
        "省",
        "署",
        "科",
        "室",
        "场",
    ),
)


def _core(text: str) -> str:
    """Return a title without what may stand around it: numbers of forms, marks, words for a continuation."""
    core = _QUOTES.sub("", squeeze(text)).strip("#*|")
    before = ""
    while core != before:
        before, core = core, _TRAILING.sub("", core)
    return _LEADING.sub("", core)


def find_regions(lines: Sequence[TextLine], titles: Titles) -> list[Region]:
    """Return the forms in reading order; entries of a table of contents are none."""
    kept = strip_page_numbers(lines)
    starts = list(_starts(kept, titles))
    regions: list[Region] = []
    for at, (i, form) in enumerate(starts):
        end = starts[at + 1][0] if at + 1 < len(starts) else len(kept)
        region = _region(form, kept, i, end) if form != OTHER else None
        if region is None:
            continue
        if regions and regions[-1].form == form and not regions[-1].notes:
            regions[-1].lines += region.lines
            regions[-1].notes += region.notes
        else:
            regions.append(region)
    return _best_of_each(regions)


def _starts(kept: Sequence[TextLine], titles: Titles) -> Iterator[tuple[int, str]]:
    """Yield the lines that are titles, also those broken over two lines, by the line below which the form begins."""
    for i, line in enumerate(kept):
        form = titles.match(line.text)
        if form is not None:
            yield i, form
        elif i and _BROKEN.search(squeeze(line.text)) and titles.match(kept[i - 1].text) is None:
            joined = titles.match(kept[i - 1].text.strip() + line.text.strip())
            if joined not in (None, OTHER):
                yield i, joined


def _region(form: str, kept: Sequence[TextLine], start: int, end: int) -> Region | None:
    body: list[TextLine] = []
    notes: list[TextLine] = []
    for line in kept[start + 1 : end]:
        text = squeeze(line.text)
        if _PART.match(text) or (notes and _looks_like_heading(text)):
            break
        if notes or _NOTE.match(text):
            notes.append(line)
        elif not _RUNNING.search(text):
            # A statement that there was no money is no row of the form.
            body.append(line)
    joined = squeeze("".join(ln.text for ln in body[:_SEARCHED]))
    if sum(word in joined for word in _EVIDENCE) < 2:
        return None
    region = Region(form, kept[start].text, body, notes)
    above = [ln.text for ln in kept[max(0, start - 3) : start + 1]]
    _read_head(region, [*above, *(ln.text for ln in body[:12])])
    return region


def _looks_like_heading(text: str) -> bool:
    return bool(re.match(r"^#*[一二三四五六七八九十]{1,3}、.{2,30}说明$", text))


def _read_head(region: Region, head: Sequence[str]) -> None:
    """Read year, unit and department from the lines around the title."""
    year = _YEAR.search(squeeze(region.title))
    for text in head:
        year = year or _YEAR.search(squeeze(text))
        unit = _UNIT.search(text)
        if unit and not region.unit:
            region.unit = unit.group(1)
        for piece in re.split(r"\t|\s{2,}|(?=金额单位)|(?<=\S)\s*(?=单\s*位\s*[:：]\s*(?:人民币)?[万元])", text):
            found = _DEPARTMENT.match(piece.strip())
            if found and not region.department:
                region.department = _UNIT.sub("", found.group(1)).strip(" \t　|").replace(" ", "")
    region.year = int(year.group(1)) if year else None


def _best_of_each(regions: list[Region]) -> list[Region]:
    """Return for each form the region with the most numbers, in reading order; its own table counts before others."""
    own = {r.form for r in regions}
    regions = [r for r in regions if not r.form.endswith(WITHIN) or r.form.removesuffix(WITHIN) not in own]
    for region in regions:
        region.form = region.form.removesuffix(WITHIN)
    best: dict[str, Region] = {}
    for region in regions:
        old = best.get(region.form)
        if old is None or _weight(region) > _weight(old):
            best[region.form] = region
    return [r for r in regions if best[r.form] is r]


def _weight(region: Region) -> int:
    return sum(len(re.findall(r"\d", ln.text)) for ln in region.lines)
