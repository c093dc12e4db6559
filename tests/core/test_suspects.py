"""Suspects: the wrong cell is named first where the relations determine it, and nobody is accused without an error."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.amount import PUBLISHED_GRAIN, Unit, parse_amount
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.commands import InsertRow, SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.naming import place_id
from desktopapp.core.report import Report
from desktopapp.core.suspects import causes, suspects, suspects_json
from desktopapp.core.template import Cell
from tests.benchmarks.suspect_trials import ECONOMIC, economic_items, tallied
from tests.benchmarks.trial_reports import generated as report_for
from tests.benchmarks.trial_reports import generated_blank
from tests.generators import exact_report, published_report, the_book
from tests.planting import KINDS, SEVERAL, SINGLE, Planter, put, violated

#: 1,000 for the figures in the README; a sample in the ordinary run.
COUNT = int(os.environ.get("JUESUAN_REPORTS", "12"))
ROWS = 30

LINE_04 = Cell("04", "expense_total", "total")


def wan(text: str) -> int:
    """Return an amount in 万元 as 分."""
    amount = parse_amount(text, Unit.WAN)
    assert amount is not None
    return amount


def planted(kind: str, seed: int) -> tuple[Engine, dict[Cell, int | None]]:
    """Return a report with a slip of a kind, and what its cells should hold."""
    report = report_for(seed, ROWS)
    slip = Planter(report, Random(f"{kind}{seed}")).slip(kind)
    assert slip is not None
    engine = Engine(report, the_book(report.template.id))
    put(engine, slip.wrong)
    return engine, slip.right


def some_reports(count: int) -> Iterator[tuple[int, Report]]:
    return ((seed, report_for(seed, ROWS)) for seed in range(count))


def test_reports_without_errors_have_no_suspects() -> None:
    assert tallied(some_reports(COUNT), ["clean"])["clean"].first == 0
    for seed in range(COUNT // 4):
        report = exact_report(seed, rows=ROWS)
        assert suspects(report, Checker(report, the_book())) == []


def test_the_wrong_cell_comes_first_where_the_relations_determine_it() -> None:
    for kind, tally in tallied(some_reports(COUNT), KINDS).items():
        assert tally.determined > COUNT // 4
        assert tally.first == tally.determined, tally.missed
        assert tally.exact >= tally.first * 8 // 10
        if kind not in SEVERAL:
            assert tally.said == tally.choices, tally.missed


def test_choices_are_said_to_be_choices_and_ordered_by_plausibility() -> None:
    found = tallied(some_reports(COUNT // 2), [ECONOMIC + kind for kind in SINGLE]).values()
    assert sum(t.determined for t in found) == 0
    choices = sum(t.choices for t in found)
    assert sum(t.said for t in found) == choices > 2 * COUNT
    assert sum(t.third for t in found) >= choices * 8 // 10


def test_two_slips_are_both_found() -> None:
    two = tallied(some_reports(COUNT), ["two"])["two"]
    assert two.cases > COUNT // 2
    assert two.first >= two.cases * 9 // 10


def test_one_click_repairs_and_can_be_undone() -> None:
    engine, right = planted("transposed", 1)
    before = dict(engine.report.amounts)
    lead = suspects(engine.report, engine.checker)[0]
    assert set(lead.places) == right.keys() and not lead.choice
    assert lead.found == tuple(before.get(c) for c in lead.places)
    assert {r.id for r in violated(engine.checker)} == set(lead.repairs)
    undo = engine.apply(lead.command()).inverse
    assert violated(engine.checker) == []
    assert {c: engine.report.get(c) for c in right} == right
    engine.apply(undo)
    assert engine.report.amounts == before


@given(st.integers(0, 7), st.sampled_from(KINDS), st.integers(0, 10**6))
def test_suspects_repair_what_they_say(seed: int, kind: str, salt: int) -> None:
    report = report_for(seed, 20)
    slip = Planter(report, Random(salt)).slip(kind)
    if slip is None:
        return
    engine = Engine(report, the_book(report.template.id))
    put(engine, slip.wrong)
    bad = {r.id for r in violated(engine.checker)}
    found = suspects(report, engine.checker, 8)
    for suspect in found:
        assert set(suspect.repairs) <= bad and suspect.repairs
        assert len(suspect.places) == len(suspect.found) == len(suspect.suggested) == len(set(suspect.places))
        assert all((a or 0) % PUBLISHED_GRAIN == 0 for a in suspect.suggested)
        assert suspect.found != suspect.suggested
        assert suspect.why.endswith("。")
        if "一并" not in suspect.why:
            undo = engine.apply(suspect.command()).inverse
            assert not set(suspect.repairs) & {r.id for r in violated(engine.checker)}
            engine.apply(undo)
    assert bool(bad) or not found


@pytest.mark.parametrize("kind", [*KINDS, "twice"])
def test_every_violated_relation_has_exactly_one_cause(kind: str) -> None:
    for seed in range(4):
        engine, _ = planted("digit" if kind == "twice" else kind, seed)
        if kind == "twice":
            second = Planter(engine.report, Random(seed)).slip("added")
            assert second is not None
            put(engine, second.wrong)
        checker = engine.checker
        open_ones = [r for r in checker.open_relations() if checker.verdict(r) is Verdict.VIOLATED]
        counted = Counter(n for c in causes(engine.report, checker) for n in c.relations)
        assert counted == Counter(r.id for r in open_ones)


def test_relations_with_one_cause_are_one_finding() -> None:
    engine, right = planted("unit", 0)
    found = causes(engine.report, engine.checker)
    lead = found[0].suspect
    assert lead is not None and set(lead.places) == right.keys()
    errors = {r.id for r in violated(engine.checker)}
    assert errors <= set(found[0].relations) and len(errors) > 1


def test_blank_totals_that_hide_each_other_are_all_named() -> None:
    report = published_report(3, rows=ROWS, own_money=False)
    engine = Engine(report, the_book())
    blank = [Cell("01", "income_total", "amount"), Cell("01", "expense_total", "amount"), LINE_04]
    blank.append(LINE_04._replace(col="general"))
    right = {c: report.amounts[c] for c in blank}
    put(engine, dict.fromkeys(blank))
    found = suspects(report, engine.checker)
    assert {s.places[0] for s in found[:4]} == set(blank)
    for suspect in found[:4]:
        assert suspect.suggested[0] is not None and suspect.found == (None,) and "漏填" in suspect.why
        assert abs(suspect.suggested[0] - right[suspect.places[0]]) <= 3 * PUBLISHED_GRAIN


def test_small_differences_may_be_rounding_that_added_up() -> None:
    report = published_report(4, rows=ROWS)
    engine = Engine(report, the_book())
    cell = Cell("06", "public", "amount")
    put(engine, {cell: report.amounts[cell] + 4 * PUBLISHED_GRAIN})
    if violated(engine.checker):
        assert "尾数误差" in suspects(report, engine.checker)[0].why


# ── slips of whole rows and forms ───────────────────────────────────────────────────────────────────────────────────
def test_a_row_that_stands_twice_is_named_as_a_whole() -> None:
    for seed in range(8):
        report = report_for(seed, ROWS)
        engine = Engine(report, the_book(report.template.id))
        row = Random(seed).choice([r for r in report.rows_of("03") if len(r) == 7])
        amounts = {c.col: a for c, a in report.amounts.items() if c[:2] == ("03", row)}
        engine.apply(InsertRow("03", f"{row}#2", "重复", None, False))
        put(engine, {Cell("03", f"{row}#2", col): a for col, a in amounts.items()})
        lead = suspects(report, engine.checker)[0]
        assert {c.row.removesuffix("#2") for c in lead.places} == {row}
        assert {c.col for c in lead.places} == set(amounts)
        assert set(lead.suggested) == {None} and "重复" in lead.why
        engine.apply(lead.command())
        assert violated(engine.checker) == []


def test_neighbouring_rows_with_each_others_amounts_are_named_together() -> None:
    seen = named = 0
    for seed in range(24):
        report = report_for(seed, ROWS)
        engine = Engine(report, the_book(report.template.id))
        rows = list(report.rows_of("03"))
        at = Random(seed).randrange(len(rows) - 1)
        wrong: dict[Cell, int | None] = {}
        for column in report.template.form("03").columns:
            first, second = (Cell("03", rows[i], column.key) for i in (at, at + 1))
            if report.get(first) != report.get(second):
                wrong |= {first: report.get(second), second: report.get(first)}
        right = {c: report.get(c) for c in wrong}
        put(engine, wrong)
        if violated(engine.checker):
            seen += 1
            lead = suspects(report, engine.checker)[0]
            named += dict(zip(lead.places, lead.suggested, strict=True)) == right
    assert seen > 6 and named >= seen - 1


def test_a_form_typed_in_yuan_is_named_as_a_whole() -> None:
    for seed in range(6):
        report = report_for(seed, ROWS)
        exact = exact_report(seed, report.template, ROWS, last_year=seed % 8 < 4)
        for cell, amount in exact.amounts.items():
            if cell.form == "03":
                # 12,345,678.90 元 typed where 万元 are asked for.
                report.amounts[cell] = amount * 10_000
        engine = Engine(report, the_book(report.template.id))
        lead = suspects(report, engine.checker)[0]
        assert {c.form for c in lead.places} == {"03"} and "元" in lead.why
        engine.apply(lead.command())
        assert violated(engine.checker) == []


# ── automatic cells ─────────────────────────────────────────────────────────────────────────────────────────────────
def automatic(report: Report) -> Engine:
    """Return a report whose totals follow their relations."""
    engine = Engine(report, the_book(report.template.id))
    cells = [c for c in dict.fromkeys(engine.computable()) if not c.form.startswith("last.")]
    engine.apply(SetCells(tuple((c, report.amounts.get(c), True) for c in cells)))
    return engine


@pytest.mark.parametrize("kind", ["sign", "unit", "added"])
def test_behind_automatic_totals_the_typed_amount_is_found(kind: str) -> None:
    seen = first = 0
    for seed in range(10):
        report = exact_report(seed, rows=ROWS)
        engine = automatic(report)
        assert suspects(report, engine.checker) == []
        planter = Planter(report, Random(seed))
        slip = planter.slip(
            kind, [c for c in sorted(report.amounts) if c not in report.auto and c.form in ("02", "03")]
        )
        assert slip is not None
        put(engine, slip.wrong)
        if violated(engine.checker):
            found = suspects(report, engine.checker)
            assert not any(c in report.auto for s in found for c in s.places)
            seen += 1
            first += any(set(s.places) == slip.cells for s in found[:3])
            undo = engine.apply(found[0].command()).inverse
            assert violated(engine.checker) == []
            engine.apply(undo)
    assert seen > 3 and first * 10 >= seen * 7


def test_rounding_that_automatic_totals_add_up_makes_nobody_suspect() -> None:
    flagged = 0
    for seed in range(10):
        report = published_report(seed, rows=60)
        engine = automatic(report)
        flagged += bool(violated(engine.checker))
        assert suspects(report, engine.checker) == []
    assert flagged


# ── output ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_json_names_places_amounts_and_rules() -> None:
    engine, _ = planted("exchanged", 2)
    report = engine.report
    found = suspects(report, engine.checker)
    printed = suspects_json(found, lambda c: place_id(report, c))
    assert printed[0].keys() == {"places", "found", "suggested", "why", "repairs", "choice"}
    assert printed[0]["places"] == [place_id(report, c) for c in found[0].places]
    assert len(printed[0]["found"]) == len(printed[0]["suggested"]) == 2
    single = next(p for p, s in zip(printed, found, strict=True) if len(s.places) == 1)
    assert isinstance(single["suggested"], str)


def test_the_limit_and_the_order_are_kept() -> None:
    report = published_report(5, rows=ROWS)
    engine = Engine(report, the_book())
    items = economic_items(report)
    put(engine, {items[0]: report.amounts[items[0]] + wan("531.24")})
    every = suspects(report, engine.checker, 50)
    assert suspects(report, engine.checker, 3) == every[:3]
    assert len(every) > 3 and all(s.choice for s in every)
    assert every == sorted(every, key=lambda s: -s.score)


# ── beside other causes ─────────────────────────────────────────────────────────────────────────────────────────────
def test_the_later_of_two_equal_rows_is_superfluous_and_no_choice() -> None:
    report = report_for(1, ROWS)
    engine = Engine(report, the_book(report.template.id))
    row = next(r for r in report.rows_of("03") if len(r) == 7)
    amounts = {c.col: a for c, a in report.amounts.items() if c[:2] == ("03", row)}
    engine.apply(InsertRow("03", f"{row}#2", "重复", None, False))
    put(engine, {Cell("03", f"{row}#2", col): a for col, a in amounts.items()})
    lead = suspects(report, engine.checker)[0]
    assert {c.row for c in lead.places} == {f"{row}#2"}
    assert not lead.choice


def test_exchanged_amounts_are_named_beside_another_error() -> None:
    """What one slip leaves to another does not hide it."""
    named = 0
    for seed in range(8):
        report = published_report(seed, rows=ROWS, last_year=False)
        engine = Engine(report, the_book())
        items = [r for r in report.rows_of("03") if len(r) == 7 and report.get(Cell("03", r, "total"))]
        first, second = (Cell("03", r, "total") for r in (items[0], items[-1]))
        other = Cell("06", "public", "amount")
        right = {first: report.get(first), second: report.get(second)}
        put(engine, {first: right[second], second: right[first], other: 2 * report.amounts[other] + 10_000_000})
        found = suspects(report, engine.checker, 3)
        named += any(dict(zip(s.places, s.suggested, strict=True)) == right for s in found)
    assert named >= 7


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Only the total is seen by a violated relation: the sum that has both still holds.
        (Cell("01", "expense_total", "amount"), Cell("01", "closing", "amount")),
        # One relation has both, on opposite sides.
        (Cell("09", "row", "budget_total"), Cell("09", "row", "budget_reception")),
        # A single cell would do, too, but nothing explains its amount.
        (Cell("09", "row", "budget_abroad"), Cell("09", "row", "budget_purchase")),
    ],
)
def test_exchanged_amounts_are_named_where_a_sum_has_both(first: Cell, second: Cell) -> None:
    seen = named = 0
    for seed in range(12):
        report = published_report(seed, rows=ROWS, last_year=False)
        right = {first: report.get(first), second: report.get(second)}
        if None in right.values() or right[first] == right[second]:
            continue
        engine = Engine(report, the_book())
        put(engine, {first: right[second], second: right[first]})
        found = suspects(report, engine.checker)
        seen += 1
        named += any(dict(zip(s.places, s.suggested, strict=True)) == right for s in found[:2])
    assert named >= seen - 1 > 1


def test_exchanged_amounts_are_named_beside_blank_totals() -> None:
    """What a blank total should be depends on one of the two."""
    for seed in range(6):
        report = generated_blank(seed, ROWS)
        engine = Engine(report, the_book(report.template.id))
        item = next(r for r in report.rows_of("03") if len(r) == 7 and report.get(Cell("03", r, "total")))
        cells = Cell("03", item, "total"), Cell("03", "total", "total")
        right = {c: report.get(c) for c in cells}
        put(engine, dict(zip(cells, reversed(right.values()), strict=True)))
        lead = suspects(report, engine.checker)[0]
        assert dict(zip(lead.places, lead.suggested, strict=True)) == right


def test_blank_totals_and_last_digits_stand_behind_what_has_to_be_searched_for() -> None:
    report = published_report(3, rows=ROWS, own_money=False, last_year=False)
    engine = Engine(report, the_book())
    cell = next(c for c in report.amounts if c.form == "03" and len(c.row) == 7 and c.col == "total")
    put(engine, {Cell("01", "income_total", "amount"): None, LINE_04: None, cell: 10 * report.amounts[cell]})
    found = suspects(report, engine.checker)
    assert found[0].places == (cell,) and not found[0].aside
    assert {s.places[0] for s in found if s.aside} >= {Cell("01", "income_total", "amount"), LINE_04}


def test_of_empty_cells_the_one_that_offices_fill_in_comes_first() -> None:
    report = published_report(5, rows=ROWS, last_year=False)
    engine = Engine(report, the_book())
    column = report.template.form("06").columns[0].key
    usual, rare = Cell("06", "30201", column), Cell("06", "30240", column)
    put(engine, {usual: report.amounts.get(usual, 0) + report.amounts.get(rare, 0) + 71_230_000, rare: None})
    others = [c for c in report.amounts if c.form == "06" and c.row[:3] == "302" and len(c.row) == 5 and c != usual]
    total = Cell("06", "302", column)
    put(engine, dict.fromkeys(others) | {others[0]: report.amounts[total] - report.amounts[usual]})
    assert not violated(engine.checker)
    put(engine, {usual: None})
    (cause,) = causes(report, engine.checker)
    assert cause.suspect is not None and cause.suspect.choice
    empty = [s.places[0].row for s in (cause.suspect, *cause.others) if s.found == (None,)]
    assert empty[0] in report.template.form("06").usual and "30201" in empty
    assert "30240" not in empty[: empty.index("30201") + 1]


def test_nothing_is_made_negative_without_need() -> None:
    """Of two cells one of which would have to be the only one below zero, the other is meant."""
    report = published_report(6, rows=ROWS, last_year=False)
    engine = Engine(report, the_book())
    assert min(report.amounts.values()) > 0
    items = [c for c in report.amounts if c.form == "06" and c.row.startswith("301") and len(c.row) == 5]
    largest = max(items, key=lambda c: report.amounts[c])
    put(engine, {largest: report.amounts[largest] * 3})
    assert suspects(report, engine.checker)[0].places == (largest,)
