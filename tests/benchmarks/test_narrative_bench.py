"""How long the text takes: after an edit (budget 50 ms), facts alone, the whole document.

Run by name: ``pytest tests/benchmarks/test_narrative_bench.py``.
"""

from __future__ import annotations

from itertools import cycle

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from desktopapp.core.commands import SetCells, SetField
from desktopapp.core.engine import Engine
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.narrative.building import build_document
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.input_checks import input_findings
from desktopapp.narrative.narrative import Narrative
from tests.generators import published_report, the_book
from tests.narrative.cases import case, narrative_of, the_facts
from tests.narrative.random_inputs import fill_inputs

SIZES = {"ordinary": 40, "large": 400}


def report_of(size: str) -> Report:
    return fill_inputs(published_report(1, rows=SIZES[size]), 1, 1.0)


def sections(narrative: Narrative) -> list[str]:
    return [s.id for s in narrative.outline.sections()] + ["glossary"]


@pytest.mark.parametrize("size", SIZES)
def test_text_after_typing_an_amount(benchmark: BenchmarkFixture, size: str) -> None:
    """A total changes: verdicts, facts and every section that uses them."""
    report = report_of(size)
    engine, narrative = Engine(report, the_book()), narrative_of(report)
    for section in sections(narrative):
        narrative.pieces(section)
    cell = Cell("05", "total", "total")
    amounts = cycle((5_000_000_000, 6_000_000_000))

    def edit() -> int:
        changed = narrative.update(engine.apply(SetCells(((cell, next(amounts), False),))))
        return sum(len(narrative.pieces(s)) for s in changed)

    assert benchmark(edit) > 0


@pytest.mark.parametrize("size", SIZES)
def test_text_after_typing_a_budget(benchmark: BenchmarkFixture, size: str) -> None:
    """An input changes on which the list of items rests: all facts are made anew."""
    report = report_of(size)
    engine, narrative = Engine(report, the_book()), narrative_of(report)
    amounts = cycle((5_000_000_000, 6_000_000_000))

    def edit() -> int:
        rows = [dict(r) for r in report.fields["input.items"]]
        rows[0]["budget"] = next(amounts)
        narrative.update(engine.apply(SetField("input.items", rows)))
        return sum(len(narrative.pieces(s)) for s in sections(narrative))

    assert benchmark(edit) > 0


def test_facts_of_a_report(benchmark: BenchmarkFixture) -> None:
    report = report_of("ordinary")
    assert benchmark(lambda: len(list(Facts(report, the_facts("hubei-2023")).all()))) > 500


def test_checks_of_inputs(benchmark: BenchmarkFixture) -> None:
    report = report_of("ordinary")
    facts = Facts(report, the_facts("hubei-2023"))
    list(facts.all())
    assert benchmark(lambda: list(input_findings(report, facts))) is not None


def test_document_of_a_published_report(benchmark: BenchmarkFixture) -> None:
    report = case("000").report

    def build() -> int:
        narrative = narrative_of(report)
        return len(build_document(report, narrative.facts, narrative.outline, narrative=narrative).blocks)

    assert benchmark(build) > 200
