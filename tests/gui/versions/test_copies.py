"""Copies and backups through the window: what is kept, what is offered, and what becomes of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktopapp.core.template import Cell
from desktopapp.gui.text.section_page import SectionPage
from desktopapp.gui.versions.backups_dialog import Choice, RestoreDialog, Use
from desktopapp.gui.versions.reading import BackupLine, backup_lines
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.store.backup import list_backups
from tests.gui.window.conftest import document_of, put, settle

ROW = Cell("03", "2010301", "basic")


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the sentences that would have been shown in a dialog."""
    said: list[str] = []

    def note(box: QMessageBox) -> int:
        said.append(box.text())
        return 0

    monkeypatch.setattr(QMessageBox, "exec", note)
    return said


def answer_save(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    monkeypatch.setattr(dialogs, "choose_to_save", lambda *_args: path)


class Answers:
    """What is chosen in the dialog of backups, and what it showed."""

    def __init__(self) -> None:
        self.use = Use.RESTORE
        self.shown: list[list[BackupLine]] = []
        self.offered: list[list[Use]] = []


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Choose the newest good backup when asked, for what ``use`` says."""
    found = Answers()

    def ask(
        path: Path, lines: list[BackupLine], reason: str, parent: MainWindow, *, is_open: bool, damaged: bool
    ) -> Choice | None:
        dialog = RestoreDialog(path, lines, reason, parent, is_open=is_open, damaged=damaged)
        found.shown.append(lines)
        found.offered.append(list(dialog.buttons))
        dialog.buttons[found.use].click()
        dialog.deleteLater()
        return dialog.choice()

    monkeypatch.setattr(RestoreDialog, "ask", ask)
    return found


# ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_copy_is_written_and_can_be_opened(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "副本.juesuan"
    put(opened, ROW, 7_890_000)
    answer_save(monkeypatch, target)
    opened.actions_["save_copy"].trigger()
    assert target.exists()
    opened.messages.button.click()
    assert document_of(opened).file.path == target.resolve()
    assert document_of(opened).report.get(ROW) == 7_890_000


def test_a_copy_onto_itself_is_refused(
    opened: MainWindow, sample: Path, monkeypatch: pytest.MonkeyPatch, complaints: list[str]
) -> None:
    answer_save(monkeypatch, sample)
    opened.actions_["save_copy"].trigger()
    assert "另取一个文件名" in complaints[0]


def test_a_text_that_cannot_be_saved_goes_into_the_copy(
    opened: MainWindow, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    page = opened.workspace.show_page("text.duties")
    assert isinstance(page, SectionPage)
    qtbot.keyClicks(page.editor, "abc")
    sample.rename(sample.with_name("elsewhere"))
    # The page keeps the text, and whatever else is tried says why it has to wait.
    assert opened.workspace.show_page("01") is None
    assert "另存副本" in opened.messages.text() and opened.messages.button.text() == "另存副本…"
    opened.actions_["properties"].trigger()
    assert "被移走" in opened.messages.text()
    answer_save(monkeypatch, tmp_path / "副本.juesuan")
    opened.messages.button.click()
    assert "打开副本时会补上" in opened.messages.text()
    opened.messages.button.click()
    settle(qtbot)
    document = document_of(opened)
    assert document.file.path == (tmp_path / "副本.juesuan").resolve()
    assert "abc" in document.report.fields["text.duties"]
    assert document.file.can_undo


def test_an_amount_that_cannot_be_saved_is_named_when_a_copy_is_made(
    opened: MainWindow, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened.workspace.go_to(ROW)
    form = opened.workspace.form_view()
    assert form is not None
    form.edit_current("77")
    sample.rename(sample.with_name("elsewhere"))
    answer_save(monkeypatch, tmp_path / "副本.juesuan")
    opened.actions_["save_copy"].trigger()
    assert "重新录入" in opened.messages.text() and form.editing.active
    opened.messages.button.click()
    settle(qtbot)
    assert document_of(opened).file.path == (tmp_path / "副本.juesuan").resolve()


# ── backups ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_backup_is_made_when_asked_for(opened: MainWindow, sample: Path) -> None:
    opened.actions_["back_up"].trigger()
    assert "不需要再备份" in opened.messages.text()
    put(opened, ROW, 1_110_000)
    opened.actions_["back_up"].trigger()
    assert "已备份到" in opened.messages.text()
    assert list_backups(sample)[0].reason == "手动"


def test_a_backup_takes_the_place_of_the_report(
    opened: MainWindow, sample: Path, answers: Answers, qtbot: QtBot
) -> None:
    was = document_of(opened).report.get(ROW)
    put(opened, ROW, 1_110_000)
    opened.actions_["restore"].trigger()
    qtbot.waitUntil(lambda: "已恢复" in opened.messages.text())
    assert document_of(opened).report.get(ROW) == was
    assert any(b.reason == "恢复前" for b in list_backups(sample))
    [[line]] = answers.shown
    # The amount itself, and the total that follows it in another form or two.
    assert line.differing and line.summary is not None and line.summary.year == 2023
    assert answers.offered == [[Use.RESTORE, Use.COPY, Use.COMPARE]]


def test_a_backup_can_be_had_as_a_report_of_its_own(
    opened: MainWindow, sample: Path, tmp_path: Path, answers: Answers, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    was = document_of(opened).report.get(ROW)
    put(opened, ROW, 1_110_000)
    before = sample.read_bytes()
    answers.use = Use.COPY
    answer_save(monkeypatch, tmp_path / "旧版.juesuan")
    opened.actions_["restore"].trigger()
    qtbot.waitUntil(lambda: "原来的报表没有改动" in opened.messages.text())
    document = document_of(opened)
    assert (document.file.path.name, document.report.get(ROW), document.read_only) == ("旧版.juesuan", was, False)
    assert len(sample.read_bytes()) >= len(before)
    opened.files.open_path(sample)
    assert document_of(opened).report.get(ROW) == 1_110_000


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)


def test_a_damaged_file_offers_its_backups(opened: MainWindow, sample: Path, answers: Answers, qtbot: QtBot) -> None:
    was = document_of(opened).report.get(ROW)
    opened.files.close()
    spoil(sample)
    opened.files.open_path(sample)
    settle(qtbot)
    assert document_of(opened).report.get(ROW) == was
    assert answers.offered == [[Use.RESTORE, Use.COPY, Use.LOOK]]


def test_what_is_left_of_a_damaged_file_can_be_looked_at(
    opened: MainWindow, sample: Path, answers: Answers, complaints: list[str]
) -> None:
    put(opened, ROW, 1_110_000)
    opened.files.close()
    answers.use = Use.LOOK
    sample.write_bytes(sample.read_bytes()[:5000])
    assert not opened.files.open_path(sample)
    assert "损坏" in complaints[0]
    # Where only an amount is wrong, it opens for looking.
    sample.write_bytes(list_backups(sample)[0].path.read_bytes())
    with closing(sqlite3.connect(sample)) as db, db:
        db.execute("UPDATE amounts SET fen = fen + 10000 WHERE form = '03' AND row = '2010301' AND col = 'basic'")
    data = sample.read_bytes()
    assert opened.files.open_path(sample)
    assert document_of(opened).read_only and "逐项核对" in opened.messages.text()
    assert sample.read_bytes() == data


def test_a_missing_or_overwritten_file_offers_its_backups(
    opened: MainWindow, sample: Path, answers: Answers, qtbot: QtBot
) -> None:
    was = document_of(opened).report.get(ROW)
    for ruin in (sample.unlink, lambda: sample.write_bytes(b"PK")):
        opened.files.close()
        ruin()
        opened.files.open_path(sample, quietly=True)
        assert opened.document is None and opened.messages.button.text() == "恢复备份…"
        opened.messages.button.click()
        settle(qtbot)
        assert document_of(opened).report.get(ROW) == was
    assert answers.offered == [[Use.RESTORE, Use.COPY]] * 2


def test_the_dialog_lists_what_each_backup_holds(opened: MainWindow, sample: Path, qtbot: QtBot) -> None:
    put(opened, ROW, 1_110_000)
    opened.actions_["back_up"].trigger()
    newest, oldest = list_backups(sample)
    newest.path.write_bytes(newest.path.read_bytes()[:9000])
    lines = backup_lines(list_backups(sample), document_of(opened).report, None)
    dialog = RestoreDialog(sample, lines, "")
    qtbot.addWidget(dialog)
    items = [dialog.list.topLevelItem(n) for n in range(2)]
    assert all(item is not None for item in items)
    assert "已损坏" in items[0].text(3) and "新建报告" in items[1].text(3)  # type: ignore[union-attr]
    # The newest one that can be used is chosen, a damaged one cannot be.
    assert dialog.choice() == Choice(oldest)
    dialog.list.setCurrentItem(items[0])
    assert dialog.choice() is None and not dialog.buttons[Use.RESTORE].isEnabled()


def test_without_backups_that_is_said(opened: MainWindow, sample: Path, complaints: list[str]) -> None:
    for backup in list_backups(sample):
        backup.path.unlink()
    opened.actions_["restore"].trigger()
    assert "还没有备份" in complaints[0]
