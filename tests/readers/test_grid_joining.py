"""Tables that go on over the next page."""

from __future__ import annotations

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
