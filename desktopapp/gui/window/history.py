"""The history of a report: who changed what, when, from what to what."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.amount import EXACT_GRAIN, Unit, format_number
from desktopapp.core.naming import describe, form_name
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.store.errors import StoreError
from desktopapp.store.journal import Change
from desktopapp.store.labels import cell_name, row_name
from desktopapp.store.report_file import HistoryFilter, JournalEntry

_PAGE = 200
_HEADS = ("时间", "操作人", "操作", "原来", "改为")
_ACTIONS = {"create": "", "edit": "", "undo": "撤销：", "redo": "重做："}
_STATES = {"undone": "（已撤销）", "dropped": "（已撤销）"}


class HistoryDialog(QDialog):
    """Entries, youngest first; a step that changed several things unfolds."""

    def __init__(self, document: Document, form_id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("修改历史")
        self._document = document
        self._form_id = form_id
        self._loaded = 0
        self._text = QLineEdit()
        self._text.setPlaceholderText("筛选操作名称")
        self._text.setAccessibleName("筛选操作名称")
        self._text.setClearButtonEnabled(True)
        self._here = QCheckBox("只看当前表(&T)")
        self._here.setVisible(bool(form_id))
        self._count = QLabel()
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("修改历史")
        self.tree.setHeaderLabels(_HEADS)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        digit = self.fontMetrics().horizontalAdvance("0")
        for column, characters in ((0, 24), (1, 14), (3, 18), (4, 18)):
            self.tree.setColumnWidth(column, characters * digit)
        self._more = QPushButton("显示更早的记录(&E)")
        self._more.clicked.connect(self._load_more)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        filters = QHBoxLayout()
        filters.addWidget(self._text, 1)
        filters.addWidget(self._here)
        below = QHBoxLayout()
        below.addWidget(self._count, 1)
        below.addWidget(self._more)
        below.addWidget(buttons)
        column_layout = QVBoxLayout(self)
        column_layout.addLayout(filters)
        column_layout.addWidget(self.tree, 1)
        column_layout.addLayout(below)
        self.resize(900, 560)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(self.reload)
        self._text.textChanged.connect(lambda _text: self._timer.start())
        self._here.toggled.connect(lambda _on: self.reload())
        self.reload()

    def _wanted(self) -> HistoryFilter:
        return HistoryFilter(form=self._form_id if self._here.isChecked() else "", text=self._text.text().strip())

    def reload(self) -> None:
        """Show the youngest entries."""
        self._timer.stop()
        self.tree.clear()
        self._loaded = 0
        self._load_more()

    def _load_more(self) -> None:
        try:
            entries = self._document.file.history(_PAGE, self._loaded, self._wanted())
            total = self._document.file.history_length(self._wanted())
        except StoreError as error:
            self._count.setText(str(error))
            self._more.hide()
            return
        self._loaded += len(entries)
        report = self._document.report
        self.tree.addTopLevelItems([entry_item(report, entry) for entry in entries])
        self._count.setText(f"共 {total} 条，显示 {self._loaded} 条")
        self._more.setVisible(self._loaded < total)


def entry_item(report: Report, entry: JournalEntry) -> QTreeWidgetItem:
    """Return the row of an entry; several changes stand below it."""
    when = entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    what = f"{_ACTIONS.get(entry.action, '')}{entry.label}{_STATES.get(entry.state, '')}"
    if len(entry.changes) == 1:
        change = entry.changes[0]
        item = QTreeWidgetItem([when, entry.user, what, *values(report, change)])
    else:
        item = QTreeWidgetItem([when, entry.user, what, "", ""])
        for change in entry.changes:
            below = QTreeWidgetItem(["", "", place(report, change), *values(report, change)])
            _align(below)
            item.addChild(below)
    _align(item)
    item.setToolTip(2, what)
    return item


def _align(item: QTreeWidgetItem) -> None:
    for column in (3, 4):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def place(report: Report, change: Change) -> str:
    """Return what a change is about, in words; rows that are gone keep their code."""
    if change.kind == "cell":
        cell = Cell(change.form, change.row, change.col)
        return describe(report, cell) if report.has_cell(cell) else cell_name(cell, report)
    if change.kind == "row":
        return f"{form_name(report, change.form)} {row_name(change.form, change.row, report)} 行"
    if change.kind == "head":
        return {"year": "年度", "department": "部门"}.get(change.row, change.row)
    if change.kind == "grain":
        return f"{form_name(report, change.form)} 精度"
    if change.kind == "setting":
        return dict(report.template.settings).get(change.row, change.row)
    return f"文字内容 {change.row}"


def values(report: Report, change: Change) -> tuple[str, str]:
    """Return both values of a change in words."""
    return _value(report, change, change.was, change.was_auto), _value(report, change, change.now, change.now_auto)


def _value(report: Report, change: Change, value: Any, automatic: bool) -> str:
    if change.kind == "cell":
        text = "空" if value is None else _amount(int(value), report.is_exact(change.form))
        return f"{text}（自动）" if automatic else text
    if change.kind == "row":
        return "无" if value is None else str(value) or "（无名称）"
    if change.kind == "grain":
        return "元" if value == EXACT_GRAIN else "万元"
    if change.kind == "setting":
        return "是" if value else "否"
    if value is None:
        return "空"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def _amount(fen: int, exact: bool) -> str:
    return f"{format_number(fen, Unit.YUAN)} 元" if exact else f"{format_number(fen)} 万元"
