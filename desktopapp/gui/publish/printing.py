"""Prints pages of a typeset report: the same pages as in the PDF, each in its own orientation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMarginsF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QProgressDialog, QWidget

#: Pages are drawn no finer than this; finer dots are not to be seen on paper.
_MOST_DPI = 300
_POINTS = 72


def ask_printer(parent: QWidget, title: str, first: int, last: int, pages: int) -> QPrinter | None:
    """Ask for printer and pages (from 1, of ``pages``); None when the user changes their mind."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setFullPage(True)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle("打印")
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange, True)
    dialog.setMinMax(1, pages)
    dialog.setFromTo(first, last)
    if (first, last) != (1, pages):
        dialog.setPrintRange(QPrintDialog.PrintRange.PageRange)
    accepted = dialog.exec() == QPrintDialog.DialogCode.Accepted
    dialog.deleteLater()
    return printer if accepted else None


def chosen_pages(printer: QPrinter, pages: int) -> list[int]:
    """Return the pages (from 0) that the user wants printed."""
    if printer.printRange() is not QPrinter.PrintRange.PageRange:
        return list(range(pages))
    first, last = printer.fromPage() or 1, printer.toPage() or pages
    return list(range(max(1, first) - 1, min(last, pages)))


def print_pages(pdf: QPdfDocument, printer: QPrinter, pages: Sequence[int], parent: QWidget | None = None) -> bool:
    """Print pages (from 0) one after the other with progress; False when it failed or was cancelled."""
    if not pages:
        return False
    progress = QProgressDialog("正在打印……", "取消", 0, len(pages), parent)
    progress.setWindowTitle("打印")
    progress.setWindowModality(Qt.WindowModality.WindowModal)
    progress.setMinimumDuration(400)
    painter = QPainter()
    try:
        for at, page in enumerate(pages):
            progress.setValue(at)
            if progress.wasCanceled():
                printer.abort()
                return False
            turn(printer, pdf, page)
            if at == 0:
                if not painter.begin(printer):
                    return False
            elif not printer.newPage():
                return False
            draw_page(pdf, printer, painter, page)
    finally:
        if painter.isActive():
            painter.end()
        progress.setValue(len(pages))
        QTimer.singleShot(0, progress, progress.deleteLater)
    return True


def turn(printer: QPrinter, pdf: QPdfDocument, page: int) -> None:
    """Give the paper the orientation of a page."""
    size = pdf.pagePointSize(page)
    wide = size.width() > size.height()
    orientation = QPageLayout.Orientation.Landscape if wide else QPageLayout.Orientation.Portrait
    printer.setPageOrientation(orientation)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))


def draw_page(pdf: QPdfDocument, printer: QPrinter, painter: QPainter, page: int) -> None:
    """Draw a page in its own size, made smaller only where the paper is smaller."""
    dots = min(printer.resolution(), _MOST_DPI)
    size = pdf.pagePointSize(page)
    image = pdf.render(page, QSize(round(size.width() * dots / _POINTS), round(size.height() * dots / _POINTS)))
    paper = QRectF(printer.paperRect(QPrinter.Unit.DevicePixel))
    scale = printer.resolution() / _POINTS
    box = QRectF(0, 0, size.width() * scale, size.height() * scale)
    shrink = min(1.0, paper.width() / box.width(), paper.height() / box.height())
    box.setSize(box.size() * shrink)
    box.moveCenter(QRectF(0, 0, paper.width(), paper.height()).center())
    painter.drawImage(box, image)
