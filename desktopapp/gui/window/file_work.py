"""Everything the window does with files: new, open, import, export, copies, backups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopapp import jobs
from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.commands import CommandError, SetGrain
from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.dialogs import SUFFIX, complain, documents_folder, safe_name
from desktopapp.gui.window.message_bar import Tone
from desktopapp.store.errors import DamagedError, StoreError
from desktopapp.store.report_file import ReportFile, create, open_file

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow

SOURCES = (
    "可以导入的文件 (*.xlsx *.xlsm *.xls *.ods *.csv *.tsv *.docx *.pdf *.txt *.md *.html *.htm *.json *.juesuan);;"
    "工作簿 (*.xlsx *.xlsm *.xls *.ods *.csv *.tsv);;文档 (*.docx *.pdf *.txt *.md *.html *.htm);;"
    "JSON (*.json);;全部文件 (*)"
)
_FOR_USER = (jobs.UserError, StoreError, CommandError)


class FileWork(QObject):
    """Opens and closes the window's report; says what went wrong in one sentence."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────
    def open(self) -> None:
        """Ask for a report and open it."""
        path = dialogs.choose_to_open(
            self._window, self._settings, "打开报表", f"{dialogs.REPORT_FILTER};;全部文件 (*)"
        )
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path, *, quietly: bool = False) -> bool:
        """Open a report in place of the present one; tells whether it worked.

        What stands in the way is said in a dialog, or in the message bar with ``quietly`` (at the start). A file of
        another kind is imported.
        """
        if self._is_open(path):
            self._window.say(f"“{path.name}”已经在这个窗口中打开。")
            return True
        if path.suffix.lower() not in ("", SUFFIX) and path.is_file():
            self.import_path(path)
            return False
        try:
            file = open_file(path, jobs.get_template)
        except DamagedError as error:
            return self._offer_backups(error, quietly=quietly)
        except _FOR_USER as error:
            self._refuse("打不开报表", str(error), quietly=quietly)
            self._settings.forget_recent(path)
            self._window.refresh_recent()
            return False
        self.show(file)
        return True

    def _is_open(self, path: Path) -> bool:
        document = self._window.document
        return document is not None and document.file.path == path.resolve()

    def _refuse(self, title: str, text: str, *, quietly: bool) -> None:
        if quietly:
            self._window.say(text, Tone.ERROR)
        else:
            complain(self._window, title, text)

    def show(self, file: ReportFile) -> None:
        """Show an open file in the window and let go of the one before."""
        self._window.show_file(file)
        self._settings.last_file = file.path
        self._settings.add_recent(file.path, title_of(file.report))
        self._window.refresh_recent()
        self._greet(file)

    def _greet(self, file: ReportFile) -> None:
        """Say what is unusual about a file that was just opened."""
        if file.read_only:
            self._window.say(file.notice, Tone.WARNING, "另存副本…", self.save_copy)
        elif file.problems:
            self._window.say("".join(file.problems), Tone.WARNING)
        else:
            self._recalculate(file)

    def _recalculate(self, file: ReportFile) -> None:
        """After an update of the template automatic cells may state other amounts; that is an edit like any other."""
        before = file.undo_label
        try:
            changes = file.follow_relations()
        except (StoreError, CommandError) as error:
            self._window.say(str(error), Tone.ERROR)
            return
        if changes is not None and file.undo_label != before:
            self._window.reload_document()
            self._window.say(
                f"模板有更新，{len(changes.cells)} 个自动计算的金额已重新计算；不需要时可以撤销。", Tone.WARNING
            )

    # ── backups ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _offer_backups(self, error: DamagedError, *, quietly: bool) -> bool:
        if not error.backups:
            self._refuse("打不开报表", str(error), quietly=quietly)
            return False
        if quietly:
            path = error.path
            self._window.say(str(error), Tone.ERROR, "恢复备份…", lambda: self._try_again(path))
            return False
        return self._restore(error.path, str(error))

    def _try_again(self, path: Path) -> None:
        self.open_path(path)

    def restore(self) -> None:
        """Ask for a backup of the open report and put it in its place."""
        document = self._window.document
        if document is not None:
            self._restore(document.file.path, "")

    def _restore(self, path: Path, reason: str) -> bool:
        from desktopapp.gui.window.restore_dialog import RestoreDialog
        from desktopapp.store.backup import good_backups, restore

        found = good_backups(path)
        if not found:
            complain(self._window, "恢复备份", f"“{path.name}”还没有可用的备份。")
            return False
        chosen = RestoreDialog.ask(path, found, reason, self._window)
        if chosen is None:
            return False
        if self._is_open(path):
            self.close()
        try:
            restore(chosen.path, path)
        except StoreError as error:
            complain(self._window, "恢复备份", str(error))
            return False
        opened = self.open_path(path)
        if opened:
            self._window.say(f"已恢复 {chosen.made:%Y-%m-%d %H:%M} 的备份，被替换的文件保留在备份文件夹中。")
        return opened

    # ── new ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def new(self) -> None:
        """Ask for a new report and open it."""
        from desktopapp.gui.window.new_report import NewReport, NewReportDialog

        try:
            templates = [jobs.get_template(t) for t in jobs.template_ids()]
        except jobs.UserError as error:
            complain(self._window, "新建报表", str(error))
            return
        folder = self._settings.last_folder or documents_folder()
        chosen: NewReport | None = NewReportDialog.ask(templates, folder, self._window)
        if chosen is None:
            return
        self._settings.last_folder = chosen.path.parent
        try:
            report = start_report(chosen.template_id, chosen.year, chosen.department, exact=chosen.exact)
        except _FOR_USER as error:
            complain(self._window, "新建报表", str(error))
            return
        self._save_and_show(report, chosen.path)

    def _save_and_show(self, report: Report, path: Path, *, overwrite: bool = False) -> bool:
        try:
            create(path, report, overwrite=overwrite)
            file = open_file(path, jobs.get_template, backup=False)
        except _FOR_USER as error:
            complain(self._window, "没有保存成功", str(error))
            return False
        self.show(file)
        return True

    def sample(self) -> None:
        """Open the user's copy of the bundled sample, making it when there is none."""
        import platformdirs

        folder = Path(platformdirs.user_data_path("juesuan", appauthor=False)) / "示例"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = self._sample_copy(folder)
        except OSError as error:
            complain(self._window, "打开示例", f"文件夹“{folder}”不能写入（{error.strerror}），示例没有打开。")
            return
        except _FOR_USER as error:
            complain(self._window, "打开示例", str(error))
            return
        self.open_path(path)

    @staticmethod
    def _sample_copy(folder: Path) -> Path:
        """Return a copy of the sample that can be opened; one that cannot is left alone."""
        for number in range(1, 100):
            path = folder / (f"示例报表{'' if number == 1 else number}{SUFFIX}")
            if not path.exists():
                create(path, jobs.import_any(jobs.sample_path()).report, label="建立示例")
                return path
            try:
                open_file(path, jobs.get_template, read_only=True).close()
            except StoreError:
                continue
            return path
        raise jobs.UserError(f"文件夹“{folder}”里的示例都打不开，请清理后再试。")

    # ── import ──────────────────────────────────────────────────────────────────────────────────────────────────
    def import_(self) -> None:
        """Ask for a source and make a new report of it."""
        path = dialogs.choose_to_open(self._window, self._settings, "导入", SOURCES)
        if path is not None:
            self.import_path(path)

    def import_path(self, path: Path) -> None:
        """Read a source in the background, then ask where the new report goes."""
        self._window.commit_entry()
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
        elif self._save_and_show(report, target, overwrite=True):
            self._window.say(
                f"已从“{source.name}”导入 {len(filled)} 张表、{len(report.amounts)} 个金额，请查看校验结果。"
            )

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

        def write(control: object, report: Report = document.report) -> Path:
            from desktopapp.gui.workers import Control
            from desktopapp.writers.xlsx_writer import write_workbook

            assert isinstance(control, Control)
            write_workbook(
                report,
                document.engine.checker,
                target,
                formulas=choice.formulas,
                unit=choice.unit,
                progress=control.progress,
                cancelled=control.cancelled,
            )
            return target

        self._window.commit_entry()
        self._window.run_job(f"正在导出“{target.name}”……", write, self._exported, "没有导出")

    def export_json(self) -> None:
        """Ask where, then write the JSON."""
        document = self._window.document
        if document is None:
            return
        target = self._target("导出 JSON", "JSON 文件 (*.json)", ".json")
        if target is None:
            return

        def write(_control: object) -> Path:
            jobs.export_json(document.report, target)
            return target

        self._window.commit_entry()
        self._window.run_job(f"正在导出“{target.name}”……", write, self._exported, "没有导出")

    def _target(self, title: str, name_filter: str, suffix: str) -> Path | None:
        document = self._window.document
        assert document is not None
        name = document.file.path.stem + suffix
        return dialogs.choose_to_save(self._window, self._settings, title, name, name_filter, suffix)

    def _exported(self, path: Path) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        def show_folder() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

        self._window.say(f"已导出到“{path}”。", Tone.NOTICE, "打开文件夹", show_folder)

    # ── copies, closing ─────────────────────────────────────────────────────────────────────────────────────────
    def save_copy(self) -> None:
        """Ask where and write a copy; the open file stays the one that is worked on."""
        document = self._window.document
        if document is None:
            return
        self._window.commit_entry()
        target = self._target("另存副本", dialogs.REPORT_FILTER, SUFFIX)
        if target is None:
            return
        try:
            whole = document.file.save_copy(target)
        except StoreError as error:
            complain(self._window, "没有另存", str(error))
            return

        def open_copy(path: Path = target) -> None:
            self.open_path(path)

        words = "" if whole else "（原文件已读不出，副本不含修改历史）"
        self._window.say(f"副本已保存到“{target}”{words}。", Tone.NOTICE, "打开副本", open_copy)

    def close(self) -> None:
        """Close the report and show the welcome page."""
        self._window.show_file(None)
        self._settings.last_file = None
        self._window.refresh_recent()


def start_report(template_id: str, year: int, department: str, *, exact: bool) -> Report:
    """Return a new report whose totals follow their relations, kept to the 分 with ``exact``; raises UserError."""
    report = jobs.start_report(template_id, year, department)
    if exact:
        engine = Engine(report, rule_book(report.template))
        for form in report.template.forms:
            engine.apply(SetGrain(form.id, EXACT_GRAIN))
    return report


def title_of(report: Report) -> str:
    """Return how a report is called in lists."""
    return f"{report.department or '（未填部门）'}　{report.year} 年度"
