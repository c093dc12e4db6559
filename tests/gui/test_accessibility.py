"""Everything can be reached and read without mouse and without eyes: names, mnemonics, panes, every page and dialog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction, QDesktopServices
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.commands import SetField
from desktopapp.core.performance.selfeval import FormKind
from desktopapp.core.takeover import compare
from desktopapp.core.template import Cell
from desktopapp.gui.importing.compare import CompareDialog
from desktopapp.gui.importing.review import ReviewDialog
from desktopapp.gui.selfeval import shelf
from desktopapp.gui.window.accept_dialog import AcceptDialog
from desktopapp.gui.window.error_dialog import ErrorDialog
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.remarks import RemarksDialog
from tests.gui.importing.conftest import noisy, review
from tests.gui.window.conftest import document_of, empty, opened, sample, settings, window

__all__ = ["empty", "noisy", "opened", "review", "sample", "settings", "window"]

_KINDS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView)
_KINDS += (QAbstractSlider, QTextEdit, QPlainTextEdit, QTabWidget)
#: Made by Qt inside its own widgets, which have the name themselves.
_INSIDE = (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QScrollBar)
_MENU_KEYS = set("FEBVCRH")


def interactive(root: QWidget) -> Iterator[QWidget]:
    """Yield the widgets that somebody can use, whether they are on show now or not."""
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, _KINDS) or isinstance(widget, QScrollBar | QHeaderView):
            continue
        inside = any(isinstance(w, _INSIDE) for w in ancestors(widget, root))
        own_button = isinstance(widget, QAbstractButton) and widget.objectName().startswith("qt_")
        popup = widget.window() is not root.window() or widget.parentWidget().inherits("QComboBoxPrivateContainer")
        never_said = isinstance(widget, QPushButton) and not widget.text() and widget.isHidden()
        if not (inside or own_button or popup or never_said):
            yield widget


def ancestors(widget: QWidget, root: QWidget) -> Iterator[QWidget]:
    """Yield what a widget lies in, up to a root."""
    above = widget.parentWidget()
    while above is not None and above is not root:
        yield above
        above = above.parentWidget()


def name_of(widget: QWidget) -> str:
    """Return what a screen reader says of a widget."""
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name) if found is not None else ""


def nameless(root: QWidget) -> list[str]:
    """Return the widgets without a name that means something."""
    return [
        f"{type(w).__name__} {w.objectName()} in {type(w.parent()).__name__}: {name_of(w)!r}"
        for w in interactive(root)
        if not re.search(r"[A-Za-z一-鿿]", name_of(w))
    ]


def key_of(text: str) -> str:
    """Return the mnemonic of a label, upper case, "" without one."""
    found = re.search(r"&([^&])", text.replace("&&", ""))
    return found[1].upper() if found else ""


def without_key(root: QWidget) -> list[str]:
    """Return buttons that no key reaches; standard ones answer to Enter and Esc."""
    return [
        w.text()
        for w in root.findChildren(QWidget)
        if isinstance(w, QPushButton | QRadioButton)
        and w.text()
        and not key_of(w.text())
        and not isinstance(w.parentWidget(), QDialogButtonBox | QAbstractItemView)
    ]


def doubled(root: QWidget) -> list[str]:
    """Return keys that mean two things on show at once."""
    keys: dict[str, list[str]] = {}
    for widget in root.findChildren(QWidget):
        text = getattr(widget, "text", None)
        if callable(text) and widget.isVisibleTo(root) and isinstance(widget, QAbstractButton) and key_of(text()):
            keys.setdefault(key_of(text()), []).append(text())
    return [f"{key}: {texts}" for key, texts in keys.items() if len(texts) > 1]


@pytest.fixture
def full(opened: MainWindow) -> MainWindow:
    """Return the window with a report that has self-evaluation forms."""
    document = document_of(opened)
    fresh = [shelf.fresh(FormKind.DEPARTMENT, "某局"), shelf.fresh(FormKind.PROJECT, "某局")]
    document.apply(SetField("selfeval", shelf.added(document.report, fresh)))
    return opened


# ── the window ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_everything_on_every_page_has_a_name_and_no_key_means_two_things(full: MainWindow) -> None:
    wrong: list[str] = []
    for page in list(full.workspace.pages):
        view = full.workspace.show_page(page.key)
        assert view is not None
        wrong += [f"{page.key}: {w}" for w in (*nameless(view), *doubled(view))]
        wrong += [f"{page.key}: menu key {w}" for w in keys_of_menus(view)]
    assert wrong == []
    assert nameless(full) == []


def keys_of_menus(root: QWidget) -> list[str]:
    """Return buttons whose key is that of a menu, which would not open any more."""
    return [w.text() for w in root.findChildren(QAbstractButton) if key_of(w.text()) in _MENU_KEYS]


def test_every_menu_entry_has_a_key_of_its_own(opened: MainWindow) -> None:
    menus = [a.menu() for a in opened.menuBar().actions()]
    for menu in (*menus, *opened.actions_.submenus.values()):
        assert isinstance(menu, QMenu)
        if menu in (opened.actions_.submenus["forms"], opened.actions_.submenus["recent"]):
            continue
        labels = [a.text() for a in menu.actions() if not a.isSeparator()]
        keys = [key_of(label) for label in labels]
        assert all(keys), (menu.title(), labels)
        assert len(set(keys)) == len(keys), (menu.title(), sorted(labels, key=key_of))
    assert {key_of(a.text()) for a in opened.menuBar().actions()} == _MENU_KEYS


def test_f6_reaches_the_page_on_show_whatever_it_is(full: MainWindow) -> None:
    for key in ("01", "text.income", "selfeval", "selfeval/1", "input.cars"):
        view = full.workspace.show_page(key)
        assert view is not None
        full.navigation.setFocus()
        reached = []
        for _ in range(len(full.views.panes())):
            full.actions_["next_pane"].trigger()
            focus = QApplication.focusWidget()
            assert focus is not None
            reached.append(focus)
        assert any(w is view or view.isAncestorOf(w) for w in reached), key
        assert any(full.findings.isAncestorOf(w) for w in reached), key


def test_a_form_is_read_out_with_place_and_value(opened: MainWindow) -> None:
    opened.workspace.go_to(Cell("03", "2010301", "basic"))
    form = opened.workspace.form_view()
    assert form is not None
    index = form.table.currentIndex()
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("公开03表 2010301 行政运行 2栏“基本支出”，1,383.50 万元")
    found = QAccessible.queryAccessibleInterface(form.table)
    assert found is not None and found.text(QAccessible.Text.Name)


# ── dialogs ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def wrong_with(dialog: QDialog) -> list[str]:
    """Return what is wrong with a dialog."""
    dialog.ensurePolished()
    name = type(dialog).__name__
    missing = [] if dialog.windowTitle() else [f"{name} has no title"]
    return missing + [f"{name}: {w}" for w in (*nameless(dialog), *without_key(dialog), *doubled(dialog))]


def test_every_dialog_of_the_menus_has_names_and_keys(
    full: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[str] = set()
    wrong: list[str] = []

    def look(dialog: QDialog) -> int:
        seen.add(type(dialog).__name__)
        if not isinstance(dialog, QMessageBox):
            wrong.extend(wrong_with(dialog))
        return 0

    monkeypatch.setattr(QDialog, "exec", look)
    for name in ("getOpenFileName", "getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, name, lambda *_a, n=name, **_k: "" if n.endswith("Directory") else ("", ""))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    monkeypatch.setattr(QMessageBox, "about", lambda *_: None)
    ending = {"quit", "close", "new_window", "sample", "full_screen", "print", "log"}
    for action in full.findChildren(QAction):
        if action.objectName() and action.objectName() not in ending and action.isEnabled():
            action.trigger()
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, QDialog) and dialog.isVisible() and not isinstance(dialog, QMessageBox):
            look(dialog)
            dialog.close()
    assert wrong == []
    expected = {"SettingsDialog", "PropertiesDialog", "HistoryDialog", "HelpDialog", "PreviewDialog", "RoundingDialog"}
    assert expected | {"ExportAllDialog", "FactsBrowser", "GoToDialog", "NewReportDialog", "StyleDialog"} <= seen


def test_the_dialogs_that_come_by_themselves_have_names_and_keys(
    full: MainWindow, sample: Path, review: ReviewDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    report = jobs.open_report(sample)
    finding = document_of(full).findings.all()[0]
    found = [
        AcceptDialog(finding, "", full),
        RemarksDialog("说明", ["一句话。"], full),
        ErrorDialog(tmp_path / "x.log", full),
        CompareDialog(report, report, compare(report, report), "另一份", may_be_new=True, parent=full),
    ]
    wrong = wrong_with(review)
    for dialog in found:
        wrong += wrong_with(dialog)
        dialog.close()
    assert wrong == []
