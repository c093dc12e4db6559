"""Lists of pages: names that wrap instead of being cut off, with small signs at the right edge."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from desktopapp.gui.palette import theme_of

_Index = QModelIndex | QPersistentModelIndex
#: Role of the badges: a tuple of (severity or None for good, text).
BADGES = Qt.ItemDataRole.UserRole + 1
#: A name takes this many lines at most.
_LINES = 3
_LEFT, _RIGHT, _ABOVE = 4, 6, 4
_FLAGS = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWrapAnywhere)


class PageTree(QTreeView):
    """A tree of one column whose rows are as high as their names need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setExpandsOnDoubleClick(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Names wrap by the width; a bar that comes and goes would wrap them anew each time.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setItemDelegate(BadgeDelegate(self))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the names anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()


class BadgeDelegate(QStyledItemDelegate):
    """Paints a name on up to three lines and each badge in the colour of its severity."""

    def __init__(self, view: QTreeView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        badges = index.data(BADGES) or ()
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        text, full.text = full.text, ""
        full.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, full, painter, full.widget)
        width = self._badges_width(full, badges)
        area = option.rect.adjusted(_LEFT, 0, -_RIGHT - width, 0)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.save()
        painter.setFont(full.font)
        painter.setPen(option.palette.color(role))
        painter.drawText(area, _FLAGS, _fitting(full, text, area.width()))
        left = option.rect.right() - _RIGHT + 2 - width
        theme = theme_of(option.palette)
        for severity, label in badges:
            here = _width(full, label)
            if not selected:
                painter.setPen(QColor(theme.good if severity is None else theme.mark(severity).ink))
            box = QRect(left, option.rect.top(), here, option.rect.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), label)
            left += here
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        depth, above = 1, index.parent()
        while above.isValid():
            depth, above = depth + 1, above.parent()
        room = self._view.viewport().width() - depth * self._view.indentation()
        room -= _LEFT + _RIGHT + self._badges_width(full, index.data(BADGES) or ())
        lines = _lines(full, max(room, 1))
        return QSize(room, lines * full.fontMetrics.lineSpacing() + 2 * _ABOVE)

    @staticmethod
    def _badges_width(option: QStyleOptionViewItem, badges: tuple[tuple[object, str], ...]) -> int:
        return sum(_width(option, text) for _, text in badges)


def _width(option: QStyleOptionViewItem, text: str) -> int:
    return option.fontMetrics.horizontalAdvance(text) + 8


def _lines(option: QStyleOptionViewItem, width: int) -> int:
    """Return how many lines a name takes."""
    if option.fontMetrics.horizontalAdvance(option.text) <= width:
        return 1
    wrapped = option.fontMetrics.boundingRect(QRect(0, 0, width, 10_000), _FLAGS, option.text)
    return min(_LINES, max(1, round(wrapped.height() / option.fontMetrics.lineSpacing())))


def _fitting(option: QStyleOptionViewItem, text: str, width: int) -> str:
    """Return a text cut to what the lines hold."""
    metrics = option.fontMetrics
    if metrics.horizontalAdvance(text) <= width:
        return text
    room = _LINES * (width - metrics.horizontalAdvance("字"))
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(1, room))
