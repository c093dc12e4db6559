"""Target and actual brought to one unit, in every way their writing allows.

A figure without a unit may mean several things: "0.95" beside "95%" is a ratio, "96" is per cent; "496" beside
"≥920万" leaves the 万 out. Each way is one ``Reading``; what follows is for the caller to compare.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from desktopapp.core.performance.measures import Kind, Measure
from desktopapp.core.performance.units import PERCENT, conversion

#: A ratio above this is no ratio; "3" beside "100%" is not 300 per cent.
_LARGEST_RATIO: Final = 2
#: How often something happens in a year that happens once in each; what a day is, calendars and offices count alike.
_TIMES_A_YEAR: Final = MappingProxyType(
    {"个月": (12,), "季度": (4,), "周": (52,), "天": (365, 366, 250), "工作日": (250, 365)}
)
#: The nearer reading must be this many times nearer than the next, or nobody can tell.
_CLEARLY: Final = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """Target and actual in one unit; ``upper`` is the upper end when the actual is a range."""

    target: Fraction
    actual: Fraction
    upper: Fraction | None = None

    @property
    def distance(self) -> Fraction:
        """Return how many times one is the other, at least 1; 1 when one of them is zero."""
        if not self.target or not self.actual:
            return Fraction(1)
        ratio = abs(self.actual / self.target)
        return max(ratio, 1 / ratio)


def readings(
    target: Measure, actual: Measure, hint: tuple[str, int] = ("", 1), *, share: bool = False
) -> tuple[Reading, ...] | str:
    """Return the ways to read two countable measures together, or the reason why they cannot be compared.

    ``hint`` is unit and multiplier for figures that carry none (unit column, or the bracket that ends the name);
    ``share`` says that the indicator is a rate by its name, so that a bare 0.96 beside a bare 95 may be 96 %.
    """
    if target.per != actual.per:
        return _different_rates(target, actual, hint)
    target, actual = _hinted(target, actual, hint), _hinted(actual, target, hint)
    if target.kind is actual.kind is Kind.PERCENT:
        return (_reading(target, actual, Fraction(1), Fraction(1)),)
    if Kind.PERCENT in (target.kind, actual.kind):
        return _percent_and_number(target, actual, hint[0] == PERCENT)
    return _two_numbers(target, actual, hint) if not share else _two_shares(target, actual, hint)


def _different_rates(target: Measure, actual: Measure, hint: tuple[str, int]) -> tuple[Reading, ...] | str:
    """Set figures against each other that are not per the same; what both are per does not matter."""
    unlike = f"目标值按“每{target.per or '年'}”计，实际值按“每{actual.per or '年'}”计，口径不同"
    wanted, got = set(target.per.split("·")) - {""}, set(actual.per.split("·")) - {""}
    only_target, only_actual = wanted - got, got - wanted
    plain = readings(replace(target, per=""), replace(actual, per=""), hint)
    if isinstance(plain, str) or len(only_target) > 1 or len(only_actual) > 1:
        return unlike
    if only_target and only_actual:
        bounds = conversion(only_target.pop(), only_actual.pop())
        if bounds is None or bounds[0] != bounds[1]:
            return unlike
        return tuple(_times(reading, Fraction(1), bounds[0]) for reading in plain)
    rated, other = (target, actual) if only_target else (actual, target)
    word = (only_target or only_actual).pop()
    if times := _TIMES_A_YEAR.get(word):
        over_year = tuple(_over_the_year(reading, rated is target, n) for n in times for reading in plain)
        return over_year if other.yearly else plain + over_year
    near = all(reading.distance <= _CLEARLY for reading in plain)
    return plain if near or _bare(other) else unlike


def _over_the_year(reading: Reading, on_target: bool, times: int) -> Reading:
    """Set "2次/月" against "24次": a count without a rate is that of the year, or the rate was left out."""
    factors = Fraction(times if on_target else 1), Fraction(1 if on_target else times)
    return _times(reading, *factors)


def _times(reading: Reading, on_target: Fraction, on_actual: Fraction) -> Reading:
    upper = None if reading.upper is None else reading.upper * on_actual
    return Reading(reading.target * on_target, reading.actual * on_actual, upper)


def nearest(choices: tuple[Reading, ...]) -> Reading | None:
    """Return the reading in which the two figures are clearly nearest to each other, None when none is."""
    ordered = sorted(choices, key=lambda reading: reading.distance)
    if len(ordered) > 1 and ordered[1].distance < _CLEARLY * ordered[0].distance:
        return None
    return ordered[0]


def _hinted(measure: Measure, other: Measure, hint: tuple[str, int]) -> Measure:
    """Give a bare figure the hinted unit where the other side carries a unit of its own that differs."""
    unit, _ = hint
    bare = measure.kind is Kind.NUMBER and not measure.unit
    if bare and unit and other.unit and unit != other.unit and conversion(unit, other.unit):
        return replace(measure, unit=unit)
    return measure


def _reading(target: Measure, actual: Measure, on_target: Fraction, on_actual: Fraction) -> Reading:
    assert target.value is not None and actual.value is not None
    upper = None if actual.upper is None else actual.upper * on_actual
    return Reading(target.value * on_target, actual.value * on_actual, upper)


def _percent_and_number(target: Measure, actual: Measure, hinted: bool) -> tuple[Reading, ...] | str:
    number = actual if target.kind is Kind.PERCENT else target
    if number.unit or number.scale > 1:
        return f"一个是百分比，一个以“{number.unit or '万、亿'}”计，单位不同"
    assert number.value is not None
    percent = _as_ratio(target, actual, Fraction(1, 100))
    if hinted and number is target:
        return (percent,)
    if 0 < abs(number.value) <= _LARGEST_RATIO:
        return percent, _as_ratio(target, actual, Fraction(1))
    if number is actual and number.value and not hinted and percent.actual * 5 < percent.target:
        return f"目标值是百分比，实际值“{number.text.strip()}”没有百分号，看不出是百分之几还是数量"
    return (percent,)


def _as_ratio(target: Measure, actual: Measure, factor: Fraction) -> Reading:
    """Read the one that is no percentage as so many times ``factor``."""
    if target.kind is Kind.PERCENT:
        return _reading(target, actual, Fraction(1), factor)
    return _reading(target, actual, factor, Fraction(1))


def _two_numbers(target: Measure, actual: Measure, hint: tuple[str, int]) -> tuple[Reading, ...] | str:
    if actual.unit and target.unit:
        return _converted(target, actual)
    choices = [_reading(target, actual, Fraction(1), Fraction(1))]
    for scale in {target.scale, hint[1]} - {1}:
        if _bare(actual) and not _bare(target):
            choices.append(_reading(target, actual, Fraction(1), Fraction(scale)))
    for scale in {actual.scale, hint[1]} - {1}:
        if _bare(target) and not _bare(actual):
            choices.append(_reading(target, actual, Fraction(scale), Fraction(1)))
    return tuple(choices)


def _two_shares(target: Measure, actual: Measure, hint: tuple[str, int]) -> tuple[Reading, ...] | str:
    """Add the reading of a bare 0.96 beside a bare 95 as 96 %, where the two are then nearly the same."""
    choices = _two_numbers(target, actual, hint)
    if isinstance(choices, str) or not (_bare(target) and _bare(actual)):
        return choices
    assert target.value is not None and actual.value is not None
    small = min(abs(target.value), abs(actual.value))
    if not 0 < small <= 1:
        return choices
    factors = [Fraction(100 if abs(measure.value or 0) == small else 1) for measure in (target, actual)]
    as_share = _reading(target, actual, *factors)
    return (*choices, as_share) if as_share.distance <= _LARGEST_RATIO < choices[0].distance else choices


def _bare(measure: Measure) -> bool:
    return not measure.unit and measure.scale == 1


def _converted(target: Measure, actual: Measure) -> tuple[Reading, ...] | str:
    bounds = conversion(actual.unit, target.unit)
    assert target.value is not None and actual.value is not None
    if bounds is None or (bounds[0] != bounds[1] and actual.value < 0):
        return f"目标值以“{target.unit}”计，实际值以“{actual.unit}”计，单位不同"
    low, high = bounds
    if low == high:
        return (_reading(target, actual, Fraction(1), low),)
    return (Reading(target.value, actual.value * low, (actual.upper or actual.value) * high),)
