"""Columns that the relations decide, and how sure they are where the source is wrong."""

from __future__ import annotations

import pytest

from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell
from desktopapp.readers.columns.assigner import assign
from desktopapp.readers.columns.grading import DOUBTFUL, OPEN
from desktopapp.readers.columns.loose import Loose
from desktopapp.readers.columns.narrowing import BROKEN
from tests.generators import the_book, the_template

WAN = 1_000_000


@pytest.fixture
def report() -> Report:
    made = new_report(the_template("hubei-2024"), 2024, "江城市数据管理局")
    for code in ("205", "20501", "2050101", "2050102"):
        made.rows_of("03").insert(code, code, len(made.rows_of("03")))
    return made


def rows(*values: tuple[str, tuple[int, ...]]) -> list[Loose]:
    return [Loose("03", row, tuple(a * WAN for a in amounts)) for row, amounts in values]


def placed(report: Report, row: str) -> dict[str, int]:
    return {c.col: a // WAN for c, a in report.amounts.items() if (c.form, c.row) == ("03", row)}


def test_sums_tell_the_columns_of_their_parts(report: Report) -> None:
    loose = rows(
        ("total", (9, 5, 4)), ("205", (9, 5, 4)), ("20501", (9, 5, 4)), ("2050101", (5, 5)), ("2050102", (4, 4))
    )
    assign(report, the_book("hubei-2024"), loose)
    assert placed(report, "total") == placed(report, "205") == placed(report, "20501")
    column = {amount: key for key, amount in placed(report, "total").items()}
    assert placed(report, "2050101") == {"total": 5, column[5]: 5}
    assert placed(report, "2050102") == {"total": 4, column[4]: 4}
    # No relation tells which two columns these are.
    assert {i.sure for i in loose} == {OPEN}


def test_rows_of_a_sum_that_stays_wrong_are_doubted(report: Report) -> None:
    """The last row alone would leave no doubt, but it should have been 4."""
    given = Cell("03", "total", "basic"), Cell("03", "total", "project"), Cell("03", "total", "total")
    for part, amounts in (((5, 5), (4, 4)), ((5, 5), (3, 3))):
        report.amounts.clear()
        report.amounts.update(zip(given, (5 * WAN, 4 * WAN, 9 * WAN), strict=True))
        loose = rows(("205", (9, 5, 4)), ("20501", (9, 5, 4)), ("2050101", part), ("2050102", amounts))
        assign(report, the_book("hubei-2024"), loose)
        sure = {i.row: (i.sure, i.reason) for i in loose}
        if amounts == (4, 4):
            assert all(s > 0.9 for s, _ in sure.values())
        else:
            assert sure["2050102"][0] <= OPEN
            assert DOUBTFUL in {reason for _, reason in sure.values()}


def test_a_row_that_does_not_add_up_is_not_sure(report: Report) -> None:
    full = rows(("205", (9, 1, 1, 1, 1, 1)))
    assign(report, the_book("hubei-2024"), full)
    assert placed(report, "205")["total"] == 9
    assert (full[0].sure, full[0].reason) == (0.7, BROKEN)
