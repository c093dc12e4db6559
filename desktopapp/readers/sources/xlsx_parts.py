"""Excel workbooks made safe for the workbook library: only checked parts, repacked, in a container of our own.

The library trusts what a file says about itself (it reserves room for as many texts as the file declares, and an
allocation that fails ends the whole program). It therefore never sees the file, only what was checked here.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .errors import SourceError
from .limits import MAX_SHARED_TEXT, check_area
from .workbook_scan import SheetScan, scan_sheet
from .xmltools import child, children, int_attribute, parse_xml
from .ziptools import open_zip, read_part

_BROKEN: Final = "工作簿已损坏或不完整，请用 Excel 或 WPS 打开后另存一份再导入。"
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STYLES: Final = "xl/styles.xml"
_STRINGS: Final = "xl/sharedStrings.xml"
_ROOT_RELATIONS: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Target="xl/workbook.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
_STRING_ITEM: Final = re.compile(rb"<(?:[^\s<>/:=]+:)?si(?=[\s/>])")
_DECLARED_COUNT: Final = re.compile(rb"\buniqueCount\s*=\s*(\"[^\"]*\"|'[^']*')")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DECIMALS: Final = re.compile(r"\.(0+)")
_BUILT_IN_PERCENT: Final = {9: 0, 10: 2}


@dataclass(frozen=True, slots=True)
class PreparedBook:
    """A checked workbook in memory and the findings per sheet name."""

    file: io.BytesIO
    scans: dict[str, SheetScan]


def prepare_xlsx(path: Path) -> PreparedBook:
    """Return the checked workbook; raises SourceError when it is damaged or too large."""
    with open_zip(path) as archive:
        names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        parts = {name: _part(archive, names, name) for name in (_WORKBOOK, _RELATIONS)}
        for name in (_STYLES, _STRINGS):
            if name.lower() in names:
                parts[name] = _part(archive, names, name)
        percents = _percent_styles(parts.get(_STYLES))
        scans: dict[str, SheetScan] = {}
        for sheet, name in _sheet_parts(parts[_WORKBOOK], parts[_RELATIONS]):
            if name.lower() in names and name not in parts:
                parts[name] = _part(archive, names, name)
                scans[sheet] = scan_sheet(parts[name], percents)
                check_area(scans[sheet].last_row + 1, scans[sheet].last_col + 1, f"工作表“{sheet}”")
    if _STRINGS in parts:
        _check_shared_text(parts[_STRINGS], sum(scan.shared_strings for scan in scans.values()))
        parts[_STRINGS] = _DECLARED_COUNT.sub(b"", parts[_STRINGS])
    return PreparedBook(pack({"_rels/.rels": _ROOT_RELATIONS, **parts}), scans)


def pack(parts: dict[str, bytes]) -> io.BytesIO:
    """Return a container of these parts, unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    file.seek(0)
    return file


def _part(archive: zipfile.ZipFile, names: dict[str, str], name: str) -> bytes:
    content = read_part(archive, names.get(name.lower(), name))
    if b"\x00" in content[:200] or b"<!DOCTYPE" in content[:2000]:
        raise SourceError(_BROKEN)
    return content


def _sheet_parts(workbook: bytes, relations: bytes) -> list[tuple[str, str]]:
    """Return (sheet name, part name) in the order of the workbook."""
    targets: dict[str | None, str] = {}
    for relation in parse_xml(relations):
        target = (relation.get("Target") or "").removeprefix("/")
        targets[relation.get("Id")] = target if target.startswith("xl/") else "xl/" + target
    sheets = child(parse_xml(workbook), "sheets")
    parts = []
    for sheet in sheets if sheets is not None else ():
        identifier = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        if identifier in targets:
            parts.append((sheet.get("name") or "", targets[identifier]))
    return parts


def _percent_styles(content: bytes | None) -> dict[int, int]:
    """Return cell style index → decimals for the styles that show a percentage."""
    if content is None:
        return {}
    root = parse_xml(content)
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


def _check_shared_text(content: bytes, uses: int) -> None:
    """Refuse a text so long that its copies in all the cells which share it would fill the memory."""
    starts = [match.start() for match in _STRING_ITEM.finditer(content)]
    ends = [*starts[1:], len(content)]
    longest = max((end - start for start, end in zip(starts, ends, strict=False)), default=0)
    if longest * uses > MAX_SHARED_TEXT:
        raise SourceError("文字内容异常庞大，为安全起见未打开，请确认文件来源，或删去多余内容后再导入。")
