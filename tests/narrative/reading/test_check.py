"""Each kind of error planted into a right text is found, and the right text is silent."""

from __future__ import annotations

import pytest

from desktopapp.core.findings import Finding
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Cell
from desktopapp.jobs import template_root
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.reading.check import check_text
from desktopapp.narrative.reading.passages import SourceLine, passages
from desktopapp.store.outline_files import load_claim_book, load_fact_book
from tests.generators import the_template

WAN = 1_000_000
_BUDGET = "年初预算为1,250.00万元，支出决算为1,000.00万元，完成年初预算的80.0%"
_LESS_BUDGET = "年初预算为1,200.00万元，支出决算为1,000.00万元，完成年初预算的83.3%"

TEXT = """第三部分 江城市数据管理局2023年度部门决算情况说明
一、收入支出决算总体情况说明
2023年度收、支总计1,100.00万元。与2022年度相比，收、支总计各增加100.00万元，增长10.0%，主要原因是项目增加。
二、收入决算情况说明
2023年度收入合计1,100.00万元，与2022年度相比，收入合计增加100.00万元，增长10.0%，主要原因是项目增加。其中：财政拨款收入1,000.00万元，占本年收入90.9%；其他收入100.00万元，占本年收入9.1%。
三、支出决算情况说明
2023年度支出合计1,100.00万元，与2022年度相比，支出合计增加100.00万元，增长10.0%，主要原因是项目增加。其中：基本支出400.00万元，占本年支出36.4%；项目支出700.00万元，占本年支出63.6%。
四、财政拨款收入支出决算总体情况说明
2023年度财政拨款收、支总计1,000.00万元。与2022年度相比，财政拨款收、支总计各增加100.00万元，增长11.1%，主要原因是项目增加。
五、一般公共预算财政拨款支出决算情况说明
(二)一般公共预算财政拨款支出决算结构情况
2023年度一般公共预算财政拨款支出1,000.00万元，主要用于以下方面：
1.一般公共服务(类)支出800.00万元，占80.0%。主要是用于机关运转。
2.卫生健康(类)支出200.00万元，占20.0%。主要是用于医疗保险。
(三)一般公共预算财政拨款支出决算具体情况
2023年度一般公共预算财政拨款支出年初预算为1,250.00万元，支出决算为1,000.00万元，完成年初预算的80.0%。
1.一般公共服务支出(类)政府办公厅(室)及相关机构事务(款)行政运行(项)。年初预算为1,000.00万元，支出决算为800.00万元，完成年初预算的80.0%，支出决算数小于年初预算数的主要原因：厉行节约。
2.卫生健康支出(类)行政事业单位医疗(款)行政单位医疗(项)。年初预算为250.00万元，支出决算为200.00万元，完成年初预算的80.0%，支出决算数小于年初预算数的主要原因：据实缴费。
六、一般公共预算财政拨款基本支出决算情况说明
2023年度一般公共预算财政拨款基本支出400.00万元，其中：
人员经费300.00万元，主要包括：基本工资、津贴补贴。
公用经费100.00万元，主要包括：办公费、差旅费。
七、政府性基金预算财政拨款收入支出决算情况说明
本部门2023年度无政府性基金预算财政拨款收入支出。
八、国有资本经营预算财政拨款支出决算情况说明
本部门2023年度无国有资本经营预算财政拨款支出。
九、财政拨款“三公”经费支出决算情况说明
2023年度“三公”经费财政拨款支出全年预算为10.00万元，支出决算为8.00万元，完成全年预算的80.0%，较上年减少2.00万元，下降20.0%，主要原因是压减开支。
十、机关运行经费支出说明
2023年度机关运行经费支出100.00万元，比2022年增加25.00万元，增长33.3%，主要原因是人员增加。
十一、政府采购支出说明
2023年度政府采购支出总额300.00万元，其中：政府采购货物支出100.00万元、政府采购工程支出50.00万元、政府采购服务支出150.00万元。授予中小企业合同金额240.00万元，占政府采购支出总额的80.0%。
十二、国有资产占用情况说明
截至2023年12月31日，共有车辆5辆，其中，应急保障用车3辆、其他用车2辆。
"""


def the_report() -> Report:
    report = new_report(the_template("hubei-2023"), 2023, "江城市数据管理局")
    amounts = {
        ("01", "grand_income", "amount"): 1100, ("01", "grand_expense", "amount"): 1100,
        ("01", "income_total", "amount"): 1100, ("01", "expense_total", "amount"): 1100,
        ("02", "total", "total"): 1100, ("02", "total", "fiscal"): 1000, ("02", "total", "other"): 100,
        ("03", "total", "total"): 1100, ("03", "total", "basic"): 400, ("03", "total", "project"): 700,
        ("05", "total", "total"): 1000, ("05", "total", "basic"): 400, ("05", "total", "project"): 600,
        ("05", "201", "total"): 800, ("05", "20103", "total"): 800, ("05", "2010301", "total"): 800,
        ("05", "210", "total"): 200, ("05", "21011", "total"): 200, ("05", "2101101", "total"): 200,
        ("06", "30101", "amount"): 200, ("06", "30102", "amount"): 100, ("06", "30201", "amount"): 60,
        ("06", "30211", "amount"): 40, ("06", "personnel", "amount"): 300, ("06", "public", "amount"): 100,
        ("09", "row", "budget_total"): 10, ("09", "row", "outturn_total"): 8,
    }  # fmt: skip
    names = {
        "201": "一般公共服务支出", "20103": "政府办公厅（室）及相关机构事务", "2010301": "行政运行",
        "210": "卫生健康支出", "21011": "行政事业单位医疗", "2101101": "行政单位医疗",
    }  # fmt: skip
    for code, name in names.items():
        report.rows_of("05").insert(code, name, len(report.rows_of("05")))
    report.amounts.update({Cell(*key): value * WAN for key, value in amounts.items()})
    return report


def check(text: str) -> list[Finding]:
    report = the_report()
    root = template_root()
    lines = [SourceLine(t, f"第 {i} 行") for i, t in enumerate(text.split("\n"), 1)]
    facts = Facts(report, load_fact_book(root, "hubei-2023"))
    return check_text(report, facts, load_claim_book(root), passages(lines))


class Stopped(Exception):
    """A job was cancelled."""


def test_a_check_stops_between_its_steps_when_it_is_cancelled() -> None:
    steps = 0

    class Watched(Facts):
        def go_on(self) -> None:
            nonlocal steps
            steps += 1
            if steps > 40:
                raise Stopped

    report, root = the_report(), template_root()
    lines = [SourceLine(t, f"第 {i} 行") for i, t in enumerate(TEXT.split("\n"), 1)]
    with pytest.raises(Stopped):
        check_text(report, Watched(report, load_fact_book(root, "hubei-2023")), load_claim_book(root), passages(lines))
    assert steps == 41


def test_a_right_text_is_silent() -> None:
    assert [f.message for f in check(TEXT)] == []


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("收、支总计1,100.00万元", "收、支总计1,110.00万元", "text.amount"),
        ("增长10.0%，主要原因是项目增加。其中", "增长11.0%，主要原因是项目增加。其中", "text.change_rate"),
        ("各增加100.00万元，增长10.0%", "各增加100.00万元，下降10.0%", "text.direction"),
        ("支出合计增加100.00万元，增长10.0%", "支出合计增加10.00万元，增长0.9%", "text.change_differs"),
        ("占本年收入90.9%", "占本年收入99.9%", "text.share"),
        ("占本年支出36.4%", "占本年支出46.4%", "text.share"),
        ("其他收入100.00万元", "其他收入10.00万元", "text.amount"),
        ("占20.0%。主要是用于医疗保险", "占21.0%。主要是用于医疗保险", "text.share"),
        ("卫生健康(类)支出200.00万元", "卫生健康(类)支出220.00万元", "text.amount"),
        ("支出决算为200.00万元", "支出决算为202.00万元", "text.amount"),
        ("决算为1,000.00万元，完成年初预算的80.0%", "决算为1,000.00万元，完成年初预算的88.0%", "text.completion"),
        (_BUDGET, _LESS_BUDGET, "text.budget_sum"),
        ("小于年初预算数的主要原因：据实", "大于年初预算数的主要原因：据实", "text.comparison"),
        ("人员经费300.00万元", "人员经费330.00万元", "text.amount"),
        ("基本工资、津贴补贴。", "基本工资、津贴补贴、奖金。", "text.listed_zero"),
        ("办公费、差旅费。", "办公费。", "text.unlisted"),
        ("，主要包括：办公费、差旅费。", "。公用经费用途主要包括办公费、印刷费、差旅费。", "text.listed_zero"),
        ("公用经费100.00万元，", "公用经费100.00元，", "text.unit"),
        ("无国有资本经营预算财政拨款支出", "无政府性基金预算财政拨款支出", "text.statement"),
        ("“三公”经费财政拨款支出全年预算为10.00万元", "“三公”经费财政拨款支出全年预算为12.00万元", "text.amount"),
        ("下降20.0%，主要原因是压减开支。", "下降20.0%。", "text.reason"),
        ("机关运行经费支出100.00万元", "机关运行经费支出130.00万元", "text.agency"),
        ("政府采购服务支出150.00万元", "政府采购服务支出170.00万元", "text.parts"),
        ("其他用车2辆", "其他用车1辆", "text.parts"),
        ("与2022年度相比，收入合计", "与2021年度相比，收入合计", "text.year"),
        ("2023年度支出合计1,100.00", "2022年度支出合计1,100.00", "text.year"),
        ("主要是用于机关运转", "主要是用于机关运转转", "text.doubled"),
        ("主要是用于医疗保险", "主要是用于主要是用于医疗保险", "text.doubled"),
        ("厉行节约。", "XXXX。", "text.leftover"),
        ("九、财政拨款", "八、财政拨款", "text.numbering"),
        ("第三部分 江城市数据管理局", "第三部分 江城市数据管局", "text.department"),
        ("一、收入支出决算总体情况说明\n", "部门：江城市数据管局\n一、收入支出决算总体情况说明\n", "text.department"),
        ("四、财政拨款收入支出决算总体", "四、财政拨款收入决算总体", "text.contents"),
        ("三、支出决算情况说明", "三、决算情况说明", "text.contents"),
        ("财政拨款基本支出决算情况", "财政拨款基本决算情况", "text.misspelt"),
    ],
)  # fmt: skip
def test_a_planted_error_is_found(right: str, wrong: str, rule: str) -> None:
    assert right in TEXT
    found = check(TEXT.replace(right, wrong, 1))
    assert rule in {f.rule for f in found}


def test_names_in_the_place_of_unknown_numbers_are_not_read_as_text() -> None:
    gap = TEXT.replace("支出年初预算为1,250.00万元", "支出年初预算为【一般公共预算财政拨款支出预算】万元")
    assert not [f.message for f in check(gap) if f.rule == "text.misspelt"]


def test_a_class_is_not_compared_with_forms_that_nobody_filled_in() -> None:
    report = the_report()
    report.amounts.clear()
    root = template_root()
    lines = [SourceLine(t, f"第 {i} 行") for i, t in enumerate(TEXT.split("\n"), 1)]
    facts = Facts(report, load_fact_book(root, "hubei-2023"))
    found = check_text(report, facts, load_claim_book(root), passages(lines))
    assert not [f.message for f in found if f.rule == "text.amount"]


def test_an_item_with_money_of_two_funds_is_that_of_the_section() -> None:
    report = the_report()
    rows = report.rows_of("07")
    names = {"201": "一般公共服务支出", "20103": "政府办公厅（室）及相关机构事务", "2010301": "行政运行"}
    for code, name in names.items():
        rows.insert(code, name, len(rows))
        report.amounts[Cell("07", code, "total")] = 5 * WAN
    report.amounts[Cell("07", "total", "total")] = 5 * WAN
    said = "1.一般公共服务支出(类)政府办公厅(室)及相关机构事务(款)行政运行(项)支出决算为5.00万元，主要用于维修。"
    text = TEXT.replace("本部门2023年度无政府性基金预算财政拨款收入支出。", said)
    root = template_root()
    lines = [SourceLine(t, f"第 {i} 行") for i, t in enumerate(text.split("\n"), 1)]
    facts = Facts(report, load_fact_book(root, "hubei-2023"))
    found = check_text(report, facts, load_claim_book(root), passages(lines))
    assert [f.message for f in found if f.rule == "text.amount"] == []


def test_a_fund_statement_beside_amounts_is_wrong() -> None:
    report = the_report()
    report.amounts[Cell("07", "total", "total")] = 5 * WAN
    root = template_root()
    lines = [SourceLine(t, f"第 {i} 行") for i, t in enumerate(TEXT.split("\n"), 1)]
    facts = Facts(report, load_fact_book(root, "hubei-2023"))
    found = check_text(report, facts, load_claim_book(root), passages(lines))
    assert [f.rule for f in found] == ["text.statement"]


_FORM_NOTE = (
    "第二部分 2023年度部门决算表\n2023年度国有资本经营预算财政拨款支出决算表\n"
    "本部门本年度无{}预算财政拨款支出，故本表无数据。\n"
)


@pytest.mark.parametrize(("year", "wrong"), [(2023, False), (2022, True)])
def test_the_work_done_is_that_of_the_year(year: int, wrong: bool) -> None:
    found = check(f"{TEXT}第四部分 {year}年重点工作完成情况\n各项工作全面完成。\n")
    assert ("text.year" in {f.rule for f in found}) is wrong


@pytest.mark.parametrize(("fund", "wrong"), [("国有资本经营", False), ("政府性基金", True)])
def test_the_note_below_an_empty_form_is_about_its_fund(fund: str, wrong: bool) -> None:
    found = check(_FORM_NOTE.format(fund) + TEXT)
    assert ("text.statement" in {f.rule for f in found}) is wrong


def test_a_form_called_empty_for_want_of_the_other_fund() -> None:
    note = "本部门无政府性基金预算财政拨款收入、支出，国有资本经营预算财政拨款支出决算表为空表。"
    assert "text.statement" in {f.rule for f in check(TEXT.replace("厉行节约。", f"厉行节约。{note}"))}


_BUDGET_CHANGE = "，增长10.0%，主要原因是项目增加；与年初预算数相比，增加50.00万元，增长4.8%，主要原因是追加项目。"


def test_the_reason_of_the_next_change_is_not_that_of_the_one_before() -> None:
    """Where nearly every change has a reason of its own, one whose reason went missing is found."""
    both = TEXT.replace("，增长10.0%，主要原因是项目增加。", _BUDGET_CHANGE)
    assert "text.reason" not in {f.rule for f in check(both)}
    lost = both.replace("增长10.0%，主要原因是项目增加；与", "增长10.0%；与", 1)
    assert "text.reason" in {f.rule for f in check(lost)}


def test_words_that_meet_in_one_character_are_no_slip() -> None:
    fine = TEXT.replace("厉行节约", "保障全市市直机关政务外网网络，推进进度管理理念，开展展示，委员会会议")
    assert check(fine) == []
