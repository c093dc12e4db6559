"""Zip containers (xlsx, ods, docx) opened with distrust: sizes are judged before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from .errors import SourceError
from .limits import MAX_PART_BYTES, MAX_ZIP_BYTES, MAX_ZIP_ENTRIES, MAX_ZIP_RATIO, SMALL_PART_BYTES

_BROKEN = "文件已损坏或不完整，请重新获取该文件后再导入。"
_TOO_LARGE = "解压后的内容异常庞大，为安全起见未打开，请确认文件来源，或删去多余内容另存后再导入。"
_LOCAL_HEADER = 30


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open the container after judging its directory: number of parts, sizes, ratio, encryption."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError) as error:
        raise SourceError(_BROKEN) from error
    try:
        _judge(archive.infolist())
    except SourceError:
        archive.close()
        raise
    return archive


def _judge(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ZIP_ENTRIES or sum(entry.file_size for entry in entries) > MAX_ZIP_BYTES:
        raise SourceError(_TOO_LARGE)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise SourceError("文件有密码保护，请取消密码后再导入。")
        is_text = entry.filename.lower().endswith((".xml", ".rels"))
        if is_text and entry.file_size > MAX_PART_BYTES:
            raise SourceError(_TOO_LARGE)
        if entry.file_size > SMALL_PART_BYTES and entry.file_size > MAX_ZIP_RATIO * max(entry.compress_size, 1):
            raise SourceError(_TOO_LARGE)


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a part's content; raise SourceError when it is missing or damaged.

    The stream must hold exactly the size that the directory declares: other readers do not stop there, so a directory
    that lies about the size of a part is a bomb.
    """
    try:
        info = archive.getinfo(name)
        if info.compress_type == zipfile.ZIP_DEFLATED:
            return _inflate(archive, info)
        return archive.read(info)
    except KeyError as error:
        raise SourceError(f"文件缺少必要的部分（{name}），可能已损坏，请重新获取该文件后再导入。") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        # OSError: a damaged directory points before the start of the file.
        raise SourceError(_BROKEN) from error


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    file = archive.fp
    if file is None:
        raise SourceError(_BROKEN)
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER:
        raise SourceError(_BROKEN)
    name_length = int.from_bytes(header[26:28], "little")
    extra_length = int.from_bytes(header[28:30], "little")
    file.seek(info.header_offset + _LOCAL_HEADER + name_length + extra_length)
    content = zlib.decompressobj(-15).decompress(file.read(info.compress_size), info.file_size + 1)
    if len(content) > info.file_size:
        raise SourceError(_TOO_LARGE)
    if len(content) < info.file_size or zlib.crc32(content) != info.CRC:
        raise SourceError(_BROKEN)
    return content
