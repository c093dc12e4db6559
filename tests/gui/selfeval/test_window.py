"""Self-evaluation forms in a real window: typed, pasted, scored, copied, jumped to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from desktopapp.core.performance.next_year import emptied
from desktopapp.core.performance.selfeval import FormKind
from desktopapp.gui.selfeval import edits, shelf
from desktopapp.gui.selfeval.edits import KEYS
from desktopapp.gui.selfeval.form_page import FormPage
from desktopapp.gui.selfeval.table import IndicatorTable
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.store.report_file import create
from tests.gui.selfeval.conftest import listing, page, project, stored
from tests.gui.window.conftest import document_of, settle

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def focus() -> QWidget:
    """Return the widget with the keyboard."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def press(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(focus(), key, modifiers)


def write(qtbot: QtBot, *entries: str) -> None:
    """Type texts, each followed by Tab; the widget is looked up anew for every key."""
    for text in entries:
        for letter in text:
            qtbot.keyClick(focus(), letter) if letter.isascii() else _put(focus(), letter)
        press(qtbot, KEY.Key_Tab)


def _put(widget: QWidget, text: str) -> None:
    """Hand over a letter as an input method does."""
    from PySide6.QtGui import QInputMethodEvent

    if isinstance(widget, IndicatorTable):
        widget.edit(widget.currentIndex())
        editor = widget.delegate.editor
        assert editor is not None
        editor.selectAll()
        widget = editor
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def at(form: FormPage, row: int, key: str) -> None:
    form.table.setFocus()
    form.table.go_to(row, key)


def clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


# ── a whole form by keyboard ────────────────────────────────────────────────────────────────────────────────────────
def test_a_new_projects_form_is_filled_in_by_keyboard_alone(qtbot: QtBot, evaluated: MainWindow) -> None:
    window = evaluated
    window.activateWindow()
    shown = listing(window)
    shown.buttons["project"].setFocus()
    press(qtbot, KEY.Key_Space)
    settle(qtbot)
    form = window.workspace.page_widget()
    assert isinstance(form, FormPage) and form.bench.number == 2
    qtbot.waitUntil(lambda: focus() is form.head.fields["name"])
    write(qtbot, "网络安全经费", "2024年6月6日", "", "办公室")
    assert isinstance(focus(), QCheckBox)
    press(qtbot, KEY.Key_Space)
    for _ in range(8):
        press(qtbot, KEY.Key_Tab)
    assert focus() is form.head.fields["budget"]
    write(qtbot, "120", "90", "", "")
    assert focus() is form.goals.texts[0]
    write(qtbot, "保障网络安全")
    press(qtbot, KEY.Key_Tab)
    assert focus() is form.table
    write(qtbot, "产出指标", "数量指标", "巡检次数", "次", "40", ">=12", "9", "", "")
    write(qtbot, "", "质量指标", "故障修复率", "", "40", "100%", "100%", "", "")
    press(qtbot, KEY.Key_Tab, CONTROL)
    found = stored(window, 2)
    assert found.head.name == "网络安全经费" and found.head.filled_on == "2024年6月6日"
    assert (found.head.authority, found.head.implementer) == ("某某局", "办公室")
    assert found.head.category == "部门预算项目"
    assert (found.execution.budget, found.execution.executed) == (120_000_000, 90_000_000)
    assert found.execution.computed_score() == 1500
    assert found.goals[0].text == "保障网络安全"
    assert [(i.level1, i.level2, i.name, i.weight, i.score) for i in found.indicators] == [
        ("产出指标", "数量指标", "巡检次数", 4000, 3000),
        ("产出指标", "质量指标", "故障修复率", 4000, 4000),
    ]
    assert "85" in form.sums.text() and "良" in form.sums.text()
    assert [p.title for p in window.workspace.pages if p.key == "selfeval/2"] == ["网络安全经费"]


def test_tab_goes_through_goals_added_later(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    form.goals.add.click()
    settle(qtbot)
    assert [t.accessibleName() for t in form.goals.texts] == ["年度目标1", "年度目标2"]
    assert focus() is form.goals.texts[1] and not form.table.isColumnHidden(0)
    form.goals.texts[0].setFocus()
    press(qtbot, KEY.Key_Tab)
    assert focus().text() == "删除"  # type: ignore[attr-defined]
    press(qtbot, KEY.Key_Tab)
    assert focus() is form.goals.texts[1]
    write(qtbot, "second", "")
    assert focus() is form.goals.add and stored(evaluated).goals[1].text == "second"


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_block_from_excel_becomes_lines_in_one_step(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    at(form, 3, "level1")
    clipboard(
        "一级指标\t二级指标\t三级指标\t单位\t权重\t年初目标值(A)\t实际完成值(B)\r\n"
        "产出指标\t时效指标\t办结时限\t\t5\t≤10天\t8天\r\n"
        "\t\t按时率\t\t5\t100%\t80%\r\n"
        "满意度指标\t服务对象满意度\t满意率\t\t10\t≥95%\t97.3%\r\n"
    )
    press(qtbot, KEY.Key_V, CONTROL)
    lines = stored(evaluated).indicators[3:]
    assert [(i.level1, i.level2, i.name, i.score) for i in lines] == [
        ("产出指标", "时效指标", "办结时限", 500),
        ("产出指标", "时效指标", "按时率", 400),
        ("满意度指标", "服务对象满意度", "满意率", 1000),
    ]
    document_of(evaluated).undo()
    assert stored(evaluated) == project()
    assert form.table.lines.rowCount() == 4


def test_a_bad_block_is_refused_whole(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    at(form, 0, "weight")
    clipboard("5\n五分\n")
    with qtbot.waitSignal(form.said, check_params_cb=lambda text, failed: failed and "第 2 行" in text):
        form.table.paste()
    assert stored(evaluated) == project()


def test_copied_lines_come_back_from_the_clipboard(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    at(form, 1, "level1")
    for _ in KEYS[2:]:
        press(qtbot, KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    press(qtbot, KEY.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text().startswith("产出指标\t数量指标\t制发情况通报（期）\t\t10\t4\t3\t7.5")
    at(form, 3, "level1")
    press(qtbot, KEY.Key_V, CONTROL)
    assert stored(evaluated).indicators[3] == stored(evaluated).indicators[1]


def test_the_score_is_live_and_an_own_one_is_put_back(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    at(form, 1, "actual")
    write(qtbot, "1")
    assert stored(evaluated).indicators[1].score == 250
    assert KEYS[form.table.currentIndex().column()] == "score"
    write(qtbot, "6")
    assert stored(evaluated).indicators[1].score == 600
    assert form.table.lines.note(1) == "改"
    at(form, 1, "score")
    press(qtbot, KEY.Key_A, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert stored(evaluated).indicators[1].score == 250
    assert document_of(evaluated).file.undo_label.startswith("“信息化运行维护费”")


def test_what_the_rule_cannot_score_says_why_and_shows_its_band(evaluated: MainWindow) -> None:
    form = page(evaluated)
    lines = form.table.lines
    tip = str(lines.data(lines.index(2, KEYS.index("score")), Qt.ItemDataRole.ToolTipRole))
    assert "文字表述" in tip and "32～40" in tip
    assert lines.note(2) == "人工"


def test_a_wrong_weight_stays_open_with_its_reason(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    at(form, 0, "weight")
    for letter in "3x":
        qtbot.keyClick(focus(), letter)
    press(qtbot, KEY.Key_Return)
    assert form.table.is_typing() and not evaluated.workspace.leave_entry()
    press(qtbot, KEY.Key_Escape)
    assert not form.table.is_typing() and stored(evaluated) == project()


def test_rows_are_inserted_moved_filled_and_deleted(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    at(form, 1, "name")
    press(qtbot, KEY.Key_Plus, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert len(stored(evaluated).indicators) == 4 and stored(evaluated).indicators[1].name == ""
    press(qtbot, KEY.Key_D, CONTROL)
    assert stored(evaluated).indicators[1].name == "培训次数（次）"
    press(qtbot, KEY.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert stored(evaluated).indicators[2].name == "培训次数（次）"
    assert form.table.currentIndex().row() == 2
    press(qtbot, KEY.Key_Minus, CONTROL)
    assert stored(evaluated) == project()


# ── causes, copies, findings ────────────────────────────────────────────────────────────────────────────────────────
def test_unmet_indicators_are_written_into_the_causes(evaluated: MainWindow) -> None:
    form = page(evaluated)
    assert not form.fill_causes.isHidden() and form.fill_causes.isEnabled()
    form.fill_causes.click()
    assert "制发情况通报（期）：年度目标值为4，实际完成3" in stored(evaluated).causes
    assert form.causes.toPlainText() == stored(evaluated).causes
    assert not form.fill_causes.isEnabled()


def test_a_form_is_copied_from_another_project_and_deleted_again(qtbot: QtBot, evaluated: MainWindow) -> None:
    shown = listing(evaluated)
    shown.copy_form(1)
    form = evaluated.workspace.page_widget()
    assert isinstance(form, FormPage) and form.bench.number == 2
    assert stored(evaluated, 2) == shelf.copied(project("宣传经费"))
    shown = listing(evaluated)
    shown.list.choose(2)
    shown.move_form(-1)
    assert stored(evaluated, 1).head.name == "宣传经费（副本）"
    page(evaluated, 2)
    shown = listing(evaluated)
    shown.list.choose(1)
    shown.delete()
    assert [f.head.name for f in shelf.forms(document_of(evaluated).report)] == ["信息化运行维护费", "宣传经费"]
    document_of(evaluated).undo()
    assert stored(evaluated, 1).head.name == "宣传经费（副本）"


def test_undo_of_a_new_form_shows_another_page(evaluated: MainWindow) -> None:
    listing(evaluated).copy_form(0)
    here = evaluated.workspace.page()
    assert here is not None and here.key == "selfeval/2"
    document_of(evaluated).undo()
    here = evaluated.workspace.page()
    assert here is not None and here.key == "selfeval/1"


def test_last_years_forms_come_from_a_file(evaluated: MainWindow, empty: Path, tmp_path: Path, qtbot: QtBot) -> None:
    from desktopapp import jobs
    from desktopapp.core.performance.selfeval_json import to_json

    last = jobs.start_report("hubei-2023", 2022, "某某局")
    last.fields["selfeval"] = [to_json(project()), to_json(project("去年的项目"))]
    path = tmp_path / "上年.juesuan"
    create(path, last)
    shown = listing(evaluated)
    shown.copy_from_file(path)
    assert stored(evaluated, 2) == emptied(project("去年的项目"))
    with qtbot.waitSignal(shown.said, check_params_cb=lambda text, failed: failed and "没有绩效自评表" in text):
        shown.copy_from_file(empty)


def test_a_finding_leads_to_its_indicator(qtbot: QtBot, evaluated: MainWindow) -> None:
    document = document_of(evaluated)
    form = page(evaluated, 1)
    at(form, 0, "score")
    write(qtbot, "12")
    evaluated.workspace.show_page("01")

    def found() -> list[object]:
        return [f for f in document.findings.foreign("inputs") if f.rule == "selfeval.score"]

    qtbot.waitUntil(lambda: bool(found()))
    finding = found()[0]
    assert finding.form == "selfeval/1"  # type: ignore[attr-defined]
    evaluated.show_finding(finding)  # type: ignore[arg-type]
    assert evaluated.workspace.page_widget() is form
    index = form.table.currentIndex()
    assert (index.row(), KEYS[index.column()]) == (0, "score")
    qtbot.waitUntil(form.table.hasFocus)
    assert document.text.page_name("selfeval/1") == "宣传经费"


def test_a_department_has_a_form_of_its_own_kind(evaluated: MainWindow) -> None:
    listing(evaluated).buttons["department"].click()
    form = evaluated.workspace.page_widget()
    assert isinstance(form, FormPage) and form.bench.form.kind is FormKind.DEPARTMENT
    assert form.bench.number == 0 and "basic_total" in form.head.fields and "category" not in form.head.fields


@pytest.mark.parametrize("text", ["abc", "1.2.3"])
def test_an_amount_that_is_none_stays_with_its_reason(qtbot: QtBot, evaluated: MainWindow, text: str) -> None:
    form = page(evaluated)
    field = form.head.fields["budget"]
    field.setFocus()
    field.selectAll()  # type: ignore[union-attr]
    qtbot.keyClicks(field, text)
    assert not evaluated.workspace.leave_entry() and evaluated.workspace.is_typing()
    qtbot.keyClick(field, KEY.Key_Escape)
    assert evaluated.workspace.leave_entry() and stored(evaluated) == project()


# ── cost ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_edit_shows_its_own_row_anew_and_no_other(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    model, shown = form.table.lines, []
    settle(qtbot)
    form.bench.findings_changed.disconnect(model.show_findings)
    model.dataChanged.connect(lambda first, last, _roles: shown.append((first.row(), last.row())))
    at(form, 1, "actual")
    write(qtbot, "4")
    assert shown == [(1, 1)] and stored(evaluated).indicators[1].score == 1000
    shown.clear()
    edited = edits.set_level(form.bench.form, 2, "level1", "产出指标")
    form.bench.apply(edited, "级别")
    assert shown == [(0, model.rowCount() - 1)]


def test_findings_show_the_lines_they_are_about(qtbot: QtBot, evaluated: MainWindow) -> None:
    form = page(evaluated)
    model, shown = form.table.lines, []
    name = model.index(1, 3)
    assert [f.rule for f in model.findings_at(name)] == ["selfeval.unmet-unnamed"]
    model.dataChanged.connect(lambda first, last, _roles: shown.append((first.row(), last.row())))
    form.bench.apply(replace(form.bench.form, causes="制发情况通报（期）因机构改革少一期。"), "原因")
    qtbot.waitUntil(lambda: model.findings_at(name) == [])
    assert shown == [(1, 1)]


def test_the_text_takes_projects_from_the_forms_in_one_step(evaluated: MainWindow) -> None:
    shown, document = listing(evaluated), document_of(evaluated)
    said: list[str] = []
    shown.said.connect(lambda text, _failed: said.append(text))
    shown.buttons["tell"].click()
    assert [r["name"] for r in document.report.fields["input.projects"]] == ["信息化运行维护费", "宣传经费"]
    shown.buttons["tell"].click()
    assert said[0].startswith("已填入 6 项") and "没有可以从自评表填入" in said[1]
    document.undo()
    assert "input.projects" not in document.report.fields
