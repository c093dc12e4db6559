"""The window as its users meet it: open, see, type, jump, undo."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktopapp.core.amount import Unit
from desktopapp.core.findings import Severity
from desktopapp.core.template import LAST, Cell
from desktopapp.gui.window import dialogs, report_work
from desktopapp.gui.window.findings_model import FINDING
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.message_bar import Tone
from desktopapp.gui.window.settings import Settings
from tests.gui.window.conftest import document_of, errors, put, settle

ROW = Cell("03", "2010301", "basic")


def shown_findings(window: MainWindow) -> list[str]:
    return [f.id for f in window.findings.model.findings()]


def test_without_a_report_the_welcome_page_offers_the_ways_to_begin(window: MainWindow) -> None:
    assert window.welcome.isVisible()
    assert not window.findings.isVisible()
    assert not window.actions_["save_copy"].isEnabled()
    assert window.actions_["new"].isEnabled()
    assert window.windowTitle() == "决算公开编制"


def test_an_open_report_shows_its_forms_with_marks(opened: MainWindow) -> None:
    pages = opened.navigation.pages.pages()
    assert [p.form_id for p in pages][:9] == [f"{n:02d}" for n in range(1, 10)]
    assert pages[0].label == "公开01表 收入支出决算总表"
    groups = list(dict.fromkeys(p.group.partition("：")[0] for p in pages))
    assert groups[:3] == ["决算表", "补充资料", "文字部分"]
    assert "补充数据" in groups
    assert "2023 年度" in opened.windowTitle()
    assert "示例.juesuan" in opened.windowTitle()


def test_only_the_first_form_is_made_at_the_start(opened: MainWindow) -> None:
    assert list(opened.workspace._made) == ["01"]
    opened.workspace.show_page("03")
    assert set(opened.workspace._made) == {"01", "03"}


def look_for_causes(window: MainWindow, qtbot: QtBot) -> None:
    """Let the search for causes come now, which otherwise waits until the edit has been painted."""
    document_of(window).suspicions.look()
    settle(qtbot)


def test_a_wrong_amount_appears_at_once_and_undo_takes_it_away(opened: MainWindow, qtbot: QtBot) -> None:
    look_for_causes(opened, qtbot)
    before, listed = errors(opened), shown_findings(opened)
    amount = document_of(opened).report.get(ROW)
    assert amount is not None
    put(opened, ROW, amount + 90_000)
    look_for_causes(opened, qtbot)
    assert errors(opened) > before
    fresh = set(shown_findings(opened)) - set(listed)
    assert fresh == {"cause:03.2010301.basic"}
    assert f"{errors(opened)} 错误" in opened.findings.windowTitle()
    opened.actions_["undo"].trigger()
    look_for_causes(opened, qtbot)
    assert shown_findings(opened) == listed
    assert document_of(opened).report.get(ROW) == amount


def test_a_click_on_a_finding_shows_its_cell_in_its_form(opened: MainWindow, qtbot: QtBot) -> None:
    amount = document_of(opened).report.get(ROW)
    assert amount is not None
    put(opened, ROW, amount + 90_000)
    look_for_causes(opened, qtbot)
    model, view = opened.findings.model, opened.findings.view
    index = next(
        i
        for r in range(model.rowCount())
        if (f := (i := model.index(r)).data(FINDING)) is not None and f.id.startswith("cause:03.")
    )
    view.scrollTo(index)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    page = opened.workspace.page()
    assert page is not None and page.form_id == "03"
    form = opened.workspace.form_view()
    assert form is not None
    assert form.current_cell() == index.data(FINDING).places[0]
    assert opened.navigation.pages.page(opened.navigation.currentIndex()) == page
    assert "公开03表" in opened.findings._details.toPlainText()


def test_f8_goes_through_the_findings_and_around(opened: MainWindow, qtbot: QtBot) -> None:
    places = []
    count = len(shown_findings(opened))
    assert count > 1
    for _ in range(count + 1):
        opened.actions_["next_finding"].trigger()
        form = opened.workspace.form_view()
        assert form is not None
        places.append(form.current_cell())
    assert places[0] == places[-1]
    opened.actions_["previous_finding"].trigger()
    form = opened.workspace.form_view()
    assert form is not None and form.current_cell() == places[-2]


def test_the_list_can_be_narrowed_by_form_severity_and_text(opened: MainWindow, qtbot: QtBot) -> None:
    dock = opened.findings
    everything = dock.model.findings()
    dock._forms.setCurrentIndex(dock._forms.findData("04"))
    assert {f.form for f in dock.model.findings()} == {"04"}
    dock._forms.setCurrentIndex(0)
    dock._buttons[Severity.ERROR].setChecked(False)
    assert all(f.severity is not Severity.ERROR for f in dock.model.findings())
    dock._buttons[Severity.ERROR].setChecked(True)
    dock._text.setText("没有这样的字")
    assert dock.model.findings() == []
    assert "筛选" in dock._empty.text()
    dock._text.clear()
    assert dock.model.findings() == everything


def test_findings_are_copied_as_a_table(opened: MainWindow) -> None:
    opened.actions_["copy_findings"].trigger()
    lines = QApplication.clipboard().text().split("\n")
    assert lines[0].split("\t") == ["级别", "表", "位置", "说明", "建议"]
    assert len(lines) == 1 + len(opened.findings.model.findings())


def test_the_inspector_explains_the_current_cell(opened: MainWindow, qtbot: QtBot) -> None:
    opened.workspace.go_to(ROW)
    settle(qtbot)
    inspector = opened.workspace.inspector
    assert inspector._name.text().startswith("公开03表 2010301")
    states = [inspector.model.index(r, 0).data() for r in range(inspector.model.rowCount())]
    assert states and all("成立" in s or "未校验" in s or "不适用" in s for s in states)


def test_a_total_can_be_given_back_to_its_relation(window: MainWindow, empty: Path, qtbot: QtBot) -> None:
    window.files.open_path(empty)
    total = Cell("01", "income_total", "amount")
    put(window, Cell("01", "general", "amount"), 5_000_000)
    assert document_of(window).report.get(total) == 5_000_000
    put(window, total, 7_000_000)
    window.workspace.go_to(total)
    settle(qtbot)
    button = window.workspace.inspector._put_back
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot)
    assert document_of(window).report.get(total) == 5_000_000
    assert not button.isVisible()


def test_undo_names_what_it_takes_back(opened: MainWindow, qtbot: QtBot) -> None:
    assert not opened.actions_["undo"].isEnabled()
    put(opened, ROW, 1_000_000)
    settle(qtbot)
    assert opened.actions_["undo"].isEnabled()
    assert opened.actions_["undo"].text().startswith("撤销(&U) 修改")
    opened.actions_["undo"].trigger()
    settle(qtbot)
    assert opened.actions_["redo"].text().startswith("重做(&R) 修改")


def test_the_unit_switches_everywhere_at_once(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_["unit"].trigger()
    settle(qtbot)
    assert document_of(opened).unit is Unit.YUAN
    assert opened.status._unit.text() == "单位：元"
    assert opened.actions_["unit"].isChecked()
    assert any("元" in f.message and "万元" not in f.message for f in opened.findings.model.findings())
    opened.actions_["unit"].trigger()
    assert document_of(opened).unit is Unit.WAN


def test_the_status_bar_tells_saved_balance_and_totals(opened: MainWindow, qtbot: QtBot) -> None:
    fields = opened.status._fields
    assert fields["saved"].text().startswith("已保存")
    assert fields["balance"].text() == "收支平衡 ✓"
    assert "12,938.50" in fields["totals"].text()
    put(opened, Cell("01", "grand_expense", "amount"), 1_000_000)
    settle(qtbot)
    assert fields["balance"].text().startswith("收支不平")


def test_the_navigation_counts_findings_per_form(opened: MainWindow, qtbot: QtBot) -> None:
    pages = opened.navigation.pages
    assert "已填写，没有错误" in pages.index_of("03").data(Qt.ItemDataRole.ToolTipRole)
    amount = document_of(opened).report.get(ROW)
    assert amount is not None
    put(opened, ROW, amount + 90_000)
    settle(qtbot)
    assert "个错误" in pages.index_of("03").data(Qt.ItemDataRole.ToolTipRole)


def test_last_years_forms_appear_with_their_amounts(opened: MainWindow, qtbot: QtBot) -> None:
    assert opened.navigation.pages.index_of(LAST + "01") == QModelIndex()
    put(opened, Cell(LAST + "01", "closing", "amount"), 1_000_000)
    settle(qtbot)
    assert opened.navigation.pages.index_of(LAST + "01").isValid()
    opened.actions_["undo"].trigger()
    settle(qtbot)
    assert opened.navigation.pages.index_of(LAST + "01") == QModelIndex()


def test_a_second_window_on_the_same_file_reads_only_and_says_so(
    opened: MainWindow, settings: Settings, sample: Path, qtbot: QtBot
) -> None:
    second = MainWindow(settings)
    second.show()
    assert second.files.open_path(sample)
    assert document_of(second).read_only
    assert "打开" in second.messages.text() and "查看" in second.messages.text()
    assert second.messages.tone is Tone.WARNING
    assert "只读" in second.windowTitle()
    assert second.status._fields["read_only"].isVisible()
    assert not second.actions_["paste"].isEnabled()
    second.close()


def test_edits_are_in_the_file_without_saving(opened: MainWindow, sample: Path) -> None:
    put(opened, ROW, 1_230_000)
    opened.actions_["save"].trigger()
    assert "已保存" in opened.messages.text()
    opened.files.close()
    assert opened.document is None and opened.welcome.isVisible()
    assert opened.files.open_path(sample)
    assert document_of(opened).report.get(ROW) == 1_230_000
    assert document_of(opened).file.can_undo


def test_opening_another_report_closes_the_first(opened: MainWindow, empty: Path, sample: Path) -> None:
    first = document_of(opened).file
    assert opened.files.open_path(empty)
    assert not first.is_open
    assert [r.path for r in opened.settings.recent()] == [empty.resolve(), sample.resolve()]


def test_the_panels_come_back_as_they_were(opened: MainWindow, settings: Settings, sample: Path, qtbot: QtBot) -> None:
    opened.findings.toggleViewAction().trigger()
    assert not opened.findings.isVisible()
    opened.files.close()
    opened.files.open_path(sample)
    assert not opened.findings.isVisible()
    opened.findings.toggleViewAction().trigger()
    assert opened.findings.isVisible()


def test_f6_goes_around_the_panes(opened: MainWindow, qtbot: QtBot) -> None:
    opened.navigation.setFocus()
    seen = []
    for _ in range(4):
        opened.actions_["next_pane"].trigger()
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus)
    assert seen[-1] is opened.navigation
    assert len(set(map(id, seen))) == 4


def test_checking_everything_says_the_result(opened: MainWindow) -> None:
    opened.actions_["check"].trigger()
    assert opened.messages.text().startswith(f"校验完成：有 {errors(opened)} 个错误")


def test_a_large_report_is_checked_beside_the_window(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_work, "_MOST_AT_ONCE", 0)
    document = document_of(opened)
    slips = list(document.findings._relations)
    opened.actions_["check"].trigger()
    qtbot.waitUntil(lambda: opened.messages.text().startswith("校验完成"), timeout=20_000)
    assert list(document.findings._relations) == slips
    # Where the list is not what it should be, it is made anew.
    opened.messages.clear()
    document.findings._relations.pop(slips[0])
    opened.actions_["check"].trigger()
    qtbot.waitUntil(lambda: opened.messages.text().startswith("校验完成"), timeout=20_000)
    assert set(document.findings._relations) == set(slips)


@pytest.mark.skipif(sys.platform == "win32", reason="file permissions")
def test_refusals_of_the_form_stand_in_the_bar_and_offer_a_copy(opened: MainWindow) -> None:
    opened.workspace.said.emit("磁盘已满，保存没有成功；请用“另存副本”存到别的盘。", True)
    assert opened.messages.tone is Tone.ERROR
    assert opened.messages.button.text() == "另存副本…"
    opened.workspace.said.emit("", False)
    assert not opened.messages.isVisible()


def test_what_is_wrong_with_an_entry_does_not_move_the_form(opened: MainWindow, qtbot: QtBot) -> None:
    form = opened.workspace.form_view()
    assert form is not None
    height = form.height()
    assert form.edit_current("12a")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    settle(qtbot)
    assert "12a" in opened.status.currentMessage()
    assert not opened.messages.isVisible() and form.height() == height
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert opened.status.currentMessage() == ""


def test_an_entry_that_cannot_be_accepted_is_not_lost(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = opened.workspace.form_view()
    assert form is not None and form.edit_current("12a")
    for name in ("next_finding", "next_form", "find", "close", "export_json"):
        opened.actions_[name].trigger()
        assert "先改正" in opened.messages.text()
        opened.messages.clear()
    opened.navigation.setCurrentIndex(opened.navigation.pages.index_of("03"))
    assert opened.workspace.form_view() is form and form.editing.active
    page = opened.navigation.pages.page(opened.navigation.currentIndex())
    assert page is not None and page.form_id == "01"
    monkeypatch.setattr(dialogs, "ask", lambda *_args: False)
    assert not opened.close()
    assert form.editing.active and form.editing.editor.text() == "12a"
    form.editing.cancel()


def test_an_open_entry_is_accepted_before_anything_else(opened: MainWindow) -> None:
    opened.workspace.go_to(ROW)
    form = opened.workspace.form_view()
    assert form is not None and form.edit_current("77")
    opened.actions_["next_form"].trigger()
    assert document_of(opened).report.get(ROW) == 77_000_000
    page = opened.workspace.page()
    assert page is not None and page.form_id == "04"


def test_everything_that_takes_the_keyboard_has_a_name(opened: MainWindow) -> None:
    """Screen readers read out the accessible name, or else the text, of what has the focus."""
    opened.actions_["find"].trigger()
    nameless = []
    for widget in opened.findChildren(QWidget):
        takes_keys = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(opened)
        if (
            takes_keys
            and not widget.focusProxy()
            and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        ):
            nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []
