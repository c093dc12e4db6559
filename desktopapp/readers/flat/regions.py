"""Finds where the forms stand in running text: by titles and marks, between tables of contents and explanations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from desktopapp.core.template import Template
from desktopapp.readers.flat.tokens import TextLine, squeeze, strip_page_numbers

_PART = re.compile(r"^#*\**第[一二三四五六七八九十]{1,2}(?:部分|章)")
_NOTE = re.compile(r"^[\"“(（【]?注[:：]?(?:\d|本|$|[:：])|^[备说]\s*[注明]\s*[:：]")
_YEAR = re.compile(r"(20\d\d)\s*年")
_UNIT = re.compile(r"(?:金额)?单\s*位\s*[:：]\s*((?:人民币)?(?:万|亿|千|百)?元)")
_DEPARTMENT = re.compile(r"^(?:编制)?(?:部\s*门|单\s*位)(?:名\s*称)?\s*[:：]\s*(?!(?:人民币)?(?:万|亿|千|百)?元)(.+)$")
_EVIDENCE = ("栏次", "行次", "科目编码", "决算数", "科目名称", "预算数", "本年支出")
_SENTENCE = re.compile(r"[，。；]")


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


class Titles:
    """The titles and marks under which templates print their forms."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self._titles: dict[str, str] = {}
        for template in templates:
            for form in template.forms:
                if form.published:
                    self._titles[squeeze(form.title.replace("{year}年度", "").replace("{year}年", ""))] = form.id
        self._longest = sorted(self._titles, key=len, reverse=True)

    def match(self, line: str) -> str | None:
        """Return the form whose title a line is, None if it is no title."""
        text = squeeze(line).strip("#*|")
        if not 4 <= len(text) <= 60 or _SENTENCE.search(text) or not text.endswith(("表", ")", "续", "表》")):
            return None
        core = re.sub(r"\((?:续表?|\d+)\)$|续表?$", "", text).rstrip("》")
        for title in self._longest:
            if core.endswith(title) and self._plausible(core[: -len(title)]):
                return self._titles[title]
        core = re.sub(r"^.*?(?:20\d\d年度?)", "", core)
        best = max(self._longest, key=lambda t: fuzz.ratio(core, t))
        return self._titles[best] if fuzz.ratio(core, best) >= 92 else None

    @staticmethod
    def _plausible(before: str) -> bool:
        """Tell whether what stands before a title belongs to a title: year, department, number of the form."""
        rest = re.sub(
            r"20\d\d年(?:度)?|(?:公开)?表?\d+表?|[一二三四五六七八九十]{1,3}[、.]|[()#*《附表-]|部门|单位", "", before
        )
        return not rest or before.endswith(
            ("年度", "年", "局", "院", "会", "委", "办", "校", "部", "厅", "中心", "机关", ")")
        )


def find_regions(lines: Sequence[TextLine], titles: Titles) -> list[Region]:
    """Return the forms in reading order; entries of a table of contents are none."""
    kept = strip_page_numbers(lines)
    starts = [(i, form) for i, line in enumerate(kept) if (form := titles.match(line.text)) is not None]
    regions: list[Region] = []
    for at, (i, form) in enumerate(starts):
        end = starts[at + 1][0] if at + 1 < len(starts) else len(kept)
        region = _region(form, kept, i, end)
        if region is None:
            continue
        if regions and regions[-1].form == form and not regions[-1].notes:
            regions[-1].lines += region.lines
            regions[-1].notes += region.notes
        else:
            regions.append(region)
    return _best_of_each(regions)


def _region(form: str, kept: Sequence[TextLine], start: int, end: int) -> Region | None:
    body: list[TextLine] = []
    notes: list[TextLine] = []
    for line in kept[start + 1 : end]:
        text = squeeze(line.text)
        if _PART.match(text) or (notes and _looks_like_heading(text)):
            break
        if notes or _NOTE.match(text):
            notes.append(line)
            continue
        body.append(line)
    joined = squeeze("".join(ln.text for ln in body[:60]))
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
    """Return for each form the region with the most numbers, in reading order."""
    best: dict[str, Region] = {}
    for region in regions:
        old = best.get(region.form)
        if old is None or _weight(region) > _weight(old):
            best[region.form] = region
    return [r for r in regions if best[r.form] is r]


def _weight(region: Region) -> int:
    return sum(len(re.findall(r"\d", ln.text)) for ln in region.lines)
