"""Reports and their rows by code."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN
from desktopapp.core.levels import ECONOMIC, FUNCTIONAL, base, is_code, parents
from desktopapp.core.report import Rows, add_printed_rows, new_report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell
from tests.core.actions import TEMPLATES
from tests.generators import exact_report, the_template

CODES = st.one_of(
    st.from_regex(r"[12][0-2]{2}([0-2]{2}){0,2}", fullmatch=True),
    st.sampled_from(["201#2", "20101#2", "2010", "20", "2010101#3", "20101011"]),
)


def rows_of(*codes: str) -> Rows:
    rows = Rows()
    for code in codes:
        rows.insert(code, f"科目{code}", len(rows))
    return rows


class TestLevels:
    def test_parents(self) -> None:
        assert parents("2010301", FUNCTIONAL) == ("201", "20103")
        assert parents("201", FUNCTIONAL) == ()
        assert parents("30101", ECONOMIC) == ("301",)

    def test_base(self) -> None:
        assert base("201#2") == base("201") == "201"

    @pytest.mark.parametrize(
        ("text", "right"), [("201", True), ("2010", False), ("２０１", False), ("²01", False), ("", False)]
    )
    def test_is_code(self, text: str, right: bool) -> None:
        assert is_code(text, FUNCTIONAL) is right


class TestRows:
    def test_order_names_and_places(self) -> None:
        rows = rows_of("201", "206")
        assert list(rows) == ["201", "206"]
        assert len(rows) == 2
        assert "201" in rows
        assert "202" not in rows
        assert rows.at(1) == "206"
        assert rows.index("206") == 1
        assert rows.name("206") == "科目206"
        assert rows.place_for("202") == 1
        rows.rename("206", "新名")
        assert rows.name("206") == "新名"
        rows.remove("201")
        assert list(rows) == list(rows.in_code_order()) == ["206"]

    def test_rows_that_are_not_there(self) -> None:
        rows = rows_of("201")
        for failing in (rows.name, rows.remove, lambda r: rows.rename(r, "x")):
            with pytest.raises(KeyError):
                failing("202")
        with pytest.raises(ValueError, match="202"):
            rows.index("202")
        assert list(rows) == ["201"]

    def test_place_among_rows_out_of_order(self) -> None:
        rows = rows_of("206", "201", "229")
        assert rows.place_for("207") == 2
        assert list(rows.in_code_order()) == ["201", "206", "229"]

    @given(st.lists(CODES, unique=True, max_size=25), st.randoms(use_true_random=False))
    def test_parents_and_children_agree(self, codes: list[str], rng: random.Random) -> None:
        rows = rows_of(*codes)
        levels = FUNCTIONAL
        for row in codes:
            parent = rows.parent(row, levels)
            assert row in rows.children(parent, levels)
            assert parent == "" or (parent in rows and base(row).startswith(parent) and len(parent) in levels)
        for parent in ["", *codes]:
            children = rows.children(parent, levels)
            assert rows.has_children(parent, levels) == bool(children)
            assert list(children) == sorted(children)
            assert all(rows.parent(c, levels) == parent for c in children)
        # Every row is the child of exactly one.
        below = [c for p in ["", *codes] for c in rows.children(p, levels)]
        assert sorted(below) == sorted(codes)
        rng.shuffle(codes)
        for row in codes:
            rows.remove(row)
        assert len(rows) == 0
        assert not rows.has_children("", levels)
        assert not rows.children("", levels)


class TestReport:
    @pytest.mark.parametrize("template_id", TEMPLATES)
    def test_a_new_report_has_the_printed_rows(self, template_id: str) -> None:
        template = the_template(template_id)
        report = new_report(template, 2023, "某局", {"text": "x"})
        assert (report.year, report.department, report.fields) == (2023, "某局", {"text": "x"})
        assert report.form_ids() == tuple(f.id for f in template.forms)
        printed = [r for b in template.form("06").blocks for r in b.rows]
        rows = report.rows_of("06")
        assert [(r, rows.name(r)) for r in rows] == printed
        assert len(report.rows_of("03")) == 0
        add_printed_rows(report, template.form("06"), "06")
        assert len(rows) == len(printed)

    @pytest.mark.parametrize("template_id", TEMPLATES)
    def test_cells_are_those_that_it_has(self, template_id: str) -> None:
        report = exact_report(1, the_template(template_id), 25)
        for form in report.template.forms:
            for form_id in (form.id, f"last.{form.id}"):
                cells = list(report.cells(form, form_id))
                assert len(cells) == len(set(cells))
                assert all(report.has_cell(c) for c in cells)
                assert {c for c in report.amounts if c.form == form_id} <= set(cells)

    @pytest.mark.parametrize(
        "cell",
        [
            Cell("10", "201", "amount"),
            Cell("01", "nowhere", "amount"),
            Cell("01", "general", "total"),
            Cell("01", "blank-side[1]-9", "amount"),
            Cell("03", "201", "total"),
            Cell("03", "total", "nowhere"),
            Cell("03", "personnel", "total"),
            Cell("06", "total", "amount"),
            Cell("06", "999", "amount"),
            Cell("09", "total", "budget_total"),
            Cell("09", SINGLE_ROW, "total"),
            Cell("last.03", "201", "total"),
        ],
    )
    def test_cells_that_it_lacks(self, cell: Cell) -> None:
        assert not new_report(the_template(), 2023).has_cell(cell)

    def test_cells_that_are_always_there(self) -> None:
        report = new_report(the_template(), 2023)
        for cell in (
            Cell("01", "201", "amount"),
            Cell("03", TOTAL_ROW, "total"),
            Cell("06", "30101", "amount"),
            Cell("06", "public", "amount"),
            Cell("09", SINGLE_ROW, "outturn_total"),
            Cell("last.04", "closing", "fund"),
        ):
            assert report.has_cell(cell)

    def test_blank_lines_hold_no_amounts(self) -> None:
        report = new_report(the_template(), 2023)
        blank = [ln.key for s in report.template.form("01").sides for ln in s.lines if ln.blank]
        assert len(blank) == 20
        assert not any(report.has_cell(Cell("01", row, "amount")) for row in blank)

    def test_grains(self) -> None:
        report = new_report(the_template(), 2023)
        assert report.grain("01") == PUBLISHED_GRAIN
        assert not report.is_exact("01")
        report.grains["01"] = EXACT_GRAIN
        assert report.is_exact("01")

    def test_rows_in_printed_order_with_totals(self) -> None:
        wuhan, shanghai = (new_report(the_template(t), 2023) for t in ("hubei-2023", "shanghai-2024"))
        for report in (wuhan, shanghai):
            report.rows_of("05").insert("201", "类", 0)
        assert wuhan.row_keys(wuhan.template.form("05")) == [TOTAL_ROW, "201"]
        assert shanghai.row_keys(shanghai.template.form("05")) == ["201", TOTAL_ROW]
        assert wuhan.row_keys(wuhan.template.form("06"))[-2:] == ["personnel", "public"]
        assert wuhan.row_keys(wuhan.template.form("09")) == [SINGLE_ROW]
        assert len(wuhan.row_keys(wuhan.template.form("01"))) == 62 - 20


def test_inner_rows_are_those_with_children() -> None:
    rng = random.Random(7)
    for _ in range(200):
        rows = Rows()
        for code in rng.sample(["201", "20101", "2010101", "2010102", "20102", "2010299", "202", "20201", "203"], 6):
            rows.insert(code, "", rows.place_for(code))
            if rng.random() < 0.3:
                rows.insert(f"{code}#2", "", rows.place_for(f"{code}#2"))
        if rng.random() < 0.5 and len(rows):
            rows.remove(rng.choice(list(rows)))
        assert rows.inner((3, 5, 7)) == {r for r in rows if rows.has_children(r, (3, 5, 7))}
        assert rows.leaves((3, 5, 7)) == [r for r in rows if "#" not in r and not rows.children(r, (3, 5, 7))]
