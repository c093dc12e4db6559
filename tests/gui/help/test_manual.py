"""The manual: whole, in order, with its pictures; found by F1 where one is, by search, and as PDF."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImageReader, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktopapp.gui.help.browser import PICTURE_RATIO
from desktopapp.gui.help.dialog import HelpDialog
from desktopapp.gui.help.key import give_key
from desktopapp.gui.help.pages import KEYS, matching, topic_of_module, topic_of_page, topics
from desktopapp.gui.help.pdf import manual_data, manual_pdf
from desktopapp.gui.window.actions import SPECS
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.settings_dialog import SettingsDialog
from desktopapp.resources import resource_root
from tests.conftest import ROOT

PICTURES = resource_root() / "help" / "pictures"
_LARGEST = 3_000_000


@pytest.fixture
def manual(qtbot: QtBot) -> HelpDialog:
    dialog = HelpDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_page_has_a_title_and_stands_once_in_order() -> None:
    found = topics()
    assert found[0].key == "01-begin"
    assert len({t.key for t in found}) == len({t.title for t in found}) == len(found) >= 13
    assert {t.key for t in found} == {p.stem for p in (resource_root() / "help").glob("*.md")}
    for topic in found:
        assert topic.text.startswith("# ") and topic.text.count("\n# ") == 0
        assert re.search("[一-鿿]", topic.title)


def test_every_picture_is_used_and_every_one_used_is_there_sharp_and_small() -> None:
    used = {name for t in topics() for name in re.findall(r"\]\(pictures/([\w.]+)\)", t.text)}
    there = {p.name for p in PICTURES.glob("*")}
    assert used <= there
    assert sum(p.stat().st_size for p in PICTURES.glob("*")) < _LARGEST
    for name in used:
        assert QImageReader(str(PICTURES / name)).size().width() >= 200 * PICTURE_RATIO


def test_the_pictures_are_made_by_the_script() -> None:
    text = (ROOT / "tests" / "benchmarks" / "manual_pictures.py").read_text("utf-8")
    shots = set(re.findall(r"@shot\ndef (\w+)\(", text))
    assert {p.stem for p in PICTURES.glob("*.png")} <= shots


def test_every_menu_that_the_manual_names_exists() -> None:
    labels = {s.text.partition("(&")[0] for s in SPECS}
    named = {m for t in topics() for m in re.findall(r"“(?:文件|报表|编辑|查看|校验|报告|帮助) → ([^”→]+)”", t.text)}
    assert named - labels - {"面板", "导出字体"} == set()
    assert len(named) > 12


def test_links_between_pages_lead_somewhere() -> None:
    titles = {t.title for t in topics()}
    for topic in topics():
        assert set(re.findall(r"见《([^》]+)》", topic.text)) <= titles


# ── where one is ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_place_has_a_page() -> None:
    known = {t.key for t in topics()} | {"07-selfeval"}
    for key in ("01", "text.income", "source.text", "selfeval/0", "input.cars"):
        assert topic_of_page(key) in known
    dialogs = [
        f"desktopapp.{'.'.join(p.relative_to(ROOT / 'desktopapp').with_suffix('').parts)}"
        for p in (ROOT / "desktopapp" / "gui").rglob("*.py")
        if "(QDialog)" in p.read_text("utf-8") and p.parent.name != "help"
    ]
    assert len(dialogs) > 12
    assert {topic_of_module(m) for m in dialogs} <= known | {""}


def test_f1_shows_the_page_on_where_the_keyboard_is(opened: MainWindow, qtbot: QtBot) -> None:
    def shown() -> str:
        opened.actions_["help"].trigger()
        help_ = opened.views._help
        assert help_ is not None and help_.isVisible()
        return help_.current().key

    opened.workspace.show_page("03")
    opened.workspace.focus_page()
    assert shown() == "02-typing"
    opened.activateWindow()
    opened.findings.view.setFocus()
    assert shown() == "03-checking"
    opened.activateWindow()
    opened.workspace.show_page("text.income")
    opened.workspace.focus_page()
    assert shown() == "text"
    opened.activateWindow()
    opened.actions_["progress"].trigger()
    assert shown() == "progress"
    opened.files.close()
    opened.activateWindow()
    assert shown() == "01-begin"
    opened.actions_["keys"].trigger()
    assert opened.views._help is not None and "Ctrl+Z" in opened.views._help.page.toPlainText()


def test_a_dialog_answers_to_f1_with_its_own_page(window: MainWindow, qtbot: QtBot) -> None:
    dialog = SettingsDialog(window.settings, window)
    qtbot.addWidget(dialog)
    give_key(dialog)
    give_key(dialog)
    keys = [k for k in dialog.findChildren(QShortcut) if k.key() == QKeySequence("F1")]
    assert len(keys) == 1
    keys[0].activated.emit()
    shown = dialog.findChild(HelpDialog)
    assert isinstance(shown, HelpDialog) and shown.current().key == "settings"
    shown.close()
    qtbot.waitUntil(lambda: dialog._fonts_task is not None and dialog._fonts_task.done, timeout=20_000)


# ── the window ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_page_is_shown_with_its_pictures_no_wider_than_the_page(manual: HelpDialog) -> None:
    assert manual.list.count() == len(topics()) + 1
    for row in range(manual.list.count()):
        manual.list.setCurrentRow(row)
        assert len(manual.page.toPlainText()) > 50
        assert manual.page.horizontalScrollBar().maximum() == 0, manual.current().key
    picture = manual.page.loadResource(2, "pictures/window.png")
    assert not picture.isNull() and picture.width() <= manual.page.viewport().width()
    assert manual.page.loadResource(2, "../../codes/codes.toml").isNull()
    assert manual.page.loadResource(3, "pictures/window.png") is None


def test_words_are_found_marked_and_gone_through(manual: HelpDialog, qtbot: QtBot) -> None:
    manual.field.setText("金额")
    assert 1 < manual.list.count() <= len(topics())
    assert manual.page.extraSelections() and manual.page.textCursor().selectedText() == "金额"
    first = manual.page.textCursor().position()
    qtbot.keyClick(manual.field, Qt.Key.Key_Return)
    assert manual.page.textCursor().position() != first
    manual.field.setText("没有这样的词")
    assert manual.list.count() == 0 and "没有找到" in manual.said.text()
    manual.field.clear()
    assert manual.list.count() == len(topics()) + 1 and manual.said.text() == ""
    assert matching(topics(), "设置 字号")[0].title == "设置"


def test_the_pictures_follow_the_width_of_the_window(manual: HelpDialog, qtbot: QtBot) -> None:
    manual.show_topic("01-begin")
    wide = manual.page.loadResource(2, "pictures/window.png").width()
    manual.resize(600, 500)
    qtbot.waitUntil(lambda: manual.page._wide == manual.page.viewport().width())
    assert manual.page.loadResource(2, "pictures/window.png").width() < wide
    assert manual.page.horizontalScrollBar().maximum() == 0


# ── PDF ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_manual_is_a_pdf_with_every_page_and_picture(qapp: QApplication) -> None:
    import pypdfium2

    data = manual_data()
    pictures = [b["path"] for c in data["chapters"] for b in c["blocks"] if b["k"] == "picture"]
    assert len(pictures) > 15
    with pypdfium2.PdfDocument(manual_pdf(data)) as pdf:
        titles = [item.get_title() for item in pdf.get_toc() if item.level == 0]
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert titles[-len(data["chapters"]) :] == [t.title for t in topics()] + [KEYS]
    words = re.sub(r"\s", "", text)
    assert "Ctrl+Z" in text and "核对清单" in words
    for topic in topics():
        assert topic.title in words


def test_the_pdf_is_written_where_the_user_wants_it(
    manual: HelpDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "手册.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(manual.written, timeout=30_000):
        manual.pdf.click()
    assert target.read_bytes().startswith(b"%PDF") and "手册已写入" in manual.said.text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "x.pdf"), ""))
    manual.pdf.click()
    qtbot.waitUntil(manual.pdf.isEnabled, timeout=30_000)
    assert manual.said.text().endswith("。") and "手册已写入" not in manual.said.text()
