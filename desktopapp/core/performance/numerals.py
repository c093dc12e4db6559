"""Chinese numerals, where they are plainly a number."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import Final

_DIGITS: Final = MappingProxyType(
    {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
)
_TENS: Final = MappingProxyType({"十": 10, "百": 100, "千": 1000})
#: Characters of a Chinese numeral below 10 000, for use in a regular expression.
NUMERAL: Final = "[零〇一二两三四五六七八九十百千]"


def parse_numeral(text: str) -> Fraction | None:
    """Return the number that a Chinese numeral below 10 000 states ("三百二十", "九十五点五"), or None."""
    whole, point, decimals = text.partition("点")
    number = _whole(whole)
    if number is None or (point and not decimals):
        return None
    if any(c not in _DIGITS for c in decimals):
        return None
    digits = "".join(str(_DIGITS[c]) for c in decimals)
    return number + (Fraction(int(digits), 10 ** len(digits)) if digits else 0)


def _whole(text: str) -> Fraction | None:
    if not text:
        return None
    if all(c in _DIGITS for c in text):
        # Read digit by digit only where that is what it is: 二〇二四, never 三四 ("three or four").
        return Fraction(_DIGITS[text]) if len(text) == 1 else None
    total, pending, last = 0, 0, 10_000
    for character in text:
        if character in _TENS:
            step = _TENS[character]
            if step >= last:
                return None
            total, pending, last = total + (pending or 1) * step, 0, step
        elif character not in _DIGITS or pending:
            return None
        else:
            pending = _DIGITS[character]
    return Fraction(total + pending)
