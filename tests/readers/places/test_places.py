"""Reports of other places, printed otherwise than any template here, are read as what they are.

The forms are drawn and turned into text by code of their own, so that nothing agrees with the readers by descent.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from desktopapp import jobs
from desktopapp.core.amount import PUBLISHED_GRAIN
from desktopapp.core.findings import Severity
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from tests.generators import published_report, the_template
from tests.readers.places.forms import EARLIER, Place, Printer
from tests.readers.places.texts import EMPTIES_KEPT, STYLES, as_text

PLACES = [
    Place("plain"),
    Place("earlier", order=EARLIER, code_columns=3, amount="金额", classes=23),
    Place("unnumbered", line_numbers=False, classes=0, mark="", title="{department}{year}年度{title}", total_last=True),
    Place("listed", listed=True, single="two", fees=True, zeros=True, classes=24, line_numbers=False),
    Place(
        "meetings",
        order=EARLIER,
        single="meetings",
        listed=True,
        titles={"09": "财政拨款“三公”经费、会议费和培训费支出决算表", "05": "一般公共预算支出决算表（功能科目）"},
        beside=True,
        department="部门名称：",
    ),
    Place("items", single="items", code_columns=0, enumerated=".", title="表{n}：{title}", department="填报单位："),
    Place("budgets", budgets=True, mark="附表{n}", department="编制单位：", total_last=True),
]
#: From this confidence on the program says that a cell is sure.
SURE = 0.9


def truth(seed: int, *, own_money: bool, funds: bool) -> Report:
    report = published_report(seed, the_template("hubei-2023"), 24, last_year=False, own_money=own_money, funds=funds)
    report.department = "青山市教育局"
    return report


def imported(report: Report, place: Place, style: str, seed: int, folder: Path) -> jobs.Imported:
    path = folder / f"{place.name}-{style}.txt"
    cover = f"{report.department}{report.year}年度部门决算"
    path.write_text(as_text(Printer(report, place).forms(), style, seed, cover), encoding="utf-8")
    return jobs.import_any(path)


def wrong_cells(report: Report, found: jobs.Imported, place: Place) -> dict[Cell, tuple[int | None, int | None]]:
    """Return the cells that were not read as printed: what was read, what is printed."""
    cells = {c for c in {*report.amounts, *found.report.amounts} if c.form in place.order}
    return {c: (a, b) for c in cells if (a := found.report.get(c)) != (b := report.get(c))}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.name)
def test_forms_of_another_place_are_read(place: Place, style: str, tmp_path: Path) -> None:
    seed = len(place.name) * 10 + list(STYLES).index(style)
    # A list of classes that lacks one can hold no money of it.
    report = truth(seed, own_money=seed % 2 == 0, funds=seed % 3 == 0 and place.classes != 23)
    found = imported(report, place, style, seed, tmp_path)
    assert (found.report.year, found.report.department) == (report.year, report.department)
    wrong = wrong_cells(report, found, place)
    assert found.built is not None
    sure = {p.cell: p.confidence for p in found.built.placements}
    if style in EMPTIES_KEPT:
        assert not wrong
    assert not {c: amounts for c, amounts in wrong.items() if sure.get(c, 1.0) >= SURE and amounts[0]}
    # Where others would do, the relations cannot tell which: at most two columns of a form.
    assert len(wrong) <= 0.06 * len(report.amounts)
    _, findings = jobs.check_report(found.report)
    assert [f.message for f in findings if f.severity is Severity.ERROR] == []


@pytest.mark.parametrize("style", ["row", "cell", "blanks", "tabs"])
def test_an_error_of_the_source_is_not_repaired(style: str, tmp_path: Path) -> None:
    place = PLACES[0]
    report = truth(7, own_money=False, funds=False)
    items = [c for c in report.amounts if c.form == "05" and len(c.row) == 7 and c.col == "total"]
    cell = random.Random(style).choice(sorted(items))
    report.amounts[cell] += 12_34 * PUBLISHED_GRAIN
    found = imported(report, place, style, 7, tmp_path)
    assert found.report.get(cell) == report.get(cell)
    assert not wrong_cells(report, found, place)
    _, findings = jobs.check_report(found.report)
    broken = {f.rule.partition("[")[0] for f in findings if f.severity is Severity.ERROR}
    assert broken == {"05.codes", "05.columns"}
