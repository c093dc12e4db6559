"""The checks of text on the wordings of different regions: right texts are silent, planted errors are found."""

from __future__ import annotations

import pytest

from desktopapp.core.findings import Finding, finding_json
from desktopapp.jobs import template_root
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.reading.check import check_text
from desktopapp.narrative.reading.passages import SourceLine, passages
from desktopapp.store.outline_files import load_claim_book, load_fact_book
from tests.narrative.reading.wordings import BRACKETED, CODED, LISTED, WORDINGS, report_with_three_public


def check(text: str) -> list[Finding]:
    report = report_with_three_public()
    root = template_root()
    lines = [SourceLine(t, f"第 {i} 行") for i, t in enumerate(text.split("\n"), 1)]
    return check_text(report, Facts(report, load_fact_book(root, "hubei-2023")), load_claim_book(root), passages(lines))


def broken(text: str, width: int) -> str:
    """Return a text as a page breaks it: lines of one width, blanks around numbers, page numbers between."""
    lines: list[str] = []
    for line in text.replace("万元", " 万元").split("\n"):
        lines += [line[at : at + width] for at in range(0, max(1, len(line)), width)]
    return "\n".join(f"{line}\n\n- {at // 30 + 1} -\n" if at % 30 == 29 else line for at, line in enumerate(lines))


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("width", [0, 36])
def test_a_right_text_is_silent(wording: str, width: int) -> None:
    text = WORDINGS[wording]
    assert [f.message for f in check(broken(text, width) if width else text)] == []


@pytest.mark.parametrize(
    ("text", "right", "wrong", "rule"),
    [
        # amounts against the forms
        (LISTED, "总计均为1100.00", "总计均为1010.00", "text.amount"),
        (LISTED, "其他收入100.00万元，占9.09%", "其他收入110.00万元，占10%", "text.amount"),
        (LISTED, "（类）800.00万元", "（类）810.00万元", "text.amount"),
        (LISTED, "支出决算为800.00", "支出决算为890.00", "text.amount"),
        (LISTED, "公务接待费支出2.00万元", "公务接待费支出2.50万元", "text.amount"),
        (LISTED, "公务用车运行维护费支出6.00万元", "公务用车运行维护费支出6.00元", "text.unit"),
        (BRACKETED, "支出总计1,100.00万元，与", "支出总计1,011.00万元，与", "text.amount"),
        (BRACKETED, "（其中：一般公共预算1,000.00万元", "（其中：一般公共预算1,200.00万元", "text.within"),
        (BRACKETED, "人员经费300.00", "人员经费303.00", "text.amount"),
        (BRACKETED, "预算为7.00万元，完成", "预算为17.00万元，完成", "text.amount"),
        (CODED, "年末结转和结余0.00", "年末结转和结余3.00", "text.amount"),
        (CODED, "1.财政拨款收入1000.00", "1.财政拨款收入1001.00", "text.amount"),
        (CODED, "行政运行800.00", "行政运行880.00", "text.amount"),
        (CODED, "费。2023年决算数2.00", "费。2023年决算数2.20", "text.amount"),
        # rates, shares, completion, deviations
        (LISTED, "下降4.76%", "下降4.67%", "text.change_rate"),
        (LISTED, "6.00万元，占75.00%", "6.00万元，占57.00%", "text.share"),
        (LISTED, "完成预算85.71%", "完成预算87.51%", "text.completion"),
        (LISTED, "2.00万元，完成预算66.67%", "2.00万元，与预算相比无变化", "text.comparison"),
        (LISTED, "2.00万元，完成预算66.67%", "2.00万元，与预算相比减少0.10万元", "text.change_amount"),
        (LISTED, "完成预算88.89%，决算数小于", "完成预算88.89%，决算数大于", "text.comparison"),
        (BRACKETED, "占“三公”经费财政拨款支出决算的25.0%", "占“三公”经费财政拨款支出决算的52.0%", "text.share"),
        (BRACKETED, "占收入合计90.9%", "占收入合计99.0%", "text.share"),
        (BRACKETED, "各减少50.00万元，下降4.8%", "各减少50.00万元，下降8.4%", "text.change_rate"),
        (CODED, "差异率-20.00%", "差异率-25.00%", "text.deviation"),
        (CODED, "预算10.00万元的80.0%", "预算10.00万元的88.0%", "text.completion"),
        (CODED, "决算数10.00万元减少2.00万元，下降20", "决算数10.00万元减少2.50万元，下降25", "text.change_amount"),
        (CODED, "预算数3.00万元减少1.00万元", "预算数3.00万元减少1.50万元", "text.change_amount"),
        # parts and wholes
        (LISTED, "工程支出50.00", "工程支出55.00", "text.parts"),
        (LISTED, "其他用车2辆", "其他用车1辆", "text.parts"),
        (LISTED, "接待检查0.80万元", "接待检查1.80万元", "text.within"),
        (BRACKETED, "总编制人数30人", "总编制人数32人", "text.people"),
        (BRACKETED, "办公费、差旅费。", "办公费、印刷费、差旅费。", "text.listed_zero"),
        (BRACKETED, "运行维护200.00万元", "运行维护220.00万元", "text.project_list"),
        (BRACKETED, "运行维护200.00万元", "运行维护190.00万元", "text.project_list"),
        # words
        (LISTED, "主要变动原因是压减一般性支出", "主要变动原因是新增工作任务", "text.reason_direction"),
        (LISTED, "增长33.33%。主要原因是人员增加。", "增长33.33%。", "text.reason"),
        (LISTED, "没有国有资本经营预算", "没有政府性基金预算", "text.statement"),
        (LISTED, "2023年度没有使用政府性基金预算财政拨款安排的支出。\n", "", "text.statement"),
        (LISTED, "政府采购支出总额300", "政府采购出总额300", "text.misspelt"),
        (LISTED, "授予小微企业合同金额120", "授予小微企业合同金120", "text.misspelt"),
        (BRACKETED, "一般公共预算财政拨款支出年初", "一般公共预算财政拔款支出年初", "text.misspelt"),
        (LISTED, "3.公务接待费支出", "2.公务接待费支出", "text.numbering"),
        (BRACKETED, "（四）财政拨款", "（五）财政拨款", "text.numbering"),
        (LISTED, "截至2023年12月", "截至2022年12月", "text.year"),
        (LISTED, "2023年度本年收入合计", "2022年度本年收入合计", "text.year"),
        (LISTED, "主要原因是来访减少", "主要原因是（此处请填写具体原因）", "text.leftover"),
        (LISTED, "江城市数据管理局机关运行", "江城市数据管局机关运行", "text.department"),
    ],
)  # fmt: skip
def test_a_planted_error_is_found(text: str, right: str, wrong: str, rule: str) -> None:
    assert right in text
    assert rule in {f.rule for f in check(text.replace(right, wrong, 1))}


def test_a_heading_that_the_contents_word_otherwise_is_a_hint() -> None:
    titles = [line for line in LISTED.split("\n") if line.endswith("情况说明") and line[1] == "、"]
    contents = "\n".join(["目录", *titles, ""]).replace("决算情况说明", "情况说明")
    assert [(f.rule, f.severity.name) for f in check(contents + LISTED)] == []
    (found,) = check(contents.replace("国有资本经营预算", "国有资本预算") + LISTED)
    assert (found.rule, found.severity.name) == ("text.contents", "INFO")


def test_the_contents_end_where_their_first_entry_stands_again() -> None:
    """Short paragraphs behind the contents do not end them, so that the first section is still read."""
    contents = "目 录\n一、收入支出决算总体情况说明\n二、收入决算情况说明\n"
    wrong = BRACKETED.partition("（一）收入支出")[0] + "一、收入支出决算总体情况说明\n2023年度收入总计1,010.00万元。\n"
    assert "text.amount" in {f.rule for f in check(contents + wrong)}


def test_a_heading_of_another_year_is_found() -> None:
    titles = "第一部分 2023年度部门决算概况\n第三部分 2023年度部门决算情况说明\n"
    wrong = CODED.replace("第三部分 2023年度", "第三部分 2022年度")
    assert "text.year" not in {f.rule for f in check(titles + CODED)}
    assert "text.year" in {f.rule for f in check(titles + wrong)}


def test_a_finding_tells_the_line_of_its_words() -> None:
    """Also where the page broke the paragraph: the line of the words, not that of the paragraph."""
    lines = broken(LISTED.replace("占75.00%；公务接待", "占57.00%；公务接待"), 36).split("\n")
    (found,) = check("\n".join(lines))
    shown = finding_json(report_with_three_public(), found)
    at = shown["line"]
    assert isinstance(at, int) and shown["quote"] == "占57.00%"
    assert "占57.00%" in lines[at - 1] + lines[at]


def test_text_without_forms_is_compared_with_itself() -> None:
    """Nothing but the text: changes, shares and sums still have to agree."""
    report = report_with_three_public()
    report.amounts.clear()
    root = template_root()
    facts = Facts(report, load_fact_book(root, "hubei-2023"))
    wrong = BRACKETED.replace("项目支出700.00万元", "项目支出770.00万元").replace("增长10.0%", "增长11.0%")
    for text, rules in ((BRACKETED, []), (wrong, ["text.change_rate", "text.parts", "text.share"])):
        lines = [SourceLine(t, f"第 {i} 行") for i, t in enumerate(text.split("\n"), 1)]
        found = check_text(report, facts, load_claim_book(root), passages(lines))
        assert sorted({f.rule for f in found}) == rules


def test_a_difference_from_the_budget_that_the_form_prints_is_silent() -> None:
    text = LISTED.replace(
        "2.00万元，完成预算66.67%", "2.00万元，与预算相比减少1.00万元，下降33.33%，主要原因是来访减少"
    )
    assert text != LISTED
    assert [f.message for f in check(text)] == []
