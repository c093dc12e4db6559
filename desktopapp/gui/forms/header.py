"""The merged header of a form: several rows of head cells over the columns, the frozen ones always in view."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from desktopapp.core.layout import HeadCell
from desktopapp.gui.forms.grid import Grid
from desktopapp.gui.forms.metrics import Metrics, edges_of, head_edges, head_texts, layout_edges
from desktopapp.gui.palette import LIGHT, Theme

_FLAGS = int(Qt.AlignmentFlag.AlignCenter)


class FormHeader(QHeaderView):
    """Paints the head cells of the layout; sections are the screen columns and can be dragged wider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setMinimumSectionSize(16)
        self.setHighlightSections(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._grid: Grid | None = None
        self._metrics: Metrics | None = None
        self._xs: list[int] = []
        self._ys: list[int] = [0]
        self._pairs: Counter[str] = Counter()
        self._texts: dict[HeadCell, str] = {}
        self._frozen = 0
        self._theme = LIGHT

    def take(self, grid: Grid, metrics: Metrics, widths: list[int], pairs: Counter[str]) -> None:
        """Show the header of a form with these column widths; ``pairs`` tell where its texts may be broken."""
        self._grid, self._metrics, self._pairs = grid, metrics, pairs
        self._measure(edges_of(widths))

    def widths_changed(self, edges: list[int]) -> None:
        """Follow columns that were dragged."""
        self._measure(edges)
        self.viewport().update()

    def freeze(self, columns: int) -> None:
        """Keep the first columns in view while scrolling sideways."""
        self._frozen = columns
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.viewport().update()

    def _measure(self, edges: list[int]) -> None:
        if self._grid is None or self._metrics is None:
            return
        before = self._ys[-1]
        self._xs = layout_edges(self._grid, edges)
        self._texts = head_texts(self._metrics, self._grid, self._xs, self._pairs)
        self._ys = head_edges(self._metrics, self._grid, self._texts)
        if before != self._ys[-1]:
            self.updateGeometry()
            self.geometriesChanged.emit()

    @property
    def full_height(self) -> int:
        """Return the height of all header rows in pixels."""
        return self._ys[-1]

    def sizeHint(self) -> QSize:
        """Return the height that the wrapped texts need."""
        return QSize(self._xs[-1] if self._xs else 0, self.full_height)

    def _frozen_width(self) -> int:
        if self._grid is None or not self._frozen:
            return 0
        return self._xs[self._grid.starts[self._frozen]] if self._frozen < self._grid.columns else self._xs[-1]

    # ── painting ────────────────────────────────────────────────────────────────────────────────────────────────
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scrolled cells, then the frozen ones over them."""
        if self._grid is None or self._metrics is None:
            return
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._theme.sheet))
        frozen = self._frozen_width()
        offset = self.offset()
        room = QRect(frozen, 0, self.viewport().width() - frozen, self.viewport().height())
        painter.setClipRect(room & event.rect())
        self._paint_cells(painter, -offset)
        if frozen:
            painter.setClipRect(QRect(0, 0, frozen, self.viewport().height()) & event.rect())
            self._paint_cells(painter, 0)

    def _paint_cells(self, painter: QPainter, shift: int) -> None:
        assert self._grid is not None and self._metrics is not None
        theme = self._theme
        painter.setFont(self._metrics.font)
        line, ink, fill = QPen(QColor(theme.frame), 0), QColor(theme.head_ink), QColor(theme.head)
        for cell in self._grid.layout.head:
            left, right = self._xs[cell.col] + shift, self._xs[cell.col + cell.colspan] + shift
            if right < 0 or left > self.viewport().width():
                continue
            top, bottom = self._ys[cell.row], self._ys[cell.row + cell.rowspan]
            # Lines lie on the last pixel of a column or row, as in the body; the outer ones are painted on the sheet.
            box = QRect(left - 1, top - 1, right - left, bottom - top)
            painter.fillRect(box, fill)
            painter.setPen(line)
            painter.drawRect(box)
            painter.setPen(ink)
            painter.drawText(box, _FLAGS, self._texts[cell])

    # ── the mouse over frozen columns ───────────────────────────────────────────────────────────────────────────
    def _covered(self, event: QMouseEvent) -> bool:
        """Tell whether the mouse is over a frozen column while others are scrolled beneath it."""
        return self.offset() > 0 and event.position().x() < self._frozen_width()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ignore what would grab a hidden column."""
        if not self._covered(event):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Ignore what would grab a hidden column."""
        if event.buttons() or not self._covered(event):
            super().mouseMoveEvent(event)
        else:
            self.unsetCursor()
