"""Workbooks: typed numbers, codes, merged cells, hidden sheets, formulas, and what must be refused."""

from __future__ import annotations

import datetime
import io
import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from desktopapp.readers.sources import Cell, Grid, SourceError, read_document

from .makers import ods_bytes, unzipped, xlsx_bytes, zip_bytes


def first_sheet(book: openpyxl.Workbook) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return sheet


def saved(book: openpyxl.Workbook, path: Path) -> Path:
    book.save(path)
    return path


def by_place(grid: Grid) -> dict[str, Cell]:
    """Return the cells by their place in words."""
    return {grid.place(cell).describe().rpartition("”")[2]: cell for cell in grid.cells()}


def test_numbers_codes_and_texts_keep_their_kind(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = first_sheet(book)
    values = {
        "A1": 2010301,
        "A2": "00123",
        "B1": 12938.5,
        "B2": 0.1 + 0.2,
        "B3": 12938.499999999998,
        "B4": 12345678901.23,
        "B5": -0.005,
        "B6": 0,
        "C1": "１２．５０",
        "C2": " 1, 294. 48 ",
        "C3": True,
        "C4": datetime.date(2025, 9, 29),
        "C5": "第一行\n第二行",
    }
    for place, value in values.items():
        sheet[place] = value
    cells = by_place(read_document(saved(book, tmp_path / "a.xlsx")).grids()[0])
    found = {place: (cells[place].text, cells[place].number) for place in values}
    assert found == {
        "A1": ("2010301", "2010301"),
        "A2": ("00123", None),
        "B1": ("12938.5", "12938.5"),
        "B2": ("0.3", "0.3"),
        "B3": ("12938.5", "12938.5"),
        "B4": ("12345678901.23", "12345678901.23"),
        "B5": ("-0.005", "-0.005"),
        "B6": ("0", "0"),
        "C1": ("１２．５０", None),
        "C2": ("1, 294. 48", None),
        "C3": ("TRUE", None),
        "C4": ("2025-09-29", None),
        "C5": ("第一行\n第二行", None),
    }


def test_percent_cells_read_as_shown_and_keep_the_exact_number(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", 0.956, book.add_format({"num_format": "0.0%"}))
        sheet.write("A2", 1, book.add_format({"num_format": 9}))
        sheet.write("A3", 0.5, book.add_format({"num_format": '0.00"%"'}))
    grid = read_document(path).grids()[0]
    assert [(row[0].text, row[0].number) for row in grid.rows] == [("95.6%", "0.956"), ("100%", "1"), ("0.5", "0.5")]


def test_merged_ranges_become_spans_and_places_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("收入决算表")
        sheet.merge_range("C3:E4", "支出")
        sheet.merge_range("B5:B6", "合计")
        sheet.write("E6", 1.5)
    grid = read_document(path).grids()[0]
    assert (grid.height, grid.width, grid.name, grid.origin) == (4, 4, "收入决算表", "sheet")
    spans = {cell.text: (cell.rowspan, cell.colspan) for cell in grid.cells() if cell.text}
    assert spans == {"支出": (2, 3), "合计": (2, 1), "1.5": (1, 1)}
    assert [grid.place(cell).describe() for cell in grid.cells() if cell.text] == [
        "“收入决算表”C3",
        "“收入决算表”B5",
        "“收入决算表”E6",
    ]
    covered = [cell.text if cell is not None else None for cell in grid.slots()[1]]
    assert covered == ["", "支出", "支出", "支出"]


def test_hidden_and_empty_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first_sheet(book)["A1"] = "甲"
    book.create_sheet("空表")
    hidden = book.create_sheet("辅助")
    hidden["A1"] = 1
    hidden.sheet_state = "veryHidden"
    document = read_document(saved(book, tmp_path / "a.xlsx"))
    assert [grid.name for grid in document.grids()] == ["Sheet"]
    assert document.pages == 3
    assert len(document.warnings) == 1 and "辅助" in document.warnings[0]


def test_formulas_without_result_are_reported_with_a_place(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = first_sheet(book)
    sheet["A1"], sheet["B3"], sheet["B4"] = "合计", "=SUM(A1:A2)", "=1+1"
    warnings = read_document(saved(book, tmp_path / "a.xlsx")).warnings
    assert len(warnings) == 1
    assert "2 个公式" in warnings[0] and "B3" in warnings[0]


def test_formulas_with_an_empty_text_as_result_are_no_reason_to_warn(tmp_path: Path) -> None:
    parts = unzipped(xlsx_bytes())
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(rb"<c r=\"C6\">.*?</c>", b'<c r="C6" t="str"><f>""</f><v></v></c>', parts[name])
    path = tmp_path / "a.xlsx"
    path.write_bytes(zip_bytes(parts))
    assert read_document(path).warnings == ()


def test_macros_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsm"
    path.write_bytes(zip_bytes({**unzipped(xlsx_bytes()), "xl/vbaProject.bin": b"\x01\x02\x03"}))
    document = read_document(path)
    assert (document.kind, len(document.grids())) == ("xlsx", 2)


def test_part_names_in_other_case_and_other_namespace_prefix(tmp_path: Path) -> None:
    parts = unzipped(xlsx_bytes())
    parts["xl/SharedStrings.xml"] = parts.pop("xl/sharedStrings.xml")
    name = "xl/worksheets/sheet2.xml"
    parts[name] = re.sub(rb"<(/?)(worksheet|sheetData|row|c|v)\b", rb"<\1x:\2", parts[name]).replace(
        b"xmlns=", b"xmlns:x=", 1
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(zip_bytes(parts))
    grids = read_document(path).grids()
    assert grids[0].texts()[1][0] == "项目"
    assert grids[1].texts() == [["2010301"]]


def test_ods_merges_hidden_columns_and_repeats(tmp_path: Path) -> None:
    parts = unzipped(ods_bytes())
    parts["content.xml"] = parts["content.xml"].replace(
        b"</table:table>",
        b'<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-spanned="2" '
        b'office:value-type="float" office:value="12.5"><text:p>12.50</text:p></table:table-cell>'
        b"<table:covered-table-cell/><table:table-cell/></table:table-row>"
        b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        b'table:number-columns-repeated="16384"/></table:table-row></table:table>',
    )
    path = tmp_path / "a.ods"
    path.write_bytes(zip_bytes(parts))
    grid = read_document(path).grids()[0]
    assert grid.texts()[4:] == [["12.5", "", ""], ["12.5", "", ""]]
    assert (grid.rows[4][0].colspan, grid.rows[4][0].number) == (2, "12.5")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="C6">', b'<c r="XFD1048576">'),
        (b'<c r="C6">', b'<c r="C1000000">'),
        (b'<row r="6"', b'<row r="1048576"'),
    ],
)
def test_a_stray_cell_far_away_is_refused_before_it_fills_the_memory(tmp_path: Path, old: bytes, new: bytes) -> None:
    parts = unzipped(xlsx_bytes())
    name = "xl/worksheets/sheet1.xml"
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new)
    if b"row" in old:
        parts[name] = parts[name].replace(b'<c r="C6">', b"<c>")
    path = tmp_path / "a.xlsx"
    path.write_bytes(zip_bytes(parts))
    with pytest.raises(SourceError, match=r"工作表“收入支出决算总表”有 \d+ 行 \d+ 列，超出"):
        read_document(path)


def test_declared_counts_are_not_believed(tmp_path: Path) -> None:
    parts = unzipped(xlsx_bytes())
    name = "xl/sharedStrings.xml"
    parts[name] = re.sub(rb'uniqueCount="\d+"', b'uniqueCount="999999999999"', parts[name])
    path = tmp_path / "a.xlsx"
    path.write_bytes(zip_bytes(parts))
    assert read_document(path).grids()[0].texts()[0][0] == "收入支出决算总表"


def test_one_long_text_shared_by_many_cells_is_refused(tmp_path: Path) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        sheet = writer.add_worksheet()
        for row in range(400):
            sheet.write(row, 0, "长")
    parts = unzipped(book.getvalue())
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace("长".encode(), b"x" * 3_000_000)
    path = tmp_path / "a.xlsx"
    path.write_bytes(zip_bytes(parts))
    with pytest.raises(SourceError, match="异常庞大"):
        read_document(path)
