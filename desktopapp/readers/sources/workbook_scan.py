"""One sheet's XML read in a single linear pass: its true extent, formulas never calculated, percent formats.

The workbook library allots a dense range for every sheet, so one stray cell in the last row would take gigabytes;
formulas without a stored result come out of it as empty cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from .errors import SourceError
from .limits import MAX_CELLS

_TAG: Final = re.compile(rb"<(/?)(?:[^\s<>/:=]+:)?(row|c|v|f|is)(?=[\s/>])([^>]*)>")
_PLACE: Final = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,7})(\d{1,12})[\"']")
_STYLE: Final = re.compile(rb"\bs\s*=\s*[\"'](\d{1,6})[\"']")
_TYPE: Final = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")


@dataclass(slots=True)
class SheetScan:
    """Findings about one sheet: 0-based extent of cells with content, and cells by (row, col)."""

    last_row: int = -1
    last_col: int = -1
    shared_strings: int = 0
    uncached: list[tuple[int, int]] = field(default_factory=list)
    percents: dict[tuple[int, int], int] = field(default_factory=dict)
    """Cells shown in percent, with the number of decimals."""
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged ranges (top, left, bottom, right), where the workbook library does not tell them."""

    def reach(self, row: int, col: int) -> None:
        """Note that there is content at this place."""
        self.last_row, self.last_col = max(self.last_row, row), max(self.last_col, col)


class _Walk:
    """The state of a walk over the tags of one sheet."""

    def __init__(self, percents: dict[int, int]) -> None:
        self.scan = SheetScan()
        self._percents = percents
        self._row, self._col = -1, -1
        self._attributes = b""
        self._formula = self._filled = self._in_value = False
        self._value_start = 0
        self._cells = 0

    def tag(self, closing: bool, kind: bytes, rest: bytes, start: int, end: int) -> None:
        """Take one tag that stands at `start` to `end`."""
        if kind == b"row":
            if not closing:
                self._start_row(rest)
        elif kind == b"c":
            if not closing:
                self._start_cell(rest)
            if closing or rest.endswith(b"/"):
                self._end_cell()
        elif kind == b"f":
            self._formula = True
        elif kind == b"is":
            self._filled = True
        elif closing:
            self._filled = self._filled or (self._in_value and start > self._value_start)
            self._in_value = False
        else:
            self._in_value, self._value_start = not rest.endswith(b"/"), end

    def _start_row(self, attributes: bytes) -> None:
        place = _PLACE.search(attributes)
        self._row = int(place.group(2)) - 1 if place is not None else self._row + 1
        self._col = -1

    def _start_cell(self, attributes: bytes) -> None:
        self._cells += 1
        if self._cells > 4 * MAX_CELLS:
            raise SourceError(f"工作表的单元格超过 {4 * MAX_CELLS} 个，请删除多余的行和列后再导入。")
        self._attributes = attributes
        self._formula = self._filled = self._in_value = False
        place = _PLACE.search(attributes)
        if place is not None and place.group(1):
            self._row, self._col = int(place.group(2)) - 1, _column(place.group(1))
        else:
            self._col += 1

    def _end_cell(self) -> None:
        kind = _TYPE.search(self._attributes)
        text_result = kind is not None and kind.group(1) == b"str"
        if self._formula and not self._filled and not text_result:
            self.scan.uncached.append((self._row, self._col))
        if not self._filled:
            return
        self.scan.reach(self._row, self._col)
        if kind is not None and kind.group(1) == b"s":
            self.scan.shared_strings += 1
        if self._percents and (style := _STYLE.search(self._attributes)) is not None:
            decimals = self._percents.get(int(style.group(1)))
            if decimals is not None:
                self.scan.percents[self._row, self._col] = decimals


def scan_sheet(content: bytes, percents: dict[int, int]) -> SheetScan:
    """Return the findings about a sheet; `percents` maps cell styles that show a percentage to their decimals."""
    walk = _Walk(percents)
    for tag in _TAG.finditer(content):
        closing, kind, rest = tag.groups()
        walk.tag(bool(closing), kind, rest, tag.start(), tag.end())
    return walk.scan


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1
