"""The pages of the input tables, grouped as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktopapp.gui.document import Document
from desktopapp.gui.window.pages import Page
from desktopapp.narrative.inputs import InputTable

if TYPE_CHECKING:
    from desktopapp.gui.inputs.page import InputPage

_GROUP = "补充数据"


def input_pages(document: Document) -> list[Page]:
    """Return a page for every input table of the report's template, in declared order."""
    tables = document.text.book.inputs.values()
    groups = dict.fromkeys(t.group for t in tables)
    return [_page(t) for group in groups for t in tables if t.group == group]


def _page(table: InputTable) -> Page:
    def make(document: Document, parent: QWidget) -> InputPage:
        from desktopapp.gui.inputs.page import InputPage

        return InputPage(document, table, parent)

    group = f"{_GROUP}：{table.group}" if table.group else _GROUP
    return Page(table.field, group, "", table.title, make)
