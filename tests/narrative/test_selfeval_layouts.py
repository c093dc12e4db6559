"""Layouts of self-evaluation forms of several regions: declared, printed, recognised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopapp.core.performance.selfeval import (
    Execution,
    FormKind,
    Fund,
    Goal,
    GroupWeight,
    Head,
    Indicator,
    SelfEvaluation,
)
from desktopapp.core.template import TemplateError
from desktopapp.narrative.document import Table
from desktopapp.narrative.outline import Outline
from desktopapp.narrative.selfeval_layouts import FormLayout, build_layouts, layout_of, likest
from desktopapp.narrative.selfeval_tables import form_table
from desktopapp.resources import resource_root
from desktopapp.store.outline_files import load_outline

WAN = 1_000_000
FORM = SelfEvaluation(
    FormKind.PROJECT,
    Head("网络安全经费", "某某局", "办公室"),
    Execution(
        100 * WAN,
        93 * WAN,
        weight=1000,
        initial=90 * WAN,
        funds=(Fund("其中：当年财政拨款", 90 * WAN, 95 * WAN, 88 * WAN), Fund("上年结转资金", None, 5 * WAN, 5 * WAN)),
    ),
    (Goal(0, "完成等保测评。", done="已完成三级等保测评。"),),
    (
        Indicator("产出指标", "数量指标", "测评系统数", "个", 5000, "≥4个", "4个", 5000),
        Indicator("效益指标", "社会效益指标", "安全水平", "", 3000, "提升", "提升", 2900, "持续改进"),
        Indicator("满意度指标", "服务对象满意度指标", "满意率", "", 1000, "≥90%", "96%", 1000),
    ),
    (GroupWeight("产出指标", "", 5000),),
    layout="central",
)


def outline(template: str = "hubei-2024") -> Outline:
    return load_outline(resource_root() / "templates", template)


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.body]


@pytest.mark.parametrize("kind", list(FormKind))
@pytest.mark.parametrize("layout", outline().layouts, ids=lambda layout: layout.id)
def test_every_row_of_every_layout_fills_the_width(layout: FormLayout, kind: FormKind) -> None:
    for form in (FORM, SelfEvaluation(FormKind.PROJECT), replace(FORM, goals=(Goal(1, "一"), Goal(2, "二")))):
        table = form_table(replace(form, kind=kind), 2024, layout)
        assert len(table.widths) == len(table.kinds) == layout.width
        below: list[int] = []
        for row in table.body:
            # Cells from above stand to the left of the row's own.
            hanging = sum(1 for rows in below if rows > 0)
            assert hanging + sum(cell.colspan for cell in row) == layout.width, [c.text for c in row]
            below = [rows - 1 for rows in below if rows > 1]
            below += [cell.rowspan - 1 for cell in row if cell.rowspan > 1 for _ in range(cell.colspan)]


def test_the_central_layout_as_printed() -> None:
    rows = texts(form_table(FORM, 2024, layout_of(FORM, outline().layouts)))
    assert rows[2] == ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]
    assert rows[3] == ["年度资金总额", "90", "100", "93", "10", "93%", "9.3"]
    assert rows[4] == ["其中：当年财政拨款", "90", "95", "88", "", "", ""]
    assert rows[6] == ["年度总体目标", "预期目标", "实际完成情况"]
    assert rows[7] == ["完成等保测评。", "已完成三级等保测评。"]
    assert rows[8][1:] == [
        "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施",
    ]  # fmt: skip
    assert rows[9] == ["产出指标（50分）", "数量指标", "测评系统数（个）", "≥4个", "4个", "50", "50", ""]
    assert rows[-1] == ["总分", "100", "98.3", ""]


def test_what_a_layout_has_no_column_for_is_printed_all_the_same() -> None:
    form = replace(FORM, causes="人员变动。", layout="standard")
    rows = texts(form_table(form, 2024, layout_of(form, outline().layouts)))
    assert ["上年结转资金", "5", "5", "", ""] in rows
    assert ["完成等保测评。", "已完成三级等保测评。"] in rows
    assert any("人员变动。" in row for row in rows)


def test_a_form_without_layout_and_one_with_an_unknown_layout_take_the_first() -> None:
    layouts = outline().layouts
    assert layout_of(replace(FORM, layout=""), layouts) is layouts[0]
    assert layout_of(replace(FORM, layout="elsewhere"), layouts) is layouts[0]


def test_a_template_chooses_the_layout_of_new_forms_without_repeating_the_other_words() -> None:
    shanghai = outline("shanghai-2024")
    assert shanghai.selfeval["layout"] == "shanghai" and outline().selfeval["layout"] == "standard"
    assert shanghai.selfeval["causes"] == outline().selfeval["causes"]


def test_a_form_read_from_a_document_is_recognised_by_its_columns() -> None:
    layouts = outline().layouts
    for layout in layouts:
        execution = replace(
            FORM.execution,
            initial=WAN if "initial" in layout.execution else None,
            funds=FORM.execution.funds if layout.funds else (),
        )
        form = replace(FORM, execution=execution, goals=(Goal(0, "一", done="二" if "done" in layout.goal else ""),))
        assert likest(form, layout.columns, layouts) == ("" if layout is layouts[0] else layout.id)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"columns": ["name", "level1", "level2"]}, "columns"),
        ({"columns": ["level1", "level2", "name", "colour"]}, "columns"),
        ({"widths": [10, 10]}, "widths"),
        ({"execution": ["initial", "budget", "executed", "weight", "rate", "score"]}, "execution"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_layout_says_where(change: dict[str, object], key: str) -> None:
    raw = {
        "id": "x",
        "name": "表",
        "execution_weight": 20,
        "head": [],
        "execution": ["budget"],
        "goal": ["text"],
        "columns": ["level1", "level2", "name", "target", "actual"],
        "foot": [],
        "widths": [20, 20, 22, 52, 26, 26],
    }
    assert build_layouts([raw], "f.toml", {})[0].width == 6
    with pytest.raises(TemplateError) as caught:
        build_layouts([raw | change], "f.toml", {})
    assert key in str(caught.value)
