"""XML spreadsheets of 2003 (often saved with the suffix .xls): one grid per worksheet."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .cleaning import clean_cell, number_text
from .encoding import read_text_file
from .limits import check_area
from .model import Block, Grid, Position
from .spans import merge_ranges
from .watch import Watch
from .xmltools import Element, attribute, child, children, int_attribute, parse_xml

_MAX_INDEX: Final = 1_048_576
Pair = tuple[str, str | None]


def read_xml_sheet(path: Path, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Read every worksheet; raises SourceError."""
    root = parse_xml(read_text_file(path))
    sheets = list(children(root, "Worksheet"))
    blocks: list[Block] = []
    for index, sheet in enumerate(sheets):
        watch.step(index / len(sheets), "正在读取工作表")
        name = attribute(sheet, "Name") or f"Sheet{index + 1}"
        table = child(sheet, "Table")
        grid = _grid(table, name, index + 1) if table is not None else None
        if grid is not None:
            blocks.append(grid)
    return blocks, [], max(len(sheets), 1)


def _grid(table: Element, name: str, page: int) -> Grid | None:
    filled: dict[tuple[int, int], Pair] = {}
    merges: list[tuple[int, int, int, int]] = []
    at = 0
    for row in children(table, "Row"):
        at = min(max(int_attribute(row, "Index", at + 1), at + 1), _MAX_INDEX)
        col = 0
        for cell in children(row, "Cell"):
            col = min(max(int_attribute(cell, "Index", col + 1), col + 1), _MAX_INDEX)
            across = max(int_attribute(cell, "MergeAcross", 0), 0)
            down = max(int_attribute(cell, "MergeDown", 0), 0)
            if across or down:
                merges.append((at - 1, col - 1, at - 1 + down, col - 1 + across))
            pair = _pair(child(cell, "Data"))
            if pair[0]:
                filled[at - 1, col - 1] = pair
            col += across
    if not filled:
        return None
    height, width = max(row for row, _ in filled) + 1, max(col for _, col in filled) + 1
    check_area(height, width, f"工作表“{name}”")
    matrix = [[filled.get((row, col), ("", None)) for col in range(width)] for row in range(height)]
    return Grid(merge_ranges(matrix, merges), page, name, Position(page=page, sheet=name, row=0, col=0), "sheet")


def _pair(data: Element | None) -> Pair:
    if data is None:
        return "", None
    text = clean_cell("".join(data.itertext()))
    if attribute(data, "Type") != "Number":
        return text, None
    try:
        number = number_text(float(text))
    except ValueError:
        return text, None
    return (text, None) if number is None else (number, number)
