"""Old Excel workbooks (.xls) made safe for the workbook library: the workbook stream checked and packed anew.

A compound file is a small file system with chains of sectors; a damaged chain can run in circles for ever, and a
damaged record can ask for terabytes. The library guards against neither, so it sees only what was checked here.
"""

from __future__ import annotations

import io
import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .errors import SourceError
from .limits import check_area
from .workbook_scan import SheetScan
from .xlsx_parts import PreparedBook

_BROKEN: Final = "工作簿已损坏或不完整，请用 Excel 或 WPS 打开后另存一份再导入。"
_END: Final = 0xFFFFFFFE
_FREE: Final = 0xFFFFFFFF
_FAT_SECTOR: Final = 0xFFFFFFFD
_ENTRY: Final = 128
_SMALL: Final = 4096
_MAX_SHEETS: Final = 1_000
_LARGE: Final = 6_000_000
_HEADER_TABLES: Final = 109

_PASSWORD: Final = 0x002F
_BOUND_SHEET: Final = 0x0085
_STRINGS: Final = 0x00FC
_DIMENSIONS: Final = 0x0200
_STREAM_END: Final = 0x000A
_CELLS: Final = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x00FD, 0x027E, 0x0201, 0x00D6})
_CELL_ROWS: Final = frozenset({0x00BD, 0x00BE})
_FULL_SHEET: Final = 65_536 * 256


def prepare_xls(path: Path) -> PreparedBook:
    """Return the checked workbook; raises SourceError when it is damaged or too large."""
    try:
        stream = _workbook_stream(path.read_bytes())
        _check_records(stream)
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise SourceError(_BROKEN) from error
    return PreparedBook(pack_stream(stream), {})


class _Compound:
    """A compound file opened strictly: every chain must end, every sector must exist."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise SourceError(_BROKEN)
        self._size = 1 << shift
        self._count = max(0, (len(data) - 1) // self._size)
        fat_start, mini_start, difat_start = (struct.unpack_from("<I", data, at)[0] for at in (48, 60, 68))
        self._fat = self._read_fat(difat_start)
        entries = self._chain(fat_start)
        self._entries = [entries[at : at + _ENTRY] for at in range(0, len(entries) - _ENTRY + 1, _ENTRY)]
        if not self._entries:
            raise SourceError(_BROKEN)
        self._mini_fat = array("I", _whole(self._chain(mini_start))) if mini_start < _FAT_SECTOR else array("I")
        root_start, root_size = struct.unpack_from("<II", self._entries[0], 116)
        self._mini_stream = self._chain(root_start)[:root_size] if root_start < _FAT_SECTOR else b""

    def _sector(self, index: int) -> bytes:
        if index >= self._count:
            raise SourceError(_BROKEN)
        return self._data[(index + 1) * self._size : (index + 2) * self._size]

    def _read_fat(self, difat: int) -> array[int]:
        places = list(struct.unpack_from("<109I", self._data, 76))
        seen: set[int] = set()
        while difat < _FAT_SECTOR:
            if difat in seen:
                raise SourceError(_BROKEN)
            seen.add(difat)
            numbers = array("I", _whole(self._sector(difat)))
            places.extend(numbers[:-1])
            difat = numbers[-1]
        fat = array("I")
        for place in places:
            if place < _FAT_SECTOR:
                fat.frombytes(_whole(self._sector(place)))
            if len(fat) > 2 * self._count + self._size:
                break
        return fat

    def _chain(self, start: int) -> bytes:
        parts = []
        for index in _follow(self._fat, start):
            parts.append(self._sector(index))
        return b"".join(parts)

    def stream(self, name: str) -> bytes | None:
        """Return a stream's content, None when there is none of this name."""
        for entry in self._entries:
            length = struct.unpack_from("<H", entry, 64)[0]
            if entry[: max(length - 2, 0)].decode("utf-16-le", "replace") == name and entry[66] == 2:
                start, size = struct.unpack_from("<II", entry, 116)
                if size >= _SMALL:
                    return self._chain(start)[:size]
                mini = self._mini_stream
                return b"".join(mini[at * 64 : at * 64 + 64] for at in _follow(self._mini_fat, start))[:size]
        return None


def _whole(content: bytes) -> bytes:
    """Return as much as makes whole 4-byte numbers."""
    return content[: len(content) // 4 * 4]


def _follow(table: array[int], start: int) -> Iterator[int]:
    index, steps = start, 0
    while index < _FAT_SECTOR:
        steps += 1
        if steps > len(table):
            raise SourceError(_BROKEN)
        yield index
        index = table[index]


def _workbook_stream(data: bytes) -> bytes:
    compound = _Compound(data)
    stream = compound.stream("Workbook")
    if stream is None:
        stream = compound.stream("Book")
    if not stream:
        raise SourceError(_BROKEN)
    return stream


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield (type, place of the content, length) of the records up to the end of a substream."""
    at = start
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        if kind == _STREAM_END:
            return
        at += 4 + length


def _check_records(stream: bytes) -> None:
    """Check what records declare: number of texts, places of sheets, extent of every sheet."""
    sheets = []
    for kind, at, length in _records(stream, 0):
        if kind == _PASSWORD:
            raise SourceError("工作簿有密码保护，请用 Excel 或 WPS 取消密码后再导入。")
        if kind == _STRINGS and max(struct.unpack_from("<II", stream, at)) > len(stream):
            raise SourceError(_BROKEN)
        if kind == _BOUND_SHEET and length >= 4:
            sheets.append(struct.unpack_from("<I", stream, at)[0])
    if len(sheets) > _MAX_SHEETS or any(place >= len(stream) for place in sheets):
        raise SourceError(_BROKEN)
    for place in dict.fromkeys(sheets):
        _check_sheet(stream, place)


def _check_sheet(stream: bytes, place: int) -> None:
    scan = SheetScan()
    for kind, at, length in _records(stream, place):
        if kind in _CELLS and length >= 4:
            scan.reach(*struct.unpack_from("<HH", stream, at))
        elif kind in _CELL_ROWS and length >= 6:
            row, col = struct.unpack_from("<HH", stream, at)
            scan.reach(row, max(col, struct.unpack_from("<H", stream, at + length - 2)[0]))
        elif kind == _DIMENSIONS:
            _check_dimensions(stream, at, length)
    # Empty formatted cells count here too, so only a sheet beyond all bounds is refused before it is read.
    if (scan.last_row + 1) * (scan.last_col + 1) > _FULL_SHEET:
        check_area(scan.last_row + 1, scan.last_col + 1, "工作表")


def _check_dimensions(stream: bytes, at: int, length: int) -> None:
    if length >= 14:
        first_row, last_row, first_col, last_col = struct.unpack_from("<IIHH", stream, at)
    elif length >= 10:
        first_row, last_row, first_col, last_col = struct.unpack_from("<HHHH", stream, at)
    else:
        return
    if first_row > last_row or first_col > last_col or (last_row + 1) * (last_col + 1) > 2 * _FULL_SHEET:
        raise SourceError(_BROKEN)


def pack_stream(stream: bytes) -> io.BytesIO:
    """Return a compound file with nothing but the workbook stream; large ones in sectors of 4096 bytes."""
    large = len(stream) > _LARGE
    sector = 4096 if large else 512
    size = max(len(stream), _SMALL)
    sectors = -(-size // sector)
    # The table of sectors must also describe itself and the directory.
    tables = 1
    while tables * (sector // 4) < sectors + tables + 1:
        tables += 1
    if tables > _HEADER_TABLES:
        raise SourceError("工作簿过大，请用 Excel 或 WPS 另存为 .xlsx 后再导入。")
    fat = [*range(1, sectors), _END, *[_FAT_SECTOR] * tables, _END]
    fat.extend([_FREE] * (tables * (sector // 4) - len(fat)))
    places = [*range(sectors, sectors + tables), *[_FREE] * (_HEADER_TABLES - tables)]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII109I",
        bytes.fromhex("D0CF11E0A1B11AE1"), 0x3E, 3, 0xFFFE, 12 if large else 9, 6, int(large), tables,
        sectors + tables, 0, _SMALL, _END, 0, _END, 0, *places,
    )  # fmt: skip
    entries = _entry("Root Entry", 5, _END, 0, 1) + _entry("Workbook", 2, 0, size, _FREE)
    parts = (
        header + bytes(sector - len(header)),
        stream + bytes(sectors * sector - len(stream)),
        struct.pack(f"<{len(fat)}I", *fat),
        entries + bytes(sector - len(entries)),
    )
    return io.BytesIO(b"".join(parts))


def _entry(name: str, kind: int, start: int, size: int, inside: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<64sHBBIII36xIII", encoded, len(encoded), kind, 1, _FREE, _FREE, inside, start, size, 0)
