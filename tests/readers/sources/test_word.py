"""Word documents: order, headings, numbering, merged cells, tracked changes, text boxes, broken packages."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from desktopapp.readers.sources import Document, Grid, Paragraph, SourceError, read_document

from .makers import docx_bytes, unzipped, zip_bytes

W = nsdecls("w")


def read(tmp_path: Path, document: WordDocument) -> Document:
    path = tmp_path / "a.docx"
    document.save(str(path))
    return read_document(path)


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs()]


def add_xml(document: WordDocument, xml: str) -> None:
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(xml))


def test_order_headings_and_merged_cells(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_heading("第二部分 决算表", 1)
    word.add_paragraph("单位：某局\t金额单位：万元")
    table = word.add_table(4, 4)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "项目"
    table.cell(0, 1).merge(table.cell(0, 3)).text = "支出"
    table.cell(1, 1).text = "小计\n（1）"
    table.cell(2, 1).merge(table.cell(3, 2)).text = "块"
    word.add_paragraph("注：本表")
    word.sections[0].header.paragraphs[0].text = "页眉"
    word.sections[0].footer.paragraphs[0].text = "页脚"
    document = read(tmp_path, word)
    heading, unit, grid, note = document.blocks
    assert isinstance(heading, Paragraph) and isinstance(unit, Paragraph) and isinstance(note, Paragraph)
    assert isinstance(grid, Grid)
    assert (heading.text, heading.level, heading.style.lower()) == ("第二部分 决算表", 1, "heading 1")
    assert (unit.text, unit.level, note.text) == ("单位：某局\t金额单位：万元", None, "注：本表")
    spans = {cell.text: (cell.row, cell.col, cell.rowspan, cell.colspan) for cell in grid.cells() if cell.text}
    assert spans == {"项目": (0, 0, 2, 1), "支出": (0, 1, 1, 3), "小计\n（1）": (1, 1, 1, 1), "块": (2, 1, 2, 2)}
    assert all(slot is not None for row in grid.slots() for slot in row)


def test_tracked_changes_hidden_text_and_fields(tmp_path: Path) -> None:
    word = docx.Document()
    add_xml(
        word,
        f"<w:p {W}><w:r><w:t>支出</w:t></w:r><w:del><w:r><w:delText>旧数</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>12.50</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>"
        '<w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom><w:r><w:fldChar w:fldCharType="begin"/>'
        "<w:instrText>PAGE</w:instrText></w:r><w:fldSimple><w:r><w:t>万元</w:t></w:r></w:fldSimple>"
        "<w:hyperlink><w:r><w:noBreakHyphen/><w:t>链</w:t></w:r></w:hyperlink></w:p>",
    )
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    add_xml(
        word,
        f"<w:tbl {W}>"
        + row.format("", "甲")
        + row.format("<w:trPr><w:del/></w:trPr>", "删")
        + row.format("", "乙")
        + "</w:tbl>",
    )
    document = read(tmp_path, word)
    assert texts(document) == ["支出12.50万元-链"]
    assert document.grids()[0].texts() == [["甲"], ["乙"]]


def test_automatic_numbers_are_part_of_the_text(tmp_path: Path) -> None:
    word = docx.Document()
    numbering = word.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {W} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="9"/>'
            '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1">'
            '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
        ),
    )
    numbering.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in ((0, "收入"), (1, "甲"), (1, "乙"), (0, "支出"), (1, "丙"), (0, "结余")):
        paragraph = word.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
        )
    assert texts(read(tmp_path, word)) == ["九、收入", "（1）甲", "（2）乙", "十、支出", "（1）丙", "十一、结余"]


def test_outline_level_of_paragraph_and_of_inherited_style(tmp_path: Path) -> None:
    word = docx.Document()
    style = word.styles.add_style("一级标题", 1)
    style.base_style = word.styles["Heading 2"]
    word.add_paragraph("甲", style="一级标题")
    paragraph = word.add_paragraph("乙")
    paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="0"/>'))
    assert [(p.text, p.level) for p in read(tmp_path, word).paragraphs()] == [("甲", 2), ("乙", 1)]


def test_content_controls_text_boxes_and_pages(tmp_path: Path) -> None:
    word = docx.Document()
    add_xml(
        word,
        f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>控件内</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
    box = "<w:txbxContent><w:p><w:r><w:t>框内标题</w:t></w:r></w:p></w:txbxContent>"
    add_xml(
        word,
        f'<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><mc:AlternateContent>'
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent><w:t>正文</w:t></w:r></w:p>",
    )
    word.add_page_break()
    word.add_paragraph("次页")
    document = read(tmp_path, word)
    assert [(p.text, p.page) for p in document.paragraphs()] == [
        ("控件内", 1),
        ("正文", 1),
        ("框内标题", 1),
        ("次页", 2),
    ]
    assert document.pages == 2


def test_nested_tables(tmp_path: Path) -> None:
    word = docx.Document()
    table = word.add_table(1, 2)
    table.cell(0, 0).text = "外"
    inner = table.cell(0, 1).add_table(2, 2)
    for at, text in enumerate("甲乙丙丁"):
        inner.cell(at // 2, at % 2).text = text
    column = table.cell(0, 0).add_table(2, 1)
    column.cell(0, 0).text, column.cell(1, 0).text = "一", "二"
    grids = read(tmp_path, word).grids()
    assert [grid.texts() for grid in grids] == [[["外\n一\n二", ""]], [["甲", "乙"], ["丙", "丁"]]]


def test_grid_offsets_and_orphaned_continuations(tmp_path: Path) -> None:
    word = docx.Document()
    cell = "<w:tc><w:tcPr>{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    add_xml(
        word,
        f'<w:tbl {W}><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>'
        + cell.format("<w:vMerge/>", "甲") + "</w:tr><w:tr>"
        + cell.format("", "乙") + cell.format("<w:vMerge/>", "") + "</w:tr></w:tbl>",
    )  # fmt: skip
    grid = read(tmp_path, word).grids()[0]
    assert grid.texts() == [["", "甲"], ["乙", ""]]
    assert grid.rows[0][1].rowspan == 2


def test_references_to_missing_parts_do_not_matter(tmp_path: Path) -> None:
    parts = unzipped(docx_bytes())
    name = "word/_rels/document.xml.rels"
    parts[name] = parts[name].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        b'Target="NULL"/></Relationships>',
    )
    del parts["docProps/core.xml"]
    path = tmp_path / "a.docx"
    path.write_bytes(zip_bytes(parts))
    assert texts(read_document(path)) == ["第二部分 决算表", "本表反映部门本年度收入情况。"]


@pytest.mark.parametrize("attack", ["entities", "external", "deep"])
def test_xml_tricks_are_refused(tmp_path: Path, attack: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密", encoding="utf-8")
    parts = unzipped(docx_bytes())
    name = "word/document.xml"
    if attack == "deep":
        parts[name] = parts[name].replace(b"<w:body>", b"<w:body>" + b"<w:sdt>" * 5000)
    else:
        inside = {
            "entities": b'<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">',
            "external": f'<!ENTITY b SYSTEM "{secret.as_uri()}">'.encode(),
        }[attack]
        head, _, rest = parts[name].partition(b"?>")
        parts[name] = head + b"?><!DOCTYPE x [" + inside + b"]>" + rest.replace("决算表".encode(), b"&b;")
    path = tmp_path / "a.docx"
    path.write_bytes(zip_bytes(parts))
    with pytest.raises(SourceError, match=r"实体定义|损坏"):
        read_document(path)


def test_element_names_are_found_in_the_strict_namespace_too(tmp_path: Path) -> None:
    parts = unzipped(docx_bytes())
    name = "word/document.xml"
    parts[name] = parts[name].replace(
        qn("w:p").partition("}")[0][1:].encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    path = tmp_path / "a.docx"
    path.write_bytes(zip_bytes(parts))
    assert read_document(path).grids()[0].texts()[1] == ["一、一般公共预算财政拨款收入", "1", "12,938.50"]
