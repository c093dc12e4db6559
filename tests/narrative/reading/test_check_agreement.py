"""A text without forms against itself: own sentences in the shapes of published ones."""

from __future__ import annotations

import pytest

from desktopapp.core.findings import Finding
from desktopapp.core.report import new_report
from desktopapp.jobs import template_root
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.reading.check import check_text
from desktopapp.narrative.reading.context import Context, find_named
from desktopapp.narrative.reading.passages import SourceLine, passages
from desktopapp.narrative.reading.told import Told
from desktopapp.store.outline_files import load_claim_book, load_fact_book
from tests.generators import the_template


def _context(text: str) -> Context:
    report = new_report(the_template("hubei-2023"), 2022, "青山县文化馆")
    root = template_root()
    lines = [SourceLine(t, f"第 {i} 行") for i, t in enumerate(text.split("\n"), 1)]
    return Context(report, Facts(report, load_fact_book(root, "hubei-2023")), load_claim_book(root), passages(lines))


def findings(text: str) -> list[Finding]:
    context = _context(text)
    return check_text(context.report, context.facts, context.book, context.passages)


def rules(text: str) -> list[str]:
    return [f.rule.removeprefix("text.") for f in findings(text)]


def told(text: str) -> dict[str, tuple[str, str]]:
    context = _context(text)
    find_named(context)

    def means(t: Told) -> tuple[str, str]:
        return t.aspect, t.meaning.fact

    return {t.mention.text.strip(): means(t) for t in context.told}


TOTALS = """一、收入支出决算总体情况说明
2022年度收、支总计分别为500.20、480.10万元。与2021年相比，收、支总计各减少100.10、119.90万元，分别下降16.67%、19.98%。
"""
PLANNED = """三、“三公”经费支出决算情况说明
2022年我馆“三公”经费预算为20万元，其中：因公出国（境）费0万元，公务用车购置及运行维护费11万元，公务接待费9万元。
2022年“三公”经费支出共计9.07万元，较年初预算数减少10.93万元，下降54.65%，较上年支出数减少0.71万元，下降7.26%，主要原因是接待减少。
"""
CHANGES = """三、“三公”经费支出决算情况说明
2022年度“三公”经费支出决算数比上年减少3,000.00元，下降50.00%。其中：因公出国（境）费支出决算增加0元，增长0%；公务用车购置费支出决算增加0元，增长0%；公务用车运行维护费支出决算减少2,000.00元，下降40.00%；公务接待费支出决算减少1,000.00元，下降100.00%。
"""
GENERAL = """五、一般公共预算财政拨款支出决算情况说明
2022年度一般公共预算财政拨款支出总计741.75万元，与上年相比减少23.00万元，降低3.01%；完成年初预算的108.15%，决算数大于预算数55.93万元，主要原因是人员增资。
2022年度一般公共预算财政拨款支出741.75万元，主要用于以下方面：教育支出700.00万元，占94.37%；卫生健康支出41.75万元，占5.63%。
"""

COUNTED = """三、“三公”经费情况说明
2022年度“三公”经费支出共计3.60万元，较上年支出数减少0.40万元，下降10.0%，主要原因是接待减少。
公务车运行维护费3.00万元，公务接待费0.60万元。
公务车保有量为2辆；国内公务接待6批次60人。2022年本单位人均接待费100.00元，车均维护费1.50万元。
"""
FUNDS = """二、收入决算情况说明
2022年本年收入合计376.00万元，其中：一般公共预算财政拨款收入300.00万元，占79.79%；政府性基金预算财政拨款收入70.00万元，占18.62%；其他收入6.00万元，占1.60%。
"""

HALVES = """三、支出决算情况说明
2022年本年支出合计500.00万元。
1.基本支出400.00万元，其中，人员支出300.00万元，公用支出100.00万元。
2.项目支出100.00万元。
六、一般公共预算财政拨款基本支出决算情况说明
2022年度一般公共预算财政拨款基本支出380.00万元，其中：
人员经费290.00万元，主要包括基本工资。
公用经费90.00万元，主要包括办公费。
"""
SHARES = """五、一般公共预算财政拨款支出决算情况说明
2022年度一般公共预算财政拨款支出主要用于以下方面：教育支出（类）70.00万元，占本年财政拨款支出63.64%；卫生健康支出（类）30.00万元，占本年财政拨款支出27.27%；住房保障支出（类）5.00万元，占本年财政拨款支出4.55%。
"""


def test_numbers_of_a_list_share_the_unit_of_the_last() -> None:
    found = told(TOTALS)
    assert found["500.20"] == ("", "total.income")
    assert found["480.10万元"] == ("", "total.expense")
    assert found["100.10"] == ("change", "total.income")
    assert found["119.90万元"] == ("change", "total.expense")
    assert found["16.67%"] == ("rate", "total.income")
    assert found["19.98%"] == ("rate", "total.expense")


def test_what_stands_behind_a_budget_is_budget() -> None:
    found = told(PLANNED)
    assert found["9万元"] == ("budget", "09.reception")
    assert found["9.07万元"] == ("", "09.total")
    assert found["0.71万元"] == ("change", "09.total")


def test_a_difference_from_the_budget_is_no_budget() -> None:
    found = told(GENERAL)
    assert found["55.93万元"] == ("change", "05.total")
    assert found["700.00万元"] == ("", "class[205]")


@pytest.mark.parametrize("text", [PLANNED, CHANGES, GENERAL, COUNTED, FUNDS, HALVES, SHARES])
def test_a_right_text_is_silent(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    ("text", "right", "wrong", "rule"),
    [
        (TOTALS, "500.20", "500.20", "balance"),
        (TOTALS, "16.67%", "20.01%", "change_rate"),
        (TOTALS, "19.98%", "24.97%", "change_rate"),
        (PLANNED, "公务接待费9万元", "公务接待费8万元", "parts"),
        (PLANNED, "下降7.26%", "下降7.83%", "change_rate"),
        (CHANGES, "减少2,000.00元，下降40.00%", "减少1,500.00元，下降40.00%", "change_sum"),
        (GENERAL, "完成年初预算的108.15%", "完成年初预算的100%", "completion"),
        (GENERAL, "财政拨款支出741.75万元，主要", "财政拨款支出747.15万元，主要", "told_twice"),
        (GENERAL, "占5.63%", "占%", "leftover"),
        (GENERAL, "卫生健康支出41.75万元", "卫生健康支出 万元", "leftover"),
        (GENERAL, "卫生健康支出41.75万元", "卫生健康支出41.75万", "unit"),
        (GENERAL, "与上年相比减少23.00万元", "与上年相比，财政拨款支出减少230.00万元", "change_rate"),
        (COUNTED, "人均接待费100.00元", "人均接待费110.00元", "per_head"),
        (COUNTED, "车均维护费1.50万元", "车均维护费1.05万元", "per_head"),
        (CHANGES, "2022年度“三公”", "2021年度“三公”", "year"),
        (HALVES, "基本支出400.00万元", "基本支出430.00万元", "parts"),
        (HALVES, "基本支出380.00万元", "基本支出430.00万元", "parts"),
        (HALVES, "公用经费90.00万元", "公用经费60.00万元", "parts"),
        (SHARES, "占本年财政拨款支出27.27%", "占本年财政拨款支出22.77%", "share"),
        (FUNDS, "其他收入6.00万元，占1.60%", "其他收入16.00万元，占4.26%", "parts"),
    ],
)
def test_a_planted_error_is_found(text: str, right: str, wrong: str, rule: str) -> None:
    assert right in text
    assert rule in rules(text.replace(right, wrong, 1))


def test_the_reason_of_a_whole_explains_its_parts() -> None:
    one = "2022年度公务接待费支出2.00万元，比上年减少0.20万元，下降9.09%，主要原因是接待减少。"
    whole = (
        "2022年度“三公”经费支出决算数比上年减少3.00万元，下降50.00%。其中：公务用车运行维护费支出决算减少2.00万元，下降40.00%；"
        "公务接待费支出决算减少1.00万元，下降100.00%。2022年度“三公”经费支出减少的主要原因是活动减少。"
    )
    text = "\n".join(["三、“三公”经费支出决算情况说明", *[one] * 5, whole, ""])
    assert "reason" not in rules(text)


def test_quantities_told_for_last_year_alone_are_found_without_forms() -> None:
    text = TOTALS.replace("500.20、480.10", "500.20、500.20") + (
        "二、收入决算情况说明\n2021年度本年收入合计490.00万元，其中：财政拨款收入490.00万元，占100%。\n"
        "三、支出决算情况说明\n2022年度本年支出合计470.00万元，其中：基本支出470.00万元，占100%。\n"
    )
    assert [f.quote for f in findings(text) if f.rule == "text.year"] == ["2021年度本年收入合计490.00万元"]


def test_an_amount_of_this_year_told_again_for_last_year_is_found() -> None:
    year = "2022年度一般公共预算财政拨款支出741.75万元，主要"
    assert year in GENERAL
    found = [f for f in findings(GENERAL.replace(year, year.replace("2022", "2021"))) if f.rule == "text.year"]
    assert [f.expected for f in found] == ["2022 年"]


def test_a_lone_amount_in_yuan_is_found_in_a_text_of_wan() -> None:
    lines = [f"{at}.一般公共服务支出（类）{at}.00万元，主要用于日常工作。" for at in range(1, 25)]
    text = "\n".join(
        ["五、一般公共预算财政拨款支出决算情况说明", *lines, "25.资本性支出3.50{}，主要用于购置设备。", ""]
    )
    assert "unit" in rules(text.format("元"))
    assert "unit" not in rules(text.format("万元"))


def test_sections_are_told_apart_where_headings_are_missing_or_broken() -> None:
    text = """2022年本年收入合计300.00万元，其中：财政拨款收入300.00万元，占100%。
三、
支出决算情况说明
2022年本年支出合计290.00万元，其中：基本支出290.00万元，占100%。
一般公共预算财政拨款支出决算变动情况
"""
    found = _context(text).passages
    assert [(p.section, p.is_heading) for p in found] == [
        ("income", False),
        ("expense", True),
        ("expense", False),
        ("expense", False),
    ]


def test_headings_without_numbers_open_sections() -> None:
    text = """收入决算情况说明
2022年本年收入合计300.00万元。
支出决算情况说明
2022年本年支出合计290.00万元。
"""
    assert [(p.section, p.is_heading) for p in _context(text).passages] == [
        ("income", True),
        ("income", False),
        ("expense", True),
        ("expense", False),
    ]
