"""How places of a report are called: in words for people, as addresses for programs."""

from __future__ import annotations

import re

from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, TOTAL_ROW, Cell, Column, Form, Line, Shape

#: 一、 or （二） or 3. before a label.
_ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]、?|[0-9]+[.．、])\s*")


def place_id(report: Report, cell: Cell) -> str:
    """Return the address of a cell in the notation of exports: 01.L27.c1, 03.2010301.c2, 03.total.c1, 06.30101, 09.c8.

    Numbers are those the template prints; where it prints none, keys stand instead.
    """
    form = report.template.form(cell.form)
    column = _column(form, cell)
    number = f"c{column.no}" if column is not None and column.no is not None else cell.col
    if form.shape is Shape.SINGLE:
        return f"{cell.form}.{number}"
    if form.shape is Shape.BLOCKS:
        return f"{cell.form}.{cell.row}" if base(cell.row).isdigit() else f"{cell.form}.{cell.row}_total"
    line = form.line(cell.row)
    if line is not None:
        return f"{cell.form}.L{line.no}.{number}" if line.no is not None else f"{cell.form}.{cell.row}.{number}"
    return f"{cell.form}.{cell.row}.{number}"


def form_name(report: Report, form_id: str) -> str:
    """Return how a form is called, with 上年 before last year's."""
    mark = report.template.form(form_id).called
    return f"上年{mark}" if form_id.startswith(LAST) else mark


def row_name(report: Report, form_id: str, row: str) -> str:
    """Return how a row is called: line number and label, or code and name."""
    form = report.template.form(form_id)
    if form.shape is Shape.SINGLE:
        return ""
    line = form.line(row)
    if line is not None:
        printed = line.no is not None and form.prints_line_numbers
        return f"{line.no}行“{_bare(line)}”" if printed else f"“{_qualified(form, line)}”"
    if row == TOTAL_ROW:
        return f"“{form.total_label}”"
    for total in form.totals():
        if total.key == row:
            return f"“{total.label}”"
    rows = report.rows_of(form_id)
    return f"{base(row)} {rows.name(row)}".strip() if row in rows else base(row)


def _bare(line: Line) -> str:
    """Return the label of a line without the ordinal before it."""
    return _ORDINAL.sub("", line.label) or line.label


def _qualified(form: Form, line: Line) -> str:
    """Return the label of a line; with what it stands under where no line number tells it from another."""
    label, side = _bare(line), form.side_of(line.key)
    if side is None or sum(_bare(ln) == label for s in form.sides for ln in s.lines) == 1:
        return label
    if line.style == "sub":
        above = [ln for ln in side.lines[: side.lines.index(line)] if not ln.blank and ln.style != "sub"]
        return f"{_bare(above[-1])}·{label}" if above else label
    # Only the sides tell one 总计 from the other; of a line and one below another, the first needs no more words.
    alike = [ln for s in form.sides for ln in s.lines if _bare(ln) == label and ln.style != "sub"]
    return f"{side.head}·{label}" if len(alike) > 1 else label


def column_name(report: Report, cell: Cell) -> str:
    """Return how the column of a cell is called, empty where its row has only one."""
    form = report.template.form(cell.form)
    column = _column(form, cell)
    if column is None or (form.shape is not Shape.SINGLE and len(form.columns_of(cell.row)) == 1):
        return ""
    label = "·".join((*column.path, column.label)) if form.shape is Shape.SINGLE else column.label
    if column.no is not None and form.prints_column_numbers:
        return f"{column.no}栏“{label}”"
    return f"“{label}”"


def describe(report: Report, cell: Cell) -> str:
    """Return the full name of a cell for a sentence: 公开03表 2010301 行政运行 2栏“基本支出”."""
    parts = (form_name(report, cell.form), row_name(report, cell.form, cell.row), column_name(report, cell))
    return " ".join(p for p in parts if p)


def _column(form: Form, cell: Cell) -> Column | None:
    return next((c for c in form.columns_of(cell.row) if c.key == cell.col), None)
