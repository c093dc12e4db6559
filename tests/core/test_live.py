"""Live findings after any sequence of edits are those that a fresh look gives."""

from __future__ import annotations

import random
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from desktopapp.core.amount import Unit
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.commands import CommandError, DeleteRow, InsertRow, RenameRow, SetCells, typed
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Severity
from desktopapp.core.judging import all_findings
from desktopapp.core.live import LiveFindings
from desktopapp.core.report import new_report
from desktopapp.core.template import Cell
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import load_catalogues
from tests.core.actions import some_command, some_engine
from tests.generators import exact_report, published_report, the_book, the_template

WAN = 1_000_000


def catalogues() -> Catalogues:
    return load_catalogues(resource_root() / "codes", 2023)


def assert_fresh(live: LiveFindings, engine: Engine, known: Catalogues | None, unit: Unit = Unit.WAN) -> None:
    fresh = all_findings(engine.report, engine.checker, known, unit)
    assert live.all() == fresh
    marks: dict[Cell, Severity] = {}
    for finding in fresh:
        if finding.kind not in ("code", "form"):
            for cell in finding.places:
                marks[cell] = min(finding.severity, marks.get(cell, Severity.INFO))
    cells = {c for f in engine.report.form_ids() for c in engine.report.cells(engine.report.template.form(f), f)}
    assert {c: m for c in cells | set(marks) if (m := live.mark(c)) is not None} == marks


@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_after_any_commands(rng: random.Random) -> None:
    engine, known = some_engine(rng), catalogues()
    live = LiveFindings(engine, known)
    for _ in range(8):
        with suppress(CommandError):
            live.update(engine.apply(some_command(rng, engine.report)))
        assert_fresh(live, engine, known)


def test_marks_that_change_are_told() -> None:
    engine = Engine(exact_report(1, the_template(), 20, last_year=False), the_book())
    live = LiveFindings(engine, None)
    cell = Cell("01", "income_total", "amount")
    told = live.update(engine.apply(typed(cell, engine.report.amounts[cell] + WAN)))
    assert live.mark(cell) is Severity.ERROR
    assert {c for c in engine.report.amounts if live.mark(c)} <= told
    undo = engine.apply(typed(cell, engine.report.amounts[cell] - WAN))
    assert live.update(undo) == told
    assert live.mark(cell) is None
    assert live.all() == []


def test_a_wrong_amount_shows_every_relation_it_breaks_and_undo_clears_them() -> None:
    engine = Engine(exact_report(2, the_template(), 20, last_year=False), the_book())
    live = LiveFindings(engine, None)
    row = next(r for r in engine.report.rows_of("03") if len(r) == 7)
    cell = Cell("03", row, "total")
    changes = engine.apply(typed(cell, 9_999 * WAN + 1))
    live.update(changes)
    # The row's own sum, the sum of the section; 03 no longer covers nothing, so no warning comes.
    assert {f.rule for f in live.of_cell(cell)} == {f"03.columns[{row}]", f"03.codes[{row[:5]}/total]"}
    live.update(engine.apply(changes.inverse))
    assert live.all() == []


def test_a_renamed_row_is_called_by_its_new_name() -> None:
    engine = Engine(exact_report(3, the_template(), 20, last_year=False), the_book())
    live = LiveFindings(engine, None)
    row = next(r for r in engine.report.rows_of("03") if len(r) == 3)
    live.update(engine.apply(typed(Cell("03", row, "total"), 5)))
    told = live.update(engine.apply(RenameRow("03", row, "全新的名称")))
    assert_fresh(live, engine, None)
    assert any("全新的名称" in f.message for f in live.all())
    assert Cell("03", row, "total") in told


def test_rows_that_go_take_their_findings_along() -> None:
    engine = Engine(exact_report(4, the_template(), 20, last_year=False), the_book())
    live = LiveFindings(engine, catalogues())
    changes = engine.apply(InsertRow("03", "2019998", "没有这个科目"))
    live.update(changes)
    assert "code.unknown" in {f.rule for f in live.all()}
    live.update(engine.apply(typed(Cell("03", "2019998", "total"), 5)))
    assert any("2019998" in f.id for f in live.all() if f.kind == "column")
    live.update(engine.apply(DeleteRow("03", "2019998")))
    assert not any("2019998" in f.id for f in live.all())


def test_a_form_that_is_emptied_is_missing() -> None:
    engine = Engine(published_report(5, the_template(), 20, last_year=False), the_book())
    live = LiveFindings(engine, None)
    cells = tuple((c, None, False) for c in engine.report.amounts if c.form == "05")
    changes = engine.apply(SetCells(cells))
    live.update(changes)
    assert [f.id for f in live.all() if f.rule == "form.empty"] == ["form.empty[05]"]
    assert_fresh(live, engine, None)
    live.update(engine.apply(changes.inverse))
    assert not [f for f in live.all() if f.rule == "form.empty"]


def test_nothing_is_missing_while_only_what_is_not_published_is_filled_in() -> None:
    engine = Engine(new_report(the_template(), 2023, "单位"), the_book())
    live = LiveFindings(engine, None)
    live.update(engine.apply(typed(Cell("S1", "agency_running", "amount"), 5 * WAN)))
    assert [f.id for f in live.all() if f.rule == "form.empty"] == []
    live.update(engine.apply(typed(Cell("05", "total", "total"), 5 * WAN)))
    assert "form.empty[01]" in {f.id for f in live.all()}
    assert_fresh(live, engine, None)


def test_words_in_another_unit() -> None:
    engine = Engine(exact_report(6, the_template(), 20, last_year=False), the_book())
    live = LiveFindings(engine, None)
    live.update(engine.apply(typed(Cell("01", "income_total", "amount"), 150)))
    live.set_unit(Unit.YUAN)
    assert_fresh(live, engine, None, Unit.YUAN)
    assert any("1.50" in f.message and "元" in f.message for f in live.all())
