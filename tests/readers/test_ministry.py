"""The ministry's own workbook fills the nine forms: more columns, a third part, a wide form, lines of another table."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Cell, TemplateError
from desktopapp.jobs import import_any
from desktopapp.readers.running import build_running
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


def test_what_is_told_of_the_running_of_the_unit_fills_the_tables_beside_the_forms(tmp_path: Path) -> None:
    report = exact_report(4, the_template(), own_money=True)
    write_ministry(report, tmp_path / "财决.xlsx")
    got = import_any(tmp_path / "财决.xlsx")
    fields = got.report.fields
    assert fields["input.trips"] == [{"groups": 2, "people": 7}]
    assert fields["input.vehicles"] == [{"bought": 1, "kept": 9}]
    assert fields["input.reception"] == [
        {"foreign": 1_234_500, "domestic_groups": 31, "foreign_groups": 3, "domestic_people": 260, "foreign_people": 22}
    ]
    cars = [("leader", 1), ("secret", 2), ("emergency", 4), ("other", 2)]
    assert fields["input.cars"] == [{"key": k, "count": n} for k, n in cars]
    assert fields["input.devices"] == [{"million": 5}]
    assert fields["input.procurement"] == [
        {"goods": 10_000_000, "services": 20_000_000, "sme": 15_000_000, "small": 5_000_000}
    ]
    assert got.report.amounts[Cell("S1", "agency_running", "amount")] == 65_432_100
    told = {(f["table"], f["column"]): f["where"] for f in got.account["facts"]}
    assert told["trips", "groups"] == "“F03 机构运行信息表(财决附03表)”D17"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"titles": [], "counts": [], "labels": [], "line": [{"to": "trips", "says": []}]}, "表.栏"),
        ({"titles": [], "counts": [], "labels": [], "line": [], "rows": []}, "没有这个键"),
        ({"titles": [], "counts": [], "line": []}, "labels"),
    ],
)
def test_a_slip_in_the_lines_is_refused_with_file_key_and_reason(raw: dict[str, object], reason: str) -> None:
    with pytest.raises(TemplateError, match=f"common/running.toml.*{reason}"):
        build_running(raw, "common/running.toml")
