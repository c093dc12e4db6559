"""Workbooks (.xlsx, .xlsm without its macros, .xls, .ods): one grid per visible sheet."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .cleaning import clean_cell, number_text
from .detect import Kind
from .errors import SourceError
from .limits import check_area
from .model import Block, Grid, Position, column_letters
from .spans import merge_ranges
from .watch import Watch
from .workbook_scan import SheetScan
from .xlsx_parts import PreparedBook

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_BROKEN: Final = "工作簿已损坏或不完整，请用 Excel 或 WPS 打开后另存一份再导入。"
_CALL_ROWS: Final = 512
Pair = tuple[str, str | None]
"""Text as shown, exact number where the cell holds a number."""


def read_workbook(path: Path, kind: Kind, watch: Watch) -> tuple[list[Block], list[str], int]:
    """Read every visible sheet; raises SourceError."""
    watch.step(0.0, "正在打开工作簿")
    prepared = _prepare(path, kind)
    try:
        return _read(prepared, watch)
    except BaseException as error:
        # A panic inside the library derives from BaseException, so that the general boundary does not see it.
        if type(error).__name__ == "PanicException":
            raise SourceError(_BROKEN) from error
        raise


def _prepare(path: Path, kind: Kind) -> PreparedBook:
    if kind is Kind.XLS:
        from .xls_stream import prepare_xls

        return prepare_xls(path)
    if kind is Kind.ODS:
        from .ods_parts import prepare_ods

        return prepare_ods(path)
    from .xlsx_parts import prepare_xlsx

    return prepare_xlsx(path)


def _open(prepared: PreparedBook) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(prepared.file)
    except PasswordError as error:
        raise SourceError("工作簿有密码保护，请用 Excel 或 WPS 取消密码后再导入。") from error
    except (CalamineError, OSError) as error:
        # The library reads from memory: an OSError speaks of the content.
        raise SourceError(_BROKEN) from error


def _read(prepared: PreparedBook, watch: Watch) -> tuple[list[Block], list[str], int]:
    from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum

    blocks: list[Block] = []
    warnings: list[str] = []
    with closing(_open(prepared)) as book:
        metadata = [sheet for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
        for index, sheet in enumerate(metadata):
            watch.step(index / len(metadata), f"正在读取工作表“{sheet.name}”")
            if sheet.visible is not SheetVisibleEnum.Visible:
                warnings.append(f"工作表“{sheet.name}”是隐藏的，没有读取；需要时请先取消隐藏再导入。")
                continue
            scan = prepared.scans.get(sheet.name, SheetScan())
            try:
                grid = _read_sheet(book.get_sheet_by_name(sheet.name), index + 1, scan, watch)
            except (CalamineError, OSError) as error:
                raise SourceError(f"工作表“{sheet.name}”已损坏，请用 Excel 或 WPS 打开后另存一份再导入。") from error
            warnings.extend(_formula_warnings(sheet.name, scan))
            if grid is not None:
                blocks.append(grid)
    return blocks, warnings, len(metadata)


def _read_sheet(sheet: CalamineSheet, page: int, scan: SheetScan, watch: Watch) -> Grid | None:
    """Return the used area of a sheet as a grid, None for an empty sheet."""
    if sheet.start is None:
        return None
    top, left = sheet.start
    check_area(sheet.height, sheet.width, f"工作表“{sheet.name}”")
    matrix: list[list[Pair]] = []
    for at, row in enumerate(sheet.to_python(skip_empty_area=True)):
        if at % _CALL_ROWS == 0:
            watch.check()
        matrix.append([_pair(value, scan.percents.get((top + at, left + col))) for col, value in enumerate(row)])
    _trim(matrix)
    if not matrix:
        return None
    ranges = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()] or scan.merges
    moved = [(a - top, b - left, c - top, d - left) for a, b, c, d in ranges]
    rows = merge_ranges(matrix, moved)
    return Grid(rows, page, sheet.name, Position(page=page, sheet=sheet.name, row=top, col=left), "sheet")


def _trim(matrix: list[list[Pair]]) -> None:
    """Drop empty rows at the end and empty columns on the right."""
    while matrix and not any(text for text, _ in matrix[-1]):
        matrix.pop()
    used = max((col + 1 for row in matrix for col, (text, _) in enumerate(row) if text), default=0)
    for row in matrix:
        del row[used:]


def _pair(value: object, percent: int | None) -> Pair:
    if isinstance(value, str):
        return clean_cell(value), None
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), None
    if isinstance(value, int | float):
        number = number_text(value)
        if number is None:
            return "", None
        return (number if percent is None else _percent_text(number, percent)), number
    return _date_text(value), None


def _percent_text(number: str, decimals: int) -> str:
    """Return 0.956 as the sheet shows it: 95.6%."""
    return f"{Decimal(number) * 100:.{min(decimals, 10)}f}%"


def _date_text(value: object) -> str:
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def _formula_warnings(name: str, scan: SheetScan) -> Sequence[str]:
    if not scan.uncached:
        return ()
    row, col = scan.uncached[0]
    return (
        f"工作表“{name}”有 {len(scan.uncached)} 个公式没有保存计算结果（如 {column_letters(col)}{row + 1}），"
        "按空白读取；请用 Excel 或 WPS 打开并保存一次后再导入。",
    )
