"""Scores for a whole list of indicators: a CSV file goes in, the same rows with a column ``score`` come out.

Finance bureaus check lists of many departments this way. The columns needed are indicator, weight, target and actual,
under their English names or the headings that the forms print (``templates/common/score_list.toml``); all others are
passed through. Columns for unit, comparison sign, changed target and 二级指标 are heeded where a list has them. A
column ``score`` that is already there keeps its values under the heading ``score_given``.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TextIO

from desktopapp.core.performance.checks import points
from desktopapp.core.performance.measures import signed_target
from desktopapp.core.performance.scoring import score_texts
from desktopapp.resources import resource_root

if TYPE_CHECKING:
    from _csv import Reader as _Reader

    from desktopapp.readers.sources import Cell

SCORE_COLUMN: Final = "score"
GIVEN_COLUMN: Final = "score_given"


class ScoreTableError(ValueError):
    """Raised when a list cannot be scored; its message is a sentence for the user."""


_NEEDED: Final = MappingProxyType(
    {"indicator": "指标", "weight": "权重（或分值）", "target": "目标值", "actual": "实际值"}
)
#: How xlsx, ods and xls files begin.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_NO_LIST: Final = "“{name}”不是文本文件，也不是能读的工作簿，请先在表格软件中另存为 CSV 再计分。"
_DELIMITERS: Final = (",", ";", "\t", "|", "，", "；")
_HEADING_ROWS: Final = 20
_LARGEST_FILE: Final = 64 * 1024 * 1024
_WEIGHT: Final = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)(?:分|%)?")


@dataclass(frozen=True, slots=True)
class _Table:
    """A list as read: every row, the place of the heading row, and the place of each known column."""

    rows: tuple[tuple[int, list[str]], ...]
    heading: int
    columns: Mapping[str, int]
    delimiter: str


def score_table(source: Path, out: TextIO) -> int:
    """Write the rows of a list with a column ``score`` to ``out`` as CSV and return how many indicators they are.

    A list is a CSV file or the sheet of a workbook (xlsx, xls, ods) that has the columns; its cells count as shown.
    UTF-8, UTF-16 with a mark and GB 18030 are read; comma, semicolon or tab; lines above the headings are passed
    through. The score is a decimal number without trailing zeros, empty where no rule applies.

    Raises ScoreTableError for a file that cannot be read, missing columns and rows longer than the headings; nothing is
    written then.
    """
    data = _read_bytes(source)
    text = _sheet_as_csv(source) if data.startswith(_WORKBOOKS) else _decode(data, source)
    table = _read_table(text, source)
    scored = [_scored(row, place, table, source) for place, (_, row) in enumerate(table.rows)]
    delimiter = table.delimiter if table.delimiter in ",;\t|" else ","
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(scored)
    return len(table.rows) - table.heading - 1


def _read_bytes(source: Path) -> bytes:
    try:
        if source.stat().st_size > _LARGEST_FILE:
            raise ScoreTableError(f"“{source.name}”超过 64 MB，不像指标清单，请检查是否选错了文件。")
        return source.read_bytes()
    except FileNotFoundError:
        raise ScoreTableError(f"找不到文件“{source}”，请检查路径。") from None
    except OSError as error:
        raise ScoreTableError(
            f"无法读取“{source}”：{error.strerror or error}，请检查文件是否被占用或有无权限。"
        ) from None


def _sheet_as_csv(source: Path) -> str:
    """Return the sheet of a workbook that holds most of the needed columns as CSV, cells as they are shown."""
    from desktopapp.readers.sources import SourceError, read_document

    try:
        sheets = read_document(source).grids()
    except SourceError:
        raise ScoreTableError(_NO_LIST.format(name=source.name)) from None
    headings = _headings()
    best: tuple[int, str] = (-1, "")
    for sheet in sheets:
        rows = [[cell.text for cell in _even(row)] for row in sheet.rows]
        found = max((sum(c in _columns(row, headings) for c in _NEEDED) for row in rows[:_HEADING_ROWS]), default=0)
        if found > best[0]:
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(rows)
            best = found, out.getvalue()
    return best[1]


def _even(row: Sequence[Cell]) -> list[Cell]:
    """Return the cells of a row with empty ones where merged cells cover several columns."""
    cells: list[Cell] = []
    for cell in row:
        cells += [replace(cell, text="") for _ in range(cell.col - len(cells))]
        cells.append(cell)
    return cells


def _decode(data: bytes, source: Path) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in data or data.startswith(b"%PDF"):
        raise ScoreTableError(_NO_LIST.format(name=source.name))
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ScoreTableError(f"无法识别“{source.name}”的文字编码，请另存为 UTF-8 编码的 CSV 再计分。")


def _read_table(text: str, source: Path) -> _Table:
    """Read the text with each delimiter in turn; the one whose headings hold most of the needed columns is right."""
    best: tuple[int, str, int, dict[str, int]] = (0, ",", 0, {})
    headings = _headings()
    for delimiter in _DELIMITERS:
        for place, (_, row) in enumerate(_first_rows(text, delimiter)):
            columns = _columns(row, headings)
            found = sum(1 for column in _NEEDED if column in columns)
            if found > best[0]:
                best = (found, delimiter, place, columns)
    found, delimiter, place, columns = best
    if not text.strip():
        raise ScoreTableError(f"“{source.name}”是空文件，请检查是否选错了文件。")
    if missing := [name for column, name in _NEEDED.items() if column not in columns]:
        raise ScoreTableError(
            f"“{source.name}”缺少“{'”“'.join(missing)}”列，表头应有：指标、权重、目标值、实际值"
            "（或 indicator、weight、target、actual）。"
        )
    return _Table(tuple(_rows(text, delimiter, source)), place, columns, delimiter)


def _rows(text: str, delimiter: str, source: Path) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, each with its line number."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return list(_filled(reader))
    except csv.Error as error:
        raise ScoreTableError(
            f"“{source.name}”第 {reader.line_num} 行不是有效的 CSV（{error}），请检查引号。"
        ) from None


def _first_rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the rows among which the headings stand; what is no sound CSV is said where all rows are read."""
    rows: list[tuple[int, list[str]]] = []
    with suppress(csv.Error):
        for row in islice(_filled(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), _HEADING_ROWS):
            rows.append(row)
    return rows


def _filled(reader: _Reader) -> Iterator[tuple[int, list[str]]]:
    return ((reader.line_num, row) for row in reader if any(cell.strip() for cell in row))


def _headings() -> dict[str, list[str]]:
    """Return the headings of each column, the most specific first."""
    data = tomllib.loads((resource_root() / "templates" / "common" / "score_list.toml").read_text(encoding="utf-8"))
    return {column: list(words) for column, words in data["headings"].items()}


def _columns(row: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the place of each known column; of several headings for one column the most specific counts."""
    plain = [_plain_heading(cell) for cell in row]
    columns: dict[str, int] = {}
    for column, headings in known.items():
        places = [plain.index(heading) for heading in headings if heading in plain]
        if places:
            columns[column] = places[0]
    return columns


def _plain_heading(cell: str) -> str:
    """Return a heading narrow, in lower case, without blanks and bracketed additions such as （A）."""
    narrow = unicodedata.normalize("NFKC", cell).lower()
    return "".join(re.sub(r"\([^)]*\)", "", narrow).replace("*", "").split())


def _scored(row: list[str], place: int, table: _Table, source: Path) -> list[str]:
    """Return the row as it is printed: with its score, or with the heading of the scores."""
    if place < table.heading:
        return row
    width = len(table.rows[table.heading][1])
    if place == table.heading:
        return [*(GIVEN_COLUMN if _plain_heading(cell) == SCORE_COLUMN else cell for cell in row), SCORE_COLUMN]
    if any(cell.strip() for cell in row[width:]):
        line = table.rows[place][0]
        raise ScoreTableError(
            f"“{source.name}”第 {line} 行比表头多 {len(row) - width} 格，多半是数字里的逗号没有加引号，请更正后再计分。"
        )
    cells = (row + [""] * width)[:width]
    return [*cells, _score(cells, table.columns)]


def _score(cells: Sequence[str], columns: Mapping[str, int]) -> str:
    texts = {column: cells[place] for column, place in columns.items()}
    verdict = score_texts(
        texts["indicator"],
        parse_points(texts["weight"]),
        signed_target(texts.get("adjusted", "").strip() or texts["target"], texts.get("sign", "")),
        texts["actual"],
        unit=texts.get("unit", ""),
        level2=texts.get("level2", ""),
    )
    return "" if verdict.value is None else points(verdict.value)


def parse_points(text: str) -> Fraction | None:
    """Return a weight in points ("2.5", "2.5分", "10%" of 100), None when it is none."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).strip("()")
    found = _WEIGHT.fullmatch(plain)
    return Fraction(found[1]) if found else None
