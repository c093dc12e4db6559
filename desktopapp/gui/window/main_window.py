"""The main window: menus and toolbar, navigation, the open report, findings, status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktopapp.core.amount import Unit
from desktopapp.core.engine import Changes
from desktopapp.core.findings import Finding
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.importing.work import ImportWork
from desktopapp.gui.progress.dock import ProgressDock
from desktopapp.gui.progress.work import ProgressWork
from desktopapp.gui.publish.work import PublishWork
from desktopapp.gui.rounding.work import RoundingWork
from desktopapp.gui.sharing.passwords import PasswordWork
from desktopapp.gui.sharing.work import SharingWork
from desktopapp.gui.suspects.work import SuspectWork
from desktopapp.gui.versions.work import VersionsWork
from desktopapp.gui.window.actions import Actions
from desktopapp.gui.window.commands import handlers
from desktopapp.gui.window.file_work import FileWork, Prepared, prepared
from desktopapp.gui.window.findings_dock import FindingsDock
from desktopapp.gui.window.message_bar import MessageBar, Tone
from desktopapp.gui.window.navigation import NavigationView
from desktopapp.gui.window.pages import Page
from desktopapp.gui.window.report_work import ReportWork
from desktopapp.gui.window.settings import Settings
from desktopapp.gui.window.status import StatusBar
from desktopapp.gui.window.transfer_work import TransferWork
from desktopapp.gui.window.view_work import ViewWork
from desktopapp.gui.window.welcome import WelcomePage
from desktopapp.gui.window.workspace import Workspace
from desktopapp.gui.workers import Control, Outcome
from desktopapp.store.cipher import Secret

#: After this long without an edit the write-ahead log is folded into the file.
_TIDY_MS = 3_000
#: Amounts up to which a report is looked at anew at once, otherwise in the background.
_MOST_AT_ONCE = 20_000
_SAVE_COPY = "另存副本"


class MainWindow(QMainWindow):
    """One window with at most one report."""

    #: The window was closed.
    closed = Signal()
    #: Another window is wanted.
    new_window_wanted = Signal()
    #: Theme or size of the writing was chosen; the application applies them.
    look_changed = Signal()
    #: Another report is on show, or none; whether one went away for it.
    report_changed = Signal(bool)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.settings = settings
        self.document: Document | None = None
        self._filled: set[str] = set()
        self.files = FileWork(self)
        self.versions = VersionsWork(self)
        self.transfers = TransferWork(self)
        self.imports = ImportWork(self)
        self.passwords = PasswordWork(self)
        self.sharing = SharingWork(self)
        self.reports = ReportWork(self)
        self.suspects = SuspectWork(self)
        self.roundings = RoundingWork(self)
        self.publishing = PublishWork(self)
        self.views = ViewWork(self)
        self.advance = ProgressWork(self)
        self.workspace = Workspace()
        self.messages = MessageBar()
        self.navigation = NavigationView()
        self.findings = FindingsDock(self)
        self.progress = ProgressDock(self)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self.actions_ = Actions(self, handlers(self))
        self.actions_.draw_icons(self.palette())
        self.welcome = WelcomePage({n: self.actions_[n] for n in ("sample", "new", "from_last", "open")})
        self._middle = QStackedWidget()
        self._arrange()
        self.views.fill_menus()
        self.views.mark_panes()
        self._connect()
        self._tidy_timer = QTimer(self)
        self._tidy_timer.setSingleShot(True)
        self._tidy_timer.setInterval(_TIDY_MS)
        self._tidy_timer.timeout.connect(self._tidy)
        self._state_timer = QTimer(self)
        self._state_timer.setSingleShot(True)
        self._state_timer.setInterval(0)
        self._state_timer.timeout.connect(self.refresh_state)
        self.views.restore_geometry()
        self.refresh_recent()
        self.show_prepared(None)

    def _arrange(self) -> None:
        self._middle.addWidget(self.welcome)
        self._middle.addWidget(self.workspace)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self._middle, 1)
        self.setCentralWidget(centre)
        self.navigation_dock = QDockWidget("导航", self)
        self.navigation_dock.setObjectName("navigationDock")
        self.navigation_dock.setWidget(self.navigation)
        self.navigation_dock.setTitleBarWidget(QWidget())
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.navigation_dock)
        self.tabifyDockWidget(self.navigation_dock, self.progress)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.navigation_dock.raise_()
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.findings)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)

    def _connect(self) -> None:
        self.navigation.page_chosen.connect(self._page_chosen)
        self.findings.jump_wanted.connect(self.show_finding)
        self.findings.adopt_wanted.connect(self.suspects.adopt)
        self.findings.place_wanted.connect(lambda cell: self.workspace.go_to(cell, (cell,)))
        self.findings.said.connect(self.say)
        self.workspace.page_shown.connect(self._page_shown)
        self.workspace.facts_wanted.connect(self.publishing.facts)
        self.workspace.pages_changed.connect(self._pages_changed)
        self.workspace.said.connect(self._view_said)
        self.workspace.adopt_wanted.connect(self.suspects.adopt)
        self.workspace.zoomed.connect(self.status.set_zoom)
        self.workspace.summed.connect(self.status.set_sum)
        self.status.unit_clicked.connect(self.actions_["unit"].trigger)
        self.status.zoom_clicked.connect(self.actions_["zoom_reset"].trigger)
        self.welcome.open_wanted.connect(self.files.open_path)
        self.welcome.pin_wanted.connect(self.files.pin_recent)
        self.welcome.forget_wanted.connect(self.files.forget_recent)
        self.welcome.help_wanted.connect(self.views.show_start)
        self.advance.connect_dock()

    # ── the open report ─────────────────────────────────────────────────────────────────────────────────────────
    def show_prepared(self, ready: Prepared | None) -> None:
        """Show an open file in place of the one before, which is closed; None shows the welcome page."""
        before = self.document.file if self.document is not None else None
        self.messages.clear()
        self._take(self._document_of(ready) if ready is not None else None)
        if before is not None:
            before.close()
        self.report_changed.emit(before is not None)

    def reload_document(self) -> None:
        """Make everything that shows the report anew, as after a change of its year."""
        if self.document is None:
            return
        page, unit, file = self.workspace.page(), self.document.unit, self.document.file

        def show(ready: Prepared) -> None:
            if self.document is not None and self.document.file is file:
                self._take(self._document_of(ready))
                self.document.set_unit(unit)
                if page is not None:
                    self.workspace.show_page(page.key)

        if len(file.report.amounts) <= _MOST_AT_ONCE:
            show(prepared(file))
        else:
            self.run_job("正在重新整理报表……", lambda _control: prepared(file), show, "没能重新整理报表")

    def _document_of(self, ready: Prepared) -> Document:
        if ready.trouble:
            self.say(ready.trouble, Tone.WARNING)
        return Document(ready.file, ready.catalogues, self, findings=ready.findings)

    def _take(self, document: Document | None) -> None:
        before, self.document = self.document, document
        self.publishing.report_left()
        self._tidy_timer.stop()
        if before is not None:
            before.changed.disconnect(self._changed)
            before.findings_changed.disconnect(self._state_timer.start)
        if document is not None:
            self._filled = {c.form for c in document.report.amounts}
            document.set_unit(self.views.first_unit(document))
            document.fonts = self.settings.fonts
            document.changed.connect(self._changed)
            document.suspicions.start()
            document.findings_changed.connect(self._state_timer.start)
            document.unit_changed.connect(self.views.unit_shown)
        self.workspace.set_document(document)
        self.findings.set_document(document)
        self.progress.set_document(document)
        self.status.set_document(document)
        self.roundings.set_document(document)
        if before is not None:
            before.deleteLater()
        self._middle.setCurrentWidget(self.workspace if document is not None else self.welcome)
        self.views.show_panels(document is not None)
        self.views.unit_shown(document.unit if document is not None else Unit.WAN)
        if document is not None and self.workspace.pages:
            self.workspace.show_page(self.workspace.pages[0].key)
            self.advance.report_shown()
            self.workspace.focus_page()
            document.text.check_soon()
        self.refresh_state()

    def _changed(self, changes: Changes) -> None:
        self._note_filled(changes)
        self._tidy_timer.start()
        if changes.head:
            self.reports.head_changed()

    def _tidy(self) -> None:
        if self.document is not None:
            self.document.file.tidy()

    def refresh_state(self) -> None:
        """Bring title, menus and counts up to date."""
        self._state_timer.stop()
        document = self.document
        writable = document is not None and not document.read_only
        self.actions_.set_state(report=document is not None, writable=writable)
        file = document.file if document is not None else None
        self.actions_.set_step("undo", "撤销", file.undo_label if file else "", writable)
        self.actions_.set_step("redo", "重做", file.redo_label if file else "", writable)
        self.suspects.step_is(file.undo_label if file else "")
        self.setWindowTitle(self._title())
        self.status.refresh()
        if document is not None:
            filled = frozenset(self._filled | document.text.filled())
            self.navigation.pages.set_state(document.findings.counts_by_form(), filled)

    def _title(self) -> str:
        if self.document is None:
            return "决算公开编制"
        report, file = self.document.report, self.document.file
        words = f"{report.department or '（未填部门）'} {report.year} 年度 — {file.path.name}"
        return f"{words}{'［只读］' if file.read_only else ''} — 决算公开编制"

    def _note_filled(self, changes: Changes) -> None:
        """Keep in mind which forms hold an amount; only forms that lost one are searched for others."""
        assert self.document is not None
        amounts = self.document.report.amounts
        if changes.everything:
            self._filled = {c.form for c in amounts}
            return
        emptied = {c.form for c, (amount, _) in changes.cells.items() if amount is None}
        self._filled.update(c.form for c, (amount, _) in changes.cells.items() if amount is not None)
        self._filled -= {f for f in emptied & self._filled if not any(c.form == f for c in amounts)}

    # ── pages and jumps ─────────────────────────────────────────────────────────────────────────────────────────
    def _pages_changed(self) -> None:
        self.navigation.pages.set_pages(self.workspace.pages)
        self.progress.set_pages(self.workspace.pages)
        self.views.fill_forms(self.workspace.pages)
        here = self.workspace.page()
        if here is not None:
            self.navigation.show_page(here.key)
        self._state_timer.start()

    def _page_chosen(self, key: str) -> None:
        self.workspace.show_page(key)
        here = self.workspace.page()
        if here is not None and here.key != key:
            # The entry in the form on show must be finished first.
            self.navigation.show_page(here.key)

    def _page_shown(self, page: Page) -> None:
        self.navigation.show_page(page.key)
        self.findings.set_here(page.key)
        self.publishing.page_shown()

    def show_finding(self, finding: Finding) -> None:
        """Show where a finding is: its first cell with those that belong to it, or its form."""
        if finding.places and finding.kind not in ("input", "text"):
            self.workspace.go_to(finding.places[0], finding.places)
        elif finding.rows and self.document is not None:
            form_id, row = finding.rows[0]
            if not self.document.report.template.has_form(form_id):
                self.workspace.show_place((form_id, row))
                return
            columns = self.document.report.template.form(form_id).columns_of(row)
            if columns:
                self.workspace.go_to(Cell(form_id, row, columns[0].key))
        else:
            self.workspace.show_page(finding.form)

    # ── saying things ───────────────────────────────────────────────────────────────────────────────────────────
    def say(
        self, text: str, tone: Tone = Tone.NOTICE, button: str = "", action: Callable[[], None] | None = None
    ) -> None:
        """Show a sentence in the bar above the form; it never takes the keyboard."""
        self.messages.say(text, tone, button, action)
        QTimer.singleShot(0, self.workspace, self.workspace.keep_in_view)

    def _view_said(self, text: str, failed: bool) -> None:
        """Pass on what a form has to say; where a copy would help, offer it.

        What is wrong with an entry stands beside the entry itself; the bar would only push the form down meanwhile.
        """
        if not text:
            self.status.clearMessage()
            if self.messages.tone is Tone.ERROR:
                self.messages.clear()
        elif failed and _SAVE_COPY in text:
            self.say(text, Tone.ERROR, "另存副本…", self.versions.save_copy)
        elif failed and not self.workspace.is_typing():
            self.say(text, Tone.ERROR)
        else:
            self.status.showMessage(text, 0 if failed else 6_000)

    def refresh_recent(self) -> None:
        """Show the reports opened last in menu and welcome page."""
        recent = self.settings.recent()
        self.welcome.set_recent(recent)
        self.views.fill_recent(recent)

    # ── background ──────────────────────────────────────────────────────────────────────────────────────────────
    def entry_done(self) -> bool:
        """Finish what is being typed, as moving on would; where it cannot be accepted, say so and return False."""
        if _SAVE_COPY in self.messages.text():
            self.messages.clear()
        if self.workspace.leave_entry():
            return True
        # Where the file cannot be written, that was just said, with the way out.
        if _SAVE_COPY not in self.messages.text():
            self.say("正在录入的内容还不能接受，请先改正，或按 Esc 放弃。", Tone.WARNING)
        return False

    def run_job(
        self,
        text: str,
        job: Callable[[Control], Any],
        done: Callable[[Any], None],
        failed: str,
        again: Callable[[Secret], None] | None = None,
    ) -> None:
        """Run a job in the background; ``failed`` is the title of the message when it cannot be done.

        ``again`` is called with the password, where the job wants one.
        """
        from desktopapp.gui.window.dialogs import complain
        from desktopapp.gui.window.problems import sentence_of
        from desktopapp.gui.window.progress import run_with_progress

        def ended(outcome: Outcome) -> None:
            if outcome.cancelled:
                self.say("已取消，没有改动任何文件。")
            elif outcome.error is None:
                done(outcome.value)
            elif again is None or self.passwords.ask(outcome.error, again, action="继续") is None:
                complain(self, failed, sentence_of(outcome.error))

        run_with_progress(self, text, job, ended)

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one local file."""
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open or import the file once the drag is over, so that the file manager is not kept waiting."""
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, lambda: self.files.open_path(path))

    def changeEvent(self, event: QEvent) -> None:
        """Draw icons and signs in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "actions_"):
            self.actions_.draw_icons(self.palette())
            self._state_timer.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the report; everything is saved already."""
        if not self.entry_done() and not self._may_lose_entry():
            event.ignore()
            return
        self.views.save_geometry()
        self.settings.sync()
        self.show_prepared(None)
        event.accept()
        self.closed.emit()

    def _may_lose_entry(self) -> bool:
        from desktopapp.gui.window.dialogs import ask

        words = "正在录入的内容还不能接受，关闭后它会丢失；此前的修改都已保存。"
        return ask(self, "关闭", words, "放弃并关闭", "继续修改")


def _dropped(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
