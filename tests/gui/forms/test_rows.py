"""Rows by code: added from the line for input, with completion and parents; recoded, renamed, deleted, sorted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopapp.core.commands import InsertRow
from desktopapp.core.findings import Severity
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.forms import FormView

KEY = Qt.Key


def c(row: str, col: str, form: str = "03") -> Cell:
    return Cell(form, row, col)


@pytest.fixture
def at_input(form03: FormView) -> FormView:
    """Return form 03 with the editor open in the line for input."""
    form03.insert_row()
    assert form03.editing.active
    return form03


def type_text(qtbot: QtBot, view: FormView, text: str) -> None:
    for letter in text:
        if letter.isascii():
            qtbot.keyClicks(view.editing.editor, letter)
        else:
            event = QInputMethodEvent()
            event.setCommitString(letter)
            QApplication.sendEvent(view.editing.editor, event)


def shown_codes(view: FormView) -> list[str]:
    codes = view.editing.codes
    return [codes.item(i).text().split()[0] for i in range(codes.count())] if codes.isVisible() else []


def test_a_code_brings_its_missing_parents(qtbot: QtBot, at_input: FormView, document: Document) -> None:
    type_text(qtbot, at_input, "2100101")
    qtbot.keyClick(at_input.editing.editor, KEY.Key_Return)
    rows = document.report.rows_of("03")
    assert [r for r in rows if r.startswith("210")] == ["210", "21001", "2100101"]
    assert rows.name("2100101") == "行政运行" and rows.name("210") == "卫生健康支出"
    assert at_input.current_cell() == c("2100101", "basic"), "typing goes on with the first amount that is not computed"
    document.undo()
    assert not any(r.startswith("210") for r in document.report.rows_of("03"))


def test_the_list_finds_codes_while_typing(qtbot: QtBot, at_input: FormView) -> None:
    type_text(qtbot, at_input, "20103")
    assert shown_codes(at_input)[:2] == ["20103", "2010301"]
    assert at_input.editing.codes.code() == "", "a whole code is taken as typed"
    type_text(qtbot, at_input, "0")
    assert at_input.editing.codes.code() == "2010301"


def test_names_and_initials_find_codes_too(qtbot: QtBot, at_input: FormView, document: Document) -> None:
    type_text(qtbot, at_input, "机关服务")
    assert "2010303" in shown_codes(at_input)
    assert at_input.editing.codes.code() == "2010303", "the one beside the rows of the form comes first"
    qtbot.keyClick(at_input.editing.editor, KEY.Key_Return)
    assert "2010303" in document.report.rows_of("03")


def test_arrows_choose_from_the_list_and_tab_takes_it(qtbot: QtBot, at_input: FormView, document: Document) -> None:
    type_text(qtbot, at_input, "210010")
    first = at_input.editing.codes.code()
    qtbot.keyClick(at_input.editing.editor, KEY.Key_Down)
    second = at_input.editing.codes.code()
    assert first != second
    qtbot.keyClick(at_input.editing.editor, KEY.Key_Tab)
    assert second in document.report.rows_of("03")
    assert not at_input.editing.active


def test_escape_closes_the_list_and_the_editor(qtbot: QtBot, at_input: FormView, document: Document) -> None:
    type_text(qtbot, at_input, "210")
    qtbot.keyClick(at_input.editing.editor, KEY.Key_Escape)
    assert not at_input.editing.active and not at_input.editing.codes.isVisible()
    assert "210" not in document.report.rows_of("03")


def test_a_click_in_the_list_takes_the_code(qtbot: QtBot, at_input: FormView, document: Document) -> None:
    type_text(qtbot, at_input, "210010")
    codes = at_input.editing.codes
    wanted = codes.item(2).text().split()[0]
    qtbot.mouseClick(codes.viewport(), Qt.MouseButton.LeftButton, pos=codes.visualItemRect(codes.item(2)).center())
    assert wanted in document.report.rows_of("03")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2010301", "已有科目 2010301 行政运行，不能重复增加"),
        ("2010377", "2023年科目目录里没有编码 2010377"),
        ("30101", "30101 不是支出功能分类科目"),
        ("20", "应为 3、5、7 位数字"),
        ("没有这样的科目", "2023年科目目录里没有“没有这样的科目”"),
    ],
)
def test_what_is_no_new_code_is_refused_in_words(
    qtbot: QtBot, form03: FormView, document: Document, typed: str, reason: str
) -> None:
    before = list(document.report.rows_of("03"))
    form03.insert_row()
    form03.editing.editor.setText(typed)
    with qtbot.waitSignal(form03.status_message) as told:
        qtbot.keyClick(form03.editing.editor, KEY.Key_Return)
    assert told.args is not None and reason in told.args[0] and told.args[1]
    assert form03.editing.active and form03.editing.editor.text() == typed
    assert list(document.report.rows_of("03")) == before


def test_an_ambiguous_name_asks_for_a_choice(qtbot: QtBot, form03: FormView) -> None:
    form03.insert_row()
    form03.editing.editor.setText("行政运行")
    with qtbot.waitSignal(form03.status_message) as told:
        qtbot.keyClick(form03.editing.editor, KEY.Key_Return)
    assert told.args is not None and "请从列表中选择或录入编码" in told.args[0]


def test_an_unknown_code_is_taken_with_a_name(form03: FormView, document: Document) -> None:
    form03.insert_row()
    form03.editing.editor.setText("2010377 新设科目")
    assert form03.commit_editing()
    assert document.report.rows_of("03").name("2010377") == "新设科目"


def test_an_empty_input_line_adds_nothing(qtbot: QtBot, at_input: FormView, document: Document) -> None:
    qtbot.keyClick(at_input.editing.editor, KEY.Key_Return)
    assert not at_input.editing.active
    assert document.undo() is None


def test_a_new_code_moves_the_row_with_its_amounts(qtbot: QtBot, form03: FormView, document: Document) -> None:
    form03.table.select_one(3, 0)
    form03.edit_current()
    form03.editing.editor.setText("2010303")
    qtbot.keyClick(form03.editing.editor, KEY.Key_Return)
    assert "2010301" not in document.report.rows_of("03")
    assert document.report.get(c("2010303", "basic")) == 1_383_500_000
    assert document.report.rows_of("03").name("2010303") == "机关服务"
    document.undo()
    assert document.report.get(c("2010301", "basic")) == 1_383_500_000


def test_a_name_can_be_changed_freely(qtbot: QtBot, form03: FormView, document: Document) -> None:
    form03.table.select_one(3, 1)
    form03.edit_current("")
    type_text(qtbot, form03, "行政运行")
    assert form03.editing.codes.code() == "", "a name is only a name until a line of the list is chosen"
    type_text(qtbot, form03, "（新）")
    qtbot.keyClick(form03.editing.editor, KEY.Key_Return)
    assert document.report.rows_of("03").name("2010301") == "行政运行（新）"
    assert form03.model.row_marks("2010301")[0][0] is Severity.WARNING, "the name differs from the catalogue's"


def test_a_line_of_the_list_chosen_for_a_name_changes_the_code(
    qtbot: QtBot, form03: FormView, document: Document
) -> None:
    form03.table.select_one(3, 1)
    form03.edit_current("")
    type_text(qtbot, form03, "机关服务")
    qtbot.keyClick(form03.editing.editor, KEY.Key_Down)
    qtbot.keyClick(form03.editing.editor, KEY.Key_Return)
    assert "2010303" in document.report.rows_of("03") and "2010301" not in document.report.rows_of("03")


def test_deleting_rows_says_so_and_undo_brings_them_back(qtbot: QtBot, form03: FormView, document: Document) -> None:
    form03.table.select_range((3, 3), (4, 3))
    with qtbot.waitSignal(form03.status_message) as told:
        qtbot.keyClick(form03.table, KEY.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["已删除2 行（连同金额），可用“撤销”（Ctrl+Z）找回。", False]
    assert "2010301" not in document.report.rows_of("03")
    document.undo()
    assert document.report.get(c("2010301", "basic")) == 1_383_500_000
    assert form03.model.shown(3, 3) == "1,383.50"


def test_fixed_rows_cannot_be_deleted(qtbot: QtBot, show: Callable[[str], FormView], document: Document) -> None:
    view = show("01")
    with qtbot.waitSignal(view.status_message) as told:
        view.delete_rows()
    assert told.args is not None and told.args[1]
    with qtbot.waitSignal(view.status_message) as told:
        view.insert_row()
    assert told.args == ["本表的行是固定的，不能增加。", True]


def test_rows_in_another_order_can_be_sorted(form03: FormView, document: Document) -> None:
    document.apply(InsertRow("03", "205", "教育支出", 0))
    form03.sort_rows()
    rows = list(document.report.rows_of("03"))
    assert rows == sorted(rows)


def test_chosen_codes_can_be_added_to_another_form(form03: FormView, document: Document) -> None:
    form03.go_to(c("2010301", "basic"))
    actions = {a.text(): a for a in form03.actions()}
    actions["把所选科目加入公开05表"].trigger()
    assert list(document.report.rows_of("05")) == ["201", "20103", "2010301"]
    document.undo()
    assert not len(document.report.rows_of("05"))


def test_form_06_takes_a_further_code_in_its_block(
    qtbot: QtBot, show: Callable[[str], FormView], document: Document
) -> None:
    view = show("06")
    view.insert_row()
    view.editing.editor.setText("31005")
    qtbot.keyClick(view.editing.editor, KEY.Key_Return)
    assert view.current_cell() == Cell("06", "31005", "amount")
    here = view.table.here()
    assert here is not None and here[1] == 8, "among the 310 codes on the right"


def test_the_place_is_kept_when_rows_come_and_go(form03: FormView, document: Document) -> None:
    form03.go_to(c("2080501", "basic"))
    document.apply(InsertRow("03", "205", "教育支出"))
    assert form03.current_cell() == c("2080501", "basic")
    document.undo()
    assert form03.current_cell() == c("2080501", "basic")
