"""What the navigation shows and the window can open: the forms of the report and other pages, in groups.

Other parts of the report (text, performance forms, inputs) join by adding their own pages; the window knows only this.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QWidget

from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Form
from desktopapp.gui.document import Document

#: "{year}年度收入支出决算总表" → "收入支出决算总表"
_YEAR = re.compile(r"^\{year\}\s*年度?")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the navigation: ``form_id`` is empty for pages that are no form."""

    key: str
    group: str
    mark: str
    title: str
    make: Callable[[Document, QWidget], QWidget]
    form_id: str = ""

    @property
    def label(self) -> str:
        """Return mark and title as one text."""
        return f"{self.mark} {self.title}".strip()

    @property
    def short_label(self) -> str:
        """Return the label for narrow lists: of the mark only its number (公开01表 → 01)."""
        number = _NUMBER.search(self.mark)
        return f"{number[0]} {self.title}" if number and self.title else self.label


@runtime_checkable
class Place(Protocol):
    """What the window asks of a page that is no form. A page may also have a signal ``place_wanted`` (a place)."""

    #: A sentence, and whether something failed.
    said: SignalInstance

    def leave_entry(self) -> bool:
        """Accept what is being typed; False when it is refused and stays open."""

    def is_typing(self) -> bool:
        """Tell whether an entry is open."""

    def show_place(self, address: str) -> None:
        """Show a place on the page."""

    def setFocus(self, reason: Qt.FocusReason, /) -> None:
        """Take the keyboard."""


def short_title(form: Form) -> str:
    """Return the title of a form without the year."""
    return _YEAR.sub("", form.title).replace("{department}", "").replace("{year}", "")


def form_pages(report: Report, last_known: bool, make: Callable[[Document, str, QWidget], QWidget]) -> list[Page]:
    """Return the pages of the report's forms: published ones, others, and last year's when any of it is known."""
    pages: list[Page] = []
    for group, forms in (
        ("决算表", [f for f in report.template.forms if f.published]),
        ("补充资料", [f for f in report.template.forms if not f.published]),
    ):
        pages += [_page(group, form, form.id, make) for form in forms]
    if last_known:
        group = f"上年数（{report.year - 1} 年度）"
        pages += [_page(group, f, LAST + f.id, make) for f in report.template.forms if f.published]
    return pages


def _page(group: str, form: Form, form_id: str, make: Callable[[Document, str, QWidget], QWidget]) -> Page:
    title = short_title(form)
    mark = "" if form.mark in title else form.mark
    return Page(form_id, group, mark, title, lambda document, parent: make(document, form_id, parent), form_id)
