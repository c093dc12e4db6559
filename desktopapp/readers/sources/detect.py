"""What kind of file this is: by its content first, by its suffix where the content leaves it open."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path
from typing import Final

from .encoding import decode_text
from .errors import SourceError
from .ziptools import open_zip, read_part


class Kind(StrEnum):
    """The kinds of source that are told apart."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    XML_SHEET = "xml-sheet"
    CSV = "csv"
    TSV = "tsv"
    DOCX = "docx"
    PDF = "pdf"
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    MHTML = "mhtml"
    JUESUAN = "juesuan"
    JSON = "json"


_HEAD_BYTES: Final = 64 * 1024
_TEXT_SUFFIXES: Final = {
    ".csv": Kind.CSV,
    ".tsv": Kind.TSV,
    ".tab": Kind.TSV,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".htm": Kind.HTML,
    ".html": Kind.HTML,
    ".json": Kind.JSON,
}
_PICTURES: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
_HTML_MARKS: Final = ("<!doctype html", "<html", "<table", "<head", "<body", "<div", "<meta", "<p>", "<tr")
_XML_SHEET_MARK: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_REFUSED_SUFFIXES: Final = {
    ".ofd": "这是 OFD 版式文件，请先用阅读软件另存为 PDF 后再导入。",
    ".doc": "这是旧版 Word 文档（.doc），请用 Word 或 WPS 另存为 .docx 后再导入。",
    ".wps": "这是 WPS 文字文档（.wps），请用 WPS 另存为 .docx 后再导入。",
    ".xlsb": "这是二进制工作簿（.xlsb），请用 Excel 或 WPS 另存为 .xlsx 后再导入。",
}


def detect_kind(path: Path) -> Kind:
    """Return the kind of the file; raise SourceError for what cannot be read at all."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    suffix = path.suffix.lower()
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise SourceError("文件是空的，请确认选对了文件。")
    if head.startswith(_ZIP):
        return _kind_of_zip(path)
    if head.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        raise SourceError("压缩包是空的或不完整，请重新获取该文件后再导入。")
    if head.startswith(_OLE):
        return _kind_of_ole(path, suffix)
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(b"SQLite format 3\x00"):
        return Kind.JUESUAN
    if head.startswith(_PICTURES) or head[:4] == b"RIFF" or (head[:2] == b"BM" and b"\x00" in head[:32]):
        raise SourceError("这是图片而不是文字，请改用有文字的 PDF、Word 或 Excel 文件。")
    if head.startswith(b"{\\rtf"):
        raise SourceError("这是 RTF 文档，请用 Word 或 WPS 另存为 .docx 后再导入。")
    if suffix in (".juesuan", ".pdf", ".xlsx", ".xlsm", ".docx", ".ods") and b"\x00" in head:
        raise SourceError(f"内容不是有效的 {suffix} 文件，可能已损坏，请重新获取该文件后再导入。")
    return _kind_of_text(head, suffix)


def _kind_of_zip(path: Path) -> Kind:
    with open_zip(path) as archive:
        names = set(archive.namelist())
        if any(name.startswith("word/document") for name in names) or _has_main_part(archive, b"wordprocessingml"):
            return Kind.DOCX
        if "xl/workbook.bin" in names:
            raise SourceError(_REFUSED_SUFFIXES[".xlsb"])
        if any(name.startswith("xl/") for name in names) or _has_main_part(archive, b"spreadsheetml"):
            return Kind.XLSX
        if "OFD.xml" in names:
            raise SourceError(_REFUSED_SUFFIXES[".ofd"])
        if "mimetype" in names:
            return _kind_of_open_document(read_part(archive, "mimetype"))
    raise SourceError("这是压缩包，不是表格或文档，请解压后选择其中的文件导入。")


def _has_main_part(archive: zipfile.ZipFile, mark: bytes) -> bool:
    name = "[Content_Types].xml"
    return name in archive.namelist() and mark in read_part(archive, name)


def _kind_of_open_document(mimetype: bytes) -> Kind:
    if b"opendocument.spreadsheet" in mimetype:
        return Kind.ODS
    if b"opendocument.text" in mimetype:
        raise SourceError("这是 OpenDocument 文字文档（.odt），请另存为 .docx 后再导入。")
    raise SourceError("这种 OpenDocument 文件不能导入，请另存为 .docx、.xlsx 或 PDF 后再导入。")


def _kind_of_ole(path: Path, suffix: str) -> Kind:
    """Tell the old Office files apart by the stream names in their directory (UTF-16, aligned to 128 bytes)."""
    data = path.read_bytes()
    if _stream_at(data, "EncryptedPackage") >= 0:
        raise SourceError("文件有密码保护，请用 Excel、Word 或 WPS 取消密码后再导入。")
    book = max(_stream_at(data, "Workbook"), _stream_at(data, "Book"))
    word = _stream_at(data, "WordDocument")
    if word >= 0 and (book < 0 or suffix in (".doc", ".wps")):
        raise SourceError(_REFUSED_SUFFIXES[".wps" if suffix == ".wps" else ".doc"])
    if book >= 0:
        return Kind.XLS
    raise SourceError("这种旧版 Office 文件不能导入，请另存为 .xlsx 或 .docx 后再导入。")


def _stream_at(data: bytes, name: str) -> int:
    """Return where the directory entry of the stream `name` begins, -1 when there is none."""
    mark = name.encode("utf-16-le") + b"\x00\x00"
    at = data.find(mark)
    while at >= 0:
        if at % 128 == 0:
            return at
        at = data.find(mark, at + 1)
    return -1


def _kind_of_text(head: bytes, suffix: str) -> Kind:
    text, _ = decode_text(head, cut=len(head) == _HEAD_BYTES)
    start = text.lstrip("\ufeff \t\r\n")[:4096].lower()
    if _XML_SHEET_MARK in start and "<workbook" in start:
        return Kind.XML_SHEET
    if start.startswith("mime-version:") or ("content-type: multipart/related" in start and suffix != ".txt"):
        return Kind.MHTML
    if _looks_like_html(start, suffix):
        return Kind.HTML
    if start.startswith(("{", "[")) and suffix in (".json", ".juesuan", ""):
        return Kind.JSON
    if start.startswith("<?xml"):
        raise SourceError("这种 XML 文件不能导入，请另存为 .xlsx、.docx 或 PDF 后再导入。")
    if suffix in (".xls", ".xlsx", ".xlsm", ".et"):
        return Kind.TSV if "\t" in text else Kind.CSV
    if suffix in (".pdf", ".docx", ".ods", ".juesuan", *_REFUSED_SUFFIXES):
        raise SourceError(f"内容不是有效的 {suffix} 文件，可能已损坏，请重新获取该文件后再导入。")
    return _TEXT_SUFFIXES.get(suffix, Kind.TEXT)


def _looks_like_html(start: str, suffix: str) -> bool:
    if start.startswith(_HTML_MARKS):
        return True
    if start.startswith(("<?xml", "<!--", "<!doctype")) and ("<html" in start or "<table" in start):
        return True
    return suffix in (".htm", ".html") or (suffix in (".xls", ".doc", ".et") and start.startswith("<"))
