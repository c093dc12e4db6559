"""The built-in help: short pages in Chinese under resources/help, and the table of shortcuts."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktopapp import __version__
from desktopapp.gui.window.actions import key_table
from desktopapp.resources import resource_root

KEYS = "快捷键"
#: Keys of the form itself, which are no menu entries.
_FORM_KEYS = (
    ("表格", "移动", "方向键"),
    ("表格", "确认并向下 / 向上", "Enter / Shift+Enter"),
    ("表格", "确认并向右 / 向左", "Tab / Shift+Tab"),
    ("表格", "修改单元格", "F2 或双击"),
    ("表格", "放弃修改", "Esc"),
    ("表格", "表首 / 表尾", "Ctrl+Home / Ctrl+End"),
    ("表格", "跳到数据边缘", "Ctrl+方向键"),
    ("表格", "扩大选区", "Shift+方向键"),
    ("表格", "缩放", "Ctrl+滚轮"),
)


def topics() -> list[tuple[str, str]]:
    """Return (title, Markdown) of every help page in order; the first line of a page is its title."""
    found = []
    for path in sorted((resource_root() / "help").glob("*.md")):
        text = path.read_text("utf-8")
        found.append((text.partition("\n")[0].lstrip("# ").strip(), text))
    return found


def keys_html() -> str:
    """Return the table of shortcuts."""
    rows = "".join(
        f"<tr><td>{html.escape(group)}</td><td>{html.escape(what)}</td><td><b>{html.escape(key)}</b></td></tr>"
        for group, what, key in (*_FORM_KEYS, *key_table())
    )
    return f"<h2>{KEYS}</h2><table cellpadding='5' cellspacing='0' border='0' width='100%'>{rows}</table>"


class HelpDialog(QDialog):
    """Topics at the left, the page at the right; stays open beside the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("使用说明")
        self._topics = topics()
        self.list = QListWidget()
        self.list.setAccessibleName("说明目录")
        self.list.setStyleSheet("QListView::item { padding: 4px; }")
        self.list.addItems([title for title, _ in self._topics] + [KEYS])
        self.page = QTextBrowser()
        self.page.setAccessibleName("说明内容")
        self.page.setOpenLinks(False)
        self.page.anchorClicked.connect(self._follow)
        self.page.document().setDocumentMargin(16)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        splitter.addWidget(self.page)
        splitter.setSizes([170, 590])
        splitter.setStretchFactor(1, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(splitter, 1)
        column.addWidget(buttons)
        self.resize(780, 560)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._topics):
            self.page.setMarkdown(self._topics[row][1])
        else:
            self.page.setHtml(keys_html())
        self.page.moveCursor(self.page.textCursor().MoveOperation.Start)

    def _follow(self, link: QUrl) -> None:
        self.show_topic(link.fileName().removesuffix(".md") or link.fragment())

    def show_topic(self, title: str) -> None:
        """Show the page with this title."""
        for row in range(self.list.count()):
            if self.list.item(row).text() == title:
                self.list.setCurrentRow(row)


def about_text() -> str:
    """Return what the program is, its version and licence."""
    return (
        f"<h3>决算公开编制 {__version__}</h3>"
        "<p>填报、校验、编写并导出部门决算公开报告。离线运行，数据只保存在本机的报表文件中。</p>"
        "<p>本程序按 Apache 许可证 2.0 发布；界面使用 Qt（LGPL 3）。</p>"
    )
