"""How long the search for wrong cells takes with some 50 violated relations (budget 30 ms after an edit).

Run by name: ``pytest tests/benchmarks/test_suspects_bench.py``.
"""

from __future__ import annotations

from itertools import cycle
from random import Random

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from desktopapp.core.engine import Engine
from desktopapp.core.suspects import Suspect, causes, suspects
from desktopapp.solver.suspects_solver import exact_suspects
from tests.generators import published_report, the_book
from tests.planting import SINGLE, Planted, Planter, put, violated

SIZES = {"ordinary": 40, "large": 400, "10,000 rows": 3400}
VIOLATED = 46


def wrong_report(rows: int, violations: int = VIOLATED) -> tuple[Engine, Planted]:
    """Return a report with slips until so many relations are violated, and the first of the slips."""
    report = published_report(1, rows=rows)
    engine = Engine(report, the_book())
    rng = Random(rows)
    planter = Planter(report, rng)
    first: Planted | None = None
    while len(violated(engine.checker)) < violations:
        slip = planter.slip(rng.choice(SINGLE))
        if slip is not None:
            first = first or slip
            put(engine, slip.wrong)
    assert first is not None
    return engine, first


@pytest.mark.parametrize("size", SIZES)
def test_suspects_after_an_edit(benchmark: BenchmarkFixture, size: str) -> None:
    engine, slip = wrong_report(SIZES[size])
    values = cycle((slip.right, slip.wrong))

    def edit() -> list[Suspect]:
        put(engine, next(values))
        return suspects(engine.report, engine.checker)

    assert benchmark(edit)


def test_suspects_of_a_single_slip(benchmark: BenchmarkFixture) -> None:
    engine, _ = wrong_report(SIZES["ordinary"], 1)
    assert benchmark(suspects, engine.report, engine.checker)


def test_causes_for_the_findings_list(benchmark: BenchmarkFixture) -> None:
    engine, _ = wrong_report(SIZES["ordinary"])
    assert benchmark(causes, engine.report, engine.checker)


@pytest.mark.parametrize("size", SIZES)
def test_the_exact_search_in_the_background(benchmark: BenchmarkFixture, size: str) -> None:
    engine, _ = wrong_report(SIZES[size])
    assert benchmark.pedantic(exact_suspects, (engine.report, engine.checker), rounds=3, warmup_rounds=1)
