"""Rows brought into code order."""

from __future__ import annotations

import random

import pytest

from desktopapp.core.checker import Checker
from desktopapp.core.commands import InsertRow, SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.report import new_report
from desktopapp.core.sorting import sort_rows
from desktopapp.core.template import Cell
from tests.core.actions import state, verdicts
from tests.generators import exact_report, the_book, the_template


def test_rows_in_order_need_nothing() -> None:
    assert sort_rows(exact_report(1, the_template(), 20), "03") is None


@pytest.mark.parametrize("seed", range(6))
def test_amounts_names_and_automatic_cells_stay_with_their_rows(seed: int) -> None:
    rng = random.Random(seed)
    wanted = exact_report(seed, the_template(), 20, last_year=False)
    report = new_report(wanted.template, wanted.year)
    report.grains.update(wanted.grains)
    engine = Engine(report, the_book())
    codes = [*wanted.rows_of("03"), "2010", "201#2"]
    rng.shuffle(codes)
    for at, code in enumerate(codes):
        engine.apply(InsertRow("03", code, f"第{at}行", at, automatic=False))
    cells = [c for c in wanted.amounts if c.form == "03"]
    engine.apply(SetCells(tuple((c, wanted.amounts[c], rng.random() < 0.5) for c in cells)))
    engine.apply(SetCells(((Cell("03", "201#2", "basic"), 77, False),)))
    before = state(report)
    command = sort_rows(report, "03")
    assert command is not None
    changes = engine.apply(command)
    assert list(report.rows_of("03")) == sorted(codes)
    after = state(report)
    assert {k: v for k, v in after.items() if k != "rows"} == {k: v for k, v in before.items() if k != "rows"}
    assert sorted(after["rows"]["03"]) == sorted(before["rows"]["03"])
    assert verdicts(report, engine.checker) == verdicts(report, Checker(report, the_book()))
    engine.apply(changes.inverse)
    assert state(report) == before
