"""The list of findings: painting, one click to jump, keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.palette import SIGNS, theme_of
from desktopapp.gui.window.findings_model import HEAD, SHOWN, FindingsModel, Shown

_Index = QModelIndex | QPersistentModelIndex
_MARGIN = 6
#: Sign of a finding that others stand below while they are hidden.
CLOSED = "▸"
#: Painted rows that are kept, a few screens full.
_MOST_PAINTED = 80
#: A scroll bar of plain colours.
_FLAT = """
QScrollBar:vertical { background: palette(window); width: 14px; margin: 0; border: none; }
QScrollBar::handle:vertical { background: palette(mid); min-height: 28px; margin: 2px 3px; border-radius: 4px; }
QScrollBar::handle:vertical:hover { background: palette(dark); }
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; }
QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical { background: none; }
"""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _is_action_key(event: QKeyEvent) -> bool:
    return event.key() in _ENTER and bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)


class _Delegate(QStyledItemDelegate):
    """Paints a finding in three lines behind the sign of its severity.

    Rows are kept as they were painted last: when one comes or goes, all those below it move and nothing else.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._painted: dict[tuple[object, ...], QPixmap] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        shown, model = index.data(SHOWN), index.model()
        if shown is None or not isinstance(model, FindingsModel):
            self._paint(painter, option, index)
            return
        finding = model.finding(index)
        severity = finding.severity if finding is not None else model.severity(index)
        ratio = painter.device().devicePixelRatioF()
        looks = (option.state.value, option.palette.cacheKey(), option.font.key(), ratio)
        key = (shown, severity, option.rect.width(), option.rect.height(), *looks)
        row = self._painted.pop(key, None)
        if row is None:
            row = self._row(option, index, ratio)
        # The last used one stands last.
        self._painted[key] = row
        if len(self._painted) > _MOST_PAINTED:
            del self._painted[next(iter(self._painted))]
        painter.drawPixmap(option.rect.topLeft(), row)

    def _row(self, option: QStyleOptionViewItem, index: _Index, ratio: float) -> QPixmap:
        """Return a row painted by itself."""
        row = QPixmap(option.rect.size() * ratio)
        row.setDevicePixelRatio(ratio)
        row.fill(option.palette.color(QPalette.ColorRole.Base))
        alone = QStyleOptionViewItem(option)
        alone.rect = QRect(QPoint(0, 0), option.rect.size())
        painter = QPainter(row)
        painter.setFont(option.font)
        self._paint(painter, alone, index)
        painter.end()
        return row

    def _paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        text, full.text = full.text, ""
        full.state &= ~QStyle.StateFlag.State_HasFocus
        full.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, full, painter, full.widget)
        painter.save()
        shown = index.data(SHOWN)
        if shown is None:
            self._paint_head(painter, full, index.data(HEAD), text)
        else:
            model = index.model()
            assert isinstance(model, FindingsModel)
            finding = model.finding(index)
            severity = finding.severity if finding is not None else model.severity(index)
            self._paint_finding(painter, full, severity, shown)
        painter.restore()

    def _ink(self, option: QStyleOptionViewItem, colour: str) -> QColor:
        if option.state & QStyle.StateFlag.State_Selected:
            return option.palette.color(QPalette.ColorRole.HighlightedText)
        return QColor(colour)

    def _paint_head(self, painter: QPainter, option: QStyleOptionViewItem, severity: Severity, text: str) -> None:
        font = QFont(option.font)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._ink(option, theme_of(option.palette).mark(severity).ink))
        area = option.rect.adjusted(4, 0, -4, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), f"{SIGNS[severity]} {text}")
        model = option.index.model()
        folded = isinstance(model, FindingsModel) and model.is_folded(severity)
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), "＋" if folded else "－"
        )

    def _paint_finding(self, painter: QPainter, option: QStyleOptionViewItem, severity: Severity, shown: Shown) -> None:
        theme = theme_of(option.palette)
        area = option.rect.adjusted(4, _MARGIN, -_MARGIN, -_MARGIN)
        line = option.fontMetrics.height()
        painter.setPen(self._ink(option, theme.mark(severity).sign))
        # As wide as a full-width sign and a blank, whatever the size of the writing.
        room = round(1.2 * line)
        if shown.inner:
            area.setLeft(area.left() + room)
        painter.drawText(QRect(area.left(), area.top(), 2 * line, line), 0, SIGNS[severity])
        painter.drawText(QRect(area.left(), area.top() + line, 2 * line, line), 0, shown.fold)
        area.setLeft(area.left() + room)
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
        if shown.action:
            link = action_rect(option.rect, option.fontMetrics, shown)
            painter.setPen(self._ink(option, theme.accent))
            painter.drawText(link, 0, shown.action)
            painter.drawLine(link.left(), link.bottom(), link.right(), link.bottom())
            area.setRight(link.left() - _MARGIN)
        painter.setPen(self._ink(option, theme.faint))
        self._line(painter, option.fontMetrics, area, 2, shown.says)

    @staticmethod
    def _line(painter: QPainter, metrics: QFontMetrics, area: QRect, number: int, text: str) -> None:
        height = metrics.height()
        box = QRect(area.left(), area.top() + number * height, area.width(), height)
        painter.drawText(box, 0, metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width()))


def action_rect(row: QRect, metrics: QFontMetrics, shown: Shown) -> QRect:
    """Return where the link of a finding stands in its row: at the end of the third line."""
    width = metrics.horizontalAdvance(shown.action)
    top = row.top() + _MARGIN + 2 * metrics.height()
    return QRect(row.right() - _MARGIN - width, top, width, metrics.height())


def _two_lines(metrics: QFontMetrics, text: str, width: int) -> str:
    """Return as much of a text as two lines hold."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, 2 * width - 2 * metrics.averageCharWidth()))


class FindingsView(QTableView):
    """Findings under their severities. A click or Enter asks for the jump; arrows only move.

    A table, because it knows the heights of its rows without asking for each: a long list costs no more than a short
    one.
    """

    jump_wanted = Signal(object)
    copy_wanted = Signal()
    #: The Finding whose link was activated.
    action_wanted = Signal(object)
    #: The Finding to open or close, and which of both.
    open_wanted = Signal(object, bool)
    #: Where a menu for the current finding is wanted (a QPoint on the screen).
    menu_wanted = Signal(object)

    def __init__(self, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("校验结果")
        self.findings = model
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        # The style draws a slider of another length anew with all its shades, which takes longer than all rows.
        self.verticalScrollBar().setStyleSheet(_FLAT)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._measure()
        model.rowsInserted.connect(self._size_heads)
        self.clicked.connect(self._clicked)

    def _measure(self) -> None:
        line = self.fontMetrics().height()
        self._head_height = line + 10
        self.verticalHeader().setDefaultSectionSize(3 * line + 2 * _MARGIN)
        self._size_heads()

    def _size_heads(self) -> None:
        """Head rows are lower than the others; rows carry their height along when others come and go."""
        rows = self.verticalHeader()
        for row in self.findings.head_rows():
            if rows.sectionSize(row) != self._head_height:
                rows.resizeSection(row, self._head_height)

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew for another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "findings"):
            self._measure()

    def selected(self) -> list[Finding]:
        """Return the selected findings in the order shown."""
        rows = sorted(self.selectionModel().selectedIndexes(), key=lambda i: i.row())
        return [f for i in rows if (f := self.findings.finding(i)) is not None]

    def show_finding(self, finding: Finding) -> None:
        """Select a finding and scroll to it."""
        self.findings.fold(self.findings.section_of(finding), False)
        index = self.findings.index_of(finding.id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def event(self, event: QEvent) -> bool:
        """Keep Alt+Enter from the menus where it means the link of the current finding."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and _is_action_key(event)
            and self._shown_at(self.currentIndex()).action
        ):
            event.accept()
            return True
        return super().event(event)

    def _shown_at(self, index: QModelIndex) -> Shown:
        found = index.data(SHOWN)
        return found if isinstance(found, Shown) else Shown("", "", "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the link or on the sign to open acts at once; everything else selects."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        finding, shown = self.findings.finding(index), self._shown_at(index)
        if event.button() == Qt.MouseButton.LeftButton and finding is not None:
            row, metrics = self.visualRect(index), self.fontMetrics()
            if shown.action and action_rect(row, metrics, shown).adjusted(-4, -2, 4, 4).contains(at):
                self.setCurrentIndex(index)
                self.action_wanted.emit(finding)
                return
            if shown.fold and at.x() < row.left() + 4 + round(1.2 * metrics.height()):
                self.setCurrentIndex(index)
                self.open_wanted.emit(finding, shown.fold == CLOSED)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter jumps, Alt+Enter follows the link, the copy shortcut copies, left and right fold and unfold."""
        current = self.currentIndex()
        finding, shown = self.findings.finding(current), self._shown_at(current)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif _is_action_key(event) and finding is not None and shown.action:
            self.action_wanted.emit(finding)
        elif event.key() == Qt.Key.Key_Right and shown.fold == CLOSED:
            self.open_wanted.emit(finding, True)
        elif event.key() == Qt.Key.Key_Left and (shown.inner or (shown.fold and shown.fold != CLOSED)):
            self.open_wanted.emit(finding, False)
        elif event.key() in _ENTER:
            self._clicked(current)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and current.isValid():
            self._fold(self.findings.severity(current), event.key() == Qt.Key.Key_Left)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Let whoever knows what can be done with the current finding show its menu."""
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        if self.findings.finding(self.currentIndex()) is not None:
            self.menu_wanted.emit(at)
        event.accept()

    def _fold(self, severity: Severity, folded: bool) -> None:
        if folded:
            self.setCurrentIndex(self.findings.index(self.findings.head_row(severity)))
        self.findings.fold(severity, folded)

    def _clicked(self, index: QModelIndex) -> None:
        finding = self.findings.finding(index)
        if finding is not None:
            self.jump_wanted.emit(finding)
        elif index.isValid():
            severity = self.findings.severity(index)
            self.findings.fold(severity, not self.findings.is_folded(severity))
