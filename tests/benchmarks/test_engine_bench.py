"""Budgets of the core: edits and their verdicts, checking a whole report, rows that come and go, templates.

Run with ``pytest tests/benchmarks/test_engine_bench.py``; sizes are rows by code of form 03, forms 02, 05, 07 and 08
have rows besides, and last year's amounts are there too. The budgets stand in the names of the groups.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from desktopapp import jobs
from desktopapp.core.amount import PUBLISHED_GRAIN
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.checker import Checker
from desktopapp.core.commands import Command, DeleteRow, InsertRow, SetCells, typed
from desktopapp.core.engine import Engine
from desktopapp.core.judging import all_findings
from desktopapp.core.live import LiveFindings
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from tests.generators import exact_report, published_report, the_book, the_template

Benchmark = Any
SIZES = (1_000, 10_000)
ROUNDS = 400
MAKERS: dict[str, Callable[..., Report]] = {"exact": exact_report, "published": published_report}


@pytest.fixture(scope="module")
def known() -> Catalogues:
    return jobs.get_catalogues(2023)


def engine_of(make: Callable[..., Report], size: int, *, automatic: bool = False) -> Engine:
    engine = Engine(make(1, the_template(), size), the_book())
    if automatic:
        engine.apply(SetCells(tuple((c, None, True) for c in sorted(set(engine.computable())))))
    return engine


def edits(engine: Engine, count: int) -> list[Command]:
    """Return one edit each of many amounts of form 03, one step up; none of the cells has been touched before."""
    amounts = engine.report.amounts
    cells = [c for c in amounts if c.form == "03" and len(c.row) == 7 and c.col in ("basic", "project")]
    chosen = random.Random(3).sample(sorted(cells), min(count, len(cells)))
    return [typed(c, amounts[c] + PUBLISHED_GRAIN) for c in chosen]


def run_edits(benchmark: Benchmark, engine: Engine, then: Callable[[Any], object] = lambda changes: None) -> None:
    """Time one edit after another; notes how many cells and relations each changed or judged anew."""
    made = edits(engine, ROUNDS)
    sizes: list[tuple[int, int]] = []
    commands = iter(made)

    def edit() -> None:
        changes = engine.apply(next(commands))
        then(changes)
        sizes.append((len(changes.cells), len(changes.relations)))

    benchmark.pedantic(edit, rounds=len(made), iterations=1)
    middle = sorted(sizes)[len(sizes) // 2]
    benchmark.extra_info.update(cells=middle[0], relations=middle[1], rows=len(engine.report.rows_of("03")))


@pytest.mark.benchmark(group="edit → all affected verdicts, typed report (budget 0.05 / 0.06 ms)")
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("size", SIZES)
def test_edit(benchmark: Benchmark, size: int, kind: str) -> None:
    run_edits(benchmark, engine_of(MAKERS[kind], size))


@pytest.mark.benchmark(group="edit → sums up to forms 01 and 04 computed, and all affected verdicts")
@pytest.mark.parametrize("size", SIZES)
def test_edit_with_automatic_cells(benchmark: Benchmark, size: int) -> None:
    run_edits(benchmark, engine_of(exact_report, size, automatic=True))


@pytest.mark.benchmark(group="edit → findings worded and cells marked anew")
@pytest.mark.parametrize("size", SIZES)
def test_edit_with_findings(benchmark: Benchmark, size: int) -> None:
    engine = engine_of(exact_report, size)
    run_edits(benchmark, engine, LiveFindings(engine, None).update)


@pytest.mark.benchmark(group="paste of 1,000 amounts in one command")
@pytest.mark.parametrize("size", SIZES)
def test_paste(benchmark: Benchmark, size: int) -> None:
    engine = engine_of(exact_report, size, automatic=True)
    amounts = engine.report.amounts
    cells = [c for c in sorted(amounts) if c.form == "03" and c.col == "basic" and len(c.row) == 7][:1_000]
    step = itertools.count(1)

    def paste() -> None:
        add = next(step) * PUBLISHED_GRAIN
        engine.apply(SetCells(tuple((c, amounts[c] + add, False) for c in cells)))

    benchmark.pedantic(paste, rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="check an ordinary report, findings included (budget 10 ms)")
def test_check_the_sample(benchmark: Benchmark, known: Catalogues) -> None:
    report = jobs.import_any(jobs.sample_path()).report
    book = rule_book(report.template)
    found = benchmark(lambda: all_findings(report, Checker(report, book), known))
    assert len(found) == 4


@pytest.mark.benchmark(group="check a large report: relations (budget 300 ms at 10,000 rows)")
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("size", SIZES)
def test_check(benchmark: Benchmark, size: int, kind: str) -> None:
    report = MAKERS[kind](1, the_template(), size)
    checker = benchmark.pedantic(lambda: Checker(report, the_book()), rounds=5, warmup_rounds=1)
    benchmark.extra_info.update(relations=sum(1 for _ in checker.relations()), amounts=len(report.amounts))


@pytest.mark.benchmark(group="check a large report: relations, codes and all findings")
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("size", SIZES)
def test_check_with_findings(benchmark: Benchmark, size: int, kind: str) -> None:
    # The generator has to invent codes beyond what the classification holds: one finding for nearly every row.
    report = MAKERS[kind](1, the_template(), size)
    _, found = benchmark.pedantic(lambda: jobs.check_report(report), rounds=5, warmup_rounds=1)
    benchmark.extra_info.update(findings=len(found), unknown=sum(f.rule == "code.unknown" for f in found))


@pytest.mark.benchmark(group="insert and delete a row, engine alone (budget 16 ms)")
@pytest.mark.parametrize("automatic", [False, True], ids=["typed", "automatic"])
@pytest.mark.parametrize("size", SIZES)
def test_insert(benchmark: Benchmark, size: int, automatic: bool) -> None:
    engine = engine_of(exact_report, size, automatic=automatic)
    rows = engine.report.rows_of("03")
    codes = [c for n in range(1, 100) for s in ("201", "205", "213") if (c := f"{s}99{n:02d}") not in rows]
    steps = iter([step for c in codes for step in (InsertRow("03", c, "新行"), DeleteRow("03", c))])
    benchmark.pedantic(lambda: engine.apply(next(steps)), rounds=100)


@pytest.mark.benchmark(group="load a template, its relations proven well formed")
def test_load_template(benchmark: Benchmark) -> None:
    template = benchmark(lambda: jobs.get_template("hubei-2024"))
    assert len(template.forms) == 10


@pytest.mark.benchmark(group="relations of a template made ready")
def test_rule_book(benchmark: Benchmark) -> None:
    template = the_template()
    assert benchmark(lambda: rule_book(template)).rules


def test_the_measured_edits_are_real() -> None:
    """What is measured above reaches the total of form 01 and judges its relations."""
    engine = engine_of(exact_report, 1_000, automatic=True)
    (edit,) = edits(engine, 1)
    changes = engine.apply(edit)
    assert Cell("01", "grand_expense", "amount") in changes.cells
    assert "01.balance" in changes.relations
