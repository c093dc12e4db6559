"""What goes out of the window to files of other programs: workbooks, documents, JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from desktopapp import jobs
from desktopapp.core.amount import Unit
from desktopapp.core.checker import Checker
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.message_bar import Tone
from desktopapp.gui.workers import Control

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow

_Writer = Callable[[Report, Path, Control], None]


class TransferWork(QObject):
    """Writes in the background; the window takes no input meanwhile."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings

    # ── export ──────────────────────────────────────────────────────────────────────────────────────────────────
    def export_xlsx(self) -> None:
        """Ask how and where, then write the workbook in the background."""
        from desktopapp.gui.window.export_dialog import ExportDialog

        document = self._window.document
        if document is None or not self._window.roundings.may_export():
            return
        choice = ExportDialog.ask(document, self._window)
        if choice is None:
            return
        target = self._target("导出工作簿", "Excel 工作簿 (*.xlsx)", ".xlsx")
        if target is None:
            return

        def write(control: Control) -> Path:
            from desktopapp.writers.xlsx_writer import write_workbook

            report, checker = document.report, document.engine.checker
            # In 元, or as formulas that compute anew, the exact amounts are wanted.
            if choice.unit is Unit.WAN and not choice.formulas and document.rounding.exact():
                report = jobs.to_publish(report)
                checker = Checker(report, rule_book(report.template))
            write_workbook(
                report,
                checker,
                target,
                formulas=choice.formulas,
                unit=choice.unit,
                progress=control.progress,
                cancelled=control.cancelled,
            )
            return target

        self._window.run_job(f"正在导出“{target.name}”……", write, self._exported, "没有导出")

    def export_docx(self) -> None:
        """Ask where, then write the whole report as a Word document."""
        self._export("导出 Word", "Word 文档 (*.docx)", ".docx", self._writer("docx"))

    def export_pdf(self) -> None:
        """Ask where, then write the whole report as a PDF file."""
        self._export("导出 PDF", "PDF 文件 (*.pdf)", ".pdf", self._writer("pdf"))

    def _writer(self, kind: str) -> _Writer:
        fonts = self._settings.fonts
        return lambda r, p, c: jobs.export_documents(r, {kind: p}, fonts=fonts, progress=c.progress)

    def export_json(self) -> None:
        """Ask where, then write the JSON."""
        self._export("导出 JSON", "JSON 文件 (*.json)", ".json", lambda r, p, _c: jobs.export_json(r, p))

    def _export(self, title: str, name_filter: str, suffix: str, write: _Writer) -> None:
        document = self._window.document
        if document is None or (suffix != ".json" and not self._window.roundings.may_export()):
            return
        target = self._target(title, name_filter, suffix)
        if target is None:
            return
        report = document.report

        def job(control: Control) -> Path:
            write(report if suffix == ".json" else jobs.to_publish(report), target, control)
            return target

        self._window.run_job(f"正在导出“{target.name}”……", job, self._exported, "没有导出")

    def _target(self, title: str, name_filter: str, suffix: str) -> Path | None:
        document = self._window.document
        assert document is not None
        name = document.file.path.stem + suffix
        return dialogs.choose_to_save(self._window, self._settings, title, name, name_filter, suffix)

    def _exported(self, path: Path) -> None:
        def show_folder() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

        self._window.say(f"已导出到“{path}”。", Tone.NOTICE, "打开文件夹", show_folder)
