"""Ruled tables in PDF files: every manner of drawing rules, every way of turning the page, noise in the drawing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktopapp.readers.sources import Document, Grid, read_document

from .pdf_builder import PdfPage, build_pdf, text_width
from .ruled_tables import STYLES, Layout, content, draw, expected, random_layout, rules_kept

FORM = (
    ("收入", "", "", "支出", "", ""),
    ("项目", "行次", "决算数", "项目", "行次", "决算数"),
    ("栏次", "", "1", "栏次", "", "2"),
    ("一、一般公共预算财政拨款收入", "1", "12,938.50", "一、一般公共服务支出", "32", "8,449.21"),
    ("二、政府性基金预算财政拨款收入", "2", "", "十四、资源勘探工业信息等支出", "45", "3,857.18"),
    ("总计", "31", "12,938.50", "总计", "62", "12,938.50"),
)


def read(tmp_path: Path, pages: Sequence[PdfPage]) -> Document:
    path = tmp_path / "a.pdf"
    path.write_bytes(build_pdf(list(pages)))
    return read_document(path)


def only_grid(document: Document) -> Grid:
    (grid,) = document.grids()
    return grid


def is_table(layout: Layout) -> bool:
    """Tell tables from frames: two texts and two columns at least."""
    ends = {col + wide for _, col, _, wide in layout.spans}
    return sum(1 for text in layout.texts if text) > 1 and len(ends) > 1


def form_layout(top: float = 100, row: float = 16) -> Layout:
    xs = (50.0, 200.0, 230.0, 300.0, 440.0, 470.0, 545.0)
    ys = tuple(top + row * at for at in range(len(FORM) + 1))
    spans = [(0, 0, 1, 3), (0, 3, 1, 3)]
    texts = ["收入", "支出"]
    for at, cells in enumerate(FORM[1:], 1):
        for col, text in enumerate(cells):
            spans.append((at, col, 1, 1))
            texts.append(text)
    return Layout(xs, ys, tuple(spans), tuple(texts))


@pytest.mark.parametrize("style", STYLES)
@given(seed=st.integers(0, 10_000))
def test_any_table_drawn_in_any_style_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, style: str, seed: int
) -> None:
    rng = random.Random(seed)
    layout = random_layout(rng)
    assume(is_table(layout))
    turned = rng.choice(["", "rotate", "sideways", "both"])
    page = PdfPage(760, 760, rng.choice([90, 180, 270]) if turned in ("rotate", "both") else 0)
    page.sideways = turned in ("sideways", "both")
    draw(page, layout, style)
    page.shuffle(seed)
    path = tmp_path_factory.getbasetemp() / "any.pdf"
    path.write_bytes(build_pdf([page]))
    grid = only_grid(read_document(path))
    assert grid.origin == "ruled"
    assert content(grid) == expected(layout)


@given(seed=st.integers(0, 10_000))
def test_inexact_rules_shading_and_single_glyphs(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)
    layout = random_layout(rng)
    assume(is_table(layout))
    page = PdfPage(760, 760)
    for row, col, high, wide in layout.spans[:3]:
        page.fill(layout.xs[col], layout.ys[row], layout.xs[col + wide], layout.ys[row + high], 0.85)
    horizontal, vertical = rules_kept(layout)
    for y, x0, x1 in horizontal:
        shift, gap = rng.uniform(-0.5, 0.5), rng.uniform(-1, 1)
        page.line(x0 + gap, y + shift, x1 - gap, y + shift, rng.choice([0.25, 0.75, 1.5]))
    for x, y0, y1 in vertical:
        shift, gap = rng.uniform(-0.5, 0.5), rng.uniform(-1, 1)
        page.fill(x + shift - 0.3, y0 + gap, x + shift + 0.3, y1 - gap)
    texts = PdfPage(760, 760)
    draw(texts, layout, "none")
    page.operations.extend(texts.operations)
    page.shuffle(seed)
    path = tmp_path_factory.getbasetemp() / "noise.pdf"
    path.write_bytes(build_pdf([page]))
    assert content(only_grid(read_document(path))) == expected(layout)


@pytest.mark.parametrize("outer", ["none", "left and right", "left"])
def test_tables_open_at_the_sides(tmp_path: Path, outer: str) -> None:
    layout = form_layout()
    page = PdfPage()
    horizontal, vertical = rules_kept(layout)
    left_out = {"none": (), "left": layout.xs[:1], "left and right": (layout.xs[0], layout.xs[-1])}[outer]
    for y, x0, x1 in horizontal:
        page.line(x0, y, x1, y)
    for x, y0, y1 in vertical:
        if x not in left_out:
            page.line(x, y0, x, y1)
    draw(page, layout, "none")
    assert content(only_grid(read(tmp_path, [page]))) == expected(layout)


def test_cells_are_placed_on_the_displayed_page(tmp_path: Path) -> None:
    layout = form_layout()
    upright, turned = PdfPage(), PdfPage(rotate=90)
    for page in (upright, turned):
        draw(page, layout, "lines")
    document = read(tmp_path, [upright, turned])
    first, second = document.grids()
    assert first.rows[0][0].bbox == (50.0, 100.0, 300.0, 116.0)
    # A quarter turn clockwise: x counts from the old bottom, y from the old left.
    assert second.rows[0][0].bbox == (842 - 116.0, 50.0, 842 - 100.0, 300.0)
    assert first.place(first.rows[3][2]).describe() == "第 1 页"
    assert second.texts() == first.texts()


def test_a_landscape_form_drawn_sideways_on_an_upright_page(tmp_path: Path) -> None:
    page = PdfPage(842, 595, sideways=True)
    draw(page, form_layout(), "lines")
    page.text(350, 80, "收入支出决算总表", 14)
    document = read(tmp_path, [page])
    assert document.paragraphs()[0].text == "收入支出决算总表"
    grid = only_grid(document)
    assert content(grid) == expected(form_layout())
    box = grid.rows[0][0].bbox
    assert box == (100.0, 842 - 300.0, 116.0, 842 - 50.0)


def test_two_forms_on_one_page_and_tables_side_by_side(tmp_path: Path) -> None:
    page = PdfPage()
    upper, lower = form_layout(80), form_layout(400)
    draw(page, upper, "lines")
    page.text(200, 385, "收入决算表", 14)
    draw(page, lower, "thin bars")
    left = Layout(
        (50, 150, 250), (600, 620, 640), ((0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)), tuple("甲乙丙丁")
    )
    right = Layout((300, 400, 500), left.ys, left.spans, tuple("子丑寅卯"))
    draw(page, left, "lines")
    draw(page, right, "lines")
    document = read(tmp_path, [page])
    blocks = [block.texts()[0][0] if isinstance(block, Grid) else block.text for block in document.blocks]
    assert blocks == ["收入", "收入决算表", "收入", "甲", "子"]


def test_a_table_over_two_pages_without_header(tmp_path: Path) -> None:
    layout = form_layout(60)
    first, second = PdfPage(), PdfPage()
    draw(first, layout, "lines")
    draw(second, layout, "lines")
    # The page break cuts the lower table: its last rows have no closing rule.
    second.operations = [op for op in second.operations if f" {842 - layout.ys[-1]:.3f} m" not in op]
    grids = read(tmp_path, [first, second]).grids()
    assert [grid.page for grid in grids] == [1, 2]
    assert grids[0].texts() == grids[1].texts()


def test_wrapped_cells_are_joined_and_lists_keep_their_breaks(tmp_path: Path) -> None:
    page = PdfPage()
    layout = Layout(
        (50, 150, 300), (100, 160, 220), ((0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)), ("",) * 4
    )
    draw(page, layout, "lines")
    for at, line in enumerate(("功能分类", "科目编码")):
        page.text(60, 115 + 14 * at, line)
    for at, line in enumerate(("1.加快完善机制，", "提升效能。", "2.深化应用。")):
        page.text(155, 115 + 14 * at, line)
    for at, line in enumerate(("12,938.", "50")):
        page.text(60, 180 + 14 * at, line)
    for at, line in enumerate(("Data", "Center")):
        page.text(155, 180 + 14 * at, line)
    assert only_grid(read(tmp_path, [page])).texts() == [
        ["功能分类科目编码", "1.加快完善机制，提升效能。\n2.深化应用。"],
        ["12,938.50", "Data Center"],
    ]


def test_text_that_runs_over_its_cell_stays_whole(tmp_path: Path) -> None:
    page = PdfPage()
    layout = Layout(
        (50, 100, 160, 220), (100, 120, 140), tuple((row, col, 1, 1) for row in range(2) for col in range(3)), ("",) * 6
    )
    draw(page, layout, "lines")
    page.text(52, 113, "一般公共服务支出")
    page.text(163, 113, "12,938.50")
    page.text(102, 133, "一般公共服务支出")
    amount = "1,234,567,890.12"
    page.text(218 - text_width(amount, 8), 113 + 20, "", 8)
    assert only_grid(read(tmp_path, [page])).texts() == [
        ["一般公共服务支出", "", "12,938.50"],
        ["", "一般公共服务支出", ""],
    ]
    page.operations = [op for op in page.operations if "Tj" not in op]
    page.text(218 - text_width(amount, 8), 133, amount, 8, glyph_by_glyph=True)
    page.text(52, 113, "甲")
    assert only_grid(read(tmp_path, [page])).texts() == [["甲", "", ""], ["", "", amount]]


def test_amounts_that_touch_at_a_rule_are_parted(tmp_path: Path) -> None:
    page = PdfPage()
    layout = Layout((50, 95, 140), (100, 120, 140), ((0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)), ("",) * 4)
    draw(page, layout, "lines")
    for left, text in ((50, "12,938.50"), (95, "10,922.89")):
        page.text(left, 113, text, glyph_by_glyph=True)
    page.text(60, 133, "20103")
    page.text(95, 133, "行政")
    assert only_grid(read(tmp_path, [page])).texts() == [["12,938.50", "10,922.89"], ["20103", "行政"]]


def test_rows_and_columns_without_rules_between_them_are_split(tmp_path: Path) -> None:
    rows = [
        ("一般公共服务支出", "8,449.21", "1,383.50"),
        ("教育支出", "36.53", "2.00"),
        ("科学技术支出", "3,857.18", "0.01"),
    ]
    page = PdfPage()
    for x in (50, 200, 300, 400):
        page.line(x, 100, x, 170)
    for y in (100, 116, 170):
        page.line(50, y, 400, y)
    for at, (name, first, second) in enumerate([("项目", "合计", "基本支出"), *rows]):
        page.text(55, 112 + 16 * at, name)
        page.text(295 - text_width(first, 10), 112 + 16 * at, first)
        page.text(395 - text_width(second, 10), 112 + 16 * at, second)
    assert only_grid(read(tmp_path, [page])).texts() == [["项目", "合计", "基本支出"], *(list(row) for row in rows)]
    flat = PdfPage()
    flat.operations = [op for op in page.operations if "w 200.000" not in op and "w 300.000" not in op]
    for at in range(5):
        flat.line(50, 100 + 16 * at, 400, 100 + 16 * at)
    grid = only_grid(read(tmp_path, [flat]))
    assert grid.origin == "aligned"
    assert grid.texts()[1:] == [list(row) for row in rows]


def test_columns_known_from_the_header_split_amounts_below(tmp_path: Path) -> None:
    page = PdfPage()
    for y in (100, 116, 132, 148):
        page.line(50, y, 400, y)
    page.line(50, 100, 50, 148)
    page.line(400, 100, 400, 148)
    for x in (200, 300):
        page.line(x, 100, x, 116)
    for at, cells in enumerate((("项目", "合计", "基本支出"), ("甲", "12.50", "1.00"), ("乙", "", "2.00"))):
        for x, text in zip((195, 295, 395), cells, strict=True):
            page.text(x - text_width(text, 10), 112 + 16 * at, text)
    texts = only_grid(read(tmp_path, [page])).texts()
    assert texts == [["项目", "合计", "基本支出"], ["甲", "12.50", "1.00"], ["乙", "", "2.00"]]


def test_underlines_frames_and_lines_across_the_page_are_no_tables(tmp_path: Path) -> None:
    page = PdfPage()
    page.line(50, 60, 545, 60)
    page.text(60, 100, "本年支出合计 12,938.50 万元")
    page.line(60, 102, 200, 102)
    page.box(50, 200, 545, 300)
    page.text(60, 250, "框中的说明文字。")
    document = read(tmp_path, [page])
    assert document.grids() == []
    assert [p.text for p in document.paragraphs()] == ["本年支出合计 12,938.50 万元", "框中的说明文字。"]


def test_a_frame_around_a_table_is_not_a_table(tmp_path: Path) -> None:
    page = PdfPage()
    page.box(40, 90, 560, 300)
    draw(page, form_layout(), "lines")
    assert content(only_grid(read(tmp_path, [page]))) == expected(form_layout())


def test_cells_shown_by_shading_alone(tmp_path: Path) -> None:
    layout = form_layout()
    page = PdfPage()
    for row, col, high, wide in layout.spans:
        left, right = layout.xs[col] + 0.5, layout.xs[col + wide] - 0.5
        page.fill(left, layout.ys[row] + 0.5, right, layout.ys[row + high] - 0.5, 0.9)
    draw(page, layout, "none")
    assert content(only_grid(read(tmp_path, [page]))) == expected(layout)


def test_rules_that_just_miss_each_other(tmp_path: Path) -> None:
    layout = form_layout(row=20)
    page = PdfPage()
    horizontal, vertical = rules_kept(layout)
    for y, x0, x1 in horizontal:
        page.line(x0 + 2.8, y, x1 - 2.8, y)
    for x, y0, y1 in vertical:
        page.line(x, y0 + 1.5, x, y1 - 1.5)
    draw(page, layout, "none")
    assert content(only_grid(read(tmp_path, [page]))) == expected(layout)


@pytest.mark.parametrize("seed", range(6))
def test_an_independent_table_finder_sees_the_same_cells(tmp_path: Path, seed: int) -> None:
    pdfplumber = pytest.importorskip("pdfplumber")
    page = PdfPage(760, 760)
    draw(page, random_layout(random.Random(seed)), "long lines")
    grid = only_grid(read(tmp_path, [page]))
    with pdfplumber.open(tmp_path / "a.pdf") as document:
        (table,) = document.pages[0].find_tables()
        others = {tuple(round(edge) for edge in cell) for cell in table.cells}
    assert {tuple(round(edge) for edge in cell.bbox or ()) for cell in grid.cells()} == others


def test_white_rules_cannot_be_seen(tmp_path: Path) -> None:
    page = PdfPage()
    draw(page, form_layout(), "lines")
    page.fill(120, 100, 120.5, 200, grey=1)
    page.operations.append("q 1 G 0.5 w 130 742 m 130 642 l S Q")
    assert content(only_grid(read(tmp_path, [page]))) == expected(form_layout())


def test_a_drawing_with_too_many_lines_is_left_out_with_a_warning(tmp_path: Path) -> None:
    page = PdfPage()
    page.text(60, 60, "统计图")
    page.operations.extend(f"{at % 500} {at % 700} m {at % 500 + 3} {at % 700} l S" for at in range(30_500))
    document = read(tmp_path, [page])
    assert [p.text for p in document.paragraphs()] == ["统计图"]
    assert "第 1 页内容过多" in document.warnings[0]
