"""Input tables: typing, rows, commands that can be undone, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

from desktopapp.core.amount import AmountError, Unit
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Finding, Severity, finding_json, sort_findings
from desktopapp.core.performance.selfeval import Execution, FormKind, Head, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.input_checks import input_findings
from desktopapp.narrative.input_rows import (
    delete_row,
    insert_row,
    move_row,
    parse_value,
    set_value,
    show_value,
    shown_rows,
)
from desktopapp.narrative.inputs import InputTable
from tests.generators import published_report, the_book, the_template
from tests.narrative.cases import TEMPLATES, case, the_facts
from tests.narrative.random_inputs import fill_inputs

WAN = 1_000_000


def facts_of(report: Report) -> Facts:
    return Facts(report, the_facts(report.template.id))


def table(name: str, template_id: str = "hubei-2023") -> InputTable:
    return the_facts(template_id).inputs[name]


def column_value(name: str, column: str, text: str) -> Any:
    found = table(name).column(column)
    assert found is not None
    return parse_value(found, text)


@pytest.mark.parametrize(
    ("name", "column", "text", "stored"),
    [
        ("items", "budget", "1,568.46", 1_568_460_000),
        ("items", "budget", "０", 0),
        ("items", "budget", " ", None),
        ("items", "budget", "12元", None),
        ("cars", "count", "3辆", 3),
        ("cars", "count", "1,000", 1000),
        ("performance", "score", "97.41分", "97.41"),
        ("performance", "score", "20.0", "20"),
        ("projects", "scope", "只写支出情况", "listed"),
        ("projects", "name", "  项目甲 ", "项目甲"),
    ],
)
def test_typed_values(name: str, column: str, text: str, stored: Any) -> None:
    if text == "12元":
        with pytest.raises(AmountError):
            column_value(name, column, text)
        return
    assert column_value(name, column, text) == stored


@pytest.mark.parametrize(
    ("name", "column", "text"),
    [
        ("cars", "count", "1.5"),
        ("cars", "count", "-1"),
        ("cars", "count", "很多"),
        ("performance", "score", "-3"),
        ("projects", "scope", "别处"),
        ("projects", "results", "字" * 20_001),
        ("items", "budget", "1.234"),
    ],
)
def test_refused_values(name: str, column: str, text: str) -> None:
    with pytest.raises(AmountError, match=r"。$"):
        column_value(name, column, text)


def test_zero_is_shown_and_empty_is_not() -> None:
    budget = table("items").column("budget")
    assert budget is not None
    assert show_value(budget, 0) == "0.00"
    assert show_value(budget, None) == ""
    assert show_value(budget, 12_340_000) == "12.34"
    assert show_value(budget, 12_340_000, Unit.YUAN) == "123,400.00"


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_what_is_shown_can_be_typed_again(template_id: str) -> None:
    report = fill_inputs(published_report(3, the_template(template_id)), 3)
    facts = facts_of(report)
    for spec in facts.book.inputs.values():
        for row in shown_rows(report, facts, spec):
            for column in spec.columns:
                stored = row.values.get(column.key)
                if column.kind == "number" and stored is not None:
                    stored = parse_value(column, stored)
                assert parse_value(column, show_value(column, stored)) == stored


def test_rows_of_items_follow_the_form() -> None:
    report = published_report(3)
    report.fields["input.items"] = [{"key": "2999999", "budget": 1}]
    facts = facts_of(report)
    keys = [r.key for r in shown_rows(report, facts, table("items"))]
    leaves = {i[5:-1] for i in facts.ids() if i.startswith("item[") and i.endswith("]")}
    assert set(keys) == leaves
    assert keys[-1] == "2999999"
    assert all(r.label for r in shown_rows(report, facts, table("last_year")))


def test_values_are_set_and_undone() -> None:
    report = published_report(3)
    engine, facts = Engine(report, the_book()), facts_of(report)
    spec = table("cars")
    first = engine.apply(set_value(facts, spec, "leader", "count", 2))
    engine.apply(set_value(facts, spec, "other", "count", 1))
    assert report.fields[spec.field] == [{"key": "leader", "count": 2}, {"key": "other", "count": 1}]
    facts.refresh()
    assert facts.get("cars.total").value == 3
    engine.apply(set_value(facts, spec, "other", "count", None))
    assert report.fields[spec.field] == [{"key": "leader", "count": 2}]
    engine.apply(first.inverse)
    assert spec.field not in report.fields


def test_free_rows_move() -> None:
    report = published_report(3)
    engine, facts = Engine(report, the_book()), facts_of(report)
    spec = table("projects")
    for name in "甲乙丙":
        engine.apply(insert_row(facts, spec, values={"name": name}))
    engine.apply(insert_row(facts, spec, 1, {"name": "丁"}))
    engine.apply(move_row(facts, spec, "1", 9))
    engine.apply(delete_row(facts, spec, "2"))
    engine.apply(set_value(facts, spec, "1", "executed", 5 * WAN))
    assert [r["name"] for r in report.fields[spec.field]] == ["甲", "丙", "丁"]
    facts.refresh()
    assert facts.get("project[1].executed").value == 5 * WAN


# ── what is wrong ───────────────────────────────────────────────────────────────────────────────────────────────────
def found_in(report: Report) -> dict[str, Finding]:
    return {f.id: f for f in input_findings(report, facts_of(report))}


def with_input(name: str, rows: list[dict[str, Any]], template_id: str = "hubei-2023") -> Report:
    report = new_report(the_template(template_id), 2023, "单位")
    report.fields[f"input.{name}"] = rows
    return report


@pytest.mark.parametrize("name", ["000", "001"])
def test_published_inputs_agree(name: str) -> None:
    """No false alarm: the two published reports state nothing that contradicts itself in the inputs."""
    wrong = [f for f in found_in(case(name).report).values() if f.severity < Severity.INFO]
    assert [f for f in wrong if f.kind != "performance"] == []


def test_self_evaluations_are_checked_too() -> None:
    """Seed 000 scores 3 of 4 reports and 1 of 4 trainings; an unmet indicator must be named under the causes."""
    found = [f for f in found_in(case("000").report).values() if f.kind == "performance"]
    assert found
    assert {f.rule for f in found} <= {"selfeval.unmet-unnamed", "selfeval.score", "selfeval.total"}


def test_sums_that_do_not_agree() -> None:
    rows = [{"goods": 10 * WAN, "sme": 12 * WAN, "small": 13 * WAN, "goods_sme": 5 * WAN, "services_sme": 6 * WAN}]
    found = found_in(with_input("procurement", rows))
    sme = found["input.procurement.sme"]
    assert sme.severity is Severity.ERROR
    assert (sme.found, sme.expected, sme.difference) == (12 * WAN, 10 * WAN, 2 * WAN)
    assert "12.00 万元" in sme.message
    assert found["input.procurement.small"].difference == 1 * WAN
    assert found["input.procurement.sme_parts"].difference == 1 * WAN


def test_rounding_is_told_apart() -> None:
    rows = [{"goods": 10 * WAN, "services": 10 * WAN, "sme": 10 * WAN, "goods_sme": 9 * WAN, "services_sme": 990_000}]
    finding = found_in(with_input("procurement", rows))["input.procurement.sme_parts"]
    assert finding.severity is Severity.ROUNDING


def test_staff_must_add_up() -> None:
    report = with_input(
        "staff", [{"key": "administrative", "authorised": 15}, {"key": "institution", "authorised": 11}]
    )
    assert found_in(report) == {}
    report.fields["input.staff_total"] = [{"authorised": 25}]
    assert "25 人" in found_in(report)["input.staff.authorised"].message


def test_projects_are_compared_with_the_form() -> None:
    report = with_input("projects", [{"name": "甲", "budget": 5 * WAN, "executed": 6 * WAN}])
    report.amounts[Cell("05", "total", "project")] = 7 * WAN
    found = found_in(report)
    assert found["input.projects.spending"].difference == -1 * WAN
    assert found["input.projects.spending"].places == (Cell("05", "total", "project"),)
    assert found["input.projects.within[1]"].severity is Severity.WARNING


def test_scores_must_add_up() -> None:
    parts = {"execution_score": "20", "output_score": "60", "benefit_score": "2", "satisfaction_score": "12.5"}
    assert found_in(with_input("performance", [{"score": "94.5", "result": "好", **parts}])) == {}
    found = found_in(with_input("performance", [{"score": "95", "result": "好", **parts}]))
    assert "94.5 分" in found["input.performance.score"].message


def test_wrong_values_and_doubled_rows() -> None:
    found = found_in(with_input("cars", [{"key": "leader", "count": "三"}]))
    assert found["input.value[cars:leader.count]"].severity is Severity.ERROR
    found = found_in(with_input("cars", [{"key": "leader", "count": 1}, {"key": "leader", "count": 2}]))
    assert found["input.double[cars:leader]"].severity is Severity.ERROR
    negative = found_in(with_input("cars", [{"key": "leader", "count": -1}]))
    assert "不能小于零" in negative["input.negative[cars:leader.count]"].message


def test_missing_required_values_are_told_once_a_row_is_begun() -> None:
    assert found_in(with_input("projects", [])) == {}
    found = found_in(with_input("projects", [{"name": "甲"}]))
    assert found["input.missing[projects:1.executed]"].severity is Severity.INFO


def test_budget_on_a_parent_counts_twice() -> None:
    report = published_report(3)
    parent = next(r for r in report.rows_of("05") if len(r) == 5)
    report.fields["input.items"] = [{"key": parent, "budget": WAN}]
    assert f"input.parent[items:{parent}]" in found_in(report)


def test_restated_last_year_is_told() -> None:
    report = published_report(3)
    published = facts_of(report).get("total.income.last").quantity
    report.fields["input.last_year"] = [{"key": "total.income", "amount": int(published)}]
    assert found_in(report) == {}
    report.fields["input.last_year"] = [{"key": "total.income", "amount": int(published) + WAN}]
    finding = found_in(report)["input.last_year[total.income]"]
    assert finding.severity is Severity.WARNING
    assert finding.difference == WAN


def test_unreadable_self_evaluation_is_told() -> None:
    report = new_report(the_template(), 2023, "单位")
    report.fields["selfeval"] = [{"kind": "nonsense"}]
    assert "没有写进报告" in found_in(report)["input.selfeval[1]"].message


def project_form(name: str, budget: int, executed: int) -> dict[str, Any]:
    return to_json(SelfEvaluation(FormKind.PROJECT, Head(name=name), Execution(budget=budget, executed=executed)))


def test_self_evaluations_state_the_amounts_of_the_text() -> None:
    report = case("001").report
    report.fields["selfeval"] = [
        project_form("行政运行工作经费", 684_100_000, 684_100_000),
        project_form("大数据中心工作经费", 3_797_750_000, 3_797_750_000),
        project_form("别的项目", WAN, WAN),
    ]
    found = {i: f for i, f in found_in(report).items() if f.severity < Severity.INFO}
    assert sorted(found) == ["input.selfeval.budget[2]", "input.selfeval.executed[2]"]
    assert found["input.selfeval.executed[2]"].difference == 1_380_920_000
    assert "2,416.83" in found["input.selfeval.executed[2]"].message


def test_self_evaluation_of_the_department_states_the_forms() -> None:
    report = case("001").report
    execution = Execution(executed=14_784_190_000, basic_total=14_784_190_000, project_total=11_916_370_000)
    form = SelfEvaluation(FormKind.DEPARTMENT, Head(name="武汉市数据局"), execution)
    report.fields["selfeval"] = [to_json(form)]
    found = [i for i, f in found_in(report).items() if f.severity < Severity.INFO]
    assert found == ["input.selfeval.basic[1]"]


def test_projects_cannot_spend_more_than_the_forms() -> None:
    report = case("001").report
    report.fields["selfeval"] = [project_form(n, 9_000 * WAN, 9_000 * WAN) for n in "甲乙"]
    assert "input.selfeval.sum" in found_in(report)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_findings_fit_beside_the_others(template_id: str) -> None:
    report = fill_inputs(published_report(5, the_template(template_id)), 5)
    found = list(input_findings(report, facts_of(report)))
    assert len({f.id for f in found}) == len(found)
    for finding in sort_findings(report, found):
        assert finding.kind == "input"
        assert finding.message
        assert finding_json(report, finding)["places"]


@pytest.mark.parametrize("stored", [None, 5, "text", [1, "x", None], [[]], {"goods": WAN}])
def test_strange_contents_do_no_harm(stored: Any) -> None:
    report = new_report(the_template(), 2023, "单位")
    for name in the_facts("hubei-2023").inputs:
        report.fields[f"input.{name}"] = stored
    facts = facts_of(report)
    list(facts.all())
    list(input_findings(report, facts))
