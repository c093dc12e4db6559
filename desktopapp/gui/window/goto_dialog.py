"""Ctrl+G: go to a form or row by number, code or part of a name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QListWidget, QVBoxLayout, QWidget

from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.sizes import sized
from desktopapp.gui.window.search import Target, matching, targets


class _Field(QLineEdit):
    """Hands the up and down keys to the list."""

    def __init__(self, rows: QListWidget) -> None:
        super().__init__()
        self._rows = rows

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._rows.keyPressEvent(event)
        else:
            super().keyPressEvent(event)


class GoToDialog(QDialog):
    """A field and the places that fit what is typed."""

    def __init__(self, report: Report, forms: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("转到")
        self._all = targets(report, forms)
        self._shown: list[Target] = []
        self._list = QListWidget()
        self._list.setAccessibleName("可以转到的位置")
        self._list.setUniformItemSizes(True)
        self._list.setStyleSheet("QListView::item { padding: 3px 2px; }")
        self.field = _Field(self._list)
        self.field.setAccessibleName("转到哪里")
        self.field.setPlaceholderText("例如：3　或　1 27　或　03 2010301　或　运行")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(QLabel("表号，后面可以再写行次、编码或名称："))
        column.addWidget(self.field)
        column.addWidget(self._list, 1)
        column.addWidget(buttons)
        sized(self, 460, 420)
        self.field.textChanged.connect(self._narrow)
        self.field.returnPressed.connect(self.accept)
        self._list.itemActivated.connect(lambda _item: self.accept())
        self._narrow("")

    def _narrow(self, text: str) -> None:
        self._shown = matching(self._all, text)
        self._list.clear()
        self._list.addItems([t.label for t in self._shown])
        self._list.setCurrentRow(0 if self._shown else -1)
        self._ok.setEnabled(bool(self._shown))

    def cell(self) -> Cell | None:
        """Return the place chosen."""
        row = self._list.currentRow()
        return self._shown[row].cell if 0 <= row < len(self._shown) else None

    @staticmethod
    def ask(report: Report, forms: list[str], parent: QWidget) -> Cell | None:
        """Ask where to go; None when the user changes their mind."""
        dialog = GoToDialog(report, forms, parent)
        chosen = dialog.exec() == QDialog.DialogCode.Accepted
        cell = dialog.cell() if chosen else None
        dialog.deleteLater()
        return cell
