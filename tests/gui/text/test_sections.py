"""Sections in the window: live numbers, own wording, chips, missing inputs, classified, undo."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktopapp.core.commands import SetField
from desktopapp.core.template import Cell
from desktopapp.gui.text.lines import Run, stored_text
from desktopapp.gui.text.section_page import SectionPage
from desktopapp.gui.text.words import old_card
from desktopapp.gui.window.main_window import MainWindow
from tests.gui.window.conftest import document_of, put

_TOTAL = Cell("05", "total", "c1")


def page(window: MainWindow, section: str) -> SectionPage:
    """Return the page of a section, shown."""
    found = window.workspace.show_page(f"text.{section}")
    assert isinstance(found, SectionPage)
    return found


def chips(found: SectionPage) -> list[Run]:
    """Return the chips on show."""
    return [r for line in found.lines() for r in line.runs if r.holder]


def own(window: MainWindow, section: str) -> str | None:
    """Return the office's own wording that the report keeps."""
    text = document_of(window).report.fields.get(f"text.{section}")
    return text if isinstance(text, str) else None


def test_numbers_follow_an_edit_of_a_form_at_once(opened: MainWindow) -> None:
    found = page(opened, "general")
    fact = document_of(opened).text.facts.get("05.total")
    assert any(r.fact == "05.total" and r.state == "live" for r in chips(found))
    put(opened, fact.cells[0], 12_345_600_000)
    assert {r.text for r in chips(found) if r.fact == "05.total"} == {"12,345.6"}


def test_a_hidden_section_is_shown_anew_when_it_comes_into_view(opened: MainWindow) -> None:
    found = page(opened, "general")
    opened.workspace.show_page("01")
    cell = document_of(opened).text.facts.get("05.total").cells[0]
    put(opened, cell, 770_000_000)
    assert "770" not in found.editor.toPlainText()
    page(opened, "general")
    assert {r.text for r in chips(found) if r.fact == "05.total"} == {"770"}


def test_typing_keeps_the_numbers_live_and_can_be_undone_and_put_back(opened: MainWindow) -> None:
    found = page(opened, "general")
    before = stored_text(found.lines())
    found.editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(found.editor, "abc")
    assert found.is_typing()
    assert opened.workspace.leave_entry()
    written = own(opened, "general")
    assert written is not None and written.endswith("abc")
    assert "⟦05.total⟧" in written
    cell = document_of(opened).text.facts.get("05.total").cells[0]
    put(opened, cell, 880_000_000)
    assert {r.text for r in chips(found) if r.fact == "05.total"} == {"880"}
    found.restore.click()
    assert own(opened, "general") is None
    assert stored_text(found.lines()) == before
    document_of(opened).undo()
    assert own(opened, "general") == written


def test_a_chip_is_deleted_whole_and_never_typed_into(opened: MainWindow) -> None:
    found = page(opened, "general")
    editor = found.editor
    first = next(r for r in chips(found) if r.fact == "05.total")
    at = editor.toPlainText().index(first.text)
    cursor = editor.textCursor()
    cursor.setPosition(at + 2)
    editor.setTextCursor(cursor)
    QTest.keyClicks(editor, "x")
    assert first.text + "x" in editor.toPlainText()
    count = len(chips(found))
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert len(chips(found)) == count - 1


def test_empty_places_lead_to_the_table_in_which_they_are_typed(opened: MainWindow, qtbot: QtBot) -> None:
    found = page(opened, "general")
    assert "还需填写" in found._missing.text()
    opened.workspace.show_place(("input.classes", "201.purpose"))
    here = opened.workspace.page()
    assert here is not None and here.key == "input.classes"
    document_of(opened).apply(SetField("input.classes", [{"key": "201", "purpose": "保障机关运转"}]))
    found = page(opened, "general")
    assert any(r.text == "保障机关运转" for r in chips(found))


def test_a_classified_section_says_so_and_cannot_be_edited(opened: MainWindow) -> None:
    found = page(opened, "general")
    found.secret.click()
    assert found.editor.isReadOnly()
    assert "不予公开" in found.editor.toPlainText()
    found.secret.click()
    assert not found.editor.isReadOnly()
    assert document_of(opened).report.fields.get("classified") is None


def test_a_fact_is_inserted_from_the_browser_and_follows(opened: MainWindow) -> None:
    found = page(opened, "offices")
    opened.publishing.facts()
    browser = opened.publishing._facts
    assert browser is not None
    browser.field.setText("05.total")
    browser._search()
    fact = browser.chosen()
    assert fact is not None and "05.total" in fact.id
    found.editor.moveCursor(QTextCursor.MoveOperation.End)
    browser.insert.click()
    assert f"⟦{fact.id}⟧" in (own(opened, "offices") or "")


def test_numbers_of_last_years_text_without_a_fact_are_marked_and_can_be_kept(opened: MainWindow) -> None:
    document_of(opened).apply(SetField("text.offices", "共设⟦?12⟧个处室。"))
    found = page(opened, "offices")
    run = chips(found)[0]
    assert (run.text, run.state) == ("12", "unbound")
    found._binding = run
    found._chosen("keep")
    assert own(opened, "offices") == "共设12个处室。"


def test_selecting_text_leaves_its_numbers_live(opened: MainWindow) -> None:
    document_of(opened).apply(SetField("text.offices", "⟦year⟧年度支出⟦05.total⟧"))
    found = page(opened, "offices")
    QTest.keyClick(found.editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert [r.fact for r in chips(found)] == ["year", "05.total"]
    found.editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClick(found.editor, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert [r.fact for r in chips(found)] == ["year", "05.total"]
    QTest.keyClicks(found.editor, "9.5")
    found.commit()
    assert own(opened, "offices") == "⟦year⟧年度支出9.5"


def test_last_years_reasons_are_shown_one_by_one_kept_or_typed_over(opened: MainWindow) -> None:
    document_of(opened).apply(SetField("text.offices", "因⟦?人员调出⟧减少⟦?3⟧人。原因是⟦?机构调整⟧。"))
    found = page(opened, "offices")
    assert "1 处数字、2 处原因待核对" in found._missing.text()
    found._go_missing("#next")
    assert found.editor.textCursor().selectedText() == "人员调出"
    found._go_missing("#next")
    found._go_missing("#next")
    assert found.editor.textCursor().selectedText() == "机构调整"
    found._binding = chips(found)[2]
    assert "仍然如此" in old_card(found._binding)
    found._chosen("rewrite")
    assert found.editor.textCursor().selectedText() == "机构调整"
    QTest.keyClicks(found.editor, "XX")
    found.commit()
    assert own(opened, "offices") == "因⟦?人员调出⟧减少⟦?3⟧人。原因是XX。"
    found._go_missing("#settle")
    assert own(opened, "offices") == "因人员调出减少3人。原因是XX。"
    assert not found._missing.isVisible()
    document_of(opened).undo()
    assert own(opened, "offices") == "因⟦?人员调出⟧减少⟦?3⟧人。原因是XX。"


def test_text_that_contradicts_the_forms_is_a_finding_that_leads_into_the_text(
    opened: MainWindow, qtbot: QtBot
) -> None:
    document = document_of(opened)
    document.apply(SetField("text.general", "2023年度一般公共预算财政拨款支出11.11万元，XX增加。"))
    qtbot.waitUntil(lambda: bool(document.findings.foreign("text")), timeout=10_000)
    qtbot.waitUntil(lambda: not document.text.is_checking(), timeout=10_000)
    found = [f for f in document.findings.foreign("text") if f.form == "text.general"]
    assert found
    opened.show_finding(found[0])
    here = opened.workspace.page()
    assert here is not None and here.key == "text.general"


def test_subheadings_and_notes_survive_the_editor(opened: MainWindow) -> None:
    text = "# （一）情况\n正文⟦year⟧年度。\n@note 注：说明\n@figure general"
    document_of(opened).apply(SetField("text.general", text))
    assert stored_text(page(opened, "general").lines()) == text
