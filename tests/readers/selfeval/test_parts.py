"""Ticks, points, weights and the alignment of cells."""

from __future__ import annotations

import pytest

from desktopapp.readers.selfeval.align import align
from desktopapp.readers.selfeval.header import MISSING, IndicatorFit
from desktopapp.readers.selfeval.rows import Piece
from desktopapp.readers.selfeval.ticks import ticked
from desktopapp.readers.selfeval.words import clean, points, split_weight
from tests.readers.selfeval.documents import words


@pytest.mark.parametrize(
    ("printed", "option"),
    [
        ("1、部门预算项目 √ 2、市直专项 □ 3、转移支付项目 □", "部门预算项目"),
        ("1、部门预算项目□ 2、市直专项☑ 3、转移支付项目□", "市直专项"),
        ("☐部门预算项目 ☑市直专项 ☐转移支付项目", "市直专项"),
        ("1、□部门预算项目 2、√市直专项 3、□转移支付", "市直专项"),
        ('1、部门预算项目 <input type="checkbox"/> 2、区级专项 <input checked="" type="checkbox"/>', "区级专项"),
        ("1、常年性项目 2、延续性项目（√） 3、一次性项目", "延续性项目"),
        ("部门预算项目（■）市直专项（□）", "部门预算项目"),
        ("□部门预算项目 □市直专项", ""),
        ("一次性项目", "一次性项目"),
        ("", ""),
    ],
)
def test_the_ticked_option(printed: str, option: str) -> None:
    assert ticked(printed) == option


@pytest.mark.parametrize(
    ("printed", "hundredths"),
    [("20", 2000), ("2.5", 250), ("1.34", 134), ("20 分", 2000), ("（5分）", 500), ("7.675", 768), ("100%", None),
     ("1,000", None), ("≥5", None), ("", None), ("201", None)],
)  # fmt: skip
def test_points(printed: str, hundredths: int | None) -> None:
    assert points(printed) == hundredths


@pytest.mark.parametrize(
    ("printed", "name", "weight"),
    [
        ("扶贫项目数量（2 分）", "扶贫项目数量", 200),
        ("开展培训(2.5分)", "开展培训", 250),
        ("满意度达到90分", "满意度达到90分", None),
        ("培训次数（次）（6分）", "培训次数（次）", 600),
        ("培训次数（次）", "培训次数（次）", None),
    ],
)
def test_the_points_behind_a_name(printed: str, name: str, weight: int | None) -> None:
    assert split_weight(printed) == (name, weight)


def test_short_labels_need_no_brackets() -> None:
    assert split_weight("产出指标40分", bare=True) == ("产出指标", 4000)


def test_markup_and_broken_words_are_cleaned() -> None:
    assert clean("<p>城市大脑日均数据共享 量</p><br/>81375.24 m²") == "城市大脑日均数据共享量81375.24 m²"
    assert clean("<24 小时") == "<24小时"


FIELDS = ("side", "level1", "level2", "name", "target", "actual", "score")
COLUMNS = tuple(zip(FIELDS, (0, 1, 2, 3, 5, 6, 7), (1, 2, 3, 5, 6, 7, 99), strict=True))


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (
            {1: "时效指标（10分）", 2: "维修及时率（5分）", 4: "≥80%", 5: "96.8%", 6: "5"},
            {"level2": "时效指标（10分）"},
        ),
        ({3: "重大事故（2分）", 5: "0", 6: "0", 7: "2"}, {"target": "0", "actual": "0", "score": "2"}),
        ({3: "完成报告（2分）", 5: "2", 7: "0"}, {"target": "2", "score": "0"}),
        (
            {1: "产出指标", 2: "数量指标", 3: "巡查次数", 4: "≥2次", 5: "6次", 6: "1.34"},
            {"name": "巡查次数", "actual": "6次"},
        ),
    ],
)
def test_shifted_and_empty_cells(cells: dict[int, str], field: dict[str, str]) -> None:
    pieces = [Piece(t, c, c + 1) for c, t in cells.items()]
    values, left, _ = align(pieces, COLUMNS, IndicatorFit(words()), MISSING)
    assert left == []
    assert field.items() <= values.items()
