"""Attached Word files come into the report with their texts and tables."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import docx
import pytest

from desktopapp.narrative.document import Attachment, Heading, PageBreak, ReportDocument, Table, Text
from desktopapp.writers.aside import WriteError
from desktopapp.writers.publication import Publication
from desktopapp.writers.tables import plain_table
from desktopapp.writers.word_attach import with_word_attachments
from tests.writers.documents import document_of, report_of


def word_file(path: Path) -> Path:
    """Write a document with a heading, a paragraph and a table with merged cells."""
    made = docx.Document()
    made.add_heading("项目绩效评价报告", 1)
    made.add_paragraph("本项目由某某局实施。")
    table = made.add_table(3, 3)
    for at, text in enumerate(("指标", "目标", "完成")):
        table.cell(0, at).text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "次数"
    table.cell(1, 1).text = "≥4次"
    table.cell(2, 1).merge(table.cell(2, 2)).text = "合计"
    made.save(str(path))
    return path


def document(*attachments: Attachment) -> ReportDocument:
    return dataclasses.replace(document_of(), blocks=(*document_of().blocks, *attachments))


def test_texts_and_tables_stand_in_the_place_of_the_mention(tmp_path: Path) -> None:
    path = word_file(tmp_path / "评价.docx")
    own = len(document_of().blocks)
    found = with_word_attachments(document(Attachment("评价报告", str(path)))).blocks[own:]
    start, title, heading, text, table = found
    assert start == PageBreak() and isinstance(title, Heading) and title.text == "附件：评价报告"
    assert isinstance(heading, Heading) and heading.text == "项目绩效评价报告"
    assert isinstance(text, Text) and text.plain == "本项目由某某局实施。"
    assert isinstance(table, Table)
    ruled = plain_table(table)
    assert {(c.row, c.col, c.rowspan, c.colspan): c.text for c in ruled.cells} == {
        (0, 0, 1, 1): "指标",
        (0, 1, 1, 1): "目标",
        (0, 2, 1, 1): "完成",
        (1, 0, 2, 1): "次数",
        (1, 1, 1, 1): "≥4次",
        (1, 2, 1, 1): "",
        (2, 1, 1, 2): "合计",
    }


@pytest.mark.parametrize("kind", ["pdf", "docx", "html"])
def test_every_format_holds_them(tmp_path: Path, kind: str) -> None:
    path = word_file(tmp_path / "评价.docx")
    target = tmp_path / f"报告.{kind}"
    Publication(document(Attachment("评价报告", str(path)), Attachment("二", str(path))), report_of()).write(
        kind, target
    )
    assert target.stat().st_size > 1000
    if kind == "html":
        shown = target.read_text(encoding="utf-8")
        assert shown.count("本项目由某某局实施。") == 2 and shown.count("≥4次") == 2


def test_a_file_that_is_only_listed_and_a_report_without_files_stay_as_they_are(tmp_path: Path) -> None:
    path = word_file(tmp_path / "评价.docx")
    listed = document(Attachment("评价报告", str(path), listed=True))
    assert with_word_attachments(listed) == listed
    assert with_word_attachments(document_of()) is document_of()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "坏.docx"
    path.write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(WriteError, match="附件“评价报告”读不出来"):
        with_word_attachments(document(Attachment("评价报告", str(path))))
