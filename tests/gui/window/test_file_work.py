"""Files through the window: new, open, import, export, copies, backups, and everything that can be refused."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.amount import EXACT_GRAIN, Unit
from desktopapp.core.template import Cell
from desktopapp.gui.window import dialogs, file_work
from desktopapp.gui.window.dialogs import safe_name
from desktopapp.gui.window.export_dialog import ExportChoice, ExportDialog
from desktopapp.gui.window.main_window import MainWindow
from desktopapp.gui.window.message_bar import Tone
from desktopapp.gui.window.new_report import NewReport, NewReportDialog
from desktopapp.gui.window.settings import Settings
from desktopapp.store.backup import folder_of
from tests.gui.window.conftest import document_of, errors, put

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


def answer_open(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    monkeypatch.setattr(dialogs, "choose_to_open", lambda *_args: path)


# ── new ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_new_report_is_made_and_opened(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "新.juesuan"
    monkeypatch.setattr(
        NewReportDialog, "ask", lambda *_args: NewReport("hubei-2023", 2025, "某某市审计局", False, path)
    )
    window.actions_["new"].trigger()
    report = document_of(window).report
    assert (report.year, report.department) == (2025, "某某市审计局")
    assert path.exists()
    put(window, Cell("01", "general", "amount"), 1_000_000)
    assert report.get(Cell("01", "grand_income", "amount")) == 1_000_000
    assert "某某市审计局 2025 年度" in window.windowTitle()


def test_a_report_kept_in_yuan_is_shown_in_yuan(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = NewReport("hubei-2024", 2024, "", True, tmp_path / "元.juesuan")
    monkeypatch.setattr(NewReportDialog, "ask", lambda *_args: wanted)
    window.actions_["new"].trigger()
    document = document_of(window)
    assert all(document.report.grain(f.id) == EXACT_GRAIN for f in document.report.template.forms)
    assert document.unit is Unit.YUAN
    assert "（未填部门）" in window.windowTitle()


def test_the_dialog_of_a_new_report_waits_for_a_good_place(qtbot: QtBot, tmp_path: Path) -> None:
    templates = [jobs.get_template(t) for t in jobs.template_ids()]
    dialog = NewReportDialog(templates, tmp_path)
    qtbot.addWidget(dialog)
    dialog.department.setText("某某局/一处")
    assert Path(dialog.path.text()).parent == tmp_path
    assert "/一处" not in Path(dialog.path.text()).name
    assert dialog.go_on.isEnabled()
    assert dialog.result_of().department == "某某局/一处"
    for text, reason in (
        ("", "请写明"),
        ("相对.juesuan", "完整的路径"),
        (str(tmp_path / "没有" / "a.juesuan"), "不存在"),
        (str(tmp_path / "b"), ""),
    ):
        dialog.path.setText(text)
        dialog.path.textEdited.emit(text)
        assert reason in dialog.problem() if reason else dialog.problem() == ""
        assert dialog.go_on.isEnabled() == (not reason)
    assert dialog.result_of().path == tmp_path / "b.juesuan"
    (tmp_path / "c.juesuan").touch()
    dialog.path.setText(str(tmp_path / "c.juesuan"))
    assert "已经存在" in dialog.problem()


def test_the_suggested_name_avoids_files_that_are_there(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = NewReportDialog([jobs.get_template("hubei-2023")], tmp_path)
    qtbot.addWidget(dialog)
    dialog.department.setText("甲局")
    first = Path(dialog.path.text())
    first.touch()
    dialog.year.setValue(dialog.year.value() - 1)
    dialog.year.setValue(dialog.year.value() + 1)
    assert Path(dialog.path.text()) != first
    assert dialog.problem() == ""


def test_names_of_files_keep_nothing_that_a_system_refuses() -> None:
    assert safe_name('a<b>:"/\\|?*\n.') == "a_b________" or "/" not in safe_name('a<b>:"/\\|?*\n.')
    assert safe_name(" .. ") == "报表"


# ── open ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("content", "words"), [(None, "找不到"), (b"", "空文件"), (b"hello world" * 50, "不是本程序的报告文件")]
)
def test_what_cannot_be_opened_is_said_and_the_open_report_stays(
    opened: MainWindow, tmp_path: Path, complaints: list[str], content: bytes | None, words: str
) -> None:
    path = tmp_path / "坏.juesuan"
    if content is not None:
        path.write_bytes(content)
    before = opened.document
    assert not opened.files.open_path(path)
    assert len(complaints) == 1 and words in complaints[0]
    assert opened.document is before
    assert content is None or path.read_bytes() == content


def test_at_the_start_refusals_stand_in_the_bar(window: MainWindow, tmp_path: Path, complaints: list[str]) -> None:
    assert not window.files.open_path(tmp_path / "没有.juesuan", quietly=True)
    assert complaints == []
    assert window.messages.tone is Tone.ERROR and "找不到" in window.messages.text()


def test_the_same_file_again_is_only_mentioned(opened: MainWindow, sample: Path) -> None:
    before = opened.document
    assert opened.files.open_path(sample)
    assert opened.document is before
    assert "已经在这个窗口中打开" in opened.messages.text()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="file permissions do not bind this user")
def test_a_read_only_file_is_opened_for_viewing(window: MainWindow, sample: Path) -> None:
    sample.chmod(0o444)
    assert window.files.open_path(sample)
    assert document_of(window).read_only


def test_recent_reports_stand_in_menu_and_welcome_page(opened: MainWindow, sample: Path, complaints: list[str]) -> None:
    opened.files.close()
    assert opened.welcome.recent.count() == 1
    menu = opened.actions_.submenus["recent"]
    assert "示例.juesuan" in menu.actions()[0].text()
    sample.unlink()
    shutil.rmtree(folder_of(sample))
    opened.welcome.recent.open_wanted.emit(opened.welcome.recent.entry(0).path)
    assert "找不到" in complaints[0]
    assert opened.welcome.recent.count() == 0


def test_a_dropped_file_is_opened(window: MainWindow, sample: Path, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(sample))])
    event = QDropEvent(
        QPoint(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    assert event.isAccepted()
    qtbot.waitUntil(lambda: window.document is not None)
    assert document_of(window).file.path == sample.resolve()


def test_the_sample_is_a_copy_of_the_users_own(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_a, **_k: tmp_path / "data")
    window.actions_["sample"].trigger()
    path = document_of(window).file.path
    assert path.is_relative_to((tmp_path / "data").resolve())
    put(window, ROW, 4_560_000)
    window.files.close()
    window.actions_["sample"].trigger()
    assert document_of(window).report.get(ROW) == 4_560_000


# ── import and export ───────────────────────────────────────────────────────────────────────────────────────────────
def test_json_is_imported_into_a_new_report(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    answer_open(monkeypatch, jobs.sample_path())
    answer_save(monkeypatch, tmp_path / "导入.juesuan")
    window.actions_["import"].trigger()
    qtbot.waitUntil(lambda: window.document is not None)
    assert document_of(window).file.path == (tmp_path / "导入.juesuan").resolve()
    assert "已从“sample.json”导入" in window.messages.text()


def test_last_years_file_becomes_this_years_report(
    window: MainWindow, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    answer_open(monkeypatch, sample)
    path = tmp_path / "新年度.juesuan"

    def accept(dialog: NewReportDialog) -> int:
        assert (dialog.year.value(), dialog.template.currentData()) == (2024, "hubei-2024")
        assert "2023 年度" in dialog._source.text()
        dialog.path.setText(str(path))
        dialog.path.textEdited.emit(str(path))
        return int(NewReportDialog.DialogCode.Accepted)

    monkeypatch.setattr(NewReportDialog, "exec", accept)
    window.actions_["from_last"].trigger()
    qtbot.waitUntil(lambda: window.document is not None)
    document = document_of(window)
    assert (document.report.year, document.file.path) == (2024, path.resolve())
    assert document.report.department.startswith("武汉市")
    assert window.navigation.pages.index_of("last.01").isValid()
    assert "已由“示例.juesuan”建立" in window.messages.text()


def test_a_large_report_is_opened_in_the_background(
    window: MainWindow, sample: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(file_work, "_LARGE_FILE", 10)
    assert window.files.open_path(sample)
    assert window.document is None
    qtbot.waitUntil(lambda: window.document is not None)
    assert errors(window) == 4


def test_a_file_that_cannot_be_imported_is_named(
    opened: MainWindow, tmp_path: Path, complaints: list[str], qtbot: QtBot
) -> None:
    path = tmp_path / "坏.json"
    path.write_text("{", "utf-8")
    before = opened.document
    opened.imports.import_path(path)
    qtbot.waitUntil(lambda: bool(complaints))
    assert "坏.json" in complaints[0]
    assert opened.document is before


def test_the_workbook_is_written_as_chosen(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    target = tmp_path / "表.xlsx"
    monkeypatch.setattr(ExportDialog, "ask", lambda *_args: ExportChoice(Unit.WAN, True))
    answer_save(monkeypatch, target)
    opened.actions_["export_xlsx"].trigger()
    qtbot.waitUntil(lambda: "已导出" in opened.messages.text(), timeout=20_000)
    assert target.read_bytes()[:2] == b"PK"


def test_json_is_written(opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    target = tmp_path / "表.json"
    answer_save(monkeypatch, target)
    opened.actions_["export_json"].trigger()
    qtbot.waitUntil(lambda: "已导出" in opened.messages.text())
    assert json.loads(target.read_text("utf-8"))["template"] == "hubei-2023"


@pytest.mark.parametrize(("name", "begin"), [("export_docx", b"PK"), ("export_pdf", b"%PDF")])
def test_the_whole_report_is_written_as_a_document(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, name: str, begin: bytes
) -> None:
    target = tmp_path / f"报告.{name.removeprefix('export_')}"
    answer_save(monkeypatch, target)
    opened.actions_[name].trigger()
    qtbot.waitUntil(lambda: "已导出" in opened.messages.text(), timeout=30_000)
    assert target.read_bytes().startswith(begin)


def test_a_target_that_cannot_be_written_is_named(
    opened: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complaints: list[str], qtbot: QtBot
) -> None:
    answer_save(monkeypatch, tmp_path / "没有" / "表.json")
    opened.actions_["export_json"].trigger()
    qtbot.waitUntil(lambda: bool(complaints))
    assert "没有" in complaints[0] and complaints[0].endswith("。")


# ── dialogs that ask for files ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("chosen", "expected"), [("表", "表.xlsx"), ("表.xlsx", "表.xlsx"), ("表.v2", "表.v2.xlsx")])
def test_a_file_to_write_gets_its_suffix(
    window: MainWindow,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chosen: str,
    expected: str,
) -> None:
    answer: Callable[..., tuple[str, str]] = lambda *_args: (str(tmp_path / chosen), "")  # noqa: E731
    monkeypatch.setattr(dialogs.QFileDialog, "getSaveFileName", answer)
    found = dialogs.choose_to_save(window, settings, "导出", "表.xlsx", "", ".xlsx")
    assert found == tmp_path / expected


def test_giving_up_in_a_file_dialog_changes_nothing(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_open(monkeypatch, None)
    answer_save(monkeypatch, None)
    before = opened.document
    for name in ("open", "import", "save_copy", "export_json"):
        opened.actions_[name].trigger()
    assert opened.document is before


def test_titles_name_department_and_year(opened: MainWindow) -> None:
    assert file_work.title_of(document_of(opened).report).endswith("2023 年度")


def test_pinned_reports_stand_first_and_stay_and_missing_ones_are_marked(
    window: MainWindow, sample: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    settings, shown = window.settings, window.welcome.recent
    for number in range(20):
        settings.add_recent(tmp_path / f"{number}.juesuan", f"第 {number} 份")
    settings.add_recent(sample, "示例")
    window.refresh_recent()
    assert shown.count() == 12
    shown.setCurrentRow(3)
    pinned = shown.entry(3).path
    QTest.keyClick(shown, Qt.Key.Key_Space)
    assert shown.entry(0).path == pinned and shown.entry(0).pinned
    for number in range(20, 40):
        settings.add_recent(tmp_path / f"{number}.juesuan", "")
    window.refresh_recent()
    assert shown.entry(0).path == pinned
    settings.add_recent(sample, "示例")
    window.refresh_recent()
    row = next(r for r in range(shown.count()) if shown.entry(r).path == sample)
    qtbot.waitUntil(lambda: shown.is_gone(0), timeout=30_000)
    assert not shown.is_gone(row)
    assert "文件不在原来的位置" in shown.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    shown.setCurrentRow(0)
    QTest.keyClick(shown, Qt.Key.Key_Delete)
    assert pinned not in [r.path for r in settings.recent()]
