"""The actuals of several units put together line by line, with how each result came about.

The rule is that of ``combine``: absolute values add up, relative values are averaged, weighted by money; the actuals
are put together first, then scored. A unit's money is its budget; a unit that leaves a line blank takes no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from desktopapp.core.amount import FEN_PER_WAN
from desktopapp.core.performance.combine import (
    common_sign,
    decimal_text,
    figure_text,
    in_one_unit,
    is_relative,
)
from desktopapp.core.performance.measures import Comparison, Measure, parse_measure
from desktopapp.core.performance.scoring import score
from desktopapp.core.performance.selfeval import Indicator, SelfEvaluation, UnitPart
from desktopapp.core.performance.wording import bare_words

_MOST_TERMS: Final = 6
#: Averages are printed as rates are.
_AVERAGE_PLACES: Final = 2


@dataclass(frozen=True, slots=True)
class Together:
    """What the actuals of a line come to.

    Attributes:
        actual: the result; empty when there is none.
        how: one Chinese clause on how it came about.
        trouble: a Chinese sentence on what is missing, empty when nothing is.
    """

    actual: str = ""
    how: str = ""
    trouble: str = ""


def together(line: Indicator, units: Sequence[UnitPart], actuals: Sequence[str]) -> Together:
    """Return what the units' actuals of a line come to; ``actuals`` in the order of ``units``. Never raises."""
    filled = [(unit, text.strip()) for unit, text in zip(units, actuals, strict=False) if text.strip()]
    if not filled:
        return Together(how="没有填写")
    measures = [parse_measure(text, line.name) for _, text in filled]
    values = in_one_unit(measures)
    if values is None:
        return _in_words(filled)
    if len(filled) == 1:
        return Together(filled[0][1], "只有一个单位填写")
    if not is_relative(replace(line, actual=filled[0][1])):
        terms = _joined(_written(measure, value) for measure, value in zip(measures, values, strict=True))
        result = figure_text(replace(measures[0], value=sum(values, Fraction(0)), comparison=common_sign(measures)))
        return Together(result, f"绝对值相加：{terms}")
    if len(set(values)) == 1:
        return Together(filled[0][1], "相对值各单位相同")
    return _averaged(filled, measures, values)


def _averaged(filled: list[tuple[UnitPart, str]], measures: list[Measure], values: list[Fraction]) -> Together:
    if missing := [unit.name for unit, _ in filled if unit.budget is None]:
        names = "、".join(f"“{name}”" for name in missing[:3])
        return Together(trouble=f"相对值要按资金额度加权平均，{names}没有填写预算数。")
    money = [max(unit.budget or 0, 0) for unit, _ in filled]
    if not sum(money):
        return Together(trouble="相对值要按资金额度加权平均，各单位的预算数都是零。")
    whole = sum((value * part for value, part in zip(values, money, strict=True)), Fraction(0)) / sum(money)
    terms = _joined(
        f"{_written(measure, value)}×{_wan(part)}" for measure, value, part in zip(measures, values, money, strict=True)
    )
    result = figure_text(replace(measures[0], value=whole, comparison=common_sign(measures)), _AVERAGE_PLACES)
    return Together(result, f"按资金加权平均：（{terms}）÷{_wan(sum(money))}")


def _in_words(filled: list[tuple[UnitPart, str]]) -> Together:
    if len({bare_words(text) for _, text in filled}) == 1:
        return Together(filled[0][1], "各单位的表述相同")
    return Together(
        "；".join(f"{unit.name}：{text}" for unit, text in filled), "不是同一单位的数，逐一列出，请人工归纳"
    )


def _written(measure: Measure, value: Fraction) -> str:
    """Write one figure without its unit, in the scale it was written in."""
    bare = replace(measure, value=value, comparison=Comparison.PLAIN, per="")
    return figure_text(bare if measure.unit == "%" else replace(bare, unit=""))


def _wan(fen: int) -> str:
    return decimal_text(Fraction(fen, FEN_PER_WAN))


def _joined(terms: Iterable[str]) -> str:
    shown = list(terms)
    more = f"＋…（共 {len(shown)} 个）" if len(shown) > _MOST_TERMS else ""
    return "＋".join(shown[:_MOST_TERMS]) + more


def put_together(form: SelfEvaluation, units: Sequence[UnitPart], actuals: Sequence[Sequence[str]]) -> SelfEvaluation:
    """Return the form with the units and what their actuals come to.

    ``actuals`` holds for each line the texts of the units. Lines without any, and those that lack money, keep their
    actual. Scores that the rule gives follow; budget and outturn are the sums where every unit states them.
    """
    lines = tuple(_line(line, units, texts) for line, texts in zip(form.indicators, actuals, strict=True))
    budgets, executed = [unit.budget for unit in units], [unit.executed for unit in units]
    execution = form.execution
    if units:
        execution = replace(
            execution,
            budget=_sum(budgets, execution.budget),
            executed=_sum(executed, execution.executed),
        )
    return replace(form, indicators=lines, execution=execution, units=tuple(units))


def _sum(amounts: Sequence[int | None], otherwise: int | None) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and len(known) == len(amounts) else otherwise


def _line(line: Indicator, units: Sequence[UnitPart], texts: Sequence[str]) -> Indicator:
    parts = tuple(text.strip() for text in texts)
    found = together(line, units, parts)
    new = replace(line, parts=parts if any(parts) else ())
    if not found.actual or found.actual == line.actual:
        return new
    new = replace(new, actual=found.actual)
    given = score(new).value
    return new if given is None else replace(new, score=given)
