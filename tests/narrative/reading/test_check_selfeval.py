"""What the text says of projects and indicators against their self-evaluation forms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopapp.core.findings import Finding
from desktopapp.core.performance.selfeval import Execution, FormKind, Head, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.report import new_report
from desktopapp.core.template import TOTAL_ROW, Cell
from desktopapp.jobs import template_root
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.reading import check_selfeval
from desktopapp.narrative.reading.check_selfeval import match
from desktopapp.narrative.reading.context import Context
from desktopapp.narrative.reading.passages import SourceLine, passages
from desktopapp.narrative.selfeval_tables import FIELD
from desktopapp.store.outline_files import load_claim_book, load_fact_book
from tests.generators import the_template

WAN = 1_000_000
HOTLINE = SelfEvaluation(
    FormKind.PROJECT,
    Head("市民服务热线运行费"),
    Execution(1200 * WAN, 1140 * WAN, "95%", 1900),
    indicators=(
        Indicator("产出指标", "数量指标", "回访件数（件）", "", 1000, "≥1000", "1200", 1000),
        Indicator("满意度指标", "服务对象满意度指标", "来电人满意度（%）", "", 1000, "≥90", "96.46", 1000),
        Indicator("产出指标", "数量指标", "数据汇聚总量（万）", "", 1000, "≥920", "930", 1000),
    ),
)
TEXT = """第三部分 江城市数据局2024年度部门决算情况说明
十三、预算绩效情况说明
1.市民服务热线运行费项目绩效自评综述：项目全年预算数为1,200万元，执行数为1,140万元，完成预算的95.0%。
①回访件数：年度目标值为≥1,000件，实际完成1,200件；
②来电人满意度：目标值≥90%，实际完成96.5%；
③数据汇聚总量：目标值为≥920万，实际完成930万。
第六部分 附件
2024年度市民服务热线运行费项目自评结果
①按时办结率：年度目标值为100%，实际完成97.46%。
"""


def findings(text: str, *forms: SelfEvaluation) -> list[Finding]:
    report = new_report(the_template("hubei-2024"), 2024, "江城市数据局")
    report.amounts[Cell("03", TOTAL_ROW, "basic")] = 800 * WAN
    report.amounts[Cell("03", TOTAL_ROW, "project")] = 1140 * WAN
    report.fields[FIELD] = [to_json(f) for f in forms]
    lines = [SourceLine(line, f"第 {at} 行") for at, line in enumerate(text.splitlines(), 1)]
    facts = Facts(report, load_fact_book(template_root(), report.template.id))
    context = Context(report, facts, load_claim_book(template_root()), passages(lines))
    checks = (
        check_selfeval.check_executions,
        check_selfeval.check_ties,
        check_selfeval.check_causes,
        check_selfeval.check_indicators,
    )
    return [f for check in checks for f in check(context)]


def test_text_that_agrees_is_silent() -> None:
    """Rounding is right rounding, 万 and % may stand in the name, blanks and signs do not matter."""
    assert findings(TEXT, HOTLINE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("预算数为1,200万元", "预算数为1,250万元", "text.selfeval_budget"),
        ("执行数为1,140万元", "执行数为1,104万元", "text.selfeval_executed"),
        ("实际完成1,200件", "实际完成1,020件", "text.selfeval_indicator"),
        ("目标值为≥1,000件", "目标值为≥100件", "text.selfeval_indicator"),
        ("实际完成96.5%", "实际完成96.4%", "text.selfeval_indicator"),
        ("实际完成930万", "实际完成903万", "text.selfeval_indicator"),
    ],
)
def test_what_differs_is_found_at_its_place(right: str, wrong: str, rule: str) -> None:
    assert right in TEXT
    (found,) = findings(TEXT.replace(right, wrong, 1), HOTLINE)
    assert found.rule == rule
    assert found.where.startswith(f"第 {next(n for n, t in enumerate(TEXT.splitlines(), 1) if right in t)} 行")
    assert found.message.endswith("请核对。") and found.expected != found.found


def test_the_published_summary_counts_where_there_is_no_form() -> None:
    text = TEXT.replace("③数据汇聚总量", "③按时办结率：年度目标值为100%，实际完成97%；\n④数据汇聚总量")
    assert findings(text, HOTLINE) == []
    (found,) = findings(text.replace("实际完成97%", "实际完成98%"), HOTLINE)
    assert found.rule == "text.selfeval_indicator" and "项目自评结果" in found.message


def test_a_form_that_contradicts_itself_and_sums() -> None:
    causes = "全年预算金额为1250万元，实行执行金额为1140万元，预算执行率为91.2%。"
    (found,) = findings(TEXT, replace(HOTLINE, causes=causes))
    assert (found.rule, found.expected, found.found) == ("text.selfeval_causes", "1,250.00 万元", "1,200.00 万元")
    whole = SelfEvaluation(
        FormKind.DEPARTMENT, Head("江城市数据局"), Execution(basic_total=900 * WAN, project_total=1140 * WAN)
    )
    other = replace(HOTLINE, head=Head("门户网站运行费"), indicators=())
    assert [f.rule for f in findings(TEXT, whole, HOTLINE, other)] == ["input.selfeval.basic", "input.selfeval.sum"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("市民服务热线运行费", "市民服务热线运行费"),
        ("2.大数据中心工作经费", "本级项目支出（大数据中心工作经费）"),
        ("本级支出项目项目", "本级支出项目（数字经济工作经费）"),
        ("市民服务热线运行经费", "市民服务热线运行费"),
        ("完全不同的项目", None),
        ("", None),
    ],
)
def test_projects_are_matched_by_name(name: str, form: str | None) -> None:
    names = ("市民服务热线运行费", "本级项目支出（大数据中心工作经费）", "本级支出项目（数字经济工作经费）")
    found = match(name, [replace(HOTLINE, head=Head(n)) for n in names])
    assert (found.head.name if found is not None else None) == form
