"""What stands above a table: which form it says it is, of which year and department, in which unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from desktopapp.core.amount import Unit
from desktopapp.readers.grid_spec import FormSpec
from desktopapp.readers.grid_words import fold, likeness, plain

_YEAR = re.compile(r"(20\d{2})(?=年)")
_CHINESE_YEAR = re.compile(r"二[〇零○Oo0]([〇零○Oo0一二三四五六七八九])([〇零○Oo0一二三四五六七八九])(?=年)")
_CHINESE_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("零○Oo0", 0)
#: What may follow a title in brackets: 功能科目, 按经济分类, 续表.
_BEHIND_TITLE = re.compile(r"[(（](?:[^()（）]{0,6}(?:科目|分类|经济|功能)[^()（）]{0,6}|续表?)[)）]$")
#: What may stand before a title: the number of the form.
_NUMBERED_TITLE = re.compile(
    r"^(?:附?[表件]\d{1,2}|公开\d{1,2}表|[一二三四五六七八九十]{1,3}(?=[、.])|\d{1,2}(?=[、.]))[:：、.]?"
)
_BEFORE_TITLE = re.compile(r"^.*?20\d{2}年度?")
_UNIT = re.compile(
    r"(?:金额)?单位[:：]?(?:人民币)?(万元|元)|^[(](?:人民币)?(万元|元)[)]$|[(](?:单位[:：]?)?(万元|元)[)]"
)
_OTHER_UNIT = re.compile(r"单位[:：]?(?:人民币)?([百千十]元|[十百千]?万元|亿元)")
_DEPARTMENT = re.compile(
    r"^(?:编制|公开|填报|填制|预算|部门|主管)?(?:部门|单位)(?:名称)?[(]?(?:公章|盖章)?[)]?\s*[:：]\s*(.*)$", re.DOTALL
)
_UNIT_TAIL = re.compile(r"\s*[(]?(?:金额)?单位\s*[:：]\s*(?:人民币)?(?:万元|元).*$", re.DOTALL)
#: A line longer than this is running text, not a title.
_LONGEST_TITLE = 60
#: Likeness below which a title is another form's.
_LIKE_ENOUGH = 0.78
#: Likeness from which a title is the same, only differently worded.
_ALMOST = 0.85
EXACT_TITLE = 5.0
_MARK = 1.5


@dataclass(frozen=True, slots=True)
class Heading:
    """Year, department and unit as stated above a table; None or "" where nothing is stated.

    ``odd_unit`` is a unit that amounts are not read in (千元, 亿元).
    """

    year: int | None
    department: str
    unit: Unit | None
    odd_unit: str = ""


def read_heading(lines: Sequence[str]) -> Heading:
    """Return what the lines above a table say."""
    year, department, unit, odd = None, "", None, ""
    for line in lines:
        narrow = plain(line)
        if year is None and len(narrow) <= _LONGEST_TITLE:
            year = year_in(narrow)
        if unit is None and (found := _UNIT.search(narrow)):
            unit = Unit.WAN if "万元" in (found[1] or found[2] or found[3]) else Unit.YUAN
        elif not odd and (other := _OTHER_UNIT.search(narrow)):
            odd = other[1]
        if not department:
            department = department_in(line)
    return Heading(year, department, unit, "" if unit is not None else odd)


def year_in(text: str) -> int | None:
    """Return the year that a title names: 2023年度, 二〇二三年."""
    narrow = plain(text)
    found = _YEAR.search(narrow)
    if found:
        return int(found[1])
    written = _CHINESE_YEAR.search(narrow)
    if written:
        return 2000 + 10 * _CHINESE_DIGITS[written[1]] + _CHINESE_DIGITS[written[2]]
    return None


def department_in(text: str) -> str:
    """Return the department that a line such as “部门：某局　金额单位：万元” names, "" when it names none."""
    line = text.strip()
    found = _DEPARTMENT.match(unicodedata.normalize("NFKC", line))
    if not found:
        return ""
    # Cut from the text as printed, so that full-width brackets in a name stay.
    at = min((i for i in (line.find(":"), line.find("：")) if i >= 0), default=-1)
    name = line[at + 1 :].strip()
    tail = _UNIT_TAIL.search(unicodedata.normalize("NFKC", name))
    if tail and len(unicodedata.normalize("NFKC", name)) == len(name):
        name = name[: tail.start()].strip()
    if re.fullmatch(r"(?:人民币)?[百千]?万?亿?元", plain(name)):
        return ""
    return "".join(part.strip() for part in name.split("\n"))


def title_scores(lines: Iterable[str], specs: Sequence[FormSpec]) -> dict[str, float]:
    """Return form id → how much the lines speak for it: exact title, else the likest one; printed mark.

    A title that ends like another form's (财政拨款收入支出决算总表 — 收入支出决算总表) speaks for the longest one only.
    """
    scores: dict[str, float] = {}
    for line in lines:
        if len(line) > 2 * _LONGEST_TITLE:
            continue
        word = bare_title(line)
        if not word or len(word) > _LONGEST_TITLE or is_other_title(line, specs):
            continue
        best, value = _best_title(word, specs)
        if best is not None and value > scores.get(best.form.id, 0.0):
            scores[best.form.id] = value
    for line in lines:
        word = fold(line)
        for spec in specs:
            if spec.mark and len(word) < _LONGEST_TITLE and spec.mark in word:
                scores[spec.form.id] = scores.get(spec.form.id, 0.0) + _MARK
                break
    return scores


@lru_cache(maxsize=4096)
def bare_title(line: str) -> str:
    """Return a line folded as a title: without year and department before it, number and brackets around it."""
    text = _NUMBERED_TITLE.sub("", _BEHIND_TITLE.sub("", plain(line)))
    return fold(_BEFORE_TITLE.sub("", text))


def is_other_title(line: str, specs: Sequence[FormSpec]) -> bool:
    """Tell whether a line is the title of a table that is none of the forms."""
    word = bare_title(line)
    titles = {t for s in specs for t in (s.title, *s.also)}
    return bool(word) and word not in titles and any(word in s.others for s in specs[:1])


def _best_title(word: str, specs: Sequence[FormSpec]) -> tuple[FormSpec | None, float]:
    known = next((s for s in specs if word in s.also), None)
    if known is not None and not any(s.title == word for s in specs):
        return known, EXACT_TITLE
    likest = max(specs, key=lambda s: likeness(word, s.title), default=None)
    if likest is None:
        return None, 0.0
    alike = likeness(word, likest.title)
    if alike == 1.0:
        return likest, EXACT_TITLE
    best = max((s for s in specs if s.title and word.endswith(s.title)), key=lambda s: len(s.title), default=None)
    # What stands before a title is a department, or else makes it another form's, a little differently worded here.
    if best is not None and not (alike >= _ALMOST and len(likest.title) > len(best.title)):
        return best, EXACT_TITLE - 0.5
    # A header word can be most of a title (国有资本经营预算财政拨款), but it does not end like one.
    same_end = word[-1] == likest.title[-1:]
    return (likest, EXACT_TITLE * alike * 0.8) if alike >= _LIKE_ENOUGH and same_end else (None, 0.0)


def is_title(text: str, specs: Sequence[FormSpec]) -> str:
    """Return the id of the form whose title a text is, year and department before it allowed; "" for other texts."""
    if len(text) > _LONGEST_TITLE:
        return ""
    word = bare_title(text)
    found = next((s for s in specs if s.title and s.title == word), None)
    found = found or next((s for s in specs if word in s.also), None)
    return found.form.id if found else ""
