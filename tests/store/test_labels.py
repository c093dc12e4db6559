"""Names of commands in the undo menu."""

from __future__ import annotations

import pytest

from desktopapp.core.commands import (
    Batch,
    Command,
    DeleteRow,
    InsertRow,
    RenameRow,
    SetCells,
    SetField,
    SetGrain,
    SetHead,
    SetSetting,
    typed,
)
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, SINGLE_ROW, TOTAL_ROW, Cell
from desktopapp.store.labels import cell_name, describe
from tests.store.reports import PAY, WAN, small_report


@pytest.fixture(scope="module")
def report() -> Report:
    return small_report()


@pytest.mark.parametrize(
    ("command", "label"),
    [
        (typed(PAY, WAN), "修改 公开03表 2010301 行政运行 基本支出"),
        (typed(PAY, None), "清空 公开03表 2010301 行政运行 基本支出"),
        (SetCells(((PAY, None, True),)), "恢复自动计算 公开03表 2010301 行政运行 基本支出"),
        (
            SetCells(((PAY, WAN, False), (Cell("03", "2010301", "project"), None, False))),
            "修改 公开03表 2 格",
        ),
        (Batch("", (typed(PAY, WAN), typed(Cell("02", "2010301", "fiscal"), WAN))), "修改 2 张表 2 格"),
        (Batch("粘贴 12 格", (typed(PAY, WAN),)), "粘贴 12 格"),
        (Batch("", ()), "未作改动"),
        (InsertRow("03", "2010399", "其他支出"), "插入行 公开03表 2010399 其他支出"),
        (
            Batch("", (InsertRow("03", "204", "公共安全支出"), InsertRow("03", "20402", "公安"))),
            "插入行 公开03表 204 公共安全支出 等 2 行",
        ),
        (
            Batch("", (InsertRow("03", "204", "公共安全支出"), DeleteRow("03", "2010301"))),
            "插入行 公开03表 204 公共安全支出 等 2 项",
        ),
        (DeleteRow("03", "2010301"), "删除行 公开03表 2010301 行政运行"),
        (RenameRow("03", "2010301", "新名"), "更改名称 公开03表 2010301 新名"),
        (SetHead("新局", 2023), "更改单位名称“新局”"),
        (SetHead("新局", 2024), "更改单位名称“新局”和年度 2024"),
        (SetHead("示例市财政局", 2023), "更改单位和年度"),
        (SetGrain("03", 1), "公开03表 改为按元保存"),
        (SetGrain("03", 10_000), "公开03表 改为按万元保存"),
        (SetSetting("all_administrative", True), "选定“各单位均为行政单位或参照公务员法管理的单位”"),
        (SetSetting("unknown", False), "取消“unknown”"),
        (SetField("text.duties", "x"), "修改文字内容"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_label(report: Report, command: Command, label: str) -> None:
    assert describe(command, report) == label


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (Cell(f"{LAST}03", "2010301", "basic"), "上年公开03表 2010301 行政运行 基本支出"),
        (Cell("03", TOTAL_ROW, "basic"), "公开03表 合计 基本支出"),
        (Cell("05", "2010301", "basic"), "公开05表 2010301 行政运行 本年支出 基本支出"),
        (Cell("01", "general", "amount"), "公开01表 一、一般公共预算财政拨款收入"),
        (Cell("09", SINGLE_ROW, "budget_vehicles"), "公开09表 预算数 公务用车购置及运行维护费 小计"),
        (Cell("99", "x", "y"), "99 x y"),
        (Cell("03", "999", "nothing"), "公开03表 999"),
    ],
)
def test_cell_is_called_by_its_printed_words(report: Report, cell: Cell, name: str) -> None:
    assert cell_name(cell, report) == name


def test_naming_adds_nothing_to_the_report(report: Report) -> None:
    forms = set(report.rows)
    cell_name(Cell("98", "x", "y"), report)
    assert set(report.rows) == forms
