"""What the workbook library does not tell: the true extent of sheets, formulas never calculated, percent formats.

The library allots a dense range for every sheet, so one stray cell in the last row would take gigabytes; formulas
without a stored result come out of it as empty cells. Both are found here by one linear pass over the sheet's XML.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import Final

from .errors import SourceError
from .limits import MAX_CELLS, MAX_SHARED_TEXT, check_area
from .xmltools import attribute, child, children, int_attribute, local_name, parse_xml
from .ziptools import read_part

_TAG: Final = re.compile(rb"<(/?)(?:[A-Za-z0-9]+:)?(c|v|f|is)(?=[\s/>])([^>]*)>")
_PLACE: Final = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_STYLE: Final = re.compile(rb"\bs\s*=\s*[\"'](\d{1,6})[\"']")
_TYPE: Final = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
_STRING_ITEM: Final = re.compile(rb"<(?:[A-Za-z0-9]+:)?si(?=[\s/>])")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DECIMALS: Final = re.compile(r"\.(0+)")
_BUILT_IN_PERCENT: Final = {9: 0, 10: 2}


@dataclass(slots=True)
class SheetScan:
    """Findings about one sheet: 0-based extent of cells with content, and cells by (row, col)."""

    last_row: int = -1
    last_col: int = -1
    cells: int = 0
    shared_strings: int = 0
    uncached: list[tuple[int, int]] = field(default_factory=list)
    percents: dict[tuple[int, int], int] = field(default_factory=dict)
    """Cells shown in percent, with the number of decimals."""
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged ranges (top, left, bottom, right), for OpenDocument only."""


def scan_xlsx(archive: zipfile.ZipFile) -> dict[str, SheetScan]:
    """Return a scan per sheet name; raise SourceError when a sheet is too large to open."""
    percents = _percent_styles(archive)
    scans = {}
    for name, part in _sheet_parts(archive):
        if part in archive.namelist():
            scan = _scan_sheet(read_part(archive, part), name, percents)
            check_area(scan.last_row + 1, scan.last_col + 1, f"工作表“{name}”")
            scans[name] = scan
    _check_shared_text(archive, sum(scan.shared_strings for scan in scans.values()))
    return scans


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return (sheet name, part name) in the order of the workbook."""
    targets = {}
    for relation in parse_xml(read_part(archive, "xl/_rels/workbook.xml.rels")):
        target = relation.get("Target") or ""
        path = target.lstrip("/") if target.startswith("/") else "xl/" + target
        targets[relation.get("Id")] = path
    root = parse_xml(read_part(archive, "xl/workbook.xml"))
    sheets = child(root, "sheets")
    parts = []
    for sheet in sheets if sheets is not None else ():
        identifier = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        parts.append((sheet.get("name") or "", targets.get(identifier, "")))
    return parts


def _percent_styles(archive: zipfile.ZipFile) -> dict[int, int]:
    """Return cell style index → decimals for the styles that show a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    root = parse_xml(read_part(archive, "xl/styles.xml"))
    formats = dict(_BUILT_IN_PERCENT)
    numbers = child(root, "numFmts")
    for entry in numbers if numbers is not None else ():
        code = _QUOTED.sub("", entry.get("formatCode") or "")
        if "%" in code:
            decimals = _DECIMALS.search(code)
            formats[int_attribute(entry, "numFmtId", -1)] = len(decimals.group(1)) if decimals else 0
    styles = child(root, "cellXfs")
    found = {}
    for index, style in enumerate(children(styles, "xf") if styles is not None else ()):
        number_format = int_attribute(style, "numFmtId", 0)
        if number_format in formats:
            found[index] = formats[number_format]
    return found


def _scan_sheet(content: bytes, name: str, percents: dict[int, int]) -> SheetScan:
    """Walk over the cell tags once, without building a tree."""
    scan = SheetScan()
    attributes = b""
    value_from = formula = filled = False
    start = 0
    for tag in _TAG.finditer(content):
        closing, kind, rest = tag.groups()
        if kind == b"c":
            if closing:
                _note_cell(scan, attributes, formula, filled, percents)
            elif not rest.endswith(b"/"):
                attributes, formula, filled, value_from = rest, False, False, False
                scan.cells += 1
                if scan.cells > 2 * MAX_CELLS:
                    raise SourceError(f"工作表“{name}”的单元格超过 {2 * MAX_CELLS} 个，请删除多余的行和列后再导入。")
        elif kind == b"f":
            formula = True
        elif kind == b"is":
            filled = True
        elif closing:
            filled = filled or (value_from and tag.start() > start)
            value_from = False
        else:
            value_from, start = not rest.endswith(b"/"), tag.end()
    return scan


def _note_cell(scan: SheetScan, attributes: bytes, formula: bool, filled: bool, percents: dict[int, int]) -> None:
    place = _PLACE.search(attributes)
    if place is None:
        return
    row, col = int(place.group(2)) - 1, _column(place.group(1))
    kind = _TYPE.search(attributes)
    text_result = kind is not None and kind.group(1) == b"str"
    if formula and not filled and not text_result:
        scan.uncached.append((row, col))
    if not filled:
        return
    scan.last_row, scan.last_col = max(scan.last_row, row), max(scan.last_col, col)
    if kind is not None and kind.group(1) == b"s":
        scan.shared_strings += 1
    if percents and (style := _STYLE.search(attributes)) is not None:
        decimals = percents.get(int(style.group(1)))
        if decimals is not None:
            scan.percents[row, col] = decimals


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _check_shared_text(archive: zipfile.ZipFile, uses: int) -> None:
    """Refuse a text so long that its copies in all the cells which share it would fill the memory."""
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return
    content = read_part(archive, name)
    starts = [match.start() for match in _STRING_ITEM.finditer(content)]
    ends = [*starts[1:], len(content)]
    longest = max((end - start for start, end in zip(starts, ends, strict=True)), default=0)
    if longest * uses > MAX_SHARED_TEXT:
        raise SourceError("文字内容异常庞大，为安全起见未打开，请确认文件来源，或删去多余内容后再导入。")


def scan_ods(archive: zipfile.ZipFile) -> dict[str, SheetScan]:
    """Return a scan per table name of an OpenDocument spreadsheet, with the merged ranges."""
    if "content.xml" not in archive.namelist():
        raise SourceError("文件缺少必要的部分（content.xml），可能已损坏，请重新获取该文件后再导入。")
    manifest = "META-INF/manifest.xml"
    if manifest in archive.namelist() and b"encryption-data" in read_part(archive, manifest):
        raise SourceError("文件有密码保护，请用 LibreOffice 或 WPS 取消密码后再导入。")
    root = parse_xml(read_part(archive, "content.xml"))
    scans: dict[str, SheetScan] = {}
    for element in root.iter():
        if local_name(element) == "table" and (name := attribute(element, "name")) is not None:
            scan = _scan_ods_table(element)
            check_area(scan.last_row + 1, scan.last_col + 1, f"工作表“{name}”")
            scans[name] = scan
    return scans


def _scan_ods_table(table: object) -> SheetScan:
    scan = SheetScan()
    row = 0
    for element in table.iter():  # type: ignore[attr-defined]
        if local_name(element) != "table-row":
            continue
        repeat = max(int_attribute(element, "number-rows-repeated", 1), 1)
        col, filled = 0, False
        for cell in element:
            if local_name(cell) not in ("table-cell", "covered-table-cell"):
                continue
            times = max(int_attribute(cell, "number-columns-repeated", 1), 1)
            high = int_attribute(cell, "number-rows-spanned", 1)
            wide = int_attribute(cell, "number-columns-spanned", 1)
            if high > 1 or wide > 1:
                scan.merges.append((row, col, row + high - 1, col + wide - 1))
            if attribute(cell, "value-type") is not None or len(cell):
                filled = True
                scan.last_col = max(scan.last_col, col + times - 1)
            elif attribute(cell, "formula") is not None:
                scan.uncached.append((row, col))
            col += times
        if filled:
            scan.last_row = max(scan.last_row, row + repeat - 1)
        row += repeat
    return scan
