"""Sizes follow the writing and stay on the screen; what the user chose comes back the next time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktopapp.gui.palette import ui_font
from desktopapp.gui.sizes import sized, writing
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.settings import Settings
from tests.gui.window.conftest import opened, sample, settings, window

__all__ = ["opened", "sample", "settings", "window"]


@pytest.fixture
def large(qapp: QApplication) -> Iterator[None]:
    """Make the writing half as large again."""
    before = qapp.font()
    qapp.setFont(ui_font(14.25))
    yield
    qapp.setFont(before)


def test_dialogs_grow_with_the_writing_but_not_beyond_the_screen(large: None, qtbot: QtBot) -> None:
    dialog = QWidget()
    qtbot.addWidget(dialog)
    assert 1.4 < writing() < 1.6
    sized(dialog, 200, 100)
    assert 280 <= dialog.width() <= 320 and 140 <= dialog.height() <= 160
    sized(dialog, 5_000, 5_000)
    room = dialog.screen().availableGeometry()
    assert dialog.width() < room.width() and dialog.height() < room.height()


def test_forms_begin_as_large_as_the_writing(large: None, opened: MainWindow) -> None:
    form = opened.workspace.form_view()
    assert form is not None and form.zoom == pytest.approx(writing())


def test_another_size_of_the_writing_takes_effect_at_once(opened: MainWindow, qapp: QApplication) -> None:
    before = qapp.font()
    opened.look_changed.connect(lambda: qapp.setFont(ui_font(14.25)))
    page = opened.workspace.show_page("text.income")
    assert page is not None
    small = page.findChild(QTextEdit).font().pointSizeF()  # type: ignore[union-attr]
    try:
        opened.views.apply_settings()
        shown = opened.workspace.page_widget()
        assert shown is not None and shown is not page
        assert shown.findChild(QTextEdit).font().pointSizeF() == pytest.approx(small * writing())  # type: ignore[union-attr]
        opened.workspace.show_page("01")
        form = opened.workspace.form_view()
        assert form is not None and form.zoom == pytest.approx(writing())
    finally:
        qapp.setFont(before)


def test_the_zoom_comes_back_the_next_time(opened: MainWindow, settings: Settings, qtbot: QtBot) -> None:
    form = opened.workspace.form_view()
    assert form is not None
    opened.actions_["zoom_in"].trigger()
    chosen = form.zoom
    assert chosen > 1
    opened.views.save_geometry()
    again = MainWindow(settings)
    qtbot.addWidget(again)
    assert again.workspace.zoom == pytest.approx(chosen)
    settings.set_text("zoom", "huge")
    assert settings.zoom == 0


def test_a_low_window_leaves_the_larger_part_to_the_form(opened: MainWindow, qtbot: QtBot) -> None:
    opened.resize(1000, 520)
    qtbot.wait(20)
    form = opened.workspace.form_view()
    assert form is not None
    assert opened.workspace.inspector.height() < form.height()
