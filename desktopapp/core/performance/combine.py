"""Several units' forms of one project combined into one, as the form's notes prescribe.

Absolute values add up; relative values are averaged, weighted by money; the actuals are totalled first, then scored.
Points for worded results are averaged, weighted by money. The money of a unit is its adjusted budget.

Relative are percentages, points, rates per something, and limits of time (two units that each answer within one hour
do not answer within two).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from desktopapp.core.performance.direction import names_share
from desktopapp.core.performance.measures import Comparison, Measure, Trend, hint_unit, parse_measure
from desktopapp.core.performance.scoring import half_up
from desktopapp.core.performance.selfeval import Execution, Indicator, SelfEvaluation
from desktopapp.core.performance.units import PERCENT, conversion, dimension
from desktopapp.core.performance.wording import bare_words

_RELATIVE: Final = frozenset({PERCENT, "points", "percentage point"})
_LIMITS: Final = frozenset({"time", "workday", "month"})
_DECIMALS: Final = 4


class CombineError(ValueError):
    """Raised when forms cannot be combined; its message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One unit's line and money (分)."""

    unit_name: str
    line: Indicator
    money: int


def combine(forms: Sequence[SelfEvaluation], base: SelfEvaluation | None = None) -> SelfEvaluation:
    """Return one form for several units' forms.

    ``base`` gives head, goals, printed group weights and the common targets; without it the first form gives all but
    the targets, which are combined like the actuals. Lines belong together when goal, levels and name agree. Scores
    that the rule gives are computed from the combined actuals; the total and the printed rate are left empty.

    Raises CombineError without forms, for lines whose weights differ, and for relative values without any money.
    """
    if not forms:
        raise CombineError("没有可以汇总的自评表，请至少选择一张。")
    frame = base or forms[0]
    lines = tuple(_combined(parts, base) for parts in _parts(forms, frame).values())
    whole = replace(frame, indicators=lines, execution=_execution(forms, frame.execution), total=None)
    return whole.with_rule_scores()


def _key(line: Indicator) -> tuple[int, str, str, str]:
    return line.goal, bare_words(line.level1), bare_words(line.level2), bare_words(line.name)


def _parts(forms: Sequence[SelfEvaluation], frame: SelfEvaluation) -> dict[tuple[int, str, str, str], list[_Part]]:
    """Return the units' lines by key, in the order of the frame, lines it does not know behind."""
    found: dict[tuple[int, str, str, str], list[_Part]] = {_key(line): [] for line in frame.indicators}
    for form in forms:
        for line in form.indicators:
            money = max(form.execution.budget or 0, 0)
            found.setdefault(_key(line), []).append(_Part(form.head.implementer or form.head.name, line, money))
    return {key: parts for key, parts in found.items() if parts}


def _execution(forms: Sequence[SelfEvaluation], frame: Execution) -> Execution:
    def total(amounts: list[int | None]) -> int | None:
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if len(known) == len(amounts) else None

    return replace(
        frame,
        budget=total([form.execution.budget for form in forms]),
        executed=total([form.execution.executed for form in forms]),
        basic_total=total([form.execution.basic_total for form in forms]),
        project_total=total([form.execution.project_total for form in forms]),
        rate="",
        score=None,
    )


def _combined(parts: list[_Part], base: SelfEvaluation | None) -> Indicator:
    first = parts[0].line
    weights = {part.line.weight for part in parts}
    if len(weights) > 1:
        raise CombineError(f"指标“{first.name}”在各单位自评表中的权重不一致，请统一后再汇总。")
    common = None if base is None else next((line for line in base.indicators if _key(line) == _key(first)), None)
    relative = is_relative(common or first)
    target = common.target if common else _total([part.line.target for part in parts], parts, relative)
    actual = _total([part.line.actual for part in parts], parts, relative)
    remarks = dict.fromkeys(part.line.remark for part in parts if part.line.remark)
    return replace(
        common or first, target=target, actual=actual, score=_average_score(parts), remark="；".join(remarks)
    )


def is_relative(line: Indicator) -> bool:
    """Return whether the values of several units are averaged: shares, points, rates, limits of time."""
    hint, _ = hint_unit(line.unit, line.name)
    if names_share(line.name):
        return True
    for measure in (parse_measure(line.target), parse_measure(line.actual)):
        unit = measure.unit or (hint if measure.countable else "")
        kind = PERCENT if unit == PERCENT else dimension(unit)
        limit = kind in _LIMITS and measure.comparison.ceiling
        if kind in _RELATIVE or measure.per or limit:
            return True
    return False


def _average_score(parts: list[_Part]) -> int | None:
    """Return the scores averaged by money; None when one is missing; the common score when all are the same."""
    scores = [part.line.score for part in parts]
    known = [score for score in scores if score is not None]
    if len(known) < len(scores):
        return None
    if len(set(known)) == 1:
        return known[0]
    return half_up(_weighted([Fraction(score) for score in known], parts))


def _weighted(values: list[Fraction], parts: list[_Part]) -> Fraction:
    money = sum(part.money for part in parts)
    if not money:
        name = parts[0].line.name
        raise CombineError(f"指标“{name}”要按资金额度加权平均，但各单位都没有填写预算数，请填写后再汇总。")
    return sum((value * part.money for value, part in zip(values, parts, strict=True)), Fraction(0)) / money


def _total(texts: list[str], parts: list[_Part], relative: bool) -> str:
    """Return the texts as one: figures added or averaged, equal words once, different words listed by unit."""
    measures = [parse_measure(text) for text in texts]
    values = in_one_unit(measures)
    if values is None:
        plain = {bare_words(text) for text in texts}
        if len(plain) == 1:
            return texts[0]
        return "；".join(f"{part.unit_name}：{text}" for part, text in zip(parts, texts, strict=True) if text.strip())
    if len(set(values)) == 1 and relative:
        return texts[0]
    whole = _weighted(values, parts) if relative else sum(values, Fraction(0))
    return figure_text(replace(measures[0], value=whole, comparison=common_sign(measures)))


def in_one_unit(measures: list[Measure]) -> list[Fraction] | None:
    """Return the figures in the first one's unit, None when they cannot be added."""
    first = measures[0]
    values: list[Fraction] = []
    for measure in measures:
        if not measure.countable or measure.value is None or measure.upper is not None:
            return None
        if measure.kind is not first.kind or measure.per != first.per or measure.trend is not first.trend:
            return None
        factors = (Fraction(1), Fraction(1)) if not measure.unit else conversion(measure.unit, first.unit)
        if factors is None or factors[0] != factors[1] or bool(measure.unit) != bool(first.unit):
            return None
        values.append(measure.value * factors[0])
    return values if first.trend is Trend.NONE else None


def common_sign(measures: list[Measure]) -> Comparison:
    """Return the one comparison that the figures carry, none where they carry several."""
    signs = {measure.comparison for measure in measures} - {Comparison.PLAIN}
    return signs.pop() if len(signs) == 1 else Comparison.PLAIN


def figure_text(measure: Measure, places: int = _DECIMALS) -> str:
    """Write a figure as people do: sign, decimal number, 万 or 亿 as printed before, unit, rate."""
    assert measure.value is not None
    words = {10**4: "万", 10**8: "亿"}
    scale = measure.scale if measure.scale in words else 1
    number = measure.value * 100 if measure.unit == PERCENT else measure.value / scale
    per = "".join(f"/{word.removeprefix('个')}" for word in measure.per.split("·") if word)
    return f"{measure.comparison.value}{decimal_text(number, places)}{words.get(scale, '')}{measure.unit}{per}"


def decimal_text(number: Fraction, places: int = _DECIMALS) -> str:
    """Return a number of at most so many decimals, rounded half up, without trailing zeros."""
    scaled = half_up(abs(number) * 10**places)
    whole, rest = divmod(scaled, 10**places)
    decimals = f"{rest:0{places}d}".rstrip("0")
    return ("-" if number < 0 and scaled else "") + str(whole) + (f".{decimals}" if decimals else "")
