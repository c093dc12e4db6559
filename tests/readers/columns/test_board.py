"""The board judges moves as the checker judges the report they lead to."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktopapp.core.checker import Checker
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.readers.columns.board import Board
from desktopapp.readers.columns.loose import Loose
from tests.generators import published_report, the_book, the_template


def loosened(report: Report) -> list[Loose]:
    """Return the rows of the forms by code, the total among them, as rows without columns that stand where they did."""
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for cell, amount in report.amounts.items():
        if cell.form in ("02", "03", "07"):
            rows.setdefault((cell.form, cell.row), {})[cell.col] = amount
    found = []
    for (form, row), values in rows.items():
        keys = [c.key for c in report.template.form(form).columns_of(row)]
        order = [k for k in keys if k in values]
        item = Loose(form, row, tuple(values[k] for k in order))
        item.candidates = [c for c in combinations(keys, len(order)) if keys[0] in c][:12]
        item.candidates.append(tuple(order))
        item.chosen = tuple(order)
        found.append(item)
    return found


def cost_of(report: Report) -> tuple[int, int]:
    checker = Checker(report, the_book(report.template.id))
    violated = list(checker.violated_relations())
    weight = sum(10 if r.severity == "error" else 1 for r in violated)
    return weight, sum(abs(checker.residual(r)) for r in violated)


@settings(max_examples=25)
@given(
    st.integers(0, 3),
    st.booleans(),
    st.lists(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 99)), min_size=1, max_size=4), max_size=5),
    st.lists(st.integers(0, 999), max_size=3),
)
def test_moves_cost_what_the_checker_says(
    seed: int, funds: bool, steps: list[list[tuple[int, int]]], blanked: list[int]
) -> None:
    report = published_report(seed, the_template("hubei-2024"), rows=14, funds=funds)
    # Totals left blank, too, keep relations from being judged.
    fixed = [c for c in report.amounts if c.form in ("01", "04")]
    for number in blanked:
        report.amounts.pop(fixed[number % len(fixed)], None)
    rows = loosened(report)
    board = Board(report, Checker(report, the_book("hubei-2024")), rows)
    assert board.cost == cost_of(report)
    for step in steps:
        moves = {}
        for at, choice in step:
            item = rows[at % len(rows)]
            moves[item.form, item.row] = (item, item.candidates[choice % len(item.candidates)])
        before, amounts = board.cost, dict(report.amounts)
        breaks, no_worse = board.breaks(list(moves.values())), board.no_worse(list(moves.values()))
        assert report.amounts == amounts
        board.move(list(moves.values()))
        assert board.cost == cost_of(report)
        assert no_worse == (board.cost <= before)
        assert not (breaks and no_worse)


def test_cells_of_other_rows_stay() -> None:
    report = published_report(1, the_template("hubei-2024"), rows=14)
    rows = loosened(report)
    others = {c: a for c, a in report.amounts.items() if c.form not in ("02", "03", "07")}
    board = Board(report, Checker(report, the_book("hubei-2024")), rows)
    board.move([(i, i.candidates[0]) for i in rows])
    assert {c: a for c, a in report.amounts.items() if c.form not in ("02", "03", "07")} == others
    assert all(report.amounts[Cell(i.form, i.row, k)] == a for i in rows for k, a in i.values(i.candidates[0]).items())
