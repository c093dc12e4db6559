"""Plain text, Markdown, separated values and the clipboard; encodings."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp.readers.sources import Document, Grid, Paragraph, SourceError, read_document, read_text

from .makers import ROWS, markdown_text, tsv_text

TABLE = [list(row) for row in ROWS]


def read(tmp_path: Path, name: str, content: bytes) -> Document:
    path = tmp_path / name
    path.write_bytes(content)
    return read_document(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    document = read(tmp_path, "a.txt", tsv_text().encode(encoding))
    assert document.warnings == ()
    assert [paragraph.text for paragraph in document.paragraphs()] == ["收入支出决算总表", "注：本表反映收入。"]
    assert [grid.texts() for grid in document.grids()] == [TABLE]


def test_damaged_characters_are_reported(tmp_path: Path) -> None:
    data = ("一般公共服务支出 12,938.50 万元。\n" * 20).encode()
    document = read(tmp_path, "a.txt", data[:100] + b"\xff" + data[100:])
    assert len(document.paragraphs()) == 20
    assert "无法识别" in document.warnings[0]


def test_lines_become_paragraphs_with_their_numbers(tmp_path: Path) -> None:
    text = " 第二部分 决算表\r\n\r\n公开01表\r\n201 一般公共服务支出 8,449.21 1,383.50\r\n\f2 二、外交支出 33\r\n"
    document = read(tmp_path, "a.txt", text.encode())
    found = [(p.text, p.position.line, p.page) for p in document.paragraphs()]
    assert found == [
        ("第二部分 决算表", 1, 1),
        ("公开01表", 3, 1),
        ("201 一般公共服务支出 8,449.21 1,383.50", 4, 1),
        ("2 二、外交支出 33", 5, 2),
    ]
    assert document.pages == 2


def test_tab_rows_keep_empty_cells_and_line_numbers() -> None:
    document = read_text("标题\n收入\t\t\t支出\n\t9\t\t九、卫生健康支出\t39\t172.95\n注")
    grid = document.grids()[0]
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["收入", "", "", "支出"],
        ["", "9", "", "九、卫生健康支出", "39", "172.95"],
    ]
    assert grid.lines == (2, 3)
    assert grid.place(grid.rows[1][5]).describe() == "第 1 页第 3 行"
    assert grid.texts()[0] == ["收入", "", "", "支出", "", ""]
    assert grid.slots()[0][5] is None


def test_indented_text_and_tables_of_contents_are_no_tables() -> None:
    document = read_text("\t第一段正文。\n\n一、收入支出决算总表\t5\n二、收入决算表\t6\n")
    assert document.grids() == []
    assert [p.text for p in document.paragraphs()] == ["第一段正文。", "一、收入支出决算总表\t5", "二、收入决算表\t6"]


def test_rows_standing_apart_are_one_table() -> None:
    assert len(read_text("表\n\na\t1\n\nb\t2\n\nc\t3.00\n").grids()) == 1
    assert len(read_text("a\t1.5\nb\t2\n\nc\t3.5\nd\t4\n").grids()) == 2


def test_cells_quoted_by_a_spreadsheet() -> None:
    grid = read_text('项目\t金额\n合计\t"1,234.50"\n"因公出国\n（境）费"\t5\n').grids()[0]
    assert grid.texts() == [["项目", "金额"], ["合计", "1,234.50"], ["因公出国\n（境）费", "5"]]


def test_bars_and_frames_of_console_tables() -> None:
    text = "+------+------+\n| 项目 | 金额 |\n+------+------+\n| 合计 | 1.00 |\n+------+------+\n"
    assert read_text(text).grids()[0].texts() == [["项目", "金额"], ["合计", "1.00"]]
    assert read_text("│项目│金额│\n├──┼──┤\n│合计│1.00│\n").grids()[0].texts() == [["项目", "金额"], ["合计", "1.00"]]
    assert read_text("公式 a|b|c 不是表格").grids() == []


def test_markdown(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", markdown_text().encode())
    heading, grid, note = document.blocks
    assert isinstance(heading, Paragraph) and isinstance(grid, Grid) and isinstance(note, Paragraph)
    assert (heading.text, heading.level) == ("决算表", 1)
    assert (grid.texts(), grid.origin, grid.lines) == (TABLE, "table", (3, 5, 6, 7))
    assert note.text == "注：本表反映收入。"


def test_markdown_marks_and_breaks(tmp_path: Path) -> None:
    text = "- (三) 支出决算表\n- 6 -\n①**推进整合。**持续\n\n|a\\|b|<br>|\n|--|:-:|\n|x<br>y|**1**|\n"
    document = read(tmp_path, "a.md", text.encode())
    assert [p.text for p in document.paragraphs()] == ["(三) 支出决算表", "- 6 -", "①推进整合。持续"]
    assert document.grids()[0].texts() == [["a|b", ""], ["x\ny", "1"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(tmp_path: Path, separator: str) -> None:
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in ROWS)
    grid = read(tmp_path, "a.csv", text.encode("utf-8-sig")).grids()[0]
    assert grid.texts() == TABLE
    assert grid.origin == "delimited"


def test_csv_with_line_breaks_in_cells_keeps_line_numbers(tmp_path: Path) -> None:
    grid = read(tmp_path, "a.csv", '项目,"金\n额"\n\n合计,1\n'.encode("gb18030")).grids()[0]
    assert grid.texts() == [["项目", "金\n额"], ["合计", "1"]]
    assert grid.lines == (1, 4)
    assert all(cell.number is None for cell in grid.cells())


def test_clipboard_kinds() -> None:
    assert read_text("a\t1\n\t\n合计\t2", "tsv").grids()[0].texts() == [["a", "1"], ["", ""], ["合计", "2"]]
    copied = (
        "Version:0.9\r\nStartHTML:0\r\n<html><body><!--StartFragment--><table><tr><td>合计<td>1</table></body></html>"
    )
    assert read_text(copied, "html").grids()[0].texts() == [["合计", "1"]]
    with pytest.raises(SourceError, match=r"剪贴板.*没有找到任何文字"):
        read_text(" \n \n")
    with pytest.raises(SourceError, match="不支持"):
        read_text("x", "rtf")


def test_look_alike_characters_become_ordinary_ones() -> None:
    text = read_text("⽀出\u3000⻅\u00a0效\u200b果\ufeff 行\u00ad").paragraphs()[0].text
    assert text == "支出 见 效果 行"


def test_too_many_lines_and_too_long_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="超过 200000 行"):
        read(tmp_path, "a.txt", b"x\n" * 200_001)
    with pytest.raises(SourceError, match="60001 行 3 列"):
        read(tmp_path, "a.csv", b"1,2,3\n" * 60_001)
