"""Small valid files of every kind, and ways to break them."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import xlsxwriter

from .pdf_builder import PdfPage, build_pdf
from .ruled_tables import draw, random_layout

ROWS = (
    ("项目", "行次", "决算数"),
    ("一、一般公共预算财政拨款收入", "1", "12,938.50"),
    ("二、政府性基金预算财政拨款收入", "2", ""),
    ("本年收入合计", "27", "12,938.50"),
)


def xlsx_bytes() -> bytes:
    """A workbook with two sheets, a merged title, a formula and typed numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("收入支出决算总表")
    sheet.merge_range("A1:C1", "收入支出决算总表")
    for row, cells in enumerate(ROWS, 1):
        for col, text in enumerate(cells):
            sheet.write(row, col, float(text.replace(",", "")) if "." in text else text)
    sheet.write_formula("C6", "=SUM(C3:C4)", None, 12938.5)
    book.add_worksheet("收入决算表").write("A1", 2010301)
    book.close()
    return out.getvalue()


def openpyxl_bytes() -> bytes:
    """A workbook by another writer (inline numbers, formula without a stored result)."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in ROWS:
        sheet.append(cells)
    sheet["C5"] = "=SUM(C2:C4)"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_bytes() -> bytes:
    """An OpenDocument spreadsheet written by hand."""
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in row
        )
        + "</table:table-row>"
        for row in ROWS
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="表1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zip_bytes({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()})


def docx_bytes() -> bytes:
    """A Word document with a heading, text and a table with merged cells."""
    document = docx.Document()
    document.add_heading("第二部分 决算表", 1)
    document.add_paragraph("本表反映部门本年度收入情况。")
    table = document.add_table(len(ROWS), 3)
    for row, cells in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(0, 0).merge(table.cell(0, 1))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_bytes() -> bytes:
    """Two pages with a ruled table, text and a table without rules."""
    first, second = PdfPage(), PdfPage(rotate=90)
    draw(first, random_layout(random.Random(7)), "long lines")
    first.text(60, 60, "收入支出决算总表", 14)
    for at, amount in enumerate(("12,938.50", "2,015.61", "10,922.89", "36.53")):
        second.text(60, 100 + 16 * at, "一般公共服务支出")
        second.text(300, 100 + 16 * at, amount)
    return build_pdf([first, second])


def html_bytes() -> bytes:
    """A web page with a table with spans."""
    rows = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in ROWS)
    return (
        '<html><head><meta charset="utf-8"><title>t</title></head><body><h1>决算表</h1><p>单位：万元</p>'
        f"<table><tr><th colspan=2 rowspan=1>收入</th><th>金额</th></tr>{rows}</table></body></html>"
    ).encode()


def tsv_text() -> str:
    """Text with TAB separated lines between paragraphs."""
    return "收入支出决算总表\n\n" + "\n".join("\t".join(row) for row in ROWS) + "\n\n注：本表反映收入。\n"


def markdown_text() -> str:
    """Markdown with a heading and a pipe table."""
    header, *rows = ("| " + " | ".join(row) + " |" for row in ROWS)
    return "# 决算表\n\n" + "\n".join([header, "|---|---|---|", *rows]) + "\n\n**注**：本表反映收入。\n"


def xml_sheet_bytes() -> bytes:
    """An XML spreadsheet of 2003."""
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in row) + "</Row>"
        for row in ROWS
    )
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表1"><Table>'
        f"{rows}</Table></Worksheet></Workbook>"
    ).encode()


def zip_bytes(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip container."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip container."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


MAKERS: dict[str, Callable[[], bytes]] = {
    "a.xlsx": xlsx_bytes,
    "b.xlsx": openpyxl_bytes,
    "c.ods": ods_bytes,
    "d.docx": docx_bytes,
    "e.pdf": pdf_bytes,
    "f.html": html_bytes,
    "g.txt": lambda: tsv_text().encode(),
    "h.txt": lambda: tsv_text().encode("gb18030"),
    "i.csv": lambda: "\n".join(",".join(f'"{text}"' for text in row) for row in ROWS).encode("utf-8-sig"),
    "j.md": lambda: markdown_text().encode(),
    "k.xls": xml_sheet_bytes,
    "l.tsv": lambda: tsv_text().encode("utf-16"),
}


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Return damaged data: changed, cut, doubled, moved or inserted bytes; in containers also damaged parts."""
    if data[:2] == b"PK" and rng.random() < 0.6:
        return _mutate_parts(data, rng)
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        kind = rng.randrange(6)
        at = rng.randrange(len(changed)) if changed else 0
        length = min(rng.choice([1, 2, 8, 64, 512]), max(len(changed) - at, 0))
        if kind == 0:
            changed[at : at + length] = rng.randbytes(length)
        elif kind == 1:
            del changed[at:]
        elif kind == 2:
            del changed[at : at + length]
        elif kind == 3:
            changed[at:at] = changed[at : at + length] * rng.choice([1, 3, 50])
        elif kind == 4:
            changed[at:at] = rng.choice(
                [b"\x00" * 8, b"<", b"&x;", b"99999999", b"\xff\xfe", b"</w:p>", b'"', b"endobj"]
            )
        else:
            for place in range(at, at + length):
                changed[place] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _mutate_parts(data: bytes, rng: random.Random) -> bytes:
    parts = unzipped(data)
    for name in rng.sample(sorted(parts), rng.choice([1, 1, 2])):
        kind = rng.randrange(4)
        if kind == 0:
            del parts[name]
        elif kind == 1:
            parts[name] = _mutate_numbers(parts[name], rng)
        else:
            parts[name] = mutate(parts[name], rng) if parts[name] else b"x"
    return zip_bytes(parts)


def _mutate_numbers(content: bytes, rng: random.Random) -> bytes:
    """Replace some digits by extreme numbers: counts, indexes, places."""
    out = bytearray()
    for byte in content:
        if 0x30 <= byte <= 0x39 and rng.random() < 0.03:
            out += rng.choice([b"-1", b"99999999999", b"65536", b"0", b"1048576", b""])
        else:
            out.append(byte)
    return bytes(out)
