"""OpenDocument spreadsheets made safe for the workbook library, with the merged ranges that it does not tell."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .errors import SourceError
from .limits import MAX_SHARED_TEXT, check_area
from .workbook_scan import SheetScan
from .xlsx_parts import PreparedBook, pack
from .xmltools import Element, attribute, int_attribute, local_name, parse_xml
from .ziptools import open_zip, read_part

_MIMETYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST: Final = "META-INF/manifest.xml"
_OWN_MANIFEST: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    b'<manifest:file-entry manifest:full-path="/" manifest:media-type="' + _MIMETYPE + b'"/></manifest:manifest>'
)
_CONTENT: Final = "content.xml"
_CELLS: Final = ("table-cell", "covered-table-cell")


def prepare_ods(path: Path) -> PreparedBook:
    """Return the checked workbook; raises SourceError when it is damaged, encrypted or too large."""
    with open_zip(path) as archive:
        names = archive.namelist()
        if _MANIFEST in names and b"encryption-data" in read_part(archive, _MANIFEST):
            raise SourceError("文件有密码保护，请用 LibreOffice 或 WPS 取消密码后再导入。")
        content = read_part(archive, _CONTENT)
    root = parse_xml(content)
    _check_blanks(root)
    scans: dict[str, SheetScan] = {}
    for element in root.iter():
        if local_name(element) == "table" and (name := attribute(element, "name")) is not None:
            scan = _scan_table(element)
            check_area(scan.last_row + 1, scan.last_col + 1, f"工作表“{name}”")
            scans[name] = scan
    return PreparedBook(pack({"mimetype": _MIMETYPE, _MANIFEST: _OWN_MANIFEST, _CONTENT: content}), scans)


def _check_blanks(root: Element) -> None:
    """Refuse repeated blanks that would fill the memory."""
    blanks = sum(int_attribute(element, "c", 1) for element in root.iter("{*}s"))
    if blanks * max(1, _longest_repeat(root)) > MAX_SHARED_TEXT:
        raise SourceError("文字内容异常庞大，为安全起见未打开，请确认文件来源，或删去多余内容后再导入。")


def _longest_repeat(root: Element) -> int:
    return max((int_attribute(cell, "number-columns-repeated", 1) for cell in root.iter("{*}table-cell")), default=1)


def _scan_table(table: Element) -> SheetScan:
    scan = SheetScan()
    row = 0
    for element in table.iter():
        if local_name(element) == "table-row":
            if _scan_row(element, row, scan):
                repeat = max(int_attribute(element, "number-rows-repeated", 1), 1)
                scan.reach(row + repeat - 1, scan.last_col)
            row += max(int_attribute(element, "number-rows-repeated", 1), 1)
    return scan


def _scan_row(element: Element, row: int, scan: SheetScan) -> bool:
    """Note the cells of one row; tell whether it has content."""
    col, filled = 0, False
    for cell in element:
        if local_name(cell) not in _CELLS:
            continue
        times = max(int_attribute(cell, "number-columns-repeated", 1), 1)
        high = int_attribute(cell, "number-rows-spanned", 1)
        wide = int_attribute(cell, "number-columns-spanned", 1)
        if high > 1 or wide > 1:
            scan.merges.append((row, col, row + high - 1, col + wide - 1))
        has_value = attribute(cell, "value-type") is not None or len(cell) > 0
        has_formula = attribute(cell, "formula") is not None
        if has_formula and not has_value:
            scan.uncached.append((row, col))
        if has_formula or has_value:
            filled = True
            scan.reach(row, col + times - 1)
        col += times
    return filled
