"""The actions of the context menu, with the words and shortcuts that the keyboard also knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


class Doer(Protocol):
    """What the actions call; a FormView."""

    def cut(self) -> None: ...
    def copy(self, with_headers: bool = False) -> None: ...
    def paste(self) -> None: ...
    def clear(self) -> None: ...
    def fill_down(self) -> None: ...
    def fill_right(self) -> None: ...
    def select_all(self) -> None: ...
    def edit_current(self, text: str | None = None, *, composing: bool = False) -> bool: ...
    def set_automatic(self, on: bool = True) -> None: ...
    def put_back(self) -> None: ...
    def insert_row(self, code: str = "", name: str = "") -> None: ...
    def delete_rows(self) -> None: ...
    def sort_rows(self) -> None: ...


def build_actions(parent: QWidget, doer: Doer, editable: bool, takes_rows: bool) -> list[QAction]:
    """Return the actions in the order of the menu, separators included.

    The shortcuts are for showing: the form handles these keys itself while it has the focus.
    """
    actions: list[QAction] = []

    def add(text: str, keys: str, call: Callable[[], object], enabled: bool = True) -> None:
        action = QAction(text, parent)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: call())
        actions.append(action)

    def line() -> None:
        action = QAction(parent)
        action.setSeparator(True)
        actions.append(action)

    add("剪切", "Ctrl+X", doer.cut, editable)
    add("复制", "Ctrl+C", doer.copy)
    add("连同表头复制", "Ctrl+Shift+C", lambda: doer.copy(with_headers=True))
    add("粘贴", "Ctrl+V", doer.paste, editable)
    line()
    add("编辑单元格", "F2", doer.edit_current, editable)
    add("清除内容", "Del", doer.clear, editable)
    add("向下填充", "Ctrl+D", doer.fill_down, editable)
    add("向右填充", "Ctrl+R", doer.fill_right, editable)
    add("恢复自动计算", "Ctrl+Shift+A", doer.put_back, editable)
    add("改为手工录入", "", lambda: doer.set_automatic(False), editable)
    if takes_rows:
        line()
        add("插入科目行…", "Ctrl+Shift+=", doer.insert_row)
        add("删除所选行", "Ctrl+-", doer.delete_rows)
        add("按编码排序", "", doer.sort_rows)
    line()
    add("全选", "Ctrl+A", doer.select_all)
    return actions
