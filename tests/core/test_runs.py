"""Runs of amounts that stand a row too low or too high where only sums see them."""

from __future__ import annotations

from desktopapp.core.amount import PUBLISHED_GRAIN
from desktopapp.core.engine import Engine
from desktopapp.core.report import Report
from desktopapp.core.surroundings import printed_rows
from desktopapp.core.suspects import Suspect, causes, suspects
from desktopapp.core.template import Cell
from tests.generators import published_report, the_book
from tests.planting import put, violated


def wan(amount: int) -> int:
    return amount * 100 * PUBLISHED_GRAIN


def economic(row: str) -> Cell:
    return Cell("06", row, "amount")


#: Items of 302 in printed order: what last year had in them and what this year has.
LAST = {"30201": 80, "30202": 12, "30205": 3, "30206": 31, "30207": 7, "30211": 150, "30299": 44}
NOW = {"30201": 84, "30202": 13, "30205": 4, "30206": 29, "30207": 8, "30211": 139, "30299": 41}


def office(last: bool = True) -> Report:
    """Return a report with plain items of form 06 that add up, this year's and last year's."""
    report = published_report(5, last_year=True)
    for cell in [c for c in report.amounts if c.form in ("06", "last.06") and c.row[:3] == "302" and len(c.row) == 5]:
        del report.amounts[cell]
    for prefix, items in (("", NOW), ("last.", LAST)):
        for row, amount in items.items():
            report.amounts[Cell(prefix + "06", row, "amount")] = wan(amount)
    rest = report.amounts[economic("302")] - sum(map(wan, NOW.values()))
    # What is left of the class stands far from the rows of the tests.
    report.amounts[economic("30299")] += rest
    report.amounts[Cell("last.06", "30299", "amount")] += rest
    if not last:
        report.amounts = {c: a for c, a in report.amounts.items() if not c.form.startswith("last.")}
    return report


def shifted(report: Report, rows: tuple[str, ...]) -> tuple[Engine, dict[Cell, int | None]]:
    """Return the report with the amounts of rows one row too low, and what the rows should hold."""
    right = {economic(r): report.amounts.get(economic(r)) for r in rows}
    wrong = dict(zip(right, [None, *right.values()], strict=False))
    engine = Engine(report, the_book())
    put(engine, wrong)
    return engine, {c: a for c, a in right.items() if a != wrong[c]}


def named(suspect: Suspect) -> dict[Cell, int | None]:
    return dict(zip(suspect.places, suspect.suggested, strict=True))


RUN = ("30205", "30206", "30207", "30208", "30209", "30211")


def test_a_run_that_only_one_sum_sees_is_one_suspect_and_a_choice() -> None:
    engine, right = shifted(office(), RUN)
    assert len(violated(engine.checker)) == 1
    lead = suspects(engine.report, engine.checker)[0]
    assert named(lead).keys() == right.keys()
    assert lead.choice and "下移了一行" in lead.why and "可能之一" in lead.why
    undo = engine.apply(lead.command()).inverse
    assert violated(engine.checker) == []
    engine.apply(undo)


def test_without_last_year_single_cells_come_first() -> None:
    engine, _ = shifted(office(last=False), RUN)
    found = suspects(engine.report, engine.checker)
    assert len(found[0].places) == 1 and found[0].choice


def test_where_one_cell_is_all_that_can_be_wrong_no_run_is_supposed() -> None:
    report = office()
    engine = Engine(report, the_book())
    put(engine, {economic("302"): None})
    (cause,) = causes(report, engine.checker)
    assert cause.suspect is not None and cause.suspect.places == (economic("302"),)
    assert not cause.suspect.choice and cause.others == ()


def test_an_amount_that_overwrote_a_total_tells_where_the_run_ends() -> None:
    report = office(last=False)
    rows = ("30112", "30113", "30114", "30199", "303")
    giving = max((c for c in report.amounts if c.form == "06" and c.row < "30112" and len(c.row) == 5), key=report.get)
    for row, amount in zip(rows[:4], (5, 31, 8, 22), strict=True):
        report.amounts[giving] += report.amounts.get(economic(row), 0) - wan(amount)
        report.amounts[economic(row)] = wan(amount)
    engine, right = shifted(report, rows)
    found = suspects(report, engine.checker)
    assert right.keys() in [named(s).keys() for s in found[:3]] and found[0].choice


def test_rows_of_two_sides_and_blocks_do_not_stand_under_one_another() -> None:
    report = published_report(1)
    template = report.template
    summary = printed_rows(report, template.form("01"), "01")
    assert summary[summary.index("other") + 1] == "" and summary[summary.index("grand_income") + 1] == ""
    assert summary[summary.index("income_total") + 1] == "use_of_surplus"
    economic_rows = printed_rows(report, template.form("06"), "06")
    assert economic_rows[economic_rows.index("30199") + 1] == "303"
    assert economic_rows[economic_rows.index("30399") + 1] == ""
    assert economic_rows[economic_rows.index("302") - 1] == ""
    codes = printed_rows(report, template.form("03"), "03")
    assert "" not in codes and codes == report.row_keys(template.form("03"))
