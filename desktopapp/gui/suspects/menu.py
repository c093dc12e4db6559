"""Menus with suggestions: for a row of the findings list, and for a cell of a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from desktopapp.core.template import Cell
from desktopapp.gui.suspects.presenter import suspects_of
from desktopapp.gui.suspects.words import doubt, money, place_words, reason

if TYPE_CHECKING:
    from desktopapp.core.suspects import Cause, Suspect
    from desktopapp.gui.document import Document
    from desktopapp.gui.suspects.groups import Lead

_Adopt = Callable[["Suspect"], object]


def action_menu(parent: QWidget, document: Document, cause: Cause, adopt: _Adopt) -> QMenu:
    """Return a menu with all possibilities of a cause; it goes away by itself."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addSection(f"{doubt(cause)}，请核对原始数据")
    _add_possibilities(menu, document, cause, adopt)
    return menu


def finding_menu(parent: QWidget, document: Document, lead: Lead | None, adopt: _Adopt) -> QMenu:
    """Return the menu of a row: what can be adopted, nothing where no cause is known."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if lead is None or document.read_only:
        return menu
    if lead.suspect.choice:
        _add_possibilities(menu.addMenu("不确定，可能是以下之一"), document, lead.cause, adopt)
    else:
        menu.addAction(f"采用建议：{_change(document, lead.suspect)}").triggered.connect(
            lambda _on=False: adopt(lead.suspect)
        )
    return menu


def cell_menu(parent: QWidget, document: Document, cell: Cell, adopt: _Adopt) -> QMenu | None:
    """Return the submenu 疑点与建议 of a cell, None where nothing is suspected of it."""
    found = [(s, c) for s, c in document.suspicions.of_cell(cell) if document.suspicions.fits(s)]
    if not found:
        return None
    menu = QMenu("疑点与建议(&Q)", parent)
    for suspect, cause in found:
        if suspect.choice:
            menu.addSection(doubt(cause))
        why = f"（{reason(suspect)}）" if reason(suspect) else ""
        fresh = menu.addAction(f"采用建议：{_change(document, suspect)}{why}")
        fresh.setEnabled(not document.read_only)
        fresh.triggered.connect(lambda _on=False, s=suspect: adopt(s))
    return menu


def _add_possibilities(menu: QMenu, document: Document, cause: Cause, adopt: _Adopt) -> None:
    for number, suspect in enumerate(suspects_of(cause), start=1):
        why = f"（{reason(suspect)}）" if reason(suspect) else ""
        key = f"&{number} " if number < 10 else f"{number} "
        action = QAction(f"{key}{_change(document, suspect)}{why}", menu)
        action.triggered.connect(lambda _on=False, s=suspect: adopt(s))
        menu.addAction(action)


def _change(document: Document, suspect: Suspect) -> str:
    unit, name = document.unit, place_words(document.report, suspect)
    values = f" {money(suspect.found[0], unit)} → {money(suspect.suggested[0], unit)}"
    return f"{name}{values if len(suspect.places) == 1 else ''}".replace("&", "&&")
