"""A small card beside a number: what it is, where it comes from, ways there. It never takes the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktopapp.gui.palette import theme_of

_WIDTH = 420


class FactCard(QFrame):
    """Shows HTML with links; closed by the next click elsewhere."""

    #: The text of a link's address without #.
    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.RichText)
        self._label.setWordWrap(True)
        self._label.linkActivated.connect(lambda link: self.chosen.emit(QUrl(link).fragment()))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self._label)
        self.hide()

    def show_at(self, html: str, point: QPoint) -> None:
        """Show a text below (or above) a point of the parent."""
        theme = theme_of(self._around.palette())
        palette = QPalette(self._around.palette())
        palette.setColor(QPalette.ColorRole.Window, QColor(theme.field))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.ink))
        self.setPalette(palette)
        self.setStyleSheet(
            f"FactCard {{ background: {theme.field}; color: {theme.ink}; "
            f"border: 1px solid {theme.frame}; border-radius: 3px; }}"
        )
        self._label.setText(html)
        room = self._around.size()
        width = min(_WIDTH, room.width() - 16)
        inner = width - 22
        self.setFixedSize(width, self._label.heightForWidth(inner) + 18)
        x = max(4, min(point.x() - 30, room.width() - width - 8))
        below = point.y() + 18
        y = below if below + self.height() <= room.height() else max(0, point.y() - self.height() - 18)
        self.move(x, y)
        self.show()
        self.raise_()

    def text(self) -> str:
        """Return the HTML on show."""
        return self._label.text()
