"""Text of unknown encoding: byte order marks, UTF-8, UTF-16 without a mark, GB 18030."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from .errors import SourceError
from .limits import MAX_TEXT_BYTES

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_SAMPLE: Final = 20_000
NOT_TEXT: Final = "内容不是可读的文字，请确认选对了文件，或另存为 UTF-8 文本后再导入。"
_DAMAGED: Final = "有少量文字无法识别，已用“\ufffd”代替，请核对。"


def read_text_file(path: Path) -> bytes:
    """Return the bytes of a text file, refusing what is too long to be a report."""
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise SourceError(f"文本超过 {MAX_TEXT_BYTES // 1024 // 1024} MB，请拆分或删去多余内容后再导入。")
    return path.read_bytes()


def decode_text(data: bytes, *, cut: bool = False, html: bool = False) -> tuple[str, str]:
    """Return the text and a warning ("" when all is well).

    `cut`: the data may end inside a character. `html`: a declared charset is tried first. Raises SourceError when the
    bytes are no text in any of the encodings.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], name, cut)
    if html and (declared := _META.search(data[:4096])):
        found = _declared(data, declared.group(1).decode("ascii"))
        if found is not None:
            return found, ""
    if (wide := _utf16_without_mark(data[:_SAMPLE])) is not None:
        return _decode(data, wide, cut)
    if b"\x00" in data[:_SAMPLE]:
        raise SourceError(NOT_TEXT)
    return _decode_best(data, cut)


def _declared(data: bytes, charset: str) -> str | None:
    name = charset.lower()
    if name in ("gb2312", "gbk", "gb_2312-80"):
        name = "gb18030"
    if name not in ("utf-8", "gb18030", "big5"):
        return None
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(sample: bytes) -> str | None:
    """UTF-16 shows as zero bytes in every other place; Chinese has few, digits, blanks and line ends have many."""
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    floor = len(sample) // 40
    if odd > floor and odd > 8 * even:
        return "utf-16-le"
    if even > floor and even > 8 * odd:
        return "utf-16-be"
    return None


def _decode(data: bytes, name: str, cut: bool) -> tuple[str, str]:
    decoder = codecs.getincrementaldecoder(name)("replace")
    return _judge(decoder.decode(data, final=not cut))


def _decode_best(data: bytes, cut: bool) -> tuple[str, str]:
    """Try UTF-8, then GB 18030; of two damaged readings take the one with fewer losses."""
    texts = []
    for name in ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(name)("strict").decode(data, final=not cut)
        except UnicodeDecodeError:
            texts.append(codecs.getincrementaldecoder(name)("replace").decode(data, final=not cut))
        else:
            return _judge(text)
    return _judge(min(texts, key=lambda text: text.count("\ufffd")))


def _judge(text: str) -> tuple[str, str]:
    lost = text.count("\ufffd")
    unprintable = len(_UNPRINTABLE.findall(text[:_SAMPLE]))
    if lost * 20 > len(text) or unprintable * 50 > min(len(text), _SAMPLE):
        raise SourceError(NOT_TEXT)
    return text, _DAMAGED if lost else ""
