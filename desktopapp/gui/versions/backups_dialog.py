"""The backups of a report: what each holds, and what becomes of the one chosen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.palette import theme_of
from desktopapp.gui.sizes import sized
from desktopapp.gui.versions.reading import BackupLine
from desktopapp.store.backup import Backup

_HEADS = ("备份时间", "原因", "部门和年度", "备份里最后一次修改", "与现在比", "大小")
_COMPARED, _SIZE = 4, 5


class Use(Enum):
    """What becomes of a backup."""

    RESTORE = "恢复"
    COPY = "另存为副本"
    COMPARE = "与现在比较"
    LOOK = "查看损坏的文件"


@dataclass(frozen=True, slots=True)
class Choice:
    """A backup and what becomes of it; none where the damaged file itself is wanted."""

    backup: Backup | None
    use: Use = Use.RESTORE


class RestoreDialog(QDialog):
    """The backups, newest first; those that are damaged cannot be chosen."""

    def __init__(
        self,
        path: Path,
        lines: list[BackupLine],
        reason: str,
        parent: QWidget | None = None,
        *,
        is_open: bool = False,
        damaged: bool = False,
    ) -> None:
        """``is_open`` says that the window shows the report, so that there is something to compare with."""
        super().__init__(parent)
        self.setWindowTitle("恢复备份")
        self._lines = lines
        self._use = Use.RESTORE
        words = QLabel(
            (reason + "\n" if reason else "")
            + f"这些是“{path.name}”的备份，存放在旁边的文件夹里。“恢复”用选中的一份替换现在的文件，"
            "被替换的文件不会丢失，会先存为一份备份；“另存为副本”不动现在的文件。"
        )
        words.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setAccessibleName("备份")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAlternatingRowColors(True)
        self.list.setHeaderLabels(_HEADS)
        self.list.setStyleSheet("QTreeView::item { padding: 3px 4px; }")
        self._box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        offered = {Use.COMPARE: is_open, Use.LOOK: damaged}
        self.buttons = {use: self._button(use) for use in Use if offered.get(use, True)}
        self._fill()
        self._box.rejected.connect(self.reject)
        self.list.currentItemChanged.connect(lambda _new, _old: self._refresh())
        self.list.itemActivated.connect(lambda _item, _column: self._chosen(Use.RESTORE))
        column_layout = QVBoxLayout(self)
        column_layout.addWidget(words)
        column_layout.addWidget(self.list, 1)
        column_layout.addWidget(self._box)
        sized(self, 980, 460)
        self._refresh()

    def _button(self, use: Use) -> QPushButton:
        label, tip = {
            Use.RESTORE: ("恢复(&R)", "用选中的备份替换现在的文件；现在的文件先存为一份备份"),
            Use.COPY: ("另存为副本(&S)…", "把选中的备份另存为一份新的报表文件并打开，不动现在的文件"),
            Use.COMPARE: ("与现在比较(&D)…", "列出选中的备份与现在的报表有哪些不同"),
            Use.LOOK: ("查看损坏的文件(&L)", "尽量显示损坏的文件里还读得出的内容，只能查看和另存副本"),
        }[use]
        role = QDialogButtonBox.ButtonRole
        button = self._box.addButton(label, role.AcceptRole if use is Use.RESTORE else role.ActionRole)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: self._chosen(use))
        button.setDefault(use is Use.RESTORE)
        button.setAutoDefault(use is Use.RESTORE)
        return button

    def _fill(self) -> None:
        faint = QColor(theme_of(QGuiApplication.palette()).faint)
        for line in self._lines:
            item = QTreeWidgetItem([*_words(line)])
            item.setTextAlignment(_SIZE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, line.backup.path.name)
            item.setToolTip(2, item.text(2))
            item.setToolTip(3, item.text(3))
            if line.trouble:
                for column in range(len(_HEADS)):
                    item.setForeground(column, faint)
            self.list.addTopLevelItem(item)
        self.list.header().setStretchLastSection(False)
        for column in range(len(_HEADS)):
            self.list.resizeColumnToContents(column)
        self.list.setColumnWidth(2, min(self.list.columnWidth(2), 20 * self.fontMetrics().horizontalAdvance("国")))
        self.list.setColumnHidden(_COMPARED, all(line.differing is None for line in self._lines))
        self.list.header().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        first = next((n for n, line in enumerate(self._lines) if not line.trouble), 0)
        if (item_ := self.list.topLevelItem(first)) is not None:
            self.list.setCurrentItem(item_)

    def _refresh(self) -> None:
        line = self._line()
        for use, button in self.buttons.items():
            button.setEnabled(use is Use.LOOK or (line is not None and not line.trouble))

    def _chosen(self, use: Use) -> None:
        self._use = use
        if self.choice() is not None:
            self.accept()

    def _line(self) -> BackupLine | None:
        item = self.list.currentItem()
        return self._lines[self.list.indexOfTopLevelItem(item)] if item is not None else None

    def choice(self) -> Choice | None:
        """Return the backup chosen and what becomes of it; None while none can be."""
        if self._use is Use.LOOK:
            return Choice(None, Use.LOOK)
        line = self._line()
        return Choice(line.backup, self._use) if line is not None and not line.trouble else None

    @staticmethod
    def ask(
        path: Path, lines: list[BackupLine], reason: str, parent: QWidget, *, is_open: bool, damaged: bool
    ) -> Choice | None:
        """Ask for a backup; None when the user changes their mind."""
        dialog = RestoreDialog(path, lines, reason, parent, is_open=is_open, damaged=damaged)
        chosen = dialog.choice() if dialog.exec() == QDialog.DialogCode.Accepted else None
        dialog.deleteLater()
        return chosen


def _words(line: BackupLine) -> tuple[str, ...]:
    backup, summary = line.backup, line.summary
    when = backup.made.strftime("%Y-%m-%d %H:%M:%S")
    size = f"{max(1, backup.size // 1024)} KB"
    if summary is None:
        return when, backup.reason, "", line.trouble, "", size
    whose = f"{summary.department or '（未填部门）'} {summary.year}"
    changed = f"{summary.changed.astimezone():%Y-%m-%d %H:%M}　{summary.label}"
    differing = "" if line.differing is None else f"{line.differing} 处不同" if line.differing else "相同"
    return when, backup.reason, whose, changed, differing, size
