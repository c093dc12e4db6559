"""The table of a form: painting, marks and mouse on top of the places of its cells."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from PySide6.QtCore import QBasicTimer, QEvent, QPoint, QRect, Qt, QTimerEvent, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from desktopapp.core.template import Cell
from desktopapp.gui.forms.metrics import Metrics
from desktopapp.gui.forms.model import FormModel
from desktopapp.gui.forms.painting import BodyPainter
from desktopapp.gui.forms.placing import PlacedTable, parts_of
from desktopapp.gui.palette import LIGHT, Theme

#: How often a selection goes on being stretched while the mouse is held outside, in milliseconds.
_DRAG_PAUSE = 60


class FormTable(PlacedTable):
    """Shows a FormModel, painted straight from its texts; tells what the mouse asks for."""

    #: Ctrl + wheel: +1 or -1.
    zoom_asked = Signal(int)
    #: The wheel was turned by so many pixels (down is positive).
    wheeled = Signal(int)
    #: The mouse stretches the selection to (row, column).
    stretched = Signal(int, int)
    #: The mouse chose a cell: (row, column).
    pressed_at = Signal(int, int)
    #: A cell was double-clicked.
    edit_asked = Signal(int, int)

    def __init__(self, model: FormModel, metrics: Metrics, parent: QWidget | None = None) -> None:
        self._marked: set[Cell] = set()
        self._drags = False
        self._drag_point = QPoint()
        self._drag_timer = QBasicTimer()
        #: The editor in which an input method composes while the keyboard is still here.
        self.composing_in: QWidget | None = None
        self._painter = BodyPainter(model, metrics, LIGHT)
        super().__init__(model, metrics, parent)
        model.marks_changed.connect(self._on_marks)
        model.relaid.connect(self.viewport().update)

    def measure(self, metrics: Metrics, widths: list[int]) -> None:
        """Take fonts, row height and column widths."""
        self._painter = BodyPainter(self._form_model, metrics, self._painter.theme)
        super().measure(metrics, widths)

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
            self._paint_overlays(painter, frozen)
            if dx:
                self._painter.freeze_line(painter, frozen_width, min(self.viewport().height(), self._body_end(dy)))

    def _body_end(self, dy: int) -> int:
        return len(self._form_model.layout.body) * self.metrics.row_height + dy

    def _columns(self, left: int, right: int) -> range:
        columns = [i for i in range(self.grid.columns) if self.edges[i + 1] > left and self.edges[i] <= right]
        return range(columns[0], columns[-1] + 1) if columns else range(0)

    def _paint_overlays(self, painter: QPainter, before: int | None = None) -> None:
        """Paint outlines and selection; with ``before`` only of what begins before a column: the rest is beneath it."""

        def seen(column: int) -> bool:
            return before is None or column < before

        places = [p for c in self._marked if (p := self.grid.where(c)) is not None and seen(p[1])]
        self._painter.outlines(painter, [self.place_rect(*p) for p in places])
        here = self.here()
        shown = here is not None and here[0] < self.grid.rows and seen(here[1])
        current = self.place_rect(*here) if here is not None and shown else None
        parts = [p for p in parts_of(self.selectionModel().selection()) if seen(p.left())]
        boxes = [self.area_rect(p.top(), p.bottom(), p.left(), p.right()) for p in parts]
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

    def tip_at(self, row: int, column: int) -> str:
        """Return the tooltip of a place: its text when it cannot be shown whole, then what the model says."""
        body, room = self.grid.cell(row, column), self.place_rect(row, column).width() - 2 * self.metrics.pad
        cut = body.cell is None and not self.metrics.fits(body.text, room, body.style in ("total", "grand"))
        return "\n".join(t for t in (body.text if cut else "", self._form_model.tip(row, column)) if t)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show tooltips, of texts that are cut short as well."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            tip = self.tip_at(index.row(), index.column()) if index.isValid() else ""
            QToolTip.showText(event.globalPos(), _as_rich(tip), self.viewport(), self.visualRect(index))
            return True
        return super().viewportEvent(event)

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
            self._drag_point = event.globalPosition().toPoint()
            self._stretch()
            if self.viewport().rect().contains(event.position().toPoint()):
                self._drag_timer.stop()
            elif not self._drag_timer.isActive():
                self._drag_timer.start(_DRAG_PAUSE, self)

    def timerEvent(self, event: QTimerEvent) -> None:
        """Go on stretching while the mouse is held outside."""
        if event.timerId() == self._drag_timer.timerId():
            self._stretch()
        else:
            super().timerEvent(event)

    def _stretch(self) -> None:
        # The table itself moves while the title scrolls away, so the point is kept on the screen.
        self.stretched.emit(*self.clamped_at(self.viewport().mapFromGlobal(self._drag_point)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End stretching."""
        self._drags = False
        self._drag_timer.stop()
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


def _as_rich(tip: str) -> str:
    """Return a tooltip as rich text, which Qt wraps; plain text it does not."""
    return "<p>" + "<br>".join(map(escape, tip.split("\n"))) + "</p>" if tip else ""
