"""What automatic cells do is what the engine makes of them."""

from __future__ import annotations

from random import Random

from desktopapp.core.commands import SetCells, typed
from desktopapp.core.dependence import Dependence
from desktopapp.core.engine import Engine
from tests.generators import exact_report, the_book


def automatic(seed: int) -> Engine:
    """Return an exact report whose totals follow their relations."""
    report = exact_report(seed, rows=20, last_year=False)
    engine = Engine(report, the_book())
    cells = dict.fromkeys(engine.computable())
    engine.apply(SetCells(tuple((c, report.amounts.get(c), True) for c in cells)))
    return engine


def test_a_typed_amount_moves_the_cells_that_its_response_names() -> None:
    for seed in range(4):
        engine = automatic(seed)
        report = engine.report
        dependence = Dependence(report, engine.checker)
        assert dependence
        leaves = [c for c in sorted(report.amounts) if c not in report.auto]
        for cell in Random(seed).sample(leaves, 12):
            before = dict(report.amounts)
            engine.apply(typed(cell, before[cell] + 1_000_000))
            moved = {
                c: (report.amounts.get(c, 0) - before.get(c, 0)) // 1_000_000
                for c in before.keys() | report.amounts.keys()
                if report.amounts.get(c, 0) != before.get(c, 0)
            }
            assert moved == dict(dependence.response(cell))
            engine.apply(typed(cell, before[cell]))


def test_an_automatic_total_is_the_sum_of_its_sources() -> None:
    engine = automatic(5)
    report = engine.report
    dependence = Dependence(report, engine.checker)
    for cell in sorted(report.auto):
        sources = dependence.sources(cell)
        assert not any(c in report.auto for c in sources)
        assert sum(factor * report.amounts.get(c, 0) for c, factor in sources.items()) == report.amounts.get(cell, 0)


def test_without_automatic_cells_each_cell_stands_for_itself() -> None:
    report = exact_report(1, rows=20, last_year=False)
    dependence = Dependence(report, Engine(report, the_book()).checker)
    assert not dependence
    cell = sorted(report.amounts)[0]
    assert dependence.sources(cell) == {cell: 1} == dependence.response(cell)
