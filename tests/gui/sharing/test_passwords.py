"""Passwords through the window: asked for, given, changed, taken away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from desktopapp.core.template import Cell
from desktopapp.gui.app import Windows
from desktopapp.gui.sharing import passwords as work
from desktopapp.gui.sharing.password_dialogs import AskPassword, NewPassword, Wish
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.store import cipher
from desktopapp.store.backup import folder_of, list_backups
from desktopapp.store.cipher import Secret, is_encrypted
from desktopapp.store.passwords import set_password
from tests.gui.test_accessibility import doubled, nameless, without_key
from tests.gui.window.conftest import document_of, empty, opened, put, sample, settings, settle, window

__all__ = ["empty", "opened", "sample", "settings", "window"]
pytestmark = pytest.mark.skipif(not cipher.is_available(), reason="sqlcipher3 has no wheel for this computer")
CELL = Cell("01", "general", "amount")
Answers = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cipher, "_ROUNDS", 10)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Answer the questions for a password one after the other (None: cancel); return what was said each time."""

    def answer(*words: str | None) -> list[str]:
        said: list[str] = []
        left = list(words)

        def ask(dialog: QDialog) -> int:
            assert isinstance(dialog, AskPassword), dialog
            said.append(dialog.said.text())
            word = left.pop(0)
            if word is None:
                return QDialog.DialogCode.Rejected
            dialog.field.setText(word)
            assert dialog.go_on.isEnabled()
            return QDialog.DialogCode.Accepted

        monkeypatch.setattr(QDialog, "exec", ask)
        return said

    return answer


@pytest.fixture
def locked(sample: Path) -> Path:
    set_password(sample, None, Secret("密码一"))
    return sample


def reopened(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until a job has closed and opened the report."""
    qtbot.waitUntil(lambda: window.document is not None)
    settle(qtbot)


def test_a_wrong_password_is_asked_for_again(window: MainWindow, locked: Path, typed: Answers) -> None:
    said = typed("错的", "密码一")
    assert window.files.open_path(locked)
    assert said == ["", "密码不对，没有打开“示例.juesuan”；请重新输入，注意大小写和输入法。"]
    put(window, CELL, 5_000_000)
    assert document_of(window).file.secret is not None
    assert [str(e) for e in window.settings.recent()] and "密码一" not in str(window.settings.recent())


def test_giving_up_keeps_what_is_open_and_the_list(
    window: MainWindow, locked: Path, empty: Path, typed: Answers
) -> None:
    window.files.open_path(empty)
    typed(None)
    assert not window.files.open_path(locked)
    assert document_of(window).file.path == empty


def test_double_click_asks_once_the_window_is_there(
    qtbot: QtBot, settings: object, locked: Path, typed: Answers, qapp: object
) -> None:
    said = typed("密码一")
    windows = Windows(qapp, settings)  # type: ignore[arg-type]
    first = windows.open_first(locked, sample=False)
    assert first.document is None and said == []
    qtbot.waitUntil(lambda: first.document is not None)
    assert said == [""]
    first.close()


def test_set_change_and_remove(opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    path = document_of(opened).file.path
    put(opened, CELL, 5_000_000)
    for wish, word, said in (
        (Wish.SET, "第一个密码", "已设置密码，文件和备份已加密。"),
        (Wish.SET, "第二个密码", "已更改密码"),
        (Wish.REMOVE, None, "已取消密码，文件和备份不再加密。"),
    ):
        answer = (wish, Secret(word) if word is not None else None)
        monkeypatch.setattr(NewPassword, "ask", lambda *_a, answer=answer, **_k: answer)
        opened.actions_["password"].trigger()
        reopened(opened, qtbot)
        document = document_of(opened)
        assert is_encrypted(path) == (word is not None) == (document.file.secret is not None)
        assert all(is_encrypted(b.path) == (word is not None) for b in list_backups(path))
        assert said in opened.messages.text()
        assert document.report.get(CELL) == 5_000_000
    opened.actions_["undo"].trigger()
    assert document_of(opened).report.get(CELL) != 5_000_000


def test_backups_under_a_password_are_restored(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktopapp.gui.versions.backups_dialog import Choice, RestoreDialog

    path = document_of(opened).file.path
    monkeypatch.setattr(NewPassword, "ask", lambda *_a, **_k: (Wish.SET, Secret("密码一")))
    opened.actions_["password"].trigger()
    reopened(opened, qtbot)
    put(opened, CELL, 5_000_000)
    monkeypatch.setattr(RestoreDialog, "ask", lambda _p, lines, *_a, **_k: Choice(lines[0].backup))
    opened.actions_["restore"].trigger()
    qtbot.waitUntil(lambda: "已恢复" in opened.messages.text())
    assert document_of(opened).report.get(CELL) != 5_000_000
    assert is_encrypted(path)


def test_damaged_beginning_finds_the_backups_by_their_password(
    window: MainWindow, locked: Path, typed: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktopapp.gui.versions.backups_dialog import Choice, RestoreDialog

    typed("密码一")
    window.files.open_path(locked)
    put(window, CELL, 5_000_000)
    window.files.close()
    typed("密码一")
    window.files.open_path(locked)
    window.files.close()
    data = bytearray(locked.read_bytes())
    data[1] ^= 4
    locked.write_bytes(data)
    monkeypatch.setattr(RestoreDialog, "ask", lambda _p, lines, *_a, **_k: Choice(lines[0].backup))
    said = typed("密码一")
    assert window.files.open_path(locked)
    assert "备份设有密码" in said[0]
    assert any(b.reason == "恢复前" for b in list_backups(locked))
    assert folder_of(locked).is_dir()


def test_reading_from_a_report_with_a_password(
    opened: MainWindow, tmp_path: Path, typed: Answers, qtbot: QtBot
) -> None:
    other = tmp_path / "别的.juesuan"
    shutil.copy(document_of(opened).file.path, other)
    set_password(other, None, Secret("密码一"))
    typed("错", "密码一")
    opened.imports.compare_path(other)
    qtbot.waitUntil(lambda: "完全相同" in opened.messages.text())


def test_computer_without_the_library(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(work, "is_available", lambda: False)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()) or 0)
    opened.actions_["password"].trigger()
    assert said == [work.MISSING]


# ── the dialogs ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("has_one", [False, True])
def test_new_password(qtbot: QtBot, has_one: bool) -> None:
    dialog = NewPassword("a.juesuan", has_one=has_one)
    qtbot.addWidget(dialog)
    assert (nameless(dialog), without_key(dialog), doubled(dialog)) == ([], [], [])
    fields = dialog.fields
    fields.first.setText("abc")
    assert "少于 8 个字符" in fields.said.text()
    fields.again.setText("abd")
    assert "不一样" in fields.said.text() and fields.secret() is None
    fields.again.setText("abc")
    assert not dialog.go_on.isEnabled()
    dialog.known.setChecked(True)
    assert dialog.go_on.isEnabled()
    assert fields.first.echoMode() is QLineEdit.EchoMode.Password
    fields.show_.setChecked(True)
    assert fields.first.echoMode() is QLineEdit.EchoMode.Normal
    assert (dialog.remove is not None) is has_one
    dialog.go_on.click()
    assert dialog.wish is Wish.SET


def test_ask_password(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = AskPassword(tmp_path / "a.juesuan", "密码不对")
    qtbot.addWidget(dialog)
    assert (nameless(dialog), without_key(dialog), doubled(dialog)) == ([], [], [])
    dialog.show()
    assert not dialog.go_on.isEnabled()
    QTest.keyClicks(dialog.field, "abc")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert isinstance(dialog.findChild(QDialogButtonBox), QDialogButtonBox)
