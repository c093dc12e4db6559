"""Merging a colleague's copy through the window, place by place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.commands import InsertRow, SetField, typed
from desktopapp.core.merging import Side
from desktopapp.core.template import Cell
from desktopapp.gui.sharing.merge_dialog import MergeDialog, marked
from desktopapp.gui.sharing.merge_model import MINE, TAKEN, THEIRS, Shown
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.jobs.merging import Merging
from desktopapp.store.report_file import ReportFile, create, open_file
from tests.gui.test_accessibility import doubled, nameless, without_key
from tests.gui.window.conftest import document_of, no_dialogs, opened, sample, settings, window

__all__ = ["no_dialogs", "opened", "sample", "settings", "window"]
ONE, TWO, THREE = (Cell("03", "201", c) for c in ("basic", "project", "total"))
WAN = 1_000_000
TEXT = "第一段\n第二段\n第三段"
Dialogs = Callable[..., MergeDialog]


@pytest.fixture
def theirs(opened: MainWindow, tmp_path: Path) -> Path:
    """A colleague's copy of the open report, both worked on."""
    document, path = document_of(opened), tmp_path / "李四.juesuan"
    document.apply(SetField("text.duties", TEXT))
    document.file.save_copy(path)
    with open_file(path, jobs.get_template, user="李四", backup=False) as file:
        file.apply(typed(ONE, 7 * WAN))
        file.apply(typed(TWO, 8 * WAN))
        file.apply(InsertRow("03", "2139999", "其他农林水支出"))
        file.apply(SetField("text.duties", TEXT.replace("第一段", "对方的第一段")))
    document.apply(typed(ONE, 5 * WAN))
    document.apply(typed(THREE, 9 * WAN))
    document.apply(SetField("text.duties", TEXT.replace("第三段", "我方的第三段")))
    return path


def merging(mine: ReportFile, path: Path) -> Merging:
    with open_file(path, jobs.get_template, read_only=True) as other:
        return Merging(mine, other)


@pytest.fixture
def dialog(opened: MainWindow, theirs: Path, qtbot: QtBot) -> MergeDialog:
    """Return the dialog on both copies."""
    found = merging(document_of(opened).file, theirs)
    made = MergeDialog(found, jobs.check_report(found.mine)[1])
    qtbot.addWidget(made)
    made.show()
    return made


def rows(dialog: MergeDialog) -> list[tuple[str, str]]:
    """Return what is listed: place and what is taken."""
    model, found = dialog.model, []
    for group in range(model.rowCount()):
        top = model.index(group, 0)
        for row in range(model.rowCount(top)):
            found.append((model.index(row, 0, top).data(), model.index(row, TAKEN, top).data()))
    return found


def test_conflicts_wait_and_the_rest_is_decided(dialog: MergeDialog) -> None:
    assert (nameless(dialog), without_key(dialog), doubled(dialog)) == ([], [], [])
    assert rows(dialog) == [
        ("2139999 其他农林水支出（整行）", "对方"),
        ("201 一般公共服务支出 2栏“基本支出”", "◆ 请选择"),
        ("201 一般公共服务支出 3栏“项目支出”", "对方"),
        ("主要职责", "两边合并"),
    ]
    # The open conflict is shown first, with who did it on both sides.
    assert dialog.model.item_at(dialog.tree.currentIndex()) == dialog.model.open_items()[0]
    assert dialog.heads[Side.THEIRS].text().startswith("对方：李四")
    assert "7.00" in dialog.texts[Side.THEIRS].toPlainText() and "5.00" in dialog.texts[Side.MINE].toPlainText()
    assert not dialog.go_on.isEnabled() and "还有 1 处冲突" in dialog.summary.text()


def test_a_click_on_a_side_takes_it(dialog: MergeDialog) -> None:
    here = dialog.tree.currentIndex()
    for column, word in ((MINE, "我方"), (THEIRS, "对方")):
        cell = here.siblingAtColumn(column)
        QTest.mouseClick(
            dialog.tree.viewport(),
            Qt.MouseButton.LeftButton,
            pos=dialog.tree.visualRect(cell).center(),
        )
        assert here.siblingAtColumn(TAKEN).data() == word
    assert dialog.go_on.isEnabled() and "没有决定" not in dialog.summary.text()
    # A click on the group takes a side for all of it; of a text both sides can be had.
    group = here.parent().siblingAtColumn(MINE)
    QTest.mouseClick(dialog.tree.viewport(), Qt.MouseButton.LeftButton, pos=dialog.tree.visualRect(group).center())
    assert [taken for _, taken in rows(dialog)] == ["我方", "我方", "我方", "两边合并"]


def test_keys_and_buttons(dialog: MergeDialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert dict(rows(dialog))["201 一般公共服务支出 2栏“基本支出”"] == "对方"
    dialog.mine.click()
    assert dict(rows(dialog))["201 一般公共服务支出 2栏“基本支出”"] == "我方"
    text = next(i for i in dialog.model.items if i.combined is not None)
    dialog.tree.setCurrentIndex(dialog.model.index_of(text))
    assert dialog.both.isEnabled()
    dialog.theirs.click()
    assert dict(rows(dialog))["主要职责"] == "对方"
    dialog.both.click()
    assert dict(rows(dialog))["主要职责"] == "两边合并"


def test_filter_next_and_the_rest(dialog: MergeDialog) -> None:
    dialog.shown.setCurrentIndex(dialog.shown.findData(Shown.OPEN))
    assert [place for place, _ in rows(dialog)] == ["201 一般公共服务支出 2栏“基本支出”"]
    dialog.shown.setCurrentIndex(dialog.shown.findData(Shown.ALL))
    first = dialog.model.index_of(dialog.model.items[0])
    dialog.tree.setCurrentIndex(first)
    dialog.next.click()
    assert dialog.model.item_at(dialog.tree.currentIndex()) == dialog.model.open_items()[0]
    dialog.rest_theirs.click()
    assert dialog.go_on.isEnabled() and not dialog.next.isEnabled()


def test_findings_after_the_merge_are_shown(dialog: MergeDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "错误" in dialog.tabs.tabText(1), timeout=20_000)
    assert "（新）" in dialog.findings.topLevelItem(0).text(0)
    first = dialog._task
    dialog.rest_theirs.click()
    qtbot.waitUntil(
        lambda: dialog._task is not first and dialog._task is not None and dialog._task.done, timeout=20_000
    )
    assert "错误" in dialog.tabs.tabText(1)


def test_one_step_through_the_window(
    opened: MainWindow, theirs: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def decide(dialog: QDialog) -> int:
        assert isinstance(dialog, MergeDialog)
        dialog.rest_theirs.click()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(QDialog, "exec", decide)
    monkeypatch.setattr(dialogs, "choose_to_open", lambda *_args: theirs)
    document = document_of(opened)
    opened.actions_["merge"].trigger()
    qtbot.waitUntil(lambda: "已合并李四的修改" in opened.messages.text(), timeout=20_000)
    report = document.report
    assert (report.get(ONE), report.get(TWO), report.get(THREE)) == (7 * WAN, 8 * WAN, 9 * WAN)
    assert report.fields["text.duties"] == "对方的第一段\n第二段\n我方的第三段"
    assert "2139999" in report.rows_of("03")
    opened.sharing.merge_path(theirs)
    qtbot.waitUntil(lambda: "没有需要合并的修改" in opened.messages.text(), timeout=20_000)
    opened.actions_["undo"].trigger()
    assert document.report.get(ONE) == 5 * WAN and "2139999" not in document.report.rows_of("03")


def test_what_cannot_be_merged(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()) or 0)
    opened.sharing.merge_path(document_of(opened).file.path)
    assert "正在编辑的文件" in said.pop()
    other = tmp_path / "上海.juesuan"
    create(other, jobs.start_report("shanghai-2024", 2024, "某局"))
    opened.sharing.merge_path(other)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert "不能合并" in said.pop()
    opened.sharing.merge_path(tmp_path / "没有.juesuan")
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert "找不到" in said[0]


def test_giving_up_changes_nothing(
    opened: MainWindow, theirs: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(QDialog, "exec", lambda _dialog: QDialog.DialogCode.Rejected)
    before = document_of(opened).file.history_length()
    opened.sharing.merge_path(theirs)
    qtbot.waitUntil(lambda: "没有合并任何内容" in opened.messages.text(), timeout=20_000)
    assert document_of(opened).file.history_length() == before


def test_without_a_common_past(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    other, document = tmp_path / "另一份.juesuan", document_of(opened)
    create(other, document.report.copy())
    document.apply(typed(ONE, 5 * WAN))
    made = MergeDialog(merging(document.file, other), [])
    qtbot.addWidget(made)
    assert made.tree.isColumnHidden(1) and [taken for _, taken in rows(made)] == ["◆ 请选择"]


def test_differences_of_texts_are_marked() -> None:
    assert marked("a<b", "a<c", "#fff") == 'a&lt;<span style="background:#fff">b</span>'
    assert marked("x" * 30_000, "y", "#fff") == "x" * 30_000
