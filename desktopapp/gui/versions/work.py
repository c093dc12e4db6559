"""What the window does so that nothing is lost: copies, backups, restoring them, comparing versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktopapp import jobs
from desktopapp.core.commands import Command, CommandError
from desktopapp.core.report import Report
from desktopapp.gui.versions.listing import Listing, export_listing, print_listing
from desktopapp.gui.versions.reading import BackupLine, backup_lines, read_version
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.dialogs import SUFFIX, complain
from desktopapp.gui.window.message_bar import Tone
from desktopapp.store.backup import Backup, list_backups, restore
from desktopapp.store.cipher import Secret
from desktopapp.store.errors import DamagedError, StoreError
from desktopapp.store.report_file import open_file

if TYPE_CHECKING:
    from desktopapp.gui.versions.compare_dialog import CompareVersionsDialog
    from desktopapp.gui.versions.words import Target
    from desktopapp.gui.window.main_window import MainWindow


class VersionsWork(QObject):
    """Copies and backups of the open report, or of one that could not be opened."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings
        self.differences: CompareVersionsDialog | None = None

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
        self._window.say(
            words, tone, "打开副本", lambda: self._open_copy(target, pending, document.file.secret, leaving=not settled)
        )

    def _open_copy(self, path: Path, pending: Command | None, secret: Secret | None, *, leaving: bool) -> None:
        if leaving:
            self._window.workspace.give_up_entry()
        if not self._window.files.open_path(path, secret=secret) or pending is None:
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

    def offer_backups(self, error: StoreError, secret: Secret | None, *, quietly: bool) -> bool:
        """Say why a report could not be opened and offer its good backups; tells whether something was opened.

        ``secret`` is the password under which they lie.
        """
        path = error.path
        if quietly:
            # A second look finds the same error, and then asks.
            self._window.say(str(error), Tone.ERROR, "恢复备份…", lambda: self._try_again(path))
            return False
        lines = backup_lines(error.backups, None, secret)
        return self._choose(path, str(error), lines, secret, damaged=isinstance(error, DamagedError))

    def _try_again(self, path: Path) -> None:
        self._window.files.open_path(path)

    def restore(self) -> None:
        """List the backups of the open report with what each holds, and do with one what is chosen."""
        document = self._window.document
        if document is None:
            return
        path, now, secret = document.file.path, document.report.copy(), document.file.secret
        backups = list_backups(path)
        if not backups:
            complain(self._window, "恢复备份", f"“{path.name}”还没有备份；每次打开时自动备份，也可以“立即备份”。")
            return
        self._window.run_job(
            "正在查看备份……",
            lambda control: backup_lines(backups, now, secret, control),
            lambda lines: self._listed(path, lines, secret),
            "恢复备份",
        )

    def _listed(self, path: Path, lines: list[BackupLine], secret: Secret | None) -> None:
        self._choose(path, "", lines, secret)

    def _choose(
        self, path: Path, reason: str, lines: list[BackupLine], secret: Secret | None, *, damaged: bool = False
    ) -> bool:
        """Show backups and do with one what is chosen; tells whether something was opened or shown."""
        from desktopapp.gui.versions.backups_dialog import RestoreDialog, Use

        is_open = self._window.files.is_open(path)
        chosen = RestoreDialog.ask(path, lines, reason, self._window, is_open=is_open, damaged=damaged)
        if chosen is None:
            return False
        if chosen.use is Use.LOOK:
            return self._window.files.open_damaged(path, secret)
        assert chosen.backup is not None
        if chosen.use is Use.COPY:
            return self._copy_of(chosen.backup, path, secret)
        if chosen.use is Use.COMPARE:
            self.compare_with(chosen.backup.path)
            return True
        return self._restore(chosen.backup, path, secret)

    def _restore(self, backup: Backup, path: Path, secret: Secret | None) -> bool:
        if self._window.files.is_open(path):
            self._window.files.close()
        try:
            restore(backup.path, path, secret=secret)
        except StoreError as error:
            complain(self._window, "恢复备份", str(error))
            return False
        opened = self._window.files.open_path(path, secret=secret)
        if opened:
            self._window.say(f"已恢复 {backup.made:%Y-%m-%d %H:%M} 的备份，被替换的文件保留在备份文件夹中。")
        return opened

    def _copy_of(self, backup: Backup, path: Path, secret: Secret | None) -> bool:
        """Ask where and write a backup as a report of its own, and open that."""
        name = f"{path.stem}（{backup.made:%Y-%m-%d %H.%M} 的备份）{SUFFIX}"
        target = dialogs.choose_to_save(self._window, self._settings, "另存备份", name, dialogs.REPORT_FILTER, SUFFIX)
        if target is None:
            return False
        try:
            with open_file(backup.path, jobs.get_template, read_only=True, secret=secret) as file:
                file.save_copy(target)
        except StoreError as error:
            complain(self._window, "没有另存", str(error))
            return False
        opened = self._window.files.open_path(target, secret=secret)
        if opened:
            self._window.say(f"{backup.made:%Y-%m-%d %H:%M} 的备份已另存为“{target.name}”，原来的报表没有改动。")
        return opened

    # ── versions side by side ───────────────────────────────────────────────────────────────────────────────────
    def compare(self) -> None:
        """Compare the open report with its newest backup, or with a file where there is none."""
        document = self._window.document
        if document is not None:
            backups = list_backups(document.file.path)
            self.compare_with(backups[0].path if backups else None)

    def compare_with(self, path: Path | None, secret: Secret | None = None) -> None:
        """Compare the open report with another version; without one ask for a file."""
        document = self._window.document
        if document is None:
            return
        if path is None:
            path = dialogs.choose_to_open(self._window, self._settings, "选择要比较的报表", dialogs.REPORT_FILTER)
            if path is None:
                return
        other, tried = path, secret or document.file.secret
        self._window.run_job(
            f"正在读取“{other.name}”……",
            lambda _control: read_version(other, tried),
            lambda before: self._show_differences(other, before),
            "没有比较",
            lambda found: self.compare_with(other, found),
        )

    def _show_differences(self, path: Path, before: Report) -> None:
        from desktopapp.gui.versions.compare_dialog import CompareVersionsDialog

        document = self._window.document
        if document is None:
            return
        if self.differences is None:
            dialog = CompareVersionsDialog(document, list_backups(document.file.path), self._window)
            dialog.jump_wanted.connect(self._jump)
            dialog.version_wanted.connect(self.compare_with)
            dialog.print_wanted.connect(lambda: print_listing(dialog.listing(), dialog))
            dialog.export_wanted.connect(lambda: self._export(dialog.listing(), "版本比较", dialog))
            dialog.destroyed.connect(self._differences_closed)
            self.differences = dialog
        self.differences.set_version(path, before)
        self.differences.show()
        self.differences.activateWindow()

    def _differences_closed(self) -> None:
        self.differences = None

    def _jump(self, target: Target) -> None:
        self._window.workspace.show_place(target)
        self._window.activateWindow()

    # ── history ─────────────────────────────────────────────────────────────────────────────────────────────────
    def show_history(self) -> None:
        """Show who changed what, when, from what to what."""
        from desktopapp.gui.versions.history import HistoryDialog

        document = self._window.document
        if document is None:
            return
        page = self._window.workspace.page()
        dialog = HistoryDialog(document, page.form_id if page else "", self._window)
        dialog.print_wanted.connect(lambda: print_listing(dialog.listing(), dialog))
        dialog.export_wanted.connect(lambda: self._export(dialog.listing(), "修改历史", dialog))
        dialog.exec()
        target = dialog.target
        dialog.deleteLater()
        if target is not None:
            self._jump(target)

    def _export(self, listing: Listing, what: str, parent: QWidget) -> None:
        document = self._window.document
        assert document is not None
        target = export_listing(listing, f"{document.file.path.stem}{what}", self._settings, parent)
        if target is not None:
            self._window.say(f"{what}已导出到“{target}”。")
