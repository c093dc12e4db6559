"""Web pages: tables with spans, layout tables, hidden parts, archives, pages named .xls."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp.readers.sources import Document, Grid, Paragraph, SourceError, read_document, read_text

from .makers import ROWS, html_bytes


def read(tmp_path: Path, name: str, content: bytes) -> Document:
    path = tmp_path / name
    path.write_bytes(content)
    return read_document(path)


def test_headings_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    heading, unit, grid = read(tmp_path, "a.html", html_bytes()).blocks
    assert isinstance(heading, Paragraph) and isinstance(unit, Paragraph) and isinstance(grid, Grid)
    assert (heading.text, heading.level) == ("决算表", 1)
    assert (unit.text, unit.level) == ("单位：万元", None)
    assert grid.texts() == [["收入", "", "金额"], *(list(row) for row in ROWS)]
    assert [cell.colspan for cell in grid.rows[0]] == [2, 1]


def test_spans_breaks_and_typed_numbers() -> None:
    page = (
        "<table><tr><th rowspan=2>项<br>目</th><th colspan=2>支出</th></tr><tr><td>1<td>2</tr>"
        '<tr><td>合计<td x:num="12938.5">12,938.50</tr><tr><td rowspan=9>甲<td colspan=0>乙</tr></table>'
    )
    grid = read_text(page, "html").grids()[0]
    assert grid.texts() == [["项\n目", "支出", ""], ["", "1", "2"], ["合计", "12,938.50", ""], ["甲", "乙", ""]]
    assert grid.rows[0][0].rowspan == 2
    assert grid.rows[2][1].number == "12938.5"
    assert grid.rows[3][0].rowspan == 1


def test_scripts_hidden_elements_and_attributes_are_left_out() -> None:
    page = (
        "<head><title>标题</title><style>p{}</style></head><script>alert('x')</script>"
        "<p>正<b>文</b> 一\n 段<br>二段</p><div style='display: none'>藏</div><p hidden>藏</p>"
        "<ul><li>甲</li><li>乙</li></ul><!-- 注释 --><select><option>选</option></select>尾"
    )
    assert [p.text for p in read_text(page, "html").paragraphs()] == ["正文 一 段", "二段", "甲", "乙", "尾"]


def test_layout_tables_dissolve_and_small_tables_in_cells_are_flattened() -> None:
    inner = "<table><tr><td>a<td>b</tr><tr><td>c<td>d</tr></table>"
    document = read_text(f"<table><tr><td><h2>公开01表</h2>{inner}<td>侧栏</table>", "html")
    kinds = [block.text if isinstance(block, Paragraph) else block.texts() for block in document.blocks]
    assert kinds == ["公开01表", [["a", "b"], ["c", "d"]], "侧栏"]
    outer = f"<table><tr><td>1<td>2<td>3</tr><tr><td>4<td>5<td>{inner}</tr></table>"
    assert read_text(outer, "html").grids()[0].texts()[1] == ["4", "5", "a b\nc d"]


@pytest.mark.parametrize("charset", ["gb2312", "utf-8", "gbk"])
def test_declared_charset(tmp_path: Path, charset: str) -> None:
    page = f'<html><meta charset="{charset}"><p>一般公共服务支出</p></html>'.encode(charset)
    assert read(tmp_path, "a.htm", page).paragraphs()[0].text == "一般公共服务支出"


def test_pages_and_text_named_xls(tmp_path: Path) -> None:
    page = '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>编码<td>2</table></html>'
    assert read(tmp_path, "a.xls", page.encode("gbk")).kind == "html"
    assert read(tmp_path, "b.xls", "项目\t金额\n合计\t1.00\n".encode("gbk")).kind == "tsv"


def test_web_archive(tmp_path: Path) -> None:
    archive = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
        b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        b"<p>=E4=B8=AD</p>\r\n--x\r\nContent-Type: image/png\r\n\r\nzzz\r\n--x--\r\n"
    )
    assert read(tmp_path, "a.mht", archive).paragraphs()[0].text == "中"
    with pytest.raises(SourceError, match="没有网页内容"):
        read(tmp_path, "b.mht", archive.replace(b"text/html", b"text/plain"))


def test_spans_that_blow_up_are_refused() -> None:
    row = "<tr>" + "<td colspan=1000 rowspan=60000>a" * 1000 + "</tr>"
    with pytest.raises(SourceError, match="超出可导入的范围"):
        read_text(f"<table>{row}</table>", "html")
