"""An office's own wording keeps its numbers live; last year's text becomes this year's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.engine import Engine
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import TOTAL_ROW, Cell
from desktopapp.narrative.bindings import carry, from_editable, reasons_in
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.marks import settled, to_editable
from desktopapp.narrative.narrative import restore_section, write_section
from desktopapp.narrative.numbers import NumberStyle
from tests.generators import published_report, the_book, the_template
from tests.narrative.cases import narrative_of, section_text, the_facts
from tests.narrative.random_inputs import fill_inputs

STYLE = NumberStyle()
WAN = 1_000_000


def report_with(now: int, last: int | None, budget: int = 0) -> Report:
    """Return a report whose total income is known for two years, in 万元."""
    report = new_report(the_template(), 2023, "单位")
    # Some other amount, so that the forms count as filled in where the total is blank.
    report.amounts |= {Cell("01", "opening", "amount"): WAN, Cell("05", TOTAL_ROW, "total"): WAN}
    report.amounts |= {Cell("01", "grand_income", "amount"): now * WAN}
    report.amounts |= {Cell("09", "row", "outturn_total"): now * WAN} if now else {}
    report.amounts |= {Cell("09", "row", "budget_total"): budget * WAN} if budget else {}
    if last is not None:
        keys = ("total.income", "09.total")
        report.fields["input.last_year"] = [{"key": k, "amount": last * WAN} for k in keys]
    return report


def shown(text: str, now: int, last: int | None, budget: int = 0) -> str:
    facts = Facts(report_with(now, last, budget), the_facts("hubei-2023"))
    return "".join(s.text for s in from_editable(text, facts, STYLE))


CLAUSE = "比上年⟦total.income.change:增加⟧⟦total.income.change⟧万元，⟦total.income.rate:增长⟧⟦total.income.rate⟧。"


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        (12, 10, "比上年增加2万元，增长20.0%。"),
        (8, 10, "比上年减少2万元，下降20.0%。"),
        (10, 10, "比上年持平。"),
        (10, 0, "比上年增加10万元。"),
        (0, 10, "比上年减少10万元，下降100.0%。"),
    ],
)
def test_words_and_clauses_follow_the_numbers(now: int, last: int, expected: str) -> None:
    assert shown(CLAUSE, now, last) == expected


def test_what_is_not_known_is_marked() -> None:
    facts = Facts(report_with(5, None), the_facts("hubei-2023"))
    spans = from_editable(CLAUSE, facts, STYLE)
    assert [s.text for s in spans if s.state == "missing"] == [
        "【增加或减少】",
        "【收入总计比上年增减额】",
        "【增长或下降】",
        "【收入总计比上年增减率】",
    ]


def test_same_opens_again() -> None:
    text = "与上年相比⟦total.income.change:持平⟧。"
    assert shown(text, 10, 10) == "与上年相比持平。"
    assert shown(text, 12, 10) == "与上年相比增加2万元，增长20.0%。"
    assert shown("决算数⟦09.total.gap:等于⟧预算数的主要原因", 5, 5, 8) == "决算数小于预算数的主要原因"


def test_numbers_that_nothing_stands_for_stay_and_are_told_apart() -> None:
    facts = Facts(report_with(5, 4), the_facts("hubei-2023"))
    spans = from_editable("另有⟦?1,234.5⟧万元，【待补】和XX。", facts, STYLE)
    assert [(s.text, s.state) for s in spans if s.state != "typed"] == [
        ("1,234.5", "unbound"),
        ("【待补】", "missing"),
        ("XX", "missing"),
    ]
    assert to_editable(spans) == "另有⟦?1,234.5⟧万元，【待补】和XX。"


def test_facts_that_are_gone_are_marked() -> None:
    assert shown("⟦item[9999999]⟧万元", 1, 1) == "【原有数据已不存在，请改写】万元"
    assert shown("⟦no.fact:增加⟧", 1, 1) == "增加"


@given(st.text(alphabet="⟦⟧?:.增加\ue000\ue001\ue002a【】X\n万元。total.income", max_size=60))
def test_any_text_is_taken(text: str) -> None:
    facts = Facts(report_with(5, 4), the_facts("hubei-2023"))
    spans = from_editable(text, facts, STYLE)
    again = from_editable(to_editable(spans), facts, STYLE)
    assert "".join(s.text for s in again) == "".join(s.text for s in spans)


# ── last year's text ────────────────────────────────────────────────────────────────────────────────────────────────
LAST_YEAR = (
    "2022年度收、支总计⟦total.income⟧万元，与2021年度相比，"
    "收、支总计各增加⟦total.income.change⟧万元，增长约⟦total.income.rate⟧。"
)


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        (12, 10, "2023年度收、支总计12万元，与2022年度相比，收、支总计各增加2万元，增长约20.0%。"),
        (8, 10, "2023年度收、支总计8万元，与2022年度相比，收、支总计各减少2万元，下降约20.0%。"),
        (10, 10, "2023年度收、支总计10万元，与2022年度相比，收、支总计各持平。"),
        (10, 0, "2023年度收、支总计10万元，与2022年度相比，收、支总计各增加10万元。"),
    ],
)
def test_last_years_words_turn(now: int, last: int, expected: str) -> None:
    facts = Facts(report_with(now, last), the_facts("hubei-2023"))
    assert shown(carry(LAST_YEAR, facts), now, last) == expected


def test_words_of_reasons_turn_with_the_number_before() -> None:
    text = "支出决算为⟦09.total⟧万元，完成预算的⟦09.total.completion⟧，决算数小于年初预算数的主要原因：节约。"
    facts = Facts(report_with(9, 10, 8), the_facts("hubei-2023"))
    assert "大于年初预算数" in shown(carry(text, facts), 9, 10, 8)
    text = "比上年增加⟦09.total.change⟧万元，增加的主要原因：追加预算，带动其他收入增加。"
    carried = shown(carry(text, facts), 9, 10, 8)
    assert carried == "比上年减少1万元，减少的主要原因：追加预算，带动其他收入增加。"


def test_same_is_bound_to_what_was_spoken_of() -> None:
    facts = Facts(report_with(12, 10), the_facts("hubei-2023"))
    carried = carry("收入总计⟦total.income⟧万元，与上年持平。支出与上年持平。", facts)
    assert carried.count("⟦total.income.change:持平⟧") == 1
    assert carried.endswith("支出与上年持平。")


def test_years_in_stories_stay() -> None:
    facts = Facts(report_with(12, 10), the_facts("hubei-2023"))
    text = "2019年机构改革划转，2022年末受疫情影响；截至2022年12月31日，比2021年增加"
    carried = carry(text, facts)
    assert "2019年机构改革" in carried
    assert "2022年末受疫情" in carried
    assert "截至⟦year⟧年12月31日" in carried
    assert "比⟦year.last⟧年增加" in carried


def test_words_without_numbers_stay() -> None:
    facts = Facts(report_with(8, 10), the_facts("hubei-2023"))
    text = "持续增加投入，减少排队时间，满意度高于目标。"
    assert carry(text, facts) == text


# ── sections ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_generated_text_survives_the_editor() -> None:
    """Taking the template's text over as one's own changes nothing, and its numbers stay live."""
    for seed in range(3):
        report = fill_inputs(published_report(seed), seed)
        narrative = narrative_of(report)
        for section in [s.id for s in narrative.outline.sections()]:
            before, text = section_text(narrative, section), narrative.editable(section)
            narrative.update(Engine(report, the_book()).apply(write_section(section, text)))
            assert narrative.is_own(section)
            assert section_text(narrative, section) == before
            assert narrative.editable(section) == text


def test_typing_over_a_sentence_keeps_the_others_live() -> None:
    report = fill_inputs(published_report(4), 4)
    engine, narrative = Engine(report, the_book()), narrative_of(report)
    text = narrative.editable("total")
    assert "⟦total.income⟧" in text
    narrative.update(engine.apply(write_section("total", text.replace("收入总计、支出总计都是", "收支规模为"))))
    cell = Cell("01", "grand_income", "amount")
    report.amounts[cell] = 4_321 * WAN
    narrative.facts.refresh()
    fresh = narrative_of(report)
    assert "收支规模为4,321万元" in section_text(fresh, "total")
    fresh.update(engine.apply(restore_section("total")))
    assert "收支规模" not in section_text(fresh, "total")
    assert "4,321" in section_text(fresh, "total")


def test_own_text_follows_edits() -> None:
    report = fill_inputs(published_report(4), 4)
    engine, narrative = Engine(report, the_book()), narrative_of(report)
    command = write_section("total", "共⟦total.income⟧万元。\n@figure total\n# 小标题\n@note 注：测试")
    assert narrative.update(engine.apply(command)) == {"total"}
    assert narrative.editable("total") == "共⟦total.income⟧万元。\n@figure total\n# 小标题\n@note 注：测试"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("增加⟦?3⟧万元，原因是新进人员。", "增加⟦?3⟧万元，原因是⟦?新进人员⟧。"),
        ("主要原因是调入⟦?5⟧人，工资提高。另有说明。", "主要原因是⟦?调入⟧⟦?5⟧⟦?人，工资提高⟧。另有说明。"),
        ("的主要原因：一是人员多。二是物价涨。\n三、支出", "的主要原因：⟦?一是人员多⟧。⟦?二是物价涨⟧。\n三、支出"),
        ("主要用于运转。原因分析见附件。", "主要用于运转。原因分析见附件。"),
        ("共⟦total.income⟧万元，主要是财政拨款。", "共⟦total.income⟧万元，主要是财政拨款。"),
        ("原因是⟦reasons[total].change⟧。", "原因是⟦reasons[total].change⟧。"),
        ("原因是⟦?机构调整⟧。", "原因是⟦?机构调整⟧。"),
    ],
)
def test_last_years_reasons_are_marked_for_the_accountant(text: str, expected: str) -> None:
    assert carry(text, Facts(report_with(12, 10), the_facts("hubei-2023"))) == expected


def test_a_reason_without_the_word_is_known_by_the_change_before_it() -> None:
    facts = Facts(report_with(12, 10), the_facts("hubei-2023"))
    carried = carry("比上年增加⟦total.income.change⟧万元，主要是项目增加。", facts)
    assert carried.endswith("万元，主要是⟦?项目增加⟧。")
    assert (reasons_in(carried), settled(carried).endswith("万元，主要是项目增加。")) == (1, True)
