"""Numbers of projects and indicators bound to the self-evaluation, read from it where no form holds them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from desktopapp.core.performance.selfeval import Execution, FormKind, Head, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.report import Report
from desktopapp.jobs import harvest_text, import_any, roll, template_root
from desktopapp.jobs.running_text import text_context
from desktopapp.narrative.bindings import from_editable
from desktopapp.narrative.carrying import bound_text
from desktopapp.narrative.evaluations import indicator_key
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.narrative.reading.binding import bind_sections
from desktopapp.narrative.reading.check import check_text
from desktopapp.narrative.reading.passages import Passage, SourceLine, passages
from desktopapp.narrative.reading.stated import figures_differ, spendings, statements
from desktopapp.store.outline_files import load_claim_book, load_fact_book
from tests.narrative.cases import narrative_of
from tests.narrative.reading.test_check import the_report

FORM = SelfEvaluation(
    FormKind.PROJECT,
    Head("行政运行工作经费"),
    Execution(964_100_000, 964_100_000),
    indicators=(
        Indicator("产出指标", "数量指标", "杂志期数（期）", target="4", actual="1"),
        Indicator("产出指标", "数量指标", "培训场次", unit="场", target="≥35", actual="40"),
        Indicator("产出指标", "质量指标", "监管数据覆盖率（%）", target="≥80", actual="94.89"),
        Indicator("满意度指标", "服务对象满意度指标", "食堂服务对象满意率（%）", target="≥80", actual="92.18"),
    ),
)
HEAD = "第三部分 情况说明\n十三、预算绩效情况说明\n"
PROJECT = "1、行政运行工作经费项目绩效自评综述：项目全年预算数为964.1万元，执行数为964.1万元，预算执行率为100%。"
JOURNAL = "selfeval[行政运行工作经费].indicator[杂志期数]"


def read(text: str) -> list[Passage]:
    lines = (HEAD + text).split("\n")
    return passages(SourceLine(t, f"第 {i} 行") for i, t in enumerate(lines, 1))


def facts_of(report: Report) -> Facts:
    return Facts(report, load_fact_book(template_root(), "hubei-2023"))


def with_form(form: SelfEvaluation = FORM) -> Report:
    report = the_report()
    report.fields["selfeval"] = [to_json(form)]
    return report


def bind(text: str, report: Report | None = None) -> str:
    facts = facts_of(report or with_form())
    return bind_sections(facts, load_claim_book(template_root()), read(text))["performance"].text


def test_money_of_a_project_is_bound_by_its_name() -> None:
    stem = "selfeval[行政运行工作经费]"
    assert f"预算数为⟦{stem}.budget⟧万元，执行数为⟦{stem}.executed⟧万元，预算执行率为⟦{stem}.execution⟧" in bind(
        PROJECT
    )


def test_another_amount_than_the_forms_is_marked() -> None:
    assert "执行数为⟦?900.1⟧万元" in bind(PROJECT.replace("执行数为964.1", "执行数为900.1"))


def test_targets_and_results_are_bound_whole_with_sign_and_unit() -> None:
    text = bind(f"{PROJECT}\n①杂志期数：年度目标值为4 期，实际完成1 期；②培训场次：目标值≥35场，实际完成40场。")
    assert f"目标值为⟦{JOURNAL}.target⟧，实际完成⟦{JOURNAL}.actual⟧；" in text
    assert "目标值⟦selfeval[行政运行工作经费].indicator[培训场次].target⟧" in text


def test_a_figure_alone_is_bound_where_the_text_words_sign_or_unit_itself() -> None:
    text = bind(f"{PROJECT}\n①培训场次：目标值35场，实际完成40场；②监管数据覆盖率：目标值≥80%，实际完成94.9%。")
    assert "目标值⟦selfeval[行政运行工作经费].indicator[培训场次].target_figure⟧场" in text
    assert "实际完成⟦selfeval[行政运行工作经费].indicator[监管数据覆盖率].actual_figure⟧。" in text


def test_what_contradicts_the_form_is_marked_and_found() -> None:
    told = f"{PROJECT}\n①杂志期数：年度目标值为4期，实际完成3期。"
    assert "实际完成⟦?3⟧期" in bind(told)
    report = with_form()
    found = check_text(report, facts_of(report), load_claim_book(template_root()), read(told))
    (finding,) = [f for f in found if f.rule == "text.selfeval_indicator"]
    assert (finding.expected, finding.found) == ("1", "3期")


def test_a_close_name_is_compared_where_one_of_its_values_is_the_forms() -> None:
    report, book = with_form(), load_claim_book(template_root())
    told = f"{PROJECT}\n①杂志发行期数：年度目标值为4期，实际完成3期。"
    found = check_text(report, facts_of(report), book, read(told))
    assert [f.expected for f in found if f.rule == "text.selfeval_indicator"] == ["1"]
    other = f"{PROJECT}\n①杂志发行期数：年度目标值为5期，实际完成3期。"
    assert "text.selfeval_indicator" not in {f.rule for f in check_text(report, facts_of(report), book, read(other))}


def test_a_close_name_needs_both_values_and_another_year_is_left_alone() -> None:
    text = bind(
        f"{PROJECT}\n食堂服务对象满意度：目标值≥80%，实际满意度为92.18%；"
        "发现的问题：2022年“食堂服务对象满意度”指标值为80%，2023年设置为80%。"
    )
    stem = "selfeval[行政运行工作经费].indicator[食堂服务对象满意率]"
    assert f"目标值⟦{stem}.target⟧，实际满意度为⟦{stem}.actual⟧" in text
    assert f"指标值为⟦?80%⟧，2023年设置为⟦{stem}.target_figure⟧。" in text
    assert "目标值≥⟦?80%⟧" in bind(f"{PROJECT}\n食堂服务对象满意度：目标值≥80%，实际完成70%。")


def test_unmet_indicators_are_counted() -> None:
    text = bind(f"{PROJECT}\n发现的问题：1个数量指标未完成。")
    assert "⟦selfeval[行政运行工作经费].unmet⟧个数量指标未完成" in text
    assert "⟦?2⟧个数量指标未完成" in bind(f"{PROJECT}\n发现的问题：2个数量指标未完成。")


def test_a_name_on_a_line_of_its_own_is_the_indicators() -> None:
    (told,) = statements(read(f"{PROJECT}\n①完成体征指标体系梳理：\n年度目标值为≥700个，实际完成1187个；"), [])
    assert (told.name, told.target, told.actual) == ("完成体征指标体系梳理", "≥700个", "1187个")


def test_outcomes_told_in_a_list_are_read() -> None:
    text = (
        "热线平台运维费项目绩效自评综述：\n项目全年预算数为157万元，执行数为150万元，完成预算95.5%。"
        "主要产出和效益：一是完成28家部门热线整合；二是收到投诉电话15.7万条；三是按时办结率达到99.8%。"
        "发现的问题及原因：一是流动率达到20%。"
    )
    told = list(statements(read(text), [], every=True))
    assert [(s.name, s.values()["actual"]) for s in told] == [
        ("完成部门热线整合", "28家"), ("收到投诉电话", "15.7万条"), ("按时办结率", "99.8%"),
    ]  # fmt: skip
    (spent,) = spendings(read(text), [])
    assert {k: float(v) for k, (v, _) in spent.values.items()} == {"budget": 157, "executed": 150, "execution": 95.5}


def test_what_no_form_holds_is_stored_as_rows_and_bound() -> None:
    report = with_form()
    text = f"{PROJECT}\n①杂志期数：年度目标值为4期，实际完成1期；②咨询报告：年度目标值为20份，实际完成26份。"
    report.fields["source.text"] = [[f"第 {i} 行", t] for i, t in enumerate((HEAD + text).split("\n"), 1)]
    harvest_text(report)
    (row,) = report.fields["input.indicators"]
    assert (row["project"], row["name"], row["target"], row["actual"]) == (
        "行政运行工作经费", "咨询报告", "20份", "26份",
    )  # fmt: skip
    stem = "selfeval[行政运行工作经费].indicator[咨询报告]"
    assert f"目标值为⟦{stem}.target⟧，实际完成⟦{stem}.actual⟧" in bind(text, report)
    row["actual"] = "25份"
    found = check_text(report, facts_of(report), load_claim_book(template_root()), read(text))
    assert any(f.rule == "text.selfeval_indicator" and f.expected == "25份" for f in found)


def test_projects_listed_with_their_amounts_become_rows() -> None:
    report = the_report()
    lines = (
        "第三部分 情况说明", "五、一般公共预算财政拨款支出决算情况说明", "项目支出主要用于：",
        "大楼运行维护费 100.5 万元。主要成效：维持良好秩序。", "十三、预算绩效情况说明", PROJECT,
    )  # fmt: skip
    report.fields["source.text"] = [[f"第 {i} 行", t] for i, t in enumerate(lines, 1)]
    harvest_text(report)
    rows = {r["name"]: r for r in report.fields["input.projects"]}
    assert rows["大楼运行维护费"] == {
        "name": "大楼运行维护费", "scope": "listed", "executed": 100_500_000, "results": "维持良好秩序。",
    }  # fmt: skip
    assert rows["行政运行工作经费"]["scope"] == "evaluated"


def test_the_programs_own_wording_is_read_back() -> None:
    """A report made here and read again gives the same projects, indicators and last year's totals."""
    report = with_form()
    projects = [
        {"name": "行政运行工作经费", "budget": 964_100_000, "executed": 964_100_000, "results": "成效显著"},
        {"name": "咨询服务经费", "scope": "evaluated", "budget": 20_000_000, "executed": 10_000_000},
        {"name": "门户网站运维费", "scope": "listed", "executed": 5_000_000, "results": "运行平稳"},
    ]
    rows = [{"project": "咨询服务经费", "level": "数量指标", "name": "咨询报告", "target": "20份", "actual": "26份"}]
    report.fields |= {
        "input.projects": projects, "input.indicators": rows,
        "input.last_year": [{"key": "total.income", "amount": 1_000_000_000}],
    }  # fmt: skip
    narrative = narrative_of(report)
    lines = ["第三部分 情况说明"]
    for section in ("total", "general", "performance"):
        spec = narrative.outline.section(section)
        assert spec is not None
        lines.append(f"{['一', '五', '十三'][len(lines) > 2]}、{spec.title.format(year=2023, department='')}")
        lines += [getattr(p, "plain", getattr(p, "text", "")) for p in narrative.pieces(section)]
    again = the_report()
    again.fields["source.text"] = [[f"第 {i} 行", t] for i, t in enumerate(lines, 1)]
    harvest_text(again)
    before, after = facts_of(report), facts_of(again)
    same = [i for i in after.ids() if i.startswith(("selfeval[咨询", "project[", "total.income"))]
    assert len(same) > 15
    names = {r["name"] for r in again.fields["input.projects"]}
    assert names == {p["name"] for p in projects}
    for fact_id in same:
        if not fact_id.startswith("project["):
            assert after.get(fact_id).value == before.get(fact_id).value, fact_id


# ── published reports ───────────────────────────────────────────────────────────────────────────────────────────────
def _seed(shared_dir: Path, number: str) -> Report:
    (path,) = (shared_dir / "seeds").glob(f"{number}_*.txt")
    return import_any(path).report


@pytest.mark.parametrize("number", ["000", "001", "002"])
def test_bound_indicators_of_a_seed_stand_behind_their_names(shared_dir: Path, number: str) -> None:
    """None wrongly: the words before a bound value name its indicator, and the value is the printed one."""
    report = _seed(shared_dir, number)
    context = text_context(report)
    assert context is not None
    facts = facts_of(report)
    text = bound_text(report, context)["performance"].text
    plain = [p.text for p in context.passages if p.section == "performance"]
    seen = 0
    for m in re.finditer(r"⟦selfeval\[[^\]]*\]\.indicator\[(?P<key>[^\]]*)\]\.(?:target|actual)(?:_figure)?⟧", text):
        around = indicator_key(re.sub(r"⟦[^⟧]*⟧", "", text[max(0, m.start() - 160) : m.end() + 10]))
        blocks = SequenceMatcher(None, m["key"], around, autojunk=False).get_matching_blocks()
        assert sum(b.size for b in blocks) >= len(m["key"]) * 0.7
        value = facts.written(m[0].strip("⟦⟧"), NumberStyle())
        assert any(re.sub(r"[\s,]", "", re.sub(r"\D+$", "", value)) in re.sub(r"[\s,]", "", p) for p in plain) or not (
            all(figures_differ(value, p, "") for p in plain)
        )
        seen += 1
    assert seen >= {"000": 110, "001": 10, "002": 8}[number]


def test_next_years_text_of_a_seed_asks_for_every_indicator(shared_dir: Path) -> None:
    report, _ = roll(_seed(shared_dir, "000"), 2024)
    facts = facts_of(report)
    text = str(report.fields["text.performance"])
    spans = [s for line in text.split("\n") for s in from_editable(line, facts, NumberStyle())]
    asked = [s for s in spans if s.state == "missing"]
    assert len([s for s in asked if s.text.endswith(("目标值】", "实际完成值】"))]) > 110
    assert not any(s.fact and s.fact.startswith("selfeval[") and s.state == "live" for s in spans)
    assert "808" not in "".join(s.text for s in spans)
