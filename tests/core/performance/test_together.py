"""The actuals of several units put together, with how."""

from __future__ import annotations

import pytest

from desktopapp.core.performance.selfeval import Execution, FormKind, Indicator, SelfEvaluation, UnitPart
from desktopapp.core.performance.together import put_together, together

WAN = 1_000_000
UNITS = (UnitPart("甲", 60 * WAN, 58 * WAN), UnitPart("乙", 30 * WAN, 30 * WAN), UnitPart("丙", 10 * WAN, 9 * WAN))


def line(name: str, target: str, weight: int = 1000, actual: str = "", score: int | None = None) -> Indicator:
    return Indicator("产出指标", "数量指标", name, weight=weight, target=target, actual=actual, score=score)


@pytest.mark.parametrize(
    ("name", "target", "actuals", "result", "how"),
    [
        ("培训次数", "≥12次", ("5次", "4次", ""), "9次", "绝对值相加：5＋4"),
        ("数据量", "≥3万条", ("1.5万条", "5000条", "1万条"), "3万条", "绝对值相加：1.5万＋5000＋1万"),
        ("办结率", "≥95%", ("100%", "90%", "80%"), "95%", "按资金加权平均：（100%×60＋90%×30＋80%×10）÷100"),
        ("覆盖率", "≥95", ("100", "90", "80"), "95", "按资金加权平均：（100×60＋90×30＋80×10）÷100"),
        ("办理时限", "≤5天", ("3天", "4天", "6天"), "3.6天", "按资金加权平均：（3×60＋4×30＋6×10）÷100"),
        ("补助标准", "300元/人", ("300元/人", "300元/人", ""), "300元/人", "相对值各单位相同"),
        ("满意率", "≥90%", ("96%", "", ""), "96%", "只有一个单位填写"),
        ("影响", "有效提升", ("有效提升", "有效提升", ""), "有效提升", "各单位的表述相同"),
    ],
)
def test_results_and_how(name: str, target: str, actuals: tuple[str, ...], result: str, how: str) -> None:
    found = together(line(name, target), UNITS, actuals)
    assert (found.actual, found.how, found.trouble) == (result, how, "")


def test_words_that_differ_are_listed_by_unit() -> None:
    found = together(line("影响", "提升"), UNITS, ("明显提升", "基本提升", ""))
    assert found.actual == "甲：明显提升；乙：基本提升"


def test_an_average_needs_the_money_of_every_unit() -> None:
    found = together(line("办结率", "≥95%"), (UNITS[0], UnitPart("丁")), ("100%", "90%"))
    assert found.actual == "" and "“丁”没有填写预算数" in found.trouble


def test_many_units_are_not_all_written_out() -> None:
    units = [UnitPart(str(n), WAN) for n in range(9)]
    found = together(line("次数", "≥9次"), units, ["1次"] * 9)
    assert found == type(found)("9次", "绝对值相加：1＋1＋1＋1＋1＋1＋…（共 9 个）")


def test_a_form_takes_results_scores_and_money_over() -> None:
    worded = line("影响", "提升", 2000, "提升", 1900)
    form = SelfEvaluation(
        FormKind.PROJECT, execution=Execution(weight=1000), indicators=(line("培训次数", "≥12次", 4000), worded)
    )
    found = put_together(form, UNITS, [("5次", "4次", ""), ("", "", "")])
    assert (found.execution.budget, found.execution.executed) == (100 * WAN, 97 * WAN)
    assert (found.indicators[0].actual, found.indicators[0].score) == ("9次", 3000)
    assert found.indicators[0].parts == ("5次", "4次", "")
    assert found.indicators[1] == worded and found.units == UNITS
