"""Importing through the window: into a new report, into the open one, from last year's, and giving up on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.commands import SetCells, SetField
from desktopapp.core.findings import UNSURE, Severity, unsure_cells
from desktopapp.core.report import Report
from desktopapp.core.takeover import Comparison, Mode, compare
from desktopapp.core.template import LAST, Cell
from desktopapp.gui.importing.compare import CompareDialog, Taken
from desktopapp.gui.importing.review import Reread, ReviewDialog, Reviewed
from desktopapp.gui.importing.work import copied_texts
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.new_report import NewReport, NewReportDialog
from desktopapp.readers.account import Account, Grade
from desktopapp.store.report_file import create
from tests.generators import exact_report, the_template
from tests.gui.window.conftest import document_of, settle
from tests.readers.ministry import write_ministry

GENERAL = Cell("01", "general", "amount")


def accept_everything(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Accept every review unseen; return the list of what was looked over."""
    seen: list[Path] = []

    def ask(path: Path, imported: jobs.Imported, _reread: Reread, _parent: object) -> Reviewed:
        seen.append(path)
        assert imported.built is not None
        account = Account(imported.built)
        unsure = tuple((c, account.of(c).reason) for c in account.graded(Grade.UNSURE))
        return Reviewed(imported.report, tuple(account.forms), unsure)

    monkeypatch.setattr(ReviewDialog, "ask", ask)
    return seen


def choose(monkeypatch: pytest.MonkeyPatch, mode: Mode | None) -> list[Comparison]:
    """Answer the comparison with a mode, None for a new report; return the list of what was compared."""
    asked: list[Comparison] = []

    def ask(_report: Report, _other: Report, found: Comparison, *_rest: object, **_named: object) -> Taken:
        asked.append(found)
        return Taken(as_new=True) if mode is None else Taken(found.chosen(mode))

    monkeypatch.setattr(CompareDialog, "ask", ask)
    return asked


def test_what_was_copied_is_looked_over_and_becomes_a_report(
    window: MainWindow,
    noisy: tuple[Path, Report],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    seen = accept_everything(monkeypatch)
    target = tmp_path / "新.juesuan"
    monkeypatch.setattr(dialogs, "choose_to_save", lambda *_args: target)
    QGuiApplication.clipboard().setText(noisy[0].read_text(encoding="utf-8"))
    window.actions_["import_copied"].trigger()
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    assert [p.name for p in seen] == ["剪贴板"] and target.exists()
    assert document_of(window).report.get(GENERAL) == noisy[1].get(GENERAL)


def test_tables_are_preferred_to_text_on_the_clipboard() -> None:
    data = QMimeData()
    data.setHtml("<p>决算</p><table><tr><td>1</td></tr></table>")
    data.setText("决算\n1\t2")
    assert [kind for kind, _ in copied_texts(data)] == ["html", "text"]
    data = QMimeData()
    data.setText("1\t2\n3\t4")
    assert [kind for kind, _ in copied_texts(data)] == ["tsv", "text"]
    assert copied_texts(QMimeData()) == []


def test_an_empty_clipboard_is_said_so(window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(f"{box.text()}{box.informativeText()}"))
    QGuiApplication.clipboard().clear()
    window.actions_["import_copied"].trigger()
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    assert "剪贴板里没有文字或表格" in said[0]


def test_a_foreign_text_is_looked_over_and_becomes_a_report_with_marks(
    window: MainWindow,
    noisy: tuple[Path, Report],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    seen = accept_everything(monkeypatch)
    target = tmp_path / "新.juesuan"
    monkeypatch.setattr(dialogs, "choose_to_save", lambda *_args: target)
    window.imports.import_path(noisy[0])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    assert seen == [noisy[0]] and target.exists()
    document = document_of(window)
    doubtful = unsure_cells(document.report)
    assert len(doubtful) > 2
    cell = next(iter(doubtful))
    assert any(f.rule == UNSURE for f in document.findings.of_cell(cell))
    assert document.findings.mark(cell) in (Severity.WARNING, Severity.ERROR)
    # Another amount settles the doubt about this cell only; undo brings it back.
    document.apply(SetCells(((cell, 10_000, False),)))
    assert len(unsure_cells(document.report)) == len(doubtful) - 1
    assert not any(f.rule == UNSURE for f in document.findings.of_cell(cell))
    document.undo()
    assert any(f.rule == UNSURE for f in document.findings.of_cell(cell))
    assert "还没有核对" in window.messages.text()
    window.messages.button.click()
    left = unsure_cells(document.report)
    assert len(left) < len(doubtful)
    while unsure_cells(document.report):
        window.imports.confirm()
    assert not any(f.rule == UNSURE for f in document.findings.all())


def test_giving_up_the_review_leaves_everything_untouched(
    opened: MainWindow, noisy: tuple[Path, Report], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(ReviewDialog, "ask", lambda *_args: None)
    before, label = dict(document_of(opened).report.amounts), document_of(opened).file.undo_label
    opened.imports.import_path(noisy[0])
    qtbot.waitUntil(lambda: "已取消" in opened.messages.text(), timeout=20_000)
    assert document_of(opened).report.amounts == before
    assert document_of(opened).file.undo_label == label


def test_this_year_comes_into_the_open_report_as_one_step(
    opened: MainWindow, noisy: tuple[Path, Report], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    accept_everything(monkeypatch)
    choose(monkeypatch, Mode.OVERWRITE)
    document = document_of(opened)
    before = dict(document.report.amounts)
    opened.imports.import_path(noisy[0])
    qtbot.waitUntil(lambda: "取用" in opened.messages.text(), timeout=20_000)
    source = jobs.import_any(noisy[0]).report
    assert compare(document.report, source).differences == ()
    assert document.report.amounts != before
    assert len(unsure_cells(document.report)) > 2
    document.undo()
    assert document.report.amounts == before
    assert unsure_cells(document.report) == {}


def test_only_empty_cells_are_filled(
    empty: Path, window: MainWindow, noisy: tuple[Path, Report], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window.files.open_path(empty)
    accept_everything(monkeypatch)
    choose(monkeypatch, Mode.ONLY_EMPTY)
    document = document_of(window)
    document.apply(SetCells(((GENERAL, 7_000_000, False),)))
    window.imports.import_path(noisy[0])
    qtbot.waitUntil(lambda: "取用" in window.messages.text(), timeout=20_000)
    assert document.report.get(GENERAL) == 7_000_000
    source = jobs.import_any(noisy[0]).report
    assert all(document.report.get(c) == a for c, a in source.amounts.items() if c.form == "03")


def test_tables_that_are_still_empty_come_along_in_the_same_step(
    empty: Path, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window.files.open_path(empty)
    accept_everything(monkeypatch)
    write_ministry(exact_report(3, the_template()), tmp_path / "财决.xlsx")
    offered: list[str] = []

    def ask(_report: Report, _other: Report, found: Comparison, *_rest: object, **named: list[str]) -> Taken:
        offered.extend(named["tables"])
        return Taken(found.chosen(Mode.OVERWRITE), tables=True)

    monkeypatch.setattr(CompareDialog, "ask", ask)
    document = document_of(window)
    document.apply(SetField("input.vehicles", [{"kept": 4}]))
    window.imports.import_path(tmp_path / "财决.xlsx")
    qtbot.waitUntil(lambda: "张补充表" in window.messages.text(), timeout=20_000)
    assert "公务接待" in offered and "公务用车" not in offered
    assert document.report.fields["input.trips"] == [{"groups": 2, "people": 7}]
    assert document.report.fields["input.vehicles"] == [{"kept": 4}]
    document.undo()
    assert "input.trips" not in document.report.fields and not document.report.amounts


def test_our_own_workbook_needs_no_review(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    path = tmp_path / "表.xlsx"
    jobs.export_xlsx(document_of(opened).report, path)
    seen = accept_everything(monkeypatch)
    asked = choose(monkeypatch, Mode.OVERWRITE)
    opened.imports.import_path(path)
    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    assert seen == []
    assert asked[0].differences == () and asked[0].same > 100


def test_comparing_with_the_same_report_says_so(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    other = tmp_path / "另一份.juesuan"
    report = jobs.import_any(jobs.sample_path()).report
    create(other, report)
    opened.imports.compare_path(other)
    qtbot.waitUntil(lambda: "完全相同" in opened.messages.text(), timeout=20_000)
    document = document_of(opened)
    document.apply(SetCells(((GENERAL, 1_000_000, False),)))
    asked = choose(monkeypatch, Mode.OVERWRITE)
    opened.imports.compare_path(other)
    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    assert GENERAL in {d.cell for d in asked[0].differences}
    qtbot.waitUntil(lambda: document.report.get(GENERAL) == report.get(GENERAL))


def test_last_years_text_is_looked_over_and_rolled_forward(
    window: MainWindow, noisy: tuple[Path, Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    seen = accept_everything(monkeypatch)
    path = tmp_path / "今年.juesuan"
    monkeypatch.setattr(dialogs, "choose_to_open", lambda *_args: noisy[0])
    monkeypatch.setattr(
        NewReportDialog, "ask_rolled", lambda *_args: NewReport("hubei-2024", 2024, "某局", False, path)
    )
    window.actions_["from_last"].trigger()
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    assert seen == [noisy[0]]
    report = document_of(window).report
    last = {
        Cell(c.form.removeprefix(LAST), c.row, c.col): a for c, a in report.amounts.items() if c.form.startswith(LAST)
    }
    source = jobs.import_any(noisy[0]).report
    assert last == {c: a for c, a in source.amounts.items() if not c.form.startswith(LAST)}
    assert all(c.form.startswith(LAST) for c in unsure_cells(report))
    assert window.navigation.pages.index_of("last.03").isValid()


def test_a_file_that_cannot_be_read_is_said_in_one_sentence(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    said: list[str] = []

    def note(box: QMessageBox) -> int:
        said.append(box.text())
        return 0

    monkeypatch.setattr(QMessageBox, "exec", note)
    path = tmp_path / "坏.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing")
    opened.imports.import_path(path)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert "坏.pdf" in said[0] and said[0].count("。") == 1


# ── the table of differences ────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def chooser(qtbot: QtBot, sample: Path) -> CompareDialog:
    report = jobs.open_report(sample)
    other = jobs.open_report(sample)
    other.amounts[GENERAL] = 5_000_000
    other.amounts[Cell("01", "business", "amount")] = 6_000_000
    del other.amounts[Cell("03", "2010301", "basic")]
    other.rows_of("03").insert("229", "其他支出", len(other.rows_of("03")))
    other.amounts[Cell("03", "229", "project")] = 8_000_000
    found = compare(report, other)
    assert len(found.differences) == 4
    dialog = CompareDialog(report, other, found, "另一份", may_be_new=True)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_modes_tick_and_hand_picking_switches_the_mode(chooser: CompareDialog, qtbot: QtBot) -> None:
    assert len(chooser.taken().differences) == 4
    chooser.buttons[Mode.ONLY_EMPTY].setChecked(True)
    assert {d.cell for d in chooser.taken().differences} == {
        Cell("01", "business", "amount"),
        Cell("03", "229", "project"),
    }
    index = chooser.model.index(0, 0)
    assert chooser.model.setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    chooser.table.clicked.emit(index)
    assert chooser.buttons[Mode.CHOSEN].isChecked()
    assert len(chooser.taken().differences) == 3
    assert "已选 3 格" in chooser.summary.text()
    settle(qtbot)


def test_tables_beside_the_forms_are_offered(qtbot: QtBot, sample: Path) -> None:
    report = jobs.open_report(sample)
    names = ["公务接待", "公务用车", "政府采购", "车辆", "大型设备", "因公出国（境）"]
    dialog = CompareDialog(report, report, compare(report, report), "另一份", may_be_new=True, tables=names)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "6 张补充表" in dialog.tables.text() and "等" in dialog.tables.text()
    assert dialog.taken() == Taken(tables=True) and dialog.go_on.isEnabled()
    dialog.tables.setChecked(False)
    assert not dialog.go_on.isEnabled()
    dialog.buttons[None].setChecked(True)
    assert not dialog.tables.isEnabled() and dialog.taken().as_new


def test_rows_show_form_name_now_and_imported(chooser: CompareDialog) -> None:
    model = chooser.model
    rows = [[model.index(r, c).data() for c in range(1, 6)] for r in range(model.rowCount())]
    general = next(r for r in rows if "一般公共预算财政拨款" in r[1])
    assert general[0] == "公开01表" and general[3] == "5.00"
    new = next(r for r in rows if "其他支出" in r[1])
    assert "新增行" in new[1] and new[2] == "（空）" and new[3] == "8.00"
    emptied = next(r for r in rows if "行政运行" in r[1])
    assert emptied[3] == "（空）"


def test_a_new_report_file_can_be_wanted_instead(chooser: CompareDialog) -> None:
    chooser.buttons[None].setChecked(True)
    assert chooser.taken() == Taken(as_new=True)
    assert not chooser.table.isEnabled() and chooser.go_on.isEnabled()
    chooser.buttons[Mode.CHOSEN].setChecked(True)
    chooser.model.tick(())
    assert not chooser.go_on.isEnabled()


def test_selected_rows_are_ticked_together(chooser: CompareDialog) -> None:
    chooser.buttons[Mode.CHOSEN].setChecked(True)
    chooser.model.tick(())
    chooser.table.selectAll()
    chooser._toggle_selected()
    assert len(chooser.taken().differences) == 4
    chooser._toggle_selected()
    assert chooser.taken().differences == ()
