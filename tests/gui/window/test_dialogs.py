"""Properties, history, find, go to, settings, help."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, Unit
from desktopapp.core.template import Cell
from desktopapp.gui.rounding.dialog import RoundingDialog
from desktopapp.gui.window.actions import MENUS, SPECS, SUBMENUS, TOOLBAR, key_table
from desktopapp.gui.window.goto_dialog import GoToDialog
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.properties import PropertiesDialog
from desktopapp.gui.window.settings import Settings, Theme
from desktopapp.gui.window.settings_dialog import SettingsDialog
from desktopapp.store.backup import NEWEST, list_backups
from desktopapp.store.creating import current_user
from tests.gui.window.conftest import document_of, put, settle

ROW = Cell("03", "2010301", "basic")


# ── properties ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_properties_are_changed_in_one_step(opened: MainWindow, qtbot: QtBot) -> None:
    document = document_of(opened)
    was = document.report.department
    dialog = PropertiesDialog(document, opened)
    dialog.department.setText("  新的  局 ")
    dialog.settings["all_administrative"].toggle()
    dialog.grains["03"].setCurrentIndex(1)
    on = not document.report.settings.get("all_administrative", False)
    dialog.save()
    settle(qtbot)
    report = document.report
    assert (report.department, report.settings["all_administrative"]) == ("新的 局", on)
    assert report.grain("03") == EXACT_GRAIN
    assert "新的 局" in opened.windowTitle()
    opened.actions_["undo"].trigger()
    assert (report.department, report.grain("03")) == (was, PUBLISHED_GRAIN)
    assert document.file.redo_label == "修改报表属性"


def test_nothing_changed_leaves_no_trace(opened: MainWindow) -> None:
    dialog = PropertiesDialog(document_of(opened), opened)
    assert dialog.commands() == []
    dialog.save()
    assert not document_of(opened).file.can_undo


def test_a_precision_that_would_lose_digits_is_refused_in_the_dialog(opened: MainWindow, qtbot: QtBot) -> None:
    document = document_of(opened)
    dialog = PropertiesDialog(document, opened)
    dialog.grains["03"].setCurrentIndex(1)
    dialog.save()
    put(opened, ROW, 123)
    dialog = PropertiesDialog(document, opened)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.grains["03"].setCurrentIndex(0)
    dialog.department.setText("不应保存")
    dialog.save()
    assert dialog.isVisible() and "丢掉尾数" in dialog._problem.text()
    assert document.report.department != "不应保存"
    assert document.report.grain("03") == EXACT_GRAIN


def test_another_year_brings_its_own_classification(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = PropertiesDialog(document_of(opened), opened)
    dialog.year.setValue(2024)
    dialog.save()
    catalogues = lambda: document_of(opened).catalogues  # noqa: E731
    qtbot.waitUntil(lambda: (c := catalogues()) is not None and c.functional.year == 2024)
    assert "2024 年度" in opened.windowTitle()
    page = opened.workspace.page()
    assert page is not None and page.form_id == "01"


# ── find ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_find_goes_through_all_forms(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_["find"].trigger()
    bar = opened.workspace.find_bar
    assert bar.isVisible() and bar.field.hasFocus()
    qtbot.keyClicks(bar.field, "231.59")
    seen = set()
    bar._search()
    count = len(bar._hits)
    for _ in range(count):
        qtbot.keyClick(bar.field, Qt.Key.Key_Return)
        form = opened.workspace.form_view()
        assert form is not None
        cell = form.current_cell()
        assert cell is not None and document_of(opened).report.get(cell) == 231_590_000
        seen.add(cell)
    assert {c.form for c in seen} >= {"01", "02", "03", "05"}
    assert len(seen) == count
    assert bar._count.text() == f"第 {count} 处，共 {count} 处"
    assert bar.field.hasFocus()
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    form = opened.workspace.form_view()
    assert form is not None and form.isAncestorOf(QApplication.focusWidget())


def test_find_says_when_there_is_nothing(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_["find"].trigger()
    bar = opened.workspace.find_bar
    bar.field.setText("没有这样的文字")
    qtbot.waitUntil(lambda: bar._count.text() == "没有找到")


def test_find_can_stay_in_one_form(opened: MainWindow, qtbot: QtBot) -> None:
    opened.workspace.show_page("03")
    opened.actions_["find"].trigger()
    bar = opened.workspace.find_bar
    bar._only_here.setChecked(True)
    bar.field.setText("行政运行")
    bar._search()
    assert {h.cell.form for h in bar._hits} == {"03"}


# ── go to ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_go_to_understands_numbers_codes_and_names(opened: MainWindow, qtbot: QtBot) -> None:
    forms = [p.form_id for p in opened.workspace.pages if p.form_id]
    dialog = GoToDialog(document_of(opened).report, forms, opened)
    qtbot.addWidget(dialog)
    for text, form_id, row in (
        ("3", "03", "total"),
        ("03", "03", "total"),
        ("公开04表", "04", "general"),
        ("1 27", "01", "income_total"),
        ("03 2010301", "03", "2010301"),
        ("三公", "09", "row"),
        ("2 运行", "02", "2010301"),
    ):
        dialog.field.setText(text)
        cell = dialog.cell()
        assert cell is not None and (cell.form, cell.row) == (form_id, row), text
    dialog.field.setText("没有")
    assert dialog.cell() is None and not dialog._ok.isEnabled()


# ── settings ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_settings_are_kept(qtbot: QtBot, settings: Settings) -> None:
    dialog = SettingsDialog(settings)
    qtbot.addWidget(dialog)
    dialog.theme.setCurrentIndex(2)
    dialog.sizes.setCurrentIndex(3)
    dialog.reopen.setChecked(False)
    dialog.accept()
    settings.sync()
    again = Settings(settings.path)
    assert (again.theme, again.font_points, again.reopen_last) == (Theme.DARK, 13, False)


def test_everything_chosen_in_the_settings_is_kept(settings: Settings, qtbot: QtBot) -> None:
    dialog = SettingsDialog(settings)
    qtbot.addWidget(dialog)
    assert [dialog.tabs.tabText(i).partition("(")[0] for i in range(4)] == ["外观", "文件", "新报表", "导出字体"]
    dialog.author.setText("  王  会计 ")
    dialog.backups.setValue(9)
    dialog.numbers["separators"].setCurrentIndex(2)
    dialog.numbers["amount_places"].setCurrentIndex(dialog.numbers["amount_places"].findData(1))
    dialog.rounding.setCurrentIndex(1)
    dialog.pin_totals.setChecked(True)
    dialog.fonts["body"].addItem("某仿宋", "某仿宋")
    dialog.fonts["body"].setCurrentIndex(1)
    dialog.accept()
    again = Settings(settings.path)
    assert (again.author, again.backups, again.rounding, again.pin_totals) == ("王 会计", 9, "plain", True)
    assert again.numbers == {"separators": False, "amount_places": 1}
    assert again.fonts == {"body": "某仿宋"}
    shown = SettingsDialog(again)
    qtbot.addWidget(shown)
    assert shown.numbers["separators"].currentText().startswith("不用")
    assert shown.numbers["amount_places"].currentText() == "1 位"
    assert shown.numbers["trim_rates"].currentText() == "按模板"
    assert shown.fonts["body"].currentData() == "某仿宋" and shown.fonts["title"].currentData() == ""
    qtbot.waitUntil(lambda: shown._fonts_task is not None and shown._fonts_task.done, timeout=20_000)
    qtbot.waitUntil(lambda: dialog._fonts_task is not None and dialog._fonts_task.done, timeout=20_000)


def test_settings_take_effect_on_the_open_report_at_once(opened: MainWindow) -> None:
    document = document_of(opened)
    opened.settings.author, opened.settings.fonts = "王会计", {"body": "某仿宋"}
    opened.settings.show_yuan = True
    opened.views.apply_settings()
    assert document.fonts == {"body": "某仿宋"} and document.unit is Unit.YUAN
    put(opened, ROW, 1_000_000)
    assert document.file.history(limit=1)[0].user == "王会计"
    opened.settings.author = ""
    opened.views.apply_settings()
    put(opened, ROW, 2_000_000)
    assert document.file.history(limit=1)[0].user == current_user()


def test_new_reports_begin_with_the_chosen_numbers_and_name(window: MainWindow, tmp_path: Path) -> None:
    window.settings.author, window.settings.numbers = "王会计", {"separators": False}
    path = tmp_path / "新.juesuan"
    window.files.save_and_show(jobs.start_report("hubei-2024", 2024, "某局"), path)
    document = document_of(window)
    assert document.report.fields["numbers"] == {"separators": False}
    assert document.file.history(limit=1)[0].user == "王会计"


def test_as_many_backups_are_kept_as_were_asked_for(window: MainWindow, sample: Path) -> None:
    window.settings.backups = 3
    for number in range(1, 8):
        assert window.files.open_path(sample)
        put(window, ROW, number * 10_000)
        window.files.close()
    assert 3 <= len(list_backups(sample)) <= 5


def test_rounding_is_proposed_as_in_the_settings(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = RoundingDialog(document_of(opened), opened, first="plain", pin_totals=True)
    qtbot.addWidget(dialog)
    assert dialog.plain.isChecked()
    assert dialog.pins.pins() == dialog.pins.all()
    dialog.close()


def test_damaged_settings_count_as_absent(settings: Settings) -> None:
    settings.set_text("theme", "pink")
    settings.set_text("font_points", "huge")
    settings.set_text("recent", "\n\t\n")
    settings.set_text("fonts", "[1")
    settings.set_text("numbers", '{"separators": 5, "amount_places": true, "other": 1}')
    settings.set_text("backups", "1000")
    assert (settings.fonts, settings.numbers, settings.backups) == ({}, {}, NEWEST)
    assert (settings.theme, settings.font_points, settings.recent()) == (Theme.SYSTEM, 0, [])
    assert settings.blob("geometry") is None


# ── help and actions ────────────────────────────────────────────────────────────────────────────────────────────────
def test_everything_has_a_label_a_tip_and_a_place(window: MainWindow) -> None:
    placed = {name for _, names in MENUS for name in names.split()}
    names = {spec.name for spec in SPECS}
    assert names <= placed
    assert {n for n in placed - names if n != "-"} == {">" + n for n in SUBMENUS}
    assert set(TOOLBAR.split()) - {"-"} <= names
    for spec in SPECS:
        assert re.search("[一-鿿]", spec.text) or spec.name == "json"
        assert re.search("[一-鿿]", spec.tip)
        assert window.actions_[spec.name].toolTip().startswith(spec.tip) or spec.name in ("undo", "redo")


def test_no_key_and_no_mnemonic_is_given_twice(window: MainWindow) -> None:
    keys = [QKeySequence(k).toString() for spec in SPECS for k in spec.keys]
    assert len(keys) == len(set(keys))
    titles = [t for t, _ in MENUS]
    for texts in (titles, *([window.actions_[n].text() for n in ns.split() if n[0] not in "->"] for _, ns in MENUS)):
        letters = [m[1] for t in texts if (m := re.search("&(.)", t))]
        assert len(letters) == len(set(letters)), texts
    assert len(key_table()) > 25
