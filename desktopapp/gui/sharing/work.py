"""Handing a report to a colleague and taking their changes back, as the window does it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopapp import jobs
from desktopapp.core.commands import CommandError
from desktopapp.core.findings import Finding
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.dialogs import complain, documents_folder
from desktopapp.gui.window.message_bar import Tone
from desktopapp.gui.workers import Control
from desktopapp.store.cipher import Secret
from desktopapp.store.creating import current_user
from desktopapp.store.errors import StoreError

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow
    from desktopapp.jobs.merging import Merging


class SharingWork(QObject):
    """Sends copies and merges them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings

    # ── handing over ────────────────────────────────────────────────────────────────────────────────────────────
    def send(self) -> None:
        """Make a copy for a colleague and help to hand it over."""
        from desktopapp.gui.sharing.send_dialog import SendDialog

        document = self._window.document
        if document is None:
            return
        folder = self._settings.last_folder or documents_folder()
        user = self._settings.author or current_user()
        dialog = SendDialog(document.file, folder, user, date.today(), self._window)
        dialog.exec()
        made = dialog.made
        dialog.deleteLater()
        if made is not None:
            self._settings.last_folder = made.parent
            self._window.say(f"给同事的副本在“{made}”。")

    # ── merging ─────────────────────────────────────────────────────────────────────────────────────────────────
    def merge(self) -> None:
        """Ask for a colleague's copy and merge it."""
        title = "选择同事发回的报表"
        path = dialogs.choose_to_open(self._window, self._settings, title, dialogs.REPORT_FILTER)
        if path is not None:
            self.merge_path(path)

    def merge_path(self, path: Path, secret: Secret | None = None) -> None:
        """Compare the open report with a colleague's copy, ask what is taken, and take it as one step."""
        document = self._window.document
        if document is None:
            return
        if path.resolve() == document.file.path:
            complain(self._window, "合并同事的文件", f"“{path.name}”就是正在编辑的文件，请选择同事发回的文件。")
            return
        mine = document.file

        def compare(control: Control) -> tuple[Merging, list[Finding]]:
            from desktopapp.jobs.merging import Merging
            from desktopapp.store.report_file import open_file

            control.progress(0.1, "正在打开对方的文件……")
            with open_file(path, jobs.get_template, read_only=True, secret=secret or mine.secret) as theirs:
                control.progress(0.3, "正在比较……")
                merging = Merging(mine, theirs)
            control.progress(0.7, "正在校验当前报表……")
            return merging, jobs.check_report(merging.mine)[1]

        self._window.run_job(
            f"正在比较“{path.name}”……",
            compare,
            lambda found: self._choose(*found),
            "没有合并",
            lambda found: self.merge_path(path, found),
        )

    def _choose(self, merging: Merging, before: list[Finding]) -> None:
        from desktopapp.gui.sharing.merge_dialog import MergeDialog

        document = self._window.document
        if document is None:
            return
        name = merging.source.name
        if not any(not i.is_quiet for i in merging.merge.items):
            self._window.say(f"“{name}”里没有需要合并的修改：对方没有改动，或者已经合并过。")
            return
        chosen = MergeDialog.ask(merging, before, self._window)
        if chosen is None:
            self._window.say("已取消，没有合并任何内容。")
            return
        try:
            document.apply(merging.steps(chosen))
        except (CommandError, StoreError) as error:
            complain(self._window, "没有合并", str(error))
            return
        self._window.say(f"已合并{merging.who}的修改（“{name}”），可以一步撤销；请查看校验结果。", Tone.NOTICE)
