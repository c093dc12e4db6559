"""The workbook looks as the official forms do, holds exact numbers, and never turns text into formulas."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from desktopapp.core.amount import EXACT_GRAIN, LARGEST, Unit
from desktopapp.core.checker import Checker
from desktopapp.core.layout import lay_out
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import TOTAL_ROW, Cell
from desktopapp.narrative.document import Table, TableCell
from desktopapp.writers.aside import WriteCancelled
from desktopapp.writers.xlsx_marker import MARKER_SHEET
from desktopapp.writers.xlsx_names import original_text, safe_text, sheet_names
from desktopapp.writers.xlsx_sheet import HEAD_ROW
from desktopapp.writers.xlsx_writer import workbook_bytes, write_workbook
from tests.generators import exact_report, published_report, the_book, the_template


def checker_of(report: Report) -> Checker:
    return Checker(report, the_book(report.template.id))


def opened(report: Report, **options: Any) -> openpyxl.Workbook:
    values = options.pop("values", False)
    content = workbook_bytes(report, checker_of(report), **options)
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def sheet_of(book: openpyxl.Workbook, mark: str) -> Worksheet:
    sheet = next(s for s in book.worksheets if s.title.startswith(mark))
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.fixture(scope="module")
def report() -> Report:
    return published_report(21, rows=50, own_money=True, funds=True, last_year=False)


@pytest.fixture(scope="module")
def book(report: Report) -> openpyxl.Workbook:
    return opened(report)


# ── the look ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_published_form_has_a_sheet_named_after_it(report: Report, book: openpyxl.Workbook) -> None:
    visible = [s.title for s in book.worksheets if s.sheet_state == "visible"]
    assert len(visible) == 9
    assert visible[0] == "公开01表 收入支出决算总表"
    assert all(len(name) <= 31 for name in visible)


def test_sheets_are_the_layout_cell_by_cell(report: Report, book: openpyxl.Workbook) -> None:
    for form in (f for f in report.template.forms if f.published):
        layout, sheet = lay_out(report, form.id), sheet_of(book, form.mark)
        assert sheet["A1"].value == layout.title
        assert sheet.cell(2, len(layout.widths)).value == layout.mark
        assert sheet["A3"].value == layout.department_line
        assert sheet.cell(3, len(layout.widths)).value == layout.unit_line
        merged = {(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges}
        for head in layout.head:
            top, left = HEAD_ROW + head.row + 1, head.col + 1
            assert str(sheet.cell(top, left).value or "") == head.text
            if head.rowspan > 1 or head.colspan > 1:
                assert (top, left, top + head.rowspan - 1, left + head.colspan - 1) in merged
        for at, row in enumerate(layout.body):
            for cell in row:
                shown = sheet.cell(HEAD_ROW + layout.head_rows + at + 1, cell.col + 1).value
                if cell.cell is None:
                    assert str(shown or "") == cell.text
                else:
                    amount = report.get(cell.cell)
                    assert (None if amount is None else Decimal(amount) / 10**6) == (
                        None if shown is None else Decimal(str(shown))
                    )
        below = HEAD_ROW + layout.head_rows + len(layout.body)
        assert [sheet.cell(below + i + 1, 1).value for i in range(len(layout.notes))] == list(layout.notes)


def test_amounts_look_as_in_print(report: Report, book: openpyxl.Workbook) -> None:
    layout, sheet = lay_out(report, "03"), sheet_of(book, "公开03表")
    for at, cell in layout.amounts():
        found = sheet.cell(HEAD_ROW + layout.head_rows + at + 1, cell.col + 1)
        assert found.number_format == "#,##0.00;-#,##0.00;;@"
        assert found.alignment.horizontal == "right"
        assert found.border.left.style == found.border.bottom.style == "thin"
        assert found.font.name == "宋体"
    assert sheet["A1"].font.name == "黑体" and sheet["A1"].font.size == 18


def test_pages_are_set_up_for_a4(report: Report, book: openpyxl.Workbook) -> None:
    for form in (f for f in report.template.forms if f.published):
        layout, sheet = lay_out(report, form.id), sheet_of(book, form.mark)
        assert sheet.page_setup.orientation == layout.orientation
        assert int(sheet.page_setup.paperSize or 0) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (1, None)
        first, last = HEAD_ROW + 1, HEAD_ROW + layout.head_rows
        assert sheet.print_title_rows == f"${first}:${last}"
        assert sheet.print_options.horizontalCentered
        assert "第 &P 页" in re.sub(r'&"[^"]*"|&\d+', "", sheet.oddFooter.center.text)
        assert sheet.freeze_panes == sheet.cell(last + 1, layout.lead + 1).coordinate
        rows = HEAD_ROW + layout.head_rows + len(layout.body) + len(layout.notes)
        assert str(sheet.print_area).endswith(f":${get_column_letter(len(layout.widths))}${rows}")


def test_wrapped_labels_get_taller_rows() -> None:
    report = new_report(the_template(), 2023)
    rows = report.rows_of("03")
    rows.insert("2010301", "行政运行", 0)
    rows.insert("2010302", "很长的科目名称" * 8, 1)
    sheet = sheet_of(opened(report), "公开03表")
    layout = lay_out(report, "03")
    first = HEAD_ROW + layout.head_rows + 1
    heights = [sheet.row_dimensions[first + i].height for i in range(3)]
    assert heights[2] is not None and heights[1] is not None and heights[2] > 1.5 * heights[1]


def test_long_forms_run_over_pages_and_short_ones_stay_on_one() -> None:
    long = opened(published_report(1, rows=400, last_year=False))
    assert sheet_of(long, "公开03表").page_setup.fitToHeight == 0
    assert sheet_of(long, "公开01表").page_setup.fitToHeight in (1, None)


def test_forms_can_be_chosen(report: Report) -> None:
    assert [s.title.split()[0] for s in opened(report, forms=["03", "01"]).worksheets][:2] == ["公开03表", "公开01表"]


def test_an_empty_form_carries_its_statement() -> None:
    report = new_report(the_template(), 2023, "武汉市某局")
    texts = [c.value for row in sheet_of(opened(report), "公开07表").iter_rows() for c in row if c.value]
    assert any(str(t).startswith("武汉市某局本年度无政府性基金") for t in texts)


def test_sheet_names_keep_to_the_rules_of_spreadsheets() -> None:
    from dataclasses import replace

    form = the_template().form("01")
    odd = replace(form, mark="表[1]:*?/\\", title="{year}年度{department}" + "甲" * 40)
    names = sheet_names([("a", odd), ("b", odd), ("c", replace(form, mark="", title="History")), ("last.01", form)])
    assert len({n.casefold() for n in names.values()}) == 4
    for name in names.values():
        assert 0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.casefold() != "history"
    assert names["last.01"].startswith("上年")


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("amount", [1, -1, 123456789, 10**6, -(10**9) - 1, LARGEST, LARGEST - 1, 99999999999999])
def test_amounts_are_exact_numbers(amount: int, unit: Unit) -> None:
    report = new_report(the_template(), 2023)
    report.grains["09"] = EXACT_GRAIN
    cell = Cell("09", "row", "budget_abroad")
    report.amounts[cell] = amount
    with zipfile.ZipFile(io.BytesIO(workbook_bytes(report, checker_of(report), unit=unit))) as archive:
        sheet = archive.read("xl/worksheets/sheet9.xml").decode()
    stored = [Decimal(v) for v in re.findall(r'<c r="B\d+"[^>]*><v>([^<]+)</v>', sheet)]
    assert Decimal(amount) / unit.fen in stored


def test_zero_is_an_empty_cell(report: Report, book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        assert not [c.coordinate for row in sheet.iter_rows() for c in row if c.value == 0]


# ── formulas ────────────────────────────────────────────────────────────────────────────────────────────────────────
def formula_at(report: Report, cell: Cell, **options: Any) -> Any:
    layout = lay_out(report, cell.form)
    at, found = next((at, b) for at, b in layout.amounts() if b.cell == cell)
    sheet = sheet_of(opened(report, formulas=True, **options), report.template.form(cell.form).mark)
    return sheet.cell(HEAD_ROW + layout.head_rows + at + 1, found.col + 1).value


def test_totals_are_sums_of_what_they_add_up() -> None:
    report = exact_report(3, rows=30, last_year=False)
    assert formula_at(report, Cell("01", "income_total", "amount")) == "=SUM(C7:C14)"
    assert formula_at(report, Cell("01", "grand_income", "amount")) == "=SUM(C33:C35)"
    assert re.fullmatch(r"=SUM\(F8(,F\d+)+\)", formula_at(report, Cell("03", TOTAL_ROW, "basic")))
    assert re.fullmatch(r"='公开02表 收入决算表'!\w\d+", formula_at(report, Cell("01", "superior", "amount")))
    assert re.fullmatch(
        r"=ROUND\('公开02表 收入决算表'!F7-SUM\(C8:C9\),6\)", formula_at(report, Cell("01", "general", "amount"))
    )
    assert formula_at(report, Cell("09", "row", "budget_vehicles")) == "=SUM(D8:E8)"


def test_a_formula_never_changes_a_figure() -> None:
    """A total that differs from what its relation states is written as the number it is."""
    report = published_report(3, rows=30, last_year=False)
    cell = Cell("03", TOTAL_ROW, "basic")
    report.amounts[cell] += 10_000
    assert formula_at(report, cell) == report.amounts[cell] / 1_000_000


@pytest.mark.parametrize("unit", Unit)
def test_formulas_have_their_values_beside_them(unit: Unit) -> None:
    report = exact_report(8, rows=40, last_year=False, funds=True, own_money=True)
    plain, live = opened(report, unit=unit), opened(report, unit=unit, formulas=True, values=True)
    live_formulas = opened(report, unit=unit, formulas=True)
    count = 0
    for sheet in plain.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert (live[sheet.title][cell.coordinate].value or None) == cell.value
                count += live_formulas[sheet.title][cell.coordinate].data_type == "f"
    assert count > 200


def test_formulas_refer_only_to_sheets_that_are_there() -> None:
    report = exact_report(3, rows=30, last_year=False)
    book = opened(report, formulas=True, forms=["01"])
    formulas = [c.value for row in book.worksheets[0].iter_rows() for c in row if c.data_type == "f"]
    assert formulas and not any("!" in f for f in formulas)
    assert formula_at(report, Cell("01", "superior", "amount"), forms=["01"]) is None


# ── text stays text ─────────────────────────────────────────────────────────────────────────────────────────────────
ATTACKS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "＝1+1", "'=1+1"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_is_never_a_formula_or_a_link(attack: str) -> None:
    report = new_report(the_template(), 2023, attack)
    report.rows_of("03").insert("2010301", attack, 0)
    report.fields["empty_statement.07"] = attack
    for formulas in (False, True):
        content = workbook_bytes(report, checker_of(report), formulas=formulas)
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.data_type != "f":
                        # Also when saved as CSV and opened again.
                        assert cell.value[:1] not in tuple("=+-@\t\r＝") or len(cell.value) == 1
                    elif cell.data_type == "f":
                        assert "HYPERLINK" not in cell.value and "1+1" not in cell.value
                    assert cell.hyperlink is None


def test_web_addresses_are_no_links() -> None:
    report = new_report(the_template(), 2023, "武汉市某局")
    report.rows_of("03").insert("2010301", "http://example.com", 0)
    report.rows_of("03").insert("2010302", "mailto:a@example.com", 1)
    with zipfile.ZipFile(io.BytesIO(workbook_bytes(report, checker_of(report)))) as archive:
        assert b"hyperlink" not in b"".join(archive.read(n) for n in archive.namelist())


@settings(max_examples=200)
@given(st.text("'=+-@\t\r＝a字", max_size=6))
def test_guarded_text_can_be_taken_back(text: str) -> None:
    assert original_text(safe_text(text)) == text


# ── what else is in the file ────────────────────────────────────────────────────────────────────────────────────────
def test_the_file_names_nobody(report: Report) -> None:
    book = opened(report)
    properties = book.properties
    assert properties.title == f"示例单位21{report.year}年度部门决算公开"
    assert not properties.creator and not properties.lastModifiedBy and not properties.description
    content = workbook_bytes(report, checker_of(report))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        app = archive.read("docProps/app.xml").decode()
    assert re.search(r"<Company>\s*</Company>", app) or "<Company>" not in app


def test_the_mark_is_hidden_from_view(book: openpyxl.Workbook) -> None:
    assert book[MARKER_SHEET].sheet_state == "veryHidden"
    assert "请勿修改" in str(book[MARKER_SHEET]["A1"].value)
    assert book.active is not None and book.active.title.startswith("公开01表")


def test_writing_tells_progress_and_can_be_cancelled(report: Report, tmp_path: Path) -> None:
    steps: list[float] = []
    path = tmp_path / "表.xlsx"
    write_workbook(report, checker_of(report), path, progress=lambda f, _: steps.append(f))
    assert steps == sorted(steps) and steps[-1] == 1.0
    before = path.read_bytes()
    asked = iter([False] * 5)
    with pytest.raises(WriteCancelled, match="已取消导出"):
        write_workbook(report, checker_of(report), path, cancelled=lambda: next(asked, True))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_tables_of_the_document_stand_on_sheets_of_their_own(report: Report) -> None:
    cells = (TableCell("名称", head=True), TableCell("甲", 2))
    below = (TableCell("合计", rowspan=2, head=True, kind="centre"), TableCell("=1+1"), TableCell("长" * 60))
    table = Table(
        "项目/自评表", (), (cells, below, (TableCell("2"), TableCell("3"))), (20, 20, 30), ("text",) * 3, notes=("注",)
    )
    book = opened(report, tables=[table, table])
    names = [s.title for s in book.worksheets]
    assert names[-3:] == ["项目自评表", "项目自评表(2)", MARKER_SHEET]
    sheet = book["项目自评表"]
    assert isinstance(sheet, Worksheet)
    assert (sheet["A1"].value, sheet["B2"].value, sheet["B3"].value, sheet["A5"].value) == (
        "项目/自评表",
        "甲",
        "'=1+1",
        "注",
    )
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:C1", "B2:C2", "A3:A4", "A5:C5"}
    assert (sheet.row_dimensions[3].height or 0) > 2 * (sheet.row_dimensions[2].height or 0)
