"""A new year's report from last year's."""

from __future__ import annotations

import pytest

from desktopapp.core.engine import Engine
from desktopapp.core.report import Report
from desktopapp.core.roll import roll_forward
from desktopapp.core.template import LAST, Cell
from desktopapp.jobs import UserError, get_catalogues, roll
from tests.generators import published_report, the_book, the_template


@pytest.fixture(scope="module")
def last() -> Report:
    report = published_report(7, the_template("hubei-2023"), rows=30, funds=True)
    report.department = "江城市数据管理局"
    return report


def test_department_and_rows_are_carried_and_amounts_are_empty(last: Report) -> None:
    report = roll_forward(last, the_template("hubei-2024"), 2024).report
    assert (report.department, report.year) == ("江城市数据管理局", 2024)
    for form in ("02", "03", "05", "07"):
        assert list(report.rows_of(form)) == sorted(last.rows_of(form))
    openings = {c for c in report.amounts if not c.form.startswith(LAST)}
    assert all("opening" in (c.row + c.col) or c.form in ("01", "04", "07") for c in openings)


def test_last_years_outturn_stands_beside_every_form(last: Report) -> None:
    report = roll_forward(last, the_template("hubei-2024"), 2024).report
    for cell, amount in last.amounts.items():
        if not cell.form.startswith(LAST):
            assert report.amounts[Cell(LAST + cell.form, cell.row, cell.col)] == amount


def test_totals_that_last_year_left_blank_count_as_the_sums_they_are(last: Report) -> None:
    total, printed = Cell("01", "income_total", "amount"), last.copy()
    meant = printed.amounts.pop(total)
    rolled = roll_forward(printed, the_template("hubei-2024"), 2024)
    assert rolled.report.amounts[Cell(LAST + "01", "income_total", "amount")] == meant
    assert any("公开01表有 1 个合计空着" in remark for remark in rolled.remarks)
    assert total not in printed.amounts


def test_closing_balances_become_opening_balances_and_agree_across_the_years(last: Report) -> None:
    report = roll_forward(last, the_template("hubei-2024"), 2024).report
    engine = Engine(report, the_book("hubei-2024"))
    across = [r for r in engine.checker.relations() if r.kind == "across_years"]
    assert len(across) >= 4
    assert not [r for r in across if r in list(engine.checker.open_relations())]
    closing = last.get(Cell("01", "closing", "amount"))
    assert report.get(Cell("01", "opening", "amount")) == closing


def test_totals_follow_their_relations_in_the_new_report(last: Report) -> None:
    report = roll_forward(last, the_template("hubei-2024"), 2024).report
    assert Cell("01", "income_total", "amount") in report.auto
    assert not any(c.form.startswith(LAST) for c in report.auto)


def test_a_renamed_code_gets_its_new_name_and_a_retired_one_is_pointed_out() -> None:
    last = published_report(1, the_template("hubei-2023"), rows=20)
    rows = last.rows_of("03")
    for code, name in (
        ("201", "一般公共服务支出"),
        ("20103", "政府办公厅（室）及相关机构事务"),
        ("2010308", "信访事务"),
    ):
        if code not in rows:
            rows.insert(code, name, rows.place_for(code))
    rolled = roll_forward(last, the_template("hubei-2024"), 2024, get_catalogues(2023), get_catalogues(2024))
    assert any("2010308" in r and "停用" in r for r in rolled.remarks)


def test_the_new_year_must_be_later(last: Report) -> None:
    with pytest.raises(UserError, match="应当更晚"):
        roll(last, 2023)


def test_the_newest_template_of_the_place_is_taken(last: Report) -> None:
    report, _ = roll(last, 2026)
    assert report.template.id == "hubei-2024"
