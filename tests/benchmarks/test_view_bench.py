"""Budgets of the form view: opening, painting, scrolling and edits that are committed and painted.

Run with ``pytest tests/benchmarks/test_view_bench.py``; the budgets stand in the names of the groups.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktopapp.core.commands import SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell, Template
from desktopapp.gui.document import Document
from desktopapp.gui.forms import FormView
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues
from desktopapp.store.report_file import ReportFile, create, open_file
from desktopapp.store.template_files import load_template

Benchmark = Any
SIZES = (1_000, 10_000)
YEAR = 2023


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template(resource_root() / "templates", "hubei-2023")


def generated(template: Template, size: int) -> Report:
    """Return a report whose form 03 has about ``size`` rows by code, all details filled, totals automatic."""
    report = new_report(template, YEAR, "示例局")
    rows = report.rows_of("03")
    codes = []
    for k, p, i in itertools.product(range(201, 234), range(1, 34), range(1, 10)):
        if len(codes) >= size:
            break
        codes += [str(k)] * (p == 1 and i == 1) + [f"{k}{p:02}"] * (i == 1) + [f"{k}{p:02}{i:02}"]
    for code in codes:
        rows.insert(code, f"科目 {code}", len(rows))
    for n, code in enumerate(codes):
        if len(code) == 7:
            report.amounts[Cell("03", code, "basic")] = (n % 977 + 1) * 10_000
            report.amounts[Cell("03", code, "project")] = (n % 499 + 1) * 1_230_000
    return report


@pytest.fixture(params=SIZES, ids=lambda n: f"{n}-rows")
def view(request: pytest.FixtureRequest, qtbot: QtBot, template: Template, tmp_path: Path) -> Iterator[FormView]:
    """Return form 03 on a real file in a real window."""
    report = generated(template, request.param)
    engine = Engine(report, rule_book(template))
    engine.apply(SetCells(tuple((c, None, True) for c in engine.computable() if c.form == "03")))
    file = make_file(tmp_path / "bench.juesuan", report)
    document = Document(file, load_catalogues(resource_root() / "codes", YEAR))
    shown = FormView(document, "03")
    qtbot.addWidget(shown)
    shown.resize(1300, 900)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    file.close()


def make_file(path: Path, report: Report) -> ReportFile:
    """Return an open report file that holds the report."""
    create(path, report)
    return open_file(path, lambda template_id: load_template(resource_root() / "templates", template_id))


@pytest.mark.benchmark(group="edit, committed to disk and painted: p99 ≤ 16 ms")
def test_edit_committed_and_painted(benchmark: Benchmark, view: FormView) -> None:
    report = view.document.report
    codes = [r for r in report.rows_of("03") if len(r) == 7]
    amounts = itertools.count(1)

    def edit() -> None:
        amount = next(amounts)
        cell = Cell("03", codes[amount % 20], "basic")
        view.go_to(cell)
        view.edit_current(f"{amount}.25")
        assert view.editing.finish("down")
        QApplication.processEvents()

    benchmark.pedantic(edit, rounds=200, warmup_rounds=5)
    ordered = sorted(benchmark.stats.stats.data)
    benchmark.extra_info["p99_ms"] = round(ordered[int(len(ordered) * 0.99) - 1] * 1000, 2)


@pytest.mark.benchmark(group="one full repaint of the form")
def test_full_repaint(benchmark: Benchmark, view: FormView) -> None:
    benchmark(lambda: view.table.viewport().repaint())


@pytest.mark.benchmark(group="scrolling by three rows, painted: ≤ 16 ms")
def test_scrolling(benchmark: Benchmark, view: FormView) -> None:
    positions = itertools.count()

    def scroll() -> None:
        view.table.wheeled.emit(75 if next(positions) % 400 < 200 else -75)
        QApplication.processEvents()

    benchmark.pedantic(scroll, rounds=100, warmup_rounds=5)


@pytest.mark.benchmark(group="opening a form")
def test_opening(benchmark: Benchmark, view: FormView) -> None:
    def opened() -> None:
        other = FormView(view.document, "03")
        other.resize(1300, 900)
        other.grab()
        other.close()
        other.deleteLater()

    benchmark.pedantic(opened, rounds=3)


@pytest.mark.benchmark(group="inserting and undoing a row by code")
def test_inserting_a_row(benchmark: Benchmark, view: FormView) -> None:
    def inserted() -> None:
        view.insert_row("2299999", "新科目")
        view.document.undo()
        QApplication.processEvents()

    benchmark.pedantic(inserted, rounds=3)


@pytest.mark.benchmark(group="pasting 1,000 cells as one step")
def test_pasting(benchmark: Benchmark, view: FormView) -> None:
    clipboard = QApplication.clipboard()
    clipboard.setText("\n".join("\t".join(f"{r}.{c}" for c in range(1, 6)) for r in range(200)))
    codes = [r for r in view.document.report.rows_of("03") if len(r) == 7]

    def pasted() -> None:
        view.go_to(Cell("03", codes[0], "basic"))
        view.paste()
        view.document.undo()

    benchmark.pedantic(pasted, rounds=5)


@pytest.mark.benchmark(group="selecting all")
def test_selecting_all(benchmark: Benchmark, view: FormView) -> None:
    def selected() -> None:
        view.select_all()
        QApplication.processEvents()

    benchmark.pedantic(selected, rounds=20)
