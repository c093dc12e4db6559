"""The ruled table of all documents, how it fits its page, and how titles break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.amount import format_amount
from desktopapp.core.layout import lay_out
from desktopapp.narrative.document import Heading, Table, TableCell
from desktopapp.writers.fit import POINTS, SIDE, column_widths, fit_inline, fit_table, text_width
from desktopapp.writers.pages import PlacedTable, arrange, fit_form, form_page, title_lines
from desktopapp.writers.tables import RuledCell, RuledTable, form_table, plain_table

from .documents import TEMPLATES, document_of, report_of


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_form_has_every_cell_of_its_layout_once(template: str) -> None:
    report = report_of(template)
    for form in report.template.forms:
        table, layout = form_table(report, form.id), lay_out(report, form.id)
        covered = [
            (cell.row + r, cell.col + c)
            for cell in table.cells
            for r in range(cell.rowspan)
            for c in range(cell.colspan)
        ]
        assert len(covered) == len(set(covered)) == table.rows * len(table.widths)
        shown = {(c.row - table.head_rows, c.col): c.text for c in table.cells}
        for at, cell in layout.amounts():
            assert cell.cell is not None
            assert shown[at, cell.col] == format_amount(report.get(cell.cell))


def test_cells_that_span_push_the_others_aside() -> None:
    rows = (
        (TableCell("a", rowspan=2), TableCell("b", colspan=2)),
        (TableCell("c"), TableCell("d")),
    )
    table = plain_table(Table("", (), rows, (10, 10, 10), ("text", "number", "centre")))
    assert [(c.text, c.row, c.col, c.align) for c in table.cells] == [
        ("a", 0, 0, "left"),
        ("b", 0, 1, "right"),
        ("c", 1, 1, "right"),
        ("d", 1, 2, "center"),
    ]


@st.composite
def tables(draw: st.DrawFn) -> RuledTable:
    columns = draw(st.integers(1, 8))
    rows = draw(st.integers(1, 60))
    words = st.one_of(
        st.sampled_from(["", "一般公共预算财政拨款支出", "项目"]), st.integers(0, 10**12).map("{:,}.00".format)
    )
    cells = [RuledCell(r, c, draw(words)) for r in range(min(rows, 12)) for c in range(columns)]
    widths = tuple(draw(st.lists(st.integers(5, 60), min_size=columns, max_size=columns)))
    return RuledTable("", "", "", "", "", "portrait", widths, 1, rows, tuple(cells), ())


@given(tables(), st.sampled_from([156.0, 178.0, 265.0]), st.floats(100, 700))
def test_a_fitted_table_fills_its_width_and_keeps_numbers_whole(table: RuledTable, width: float, room: float) -> None:
    for fit in (fit_table(table, width, room), fit_inline(table, width)):
        assert sum(fit.widths) == pytest.approx(width)
        assert 7.0 <= fit.size <= 10.5
        assert fit.pad > 0
        if column_widths(table, width, 7.0) is None:
            continue  # Wider than the page at any size that can be read.
        for cell in table.cells:
            if cell.text.isascii():
                assert text_width(cell.text) * fit.size + 2 * SIDE <= fit.widths[cell.col] * POINTS + 0.01
        if fit.single:
            assert table.rows * fit.size * 1.2 <= room


@pytest.mark.parametrize("template", TEMPLATES)
def test_short_forms_stand_on_one_page(template: str) -> None:
    report = report_of(template, 12)
    for form in report.template.forms:
        table = form_table(report, form.id)
        assert fit_form(table).single, form.title
        assert sum(fit_form(table).widths) == pytest.approx(form_page(table).inner_width)


def test_a_long_form_runs_over_pages_in_readable_type() -> None:
    table = form_table(report_of("hubei-2023", 200), "03")
    fit = fit_form(table)
    assert not fit.single
    assert fit.size >= 9.0


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_first_form_stands_below_the_title_of_its_part(template: str) -> None:
    document = document_of(template)
    placed = [p for p in arrange(document, report_of(template)) if isinstance(p, PlacedTable) and p.heading]
    published = [f.id for f in report_of(template).template.forms if f.published]
    assert [p.table.id for p in placed] == published
    assert placed[0].part is not None
    assert placed[0].part.level == 1
    assert all(p.part is None for p in placed[1:])
    shown = [p for p in arrange(document, report_of(template)) if isinstance(p, Heading)]
    listed = [h for p in placed for h in (p.part, p.heading) if h is not None]
    assert sorted(map(id, [*shown, *listed])) == sorted(map(id, document.headings()))


@given(st.text("部门决算公开（）二〇2024年度　", min_size=1, max_size=80))
def test_titles_break_without_losing_a_character(title: str) -> None:
    lines = title_lines(title, 22, 156)
    assert "".join(lines).replace("　", "") == title.replace("　", "")


def test_titles_break_where_readers_would() -> None:
    office = "武汉市政务服务和大数据管理局"
    assert title_lines(f"{office}2023年度部门决算公开", 30, 156, office) == [office, "2023年度部门决算公开"]
    assert title_lines("2024年度武汉市数据局部门决算公开", 30, 156, "武汉市数据局") == [
        "2024年度武汉市数据局",
        "部门决算公开",
    ]
    assert title_lines("第一部分　某局概况", 22, 156) == ["第一部分　某局概况"]
    assert title_lines(f"第二部分　{office}2023年度部门决算表", 22, 156, office)[0] == "第二部分"
