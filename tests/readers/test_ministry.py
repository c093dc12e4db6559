"""The ministry's own workbook fills the nine forms: more columns, a third part, a wide form, lines of another table."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp.core.report import Report
from desktopapp.core.template import LAST
from desktopapp.jobs import import_any
from tests.generators import exact_report, the_template
from tests.readers.ministry import write_ministry

#: S1 is printed nowhere in these forms.
_ELSEWHERE = ("S1",)


def amounts(report: Report) -> dict[str, dict[tuple[str, str], int]]:
    """Return this year's amounts by form."""
    found: dict[str, dict[tuple[str, str], int]] = {}
    for cell, fen in report.amounts.items():
        if not cell.form.startswith(LAST) and cell.form not in _ELSEWHERE:
            found.setdefault(cell.form, {})[cell.row, cell.col] = fen
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("template_id", ["hubei-2023", "hubei-2024"])
def test_every_amount_lands_in_its_cell(seed: int, template_id: str, tmp_path: Path) -> None:
    report = exact_report(seed, the_template(template_id), own_money=True, funds=True)
    report.department = "江城市文化和旅游局"
    write_ministry(report, tmp_path / "财决.xlsx")
    got = import_any(tmp_path / "财决.xlsx", template_id)
    assert amounts(got.report) == amounts(report)
    assert got.account["unplaced"] == []
    assert (got.report.department, got.report.year) == (report.department, report.year)


def test_budget_columns_are_not_taken_for_the_outturn(tmp_path: Path) -> None:
    report = exact_report(5, the_template(), own_money=False)
    write_ministry(report, tmp_path / "财决.xlsx")
    found = amounts(import_any(tmp_path / "财决.xlsx").report)
    assert found["01"] == amounts(report)["01"]
    assert found["04"] == amounts(report)["04"]
