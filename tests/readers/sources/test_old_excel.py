"""Old Excel files (.xls): a stream built record by record, checked and packed anew before the library sees it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from desktopapp.readers.sources import SourceError, read_document
from desktopapp.readers.sources.xls_stream import pack_stream, prepare_xls


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def number(row: int, col: int, value: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, col, 0, value))


def label(row: int, col: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, col, 0, len(text), 1) + text.encode("utf-16-le"))


def dimensions(rows: int, cols: int) -> bytes:
    return record(0x0200, struct.pack("<IIHHH", 0, rows, 0, cols, 0))


def workbook(*cells: bytes, extra: bytes = b"") -> bytes:
    """Return a workbook stream with one sheet named 表一."""
    name = "表一"
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + b"".join(cells) + record(0x000A)
    bound = struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + name.encode("utf-16-le")
    head = record(0x0809, bof) + extra
    start = len(head) + len(record(0x0085, bound)) + len(record(0x000A))
    bound = struct.pack("<I", start) + bound[4:]
    return head + record(0x0085, bound) + record(0x000A) + sheet


def written(tmp_path: Path, stream: bytes) -> Path:
    path = tmp_path / "a.xls"
    path.write_bytes(pack_stream(stream).getvalue())
    return path


def test_texts_numbers_and_merged_cells(tmp_path: Path) -> None:
    merges = record(0x00E5, struct.pack("<HHHHH", 1, 1, 2, 0, 0))
    stream = workbook(
        dimensions(3, 2), label(0, 0, "项目"), number(0, 1, 2010301), label(1, 0, "合计"), number(2, 1, 12938.5), merges
    )
    grid = read_document(written(tmp_path, stream)).grids()[0]
    assert grid.name == "表一"
    assert grid.texts() == [["项目", "2010301"], ["合计", ""], ["", "12938.5"]]
    assert grid.rows[1][0].rowspan == 2


@pytest.mark.parametrize("pictures", [0, 300_000, 9_000_000])
def test_packing_keeps_the_stream(tmp_path: Path, pictures: int) -> None:
    path = written(tmp_path, workbook(label(0, 0, "甲")) + bytes(pictures))
    assert prepare_xls(path).file.getvalue() == path.read_bytes()
    assert read_document(path).grids()[0].texts() == [["甲"]]


def test_a_chain_that_runs_in_circles_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, workbook(label(0, 0, "甲")))
    data = bytearray(path.read_bytes())
    fat = 512 + 8 * 512
    struct.pack_into("<I", data, fat + 4 * 7, 0)
    path.write_bytes(data)
    with pytest.raises(SourceError, match="已损坏"):
        read_document(path)


@pytest.mark.parametrize(
    "extra",
    [
        record(0x00FC, struct.pack("<II", 5, 0x7FFFFFFF)),
        record(0x0085, struct.pack("<IBBBB", 0x7FFFFFFF, 0, 0, 0, 1)),
    ],
)
def test_records_that_promise_too_much_are_refused(tmp_path: Path, extra: bytes) -> None:
    with pytest.raises(SourceError, match="已损坏"):
        read_document(written(tmp_path, workbook(label(0, 0, "甲"), extra=extra)))


@pytest.mark.parametrize(
    "cells",
    [
        (dimensions(0xFFFFFFF0, 0xFFF0), label(0, 0, "甲")),
        (number(0, 0, 1), number(0xFFFF, 0xFFFF, 1)),
        (number(0, 0, 1), number(0xFFF0, 200, 1)),
    ],
)
def test_sheets_without_bounds_are_refused(tmp_path: Path, cells: tuple[bytes, ...]) -> None:
    with pytest.raises(SourceError, match=r"超出可导入的范围|已损坏"):
        read_document(written(tmp_path, workbook(*cells)))


def test_a_password_is_named(tmp_path: Path) -> None:
    lock = record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    with pytest.raises(SourceError, match="密码"):
        read_document(written(tmp_path, workbook(label(0, 0, "甲"), extra=lock)))
