"""The reports opened last on the welcome page: pinned ones first, those that are gone marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QDesktopServices, QKeyEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopapp.gui.palette import theme_of
from desktopapp.gui.window.settings import Recent
from desktopapp.gui.workers import Outcome, Task

_Index = QModelIndex | QPersistentModelIndex
_ENTRY, _GONE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_MOST_SHOWN = 7
_PAD = 8
_PIN, _UNPINNED = "★", "☆"


class RecentList(QListWidget):
    """Enter or a click opens a report; the star or the menu pins it."""

    #: The path of a report to open.
    open_wanted = Signal(object)
    #: The path of a report, and whether it is to be pinned.
    pin_wanted = Signal(object, bool)
    #: The path of a report to be taken off the list.
    forget_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("最近打开的报表")
        self.setAccessibleDescription("按 Enter 打开，按空格固定在列表前面，按 Del 从列表中移除")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setItemDelegate(_Delegate(self))
        self._look: Task | None = None

    def show_recent(self, recent: Sequence[Recent]) -> None:
        """Show these reports in their order, pinned ones first."""
        current = self.currentRow()
        self.clear()
        for entry in sorted(recent, key=lambda e: not e.pinned):
            item = QListWidgetItem(f"{entry.title or entry.path.stem}\n{entry.path}")
            item.setData(_ENTRY, entry)
            item.setToolTip(str(entry.path))
            self.addItem(item)
            self._say(item, gone=False)
        if self.count():
            self.setCurrentRow(min(max(current, 0), self.count() - 1))
        self._fit()
        self.setVisible(bool(recent))
        self._find_gone([e.path for e in recent])

    def _fit(self) -> None:
        rows = min(self.count(), _MOST_SHOWN)
        self.setFixedHeight(rows * max(1, self.sizeHintForRow(0)) + 2 * self.frameWidth() + 2)

    def _find_gone(self, paths: list[Path]) -> None:
        """Look in the background: a drive that does not answer must not hold up the window."""
        if self._look is not None:
            # It may still end after the search that takes its place, and must not undo what that one found.
            self._look.finished.disconnect(self._mark_gone)
            self._look.cancel()
            self._look = None
        if not paths:
            return
        self._look = Task(lambda _control: {p for p in paths if not _is_there(p)}, self)
        self._look.finished.connect(self._mark_gone)
        self._look.start()

    def _mark_gone(self, outcome: Outcome) -> None:
        gone = outcome.value if isinstance(outcome.value, set) else set()
        for row in range(self.count()):
            self._say(self.item(row), gone=self.entry(row).path in gone)

    def _say(self, item: QListWidgetItem, *, gone: bool) -> None:
        entry: Recent = item.data(_ENTRY)
        item.setData(_GONE, gone)
        words = [entry.title or entry.path.stem, str(entry.path)]
        words += ["已固定"] if entry.pinned else []
        words += ["文件不在原来的位置"] if gone else []
        item.setData(Qt.ItemDataRole.AccessibleTextRole, "，".join(words))

    def entry(self, row: int) -> Recent:
        """Return what a row shows."""
        found: Recent = self.item(row).data(_ENTRY)
        return found

    def is_gone(self, row: int) -> bool:
        """Tell whether the file of a row was not found."""
        return bool(self.item(row).data(_GONE))

    # ── what the user does ──────────────────────────────────────────────────────────────────────────────────────
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open with a single click; a click on the star pins."""
        super().mouseReleaseEvent(event)
        item = self.itemAt(event.position().toPoint())
        if item is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if star_box(self.visualItemRect(item)).contains(event.position().toPoint()):
            self._pin(item.data(_ENTRY))
        else:
            self.open_wanted.emit(item.data(_ENTRY).path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space pins, Del takes a report off the list."""
        if not self.selectedItems():
            super().keyPressEvent(event)
            return
        entry = self.entry(self.currentRow())
        match event.key():
            case Qt.Key.Key_Space:
                self._pin(entry)
            case Qt.Key.Key_Delete:
                self.forget_wanted.emit(entry.path)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.open_wanted.emit(entry.path)
            case _:
                super().keyPressEvent(event)

    def _pin(self, entry: Recent) -> None:
        self.pin_wanted.emit(entry.path, not entry.pinned)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a report on the list."""
        item = self.itemAt(event.pos()) or self.currentItem()
        if item is None:
            return
        entry: Recent = item.data(_ENTRY)
        menu = QMenu(self)
        menu.addAction("打开(&O)").triggered.connect(lambda: self.open_wanted.emit(entry.path))
        menu.addAction("取消固定(&P)" if entry.pinned else "固定在列表前面(&P)").triggered.connect(
            lambda: self._pin(entry)
        )
        menu.addAction("打开所在文件夹(&F)").triggered.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path.parent)))
        )
        menu.addAction("从列表中移除(&R)").triggered.connect(lambda: self.forget_wanted.emit(entry.path))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        """Follow another size of the writing."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.count():
            self.scheduleDelayedItemsLayout()
            self._fit()


def star_box(row: QRect) -> QRect:
    """Return where the star of a row stands."""
    edge = min(row.height(), 40)
    return QRect(row.right() - edge, row.top(), edge, row.height())


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


class _Delegate(QStyledItemDelegate):
    """Two lines and a star: the title, below it the path, cut in its middle."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry: Recent = index.data(_ENTRY)
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        full.text = ""
        full.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, full, painter, full.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        theme = theme_of(option.palette)
        ink = option.palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        faint = ink if selected else QColor(theme.faint)
        star = star_box(option.rect)
        room = QRect(
            QPoint(option.rect.left() + _PAD, option.rect.top() + 5), QPoint(star.left() - 2, option.rect.bottom() - 5)
        )
        gone = bool(index.data(_GONE))
        title = entry.title or entry.path.stem
        metrics = full.fontMetrics
        half = QSize(room.width(), room.height() // 2)
        painter.save()
        painter.setFont(full.font)
        painter.setPen(faint if gone else ink)
        upper, lower = QRect(room.topLeft(), half), QRect(room.left(), room.top() + half.height(), *half.toTuple())
        note = "　（文件不在原来的位置）" if gone else ""
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(upper, middle, metrics.elidedText(title + note, Qt.TextElideMode.ElideRight, room.width()))
        painter.setPen(faint)
        path = metrics.elidedText(str(entry.path), Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(lower, middle, path)
        if entry.pinned or option.state & QStyle.StateFlag.State_MouseOver or selected:
            painter.setPen(ink if selected else QColor(theme.accent if entry.pinned else theme.faint))
            painter.drawText(star, int(Qt.AlignmentFlag.AlignCenter), _PIN if entry.pinned else _UNPINNED)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, 2 * option.fontMetrics.lineSpacing() + 14)
