"""The tables of the text filled from the self-evaluation forms."""

from __future__ import annotations

from dataclasses import replace

from desktopapp import jobs
from desktopapp.core.engine import Engine
from desktopapp.core.performance.selfeval import Execution, FormKind, Head, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.report import Report
from desktopapp.narrative.fields import GRADES
from desktopapp.narrative.selfeval_inputs import filled_from_forms
from tests.generators import the_book

WAN = 1_000_000
PROJECT = SelfEvaluation(
    FormKind.PROJECT, Head("网络安全经费"), Execution(100 * WAN, 93 * WAN), causes="进度慢。", measures="加快。"
)
WHOLE = SelfEvaluation(
    FormKind.DEPARTMENT,
    Head("某某局"),
    Execution(200 * WAN, 180 * WAN, score=1800),
    indicators=(
        Indicator("产出指标", "数量指标", "甲", weight=5000, score=4875),
        Indicator("效益指标", "社会效益指标", "乙", weight=2000, score=2000),
        Indicator("满意度指标", "", "丙", weight=1000),
    ),
)


def report(*forms: SelfEvaluation, **fields: object) -> Report:
    found = jobs.start_report("hubei-2024", 2024, "某某局")
    found.fields |= {"selfeval": [to_json(f) for f in forms], **{f"input.{k}": v for k, v in fields.items()}}
    return found


def test_projects_and_points_of_the_department_are_filled_in() -> None:
    found = report(PROJECT, WHOLE)
    step = filled_from_forms(found)
    assert step is not None and step[1] == 9
    Engine(found, the_book("hubei-2024")).apply(step[0])
    assert found.fields["input.projects"] == [
        {"name": "网络安全经费", "budget": 100 * WAN, "executed": 93 * WAN, "causes": "进度慢。", "measures": "加快。"}
    ]
    assert found.fields["input.performance"] == [
        {"departments": 1, "execution_score": "18", "output_score": "48.75", "benefit_score": "20"}
    ]
    assert filled_from_forms(found) is None


def test_what_is_filled_in_stays() -> None:
    row = {"name": "网络安全 经费", "budget": 1, "outputs": "三级等保。"}
    step = filled_from_forms(report(replace(PROJECT, causes=""), projects=[row]))
    assert step is not None
    (command,) = step[0].commands
    assert command.value == [{**row, "executed": 93 * WAN, "measures": "加快。"}]  # type: ignore[union-attr]


def test_forms_without_a_name_and_reports_without_forms_fill_nothing() -> None:
    assert filled_from_forms(report()) is None
    assert filled_from_forms(report(replace(PROJECT, head=Head()))) is None


def test_the_grades_of_the_region_go_on_in_the_next_year() -> None:
    last = report(PROJECT)
    last.fields[GRADES] = "优秀=95|合格=60"
    new, _ = jobs.roll(last, 2025)
    assert new.fields[GRADES] == "优秀=95|合格=60"
