"""Words before numbers, slips of one character, numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.narrative.reading.labels import Words, named, squeeze, words_before
from desktopapp.narrative.reading.numerals import number_of, numeral_of
from desktopapp.narrative.reading.slips import slips

TERM = "政府采购支出总额"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("2023年度收、支总计均为", Words("收支总计", "", 2023)),
        ("其中：基本支出", Words("基本支出", "", 0)),
        ("因公出国(境)费支出决算为", Words("因公出国(境)费", "outturn", 0)),
        ("公务接待费全年预算为", Words("公务接待费", "budget", 0)),
        ("行政运行(项)。年初预算为", Words("", "initial", 0)),
        ("(一)2010301-行政运行", Words("行政运行", "", 0, "2010301")),
        ("公务接待费2023年决算数", Words("公务接待费", "outturn", 2023)),
        ("与2022年度收入合计", Words("收入合计", "", 2022)),
        ("年末结转和结余", Words("年末结转和结余", "", 0)),
        ("收入总计、支出总计都是", Words("收支总计", "", 0)),
    ],
)
def test_the_words_before_a_number(before: str, words: Words) -> None:
    assert words_before(squeeze(before)) == words


@pytest.mark.parametrize(
    ("label", "name", "same"),
    [
        ("机关运行经费支出", "机关运行经费支出", True),
        ("江城市财政局机关运行经费支出", "机关运行经费支出", True),
        ("本部门机关运行经费支出", "机关运行经费支出", True),
        ("江城市财政局本级机关运行经费支出", "机关运行经费支出", False),
        ("机关的机关运行经费支出", "机关运行经费支出", True),
        ("所属机关的机关运行经费支出", "机关运行经费支出", False),
        ("一般公共预算财政拨款基本支出", "基本支出", False),
        ("较上年同期收入合计", "收入合计", False),
    ],
)
def test_a_label_names_something_with_only_its_owner_before_it(label: str, name: str, same: bool) -> None:
    assert named(label, name) is same


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全年政府采购出总额300万元", ["政府采购出总额"]),
        ("全年政府彩购支出总额300万元", ["政府彩购支出总额"]),
        ("全年政府采购支出总额300万元", []),
        ("全年政府采购总额300万元", []),
        ("全年政府采购货物支出300万元", []),
    ],
)
def test_one_character_lost_or_exchanged(text: str, found: list[str]) -> None:
    assert list(dict.fromkeys(w for _, w in slips(text, TERM, (TERM,), exchanged=True))) == found


@given(st.integers(1, 99))
def test_numerals_read_back(number: int) -> None:
    assert number_of(numeral_of(number)) == number
