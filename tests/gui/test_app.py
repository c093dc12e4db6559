"""The application: Chinese buttons, log without amounts, unexpected errors, themes, windows."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QtMsgType
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.gui import app, logs
from desktopapp.gui.palette import DARK, LIGHT, theme_of
from desktopapp.gui.window import error_dialog
from desktopapp.gui.window.settings import Settings, Theme
from desktopapp.store.report_file import create
from tests.conftest import ROOT, ExpectedLogs


@pytest.fixture
def windows(qapp: QApplication, tmp_path: Path) -> Iterator[app.Windows]:
    """Return the windows of an application of the test."""
    application = app.make_application([])
    font, sheet, palette = application.font(), application.styleSheet(), application.palette()
    found = app.Windows(application, Settings(tmp_path / "window.ini"))
    yield found
    for window in list(found.open):
        window.close()
    application.styleHints().unsetColorScheme()
    application.setStyleSheet(sheet)
    application.setPalette(palette)
    application.setFont(font)
    found.deleteLater()


def test_standard_buttons_speak_chinese(windows: app.Windows, qtbot: QtBot) -> None:
    kinds = QDialogButtonBox.StandardButton
    box = QDialogButtonBox(kinds.Ok | kinds.Cancel | kinds.Close)
    qtbot.addWidget(box)
    texts = [box.button(k).text() for k in (kinds.Ok, kinds.Cancel, kinds.Close)]
    assert [t.replace("&", "").split("(")[0] for t in texts] == ["确定", "取消", "关闭"]


def test_the_file_dialog_speaks_chinese_throughout(windows: app.Windows, qtbot: QtBot) -> None:
    dialog = QFileDialog(None, "打开")
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    texts = [w.text() for w in (*dialog.findChildren(QLabel), *dialog.findChildren(QPushButton))]
    assert texts and all(re.search("[一-鿿]", t) for t in texts), texts


def test_the_theme_follows_the_settings(windows: app.Windows, qapp: QApplication) -> None:
    window = windows.add()
    window.views.choose_theme(Theme.DARK)
    assert theme_of(qapp.palette()) is DARK
    assert theme_of(window.palette()) is DARK
    window.views.choose_theme(Theme.LIGHT)
    assert theme_of(qapp.palette()) is LIGHT
    windows.settings.font_points = 16
    windows.apply_look()
    assert qapp.font().pointSizeF() == 16


def test_the_last_report_is_opened_again_unless_it_was_closed(windows: app.Windows, tmp_path: Path) -> None:
    path = tmp_path / "甲.juesuan"
    create(path, jobs.import_any(jobs.sample_path()).report)
    first = windows.open_first(path, sample=False)
    first.close()
    again = windows.open_first(None, sample=False)
    assert again.document is not None and again.document.file.path == path.resolve()
    again.files.close()
    again.close()
    empty = windows.open_first(None, sample=False)
    assert empty.document is None and empty.welcome.isVisible()


def test_the_last_report_stays_closed_when_the_user_wants_so(windows: app.Windows, tmp_path: Path) -> None:
    path = tmp_path / "甲.juesuan"
    create(path, jobs.import_any(jobs.sample_path()).report)
    windows.settings.last_file = path
    windows.settings.reopen_last = False
    assert windows.open_first(None, sample=False).document is None


def test_a_second_window_can_be_opened(windows: app.Windows) -> None:
    first = windows.add()
    first.actions_["new_window"].trigger()
    assert len(windows.open) == 2
    windows.open[1].close()
    assert windows.open == [first]


def test_an_unexpected_error_is_told_once_and_the_program_goes_on(
    windows: app.Windows,
    qtbot: QtBot,
    expected_logs: ExpectedLogs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected_logs.expect("unexpected error")
    told: list[str] = []
    catcher = app.ErrorCatcher(windows)

    def show(_parent: object, kind: str, _log: Path) -> None:
        told.append(kind)
        # Another one while the dialog is up must not open a second dialog.
        catcher._tell("KeyError")

    monkeypatch.setattr(error_dialog, "show_error", show)
    try:
        raise ZeroDivisionError("1383.50 / 0")
    except ZeroDivisionError as error:
        catcher.handle(ZeroDivisionError, error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["ZeroDivisionError"]


# ── log ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_log_holds_no_amounts(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("saved")
    expected_logs.expect("failed")
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    path = tmp_path / "logs" / "juesuan.log"
    amount = "1383.50"
    logs.start_logging(path)
    try:
        logging.getLogger("x").warning("saved %s in row 27", "12,938.50")
        try:
            raise ValueError(f"{amount} is odd")
        except ValueError:
            logging.getLogger("x").exception("failed")
    finally:
        for handler in [h for h in root.handlers if h not in before]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    text = path.read_text("utf-8")
    assert "938" not in text and "1383" not in text
    assert "row 27" in text and "ValueError: # is odd" in text and "test_app.py" in text


def test_a_long_log_is_set_aside(tmp_path: Path) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    path = tmp_path / "juesuan.log"
    path.write_bytes(b"x" * 600_000)
    logs.start_logging(path)
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    assert not path.exists() and (tmp_path / "juesuan.1.log").stat().st_size == 600_000


def test_messages_of_qt_go_into_the_log(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("qt:WARNING:something")
    logs.qt_message(QtMsgType.QtWarningMsg, None, "something")  # type: ignore[arg-type]


# ── the real program ────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_window_imports_nothing_heavy_before_it_stands() -> None:
    program = (
        "import sys, desktopapp.gui.app\n"
        "heavy = {'pandas', 'numpy', 'openpyxl', 'xlsxwriter', 'docx', 'pypdfium2', 'pdfplumber', 'typst', 'lxml',"
        " 'jinja2', 'rapidfuzz', 'highspy', 'pydantic', 'python_calamine', 'PySide6.QtPdf', 'desktopapp.gui.forms'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert done.stdout.strip() == "[]"


def test_locale_of_numbers_and_dates_is_chinese(windows: app.Windows) -> None:
    from PySide6.QtCore import QLocale

    assert QLocale().language() == QLocale.Language.Chinese
    assert Qt.ColorScheme.Dark is Theme.DARK.scheme


def test_the_program_runs_from_start_to_end(tmp_path: Path) -> None:
    """Starts on the sample in a process of its own, as ``juesuan --sample`` does, and closes its window."""
    program = (
        "import sys; from PySide6.QtCore import QTimer; from PySide6.QtWidgets import QApplication\n"
        "from desktopapp.gui import app\n"
        "application = app.make_application(sys.argv)\n"
        "def close():\n"
        "    print([w.windowTitle() for w in QApplication.topLevelWidgets() if w.isVisible()])\n"
        "    QApplication.closeAllWindows()\n"
        "QTimer.singleShot(0, lambda: QTimer.singleShot(0, close))\n"
        "sys.exit(app.run(None, sample=True))"
    )
    folders = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **folders, "LOCALAPPDATA": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "2023 年度 — 示例报表.juesuan — 决算公开编制" in done.stdout
    assert "Traceback" not in done.stderr
