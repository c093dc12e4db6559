"""The form as a model, as JSON, and several units' forms combined."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.performance.combine import CombineError, combine
from desktopapp.core.performance.selfeval import (
    Execution,
    FormKind,
    Goal,
    GradeBand,
    GroupWeight,
    Head,
    Indicator,
    SelfEvaluation,
    grade,
    unmet_text,
)
from desktopapp.core.performance.selfeval_json import SelfEvalFormatError, from_json, from_stored, to_json

WAN = 1_000_000


def line(
    name: str, weight: int | None, target: str, actual: str, score: int | None = None, **more: object
) -> Indicator:
    values: dict[str, object] = {"level1": "产出指标", "level2": "数量指标", **more}
    return Indicator(name=name, weight=weight, target=target, actual=actual, score=score, **values)  # type: ignore[arg-type]


def sample() -> SelfEvaluation:
    return SelfEvaluation(
        kind=FormKind.PROJECT,
        head=Head("农村公路养护", "某市交通运输局", "公路中心", "部门预算项目", "持续性", "常年性", "2025年3月1日"),
        execution=Execution(budget=400 * WAN, executed=390 * WAN, rate="97.5%", score=1950),
        goals=(Goal(1, "保持路况良好", 8000, 7800),),
        indicators=(
            line("养护里程", 4000, "≥120公里", "114公里", 3800, goal=1),
            line("修复及时率", 2000, "≥95%", "97%", 2000, level2="质量指标", goal=1),
            line("出行条件", 1000, "明显改善", "明显改善", 1000, level1="效益指标", level2="社会效益指标", goal=1),
            line("群众满意度", 1000, "≥90%", "92.5%", 1000, level1="满意度指标", level2="服务对象满意度指标", goal=1),
        ),
        groups=(GroupWeight("产出指标", "", 6000, 1), GroupWeight("产出指标", "质量指标", 2000, 1)),
        total=9750,
        causes="养护里程未完成，主要原因是汛期道路中断。",
        measures="合理安排工期。",
    )


def test_execution_score() -> None:
    assert Execution(400 * WAN, 390 * WAN).computed_score() == 1950
    assert Execution(300 * WAN, 200 * WAN).computed_score() == 1333
    assert Execution(300 * WAN, 310 * WAN).computed_score() == 2000
    assert Execution(300 * WAN, 150 * WAN, weight=1000).computed_score() == 500
    assert Execution(0, 0).computed_score() is None
    assert Execution(300 * WAN, None).computed_score() is None
    assert Execution(300 * WAN, -5).computed_score() == 0


def test_sums_of_a_form() -> None:
    form = sample()
    assert [form.weight_of(group) for group in form.groups] == [6000, 2000]
    assert (form.goal_weight(1), form.goal_score(1), form.indicator_weight()) == (8000, 7800, 8000)
    assert form.computed_total() == 9750
    assert [indicator.name for indicator in form.unmet()] == ["养护里程"]
    assert form.weight_of(GroupWeight("成本指标", "", 1000)) is None


def test_group_names_ignore_blanks() -> None:
    assert GroupWeight("产出 指标", "数量\n指标", 1, 1).holds(sample().indicators[0])


def test_a_missing_score_leaves_the_total_open() -> None:
    form = sample()
    assert replace(form, indicators=(replace(form.indicators[0], score=None),)).computed_total() is None


def test_rule_scores_are_filled_in_and_worded_ones_kept() -> None:
    form = sample()
    blank = replace(
        form,
        indicators=tuple(replace(i, score=None if i.name != "出行条件" else 900) for i in form.indicators),
        execution=replace(form.execution, score=None),
    )
    filled = blank.with_rule_scores()
    assert [indicator.score for indicator in filled.indicators] == [3800, 2000, 900, 1000]
    assert filled.computed_total() == 9650


def test_grades_come_from_the_bands() -> None:
    bands = [GradeBand("良", 8000), GradeBand("优", 9000), GradeBand("中", 6000)]
    assert [grade(total, bands) for total in (10000, 9000, 8999, 6000, 5999)] == ["优", "优", "良", "中", ""]


def test_unmet_text() -> None:
    form = sample()
    assert unmet_text(form) == "未完成的绩效目标：养护里程：年度目标值为≥120公里，实际完成114公里。"
    two = replace(form, indicators=(*form.indicators, line("桥梁检测", 100, "8座", "5座")))
    assert "（2）桥梁检测：年度目标值为8座，实际完成5座。" in unmet_text(two)
    assert unmet_text(replace(form, indicators=())) == ""


TEXTS = st.text(max_size=8)
POINTS = st.none() | st.integers(-100, 20_000)
LINES = st.builds(
    Indicator,
    level1=TEXTS,
    level2=TEXTS,
    name=TEXTS,
    unit=TEXTS,
    weight=POINTS,
    target=TEXTS,
    actual=TEXTS,
    score=POINTS,
    remark=TEXTS,
    goal=st.integers(0, 9),
)
FORMS = st.builds(
    SelfEvaluation,
    kind=st.sampled_from(FormKind),
    head=st.builds(Head, name=TEXTS, filled_on=TEXTS),
    execution=st.builds(Execution, budget=POINTS, executed=POINTS, rate=TEXTS, score=POINTS),
    goals=st.lists(st.builds(Goal, number=st.integers(1, 9), text=TEXTS, weight=POINTS), max_size=3).map(tuple),
    indicators=st.lists(LINES, max_size=4).map(tuple),
    groups=st.lists(st.builds(GroupWeight, TEXTS, TEXTS, st.integers(0, 100)), max_size=3).map(tuple),
    total=POINTS,
    causes=TEXTS,
)


@given(FORMS)
def test_json_brings_back_the_same_form(form: SelfEvaluation) -> None:
    assert from_json(json.loads(json.dumps(to_json(form)))) == form


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "office"}, "/kind"),
        ({"total": "100"}, "/total"),
        ({"total": True}, "/total"),
        ({"total": 10**30}, "/total"),
        ({"grade": "优"}, "/grade"),
        ({"indicators": {}}, "/indicators"),
        ({"indicators": [{"level1": "", "level2": ""}]}, "/indicators/0/name"),
        ({"indicators": [{"level1": "", "level2": "", "name": 3}]}, "/indicators/0/name"),
        ({"head": []}, "/head"),
        ({"goals": [5]}, "/goals/0"),
    ],
)
def test_json_that_is_no_form_is_refused_by_place(change: dict[str, object], place: str) -> None:
    with pytest.raises(SelfEvalFormatError, match=f"“{place}”"):
        from_json({**to_json(sample()), **change})


def test_json_needs_the_kind_only() -> None:
    assert from_json({"kind": "department"}) == SelfEvaluation(FormKind.DEPARTMENT)
    with pytest.raises(SelfEvalFormatError, match="缺少“/kind”"):
        from_json({})
    with pytest.raises(SelfEvalFormatError):
        from_json(None)


def unit(name: str, money: int, *lines: Indicator) -> SelfEvaluation:
    return SelfEvaluation(
        FormKind.PROJECT,
        head=Head("联合项目", implementer=name),
        execution=Execution(money, money // 2),
        indicators=lines,
    )


def test_absolute_values_add_up_and_relative_ones_are_averaged_by_money() -> None:
    whole = combine(
        [
            unit("甲中心", 300 * WAN, line("培训", 1000, "≥10场", "8场"), line("合格率", 1000, "≥95%", "98%")),
            unit("乙中心", 100 * WAN, line("培训", 1000, "≥10场", "6场"), line("合格率", 1000, "≥95%", "90%")),
        ]
    )
    training, quality = whole.indicators
    assert (training.target, training.actual, training.score) == ("≥20场", "14场", 700)
    assert (quality.target, quality.actual, quality.score) == ("≥95%", "96%", 1000)
    assert (whole.execution.budget, whole.execution.executed, whole.execution.score) == (400 * WAN, 200 * WAN, 1000)


def test_a_common_target_is_kept() -> None:
    parts = [unit("甲", 100 * WAN, line("培训", 1000, "", "8场")), unit("乙", 100 * WAN, line("培训", 1000, "", "1场"))]
    base = unit("全市", 0, line("培训", 1000, "≥12场", ""))
    assert combine(parts, base).indicators[0] == line("培训", 1000, "≥12场", "9场", 750)


def test_worded_results_average_their_scores() -> None:
    whole = combine(
        [
            unit("甲", 300 * WAN, line("影响", 1000, "明显", "达成预期", 1000)),
            unit("乙", 100 * WAN, line("影响", 1000, "明显", "部分达成", 600)),
        ]
    )
    assert whole.indicators[0].score == 900
    assert whole.indicators[0].actual == "甲：达成预期；乙：部分达成"


def test_limits_of_time_and_scales() -> None:
    whole = combine(
        [
            unit("甲", 100 * WAN, line("响应", 100, "≤1小时", "30分钟"), line("数据", 100, "≥3亿条", "2亿条")),
            unit("乙", 100 * WAN, line("响应", 100, "≤1小时", "1小时"), line("数据", 100, "≥1亿条", "15000万条")),
        ]
    )
    response, data = whole.indicators
    assert (response.target, response.actual, response.score) == ("≤1小时", "45分钟", 100)
    assert (data.target, data.actual, data.score) == ("≥4亿条", "3.5亿条", 88)


def test_lines_that_some_units_lack_are_combined_from_the_others() -> None:
    whole = combine(
        [unit("甲", 100 * WAN, line("培训", 100, "4场", "4场")), unit("乙", 100 * WAN, line("调研", 100, "2次", "1次"))]
    )
    assert [(indicator.name, indicator.actual) for indicator in whole.indicators] == [("培训", "4场"), ("调研", "1次")]


def test_what_cannot_be_combined_says_why() -> None:
    with pytest.raises(CombineError, match="没有可以汇总"):
        combine([])
    with pytest.raises(CombineError, match=r"“培训”.*权重不一致"):
        combine([unit("甲", 1, line("培训", 100, "4场", "4场")), unit("乙", 1, line("培训", 200, "4场", "4场"))])
    with pytest.raises(CombineError, match=r"“合格率”.*预算数"):
        combine([unit("甲", 0, line("合格率", 100, "95%", "94%")), unit("乙", 0, line("合格率", 100, "95%", "99%"))])


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 1000)), min_size=1, max_size=5))
def test_an_average_lies_between_its_parts(parts: list[tuple[int, int]]) -> None:
    forms = [unit("单位", money, line("合格率", 100, "≥50%", f"{rate / 10}%")) for money, rate in parts]
    average = float(combine(forms).indicators[0].actual.removesuffix("%"))
    rates = [rate / 10 for _, rate in parts]
    assert min(rates) - 0.0001 <= average <= max(rates) + 0.0001


def test_a_stored_form_is_read_once_and_another_object_anew() -> None:
    stored = to_json(sample())
    first = from_stored(stored)
    assert first == sample() and from_stored(stored) is first
    assert from_stored(dict(stored)) is not first
    with pytest.raises(SelfEvalFormatError):
        from_stored({"kind": "project", "nothing": 1})
