"""Copies for colleagues: their names, passwords, and what helps to hand them over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.commands import typed
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.sharing.send_dialog import SendDialog, free_name, proposed_name
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.store import cipher
from desktopapp.store.cipher import Secret, is_encrypted
from desktopapp.store.lineage import meet
from desktopapp.store.passwords import set_password
from desktopapp.store.report_file import open_file
from tests.gui.test_accessibility import doubled, nameless, without_key
from tests.gui.window.conftest import document_of, no_dialogs, opened, sample, settings, window

__all__ = ["no_dialogs", "opened", "sample", "settings", "window"]
TODAY = date(2024, 3, 5)
CELL = Cell("03", "201", "basic")
needs_cipher = pytest.mark.skipif(not cipher.is_available(), reason="sqlcipher3 has no wheel for this computer")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cipher, "_ROUNDS", 10)


@pytest.fixture
def dialog(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> SendDialog:
    folder = tmp_path / "交接"
    folder.mkdir()
    made = SendDialog(document_of(opened).file, folder, "王五", TODAY)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_copy_is_one_file_that_remembers_where_it_came_from(opened: MainWindow, dialog: SendDialog) -> None:
    assert (nameless(dialog), without_key(dialog), doubled(dialog)) == ([], [], [])
    mine = document_of(opened)
    mine.apply(typed(CELL, 5_000_000))
    assert dialog.name.text().endswith("2023年度决算 20240305 王五.juesuan")
    dialog.go_on.click()
    assert dialog.made is not None and not dialog.pages[1].isHidden()
    assert [p.name for p in dialog.made.parent.iterdir()] == [dialog.made.name]
    assert "发给同事" in dialog.done_words.text() and "密码" not in dialog.done_words.text()
    with open_file(dialog.made, jobs.get_template, backup=False, user="李四") as copy:
        assert copy.report.get(CELL) == 5_000_000
        copy.apply(typed(CELL, 6_000_000))
        met = meet(mine.file, copy)
        assert met is not None and met.base.get(CELL) == 5_000_000 and met.their_steps == 1
    assert doubled(dialog) == []


def test_handing_over(dialog: SendDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    dialog.go_on.click()
    assert dialog.made is not None
    dialog.open_folder.click()
    assert opened == [QUrl.fromLocalFile(str(dialog.made.parent))]
    dialog.copy_path.click()
    assert QGuiApplication.clipboard().text() == str(dialog.made)
    dialog.copy_file.click()
    assert QGuiApplication.clipboard().mimeData().urls() == [QUrl.fromLocalFile(str(dialog.made))]
    dialog.shut.click()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_what_stands_in_the_way(dialog: SendDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog.target().write_bytes(b"x")
    dialog.go_on.click()
    assert "已经存在" in dialog.trouble.text() and dialog.target().read_bytes() == b"x"
    dialog.folder.setText(str(tmp_path / "没有"))
    assert dialog.trouble.text() == ""
    dialog.go_on.click()
    assert "不存在" in dialog.trouble.text() and dialog.made is None
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(tmp_path))
    dialog.browse.click()
    dialog.name.setText("")
    assert not dialog.go_on.isEnabled()
    dialog.name.setText("../a:b.juesuan")
    assert dialog.target() == tmp_path / "_a_b.juesuan"
    dialog.go_on.click()
    assert dialog.made == tmp_path / "_a_b.juesuan"


@needs_cipher
def test_copy_with_a_password_of_its_own(dialog: SendDialog) -> None:
    assert dialog.same.isHidden() and dialog.password.isHidden()
    dialog.other.setChecked(True)
    assert not dialog.go_on.isEnabled()
    dialog.password.first.setText("给同事的密码")
    dialog.password.again.setText("给同事的密码")
    dialog.go_on.click()
    assert dialog.made is not None and is_encrypted(dialog.made)
    open_file(dialog.made, jobs.get_template, secret=Secret("给同事的密码"), backup=False).close()
    assert "另外告诉同事" in dialog.done_words.text()


@needs_cipher
def test_report_with_a_password(sample: Path, tmp_path: Path, qtbot: QtBot) -> None:
    set_password(sample, None, Secret("密码一"))
    with open_file(sample, jobs.get_template, secret=Secret("密码一")) as file:
        for plain in (False, True):
            made = SendDialog(file, tmp_path, "", TODAY)
            qtbot.addWidget(made)
            assert made.same.isChecked()
            made.plain.setChecked(plain)
            made.go_on.click()
            assert made.made is not None and is_encrypted(made.made) is not plain


def test_through_the_window(opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(dialog: QDialog) -> int:
        assert isinstance(dialog, SendDialog)
        dialog.go_on.click()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(QDialog, "exec", send)
    opened.actions_["send"].trigger()
    assert "给同事的副本" in opened.messages.text()
    assert len(list(tmp_path.glob("*年度决算*.juesuan"))) == 1


def test_names(tmp_path: Path) -> None:
    report = Report(jobs.get_template("hubei-2023"), 2023, "某某市/政务服务和大数据管理局" * 5)
    name = proposed_name(report, "欧阳" * 40, TODAY)
    assert "/" not in name and len(name.encode()) < 200
    assert proposed_name(Report(report.template, 2023), "", TODAY) == "部门2023年度决算 20240305"
    assert free_name(tmp_path, "a") == "a.juesuan"
    (tmp_path / "a.juesuan").touch()
    assert free_name(tmp_path, "a") == "a（2）.juesuan"
