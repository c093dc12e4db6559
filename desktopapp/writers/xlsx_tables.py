"""Puts the document's other tables (self-evaluation forms, key work) on sheets of the workbook, one each."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from desktopapp.narrative.document import Table
from desktopapp.writers.tables import RuledCell, RuledTable, plain_table
from desktopapp.writers.xlsx_names import free_name
from desktopapp.writers.xlsx_sheet import set_up_paper, span
from desktopapp.writers.xlsx_style import LINE_HEIGHT, TITLE_SIZE, Formats, column_widths, pixels, text_lines

_TITLE_ROWS = 1
_TITLE_HEIGHT = TITLE_SIZE * 1.9
_ROW_HEIGHT = 19.0
_PADDING = 5.0


def write_tables(book: Workbook, formats: Formats, tables: Sequence[Table], taken: set[str]) -> None:
    """Write each table on a sheet named after it; ``taken`` holds the names of other sheets in lower case."""
    for table in tables:
        sheet = book.add_worksheet(free_name(table.caption, taken))
        _write(sheet, formats, plain_table(table))


def _write(sheet: Worksheet, formats: Formats, table: RuledTable) -> None:
    widths = column_widths(table.widths, table.orientation)
    for col, width in enumerate(widths):
        sheet.set_column_pixels(col, col, pixels(width))
    span(sheet, 0, 0, 1, len(widths), table.title, formats.title())
    for cell in table.cells:
        bold = {"bold": True} if cell.bold else {}
        style = formats.get(align=cell.align, text_wrap=True, border=1, **bold)
        span(sheet, _TITLE_ROWS + cell.row, cell.col, cell.rowspan, cell.colspan, cell.text, style)
    heights = [_TITLE_HEIGHT, *_heights(table, widths)]
    for note in table.notes:
        span(sheet, len(heights), 0, 1, len(widths), note, formats.note())
        heights.append(text_lines(note, sum(widths)) * LINE_HEIGHT + _PADDING)
    for row, height in enumerate(heights):
        sheet.set_row(row, height)
    set_up_paper(sheet, table.orientation, len(heights), len(widths))
    sheet.fit_to_pages(1, 0)


def _heights(table: RuledTable, widths: Sequence[float]) -> list[float]:
    """Return the heights of the rows; what a cell over several rows still lacks goes to its last one."""
    heights = [_ROW_HEIGHT] * table.rows
    for cell in sorted(table.cells, key=lambda c: c.rowspan):
        wanted = _wanted(cell, widths)
        rows = range(cell.row, cell.row + cell.rowspan)
        lacking = wanted - sum(heights[row] for row in rows)
        if lacking > 0:
            heights[rows[-1]] += lacking
    return heights


def _wanted(cell: RuledCell, widths: Sequence[float]) -> float:
    width = sum(widths[cell.col : cell.col + cell.colspan])
    return text_lines(cell.text, width) * LINE_HEIGHT + _PADDING if cell.text else 0.0
