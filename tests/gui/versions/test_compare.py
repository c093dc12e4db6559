"""Two versions side by side: what differs, filtered, followed, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktopapp.core.commands import DeleteRow, SetField, SetHead
from desktopapp.core.performance.selfeval import FormKind
from desktopapp.core.template import Cell
from desktopapp.gui.selfeval import shelf
from desktopapp.gui.versions.compare_dialog import CompareVersionsDialog
from desktopapp.gui.versions.side_by_side import marked
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.narrative.input_rows import set_values
from tests.gui.window.conftest import document_of, put

ROW = Cell("03", "2010301", "basic")


def compared(window: MainWindow, qtbot: QtBot) -> CompareVersionsDialog:
    """Return the dialog with the differences from the newest backup."""
    window.actions_["versions"].trigger()
    qtbot.waitUntil(lambda: window.versions.differences is not None)
    dialog = window.versions.differences
    assert dialog is not None
    return dialog


def groups(dialog: CompareVersionsDialog) -> list[str]:
    items = [dialog.tree.topLevelItem(n) for n in range(dialog.tree.topLevelItemCount())]
    return [item.text(0) for item in items if item is not None]


def test_everything_that_differs_is_listed(opened: MainWindow, qtbot: QtBot) -> None:
    document = document_of(opened)
    table = next(t for t in document.text.book.inputs.values() if t.row_kind == "one" and t.columns[0].kind == "amount")
    put(opened, ROW, 1_110_000)
    document.apply(DeleteRow("03", "2080505"))
    document.apply(SetHead("别的局", 2023))
    document.apply(SetField("text.duties", "甲"))
    document.apply(set_values(document.text.facts, table, [("", table.columns[0].key, 1_230_000)]))
    document.apply(SetField("selfeval", shelf.added(document.report, [shelf.fresh(FormKind.PROJECT, "某局")])))
    document.apply(SetField("rounding", {"mode": "plain"}))
    dialog = compared(opened, qtbot)
    words = {line.what: (line.was, line.now) for line in dialog.shown()}
    assert words["部门"][1] == "别的局"
    assert words["公开03表 2010301 行政运行 2栏“基本支出”"][1] == "1.11 万元"
    assert words["公开03表 2080505 机关事业单位基本养老保险缴费支出 行"] == ("机关事业单位基本养老保险缴费支出", "无")
    assert words["“主要职责”"] == ("（模板文字）", "甲")
    assert [v for k, v in words.items() if k.startswith(f"《{table.title}》")] == [("空", "1.23")]
    assert any(k.startswith("自评表《") and v[0] == "无" for k, v in words.items())
    assert "公开金额舍入方案" in words
    assert [g.partition("（")[0] for g in groups(dialog)][:2] == ["报表属性", "公开03表"]
    assert "个金额相同" in dialog.summary.text()


def test_filters_and_texts(opened: MainWindow, qtbot: QtBot) -> None:
    put(opened, ROW, 1_110_000)
    document_of(opened).apply(SetField("text.duties", "（一）" + "很长的一段文字。" * 20))
    dialog = compared(opened, qtbot)
    dialog.groups.setCurrentIndex(dialog.groups.findData("文字部分"))
    [line] = dialog.shown()
    assert not dialog.texts.isHidden()
    assert "很长的一段文字" in dialog.texts.texts[1].toPlainText()
    dialog.groups.setCurrentIndex(0)
    dialog.filter.setText("行政运行")
    assert [x.target for x in dialog.shown()] == [ROW]
    assert line not in dialog.shown()
    assert len(dialog.listing().rows) == 1
    assert dialog.listing().rows[0][1] == "2010301 行政运行 2栏“基本支出”"


def test_it_leads_to_the_place_and_follows_edits(opened: MainWindow, qtbot: QtBot) -> None:
    put(opened, ROW, 1_110_000)
    dialog = compared(opened, qtbot)
    dialog.jump.click()
    form = opened.workspace.form_view()
    assert form is not None and form.form_id in ("01", "03")
    opened.actions_["undo"].trigger()
    qtbot.waitUntil(lambda: "完全相同" in dialog.summary.text())
    assert dialog.tree.topLevelItemCount() == 0 and not dialog.print.isEnabled()


def test_another_file_can_be_chosen_and_the_dialog_goes_with_its_report(
    opened: MainWindow, empty: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    dialog = compared(opened, qtbot)
    monkeypatch.setattr(dialogs, "choose_to_open", lambda *_args: empty)
    dialog.other.click()
    qtbot.waitUntil(lambda: "空表.juesuan" in dialog.summary.text())
    assert len(dialog.shown()) > 100
    dialog.version_wanted.emit(Path(dialog.versions.itemData(0)))
    qtbot.waitUntil(lambda: "完全相同" in dialog.summary.text())
    opened.files.close()
    qtbot.waitUntil(lambda: opened.versions.differences is None)


def test_what_differs_in_texts_is_marked() -> None:
    assert marked("甲乙丙", "甲丁丙", ("red", "blue")) == (
        "甲<span style='background-color:red'>乙</span>丙",
        "甲<span style='background-color:blue'>丁</span>丙",
    )
    assert marked("<a>\n", "<a>\n", ("red", "blue"))[0] == "&lt;a&gt;<br>"
    # Long texts are compared by lines, in no time.
    one, _ = marked("甲\n" * 9000 + "乙\n", "甲\n" * 9000 + "丙\n", ("red", "blue"))
    assert one.endswith("<span style='background-color:red'>乙<br></span>")
