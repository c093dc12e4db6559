"""The look of the official forms in a workbook: formats, sizes on paper, heights of wrapped text."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

from desktopapp.core.layout import BodyCell

TITLE_FONT = "黑体"
TEXT_FONT = "宋体"
TITLE_SIZE = 18
TEXT_SIZE = 10
#: Zero stays empty, as in print.
AMOUNT_FORMAT = "#,##0.00;-#,##0.00;;@"
_POINTS_PER_MM = 72 / 25.4
_PIXELS_PER_MM = 96 / 25.4
#: Height of one line of text in points.
LINE_HEIGHT = TEXT_SIZE * 1.35
_PADDING_MM = 1.8
_A4 = (210.0, 297.0)
#: Left and right, top, bottom margins in mm.
SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 14.0, 17.0, 15.0


class Formats:
    """The cell formats of one workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        """Return a format in the text font with these properties."""
        key = tuple(sorted(properties.items()))
        found = self._made.get(key)
        if found is None:
            base = {"font_name": TEXT_FONT, "font_size": TEXT_SIZE, "valign": "vcenter"}
            found = self._made[key] = self._book.add_format(base | properties)
        return found

    def title(self) -> Format:
        """Return the format of the title row."""
        return self.get(font_name=TITLE_FONT, font_size=TITLE_SIZE, align="center")

    def line(self, align: str) -> Format:
        """Return the format of the lines between title and table."""
        return self.get(align=align)

    def note(self) -> Format:
        """Return the format of the notes under the table."""
        return self.get(align="left", valign="top", text_wrap=True)

    def head(self) -> Format:
        """Return the format of header cells."""
        return self.get(align="center", text_wrap=True, border=1)

    def body(self, cell: BodyCell) -> Format:
        """Return the format of a body cell by its kind and style."""
        bold = {"bold": True} if cell.style in ("total", "grand") else {}
        if cell.kind == "amount":
            return self.get(align="right", num_format=AMOUNT_FORMAT, border=1, **bold)
        if cell.kind == "number":
            return self.get(align="center", border=1)
        if cell.kind == "code":
            return self.get(align="left", num_format="@", border=1, **bold)
        if cell.kind == "label" and bold:
            return self.get(align="center", text_wrap=True, border=1, **bold)
        if cell.kind == "blank":
            return self.get(border=1)
        indent = {"indent": 2} if cell.style == "sub" else {}
        return self.get(align="left", text_wrap=True, border=1, **bold, **indent)


def column_widths(widths: tuple[int, ...], orientation: str) -> list[float]:
    """Return column widths in mm: those of the layout, widened where the page has room."""
    room = page_size(orientation)[0]
    factor = max(1.0, 0.985 * room / sum(widths))
    return [width * factor for width in widths]


def page_size(orientation: str) -> tuple[float, float]:
    """Return width and height in mm of what can be printed on one A4 page."""
    width, height = _A4 if orientation == "portrait" else (_A4[1], _A4[0])
    return width - 2 * SIDE_MARGIN, height - TOP_MARGIN - BOTTOM_MARGIN


def pixels(width: float) -> int:
    """Return mm as pixels of a column."""
    return round(width * _PIXELS_PER_MM)


def points(width: float) -> float:
    """Return mm as points."""
    return width * _POINTS_PER_MM


def text_lines(text: str, width: float, size: float = TEXT_SIZE) -> int:
    """Return how many lines a text takes in a cell ``width`` mm wide."""
    room = max((width - _PADDING_MM) * _POINTS_PER_MM, size)
    lines = 0
    for piece in text.split("\n"):
        length = sum(size if unicodedata.east_asian_width(c) in "WFA" else size * 0.55 for c in piece)
        lines += max(1, math.ceil(length / room - 0.01))
    return lines


def inches(width: float) -> float:
    """Return mm as inches."""
    return width / 25.4
