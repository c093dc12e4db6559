"""The model of a self-evaluation form (绩效自评表) of a department or a project.

Points are whole hundredths (``WEIGHT`` 2000 is 20 points), amounts whole 分. What the form prints (scores, total, rate)
is kept beside what follows from targets and actuals, so that the two can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from desktopapp.core.performance.scoring import POINT, Score, half_up, score
from desktopapp.core.performance.wording import bare_words

#: 100 points.
FULL_TOTAL: Final = 100 * POINT
#: The usual share of the execution of the budget: 20 points.
EXECUTION_WEIGHT: Final = 20 * POINT


class FormKind(StrEnum):
    """Whether a form is about a whole department or one project."""

    DEPARTMENT = "department"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the tables.

    Attributes:
        name: the project's or the department's name.
        authority: 主管部门.
        implementer: 项目实施单位.
        category, attribute, project_type: the ticked option of 项目类别, 项目属性, 项目类型, as the template words it.
        filled_on: 填报日期, as printed.
    """

    name: str = ""
    authority: str = ""
    implementer: str = ""
    category: str = ""
    attribute: str = ""
    project_type: str = ""
    filled_on: str = ""


@dataclass(frozen=True, slots=True)
class Fund:
    """One kind of money below the total of 预算执行情况 ("其中：当年财政拨款"); amounts in 分."""

    name: str
    initial: int | None = None
    budget: int | None = None
    executed: int | None = None

    @property
    def blank(self) -> bool:
        """Whether no amount is filled in."""
        return self.initial is None and self.budget is None and self.executed is None


@dataclass(frozen=True, slots=True)
class Execution:
    """预算执行情况.

    Attributes:
        budget: 预算数（A） in 分: the adjusted budget with what was carried over; None when not filled in.
        executed: 执行数（B） in 分.
        rate: 执行率 as printed ("99.34%"), empty when the form prints none.
        score: printed score in hundredths.
        weight: points to be had, in hundredths.
        basic_total, project_total: 基本支出总额 and 项目支出总额 of a department form, in 分.
        initial: 年初预算数 in 分, where the layout has it.
        funds: the rows below the total, where the layout has them.
    """

    budget: int | None = None
    executed: int | None = None
    rate: str = ""
    score: int | None = None
    weight: int = EXECUTION_WEIGHT
    basic_total: int | None = None
    project_total: int | None = None
    initial: int | None = None
    funds: tuple[Fund, ...] = ()

    def ratio(self) -> Fraction | None:
        """Return B/A, None when an amount is missing or the budget is not positive."""
        if self.budget is None or self.executed is None or self.budget <= 0:
            return None
        return Fraction(self.executed, self.budget)

    def computed_score(self) -> int | None:
        """Return weight × B/A in hundredths, at least 0 and at most the weight; None without a ratio."""
        ratio = self.ratio()
        return None if ratio is None else max(0, min(self.weight, half_up(self.weight * ratio)))


@dataclass(frozen=True, slots=True)
class Goal:
    """年度目标: its number from 1, its text, printed weight and printed score in hundredths, 实际完成情况."""

    number: int
    text: str = ""
    weight: int | None = None
    score: int | None = None
    done: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the indicator table.

    Attributes:
        level1, level2: 一级指标 and 二级指标, on every line (merged cells are unfolded).
        name: 三级指标 without the weight.
        unit: the unit column where the layout has one.
        weight: hundredths, None in layouts without weights.
        target, actual: as written.
        score: the score the form prints or the accountant gave, hundredths.
        remark: 备注 or 偏差原因 of the line.
        goal: number of the goal it belongs to, 0 when the form has no numbered goals.
        parts: the actual of each of the form's ``units``, in their order, where it was put together from them.
    """

    level1: str
    level2: str
    name: str
    unit: str = ""
    weight: int | None = None
    target: str = ""
    actual: str = ""
    score: int | None = None
    remark: str = ""
    goal: int = 0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitPart:
    """One of several units that carry out a project together: its name, its budget and what it executed, in 分."""

    name: str
    budget: int | None = None
    executed: int | None = None


@dataclass(frozen=True, slots=True)
class GroupWeight:
    """The weight printed beside a group, e.g. 产出指标（40分）; an empty ``level2`` means the whole of level 1."""

    level1: str
    level2: str
    weight: int
    goal: int = 0

    def holds(self, indicator: Indicator) -> bool:
        """Return whether the indicator belongs to the group; blanks and punctuation in the names do not matter."""
        return (
            self.goal == indicator.goal
            and bare_words(self.level1) == bare_words(indicator.level1)
            and (not self.level2 or bare_words(self.level2) == bare_words(indicator.level2))
        )


@dataclass(frozen=True, slots=True)
class GradeBand:
    """One grade of the region: its name and the lowest total for it, in hundredths."""

    name: str
    lowest: int


@dataclass(frozen=True, slots=True)
class SelfEvaluation:
    """One form.

    Attributes:
        total: the printed total in hundredths, None when the form prints none.
        causes: 偏差大或目标未完成原因分析.
        measures: 改进措施及结果应用方案.
        layout: id of the layout it is printed in, empty for the usual one.
        units: the units whose actuals it puts together, none for a form filled in as a whole.
    """

    kind: FormKind
    head: Head = Head()
    execution: Execution = Execution()
    goals: tuple[Goal, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    groups: tuple[GroupWeight, ...] = ()
    total: int | None = None
    causes: str = ""
    measures: str = ""
    layout: str = ""
    units: tuple[UnitPart, ...] = ()

    def scores(self) -> tuple[Score, ...]:
        """Return the verdict of the rule on every indicator, in their order."""
        return tuple(score(indicator) for indicator in self.indicators)

    def with_rule_scores(self) -> SelfEvaluation:
        """Return the form with every score that the rule gives filled in; the others keep what they have."""
        indicators = tuple(
            indicator if verdict.value is None else replace(indicator, score=verdict.value)
            for indicator, verdict in zip(self.indicators, self.scores(), strict=True)
        )
        execution = self.execution
        if (computed := execution.computed_score()) is not None:
            execution = replace(execution, score=computed)
        return replace(self, indicators=indicators, execution=execution)

    def weight_of(self, group: GroupWeight) -> int | None:
        """Return the sum of the weights in a group, None when one of them is missing or there are no indicators."""
        return _sum(indicator.weight for indicator in self.indicators if group.holds(indicator))

    def goal_weight(self, number: int) -> int | None:
        """Return the sum of the weights of a goal's indicators, None when one is missing."""
        return _sum(indicator.weight for indicator in self.indicators if indicator.goal == number)

    def goal_score(self, number: int) -> int | None:
        """Return the sum of the scores of a goal's indicators, None when one is missing."""
        return _sum(indicator.score for indicator in self.indicators if indicator.goal == number)

    def indicator_weight(self) -> int | None:
        """Return the sum of all weights, None when one is missing."""
        return _sum(indicator.weight for indicator in self.indicators)

    def computed_total(self) -> int | None:
        """Return execution score plus indicator scores, None when one of them is missing.

        The scores the form carries count; a missing execution score is computed from the amounts.
        """
        execution = self.execution.score if self.execution.score is not None else self.execution.computed_score()
        indicators = _sum(indicator.score for indicator in self.indicators)
        return None if execution is None or indicators is None else execution + indicators

    def unmet(self) -> tuple[Indicator, ...]:
        """Return the indicators that miss their target, as far as targets and actuals tell."""
        pairs = zip(self.indicators, self.scores(), strict=True)
        return tuple(indicator for indicator, verdict in pairs if verdict.met is False)


def _sum(values: Iterable[int | None]) -> int | None:
    total, count = 0, 0
    for value in values:
        if value is None:
            return None
        total, count = total + value, count + 1
    return total if count else None


def grade(total: int, bands: Iterable[GradeBand]) -> str:
    """Return the name of the highest grade whose lowest total is reached, an empty text when none is."""
    reached = [band for band in bands if total >= band.lowest]
    return max(reached, key=lambda band: band.lowest).name if reached else ""


def unmet_text(form: SelfEvaluation) -> str:
    """Return the opening of the cause analysis: every unmet indicator with target and actual, numbered; "" for none."""
    lines = [f"{i.name}：年度目标值为{i.target}，实际完成{i.actual or '（未填写）'}" for i in form.unmet()]
    if len(lines) < 2:
        return "".join(f"未完成的绩效目标：{line}。" for line in lines)
    return "未完成的绩效目标：" + "；".join(f"（{n}）{line}" for n, line in enumerate(lines, 1)) + "。"
