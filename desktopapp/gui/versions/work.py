"""What the window does so that nothing is lost: copies, backups, restoring them, comparing versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopapp.core.commands import Command, CommandError
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.dialogs import SUFFIX, complain
from desktopapp.gui.window.message_bar import Tone
from desktopapp.store.errors import StoreError

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow
    from desktopapp.store.backup import Backup


class VersionsWork(QObject):
    """Copies and backups of the open report, or of one that could not be opened."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings

    # ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────
    def save_copy(self) -> None:
        """Ask where and write a copy; the open file stays the one that is worked on.

        A text that cannot be saved into the open file, because its disk is full or gone, goes into the copy when that
        is opened.
        """
        document = self._window.document
        if document is None:
            return
        settled = self._window.entry_done()
        pending = None if settled else self._window.workspace.pending()
        name = f"{document.file.path.stem}（副本）{SUFFIX}"
        target = dialogs.choose_to_save(self._window, self._settings, "另存副本", name, dialogs.REPORT_FILTER, SUFFIX)
        if target is None:
            return
        try:
            whole = document.file.save_copy(target)
        except StoreError as error:
            complain(self._window, "没有另存", str(error))
            return
        words = f"副本已保存到“{target}”{'' if whole else '（原文件损坏或读不出，副本不含修改历史）'}。"
        if pending is not None:
            words += "正在录入的内容还没有存进去，打开副本时会补上。"
        elif not settled:
            words += "正在录入的内容没有存进去，请打开副本后重新录入。"
        tone = Tone.NOTICE if settled else Tone.WARNING
        self._window.say(words, tone, "打开副本", lambda: self._open_copy(target, pending, leaving=not settled))

    def _open_copy(self, path: Path, pending: Command | None, *, leaving: bool) -> None:
        if leaving:
            self._window.workspace.give_up_entry()
        if not self._window.files.open_path(path) or pending is None:
            return
        document = self._window.document
        if document is None or document.file.path != path.resolve():
            return
        try:
            document.apply(pending)
            self._window.say("没有来得及保存的内容已经补进副本。")
        except (CommandError, StoreError) as error:
            self._window.say(str(error), Tone.ERROR)

    # ── backups ─────────────────────────────────────────────────────────────────────────────────────────────────
    def back_up(self) -> None:
        """Make a backup now."""
        document = self._window.document
        if document is None:
            return
        try:
            made = document.file.backup_now()
        except StoreError as error:
            complain(self._window, "没有备份", str(error))
            return
        if made is None:
            self._window.say("最近一份备份与现在的内容相同，不需要再备份。")
        else:
            self._window.say(f"已备份到“{made.parent}”中的“{made.name}”。")

    def offer_backups(self, error: StoreError, *, quietly: bool) -> bool:
        """Say why a report could not be opened and offer its good backups; tells whether one was restored."""
        path = error.path
        if quietly:
            # A second look finds the same error, and then asks.
            self._window.say(str(error), Tone.ERROR, "恢复备份…", lambda: self._try_again(path))
            return False
        return self._restore(path, str(error), list(error.backups))

    def _try_again(self, path: Path) -> None:
        self._window.files.open_path(path)

    def restore(self) -> None:
        """Ask for a backup of the open report and put it in its place."""
        from desktopapp.store.backup import good_backups

        document = self._window.document
        if document is not None:
            path = document.file.path
            self._restore(path, "", good_backups(path))

    def _restore(self, path: Path, reason: str, found: list[Backup]) -> bool:
        from desktopapp.gui.versions.backups_dialog import RestoreDialog
        from desktopapp.store.backup import restore

        if not found:
            complain(self._window, "恢复备份", f"“{path.name}”还没有可用的备份。")
            return False
        chosen = RestoreDialog.ask(path, found, reason, self._window)
        if chosen is None:
            return False
        if self._window.files.is_open(path):
            self._window.files.close()
        try:
            restore(chosen.path, path)
        except StoreError as error:
            complain(self._window, "恢复备份", str(error))
            return False
        opened = self._window.files.open_path(path)
        if opened:
            self._window.say(f"已恢复 {chosen.made:%Y-%m-%d %H:%M} 的备份，被替换的文件保留在备份文件夹中。")
        return opened
