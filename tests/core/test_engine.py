"""The engine: commands with exact inverses, automatic cells, and nothing changed when a command fails."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, round_to
from desktopapp.core.checker import Checker
from desktopapp.core.commands import (
    Batch,
    Command,
    CommandError,
    DeleteRow,
    InsertRow,
    RenameRow,
    SetCells,
    SetField,
    SetGrain,
    SetHead,
    SetSetting,
    from_json,
    to_json,
    typed,
)
from desktopapp.core.engine import Engine
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import SINGLE_ROW, Cell
from tests.core.actions import TEMPLATES, some_command, some_engine, state, verdicts
from tests.generators import exact_report, the_book, the_template

RANDOMS = st.randoms(use_true_random=False)
WAN = 1_000_000


def fresh(template_id: str = "hubei-2023", *, automatic: bool = True) -> Engine:
    template = the_template(template_id)
    engine = Engine(new_report(template, template.year), the_book(template_id))
    if automatic:
        engine.start_automatic()
    return engine


def put(engine: Engine, form: str, row: str, col: str, amount: int | None) -> None:
    engine.apply(typed(Cell(form, row, col), amount))


def get(engine: Engine, form: str, row: str, col: str) -> int | None:
    return engine.report.get(Cell(form, row, col))


def assert_follows(engine: Engine) -> None:
    """Every automatic cell shows what its relation states, to the grain of its form."""
    report, checker = engine.report, Checker(engine.report, the_book(engine.report.template.id))
    for cell in report.auto:
        found = checker.follows(cell)
        if found is None:
            assert cell not in report.amounts
            continue
        residual, sign = found
        amount = report.amounts.get(cell, 0)
        assert round_to(amount - sign * residual, report.grain(cell.form)) == amount, cell


class TestUndo:
    @given(RANDOMS)
    @settings(max_examples=25)
    def test_any_sequence_is_undone_and_redone_exactly(self, rng: random.Random) -> None:
        engine = some_engine(rng)
        report = engine.report
        before = [state(report)]
        inverses: list[Command] = []
        for _ in range(12):
            try:
                changes = engine.apply(some_command(rng, report))
            except CommandError:
                assert state(report) == before[-1]
                continue
            inverses.append(changes.inverse)
            before.append(state(report))
        redo: list[Command] = []
        for at in range(len(inverses) - 1, -1, -1):
            redo.append(engine.apply(inverses[at]).inverse)
            assert state(report) == before[at]
        for at, command in enumerate(reversed(redo), 1):
            engine.apply(command)
            assert state(report) == before[at]
        assert verdicts(report, engine.checker) == verdicts(report, Checker(report, the_book(report.template.id)))

    @given(RANDOMS)
    @settings(max_examples=25)
    def test_inverses_survive_the_journal(self, rng: random.Random) -> None:
        engine = some_engine(rng)
        before = state(engine.report)
        inverses = []
        for _ in range(6):
            command = some_command(rng, engine.report)
            assert from_json(to_json(command)) == command
            try:
                inverses.append(to_json(engine.apply(command).inverse))
            except CommandError:
                continue
        for raw in reversed(inverses):
            engine.apply(from_json(raw))
        assert state(engine.report) == before

    def test_a_deleted_row_comes_back_in_its_place_with_amounts_and_name(self) -> None:
        report = exact_report(3, the_template(), 30)
        engine = Engine(report, the_book())
        before = state(report)
        row = list(report.rows_of("03"))[5]
        changes = engine.apply(DeleteRow("03", row))
        assert row not in report.rows_of("03")
        assert not any(c.form == "03" and c.row == row for c in report.amounts)
        engine.apply(changes.inverse)
        assert state(report) == before

    def test_a_grain_is_undone_although_automatic_cells_have_become_finer(self) -> None:
        engine = fresh()
        put_row(engine, "02", "201", {"superior": 5 * WAN})
        engine.apply(SetGrain("02", EXACT_GRAIN))
        before = state(engine.report)
        put_fine = engine.apply(typed(Cell("02", "201", "superior"), 5 * WAN + 1))
        assert get(engine, "01", "superior", "amount") == 5 * WAN
        finer = engine.apply(SetGrain("01", EXACT_GRAIN))
        assert get(engine, "01", "superior", "amount") == 5 * WAN + 1
        engine.apply(finer.inverse)
        assert get(engine, "01", "superior", "amount") == 5 * WAN
        engine.apply(put_fine.inverse)
        assert state(engine.report) == before


def put_row(engine: Engine, form: str, code: str, amounts: dict[str, int]) -> None:
    engine.apply(InsertRow(form, code, f"科目{code}"))
    engine.apply(SetCells(tuple((Cell(form, code, col), amount, False) for col, amount in amounts.items())))


class TestFailure:
    @given(RANDOMS)
    @settings(max_examples=25)
    def test_a_failing_batch_changes_nothing(self, rng: random.Random) -> None:
        engine = some_engine(rng)
        report = engine.report
        before, known = state(report), verdicts(report, engine.checker)
        steps = [some_command(rng, report) for _ in range(rng.randint(0, 5))]
        wrong = typed(Cell("01", "nowhere", "amount"), 5)
        with pytest.raises(CommandError):
            engine.apply(Batch("几步", (*steps, wrong)))
        assert state(report) == before
        assert verdicts(report, engine.checker) == known

    @pytest.mark.parametrize(
        ("command", "words"),
        [
            (typed(Cell("01", "nowhere", "amount"), 1), "没有“nowhere”这一行"),
            (typed(Cell("01", "general", "total"), 1), "“total”栏"),
            (typed(Cell("99", "general", "amount"), 1), "没有"),
            (typed(Cell("03", "2010301", "total"), 10_000), "没有“2010301”这一行"),
            (typed(Cell("01", "general", "amount"), 9_999), "本表按万元保留两位小数"),
            (typed(Cell("01", "general", "amount"), 1.5), "不是以分为单位的整数"),  # type: ignore[arg-type]
            (typed(Cell("01", "general", "amount"), True), "不是以分为单位的整数"),
            (InsertRow("03", "2010", "四位"), "应为 3、5、7 位数字"),
            (InsertRow("03", "２０１", "全角"), "应为 3、5、7 位数字"),
            (InsertRow("03", "", "没有"), "应为 3、5、7 位数字"),
            (InsertRow("06", "3010101", "太长"), "应为 3、5 位数字"),
            (InsertRow("03", "201#二", "第二行"), "不是公开03表的科目编码"),
            (InsertRow("06", "301", "已有"), "已有编码 301，不能重复增加"),
            (InsertRow("01", "201", "固定"), "行是固定的，不能增减"),
            (InsertRow("99", "201", "没有"), "没有表 99"),
            (DeleteRow("03", "201"), "没有编码 201 这一行"),
            (DeleteRow("09", SINGLE_ROW), "行是固定的，不能增减"),
            (DeleteRow("99", "201"), "没有表 99"),
            (RenameRow("03", "201", "新"), "没有编码 201 这一行"),
            (RenameRow("99", "201", "新"), "没有表 99"),
            (SetGrain("99", 1), "没有表 99"),
            (SetGrain("01", 0), "只能按元（分）或万元"),
            (SetGrain("01", 7), "只能按元（分）或万元"),
            (SetGrain("01", 10**6), "只能按元（分）或万元"),
        ],
    )
    def test_refused_in_words(self, command: Command, words: str) -> None:
        engine = fresh()
        before = state(engine.report)
        with pytest.raises(CommandError, match=words) as refused:
            engine.apply(command)
        assert str(refused.value).endswith("。")
        assert state(engine.report) == before

    def test_a_coarser_grain_is_refused_while_it_would_lose_something(self) -> None:
        engine = fresh()
        engine.apply(SetGrain("01", EXACT_GRAIN))
        put(engine, "01", "opening", "amount", 123)
        with pytest.raises(CommandError, match="会丢掉尾数"):
            engine.apply(SetGrain("01", PUBLISHED_GRAIN))
        put(engine, "01", "opening", "amount", 20_000)
        engine.apply(SetGrain("01", PUBLISHED_GRAIN))
        assert engine.report.grain("01") == PUBLISHED_GRAIN

    def test_even_a_defect_leaves_the_report_as_it_was(self) -> None:
        engine = fresh()
        before = state(engine.report)
        broken = SetCells(((Cell("01", "general", "amount"), "5", False),))  # type: ignore[arg-type]
        with pytest.raises(CommandError):
            engine.apply(Batch("", (SetHead("甲", 2024), InsertRow("03", "201", "x"), broken)))
        with pytest.raises(TypeError):
            engine.apply(Batch("", (SetHead("甲", 2024), InsertRow("03", "201", "x"), DeleteRow([], "x"))))  # type: ignore[arg-type]
        assert state(engine.report) == before


class TestAutomatic:
    @given(RANDOMS)
    @settings(max_examples=25)
    def test_cells_that_compute_themselves_are_never_wrong(self, rng: random.Random) -> None:
        engine = some_engine(rng)
        for _ in range(8):
            try:
                engine.apply(some_command(rng, engine.report))
            except CommandError:
                continue
            assert_follows(engine)

    @pytest.mark.parametrize("template_id", TEMPLATES)
    @pytest.mark.parametrize("seed", range(6))
    def test_the_details_typed_once_fill_the_rest(self, template_id: str, seed: int) -> None:
        wanted = exact_report(seed, the_template(template_id), 24, funds=bool(seed % 2), last_year=False)
        engine = Engine(_empty_like(wanted), the_book(template_id))
        engine.start_automatic()
        leaves = sorted(c for c in wanted.amounts if engine.checker.definer(c) is None)
        order = random.Random(seed)
        order.shuffle(leaves)
        for cell in leaves:
            engine.apply(typed(cell, wanted.amounts[cell]))
        assert engine.report.amounts == wanted.amounts
        assert not list(engine.checker.open_relations())
        # What had to be typed of 01 and 04 is only what no other form states.
        assert {c.row for c in leaves if c.form == "01"} <= {
            "use_of_surplus",
            "opening",
            "surplus_distribution",
            "closing",
        }
        assert {c.row for c in leaves if c.form == "04"} <= {
            "capital", "opening_general", "opening_capital", "closing",
        }  # fmt: skip

    @pytest.mark.parametrize("seed", range(4))
    def test_so_do_rows_inserted_as_one_goes(self, seed: int) -> None:
        template_id = TEMPLATES[seed]
        wanted = exact_report(seed, the_template(template_id), 20, funds=True, last_year=False)
        known = Engine(wanted, the_book(template_id)).checker
        leaves = {c for c in wanted.amounts if known.definer(c) is None}
        engine = fresh(template_id)
        for form_id in wanted.form_ids():
            engine.apply(SetGrain(form_id, EXACT_GRAIN))
        rows = [(f, r) for f in wanted.form_ids() for r in wanted.rows_of(f)]
        random.Random(seed).shuffle(rows)
        for form_id, row in rows:
            if row not in engine.report.rows_of(form_id):
                engine.apply(InsertRow(form_id, row, wanted.rows_of(form_id).name(row)))
            for cell in sorted(c for c in leaves if c.form == form_id and c.row == row):
                engine.apply(typed(cell, wanted.amounts[cell]))
        for cell in sorted(c for c in leaves if c.row not in wanted.rows_of(c.form)):
            engine.apply(typed(cell, wanted.amounts[cell]))
        assert engine.report.amounts == wanted.amounts
        assert not list(engine.checker.open_relations())

    def test_typing_over_and_putting_back(self) -> None:
        engine = fresh()
        put_row(engine, "03", "20103", {"basic": 3 * WAN, "project": 4 * WAN})
        total = Cell("03", "20103", "total")
        assert engine.report.get(total) == 7 * WAN
        assert total in engine.report.auto
        over = engine.apply(typed(total, 8 * WAN))
        assert total not in engine.report.auto
        assert get(engine, "03", "total", "total") == 7 * WAN
        assert [r.id for r in engine.checker.open_relations()] != []
        put(engine, "03", "20103", "basic", 5 * WAN)
        assert engine.report.get(total) == 8 * WAN
        back = engine.apply(SetCells(((total, None, True),)))
        assert engine.report.get(total) == 9 * WAN
        assert total in engine.report.auto
        assert not [r for r in engine.checker.open_relations() if r.id == "03.columns[20103]"]
        engine.apply(back.inverse)
        assert engine.report.get(total) == 8 * WAN
        assert over.cells[total] == (8 * WAN, False)

    def test_an_amount_for_a_cell_without_a_relation_is_typed(self) -> None:
        engine = fresh()
        cell = Cell("01", "opening", "amount")
        engine.apply(SetCells(((cell, 5 * WAN, True),)))
        assert engine.report.get(cell) == 5 * WAN
        assert cell not in engine.report.auto

    def test_a_row_with_its_first_child_becomes_a_sum(self) -> None:
        engine = fresh()
        engine.apply(InsertRow("03", "201", "类"))
        insert = engine.apply(InsertRow("03", "20103", "款"))
        assert Cell("03", "201", "basic") in engine.report.auto
        put(engine, "03", "20103", "basic", 5 * WAN)
        assert get(engine, "03", "201", "basic") == get(engine, "03", "total", "total") == 5 * WAN
        assert get(engine, "01", "expense_total", "amount") == 5 * WAN
        put(engine, "03", "20103", "basic", None)
        engine.apply(insert.inverse)
        assert Cell("03", "201", "basic") not in engine.report.auto

    def test_a_typed_row_stays_typed_when_children_come(self) -> None:
        engine = fresh()
        put_row(engine, "03", "201", {"basic": 5 * WAN})
        put_row(engine, "03", "20103", {"basic": 4 * WAN})
        assert get(engine, "03", "201", "basic") == 5 * WAN
        assert "03.codes[201/basic]" in {r.id for r in engine.checker.open_relations()}

    def test_deleting_a_section_hands_its_items_to_the_class(self) -> None:
        engine = fresh()
        for code in ("201", "20103", "2010301", "2010302"):
            engine.apply(InsertRow("03", code, code))
        put(engine, "03", "2010301", "basic", 2 * WAN)
        put(engine, "03", "2010302", "basic", 3 * WAN)
        assert get(engine, "03", "201", "total") == 5 * WAN
        delete = engine.apply(DeleteRow("03", "20103"))
        assert get(engine, "03", "201", "total") == 5 * WAN
        relation = engine.checker.relation("03.codes[201/basic]")
        assert relation is not None
        assert [c.row for _, c in relation.terms] == ["201", "2010301", "2010302"]
        engine.apply(delete.inverse)
        assert get(engine, "03", "20103", "basic") == 5 * WAN

    def test_deleting_all_children_leaves_an_empty_row(self) -> None:
        engine = fresh()
        for code in ("201", "20103"):
            engine.apply(InsertRow("03", code, code))
        put(engine, "03", "20103", "project", 3 * WAN)
        engine.apply(DeleteRow("03", "20103"))
        assert get(engine, "03", "201", "project") is None
        assert get(engine, "01", "201", "amount") is None
        assert_follows(engine)

    def test_forms_in_coarser_steps_follow_finer_ones_rounded(self) -> None:
        engine = fresh()
        put_row(engine, "02", "201", {})
        engine.apply(SetGrain("02", EXACT_GRAIN))
        put(engine, "02", "201", "business", 12_345_678)
        assert get(engine, "02", "total", "business") == 12_345_678
        assert get(engine, "01", "business", "amount") == 12_350_000
        assert get(engine, "01", "income_total", "amount") == 12_350_000

    def test_a_large_report_computes_itself_without_losing_patience(self) -> None:
        report = exact_report(1, the_template(), 400, last_year=False)
        engine = Engine(report, the_book())
        before = dict(report.amounts)
        engine.start_automatic()
        engine.apply(SetSetting("all_administrative", True))
        assert report.amounts == before


def _empty_like(report: Report) -> Report:
    """Return a report with the same rows and grains and no amounts."""
    empty = new_report(report.template, report.year, report.department)
    for form_id, rows in report.rows.items():
        mine = empty.rows_of(form_id)
        for row in rows:
            if row not in mine:
                mine.insert(row, rows.name(row), len(mine))
    empty.grains.update(report.grains)
    return empty


class TestChanges:
    def test_what_an_edit_touched(self) -> None:
        engine = fresh()
        put_row(engine, "03", "201", {"basic": 5 * WAN})
        changes = engine.apply(typed(Cell("03", "201", "project"), 2 * WAN))
        assert changes.cells[Cell("03", "201", "project")] == (2 * WAN, False)
        assert changes.cells[Cell("03", "201", "total")] == (7 * WAN, True)
        assert changes.cells[Cell("01", "grand_expense", "amount")] == (7 * WAN, True)
        assert {"03.columns[201]", "03.codes[total/project]", "01-03.class[201]", "01.balance"} <= changes.relations
        assert not changes.rows
        assert not changes.everything

    def test_rows_fields_head(self) -> None:
        engine = fresh()
        assert engine.apply(InsertRow("03", "201", "甲")).rows == {"03"}
        assert engine.apply(RenameRow("03", "201", "乙")).rows == {"03"}
        assert engine.apply(DeleteRow("03", "201")).rows == {"03"}
        assert engine.apply(SetField("text", "x")).fields == {"text"}
        assert engine.report.fields == {"text": "x"}
        assert engine.apply(SetField("text", None)).fields == {"text"}
        assert engine.report.fields == {}
        assert engine.apply(SetHead("甲局", 2024)).head
        assert engine.apply(SetGrain("01", 1)).everything
        assert engine.apply(SetSetting("all_administrative", True)).everything

    def test_a_batch_is_one_step(self) -> None:
        engine = fresh()
        before = state(engine.report)
        changes = engine.apply(Batch("两行", (InsertRow("03", "201", "甲"), InsertRow("03", "20103", "乙"))))
        assert list(engine.report.rows_of("03")) == ["201", "20103"]
        assert isinstance(changes.inverse, Batch)
        assert changes.inverse.label == "两行"
        engine.apply(changes.inverse)
        assert state(engine.report) == before

    def test_zero_is_an_empty_cell(self) -> None:
        engine = fresh()
        put(engine, "01", "opening", "amount", 0)
        assert Cell("01", "opening", "amount") not in engine.report.amounts

    def test_the_last_of_two_entries_for_a_cell_counts(self) -> None:
        engine = fresh()
        cell = Cell("01", "opening", "amount")
        put(engine, *cell, WAN)
        changes = engine.apply(SetCells(((cell, 2 * WAN, False), (cell, 3 * WAN, False))))
        assert engine.report.get(cell) == 3 * WAN
        engine.apply(changes.inverse)
        assert engine.report.get(cell) == WAN
