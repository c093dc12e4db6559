"""Characters that look like ordinary text but are not, and exact text of typed numbers."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Final

# PDF writers map glyphs of common words to the radicals blocks ("⽀" for "支"). Unicode gives most of them a
# compatibility decomposition; the simplified radicals of the supplement have none and are listed here.
_SUPPLEMENT: Final = dict(
    zip(
        "⺁⺎⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰",
        "厂兀民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙",
        strict=True,
    )
)


def _replacements() -> dict[int, str | None]:
    table: dict[int, str | None] = {ord(key): value for key, value in _SUPPLEMENT.items()}
    for start, end in ((0x2E80, 0x2FE0), (0xF900, 0xFB00)):
        for code in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if plain != chr(code):
                table.setdefault(code, plain)
    for code in (*range(0x2000, 0x200B), 0x00A0, 0x202F, 0x205F, 0x3000, 0x0B, 0x0C):
        table[code] = " "
    for code in (0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x00AD, 0xFFFE, 0xFFFF):
        table[code] = None
    for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10)):
        table[code] = None
    for code in (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)):
        table[code] = None
    table[0x02] = "-"  # PDFium's mark for a hyphen at the end of a line
    table[0x85] = table[0x2028] = table[0x2029] = "\n"
    return table


_TABLE: Final = _replacements()
_BLANKS_AT_BREAK: Final = re.compile(r" *\n *")


def clean_text(text: str) -> str:
    """Return `text` with ordinary characters: radicals as characters, odd blanks as blanks, invisible marks removed.

    Full-width digits and punctuation are kept as printed; TAB and newline are kept; the ends are stripped of blanks.
    """
    if not (text.isascii() and text.isprintable()):
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TABLE)
    return text.strip(" \n")


def clean_cell(text: str) -> str:
    """Return `clean_text` for a cell: line breaks without blanks around them, TAB as blank."""
    text = clean_text(text)
    if "\t" in text:
        text = text.replace("\t", " ").strip(" ")
    if "\n" in text:
        text = _BLANKS_AT_BREAK.sub("\n", text)
    return text


def number_text(value: int | float) -> str | None:
    """Return the exact plain decimal of a typed number, None for infinities and NaN.

    A binary float is taken to 15 significant digits, which is what spreadsheets themselves store and show: the cached
    12938.499999999998 of a sum is 12938.5. Never an exponent, never a trailing ".0".
    """
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return None
    number = Decimal(f"{value:.15g}") if abs(value) < 1e15 else Decimal(repr(value))
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
