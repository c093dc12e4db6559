"""Choosing among columns by the relations."""

from __future__ import annotations

from desktopapp.core.checker import Checker
from desktopapp.core.report import new_report
from desktopapp.core.template import Cell
from desktopapp.solver.columns import choose
from tests.generators import the_book, the_template

WAN = 1_000_000


def test_the_choice_that_satisfies_the_sums_is_taken() -> None:
    report = new_report(the_template(), 2023)
    rows = report.rows_of("05")
    for code in ("201", "20103", "2010301", "2010302"):
        rows.insert(code, code, len(rows))
    fixed = {Cell("05", "20103", c): v * WAN for c, v in (("total", 30), ("basic", 10), ("project", 20))}
    report.amounts.update(fixed)
    checker = Checker(report, the_book())

    def choices(code: str, amount: int) -> list[dict[Cell, int]]:
        return [
            {Cell("05", code, "total"): amount * WAN, Cell("05", code, column): amount * WAN}
            for column in ("basic", "project")
        ]

    relations = [checker.relation(f"05.codes[20103/{c}]") for c in ("total", "basic", "project")]
    found = choose([choices("2010301", 20), choices("2010302", 10)], [r for r in relations if r], fixed, {"05": 5000})
    assert found == [1, 0]


def test_nothing_to_decide_takes_the_first_choices() -> None:
    cell = Cell("05", "201", "total")
    assert choose([[{cell: WAN}, {cell: 2 * WAN}]], [], {}, {"05": 5000}) == [0]
