"""Rounding for publication in the window: look first, then apply, published amounts everywhere."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.amount import PUBLISHED_GRAIN, Unit, round_to
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.commands import SetGrain
from desktopapp.core.rounding import PLAN_FIELD, outdated, total_cells
from desktopapp.core.template import LAST
from desktopapp.gui.document import Document
from desktopapp.gui.rounding.dialog import RoundingDialog
from desktopapp.gui.rounding.lists import DEPARTURES, RESIDUALS, as_page, as_text
from desktopapp.gui.rounding.work import write_pdf
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.export_dialog import ExportChoice, ExportDialog
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.properties import PropertiesDialog
from desktopapp.store.report_file import create
from tests.generators import exact_report, the_book
from tests.gui.window.conftest import document_of, put, settle


@pytest.fixture
def exact(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """Return a window with a report that is kept to the 分 in all forms."""
    path = tmp_path / "准确.juesuan"
    create(path, exact_report(5))
    assert window.files.open_path(path)
    settle(qtbot)
    return window


def planned(document: Document, qtbot: QtBot) -> RoundingDialog:
    """Return the dialog with its first plan worked out."""
    dialog = RoundingDialog(document)
    qtbot.addWidget(dialog)
    qtbot.waitSignal(dialog.planned, timeout=20_000).wait()
    return dialog


def apply(window: MainWindow, qtbot: QtBot) -> None:
    planned(document_of(window), qtbot).save()
    settle(qtbot)


def test_the_plan_is_shown_before_it_is_applied(exact: MainWindow, qtbot: QtBot) -> None:
    document = document_of(exact)
    dialog = planned(document, qtbot)
    assert dialog.plan is not None and dialog.lists is not None
    assert dialog.plan.departures and not dialog.plan.residuals
    assert "没有尾差" in dialog.summary.text()
    assert dialog.departures.rowCount() == len(dialog.plan.departures)
    by_cell = {d.cell: d for d in dialog.plan.departures}
    for row, cell in enumerate(dialog.lists.cells):
        assert cell in by_cell
        texts = [dialog.departures.item(row, c) for c in range(len(DEPARTURES))]
        assert texts[4] is not None and texts[4].text().replace(",", "") == f"{by_cell[cell].chosen / 1_000_000:.2f}"
    assert PLAN_FIELD not in document.report.fields


def test_applying_is_one_step_and_keeps_the_plan(exact: MainWindow, qtbot: QtBot) -> None:
    document = document_of(exact)
    before = dict(document.report.amounts)
    apply(exact, qtbot)
    assert document.rounding.plan is not None
    assert document.file.undo_label == "公开金额舍入：平衡舍入"
    assert document.report.amounts == before
    published = jobs.to_publish(document.report)
    checker = Checker(published, the_book())
    assert not [r for r in checker.open_relations() if checker.verdict(r) in (Verdict.ROUNDING, Verdict.VIOLATED)]
    exact.actions_["undo"].trigger()
    assert document.rounding.plan is None
    settle(qtbot)
    exact.actions_["redo"].trigger()
    assert document.rounding.plan is not None


def test_totals_can_be_held(exact: MainWindow, qtbot: QtBot) -> None:
    document = document_of(exact)
    dialog = planned(document, qtbot)
    every = dialog.pins.all()
    assert every and every <= total_cells(document.report)
    assert not any(c.form.startswith(LAST) for c in every)
    with qtbot.waitSignal(dialog.planned, timeout=20_000):
        dialog.pin_totals.click()
        assert dialog.plan is None and not dialog.apply.isEnabled()
    assert dialog.pin_totals.checkState() is Qt.CheckState.Checked
    assert dialog.plan is not None and set(dialog.plan.pinned) == every
    assert all(d.cell not in every for d in dialog.plan.departures)
    one = next(iter(sorted(every)))
    with qtbot.waitSignal(dialog.planned, timeout=20_000):
        dialog.pins.set_pins(frozenset({one}))
    assert dialog.pin_totals.checkState() is Qt.CheckState.PartiallyChecked
    dialog.save()
    again = RoundingDialog(document)
    qtbot.addWidget(again)
    assert again.pins.pins() == {one}
    assert "平衡舍入" in again._note.text()


def test_plain_rounding_lists_what_is_left(exact: MainWindow, qtbot: QtBot) -> None:
    dialog = planned(document_of(exact), qtbot)
    with qtbot.waitSignal(dialog.planned, timeout=20_000):
        dialog.plain.click()
    assert dialog.plan is not None and dialog.lists is not None
    assert not dialog.plan.departures
    assert dialog.residuals.rowCount() == len(dialog.plan.residuals) > 0
    assert not dialog.pin_totals.isEnabled()
    text, page = as_text(dialog.lists), as_page(document_of(exact).report, dialog.lists)
    assert text.splitlines()[-1] == "\t".join(dialog.lists.residuals[-1])
    assert RESIDUALS[1] in text and RESIDUALS[1] in page
    assert page.count("<tr>") == 1 + len(dialog.lists.residuals)


def test_the_list_can_be_copied_and_written(exact: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = planned(document_of(exact), qtbot)
    assert dialog.lists is not None
    dialog.copy_list.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1].split("\t") == list(DEPARTURES)
    assert len(lines) == 2 + len(dialog.lists.departures)
    target = tmp_path / "清单.pdf"
    write_pdf(exact.roundings._page(dialog), target)
    assert target.read_bytes().startswith(b"%PDF")
    with pytest.raises(jobs.UserError):
        write_pdf(exact.roundings._page(dialog), tmp_path / "没有" / "清单.pdf")


def test_a_calculation_can_be_stopped(exact: MainWindow, qtbot: QtBot) -> None:
    dialog = RoundingDialog(document_of(exact))
    qtbot.addWidget(dialog)
    dialog.calculate()
    task = dialog._task
    assert task is not None
    with qtbot.waitSignal(task.finished, timeout=20_000):
        dialog.stop.click()
    assert dialog.plan is None
    assert not dialog.apply.isEnabled()
    assert "还没有计算结果" in dialog.summary.text()


def test_without_exact_forms_there_is_nothing_to_round(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = RoundingDialog(document_of(opened))
    qtbot.addWidget(dialog)
    dialog.calculate()
    assert "没有需要舍入的金额" in dialog.summary.text()
    assert not dialog.apply.isEnabled()
    opened.actions_["show_published"].trigger()
    assert document_of(opened).published is None
    assert not opened.actions_["show_published"].isChecked()
    assert opened.roundings.may_export()


def test_a_plan_left_behind_is_pointed_out(exact: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(exact, qtbot)
    document = document_of(exact)
    plan = document.rounding.plan
    assert plan is not None and not document.rounding.outdated
    assert exact.roundings.may_export()
    field = exact.status._fields["plan"]
    assert not field.isVisible()
    cell, amount = next((c, a) for c, a in document.report.amounts.items() if c.form == "06")
    put(exact, cell, amount + 5 * PUBLISHED_GRAIN)
    settle(qtbot)
    assert document.rounding.outdated == set(outdated(document.report, plan)) != set()
    assert field.isVisible() and "已过时" in field.text()
    asked: list[str] = []
    monkeypatch.setattr(dialogs, "ask", lambda _p, _t, words, *_: bool(asked.append(words)))
    assert not exact.roundings.may_export()
    assert "已过时" in asked[0]
    put(exact, cell, amount)
    settle(qtbot)
    assert not document.rounding.outdated
    put(exact, cell, None)
    assert document.rounding.outdated == set(outdated(document.report, plan)) == {cell}


def test_an_unreadable_plan_is_said(exact: MainWindow, qtbot: QtBot) -> None:
    from desktopapp.core.commands import SetField

    document = document_of(exact)
    document.apply(SetField(PLAN_FIELD, {"version": 99}))
    assert "读不懂" in document.rounding.note()
    dialog = planned(document, qtbot)
    assert "读不懂" in dialog._note.text()
    dialog.drop_plan()
    assert PLAN_FIELD not in document.report.fields
    assert not document.rounding.note()


def test_published_amounts_are_shown_for_looking_only(exact: MainWindow, qtbot: QtBot) -> None:
    apply(exact, qtbot)
    document = document_of(exact)
    exact.workspace.show_page("03")
    form = exact.workspace.form_view()
    assert form is not None and form.model.kept == "按元保存"
    cell = next(c for c in document.rounding.plan.published if c.form == "03" and document.rounding.plan.published[c])  # type: ignore[union-attr]
    exact.actions_["show_published"].trigger()
    assert document.unit is Unit.WAN
    assert not form.model.editable
    assert "公布数" in form.model.kept
    assert document.rounding.plan is not None
    chosen = document.rounding.plan.published[cell]
    where = form.model.grid.where(cell)
    assert where is not None
    assert form.model.shown(*where).replace(",", "") == f"{chosen / 1_000_000:.2f}"
    exact.actions_["undo"].trigger()
    assert document.published is not None
    exact.actions_["show_published"].trigger()
    assert document.published is None and document.unit is Unit.YUAN
    assert form.model.editable


def test_the_workbook_holds_published_amounts(
    exact: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(exact, qtbot)
    plan = document_of(exact).rounding.plan
    assert plan is not None
    target = tmp_path / "公开表.xlsx"
    monkeypatch.setattr(ExportDialog, "ask", lambda *_: ExportChoice(Unit.WAN, False))
    monkeypatch.setattr(dialogs, "choose_to_save", lambda *_: target)
    exact.transfers.export_xlsx()
    qtbot.waitUntil(lambda: "已导出" in exact.messages.text(), timeout=20_000)
    sheets = openpyxl.load_workbook(target).worksheets
    numbers = {
        round(v * 100)
        for s in sheets
        for row in s.iter_rows(values_only=True)
        for v in row
        if isinstance(v, float | int)
    }
    moved = [d for d in plan.departures if not d.cell.form.startswith(LAST)]
    assert moved and all(d.chosen // PUBLISHED_GRAIN in numbers for d in moved)


def test_all_forms_are_converted_at_once_and_yuan_can_be_typed(opened: MainWindow, qtbot: QtBot) -> None:
    document = document_of(opened)
    dialog = PropertiesDialog(document)
    qtbot.addWidget(dialog)
    dialog._all_exact()
    dialog.save()
    settle(qtbot)
    assert all(document.report.is_exact(f.id) for f in document.report.template.forms)
    assert document.file.undo_label == "修改报表属性"
    document.set_unit(Unit.YUAN)
    opened.workspace.show_page("06")
    form = opened.workspace.form_view()
    assert form is not None and form.model.kept == "按元保存"
    cell = next(c for c in document.report.amounts if c.form == "06")
    where = form.model.grid.where(cell)
    assert where is not None
    assert form.model.setData(form.model.index(*where), "1,234,567.89")
    assert document.report.get(cell) == 123_456_789
    document.set_unit(Unit.WAN)
    assert form.model.setData(form.model.index(*where), "123.456788")
    assert document.report.get(cell) == 123_456_788


def test_a_mixed_report_is_published_with_its_coarse_forms_as_they_are(opened: MainWindow) -> None:
    document = document_of(opened)
    document.apply(SetGrain("06", 1))
    cell, amount = next((c, a) for c, a in document.report.amounts.items() if c.form == "06")
    put(opened, cell, amount + 1234)
    published = document.as_published()
    assert published.get(cell) == round_to(amount + 1234, PUBLISHED_GRAIN)
    same = {c: a for c, a in document.report.amounts.items() if c.form != "06"}
    assert same == {c: a for c, a in published.amounts.items() if c.form != "06"}
