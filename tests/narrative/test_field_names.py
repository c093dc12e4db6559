"""What fields and their parts are called in lists of differences, and their values in words."""

from __future__ import annotations

from typing import Any

import pytest

from desktopapp import jobs
from desktopapp.core.merging_values import ABSENT
from desktopapp.core.performance.selfeval import FormKind, Goal, Head, Indicator, SelfEvaluation
from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.narrative.field_names import FieldNames
from desktopapp.store.outline_files import load_outline

_WAN = 1_000_000


@pytest.fixture(scope="module")
def names() -> FieldNames:
    report = jobs.start_report("hubei-2023", 2023, "某局")
    rows = report.rows_of("05")
    rows.insert("2010301", "行政运行", 0)
    return FieldNames(report, load_outline(jobs.template_root(), "hubei-2023"), jobs.facts_of(report).book.inputs)


@pytest.mark.parametrize(
    ("key", "path", "group", "name"),
    [
        ("text.duties", (), "情况说明", "主要职责"),
        ("text.gone", (), "情况说明", "text.gone"),
        ("input.items", ("2010301", "budget"), "各科目预算数", "2010301 行政运行 年初预算数"),
        ("input.items", ("2010301",), "各科目预算数", "2010301 行政运行"),
        ("input.items", (), "各科目预算数", "各科目预算数"),
        ("input.gone", ("a",), "其他内容", "gone a"),
        ("selfeval", (), "绩效自评", "全部自评表"),
        ("selfeval", ("project 大数据项目",), "绩效自评", "大数据项目"),
        ("selfeval", ("project 大数据项目", "head", "name"), "绩效自评", "大数据项目 名称"),
        ("selfeval", ("project 大数据项目", "execution", "budget"), "绩效自评", "大数据项目 预算数"),
        (
            "selfeval",
            ("project 大数据项目", "indicators", "系统数", "target"),
            "绩效自评",
            "大数据项目 系统数 年初目标值",
        ),
        ("selfeval", ("project 大数据项目", "goals", "1", "text"), "绩效自评", "大数据项目 年度目标1"),
        ("selfeval", ("project 大数据项目", "causes"), "绩效自评", "大数据项目 偏差大或目标未完成原因分析"),
        ("glossary.2010301", (), "名词解释", "2010301 行政运行"),
        ("accepted", ("tie:1",), "其他内容", "提示的说明 tie:1"),
        ("rounding", (), "其他内容", "公开金额舍入方案"),
        ("whatever", (), "其他内容", "whatever"),
    ],
)
def test_names(names: FieldNames, key: str, path: tuple[str, ...], group: str, name: str) -> None:
    assert names.name(key, path) == (group, name)


FORM = to_json(
    SelfEvaluation(
        FormKind.PROJECT,
        Head("大数据项目"),
        goals=(Goal(1, "建成平台"),),
        indicators=(Indicator("产出指标", "数量指标", "系统数", target="3"),),
    )
)


@pytest.mark.parametrize(
    ("key", "path", "value", "words"),
    [
        ("text.duties", (), ABSENT, "（空）"),
        ("text.duties", (), "一\n二", "一\n二"),
        ("input.items", ("2010301", "budget"), 5 * _WAN, "5.00 万元"),
        ("input.items", ("2010301",), {"key": "2010301", "budget": 5 * _WAN, "reason": "新增"}, None),
        ("input.items", ("2010301",), {"key": "2010301"}, "（空）"),
        ("selfeval", ("p", "execution", "budget"), 5 * _WAN, "5.00 万元"),
        ("selfeval", ("p", "indicators", "系统数", "score"), 950, "9.5"),
        ("selfeval", ("p",), FORM, "自评表“大数据项目”，1 个指标"),
        ("selfeval", ("p", "goals"), FORM["goals"], "1 项"),
        ("selfeval", ("p", "indicators", "系统数"), FORM["indicators"][0], "产出指标；数量指标；系统数；3"),
        ("classified", (), ["a", "b"], "a、b"),
        ("x", (), {"a": 1}, "1 项"),
        ("x", (), True, "是"),
    ],
)
def test_values(names: FieldNames, key: str, path: tuple[str, ...], value: Any, words: str | None) -> None:
    found = names.value(key, path, value)
    assert found == words if words is not None else ("年初预算数：5.00 万元" in found and "新增" in found)
