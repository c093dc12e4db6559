"""Edits of a form as values, without a window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopapp import jobs
from desktopapp.core.amount import AmountError
from desktopapp.core.performance.selfeval import FormKind, GroupWeight, grade
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.gui.selfeval import edits, shelf
from tests.gui.selfeval.conftest import project


def test_a_score_follows_the_rule_until_another_is_given() -> None:
    form = edits.set_cells(project(), [(1, "actual", "2")])
    assert form.indicators[1].score == 500
    form = edits.set_cells(form, [(1, "score", "8")])
    assert form.indicators[1].score == 800
    form = edits.set_cells(form, [(1, "actual", "4")])
    assert form.indicators[1].score == 800
    assert edits.set_cells(form, [(1, "score", "")]).indicators[1].score == 1000
    assert edits.put_back(form, [1]).indicators[1].score == 1000


def test_the_accountants_score_stays_where_no_rule_applies() -> None:
    form = edits.set_cells(project(), [(2, "actual", "部分达成")])
    assert form.indicators[2].score == 3600
    assert edits.all_by_rule(form).indicators[2].score == 3600


def test_a_printed_total_follows_while_it_was_right() -> None:
    form = replace(project(), total=project().computed_total())
    assert edits.set_cells(form, [(1, "actual", "4")]).total == 9400
    wrong = replace(form, total=9000)
    assert edits.set_cells(wrong, [(1, "actual", "4")]).total == 9000
    assert edits.all_by_rule(wrong).total == wrong.computed_total()


def test_new_amounts_bring_new_rate_and_score() -> None:
    form = replace(project(), execution=replace(project().execution, rate="90%"))
    cheaper = replace(form, execution=replace(form.execution, executed=50_000_000))
    settled = edits.settled(form, cheaper)
    assert (settled.execution.rate, settled.execution.score) == ("", 1000)
    typed = replace(form, execution=replace(form.execution, score=1500))
    kept = edits.settled(typed, replace(typed, execution=replace(typed.execution, executed=50_000_000)))
    assert kept.execution.score == 1500


def test_a_level_at_the_head_of_its_rows_names_them_all() -> None:
    form = edits.set_level(project(), 0, "level1", "产出类指标（45分）")
    assert [i.level1 for i in form.indicators] == ["产出类指标", "产出类指标", "效益指标"]
    assert form.groups == (GroupWeight("产出类指标", "", 4500),)
    assert edits.text_of(form, 0, "level1") == "产出类指标（45分）"
    assert not edits.set_level(form, 0, "level1", "产出类指标").groups
    assert [i.level2 for i in edits.set_level(form, 1, "level2", "质量指标").indicators[:2]] == ["数量指标", "质量指标"]


def test_a_group_without_lines_prints_no_weight() -> None:
    assert not edits.delete_rows(project(), [0, 1]).groups


def test_lines_past_the_end_take_the_levels_above() -> None:
    form = edits.set_cells(project(), [(3, "name", "群众满意度")])
    assert (form.indicators[3].level1, form.indicators[3].level2) == ("效益指标", "社会效益指标")
    assert edits.set_cells(project(), [(3, "name", " ")]) == project()


def test_what_is_no_weight_is_refused_with_its_row() -> None:
    for text in ("很多", "2.345", "-1", "5000"):
        with pytest.raises(AmountError, match="第 2 行"):
            edits.set_cells(project(), [(1, "weight", text)])
    assert edits.set_cells(project(), [(1, "weight", "（10分）")]).indicators[1].weight == 1000


def test_lines_move_as_a_block() -> None:
    form = project()
    moved = edits.move_rows(form, [1, 2], -1)
    assert moved is not None
    assert moved.indicators == (form.indicators[1], form.indicators[2], form.indicators[0])
    assert edits.move_rows(moved, [0, 1], 1) == form
    assert edits.move_rows(form, [0], -1) is None


def test_a_second_goal_numbers_the_first_and_its_lines() -> None:
    form = edits.add_goal(project())
    assert [g.number for g in form.goals] == [1, 2]
    assert {i.goal for i in form.indicators} == {1} and form.groups[0].goal == 1
    with pytest.raises(AmountError, match="没有编号"):
        edits.set_cells(form, [(0, "goal", "3")])
    split = edits.set_cells(form, [(2, "goal", "2")])
    left = edits.delete_goal(split, 2)
    assert [g.number for g in left.goals] == [0]
    assert left.indicators == project().indicators[:2]


def test_causes_name_what_is_not_named_yet() -> None:
    text = edits.causes_with_unmet(project())
    assert "制发情况通报" in text and "培训次数" not in text
    assert edits.causes_with_unmet(replace(project(), causes=text)) == text


def test_forms_of_the_department_come_first_and_unreadable_ones_stay() -> None:
    report = jobs.start_report("hubei-2023", 2023, "某局")
    report.fields["selfeval"] = [
        to_json(project("甲")),
        {"kind": "nonsense"},
        to_json(shelf.fresh(FormKind.DEPARTMENT, "某局")),
        to_json(project("乙")),
    ]
    assert [f.head.name for f in shelf.forms(report)] == ["某局", "甲", "乙"]
    assert shelf.moved(report, 1, -1) is None
    swapped = shelf.moved(report, 1, 1)
    assert swapped is not None and swapped[0]["head"]["name"] == "乙" and swapped[1] == {"kind": "nonsense"}
    left = shelf.removed(report, 0)
    assert left is not None and len(left) == 3
    assert shelf.replaced(report, 2, project("丙"))[3]["head"]["name"] == "丙"


def test_an_emptied_form_keeps_its_structure() -> None:
    form = shelf.copied(project())
    assert form.head.name == "信息化运行维护费（副本）"
    assert [(i.name, i.weight, i.target) for i in form.indicators] == [
        (i.name, i.weight, i.target) for i in project().indicators
    ]
    assert all(not i.actual and i.score is None for i in form.indicators)
    assert form.execution.budget is None and form.execution.weight == 2000


def test_grades_are_those_of_the_template() -> None:
    bands = shelf.grade_bands({"grades": "优=90|良=80|差=0"})
    assert [grade(t, bands) for t in (9000, 8999, 100)] == ["优", "良", "差"]
    assert shelf.grade_bands({}) == ()
