"""Targets and actuals as people write them, understood exactly.

``parse_measure`` is total: every text gives a ``Measure``. A text with one clear figure is a number or a percentage
with its comparison, unit and direction of change; dates, worded targets and blanks are recognised as such; a figure
that could be read in several ways ("7*24h", "前10名", "一期3个，二期5个") is ``UNKNOWN`` with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from desktopapp.core.performance import figure_tail, figures
from desktopapp.core.performance.dates import parse_date, without_leading_date
from desktopapp.core.performance.figures import Figure
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
        per: what a rate is per ("月" in "2 次/月"); the year, which the form covers anyhow, is left out.
        trend: whether the figure is a change ("压减 36.5%") and which way; UNSTATED for "较上年 10%".
        reason: why an UNKNOWN one is not understood, a Chinese clause.
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

    @property
    def countable(self) -> bool:
        """Whether there is a figure to reckon with."""
        return self.kind in (Kind.NUMBER, Kind.PERCENT)


_BLANKS: Final = frozenset({"", "-", "--", "---", "/", "//", "\\", "…", "……", "_"})
#: Longer than any cell of a form; beyond it nothing is searched.
_LONGEST: Final = 2000


def parse_measure(text: str) -> Measure:
    """Return what a target or actual states. Never raises."""
    if len(text) > _LONGEST:
        return Measure(Kind.UNKNOWN, text, reason="文字过长")
    folded = fold(text)
    plain, comments = without_brackets(folded)
    if plain in _BLANKS or not any(c.isalnum() for c in plain):
        return Measure(Kind.BLANK, text)
    if day := parse_date(plain):
        return Measure(
            Kind.DATE, text, Comparison.AT_MOST, Fraction(day.ordinal), unit="日期" if day.has_year else "月日"
        )
    statement = without_leading_date(plain)
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
    )


def hint_unit(unit: str, name: str) -> tuple[str, int]:
    """Return unit and multiplier for figures that carry none: from the unit column, else a bracket in the name.

    "（万人次）" gives ("人次", 10000), "（%）" gives ("%", 1); ("", 1) when there is no hint.
    """
    _, comments = without_brackets(fold(name))
    for candidate in (fold(unit), *comments[::-1]):
        if candidate and (known := figure_tail.read_unit(candidate)):
            return known
    return "", 1
