"""Taking over the amounts of one report into another: everything, empty cells only, or chosen cells."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.commands import InsertRow, SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.takeover import Mode, compare, take_over
from desktopapp.core.template import LAST, Cell
from tests.generators import exact_report, published_report, the_template


def blank(automatic: bool = True) -> Engine:
    """Return the engine of an empty report."""
    engine = Engine(new_report(the_template(), 2023, "某局"), rule_book(the_template()))
    if automatic:
        engine.start_automatic()
    return engine


def this_year(report: Report) -> dict[Cell, int]:
    return {c: a for c, a in report.amounts.items() if not c.form.startswith(LAST)}


def forms_of(report: Report) -> set[str]:
    return {f.id for f in report.template.forms}


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.booleans())
def test_overwriting_gives_every_amount_and_one_undo_takes_it_back(seed: int, automatic: bool) -> None:
    other = published_report(seed, rows=8)
    engine = blank(automatic)
    before = (dict(engine.report.amounts), set(engine.report.auto), {f: list(r) for f, r in engine.report.rows.items()})
    found = compare(engine.report, other, forms_of(other))
    step = take_over(engine.report, other, found.chosen(Mode.OVERWRITE), "导入", forms_of(other))
    assert step is not None and found.homeless == ()
    changes = engine.apply(step)
    assert this_year(engine.report) == this_year(other)
    assert compare(engine.report, other, forms_of(other)).differences == ()
    engine.apply(changes.inverse)
    assert (engine.report.amounts, engine.report.auto) == before[:2]
    assert {f: list(r) for f, r in engine.report.rows.items() if r} == {f: r for f, r in before[2].items() if r}


def test_totals_go_on_following_where_the_source_agrees() -> None:
    other = published_report(3, rows=8)
    engine = blank()
    step = take_over(engine.report, other, compare(engine.report, other, {"03"}).differences, "导入")
    assert step is not None
    engine.apply(step)
    grand = Cell("03", "total", "total")
    assert grand in engine.report.auto
    assert engine.report.get(grand) == other.get(grand)


def test_a_total_that_the_source_states_otherwise_is_typed_over() -> None:
    other = published_report(3, rows=8)
    grand = Cell("03", "total", "total")
    other.amounts[grand] += 1_000_000
    engine = blank()
    step = take_over(engine.report, other, compare(engine.report, other, {"03"}).differences, "导入")
    assert step is not None
    engine.apply(step)
    assert grand not in engine.report.auto
    assert engine.report.get(grand) == other.get(grand)


def test_only_empty_cells_are_filled() -> None:
    other = published_report(5, rows=8)
    engine = blank(automatic=False)
    general = Cell("01", "general", "amount")
    engine.apply(SetCells(((general, 7_000_000, False),)))
    found = compare(engine.report, other, {"01"})
    step = take_over(engine.report, other, found.chosen(Mode.ONLY_EMPTY), "导入")
    assert step is not None
    engine.apply(step)
    assert engine.report.get(general) == 7_000_000
    rest = {c: a for c, a in other.amounts.items() if c.form == "01" and c != general}
    assert {c: engine.report.get(c) for c in rest} == rest


def test_chosen_cells_alone_change_and_nothing_chosen_is_no_step() -> None:
    other = published_report(5, rows=8)
    engine = blank(automatic=False)
    found = compare(engine.report, other, {"01", "03"})
    one = [d for d in found.differences if d.cell.form == "03"][:1]
    step = take_over(engine.report, other, one, "导入")
    assert step is not None
    engine.apply(step)
    assert engine.report.amounts == {one[0].cell: one[0].incoming}
    assert take_over(engine.report, other, (), "导入") is None
    assert found.chosen(Mode.CHOSEN) == ()


def test_overwriting_empties_what_the_source_leaves_empty() -> None:
    other = published_report(5, rows=8)
    engine = blank(automatic=False)
    engine.apply(InsertRow("03", "229", "其他支出", automatic=False))
    extra = Cell("03", "229", "operating")
    engine.apply(SetCells(((extra, 1_000_000, False),)))
    found = compare(engine.report, other, {"03"})
    assert any(d.cell == extra and d.incoming is None for d in found.differences)
    step = take_over(engine.report, other, found.differences, "导入")
    assert step is not None
    engine.apply(step)
    assert engine.report.get(extra) is None


def test_exact_amounts_make_the_form_exact() -> None:
    other = exact_report(4, rows=8)
    engine = blank()
    step = take_over(engine.report, other, compare(engine.report, other, {"03"}).differences, "导入")
    assert step is not None
    engine.apply(step)
    assert engine.report.grain("03") == EXACT_GRAIN
    assert compare(engine.report, other, {"03"}).differences == ()


def test_what_the_template_does_not_print_is_named() -> None:
    other = published_report(6, the_template("hubei-2024"), rows=8)
    lost = Cell("01", "no-such-line", "amount")
    other.amounts[lost] = 10_000
    found = compare(blank().report, other)
    assert all(d.cell != lost for d in found.differences)


def test_comparing_a_report_with_itself_finds_nothing() -> None:
    report = published_report(9, rows=8)
    found = compare(report, report)
    assert found.differences == () and found.same == len(report.amounts)
