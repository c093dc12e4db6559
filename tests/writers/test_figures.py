"""Figures: pictures for print, readable without colour, and native charts in the workbook."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.checker import Checker
from desktopapp.core.relations import rule_book
from desktopapp.narrative.document import Chart, ChartKind, Figure
from desktopapp.writers.figure_png import figure_pngs
from desktopapp.writers.figure_svg import HEIGHT, WIDTH, figure_svg, figure_words
from desktopapp.writers.xlsx_writer import workbook_bytes

from .documents import HOSTILE, document_of, report_of

SVG = "{http://www.w3.org/2000/svg}"
KINDS: tuple[ChartKind, ...] = ("bars", "pie", "lines", "grouped")


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    count, lines = draw(st.integers(1, 12)), draw(st.integers(1, 4))
    categories = tuple(draw(st.lists(st.text(max_size=20), min_size=count, max_size=count)))
    amounts = st.integers(-(10**15), 10**15)
    series = tuple((f"系列{i}", tuple(draw(st.lists(amounts, min_size=count, max_size=count)))) for i in range(lines))
    return Chart(draw(st.sampled_from(KINDS)), "标题", "万元", categories, series)


@given(charts())
def test_every_chart_is_a_well_formed_picture_within_its_frame(chart: Chart) -> None:
    text = figure_svg(chart)
    printable = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    assert printable == text
    root = ElementTree.fromstring(text)
    for shape in root.iter(f"{SVG}rect"):
        y, height = float(shape.get("y", "0")), float(shape.get("height", "0"))
        assert height >= 0
        assert -0.1 <= y <= y + height <= HEIGHT + 0.1
    for shape in root.iter(f"{SVG}circle"):
        if shape.get("cx") != "4":  # Not the dots of a pattern.
            assert 0 <= float(shape.get("cx", "-1")) <= WIDTH


def test_amounts_and_shares_are_written_out() -> None:
    chart = Chart("pie", "支出构成", "万元", ("基本支出", "项目支出"), (("支出", (25_000_000, 75_000_000)),))
    text = figure_svg(chart)
    assert "25.00 万元　25.0%" in text
    assert "75.00 万元　75.0%" in text
    assert figure_words(chart) == "支出：基本支出 25.00 万元，项目支出 75.00 万元"


def test_series_differ_by_pattern_and_not_by_colour_alone() -> None:
    chart = Chart("bars", "预算和决算", "万元", ("甲",), (("预算", (1_000_000,)), ("决算", (2_000_000,))))
    assert 'fill="url(#n-diagonal)"' in figure_svg(chart, "n")
    assert "n-dots" in figure_svg(chart, "n")


def test_pictures_are_drawn_sharp_for_print() -> None:
    chart = Chart("bars", "图", "万元", ("甲", "乙"), (("收入", (1_000_000, 2_000_000)),))
    first, second = figure_pngs([chart, chart])
    assert first == second
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(first[16:20], "big") == pytest.approx(156 / 25.4 * 300, abs=2)
    assert figure_pngs([]) == []


def workbook(figures: tuple[Figure, ...]) -> ZipFile:
    report = report_of()
    return ZipFile(BytesIO(workbook_bytes(report, Checker(report, rule_book(report.template)), figures=figures)))


def test_the_workbook_has_a_native_chart_for_each_figure() -> None:
    figures = document_of().figures()
    with workbook(figures) as book:
        names = [n for n in book.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n)]
        assert len(names) == len(figures) > 0
        first = book.read("xl/charts/chart1.xml").decode()
        sheets = book.read("xl/workbook.xml").decode()
    assert "图表数据" in sheets
    assert "图表数据" in first
    values = [float(v) for v in re.findall(r"<c:v>(-?[\d.]+)</c:v>", first)]
    for _, amounts in figures[0].chart.series:
        for amount in amounts:
            assert any(v == pytest.approx(amount / 1_000_000) for v in values)


def test_texts_of_charts_stay_texts() -> None:
    chart = Chart("bars", HOSTILE[2], "万元", HOSTILE[1:3], ((HOSTILE[2], (1, 2)),))
    with workbook((Figure("f", HOSTILE[2], chart),)) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert "<f>" not in book.read(name).decode()
        assert b"'=cmd" in book.read("xl/sharedStrings.xml")


def test_without_figures_there_is_no_sheet_for_them() -> None:
    with workbook(()) as book:
        assert "图表数据" not in book.read("xl/workbook.xml").decode()
