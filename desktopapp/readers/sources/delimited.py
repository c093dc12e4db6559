"""Separated values (.csv, .tsv, a table copied from a spreadsheet): one grid."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from .cleaning import clean_cell
from .encoding import decode_text, read_text_file
from .errors import SourceError
from .limits import MAX_ROWS, check_area
from .model import Block, Cell, Grid, Position
from .watch import Watch

_SEPARATORS: Final = (",", "\t", ";", "|")
_SAMPLE_LINES: Final = 200
_CALL_ROWS: Final = 1024


def read_delimited(path: Path, tabs: bool, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Read a .csv or .tsv file; the separator is found from the content. Raises SourceError."""
    text, warning = decode_text(read_text_file(path))
    watch.step(0.3, "正在读取表格文字")
    blocks, warnings, pages = parse_delimited(text, _find_separator(text, "\t" if tabs else ","), watch)
    return blocks, [*([warning] if warning else []), *warnings], pages


def parse_delimited(text: str, separator: str, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Return the text as one grid; a quoted cell may hold separators and line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[tuple[Cell, ...]] = []
    lines: list[int] = []
    width, line = 0, 1
    try:
        for record in reader:
            if len(rows) % _CALL_ROWS == 0:
                watch.check()
            width = max(width, len(record))
            check_area(len(rows) + 1, width, "表格")
            if record and not (len(record) == 1 and not record[0].strip()):
                rows.append(text_row(record, len(rows)))
                lines.append(line)
            line = reader.line_num + 1
            if line > 4 * MAX_ROWS:
                raise SourceError(f"文本超过 {4 * MAX_ROWS} 行，请删除多余内容后再导入。")
    except csv.Error as error:
        raise SourceError(f"第 {reader.line_num} 行的引号或分隔符有误，请检查后再导入。") from error
    if not any(cell.text for row in rows for cell in row):
        return [], [], 1
    return [Grid(tuple(rows), 1, "", Position(line=lines[0]), "delimited", lines=tuple(lines))], [], 1


def text_row(texts: Sequence[str], row: int) -> tuple[Cell, ...]:
    """Return one row of plain cells."""
    return tuple(Cell(clean_cell(text), row, col) for col, text in enumerate(texts))


def _find_separator(text: str, default: str) -> str:
    """Return the separator that cuts the first lines into the most regular columns.

    A separator scores by how many records it cuts into its most frequent number of columns (two or more).
    """
    sample = "\n".join(islice(text.splitlines(), _SAMPLE_LINES))
    best, best_score = default, 0
    for separator in (default, *(other for other in _SEPARATORS if other != default)):
        try:
            widths = Counter(len(record) for record in csv.reader(io.StringIO(sample), delimiter=separator) if record)
        except csv.Error:
            continue
        score = max((count * min(width, 12) for width, count in widths.items() if width > 1), default=0)
        if score > best_score:
            best, best_score = separator, score
    return best
