"""Where the cells of a form stand in a table view: merged and frozen cells, scrolling to them, selecting them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from desktopapp.gui.forms.grid import Grid
from desktopapp.gui.forms.header import FormHeader
from desktopapp.gui.forms.metrics import Metrics, edges_of
from desktopapp.gui.forms.model import FormModel

Index = QModelIndex | QPersistentModelIndex
Rect = tuple[int, int, int, int]
_Hint = QAbstractItemView.ScrollHint
_ALWAYS_OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
#: Frozen columns may take this share of the width; beyond it they scroll like the others.
_MOST_FROZEN = 0.68


class PlacedTable(QTableView):
    """A table view that answers Qt's questions about places from the grid of a form.

    Qt's own spans and a second view for frozen columns are not used: both cost with every row. Scroll bars are hidden,
    the sheet around the table has its own.
    """

    #: A row is to be brought into view, in the middle if asked: (row, centred).
    row_wanted = Signal(int, bool)
    #: Columns were dragged: (column, width in pixels).
    column_dragged = Signal(int, int)

    def __init__(self, model: FormModel, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form_model = model
        self.metrics = metrics
        # Qt asks for places before the first measuring.
        self.edges: list[int] = [0] * (model.grid.columns + 1)
        self.head = FormHeader(self)
        self.setHorizontalHeader(self.head)
        self.setModel(model)
        self._set_up()
        self.head.sectionResized.connect(self._on_section_resized)
        self.head.geometriesChanged.connect(self.updateGeometries)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(_ALWAYS_OFF)
        self.setVerticalScrollBarPolicy(_ALWAYS_OFF)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        self.viewport().setMouseTracking(False)

    @property
    def model_of_form(self) -> FormModel:
        """Return the model with its own type."""
        return self._form_model

    @property
    def grid(self) -> Grid:
        """Return the grid of the form as it is laid out now."""
        return self._form_model.grid

    # ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────
    def measure(self, metrics: Metrics, widths: list[int]) -> None:
        """Take fonts, row height and column widths."""
        self.metrics = metrics
        self.verticalHeader().setMinimumSectionSize(metrics.row_height)
        self.verticalHeader().setDefaultSectionSize(metrics.row_height)
        self.head.blockSignals(True)
        for column, width in enumerate(widths):
            self.head.resizeSection(column, width)
        self.head.blockSignals(False)
        self.edges = edges_of(widths)
        self.head.take(self.grid, metrics, widths, self._form_model.pairs)
        self.updateGeometries()
        self._freeze()
        self.viewport().update()

    def _on_section_resized(self, column: int, _old: int, width: int) -> None:
        self.edges = edges_of(self.head.sectionSize(i) for i in range(self.grid.columns))
        self.head.widths_changed(self.edges)
        self.viewport().update()
        self.column_dragged.emit(column, width)

    def _freeze(self) -> None:
        self.head.freeze(self.frozen)

    @property
    def frozen(self) -> int:
        """Return how many columns stay in view while scrolling sideways."""
        lead = self.grid.lead
        return lead if self.edges[min(lead, len(self.edges) - 1)] <= self.viewport().width() * _MOST_FROZEN else 0

    @property
    def frozen_width(self) -> int:
        """Return the width of the frozen columns in pixels."""
        return self.edges[self.frozen]

    def content_size(self) -> QSize:
        """Return the size of the whole table with its header."""
        return QSize(self.edges[-1], self.head.full_height + self.grid.rows * self.metrics.row_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide anew whether there is room for frozen columns."""
        super().resizeEvent(event)
        self._freeze()

    # ── geometry ────────────────────────────────────────────────────────────────────────────────────────────────
    def place_rect(self, row: int, column: int) -> QRect:
        """Return where a cell stands in the viewport, merged cells whole."""
        place = self.grid.place(row, column)
        return self.area_rect(row, row, place.first, place.last)

    def area_rect(self, top: int, bottom: int, left: int, right: int) -> QRect:
        """Return where a rectangle of cells stands in the viewport; frozen columns hide what is beneath them."""
        height = self.metrics.row_height
        y = top * height - self.verticalScrollBar().value()
        frozen, offset = self.frozen, self.horizontalScrollBar().value()
        x = self.edges[left] - (0 if left < frozen else offset)
        end = self.edges[right + 1] - (0 if right < frozen else offset)
        if left >= frozen:
            return QRect(x, y, end - x, (bottom - top + 1) * height)
        return QRect(x, y, max(end, self.edges[min(frozen, right + 1)]) - x, (bottom - top + 1) * height)

    def visualRect(self, index: Index) -> QRect:
        """Return where an index stands, merged and frozen cells included."""
        if not index.isValid() or index.row() >= self.grid.rows or index.column() >= self.grid.columns:
            return QRect()
        return self.place_rect(index.row(), index.column())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the index under a point; a merged cell gives its first column."""
        row = (point.y() + self.verticalScrollBar().value()) // self.metrics.row_height
        x = point.x() if point.x() < self.frozen_width else point.x() + self.horizontalScrollBar().value()
        if not 0 <= row < self.grid.rows or not 0 <= x < self.edges[-1]:
            return QModelIndex()
        column = next(i for i in range(self.grid.columns) if x < self.edges[i + 1])
        return self._form_model.index(row, self.grid.place(row, column).first)

    def clamped_at(self, point: QPoint) -> tuple[int, int]:
        """Return the nearest (row, column) to a point that may lie outside."""
        row = (point.y() + self.verticalScrollBar().value()) // self.metrics.row_height
        x = point.x() if 0 <= point.x() < self.frozen_width else point.x() + self.horizontalScrollBar().value()
        column = next((i for i in range(self.grid.columns) if x < self.edges[i + 1]), self.grid.columns - 1)
        return max(0, min(row, self.grid.rows - 1)), column

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the cells between two corners, as the mouse draws them."""
        top, left = self.clamped_at(rect.topLeft())
        bottom, right = self.clamped_at(rect.bottomRight())
        right = max(right, self.grid.place(bottom, right).last)
        model = self._form_model
        self.selectionModel().select(QItemSelection(model.index(top, left), model.index(bottom, right)), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Return the region of selected ranges with their frames."""
        region = QRegion()
        for part in parts_of(selection):
            box = self.area_rect(part.top(), part.bottom(), part.left(), part.right())
            region += box.adjusted(-3, -3, 3, 3) & self.viewport().rect()
        return region

    def scrollTo(self, index: Index, hint: _Hint = _Hint.EnsureVisible) -> None:
        """Bring a cell into view, not beneath frozen columns."""
        if not index.isValid() or index.row() >= self.grid.rows:
            return
        self.row_wanted.emit(index.row(), hint == _Hint.PositionAtCenter)
        place = self.grid.place(index.row(), index.column())
        if place.first < self.frozen:
            return
        side = self.horizontalScrollBar()
        left, right = self.edges[place.first], self.edges[place.last + 1]
        if left - self.frozen_width < side.value():
            side.setValue(left - self.frozen_width)
        elif right > side.value() + self.viewport().width():
            side.setValue(min(right - self.viewport().width(), left - self.frozen_width))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll; frozen columns do not move sideways, so everything is painted anew then."""
        super().scrollContentsBy(dx, dy)
        if dx:
            self.viewport().update()

    # ── selection ───────────────────────────────────────────────────────────────────────────────────────────────
    def here(self) -> tuple[int, int] | None:
        """Return (row, column) of the current cell."""
        index = self.currentIndex()
        return (index.row(), index.column()) if index.isValid() else None

    def selected(self) -> Rect | None:
        """Return (top, left, bottom, right) of the selection, or of the current cell."""
        parts = parts_of(self.selectionModel().selection())
        if not parts:
            here = self.here()
            if here is None:
                return None
            place = self.grid.place(*here)
            return here[0], place.first, here[0], place.last
        top, left = min(p.top() for p in parts), min(p.left() for p in parts)
        return top, left, max(p.bottom() for p in parts), max(p.right() for p in parts)

    def select_one(self, row: int, column: int) -> None:
        """Make a cell current and the only selected one."""
        place = self.grid.place(row, column)
        self.select_range((row, place.first), (row, place.last))

    def select_range(self, anchor: tuple[int, int], end: tuple[int, int]) -> None:
        """Select from ``anchor``, which becomes current, to ``end``."""
        model, chosen = self._form_model, self.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        first, last = model.index(*anchor), model.index(*end)
        chosen.setCurrentIndex(first, flags.NoUpdate)
        chosen.select(_range(model, anchor, end), flags.ClearAndSelect)
        self.scrollTo(last)

    def select_area(self, area: Rect, current: tuple[int, int]) -> None:
        """Select a rectangle without scrolling; ``current`` stays the current cell."""
        model, flags = self._form_model, QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(model.index(*current), flags.NoUpdate)
        self.selectionModel().select(_range(model, area[:2], area[2:]), flags.ClearAndSelect)


def parts_of(selection: QItemSelection) -> list[QItemSelectionRange]:
    """Return the ranges of a selection; the type stubs do not know that it is a list."""
    return [part for part in cast(Iterable[QItemSelectionRange], selection) if part.isValid()]


def _range(model: FormModel, one: tuple[int, int], other: tuple[int, int]) -> QItemSelection:
    top, bottom = sorted((one[0], other[0]))
    left, right = sorted((one[1], other[1]))
    return QItemSelection(model.index(top, left), model.index(bottom, right))
