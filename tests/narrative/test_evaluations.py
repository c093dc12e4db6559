"""Projects and indicators of self-evaluation as facts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from desktopapp.core.commands import Command, SetField
from desktopapp.core.engine import Engine
from desktopapp.core.performance.selfeval import Execution, FormKind, Head, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.jobs import template_root
from desktopapp.narrative.bindings import from_editable
from desktopapp.narrative.evaluations import figure_of, indicator_key, project_key, same_statement, stated_value
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.narrative import Narrative
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.store.outline_files import load_fact_book, load_outline
from tests.narrative.reading.test_check import the_report

STYLE = NumberStyle(trim_rates=True)
JOURNAL = "selfeval[行政运行工作经费].indicator[杂志期数]"

FORM = SelfEvaluation(
    FormKind.PROJECT,
    Head("2023年度行政运行工作经费项目"),
    Execution(964_100_000, 482_050_000, score=1000),
    indicators=(
        Indicator("产出指标", "数量指标", "杂志期数（期）", target="4", actual="1", score=75, weight=300),
        Indicator("产出指标", "质量指标", "称职率", unit="%", target="≥95", actual="100", weight=700),
        Indicator("效益指标", "社会效益指标", "影响力", target="有效提升", actual="达成预期"),
    ),
    total=9850,
)


def report_with(*forms: SelfEvaluation, **tables: list[dict[str, object]]) -> Report:
    report = the_report()
    report.fields["selfeval"] = [to_json(f) for f in forms]
    report.fields.update({f"input.{k}": v for k, v in tables.items()})
    return report


def facts_of(report: Report) -> Facts:
    return Facts(report, load_fact_book(template_root(), "hubei-2023"))


def test_a_form_gives_facts_of_its_project_and_indicators() -> None:
    facts = facts_of(report_with(FORM))
    stem = "selfeval[行政运行工作经费]"
    assert facts.get(f"{stem}.budget").value == 964_100_000
    assert facts.get(f"{stem}.execution").value == Fraction(1, 2)
    assert (facts.get(f"{stem}.score").value, facts.get(f"{stem}.execution_score").value) == (Fraction("98.5"), 10)
    assert (facts.get(f"{stem}.count").value, facts.get(f"{stem}.unmet").value) == (3, 1)
    assert facts.written(f"{JOURNAL}.target", STYLE) == "4期"
    assert facts.get(f"{JOURNAL}.completion").value == Fraction(1, 4)
    assert facts.get(f"{JOURNAL}.score").value == Fraction(3, 4)
    assert facts.get(f"{JOURNAL}.actual").inputs == ("selfeval[0].indicators/0/actual",)
    assert facts.written(f"{stem}.indicator[称职率].target", STYLE) == "≥95%"
    assert facts.written(f"{stem}.indicator[影响力].actual", STYLE) == "达成预期"
    assert facts.get(f"{stem}.indicator[影响力].completion").value is None
    assert {f"{JOURNAL}.target", f"{JOURNAL}.actual"} <= set(facts.ids())


def test_tables_answer_for_what_no_form_holds() -> None:
    rows: list[dict[str, object]] = [{"name": "大楼运行", "budget": 200_000_000, "executed": 100_000_000}]
    told: list[dict[str, object]] = [
        {"project": "大楼运行项目", "name": "完好率", "target": "≥90%", "actual": "98.4%"},
        {"project": "行政运行工作经费", "name": "杂志期数", "target": "9期", "actual": "9期"},
    ]
    facts = facts_of(report_with(FORM, projects=rows, indicators=told))
    assert facts.get("selfeval[大楼运行].execution").value == Fraction(1, 2)
    assert facts.written("selfeval[大楼运行].indicator[完好率].actual", STYLE) == "98.4%"
    assert facts.get("selfeval[大楼运行].indicator[完好率].actual").inputs == ("indicators[1].actual",)
    assert facts.written(f"{JOURNAL}.target", STYLE) == "4期"
    assert facts.how(f"{JOURNAL}.target") == "绩效自评表"
    assert facts.how("selfeval[大楼运行].budget") == "“项目支出与绩效”"


def test_what_the_new_year_does_not_have_is_a_gap_and_not_last_years_number() -> None:
    facts = facts_of(report_with())
    (span,) = (s for s in from_editable(f"目标值为⟦{JOURNAL}.target⟧。", facts, STYLE) if s.fact)
    assert (span.state, span.text) == ("missing", "【目标值】")
    assert facts.get(f"{JOURNAL}.target").reason
    assert "selfeval[行政运行工作经费].nothing" not in facts
    assert f"{JOURNAL}.score_figure" not in facts


@pytest.fixture
def narrative() -> Narrative:
    report = report_with(FORM)
    report.fields["text.performance"] = f"期数⟦{JOURNAL}.target⟧，完成⟦{JOURNAL}.actual_figure⟧期。"
    return Narrative(report, facts_of(report), load_outline(template_root(), "hubei-2023"))


def apply(narrative: Narrative, command: Command) -> set[str]:
    engine = Engine(narrative.report, rule_book(narrative.report.template))
    return narrative.update(engine.apply(command))


def test_text_follows_an_edit_of_a_form(narrative: Narrative) -> None:
    assert "".join(s.text for p in narrative.pieces("performance") for s in p.spans) == "期数4期，完成1期。"  # type: ignore[union-attr]
    narrative.pieces("total")
    first, *rest = FORM.indicators
    edited = replace(FORM, indicators=(replace(first, target="≥6", actual="5"), *rest))
    assert apply(narrative, SetField("selfeval", [to_json(edited)])) == {"performance"}
    assert "".join(s.text for p in narrative.pieces("performance") for s in p.spans) == "期数≥6期，完成5期。"  # type: ignore[union-attr]


def test_a_renamed_indicator_leaves_a_gap(narrative: Narrative) -> None:
    narrative.pieces("performance")
    first, *rest = FORM.indicators
    edited = replace(FORM, indicators=(replace(first, name="期刊期数"), *rest))
    assert "performance" in apply(narrative, SetField("selfeval", [to_json(edited)]))
    assert any(s.text == "【目标值】" for p in narrative.pieces("performance") for s in p.spans)  # type: ignore[union-attr]


def test_a_row_of_the_table_fills_the_gap(narrative: Narrative) -> None:
    apply(narrative, SetField("selfeval", None))
    assert any(s.state == "missing" for p in narrative.pieces("performance") for s in p.spans)  # type: ignore[union-attr]
    rows = [{"project": "行政运行工作经费", "name": "杂志期数", "target": "3期", "actual": "3期"}]
    assert "performance" in apply(narrative, SetField("input.indicators", rows))
    assert "期数3期，完成3期。" in "".join(s.text for p in narrative.pieces("performance") for s in p.spans)  # type: ignore[union-attr]


def test_generated_text_tells_indicators_by_their_facts() -> None:
    rows: list[dict[str, object]] = [{"name": "行政运行工作经费", "budget": 964_100_000, "executed": 482_050_000}]
    report = report_with(FORM, projects=rows)
    narrative = Narrative(report, facts_of(report), load_outline(template_root(), "hubei-2023"))
    text = narrative.editable("performance")
    assert f"杂志期数（期）：年度目标值为⟦{JOURNAL}.target⟧，实际完成⟦{JOURNAL}.actual⟧" in text


def test_names_are_compared_without_year_number_and_signs() -> None:
    assert project_key("1、2023年度“大楼运行”经费项目") == project_key("大楼运行经费") == "大楼运行经费"
    assert project_key("（二）3.0改革") == "30改革"
    assert indicator_key("接通率（%）") == indicator_key("接通率") == "接通率"
    assert indicator_key("数据准确率（市级归集部分）") != indicator_key("数据准确率")


def test_units_come_from_the_form_where_the_value_has_none() -> None:
    assert stated_value("≥50", "", "人数（人）") == "≥50人"
    assert stated_value("≥920", "", "总量（万）") == "≥920万"
    assert stated_value("4期/年", "期", "期数") == "4期/年"
    assert stated_value("有效提升", "项", "影响") == "有效提升"
    assert (figure_of("≥80,449.56㎡"), figure_of("≥95 %"), figure_of("有效")) == ("80,449.56", "95%", "")
    assert same_statement("≥ 1,800 本", "≥1800本") and not same_statement("4期", "≥4期")
