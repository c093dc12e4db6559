"""The desk: a sheet of paper with the table of a form on it, scrolled as one piece while the header stays in view."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from desktopapp.core.amount import format_amount
from desktopapp.gui.forms.metrics import ZOOMS, Metrics
from desktopapp.gui.forms.model import FormModel
from desktopapp.gui.forms.sheet import Sheet, paint_paper
from desktopapp.gui.forms.table import FormTable
from desktopapp.gui.palette import theme_of

_BORDER = 10


class Desk(QWidget):
    """Lays out and paints one form; knows nothing of typing.

    One upright scroll bar moves title, table and notes together: while the title is in view the table stands below it,
    then its header stays at the top and only its body moves.
    """

    #: The zoom was changed (1.0 is 100 %).
    zoom_changed = Signal(float)

    def __init__(self, model: FormModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.metrics = Metrics(1.0)
        self.table = FormTable(model, self.metrics, self)
        self._upright = QScrollBar(Qt.Orientation.Vertical, self)
        self._sideways = QScrollBar(Qt.Orientation.Horizontal, self)
        self._dragged: dict[int, float] = {}
        self._paper = QRect()
        self._arranging = False
        self._measured: frozenset[str] = frozenset()
        self._sheet = Sheet(model.layout, model.notes, self.metrics, 400, model.kept)
        self.table.set_theme(theme_of(self.palette()))
        self._connect()
        self._measure()

    def _connect(self) -> None:
        self._upright.valueChanged.connect(self._place)
        self._sideways.valueChanged.connect(self._on_sideways)
        self.table.verticalScrollBar().valueChanged.connect(self._on_table_scrolled)
        bar = self.table.horizontalScrollBar()
        bar.rangeChanged.connect(self._on_side_range)
        bar.valueChanged.connect(self._sideways.setValue)
        self.table.zoom_asked.connect(self.zoom_by)
        self.table.wheeled.connect(lambda pixels: self._upright.setValue(self._upright.value() + pixels))
        self.table.row_wanted.connect(self._show_row)
        self.table.column_dragged.connect(self._on_dragged)
        self.model.relaid.connect(self._on_relaid)
        self.model.unit_changed.connect(lambda _before: self._measure())
        self.model.notes_changed.connect(self._arrange)
        self.model.dataChanged.connect(self._on_data)

    # ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _on_relaid(self) -> None:
        """Measure anew; where only rows came or went, columns stay at least as wide and few amounts are looked at."""
        known = self._measured if self.model.only_rows else frozenset()
        before = self.table.edges
        self._measure(known, [b - a for a, b in pairwise(before)] if known else [])

    def _measure(self, known: frozenset[str] = frozenset(), least: Sequence[int] = ()) -> None:
        """Take the columns' widths anew, ``least`` at least, then arrange everything; ``known`` rows fit in these."""
        widths = self.metrics.column_widths(self.model.grid, self._widest(known), self._dragged)
        if len(least) == len(widths):
            widths = list(map(max, widths, least))
        self.table.measure(self.metrics, widths)
        self._arrange()

    def _widest(self, known: frozenset[str]) -> dict[int, str]:
        """Return the widest amount of each column in all rows but the known ones."""
        most: dict[int, int] = {}
        body = self.model.layout.body
        self._measured = frozenset(row[0].row for row in body if row and row[0].row)
        document = self.model.document
        amounts = (document.published or document.report).amounts
        for row in body:
            if known and row and row[0].row in known:
                continue
            for at, cell in enumerate(row):
                if cell.cell is None:
                    continue
                amount = amounts.get(cell.cell)
                if amount is not None:
                    # Negative amounts are one sign longer.
                    size = amount if amount > 0 else -amount * 10
                    column = at if len(row) == self.model.grid.columns else self.model.grid.screen_column(cell.col)
                    if size > most.get(column, 0):
                        most[column] = size
        return {column: format_amount(size, self.model.unit) for column, size in most.items()}

    def _on_data(self) -> None:
        """Widen a column in which a new amount does not fit."""
        pad = 2 * self.metrics.pad
        for column, text in self.model.changed_texts:
            if column not in self._dragged and self.metrics.width(text, bold=True) + pad > self._column_width(column):
                self._measure()
                return

    def _column_width(self, column: int) -> int:
        return self.table.edges[column + 1] - self.table.edges[column]

    def _on_dragged(self, column: int, width: int) -> None:
        self._dragged[column] = width / self.metrics.zoom
        self._arrange()

    # ── arranging ───────────────────────────────────────────────────────────────────────────────────────────────
    def _arrange(self) -> None:
        """Find out what fits, set the scroll bars, place everything."""
        thick = self._upright.sizeHint().width()
        content = self.table.content_size()
        room = self.width() - 2 * _BORDER
        margin = max(12, self.metrics.row_height)
        height = self.height()
        for upright in (False, True):
            inner = room - (thick if upright else 0)
            wide = min(content.width(), max(inner - 2 * margin, min(inner - 12, content.width()), 50))
            sideways = wide < content.width()
            height = self.height() - (thick if sideways else 0)
            self._sheet = Sheet(self.model.layout, self.model.notes, self.metrics, max(wide, 50), self.model.kept)
            total = 2 * _BORDER + 2 * margin + self._sheet.above + content.height() + self._sheet.below
            if total <= height or upright:
                break
        side = min(margin, max(6, (inner - wide) // 2))
        left = _BORDER + max(side, (inner - wide) // 2)
        self._paper = QRect(left - side, _BORDER, wide + 2 * side, total - 2 * _BORDER)
        self._top = _BORDER + margin + self._sheet.above
        self._room = height
        self._upright.setGeometry(self.width() - thick, 0, thick, height)
        self._sideways.setGeometry(0, height, self.width() - (thick if total > height else 0), thick)
        self._upright.setVisible(total > height)
        self._sideways.setVisible(sideways)
        self._upright.setPageStep(max(1, height - self._top // 2))
        self._upright.setSingleStep(self.metrics.row_height)
        self._upright.setRange(0, max(0, total - height))
        self._left, self._wide = left, wide
        self._place()

    def _place(self) -> None:
        """Put the table where the upright scroll bar says."""
        if self._arranging:
            return
        self._arranging = True
        shift = self._upright.value()
        content = self.table.content_size()
        top = max(self._top - shift, 0)
        end = min(self._top + content.height() - shift, self._room)
        self.table.setGeometry(self._left, top, self._wide, max(end - top, self.table.head.full_height))
        self.table.verticalScrollBar().setValue(max(0, shift - self._top))
        self._arranging = False
        self.update()
        self.placed()

    def placed(self) -> None:
        """Tell whoever floats over the table that it moved."""

    def _on_table_scrolled(self, value: int) -> None:
        if not self._arranging:
            self._upright.setValue(value + self._top if value else min(self._upright.value(), self._top))

    def _on_side_range(self, least: int, most: int) -> None:
        self._sideways.setPageStep(self.table.horizontalScrollBar().pageStep())
        self._sideways.setSingleStep(self.metrics.row_height)
        self._sideways.setRange(least, most)

    def _on_sideways(self, value: int) -> None:
        self.table.horizontalScrollBar().setValue(value)
        self.placed()

    def _show_row(self, row: int, centred: bool) -> None:
        """Bring a row into view; the first one together with the title."""
        height, head = self.metrics.row_height, self.table.head.full_height
        top, bar = self._top + head + row * height, self._upright
        if centred:
            bar.setValue(top - (self._room - head) // 2)
        elif top - bar.value() < head:
            bar.setValue(0 if row == 0 else top - head)
        elif top + height - bar.value() > self._room:
            bar.setValue(top + height - self._room)

    # ── Qt's events ─────────────────────────────────────────────────────────────────────────────────────────────
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange for another size."""
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll when the wheel is turned over the desk or the title."""
        self.table.wheelEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow another palette, light or dark."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange) and hasattr(
            self, "_sheet"
        ):
            self.table.set_theme(theme_of(self.palette()))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the desk, the paper and what stands above and below the table."""
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.desk))
        shift = self._upright.value()
        paint_paper(painter, theme, self._paper.translated(0, -shift))
        self._sheet.paint_above(painter, theme, self._left, self._top - self._sheet.above - shift)
        self._paint_corner(painter, QColor(theme.frame), shift)
        end = self._top + self.table.content_size().height() - shift
        if end < self._room:
            self._sheet.paint_below(painter, theme, self._left, end)

    def _paint_corner(self, painter: QPainter, colour: QColor, shift: int) -> None:
        """Draw the left and the upper edge of the table just outside of it, where no scale cuts them off."""
        painter.setPen(QPen(colour, 0))
        box = self.table.geometry()
        head, rows = self.table.head.full_height, len(self.model.layout.body)
        bottom = min(self._top - shift + head + rows * self.metrics.row_height - 1, self._room)
        painter.drawLine(box.left() - 1, box.top() - 1, box.left() - 1, bottom)
        painter.drawLine(box.left() - 1, box.top() - 1, box.right(), box.top() - 1)

    # ── zoom ────────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def zoom(self) -> float:
        """Return the zoom, 1.0 for 100 %."""
        return self.metrics.zoom

    def set_zoom(self, zoom: float) -> None:
        """Show the form at another size."""
        zoom = max(ZOOMS[0], min(zoom, ZOOMS[-1]))
        if zoom == self.metrics.zoom:
            return
        ratio = self._upright.value() / max(1, self.metrics.row_height)
        self.metrics = Metrics(zoom)
        self._measure()
        self._upright.setValue(round(ratio * self.metrics.row_height))
        self.zoom_changed.emit(zoom)

    def zoom_by(self, step: int) -> None:
        """Go to the next larger (+1) or smaller (−1) size."""
        if step > 0:
            self.set_zoom(next((z for z in ZOOMS if z > self.zoom + 0.001), ZOOMS[-1]))
        else:
            self.set_zoom(next((z for z in reversed(ZOOMS) if z < self.zoom - 0.001), ZOOMS[0]))

    def zoom_in(self) -> None:
        """Show the form larger."""
        self.zoom_by(1)

    def zoom_out(self) -> None:
        """Show the form smaller."""
        self.zoom_by(-1)

    def zoom_reset(self) -> None:
        """Show the form at 100 %."""
        self.set_zoom(1.0)

    def zoom_to_fit(self) -> None:
        """Choose the size at which the whole width is in view."""
        room = self.width() - 2 * _BORDER - 2 * self.metrics.row_height - self._upright.sizeHint().width()
        self.set_zoom(round(self.zoom * room / max(1, self.table.content_size().width()), 2))
