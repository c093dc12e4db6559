"""Chinese numerals as headings are numbered with."""

from __future__ import annotations

_NUMERALS = "一二三四五六七八九十"


def number_of(numeral: str) -> int:
    """Return the number of a numeral up to 九十九: 十二 → 12."""
    if len(numeral) == 1:
        return _NUMERALS.index(numeral) + 1
    if numeral[0] == "十":
        return 10 + _NUMERALS.index(numeral[1]) + 1
    return (_NUMERALS.index(numeral[0]) + 1) * 10 + (_NUMERALS.index(numeral[2]) + 1 if len(numeral) > 2 else 0)


def numeral_of(number: int) -> str:
    """Return the numeral of a number up to 99: 12 → 十二."""
    if number <= 10:
        return _NUMERALS[number - 1]
    tens, rest = divmod(number, 10)
    return ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" + (_NUMERALS[rest - 1] if rest else "")
