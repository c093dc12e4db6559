"""The sheet of paper around the table: title, mark, department and unit above it, notes below it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from desktopapp.core.layout import TableLayout
from desktopapp.gui.forms.metrics import Metrics
from desktopapp.gui.palette import Theme

_LEFT = Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignRight
_BOTTOM = Qt.AlignmentFlag.AlignBottom
_WRAP = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
_TITLE_FLAGS = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | _WRAP)
_NOTE_FLAGS = int(_LEFT | Qt.AlignmentFlag.AlignTop | _WRAP)


class Sheet:
    """Heights and painting of what stands above and below the table, for one width."""

    def __init__(
        self, layout: TableLayout, notes: tuple[str, ...], metrics: Metrics, width: int, kept: str = ""
    ) -> None:
        self.layout = layout
        self.kept = kept
        self.notes = notes
        self.metrics = metrics
        self.width = width
        self._line = round(QFontMetrics(metrics.font).height() * 1.3)
        self._gap = max(4, self._line // 4)
        title = QFontMetrics(metrics.title)
        self._title_height = title.boundingRect(QRect(0, 0, width, 10_000), _TITLE_FLAGS, layout.title).height()
        self.margin = max(12, round(self._line * 1.1))
        self.above = self._title_height + self._gap + 2 * self._line + self._gap // 2
        plain = QFontMetrics(metrics.font)
        self._note_heights = [
            plain.boundingRect(QRect(0, 0, width, 10_000), _NOTE_FLAGS, note).height() + 2 for note in notes
        ]
        self.below = sum(self._note_heights) + (2 * self._gap if notes else 0)

    def paint_above(self, painter: QPainter, theme: Theme, left: int, top: int) -> None:
        """Paint title, mark, department and unit from a corner downwards."""
        layout, line = self.layout, self._line
        painter.setPen(QColor(theme.ink))
        painter.setFont(self.metrics.title)
        painter.drawText(QRect(left, top, self.width, self._title_height), _TITLE_FLAGS, layout.title)
        painter.setFont(self.metrics.font)
        y = top + self._title_height + self._gap
        painter.drawText(QRect(left, y, self.width, line), int(_RIGHT | _BOTTOM), layout.mark)
        if self.kept:
            # Beside the mark, as it is a word about the screen and no part of the form in print.
            painter.setPen(QColor(theme.accent))
            painter.drawText(QRect(left, y, self.width, line), int(_LEFT | _BOTTOM), f"◇ {self.kept}")
            painter.setPen(QColor(theme.ink))
        box = QRect(left, y + line, self.width, line)
        painter.drawText(box, int(_RIGHT | _BOTTOM), layout.unit_line)
        room = self.width - round(self.metrics.width(layout.unit_line)) - 2 * self.metrics.pad
        shown, font = self.metrics.fitted(layout.department_line, room)
        painter.setFont(font)
        painter.drawText(box, int(_LEFT | _BOTTOM), shown)

    def paint_below(self, painter: QPainter, theme: Theme, left: int, top: int) -> None:
        """Paint the notes from a corner downwards."""
        painter.setPen(QColor(theme.ink))
        painter.setFont(self.metrics.font)
        y = top + self._gap
        for note, height in zip(self.notes, self._note_heights, strict=True):
            painter.drawText(QRect(left, y, self.width, height), _NOTE_FLAGS, note)
            y += height


def paint_paper(painter: QPainter, theme: Theme, box: QRect) -> None:
    """Paint the sheet itself with a thin edge and a soft shadow."""
    painter.setPen(Qt.PenStyle.NoPen)
    shadow = QColor("#000000")
    for step, alpha in ((3, 8), (2, 12), (1, 18)):
        shadow.setAlpha(alpha * (3 if theme.dark else 1))
        painter.fillRect(box.adjusted(-step + 1, 0, step - 1, step), shadow)
    painter.fillRect(box, QColor(theme.sheet))
    painter.setPen(QPen(QColor(theme.edge), 0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0, 0, -1, -1))
