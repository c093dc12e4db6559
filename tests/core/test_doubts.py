"""Doubtful amounts of an import stay marked in the report until they are typed over or confirmed."""

from __future__ import annotations

import json

from desktopapp.core.checker import Checker
from desktopapp.core.commands import SetCells, SetField
from desktopapp.core.engine import Engine
from desktopapp.core.findings import UNSURE, Severity, unsure_cells, unsure_field
from desktopapp.core.judging import all_findings
from desktopapp.core.live import LiveFindings
from desktopapp.core.template import Cell
from tests.generators import published_report, the_book

CELL = Cell("01", "general", "amount")


def test_a_doubtful_amount_is_a_warning_that_names_the_reason() -> None:
    report = published_report(2, rows=8)
    report.fields[UNSURE] = unsure_field(report, [(CELL, "把握 60%")])
    assert json.loads(json.dumps(report.fields[UNSURE])) == report.fields[UNSURE]
    found = [f for f in all_findings(report, Checker(report, the_book())) if f.rule == UNSURE]
    assert [(f.severity, f.places) for f in found] == [(Severity.WARNING, (CELL,))]
    assert "把握 60%" in found[0].message and "公开01表" in found[0].message


def test_the_mark_goes_with_the_amount_and_comes_back_with_it() -> None:
    report = published_report(2, rows=8)
    report.fields[UNSURE] = unsure_field(report, [(CELL, "存疑")])
    engine = Engine(report, the_book())
    live = LiveFindings(engine, None)
    assert live.mark(CELL) is Severity.WARNING
    changes = engine.apply(SetCells(((CELL, report.amounts[CELL] + 10_000, False),)))
    assert CELL in live.update(changes)
    assert unsure_cells(report) == {}
    assert all(f.rule != UNSURE for f in live.of_cell(CELL))
    live.update(engine.apply(changes.inverse))
    assert live.mark(CELL) is Severity.WARNING
    assert CELL in live.update(engine.apply(SetField(UNSURE, None)))
    assert live.mark(CELL) is not Severity.WARNING


def test_a_field_that_makes_no_sense_is_no_finding() -> None:
    report = published_report(2, rows=8)
    for nonsense in ("x", [1, 2], [["01", "general"]], [["99", "a", "b", None, "w"]], [[1, 2, 3, 4, 5]]):
        report.fields[UNSURE] = nonsense
        assert unsure_cells(report) == {}
