"""The whole report: parts and sections in order, forms, figures, tables, what is withheld or left out."""

from __future__ import annotations

from typing import Any

import pytest

from desktopapp.core.performance.selfeval import (
    Execution,
    FormKind,
    Goal,
    GroupWeight,
    Head,
    Indicator,
    SelfEvaluation,
)
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.report import new_report
from desktopapp.narrative.document import (
    Attachment,
    Contents,
    Cover,
    Figure,
    FormTable,
    Heading,
    Table,
    Text,
)
from tests.generators import published_report, the_template
from tests.narrative.cases import TEMPLATES, block_texts, case, document_of
from tests.narrative.random_inputs import fill_inputs

PARTS = {
    "hubei-2023": ["概况", "部门决算表", "部门决算情况说明", "重点工作完成情况", "名词解释", "附件"],
    "hubei-2024": ["概况", "部门决算表", "部门决算情况说明", "重点工作完成情况", "名词解释", "附件"],
    "xianning-2023": ["单位概况", "部门决算表", "部门决算安排情况说明", "名词解释", "附件"],
    "shanghai-2024": ["概况", "部门决算表", "部门决算情况说明", "名词解释", "附件"],
}
SECTIONS = {"hubei-2023": 13, "hubei-2024": 13, "xianning-2023": 10, "shanghai-2024": 11}
#: The sections of Part 3 as the two published reports of Wuhan name them.
PUBLISHED = (
    "一、收入支出决算总体情况说明",
    "二、收入决算情况说明",
    "三、支出决算情况说明",
    "四、财政拨款收入支出决算总体情况说明",
    "五、一般公共预算财政拨款支出决算情况说明",
    "六、一般公共预算财政拨款基本支出决算情况说明",
    "七、政府性基金预算财政拨款收入支出决算情况说明",
    "八、国有资本经营预算财政拨款支出决算情况说明",
    "九、财政拨款“三公”经费支出决算情况说明",
    "十、机关运行经费支出说明",
    "十一、政府采购支出说明",
    "十二、国有资产占用情况说明",
    "十三、预算绩效情况说明",
)
DIGITS = "一二三四五六"


def project() -> SelfEvaluation:
    """Return a form with groups, two goals and everything filled in."""
    indicators = (
        Indicator("产出指标", "数量指标", "举办培训", "次", 1000, "≥4次", "5次", 1000, goal=1),
        Indicator("产出指标", "数量指标", "编制报告", "份", 1000, "6份", "6份", 1000, goal=1),
        Indicator("产出指标", "质量指标", "合格率", "", 2000, "100%", "100%", 2000, goal=1),
        Indicator("满意度指标", "服务对象满意度", "满意度", "", 4000, "≥90%", "95%", 4000, goal=2),
    )
    return SelfEvaluation(
        FormKind.PROJECT,
        Head("项目甲", "示例局", "办公室", "部门预算项目", "持续性项目", "常年性项目"),
        Execution(budget=500_000_000, executed=498_500_000),
        (Goal(1, "目标一", 4000), Goal(2, "目标二", 4000)),
        indicators,
        (GroupWeight("产出指标", "", 4000, 1), GroupWeight("产出指标", "数量指标", 2000, 1)),
        causes="无。",
        measures="继续做好。",
    )


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_parts_and_sections_in_order(template_id: str) -> None:
    report = fill_inputs(published_report(2, the_template(template_id)), 2, 1.0)
    report.fields["selfeval"] = [to_json(project())]
    document = document_of(report)
    parts = [h for h in document.headings() if h.level == 1]
    assert [h.text.partition("　")[0] for h in parts] == [f"第{DIGITS[i]}部分" for i in range(len(parts))]
    for heading, name in zip(parts, PARTS[template_id], strict=True):
        assert heading.text.endswith(name)
    third = headings_of(document.blocks, parts[2].id)
    assert len(third) == SECTIONS[template_id]


def headings_of(blocks: tuple[Any, ...], part: str) -> list[str]:
    """Return the headings of level 2 within a part."""
    inside, found = False, []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = block.id == part
        elif isinstance(block, Heading) and block.level == 2 and inside:
            found.append(block.text)
    return found


@pytest.mark.parametrize("name", ["000", "001"])
def test_published_reports_are_built_alike(name: str) -> None:
    report = case(name).report
    report.fields["input.key_work"] = [{"matter": "数据基础", "goal": "建设制度", "done": "已完成"}]
    blocks = document_of(report).blocks
    assert isinstance(blocks[0], Cover)
    assert any(isinstance(b, Contents) for b in blocks[:4])
    assert [b.form_id for b in blocks if isinstance(b, FormTable)] == [f"0{n}" for n in range(1, 10)]
    assert tuple(headings_of(blocks, "explanation")) == PUBLISHED
    assert [b.id for b in blocks if isinstance(b, Figure)] == ["total", "income", "expense", "fiscal"]
    assert [b.caption[:2] for b in blocks if isinstance(b, Figure)] == ["图1", "图2", "图3", "图4"]
    last = blocks[-1]
    assert isinstance(last, Text)
    assert last.plain == "联系电话：（略）"


def test_figures_stand_in_their_sections() -> None:
    blocks = document_of(case("000").report).blocks
    section = ""
    places = {}
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            section = block.id
        if isinstance(block, Figure):
            places[block.id] = section
    assert places == {"total": "total", "income": "income", "expense": "expense", "fiscal": "fiscal"}


def test_figures_show_the_facts() -> None:
    charts = {b.id: b.chart for b in document_of(case("000").report).blocks if isinstance(b, Figure)}
    assert charts["total"].categories == ("2022年度", "2023年度")
    assert charts["total"].series[0] == ("收入总计", (10_767_200_000, 12_938_500_000))
    assert charts["expense"].categories == ("基本支出", "项目支出")
    assert charts["expense"].series[0][1] == (2_015_610_000, 10_922_890_000)


def test_figures_of_choice() -> None:
    report = case("000").report
    report.fields["figures"] = ["classes", "trend"]
    report.fields["input.trend"] = [{"key": "2", "income": 9_000_000_000, "expense": 9_100_000_000}]
    charts = {b.id: b.chart for b in document_of(report).blocks if isinstance(b, Figure)}
    assert charts["classes"].categories[0] == "一般公共服务支出"
    assert [n for n, _ in charts["classes"].series] == ["年初预算数", "支出决算数"]
    assert charts["trend"].categories == ("2021年度", "2022年度", "2023年度")
    numbers = [b.caption[1] for b in document_of(report).blocks if isinstance(b, Figure)]
    assert numbers == list("123456")


@pytest.mark.parametrize("template_id", ["xianning-2023", "shanghai-2024"])
def test_outlines_without_figures(template_id: str) -> None:
    report = published_report(2, the_template(template_id))
    assert not [b for b in document_of(report).blocks if isinstance(b, Figure)]
    report.fields["figures"] = ["expense"]
    assert [b.caption[:2] for b in document_of(report).blocks if isinstance(b, Figure)] == ["图1"]


def test_nothing_to_draw_is_no_figure() -> None:
    report = new_report(the_template(), 2023, "单位")
    assert not [b for b in document_of(report).blocks if isinstance(b, Figure)]


def test_withheld_sections_say_so() -> None:
    report = case("000").report
    report.fields["classified"] = ["duties", "procurement", "form.07"]
    blocks = document_of(report).blocks
    texts = block_texts(blocks)
    assert texts[texts.index("十一、政府采购支出说明") + 1] == "政府采购支出说明涉及国家秘密，依照规定不予公开。"
    assert "07" not in [b.form_id for b in blocks if isinstance(b, FormTable)]
    assert not any("4,816.1" in t for t in texts)


def test_sections_without_contents_are_left_out() -> None:
    report = case("000").report
    del report.fields["input.offices"]
    assert headings_of(document_of(report).blocks, "overview") == ["一、主要职责", "二、机构设置情况"]
    report.fields["text.offices"] = "没有内设机构。"
    assert headings_of(document_of(report).blocks, "overview")[-1] == "三、内设机构情况"


def test_tables_of_inputs() -> None:
    report = case("000").report
    report.fields["input.key_work"] = [{"matter": "甲", "goal": "乙", "done": "丙"}, {"matter": "丁"}]
    table = next(b for b in document_of(report).blocks if isinstance(b, Table))
    assert [c.text for c in table.head[0]] == ["序号", "重要事项", "工作内容及目标", "完成情况"]
    assert [[c.text for c in r] for r in table.body] == [["1", "甲", "乙", "丙"], ["2", "丁", "", ""]]


def test_attachments_are_listed() -> None:
    report = case("000").report
    report.fields["attachments"] = [{"title": "评价报告", "path": "报告.pdf"}, {"title": "空的"}, "x"]
    del report.fields["selfeval"]
    assert [b for b in document_of(report).blocks if isinstance(b, Attachment)] == [Attachment("评价报告", "报告.pdf")]


# ── self-evaluation forms ───────────────────────────────────────────────────────────────────────────────────────────
def grid(table: Table) -> list[list[str]]:
    """Return the texts of a table in a full grid; fails when spans overlap or leave holes."""
    rows = [*table.head, *table.body]
    columns = len(table.widths)
    filled: list[list[str | None]] = [[None] * columns for _ in rows]
    for at, row in enumerate(rows):
        free = iter([c for c in range(columns) if filled[at][c] is None])
        for cell in row:
            first = next(free)
            for down in range(cell.rowspan):
                for right in range(cell.colspan):
                    assert filled[at + down][first + right] is None, (at, cell)
                    filled[at + down][first + right] = cell.text
            for _ in range(cell.colspan - 1):
                next(free)
    assert all(text is not None for row in filled for text in row)
    return [[str(t) for t in row] for row in filled]


def test_self_evaluation_is_a_whole_table() -> None:
    report = case("000").report
    department = SelfEvaluation(
        FormKind.DEPARTMENT,
        Head("示例局"),
        Execution(budget=10, executed=10, rate="100%", score=2000, basic_total=1_000_000, project_total=2_000_000),
        (),
        project().indicators[:1],
        total=9741,
    )
    report.fields["selfeval"] = [to_json(project()), to_json(department)]
    tables = [b for b in document_of(report).blocks if isinstance(b, Table)]
    assert [t.caption for t in tables] == ["2023年度示例局部门整体绩效自评表", "2023年度“项目甲”项目自评表"]
    rows = grid(tables[1])
    assert list(dict.fromkeys(rows[6][1:])) == ["年度财政资金总额", "500", "498.5", "99.7%", "19.94"]
    assert any("举办培训（10分）（次）" in r for r in rows)
    assert any("产出指标（40分）" in r and "数量指标（20分）" in r for r in rows)
    assert any("1、部门预算项目☑　2、市直专项☐　3、转移支付项目☐" in r for r in rows)
    assert list(dict.fromkeys(rows[-3])) == ["总分", "99.94"]
    assert "97.41" in grid(tables[0])[-3]


@pytest.mark.parametrize("name", ["000"])
def test_published_self_evaluations_are_whole_tables(name: str) -> None:
    tables = [b for b in document_of(case(name).report).blocks if isinstance(b, Table) and "自评表" in b.caption]
    assert len(tables) == 4
    for table in tables:
        assert len(grid(table)) > 8


def test_empty_self_evaluation_is_a_whole_table() -> None:
    report = case("000").report
    report.fields["selfeval"] = [to_json(SelfEvaluation(FormKind.PROJECT))]
    table = next(b for b in document_of(report).blocks if isinstance(b, Table) and "自评表" in b.caption)
    assert grid(table)
