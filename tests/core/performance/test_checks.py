"""Findings of the form, and none where nothing is wrong."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given

from desktopapp.core.performance.checks import (
    SelfEvalFinding,
    check_all,
    check_claims,
    check_execution,
    check_hundred,
    is_named,
    points,
)
from desktopapp.core.performance.selfeval import Execution, FormKind, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from tests.core.performance.test_selfeval import FORMS, WAN, line, sample


def found(form: SelfEvaluation) -> list[tuple[str, str, str]]:
    return [(finding.rule, finding.severity, finding.path) for finding in check_all(form)]


def changed(place: int, **values: object) -> SelfEvaluation:
    form = sample()
    lines = list(form.indicators)
    lines[place] = replace(lines[place], **values)  # type: ignore[arg-type]
    return replace(form, indicators=tuple(lines))


def test_a_right_form_has_no_findings() -> None:
    assert list(check_all(sample())) == []


def test_a_wrong_score() -> None:
    form = changed(0, score=3900)
    findings = list(check_all(form))
    assert [(f.rule, f.severity, f.path) for f in findings] == [
        ("selfeval.score", "error", "/indicators/0/score"),
        ("selfeval.goal-score", "error", "/goals/0/score"),
        ("selfeval.total", "error", "/total"),
    ]
    assert (findings[0].expected, findings[0].found) == ("38", "39")
    assert "“养护里程”" in findings[0].message


def test_a_score_printed_with_one_decimal_is_rounding() -> None:
    form = replace(sample(), indicators=(line("次数", 200, "≥7次", "6次", 170),), goals=(), groups=(), total=None)
    assert ("selfeval.score", "rounding", "/indicators/0/score") in found(form)


def test_scores_outside_weight_and_band() -> None:
    assert ("selfeval.score", "error", "/indicators/2/score") in found(changed(2, score=1001))
    assert ("selfeval.band", "warning", "/indicators/2/score") in found(changed(2, score=700))
    assert ("selfeval.band", "warning", "/indicators/2/score") not in found(changed(2, score=800))


def test_weights_of_group_goal_and_form() -> None:
    rules = found(changed(1, weight=1000, score=1000))
    assert ("selfeval.group-weight", "error", "/groups/0/weight") in rules
    assert ("selfeval.group-weight", "error", "/groups/1/weight") in rules
    assert ("selfeval.group-weight", "error", "/goals/0/weight") in rules
    assert ("selfeval.hundred", "error", "/indicators") in rules


def test_a_form_without_satisfaction_may_weigh_less() -> None:
    form = replace(sample(), indicators=sample().indicators[:3])
    assert [f.severity for f in check_hundred(form)] == ["warning"]


def test_shares_that_were_rounded_may_miss_a_hundred() -> None:
    weights = (2667, 2667, 2667)
    lines = tuple(line(f"满意度{n}", w, "1", "1", level1="满意度指标") for n, w in enumerate(weights))
    assert [f.severity for f in check_hundred(replace(sample(), indicators=lines))] == ["rounding"]


@pytest.mark.parametrize(
    ("execution", "rules"),
    [
        (Execution(400 * WAN, 390 * WAN, "97.5%", 1950), []),
        (Execution(400 * WAN, 390 * WAN, "97.50％", 1950), []),
        (Execution(400 * WAN, 390 * WAN, "98%", 1950), []),
        (Execution(400 * WAN, 391 * WAN, "97%", 1955), ["selfeval.execution-rate"]),
        (
            Execution(542378 * 10_000, 538798 * 10_000, "100%", 2000),
            ["selfeval.execution-rate", "selfeval.execution-score"],
        ),
        (Execution(542378 * 10_000, 538798 * 10_000, "99.34%", 1987), []),
        (Execution(542378 * 10_000, 538798 * 10_000, "99.3%", 1986), []),
        (Execution(3 * 10_000, 2 * 10_000, "70%", None), []),
        (Execution(200 * WAN, 200 * WAN, "99.9%", None), ["selfeval.execution-rate"]),
        (Execution(0, 0, "0%", 0), []),
        (Execution(100, None, "0%", 0), []),
    ],
)
def test_execution(execution: Execution, rules: list[str]) -> None:
    assert [finding.rule for finding in check_execution(execution)] == rules


def test_an_unmet_indicator_must_be_named() -> None:
    assert found(replace(sample(), causes="")) == [("selfeval.unmet-unnamed", "warning", "/indicators/0")]
    assert is_named("制发帮办代办工作情况通报（期）", "制发帮办代办工作情况通报年初目标值为4期")
    assert is_named("“结对共建，共同缔造”社区共建项目数量", "结对共建共同缔造社区共建项目少一个")
    assert not is_named("培训次数", "印发简报次数减少")


def test_claims_of_completion_beside_an_unmet_target() -> None:
    assert ("selfeval.done-unmet", "error", "/indicators/0") in found(changed(0, remark="已完成"))
    assert ("selfeval.done-unmet", "error", "/indicators/0") in found(changed(0, actual="114公里（已完成）"))
    part = changed(0, actual="114公里（其中第一季度已完成，其余移交）")
    assert not [f for f in check_claims(part) if f.rule == "selfeval.done-unmet"]


@pytest.mark.parametrize(
    ("causes", "wrong"),
    [
        ("绩效指标均已完成。", True),
        ("各项绩效目标全部完成，养护里程无偏差。", True),
        ("未完成的绩效目标：无。", True),
        ("除养护里程外，其余指标均已完成。", False),
        ("养护里程未完成，目标未完成的主要原因是汛期。", False),
        ("", False),
    ],
)
def test_claims_in_the_cause_analysis(causes: str, wrong: bool) -> None:
    claims = list(check_claims(replace(sample(), causes=causes)))
    assert [claim.path for claim in claims] == (["/causes"] if wrong else [])
    met = changed(0, actual="120公里")
    assert list(check_claims(replace(met, causes=causes))) == []


def test_duplicates_within_a_group_only() -> None:
    form = sample()
    twice = replace(form.indicators[0], name="养护 里程")
    elsewhere = replace(form.indicators[0], goal=2)
    assert ("selfeval.duplicate", "warning", "/indicators/4/name") in found(
        replace(form, indicators=(*form.indicators, twice))
    )
    assert "selfeval.duplicate" not in [
        rule for rule, *_ in found(replace(form, indicators=(*form.indicators, elsewhere)))
    ]


@pytest.mark.parametrize(
    ("actual", "wrong"), [("未开展", True), ("", True), ("已移交其他单位", True), ("全年未接到投诉", False)]
)
def test_full_marks_without_a_result(actual: str, wrong: bool) -> None:
    rules = found(changed(3, actual=actual))
    assert (("selfeval.undone-full", "warning", "/indicators/3/score") in rules) == wrong


def test_points() -> None:
    assert [points(value) for value in (0, 400, 171, 250, -5, 10_000)] == ["0", "4", "1.71", "2.5", "-0.05", "100"]


@given(FORMS)
def test_checks_never_raise_and_every_path_exists(form: SelfEvaluation) -> None:
    data = to_json(form)
    for finding in check_all(form):
        place: object = data
        for step in finding.path.strip("/").split("/"):
            place = place[int(step)] if isinstance(place, list) else place[step]  # type: ignore[index]
        assert finding.message.endswith(("。", "！"))


def published(shared_dir: Path) -> dict[str, SelfEvaluation]:
    """Return the forms of seed 001 as far as the list of indicators and the printed totals and causes tell."""
    lines: dict[str, list[Indicator]] = defaultdict(list)
    with (shared_dir / "expected" / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["seed"] == "001":
                numbers = (int(Fraction(row[column]) * 100) for column in ("weight", "score"))
                weight, score = numbers
                lines[row["project"]].append(
                    Indicator("", "", row["indicator"], "", weight, row["target"], row["actual"], score)
                )
    text = next((shared_dir / "seeds").glob("001_*.txt")).read_text(encoding="utf-8")
    causes = re.findall(r"偏差大或\s*目标未完成\s*原因分析\s+(.*?)改进措施及", text, re.DOTALL)
    totals = [int(Fraction(total) * 100) for total in re.findall(r"^总分\t([\d.]+)", text, re.MULTILINE)]
    forms: dict[str, SelfEvaluation] = {}
    for place, (project, indicators) in enumerate(lines.items()):
        forms[project] = SelfEvaluation(
            FormKind.PROJECT,
            execution=Execution(WAN, WAN, "100%", 2000),
            indicators=tuple(indicators),
            total=totals[place] if place < len(totals) else None,
            causes=causes[place] if place < len(causes) else "",
        )
    return forms


def test_published_forms_have_the_findings_known_and_no_others(shared_dir: Path) -> None:
    findings: Counter[tuple[str, str]] = Counter()
    wrong_total: list[SelfEvalFinding] = []
    for project, form in published(shared_dir).items():
        for finding in check_all(form):
            findings[finding.rule, project] += 1
            wrong_total += [finding] if finding.rule == "selfeval.total" else []
    assert findings == {
        # One indicator stands twice, two were not begun or handed over and scored in full.
        ("selfeval.duplicate", "2024年度武汉市数据局部门整体绩效自评表"): 1,
        ("selfeval.undone-full", "2024年度武汉市数据局部门整体绩效自评表"): 2,
        ("selfeval.undone-full", "智慧城市建设及相关运维经费"): 2,
        ("selfeval.total", "智慧城市建设及相关运维经费"): 1,
        # The list does not say that the two belong to different goals.
        ("selfeval.duplicate", "本级项目支出（大数据中心工作经费）"): 1,
    }
    assert [(finding.expected, finding.found) for finding in wrong_total] == [("99.57", "99.71")]
