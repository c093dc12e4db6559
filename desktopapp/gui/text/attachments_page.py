"""The page of the office's own files: which are appended to the report or listed in it, in which order and name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.commands import CommandError, SetField
from desktopapp.core.engine import Changes
from desktopapp.gui.document import Document
from desktopapp.gui.palette import theme_of, title_font
from desktopapp.narrative.building import ATTACHMENTS
from desktopapp.store.errors import StoreError

#: The key of the page.
KEY = ATTACHMENTS
_HEADS = ("名称", "收录方式", "文件", "情况")
_TITLE, _WAY, _FILE, _STATE = range(4)
_APPENDED, _LISTED = "并入", "只列出名称"
_NOTE = (
    "把本单位的 Word、PDF 文件附在报告后面，例如项目绩效评价报告。Word 的文字和表格并入各种格式（图片不并入）；"
    "PDF 的各页并入导出的 PDF，在 Word 和网页里列出名称；其他文件只列出名称。自评表自动排在附件前面，不用在这里添加。"
)
_FILTER = "Word、PDF 文件 (*.docx *.pdf);;所有文件 (*)"
_CAN_APPEND = (".docx", ".pdf")


class AttachmentsPage(QWidget):
    """Every change of the list is one step that can be undone."""

    #: A sentence, and whether something failed.
    said = Signal(str, bool)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._filling = False
        self.list = QTableWidget(0, len(_HEADS))
        self.buttons: dict[str, QPushButton] = {}
        self._arrange()
        self.list.itemChanged.connect(self._edited)
        self.list.itemSelectionChanged.connect(self._enable)
        document.changed.connect(self._changed)
        self._fill()

    def _arrange(self) -> None:
        self.setAutoFillBackground(True)
        title, note = QLabel("附件文件"), QLabel(_NOTE)
        title.setFont(title_font(0.9))
        note.setWordWrap(True)
        row = QHBoxLayout()
        for key, text, tip, call in (
            ("add", "添加文件(&I)…", "选择一个或几个文件", self.ask),
            ("again", "重新选择(&A)…", "文件移动了位置或有了新的版本", self.ask_again),
            ("way", "并入／只列出(&P)", "改变选中附件的收录方式", self.change_way),
            ("up", "上移(&U)", "把选中的附件提前", lambda: self.move_by(-1)),
            ("down", "下移(&N)", "把选中的附件移后", lambda: self.move_by(1)),
            ("delete", "删除(&L)", "从列表中删除，文件本身不动", self.delete),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.clicked.connect(lambda _on=False, c=call: c())
            row.addWidget(button)
            self.buttons[key] = button
        row.addStretch(1)
        self.list.setAccessibleName("附件文件")
        self.list.setHorizontalHeaderLabels(list(_HEADS))
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setTabKeyNavigation(False)
        self.list.verticalHeader().hide()
        self.list.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        header = self.list.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(_TITLE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_FILE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_STATE, QHeaderView.ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        for widget in (title, note):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list)

    # ── the list ────────────────────────────────────────────────────────────────────────────────────────────────
    def stored(self) -> list[dict[str, Any]]:
        """Return the attachments that the report holds."""
        raw = self._document.report.fields.get(ATTACHMENTS)
        return [dict(entry) for entry in raw if isinstance(entry, dict)] if isinstance(raw, list) else []

    def _changed(self, changes: Changes) -> None:
        if changes.everything or ATTACHMENTS in changes.fields:
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again whether the files are there."""
        super().showEvent(event)
        self._fill()

    def _fill(self) -> None:
        found, here = self.stored(), self.list.currentRow()
        self._filling = True
        self.list.setRowCount(len(found))
        for row, entry in enumerate(found):
            path = str(entry.get("path", ""))
            missing = not Path(path).is_file()
            way = _LISTED if entry.get("listed") or not path.lower().endswith(_CAN_APPEND) else _APPENDED
            texts = (str(entry.get("title") or ""), way, path, "▲ 找不到文件" if missing else "")
            for column, text in enumerate(texts):
                self._put(row, column, text, missing)
        self._filling = False
        if found and not 0 <= here < len(found):
            self.list.selectRow(len(found) - 1)
        self._enable()

    def _put(self, row: int, column: int, text: str, missing: bool) -> None:
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        if column != _TITLE or self._document.read_only:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
        if column == _STATE and missing:
            item.setForeground(QColor(theme_of(self.palette()).error.ink))
        self.list.setItem(row, column, item)

    def _enable(self) -> None:
        writable, row, count = not self._document.read_only, self.list.currentRow(), self.list.rowCount()
        chosen = writable and 0 <= row < count
        entry = self.stored()[row] if chosen else {}
        self.buttons["add"].setEnabled(writable)
        for key in ("again", "delete"):
            self.buttons[key].setEnabled(chosen)
        self.buttons["way"].setEnabled(chosen and str(entry.get("path", "")).lower().endswith(_CAN_APPEND))
        self.buttons["up"].setEnabled(chosen and row > 0)
        self.buttons["down"].setEnabled(chosen and row < count - 1)

    def _store(self, entries: Sequence[dict[str, Any]], label: str, row: int) -> None:
        try:
            self._document.apply(SetField(ATTACHMENTS, list(entries) or None), label)
        except (CommandError, StoreError) as error:
            self.said.emit(str(error), True)
            self._fill()
            return
        if 0 <= row < self.list.rowCount():
            self.list.selectRow(row)

    # ── what is done ────────────────────────────────────────────────────────────────────────────────────────────
    def ask(self) -> None:
        """Ask for files and add them."""
        paths, _ = QFileDialog.getOpenFileNames(self, "添加附件", str(self._folder()), _FILTER)
        self.add([Path(path) for path in paths])

    def add(self, paths: Sequence[Path]) -> None:
        """Add files behind the others, named as they are."""
        entries = self.stored()
        new = [{"title": path.stem, "path": str(path)} for path in paths]
        if new:
            label = f"添加附件“{new[0]['title']}”" if len(new) == 1 else f"添加 {len(new)} 个附件"
            self._store([*entries, *new], label, len(entries) + len(new) - 1)

    def ask_again(self) -> None:
        """Ask where the file of the selected attachment is now."""
        path, _ = QFileDialog.getOpenFileName(self, "重新选择附件", str(self._folder()), _FILTER)
        if path:
            self.replace_file(Path(path))

    def replace_file(self, path: Path) -> None:
        """Take another file for the selected attachment; its name stays."""
        self._change("path", str(path), "重新选择附件")

    def change_way(self) -> None:
        """Append the selected attachment, or only list it."""
        row = self.list.currentRow()
        if 0 <= row < self.list.rowCount():
            self._change("listed", not self.stored()[row].get("listed"), "改变附件的收录方式")

    def _change(self, key: str, value: Any, label: str) -> None:
        entries, row = self.stored(), self.list.currentRow()
        if 0 <= row < len(entries) and entries[row].get(key) != value:
            entries[row][key] = value
            self._store(entries, label, row)

    def _edited(self, item: QTableWidgetItem) -> None:
        if not self._filling and item.column() == _TITLE:
            entries, row, text = self.stored(), item.row(), " ".join(item.text().split())
            if row < len(entries) and text and text != entries[row].get("title"):
                entries[row]["title"] = text
                self._store(entries, f"修改附件名称“{text}”", row)
            else:
                self._fill()

    def move_by(self, steps: int) -> None:
        """Move the selected attachment up (−1) or down (+1)."""
        entries, row = self.stored(), self.list.currentRow()
        if 0 <= row < len(entries) and 0 <= row + steps < len(entries):
            entries[row], entries[row + steps] = entries[row + steps], entries[row]
            self._store(entries, "调整附件的顺序", row + steps)

    def delete(self) -> None:
        """Take the selected attachment off the list."""
        entries, row = self.stored(), self.list.currentRow()
        if 0 <= row < len(entries):
            gone = entries.pop(row)
            self._store(entries, f"删除附件“{gone.get('title', '')}”", min(row, len(entries) - 1))

    def _folder(self) -> Path:
        return Path(getattr(self._document.file, "path", Path.home())).parent

    # ── for the window ──────────────────────────────────────────────────────────────────────────────────────────
    def leave_entry(self) -> bool:
        """Accept a name that is being typed."""
        if self.is_typing():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def is_typing(self) -> bool:
        """Tell whether a name is being typed."""
        return self.list.state() == QAbstractItemView.State.EditingState

    def show_place(self, address: str) -> None:
        """Select an attachment by its number from 0."""
        if address.isdecimal() and int(address) < self.list.rowCount():
            self.list.selectRow(int(address))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Give the keyboard to the list."""
        super().focusInEvent(event)
        self.list.setFocus(event.reason())
