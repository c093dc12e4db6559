"""Numbers of last year's own text bound to facts, and the same words for the new year."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desktopapp.jobs import import_any, roll, template_root
from desktopapp.jobs.running_text import text_context
from desktopapp.narrative.bindings import from_editable
from desktopapp.narrative.carrying import bound_text
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.narrative.reading.binding import bind_sections
from desktopapp.narrative.reading.passages import SourceLine, passages
from desktopapp.store.outline_files import load_claim_book, load_fact_book
from tests.narrative.reading.test_check import TEXT, the_report

#: The sections in which a fact is written as the published text has it; forms of self-evaluation write their figures
#: otherwise than the text (≥4 beside 4, 94.89 beside 94.9).
FACTUAL = (
    "total", "income", "expense", "fiscal", "general", "basic", "three_public", "agency", "procurement", "assets",
)  # fmt: skip


def bind(text: str) -> dict[str, str]:
    root = template_root()
    facts = Facts(the_report(), load_fact_book(root, "hubei-2023"))
    found = passages(SourceLine(t, f"第 {i} 行") for i, t in enumerate(text.split("\n"), 1))
    return {k: b.text for k, b in bind_sections(facts, load_claim_book(root), found).items()}


def test_numbers_are_bound_to_what_the_words_say() -> None:
    bound = bind(TEXT)
    assert "收、支总计⟦total.income⟧万元" in bound["total"]
    assert "财政拨款收入⟦02.fiscal⟧万元，占本年收入⟦02.fiscal.share⟧" in bound["income"]
    assert "基本支出⟦03.basic⟧万元，占本年支出⟦03.basic.share⟧" in bound["expense"]
    assert "人员经费⟦06.personnel⟧万元" in bound["basic"]
    public = bound["three_public"]
    assert "全年预算为⟦09.total.budget⟧万元，支出决算为⟦09.total⟧万元，完成全年预算的⟦09.total.completion⟧" in public


def test_a_number_that_no_fact_has_stays_marked() -> None:
    bound = bind(TEXT.replace("人员经费300.00万元", "人员经费299.00万元"))
    assert "人员经费⟦?299.00⟧万元" in bound["basic"]


def test_the_same_value_under_other_words_is_not_bound_to_it() -> None:
    bound = bind(TEXT.replace("主要包括：办公费、差旅费。", "主要包括：办公费、差旅费，其中会议室改造100.00万元。"))
    assert "会议室改造⟦?100.00⟧万元" in bound["basic"]


def test_the_share_of_something_unknown_is_not_that_of_what_was_told_before() -> None:
    told = "其他收入100.00万元，占本年收入9.1%；财政专户管理教育收费0万元，占本年收入9.1%。"
    bound = bind(TEXT.replace("其他收入100.00万元，占本年收入9.1%。", told))["income"]
    assert "其他收入⟦02.other⟧万元，占本年收入⟦02.other.share⟧；" in bound
    assert "财政专户管理教育收费⟦?0⟧万元，占本年收入⟦?9.1%⟧" in bound


def test_a_name_told_in_full_is_no_other_amount_of_the_same_size() -> None:
    """国内公务接待支出 is not 公务接待费, even where the former is not known and both are as much."""
    told = "公务接待费2.00万元，其中国内公务接待支出2.00万元"
    bound = bind(TEXT.replace("主要原因是压减开支。", f"主要原因是压减开支。{told}。"))["three_public"]
    assert "国内公务接待支出⟦?2.00⟧万元" in bound


def test_an_amount_that_differs_by_rounding_follows_its_name() -> None:
    bound = bind(TEXT.replace("卫生健康(类)支出200.00万元，占20.0%", "卫生健康(类)支出200.01万元，占20.0%"))["general"]
    assert "卫生健康(类)支出⟦class[210]⟧万元，占⟦class[210].share⟧" in bound
    far = bind(TEXT.replace("卫生健康(类)支出200.00万元", "卫生健康(类)支出200.02万元"))["general"]
    assert "卫生健康(类)支出⟦?200.02⟧万元" in far


def test_the_numbers_of_an_item_are_its_own_not_those_of_its_class() -> None:
    bound = bind(TEXT.replace("行政单位医疗(项)", "行政单位的医疗(项)"))["general"]
    assert "决算为⟦item[2101101]⟧万元" in bound and "⟦class[210].completion⟧" not in bound


def test_last_years_text_of_a_seed_binds_nearly_all_of_its_numbers(shared_dir: Path) -> None:
    (path,) = (shared_dir / "seeds").glob("000_*.txt")
    report = import_any(path).report
    context = text_context(report)
    assert context is not None
    sections = bound_text(report, context)
    bound = sum(s.bound for s in sections.values())
    unbound = sum(s.unbound for s in sections.values())
    assert bound / (bound + unbound) >= 0.95
    assert "执行数为 ⟦selfeval[行政运行工作经费].executed⟧ 万元" in sections["performance"].text


def test_every_bound_number_of_a_seed_is_the_value_of_its_fact(shared_dir: Path) -> None:
    """None wrongly: written again from its fact, each paragraph reads as it was published."""
    from desktopapp.narrative.carrying import bindable_copy

    (path,) = (shared_dir / "seeds").glob("000_*.txt")
    report = import_any(path).report
    context = text_context(report)
    assert context is not None
    facts = Facts(bindable_copy(report, context), context.facts.book)
    style = NumberStyle(trim_rates=True)
    printed = {re.sub(r"\s", "", p.text) for p in context.passages}
    for key, section in bound_text(report, context).items():
        for line in section.text.split("\n") if key in FACTUAL else ():
            again = "".join(s.text for s in from_editable(line, facts, style))
            assert re.sub(r"\s", "", again) in printed


def test_rolling_forward_keeps_the_words_and_drops_the_numbers(shared_dir: Path) -> None:
    (path,) = (shared_dir / "seeds").glob("000_*.txt")
    report, remarks = roll(import_any(path).report, 2024)
    text = report.fields["text.total"]
    assert "⟦total.income⟧" in text and "12,938.5" not in text
    assert any("没有对应的指标" in r for r in remarks)


@pytest.mark.parametrize("words", ["", "没有数字的一段话。"])
def test_text_without_numbers_is_left_alone(words: str) -> None:
    assert "⟦" not in bind(f"第三部分 情况说明\n七、政府性基金预算财政拨款收入支出决算情况说明\n{words}").get(
        "fund", ""
    )
