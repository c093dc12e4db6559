"""The review: what was read stands beside its source, and nothing doubtful is accepted unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.commands import SetCells
from desktopapp.core.findings import Severity
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.importing.pdf_view import PdfView
from desktopapp.gui.importing.review import ReviewDialog, Reviewed
from desktopapp.gui.importing.source_views import LinesView, SheetView
from desktopapp.gui.window.message_bar import Tone
from desktopapp.readers.account import Grade
from desktopapp.readers.sources.errors import SourceError
from tests.gui.importing.conftest import STRAY, reading


def lines_of(dialog: ReviewDialog) -> LinesView:
    assert isinstance(dialog.source, LinesView)
    return dialog.source


def accepted(dialog: ReviewDialog) -> Reviewed:
    assert dialog.result_of_review is not None
    return dialog.result_of_review


def test_every_form_is_listed_and_the_first_cell_is_marked_in_the_source(review: ReviewDialog) -> None:
    assert review.forms.count() == len(review.account.forms) == 9
    assert review.forms.current() == "01"
    cell = next(c for c in review.account.report.amounts if c.form == "01")
    review.go_to(cell)
    assert review.account.of(cell).text in lines_of(review).marked()
    assert "来源" in review.pane.where() or "把握" in review.pane.where()


def test_doubtful_cells_are_marked_with_the_reason(review: ReviewDialog) -> None:
    cell = review.doubts.unsure[0]
    findings = review.document.findings
    # A relation that does not hold is said first.
    assert findings.mark(cell) in (Severity.WARNING, Severity.ERROR)
    assert any(f.kind == "reading" and "把握" in f.message for f in findings.of_cell(cell))
    assert review.bar.tone is Tone.WARNING and "F8" in review.bar.text()
    certain = next(c for c in review.account.report.amounts if review.doubts.grade(c) is Grade.CERTAIN)
    assert all(f.kind != "reading" for f in findings.of_cell(certain))


def test_f8_leads_through_all_doubtful_cells(review: ReviewDialog, qtbot: QtBot) -> None:
    unsure = list(review.doubts.unsure)
    review.activateWindow()
    for cell in unsure:
        QTest.keyClick(review, Qt.Key.Key_F8)
        assert review.pane.current_cell() == cell
    assert review.doubts.open() == []
    assert "存疑 0" in review.tabs.tabText(0)


def test_enter_on_a_doubtful_cell_goes_to_the_next(review: ReviewDialog, qtbot: QtBot) -> None:
    first, second = review.doubts.unsure[:2]
    review.next_doubt()
    view = review.pane.view()
    assert view is not None and review.pane.current_cell() == first
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert review.pane.current_cell() == second


def test_accepting_unseen_doubts_asks_in_the_bar_and_keeps_their_marks(review: ReviewDialog) -> None:
    unsure = list(review.doubts.unsure)
    review.go_to(unsure[0])
    review.accept()
    assert review.result_of_review is None and review.isVisible()
    assert f"{len(unsure) - 1} 个存疑" in review.bar.text()
    review.bar.button.click()
    result = accepted(review)
    assert [c for c, _ in result.unsure] == unsure[1:]


def test_a_cell_is_corrected_by_typing_and_undone(review: ReviewDialog, qtbot: QtBot) -> None:
    cell = review.doubts.unsure[0]
    before = review.account.report.get(cell)
    review.go_to(cell)
    view = review.pane.view()
    assert view is not None
    assert view.edit_current("12.34") and view.commit_editing()
    assert review.account.report.get(cell) == 12_340_000
    assert review.doubts.grade(cell) is Grade.CERTAIN
    assert "已更正" in review.tabs.doubts.topLevelItem(0).text(0)  # type: ignore[union-attr]
    review._undo()
    assert review.account.report.get(cell) == before
    assert review.doubts.grade(cell) is Grade.UNSURE


def test_a_form_can_be_left_out(review: ReviewDialog) -> None:
    review.forms.keep("03", False)
    review.forms.keep("02", False)
    review._finish()
    result = review.result_of_review
    assert result is not None
    assert "03" not in result.forms and "01" in result.forms
    assert not any(c.form in ("02", "03") for c in result.report.amounts)
    assert len(result.report.rows_of("03")) == 0
    assert not any(c.form in ("02", "03") for c, _ in result.unsure)
    # What was read is as it was: the form can be taken in again.
    assert any(c.form == "03" for c in review.account.report.amounts)


def test_nothing_can_be_accepted_without_a_form(review: ReviewDialog) -> None:
    for form_id in review.account.forms:
        review.forms.keep(form_id, False)
    assert not review.accept_all.isEnabled()


def test_an_unplaced_number_goes_into_the_current_cell(review: ReviewDialog) -> None:
    at = next(i for i, left in enumerate(review._left) if left.text == STRAY)
    count = len(review._left)
    target = Cell("01", "capital", "amount")
    review.go_to(target)
    review.tabs.choose_left(at)
    assert STRAY in lines_of(review).marked()
    assert review.tabs.assign.isEnabled()
    review.tabs.assign.click()
    assert review.account.report.get(target) == 8_765_430_000
    assert len(review._left) == count - 1 and f"没有放入 {count - 1}" == review.tabs.tabText(1)


def test_findings_follow_corrections(review: ReviewDialog) -> None:
    cell = Cell("01", "general", "amount")
    before = review.tabs.findings.topLevelItemCount()
    amount = review.account.report.amounts[cell]
    review.document.apply(SetCells(((cell, amount + 5_000_000, False),)))
    assert review.tabs.findings.topLevelItemCount() > before


def test_another_template_reads_again_in_the_background(review: ReviewDialog, qtbot: QtBot) -> None:
    at = review.head.template.findData("hubei-2024")
    assert at >= 0
    review.head.template.setCurrentIndex(at)
    review.head.template.activated.emit(at)
    assert not review.pane.isEnabled() and not review.accept_all.isEnabled()
    qtbot.waitUntil(lambda: review.account.report.template.id == "hubei-2024", timeout=20_000)
    assert review.pane.isEnabled() and review.accept_all.isEnabled()


def test_a_reading_that_fails_is_said_and_changes_nothing(review: ReviewDialog, qtbot: QtBot) -> None:
    before = review.account

    def broken(_template: str | None, _year: int | None) -> object:
        def job(_control: object) -> jobs.Imported:
            raise SourceError("无法读取“公开.txt”：文件不在了。")

        return job

    review._reread = broken  # type: ignore[assignment]
    review.head.year.setValue(review.account.report.year + 3)
    qtbot.waitUntil(lambda: review._task is None)
    assert "文件不在了" in review.bar.text() and review.account is before
    assert review.head.year.value() == before.report.year


def test_the_department_is_taken_as_typed(review: ReviewDialog) -> None:
    review.head.department.setText(" 某某市  统计局 ")
    review._finish()
    assert review.result_of_review is not None
    assert review.result_of_review.report.department == "某某市 统计局"


def test_giving_up_gives_nothing(review: ReviewDialog) -> None:
    review.reject()
    assert review.result_of_review is None
    assert review.result() == QDialog.DialogCode.Rejected


def test_the_corrected_report_is_what_was_printed(review: ReviewDialog, noisy: tuple[Path, Report]) -> None:
    """What the reader was sure of is right; what was not is marked."""
    _, printed = noisy
    wrong = {
        c for c, a in review.account.report.amounts.items() if printed.get(c) != a and not c.form.startswith("last.")
    }
    assert wrong <= set(review.doubts.unsure) | set(review.doubts.decided)


def test_a_workbook_is_shown_as_sheets(qtbot: QtBot, tmp_path: Path, sample: Path) -> None:
    path = tmp_path / "表.xlsx"
    jobs.export_xlsx(jobs.open_report(sample), path)
    imported = jobs.import_any(path)
    dialog = ReviewDialog(path, imported, reading(path))
    qtbot.addWidget(dialog)
    dialog.show()
    cell = Cell("03", "2010301", "basic")
    dialog.go_to(cell)
    source = dialog.source
    assert isinstance(source, SheetView)
    index = source.table.currentIndex()
    shown = str(index.data()).replace(",", "")
    assert dialog.account.certain
    assert round(float(shown) * 1_000_000) == imported.report.get(cell)


def test_a_page_of_a_pdf_is_drawn_and_the_cell_framed(qtbot: QtBot, tmp_path: Path, sample: Path) -> None:
    path = tmp_path / "报告.pdf"
    jobs.export_pdf(jobs.open_report(sample), path)
    dialog = ReviewDialog(path, jobs.import_any(path), reading(path))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    cell = Cell("03", "2010301", "basic")
    dialog.go_to(cell)
    source = dialog.source
    assert isinstance(source, PdfView)
    position = dialog.account.of(cell).position
    assert position is not None and source.page.value() == position.page
    qtbot.waitUntil(source.drawn, timeout=20_000)
    frame = source.canvas.frame()
    assert frame is not None and source.canvas.rect().contains(frame.center().toPoint())
    source.done()


@pytest.mark.parametrize("place", [None, Cell("01", "general", "amount")])
def test_what_the_source_does_not_hold_is_not_marked(review: ReviewDialog, place: Cell | None) -> None:
    if place is None:
        assert not lines_of(review).show_place(None)
        assert lines_of(review).marked() == ""
    else:
        review.go_to(place)
        assert lines_of(review).marked() != ""
