"""The pages of the self-evaluation forms, and the way from a finding to its place on them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from desktopapp.core.findings import Finding
from desktopapp.gui.document import Document
from desktopapp.gui.selfeval import shelf
from desktopapp.gui.window.pages import Page
from desktopapp.narrative.selfeval_tables import FIELD

_GROUP = "绩效自评"


def page_key(number: int) -> str:
    """Return the key of the page of a form."""
    return f"{FIELD}/{number}"


def page_name(document: Document, key: str) -> str:
    """Return what a page is called in lists of findings, "" for a page that is none of these."""
    number = _number(key)
    form = shelf.form_at(document.report, number) if number is not None else None
    return shelf.name_of(form, number) if form is not None and number is not None else _GROUP if key == FIELD else ""


def _number(key: str) -> int | None:
    field, _, number = key.partition("/")
    return int(number) if field == FIELD and number.isascii() and number.isdecimal() else None


def on_page(finding: Finding) -> Finding:
    """Return a finding with the page it belongs to, if it is about a self-evaluation form; any other as it is."""
    field, _, rest = finding.where.partition("/")
    if field == FIELD and rest:
        number, _, path = rest.partition("/")
        key = f"{FIELD}/{number}"
        return replace(finding, form=key, rows=((key, f"/{path}"),))
    if finding.form == FIELD and finding.rows and finding.rows[0][1].isdecimal():
        # Amounts against the forms of the report; their forms are counted from 1.
        key = page_key(int(finding.rows[0][1]) - 1)
        return replace(finding, form=key, rows=((key, "/execution"),))
    return finding


def selfeval_pages(document: Document) -> list[Page]:
    """Return the list of all forms and a page for each of them."""
    pages = [Page(FIELD, _GROUP, "", "全部自评表", _make_list)]
    return pages + [
        Page(page_key(n), _GROUP, "", shelf.name_of(form, n), _maker(n))
        for n, form in enumerate(shelf.forms(document.report))
    ]


def _make_list(document: Document, parent: QWidget) -> QWidget:
    from desktopapp.gui.selfeval.list_page import FormListPage

    return FormListPage(document, parent)


class _maker:
    """Makes the page of one form."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, document: Document, parent: QWidget) -> QWidget:
        from desktopapp.gui.selfeval.form_page import FormPage

        return FormPage(document, self._number, parent)
