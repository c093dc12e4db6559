"""The form view as a whole: what it shows, where it stands, how it follows the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QImage, QInputMethodEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktopapp.core.amount import Unit
from desktopapp.core.commands import DeleteRow, InsertRow, RenameRow, SetCells, SetField, SetHead
from desktopapp.core.findings import Severity
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.forms import FormView, clipboard
from desktopapp.gui.palette import DARK, LIGHT, qt_palette
from desktopapp.store.errors import StoreError
from tests.memory_file import MemoryFile

ROLE = Qt.ItemDataRole


def c(row: str, col: str, form: str = "03") -> Cell:
    return Cell(form, row, col)


def pixels(view: FormView, cell: Cell) -> QImage:
    """Return the picture of one cell."""
    where = view.model.grid.where(cell)
    assert where is not None
    return view.table.viewport().grab(view.table.place_rect(*where)).toImage()


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


# ── what it shows ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("form_id", ["01", "02", "03", "04", "05", "06", "07", "08", "09", "S1", "last.03", "last.06"])
def test_every_form_opens_and_its_model_is_sound(
    show: Callable[[str], FormView], form_id: str, qtmodeltester: ModelTester
) -> None:
    view = show(form_id)
    qtmodeltester.check(view.model)
    assert not view.grab().isNull()
    assert view.model.layout.title in view.accessibleName()


def test_code_columns_are_one_column_on_screen_but_three_in_the_header(form03: FormView) -> None:
    assert form03.model.columnCount() == 8 and len(form03.model.layout.widths) == 10
    assert form03.model.head_texts(0) == ["项目", "功能分类科目编码", "类"]
    assert form03.model.head_texts(3) == ["基本支出", "2"]
    assert form03.model.headerData(3, Qt.Orientation.Horizontal) == "基本支出 2"


def test_the_model_answers_texts_and_nothing_else(form03: FormView) -> None:
    index = form03.model.index(3, 3)
    assert index.data() == "1,383.50"
    assert index.data(ROLE.EditRole) == "1383.50"
    for role in (ROLE.FontRole, ROLE.BackgroundRole, ROLE.ForegroundRole, ROLE.TextAlignmentRole, ROLE.SizeHintRole):
        assert index.data(role) is None


def test_a_screen_reader_hears_name_value_origin_and_findings(form03: FormView, document: Document) -> None:
    text = form03.model.index(1, 3).data(ROLE.AccessibleTextRole)
    assert text.startswith("公开03表 201 一般公共服务支出 2栏“基本支出”，1,383.50 万元，自动计算：")
    document.apply(SetCells(((c("201", "basic"), 5_000_000, False),)))
    text = form03.model.index(1, 3).data(ROLE.AccessibleTextRole)
    assert "错误：" in text and "手工录入" in text
    assert form03.model.index(3, 4).data(ROLE.AccessibleTextRole).endswith("空")


def test_tooltips_tell_findings_and_relations(form03: FormView, document: Document) -> None:
    assert form03.model.index(1, 3).data(ROLE.ToolTipRole).startswith("自动计算：")
    assert form03.model.index(3, 3).data(ROLE.ToolTipRole) is None
    document.apply(SetCells(((c("201", "basic"), 5_000_000, False),)))
    assert "应为 1,383.50，相差 1,378.50" in form03.model.index(1, 3).data(ROLE.ToolTipRole)


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_name_that_is_cut_short_is_told_whole(qtbot: QtBot, form03: FormView, document: Document) -> None:
    assert form03.table.tip_at(3, 1) == ""
    name = "一个特别长的科目名称" * 6
    document.apply(RenameRow("03", "2010301", name))
    assert form03.table.tip_at(3, 1).startswith(name)
    point = form03.table.place_rect(3, 1).center()
    event = QHelpEvent(QEvent.Type.ToolTip, point, form03.table.viewport().mapToGlobal(point))
    QApplication.sendEvent(form03.table.viewport(), event)
    assert name in QToolTip.text()
    QToolTip.hideText()


def test_zero_and_empty_are_printed_empty(form03: FormView, document: Document) -> None:
    document.apply(SetCells(((c("2010301", "basic"), 0, False),)))
    assert form03.model.shown(3, 3) == ""


def test_a_wrong_cell_is_coloured_and_has_a_sign(form03: FormView, document: Document) -> None:
    form03.setPalette(qt_palette(LIGHT))
    assert document.findings.mark(c("201", "basic")) is None
    before = colours(pixels(form03, c("201", "basic")))
    document.apply(SetCells(((c("201", "basic"), 5_000_000, False),)))
    assert document.findings.mark(c("201", "basic")) is Severity.ERROR
    after = colours(pixels(form03, c("201", "basic")))
    assert LIGHT.error.fill in after - before, "background"
    assert LIGHT.error.sign in after - before, "the corner"
    document.undo()
    assert LIGHT.error.fill not in colours(pixels(form03, c("201", "basic")))


def test_computed_amounts_look_different_from_typed_ones(form03: FormView) -> None:
    form03.setPalette(qt_palette(LIGHT))
    assert LIGHT.computed_fill in colours(pixels(form03, c("201", "basic")))
    assert LIGHT.computed_fill not in colours(pixels(form03, c("2010301", "basic")))


def test_relation_marks_are_outlines(form03: FormView) -> None:
    form03.setPalette(qt_palette(LIGHT))
    form03.mark_cells([c("2010301", "basic"), Cell("01", "201", "amount")])
    assert LIGHT.outline in colours(pixels(form03, c("2010301", "basic")))
    form03.mark_cells([])
    assert LIGHT.outline not in colours(pixels(form03, c("2010301", "basic")))


def test_dark_and_light_follow_the_palette(form03: FormView) -> None:
    for theme in (LIGHT, DARK):
        form03.setPalette(qt_palette(theme))
        picture = form03.grab().toImage()
        assert picture.pixelColor(3, 3) == QColor(theme.desk)
        assert theme.sheet in colours(pixels(form03, c("2010302", "basic")))


# ── following the report ────────────────────────────────────────────────────────────────────────────────────────────
def test_one_edit_is_one_range_signal(qtbot: QtBot, form03: FormView, document: Document) -> None:
    seen: list[tuple[int, int, int, int]] = []
    form03.model.dataChanged.connect(lambda a, b, _r=None: seen.append((a.row(), a.column(), b.row(), b.column())))
    document.apply(SetCells(((c("2010301", "basic"), 1_000_000, False),)))
    assert len(seen) == 1
    top, left, bottom, right = seen[0]
    assert top <= 1 and bottom == 3 and left == 2 and right == 3, "the cell, its row's total, the rows above"


def test_changes_of_other_forms_do_not_touch_this_one(form03: FormView, document: Document) -> None:
    seen: list[object] = []
    form03.model.dataChanged.connect(lambda *args: seen.append(args))
    form03.model.modelReset.connect(lambda: seen.append("reset"))
    document.apply(SetCells(((Cell("09", "row", "outturn_reception"), 1_000_000, False),)))
    assert seen == []


def test_another_unit_shows_other_texts_and_keeps_place(form03: FormView, document: Document) -> None:
    form03.go_to(c("2010302", "project"))
    document.set_unit(Unit.YUAN)
    assert form03.model.shown(4, 4) == "61,002,100.00"
    assert form03.current_cell() == c("2010302", "project")
    assert form03.model.layout.unit_line.endswith("元") and "万" not in form03.model.layout.unit_line
    widths = form03.table.edges
    document.set_unit(Unit.WAN)
    assert form03.table.edges[5] - form03.table.edges[4] <= widths[5] - widths[4]


def test_rows_that_come_and_go_leave_room_for_every_amount(form03: FormView, document: Document) -> None:
    def room(column: int) -> float:
        return form03.table.edges[column + 1] - form03.table.edges[column]

    before = room(4)
    form03.insert_row("2299999", "其他支出")
    assert room(4) == before
    document.apply(SetCells(((c("2299999", "project"), 123_456_789_012_340_000, False),)))
    assert room(4) >= form03.metrics.width("123,456,789,012.34", bold=True) > before
    wide = room(4)
    form03.insert_row("2010399", "其他政府办公厅事务支出")
    assert room(4) == wide
    while document.undo() is not None:
        pass
    form03.model.relay()
    assert room(4) == before


def test_a_very_large_block_is_copied_as_text_only(form03: FormView, monkeypatch: pytest.MonkeyPatch) -> None:
    form03.select_all()
    form03.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasHtml()
    text = data.text()
    monkeypatch.setattr(clipboard, "MOST_FORMATTED", 5)
    form03.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert not data.hasHtml() and data.text() == text


def test_an_open_entry_keeps_its_meaning_in_another_unit(form03: FormView, document: Document) -> None:
    form03.go_to(c("2010302", "project"))
    form03.edit_current("12.5")
    document.set_unit(Unit.YUAN)
    assert form03.editing.active and form03.editing.editor.text() == "125000.00"
    assert form03.commit_editing()
    assert document.report.get(c("2010302", "project")) == 12_500_000


def test_amounts_are_typed_in_the_shown_unit(form03: FormView, document: Document) -> None:
    document.set_unit(Unit.YUAN)
    form03.go_to(c("2010302", "project"))
    form03.edit_current("1234500")
    assert form03.commit_editing()
    assert document.report.get(c("2010302", "project")) == 123_450_000
    form03.edit_current("12.34")
    assert not form03.commit_editing(), "finer than 0.01 万元"


def test_a_column_widens_for_a_long_amount(form03: FormView, document: Document) -> None:
    before = form03.table.edges[4] - form03.table.edges[3]
    document.apply(SetCells(((c("2010301", "basic"), -999_999_999_990_000, False),)))
    assert form03.table.edges[4] - form03.table.edges[3] > before


def test_notes_tell_an_empty_form(show: Callable[[str], FormView], document: Document) -> None:
    view = show("09")
    assert "无数据" in view.model.notes[-1]
    document.apply(SetCells(((Cell("09", "row", "outturn_reception"), 1_000_000, False),)))
    assert "无数据" not in view.model.notes[-1]
    document.undo()
    document.apply(SetField("empty_statement.09", "本年没有支出。"))
    assert view.model.notes[-1] == "本年没有支出。"


def test_the_heading_follows_the_department(form03: FormView, document: Document) -> None:
    document.apply(SetHead("另一局", 2023))
    assert form03.model.layout.department_line.endswith("另一局")


def test_an_open_entry_survives_rows_that_come_and_go(form03: FormView, document: Document) -> None:
    form03.go_to(c("2080501", "basic"))
    form03.edit_current("77")
    document.apply(InsertRow("03", "205", "教育支出"))
    assert form03.editing.active and form03.editing.editor.text() == "77"
    assert form03.commit_editing()
    assert document.report.get(c("2080501", "basic")) == 77_000_000


def test_the_place_goes_near_when_its_row_is_deleted(qtbot: QtBot, form03: FormView, document: Document) -> None:
    form03.go_to(c("2010301", "basic"))
    with qtbot.waitSignal(form03.current_cell_changed):
        document.apply(DeleteRow("03", "2010301"))
    assert form03.current_cell() == c("2010302", "basic")


def test_a_file_open_for_reading_takes_nothing(
    qtbot: QtBot, show: Callable[[str], FormView], document: Document
) -> None:
    cast(MemoryFile, document.file).read_only = True
    view = show("03")
    assert view.model.grid.input_row == -1
    before = dict(document.report.amounts)
    view.go_to(c("2010301", "basic"))
    with qtbot.waitSignals([view.status_message] * 5):
        view.clear()
        view.cut()
        view.fill_down()
        view.delete_rows()
        view.insert_row()
    assert document.report.amounts == before
    assert not view.edit_current("5")


def test_what_cannot_be_saved_stays_in_the_editor(
    qtbot: QtBot, form03: FormView, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "磁盘已满，没有保存；请清理磁盘后再试。"

    def full(*_: object) -> None:
        raise StoreError(Path("x.juesuan"), sentence)

    monkeypatch.setattr(document.file, "apply", full)
    form03.go_to(c("2010301", "project"))
    form03.edit_current("55")
    with qtbot.waitSignal(form03.status_message) as told:
        assert not form03.commit_editing()
    assert told.args == [sentence, True]
    assert form03.editing.active and form03.editing.editor.text() == "55"
    with qtbot.waitSignal(form03.status_message) as told:
        form03.delete_rows()
    assert told.args == [sentence, True]


# ── finding and going ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_current_cell_is_told(qtbot: QtBot, form03: FormView) -> None:
    with qtbot.waitSignal(form03.current_cell_changed) as told:
        assert form03.go_to(c("2010301", "basic"))
    assert told.args == [c("2010301", "basic")]
    with qtbot.waitSignal(form03.current_cell_changed) as told:
        form03.table.select_one(3, 1)
    assert told.args == [None]
    assert not form03.go_to(Cell("01", "201", "amount"))
    assert not form03.go_to(c("999", "basic"))


def test_find_goes_through_labels_codes_and_amounts(form03: FormView) -> None:
    assert form03.find("1383.5", start=True)
    assert form03.table.here() == (1, 3)
    assert form03.find("1,383.5")
    assert form03.table.here() == (2, 3)
    assert form03.find("行政")
    assert form03.table.here() == (3, 1)
    assert form03.find("1383.5", backward=True)
    assert form03.table.here() == (2, 3)
    assert not form03.find("没有这样的文字", start=True)
    assert form03.table.here() == (2, 3)
    assert not form03.find("")


def test_the_menu_offers_what_can_be_done(form03: FormView, show: Callable[[str], FormView]) -> None:
    texts = [a.text() for a in form03.actions()]
    assert {"剪切", "复制", "粘贴", "向下填充", "恢复自动计算", "插入科目行…", "删除所选行", "全选"} <= set(texts)
    assert "插入科目行…" not in [a.text() for a in show("01").actions()]
    last = {a.text(): a.isEnabled() for a in show("last.03").actions()}
    assert last["复制"] and not last["粘贴"] and "删除所选行" not in last


# ── size and scrolling ──────────────────────────────────────────────────────────────────────────────────────────────
def test_codes_and_names_stay_in_view(form03: FormView) -> None:
    form03.resize(640, 500)
    form03.go_to(c("2010301", "to_affiliated"))
    side = form03.table.horizontalScrollBar().value()
    assert side > 0 and form03.table.frozen == 2
    assert form03.table.place_rect(3, 0).left() == 0
    assert form03.table.indexAt(QPoint(5, form03.table.place_rect(3, 0).center().y())).column() == 0
    right = form03.table.place_rect(3, 7)
    assert right.right() <= form03.table.viewport().width()
    assert form03.table.indexAt(right.center()).column() == 7
    form03.go_to(c("2010301", "total"))
    assert form03.table.place_rect(3, 2).left() >= form03.table.frozen_width


def test_the_header_stays_and_the_title_scrolls_away(show: Callable[[str], FormView]) -> None:
    view = show("01")
    view.resize(1000, 400)
    assert view.table.y() > 0
    view.go_to(Cell("01", "grand_expense", "amount"))
    assert view.table.y() == 0
    rect = view.table.place_rect(*cast(tuple[int, int], view.table.here()))
    assert rect.top() >= 0 and rect.bottom() <= view.table.viewport().height()
    view.navigator.move("first")
    assert view.table.y() > 0


def test_the_wheel_scrolls_and_zooms(qtbot: QtBot, show: Callable[[str], FormView]) -> None:
    view = show("01")
    view.resize(1000, 400)

    def wheel(delta: int, modifiers: Qt.KeyboardModifier) -> None:
        at = QPointF(200, 300)
        event = QWheelEvent(
            at, at, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.sendEvent(view.table.viewport(), event)

    wheel(-240, Qt.KeyboardModifier.NoModifier)
    assert view._upright.value() > 0
    wheel(120, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom == 1.1


def test_zoom_scales_everything(qtbot: QtBot, form03: FormView) -> None:
    width, height = form03.table.content_size().toTuple()
    with qtbot.waitSignal(form03.zoom_changed) as told:
        form03.set_zoom(2.0)
    assert told.args == [2.0]
    assert form03.table.content_size().width() == pytest.approx(2 * width, rel=0.05)
    assert form03.table.content_size().height() == pytest.approx(2 * height, rel=0.1)
    form03.zoom_reset()
    assert form03.table.content_size().width() == width
    form03.resize(700, 600)
    form03.zoom_to_fit()
    assert form03.zoom < 1 and not form03._sideways.isVisible()


def test_dragged_columns_keep_their_width_at_another_zoom(form03: FormView) -> None:
    form03.table.head.resizeSection(1, 400)
    assert form03.table.edges[2] - form03.table.edges[1] == 400
    form03.set_zoom(1.5)
    assert form03.table.edges[2] - form03.table.edges[1] == 600


def test_a_view_made_without_a_size_begins_at_the_left(show: Callable[[str], FormView]) -> None:
    view = show("04")
    assert view.table.horizontalScrollBar().value() == 0 and view._upright.value() == 0


# ── mouse and input method ──────────────────────────────────────────────────────────────────────────────────────────
def test_dragging_selects_and_double_click_edits(qtbot: QtBot, form03: FormView) -> None:
    viewport, rect = form03.table.viewport(), form03.table.place_rect
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=rect(3, 3).center())
    form03.table.stretched.emit(5, 4)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=rect(5, 4).center())
    assert form03.table.selected() == (3, 3, 5, 4)
    assert form03.current_cell() == c("2010301", "basic")
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, rect(4, 5).center())
    assert form03.table.selected() == (3, 3, 4, 5)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=rect(3, 3).center())
    assert form03.editing.active and form03.editing.editor.text() == "1383.50"


def test_dragging_outside_goes_on_scrolling(qtbot: QtBot, show: Callable[[str], FormView]) -> None:
    view = show("01")
    view.resize(1000, 400)
    viewport = view.table.viewport()
    at = view.table.place_rect(1, 2).center()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at.x(), viewport.height() + 400),
        QPointF(viewport.mapToGlobal(QPoint(at.x(), viewport.height() + 400))),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)
    reached = view.table.selected()
    assert reached is not None and reached[0] == 1
    qtbot.waitUntil(lambda: (view.table.selected() or (0, 0, 0, 0))[2] > reached[2])
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at)


def test_a_composition_is_not_broken_off_by_opening_the_editor(qtbot: QtBot, form03: FormView) -> None:
    form03.table.select_one(3, 1)
    QApplication.sendEvent(form03.table, QInputMethodEvent("xing", []))
    assert form03.editing.active and form03.table.hasFocus(), "the focus waits for the end of the composition"
    commit = QInputMethodEvent()
    commit.setCommitString("行政")
    QApplication.sendEvent(form03.table, commit)
    assert form03.editing.editor.text() == "行政" and form03.editing.editor.hasFocus()


def test_a_large_form_opens_and_goes_to_its_end(show: Callable[[str], FormView], document: Document) -> None:
    rows = document.report.rows_of("05")
    codes = [f"{k}{s:02}{i:02}" for k in range(201, 234) for s in range(1, 32) for i in range(1, 11)]
    for code in codes:
        rows.insert(code, f"科目{code}", len(rows))
    document.engine.checker.rebuild()
    view = show("05")
    assert view.model.rowCount() > 10_000
    view.navigator.move("last")
    cell = view.current_cell()
    assert cell is not None and cell.row == codes[-1]
    assert view.table.viewport().rect().contains(view.table.place_rect(*cast(tuple[int, int], view.table.here())))


def test_the_frame_of_a_cell_does_not_show_over_the_columns_it_is_scrolled_beneath(form03: FormView) -> None:
    form03.resize(700, 600)
    QApplication.processEvents()
    table = form03.table
    frozen = table.frozen_width
    assert frozen

    def frozen_part(column: str) -> QImage:
        form03.go_to(c("2010301", column))
        table.horizontalScrollBar().setValue(40)
        return table.viewport().grab(QRect(0, 0, frozen - 2, table.viewport().height())).toImage()

    assert table.horizontalScrollBar().maximum() > 40
    assert frozen_part("total") == frozen_part("basic")
