"""Files made by other programs: typst, LibreOffice, and one official template where it is at hand."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl.styles import Alignment, Border, Side

from desktopapp.readers.sources import Document, Grid, read_document

SHARED = Path(__file__).resolve().parents[4] / "shared"
SOFFICE = shutil.which("soffice")
needs_soffice = [
    pytest.mark.soffice,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed"),
]

FORM_01 = [
    ["收入", None, None, "支出", None, None],
    ["项目", "行次", "决算数", "项目", "行次", "决算数"],
    ["一、一般公共预算财政拨款收入", "1", "12,938.50", "一、一般公共服务支出", "32", "8,449.21"],
    *[["", str(at), "", f"第{at}类很长的支出科目名称需要换行显示的支出", str(31 + at), ""] for at in range(2, 27)],
    ["总计", "31", "12,938.50", "总计", "62", "12,938.50"],
]
FORM_03 = [
    ["项目", None, "本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"],
    ["科目编码", "科目名称", *[None] * 6],
    ["201", "一般公共服务支出", "8,449.21", "1,383.50", "7,065.71", "", "", ""],
    ["20103", "政府办公厅（室）及相关机构事务", "8,449.21", "1,383.50", "7,065.71", "", "", ""],
    ["2010301", "行政运行", "1,383.50", "1,383.50", "", "", "", ""],
]
MERGES_01 = [(0, 0, 0, 2), (0, 3, 0, 5)]
MERGES_03 = [(0, 0, 0, 1), *[(0, col, 1, col) for col in range(2, 8)]]


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def rows_of(grid: Grid) -> list[list[str]]:
    return [[plain(text) for text in row] for row in grid.texts()]


def wanted(form: list[list[str | None]]) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in form]


def spans_of(grid: Grid) -> set[tuple[int, int, int, int]]:
    return {
        (cell.row, cell.col, cell.row + cell.rowspan - 1, cell.col + cell.colspan - 1)
        for cell in grid.cells()
        if cell.rowspan > 1 or cell.colspan > 1
    }


def word_file(path: Path) -> Path:
    """Write both forms, the second on a landscape page, with text between them."""
    word = docx.Document()
    style = word.styles["Normal"]
    style.font.name, style.font.size = "Noto Serif CJK SC", Pt(9)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    word.add_heading("收入支出决算总表", 1)
    _word_table(word, FORM_01, MERGES_01)
    section = word.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    word.add_heading("支出决算表", 1)
    _word_table(word, FORM_03, MERGES_03)
    word.add_paragraph("注：本表反映部门本年度各项支出情况。")
    word.save(str(path))
    return path


def _word_table(word: WordDocument, form: list[list[str | None]], merges: list[tuple[int, int, int, int]]) -> None:
    table = word.add_table(len(form), len(form[0]), style="Table Grid")
    for row, cells in zip(table.rows, form, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            if text:
                cell.text = text
    for top, left, bottom, right in merges:
        table.cell(top, left).merge(table.cell(bottom, right))


def excel_file(path: Path) -> Path:
    """Write both forms on two sheets; amounts typed as numbers, every row high enough for its text."""
    book = openpyxl.Workbook()
    thin = Side(style="thin")
    for name, form, merges in (("总表", FORM_01, MERGES_01), ("支出表", FORM_03, MERGES_03)):
        sheet = book.create_sheet(name)
        sheet.page_setup.orientation = "landscape"
        sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToHeight = 0
        for row, cells in enumerate(form, 1):
            sheet.row_dimensions[row].height = 42
            for col, text in enumerate(cells, 1):
                cell = sheet.cell(row, col)
                cell.border, cell.alignment = Border(thin, thin, thin, thin), Alignment(wrap_text=True)
                if text and re.fullmatch(r"[\d,]+\.\d\d", text):
                    cell.value, cell.number_format = float(text.replace(",", "")), "#,##0.00"
                else:
                    cell.value = text or None
        for top, left, bottom, right in merges:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
        for col in range(1, len(form[0]) + 1):
            sheet.column_dimensions[openpyxl.utils.get_column_letter(col)].width = 18
    del book["Sheet"]
    book.save(path)
    return path


def converted(source: Path, suffix: str) -> Document:
    """Convert with LibreOffice, with a profile of its own, and read the result."""
    assert SOFFICE is not None
    profile = source.parent / "profile"
    command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", suffix]
    out = source.parent / suffix
    subprocess.run([*command, "--outdir", str(out), str(source)], check=True, capture_output=True, timeout=180)
    return read_document(out / f"{source.stem}.{suffix}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.mark.parametrize("suffix", [pytest.param(suffix, marks=needs_soffice) for suffix in ("xls", "ods", "xlsx")])
def test_workbooks_saved_by_libreoffice(folder: Path, suffix: str) -> None:
    document = converted(excel_file(folder / "book.xlsx"), suffix)
    numbers = {"12,938.50": "12938.5", "8,449.21": "8449.21", "1,383.50": "1383.5", "7,065.71": "7065.71"}
    for grid, form, merges in zip(document.grids(), (FORM_01, FORM_03), (MERGES_01, MERGES_03), strict=True):
        assert rows_of(grid) == [[numbers.get(text, text) for text in row] for row in wanted(form)]
        assert spans_of(grid) == set(merges)
        typed = {cell.number for cell in grid.cells() if cell.number}
        assert typed == {number for text, number in numbers.items() if any(text in row for row in form)}


@pytest.mark.parametrize("suffix", [pytest.param(suffix, marks=needs_soffice) for suffix in ("docx", "pdf")])
def test_word_files_saved_by_libreoffice(folder: Path, suffix: str) -> None:
    document = converted(word_file(folder / "text.docx"), suffix)
    grids = document.grids()
    if suffix == "docx":
        assert [spans_of(grid) for grid in grids] == [set(MERGES_01), set(MERGES_03)]
    # A page break may cut the long form in two, and a row with it.
    first = [row for grid in grids[:-1] for row in rows_of(grid)]
    assert [row[2] for row in first if row[2]] == ["决算数", "12,938.50", "12,938.50"]
    assert "".join(row[3] for row in first) == "".join(row[3] or "" for row in FORM_01)
    assert rows_of(grids[-1]) == wanted(FORM_03)
    assert spans_of(grids[-1]) == set(MERGES_03)
    found = [plain(p.text) for p in document.paragraphs()]
    assert found == ["收入支出决算总表", "支出决算表", "注：本表反映部门本年度各项支出情况。"]


@pytest.mark.parametrize("suffix", [pytest.param("pdf", marks=needs_soffice)])
def test_printed_workbooks(folder: Path, suffix: str) -> None:
    document = converted(excel_file(folder / "print.xlsx"), suffix)
    grids = document.grids()
    assert [row for grid in grids[:-1] for row in rows_of(grid)] == wanted(FORM_01)
    assert rows_of(grids[-1]) == wanted(FORM_03)


def test_word_file_itself(folder: Path) -> None:
    grids = read_document(word_file(folder / "own.docx")).grids()
    assert [rows_of(grid) for grid in grids] == [wanted(FORM_01), wanted(FORM_03)]
    assert [spans_of(grid) for grid in grids] == [set(MERGES_01), set(MERGES_03)]


def test_typst_tables(tmp_path: Path) -> None:
    import typst

    cells = ", ".join(f"[{cell or ''}]" for row in FORM_03[2:] for cell in row)
    source = (
        '#set page(paper: "a4", flipped: true, numbering: "1")\n#set text(font: ("Noto Serif CJK SC",), size: 9pt, '
        'lang: "zh")\n#align(center)[支出决算表]\n#table(columns: (auto, 1fr, 1fr, 1fr, 1fr, 1fr, 1fr, 1fr), '
        "stroke: 0.5pt, table.header(table.cell(colspan: 2)[项目], "
        + ", ".join(f"table.cell(rowspan: 2)[{text}]" for text in FORM_03[0][2:])
        + f", [科目编码], [科目名称]), {cells})\n"
        "#set par(first-line-indent: (amount: 2em, all: true), justify: true)\n\n"
        + "本部门2023年度支出合计8,449.21万元，其中：基本支出1,383.50万元，项目支出7,065.71万元。"
        * 4
    )
    (tmp_path / "a.typ").write_text(source, encoding="utf-8")
    typst.compile(tmp_path / "a.typ", output=tmp_path / "a.pdf")
    document = read_document(tmp_path / "a.pdf")
    if not any("支出决算表" in plain(p.text) for p in document.paragraphs()):
        pytest.skip("no CJK font: typst printed boxes instead of characters")
    (grid,) = document.grids()
    assert rows_of(grid) == wanted(FORM_03)
    assert spans_of(grid) == set(MERGES_03)
    sentence = "本部门2023年度支出合计8,449.21万元，其中：基本支出1,383.50万元，项目支出7,065.71万元。"
    assert [plain(p.text) for p in document.paragraphs()] == ["支出决算表", sentence * 4]


@pytest.mark.skipif(not (SHARED / "templates").is_dir(), reason="the official template is not at hand")
def test_official_template_printed_by_wps() -> None:
    document = read_document(SHARED / "templates" / "shanghai-2024-blank.pdf")
    grids = {grid.page: grid for grid in document.grids()}
    sizes = {page: (grid.height, grid.width) for page, grid in grids.items()}
    assert sizes == {
        4: (9, 3), 5: (30, 4), 6: (10, 9), 7: (10, 8), 8: (17, 7), 9: (15, 7), 10: (10, 5), 11: (40, 6), 12: (5, 12),
        13: (6, 8), 14: (6, 8),
    }  # fmt: skip
    assert grids[12].texts()[1][0] == "合计"
    assert [cell.text for cell in grids[12].rows[1]] == [
        "合计",
        "因公出国（境）费",
        "公务用车购置及运行维护费",
        "公务接待费",
    ]
    assert [(cell.text, cell.rowspan, cell.colspan) for cell in grids[6].rows[0][:2]] == [
        ("项目", 1, 2),
        ("本年收入合计", 2, 1),
    ]
    assert grids[9].rows[0][2].text == "十六、金融支出"
    notes = [p.text for p in document.paragraphs() if p.page == 15]
    assert notes[0] == "第三部分 上海市XX局2024年度部门决算情况说明"
    assert notes[2].startswith("上海市XX局2024年度收入支出总计XXX万元。") and notes[2].endswith("（如持平作持平表述）")


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the published reports are not at hand")
def test_published_reports_as_text() -> None:
    found = {}
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        document = read_document(path)
        lines = path.read_text(encoding="utf-8").splitlines()
        written = sum(1 for line in lines if line.strip() and "\t" not in line)
        tabbed = sum(1 for line in lines if "\t" in line and line.strip("-\t"))
        rows = sum(grid.height for grid in document.grids())
        assert (len(document.paragraphs()), rows) == (written, tabbed)
        found[path.name[:3]] = len(document.grids())
    assert found == {"000": 0, "001": 31, "002": 0}


@pytest.mark.skipif(not (SHARED / "templates").is_dir(), reason="the official template is not at hand")
def test_an_independent_table_finder_sees_the_same_cells_in_the_official_template() -> None:
    pdfplumber = pytest.importorskip("pdfplumber")
    path = SHARED / "templates" / "shanghai-2024-blank.pdf"
    with pdfplumber.open(path) as document:
        for grid in read_document(path).grids():
            (table,) = document.pages[grid.page - 1].find_tables()
            others = sorted(tuple(table_cell) for table_cell in table.cells)
            ours = sorted(cell.bbox for cell in grid.cells() if cell.bbox is not None)
            assert len(ours) == len(others), grid.page
            for mine, other in zip(ours, others, strict=True):
                assert mine == pytest.approx(other, abs=1.5), grid.page
