"""A self-evaluation form to be filled in anew, for another year or another project."""

from __future__ import annotations

from dataclasses import replace

from desktopapp.core.performance.selfeval import Execution, Fund, Indicator, SelfEvaluation, UnitPart


def emptied(form: SelfEvaluation) -> SelfEvaluation:
    """Return a form to be filled in anew: structure, weights and targets stay; amounts, actuals, scores go."""
    funds = tuple(Fund(fund.name) for fund in form.execution.funds)
    return replace(
        form,
        head=replace(form.head, filled_on=""),
        execution=Execution(weight=form.execution.weight, funds=funds),
        goals=tuple(replace(g, score=None, done="") for g in form.goals),
        indicators=tuple(_emptied(i) for i in form.indicators),
        total=None,
        causes="",
        measures="",
        units=tuple(UnitPart(unit.name) for unit in form.units),
    )


def _emptied(indicator: Indicator) -> Indicator:
    return replace(indicator, actual="", score=None, remark="", parts=())
