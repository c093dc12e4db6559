"""The table view of a form: geometry with merged and frozen cells, painting, mouse, selection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

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
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QRegion, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QTableView, QWidget

from desktopapp.core.template import Cell
from desktopapp.gui.forms.grid import Grid
from desktopapp.gui.forms.header import FormHeader
from desktopapp.gui.forms.metrics import Metrics, edges_of
from desktopapp.gui.forms.model import FormModel
from desktopapp.gui.forms.painting import BodyPainter
from desktopapp.gui.palette import LIGHT, Theme

Index = QModelIndex | QPersistentModelIndex
Rect = tuple[int, int, int, int]
_Hint = QAbstractItemView.ScrollHint
_ALWAYS_OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
#: Frozen columns may take this share of the width; beyond it they scroll like the others.
_MOST_FROZEN = 0.68


class FormTable(QTableView):
    """Shows a FormModel. Scroll bars are hidden: the sheet around it has its own."""

    #: Ctrl + wheel: +1 or -1.
    zoom_asked = Signal(int)
    #: The wheel was turned by so many pixels (down is positive).
    wheeled = Signal(int)
    #: A row is to be brought into view, in the middle if asked: (row, centred).
    row_wanted = Signal(int, bool)
    #: The mouse stretches the selection to (row, column).
    stretched = Signal(int, int)
    #: The mouse chose a cell: (row, column).
    pressed_at = Signal(int, int)
    #: A cell was double-clicked.
    edit_asked = Signal(int, int)
    #: Columns were dragged: (column, width in pixels).
    column_dragged = Signal(int, int)

    def __init__(self, model: FormModel, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form_model = model
        self.metrics = metrics
        # Qt asks for places before the first measuring.
        self.edges: list[int] = [0] * (model.grid.columns + 1)
        self._marked: set[Cell] = set()
        self._drags = False
        #: The editor in which an input method composes while the keyboard is still here.
        self.composing_in: QWidget | None = None
        self._painter = BodyPainter(model, metrics, LIGHT)
        self.head = FormHeader(self)
        self.setHorizontalHeader(self.head)
        self.setModel(model)
        self._set_up()
        self.head.sectionResized.connect(self._on_section_resized)
        self.head.geometriesChanged.connect(self.updateGeometries)
        model.marks_changed.connect(self._on_marks)
        model.relaid.connect(self.viewport().update)

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
        self._painter = BodyPainter(self._form_model, metrics, self._painter.theme)
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

    def resizeEvent(self, event: object) -> None:
        """Decide anew whether there is room for frozen columns."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._freeze()

    # ── geometry ────────────────────────────────────────────────────────────────────────────────────────────────
    def place_rect(self, row: int, column: int) -> QRect:
        """Return where a cell stands in the viewport, merged cells whole."""
        place = self.grid.place(row, column)
        return self._rect(row, row, place.first, place.last)

    def _rect(self, top: int, bottom: int, left: int, right: int) -> QRect:
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
        for part in _parts(selection):
            box = self._rect(part.top(), part.bottom(), part.left(), part.right())
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
        parts = _parts(self.selectionModel().selection())
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

    # ── marks ───────────────────────────────────────────────────────────────────────────────────────────────────
    def outline(self, cells: Iterable[Cell]) -> None:
        """Outline the cells of a relation, in place of those before."""
        marked = {c for c in cells if self.grid.where(c) is not None}
        if marked != self._marked:
            self._marked = marked
            self.viewport().update()

    def _on_marks(self, places: list[tuple[int, int]]) -> None:
        if len(places) > 40:
            self.viewport().update()
            return
        for row, column in places:
            self.viewport().update(self.place_rect(row, column))

    # ── painting ────────────────────────────────────────────────────────────────────────────────────────────────
    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._painter = BodyPainter(self._form_model, self.metrics, theme)
        self.head.set_theme(theme)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scrolled part, then the frozen columns over it, then marks and selection."""
        painter = QPainter(self.viewport())
        box = event.rect()
        painter.fillRect(box, self._painter.inks.sheet)
        dx, dy = -self.horizontalScrollBar().value(), -self.verticalScrollBar().value()
        height = self.metrics.row_height
        rows = range(max(0, (box.top() - dy) // height), min(self.grid.rows, (box.bottom() - dy) // height + 1))
        frozen, frozen_width = self.frozen, self.frozen_width
        room = self.viewport().rect().adjusted(frozen_width, 0, 0, 0)
        painter.setClipRect(room & box)
        self._painter.paint(
            painter, rows, self._columns(max(box.left(), frozen_width) - dx, box.right() - dx), self.edges, dx, dy
        )
        self._painter.frame(painter, self.edges, dx, dy)
        self._paint_overlays(painter)
        if frozen and box.left() < frozen_width:
            painter.setClipRect(QRect(0, 0, frozen_width, self.viewport().height()) & box)
            painter.fillRect(painter.clipBoundingRect(), self._painter.inks.sheet)
            self._painter.paint(painter, rows, range(frozen), self.edges, 0, dy)
            self._painter.frame(painter, self.edges, 0, dy)
            self._paint_overlays(painter)
            if dx:
                self._painter.freeze_line(painter, frozen_width, min(self.viewport().height(), self._body_end(dy)))

    def _body_end(self, dy: int) -> int:
        return len(self._form_model.layout.body) * self.metrics.row_height + dy

    def _columns(self, left: int, right: int) -> range:
        columns = [i for i in range(self.grid.columns) if self.edges[i + 1] > left and self.edges[i] <= right]
        return range(columns[0], columns[-1] + 1) if columns else range(0)

    def _paint_overlays(self, painter: QPainter) -> None:
        places = [p for c in self._marked if (p := self.grid.where(c)) is not None]
        self._painter.outlines(painter, [self.place_rect(*p) for p in places])
        here = self.here()
        current = self.place_rect(*here) if here is not None and here[0] < self.grid.rows else None
        parts = _parts(self.selectionModel().selection())
        boxes = [self._rect(p.top(), p.bottom(), p.left(), p.right()) for p in parts]
        self._painter.selection(painter, boxes, current, self._focused())

    def _focused(self) -> bool:
        """Tell whether the keyboard is here or in the editor."""
        widget = QApplication.focusWidget()
        return widget is not None and (widget is self or self.isAncestorOf(widget))

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> Any:
        """Tell an input method where to show its candidates: at the editor it composes in, or at the current cell."""
        if self.composing_in is not None:
            answer = self.composing_in.inputMethodQuery(query)
            if isinstance(answer, QRect):
                return QRect(self.composing_in.mapTo(self, answer.topLeft()), answer.size())
            return answer
        return super().inputMethodQuery(query)

    # ── mouse ───────────────────────────────────────────────────────────────────────────────────────────────────
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell, or stretch the selection with Shift; the right button keeps a selection under it."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            event.ignore()
            return
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        if event.button() == Qt.MouseButton.RightButton and self.selectionModel().isSelected(index):
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.stretched.emit(index.row(), index.column())
        else:
            self.pressed_at.emit(index.row(), index.column())
        self._drags = event.button() == Qt.MouseButton.LeftButton

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Stretch the selection while the left button is held."""
        if self._drags and event.buttons() & Qt.MouseButton.LeftButton:
            self.stretched.emit(*self.clamped_at(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End stretching."""
        self._drags = False
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the cell in place."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.edit_asked.emit(index.row(), index.column())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, scroll otherwise; sideways with Shift."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if turned.y():
                self.zoom_asked.emit(1 if turned.y() > 0 else -1)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turned.x()) > abs(turned.y()):
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - (turned.x() or turned.y()))
        else:
            pixels = event.pixelDelta().y() or turned.y() * self.metrics.row_height * 3 // 120
            self.wheeled.emit(-pixels)
        event.accept()


def _parts(selection: QItemSelection) -> list[QItemSelectionRange]:
    """Return the ranges of a selection; the type stubs do not know that it is a list."""
    return [part for part in cast(Iterable[QItemSelectionRange], selection) if part.isValid()]


def _range(model: FormModel, one: tuple[int, int], other: tuple[int, int]) -> QItemSelection:
    top, bottom = sorted((one[0], other[0]))
    left, right = sorted((one[1], other[1]))
    return QItemSelection(model.index(top, left), model.index(bottom, right))
