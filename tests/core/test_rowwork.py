"""Work on rows by code: rows with their parents, doubled rows, other codes."""

from __future__ import annotations

import pytest

from desktopapp.core.catalogue import Catalogue, Entry, Levels
from desktopapp.core.checker import Checker
from desktopapp.core.commands import Batch, CommandError, InsertRow, SetCells, typed
from desktopapp.core.engine import Engine
from desktopapp.core.report import new_report
from desktopapp.core.rowwork import delete_codes, insert_code, recode_row
from desktopapp.core.template import Cell
from tests.core.actions import state, verdicts
from tests.generators import the_book, the_template

LEVELS = Levels((3, 5, 7))
KNOWN = Catalogue(
    "functional",
    2023,
    tuple(
        Entry(code, name, LEVELS.level(code))
        for code, name in (("201", "一般公共服务支出"), ("20103", "政府办公厅事务"), ("2010301", "行政运行"))
    ),
)
WAN = 1_000_000


@pytest.fixture
def engine() -> Engine:
    engine = Engine(new_report(the_template(), 2023), the_book())
    engine.start_automatic()
    return engine


def rows(engine: Engine, form: str = "03") -> list[tuple[str, str]]:
    found = engine.report.rows_of(form)
    return [(r, found.name(r)) for r in found]


def add(engine: Engine, *codes: str) -> None:
    for code in codes:
        engine.apply(InsertRow("03", code, f"科目{code}", automatic="#" not in code))


class TestInsert:
    def test_missing_parents_come_by_themselves(self, engine: Engine) -> None:
        command = insert_code(engine.report, "03", "2010301", "", KNOWN)
        assert isinstance(command, Batch)
        changes = engine.apply(command)
        assert rows(engine) == [("201", "一般公共服务支出"), ("20103", "政府办公厅事务"), ("2010301", "行政运行")]
        engine.apply(typed(Cell("03", "2010301", "basic"), WAN))
        assert engine.report.get(Cell("03", "total", "total")) == WAN
        assert engine.report.get(Cell("01", "grand_expense", "amount")) == WAN
        engine.apply(typed(Cell("03", "2010301", "basic"), None))
        engine.apply(changes.inverse)
        assert rows(engine) == []

    def test_only_what_is_missing(self, engine: Engine) -> None:
        add(engine, "201", "20103")
        assert insert_code(engine.report, "03", "2010302", "机关服务", KNOWN) == InsertRow("03", "2010302", "机关服务")

    def test_a_given_name_wins_and_an_unknown_one_stays_empty(self, engine: Engine) -> None:
        engine.apply(insert_code(engine.report, "03", "201", "自定", KNOWN))
        engine.apply(insert_code(engine.report, "03", "229", "", KNOWN))
        engine.apply(insert_code(engine.report, "03", "230", "", None))
        assert rows(engine) == [("201", "自定"), ("229", ""), ("230", "")]

    def test_rows_stay_in_code_order(self, engine: Engine) -> None:
        for code in ("2060401", "2010301", "2010250", "20102"):
            if code not in engine.report.rows_of("03"):
                engine.apply(insert_code(engine.report, "03", code, "", KNOWN))
        codes = [r for r, _ in rows(engine)]
        assert codes == sorted(codes)

    @pytest.mark.parametrize("code", ["", "2", "2010", "20103011", "２０１", "20a", "201 ", "²01"])
    def test_what_is_no_code(self, engine: Engine, code: str) -> None:
        with pytest.raises(CommandError, match="应为 3、5、7 位数字，请从目录中选择"):
            insert_code(engine.report, "03", code, "", KNOWN)

    def test_a_second_time(self, engine: Engine) -> None:
        add(engine, "201")
        with pytest.raises(CommandError, match="已有科目 201 科目201，不能重复增加"):
            insert_code(engine.report, "03", "201", "", KNOWN)

    def test_economic_codes(self, engine: Engine) -> None:
        with pytest.raises(CommandError, match="应为 3、5 位数字"):
            insert_code(engine.report, "06", "3010101", "", None)
        engine.apply(insert_code(engine.report, "06", "31204", "费用补贴", None))
        names = [r for r, _ in rows(engine, "06")]
        assert names.index("312") + 1 == names.index("31204")


class TestDelete:
    def test_what_stood_below_counts_towards_the_next_row_above(self, engine: Engine) -> None:
        add(engine, "201", "20103", "2010301")
        engine.apply(typed(Cell("03", "2010301", "basic"), WAN))
        engine.apply(delete_codes(engine.report, "03", ["20103"]))
        assert [r for r, _ in rows(engine)] == ["201", "2010301"]
        assert engine.report.get(Cell("03", "201", "total")) == WAN

    def test_several_and_back(self, engine: Engine) -> None:
        add(engine, "201", "20103", "2010301", "206")
        engine.apply(typed(Cell("03", "2010301", "basic"), WAN))
        before = state(engine.report)
        changes = engine.apply(delete_codes(engine.report, "03", ["201", "20103", "201", "2010301"]))
        assert [r for r, _ in rows(engine)] == ["206"]
        engine.apply(changes.inverse)
        assert state(engine.report) == before

    def test_nothing(self, engine: Engine) -> None:
        before = state(engine.report)
        engine.apply(delete_codes(engine.report, "03", []))
        assert state(engine.report) == before

    def test_the_second_of_two_takes_the_place_of_the_first(self, engine: Engine) -> None:
        add(engine, "201", "20103", "201#2")
        first, second = Cell("03", "201", "basic"), Cell("03", "201#2", "basic")
        engine.apply(SetCells(((first, WAN, False), (second, 2 * WAN, False))))
        before = state(engine.report)
        changes = engine.apply(delete_codes(engine.report, "03", ["201"]))
        assert [r for r, _ in rows(engine)] == ["201", "20103"]
        assert engine.report.get(first) == 2 * WAN
        assert engine.report.get(second) is None
        fresh = Checker(engine.report, the_book())
        assert verdicts(engine.report, engine.checker) == verdicts(engine.report, fresh)
        assert "03.codes[201/basic]" in {r.id for r in engine.checker.open_relations()}
        engine.apply(changes.inverse)
        assert state(engine.report) == before

    def test_both_of_two(self, engine: Engine) -> None:
        add(engine, "201", "201#2", "201#3")
        engine.apply(delete_codes(engine.report, "03", ["201", "201#2"]))
        assert rows(engine) == [("201", "科目201#3")]


class TestRecode:
    def test_amounts_go_along(self, engine: Engine) -> None:
        add(engine, "206")
        engine.apply(typed(Cell("03", "206", "basic"), 3 * WAN))
        before = state(engine.report)
        changes = engine.apply(recode_row(engine.report, "03", "206", "201", KNOWN))
        assert rows(engine) == [("201", "一般公共服务支出")]
        assert engine.report.get(Cell("03", "201", "basic")) == 3 * WAN
        assert engine.report.get(Cell("03", "201", "total")) == 3 * WAN
        assert Cell("03", "201", "total") in engine.report.auto
        assert engine.report.get(Cell("01", "201", "amount")) == 3 * WAN
        assert engine.report.get(Cell("01", "206", "amount")) is None
        engine.apply(changes.inverse)
        assert state(engine.report) == before

    def test_missing_parents_come_along(self, engine: Engine) -> None:
        add(engine, "206")
        engine.apply(recode_row(engine.report, "03", "206", "2010301", KNOWN))
        assert [r for r, _ in rows(engine)] == ["201", "20103", "2010301"]

    def test_a_sum_that_leaves_its_parts_is_a_typed_amount(self, engine: Engine) -> None:
        add(engine, "201", "20103")
        engine.apply(typed(Cell("03", "20103", "basic"), WAN))
        engine.apply(recode_row(engine.report, "03", "201", "206", KNOWN))
        assert engine.report.get(Cell("03", "206", "basic")) == WAN
        assert Cell("03", "206", "basic") not in engine.report.auto

    def test_the_same_code_only_renames(self, engine: Engine) -> None:
        add(engine, "201", "201#2")
        engine.apply(recode_row(engine.report, "03", "201#2", "201", KNOWN, "另名"))
        assert rows(engine) == [("201", "科目201"), ("201#2", "另名")]
        engine.apply(recode_row(engine.report, "03", "201", "201", KNOWN))
        assert rows(engine)[0] == ("201", "一般公共服务支出")

    def test_a_double_gets_a_code_of_its_own(self, engine: Engine) -> None:
        add(engine, "201", "201#2")
        engine.apply(recode_row(engine.report, "03", "201#2", "202", None))
        assert [r for r, _ in rows(engine)] == ["201", "202"]

    def test_or_takes_over_the_code_that_is_given_away(self, engine: Engine) -> None:
        add(engine, "201", "201#2")
        engine.apply(typed(Cell("03", "201#2", "basic"), WAN))
        engine.apply(recode_row(engine.report, "03", "201", "202", None))
        assert [r for r, _ in rows(engine)] == ["201", "202"]
        assert engine.report.get(Cell("03", "201", "basic")) == WAN

    @pytest.mark.parametrize("code", ["206", "2", "２０１"])
    def test_a_refused_code_costs_nothing(self, engine: Engine, code: str) -> None:
        add(engine, "201", "206")
        with pytest.raises(CommandError):
            recode_row(engine.report, "03", "201", code, KNOWN)
