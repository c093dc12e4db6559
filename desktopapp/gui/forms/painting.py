"""Painting of the body of a form, straight from prepared texts: no delegate, no roles, no spans."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QLine, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktopapp.core.findings import Severity
from desktopapp.core.layout import BodyCell
from desktopapp.core.template import Cell
from desktopapp.gui.forms.metrics import Metrics
from desktopapp.gui.forms.model import FormModel
from desktopapp.gui.palette import Theme

_CENTRED = frozenset({"total", "grand"})
_BOLD = frozenset({"total", "grand"})


@dataclass(slots=True)
class _Inks:
    """Pens and colours of one theme, made once."""

    theme: Theme
    sheet: QColor = field(init=False)
    ink: QColor = field(init=False)
    faint: QColor = field(init=False)
    computed: QColor = field(init=False)
    computed_fill: QColor = field(init=False)
    total: QColor = field(init=False)
    line: QPen = field(init=False)
    frame: QPen = field(init=False)
    fills: dict[Severity, QColor] = field(init=False)
    signs: dict[Severity, QColor] = field(init=False)

    def __post_init__(self) -> None:
        theme = self.theme
        self.sheet, self.ink, self.faint = QColor(theme.sheet), QColor(theme.ink), QColor(theme.faint)
        self.computed, self.computed_fill = QColor(theme.computed), QColor(theme.computed_fill)
        self.total = QColor(theme.total)
        self.line, self.frame = QPen(QColor(theme.line), 0), QPen(QColor(theme.frame), 0)
        self.fills = {s: QColor(theme.mark(s).fill) for s in Severity}
        self.signs = {s: QColor(theme.mark(s).sign) for s in Severity}


class BodyPainter:
    """Paints rectangles of the body; holds what does not change between two paintings."""

    def __init__(self, model: FormModel, metrics: Metrics, theme: Theme) -> None:
        self.model = model
        self.metrics = metrics
        self.inks = _Inks(theme)
        self.theme = theme

    def paint(self, painter: QPainter, rows: range, columns: range, edges: list[int], dx: int, dy: int) -> None:
        """Paint some rows and columns; ``dx`` and ``dy`` lead from the table's coordinates to the viewport's."""
        height = self.metrics.row_height
        thin: list[QLine] = []
        for row in rows:
            top = row * height + dy
            column = columns.start
            while column < columns.stop:
                place = self.model.grid.place(row, column)
                left, right = edges[place.first] + dx, edges[place.last + 1] + dx
                self._cell(painter, QRect(left, top, right - left, height), place.cell)
                thin.append(QLine(right - 1, top - 1, right - 1, top + height - 1))
                column = place.last + 1
            # One line under the whole row: pieces would leave gaps at fractional scales.
            if columns:
                start, end = edges[columns.start] + dx, edges[columns.stop] + dx
                thin.append(QLine(start - 1, top + height - 1, end - 1, top + height - 1))
        painter.setPen(self.inks.line)
        painter.drawLines(thin)

    def frame(self, painter: QPainter, edges: list[int], dx: int, dy: int) -> None:
        """Draw the right and the lower edge of the body; the line for input stands outside of it."""
        painter.setPen(self.inks.frame)
        bottom = len(self.model.layout.body) * self.metrics.row_height + dy - 1
        left, right = edges[0] + dx, edges[-1] + dx - 1
        painter.drawLines([QLine(right, dy - 1, right, bottom), QLine(left - 1, bottom, right, bottom)])

    def freeze_line(self, painter: QPainter, x: int, height: int) -> None:
        """Draw the edge of frozen columns under which others are scrolled."""
        painter.setPen(self.inks.frame)
        painter.drawLine(x - 1, 0, x - 1, height)

    # ── one cell ────────────────────────────────────────────────────────────────────────────────────────────────
    def _cell(self, painter: QPainter, box: QRect, body: BodyCell) -> None:
        if body.cell is not None:
            self._amount(painter, box, body, body.cell)
            return
        severity = self._row_severity(body)
        if severity is not None:
            self._mark(painter, box, severity, at_end=True)
        if body.text:
            self._label(painter, box, body)

    def _amount(self, painter: QPainter, box: QRect, body: BodyCell, cell: Cell) -> None:
        model = self.model
        automatic = model.is_automatic(cell)
        severity = model.document.findings.mark(cell)
        if severity is not None:
            self._mark(painter, box, severity)
        elif automatic:
            painter.fillRect(box, self.inks.computed_fill)
        text = model.texts.shown(cell)
        if text:
            bold = body.style in _BOLD
            metrics = self.metrics
            room = box.width() - 2 * metrics.pad
            shown, font = metrics.fitted(text, room, bold)
            width = metrics.width(text, bold) if shown == text and font is not metrics.narrow else room
            painter.setFont(font)
            painter.setPen(self.inks.computed if automatic else self.inks.ink)
            painter.drawText(QPointF(box.right() - metrics.pad - width, self._baseline(box)), shown)

    def _label(self, painter: QPainter, box: QRect, body: BodyCell) -> None:
        metrics = self.metrics
        bold = body.style in _BOLD and body.kind in ("label", "code", "name")
        indent = metrics.pad * 2.5 if body.style == "sub" and body.kind == "label" else 0.0
        room = box.width() - 2 * metrics.pad - indent
        shown, font = metrics.fitted(body.text, room, bold)
        painter.setFont(font)
        painter.setPen(self.inks.faint if body.kind in ("input", "number") else self.inks.ink)
        x = box.left() + metrics.pad + indent
        if body.kind == "number" or (body.kind == "label" and body.style in _CENTRED):
            x += max(0.0, (room - metrics.width(shown, bold)) / 2)
        painter.drawText(QPointF(x, self._baseline(box)), shown)

    def _baseline(self, box: QRect) -> float:
        return box.top() + (box.height() + self.metrics.ascent - self.metrics.descent) / 2

    def _row_severity(self, body: BodyCell) -> Severity | None:
        if body.kind not in ("code", "name"):
            return None
        found = self.model.row_marks(body.row)
        return min(s for s, _ in found) if found else None

    def _mark(self, painter: QPainter, box: QRect, severity: Severity, at_end: bool = False) -> None:
        """Colour a cell by severity and draw its sign, in the corner where no text begins.

        The shape tells as much as the colour.
        """
        painter.fillRect(box, self.inks.fills[severity])
        colour = self.inks.signs[severity]
        size = max(5, self.metrics.row_height // 4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if severity is Severity.ROUNDING:
            painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DotLine))
            y = box.bottom() - 2.5
            painter.drawLine(QPointF(box.left() + 3, y), QPointF(box.right() - 3, y))
        elif severity is Severity.ERROR:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            x, y = float(box.right() if at_end else box.left()), float(box.top())
            reach = -1.6 * size if at_end else 1.6 * size
            painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + reach, y), QPointF(x, y + 1.6 * size)]))
        else:
            x, y = (box.right() - size * 0.9 if at_end else box.left() + size * 0.9), box.top() + size * 0.9
            painter.setPen(QPen(colour, 1.2))
            painter.setBrush(colour if severity is Severity.WARNING else Qt.BrushStyle.NoBrush)
            half = size * 0.55
            if severity is Severity.WARNING:
                points = [QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half), QPointF(x - half, y)]
                painter.drawPolygon(QPolygonF(points))
            else:
                painter.drawEllipse(QPointF(x, y), half, half)
        painter.restore()

    # ── selection and outlines ──────────────────────────────────────────────────────────────────────────────────
    def outlines(self, painter: QPainter, boxes: Iterable[QRect]) -> None:
        """Outline the cells of a relation."""
        painter.setPen(QPen(QColor(self.theme.outline), 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in boxes:
            painter.drawRect(box.adjusted(1, 1, -2, -2))

    def selection(self, painter: QPainter, boxes: Collection[QRect], current: QRect | None, focused: bool) -> None:
        """Tint and frame the selected ranges; the current cell is left clear."""
        accent = QColor(self.theme.accent) if focused else QColor(self.theme.faint)
        fill = QColor(self.theme.selected)
        many = len(boxes) > 1 or any(box != current for box in boxes)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if many:
            for box in boxes:
                painter.save()
                if current is not None:
                    region = painter.clipRegion().intersected(box).subtracted(current)
                    painter.setClipRegion(region)
                painter.fillRect(box, fill)
                painter.restore()
                painter.setPen(QPen(accent, 1))
                painter.drawRect(box.adjusted(-1, -1, -1, -1))
        if current is not None:
            pen = QPen(accent, 2)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(current.adjusted(0, 0, -1, -1))
