"""Forms as other people's workbooks hold them: shifted, wrapped, unmerged, in 元, as text, codes in three columns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from desktopapp.core.amount import Unit, format_number
from desktopapp.core.layout import BodyCell, TableLayout, lay_out
from desktopapp.core.report import Report
from desktopapp.readers.sources.model import Cell as SourceCell


@dataclass(frozen=True)
class Style:
    """How a workbook differs from ours.

    Attributes:
        down, right: how far the tables are shifted.
        unit: unit of the amounts.
        as_text: amounts are texts with thousand separators.
        code_columns: 1, or 3 for 类, 款 and 项 each in its own cell where the form has columns for them.
        wrapped: header words are broken by line feeds and blanks.
        merged: whether merged cells stay merged; their text is then in the first cell only.
        line_numbers, column_numbers: whether they are printed.
        blank_rows: every so many body rows an empty one follows, 0 for none.
        mark_first: the mark stands above the title, the department in one cell with the unit.
        titles: whether titles and marks are printed at all.
        year: whether titles name the year.
    """

    down: int = 0
    right: int = 0
    unit: Unit = Unit.WAN
    as_text: bool = False
    code_columns: int = 1
    wrapped: bool = False
    merged: bool = True
    line_numbers: bool = True
    column_numbers: bool = True
    blank_rows: int = 0
    mark_first: bool = False
    titles: bool = True
    year: bool = True


Value = str | int | Decimal
#: row, column, row span, column span, value
Piece = tuple[int, int, int, int, Value]


def form_pieces(report: Report, form_id: str, style: Style) -> list[Piece]:
    """Return the cells of one form, as they would be typed into a sheet."""
    layout = lay_out(report, form_id, style.unit)
    pieces: list[Piece] = []
    at = _top(pieces, layout, style)
    at += _head(pieces, layout, style, at)
    at = _body(pieces, report, layout, style, at)
    for note in layout.notes:
        pieces.append((at, 0, 1, len(layout.widths), note))
        at += 1
    moved = [(r + style.down, c + style.right, rs, cs, v) for r, c, rs, cs, v in pieces]
    return moved if style.merged else [(r, c, 1, 1, v) for r, c, _, _, v in moved]


def _top(pieces: list[Piece], layout: TableLayout, style: Style) -> int:
    width = len(layout.widths)
    title = layout.title if style.year else layout.title.rpartition("年度")[2]
    if style.mark_first:
        lines: list[str] = [layout.mark, title] if style.titles else []
        lines.append(f"{layout.department_line}        {layout.unit_line}")
        pieces += [(at, 0, 1, width, line) for at, line in enumerate(lines)]
        return len(lines)
    if style.titles:
        pieces += [(0, 0, 1, width, title), (1, width - 1, 1, 1, layout.mark)]
    pieces += [(2, 0, 1, 1, layout.department_line), (2, width - 1, 1, 1, layout.unit_line)]
    return 3


def _head(pieces: list[Piece], layout: TableLayout, style: Style, at: int) -> int:
    for cell in layout.head:
        text = cell.text
        if text.isdigit() and not style.column_numbers:
            text = ""
        if style.wrapped and len(text) >= 4:
            text = text[:2] + "\n" + text[2:4] + " " + text[4:]
        elif style.wrapped and len(text) == 2 and not text.isdigit():
            text = f"{text[0]}  {text[1]}"
        pieces.append((at + cell.row, cell.col, cell.rowspan, cell.colspan, text))
    return layout.head_rows


def _body(pieces: list[Piece], report: Report, layout: TableLayout, style: Style, at: int) -> int:
    form = report.template.form(layout.form_id)
    split = style.code_columns == 3 and sum(1 for lead in form.lead if lead.kind != "name") == 3
    for number, row in enumerate(layout.body):
        for cell in row:
            if cell.kind == "code" and split:
                parts = (cell.text[:3], cell.text[3:5], cell.text[5:7])
                pieces += [(at, cell.col + i, 1, 1, part) for i, part in enumerate(parts) if part]
            elif cell.cell is not None:
                amount = report.get(cell.cell)
                if amount is not None:
                    pieces.append((at, cell.col, 1, 1, _value(amount, style)))
            elif cell.kind != "number" or style.line_numbers:
                pieces.append((at, cell.col, 1, cell.colspan, _text(cell)))
        at += 1
        if style.blank_rows and number % style.blank_rows == style.blank_rows - 1:
            at += 1
    return at


def _text(cell: BodyCell) -> Value:
    return int(cell.text) if cell.kind == "number" and cell.text.isdigit() else cell.text


def _value(amount: int, style: Style) -> Value:
    places = 6 if style.unit is Unit.WAN else 2
    if style.as_text:
        text = format_number(amount, style.unit, decimals=places)
        whole, _, decimals = text.partition(".")
        return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"
    return Decimal(amount).scaleb(-places)


def grid_rows(pieces: list[Piece]) -> list[list[SourceCell]]:
    """Return pieces as the rows of a grid."""
    height = max(r + rs for r, _, rs, _, _ in pieces)
    rows: list[list[SourceCell]] = [[] for _ in range(height)]
    for row, col, rowspan, colspan, value in sorted(pieces, key=lambda p: p[:2]):
        number = f"{value:f}" if isinstance(value, Decimal) else str(value) if isinstance(value, int) else None
        rows[row].append(SourceCell(number or str(value), row, col, rowspan, colspan, number))
    return rows


def write_pieces(sheet: Worksheet, pieces: list[Piece]) -> None:
    """Put pieces on a sheet of a workbook."""
    for row, col, rowspan, colspan, value in pieces:
        if value != "":
            sheet.cell(row + 1, col + 1, value)
        if rowspan > 1 or colspan > 1:
            sheet.merge_cells(start_row=row + 1, start_column=col + 1, end_row=row + rowspan, end_column=col + colspan)


def foreign_workbook(report: Report, path: Path, style: Style, order: list[str], *, stacked: bool = False) -> None:
    """Write forms in an order of their own, one a sheet without a telling name, or all below each other on one."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    below = 0
    for number, form_id in enumerate(order):
        if number and not stacked:
            sheet = book.create_sheet(f"Sheet{number + 1}")
        pieces = [(r + below, c, rs, cs, v) for r, c, rs, cs, v in form_pieces(report, form_id, style)]
        write_pieces(sheet, pieces)
        below = max(r + rs for r, _, rs, _, _ in pieces) + 2 if stacked else 0
    book.save(path)
