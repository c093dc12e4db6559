"""Copying and pasting in a real widget: where blocks land, what is refused, what stays automatic."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktopapp.core.amount import Unit
from desktopapp.core.commands import SetCells
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.forms import FormView


def c(row: str, col: str, form: str = "03") -> Cell:
    return Cell(form, row, col)


def put(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def got() -> str:
    return QGuiApplication.clipboard().text()


def said(qtbot: QtBot, view: FormView, action: Callable[[], None]) -> tuple[str, bool]:
    with qtbot.waitSignal(view.status_message) as told:
        action()
    assert told.args is not None
    return told.args[0], told.args[1]


# ── copying ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_copied_amounts_are_plain_numbers(form03: FormView) -> None:
    form03.table.select_range((1, 2), (2, 4))
    form03.copy()
    assert got() == "7483.71\t1383.50\t6100.21\r\n7483.71\t1383.50\t6100.21\r\n"
    html = QGuiApplication.clipboard().mimeData().html()
    assert ">7483.71</td>" in html and "#,##0.00" in html


def test_copied_with_the_header(form03: FormView) -> None:
    form03.table.select_range((1, 1), (1, 2))
    form03.copy(with_headers=True)
    assert got() == "项目 科目名称 栏次\t本年支出合计\r\n一般公共服务支出\t7483.71\r\n"


def test_copied_in_the_shown_unit(form03: FormView, document: Document) -> None:
    document.set_unit(Unit.YUAN)
    form03.table.select_range((3, 3), (3, 3))
    form03.copy()
    assert got() == "13835000.00\r\n"


def test_cut_copies_and_empties_in_one_step(form03: FormView, document: Document) -> None:
    form03.table.select_range((3, 3), (4, 4))
    form03.cut()
    assert got() == "1383.50\t\r\n\t6100.21\r\n"
    assert document.report.get(c("2010301", "basic")) is None
    document.undo()
    assert document.report.get(c("2010301", "basic")) == 1_383_500_000
    assert document.report.get(c("2010302", "project")) == 6_100_210_000


# ── pasting ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_block_lands_at_the_current_cell_as_one_step(form03: FormView, document: Document) -> None:
    before = dict(document.report.amounts)
    form03.go_to(c("2010301", "project"))
    put("1.5\t2\r\n3\t=4+1\r\n")
    form03.paste()
    assert document.report.get(c("2010301", "project")) == 1_500_000
    assert document.report.get(c("2010301", "to_superior")) == 2_000_000
    assert document.report.get(c("2010302", "to_superior")) == 5_000_000
    document.undo()
    assert document.report.amounts == before


def test_one_value_fills_the_selection(form03: FormView, document: Document) -> None:
    form03.table.select_range((3, 5), (4, 7))
    put("2\n")
    form03.paste()
    assert [document.report.get(c(r, k)) for r in ("2010301", "2010302") for k in ("to_superior", "operating")] == [
        2_000_000
    ] * 4


def test_a_row_is_repeated_over_a_selection_that_it_fills(form03: FormView, document: Document) -> None:
    form03.table.select_range((3, 5), (4, 6))
    put("1\t2")
    form03.paste()
    assert document.report.get(c("2010302", "operating")) == 2_000_000


def test_refused_cells_are_named_and_the_rest_is_kept(qtbot: QtBot, form03: FormView, document: Document) -> None:
    form03.go_to(c("2010301", "operating"))
    put("1\t2\n3\tabc\n")
    message, bad = said(qtbot, form03, form03.paste)
    assert bad and "第2行第2列“abc”不是金额" in message and "3 个金额" in message
    assert document.report.get(c("2010302", "operating")) == 3_000_000


def test_many_refusals_are_told_in_one_message(qtbot: QtBot, form03: FormView) -> None:
    form03.go_to(c("2010301", "basic"))
    put("\n".join(["x"] * 5))
    message, bad = said(qtbot, form03, form03.paste)
    assert bad and message.count("不是金额") == 3 and "共 5 处" in message


def test_labels_and_blank_cells_are_skipped(qtbot: QtBot, show: Callable[[str], FormView], document: Document) -> None:
    view = show("01")
    view.table.select_one(0, 0)
    put("随便\t1\t10\t别的\t32\t20\n\n")
    view.paste()
    assert document.report.get(c("general", "amount", "01")) == 10_000_000
    assert document.report.get(c("201", "amount", "01")) == 20_000_000


def test_what_falls_beyond_the_form_is_told(qtbot: QtBot, form03: FormView) -> None:
    form03.go_to(c("2080501", "to_affiliated"))
    put("1\t2\n3\t4")
    message, _ = said(qtbot, form03, form03.paste)
    assert "1 个金额" in message and "跳过 3 个" in message


def test_rows_by_code_are_found_wherever_they_stand(form03: FormView, document: Document) -> None:
    form03.table.select_one(1, 0)
    put("2010302\t一般行政管理事务\t\t\t77\n2010301\t行政运行\t\t11\n合计\t\t\t\t")
    form03.paste()
    assert document.report.get(c("2010302", "project")) == 77_000_000
    assert document.report.get(c("2010301", "basic")) == 11_000_000


def test_missing_rows_come_with_their_parents(qtbot: QtBot, form03: FormView, document: Document) -> None:
    form03.table.select_one(1, 0)
    put("2100101\t\t5\t5\n2100102\t\t6\t6\n210\t卫生健康支出\t11\t11")
    message, bad = said(qtbot, form03, form03.paste)
    assert not bad and "新增 4 行" in message
    rows = document.report.rows_of("03")
    assert rows.name("21001") == "卫生健康管理事务"
    assert document.report.get(c("210", "basic")) == 11_000_000
    document.undo()
    assert "210" not in document.report.rows_of("03")


def test_codes_in_three_columns_or_in_a_merged_cell(form03: FormView, document: Document) -> None:
    form03.table.select_one(1, 0)
    put("201\t03\t01\t行政运行\t\t8\n2010302\t\t\t一般行政管理事务\t\t9\n")
    form03.paste()
    assert document.report.get(c("2010301", "basic")) == 8_000_000
    assert document.report.get(c("2010302", "basic")) == 9_000_000


def test_header_rows_in_the_block_are_passed_over(qtbot: QtBot, form03: FormView, document: Document) -> None:
    form03.table.select_one(0, 0)
    put("科目编码\t科目名称\t本年支出合计\n类\t\t\n2010301\t行政运行\t\t8\n")
    message, bad = said(qtbot, form03, form03.paste)
    assert document.report.get(c("2010301", "basic")) == 8_000_000
    assert bad and "科目编码" in message, "a heading in other words is named, not swallowed"


def test_an_unknown_code_is_refused_by_name(qtbot: QtBot, form03: FormView, document: Document) -> None:
    form03.table.select_one(1, 0)
    put("2010377\t\t1\n30101\t基本工资\t2\n20\t\t3\n2010301\t行政运行\t\t8\n2010377\t新设科目\t1")
    message, bad = said(qtbot, form03, form03.paste)
    assert bad and "第1行第1列：2023年科目目录里没有编码 2010377" in message
    assert "第2行第1列：30101 不是支出功能分类科目" in message and "“20”不是公开03表的科目编码" in message
    rows = document.report.rows_of("03")
    assert "20" not in rows and "30101" not in rows
    assert rows.name("2010377") == "新设科目", "with a name of its own it is taken"
    assert document.report.get(c("2010301", "basic")) == 8_000_000


def test_totals_that_agree_stay_automatic_and_others_become_typed(form03: FormView, document: Document) -> None:
    form03.table.select_one(1, 0)
    put("201\t\t30\t10\t20\n20103\t\t30\t10\t20.01\n2010301\t\t10\t10\t\n2010302\t\t20\t\t20\n")
    form03.paste()
    report = document.report
    assert report.get(c("20103", "project")) == 20_010_000 and c("20103", "project") not in report.auto
    assert report.get(c("20103", "basic")) == 10_000_000 and c("20103", "basic") in report.auto
    assert c("2010301", "total") in report.auto
    assert report.get(c("201", "project")) == 20_000_000


def test_an_empty_text_does_not_overwrite_a_computed_amount(form03: FormView, document: Document) -> None:
    form03.go_to(c("201", "basic"))
    put("\t\n")
    form03.paste()
    assert c("201", "basic") in document.report.auto


def test_form_06_takes_its_three_blocks_by_code(show: Callable[[str], FormView], document: Document) -> None:
    view = show("06")
    view.table.select_one(0, 0)
    put("30101\t基本工资\t1\t30201\t办公费\t2\t31002\t办公设备购置\t3\n30102\t津贴补贴\t4\t\t\t\t\t\t\n")
    view.paste()
    got = {r: document.report.get(c(r, "amount", "06")) for r in ("30101", "30201", "31002", "30102")}
    assert got == {"30101": 1_000_000, "30201": 2_000_000, "31002": 3_000_000, "30102": 4_000_000}


def test_names_can_be_pasted(form03: FormView, document: Document) -> None:
    form03.table.select_one(3, 1)
    put("行政运行（新）\n")
    form03.paste()
    assert document.report.rows_of("03").name("2010301") == "行政运行（新）"


def test_a_table_without_plain_text_is_understood(form03: FormView, document: Document) -> None:
    data = QMimeData()
    data.setHtml("<table><tr><td>1</td><td>2</td></tr></table>")
    QGuiApplication.clipboard().setMimeData(data)
    form03.go_to(c("2010301", "operating"))
    form03.paste()
    assert document.report.get(c("2010301", "to_affiliated")) == 2_000_000


def test_an_empty_clipboard_is_said(qtbot: QtBot, form03: FormView) -> None:
    QGuiApplication.clipboard().clear()
    assert said(qtbot, form03, form03.paste) == ("剪贴板里没有可以粘贴的文字或表格。", True)


@pytest.mark.parametrize("form_id", ["01", "03", "04", "06", "09"])
@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("filled", [False, True])
def test_copying_a_form_and_pasting_it_changes_nothing(
    show: Callable[[str], FormView], document: Document, form_id: str, unit: Unit, filled: bool
) -> None:
    view = show(form_id)
    report = document.report
    if filled:
        cells = [cell for _, _, cell in view.model.grid.amounts_in(0, 0, 99, view.model.grid.columns - 1)]
        document.apply(SetCells(tuple((cell, (n + 1) * 10_000, False) for n, cell in enumerate(cells))))
    document.set_unit(unit)
    before = (dict(report.amounts), set(report.auto), list(report.rows_of(form_id)))
    view.select_all()
    view.copy()
    if filled:
        document.apply(SetCells(tuple((cell, None, False) for cell in cells)))
    view.paste()
    assert (report.amounts, report.auto, list(report.rows_of(form_id))) == before


AREAS = st.tuples(st.integers(0, 7), st.integers(2, 7), st.integers(0, 7), st.integers(2, 7))
AMOUNTS = st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9)), min_size=48, max_size=48)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(area=AREAS, amounts=AMOUNTS, unit=st.sampled_from(list(Unit)))
def test_copy_and_paste_is_the_identity(
    form03: FormView, document: Document, area: tuple[int, int, int, int], amounts: list[int | None], unit: Unit
) -> None:
    """Whatever stands in an area, pasting its copy over other amounts brings it back exactly."""
    document.set_unit(unit)
    top, bottom = sorted((area[0], area[2]))
    left, right = sorted((area[1], area[3]))
    cells = [cell for _, _, cell in form03.model.grid.amounts_in(0, 2, 7, 7)]
    values = [None if a is None else a * 10_000 or None for a in amounts]
    document.apply(SetCells(tuple((cell, a, False) for cell, a in zip(cells, values, strict=True))))
    before = dict(document.report.amounts)
    form03.table.select_range((top, left), (bottom, right))
    form03.copy()
    chosen = [cell for _, _, cell in form03.model.grid.amounts_in(top, left, bottom, right)]
    document.apply(SetCells(tuple((cell, 70_000, False) for cell in chosen)))
    form03.paste()
    assert document.report.amounts == before
