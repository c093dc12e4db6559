"""The lines of the progress as a tree: groups, and in them the pages with what is left to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QWidget

from desktopapp.gui.progress.lines import Line, Progress
from desktopapp.gui.window.badges import BADGES, PageTree

_LINE = Qt.ItemDataRole.UserRole + 2


class ProgressTree(PageTree):
    """Shows lines; asks for the place of one when it is chosen."""

    #: The Line to go to.
    line_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("各项进度")
        self.setAccessibleDescription("按 Enter 转到这一项")
        self.setEditTriggers(PageTree.EditTrigger.NoEditTriggers)
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.clicked.connect(self._chosen)
        self._shown: list[Line] = []

    def show_progress(self, progress: Progress, *, only_open: bool) -> None:
        """Show lines, all or those with something left to do; what is selected stays so."""
        lines = [ln for ln in progress.lines if not only_open or ln.open or (ln.wanted and not ln.done)]
        if lines == self._shown:
            return
        if [(ln.group, ln.key) for ln in lines] == [(ln.group, ln.key) for ln in self._shown]:
            self._update(lines)
        else:
            self._fill(lines)
        self._shown = lines

    def _fill(self, lines: Sequence[Line]) -> None:
        current = self.line(self.currentIndex())
        closed = {g.text() for g in self._groups() if not self.isExpanded(g.index())}
        at = self.verticalScrollBar().value()
        self._model.clear()
        groups: dict[str, QStandardItem] = {}
        for line in lines:
            if (group := groups.get(line.group)) is None:
                group = groups[line.group] = QStandardItem(line.group)
                font = group.font()
                font.setBold(True)
                group.setFont(font)
                group.setSelectable(False)
                self._model.appendRow(group)
            item = QStandardItem()
            _put(item, line)
            group.appendRow(item)
            if current is not None and line.key == current.key:
                self.setCurrentIndex(item.index())
        for name, group in groups.items():
            self.setExpanded(group.index(), name not in closed)
        self.verticalScrollBar().setValue(at)

    def _update(self, lines: Sequence[Line]) -> None:
        items = (g.child(row) for g in self._groups() for row in range(g.rowCount()))
        for item, line, before in zip(items, lines, self._shown, strict=True):
            if line != before:
                _put(item, line)

    def _groups(self) -> list[QStandardItem]:
        return [self._model.item(row) for row in range(self._model.rowCount())]

    def line(self, index: QModelIndex) -> Line | None:
        """Return the line of an index, None for groups."""
        found = index.data(_LINE) if index.isValid() else None
        return found if isinstance(found, Line) else None

    def lines(self) -> list[Line]:
        """Return the lines on show."""
        return list(self._shown)

    def _chosen(self, index: QModelIndex) -> None:
        if (line := self.line(index)) is not None:
            self.line_chosen.emit(line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the place of a line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._chosen(self.currentIndex())
        else:
            super().keyPressEvent(event)


def _put(item: QStandardItem, line: Line) -> None:
    item.setText(line.label)
    item.setData(line.badges(), BADGES)
    item.setData(line, _LINE)
    item.setToolTip("\n".join([f"{line.label}：{line.words()}", *line.gaps[:5]]))
    item.setAccessibleText(f"{line.label}：{line.words()}")
