"""What comes into the window from foreign files and goes out to them: import, rolling forward, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from desktopapp import jobs
from desktopapp.core.report import Report
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.dialogs import SUFFIX, complain, documents_folder, safe_name
from desktopapp.gui.window.message_bar import Tone
from desktopapp.gui.workers import Control

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow

_Writer = Callable[[Report, Path, Control], None]
SOURCES = (
    "可以导入的文件 (*.xlsx *.xlsm *.xls *.ods *.csv *.tsv *.docx *.pdf *.txt *.md *.html *.htm *.json *.juesuan);;"
    "工作簿 (*.xlsx *.xlsm *.xls *.ods *.csv *.tsv);;文档 (*.docx *.pdf *.txt *.md *.html *.htm);;"
    "JSON (*.json);;全部文件 (*)"
)


class TransferWork(QObject):
    """Reads and writes in the background; the window takes no input meanwhile."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings

    # ── import ──────────────────────────────────────────────────────────────────────────────────────────────────
    def import_(self) -> None:
        """Ask for a source and make a new report of it."""
        path = dialogs.choose_to_open(self._window, self._settings, "导入", SOURCES)
        if path is not None:
            self.import_path(path)

    def import_path(self, path: Path) -> None:
        """Read a source in the background, then ask where the new report goes."""
        self._window.run_job(
            f"正在读取“{path.name}”……",
            lambda control: jobs.import_any(path, progress=control.progress).report,
            lambda report: self._imported(path, report),
            "没有导入",
        )

    def _imported(self, source: Path, report: Report) -> None:
        filled = {c.form for c in report.amounts}
        name = safe_name(f"{report.department or source.stem}{report.year}年度部门决算公开")
        target = dialogs.choose_to_save(
            self._window, self._settings, "导入的报表保存到", name + SUFFIX, dialogs.REPORT_FILTER, SUFFIX
        )
        if target is None:
            self._window.say("已取消，没有建立新的报表。")
            return
        amounts = f"{len(filled)} 张表、{len(report.amounts)} 个金额"
        words = f"已从“{source.name}”导入 {amounts}，请查看校验结果。"
        self._window.files.save_and_show(report, target, overwrite=True, then=lambda: self._window.say(words))

    # ── rolling forward ─────────────────────────────────────────────────────────────────────────────────────────
    def from_last_year(self) -> None:
        """Ask for last year's file and make this year's report of it."""
        path = dialogs.choose_to_open(self._window, self._settings, "选择上年的报表或文档", SOURCES)
        if path is None:
            return
        self._window.run_job(
            f"正在读取“{path.name}”……",
            lambda control: jobs.import_any(path, progress=control.progress).report,
            lambda report: self._roll(path, report),
            "没有读入上年文件",
        )

    def _roll(self, source: Path, last: Report) -> None:
        from desktopapp.gui.window.new_report import NewReportDialog

        try:
            templates = [jobs.get_template(t) for t in jobs.template_ids()]
            folder = self._settings.last_folder or documents_folder()
            chosen = NewReportDialog.ask_rolled(templates, folder, last, source.name, self._window)
            if chosen is None:
                self._window.say("已取消，没有建立新的报表。")
                return
            report, remarks = jobs.roll(last, chosen.year, chosen.template_id)
        except jobs.UserError as error:
            complain(self._window, "没有建立新的报表", str(error))
            return
        report.department = chosen.department
        self._settings.last_folder = chosen.path.parent
        self._window.files.save_and_show(report, chosen.path, then=lambda: self._say_rolled(source, remarks))

    def _say_rolled(self, source: Path, remarks: tuple[str, ...]) -> None:
        words = f"已由“{source.name}”建立新年度的报表，上年数在导航的“上年数”中。"
        if not remarks:
            self._window.say(words)
            return

        def show() -> None:
            from desktopapp.gui.window.remarks import RemarksDialog

            RemarksDialog.show_remarks("由上年文件建立的说明", remarks, self._window)

        self._window.say(f"{words}有 {len(remarks)} 条说明需要看一下。", Tone.WARNING, "查看说明…", show)

    # ── export ──────────────────────────────────────────────────────────────────────────────────────────────────
    def export_xlsx(self) -> None:
        """Ask how and where, then write the workbook in the background."""
        from desktopapp.gui.window.export_dialog import ExportDialog

        document = self._window.document
        if document is None:
            return
        choice = ExportDialog.ask(document, self._window)
        if choice is None:
            return
        target = self._target("导出工作簿", "Excel 工作簿 (*.xlsx)", ".xlsx")
        if target is None:
            return

        def write(control: Control) -> Path:
            from desktopapp.writers.xlsx_writer import write_workbook

            write_workbook(
                document.report,
                document.engine.checker,
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
        self._export(
            "导出 Word", "Word 文档 (*.docx)", ".docx", lambda r, p, c: jobs.export_docx(r, p, progress=c.progress)
        )

    def export_pdf(self) -> None:
        """Ask where, then write the whole report as a PDF file."""
        self._export("导出 PDF", "PDF 文件 (*.pdf)", ".pdf", lambda r, p, c: jobs.export_pdf(r, p, progress=c.progress))

    def export_json(self) -> None:
        """Ask where, then write the JSON."""
        self._export("导出 JSON", "JSON 文件 (*.json)", ".json", lambda r, p, _c: jobs.export_json(r, p))

    def _export(self, title: str, name_filter: str, suffix: str, write: _Writer) -> None:
        document = self._window.document
        target = self._target(title, name_filter, suffix) if document is not None else None
        if document is None or target is None:
            return
        report = document.report

        def job(control: Control) -> Path:
            write(report, target, control)
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
