"""Target dates as people write them: "2024 年 12 月底", "12 月 31 日前", "2024-06-30", "第三季度末", "年底前".

A date is the last day that its wording covers, as a proleptic ordinal. Without a year the day is counted in
``PLAIN_YEAR``, so that two such dates can be compared with each other and never with a full one.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Final

#: A leap year, so that February 29 exists.
PLAIN_YEAR: Final = 2000
#: Longer than any wording of a date.
_LONGEST: Final = 60

_LEAD: Final = r"(?P<lead>[^\d<>≥≤=%/.-]{0,10}?)"
_PART: Final = r"(?P<part>底|末|初|上旬|中旬|下旬|中)?"
_END: Final = r"(?P<end>(之前|以前|前|之内|以内|内|止|左右)?[^\d<>≥≤%]{0,12})"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_MONTH: Final = r"(?P<month>0?[1-9]|1[0-2])"
_DAY: Final = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_SPAN: Final = re.compile(r"^.*?\d(年|月|日|号)?(?:起)?(?:至|到|-|~)(?=\d)")
_YEAR_ONLY: Final = re.compile(rf"[^\d<>≥≤=%/.-]{{0,6}}?{_YEAR}(?P<rest>年.*)")
_YEAR_TAIL: Final = re.compile(r"(年度?)?(底|末|年底|年末|内|度内|前|年内|之前|以前)*(完成|建成|办结|完工|竣工)?")

_FORMS: Final = tuple(
    re.compile(_LEAD + body + _END)
    for body in (
        rf"{_YEAR}年{_MONTH}月{_DAY}[日号]?",
        rf"{_YEAR}(?P<sep>[-./]){_MONTH}(?P=sep){_DAY}",
        rf"{_YEAR}年{_MONTH}月份?{_PART}",
        rf"{_YEAR}[-./](?P<month>0[1-9]|1[0-2])",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])",
        rf"(?:{_YEAR}年度?)?第?(?P<quarter>[一二三四1-4])季度{_PART}",
        rf"{_MONTH}月{_DAY}[日号]",
        rf"{_MONTH}\.{_DAY}(?=之?前|以前|止)",
        rf"{_MONTH}月份?{_PART}",
        r"(?P<whole>(?:本|当|全)?年(?:底|末|内))",
    )
)
_LEADING: Final = re.compile(
    rf"^(?:截至|截止到?|到|至)?{_YEAR}年(?:度|{_MONTH}月(?:{_DAY}[日号]|份)?)?(?:底|末)?(?:前)?[,:、]?"
)
#: "每月15天" counts days and "每月巡查5日" may; "每月15日" right behind the period is a date.
_RECURRING: Final = re.compile(
    r"(?:每个?月|每季度?(?:首月|末月)?|每年|每年度|次月|下月|次年|当月|每周期)(?:的)?"
    r"(?:\d{1,2}月)?\d{1,2}(?:[日号]|(?:至|到|-|~)\d{1,2}[日号])(?![次个])|每年\d{1,2}月"
)
_LAST_DAYS: Final = {"初": 10, "上旬": 10, "中": 20, "中旬": 20}


@dataclass(frozen=True, slots=True)
class DayMark:
    """The last day of a worded date.

    Attributes:
        ordinal: proleptic ordinal of the day, in ``PLAIN_YEAR`` when the wording names no year.
        has_year: whether the wording names the year.
    """

    ordinal: int
    has_year: bool


def parse_date(folded: str) -> DayMark | None:
    """Return the last day that a folded text names when it is a date as a whole, else None. Never raises."""
    if len(folded) > _LONGEST:
        return None
    span = _SPAN.match(folded)
    if span and (later := _single_date(folded[span.end() :])):
        first = re.match(_YEAR, folded)
        return later if later.has_year or not first else _with_year(later, int(first["year"]))
    return _single_date(folded)


def _single_date(folded: str) -> DayMark | None:
    year = _YEAR_ONLY.fullmatch(folded)
    if year and _YEAR_TAIL.fullmatch(year["rest"]):
        return _mark(int(year["year"]), 12, None)
    for form in _FORMS:
        if found := form.fullmatch(folded):
            return _from_match(found)
    return None


def is_recurring_day(folded: str) -> bool:
    """Return whether a folded text names a day that comes again ("每月15日前", "次月10日前"): no number of days."""
    return len(folded) <= _LONGEST and _RECURRING.search(folded) is not None


def without_leading_date(folded: str) -> str:
    """Return the text without a date before the statement ("2024 年实际完成 300 个"), or as it is."""
    rest = folded[found.end() :] if (found := _LEADING.match(folded)) else folded
    return rest or folded


def _from_match(found: re.Match[str]) -> DayMark | None:
    groups = found.groupdict()
    year = int(groups["year"]) if groups.get("year") else None
    if groups.get("whole"):
        return _mark(None, 12, None)
    if quarter := groups.get("quarter"):
        month = 3 * ("一二三四".find(quarter) + 1 or int(quarter))
    else:
        month = int(groups["month"])
    day = int(groups["day"]) if groups.get("day") else _LAST_DAYS.get(groups.get("part") or "")
    return _mark(year, month, day)


def _mark(year: int | None, month: int, day: int | None) -> DayMark | None:
    plain = PLAIN_YEAR if year is None else year
    last = calendar.monthrange(plain, month)[1]
    if day is not None and day > last:
        return None
    return DayMark(datetime.date(plain, month, day or last).toordinal(), year is not None)


def _with_year(mark: DayMark, year: int) -> DayMark:
    day = datetime.date.fromordinal(mark.ordinal)
    last = calendar.monthrange(year, day.month)[1]
    return DayMark(datetime.date(year, day.month, min(day.day, last)).toordinal(), True)
