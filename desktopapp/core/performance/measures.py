"""Targets and actuals as people write them, understood exactly.

``parse_measure`` is total: every text gives a ``Measure``. A text with one clear figure is a number or a percentage
with its comparison, unit and direction of change; dates, worded targets and blanks are recognised as such; a figure
that could be read in several ways ("7*24h", "前10名", "一期3个，二期5个") is ``UNKNOWN`` with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from desktopapp.core.performance import figure_tail, figures
from desktopapp.core.performance.dates import is_recurring_day, parse_date, without_leading_date
from desktopapp.core.performance.figures import Figure
from desktopapp.core.performance.labels import without_labels, without_name
from desktopapp.core.performance.units import PERCENT
from desktopapp.core.performance.wording import fold, without_brackets


class Comparison(StrEnum):
    """How a figure is meant."""

    PLAIN = ""
    AT_LEAST = "≥"
    MORE = ">"
    AT_MOST = "≤"
    LESS = "<"
    RANGE = "~"

    @property
    def floor(self) -> bool:
        """Whether reaching or passing the figure is wanted."""
        return self in (Comparison.AT_LEAST, Comparison.MORE)

    @property
    def ceiling(self) -> bool:
        """Whether staying at or under the figure is wanted."""
        return self in (Comparison.AT_MOST, Comparison.LESS)


class Kind(StrEnum):
    """What sort of statement a target or actual is."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    QUALITATIVE = "qualitative"
    BLANK = "blank"
    UNKNOWN = "unknown"


class Trend(StrEnum):
    """Whether a figure is a change, and which way."""

    NONE = ""
    UP = "+"
    DOWN = "-"
    UNSTATED = "?"


@dataclass(frozen=True, slots=True)
class Measure:
    """One target or actual.

    Attributes:
        kind: what it is; only NUMBER and PERCENT can be divided, only DATE compared by day.
        text: the text as given.
        comparison: the sign or word before (or 以上/以内 behind) the figure.
        value: the figure times ``scale``; a percentage as a ratio (95% is 19/20); a date as an ordinal.
        upper: the upper end of a range, else None.
        unit: canonical unit without 万/亿, "%" for percentages and per-milles, "日期" or "月日" for dates.
        scale: the printed multiplier (万 is 10 000), 1 without.
        per: what a rate is per ("月" in "2 次/月", "人·个月" in "300 元/人/月", in a fixed order); the year, which the
            form covers anyhow, is left out.
        trend: whether the figure is a change ("压减 36.5%") and which way; UNSTATED for "较上年 10%".
        reason: why an UNKNOWN one is not understood, a Chinese clause.
        yearly: whether the year is written out ("4 期/年").
    """

    kind: Kind
    text: str
    comparison: Comparison = Comparison.PLAIN
    value: Fraction | None = None
    upper: Fraction | None = None
    unit: str = ""
    scale: int = 1
    per: str = ""
    trend: Trend = Trend.NONE
    reason: str = ""
    yearly: bool = False

    @property
    def countable(self) -> bool:
        """Whether there is a figure to reckon with."""
        return self.kind in (Kind.NUMBER, Kind.PERCENT)


_BLANKS: Final = frozenset({"", "-", "--", "---", "/", "//", "\\", "…", "……", "_"})
_SIGNS: Final = frozenset({"≥", "≤", ">", "<", "="})
_ASKS_WHEN: Final = re.compile(r"时间|日期|时点|期限|时限")
#: From 2000 to 2050; what is added to such a number gives the ordinal of the day.
_SERIALS: Final = range(36_526, 54_790)
_SERIAL_EPOCH: Final = 693_594
#: Longer than any cell of a form; beyond it nothing is searched.
_LONGEST: Final = 2000


def parse_measure(text: str, name: str = "") -> Measure:
    """Return what a target or actual of the indicator ``name`` states. Never raises."""
    if len(text) > _LONGEST or len(name) > _LONGEST:
        return Measure(Kind.UNKNOWN, text, reason="文字过长")
    folded = without_name(fold(text), fold(name))
    plain, comments = without_brackets(folded)
    if plain in _BLANKS or not any(c.isalnum() for c in plain):
        return Measure(Kind.BLANK, text)
    if day := parse_date(plain):
        return Measure(
            Kind.DATE, text, Comparison.AT_MOST, Fraction(day.ordinal), unit="日期" if day.has_year else "月日"
        )
    if is_recurring_day(plain):
        return Measure(Kind.UNKNOWN, text, reason="是每期的日期，不按比例计分")
    statement = without_labels(without_leading_date(plain))
    found = figures.find_figure(statement, comments)
    if found is None:
        return Measure(Kind.QUALITATIVE, text)
    if isinstance(found, str):
        return Measure(Kind.UNKNOWN, text, reason=found)
    return _from_figure(found, text)


def _from_figure(figure: Figure, text: str) -> Measure:
    ratio = figure.unit == PERCENT
    return Measure(
        Kind.PERCENT if ratio else Kind.NUMBER,
        text,
        Comparison(figure.sign),
        figure.value,
        figure.upper,
        figure.unit,
        figure.scale,
        figure.per,
        Trend(figure.trend),
        yearly=figure.yearly,
    )


def with_serial_dates(target: Measure, actual: Measure, name: str) -> tuple[Measure, Measure]:
    """Return both sides with the serial numbers that spreadsheets make of dates (45291) as the dates they are.

    Only where the indicator's name asks for a point of time and the other side is such a number or a date too.
    """
    if not _ASKS_WHEN.search("".join(name.split())):
        return target, actual
    turned = tuple(_serial_date(measure) for measure in (target, actual))
    return (turned[0], turned[1]) if turned[0].kind is turned[1].kind is Kind.DATE else (target, actual)


def _serial_date(measure: Measure) -> Measure:
    bare = measure.kind is Kind.NUMBER and not measure.unit and measure.scale == 1 and measure.value is not None
    if not bare or measure.value is None or measure.value.denominator > 1 or measure.value not in _SERIALS:
        return measure
    day = Fraction(measure.value + _SERIAL_EPOCH)
    return replace(measure, kind=Kind.DATE, comparison=Comparison.AT_MOST, value=day, unit="日期")


def signed_target(target: str, sign: str) -> str:
    """Return the target with the comparison that a column of its own holds (指标性质), where it states none itself."""
    mark = fold(sign)
    if mark not in _SIGNS or not re.match(r"[\d.]", fold(target)):
        return target
    return mark + target.strip()


def hint_unit(unit: str, name: str) -> tuple[str, int]:
    """Return unit and multiplier for figures that carry none: from the unit column, else a bracket in the name.

    "（万人次）" gives ("人次", 10000), "（%）" gives ("%", 1); ("", 1) when there is no hint.
    """
    _, comments = without_brackets(fold(name))
    for candidate in (fold(unit), *comments[::-1]):
        if candidate and (known := figure_tail.read_unit(candidate)):
            return known
    return "", 1
