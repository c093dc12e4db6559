"""A window on a copy of the sample, with settings of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.commands import SetCells
from desktopapp.core.findings import Severity
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.settings import Settings
from desktopapp.store.report_file import create


@pytest.fixture(autouse=True)
def no_dialogs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a dialog would wait for an answer that nobody gives; tests that expect one replace it."""

    def refuse(dialog: QDialog) -> int:
        text = dialog.text() if isinstance(dialog, QMessageBox) else dialog.windowTitle()
        raise AssertionError(f"unexpected dialog: {text}")

    monkeypatch.setattr(QDialog, "exec", refuse)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings in a folder of the test."""
    found = Settings(tmp_path / "settings" / "window.ini")
    found.last_folder = tmp_path
    # Not the very first report of this user: the navigation is on top, not the guide.
    found.set_text("guide_seen", "yes")
    return found


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Return a report file with the figures of the bundled sample."""
    path = tmp_path / "示例.juesuan"
    create(path, jobs.import_any(jobs.sample_path()).report)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Return a new report file without amounts, whose totals follow their relations."""
    path = tmp_path / "空表.juesuan"
    create(path, jobs.start_report("hubei-2023", 2023, "某某局"))
    return path


@pytest.fixture
def window(qtbot: QtBot, settings: Settings) -> Iterator[MainWindow]:
    """Return a shown window without a report."""
    made = MainWindow(settings)
    made.resize(1400, 900)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    # What the window has under way looks at files of this test.
    QThreadPool.globalInstance().waitForDone()


@pytest.fixture
def opened(window: MainWindow, sample: Path, qtbot: QtBot) -> MainWindow:
    """Return a window with the sample open."""
    assert window.files.open_path(sample)
    settle(qtbot)
    return window


def settle(qtbot: QtBot) -> None:
    """Let the event loop turn once, as between two keys of a user."""
    qtbot.wait(1)
    qtbot.wait(1)


def document_of(window: MainWindow) -> Document:
    """Return the window's document, which must be there."""
    assert window.document is not None
    return window.document


def errors(window: MainWindow) -> int:
    """Return how many errors the document has."""
    return document_of(window).findings.counts()[Severity.ERROR]


def put(window: MainWindow, cell: Cell, fen: int | None) -> None:
    """Type an amount in 分 into a cell."""
    document_of(window).apply(SetCells(((cell, fen, False),)))
