"""A report goes into a workbook and comes back the same, also when somebody has worked on the workbook."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from desktopapp.core.amount import EXACT_GRAIN, Unit
from desktopapp.core.checker import Checker
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import LAST, Cell, Template
from desktopapp.readers.json_reader import load_json, report_from_json
from desktopapp.readers.sources import ReadingCancelled, SourceError
from desktopapp.readers.workbook import ImportResult, read_report
from desktopapp.resources import resource_root
from desktopapp.store.template_files import list_templates
from desktopapp.writers.xlsx_marker import MARKER_SHEET
from desktopapp.writers.xlsx_writer import write_workbook
from tests.generators import exact_report, published_report, the_book, the_template
from tests.readers.grid_foreign import Style, foreign_workbook
from tests.readers.same_report import contents
from tests.strategies import reports

SOFFICE = shutil.which("soffice")
Edit = Callable[[openpyxl.Workbook], None]


@cache
def template_ids() -> tuple[str, ...]:
    return tuple(list_templates(resource_root() / "templates"))


def read(path: Path, **options: Any) -> ImportResult:
    return read_report(path, the_template, template_ids(), **options)


def export(report: Report, path: Path, **options: Any) -> None:
    write_workbook(report, Checker(report, the_book(report.template.id)), path, **options)


@contextmanager
def folder() -> Iterator[Path]:
    """Yield an empty folder; pytest's own is shared by all examples of a property."""
    with TemporaryDirectory() as name:
        yield Path(name)


def edited(path: Path, edit: Edit) -> None:
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)


def sheet_of(book: openpyxl.Workbook, mark: str) -> Worksheet:
    sheet = next(s for s in book.worksheets if s.title.startswith(mark))
    assert isinstance(sheet, Worksheet)
    return sheet


def cell_with(sheet: Worksheet, text: object) -> Any:
    return next(c for row in sheet.iter_rows() for c in row if c.value == text)


def remove_mark(book: openpyxl.Workbook) -> None:
    del book[MARKER_SHEET]


def test_a_name_that_could_be_a_number_comes_back(tmp_path: Path) -> None:
    report = published_report(3, rows=6)
    rows = report.rows_of("03")
    code = next(iter(rows))
    rows.rename(code, "''1")
    export(report, tmp_path / "表.xlsx")
    assert contents(read(tmp_path / "表.xlsx").report) == contents(report)


def test_a_lone_amount_that_begins_like_a_code_is_an_amount(tmp_path: Path) -> None:
    report = new_report(the_template("hubei-2023"), 2024, "江城市数据局")
    report.grains["06"] = EXACT_GRAIN
    report.amounts.update({Cell("06", "30299", "amount"): 31147, Cell("06", "310", "amount"): 525})
    export(report, tmp_path / "表.xlsx", unit=Unit.YUAN)
    assert contents(read(tmp_path / "表.xlsx").report) == contents(report)


# ── export → import is the identity ─────────────────────────────────────────────────────────────────────────────────
@settings(max_examples=25)
@given(reports(), st.booleans(), st.sampled_from(Unit))
def test_what_is_exported_comes_back(report: Report, formulas: bool, unit: Unit) -> None:
    with folder() as at:
        export(report, at / "表.xlsx", formulas=formulas, unit=unit)
        result = read(at / "表.xlsx")
    assert contents(result.report) == contents(report)
    assert result.own and result.unplaced == ()
    assert {p.cell: p.amount for p in result.placed} == result.report.amounts


@settings(max_examples=25)
@given(reports(), st.booleans())
def test_it_comes_back_with_the_mark_removed(report: Report, formulas: bool) -> None:
    """Then only amounts tell whether a form is kept in 分, and printed rows of form 06 are always there."""
    for form in report.template.forms:
        for block in form.blocks:
            for code, name in block.rows:
                if code not in report.rows_of(form.id):
                    report.rows_of(form.id).insert(code, name, [c for c, _ in _printed(form)].index(code))
    with folder() as at:
        export(report, at / "表.xlsx", formulas=formulas)
        # Renaming keeps the sheet, so that stored results of formulas are not lost as openpyxl would lose them.
        _rename_mark(at / "表.xlsx")
        # Not every template prints the year.
        result = read(at / "表.xlsx", template=report.template.id, year=report.year)
    assert not result.own
    assert contents(result.report, marked=False) == contents(report, marked=False)


def _printed(form: Any) -> list[tuple[str, str]]:
    return [row for block in form.blocks for row in block.rows]


def _rename_mark(path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(MARKER_SHEET.encode(), "别的内容".encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)


@pytest.mark.parametrize("template_id", ["hubei-2023", "hubei-2024"])
@pytest.mark.parametrize("make", [exact_report, published_report])
@pytest.mark.parametrize("formulas", [False, True])
def test_consistent_reports_come_back(
    template_id: str, make: Callable[..., Report], formulas: bool, tmp_path: Path
) -> None:
    report = make(7, the_template(template_id), 60)
    export(report, tmp_path / "表.xlsx", formulas=formulas)
    assert contents(read(tmp_path / "表.xlsx").report) == contents(report)


@pytest.mark.parametrize("name", ["000", "001"])
def test_the_reference_reports_come_back_however_they_are_handled(name: str, tmp_path: Path, shared_dir: Path) -> None:
    raw = load_json(shared_dir / "expected" / f"{name}.json")
    report = report_from_json(raw, the_template(raw["template"]))
    path = tmp_path / "表.xlsx"
    export(report, path)
    assert contents(read(path).report) == contents(report)

    def handle(book: openpyxl.Workbook) -> None:
        remove_mark(book)
        random.Random(name).shuffle(book._sheets)  # type: ignore[attr-defined]
        for number, sheet in enumerate(book.worksheets):
            sheet.title = f"表{number}"
            for merged in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merged))
            sheet.insert_cols(1, 2)
            sheet.insert_rows(1, 3)
            sheet.column_dimensions["D"].width = 60

    edited(path, handle)
    result = read(path)
    assert contents(result.report, marked=False) == contents(report, marked=False)
    assert result.unplaced == ()


def test_last_years_forms_come_back(tmp_path: Path) -> None:
    report = published_report(3, rows=30)
    forms = [f.id for f in report.template.forms if f.published] + [LAST + "01", LAST + "04"]
    export(report, tmp_path / "表.xlsx", forms=forms)
    found = read(tmp_path / "表.xlsx").report
    for form_id in forms:
        wanted = {c: a for c, a in report.amounts.items() if c.form == form_id}
        assert {c: a for c, a in found.amounts.items() if c.form == form_id} == wanted
    assert found.year == report.year


# ── somebody has worked on it ───────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def report() -> Report:
    return published_report(11, rows=40, own_money=True, funds=True, last_year=False)


@pytest.fixture
def path(report: Report, tmp_path: Path) -> Path:
    export(report, tmp_path / "决算.xlsx")
    return tmp_path / "决算.xlsx"


def test_changed_amounts_are_taken_over(report: Report, path: Path) -> None:
    code = next(r for r in report.rows_of("03") if len(r) == 7)

    def change(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "公开03表")
        row = cell_with(sheet, code).row
        sheet.cell(row, 6).value = 1234.56
        sheet.cell(row, 7).value = "1，294. 48"
        sheet.cell(row, 8).value = None

    edited(path, change)
    found = read(path).report
    assert found.get(Cell("03", code, "basic")) == 1234_560000
    assert found.get(Cell("03", code, "project")) == 1294_480000
    assert found.get(Cell("03", code, "to_superior")) is None


def test_rows_are_inserted_and_deleted(report: Report, path: Path) -> None:
    codes = list(report.rows_of("03"))

    def change(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "公开03表")
        sheet.delete_rows(cell_with(sheet, codes[3]).row)
        at = cell_with(sheet, codes[6]).row
        sheet.insert_rows(at)
        sheet.cell(at, 1).value, sheet.cell(at, 4).value, sheet.cell(at, 5).value = 2299999, "其他支出", 8

    edited(path, change)
    result = read(path)
    rows = result.report.rows_of("03")
    assert list(rows) == [*codes[:3], *codes[4:6], "2299999", *codes[6:]]
    assert rows.name("2299999") == "其他支出"
    assert result.report.get(Cell("03", "2299999", "total")) == 8_000000
    assert result.unplaced == ()


def test_sheets_are_moved_renamed_and_added(report: Report, path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.move_sheet(sheet_of(book, "公开01表"), 5)
        sheet_of(book, "公开05表").title = "一般公共预算"
        notes = book.create_sheet("封面", 0)
        notes["A1"] = "武汉市某局决算公开"
        extra = book.create_sheet("测算")
        extra["B2"], extra["C2"] = "人均", 12.5

    edited(path, change)
    result = read(path)
    assert contents(result.report) == contents(report)
    assert [w for w in result.warnings if "测算" in w], result.warnings
    assert not [w for w in result.warnings if "封面" in w]


def test_columns_may_be_inserted(report: Report, path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "公开02表")
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(6)
        sheet.cell(4, 6).value = "备注"
        sheet.cell(9, 6).value = "含上年"

    edited(path, change)
    assert contents(read(path).report) == contents(report)


def test_another_form_on_a_sheet_of_ours_is_read_as_what_it_is(report: Report, path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        first, second = sheet_of(book, "公开02表"), sheet_of(book, "公开03表")
        first.title, second.title = "暂", first.title
        first.title = "公开03表 支出决算表"

    edited(path, change)
    assert contents(read(path).report) == contents(report)


def test_cells_that_are_no_amounts_are_named(report: Report, path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "公开01表")
        at = cell_with(sheet, "四、上级补助收入").row
        sheet.cell(at, 3).value = "约12万"
        sheet.cell(at + 1, 3).value = "#REF!"
        sheet.cell(at + 2, 3).value = 12345678901.5
        sheet.cell(at + 7, 3).value = 77.5

    edited(path, change)
    result = read(path)
    assert {u.text for u in result.unplaced} == {"约12万", "#REF!", "12345678901.5", "77.5"}
    words = "\n".join(result.warnings)
    assert "的公式出错（#REF!）" in words
    assert "不是金额" in words and "超过十万亿元" in words and "“公开01表 收入支出决算总表”C" in words


def test_numbers_that_formulas_left_are_taken_exactly(report: Report, path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = sheet_of(book, "公开01表")
        at = cell_with(sheet, "四、上级补助收入").row
        sheet.cell(at, 3).value = 12938.499999999998
        sheet.cell(at + 1, 3).value = 0.1 + 0.2
        sheet.cell(at + 2, 3).value = 100 / 3

    edited(path, change)
    result = read(path)
    assert result.report.get(Cell("01", "superior", "amount")) == 12938_500000
    assert result.report.get(Cell("01", "business", "amount")) == 300000
    assert result.report.get(Cell("01", "operating", "amount")) == 33_333333
    assert result.report.is_exact("01")
    assert any("四舍五入" in w for w in result.warnings)


def test_formulas_that_were_never_calculated_are_reported(report: Report, path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet_of(book, "公开01表")["C7"] = "=1+1"

    edited(path, change)
    assert any("公式没有保存计算结果" in w for w in read(path).warnings)


# ── workbooks of others ─────────────────────────────────────────────────────────────────────────────────────────────
STYLES = {
    "plain": Style(),
    "shifted": Style(down=6, right=3),
    "yuan": Style(unit=Unit.YUAN),
    "text": Style(as_text=True),
    "three code columns": Style(code_columns=3),
    "wrapped": Style(wrapped=True),
    "unmerged": Style(merged=False),
    "without numbers": Style(line_numbers=False, column_numbers=False),
    "blank rows": Style(blank_rows=3),
    "mark above title": Style(mark_first=True),
    "without year": Style(year=False),
    "everything": Style(3, 1, Unit.YUAN, True, 3, True, False, False, False, 5, True),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("template_id", ["hubei-2023", "hubei-2024"])
@pytest.mark.parametrize("stacked", [False, True], ids=["sheets", "one sheet"])
def test_foreign_workbooks_are_recognised(style: Style, template_id: str, stacked: bool, tmp_path: Path) -> None:
    report = exact_report(5, the_template(template_id), 40, last_year=False, own_money=True, funds=True)
    order = [f.id for f in report.template.forms if f.published]
    random.Random(str(style)).shuffle(order)
    foreign_workbook(report, tmp_path / "表.xlsx", style, order, stacked=stacked)
    result = read(tmp_path / "表.xlsx", template=None if style.year and style.line_numbers else template_id)
    assert contents(result.report, marked=False) == contents(report, marked=False)
    assert result.unplaced == ()


def test_tables_without_titles_are_told_apart(tmp_path: Path) -> None:
    report = published_report(2, rows=40, last_year=False, funds=True)
    foreign_workbook(report, tmp_path / "表.xlsx", Style(titles=False), ["08", "05", "09", "01"])
    result = read(tmp_path / "表.xlsx")
    wanted = {c: a for c, a in report.amounts.items() if c.form in ("08", "05", "09", "01")}
    assert result.report.amounts == wanted
    assert any("没有标题" in w for w in result.warnings)
    assert any("没有找到公开02表、公开03表、公开04表" in w for w in result.warnings)


def test_a_missing_unit_is_that_of_the_other_forms(tmp_path: Path) -> None:
    report = published_report(4, rows=30, last_year=False)
    path = tmp_path / "表.xlsx"
    foreign_workbook(report, path, Style(unit=Unit.YUAN), ["01", "02", "03"])

    def change(book: openpyxl.Workbook) -> None:
        for row in book["Sheet2"].iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.endswith("单位：元"):
                    cell.value = None

    edited(path, change)
    result = read(path)
    assert {c: a for c, a in report.amounts.items() if c.form in ("01", "02", "03")} == result.report.amounts
    assert any("公开02表没有写明金额单位，按元读取" in w for w in result.warnings)


def test_both_years_in_one_workbook(tmp_path: Path) -> None:
    this, before = (published_report(s, rows=30, last_year=False) for s in (1, 2))
    before.year = this.year - 1
    path = tmp_path / "表.xlsx"
    foreign_workbook(before, path, Style(), ["01"])
    old = openpyxl.load_workbook(path)["Sheet"]
    foreign_workbook(this, path, Style(), ["01", "02", "03"])

    def add(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("上年", 0)
        for row in old.iter_rows():
            for cell in row:
                sheet.cell(cell.row, cell.column, cell.value)

    edited(path, add)
    found = read(path).report
    assert found.year == this.year
    wanted = {c: a for c, a in this.amounts.items() if c.form in ("01", "02", "03")}
    wanted |= {Cell(LAST + "01", c.row, c.col): a for c, a in before.amounts.items() if c.form == "01"}
    assert found.amounts == wanted


def test_a_slip_in_the_year_of_one_title_loses_nothing(tmp_path: Path) -> None:
    report = published_report(6, rows=30, last_year=False)
    path = tmp_path / "表.xlsx"
    foreign_workbook(report, path, Style(), ["01", "02", "05"])

    def change(book: openpyxl.Workbook) -> None:
        title = book["Sheet3"]["A1"]
        title.value = str(title.value).replace(str(report.year), str(report.year - 1))

    edited(path, change)
    result = read(path)
    assert result.report.amounts == {c: a for c, a in report.amounts.items() if c.form in ("01", "02", "05")}
    assert any(f"标题是 {report.year - 1} 年度" in w for w in result.warnings)


def test_template_and_year_can_be_given(path: Path) -> None:
    result = read(path, template="hubei-2024", year=2025)
    assert result.report.template.id == "hubei-2024"
    assert result.report.year == 2025


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_workbook_without_forms_is_refused_in_words(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"], sheet["B1"] = "姓名", "工资"
    sheet["A2"], sheet["B2"] = "张三", 5000
    book.save(tmp_path / "工资.xlsx")
    with pytest.raises(SourceError, match=r"“工资\.xlsx”：没有找到决算公开的表"):
        read(tmp_path / "工资.xlsx")


def test_reading_can_be_cancelled_and_tells_its_progress(path: Path) -> None:
    steps: list[float] = []
    read(path, progress=lambda fraction, _: steps.append(fraction))
    assert steps == sorted(steps) and len(steps) > 10 and steps[0] >= 0 and steps[-1] <= 1
    asked = iter([False] * 12)
    with pytest.raises(ReadingCancelled):
        read(path, cancelled=lambda: next(asked, True))


# ── another program calculates the formulas ─────────────────────────────────────────────────────────────────────────
@pytest.mark.soffice
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("kind", "exact"), [("xlsx", True), ("xls", False), ("ods", False)])
def test_formulas_evaluate_to_the_same_amounts(kind: str, exact: bool, tmp_path: Path) -> None:
    assert SOFFICE is not None
    make = exact_report if exact else published_report
    report = make(9, the_template("hubei-2023"), 60, last_year=False, own_money=True, funds=True)
    export(report, tmp_path / "in.xlsx", formulas=True)
    # openpyxl keeps formulas and drops their stored results, so that LibreOffice has to calculate them.
    edited(tmp_path / "in.xlsx", lambda book: None)
    profile = (tmp_path / "profile").as_uri()
    command = [SOFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir"]
    subprocess.run([*command, str(tmp_path / "out"), str(tmp_path / "in.xlsx")], check=True, capture_output=True)
    result = read(tmp_path / "out" / f"in.{kind}")
    assert contents(result.report) == contents(report)
    assert result.own and result.unplaced == () and result.warnings == ()


def test_templates_are_those_of_the_program() -> None:
    assert {"hubei-2023", "hubei-2024"} <= set(template_ids())
    assert isinstance(the_template("hubei-2023"), Template)
