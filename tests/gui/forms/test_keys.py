"""Every key of the keyboard, in a real widget, as people know it from spreadsheets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktopapp.core.amount import format_number
from desktopapp.core.commands import SetCells
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.forms import FormView

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Typist:
    """Sends keys to whatever has the focus inside a form."""

    def __init__(self, qtbot: QtBot, view: FormView) -> None:
        self.qtbot, self.view = qtbot, view

    @property
    def widget(self):  # type: ignore[no-untyped-def]
        return self.view.editing.editor if self.view.editing.active else self.view.table

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.widget, key, modifiers)

    def type(self, text: str) -> None:
        for letter in text:
            self.qtbot.keyClicks(self.widget, letter)


@pytest.fixture
def typist(qtbot: QtBot, form03: FormView) -> Typist:
    return Typist(qtbot, form03)


def c(row: str, col: str, form: str = "03") -> Cell:
    return Cell(form, row, col)


def at(view: FormView, row: str, col: str) -> None:
    assert view.go_to(c(row, col, view.form_id))


# ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_arrows_go_from_cell_to_cell(typist: Typist) -> None:
    view = typist.view
    at(view, "201", "basic")
    typist.press(KEY.Key_Down)
    assert view.current_cell() == c("20103", "basic")
    typist.press(KEY.Key_Right)
    assert view.current_cell() == c("20103", "project")
    typist.press(KEY.Key_Up)
    typist.press(KEY.Key_Left)
    assert view.current_cell() == c("201", "basic")


def test_left_of_the_first_amount_are_name_and_code(typist: Typist) -> None:
    at(typist.view, "201", "total")
    typist.press(KEY.Key_Left)
    assert typist.view.table.here() == (1, 1)
    assert typist.view.current_cell() is None
    typist.press(KEY.Key_Left)
    assert typist.view.table.here() == (1, 0)
    typist.press(KEY.Key_Left)
    assert typist.view.table.here() == (1, 0)


def test_arrows_pass_over_labels_and_blank_lines(qtbot: QtBot, show: Callable[[str], FormView]) -> None:
    view = show("01")
    typist = Typist(qtbot, view)
    assert view.current_cell() == c("general", "amount", "01")
    typist.press(KEY.Key_Right)
    assert view.current_cell() == c("201", "amount", "01")
    typist.press(KEY.Key_Left)
    for _ in range(8):
        typist.press(KEY.Key_Down)
    cell = view.current_cell()
    assert cell is not None and cell.row == "income_total", "blank lines 9 to 26 are passed over"


def test_enter_goes_down_and_shift_enter_up(typist: Typist) -> None:
    at(typist.view, "201", "basic")
    typist.press(KEY.Key_Return)
    assert typist.view.current_cell() == c("20103", "basic")
    typist.press(KEY.Key_Enter, SHIFT)
    assert typist.view.current_cell() == c("201", "basic")


def test_tab_wraps_to_the_first_amount_of_the_next_row(typist: Typist) -> None:
    at(typist.view, "201", "operating")
    typist.press(KEY.Key_Tab)
    assert typist.view.current_cell() == c("201", "to_affiliated")
    typist.press(KEY.Key_Tab)
    assert typist.view.current_cell() == c("20103", "total")
    at(typist.view, "20103", "basic")
    typist.press(KEY.Key_Backtab, SHIFT)
    assert typist.view.current_cell() == c("20103", "total")


def test_shift_tab_wraps_back(qtbot: QtBot, show: Callable[[str], FormView]) -> None:
    view = show("01")
    at(view, "fund", "amount")
    Typist(qtbot, view).press(KEY.Key_Backtab, SHIFT)
    assert view.current_cell() == c("201", "amount", "01")


def test_ctrl_home_and_end_find_the_corners(typist: Typist) -> None:
    at(typist.view, "20103", "basic")
    typist.press(KEY.Key_End, CTRL)
    assert typist.view.current_cell() == c("2080501", "to_affiliated")
    typist.press(KEY.Key_Home, CTRL)
    assert typist.view.current_cell() == c("total", "total")


def test_home_and_end_find_the_ends_of_the_row(typist: Typist) -> None:
    at(typist.view, "20103", "basic")
    typist.press(KEY.Key_End)
    assert typist.view.current_cell() == c("20103", "to_affiliated")
    typist.press(KEY.Key_Home)
    assert typist.view.table.here() == (2, 0)


def test_ctrl_arrows_find_the_edge_of_the_data(typist: Typist) -> None:
    at(typist.view, "2010301", "basic")
    typist.press(KEY.Key_Down, CTRL)
    assert typist.view.current_cell() == c("208", "basic"), "over the empty cell to the next filled one"
    typist.press(KEY.Key_Down, CTRL)
    assert typist.view.current_cell() == c("2080501", "basic"), "to the last of the filled ones"
    typist.press(KEY.Key_Right, CTRL)
    assert typist.view.current_cell() == c("2080501", "to_affiliated"), "nothing filled: to the end"


def test_page_keys_move_by_screens(qtbot: QtBot, show: Callable[[str], FormView]) -> None:
    view = show("01")
    view.resize(1000, 420)
    typist = Typist(qtbot, view)
    at(view, "201", "amount")
    typist.press(KEY.Key_PageDown)
    row = view.table.here()
    assert row is not None and 3 < row[0] < 20
    typist.press(KEY.Key_PageUp)
    assert view.current_cell() == c("201", "amount", "01")


def test_shift_stretches_the_selection(typist: Typist) -> None:
    at(typist.view, "201", "basic")
    typist.press(KEY.Key_Down, SHIFT)
    typist.press(KEY.Key_Right, SHIFT)
    assert typist.view.table.selected() == (1, 3, 2, 4)
    assert typist.view.current_cell() == c("201", "basic")
    typist.press(KEY.Key_Up, SHIFT)
    assert typist.view.table.selected() == (1, 3, 1, 4)
    typist.press(KEY.Key_Down)
    assert typist.view.table.selected() == (2, 3, 2, 3)


def test_ctrl_a_selects_the_body_without_the_line_for_input(typist: Typist) -> None:
    typist.press(KEY.Key_A, CTRL)
    assert typist.view.table.selected() == (0, 0, 7, 7)


def test_space_selects_rows_and_columns(typist: Typist) -> None:
    at(typist.view, "201", "basic")
    typist.press(KEY.Key_Space, SHIFT)
    assert typist.view.table.selected() == (1, 0, 1, 7)
    at(typist.view, "201", "basic")
    typist.press(KEY.Key_Space, CTRL)
    assert typist.view.table.selected() == (0, 3, 7, 3)


# ── typing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_typing_replaces_and_enter_commits(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "project")
    typist.type("12.5")
    assert typist.view.editing.active
    assert typist.view.editing.editor.text() == "12.5"
    typist.press(KEY.Key_Return)
    assert not typist.view.editing.active
    assert document.report.get(c("2010301", "project")) == 12_500_000
    assert typist.view.current_cell() == c("2010302", "project")
    assert document.report.get(c("201", "project")) == 6_112_710_000, "the totals follow"


def test_tab_and_shift_tab_commit_sideways(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "project")
    typist.type("1")
    typist.press(KEY.Key_Tab)
    assert typist.view.current_cell() == c("2010301", "to_superior")
    typist.type("2")
    typist.press(KEY.Key_Backtab, SHIFT)
    assert typist.view.current_cell() == c("2010301", "project")
    assert document.report.get(c("2010301", "to_superior")) == 2_000_000


def test_enter_after_tabs_returns_to_where_they_began(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "basic")
    for text in ("1", "2"):
        typist.type(text)
        typist.press(KEY.Key_Tab)
    typist.type("3")
    typist.press(KEY.Key_Return)
    assert typist.view.current_cell() == c("2010302", "basic")
    assert document.report.get(c("2010301", "to_superior")) == 3_000_000
    typist.press(KEY.Key_Right)
    typist.press(KEY.Key_Return)
    assert typist.view.current_cell() == c("208", "project"), "other moves forget it"


def test_arrows_leave_a_new_entry_but_not_one_edited_in_place(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "project")
    typist.type("7")
    typist.press(KEY.Key_Down)
    assert typist.view.current_cell() == c("2010302", "project")
    typist.press(KEY.Key_F2)
    assert typist.view.editing.editor.text() == "6100.21"
    typist.press(KEY.Key_End)
    typist.press(KEY.Key_Left)
    typist.press(KEY.Key_Backspace)
    assert typist.view.editing.active
    typist.press(KEY.Key_Return)
    assert document.report.get(c("2010302", "project")) == 6_100_100_000


def test_f2_without_a_change_changes_nothing(typist: Typist, document: Document) -> None:
    at(typist.view, "201", "basic")
    assert c("201", "basic") in document.report.auto
    typist.press(KEY.Key_F2)
    typist.press(KEY.Key_Return)
    assert c("201", "basic") in document.report.auto
    assert document.undo() is None


def test_escape_gives_up(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "basic")
    typist.type("999")
    typist.press(KEY.Key_Escape)
    assert not typist.view.editing.active
    assert document.report.get(c("2010301", "basic")) == 1_383_500_000
    assert typist.view.current_cell() == c("2010301", "basic")
    assert typist.view.table.hasFocus()


def test_delete_clears_and_undo_brings_back(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "basic")
    typist.press(KEY.Key_Delete)
    assert document.report.get(c("2010301", "basic")) is None
    document.undo()
    assert document.report.get(c("2010301", "basic")) == 1_383_500_000
    assert typist.view.model.shown(3, 3) == "1,383.50"


def test_delete_on_an_automatic_cell_leaves_it_empty_and_typed(typist: Typist, document: Document) -> None:
    at(typist.view, "201", "basic")
    typist.press(KEY.Key_Delete)
    assert document.report.get(c("201", "basic")) is None
    assert c("201", "basic") not in document.report.auto


def test_backspace_begins_an_empty_entry(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "basic")
    typist.press(KEY.Key_Backspace)
    assert typist.view.editing.active and typist.view.editing.editor.text() == ""
    typist.press(KEY.Key_Return)
    assert document.report.get(c("2010301", "basic")) is None


def test_typing_over_an_automatic_cell_can_be_put_back(typist: Typist, document: Document) -> None:
    at(typist.view, "201", "basic")
    typist.type("5")
    typist.press(KEY.Key_Return)
    assert document.report.get(c("201", "basic")) == 5_000_000
    at(typist.view, "201", "basic")
    typist.press(KEY.Key_A, CTRL | SHIFT)
    assert document.report.get(c("201", "basic")) == 1_383_500_000
    assert c("201", "basic") in document.report.auto


def test_alt_and_equals_sums_up_as_in_a_spreadsheet(typist: Typist, document: Document) -> None:
    at(typist.view, "201", "basic")
    typist.type("5")
    typist.press(KEY.Key_Return)
    at(typist.view, "201", "basic")
    typist.press(KEY.Key_Equal, Qt.KeyboardModifier.AltModifier)
    assert not typist.view.editing.active
    assert c("201", "basic") in document.report.auto


def test_ctrl_d_fills_down(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "basic")
    typist.press(KEY.Key_Down, SHIFT)
    typist.press(KEY.Key_D, CTRL)
    assert document.report.get(c("2010302", "basic")) == 1_383_500_000
    at(typist.view, "2080501", "project")
    typist.press(KEY.Key_D, CTRL)
    assert document.report.get(c("2080501", "project")) is None, "a single cell takes what stands above it: nothing"


def test_ctrl_r_fills_to_the_right(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "basic")
    typist.press(KEY.Key_Right, SHIFT)
    typist.press(KEY.Key_Right, SHIFT)
    typist.press(KEY.Key_R, CTRL)
    assert document.report.get(c("2010301", "project")) == 1_383_500_000
    assert document.report.get(c("2010301", "to_superior")) == 1_383_500_000
    document.undo()
    at(typist.view, "2010301", "project")
    typist.press(KEY.Key_R, CTRL)
    assert document.report.get(c("2010301", "project")) == 1_383_500_000, "a single cell takes what stands before it"
    before = document.report.get(c("2010301", "total"))
    at(typist.view, "2010301", "total")
    typist.press(KEY.Key_R, CTRL)
    assert document.report.get(c("2010301", "total")) == before, "there is no amount before the first column"


def test_enter_and_tab_go_round_within_a_selection(typist: Typist, document: Document) -> None:
    view = typist.view
    at(view, "2010301", "operating")
    typist.press(KEY.Key_Down, SHIFT)
    typist.press(KEY.Key_Right, SHIFT)
    area = view.table.selected()
    for typed in ("1", "2", "3"):
        typist.type(typed)
        typist.press(KEY.Key_Return)
        assert view.table.selected() == area
    assert view.current_cell() == c("2010302", "to_affiliated")
    assert [document.report.get(c(row, "operating")) for row in ("2010301", "2010302")] == [1_000_000, 2_000_000]
    assert document.report.get(c("2010301", "to_affiliated")) == 3_000_000
    typist.press(KEY.Key_Return)
    assert view.current_cell() == c("2010301", "operating"), "round at the end"
    typist.press(KEY.Key_Tab)
    assert view.current_cell() == c("2010301", "to_affiliated")
    typist.press(KEY.Key_Tab)
    assert view.current_cell() == c("2010302", "operating")
    typist.press(KEY.Key_Return, SHIFT)
    assert view.current_cell() == c("2010301", "operating")
    typist.press(KEY.Key_Return, SHIFT)
    assert view.current_cell() == c("2010302", "to_affiliated")
    assert view.table.selected() == area
    typist.press(KEY.Key_Down)
    assert view.table.selected() != area


def test_the_selection_is_summed_up(typist: Typist, document: Document, qtbot: QtBot) -> None:
    view = typist.view
    told: list[str] = []
    view.sum.told.connect(told.append)
    at(view, "2010301", "total")
    typist.press(KEY.Key_Down, SHIFT)
    typist.press(KEY.Key_Right, SHIFT)
    amounts = [document.report.get(c(row, col)) for row in ("2010301", "2010302") for col in ("total", "basic")]
    total = sum(a for a in amounts if a is not None)
    number = sum(a is not None for a in amounts)
    assert number == 3
    qtbot.waitUntil(lambda: bool(told))
    # Rounded half up to what two decimals of 万元 can tell.
    average = (2 * total // 10_000 + number) // (2 * number) * 10_000
    assert told == [f"求和 {format_number(total)}　平均 {format_number(average)}　计数 3"]
    document.apply(SetCells(((c("2010301", "basic"), 1_000_000, False),)))
    qtbot.waitUntil(lambda: len(told) == 2)
    at(view, "2010301", "basic")
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told[2] == view.sum.words == ""


def test_ctrl_enter_fills_the_selection(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "operating")
    typist.press(KEY.Key_Down, SHIFT)
    typist.type("3")
    typist.press(KEY.Key_Return, CTRL)
    assert document.report.get(c("2010301", "operating")) == 3_000_000
    assert document.report.get(c("2010302", "operating")) == 3_000_000


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("=1200.5+36", 1_236_500_000),
        ("1,294.48", 1_294_480_000),
        ("(5)", -5_000_000),
        ("13元", None),
        ("500元", 50_000),
        ("0", None),
    ],
)
def test_what_may_be_typed(typist: Typist, document: Document, typed: str, fen: int | None) -> None:
    at(typist.view, "2010302", "basic")
    typist.view.edit_current(typed)
    accepted = typist.view.commit_editing()
    if typed == "13元":
        assert not accepted, "finer than the form keeps"
    else:
        assert accepted
        assert document.report.get(c("2010302", "basic")) == fen


# ── wrong entries ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("typed", ["abc", "1.234", "=1/0", "=1+", "99999999999999"])
def test_a_wrong_entry_stays_open_with_its_reason(qtbot: QtBot, typist: Typist, document: Document, typed: str) -> None:
    view = typist.view
    at(view, "2010301", "project")
    typist.type(typed)
    with qtbot.waitSignal(view.status_message) as told:
        typist.press(KEY.Key_Return)
    assert told.args is not None and told.args[1] is True
    assert view.editing.active
    assert view.editing.editor.text() == typed
    assert view.editing.editor.invalid
    assert view.editing.bubble.isVisible() and view.editing.bubble.text() == told.args[0]
    assert view.editing.editor.toolTip() == told.args[0]
    assert document.report.get(c("2010301", "project")) is None
    typist.press(KEY.Key_Escape)
    assert not view.editing.active and not view.editing.bubble.isVisible()


def test_a_wrong_entry_is_not_lost_by_clicking_elsewhere(qtbot: QtBot, typist: Typist) -> None:
    view = typist.view
    at(view, "2010301", "project")
    typist.type("abc")
    other = view.table.place_rect(5, 4).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=other)
    assert view.editing.active and view.editing.editor.text() == "abc"
    assert view.current_cell() == c("2010301", "project")


def test_correcting_a_wrong_entry_takes_the_red_away(typist: Typist, document: Document) -> None:
    at(typist.view, "2010301", "project")
    typist.type("1x")
    typist.press(KEY.Key_Return)
    assert typist.view.editing.editor.invalid
    typist.press(KEY.Key_Backspace)
    assert not typist.view.editing.editor.invalid and not typist.view.editing.bubble.isVisible()
    typist.press(KEY.Key_Return)
    assert document.report.get(c("2010301", "project")) == 1_000_000


def test_clicking_elsewhere_accepts_a_good_entry(qtbot: QtBot, typist: Typist, document: Document) -> None:
    view = typist.view
    at(view, "2010301", "project")
    typist.type("8")
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=view.table.place_rect(5, 4).center())
    assert document.report.get(c("2010301", "project")) == 8_000_000
    assert view.current_cell() == c("208", "project")


def test_nothing_can_be_typed_into_last_years_form(qtbot: QtBot, show: Callable[[str], FormView]) -> None:
    view = show("last.09")
    with qtbot.waitSignal(view.status_message) as told:
        Typist(qtbot, view).type("5")
    assert told.args == ["上年数据只供查看，不能修改。", True]
    assert not view.editing.active


def test_a_window_shortcut_does_not_take_a_key_from_the_form(qtbot: QtBot, typist: Typist) -> None:
    from PySide6.QtGui import QKeySequence, QShortcut

    fired: list[int] = []
    shortcut = QShortcut(QKeySequence("Ctrl+D"), typist.view)
    shortcut.activated.connect(lambda: fired.append(1))
    at(typist.view, "2010301", "basic")
    typist.press(KEY.Key_D, CTRL)
    assert fired == []
