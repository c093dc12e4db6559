"""The navigation tree: groups of pages, each form with the counts of its findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from desktopapp.core.findings import Severity
from desktopapp.gui.palette import SIGNS
from desktopapp.gui.window.badges import BADGES, PageTree
from desktopapp.gui.window.pages import Page
from desktopapp.narrative.fields import TEXT_FIELD

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
#: Severities whose counts are shown beside a form.
_SHOWN = (Severity.ERROR, Severity.WARNING, Severity.ROUNDING)
_TICK = "✓"


class NavigationModel(QAbstractItemModel):
    """Groups and their pages; counts change without touching the structure."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[tuple[str, list[Page]]] = []
        self._counts: Mapping[str, Counter[Severity]] = {}
        self._filled: frozenset[str] = frozenset()

    def set_pages(self, pages: Sequence[Page]) -> None:
        """Show other pages."""
        self.beginResetModel()
        groups: dict[str, list[Page]] = {}
        for page in pages:
            groups.setdefault(page.group, []).append(page)
        self._groups = list(groups.items())
        self.endResetModel()

    def set_state(self, counts: Mapping[str, Counter[Severity]], filled: frozenset[str]) -> None:
        """Show other counts; only forms whose badges differ are painted anew."""
        before = {p.key: self._badges(p) for _, pages in self._groups for p in pages}
        self._counts, self._filled = counts, filled
        for g, (_, pages) in enumerate(self._groups):
            for p, page in enumerate(pages):
                if before[page.key] != self._badges(page):
                    index = self.index(p, 0, self.index(g, 0))
                    self.dataChanged.emit(index, index)

    def page(self, index: _Index) -> Page | None:
        """Return the page of an index, None for groups."""
        if not index.isValid() or not index.internalId():
            return None
        return self._groups[index.internalId() - 1][1][index.row()]

    def index_of(self, key: str) -> QModelIndex:
        """Return the index of a page, invalid when there is none."""
        for g, (_, pages) in enumerate(self._groups):
            for p, page in enumerate(pages):
                if page.key == key:
                    return self.index(p, 0, self.index(g, 0))
        return QModelIndex()

    def pages(self) -> list[Page]:
        """Return all pages in order."""
        return [p for _, pages in self._groups for p in pages]

    def _badges(self, page: Page) -> tuple[tuple[Severity | None, str], ...]:
        """Return (severity, text) of each badge; a clean, filled form has one tick without severity."""
        counts = self._counts.get(page.key, Counter())
        badges = tuple((s, f"{SIGNS[s]}{counts[s]}") for s in _SHOWN if counts[s])
        return badges or (((None, _TICK),) if self._is_done(page) else ())

    def _is_done(self, page: Page) -> bool:
        """Tell whether a page is filled in; a text with gaps is not, whatever else it says."""
        gaps = page.key.startswith(TEXT_FIELD) and self._counts.get(page.key, Counter())[Severity.INFO]
        return page.key in self._filled and not gaps

    def _state_in_words(self, page: Page) -> str:
        counts = self._counts.get(page.key, Counter())
        words = [f"{counts[s]} 个{s.label}" for s in _SHOWN if counts[s]]
        if words:
            return "，".join(words)
        if self._is_done(page):
            return "已填写，没有错误"
        return "还有没填写的内容" if page.key in self._filled else "尚未填写"

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def index(self, row: int, column: int, parent: _Index = _NOWHERE) -> QModelIndex:
        """Return an index; the internal id is 0 for groups, else the group's number plus one."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: _Index = _NOWHERE) -> Any:
        """Return the group of a page."""
        if not child.isValid() or not child.internalId():
            return QModelIndex()
        return self.createIndex(child.internalId() - 1, 0, 0)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of groups or of pages in a group."""
        if not parent.isValid():
            return len(self._groups)
        return 0 if parent.internalId() else len(self._groups[parent.row()][1])

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return 1."""
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return texts and badges."""
        if not index.isValid():
            return None
        page = self.page(index)
        if page is None:
            return self._group_data(index, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return page.short_label
        if role == BADGES:
            return self._badges(page)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{page.label}：{self._state_in_words(page)}"
        return None

    def _group_data(self, index: _Index, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._groups[index.row()][0]
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return the flags: groups cannot be chosen."""
        base = super().flags(index)
        return base if self.page(index) is not None else base & ~Qt.ItemFlag.ItemIsSelectable


class NavigationView(PageTree):
    """The tree; choosing a page with mouse or keyboard opens it."""

    page_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("导航")
        self.pages = NavigationModel(self)
        self.setModel(self.pages)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.pages.modelReset.connect(self.expandAll)
        self._quiet = False

    def show_page(self, key: str) -> None:
        """Make a page the current one without asking for it to be opened."""
        index = self.pages.index_of(key)
        if index.isValid() and index != self.currentIndex():
            self._quiet = True
            try:
                self.setCurrentIndex(index)
            finally:
                self._quiet = False

    def _current_changed(self, current: QModelIndex) -> None:
        page = self.pages.page(current)
        if page is not None and not self._quiet:
            self.page_chosen.emit(page.key)
