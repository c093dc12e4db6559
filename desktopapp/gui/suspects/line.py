"""One line on the current cell: what is suspected of it, and a button that adopts the suggestion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktopapp.core.findings import Severity
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.palette import SIGNS, theme_of
from desktopapp.gui.suspects.words import figures

if TYPE_CHECKING:
    from desktopapp.core.suspects import Suspect


class SuspectLine(QWidget):
    """Hidden while nothing is suspected of the cell."""

    #: A Suspect whose suggestion is to be adopted.
    adopt_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suspect: Suspect | None = None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = QPushButton("采用建议(&Y)")
        self.button.setToolTip("把这一格改成建议的金额（Ctrl+F8），可以撤销")
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._adopt)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.hide()

    def show_cell(self, document: Document | None, cell: Cell | None) -> None:
        """Tell what is suspected of a cell."""
        found = document.suspicions.of_cell(cell) if document is not None and cell is not None else []
        found = [(s, c) for s, c in found if document is not None and document.suspicions.fits(s)]
        self._suspect = found[0][0] if found else None
        if document is not None and cell is not None and found:
            self.text.setText(_words(document, found[0][0]))
            self.button.setVisible(not document.read_only)
            self._colour()
        self.setVisible(bool(found))

    def _adopt(self) -> None:
        if self._suspect is not None:
            self.adopt_wanted.emit(self._suspect)

    def _colour(self) -> None:
        palette = self.text.palette()
        theme = theme_of(QGuiApplication.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.mark(Severity.ERROR).ink))
        self.text.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._colour()


def _words(document: Document, suspect: Suspect) -> str:
    return f"{SIGNS[Severity.ERROR]} {figures(suspect, document.unit)}。{suspect.why}"
