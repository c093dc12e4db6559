"""What places are called: in sentences, and as addresses in exports."""

from __future__ import annotations

import pytest

from desktopapp.core.naming import column_name, describe, form_name, place_id, row_name
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell
from tests.core.actions import TEMPLATES
from tests.generators import exact_report, the_template


@pytest.fixture
def report() -> Report:
    report = new_report(the_template(), 2023)
    report.rows_of("03").insert("2010301", "行政运行", 0)
    report.rows_of("03").insert("2010301#2", "行政运行", 1)
    report.rows_of("last.07").insert("2120801", "征地支出", 0)
    return report


@pytest.mark.parametrize(
    ("cell", "place", "words"),
    [
        (Cell("01", "income_total", "amount"), "01.L27.c1", "公开01表 27行“本年收入合计”"),
        (Cell("01", "201", "amount"), "01.L32.c2", "公开01表 32行“一般公共服务支出”"),
        (
            Cell("04", "closing", "fund"),
            "04.L60.c4",
            "公开04表 60行“年末财政拨款结转和结余” 4栏“政府性基金预算财政拨款”",
        ),
        (Cell("03", "2010301", "basic"), "03.2010301.c2", "公开03表 2010301 行政运行 2栏“基本支出”"),
        (Cell("03", "2010301#2", "basic"), "03.2010301#2.c2", "公开03表 2010301 行政运行 2栏“基本支出”"),
        (Cell("03", "2010399", "basic"), "03.2010399.c2", "公开03表 2010399 2栏“基本支出”"),
        (Cell("03", TOTAL_ROW, "total"), "03.total.c1", "公开03表 “合计” 1栏“本年支出合计”"),
        (Cell("06", "30101", "amount"), "06.30101", "公开06表 30101 基本工资"),
        (Cell("06", "public", "amount"), "06.public_total", "公开06表 “公用经费合计”"),
        (Cell("09", SINGLE_ROW, "outturn_abroad"), "09.c8", "公开09表 8栏“决算数·因公出国（境）费”"),
        (
            Cell("09", SINGLE_ROW, "outturn_purchase"),
            "09.c10",
            "公开09表 10栏“决算数·公务用车购置及运行维护费·公务用车购置费”",
        ),
        (Cell("last.01", "closing", "amount"), "last.01.L60.c2", "上年公开01表 60行“年末结转和结余”"),
        (
            Cell("last.07", "2120801", "closing"),
            "last.07.2120801.c6",
            "上年公开07表 2120801 征地支出 6栏“年末结转和结余”",
        ),
        (Cell("S1", "agency_running", "amount"), "S1.L1.c1", "补充资料 1行“机关运行经费支出”"),
    ],
)
def test_wuhan(report: Report, cell: Cell, place: str, words: str) -> None:
    assert place_id(report, cell) == place
    assert describe(report, cell) == words


def test_where_no_numbers_are_printed() -> None:
    report = new_report(the_template("shanghai-2024"), 2024)
    cell = Cell("01", "201", "amount")
    assert describe(report, cell) == "《收入支出决算总表》 “一般公共服务支出”"
    assert place_id(report, cell) == "01.L29.c2"
    assert describe(report, Cell("04", "201", "fund")).endswith("“一般公共服务支出” “政府性基金预算财政拨款”")
    assert form_name(report, "last.09").startswith("上年《")
    # The same words stand twice in print; only what is above them tells them apart.
    assert row_name(report, "04", "general") == "“一般公共预算财政拨款”"
    assert row_name(report, "04", "opening_general") == "“年初财政拨款结转和结余·一般公共预算财政拨款”"
    assert row_name(report, "01", "grand_income") == "“收入·总计”"
    assert row_name(report, "01", "grand_expense") == "“支出·总计”"


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_every_place_has_an_address_of_its_own(template_id: str) -> None:
    report = exact_report(1, the_template(template_id), 30)
    cells = [c for f in report.template.forms for i in (f.id, f"last.{f.id}") for c in report.cells(f, i)]
    places = {place_id(report, c) for c in cells}
    assert len(places) == len(cells)
    described = {describe(report, c) for c in cells}
    assert len(described) == len(cells)
    for cell in cells:
        assert form_name(report, cell.form) in describe(report, cell)
        assert row_name(report, cell.form, cell.row) in describe(report, cell)
        assert column_name(report, cell) in describe(report, cell)
