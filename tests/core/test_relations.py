"""Relations: expansion spelled out by hand, and one passing and one failing example for every declared one."""

from __future__ import annotations

from functools import cache

import pytest

from desktopapp.core.checker import Verdict
from desktopapp.core.commands import InsertRow, SetSetting, typed
from desktopapp.core.engine import Engine
from desktopapp.core.notation import parse_formula, parse_side
from desktopapp.core.relations import Relation, RuleBook, rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell
from tests.core.actions import TEMPLATES
from tests.core.test_template_build import build, relation
from tests.generators import exact_report, the_book, the_template

#: 13,579.24 万元: no sum of others makes up for it by chance.
WRONG = 13_579_240_000


def terms(found: Relation | None) -> list[str]:
    """Return the terms of a relation as texts: "+01.general.amount"."""
    assert found is not None
    return [f"{'+' if sign > 0 else '-'}{'.'.join(cell)}" for sign, cell in found.terms]


def rows(report: Report, form: str, *codes: str) -> None:
    for code in codes:
        report.rows_of(form).insert(code, f"科目{code}", len(report.rows_of(form)))


@pytest.fixture
def report() -> Report:
    return new_report(the_template(), 2023)


def instance(report: Report, name: str, key: str = "", book: RuleBook | None = None) -> Relation | None:
    book = book or the_book()
    member = next(m for m in (*book.rules, *book.hierarchies) if m.name == name)
    return member.instance(report, key)


class TestNotation:
    def test_terms(self) -> None:
        (first, second) = parse_side("01.a..b - last.03.{row}.x..y", "f", "k")
        assert (first.sign, first.form, first.row, first.row_to, first.col) == (1, "01", "a", "b", "")
        assert (second.sign, second.form, second.row, second.col, second.col_to) == (-1, "last.03", "{row}", "x", "y")
        assert second.placeholders() == ("row",)
        assert parse_side(" 0 ", "f", "k") == ()

    def test_formula(self) -> None:
        formula = parse_formula("01.a >= 02.b.c + 02.d.c", "f", "k")
        assert formula.op == "<="
        assert [t.form for t in formula.left] == ["02", "02"]
        assert formula.forms() == {"01", "02"}


class TestExpansion:
    def test_a_range_of_lines(self, report: Report) -> None:
        found = instance(report, "01.income")
        assert terms(found)[:3] == ["+01.income_total.amount", "-01.general.amount", "-01.fund.amount"]
        assert len(terms(found)) == 9
        assert found is not None
        assert found.target == found.computed == Cell("01", "income_total", "amount")
        assert found.left == 1

    def test_all_classes(self, report: Report) -> None:
        assert len(terms(instance(report, "01.expense"))) == 27
        small = build(relation=[relation(holds="01.general = 01.@classes.total")])
        assert small.relations[0].holds == "01.general = 01.@classes.total"

    def test_every_row_and_the_total(self, report: Report) -> None:
        rows(report, "03", "201", "20103")
        rule = next(r for r in the_book().rules if r.name == "03.columns")
        assert list(rule.keys(report)) == ["total", "201", "20103"]
        assert terms(rule.instance(report, "201")) == [
            "+03.201.total", "-03.201.basic", "-03.201.project", "-03.201.to_superior", "-03.201.operating",
            "-03.201.to_affiliated",
        ]  # fmt: skip
        assert rule.instance(report, "999") is None

    def test_columns(self, report: Report) -> None:
        rule = next(r for r in the_book().rules if r.name == "04.grand_expense")
        assert list(rule.keys(report)) == ["total", "general", "fund", "capital"]
        assert terms(rule.instance(report, "fund")) == [
            "+04.grand_expense.fund", "-04.expense_total.fund", "-04.closing.fund",
        ]  # fmt: skip

    def test_a_class_that_only_one_form_has(self, report: Report) -> None:
        rows(report, "03", "201", "20103", "299")
        rule = next(r for r in the_book().rules if r.name == "01-03.class")
        assert len(list(rule.keys(report))) == 27
        assert terms(rule.instance(report, "201")) == ["+01.201.amount", "-03.201.total"]
        # The form prints no line for it: whatever form 03 states there has no counterpart.
        assert terms(rule.instance(report, "299")) == ["-03.299.total"]
        assert terms(rule.instance(report, "202")) == ["+01.202.amount"]
        assert "20103" not in list(rule.keys(report))

    def test_a_sum_of_which_parts_are_missing(self, report: Report) -> None:
        rows(report, "05", "201")
        rows(report, "07", "201")
        assert terms(instance(report, "03.covers_total", "201")) == ["+05.201.total", "+07.201.total"]
        assert instance(report, "03.covers_total", "206") is None
        rows(report, "03", "201", "206")
        assert terms(instance(report, "03.covers_total", "201"))[-1] == "-03.201.total"
        # Nothing is at most something: no relation.
        assert instance(report, "03.covers_total", "206") is None

    def test_named_codes_of_form_06(self, report: Report) -> None:
        assert terms(instance(report, "06.public")) == ["+06.public.amount", "-06.302.amount", "-06.310.amount"]
        rows(report, "06", "399")
        assert terms(instance(report, "06.public"))[-1] == "-06.399.amount"

    def test_last_year(self, report: Report) -> None:
        rows(report, "last.07", "2120801")
        rule = next(r for r in the_book().rules if r.name == "last.07.opening")
        assert list(rule.keys(report)) == ["2120801"]
        assert terms(rule.instance(report, "2120801")) == ["-last.07.2120801.closing"]

    def test_hierarchy(self, report: Report) -> None:
        rows(report, "03", "201", "20103", "2010301", "2010302", "206", "2060401")
        sums = next(h for h in the_book().hierarchies if h.name == "03.codes")
        assert terms(sums.instance(report, "total/basic")) == ["+03.total.basic", "-03.201.basic", "-03.206.basic"]
        assert terms(sums.instance(report, "20103/basic")) == [
            "+03.20103.basic", "-03.2010301.basic", "-03.2010302.basic",
        ]  # fmt: skip
        # A level that is missing is skipped.
        assert terms(sums.instance(report, "206/basic")) == ["+03.206.basic", "-03.2060401.basic"]
        assert sums.instance(report, "2010301/basic") is None
        assert sums.instance(report, "207/basic") is None
        assert sums.instance(report, "201/nowhere") is None

    def test_doubled_and_malformed_rows_count_but_have_nothing_below(self, report: Report) -> None:
        rows(report, "03", "201", "20103", "201#2", "2010", "2010301")
        sums = next(h for h in the_book().hierarchies if h.name == "03.codes")
        assert terms(sums.instance(report, "total/basic")) == ["+03.total.basic", "-03.201.basic", "-03.201#2.basic"]
        assert terms(sums.instance(report, "201/basic")) == ["+03.201.basic", "-03.2010.basic", "-03.20103.basic"]
        assert sums.instance(report, "201#2/basic") is None
        assert sums.instance(report, "2010/basic") is None
        for row in report.rows_of("03"):
            parent = sums.parent(report, row)
            assert row in sums.children(report, parent)

    def test_a_double_whose_first_is_gone(self, report: Report) -> None:
        rows(report, "03", "201#2", "20103")
        sums = next(h for h in the_book().hierarchies if h.name == "03.codes")
        assert sums.children(report, "total") == ("201#2", "20103")
        assert sums.parent(report, "20103") == "total"

    def test_only_rows_that_both_sides_have(self) -> None:
        template = build(
            relation=[relation(each="row", of=["03"], holds="03.{row}.total = 03.{row}.basic + last.03.{row}.total")]
        )
        book = rule_book(template)
        report = new_report(template, 2023)
        rows(report, "03", "201")
        assert len(book.rules) == 1
        assert instance(report, "r", "201", book) is not None
        engine = Engine(report, book)
        engine.apply(typed(Cell("03", "201", "total"), 10_000))
        assert [r.id for r in engine.checker.relations()] == ["r[total]", "r[201]"]


@cache
def consistent(template_id: str, seed: int) -> Engine:
    """Return an engine on a consistent report, with and without money besides the treasury's in turn."""
    report = exact_report(seed, the_template(template_id), 30, own_money=bool(seed % 2), funds=True)
    engine = Engine(report, the_book(template_id))
    engine.apply(SetSetting("all_administrative", True))
    return engine


def passing(template_id: str, name: str) -> tuple[Engine, Relation]:
    """Return a report in which an instance of a declared relation holds and means something."""
    for seed in range(12):
        engine = consistent(template_id, seed)
        checker, amounts = engine.checker, engine.report.amounts
        for found in (r for r in checker.relations() if r.spec_id == name):
            if checker.verdict(found) is Verdict.HOLDS and any(c in amounts for _, c in found.terms):
                return engine, found
    pytest.fail(f"no generated report has a passing example of {name}")


MEMBERS = [(t, m.name) for t in TEMPLATES for b in [the_book(t)] for m in (*b.rules, *b.hierarchies)]


class TestEveryRelation:
    @pytest.mark.parametrize(("template_id", "name"), MEMBERS)
    def test_passes_and_fails(self, template_id: str, name: str) -> None:
        engine, found = passing(template_id, name)
        checker, report = engine.checker, engine.report
        before = {r.id: checker.verdict(r) for r in checker.relations()}
        for sign, cell in (found.terms[0], found.terms[-1]):
            # An inequality only breaks in one direction.
            wrong = report.amounts.get(cell, 0) + sign * WRONG
            holding = {r.id: r for r in checker.relations_of(cell)}
            changes = engine.apply(typed(cell, wrong))
            after = {r.id: checker.verdict(r) for r in checker.relations()}
            assert after[found.id] is Verdict.VIOLATED
            assert checker.residual(found) == WRONG or found.op == "<="
            broken = {i for i, v in after.items() if v is Verdict.VIOLATED and before[i] is not v}
            assert broken <= set(holding)
            for other in holding.values():
                if other.is_equation and before[other.id] is Verdict.HOLDS and not other.when:
                    assert other.id in broken
            # Everything else that changed its verdict waits for a condition that the cell is part of.
            moved = {i for i, v in after.items() if v is not before[i]} - broken
            assert moved <= changes.relations
            assert all(after[i] in (Verdict.NOT_APPLICABLE, Verdict.HOLDS) for i in moved)
            engine.apply(changes.inverse)
            assert {r.id: checker.verdict(r) for r in checker.relations()} == before


class TestRowsComeAndGo:
    def test_only_what_a_row_touches_is_expanded(self) -> None:
        engine = Engine(new_report(the_template(), 2023), the_book())
        changes = engine.apply(InsertRow("03", "201", "类"))
        assert "03.columns[201]" in changes.relations
        assert "01-03.class[201]" in changes.relations
        assert "03.codes[total/basic]" in changes.relations
        assert not any(i.startswith(("02.", "05.", "06.")) for i in changes.relations)
