"""Pages of a PDF as pictures, drawn off the GUI thread, with the place of the current cell framed."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QThreadPool
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSpinBox, QToolButton, QVBoxLayout, QWidget

from desktopapp.gui.importing.source_views import SourceView
from desktopapp.gui.palette import theme_of
from desktopapp.gui.workers import Control, Outcome, Task
from desktopapp.readers.sources.model import Box, Position

#: Pictures are drawn so many pixels per point: sharp up to about 200 % on ordinary screens.
_DENSITY = 2.0
_KEPT_PAGES = 6
_READABLE = 0.9
_ZOOMS = (0.5, 0.6, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 2.5)


def draw_page(path: Path, page: int, density: float) -> QImage:
    """Return the picture of a page (from 1); for any thread. Raises SourceError."""
    from desktopapp.readers.sources.pdfium import PDFIUM_LOCK, open_pdf

    with open_pdf(path) as document, PDFIUM_LOCK:
        found = document[page - 1]
        bitmap = found.render(scale=density, prefer_bgrx=True)
        try:
            data = bytes(bitmap.buffer)
            shape = bitmap.width, bitmap.height, bitmap.stride
        finally:
            bitmap.close()
            found.close()
    return QImage(data, *shape, QImage.Format.Format_RGB32).copy()


class _Canvas(QWidget):
    """One page at a zoom, with a frame around a place."""

    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None
        self.box: Box | None = None
        self.zoom = 1.0

    def lay_out(self) -> None:
        """Take the size of the page."""
        if self.image is not None:
            size = self.image.size() / _DENSITY * self.zoom
            self.setFixedSize(max(size.width(), 1), max(size.height(), 1))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of an empty page."""
        return QSize(400, 560)

    def frame(self) -> QRectF | None:
        """Return the framed place in pixels of the screen."""
        if self.box is None:
            return None
        left, top, right, bottom = (v * self.zoom for v in self.box)
        return QRectF(QPointF(left, top), QPointF(right, bottom)).adjusted(-2, -2, 2, 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page and the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.image is None:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "正在画出这一页……")
            return
        painter.drawImage(QRectF(self.rect()), self.image)
        frame = self.frame()
        if frame is not None:
            colour = QColor(theme_of(QGuiApplication.palette()).accent)
            tint = QColor(colour)
            tint.setAlpha(50)
            painter.fillRect(frame, tint)
            painter.setPen(QPen(colour, 2))
            painter.drawRect(frame)


class PdfView(SourceView):
    """The pages of a PDF, one at a time."""

    def __init__(self, path: Path, pages: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._pictures: OrderedDict[int, QImage] = OrderedDict()
        self._wanted = 0
        self._task: Task | None = None
        # One thread: PDFium serves one caller at a time, and the newest page is the one that counts.
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._fitted = True
        self._whole = False
        self.canvas = _Canvas()
        self.area = QScrollArea()
        self.area.setWidget(self.canvas)
        self.area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.area.setAccessibleName("来源页面")
        self.page = QSpinBox()
        self.page.setRange(1, max(pages, 1))
        self.page.setPrefix("第 ")
        self.page.setSuffix(f" 页，共 {pages} 页")
        self.page.setAccessibleName("页码")
        self.page.valueChanged.connect(self._turned)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._tools())
        column.addWidget(self.problem)
        column.addWidget(self.area, 1)
        self.setFocusProxy(self.area)
        self._turned(1)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.page)
        row.addStretch(1)
        for text, tip, step in (("－", "缩小", -1), ("＋", "放大", 1), ("↔", "适合宽度", 0)):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setAutoRaise(True)
            button.clicked.connect(lambda _checked=False, by=step: self._zoom(by))
            row.addWidget(button)
        return row

    def _zoom(self, step: int) -> None:
        self._fitted = self._whole = step == 0
        if step:
            smaller = [z for z in _ZOOMS if z < self.canvas.zoom - 0.01]
            larger = [z for z in _ZOOMS if z > self.canvas.zoom + 0.01]
            self.canvas.zoom = (
                (larger[0] if larger else _ZOOMS[-1]) if step > 0 else (smaller or _ZOOMS)[-1 if smaller else 0]
            )
        self._lay_out()

    def _lay_out(self) -> None:
        if self._fitted and self.canvas.image is not None:
            room = self.area.viewport().width() - 2
            fitting = room / (self.canvas.image.width() / _DENSITY)
            # A landscape page squeezed into half a window cannot be read; the marked place is scrolled to instead.
            self.canvas.zoom = max(fitting, 0.3 if self._whole else _READABLE)
        self.canvas.lay_out()
        self._reveal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the page as wide as the view."""
        super().resizeEvent(event)
        if self._fitted:
            self._lay_out()

    # ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _turned(self, page: int) -> None:
        self._wanted = page
        self.canvas.box = None
        picture = self._pictures.get(page)
        self.canvas.image = picture
        if picture is not None:
            self._lay_out()
            return
        self.canvas.update()
        if self._task is None:
            self._draw(page)

    def _draw(self, page: int) -> None:
        path = self._path

        def job(_control: Control) -> QImage:
            return draw_page(path, page, _DENSITY)

        self._task = Task(job, self)
        self._task.finished.connect(lambda outcome: self._drawn(page, outcome))
        self._task.start(self._pool)

    def _drawn(self, page: int, outcome: Outcome) -> None:
        self._task = None
        if isinstance(outcome.value, QImage):
            self._pictures[page] = outcome.value
            while len(self._pictures) > _KEPT_PAGES:
                self._pictures.popitem(last=False)
        self.problem.setVisible(outcome.error is not None)
        if outcome.error is not None:
            self.problem.setText(f"第 {page} 页的图像画不出来，请在其他程序中打开原文件对照。")
        if page == self._wanted:
            self.canvas.image = self._pictures.get(page)
            self._lay_out()
        elif self._wanted not in self._pictures:
            self._draw(self._wanted)

    def drawn(self) -> bool:
        """Tell whether the wanted page is on show."""
        return self._task is None and self.canvas.image is not None

    def show_place(self, position: Position | None, text: str = "") -> bool:
        """Show the page of a place and frame it."""
        if position is None or position.page is None:
            self.canvas.box = None
            self.canvas.update()
            return False
        self.page.setValue(position.page)
        self.canvas.box = position.bbox
        self.canvas.update()
        self._reveal()
        return position.bbox is not None

    def _reveal(self) -> None:
        frame = self.canvas.frame()
        if frame is not None and self.canvas.image is not None:
            middle = frame.center().toPoint()
            self.area.ensureVisible(middle.x(), middle.y(), round(frame.width() / 2) + 40, 120)

    def done(self) -> None:
        """Wait for a page that is being drawn: the file must not be in use any more."""
        self._pool.clear()
        self._pool.waitForDone()
