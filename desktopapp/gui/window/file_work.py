"""Opening and closing reports in the window: new ones, existing ones, the sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopapp import jobs
from desktopapp.collecting import uncollected
from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.commands import CommandError, SetGrain
from desktopapp.core.engine import Engine
from desktopapp.core.live import LiveFindings
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.dialogs import SUFFIX, complain, documents_folder
from desktopapp.gui.window.message_bar import Tone
from desktopapp.gui.window.problems import sentence_of
from desktopapp.gui.window.progress import run_with_progress
from desktopapp.gui.window.settings import Habits
from desktopapp.gui.workers import Control, Job, Outcome, run_now
from desktopapp.narrative.fields import NUMBERS
from desktopapp.store.cipher import Secret
from desktopapp.store.errors import DamagedError, MissingError, StoreError
from desktopapp.store.report_file import ReportFile, create, open_file

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow

#: Files and reports beyond these take noticeably long to open: in bytes, and in amounts.
_LARGE_FILE = 700_000
_MANY_AMOUNTS = 12_000
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

    def open_path(self, path: Path, *, quietly: bool = False, secret: Secret | None = None) -> bool:
        """Open a report in place of the present one; tells whether it worked.

        What stands in the way is said in a dialog, or in the message bar with ``quietly`` (at the start). A file of
        another kind is imported. Where the report has another password than ``secret`` it is asked for.
        """
        if not self._window.entry_done():
            return False
        if self.is_open(path):
            self._window.say(f"“{path.name}”已经在这个窗口中打开。")
            return True
        if path.suffix.lower() not in ("", SUFFIX) and path.is_file():
            self._window.imports.import_path(path)
            return True
        opened: list[bool] = []
        habits = self._settings.habits()

        def ended(outcome: Outcome) -> None:
            opened.append(self._opened(path, outcome, secret, quietly=quietly))

        self._run(
            f"正在打开“{path.name}”……",
            lambda _control: prepare(path, habits, secret=secret),
            ended,
            large=_is_large(path),
        )
        return opened[0] if opened else True

    def _run(self, text: str, job: Job, ended: Callable[[Outcome], None], *, large: bool) -> None:
        """Run a job at once, or in the background with progress when it will take a while."""
        if large:
            run_with_progress(self._window, text, job, ended)
        else:
            ended(run_now(job, Control(lambda _fraction, _text: None)))

    def _opened(self, path: Path, outcome: Outcome, secret: Secret | None, *, quietly: bool) -> bool:
        if outcome.error is None and outcome.value is not None:
            self._show(outcome.value)
            return True
        error = outcome.error
        asked = self._ask_password(path, error, quietly=quietly)
        if asked is not None:
            return asked
        if isinstance(error, DamagedError) or (isinstance(error, StoreError) and error.backups):
            restored = self._window.versions.offer_backups(error, secret, quietly=quietly)
            if restored or not isinstance(error, MissingError):
                return restored
        elif error is not None:
            self._refuse("打不开报表", sentence_of(error), quietly=quietly)
        if error is not None:
            self._settings.forget_recent(path, even_pinned=False)
            self._window.refresh_recent()
        return False

    def open_damaged(self, path: Path, secret: Secret | None = None) -> bool:
        """Show what can still be read of a damaged file, for looking only; tells whether that worked."""
        try:
            ready = prepared(open_file(path, jobs.get_template, damaged=True, secret=secret))
        except StoreError as error:
            complain(self._window, "查看损坏的文件", str(error))
            return False
        self._show(ready)
        return True

    def _ask_password(self, path: Path, error: BaseException | None, *, quietly: bool) -> bool | None:
        """Where it wants a password, ask for it and try again; None where nothing wants one."""
        passwords = self._window.passwords
        if error is None:
            return None
        asked = passwords.ask(error, lambda secret: self.open_path(path, secret=secret), later=quietly)
        return passwords.offer_locked_backups(error) if asked is None and not quietly else asked

    def pin_recent(self, path: Path, on: bool) -> None:
        """Keep a report at the top of the list of recent ones, or no longer."""
        self._settings.pin_recent(path, on)
        self._window.refresh_recent()

    def forget_recent(self, path: Path) -> None:
        """Take a report off the list of recent ones; the file is not touched."""
        self._settings.forget_recent(path)
        self._window.refresh_recent()

    def is_open(self, path: Path) -> bool:
        """Tell whether the window shows this very file."""
        document = self._window.document
        return document is not None and document.file.path == path.resolve()

    def _refuse(self, title: str, text: str, *, quietly: bool) -> None:
        if quietly:
            self._window.say(text, Tone.ERROR)
        else:
            complain(self._window, title, text)

    def _show(self, ready: Prepared) -> None:
        """Show an open file in the window and let go of the one before."""
        file = ready.file
        self._window.show_prepared(ready)
        self._settings.last_file = file.path
        self._settings.add_recent(file.path, title_of(file.report))
        self._window.refresh_recent()
        self._greet(file)

    def _greet(self, file: ReportFile) -> None:
        """Say what is unusual about a file that was just opened."""
        if file.read_only:
            self._window.say(file.notice, Tone.WARNING, "另存副本…", self._window.versions.save_copy)
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
        self.save_and_show(report, chosen.path)

    def save_and_show(
        self, report: Report, path: Path, *, overwrite: bool = False, then: Callable[[], None] | None = None
    ) -> None:
        """Write a new report to a file and open it; ``then`` is called when that has worked."""

        habits = self._settings.habits()
        if self._settings.numbers:
            report.fields.setdefault(NUMBERS, dict(self._settings.numbers))

        def make(_control: Control) -> Prepared:
            create(path, report, overwrite=overwrite, user=habits.user or None)
            return prepare(path, habits, backup=False)

        def ended(outcome: Outcome) -> None:
            if outcome.error is not None:
                complain(self._window, "没有保存成功", sentence_of(outcome.error))
            elif outcome.value is not None:
                self._show(outcome.value)
                if then is not None:
                    then()

        self._run(f"正在保存“{path.name}”……", make, ended, large=len(report.amounts) > _MANY_AMOUNTS)

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

    # ── closing ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def close(self) -> None:
        """Close the report and show the welcome page."""
        self._window.show_prepared(None)
        self._settings.last_file = None
        self._window.refresh_recent()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An open file with everything that takes time to make ready for the window."""

    file: ReportFile
    catalogues: Catalogues | None
    findings: LiveFindings
    trouble: str = ""


def prepare(path: Path, habits: Habits, *, backup: bool = True, secret: Secret | None = None) -> Prepared:
    """Open a file and look at it; on any thread. Raises StoreError."""
    user = habits.user or None
    with uncollected():
        file = open_file(path, jobs.get_template, backup=backup, user=user, newest=habits.backups, secret=secret)
        return prepared(file)


def prepared(file: ReportFile) -> Prepared:
    """Return an open file with its classification and findings."""
    catalogues, trouble = None, ""
    try:
        catalogues = jobs.get_catalogues(file.report.year)
    except jobs.UserError as error:
        trouble = str(error)
    try:
        return Prepared(file, catalogues, LiveFindings(file.engine, catalogues), trouble)
    except BaseException:
        file.close()
        raise


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size > _LARGE_FILE
    except OSError:
        return False


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
