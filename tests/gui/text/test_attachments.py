"""The list of the office's own files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from desktopapp.gui.text.attachments_page import AttachmentsPage
from desktopapp.gui.window.main_window import MainWindow
from tests.gui.window.conftest import document_of


def page(window: MainWindow) -> AttachmentsPage:
    """Return the page, shown."""
    found = window.workspace.show_page("attachments")
    assert isinstance(found, AttachmentsPage)
    return found


def cell(found: AttachmentsPage, row: int, column: int) -> str:
    """Return the text of a cell."""
    item = found.list.item(row, column)
    assert item is not None
    return item.text()


def files(folder: Path) -> list[Path]:
    """Make a Word file, a PDF and another file."""
    paths = [folder / name for name in ("评价报告.docx", "批复.pdf", "明细.xlsx")]
    for path in paths:
        path.write_bytes(b"x")
    return paths


def test_files_are_added_named_moved_and_taken_off_in_steps(opened: MainWindow, tmp_path: Path) -> None:
    found, report = page(opened), document_of(opened).report
    found.add(files(tmp_path))
    assert [cell(found, row, 0) for row in range(3)] == ["评价报告", "批复", "明细"]
    assert [cell(found, row, 1) for row in range(3)] == ["并入", "并入", "只列出名称"]
    assert not found.buttons["way"].isEnabled()
    found.move_by(-1)
    assert [cell(found, row, 0) for row in range(3)] == ["评价报告", "明细", "批复"]
    assert found.list.currentRow() == 1
    item = found.list.item(0, 0)
    assert item is not None
    item.setText("  项目绩效 评价报告 ")
    assert report.fields["attachments"][0]["title"] == "项目绩效 评价报告"
    found.list.selectRow(0)
    found.change_way()
    assert cell(found, 0, 1) == "只列出名称" and report.fields["attachments"][0]["listed"] is True
    found.list.selectRow(1)
    found.delete()
    assert [e["title"] for e in report.fields["attachments"]] == ["项目绩效 评价报告", "批复"]
    for _ in range(5):
        document_of(opened).undo()
    assert "attachments" not in report.fields and found.list.rowCount() == 0


def test_a_file_that_is_gone_is_marked_and_another_taken(opened: MainWindow, tmp_path: Path) -> None:
    found = page(opened)
    word, pdf, _ = files(tmp_path)
    found.add([word])
    word.unlink()
    opened.workspace.show_page("01")
    found = page(opened)
    assert cell(found, 0, 3) == "▲ 找不到文件"
    found.list.selectRow(0)
    found.replace_file(pdf)
    assert (cell(found, 0, 0), cell(found, 0, 3)) == ("评价报告", "")
    item = found.list.item(0, 2)
    assert item is not None and not item.flags() & Qt.ItemFlag.ItemIsEditable
