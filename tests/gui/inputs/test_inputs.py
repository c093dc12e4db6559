"""Input tables in the window: typing, refusing, pasting, rows, undo, findings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktopapp.core.amount import Unit
from desktopapp.gui.inputs.page import InputPage
from desktopapp.gui.window.main_window import MainWindow
from tests.gui.window.conftest import document_of, settle


def page(window: MainWindow, table: str) -> InputPage:
    """Return the page of an input table, shown."""
    found = window.workspace.show_page(f"input.{table}")
    assert isinstance(found, InputPage)
    return found


def stored(window: MainWindow, table: str) -> object:
    """Return what the report keeps of an input table."""
    return document_of(window).report.fields.get(f"input.{table}")


def type_into(found: InputPage, key: str, column: str, text: str) -> None:
    """Type into a cell and press Enter."""
    found.show_place(f"{key}.{column}")
    found.view.edit(found.view.currentIndex())
    editor = found.view.delegate.editor
    assert isinstance(editor, QLineEdit)
    editor.setText(text)
    QTest.keyClick(editor, Qt.Key.Key_Return)


def test_every_input_table_has_a_page_in_its_group(opened: MainWindow) -> None:
    tables = document_of(opened).text.book.inputs
    pages = [p for p in opened.workspace.pages if p.key.startswith("input.")]
    assert {p.key for p in pages} == {t.field for t in tables.values()}
    assert all(p.group.startswith("补充数据") for p in pages)


def test_an_amount_typed_in_wan_is_kept_in_fen_and_can_be_undone(opened: MainWindow) -> None:
    found = page(opened, "items")
    key = found.view.inputs.rows[0].key
    type_into(found, key, "budget", "1,234.5")
    assert stored(opened, "items") == [{"key": key, "budget": 1_234_500_000}]
    assert found.view.currentIndex().row() == 1
    document_of(opened).undo()
    assert stored(opened, "items") is None


def test_tab_moves_within_the_table(opened: MainWindow) -> None:
    found = page(opened, "items")
    first = found.view.inputs.rows[0].key
    found.show_place(f"{first}.budget")
    at = found.view.currentIndex()
    QTest.keyClick(found.view, Qt.Key.Key_Tab)
    assert (found.view.currentIndex().row(), found.view.currentIndex().column()) == (at.row(), at.column() + 1)
    QTest.keyClick(found.view, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert found.view.currentIndex() == at


def test_what_cannot_be_read_stays_open_with_its_reason(opened: MainWindow, qtbot: QtBot) -> None:
    found = page(opened, "items")
    type_into(found, found.view.inputs.rows[0].key, "budget", "十二")
    assert found.is_typing()
    assert not found.leave_entry()
    assert not opened.workspace.leave_entry()
    assert stored(opened, "items") is None
    editor = found.view.delegate.editor
    assert isinstance(editor, QLineEdit)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    settle(qtbot)
    assert opened.workspace.leave_entry()


def test_a_pasted_block_is_one_step_and_grows_a_free_table(opened: MainWindow) -> None:
    found = page(opened, "units")
    QGuiApplication.clipboard().setText("某某局机关\n某某中心\t\t差额拨款\n")
    found.view.paste()
    assert stored(opened, "units") == [{"name": "某某局机关"}, {"name": "某某中心", "note": "差额拨款"}]
    document_of(opened).undo()
    assert stored(opened, "units") is None


def test_a_block_with_a_slip_is_not_pasted_at_all(opened: MainWindow) -> None:
    found = page(opened, "items")
    said: list[str] = []
    found.said.connect(lambda text, _failed: said.append(text))
    found.show_place(f"{found.view.inputs.rows[0].key}.budget")
    QGuiApplication.clipboard().setText("1.5\n不是数\n")
    found.view.paste()
    assert stored(opened, "items") is None
    assert "第 2 行" in said[0]


def test_rows_of_a_free_table_are_inserted_moved_and_deleted(opened: MainWindow) -> None:
    found = page(opened, "offices")
    QGuiApplication.clipboard().setText("办公室\n财务处\n人事处")
    found.view.paste()
    found.view.go_to("1", "name")
    found.view.shift(1)
    assert [r["name"] for r in stored(opened, "offices")] == ["财务处", "办公室", "人事处"]  # type: ignore[union-attr]
    found.view.go_to("2", "name")
    found.view.insert()
    assert found.view.inputs.rowCount() == 4
    found.view.delete()
    found.view.go_to("1", "name")
    found.view.delete()
    assert [r["name"] for r in stored(opened, "offices")] == ["办公室", "人事处"]  # type: ignore[union-attr]


def test_choices_are_kept_by_their_key(opened: MainWindow) -> None:
    found = page(opened, "projects")
    found.view.insert()
    found.show_place("1.scope")
    found.view.edit(found.view.currentIndex())
    combo = found.view.delegate.editor
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(combo.findData("listed"))
    assert found.view.leave_entry()
    assert stored(opened, "projects") == [{"scope": "listed"}]
    assert found.view.inputs.text(found.view.inputs.index_of("1", "scope")) == "只写支出情况"


def test_a_table_of_one_row_stands_upright(opened: MainWindow) -> None:
    found = page(opened, "procurement")
    assert found.view.inputs.rowCount() == len(document_of(opened).text.book.inputs["procurement"].columns)
    type_into(found, "", "goods", "12")
    type_into(found, "", "works", "3")
    assert stored(opened, "procurement") == [{"goods": 12_000_000, "works": 3_000_000}]
    document_of(opened).set_unit(Unit.YUAN)
    assert found.view.inputs.text(found.view.inputs.index_of("", "goods")) == "120,000.00"


def test_what_is_wrong_stands_among_the_findings_and_leads_to_the_cell(opened: MainWindow, qtbot: QtBot) -> None:
    found = page(opened, "procurement")
    type_into(found, "", "goods", "1")
    type_into(found, "", "sme", "2")
    document = document_of(opened)
    qtbot.waitUntil(lambda: any(f.form == "input.procurement" for f in document.findings.all()), timeout=5000)
    opened.workspace.show_page("01")
    opened.show_finding(next(f for f in document.findings.all() if f.form == "input.procurement"))
    here = opened.workspace.page()
    assert here is not None and here.key == "input.procurement"


def test_a_list_is_filled_in_by_keyboard_alone(opened: MainWindow) -> None:
    found = page(opened, "offices")
    assert found.view.inputs.rowCount() == 0
    found.grab()
    found.view.setFocus()
    for text in ("办公室", "财务处"):
        QTest.keyClick(found.view, Qt.Key.Key_A)
        editor = found.view.delegate.editor
        assert isinstance(editor, QPlainTextEdit)
        editor.setPlainText(text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert found.view.inputs.rowCount() == 3 and found.view.currentIndex().row() == 2
    QTest.keyClick(found.view, Qt.Key.Key_Return)
    assert found.view.inputs.rowCount() == 3
    assert [r.get("name") for r in stored(opened, "offices")] == ["办公室", "财务处", None]  # type: ignore[attr-defined]
