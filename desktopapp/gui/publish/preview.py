"""The preview: the report as it will be printed, page by page."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.document import Document
from desktopapp.gui.publish.typeset import Typeset, typeset
from desktopapp.gui.sizes import sized
from desktopapp.gui.workers import Outcome, Task

_ZOOMS = (0.5, 0.65, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0)
_WAITING, _SHOWN, _FAILED = range(3)


class PreviewDialog(QDialog):
    """Typesets in the background; stays open beside the window and says when the report has changed since."""

    #: The export dialog is wanted.
    export_wanted = Signal()
    #: Typeset pages are on show.
    ready = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"预览：{document.report.department} {document.report.year} 年度")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, True)
        self._document = document
        self._task: Task | None = None
        self.made: Typeset | None = None
        self._print_next = False
        self._buffer = QBuffer(self)
        self.pdf = QPdfDocument(self)
        self.view = QPdfView(self)
        self.view.setAccessibleName("预览页面")
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setDocument(self.pdf)
        self.page = QSpinBox()
        self.marks = QComboBox()
        self._count, self._stale, self._failed, self._doing = QLabel(), QLabel(), QLabel(), QLabel("正在排版……")
        self._bar = QProgressBar()
        self._middle = QStackedWidget()
        self._arrange()
        self._connect()
        sized(self, 980, 900)
        self.refresh()

    # ── layout ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _arrange(self) -> None:
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self.marks.setAccessibleName("转到章节")
        self.marks.setToolTip("转到章节或表")
        self.marks.setMinimumContentsLength(24)
        self.marks.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.page.setAccessibleName("页码")
        self.page.setMinimum(1)
        self._failed.setWordWrap(True)
        self._failed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.addWidget(self.marks, 1)
        row.addWidget(QLabel("第"))
        row.addWidget(self.page)
        row.addWidget(self._count)
        self.smaller = self._tool("－", "缩小（Ctrl+-）", lambda: self.step_zoom(-1))
        self.larger = self._tool("＋", "放大（Ctrl++）", lambda: self.step_zoom(1))
        self.width_button = self._tool("适合宽度(&W)", "让页面的宽度正好放进窗口", self.fit_width)
        self.whole_button = self._tool("整页(&F)", "每次显示一整页", self.fit_page)
        for button in (self.smaller, self.larger, self.width_button, self.whole_button):
            row.addWidget(button)
        self.again = QPushButton("重新排版(&R)")
        self.print_button = QPushButton("打印(&P)")
        self.print_button.setMenu(self._print_menu())
        self.export_button = QPushButton("导出(&E)…")
        for push in (self.again, self.print_button, self.export_button):
            push.setAutoDefault(False)
            row.addWidget(push)
        waiting = QWidget()
        middle = QVBoxLayout(waiting)
        middle.addStretch(1)
        middle.addWidget(self._doing, 0, Qt.AlignmentFlag.AlignCenter)
        self._bar.setFixedWidth(320)
        middle.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignCenter)
        self.cancel = QPushButton("取消(&C)")
        middle.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignCenter)
        middle.addStretch(1)
        for widget in (waiting, self.view, self._failed):
            self._middle.addWidget(widget)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self._stale)
        column.addWidget(self._middle, 1)
        self._stale.setText("◆ 报表在排版以后有修改，点“重新排版”更新。")
        self._stale.hide()

    def _tool(self, text: str, tip: str, call: object) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(call)
        return button

    def _print_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("打印整份报告…", lambda: self.print_range(0, self.pdf.pageCount() - 1))
        menu.addAction("打印所选章节或表…", self.print_mark)
        menu.addAction("打印当前页…", lambda: self.print_range(self.here(), self.here()))
        return menu

    def _connect(self) -> None:
        self._document.changed.connect(self._changed)
        self.again.clicked.connect(self.refresh)
        self.export_button.clicked.connect(self.export_wanted)
        self.cancel.clicked.connect(self._cancel)
        self.page.valueChanged.connect(lambda number: self.show_page(number - 1))
        self.marks.activated.connect(self._mark_chosen)
        self.view.pageNavigator().currentPageChanged.connect(self._page_changed)
        for key, call in (
            ("Ctrl+=", lambda: self.step_zoom(1)),
            ("Ctrl++", lambda: self.step_zoom(1)),
            ("Ctrl+-", lambda: self.step_zoom(-1)),
            ("Ctrl+0", self.fit_width),
            ("F5", self.refresh),
            ("Ctrl+P", lambda: self.print_range(0, self.pdf.pageCount() - 1)),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(call)

    # ── typesetting ─────────────────────────────────────────────────────────────────────────────────────────────
    def refresh(self) -> None:
        """Typeset the report as it is now."""
        if self._task is not None:
            return
        self._stale.hide()
        self._middle.setCurrentIndex(_WAITING)
        self._enable(False)
        report, fonts = self._document.report.copy(), dict(self._document.fonts)
        self._task = Task(lambda control: typeset(report, control, fonts), self)
        self._task.progressed.connect(self._progressed)
        self._task.finished.connect(self._made)
        self._task.start()

    def _progressed(self, fraction: float, text: str) -> None:
        self._bar.setValue(round(fraction * 1000))
        self._doing.setText(f"{text}……" if text else "正在排版……")

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _made(self, outcome: Outcome) -> None:
        from desktopapp.gui.window.problems import sentence_of

        self._task = None
        if outcome.cancelled or outcome.error is not None:
            words = "已取消排版。" if outcome.cancelled else sentence_of(outcome.error or RuntimeError())
            self._failed.setText(words)
            self._middle.setCurrentIndex(_SHOWN if outcome.cancelled and self.made else _FAILED)
            self._enable(self.made is not None and outcome.cancelled)
            return
        place = self.here() if self.made is not None else 0
        self.made = outcome.value
        self._load(outcome.value)
        self._middle.setCurrentIndex(_SHOWN)
        self._enable(True)
        self.show_page(min(place, self.pdf.pageCount() - 1))
        self.ready.emit()
        if self._print_next:
            self._print_next = False
            self.print_range(0, self.pdf.pageCount() - 1)

    def _load(self, made: Typeset) -> None:
        self.pdf.close()
        self._buffer.close()
        self._buffer.setData(QByteArray(made.pdf))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.pdf.load(self._buffer)
        pages = self.pdf.pageCount()
        self.page.setMaximum(max(1, pages))
        self._count.setText(f"页，共 {pages} 页")
        self.marks.clear()
        for mark in made.marks:
            self.marks.addItem(("　" if mark.level > 1 else "") + mark.text, mark.id)

    def _enable(self, on: bool) -> None:
        for widget in (self.marks, self.page, self.print_button, self.smaller, self.larger):
            widget.setEnabled(on)
        self.again.setEnabled(self._task is None)

    def _changed(self, _changes: object) -> None:
        self._stale.setVisible(self.made is not None)

    # ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
    def here(self) -> int:
        """Return the page on show, from 0."""
        return self.view.pageNavigator().currentPage()

    def show_page(self, page: int) -> None:
        """Show a page, counted from 0."""
        if 0 <= page < self.pdf.pageCount() and page != self.here():
            self.view.pageNavigator().jump(page, QPointF(), self.view.zoomFactor())

    def show_mark(self, mark_id: str) -> None:
        """Show the page of a heading, such as form.03 or income."""
        at = self.marks.findData(mark_id)
        if at >= 0:
            self.marks.setCurrentIndex(at)
            self._mark_chosen(at)

    def _mark_chosen(self, at: int) -> None:
        if self.made is not None and 0 <= at < len(self.made.marks):
            self.show_page(self.made.marks[at].page)

    def _page_changed(self, page: int) -> None:
        self.page.blockSignals(True)
        self.page.setValue(page + 1)
        self.page.blockSignals(False)
        if self.made is not None:
            before = [i for i, m in enumerate(self.made.marks) if m.page <= page]
            current = self.marks.currentIndex()
            shown = self.made.marks[current].page if 0 <= current < len(self.made.marks) else -1
            if before and shown != page:
                self.marks.setCurrentIndex(before[-1])

    # ── zoom ────────────────────────────────────────────────────────────────────────────────────────────────────
    def step_zoom(self, by: int) -> None:
        """Show pages larger (+1) or smaller (−1)."""
        now = self.view.zoomFactor()
        if self.view.zoomMode() is not QPdfView.ZoomMode.Custom:
            self.view.setZoomMode(QPdfView.ZoomMode.Custom)
            now = 1.0 if by > 0 else 1.25
        larger = [z for z in _ZOOMS if z > now + 0.01]
        less = [z for z in _ZOOMS if z < now - 0.01]
        self.view.setZoomFactor((larger[0] if larger else now) if by > 0 else (less[-1] if less else now))

    def fit_width(self) -> None:
        """Make the width of a page fit."""
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def fit_page(self) -> None:
        """Make a whole page fit."""
        self.view.setZoomMode(QPdfView.ZoomMode.FitInView)

    # ── printing ────────────────────────────────────────────────────────────────────────────────────────────────
    def print_mark(self) -> None:
        """Print the section or form that is chosen."""
        if self.made is not None and self.marks.currentIndex() >= 0:
            self.print_range(*self.made.pages_of(str(self.marks.currentData()), self.pdf.pageCount()))

    def print_when_ready(self) -> None:
        """Ask for the printer as soon as the pages are there."""
        self._print_next = True

    def print_range(self, first: int, last: int) -> None:
        """Ask for the printer and print pages, counted from 0; the dialog may choose others."""
        from desktopapp.gui.publish.printing import ask_printer, chosen_pages, print_pages
        from desktopapp.gui.window.dialogs import complain

        pages = self.pdf.pageCount()
        if self.made is None or not pages:
            return
        printer = ask_printer(self, self.windowTitle(), first + 1, last + 1, pages)
        if printer is None:
            return
        if not print_pages(self.pdf, printer, chosen_pages(printer, pages), self):
            complain(self, "没有打印完", "打印没有完成：已取消，或打印机没有接受；请检查打印机后再试。")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give up typesetting that is under way."""
        self._cancel()
        super().closeEvent(event)
