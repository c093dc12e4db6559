"""Choosing a backup to put in the place of a report."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.store.backup import Backup, summarize
from desktopapp.store.errors import StoreError


class RestoreDialog(QDialog):
    """The backups, newest first, with what each holds."""

    def __init__(self, path: Path, backups: list[Backup], reason: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("恢复备份")
        self._backups = backups
        words = QLabel(
            (reason + "\n" if reason else "")
            + f"选择一份备份来替换“{path.name}”。被替换的文件不会丢失，会留在备份文件夹中。"
        )
        words.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setAccessibleName("备份")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderLabels(["备份时间", "原因", "备份里最后一次修改"])
        self.list.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for backup in backups:
            self.list.addTopLevelItem(QTreeWidgetItem([*_words(backup)]))
        for column in (0, 1):
            self.list.resizeColumnToContents(column)
        if (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.button(kinds.Ok).setText("恢复(&R)")
        buttons.button(kinds.Ok).setEnabled(bool(backups))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column_layout = QVBoxLayout(self)
        column_layout.addWidget(words)
        column_layout.addWidget(self.list, 1)
        column_layout.addWidget(buttons)
        self.resize(680, 380)

    def backup(self) -> Backup | None:
        """Return the backup chosen."""
        item = self.list.currentItem()
        return self._backups[self.list.indexOfTopLevelItem(item)] if item is not None else None

    @staticmethod
    def ask(path: Path, backups: list[Backup], reason: str, parent: QWidget) -> Backup | None:
        """Ask for a backup; None when the user changes their mind."""
        dialog = RestoreDialog(path, backups, reason, parent)
        chosen = dialog.backup() if dialog.exec() == QDialog.DialogCode.Accepted else None
        dialog.deleteLater()
        return chosen


def _words(backup: Backup) -> tuple[str, str, str]:
    when = backup.made.strftime("%Y-%m-%d %H:%M:%S")
    try:
        found = summarize(backup)
    except StoreError as error:
        return when, backup.reason, str(error)
    return when, backup.reason, f"{found.changed.astimezone():%Y-%m-%d %H:%M}　{found.label}"
