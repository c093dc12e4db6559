"""The window of the manual: contents and search at the left, the page at the right, the whole as PDF."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktopapp import __version__
from desktopapp.gui.help.browser import Page
from desktopapp.gui.help.pages import KEYS, Topic, matching, topics
from desktopapp.gui.sizes import sized, writing
from desktopapp.gui.workers import Outcome, Task

_SIZE = (940, 680)


class HelpDialog(QDialog):
    """Stays open beside the window; one page for each topic and one for the shortcuts."""

    #: Where the manual was written as PDF.
    written = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("使用手册")
        self._task: Task | None = None
        self._all = [*topics(), Topic("keys", KEYS, "")]
        self._shown = list(self._all)
        self.field = QLineEdit()
        self.field.setPlaceholderText("查找，例如：尾差")
        self.field.setAccessibleName("在手册中查找")
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("手册目录")
        self.list.setStyleSheet("QListView::item { padding: 4px; }")
        self.page = Page()
        self.page.anchorClicked.connect(self._follow)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.pdf, self.shut = QPushButton("存为 PDF(&P)…"), QPushButton("关闭(&X)")
        self._arrange()
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self.page.find_next)
        self.list.currentRowChanged.connect(self._show)
        self.pdf.clicked.connect(self.ask_pdf)
        self.shut.clicked.connect(self.close)
        self._fill()

    def _arrange(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.page)
        beside = round(210 * writing())
        splitter.setSizes([beside, round(_SIZE[0] * writing()) - beside])
        splitter.setStretchFactor(1, 1)
        below = QHBoxLayout()
        below.addWidget(self.said, 1)
        for button in (self.pdf, self.shut):
            button.setAutoDefault(False)
            below.addWidget(button)
        whole = QVBoxLayout(self)
        whole.addWidget(splitter, 1)
        whole.addLayout(below)
        sized(self, *_SIZE)

    # ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([t.title for t in self._shown])
        self.list.blockSignals(False)
        self.list.setCurrentRow(0 if self._shown else -1)

    def _search(self, words: str) -> None:
        self._shown = matching(self._all, words) if words.strip() else list(self._all)
        self._fill()
        self.said.setText("" if self._shown else f"手册里没有找到“{words.strip()[:20]}”。")

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._shown):
            self.page.show_topic(self._shown[row], self.field.text())

    def _follow(self, link: QUrl) -> None:
        self.show_topic(link.fileName().removesuffix(".md") or link.fragment())

    def show_topic(self, name: str) -> None:
        """Show the page with this key or title."""
        self.field.clear()
        for row, topic in enumerate(self._shown):
            if name in (topic.key, topic.title):
                self.list.setCurrentRow(row)

    def current(self) -> Topic:
        """Return the page on show."""
        return self._shown[self.list.currentRow()]

    # ── PDF ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def ask_pdf(self) -> None:
        """Ask where, then write the whole manual."""
        from PySide6.QtWidgets import QFileDialog

        from desktopapp.gui.window.dialogs import documents_folder

        name = str(documents_folder() / "决算公开编制使用手册.pdf")
        chosen, _ = QFileDialog.getSaveFileName(self, "手册存为 PDF", name, "PDF 文件 (*.pdf)")
        if chosen:
            self.write_pdf(Path(chosen))

    def write_pdf(self, target: Path) -> None:
        """Write the manual in the background and say how it went."""
        from desktopapp.gui.help.pdf import manual_data, write_manual

        data = manual_data()
        self.pdf.setEnabled(False)
        self.said.setText("正在排版……")
        self._task = Task(lambda _control: write_manual(data, target), self)
        self._task.finished.connect(lambda outcome: self._pdf_written(target, outcome))
        self._task.start()

    def _pdf_written(self, target: Path, outcome: Outcome) -> None:
        from desktopapp.gui.window.problems import sentence_of

        self.pdf.setEnabled(True)
        if outcome.error is not None:
            self.said.setText(sentence_of(outcome.error))
            return
        self.said.setText(f"手册已写入“{target}”。")
        self.written.emit(target)


def about_text() -> str:
    """Return what the program is, its version and licence."""
    return (
        f"<h3>决算公开编制 {__version__}</h3>"
        "<p>填报、校验、编写并导出部门决算公开报告。离线运行，数据只保存在本机的报表文件中。</p>"
        "<p>本程序按 Apache 许可证 2.0 发布；界面使用 Qt（LGPL 3）。</p>"
    )
