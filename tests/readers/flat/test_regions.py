"""Where forms stand in running text."""

from __future__ import annotations

import pytest

from desktopapp.readers.flat.regions import Titles, find_regions
from desktopapp.readers.flat.tokens import TextLine
from tests.generators import the_template

TEMPLATES = [the_template(t) for t in ("hubei-2023", "shanghai-2024")]


@pytest.fixture(scope="module")
def titles() -> Titles:
    return Titles(TEMPLATES)


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("2023年度收入支出决算总表", "01"),
        ("2024 年度 财政拨款收入支出决算总表", "04"),
        ("表1 收入支出决算总表", "01"),
        ("某市某局2022年度支出决算表", "03"),
        ("财政拨款“三公 ”经费支出决算表", "09"),
        ("一般公共预算财政拨款基本支出决算表", "06"),
        ("国有资本经营预算财政拨款收入支出决算表", "08"),
        ("2023年度政府性基金预算财政拨款收人支出决算表", "07"),
    ],
)
def test_titles_are_found_in_their_variations(titles: Titles, line: str, form: str) -> None:
    assert titles.match(line) == form


@pytest.mark.parametrize(
    "line",
    [
        "一、收入支出决算总体情况说明",
        "注：本表反映部门本年度的总收支和年末结转结余情况。",
        "收入决算表中的财政拨款收入，系本年拨款，详见支出决算表",
        "2024 年度项目绩效自评表",
        "合计",
    ],
)
def test_sentences_and_headings_are_no_titles(titles: Titles, line: str) -> None:
    assert titles.match(line) is None


def test_a_table_of_contents_holds_no_forms(titles: Titles) -> None:
    text = "目录\n一、收入支出决算总表\n二、收入决算表\n三、支出决算表\n第一部分 概况\n某局是主管部门。"
    lines = [TextLine(i, t) for i, t in enumerate(text.split("\n"), 1)]
    assert find_regions(lines, titles) == []


def test_a_form_over_two_pages_is_one(titles: Titles) -> None:
    page = "2023年度支出决算表\n公开03表\n部门：某局 单位：万元\n科目编码 科目名称 栏次 本年支出合计\n{}"
    text = page.format("201 一般公共服务支出 1.00 1.00\n- 5 -\n") + page.format(
        "206 科学技术支出 2.00 2.00\n注：1.本表"
    )
    (region,) = find_regions([TextLine(i, t) for i, t in enumerate(text.split("\n"), 1)], titles)
    words = " ".join(ln.text for ln in region.lines)
    assert "201" in words and "206" in words
    assert (region.year, region.unit, region.department) == (2023, "万元", "某局")
