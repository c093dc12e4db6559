"""The tree of findings: painting, one click to jump, keyboard."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.palette import SIGNS, theme_of
from desktopapp.gui.window.findings_model import SHOWN, FindingsModel, Shown

_Index = QModelIndex | QPersistentModelIndex
_MARGIN = 6
_SIGN_WIDTH = 20


class _Delegate(QStyledItemDelegate):
    """Paints a finding in three lines behind the sign of its severity; one height for all, so that lists stay fast."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line = option.fontMetrics.height()
        if not index.internalId():
            return QSize(80, line + 8)
        return QSize(80, 3 * line + 2 * _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        text, full.text = full.text, ""
        full.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, full, painter, full.widget)
        painter.save()
        severity = Severity(index.internalId() - 1 if index.internalId() else index.row())
        shown = index.data(SHOWN)
        if shown is None:
            self._paint_severity(painter, full, severity, text)
        else:
            self._paint_finding(painter, full, severity, shown)
        painter.restore()

    def _ink(self, option: QStyleOptionViewItem, colour: str) -> QColor:
        if option.state & QStyle.StateFlag.State_Selected:
            return option.palette.color(QPalette.ColorRole.HighlightedText)
        return QColor(colour)

    def _paint_severity(self, painter: QPainter, option: QStyleOptionViewItem, severity: Severity, text: str) -> None:
        font = QFont(option.font)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._ink(option, theme_of(option.palette).mark(severity).ink))
        area = option.rect.adjusted(4, 0, -4, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), f"{SIGNS[severity]} {text}")

    def _paint_finding(self, painter: QPainter, option: QStyleOptionViewItem, severity: Severity, shown: Shown) -> None:
        theme = theme_of(option.palette)
        area = option.rect.adjusted(4, _MARGIN, -_MARGIN, -_MARGIN)
        line = option.fontMetrics.height()
        painter.setPen(self._ink(option, theme.mark(severity).sign))
        painter.drawText(QRect(area.left(), area.top(), _SIGN_WIDTH, line), 0, SIGNS[severity])
        area.setLeft(area.left() + _SIGN_WIDTH)
        painter.setPen(self._ink(option, theme.ink))
        bold = QFont(option.font)
        bold.setBold(True)
        painter.setFont(bold)
        self._line(painter, QFontMetrics(bold), area, 0, shown.title)
        painter.setFont(option.font)
        if not shown.says:
            rest = area.adjusted(0, line, 0, 0)
            flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.TextFlag.TextWrapAnywhere)
            painter.drawText(rest, flags, _two_lines(option.fontMetrics, shown.figures, rest.width()))
            return
        painter.setPen(self._ink(option, theme.mark(severity).ink))
        self._line(painter, option.fontMetrics, area, 1, shown.figures)
        painter.setPen(self._ink(option, theme.faint))
        self._line(painter, option.fontMetrics, area, 2, shown.says)

    @staticmethod
    def _line(painter: QPainter, metrics: QFontMetrics, area: QRect, number: int, text: str) -> None:
        height = metrics.height()
        box = QRect(area.left(), area.top() + number * height, area.width(), height)
        painter.drawText(box, 0, metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width()))


def _two_lines(metrics: QFontMetrics, text: str, width: int) -> str:
    """Return as much of a text as two lines hold."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, 2 * width - 2 * metrics.averageCharWidth()))


class FindingsView(QTreeView):
    """Findings under their severities. A click or Enter asks for the jump; arrows only move."""

    jump_wanted = Signal(object)
    copy_wanted = Signal()

    def __init__(self, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("校验结果")
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Delegate(self))
        self.findings = model
        self.setModel(model)
        self.expandAll()
        self.clicked.connect(self._clicked)

    def hide_empty(self) -> None:
        """Show only severities that occur."""
        for row in range(self.findings.rowCount()):
            empty = self.findings.rowCount(self.findings.index(row, 0)) == 0
            if self.isRowHidden(row, QModelIndex()) != empty:
                self.setRowHidden(row, QModelIndex(), empty)

    def selected(self) -> list[Finding]:
        """Return the selected findings in the order shown."""
        rows = sorted(self.selectionModel().selectedIndexes(), key=lambda i: (i.internalId(), i.row()))
        return [f for i in rows if (f := self.findings.finding(i)) is not None]

    def show_finding(self, finding_id: str) -> None:
        """Select a finding and scroll to it."""
        index = self.findings.index_of(finding_id)
        if index.isValid():
            self.expand(index.parent())
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter jumps, the copy shortcut copies, arrows left and right fold."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._clicked(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        finding = self.findings.finding(index)
        if finding is not None:
            self.jump_wanted.emit(finding)
        elif index.isValid():
            self.setExpanded(index, not self.isExpanded(index))
