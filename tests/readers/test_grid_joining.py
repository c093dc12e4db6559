"""Tables that go on over the next page."""

from __future__ import annotations

import pytest

from desktopapp.readers.grid_joining import join_continued
from desktopapp.readers.sources.model import Block, Cell, Grid, Paragraph, Position

HEAD = ("科目编码", "科目名称", "合计")


def grid(page: int, *rows: tuple[str, ...], origin: str = "ruled") -> Grid:
    cells = tuple(tuple(Cell(t, r, c) for c, t in enumerate(row)) for r, row in enumerate(rows))
    return Grid(cells, page, "", Position(page=page), origin)


def said(page: int, text: str) -> Paragraph:
    return Paragraph(text, page)


def texts(blocks: list[Block]) -> list[list[list[str]]]:
    return [b.texts() for b in blocks if isinstance(b, Grid)]


FIRST = grid(3, HEAD, ("201", "一般公共服务支出", "3.00"))


def test_a_repeated_header_is_dropped_and_pages_are_kept() -> None:
    second = grid(4, HEAD, ("206", "科学技术支出", "2.00"))
    (joined,) = join_continued([FIRST, said(3, "— 3 —"), second])
    assert isinstance(joined, Grid)
    assert joined.texts() == [list(HEAD), ["201", "一般公共服务支出", "3.00"], ["206", "科学技术支出", "2.00"]]
    assert [joined.place(row[0]).page for row in joined.rows] == [3, 3, 4]


def test_rows_without_a_header_go_on_too() -> None:
    assert texts(join_continued([FIRST, grid(4, ("206", "科学技术支出", "2.00"))])) == [
        [list(HEAD), ["201", "一般公共服务支出", "3.00"], ["206", "科学技术支出", "2.00"]]
    ]


def test_three_pages_become_one_table() -> None:
    parts = [FIRST, grid(4, HEAD, ("206", "甲", "1.00")), grid(5, HEAD, ("208", "乙", "1.00"))]
    (joined,) = texts(join_continued(parts))
    assert [row[0] for row in joined] == ["科目编码", "201", "206", "208"]


def test_a_title_between_begins_another_table() -> None:
    blocks = [FIRST, said(4, "2023年度支出决算表"), grid(4, HEAD, ("206", "科学技术支出", "2.00"))]
    assert len(texts(join_continued(blocks))) == 2


def test_other_widths_pages_and_sheets_stay_apart() -> None:
    wider = grid(4, (*HEAD, "基本支出"), ("206", "科学技术支出", "2.00", "2.00"))
    later = grid(6, HEAD, ("206", "科学技术支出", "2.00"))
    sheet = grid(4, HEAD, ("206", "科学技术支出", "2.00"), origin="sheet")
    for other in (wider, later, sheet):
        assert len(texts(join_continued([FIRST, other]))) == 2


def test_a_table_of_words_with_another_header_stays_apart() -> None:
    other = grid(4, ("序号", "重要事项", "完成情况"), ("1", "甲", "已完成"))
    assert len(texts(join_continued([FIRST, other]))) == 2


WIDE = ("科目编码", "科目名称", "合计", "基本支出")
ROW = ("205", "教育支出", "14,045.86", "14,045.86")


@pytest.mark.parametrize(
    ("cut", "rest", "whole"),
    [
        (
            ("201", "一般公", "14,04", "6.8"),
            ("", "共服务支出", "5.86", "2"),
            ("201", "一般公共服务支出", "14,045.86", "6.82"),
        ),
        (("21011", "行政单", "414.8", ""), ("01", "位医疗", "2", ""), ("2101101", "行政单位医疗", "414.82", "")),
        (
            ("208", "社会保障和就", "1.00", "1.00"),
            ("", "业支出", "", ""),
            ("208", "社会保障和就业支出", "1.00", "1.00"),
        ),
    ],
)
def test_a_row_that_the_page_break_cut_is_one_row(
    cut: tuple[str, ...], rest: tuple[str, ...], whole: tuple[str, ...]
) -> None:
    after = ("221", "住房保障支出", "5.00", "5.00")
    (joined,) = texts(join_continued([grid(3, WIDE, ROW, cut), grid(4, rest, after)]))
    assert joined == [list(WIDE), list(ROW), list(whole), list(after)]


@pytest.mark.parametrize(
    "below",
    [
        ("", "其他支出", "2.00", "2.00"),
        ("", "合计", "", ""),
        ("项目", "名称", "合计", "其中"),
    ],
)
def test_what_is_no_rest_stays_apart(below: tuple[str, ...]) -> None:
    first = grid(3, WIDE, ROW, ("201", "一般公共服务支出", "3.00", "1.00"))
    assert len(texts(join_continued([first, grid(4, below, ("221", "住房保障支出", "5.00", "5.00"))]))) == 2


def test_the_rest_of_a_line_is_told_by_its_number_or_its_list() -> None:
    numbered = grid(3, ("一、一般公共", "1", "9.00"), ("二、外交", "2", "3.00"))
    assert texts(join_continued([numbered, grid(4, ("支出", "", ""), ("三、国防支出", "3", ""))])) == [
        [["一、一般公共", "1", "9.00"], ["二、外交支出", "2", "3.00"], ["三、国防支出", "3", ""]]
    ]
    listed = grid(3, ("一、一般公共服务支出", "9.00"), ("二、外交", "3.00"))
    assert texts(join_continued([listed, grid(4, ("支出", ""), ("三、国防支出", ""))])) == [
        [["一、一般公共服务支出", "9.00"], ["二、外交支出", "3.00"], ["三、国防支出", ""]]
    ]
    assert len(texts(join_continued([listed, grid(4, ("年末结转和结余", ""), ("总计", "12.00"))]))) == 2


def test_a_header_alone_at_the_end_of_a_page_goes_on() -> None:
    numbers = ("栏次", "", "1", "2")
    head = grid(3, WIDE)
    assert texts(join_continued([head, grid(4, numbers, ROW)])) == [[list(WIDE), list(numbers), list(ROW)]]
    total = ("", "合计", "14,045.86", "14,045.86")
    assert texts(join_continued([grid(3, WIDE, numbers), grid(4, total, ROW)])) == [
        [list(WIDE), list(numbers), list(total), list(ROW)]
    ]


def test_line_numbers_that_go_on_make_one_table() -> None:
    first = grid(
        3, ("项目", "行次", "决算数"), ("一、一般公共预算财政拨款收入", "1", "9.00"), ("二、政府性基金", "2", "")
    )
    assert len(texts(join_continued([first, grid(4, ("", "3", ""), ("", "4", ""))]))) == 1
    assert len(texts(join_continued([first, grid(4, ("", "7", ""), ("", "8", ""))]))) == 2
