"""The door to all sources: kinds told apart by content, every failure one sentence, nothing heavy imported early."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopapp.readers.sources import Kind, OwnFormatError, ReadingCancelled, SourceError, read, read_document
from desktopapp.readers.sources.detect import detect_kind

from .makers import MAKERS, docx_bytes, ods_bytes, pdf_bytes, tsv_text, unzipped, xlsx_bytes, zip_bytes

ROOT = Path(__file__).resolve().parents[3]
OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def stored(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def message(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read_document(path)
    assert caught.value.__cause__ is not None
    return str(caught.value)


def ole_with(name: str) -> bytes:
    entry = name.encode("utf-16-le").ljust(128, b"\x00")
    return OLE.ljust(512, b"\x00") + bytes(512) + entry


@pytest.mark.parametrize("suffix", ["", ".xlsx", ".pdf", ".docx", ".txt", ".xls", ".csv", ".dat"])
@pytest.mark.parametrize(
    ("maker", "kind"),
    [(xlsx_bytes, Kind.XLSX), (docx_bytes, Kind.DOCX), (pdf_bytes, Kind.PDF), (ods_bytes, Kind.ODS)],
)
def test_content_decides_and_not_the_suffix(
    tmp_path: Path, maker: Callable[[], bytes], kind: Kind, suffix: str
) -> None:
    document = read_document(stored(tmp_path, f"a{suffix}", maker()))
    assert document.kind == kind.value
    assert document.grids()


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_every_kind_reports_progress_and_can_be_cancelled(tmp_path: Path, name: str) -> None:
    path = stored(tmp_path, name, MAKERS[name]())
    fractions: list[float] = []
    document = read_document(path, progress=lambda fraction, _: fractions.append(fraction))
    assert document.name == name and document.blocks
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    with pytest.raises(ReadingCancelled):
        read_document(path, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.xlsx", b"", "文件是空的"),
        ("a.txt", b" \r\n\xef\xbb\xbf", "文件是空的|没有找到任何文字"),
        ("a.docx", b"PK\x05\x06" + bytes(18), "压缩包是空的"),
        ("a.docx", b"PK\x03\x04garbage", "已损坏"),
        ("a.pdf", b"%PDF-1.7\nnothing", "PDF 已损坏"),
        ("a.pdf", b"\x00\x01\x02" * 99, "不是有效的 .pdf 文件"),
        ("a.docx", "这是文字".encode(), "不是有效的 .docx 文件"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "图片"),
        ("a.pdf", b"\xff\xd8\xff\xe0" + bytes(50), "图片"),
        ("a.doc", ole_with("WordDocument"), "旧版 Word"),
        ("a.wps", ole_with("WordDocument"), "WPS 文字"),
        ("a.xlsx", ole_with("EncryptedPackage"), "密码保护"),
        ("a.ppt", ole_with("PowerPoint Document"), "旧版 Office"),
        ("a.doc", b"{\\rtf1 x}", "RTF"),
        ("a.xml", b"<?xml version='1.0'?><data/>", "XML"),
        ("a.txt", bytes(range(256)) * 20, "不是可读的文字"),
        ("a.zip", zip_bytes({"a.txt": b"x"}), "压缩包"),
        ("a.ofd", zip_bytes({"OFD.xml": b"<x/>"}), "OFD"),
        ("a.xlsb", zip_bytes({"xl/workbook.bin": b"x"}), "xlsb"),
        ("a.odt", zip_bytes({"mimetype": b"application/vnd.oasis.opendocument.text"}), "odt"),
        ("a.xlsx", zip_bytes({"xl/workbook.xml": b"<workbook/>"}), "缺少必要的部分"),
        ("a.docx", zip_bytes({"word/document.xml": b"<a/>"}), "没有正文"),
        ("a.ods", zip_bytes({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "content.xml"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    text = message(stored(tmp_path, name, content))
    assert re.search(expected, text)
    assert text.startswith(f"无法读取“{name}”：") and text.endswith("。") and text.count("。") == 1
    assert not re.search(r"Error|Exception|\n", text)


def test_files_that_are_not_there_or_no_files(tmp_path: Path) -> None:
    assert "找不到该文件" in message(tmp_path / "没有.xlsx")
    assert "文件夹" in message(tmp_path)


def test_files_in_own_formats_are_left_to_their_own_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.juesuan"
    connection = sqlite3.connect(path)
    connection.execute("create table t (x)")
    connection.close()
    for name, content, kind in (
        ("a.juesuan", path.read_bytes(), "juesuan"),
        ("改名.xlsx", path.read_bytes(), "juesuan"),
        ("a.json", json.dumps({"年度": 2023}).encode(), "json"),
    ):
        with pytest.raises(OwnFormatError) as caught:
            read_document(stored(tmp_path, name, content))
        assert caught.value.kind == kind


def test_old_office_files_are_told_apart_by_their_streams(tmp_path: Path) -> None:
    assert detect_kind(stored(tmp_path, "a.dat", ole_with("Workbook"))) is Kind.XLS
    both = ole_with("WordDocument") + "Workbook".encode("utf-16-le").ljust(128, b"\x00")
    assert detect_kind(stored(tmp_path, "a.xls", both)) is Kind.XLS
    with pytest.raises(SourceError, match="旧版 Word"):
        detect_kind(stored(tmp_path, "a.doc", both))


def test_text_named_as_a_document(tmp_path: Path) -> None:
    assert read_document(stored(tmp_path, "a.xlsx", tsv_text().encode("gb18030"))).kind == "tsv"


def bomb(parts: dict[str, bytes], name: str, size: int) -> bytes:
    return zip_bytes({**parts, name: b"<x>" + b" " * size + b"</x>"})


@pytest.mark.parametrize("maker", [xlsx_bytes, docx_bytes, ods_bytes])
def test_zip_bombs_are_judged_by_the_directory(tmp_path: Path, maker: Callable[[], bytes]) -> None:
    path = stored(tmp_path, "a.zip", bomb(unzipped(maker()), "xl/worksheets/sheet9.xml", 60_000_000))
    assert "异常庞大" in message(path)


def test_too_many_parts(tmp_path: Path) -> None:
    parts = {**unzipped(xlsx_bytes()), **{f"x/{at}": b"" for at in range(10_001)}}
    assert "异常庞大" in message(stored(tmp_path, "a.xlsx", zip_bytes(parts, zipfile.ZIP_STORED)))


def test_a_directory_that_lies_about_sizes(tmp_path: Path) -> None:
    data = bytearray(bomb({}, "word/document.xml", 5_000_000))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    assert "异常庞大" in message(stored(tmp_path, "a.docx", bytes(data)))


def test_encrypted_parts(tmp_path: Path) -> None:
    data = bytearray(docx_bytes())
    at = 0
    while (at := data.find(b"PK\x01\x02", at + 1)) > 0:
        data[at + 8] |= 1
    assert "密码保护" in message(stored(tmp_path, "a.docx", bytes(data)))


def test_surprises_of_libraries_become_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (RuntimeError("x"), MemoryError(), RecursionError(), OSError(5, "disk"), PermissionError(13, "no")):

        def broken(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(read, "_read_kind", broken)
        text = message(stored(tmp_path, "a.txt", b"x"))
        assert text.startswith("无法读取“a.txt”：") and text.endswith("。") and "disk" not in text


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys, desktopapp.readers.sources as s; "
        "s.read_text('a\\t1\\nb\\t2'); "
        "print([m for m in ('lxml', 'pandas', 'numpy', 'pypdfium2', 'pdfplumber', 'python_calamine', 'docx')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_pandas_is_never_imported(tmp_path: Path) -> None:
    files = [str(stored(tmp_path, name, maker())) for name, maker in MAKERS.items()]
    code = (
        "import sys, pathlib, desktopapp.readers.sources as s\n"
        f"for name in {files!r}: s.read_document(pathlib.Path(name))\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
