"""What only workbooks carry beside their grids: our hidden mark, and error values, which read as empty cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from desktopapp.readers.sources.detect import Kind
from desktopapp.readers.sources.model import Position
from desktopapp.readers.sources.xlsx_parts import PreparedBook
from desktopapp.readers.sources.xmltools import children, parse_xml
from desktopapp.writers.xlsx_marker import MARKER_SHEET, Marker, read_marker
from desktopapp.writers.xlsx_names import original_text

_ERROR_CELL: Final = re.compile(rb"<(?:\w+:)?c\s([^>]*?\bt=[\"']e[\"'][^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE: Final = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})<")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell whose formula gives an error instead of a number."""

    position: Position
    text: str


@dataclass(frozen=True, slots=True)
class Extras:
    """Our mark, if there is one, and the cells with error values."""

    marker: Marker | None = None
    faults: list[Fault] = field(default_factory=list)


def read_extras(path: Path, kind: str) -> Extras:
    """Return the extras of a workbook; those of any other kind of file are empty. Raises SourceError."""
    prepare = _preparer(kind)
    if prepare is None:
        return Extras()
    prepared = prepare(path)
    faults = _faults(prepared.file, list(prepared.scans)) if kind == Kind.XLSX.value else []
    prepared.file.seek(0)
    return Extras(_marker(prepared), faults)


def _preparer(kind: str) -> Callable[[Path], PreparedBook] | None:
    if kind == Kind.XLSX.value:
        from desktopapp.readers.sources.xlsx_parts import prepare_xlsx

        return prepare_xlsx
    if kind == Kind.ODS.value:
        from desktopapp.readers.sources.ods_parts import prepare_ods

        return prepare_ods
    if kind == Kind.XLS.value:
        from desktopapp.readers.sources.xls_stream import prepare_xls

        return prepare_xls
    return None


def _marker(prepared: PreparedBook) -> Marker | None:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_filelike(prepared.file) as book:
            if MARKER_SHEET not in book.sheet_names:
                return None
            rows = book.get_sheet_by_name(MARKER_SHEET).to_python(skip_empty_area=True)
    except (CalamineError, OSError):
        return None
    except BaseException as error:
        # A panic inside the library derives from BaseException; without its mark the workbook is read all the same.
        if type(error).__name__ != "PanicException":
            raise
        return None
    return read_marker([[original_text(_text(value)) for value in row] for row in rows])


def _text(value: object) -> str:
    """Return a value as it was written: a program may have turned "2023" into a number."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _faults(file: IO[bytes], names: list[str]) -> list[Fault]:
    """Return the error values of visible sheets, sheet by sheet in the order of the workbook."""
    found = []
    with zipfile.ZipFile(file) as archive:
        for name, part in _parts(archive):
            if name in names and part in archive.namelist():
                content = archive.read(part)
                found += [f for m in _ERROR_CELL.finditer(content) if (f := _fault(name, m[1], m[2])) is not None]
    return found


def _parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return (sheet name, part name) of the visible sheets."""
    targets = {}
    for relation in parse_xml(archive.read("xl/_rels/workbook.xml.rels")):
        target = relation.get("Target") or ""
        targets[relation.get("Id")] = target.lstrip("/") if target.startswith("/") else "xl/" + target
    root = parse_xml(archive.read("xl/workbook.xml"))
    parts = []
    for sheets in children(root, "sheets"):
        for sheet in children(sheets, "sheet"):
            identifier = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            if sheet.get("state", "visible") == "visible" and identifier in targets:
                parts.append((sheet.get("name") or "", targets[identifier]))
    return parts


def _fault(sheet: str, attributes: bytes, content: bytes) -> Fault | None:
    place, value = _PLACE.search(attributes), _VALUE.search(content)
    if place is None:
        return None
    col = 0
    for letter in place[1]:
        col = col * 26 + letter - 64
    text = value[1].decode("ascii", "replace") if value is not None else "#ERROR!"
    return Fault(Position(sheet=sheet, row=int(place[2]) - 1, col=col - 1), text)
