"""The pages of the text: sections by part as the outline has them, and the imported text."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktopapp.gui.document import Document
from desktopapp.gui.text.live_text import SOURCE_PAGE, plain_title
from desktopapp.gui.window.pages import Page
from desktopapp.narrative.building import ATTACHMENTS
from desktopapp.narrative.narrative import TEXT_FIELD

_GROUP = "文字部分"


def text_pages(document: Document) -> list[Page]:
    """Return a page for every section of the outline; parts that are one text stand together at the end."""
    pages: list[Page] = []
    whole: list[Page] = []
    for part in document.text.outline.parts:
        group = f"{_GROUP}：{plain_title(part.title)}"
        if part.text:
            whole.append(_page(part.id, f"{_GROUP}：其他" if not part.sections else group, part.title))
        pages += [_page(s.id, group, s.title) for s in part.sections]
        if part.id == ATTACHMENTS:
            whole.append(Page(ATTACHMENTS, f"{_GROUP}：其他", "", "附件文件", _make_attachments))
    if document.report.fields.get(SOURCE_PAGE):
        whole.append(Page(SOURCE_PAGE, f"{_GROUP}：其他", "", "导入的文字", _make_imported))
    return pages + whole


def _page(section: str, group: str, title: str) -> Page:
    def make(document: Document, parent: QWidget) -> QWidget:
        from desktopapp.gui.text.section_page import SectionPage

        return SectionPage(document, section, parent)

    return Page(TEXT_FIELD + section, group, "", plain_title(title), make)


def _make_imported(document: Document, parent: QWidget) -> QWidget:
    from desktopapp.gui.text.imported_page import ImportedPage

    return ImportedPage(document, parent)


def _make_attachments(document: Document, parent: QWidget) -> QWidget:
    from desktopapp.gui.text.attachments_page import AttachmentsPage

    return AttachmentsPage(document, parent)
