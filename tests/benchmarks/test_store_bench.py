"""Budgets of the report file: edits on the disk, rows inserted, opening and creating.

Run with ``pytest tests/benchmarks/test_store_bench.py``; sizes are rows by code of form 03.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopapp.core.commands import InsertRow, typed
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.store.contents import read_report
from desktopapp.store.examining import examine
from desktopapp.store.report_file import ReportFile, create, open_file
from desktopapp.store.schema import SCHEMA
from tests.store.reports import large_report, load, small_report

Benchmark = Any
SIZES = {"ordinary": 0, "1000": 1_000, "10000": 10_000}


@pytest.fixture(params=SIZES, scope="module")
def report(request: pytest.FixtureRequest) -> Report:
    size = SIZES[request.param]
    return large_report(size) if size else small_report()


@pytest.fixture
def path(tmp_path: Path, report: Report) -> Path:
    path = tmp_path / "a.juesuan"
    create(path, report)
    return path


@pytest.fixture
def file(path: Path) -> Iterator[ReportFile]:
    with open_file(path, load, backup=False) as file:
        _ = file.engine
        yield file


@pytest.mark.benchmark(group="edit → committed to disk (budget with painting: p99 ≤ 16 ms)")
def test_edit(benchmark: Benchmark, file: ReportFile) -> None:
    row = next(r for r in file.report.rows_of("03") if len(r) == 7)
    cell, amounts = Cell("03", row, "basic"), itertools.count(1)

    def edit() -> None:
        file.apply(typed(cell, next(amounts) * 10_000))

    benchmark.pedantic(edit, rounds=500, warmup_rounds=5)


@pytest.mark.benchmark(group="edit → engine alone")
def test_edit_in_memory(benchmark: Benchmark, file: ReportFile) -> None:
    row = next(r for r in file.report.rows_of("03") if len(r) == 7)
    cell, amounts = Cell("03", row, "basic"), itertools.count(1)
    benchmark.pedantic(lambda: file.engine.apply(typed(cell, next(amounts) * 10_000)), rounds=500, warmup_rounds=5)


@pytest.mark.benchmark(group="insert a row → committed to disk")
def test_insert(benchmark: Benchmark, file: ReportFile) -> None:
    codes = itertools.count(2_010_120)
    benchmark.pedantic(lambda: file.apply(InsertRow("03", str(next(codes)), "新行")), rounds=30)


@pytest.mark.benchmark(group="open: all checks, without engine and backup")
def test_open(benchmark: Benchmark, path: Path) -> None:
    benchmark.pedantic(lambda: open_file(path, load, backup=False).close(), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="open: checks alone")
def test_examine(benchmark: Benchmark, path: Path) -> None:
    benchmark.pedantic(lambda: examine(path, SCHEMA), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="open: reading alone")
def test_read(benchmark: Benchmark, file: ReportFile) -> None:
    benchmark.pedantic(lambda: read_report(file._db, load), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="create")
def test_create(benchmark: Benchmark, tmp_path: Path, report: Report) -> None:
    numbers = itertools.count()
    benchmark.pedantic(lambda: create(tmp_path / f"{next(numbers)}.juesuan", report), rounds=5, warmup_rounds=1)
