"""The text of the published reports: what is found there is really wrong, and each with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktopapp.core.findings import Finding, Severity
from desktopapp.jobs import import_any, text_findings

#: rule, words of the message or quote, why it is an error (../shared/expected/inconsistencies.json has each of them).
FOUND = {
    "000": [
        ("text.zero_base", "0%", "因公出国（境）费预算和决算都为 0，不应写完成率"),
        ("text.doubled", "收收", "财政拨款收收、支总计，重字"),
        ("text.numbering", "第三部分", "决算情况说明的部分序号写成了第一部分"),
        ("text.department", "管局", "第二部分标题漏了“理”字"),
        ("text.misspelt", "授予小微企业合同金", "漏“额”字"),
        ("text.selfeval_indicator", "培训次数", "文中 1 次，自评表 4 次"),
        ("text.selfeval_indicator", "综合窗口社会公众满意度", "文中 99.9%，自评表 99.98%，不是四舍五入"),
        ("text.selfeval_indicator", "用户咨询回复率", "文中 85%，自评结果 85.54%"),
    ],
    "001": [
        ("text.amount", "社会保障和就业支出", "文中 446.73，公开05表 446.75"),
        ("text.completion", "78.0%", "56.48 ÷ 72.48 = 77.9%"),
        ("text.zero_base", "0.0%", "因公出国（境）费预算为 0"),
        ("text.listed_zero", "印刷费", "公用经费列举了 7 个没有发生额的科目"),
        ("text.change_differs", "4,626.07", "收入合计减少额与其他各节不同"),
        ("text.change_differs", "4,626.07", "一般公共预算财政拨款收入减少额与其他各节不同"),
        ("text.reason_direction", "划转", "事业单位离退休大于年初预算，给的却是减少的原因"),
        ("text.told_twice", "5,387.98", "市民之家大楼的全年预算数前后不一"),
        ("text.selfeval_budget", "2,416.83", "大数据中心的全年预算数，自评表 3,797.75"),
        ("text.selfeval_executed", "2,416.83", "大数据中心的执行数，自评表 3,797.75"),
        ("text.selfeval_causes", "5,423.78", "市民之家大楼自评表的预算数与其偏差原因不一"),
        ("input.selfeval.basic", "14,784.19", "部门自评表的基本支出总额误填为支出总额"),
        ("input.selfeval.sum", "13,297.29", "各项目执行数合计大于项目支出，因大数据中心误填"),
        ("text.parts", "607.59", "按各类占比推算的中小企业合同金额对不上"),
        ("text.glossary_twice", "机关事业单位基本养老保险缴费支出", "名词解释重复"),
        ("text.glossary_twice", "机关事业单位职业年金缴费支出", "名词解释重复"),
        ("text.glossary_missing", "事业运行", "名词解释缺三个项级科目"),
        ("text.doubled", "主要是用于主要是用于", "重复词"),
        ("text.doubled", "项目项目", "重复词（也可解释为项目名＋项目）"),
    ],
    "002": [
        ("text.change_rate", "23.5%", "9.09 ÷ 38.55 = 23.6%"),
        ("text.change_rate", "45%", "0.8 ÷ 0.48 = 167%"),
        ("text.completion", "74.8%", "118.3 ÷ 158 = 74.9%"),
        ("text.completion", "43.25%", "95.2 ÷ 197 = 48.32%"),
        ("text.share", "12.55%", "645.1 ÷ 4294.10 = 15.02%"),
        ("text.share", "95.7%", "924.66 ÷ 3754.88 = 24.6%"),
        ("text.statement", "国有资本", "国有资本一节照抄了政府性基金一节"),
        ("text.projects", "924.66", "7 个项目之和为 909 或 643.5"),
        ("text.parts", "4,399.98", "基本支出与项目支出之和不等于支出合计"),
        ("text.class_sum", "4,373.97", "各功能分类之和大于支出合计"),
        ("text.listed_twice", "邮电费", "邮电费列了两次"),
        ("text.leftover", "以链接形式公开", "遗留模板说明"),
        ("text.leftover", "保持一致", "遗留模板说明"),
        ("text.leftover", "注意", "遗留模板说明"),
        ("text.leftover", "应在专业名词解释中予以说明", "遗留模板说明"),
        ("text.leftover", "应当按照如下格式", "遗留模板说明"),
        ("text.numbering", "支出决算情况说明", "（二）用了两次"),
        ("text.contents", "政府性基金", "目录与正文的标题不一致"),
        ("text.year", "2020", "上年应为 2022 年"),
    ],
}


@pytest.mark.parametrize("seed", FOUND)
def test_the_text_of_a_seed_has_these_errors_and_no_others(shared_dir: Path, seed: str) -> None:
    (path,) = (shared_dir / "seeds").glob(f"{seed}_*.txt")
    found = [f for f in text_findings(import_any(path).report) if f.severity is not Severity.ROUNDING]
    for rule, words, reason in FOUND[seed]:
        match = next((f for f in found if f.rule == rule and words in _all(f)), None)
        assert match is not None, f"not found: {rule} {words} ({reason})"
        found.remove(match)
    assert [f"{f.rule}: {f.message}" for f in found] == []


def _all(finding: Finding) -> str:
    return f"{finding.message} {finding.quote} {finding.found} {finding.expected}"


def test_rounding_in_text_is_told_as_rounding(shared_dir: Path) -> None:
    (path,) = (shared_dir / "seeds").glob("001_*.txt")
    found = [f for f in text_findings(import_any(path).report) if f.severity is Severity.ROUNDING]
    assert len(found) == 4
    assert all(f.rule == "text.amount" for f in found)
