"""Text aligned by blanks: where no relation tells the column of an amount, its place does, and never against one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest

from desktopapp.core.template import Cell
from desktopapp.jobs import get_catalogues
from desktopapp.readers.build import BuiltReport, build_report
from desktopapp.readers.columns.grading import BY_PLACE, PLACED
from desktopapp.readers.flat.reader import FlatReader
from desktopapp.readers.flat.tokens import TextLine
from tests.generators import the_template

WIDTHS = (10, 40, 14, 12, 12, 16, 12, 26)
LABELS = (
    "科目编码",
    "科目名称",
    "本年支出合计",
    "基本支出",
    "项目支出",
    "上缴上级支出",
    "经营支出",
    "对附属单位补助支出",
)
NUMBERS = ("", "栏次", "1", "2", "3", "4", "5", "6")
ROWS = [
    ("", "合计", "1,000.00", "600.00", "395.00", "", "", "5.00"),
    ("205", "教育支出", "1,000.00", "600.00", "395.00", "", "", "5.00"),
    ("20502", "普通教育", "1,000.00", "600.00", "395.00", "", "", "5.00"),
    ("2050201", "学前教育", "600.00", "600.00", "", "", "", ""),
    ("2050202", "小学教育", "400.00", "", "395.00", "", "", "5.00"),
]


def width(text: str, wide: int) -> int:
    return sum(wide if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def aligned(cells: Sequence[str], wide: int) -> str:
    """Return cells below their headings: amounts to the right, words to the left, as ``pdftotext -layout`` does."""
    line, end = "", 0
    for cell, size in zip(cells, WIDTHS, strict=True):
        end += size
        left = end - size - width(line, wide)
        pad = (
            end - 1 - width(line, wide) - width(cell, wide)
            if cell.replace(",", "")[:1].isdigit() and "." in cell
            else left
        )
        line += " " * max(pad, 1) + cell if cell else ""
    return line


def read(rows: Sequence[Sequence[str]], wide: int, *, numbers: bool) -> BuiltReport:
    head = [LABELS, NUMBERS] if numbers else [LABELS]
    lines = [
        "2024年度支出决算表",
        "公开03表",
        "部门：江城市教育局  单位：万元",
        *(aligned(r, wide) for r in (*head, *rows)),
    ]
    template = the_template("hubei-2024")
    reader = FlatReader([template], get_catalogues(2024))
    return build_report(reader.read([TextLine(n, t) for n, t in enumerate(lines, 1)], template), template)


@pytest.mark.parametrize("wide", [1, 2])
@pytest.mark.parametrize("numbers", [True, False])
@pytest.mark.parametrize("column", [5, 6, 7])
def test_places_decide_what_relations_leave_open(wide: int, numbers: bool, column: int) -> None:
    keys = {5: "to_superior", 6: "operating", 7: "to_affiliated"}
    rows = [list(r) for r in ROWS]
    for row in rows:
        row[column], row[7] = row[7], row[column] if column != 7 else row[7]
    built = read(rows, wide, numbers=numbers)
    for code in ("total", "205", "20502", "2050202"):
        assert built.report.get(Cell("03", code, keys[column])) == 5_000_000
    # The relations do not tell, so it is not certain.
    unsure = {p.cell.row: p for p in built.placements if p.cell.col == keys[column]}
    assert unsure["2050202"].confidence == PLACED
    assert BY_PLACE in unsure["2050202"].reason


def test_a_place_is_no_evidence_against_a_relation() -> None:
    rows = [list(r) for r in ROWS]
    # The amount of a part stands below another column than its sum.
    rows[4][2:5] = ["400.00", "395.00", ""]
    built = read(rows, 2, numbers=True)
    assert built.report.get(Cell("03", "2050202", "project")) == 395_000_000
    assert built.report.get(Cell("03", "2050202", "basic")) is None
