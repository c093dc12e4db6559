"""Writes all amounts of a report as one CSV table, for open data: a line for each amount, in 万元."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from desktopapp.core.amount import plain_wan
from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.template import TOTAL_ROW, Cell, Column, Form, Shape
from desktopapp.writers.xlsx_names import safe_text

HEAD = ("表号", "表名", "行次或科目编码", "项目", "栏次", "栏目", "金额（万元）")


def csv_text(report: Report) -> str:
    """Return every filled amount of the published forms as CSV with a head line, lines ended by CR LF.

    Texts that a spreadsheet would take for a formula get an apostrophe in front.
    """
    out = StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    for form in report.template.forms:
        if form.published:
            table.writerows(_rows(report, form))
    return out.getvalue()


def _rows(report: Report, form: Form) -> Iterator[tuple[str, ...]]:
    title = form.title.format(year=report.year, department=report.department)
    for cell in report.cells(form):
        amount = report.get(cell)
        if amount is not None:
            column = _column(form, cell)
            texts = (form.mark or form.id, title, *_line(report, form, cell.row), *_head(form, column, cell))
            yield (*map(safe_text, texts), plain_wan(amount))


def _column(form: Form, cell: Cell) -> Column | None:
    found = (c for c in form.columns_of(cell.row) if c.key == cell.col)
    return next(found, form.column(cell.col))


def _line(report: Report, form: Form, row: str) -> tuple[str, str]:
    """Return (printed number or code, name) of a row."""
    line = form.line(row)
    if line is not None:
        return ("" if line.no is None else str(line.no)), line.label
    if form.is_total_row(row):
        totals = {t.key: t.label for t in form.totals()}
        return "", form.total_label if row == TOTAL_ROW else totals.get(row, "")
    if form.has_code_rows:
        return base(row), report.rows_of(form.id).name(row)
    return "", ""


def _head(form: Form, column: Column | None, cell: Cell) -> tuple[str, str]:
    """Return (printed number, label) of a column; the label names what stands above it."""
    if column is None:
        return "", cell.col
    above = list(column.path)
    side = form.side_of(cell.row)
    if side is not None:
        above = [side.head, *above]
    elif form.shape is Shape.BLOCKS:
        block = form.block_of(cell.row)
        above = [block.head, *above] if block is not None and not form.is_total_row(cell.row) else above
    number = str(column.no) if column.no is not None and form.prints_column_numbers else ""
    return number, "/".join(filter(None, [*above, column.label]))
