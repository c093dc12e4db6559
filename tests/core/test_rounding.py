"""The pure part of rounding for publication: what is free, what is asked, the plan and the published report."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.commands import SetField, from_json, to_json
from desktopapp.core.engine import Engine
from desktopapp.core.report import new_report
from desktopapp.core.rounding import (
    PLAN_FIELD,
    RoundingPlan,
    RoundingPlanError,
    departure_text,
    make_plan,
    outdated,
    plain_plan,
    plan_from_json,
    published_report,
    residual_text,
    rounding_problem,
    stored_plan,
    total_cells,
)
from desktopapp.core.template import LAST, Cell
from tests.generators import exact_report, rounded, the_book, the_template

BASIC = Cell("05", "total", "basic")
PERSONNEL = Cell("06", "personnel", "amount")
PUBLIC = Cell("06", "public", "amount")


def test_plain_rounding_is_half_up_and_lists_every_residual() -> None:
    report = exact_report(3)
    checker = Checker(report, the_book())
    plan = plain_plan(report, checker)
    published = rounded(report)
    assert {c: a for c, a in plan.published.items() if a} == published.amounts
    assert plan.departures == ()
    again = Checker(published, the_book())
    # The checker lets an inequality pass within its tolerance; the list of residuals does not.
    off = {r.id: again.residual(r) for r in again.relations() if again.verdict(r) is Verdict.ROUNDING}
    off |= {r.id: again.residual(r) for r in again.relations() if r.op == "<=" and again.residual(r) > 0}
    assert dict(plan.residuals) == off
    assert off


def test_choices_are_the_amounts_between_two_grains() -> None:
    report = exact_report(4)
    problem = rounding_problem(report, Checker(report, the_book()))
    cells = {c.cell for c in problem.choices}
    assert cells == {c for c, a in report.amounts.items() if a % PUBLISHED_GRAIN and not c.form.startswith(LAST)}
    for choice in problem.choices:
        departed = choice.plain + choice.step * PUBLISHED_GRAIN
        assert {choice.plain, departed} == {
            choice.exact // PUBLISHED_GRAIN * PUBLISHED_GRAIN,
            -(-choice.exact // PUBLISHED_GRAIN) * PUBLISHED_GRAIN,
        }
        assert abs(departed - choice.exact) == choice.cost >= abs(choice.plain - choice.exact)


def test_pinned_cells_and_published_forms_are_no_choices() -> None:
    report = exact_report(4)
    for cell in [c for c in report.amounts if c.form == "06"]:
        report.amounts[cell] = -(-report.amounts[cell] // PUBLISHED_GRAIN) * PUBLISHED_GRAIN
    del report.grains["06"]
    pins = total_cells(report)
    assert BASIC in pins and PERSONNEL in pins and Cell("01", "income_total", "amount") in pins
    problem = rounding_problem(report, Checker(report, the_book()), pins)
    cells = {c.cell for c in problem.choices}
    assert not cells & pins
    assert not any(c.form == "06" for c in cells | set(problem.plain))
    assert BASIC in problem.pinned and PERSONNEL not in problem.pinned


def test_relations_that_exact_amounts_violate_ask_nothing() -> None:
    report = exact_report(5)
    report.amounts[BASIC] = report.amounts.get(BASIC, 0) + 123_456_789
    problem = rounding_problem(report, Checker(report, the_book()))
    asked = {d.relation for d in problem.demands}
    assert not asked & {"05-06.basic", "05.codes[total/basic]", "05.columns[total]"}
    assert "01.balance" in asked


def test_plan_survives_json_and_the_file() -> None:
    report = exact_report(6, last_year=False)
    checker = Checker(report, the_book())
    problem = rounding_problem(report, checker, total_cells(report))
    plan = make_plan(report, checker, problem, {0, 5}, "controlled")
    assert len(plan.departures) == 2 and plan.pinned and plan.residuals
    assert plan_from_json(json.loads(json.dumps(plan.to_json()))) == plan
    assert stored_plan(report) is None
    engine = Engine(report, the_book())
    command = plan.command()
    assert isinstance(command, SetField) and command.key == PLAN_FIELD
    undo = engine.apply(from_json(json.loads(json.dumps(to_json(command))))).inverse
    assert stored_plan(report) == plan
    engine.apply(undo)
    assert stored_plan(report) is None


@pytest.mark.parametrize("raw", [{}, [], "plan", {"version": 2}, {"version": 1, "mode": "best"}])
def test_a_plan_that_cannot_be_read_is_refused_in_words(raw: object) -> None:
    with pytest.raises(RoundingPlanError, match="重新进行一次"):
        plan_from_json(raw)


def test_the_published_report_is_a_copy_in_the_published_grain() -> None:
    report = exact_report(7)
    checker = Checker(report, the_book())
    before = dict(report.amounts)
    published = published_report(report, plain_plan(report, checker))
    assert report.amounts == before
    assert published.amounts == rounded(report).amounts
    assert not published.grains and not published.auto
    assert all(a % PUBLISHED_GRAIN == 0 and a for a in published.amounts.values())
    published.rows_of("03").insert("2999999", "新增", 0)
    assert "2999999" not in report.rows_of("03")


def test_amounts_below_half_a_grain_are_printed_empty() -> None:
    report = new_report(the_template(), 2023)
    report.grains["06"] = EXACT_GRAIN
    cell = Cell("06", "30101", "amount")
    report.amounts[cell] = 4_999
    plan = plain_plan(report, Checker(report, the_book()))
    assert plan.published == {cell: 0}
    assert published_report(report, plan).amounts == {}


def test_an_edited_report_makes_the_plan_outdated() -> None:
    report = exact_report(8, last_year=False)
    plan = plain_plan(report, Checker(report, the_book()))
    assert outdated(report, plan) == ()
    report.amounts[BASIC] += 3 * PUBLISHED_GRAIN
    assert outdated(report, plan) == (BASIC,)
    # What the plan no longer fits is rounded plainly, never published wrongly.
    assert abs(published_report(report, plan).amounts[BASIC] - report.amounts[BASIC]) <= PUBLISHED_GRAIN // 2
    del report.amounts[BASIC]
    assert outdated(report, plan) == (BASIC,)
    assert BASIC not in published_report(report, plan).amounts


def test_lines_of_the_list_name_place_and_amounts() -> None:
    report = exact_report(9, last_year=False)
    checker = Checker(report, the_book())
    plan = make_plan(report, checker, rounding_problem(report, checker), {0}, "controlled")
    text = departure_text(report, plan.departures[0])
    assert "公开" in text and "四舍五入为" in text and text.endswith("。")
    relation = checker.relation(plan.residuals[0][0])
    assert relation is not None
    text = residual_text(report, relation, plan.residuals[0][1])
    assert "尾数误差" in text and text.startswith("公开")


def test_plans_are_values() -> None:
    plan = RoundingPlan("plain", {BASIC: 10_000})
    assert replace(plan, mode="controlled") != plan
