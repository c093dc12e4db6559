"""Lists as workbook and CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from desktopapp.writers.aside import WriteError
from desktopapp.writers.list_writer import write_list_csv, write_list_xlsx

ROWS = [("公开03表", "=1+1", "1,383.50 万元"), ("文字\n两行", "@SUM(A1)", "http://example.com")]


def test_nothing_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    write_list_xlsx(tmp_path / "a.xlsx", "=标题", ("甲", "乙", "丙"), ROWS, (2,))
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {c.data_type for c in cells} == {"s"} and not any(c.hyperlink for c in cells)
    assert sheet.cell(3, 2).value == "'=1+1"
    assert sheet.freeze_panes == "A3"
    write_list_csv(tmp_path / "a.csv", "=标题", ("甲", "乙", "丙"), ROWS)
    rows = list(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines(keepends=True)))
    assert rows[0] == ["'=标题"] and rows[2][1] == "'=1+1" and rows[3] == ["文字\n两行", "'@SUM(A1)", ROWS[1][2]]


def test_a_list_without_rows_and_a_place_that_is_not_there(tmp_path: Path) -> None:
    write_list_xlsx(tmp_path / "a.xlsx", "无", ("甲",), [])
    with pytest.raises(WriteError, match="不存在"):
        write_list_xlsx(tmp_path / "没有" / "a.xlsx", "无", ("甲",), [])
