"""How long controlled rounding takes: an ordinary report (budget 0.2 s), 10,000 code rows (5 s).

Run by name: ``pytest tests/benchmarks/test_rounding_bench.py``.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from desktopapp.core.checker import Checker
from desktopapp.core.rounding import RoundingPlan, total_cells
from desktopapp.solver.rounding_solver import round_report
from tests.generators import exact_report, the_book

#: Rows by code of form 03; the large report has 10,000 in its forms together.
SIZES = {"ordinary": 40, "large": 3400}


@pytest.mark.parametrize("pinned", [False, True], ids=["free", "pinned"])
@pytest.mark.parametrize("size", SIZES)
def test_controlled_rounding(benchmark: BenchmarkFixture, size: str, pinned: bool) -> None:
    report = exact_report(1, rows=SIZES[size], last_year=size == "ordinary")
    book = the_book()
    checker = Checker(report, book)
    pins = total_cells(report) if pinned else ()

    def work() -> RoundingPlan:
        return round_report(report, book, pins=pins, checker=checker)

    rounds = 10 if size == "ordinary" else 3
    plan = benchmark.pedantic(work, rounds=rounds, iterations=1, warmup_rounds=1)
    assert plan.departures
    assert len(report.rows_of("03")) >= SIZES[size]


def test_plain_rounding(benchmark: BenchmarkFixture) -> None:
    report = exact_report(1)
    checker = Checker(report, the_book())
    assert benchmark(round_report, report, the_book(), "plain", checker=checker).residuals


def test_an_ordinary_report_from_its_file_to_its_plan(benchmark: BenchmarkFixture) -> None:
    """With the relations expanded anew, as the command line does."""
    report = exact_report(1)
    assert benchmark(round_report, report, the_book()).departures
