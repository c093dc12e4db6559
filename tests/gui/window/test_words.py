"""What the inspector and the search say, without any window."""

from __future__ import annotations

import pytest

from desktopapp import jobs
from desktopapp.core.amount import Unit
from desktopapp.core.checker import Verdict
from desktopapp.core.commands import SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Severity
from desktopapp.core.relations import rule_book
from desktopapp.core.template import LAST, Cell
from desktopapp.gui.window.explain import cell_words, last_year_words, percent, relation_lines, relation_terms
from desktopapp.gui.window.search import matching, search, targets

ROW = Cell("03", "2010301", "basic")


@pytest.fixture
def engine() -> Engine:
    report = jobs.import_any(jobs.sample_path()).report
    return Engine(report, rule_book(report.template))


def set_amount(engine: Engine, cell: Cell, fen: int | None) -> None:
    engine.apply(SetCells(((cell, fen, False),)))


def test_relations_that_fail_come_first_with_both_sides(engine: Engine) -> None:
    set_amount(engine, ROW, (engine.report.get(ROW) or 0) + 90_000)
    lines = relation_lines(engine.report, engine.checker, ROW, Unit.WAN)
    assert lines[0].severity is Severity.ERROR and lines[0].state == "错误"
    assert (lines[0].sign, lines[0].gap) == ("≠", "-0.09")
    ranks = [line.verdict is not Verdict.VIOLATED for line in lines]
    assert ranks == sorted(ranks)


def test_rows_are_named_with_the_part_of_the_wording_that_is_theirs(engine: Engine) -> None:
    says = [line.says for line in relation_lines(engine.report, engine.checker, ROW, Unit.WAN)]
    assert any(s.startswith("公开03表 20103 2栏：款＝各项之和") for s in says), says
    assert not any("类＝各款之和" in s for s in says)


def test_a_relation_that_cannot_be_judged_says_why(engine: Engine) -> None:
    cell = Cell("01", "opening", "amount")
    unknown = [
        line
        for line in relation_lines(engine.report, engine.checker, cell, Unit.WAN)
        if line.verdict is Verdict.UNKNOWN
    ]
    assert unknown and all(line.why for line in unknown)
    assert any("没有上年数" in line.why for line in unknown)
    assert all(line.left == line.gap == "" for line in unknown)


def test_every_amount_of_a_relation_is_listed(engine: Engine) -> None:
    relation = next(r for r in engine.checker.relations_of(ROW) if r.id.startswith("03.columns"))
    text = relation_terms(engine.report, relation, Unit.WAN)
    assert len(text.split("\n")) == len(relation.terms) + 2
    assert "（空）" in text and "＝" in text


def test_the_head_line_tells_where_an_amount_comes_from(engine: Engine) -> None:
    words = cell_words(engine.report, engine.checker, ROW, Unit.WAN)
    assert words.name.startswith("公开03表 2010301 行政运行")
    assert words.value.endswith("万元") and words.origin == "手工录入"
    empty = cell_words(engine.report, engine.checker, Cell("03", "2010301", "operating"), Unit.WAN)
    assert (empty.value, empty.origin) == ("", "未填")


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        (1_402_110_000, 1_383_500_000, "上年 1,402.11，减少 18.61（1.3%）"),
        (1_000_000, 1_000_000, "上年 1.00，持平"),
        (1_000_000, 3_000_000, "上年 1.00，增加 2.00（200.0%）"),
        (None, 3_000_000, "上年为空"),
        (1_000_000, None, "上年 1.00，减少 1.00（100.0%）"),
    ],
)
def test_last_years_value_and_the_change(engine: Engine, last: int | None, now: int | None, expected: str) -> None:
    cell = Cell("01", "general", "amount")
    assert last_year_words(engine.report, engine.checker, cell, Unit.WAN) == ""
    set_amount(engine, Cell(LAST + "01", "fund", "amount"), 1_000_000)
    set_amount(engine, Cell(LAST + "01", "general", "amount"), last)
    set_amount(engine, cell, now)
    assert last_year_words(engine.report, engine.checker, cell, Unit.WAN) == expected


def test_percent_is_rounded_half_up() -> None:
    assert [percent(1, 2000), percent(3, 2000), percent(1, 3), percent(0, 7)] == ["0.1%", "0.2%", "33.3%", "0.0%"]


FORMS = ["01", "02", "03", "04", "05", "06", "07", "08", "09"]


def test_search_finds_amounts_however_they_are_written(engine: Engine) -> None:
    plain = search(engine.report, "12938.5", FORMS, Unit.WAN)
    assert plain and plain == search(engine.report, " １２，938.50 ", FORMS, Unit.WAN)
    assert all(engine.report.get(h.cell) == 12_938_500_000 for h in plain)
    yuan = search(engine.report, "129385000", FORMS, Unit.YUAN)
    assert {h.cell for h in yuan} == {h.cell for h in plain}


def test_search_finds_codes_names_and_heads(engine: Engine) -> None:
    assert any(h.cell == Cell("03", "2010301", "total") for h in search(engine.report, "2010301", FORMS, Unit.WAN))
    assert any(h.cell.row == "30201" for h in search(engine.report, "办公费", FORMS, Unit.WAN))
    assert any(h.cell.form == "09" for h in search(engine.report, "公务接待费", FORMS, Unit.WAN))
    assert search(engine.report, "  ", FORMS, Unit.WAN) == []


def test_the_bare_number_of_a_form_comes_before_everything_else(engine: Engine) -> None:
    every = targets(engine.report, FORMS)
    assert matching(every, "6")[0].cell.form == "06"
    assert matching(every, "9 12")[0].cell == Cell("09", "row", "outturn_reception")
