"""Work on the open report as a whole: undo, properties, history, checking everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktopapp.collecting import uncollected
from desktopapp.core.commands import CommandError
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Severity
from desktopapp.core.live import LiveFindings
from desktopapp.core.relations import rule_book
from desktopapp.gui.window.findings_text import verdict_sentence
from desktopapp.gui.window.message_bar import Tone
from desktopapp.store.errors import StoreError

if TYPE_CHECKING:
    from desktopapp.gui.document import Document
    from desktopapp.gui.window.main_window import MainWindow
    from desktopapp.gui.workers import Control

#: Amounts up to which a whole report is checked at once; it takes a tenth of a second at most.
_MOST_AT_ONCE = 20_000


class ReportWork(QObject):
    """What the menus 报表 and 校验 do, and undo."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def undo(self) -> None:
        """Take back the last step."""
        self._step("undo")

    def redo(self) -> None:
        """Do the last step again that was taken back."""
        self._step("redo")

    def _step(self, name: str) -> None:
        document = self._window.document
        if document is None:
            return
        file = document.file
        label = file.undo_label if name == "undo" else file.redo_label
        try:
            changes = document.undo() if name == "undo" else document.redo()
        except (CommandError, StoreError) as error:
            self._window.say(str(error), Tone.ERROR)
            return
        if changes is not None:
            self._window.status.showMessage(f"已{'撤销' if name == 'undo' else '重做'}：{label}", 6_000)

    def head_changed(self) -> None:
        """The year decides which classification holds and how pages are titled: show everything anew."""
        document = self._window.document
        if document is None or document.catalogues is None:
            return
        if document.catalogues.functional.year != document.report.year:
            # Not while the change is still being announced to the views that go away.
            QTimer.singleShot(0, self, self._window.reload_document)

    def say_saved(self) -> None:
        """Tell when the report was saved: with the last edit."""
        document = self._window.document
        if document is None:
            return
        if document.read_only:
            self._window.say(f"{document.file.notice}没有需要保存的修改。", Tone.WARNING)
            return
        when = document.file.saved_at.astimezone()
        self._window.say(f"已保存（{when:%H:%M:%S}）。每次修改都立即写入“{document.file.path.name}”，不需要另外保存。")

    def edit_properties(self) -> None:
        """Show the properties of the report."""
        from desktopapp.gui.window.properties import PropertiesDialog

        if self._window.document is not None:
            dialog = PropertiesDialog(self._window.document, self._window)
            dialog.exec()
            dialog.deleteLater()

    def check_all(self) -> None:
        """Judge every relation anew and say the result; of a large report on a copy, beside the window."""
        document = self._window.document
        if document is None:
            return
        if len(document.report.amounts) <= _MOST_AT_ONCE:
            document.check_again()
            self._say_checked(document)
            return
        report, catalogues = document.report.copy(), document.catalogues

        def check(_control: Control) -> dict[str, Severity]:
            with uncollected():
                return LiveFindings(Engine(report, rule_book(report.template)), catalogues).verdicts()

        def checked(verdicts: dict[str, Severity]) -> None:
            # Every edit has kept the findings up to date; should they differ all the same, everything is made anew.
            if document is self._window.document:
                if verdicts != document.findings.verdicts():
                    document.check_again()
                self._say_checked(document)

        self._window.run_job("正在重新校验全部关系……", check, checked, "没能重新校验")

    def _say_checked(self, document: Document) -> None:
        self._window.findings.show()
        self._window.say(verdict_sentence(document.findings.counts()))
