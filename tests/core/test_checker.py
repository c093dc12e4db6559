"""The checker: incremental and fresh agree, and both agree with the definitions worked out the plain way."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.commands import CommandError, DeleteRow, InsertRow, SetCells, SetSetting, typed
from desktopapp.core.engine import Engine
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import LAST, SINGLE_ROW, Cell
from tests.core.actions import some_command, some_engine, verdicts
from tests.generators import exact_report, published_report, the_book, the_template

RANDOMS = st.randoms(use_true_random=False)
WAN = 1_000_000
STEP = PUBLISHED_GRAIN


class Plain:
    """Every verdict worked out from the definitions, without any index or memory."""

    def __init__(self, report: Report) -> None:
        self.report, self.amounts = report, report.amounts
        book = the_book(report.template.id)
        self.relations = list(book.expand(report))
        self.conditions = {c.name: c.instance(report) for c in book.conditions}
        used = {c.form for c in self.amounts}
        self.absent = {f.id for f in report.template.forms if f.published and not f.may_be_empty and f.id not in used}
        if not any(f.startswith(LAST) for f in used):
            self.absent |= {LAST + f.id for f in report.template.forms}
        self.blank: dict[Cell, str] = {}
        for relation in self.relations:
            target = relation.target
            if target is None or target in self.amounts or target in self.blank:
                continue
            if abs(self.residual(relation)) > self.tolerance(relation) + self.half(target):
                self.blank[target] = relation.id

    def residual(self, relation: Relation) -> int:
        return sum(s * self.amounts.get(c, 0) for s, c in relation.terms)

    def half(self, cell: Cell) -> int:
        return {EXACT_GRAIN: 0, PUBLISHED_GRAIN: PUBLISHED_GRAIN // 2}[self.report.grain(cell.form)]

    def tolerance(self, relation: Relation) -> int:
        return sum(self.half(c) for _, c in relation.terms if c in self.amounts)

    def judge(self, relation: Relation) -> Verdict:
        if any(self.judge(self.conditions[w]) > Verdict.ROUNDING for w in relation.when):
            return Verdict.NOT_APPLICABLE
        if any(c not in self.amounts for c in relation.needs) or relation.forms & self.absent:
            return Verdict.UNKNOWN
        residual, tolerance = self.residual(relation), self.tolerance(relation)
        if residual == 0 or (relation.op == "<=" and residual <= tolerance):
            return Verdict.HOLDS
        if relation.op == "=" and abs(residual) <= tolerance:
            return Verdict.ROUNDING
        if any(self.blank.get(c, relation.id) != relation.id for _, c in relation.terms):
            return Verdict.UNKNOWN
        return Verdict.VIOLATED

    def verdicts(self) -> dict[str, Verdict]:
        return {r.id: self.judge(r) for r in self.relations}


def engine_of(report: Report) -> Engine:
    return Engine(report, the_book(report.template.id))


def empty(template_id: str = "hubei-2023") -> Engine:
    template = the_template(template_id)
    return engine_of(new_report(template, template.year))


def verdict(engine: Engine, relation_id: str) -> Verdict:
    relation = engine.checker.relation(relation_id)
    assert relation is not None, relation_id
    return engine.checker.verdict(relation)


def put(engine: Engine, form: str, row: str, col: str, amount: int | None) -> None:
    engine.apply(typed(Cell(form, row, col), amount))


class TestIncremental:
    @given(RANDOMS)
    @settings(max_examples=15)
    def test_equals_a_fresh_checker_after_any_commands(self, rng: random.Random) -> None:
        engine = some_engine(rng)
        for _ in range(6):
            with suppress(CommandError):
                engine.apply(some_command(rng, engine.report))
            fresh = Checker(engine.report, the_book(engine.report.template.id))
            assert verdicts(engine.report, engine.checker) == verdicts(engine.report, fresh)

    @given(RANDOMS)
    @settings(max_examples=20)
    def test_equals_the_definitions(self, rng: random.Random) -> None:
        engine = some_engine(rng)
        for _ in range(10):
            with suppress(CommandError):
                engine.apply(some_command(rng, engine.report))
            checker = engine.checker
            assert {r.id: checker.verdict(r) for r in checker.relations()} == Plain(engine.report).verdicts()

    def test_what_is_forgotten_is_found_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("desktopapp.core.checker._MOST_REMEMBERED", 3)
        rng = random.Random(1)
        engine = some_engine(rng)
        for _ in range(30):
            with suppress(CommandError):
                engine.apply(some_command(rng, engine.report))
        fresh = Checker(engine.report, the_book(engine.report.template.id))
        assert verdicts(engine.report, engine.checker) == verdicts(engine.report, fresh)

    @given(st.integers(0, 30), RANDOMS)
    @settings(max_examples=15)
    def test_the_order_of_edits_does_not_matter(self, seed: int, rng: random.Random) -> None:
        wanted = published_report(seed, the_template(), 20)
        entries = [(c, a, False) for c, a in sorted(wanted.amounts.items())]
        found = []
        for _ in range(2):
            rng.shuffle(entries)
            report = published_report(seed, the_template(), 20)
            report.amounts.clear()
            engine = engine_of(report)
            for entry in entries:
                engine.apply(SetCells((entry,)))
            found.append(verdicts(report, engine.checker))
        assert found[0] == found[1]

    @pytest.mark.parametrize("seed", range(4))
    def test_rows_inserted_and_taken_out_in_any_order(self, seed: int) -> None:
        rng = random.Random(seed)
        codes = ["201", "20103", "2010301", "2010302", "20104", "2010401", "206", "20601"]
        engine = empty()
        rng.shuffle(codes)
        for code in codes:
            engine.apply(InsertRow("03", code, code, automatic=False))
            put(engine, "03", code, "basic", rng.randrange(1, 100) * STEP)
            assert verdicts(engine.report, engine.checker) == verdicts(
                engine.report, Checker(engine.report, the_book())
            )
        rng.shuffle(codes)
        for code in codes:
            engine.apply(DeleteRow("03", code))
            assert verdicts(engine.report, engine.checker) == verdicts(
                engine.report, Checker(engine.report, the_book())
            )


class TestInterval:
    """An equation of n printed amounts may be off by 0.005·n 万元 through rounding, not by more."""

    @pytest.mark.parametrize("parts", range(1, 8))
    @pytest.mark.parametrize("off", range(-5, 6))
    def test_edge_for_n_terms(self, parts: int, off: int) -> None:
        lines = ["general", "fund", "capital", "superior", "business", "operating", "affiliated"][:parts]
        engine = empty()
        for line in lines:
            put(engine, "01", line, "amount", WAN)
        put(engine, "01", "income_total", "amount", parts * WAN + off * STEP)
        relation = engine.checker.relation("01.income")
        assert relation is not None
        # parts + 1 printed amounts, each within half a step.
        assert engine.checker.tolerance(relation) == (parts + 1) * STEP // 2
        assert engine.checker.residual(relation) == off * STEP
        wanted = Verdict.HOLDS if off == 0 else Verdict.ROUNDING if 2 * abs(off) <= parts + 1 else Verdict.VIOLATED
        assert engine.checker.verdict(relation) is wanted

    def test_empty_cells_are_not_rounded(self) -> None:
        engine = empty()
        put(engine, "01", "general", "amount", WAN)
        put(engine, "01", "income_total", "amount", WAN + 2 * STEP)
        assert verdict(engine, "01.income") is Verdict.VIOLATED
        put(engine, "01", "fund", "amount", 3 * STEP)
        put(engine, "01", "general", "amount", WAN - 2 * STEP)
        assert verdict(engine, "01.income") is Verdict.ROUNDING

    def test_exact_amounts_have_no_tolerance(self) -> None:
        engine = empty()
        engine.report.grains["01"] = EXACT_GRAIN
        engine.checker.rebuild()
        put(engine, "01", "general", "amount", WAN)
        put(engine, "01", "income_total", "amount", WAN + 1)
        assert verdict(engine, "01.income") is Verdict.VIOLATED

    def test_between_an_exact_and_a_published_form(self) -> None:
        report = exact_report(1, the_template(), 20, last_year=False)
        for form_id in ("01", "04", "05", "06", "07", "08", "09", "S1"):
            report.grains.pop(form_id)
            for cell in [c for c in report.amounts if c.form == form_id]:
                report.amounts[cell] = report.amounts[cell] // STEP * STEP or STEP
        engine = engine_of(report)
        relation = engine.checker.relation("01-03.expense")
        assert relation is not None
        assert engine.checker.tolerance(relation) == STEP // 2

    @pytest.mark.parametrize(("off", "wanted"), [(-9, Verdict.HOLDS), (1, Verdict.HOLDS), (2, Verdict.VIOLATED)])
    def test_inequalities_hold_up_to_rounding(self, off: int, wanted: Verdict) -> None:
        engine = empty()
        put(engine, "06", "30217", "amount", 5 * WAN + off * STEP)
        put(engine, "09", SINGLE_ROW, "outturn_reception", 5 * WAN)
        assert verdict(engine, "09-06.reception") is wanted


class TestUnknown:
    def test_forms_that_nobody_filled_in(self) -> None:
        report = published_report(1, the_template(), 20, last_year=False)
        engine = engine_of(report)
        cells = [c for c in report.amounts if c.form == "02"]
        engine.apply(SetCells(tuple((c, None, False) for c in cells)))
        assert engine.checker.absent == {"02", *(LAST + f for f in report.form_ids())}
        relation = engine.checker.relation("01-02.income")
        assert relation is not None
        assert engine.checker.verdict(relation) is Verdict.UNKNOWN
        assert engine.checker.reason_unknown(relation) == ("forms", ("02",))
        put(engine, "02", "total", "total", STEP)
        assert engine.checker.verdict(relation) is Verdict.VIOLATED
        put(engine, "02", "total", "total", None)
        assert engine.checker.verdict(relation) is Verdict.UNKNOWN

    def test_forms_that_may_be_empty_are_never_missing(self) -> None:
        report = published_report(2, the_template(), 20, funds=False, last_year=False)
        engine = engine_of(report)
        assert not any(c.form in ("07", "08") for c in report.amounts)
        assert verdict(engine, "04-07.income") is Verdict.HOLDS
        put(engine, "04", "fund", "amount", WAN)
        assert verdict(engine, "04-07.income") is Verdict.VIOLATED

    def test_last_year_is_unknown_until_anything_of_it_is_there(self) -> None:
        engine = engine_of(published_report(3, the_template(), 20, last_year=False))
        put(engine, "01", "opening", "amount", 7 * WAN)
        assert verdict(engine, "last.01.opening") is Verdict.UNKNOWN
        put(engine, "last.01", "closing", "amount", 5 * WAN)
        assert verdict(engine, "last.01.opening") is Verdict.VIOLATED
        put(engine, "last.01", "closing", "amount", 7 * WAN)
        assert verdict(engine, "last.01.opening") is Verdict.HOLDS
        put(engine, "last.01", "closing", "amount", None)
        assert verdict(engine, "last.01.opening") is Verdict.UNKNOWN

    def test_last_year_row_by_row(self) -> None:
        engine = engine_of(published_report(4, the_template(), 20, funds=True))
        engine.apply(InsertRow("last.07", "2299901", "去年有", automatic=False))
        put(engine, "last.07", "2299901", "closing", 3 * WAN)
        relation = engine.checker.relation("last.07.opening[2299901]")
        assert relation is not None
        assert engine.checker.verdict(relation) is Verdict.VIOLATED
        engine.apply(InsertRow("07", "2299901", "今年有"))
        put(engine, "07", "2299901", "opening", 3 * WAN)
        assert verdict(engine, "last.07.opening[2299901]") is Verdict.HOLDS
        engine.apply(DeleteRow("last.07", "2299901"))
        assert verdict(engine, "last.07.opening[2299901]") is Verdict.VIOLATED

    def test_a_blank_total_suspends_what_else_it_takes_part_in(self) -> None:
        engine = engine_of(published_report(5, the_template(), 20, last_year=False))
        total = Cell("01", "income_total", "amount")
        put(engine, *total, None)
        assert engine.checker.blank_total(total)
        assert verdict(engine, "01.income") is Verdict.VIOLATED
        for other in ("01-02.income", "01.grand_income"):
            relation = engine.checker.relation(other)
            assert relation is not None
            assert engine.checker.verdict(relation) is Verdict.UNKNOWN
            assert engine.checker.reason_unknown(relation) == ("blank", (total,))
        assert [r.id for r in engine.checker.open_relations() if engine.checker.verdict(r) is Verdict.VIOLATED] == [
            "01.income"
        ]

    def test_a_total_of_nothing_is_not_blank(self) -> None:
        engine = empty()
        assert not engine.checker.blank_total(Cell("01", "income_total", "amount"))
        put(engine, "01", "general", "amount", STEP)
        # One step is within what rounding could have made of nothing.
        assert not engine.checker.blank_total(Cell("01", "income_total", "amount"))
        put(engine, "01", "general", "amount", 2 * STEP)
        assert engine.checker.blank_total(Cell("01", "income_total", "amount"))

    def test_needs(self) -> None:
        engine = engine_of(published_report(6, the_template(), 20))
        put(engine, "09", SINGLE_ROW, "outturn_abroad", 9 * WAN)
        put(engine, "09", SINGLE_ROW, "budget_abroad", 5 * WAN)
        assert verdict(engine, "09.within_abroad") is Verdict.VIOLATED
        put(engine, "09", SINGLE_ROW, "budget_total", None)
        relation = engine.checker.relation("09.within_abroad")
        assert relation is not None
        assert engine.checker.verdict(relation) is Verdict.UNKNOWN
        assert engine.checker.reason_unknown(relation) == ("needs", (Cell("09", SINGLE_ROW, "budget_total"),))
        put(engine, "09", SINGLE_ROW, "budget_total", WAN)
        assert engine.checker.verdict(relation) is Verdict.VIOLATED


class TestConditions:
    def only_treasury(self) -> Engine:
        report = published_report(7, the_template(), 20, own_money=False, last_year=False)
        return engine_of(report)

    def test_flip_as_one_types(self) -> None:
        engine = self.only_treasury()
        assert verdict(engine, "04-01.expense") in (Verdict.HOLDS, Verdict.ROUNDING)
        put(engine, "01", "business", "amount", 9 * WAN)
        for key in ("04-01.expense", "04-01.class[201]"):
            assert verdict(engine, key) is Verdict.NOT_APPLICABLE
        put(engine, "01", "business", "amount", None)
        assert verdict(engine, "04-01.expense") in (Verdict.HOLDS, Verdict.ROUNDING)

    def test_a_violation_comes_and_goes_with_its_condition(self) -> None:
        engine = self.only_treasury()
        line = next(c.row for c in sorted(engine.report.amounts) if c.form == "01" and c.row.isdigit())
        put(engine, "01", line, "amount", 12345 * WAN)
        opened = f"04-01.class[{line}]"
        assert opened in {r.id for r in engine.checker.open_relations()}
        changes = engine.apply(typed(Cell("01", "use_of_surplus", "amount"), WAN))
        assert opened not in {r.id for r in engine.checker.open_relations()}
        assert opened in changes.relations
        engine.apply(changes.inverse)
        assert opened in {r.id for r in engine.checker.open_relations()}

    def test_a_rounding_residual_in_a_condition_is_no_obstacle(self) -> None:
        engine = self.only_treasury()
        put(engine, "01", "opening", "amount", 7 * WAN)
        put(engine, "04", "opening", "amount", 7 * WAN + STEP)
        assert verdict(engine, "04-01.expense") is not Verdict.NOT_APPLICABLE
        put(engine, "04", "opening", "amount", 7 * WAN + 2 * STEP)
        assert verdict(engine, "04-01.expense") is Verdict.NOT_APPLICABLE

    def test_conditions_are_no_relations_of_the_report(self) -> None:
        engine = self.only_treasury()
        assert all(r.kind != "condition" for r in engine.checker.relations())
        assert all(r.kind != "condition" for r in engine.checker.relations_of(Cell("01", "opening", "amount")))
        condition = engine.checker.relation("04-01.expense?2")
        assert condition is not None
        assert condition.kind == "condition"
        assert engine.checker.verdict(condition) in (Verdict.HOLDS, Verdict.ROUNDING)
        assert engine.checker.residual(condition) == 0


class TestSettings:
    def test_a_relation_of_a_setting_appears_with_it(self) -> None:
        engine = engine_of(exact_report(8, the_template(), 20))
        put(engine, "S1", "agency_running", "amount", 3)
        assert engine.checker.relation("S1-06.agency_equal") is None
        assert verdict(engine, "S1-06.agency_within") is Verdict.HOLDS
        on = engine.apply(SetSetting("all_administrative", True))
        assert verdict(engine, "S1-06.agency_equal") is Verdict.VIOLATED
        engine.apply(on.inverse)
        assert engine.checker.relation("S1-06.agency_equal") is None


class TestQuestions:
    def test_an_unknown_relation(self) -> None:
        checker = empty().checker
        for name in (
            "nothing",
            "03.columns[999]",
            "01.income[201]",
            "03.codes[total/nowhere]",
            "03.codes[201/basic]",
            "",
        ):
            assert checker.relation(name) is None

    def test_relations_of_a_cell_in_order_of_declaration(self) -> None:
        engine = engine_of(exact_report(9, the_template(), 20))
        checker = engine.checker
        cell = Cell("03", "total", "total")
        assert [r.id for r in checker.relations_of(cell)] == [
            "03.columns[total]",
            "01-03.expense",
            "03.codes[total/total]",
        ]
        for relation in checker.relations():
            for _, place in relation.terms:
                assert relation.id in {r.id for r in checker.relations_of(place)}

    def test_the_definer_is_the_first_declared(self) -> None:
        checker = engine_of(exact_report(9, the_template(), 20)).checker
        definer = checker.definer(Cell("03", "total", "total"))
        assert definer is not None
        assert definer.id == "03.columns[total]"
        assert checker.definer(Cell("01", "opening", "amount")) is None
        assert checker.follows(Cell("01", "opening", "amount")) is None
        assert list(checker.followers(Cell("01", "opening", "amount"))) == [Cell("01", "grand_income", "amount")]

    def test_every_relation_of_a_consistent_report_holds(self) -> None:
        for name in ("hubei-2023", "hubei-2024", "xianning-2023", "shanghai-2024"):
            for seed in range(3):
                checker = Checker(exact_report(seed, the_template(name), 25), the_book(name))
                assert not list(checker.open_relations())
                kinds = {checker.verdict(r) for r in checker.relations()}
                assert kinds <= {Verdict.HOLDS, Verdict.NOT_APPLICABLE}
