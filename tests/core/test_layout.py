"""Layouts: header and body cover the grid without gap or overlap, in every template and state of a form."""

from __future__ import annotations

import random

import pytest

from desktopapp.core.amount import Unit
from desktopapp.core.commands import DeleteRow, InsertRow, SetField, typed
from desktopapp.core.engine import Engine
from desktopapp.core.layout import TableLayout, is_empty, lay_out, notes_of
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell, Shape
from tests.core.actions import TEMPLATES
from tests.generators import exact_report, the_book, the_template

FORMS = [(t, f.id) for t in TEMPLATES for f in the_template(t).forms]


def grid_of_head(layout: TableLayout) -> list[list[str]]:
    """Return the header as a grid of texts; fails on overlap and gap."""
    grid: list[list[str | None]] = [[None] * len(layout.widths) for _ in range(layout.head_rows)]
    for cell in layout.head:
        assert cell.rowspan >= 1
        assert cell.colspan >= 1
        for row in range(cell.row, cell.row + cell.rowspan):
            for col in range(cell.col, cell.col + cell.colspan):
                assert grid[row][col] is None, f"{cell.text} overlaps {grid[row][col]}"
                grid[row][col] = cell.text
    assert all(text is not None for row in grid for text in row)
    return [[text or "" for text in row] for row in grid]


def assert_sound(report: Report, form_id: str) -> TableLayout:
    layout = lay_out(report, form_id)
    form = report.template.form(form_id)
    grid_of_head(layout)
    assert all(w > 0 for w in layout.widths)
    for row in layout.body:
        at = 0
        for cell in row:
            assert cell.col == at
            assert cell.colspan >= 1
            assert (cell.kind == "amount") == (cell.cell is not None)
            at += cell.colspan
        assert at == len(layout.widths)
    shown = [cell.cell for _, cell in layout.amounts()]
    assert len(shown) == len(set(shown))
    assert set(shown) == set(report.cells(form, form_id))
    assert all(report.has_cell(c) for c in shown if c is not None)
    return layout


class TestSound:
    @pytest.mark.parametrize(("template_id", "form_id"), FORMS)
    def test_new_filled_and_last_year(self, template_id: str, form_id: str) -> None:
        template = the_template(template_id)
        empty = new_report(template, template.year)
        full = exact_report(1, template, 40)
        assert_sound(empty, form_id)
        assert_sound(full, form_id)
        assert_sound(full, f"last.{form_id}")

    @pytest.mark.parametrize("seed", range(8))
    def test_rows_that_came_and_went(self, seed: int) -> None:
        rng = random.Random(seed)
        template_id = TEMPLATES[seed % 4]
        engine = Engine(new_report(the_template(template_id), 2023), the_book(template_id))
        for _ in range(25):
            form_id = rng.choice(("02", "03", "05", "06", "07", "08"))
            code = rng.choice(("201", "20103", "2010301", "307", "31299", "399"))
            rows = engine.report.rows_of(form_id)
            if code in rows:
                engine.apply(DeleteRow(form_id, code))
            elif len(code) in engine.report.levels(engine.report.template.form(form_id)):
                engine.apply(InsertRow(form_id, code, code))
            assert_sound(engine.report, form_id)

    def test_doubled_and_malformed_rows(self) -> None:
        report = new_report(the_template(), 2023)
        for row in ("201", "201#2", "2010"):
            report.rows_of("03").insert(row, "重复", len(report.rows_of("03")))
        layout = assert_sound(report, "03")
        assert [row[0].text for row in layout.body] == ["合计", "201", "201", "2010"]


class TestHeaders:
    def test_two_sides_of_wuhan(self) -> None:
        head = grid_of_head(lay_out(new_report(the_template(), 2023), "01"))
        assert head == [
            ["收入", "收入", "收入", "支出", "支出", "支出"],
            ["项目", "行次", "决算数", "项目", "行次", "决算数"],
            ["栏次", "", "1", "栏次", "", "2"],
        ]

    def test_three_code_columns(self) -> None:
        head = grid_of_head(lay_out(new_report(the_template(), 2023), "05"))
        assert head[0] == ["项目"] * 4 + ["本年支出"] * 3
        assert head[1] == ["功能分类科目编码"] * 3 + ["科目名称"] + ["小计", "基本支出", "项目支出"]
        assert head[2] == ["类", "款", "项", "栏次", "1", "2", "3"]

    def test_one_code_column_without_numbers(self) -> None:
        head = grid_of_head(lay_out(new_report(the_template("shanghai-2024"), 2024), "05"))
        assert head == [
            ["项目", "项目", "合计", "基本支出", "项目支出"],
            ["功能分类科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ]

    def test_three_public(self) -> None:
        head = grid_of_head(lay_out(new_report(the_template(), 2023), "09"))
        assert head[0] == ["预算数"] * 6 + ["决算数"] * 6
        assert head[1][2:5] == ["公务用车购置及运行维护费"] * 3
        assert head[2][2:5] == ["小计", "公务用车购置费", "公务用车运行维护费"]
        assert head[3] == [str(n) for n in range(1, 13)]

    def test_blocks_side_by_side(self) -> None:
        layout = lay_out(new_report(the_template(), 2023), "06")
        head = grid_of_head(layout)
        assert head[0] == ["人员经费"] * 3 + ["公用经费"] * 6
        assert head[1] == ["经济分类科目编码", "科目名称", "决算数"] * 3
        totals = [(c.text, c.cell) for c in layout.body[-1]]
        assert totals == [
            ("人员经费合计", None),
            ("", Cell("06", "personnel", "amount")),
            ("公用经费合计", None),
            ("", Cell("06", "public", "amount")),
        ]


class TestBody:
    def test_lines_stand_beside_each_other(self) -> None:
        layout = lay_out(new_report(the_template(), 2023), "01")
        first, blank = layout.body[0], layout.body[8]
        assert [c.text for c in first if c.kind != "amount"] == [
            "一、一般公共预算财政拨款收入", "1", "一、一般公共服务支出", "32",
        ]  # fmt: skip
        assert [c.kind for c in blank] == ["label", "number", "blank", "label", "number", "amount"]
        assert len(layout.body) == 31

    def test_the_total_comes_first_or_last(self) -> None:
        wuhan = lay_out(exact_report(1, the_template(), 20), "05")
        shanghai = lay_out(exact_report(1, the_template("shanghai-2024"), 20), "05")
        assert wuhan.body[0][0].text == shanghai.body[-1][0].text == "合计"
        assert wuhan.body[0][0].row == TOTAL_ROW

    def test_one_row(self) -> None:
        (row,) = lay_out(new_report(the_template(), 2023), "09").body
        assert row[0].cell == Cell("09", SINGLE_ROW, "budget_total")

    def test_an_edit_does_not_change_the_layout(self) -> None:
        report = exact_report(2, the_template(), 20)
        engine = Engine(report, the_book())
        before = [lay_out(report, f) for f in ("01", "03", "06", "09")]
        for cell in sorted(report.amounts)[:20]:
            engine.apply(typed(cell, report.amounts[cell] + 1))
        assert [lay_out(report, f) for f in ("01", "03", "06", "09")] == before


class TestWords:
    def test_titles_units_and_the_year_before(self) -> None:
        report = new_report(the_template(), 2023, "某局")
        layout = lay_out(report, "02", Unit.YUAN)
        assert layout.title == "2023年度收入决算表"
        assert layout.mark == "公开02表"
        assert layout.department_line.endswith("某局")
        assert layout.unit_line == "单位：元"
        assert lay_out(report, "last.02").title == "2022年度收入决算表"

    def test_braces_in_the_name_of_a_department(self) -> None:
        report = new_report(the_template(), 2023, "某{局}")
        assert lay_out(report, "01").department_line.endswith("某{局}")

    def test_an_empty_form_says_so_until_it_is_filled(self) -> None:
        report = new_report(the_template(), 2023, "某局")
        form = report.template.form("07")
        assert is_empty(report, "07")
        assert notes_of(report, form, "07")[-1] == "某局本年度无政府性基金预算财政拨款收入支出，故本表无数据。"
        report.department = ""
        assert notes_of(report, form, "07")[-1].startswith("本部门本年度无")
        report.amounts[Cell("07", "total", "income")] = 10_000
        assert not any("无数据" in n for n in notes_of(report, form, "07"))

    def test_a_statement_of_ones_own_may_hold_anything(self) -> None:
        engine = Engine(new_report(the_template(), 2023, "某局"), the_book())
        engine.apply(SetField("empty_statement.07", "{department}{year}年{没有}数据 100% {"))
        assert lay_out(engine.report, "07").notes[-1] == "某局2023年{没有}数据 100% {"

    @pytest.mark.parametrize("template_id", TEMPLATES)
    def test_nothing_is_left_in_braces(self, template_id: str) -> None:
        report = new_report(the_template(template_id), 2023, "某局")
        for form in report.template.forms:
            layout = lay_out(report, form.id)
            texts = [layout.title, layout.unit_line, layout.department_line, *layout.notes]
            assert not any("{" in t for t in texts)
            if form.shape is not Shape.SINGLE and form.published:
                assert layout.notes
