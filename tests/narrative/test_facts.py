"""Facts are exact, know what they rest on, and say why they cannot be stated."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from desktopapp.core.commands import InsertRow, SetCells, SetField
from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import new_report
from desktopapp.core.template import TOTAL_ROW, Cell
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.numbers import NumberStyle
from tests.generators import exact_report, published_report, the_book, the_template
from tests.narrative.cases import TEMPLATES, case, narrative_of, section_text, the_facts
from tests.narrative.random_inputs import fill_inputs


def facts_of(seed: int = 1, template_id: str = "hubei-2023", **wanted: bool) -> Facts:
    report = fill_inputs(exact_report(seed, the_template(template_id), **wanted), seed, 1.0)
    return Facts(report, the_facts(template_id))


def amount(facts: Facts, *address: str) -> int:
    return facts.report.amounts.get(Cell(*address), 0)


def test_totals_changes_and_rates_are_exact() -> None:
    facts = facts_of()
    del facts.report.fields["input.last_year"]
    facts.refresh()
    now, before = amount(facts, "01", "grand_income", "amount"), amount(facts, "last.01", "grand_income", "amount")
    assert facts.get("total.income").value == now
    assert facts.get("total.income.last").value == before
    assert facts.get("total.income.change").value == now - before
    assert facts.get("total.income.rate").value == Fraction(now - before, before)


def test_shares_and_completion_are_exact() -> None:
    facts = facts_of()
    code = next(i for i in facts.ids() if i.startswith("item[") and i.endswith("]"))
    outturn, budget = facts.get(code).quantity, facts.get(f"{code}.budget").quantity
    if budget:
        assert facts.get(f"{code}.completion").value == Fraction(outturn) / budget
    assert facts.get(f"{code}.gap").value == outturn - budget
    total = amount(facts, "03", "total", "total")
    assert facts.get("03.basic.share").value == Fraction(amount(facts, "03", "total", "basic"), total)


def test_shares_of_one_whole_add_up() -> None:
    facts = facts_of(4, own_money=True)
    shares = [f.quantity for f in facts.matching("class[", ".share")]
    assert len(shares) > 1
    assert sum(shares) == 1


def test_budget_of_a_total_is_the_sum_of_its_items() -> None:
    facts = facts_of()
    items = facts.matching("item[", "].budget")
    assert facts.get("05.total.budget").value == sum(f.quantity for f in items)
    classes = facts.matching("class[", "].budget")
    known = {f.id[5:8] for f in items}
    assert sum(f.quantity for f in classes if f.id[6:9] in known) == facts.get("05.total.budget").value


def test_a_budget_without_outturn_counts() -> None:
    report = new_report(the_template(), 2023, "单位")
    report.fields["input.items"] = [{"key": "2010301", "budget": 5_000_000}]
    report.amounts[Cell("05", TOTAL_ROW, "total")] = 1_000_000
    facts = Facts(report, the_facts("hubei-2023"))
    assert facts.get("05.total.budget").value == 5_000_000
    assert facts.get("item[2010301]").value == 0
    assert facts.get("item[2010301].completion").value == 0


def test_a_form_that_nobody_filled_in_says_nothing() -> None:
    report = new_report(the_template(), 2023, "单位")
    facts = Facts(report, the_facts("hubei-2023"))
    for fact_id in ("total.income", "05.total", "09.total"):
        assert facts.get(fact_id).value is None, fact_id
        assert facts.get(fact_id).reason.endswith("尚未填写。")


def test_a_form_that_may_be_empty_says_zero_beside_filled_ones() -> None:
    engine = Engine(new_report(the_template(), 2023, "单位"), rule_book(the_template()))
    facts = Facts(engine.report, the_facts("hubei-2023"))
    assert facts.get("09.total").value is None
    cell = Cell("01", "grand_income", "amount")
    touched = facts.update(engine.apply(SetCells(((cell, 5_000_000, False),))))
    assert "09.total" in touched
    assert facts.get("09.total").value == 0
    assert facts.get("05.total").value is None
    assert facts.get("total.income").value == 5_000_000
    facts.update(engine.apply(SetCells(((cell, None, False),))))
    assert facts.get("09.total").value is None


def test_a_total_that_was_forgotten_is_no_zero() -> None:
    report = new_report(the_template(), 2023, "单位")
    report.amounts[Cell("01", "general", "amount")] = 5_000_000
    report.rows_of("02").insert("2010301", "行政运行", 0)
    report.amounts[Cell("02", "2010301", "total")] = 5_000_000
    facts = Facts(report, the_facts("hubei-2023"))
    assert facts.get("income.total").reason == "公开01表 27行“本年收入合计”尚未填写。"
    assert facts.get("02.superior").value == 0
    assert facts.get("02.fiscal").value == 0
    engine = Engine(report, rule_book(the_template()))
    facts.update(engine.apply(SetCells(((Cell("02", "2010301", "fiscal"), 5_000_000, False),))))
    assert facts.get("02.fiscal").value is None
    facts.update(engine.apply(SetCells(((Cell("02", "2010301", "fiscal"), None, False),))))
    assert facts.get("02.fiscal").value == 0


def test_missing_inputs_say_so() -> None:
    facts = Facts(published_report(2, last_year=False), the_facts("hubei-2023"))
    for fact_id in ("total.income.last", "total.income.change", "05.total.budget", "procurement.total", "cars.total"):
        fact = facts.get(fact_id)
        assert fact.value is None
        assert fact.reason.endswith("。")


def test_no_rate_against_zero() -> None:
    report = published_report(2)
    report.fields["input.last_year"] = [{"key": "agency", "amount": 0}]
    report.amounts[Cell("S1", "agency_running", "amount")] = 1_000_000
    facts = Facts(report, the_facts("hubei-2023"))
    assert facts.get("agency.change").value == 1_000_000
    assert facts.get("agency.rate").value is None
    assert "为零" in facts.get("agency.rate").reason


def test_negative_amounts() -> None:
    report = new_report(the_template(), 2023, "单位")
    report.amounts[Cell("01", "grand_income", "amount")] = -3_000_000
    report.fields["input.last_year"] = [{"key": "total.income", "amount": -1_500_000}]
    facts = Facts(report, the_facts("hubei-2023"))
    style = NumberStyle()
    assert facts.written("total.income", style) == "-3"
    assert facts.get("total.income.rate").value == 1
    assert facts.written("total.income.change", style) == "1.5"


def test_typed_amount_of_last_year_counts_before_the_form() -> None:
    report = published_report(3)
    facts = Facts(report, the_facts("hubei-2023"))
    published = facts.get("total.income.last").value
    report.fields["input.last_year"] = [{"key": "total.income", "amount": 7_000_000}]
    facts.refresh()
    assert facts.get("total.income.last").value == 7_000_000
    assert facts.published_last_year("total.income") == published


def test_part_of_last_year_is_not_taken_for_the_whole() -> None:
    """A form of last year that nobody brought in gives no zero."""
    report = published_report(3)
    for cell in [c for c in report.amounts if c.form == "last.01"]:
        del report.amounts[cell]
    facts = Facts(report, the_facts("hubei-2023"))
    assert facts.get("total.income.last").value is None
    assert facts.get("05.total.last").value is not None


def test_unknown_facts_are_refused() -> None:
    facts = facts_of()
    assert facts.find("no.such.fact") is None
    assert facts.find("reasons[total].nothing") is None
    with pytest.raises(KeyError):
        facts.get("no.such.fact")


def test_input_values_are_facts_too() -> None:
    facts = facts_of()
    facts.report.fields["input.reasons"] = [{"key": "total", "change": "厉行节约"}]
    facts.refresh()
    assert facts.get("reasons[total].change").value == "厉行节约"
    assert "reasons[total].change" in facts
    assert facts.get("reasons[income].change").value is None


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_every_fact_has_words(template_id: str) -> None:
    for report in (exact_report(5, the_template(template_id), funds=True), new_report(the_template(template_id), 2024)):
        facts = Facts(report, the_facts(template_id))
        for fact in facts.all():
            assert fact.label
            assert facts.how(fact.id)
            assert bool(fact.reason) == (fact.value is None), fact.id
            assert fact.kind == "text" or fact.value is None or not isinstance(fact.value, str)


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_cells_of_facts_exist(template_id: str) -> None:
    report = exact_report(6, the_template(template_id), funds=True)
    for fact in Facts(report, the_facts(template_id)).all():
        for cell in fact.cells:
            assert report.template.has_form(cell.form)


def test_only_affected_facts_change() -> None:
    rng = random.Random(3)
    facts = facts_of(9)
    report = facts.report
    for _ in range(40):
        before = {f.id: f.value for f in facts.all()}
        cell = rng.choice(sorted(report.amounts))
        affected = facts.affected_by([cell])
        report.amounts[cell] += rng.choice((1, -1, 10**9))
        facts.refresh()
        changed = {f.id for f in facts.all() if before[f.id] != f.value}
        assert changed <= affected


def test_kept_facts_follow_edits() -> None:
    rng = random.Random(4)
    report = fill_inputs(published_report(9), 9, 0.8)
    engine, facts = Engine(report, the_book()), Facts(report, the_facts("hubei-2023"))
    list(facts.all())
    commands = [SetCells(((rng.choice(sorted(report.amounts)), 5_000_000, False),)) for _ in range(20)]
    tables = [t for t in facts.book.inputs.values() if report.fields.get(t.field)]
    for at in range(30):
        table = rng.choice(tables)
        rows = [dict(r) for r in report.fields[table.field]] if report.fields.get(table.field) else []
        command = rng.choice(commands) if at % 2 else SetField(table.field, rows[:-1] or None)
        facts.update(engine.apply(command))
        fresh = Facts(report, the_facts("hubei-2023"))
        assert {f.id: f.value for f in facts.all()} == {f.id: f.value for f in fresh.all()}


def test_new_rows_make_new_facts() -> None:
    report = published_report(9)
    engine, facts = Engine(report, the_book()), Facts(report, the_facts("hubei-2023"))
    assert "class[299]" not in facts
    facts.update(engine.apply(InsertRow("05", "299", "新的类")))
    assert facts.get("class[299]").value == 0


def test_doubled_rows_are_no_items() -> None:
    report = published_report(9)
    rows = report.rows_of("05")
    code = next(r for r in rows if len(r) == 7)
    rows.insert(f"{code}#2", "重复", len(rows))
    facts = Facts(report, the_facts("hubei-2023"))
    assert f"item[{code}]" in facts
    assert f"item[{code}#2]" not in facts


def test_shares_may_be_made_to_add_up() -> None:
    """73.2 + 20.1 + 3.0 + 1.8 + 2.0 is 100.1 as accountants round; on choice the text adds up to 100."""
    plain, even = case("001").report, case("001").report
    even.fields["numbers"] = {"balance_shares": True, "rate_places": "many"}
    sums = []
    for report in (plain, even):
        narrative = narrative_of(report)
        ids = [f.id for f in narrative.facts.matching("class[", ".share")]
        written = [narrative.facts.written(i, narrative.style) for i in ids]
        assert all(w in section_text(narrative, "general") for w in written)
        sums.append(sum(Decimal(w.rstrip("%")) for w in written))
    assert sums == [Decimal("100.1"), Decimal("100.0")]
