"""Puts one laid-out form on one sheet: title, mark, department and unit, merged header, body, notes, page set-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from desktopapp.core.amount import Unit
from desktopapp.core.layout import BodyCell, TableLayout
from desktopapp.core.template import Cell
from desktopapp.writers.xlsx_formulas import Place
from desktopapp.writers.xlsx_names import safe_text
from desktopapp.writers.xlsx_style import (
    BOTTOM_MARGIN,
    LINE_HEIGHT,
    SIDE_MARGIN,
    TITLE_SIZE,
    TOP_MARGIN,
    Formats,
    column_widths,
    inches,
    page_size,
    pixels,
    points,
    text_lines,
)

#: Title, mark, department and unit stand above the header.
HEAD_ROW = 3
_A4_PAPER = 9
_TITLE_HEIGHT = TITLE_SIZE * 1.9
_ROW_HEIGHT = 17.0
_ROOMY_ROW_HEIGHT = 21.0
_HEAD_ROW_HEIGHT = 18.0
_PADDING = 4.0
#: A form that would need a little more than one page is scaled down to one; below this it would be hard to read.
_SMALLEST_SCALE = 0.66


def places_of(layout: TableLayout, sheet: str) -> dict[Cell, Place]:
    """Return where each amount of a form stands on its sheet."""
    first = HEAD_ROW + layout.head_rows
    return {b.cell: Place(sheet, first + at, b.col) for at, b in layout.amounts() if b.cell is not None}


@dataclass(frozen=True, slots=True)
class SheetWriter:
    """Writes forms on sheets; ``amounts`` in 分, ``formulas`` without leading "="."""

    formats: Formats
    unit: Unit
    amounts: Mapping[Cell, int]
    formulas: Mapping[Cell, str]
    check: Callable[[], None]

    def write(self, sheet: Worksheet, layout: TableLayout) -> None:
        """Write one form; ``check`` is called now and then and may raise."""
        widths = column_widths(layout.widths, layout.orientation)
        heights = [_TITLE_HEIGHT, _ROW_HEIGHT, _ROW_HEIGHT]
        for col, width in enumerate(widths):
            sheet.set_column_pixels(col, col, pixels(width))
        self._lines_above(sheet, layout)
        self._head(sheet, layout)
        heights += _head_heights(layout, widths)
        body = self._body(sheet, layout, widths)
        notes = self._notes(sheet, layout, widths, len(heights) + len(body))
        heights += _stretched(body, layout, widths, sum(heights) + sum(notes)) + notes
        for row, height in enumerate(heights):
            sheet.set_row(row, height)
        _set_up_page(sheet, layout, widths, heights)

    def _lines_above(self, sheet: Worksheet, layout: TableLayout) -> None:
        last = len(layout.widths) - 1
        span(sheet, 0, 0, 1, last + 1, layout.title, self.formats.title())
        # Not merged: the texts run over the empty cells beside them, and columns can be moved freely.
        sheet.write_string(1, last, safe_text(layout.mark), self.formats.line("right"))
        sheet.write_string(2, 0, safe_text(layout.department_line), self.formats.line("left"))
        sheet.write_string(2, last, safe_text(layout.unit_line), self.formats.line("right"))

    def _head(self, sheet: Worksheet, layout: TableLayout) -> None:
        style = self.formats.head()
        for cell in layout.head:
            row = HEAD_ROW + cell.row
            if cell.text.isdigit() and cell.rowspan == cell.colspan == 1:
                sheet.write_number(row, cell.col, int(cell.text), style)
            else:
                span(sheet, row, cell.col, cell.rowspan, cell.colspan, cell.text, style)

    def _body(self, sheet: Worksheet, layout: TableLayout, widths: list[float]) -> list[float]:
        heights = []
        first = HEAD_ROW + layout.head_rows
        for at, cells in enumerate(layout.body):
            if at % 256 == 0:
                self.check()
            lines = 1
            for cell in cells:
                self._body_cell(sheet, first + at, cell)
                if cell.text and cell.kind in ("label", "name"):
                    width = sum(widths[cell.col : cell.col + cell.colspan]) - (7 if cell.style == "sub" else 0)
                    lines = max(lines, text_lines(cell.text, width))
            heights.append(max(_ROW_HEIGHT, lines * LINE_HEIGHT + _PADDING))
        return heights

    def _body_cell(self, sheet: Worksheet, row: int, cell: BodyCell) -> None:
        style = self.formats.body(cell)
        if cell.cell is not None:
            amount = self.amounts.get(cell.cell)
            formula = self.formulas.get(cell.cell)
            if formula is not None:
                sheet.write_formula(row, cell.col, "=" + formula, style, self._number(amount or 0))
            elif amount is not None:
                sheet.write_number(row, cell.col, self._number(amount), style)
            else:
                sheet.write_blank(row, cell.col, None, style)
        elif cell.kind == "number" and cell.text.isdigit():
            sheet.write_number(row, cell.col, int(cell.text), style)
        else:
            span(sheet, row, cell.col, 1, cell.colspan, cell.text, style)

    def _number(self, amount: int) -> Decimal:
        """Return 分 as an exact number in the unit of the sheet, with as few decimals as it needs."""
        places = 6 if self.unit is Unit.WAN else 2
        while places and amount % 10 == 0:
            amount, places = amount // 10, places - 1
        return Decimal(amount).scaleb(-places)

    def _notes(self, sheet: Worksheet, layout: TableLayout, widths: list[float], row: int) -> list[float]:
        heights = []
        for at, note in enumerate(layout.notes):
            span(sheet, row + at, 0, 1, len(widths), note, self.formats.note())
            heights.append(text_lines(note, sum(widths)) * LINE_HEIGHT + _PADDING)
        return heights


def span(sheet: Worksheet, row: int, col: int, rowspan: int, colspan: int, text: str, style: object) -> None:
    """Write a text, never a formula or a link, into one cell or a merged range."""
    if rowspan > 1 or colspan > 1:
        sheet.merge_range(row, col, row + rowspan - 1, col + colspan - 1, "", style)
    if text:
        sheet.write_string(row, col, safe_text(text), style)
    else:
        sheet.write_blank(row, col, None, style)


def _head_heights(layout: TableLayout, widths: list[float]) -> list[float]:
    """Return the heights of header rows; what a tall label needs is shared among the rows it spans."""
    heights = [_HEAD_ROW_HEIGHT] * layout.head_rows
    for cell in sorted(layout.head, key=lambda c: c.rowspan):
        lines = text_lines(cell.text, sum(widths[cell.col : cell.col + cell.colspan]))
        have = sum(heights[cell.row : cell.row + cell.rowspan])
        missing = lines * LINE_HEIGHT + _PADDING - have
        if missing > 0:
            for row in range(cell.row, cell.row + cell.rowspan):
                heights[row] += missing / cell.rowspan
    return heights


def _stretched(body: list[float], layout: TableLayout, widths: list[float], others: float) -> list[float]:
    """Return the heights of body rows, roomier where the page leaves space under the form."""
    wide, high = page_size(layout.orientation)
    room = points(high) * max(1.0, sum(widths) / wide) - others
    spare = (room - sum(body)) / max(len(body), 1)
    more = min(max(spare - 0.5, 0.0), _ROOMY_ROW_HEIGHT - _ROW_HEIGHT)
    return [height + more for height in body]


def _set_up_page(sheet: Worksheet, layout: TableLayout, widths: list[float], heights: list[float]) -> None:
    first, last = HEAD_ROW + layout.head_rows, len(widths) - 1
    set_up_paper(sheet, layout.orientation, len(heights), last + 1)
    sheet.fit_to_pages(1, 1 if _fits_one_page(layout, widths, heights) else 0)
    sheet.repeat_rows(HEAD_ROW, first - 1)
    sheet.freeze_panes(first, layout.lead)
    # Codes are texts that look like numbers; without this every one of them gets a green corner.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_rowcol_to_cell(len(heights) - 1, last)}"})


def set_up_paper(sheet: Worksheet, orientation: str, rows: int, columns: int) -> None:
    """Set paper, margins and page numbers for a sheet of so many rows and columns."""
    if orientation == "landscape":
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_paper(_A4_PAPER)
    sheet.set_margins(inches(SIDE_MARGIN), inches(SIDE_MARGIN), inches(TOP_MARGIN), inches(BOTTOM_MARGIN))
    sheet.center_horizontally()
    sheet.print_area(0, 0, rows - 1, columns - 1)
    sheet.set_footer('&C&"宋体,常规"&9第 &P 页，共 &N 页', {"margin": inches(7)})
    sheet.hide_gridlines(2)


def _fits_one_page(layout: TableLayout, widths: list[float], heights: list[float]) -> bool:
    wide, high = page_size(layout.orientation)
    by_width = min(1.0, wide / sum(widths))
    by_height = points(high) / sum(heights)
    return by_height >= by_width or by_height >= _SMALLEST_SCALE
