"""The history in its dialog: words, filters, where to look, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.commands import SetField, typed
from desktopapp.core.template import Cell
from desktopapp.gui.versions.history import HistoryDialog
from desktopapp.gui.versions.listing import MOST_PRINTED, Listing, as_html, export_listing
from desktopapp.gui.window import dialogs
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.store.report_file import open_file
from tests.gui.window.conftest import document_of, put, settle

ROW = Cell("03", "2010301", "basic")


@pytest.fixture
def dialog(opened: MainWindow, qtbot: QtBot) -> HistoryDialog:
    """Return the history of a report in which an amount was typed and taken back, and a text written."""
    document = document_of(opened)
    put(opened, ROW, 1_230_000)
    settle(qtbot)
    opened.actions_["undo"].trigger()
    document.apply(SetField("text.duties", "（一）\n（二）"), "修改文字“主要职责”")
    made = HistoryDialog(document, "01", opened)
    qtbot.addWidget(made)
    return made


def texts(dialog: HistoryDialog) -> list[list[str]]:
    items = [dialog.tree.topLevelItem(i) for i in range(dialog.tree.topLevelItemCount())]
    return [[item.text(c) for c in range(5)] for item in items if item is not None]


def test_it_says_what_from_and_to(dialog: HistoryDialog) -> None:
    found = texts(dialog)
    assert found[0][2:] == ["修改文字“主要职责”", "（模板文字）", "（一） （二）"]
    assert found[1][2].startswith("撤销：修改 公开03表")
    assert found[2][2].endswith("（已撤销）")
    assert found[2][4] == "1.23 万元"
    assert found[-1][2] == "新建报告"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", found[0][0])


def test_filters_by_form_contents_text_and_time(dialog: HistoryDialog, qtbot: QtBot) -> None:
    for data, count in (("01", 0), ("03", 2), ("\0contents", 1), ("last.", 0), ("", 4)):
        dialog.forms.setCurrentIndex(dialog.forms.findData(data))
        assert dialog.tree.topLevelItemCount() == count, data
    assert dialog.forms.itemText(1).startswith("当前表：")
    for text, count in (("没有这样的操作", 0), ("2010301", 2), ("主要职责", 1)):
        dialog.text.setText(text)
        qtbot.waitUntil(lambda count=count: dialog.tree.topLevelItemCount() == count)  # type: ignore[misc]
    dialog.text.clear()
    dialog.spans.setCurrentIndex(1)
    assert dialog.tree.topLevelItemCount() == 4
    dialog.spans.setCurrentIndex(dialog.spans.count() - 1)
    assert not dialog.since.isHidden()
    dialog.since.setDate(dialog.since.date().addYears(-1))
    dialog.until.setDate(dialog.until.date().addDays(-7))
    qtbot.waitUntil(lambda: dialog.tree.topLevelItemCount() == 0)
    assert "没有符合条件" in dialog._count.text() and not dialog.print.isEnabled()


def test_filters_by_person(opened: MainWindow, sample: Path, qtbot: QtBot) -> None:
    opened.files.close()
    with open_file(sample, jobs.get_template, user="李会计") as file:
        file.apply(typed(ROW, 1_230_000))
    opened.files.open_path(sample)
    put(opened, ROW, 1_240_000)
    dialog = HistoryDialog(document_of(opened), "", opened)
    qtbot.addWidget(dialog)
    dialog.people.setCurrentIndex(dialog.people.findData("李会计"))
    [[_, user, _, _, now]] = texts(dialog)
    assert (user, now) == ("李会计", "1.23 万元")
    assert dialog.listing().note == "筛选：李会计。"


def test_it_leads_to_the_place(dialog: HistoryDialog, opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    item = dialog.tree.topLevelItem(2)
    assert item is not None
    dialog.tree.setCurrentItem(item)
    assert dialog.jump.isEnabled()
    dialog.jump.click()
    assert dialog.target == ROW

    def choose(shown: HistoryDialog) -> int:
        entry = shown.tree.topLevelItem(0)
        assert entry is not None
        shown.tree.setCurrentItem(entry)
        shown.jump.click()
        return 1

    monkeypatch.setattr(HistoryDialog, "exec", choose)
    opened.actions_["history"].trigger()
    page = opened.workspace.page()
    assert page is not None and page.key == "text.duties"


def test_it_is_written_as_workbook_and_csv(
    dialog: HistoryDialog, opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = dialog.listing()
    assert len(listing.rows) == 4
    for name in ("历史.xlsx", "历史.csv"):
        monkeypatch.setattr(dialogs, "choose_to_save", lambda *_args, name=name: tmp_path / name)
        assert export_listing(listing, "历史", opened.settings, opened) == tmp_path / name
    sheet = load_workbook(tmp_path / "历史.xlsx").active
    assert sheet is not None
    rows = [[c or "" for c in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == listing.title and rows[1] == list(listing.heads)
    assert rows[2:] == [list(r) for r in listing.rows]
    text = (tmp_path / "历史.csv").read_text("utf-8-sig")
    assert listing.title in text and "撤销：修改 公开03表" in text


def test_a_page_for_printing_escapes_and_stops_in_time() -> None:
    rows = [(f"<b>{n}</b>", "a\nb") for n in range(MOST_PRINTED + 5)]
    page = as_html(Listing("标题", "说明", ("甲", "乙"), rows, (1,)))
    assert "&lt;b&gt;0&lt;/b&gt;" in page and "a<br>b" in page
    assert "只印出前 2000 条，共 2005 条" in page
    assert "<b>2001" not in page
