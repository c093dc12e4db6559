"""The score that the published rule gives an indicator, or why it gives none.

The rule is printed under the forms: with weight W, target A and actual B the score is W × B/A where more is wanted
("≥X" or "X"), W × A/B where less is wanted ("≤X", "<X"), never above W; a zero target that is met scores W. Worded
results are given points by a person within a band: reached 80–100 %, partly reached 50–80 %, not reached 0–50 % of W.

Everything else follows from these sentences:

- the figure printed counts, also where it is itself a bound (target ≥3,500, actual >3,000: 3,000/3,500), unless it is
  a bound on the other side (target ≥5, actual <5), which tells nothing;
- a zero target that is exceeded scores 0 (W × 0/B); an actual of 0 under a limit scores W;
- below zero there is no score: a decrease where an increase was wanted scores 0;
- dates, ranks, ranges, schedules and worded actuals are no quantities to divide: no score by rule;
- where unit or direction can be read in several ways, there is a score only if all readings give the same one, or if
  one reading of an omitted 万 or % is clearly meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final, Protocol

from desktopapp.core.performance.direction import (
    Direction,
    counts_signed_change,
    directions,
    names_share,
    names_trend,
)
from desktopapp.core.performance.measures import (
    Comparison,
    Kind,
    Measure,
    Trend,
    hint_unit,
    parse_measure,
    with_serial_dates,
)
from desktopapp.core.performance.readings import Reading, nearest, readings
from desktopapp.core.performance.wording import Outcome, outcome, says_undone

#: Hundredths in one point.
POINT: Final = 100


class Rule(StrEnum):
    """By which sentence of the rule a score was given, or why none was."""

    MORE = "more"
    LESS = "less"
    ZERO = "zero"
    QUALITATIVE = "qualitative"
    DATE = "date"
    BLANK = "blank"
    UNREADABLE = "unreadable"
    UNITS = "units"
    DIRECTION = "direction"
    NO_WEIGHT = "no weight"


class Scorable(Protocol):
    """What the rule needs to know of an indicator; ``weight`` in hundredths of a point."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def level2(self) -> str: ...
    @property
    def weight(self) -> int | None: ...
    @property
    def target(self) -> str: ...
    @property
    def actual(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Score:
    """The verdict on one indicator.

    Attributes:
        value: hundredths of a point, None where the rule gives none.
        rule: by which sentence, or why not.
        reason: one Chinese sentence for the user.
        band: lowest and highest score in hundredths that the outcome of a worded indicator allows, None when open.
        met: whether the target is reached; None when nobody can tell from the texts.
        outcome: the worded outcome, UNKNOWN for figures.
        share: the exact part of the weight that the rule gives, from 0 to 1; also known where no weight is.
    """

    value: int | None
    rule: Rule
    reason: str
    band: tuple[int, int] | None = None
    met: bool | None = None
    outcome: Outcome = Outcome.UNKNOWN
    share: Fraction | None = None

    @property
    def missed(self) -> bool:
        """Whether the rule itself takes points off."""
        return self.share is not None and self.share < 1


@dataclass(frozen=True, slots=True)
class _Question:
    """One indicator, understood."""

    name: str
    level2: str
    weight: Fraction
    target: Measure
    actual: Measure
    hint: tuple[str, int]


_WRONG_BOUND: Final = "实际值只写了不超过（或不低于）多少，看不出实际是多少，请填写实际完成的数。"
#: Shares of the weight that an outcome allows, in per cent.
_BANDS: Final = ((Outcome.FULL, 80, 100), (Outcome.PART, 50, 80), (Outcome.NONE, 0, 50))


def score(indicator: Scorable) -> Score:
    """Return the score of an indicator by the published rule. Never raises."""
    weight = None if indicator.weight is None else Fraction(indicator.weight, POINT)
    return score_texts(
        indicator.name, weight, indicator.target, indicator.actual, unit=indicator.unit, level2=indicator.level2
    )


def score_texts(
    name: str, weight: Fraction | None, target: str, actual: str, *, unit: str = "", level2: str = ""
) -> Score:
    """Return the score for the texts of one indicator; ``weight`` in points, exact. Never raises."""
    known = weight if weight is not None and weight >= 0 else None
    asked = Fraction(1) if known is None else known
    measures = with_serial_dates(parse_measure(target, name), parse_measure(actual, name), name)
    question = _Question(name, level2, asked, *measures, hint_unit(unit, name))
    verdict = _blank(question) or _worded(question) or _reckoned(question)
    if known is None:
        return replace(verdict, value=None, rule=Rule.NO_WEIGHT, reason="没有填写权重，不能计分。", band=None)
    return verdict


def half_up(number: Fraction) -> int:
    """Return the nearest whole number, halves upwards."""
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)


def band_of(weight: Fraction, result: Outcome) -> tuple[int, int] | None:
    """Return lowest and highest score in hundredths for an outcome, both ends included; None when unknown."""
    for known, low, high in _BANDS:
        if known is result:
            # -(-x // 1) rounds up: the lowest hundredth that is still inside the band.
            return -(-weight * low // 1), weight * high // 1
    return None


def _blank(question: _Question) -> Score | None:
    if question.target.kind is Kind.BLANK:
        return Score(None, Rule.BLANK, "没有填写目标值，不能按规则计分。")
    if question.actual.kind is Kind.BLANK:
        return Score(None, Rule.BLANK, "没有填写实际完成值，不能按规则计分。")
    return None


def _worded(question: _Question) -> Score | None:
    """Return the verdict where one of the two is no figure, or a figure that cannot be reckoned with."""
    target, actual = question.target, question.actual
    if Kind.DATE in (target.kind, actual.kind):
        return _dated(question)
    if target.kind is Kind.QUALITATIVE:
        return _banded(question, Rule.QUALITATIVE, outcome(target.text, actual.text), "目标值是文字表述")
    for side, measure in (("目标值", target), ("实际值", actual)):
        if measure.kind is Kind.UNKNOWN:
            met = True if outcome(target.text, actual.text) is Outcome.FULL else None
            return Score(
                None, Rule.UNREADABLE, f"{side}“{measure.text.strip()}”{measure.reason}，请人工评分。", met=met
            )
    if actual.kind is Kind.QUALITATIVE:
        met = False if says_undone(actual.text) else None
        return Score(None, Rule.UNREADABLE, f"实际值“{actual.text.strip()}”是文字表述，请人工评分。", met=met)
    if target.comparison is Comparison.RANGE:
        return Score(
            None, Rule.UNREADABLE, f"目标值“{target.text.strip()}”是一个区间，请人工评分。", met=_in_range(question)
        )
    return None


def _banded(question: _Question, rule: Rule, result: Outcome, why: str) -> Score:
    band = band_of(question.weight, result)
    met = {Outcome.FULL: True, Outcome.PART: False, Outcome.NONE: False}.get(result)
    advice = f"属于“{result.value}”，请在相应区间内评分。" if band else "请人工判断达成情况并评分。"
    return Score(None, rule, f"{why}，{advice}", band, met, result)


def _dated(question: _Question) -> Score:
    target, actual = question.target, question.actual
    result = outcome(target.text, actual.text)
    if target.kind is actual.kind is Kind.DATE and target.unit == actual.unit:
        assert target.value is not None and actual.value is not None
        result = Outcome.FULL if actual.value <= target.value else Outcome.UNKNOWN
        late = actual.value > target.value
        verdict = _banded(question, Rule.DATE, result, "目标值是日期，实际日期晚于目标日期" if late else "目标值是日期")
        return Score(None, Rule.DATE, verdict.reason, verdict.band, not late, result)
    return _banded(question, Rule.DATE, result, "目标值或实际值是日期")


def _in_range(question: _Question) -> bool | None:
    choices = readings(question.target, question.actual, question.hint)
    reading = None if isinstance(choices, str) else nearest(choices)
    if reading is None or question.target.upper is None or reading.upper is not None:
        return None
    assert question.target.value is not None
    stretch = reading.target / question.target.value if question.target.value else Fraction(1)
    return reading.target <= reading.actual <= question.target.upper * stretch


def _changed(question: _Question) -> _Question | Score:
    """Set the changes on both sides to one sense, or say why they cannot be set against each other."""
    target, actual = question.target, question.actual
    if Trend.UNSTATED in (target.trend, actual.trend):
        return Score(None, Rule.DIRECTION, "目标值或实际值是与其他年份比较的变动，没有写明增减方向，请人工评分。")
    if counts_signed_change(question.name):
        return replace(question, target=_signed(target), actual=_signed(actual))
    wanted = target.trend or Trend(names_trend(question.name))
    if actual.trend and wanted and actual.trend is not wanted:
        return Score(None, Rule.DIRECTION, "目标值与实际值的增减方向相反，请人工评分。", met=False)
    if actual.trend and not wanted:
        return Score(None, Rule.DIRECTION, "实际值是变动幅度，目标值不是，口径不同，请人工评分。")
    if target.trend is Trend.DOWN and actual.value is not None and actual.value < 0:
        return Score(None, Rule.DIRECTION, "实际值是负数，看不出是减少还是增加，请人工评分。")
    return question


def _signed(measure: Measure) -> Measure:
    """Return a decrease as a negative figure."""
    if measure.trend is not Trend.DOWN or measure.value is None:
        return measure
    turned = {Comparison.AT_LEAST: Comparison.AT_MOST, Comparison.MORE: Comparison.LESS}
    turned |= {after: before for before, after in turned.items()}
    comparison = turned.get(measure.comparison, measure.comparison)
    return replace(measure, value=-measure.value, comparison=comparison, trend=Trend.NONE)


def _reckoned(question: _Question) -> Score:
    if question.target.trend or question.actual.trend:
        aligned = _changed(question)
        if isinstance(aligned, Score):
            return aligned
        question = aligned
    choices = readings(question.target, question.actual, question.hint, share=names_share(question.name))
    if isinstance(choices, str):
        return Score(None, Rule.UNITS, f"{choices}，请人工评分。")
    ways = directions(question.target, question.name, question.level2)
    verdicts = [_along(question, way, choices) for way in ways]
    first = verdicts[0]
    if any(verdict.share != first.share for verdict in verdicts):
        return Score(None, Rule.DIRECTION, "目标值没有写明“≥”或“≤”，看不出越大越好还是越小越好，请补写后计分。")
    met = first.met if all(verdict.met is first.met for verdict in verdicts) else None
    return replace(first, met=met)


def _along(question: _Question, way: Direction, choices: tuple[Reading, ...]) -> Score:
    """Return the verdict in one direction, over all readings."""
    shares = {reading: _both_ends(way, reading) for reading in choices}
    reading = choices[0]
    if len(set(shares.values())) > 1:
        meant = nearest(choices)
        if meant is None:
            return Score(None, Rule.UNITS, "目标值与实际值的单位写得不全，看不出是否同一单位，请补写后计分。")
        reading = meant
    share = shares[reading]
    met = _met(question, way, reading)
    if _bounded_wrongly(question, way):
        return Score(None, Rule.UNREADABLE, _WRONG_BOUND, met=False if met is False else None)
    if share is None and reading.upper is not None:
        return Score(None, Rule.UNREADABLE, "实际值可能在一个区间内，两端得分不同，请人工评分。", met=met)
    if share is None or (way is Direction.MORE and not reading.target and met is False):
        return Score(None, Rule.UNREADABLE, "目标值与实际值不能相除计分，请人工评分。", met=met)
    return Score(half_up(question.weight * share * POINT), *_explained(way, reading), met=met, share=share)


def _bounded_wrongly(question: _Question, way: Direction) -> bool:
    """Whether the actual is a bound on the side where it says nothing: less than 90 % where at least 95 is wanted."""
    bound = question.actual.comparison
    return bound.ceiling if way is Direction.MORE else bound.floor


def _explained(way: Direction, reading: Reading) -> tuple[Rule, str]:
    if not reading.target:
        return Rule.ZERO, "目标值为零：达到得满分，否则不得分。"
    if way is Direction.MORE:
        return Rule.MORE, "正向指标：得分＝权重×实际值÷目标值，不超过权重。"
    return Rule.LESS, "反向指标：得分＝权重×目标值÷实际值，不超过权重。"


def _both_ends(way: Direction, reading: Reading) -> Fraction | None:
    """Return the share for a reading; for an actual that is a range only if both its ends give the same."""
    share = _share(way, reading.target, reading.actual)
    if reading.upper is None or share == _share(way, reading.target, reading.upper):
        return share
    return None


def _share(way: Direction, target: Fraction, actual: Fraction) -> Fraction | None:
    """Return the part of the weight by the rule, from 0 to 1; None where it cannot be applied.

    A negative target that is missed has no meaningful quotient.
    """
    more = way is Direction.MORE
    if actual >= target if more else actual <= target:
        return Fraction(1)
    if target < 0 or (more and target == 0):
        return None
    quotient = actual / target if more else target / actual
    return max(quotient, Fraction(0))


def _met(question: _Question, way: Direction, reading: Reading) -> bool | None:
    """Return whether the figures reach the target; a strict target is not reached by the bound itself."""
    ends: Iterable[Fraction] = (reading.actual, *(() if reading.upper is None else (reading.upper,)))
    strict = question.target.comparison in (Comparison.MORE, Comparison.LESS)
    strict = strict and question.actual.comparison not in (Comparison.MORE, Comparison.LESS)
    more = way is Direction.MORE
    verdicts = {_reaches(reading.target, end, more, strict) for end in ends}
    return verdicts.pop() if len(verdicts) == 1 else None


def _reaches(target: Fraction, actual: Fraction, more: bool, strict: bool) -> bool:
    if actual == target:
        return not strict
    return actual > target if more else actual < target
