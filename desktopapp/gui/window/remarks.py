"""A list of sentences to read through, for example what rolling a report forward has to say."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QVBoxLayout, QWidget

from desktopapp.gui.sizes import sized


class RemarksDialog(QDialog):
    """Sentences one below the other; they can be copied."""

    def __init__(self, title: str, remarks: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._remarks = list(remarks)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setWordWrap(True)
        self.list.setStyleSheet("QListView::item { padding: 5px; }")
        self.list.addItems(self._remarks)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("全部复制(&C)", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        sized(self, 640, 420)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._remarks))

    @staticmethod
    def show_remarks(title: str, remarks: Sequence[str], parent: QWidget) -> None:
        """Show sentences until the user closes them."""
        dialog = RemarksDialog(title, remarks, parent)
        dialog.exec()
        dialog.deleteLater()
