"""The application: Chinese buttons, log without amounts, unexpected errors, themes, windows."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt, QtMsgType
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.amount import Unit, format_number
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


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("/home/甲/报告 1.juesuan", "/home/甲/报告 1.juesuan"),
        ("报告.juesuan", "报告.juesuan"),
        ("file:///home/%E7%94%B2/%E6%8A%A5%E5%91%8A%201.juesuan", "/home/甲/报告 1.juesuan"),
        ("file:///home/甲/100%25.juesuan", "/home/甲/100%.juesuan"),
    ],
)
def test_a_file_is_named_by_its_path_or_its_address(word: str, path: str) -> None:
    assert app.path_of(word) == Path(path)


@pytest.mark.parametrize(
    ("before", "chosen", "portal"),
    [
        ({"QT_IM_MODULE": "fcitx"}, "fcitx;ibus", "1"),
        ({"QT_IM_MODULE": "fcitx5", "WAYLAND_DISPLAY": "wayland-0"}, "fcitx;ibus", "1"),
        ({"XMODIFIERS": "@im=fcitx"}, "fcitx;ibus", "1"),
        ({"XMODIFIERS": "@im=fcitx", "WAYLAND_DISPLAY": "wayland-0"}, None, None),
        ({"QT_IM_MODULE": "ibus", "XMODIFIERS": "@im=fcitx"}, None, None),
        ({}, None, None),
        ({"QT_IM_MODULE": "fcitx", "QT_IM_MODULES": "wayland", "IBUS_USE_PORTAL": "0"}, "wayland", "0"),
    ],
)
def test_a_desktop_with_fcitx_can_type_chinese(before: dict[str, str], chosen: str | None, portal: str | None) -> None:
    app.choose_input_methods(before)
    assert (before.get("QT_IM_MODULES"), before.get("IBUS_USE_PORTAL")) == (chosen, portal)


def test_the_end_of_the_start_is_logged_once(
    windows: app.Windows, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    window = windows.add()
    window.winId()  # the window of the platform exists, but has not been exposed
    app.ReadyNote(window)
    window.show()
    qtbot.waitUntil(lambda: "window ready" in caplog.messages)
    window.hide()
    window.show()
    qtbot.waitExposed(window)
    assert caplog.messages.count("window ready") == 1


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
    told: list[Path] = []
    catcher = app.ErrorCatcher(windows)

    def show(_parent: object, log: Path) -> None:
        told.append(log)
        # Another one while the dialog is up must not open a second dialog.
        catcher._tell()

    monkeypatch.setattr(error_dialog, "show_error", show)
    for _ in range(5):
        # The same error again and again, as from painting.
        try:
            raise ZeroDivisionError("1383.50 / 0")
        except ZeroDivisionError as error:
            catcher.handle(ZeroDivisionError, error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(5)
    assert told == [logs.log_path()]


def test_errors_in_slots_threads_and_destructors_are_caught(
    windows: app.Windows, qtbot: QtBot, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("unexpected error")
    expected_logs.expect("error while cleaning up")
    told: list[object] = []
    monkeypatch.setattr(error_dialog, "show_error", lambda parent, _log: told.append(parent))
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    catcher = app.ErrorCatcher(windows)
    catcher.install()

    class Broken:
        def __del__(self) -> None:
            raise ValueError("gone")

    try:
        button = QPushButton()
        qtbot.addWidget(button)
        button.clicked.connect(lambda: 1 // 0)
        with qtbot.captureExceptions():
            # The test's own hook stands in front while a slot runs.
            sys.excepthook = catcher.handle
            button.click()
        qtbot.waitUntil(lambda: len(told) == 1)
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(told) == 2)
        broken = Broken()
        del broken
        assert any("cleaning up" in text for text in expected_logs.texts())
        assert len(told) == 2
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def test_the_error_dialog_says_it_in_a_sentence_and_hands_out_the_log(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "juesuan.log"
    log.write_text("x" * 100_000 + "\n2026 ERROR a place\n", "utf-8")
    dialog = error_dialog.ErrorDialog(log)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.happened.text().endswith("。") and "都已保存" in dialog.safe.text()
    assert not dialog.log.isVisible()
    dialog.show_log.click()
    assert dialog.log.isVisible() and "a place" in dialog.log.toPlainText()
    dialog.copy.click()
    text = QApplication.clipboard().text()
    assert "a place" in text and len(text) < 40_000 and text.startswith("juesuan ")
    target = tmp_path / "日志.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    dialog.save.click()
    assert target.read_text("utf-8") == text and "已保存到" in dialog.said.text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "nowhere" / "a.txt"), ""))
    dialog.save.click()
    assert dialog.said.text().endswith("。") and "已保存到" not in dialog.said.text()


# ── log ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
SECRETS = ("1,383.50", "1383.50", "８,４４９", "5.00", "武汉市某某局", "某某局2023决算.juesuan", "行政运行", "zhangsan")


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Log to a file of the test; call for what it holds."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    path = tmp_path / "logs" / "juesuan.log"
    logs.start_logging(path)
    yield lambda: path.read_text("utf-8")
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_nothing_of_a_report_gets_into_the_log(
    written: Callable[[], str], expected_logs: ExpectedLogs, tmp_path: Path
) -> None:
    expected_logs.expect(".")
    log = logging.getLogger("x")
    for secret in SECRETS:
        log.warning("saved %s in %d rows", secret, 138350)
        log.warning("dict %(a)s", {"a": secret})
        if secret != "zhangsan":
            # A bare ASCII word cannot be told from the program's own; the program never logs one so.
            log.warning(f"bare {secret} here")
            logs.qt_message(QtMsgType.QtWarningMsg, None, f"QFont: {secret}")  # type: ignore[arg-type]
        log.warning(f"quoted '{secret}' path /home/{secret}/{secret}.juesuan C:\\Users\\{secret}\\{secret}.txt")
        for error in (KeyError(secret), ValueError(f"bad “{secret}”"), FileNotFoundError(2, "No file", secret)):
            try:
                try:
                    raise error
                except (KeyError, ValueError, OSError) as first:
                    raise jobs.UserError(f"表里的“{secret}”不对：{secret!r}。") from first
            except jobs.UserError:
                log.exception("failed")
    text = written()
    # What stands before the message are time and level.
    body = re.sub(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \w+ ", "", text)
    for secret in SECRETS:
        assert secret not in body
    assert not re.search("[一-鿿０-９]", body)
    assert "138350" not in body and str(tmp_path.parent) not in body
    # What helps to find the error is there.
    assert "tests/gui/test_app.py:" in body and "UserError: " in body and "FileNotFoundError: [Errno #]" in body
    assert "test_nothing_of_a_report_gets_into_the_log" in body and "saved … in … rows" in body


@given(st.text(min_size=1), st.integers(10**3, 10**12))
def test_numbers_and_words_are_scrubbed_whatever_stands_around_them(text: str, fen: int) -> None:
    clean = logs.scrubbed(f"{text} {format_number(fen, Unit.YUAN)} {text}")
    assert clean.isascii() or set(clean) - set(map(chr, range(128))) == {"…"}
    assert str(fen // 100) not in clean and f"{fen // 100:,}" not in clean


def test_a_record_reaches_other_handlers_as_it_was(written: Callable[[], str], expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("x:WARNING:saved 5 某局")
    logging.getLogger("x").warning("saved %d %s", 5, "某局")
    assert "某局" not in written()


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
