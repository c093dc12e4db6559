"""Everything that comes into the window from foreign sources: a new report, last year's, amounts for the open one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from desktopapp import jobs
from desktopapp.core.commands import Batch, CommandError, SetField
from desktopapp.core.findings import UNSURE, unsure_cells, unsure_field
from desktopapp.core.report import Report
from desktopapp.core.takeover import Comparison, Mode, compare, take_over
from desktopapp.core.template import LAST, Cell
from desktopapp.gui.document import Document
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.dialogs import SUFFIX, complain, documents_folder, safe_name
from desktopapp.gui.window.message_bar import Tone
from desktopapp.gui.workers import Control, Job
from desktopapp.narrative.fields import SELFEVAL
from desktopapp.narrative.inputs import FIELD as INPUT
from desktopapp.store.cipher import Secret
from desktopapp.store.errors import StoreError

if TYPE_CHECKING:
    from desktopapp.gui.importing.review import Reread, Reviewed
    from desktopapp.gui.window.main_window import MainWindow

#: What the source is called where a file has its name.
_COPIED = "剪贴板"
SOURCES = (
    "可以导入的文件 (*.xlsx *.xlsm *.xls *.ods *.csv *.tsv *.docx *.pdf *.txt *.md *.html *.htm *.json *.juesuan);;"
    "工作簿 (*.xlsx *.xlsm *.xls *.ods *.csv *.tsv);;文档 (*.docx *.pdf *.txt *.md *.html *.htm);;"
    "JSON (*.json);;全部文件 (*)"
)


class ImportWork(QObject):
    """Reads sources in the background and has them looked over before anything enters a report."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings

    # ── reading and looking over ────────────────────────────────────────────────────────────────────────────────
    def read(self, path: Path, failed: str, then: Callable[[Reviewed], None], secret: Secret | None = None) -> None:
        """Read a source and have it looked over, unless everything in it is certain; ``then`` gets what was accepted.

        ``failed`` is the title of the message when the source cannot be read.
        """
        self._read(path, _reading(path, secret), failed, then)

    def _read(self, path: Path, make: Reread, failed: str, then: Callable[[Reviewed], None]) -> None:
        self._window.run_job(
            f"正在读取“{path.name}”……",
            make(None, None),
            lambda imported: self._look_over(path, imported, make, then),
            failed,
            lambda found: self.read(path, failed, then, found),
        )

    def _look_over(self, path: Path, imported: jobs.Imported, make: Reread, then: Callable[[Reviewed], None]) -> None:
        from desktopapp.gui.importing.review import ReviewDialog, Reviewed
        from desktopapp.readers.account import Account

        report, built = imported.report, imported.built
        if built is None or Account(built).certain or not built.forms:
            forms = tuple(dict.fromkeys(c.form for c in report.amounts)) if built is None else tuple(built.forms)
            then(Reviewed(report, forms, ()))
            return
        reviewed = ReviewDialog.ask(path, imported, make, self._window)
        if reviewed is None:
            self._window.say("已取消，没有导入任何内容。")
        else:
            then(reviewed)

    # ── a source becomes a report, or goes into the open one ────────────────────────────────────────────────────
    def import_(self) -> None:
        """Ask for a source and import it."""
        path = dialogs.choose_to_open(self._window, self._settings, "导入", SOURCES)
        if path is not None:
            self.import_path(path)

    def import_path(self, path: Path) -> None:
        """Read a source, have it looked over, then ask what becomes of it."""
        self.read(path, "没有导入", lambda reviewed: self._accepted(path, reviewed))

    def import_copied(self) -> None:
        """Import what was copied in a browser, Word, Excel or a PDF; it is looked over like any other source."""
        source = Path(_COPIED)
        texts = copied_texts(QGuiApplication.clipboard().mimeData())
        self._read(source, _reading_copied(texts), "没有导入", lambda reviewed: self._accepted(source, reviewed))

    def _accepted(self, source: Path, reviewed: Reviewed) -> None:
        document = self._window.document
        if document is None or document.read_only:
            self._save_new(source, reviewed)
            return
        forms = [f for f in reviewed.forms if not f.startswith(LAST)]
        self._bring_in(source, reviewed, compare(document.report, reviewed.report, forms), may_be_new=True)

    def _save_new(self, source: Path, reviewed: Reviewed) -> None:
        report = reviewed.report
        filled = {c.form for c in report.amounts}
        name = safe_name(f"{report.department or source.stem}{report.year}年度部门决算公开")
        target = dialogs.choose_to_save(
            self._window, self._settings, "导入的报表保存到", name + SUFFIX, dialogs.REPORT_FILTER, SUFFIX
        )
        if target is None:
            self._window.say("已取消，没有建立新的报表。")
            return
        if reviewed.unsure:
            report.fields[UNSURE] = unsure_field(report, reviewed.unsure)
        words = f"已从“{source.name}”导入 {len(filled)} 张表、{len(report.amounts)} 个金额"
        self._window.files.save_and_show(
            report, target, overwrite=True, then=lambda: self._say_done(words, len(reviewed.unsure))
        )

    def _say_done(self, words: str, unsure: int) -> None:
        if unsure:
            self._window.say(
                f"{words}，其中 {unsure} 个存疑的金额还没有核对，已在表中标出。", Tone.WARNING, "都已核对", self.confirm
            )
        else:
            self._window.say(f"{words}，请查看校验结果。")

    def _bring_in(
        self, source: Path, reviewed: Reviewed, found: Comparison, *, may_be_new: bool, start: Mode = Mode.OVERWRITE
    ) -> None:
        """Ask what the open report takes over, and take it over as one step."""
        from desktopapp.gui.importing.compare import CompareDialog

        document = self._window.document
        assert document is not None
        tables = _empty_tables(document, reviewed.report) if may_be_new else {}
        if not found.differences and not may_be_new:
            self._window.say(f"与“{source.name}”逐格比较，{found.same} 个金额完全相同。")
            return
        taken = CompareDialog.ask(
            document.report,
            reviewed.report,
            found,
            source.name,
            self._window,
            unit=document.unit,
            may_be_new=may_be_new,
            start=start,
            tables=list(tables.values()),
        )
        if taken is None:
            self._window.say("已取消，当前报表没有改动。")
        elif taken.as_new:
            self._save_new(source, reviewed)
        else:
            try:
                everything = len(taken.differences) == len(found.differences)
                whole = {d.cell.form for d in found.differences} if everything else set()
                words = f"从“{source.name}”导入"
                step = take_over(document.report, reviewed.report, taken.differences, words, whole)
                fields = [SetField(k, reviewed.report.fields[k]) for k in tables] if taken.tables else []
                step = Batch(words, (*(step.commands if step is not None else ()), *fields))
                if step.commands:
                    document.apply(self._with_doubts(step, reviewed, {d.cell for d in taken.differences}))
            except (CommandError, StoreError) as error:
                complain(self._window, "没有导入", str(error))
                return
            unsure = sum(c in {d.cell for d in taken.differences} for c, _ in reviewed.unsure)
            also = f"和 {len(tables)} 张补充表" if taken.tables else ""
            self._say_done(f"已从“{source.name}”取用 {len(taken.differences)} 个金额{also}，可以一步撤销", unsure)

    def _with_doubts(self, step: Batch, reviewed: Reviewed, cells: set[Cell]) -> Batch:
        """Let the doubtful cells that nobody looked at stay marked in the report."""
        document = self._window.document
        assert document is not None
        fresh = unsure_field(reviewed.report, [(c, why) for c, why in reviewed.unsure if c in cells])
        if not fresh:
            return step
        kept = [e for e in document.report.fields.get(UNSURE) or [] if Cell(*e[:3]) not in cells]
        return Batch(step.label, (*step.commands, SetField(UNSURE, kept + fresh)))

    def confirm(self) -> None:
        """Take the marks of doubtful amounts away: of the current cell where it is one, else of all."""
        document = self._window.document
        if document is None:
            return
        doubtful = unsure_cells(document.report)
        if not doubtful:
            self._window.say("没有导入时存疑、尚未核对的金额。")
            return
        view = self._window.workspace.form_view()
        here = view.current_cell() if view is not None else None
        gone = {here} if here in doubtful else set(doubtful)
        kept = [e for e in document.report.fields.get(UNSURE) or [] if Cell(*e[:3]) not in gone]
        try:
            document.apply(SetField(UNSURE, kept or None), f"核对 {len(gone)} 个存疑的金额")
        except (CommandError, StoreError) as error:
            self._window.say(str(error), Tone.ERROR)
            return
        self._window.say(f"{len(gone)} 个导入时存疑的金额已标为核对过，可以撤销。")

    def compare_with(self) -> None:
        """Ask for another report or source and compare it with the open one, cell by cell."""
        path = dialogs.choose_to_open(self._window, self._settings, "选择要比较的报表或文档", SOURCES)
        if path is not None:
            self.compare_path(path)

    def compare_path(self, path: Path) -> None:
        """Compare the open report with another one; what is ticked is taken over."""

        def show(reviewed: Reviewed) -> None:
            document = self._window.document
            if document is not None:
                found = compare(document.report, reviewed.report, reviewed.forms)
                self._bring_in(path, reviewed, found, may_be_new=False, start=Mode.CHOSEN)

        self.read(path, "没有比较", show)

    # ── last year's ─────────────────────────────────────────────────────────────────────────────────────────────
    def from_last_year(self) -> None:
        """Ask for last year's file, whatever it is, and make this year's report of it."""
        path = dialogs.choose_to_open(self._window, self._settings, "选择上年的报表或文档", SOURCES)
        if path is not None:
            self.read(path, "没有读入上年文件", lambda reviewed: self._roll(path, reviewed))

    def _roll(self, source: Path, reviewed: Reviewed) -> None:
        from desktopapp.gui.window.new_report import NewReportDialog

        last = reviewed.report
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
        _keep_doubts(report, reviewed)
        self._settings.last_folder = chosen.path.parent
        self._window.files.save_and_show(report, chosen.path, then=lambda: self._say_rolled(source, remarks))

    def _say_rolled(self, source: Path, remarks: Sequence[str]) -> None:
        words = f"已由“{source.name}”建立新年度的报表，上年数在导航的“上年数”中。"
        if not remarks:
            self._window.say(words)
            return

        def show() -> None:
            from desktopapp.gui.window.remarks import RemarksDialog

            RemarksDialog.show_remarks("由上年文件建立的说明", remarks, self._window)

        self._window.say(f"{words}有 {len(remarks)} 条说明需要看一下。", Tone.WARNING, "查看说明…", show)


def _reading(path: Path, secret: Secret | None = None) -> Reread:
    """Return what makes the job of reading a source in a template and for a year."""

    def make(template_id: str | None, year: int | None) -> Job:
        def job(control: Control) -> jobs.Imported:
            return jobs.import_any(path, template_id, year, control.progress, control.cancelled, secret)

        return job

    return make


def _reading_copied(texts: Sequence[tuple[str, str]]) -> Reread:
    """Return what makes the job of reading copied texts in a template and for a year."""

    def make(template_id: str | None, year: int | None) -> Job:
        return lambda _control: jobs.import_copied(texts, template_id, year)

    return make


def copied_texts(data: QMimeData | None) -> list[tuple[str, str]]:
    """Return what was copied as (kind, text): tables of a page or workbook first, then its plain text."""
    texts: list[tuple[str, str]] = []
    if data is None:
        return texts
    page, text = data.html() if data.hasHtml() else "", data.text() if data.hasText() else ""
    if "<table" in page.lower():
        texts.append(("html", page))
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and all("\t" in line for line in lines):
        texts.append(("tsv", text))
    if lines:
        texts.append(("text", text))
    return texts


def _keep_doubts(report: Report, reviewed: Reviewed) -> None:
    """Keep the marks of last year's doubtful amounts on last year's forms."""
    moved = [(Cell(LAST + c.form, c.row, c.col), why) for c, why in reviewed.unsure if not c.form.startswith(LAST)]
    found = unsure_field(report, [(c, why) for c, why in moved if c in report.amounts])
    if found:
        report.fields[UNSURE] = found


def _empty_tables(document: Document, other: Report) -> dict[str, str]:
    """Return field → title of what stands beside the forms in another report and is still empty in the open one."""
    titles = {INPUT + t.id: t.title for t in document.text.facts.book.inputs.values()} | {SELFEVAL: "绩效自评表"}
    here = document.report.fields
    return {k: title for k, title in titles.items() if other.fields.get(k) and not here.get(k)}
