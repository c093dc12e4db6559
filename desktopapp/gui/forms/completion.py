"""The list of codes under an editor: found while typing, never in the way of Tab or Enter."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem, QWidget

from desktopapp.core.catalogue import Catalogue, Entry

_MOST = 40
_VISIBLE = 9
_CODE = Qt.ItemDataRole.UserRole


class CodeList(QListWidget):
    """Shows the codes that a text may mean, as a child of the form: it takes no focus and no keys of its own."""

    #: A code was clicked.
    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.Box)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setUniformItemSizes(True)
        self.setAutoFillBackground(True)
        self.setAccessibleName("可选科目")
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(_CODE)))
        self.hide()

    def offer(self, catalogue: Catalogue | None, text: str, near: Collection[str], first: bool) -> None:
        """Fill the list for a text and show it; ``first`` highlights the best one, which Enter then takes."""
        self.clear()
        if catalogue is not None and text.strip():
            for entry in catalogue.search(text, _MOST, near):
                self.addItem(_item(entry, catalogue))
        if not self.count():
            self.hide()
            return
        self.setCurrentRow(0 if first else -1)
        self.scrollToTop()

    def show_below(self, box: QRect) -> None:
        """Show the list under (or above) a rectangle of the parent."""
        if not self.count():
            return
        parent = self._around
        line = self.sizeHintForRow(0)
        height = min(self.count(), _VISIBLE) * line + 2 * self.frameWidth()
        metrics = QFontMetrics(self.font())
        longest = max(metrics.horizontalAdvance(self.item(i).text()) for i in range(min(self.count(), _MOST)))
        width = min(max(box.width(), longest + 40, 360), parent.width() - 8)
        below = parent.height() - box.bottom() - 2
        y = box.bottom() + 2 if below >= min(height, 4 * line) or below > box.top() else max(0, box.top() - height - 2)
        height = min(height, below if y > box.top() else box.top() - 2)
        x = max(0, min(box.left(), parent.width() - width - 4))
        self.setGeometry(QRect(QPoint(x, y), QPoint(x + width, y + height)))
        self.raise_()
        self.show()

    def step(self, by: int) -> None:
        """Move the highlight."""
        row = self.currentRow() + by
        self.setCurrentRow(max(0, min(row, self.count() - 1)))

    def code(self) -> str:
        """Return the highlighted code, empty when none is."""
        item = self.currentItem()
        return str(item.data(_CODE)) if self.currentRow() >= 0 and self.isVisible() else ""


def _item(entry: Entry, catalogue: Catalogue) -> QListWidgetItem:
    above = " › ".join(e.name for e in catalogue.ancestors(entry.code))
    item = QListWidgetItem(f"{entry.code}  {entry.name}" + (f"   （{above}）" if above else ""))
    item.setData(_CODE, entry.code)
    item.setToolTip(catalogue.full_name(entry.code))
    return item
