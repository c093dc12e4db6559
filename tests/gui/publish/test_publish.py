"""Preview, print, export with its checklist; accepted warnings."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.accepted import accept
from desktopapp.core.commands import SetField
from desktopapp.core.findings import Severity
from desktopapp.gui.publish.checklist import checklist
from desktopapp.gui.publish.export_dialog import ExportAllDialog
from desktopapp.gui.publish.preview import PreviewDialog
from desktopapp.gui.publish.printing import print_pages
from desktopapp.gui.window.main_window import MainWindow
from tests.gui.window.conftest import document_of, errors, put

_LONG = 60_000


def export_dialog(window: MainWindow, folder: Path, wanted: tuple[str, ...]) -> ExportAllDialog:
    """Return the export dialog of a window."""
    window.settings.last_folder = folder
    window.publishing.export(wanted)
    found = window.publishing._export
    assert found is not None
    return found


@pytest.fixture
def shown(opened: MainWindow, qtbot: QtBot) -> PreviewDialog:
    """Return the preview with its pages."""
    opened.workspace.show_page("03")
    opened.publishing.preview()
    found = opened.publishing._preview
    assert found is not None
    qtbot.waitUntil(lambda: found.made is not None, timeout=_LONG)
    return found


def test_the_preview_opens_at_the_form_on_show_and_says_when_it_is_stale(
    opened: MainWindow, shown: PreviewDialog
) -> None:
    assert shown.made is not None
    assert shown.pdf.pageCount() > 10
    pages = {m.id: m.page for m in shown.made.marks}
    first, last = shown.made.pages_of("form.03", shown.pdf.pageCount())
    assert first == pages["form.03"] <= last < pages["form.05"]
    assert shown.here() == first
    assert shown._stale.isHidden()
    put(opened, next(iter(document_of(opened).report.amounts)), 1_000_000)
    assert not shown._stale.isHidden()


def test_pages_print_in_their_own_orientation(shown: PreviewDialog, tmp_path: Path) -> None:
    import pypdfium2  # type: ignore[import-untyped]

    assert shown.made is not None
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setFullPage(True)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "打印.pdf"))
    wide = shown.made.pages_of("form.03", shown.pdf.pageCount())[0]
    assert print_pages(shown.pdf, printer, [0, wide], shown)
    printed = pypdfium2.PdfDocument(tmp_path / "打印.pdf")
    try:
        sizes = [printed[i].get_size() for i in range(len(printed))]
    finally:
        printed.close()
    assert [w > h for w, h in sizes] == [False, True]


def test_errors_are_never_passed_over_silently(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    assert errors(opened)
    dialog = export_dialog(opened, tmp_path, ("json", "csv"))
    assert not dialog.go.isEnabled()
    dialog.agree.setChecked(True)
    assert dialog.go.isEnabled()
    with qtbot.waitSignal(dialog.exported, timeout=_LONG) as done:
        dialog.export()
    assert done.args is not None
    assert [w.problem for w in done.args[0]] == ["", ""]
    assert {p.suffix for p in tmp_path.iterdir()} >= {".json", ".csv"}


def test_each_failure_is_one_sentence_and_stops_no_other(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = export_dialog(opened, tmp_path, ("xlsx", "json"))
    dialog.agree.setChecked(True)
    (tmp_path / dialog.names["json"].text()).mkdir()
    dialog._task = None
    from desktopapp.gui.publish import export_dialog as module

    original = module.ask
    module.ask = lambda *_args, **_kwargs: True
    try:
        with qtbot.waitSignal(dialog.exported, timeout=_LONG) as done:
            dialog.export()
    finally:
        module.ask = original
    assert done.args is not None
    problems = {w.key: w.problem for w in done.args[0]}
    assert problems["xlsx"] == ""
    assert "文件夹" in problems["json"]
    assert "▲" in dialog.results.text()


def test_the_checklist_names_what_is_left_and_leads_there(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    document = document_of(opened)
    document.apply(SetField("text.income", "本年收入XX万元。"))
    qtbot.waitUntil(lambda: bool(document.findings.foreign("text")), timeout=_LONG)
    qtbot.waitUntil(lambda: not document.text.is_checking(), timeout=_LONG)
    points = {p.title: p for p in checklist(document.report, document.findings.all())}
    assert points["没有改正的错误"].blocking
    assert any(f.form == "text.income" for p in points.values() for f in p.findings)
    dialog = export_dialog(opened, tmp_path, ("docx",))
    finding = next(f for f in points["没有改正的错误"].findings)
    dialog.jump_wanted.emit(finding)
    here = opened.workspace.page()
    assert here is not None and here.form_id == finding.form


def test_accepted_warnings_are_set_apart_and_kept(opened: MainWindow, qtbot: QtBot) -> None:
    document = document_of(opened)
    document.apply(SetField("input.projects", [{"name": "甲", "scope": "both", "executed": 10_000}]))
    qtbot.waitUntil(lambda: document.findings.counts()[Severity.WARNING] > 0, timeout=_LONG)
    warning = next(f for f in document.findings.all() if f.severity is Severity.WARNING)
    before = document.findings.counts()
    document.apply(accept(document.report, warning.id, "其余项目另行公开。"))
    after = document.findings.counts()
    assert after[Severity.ACCEPTED] == 1
    assert after[Severity.WARNING] == before[Severity.WARNING] - 1
    shown = next(f for f in document.findings.all() if f.id == warning.id)
    assert shown.accepted == "其余项目另行公开。"
    checked = next(f for f in jobs.check_report(document.report)[1] if f.id == warning.id)
    assert (checked.severity, checked.accepted) == (Severity.WARNING, "其余项目另行公开。")
    document.apply(accept(document.report, warning.id, ""))
    assert document.findings.counts() == before


def test_errors_cannot_be_accepted(opened: MainWindow) -> None:
    document = document_of(opened)
    error = next(f for f in document.findings.all() if f.severity is Severity.ERROR)
    document.apply(accept(document.report, error.id, "不改了"))
    assert document.findings.counts()[Severity.ACCEPTED] == 0
