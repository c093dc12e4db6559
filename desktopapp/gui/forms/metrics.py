"""Sizes of a form on screen: fonts, column edges and row heights for one zoom.

Widths come from the printed widths of the layout (mm), scaled so that an amount of twelve characters fits into 24 mm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from desktopapp.core.layout import HeadCell
from desktopapp.gui.forms.grid import Grid
from desktopapp.gui.forms.wrapping import wrapped
from desktopapp.gui.palette import sheet_font, title_font

ZOOMS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_TYPICAL = "8,888,888.88"
_TYPICAL_MM = 24
_NARROWEST = 24
_KNOWN_WIDTHS = 20_000


class Metrics:
    """Fonts and heights at one zoom; ``mm`` is the number of pixels of one printed millimetre."""

    def __init__(self, zoom: float) -> None:
        self.zoom = zoom
        self.font = sheet_font(zoom)
        self.bold = sheet_font(zoom, bold=True)
        self.narrow = sheet_font(zoom)
        self.narrow.setStretch(76)
        self.title = title_font(zoom)
        self._metrics = {font: QFontMetricsF(font) for font in (self.font, self.bold, self.narrow)}
        plain = self._metrics[self.font]
        self.ascent, self.descent = plain.ascent(), plain.descent()
        self.pad = max(3, round(plain.horizontalAdvance("0") * 0.75))
        self.row_height = max(12, round(plain.height() * 1.32))
        self.mm = (plain.horizontalAdvance(_TYPICAL) + 2 * self.pad) / _TYPICAL_MM
        self._known: dict[tuple[bool, str], float] = {}

    def width(self, text: str, bold: bool = False) -> float:
        """Return the width of a text in pixels, remembered."""
        key = (bold, text)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > _KNOWN_WIDTHS:
                self._known.clear()
            known = self._known[key] = self._metrics[self.bold if bold else self.font].horizontalAdvance(text)
        return known

    def fitted(self, text: str, room: float, bold: bool = False) -> tuple[str, QFont]:
        """Return a text and the font in which it fits into ``room`` pixels: as it is, narrow, or cut short."""
        font = self.bold if bold else self.font
        if self.width(text, bold) <= room:
            return text, font
        narrow = self._metrics[self.narrow]
        if narrow.horizontalAdvance(text) <= room:
            return text, self.narrow
        return narrow.elidedText(text, Qt.TextElideMode.ElideRight, room), self.narrow

    def fits(self, text: str, room: float, bold: bool = False) -> bool:
        """Tell whether a text can be shown whole."""
        return self.width(text, bold) <= room or self._metrics[self.narrow].horizontalAdvance(text) <= room

    def column_widths(
        self, grid: Grid, widest: Mapping[int, str], chosen: Mapping[int, float], stretch: float = 1.0
    ) -> list[int]:
        """Return the widths of the screen columns.

        ``widest`` are the widest amounts by column, ``chosen`` widths that the user dragged, in pixels at 100 %.
        """
        widths = []
        ends = [*grid.starts[1:], len(grid.layout.widths)]
        for column, (start, end) in enumerate(zip(grid.starts, ends, strict=True)):
            if column in chosen:
                widths.append(max(_NARROWEST, round(chosen[column] * self.zoom)))
                continue
            printed = sum(grid.layout.widths[start:end]) * self.mm * stretch
            needed = self.width(widest.get(column, ""), bold=True) + 2 * self.pad + 2
            widths.append(round(max(printed, needed)))
        return widths


def layout_edges(grid: Grid, edges: list[int]) -> list[int]:
    """Return the x of every layout column's left edge, and the right edge of the last, from those of screen columns."""
    found: list[int] = []
    ends = [*grid.starts[1:], len(grid.layout.widths)]
    for column, (start, end) in enumerate(zip(grid.starts, ends, strict=True)):
        parts = grid.layout.widths[start:end]
        room, whole = edges[column + 1] - edges[column], sum(parts)
        found += [edges[column] + round(room * done / whole) for done in (0, *accumulate(parts[:-1]))]
    return [*found, edges[-1]]


def edges_of(widths: Iterable[int]) -> list[int]:
    """Return left edges and the last right edge of columns of these widths."""
    return [0, *accumulate(widths)]


def head_texts(metrics: Metrics, grid: Grid, xs: list[int], pairs: Counter[str]) -> dict[HeadCell, str]:
    """Return the texts of the header cells, broken into lines that fit."""
    texts = {}
    for cell in grid.layout.head:
        room = xs[cell.col + cell.colspan] - xs[cell.col] - metrics.pad
        texts[cell] = wrapped(cell.text.strip(), room, metrics.width, pairs)
    return texts


def head_edges(metrics: Metrics, grid: Grid, texts: Mapping[HeadCell, str]) -> list[int]:
    """Return the y of every header row's top, and the bottom of the last: as high as the wrapped texts need."""
    line = QFontMetricsF(metrics.font).height()
    heights = [round(line * 1.4)] * grid.layout.head_rows
    for cell in sorted(grid.layout.head, key=lambda h: h.rowspan):
        needed = round(line * (texts[cell].count("\n") + 1.4))
        missing = needed - sum(heights[cell.row : cell.row + cell.rowspan])
        if missing > 0:
            heights[_row_to_grow(cell, grid)] += missing
    return [0, *accumulate(heights)]


def _row_to_grow(cell: HeadCell, grid: Grid) -> int:
    """Return the row that makes room for a tall cell: its last one, but not the row of column numbers."""
    last = cell.row + cell.rowspan - 1
    numbers = grid.layout.head_rows - 1
    return last - 1 if cell.rowspan > 1 and last == numbers else last
