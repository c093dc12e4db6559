"""Amounts of money as whole numbers of 分, and how people write them.

An amount is an ``int`` of 分 (0.01 元) or ``None`` for an empty cell, which counts as zero. Nothing in this module
or above it ever holds an amount in a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
#: 0.01 万元, the unit in which amounts are published.
PUBLISHED_GRAIN = 10_000
#: 分, the unit in which ledgers are kept.
EXACT_GRAIN = 1
#: 10^13 元, beyond which an amount of a department is a slip.
LARGEST = 10**13 * FEN_PER_YUAN

Amount = int | None

_MINUS = "-−–—"
_EMPTY = {"", "-", "--", "−", "–", "—", "——", "/", "\\", "…", "……", "*"}
# Beside every kind of blank: separators, the sign of the currency, and what copied web pages carry unseen.
_NOISE = {",", "'", "’", "٬", "、", "¥", "\u200b", "\ufeff"}
# Full-width and small forms only: a wider folding would turn 5² into 52 and ① into 1.
_NARROW = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    0x3000: " ",
    0xFFE5: "¥",
    0xFE50: ",",
    0xFE52: ".",
    0xFE59: "(",
    0xFE5A: ")",
    0xFE62: "+",
    0xFE63: "-",
    0xFE66: "=",
}
_LONGEST_SHOWN = 40


class Unit(Enum):
    """Unit in which amounts are typed and shown."""

    WAN = "万元"
    YUAN = "元"

    @property
    def fen(self) -> int:
        """Return the number of 分 in one unit."""
        return FEN_PER_WAN if self is Unit.WAN else FEN_PER_YUAN


class AmountError(ValueError):
    """Raised when a text is no amount; its message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Decimal10:
    """A decimal number ``digits / 10**places``, exact."""

    digits: int
    places: int

    def to_fen(self, unit: Unit, grain: int, text: str) -> int:
        """Return the number as 分, which must be a multiple of ``grain`` 分.

        Raises AmountError when the number has more decimals than the grain allows.
        """
        scaled = self.digits * unit.fen
        scale: int = 10**self.places
        fen, rest = divmod(scaled, scale)
        if rest or fen % grain:
            raise AmountError(_too_precise(text, unit, grain))
        return fen


def _too_precise(text: str, unit: Unit, grain: int) -> str:
    if unit is Unit.YUAN and grain == EXACT_GRAIN:
        return f"“{text}”的小数超过两位：以元为单位的金额最多到分，请四舍五入后再录入。"
    if unit is Unit.WAN and grain == EXACT_GRAIN:
        return f"“{text}”的小数超过六位：以万元为单位的金额最多到分（六位小数），请四舍五入后再录入。"
    if unit is Unit.WAN:
        return f"“{text}”的小数超过两位：本表按万元保留两位小数，请四舍五入后再录入，或把本表改为按元保存。"
    return f"“{text}”不是 100 元的整数倍：本表按万元保留两位小数，请四舍五入后再录入，或把本表改为按元保存。"


def narrow(text: str) -> str:
    """Return a text with full-width and small forms of ASCII narrowed and nothing else changed."""
    return text.translate(_NARROW)


def shown(text: str) -> str:
    """Return a typed text as sentences quote it: on one line, not longer than a line, nothing that cannot be seen."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words if len(words) <= _LONGEST_SHOWN else words[: _LONGEST_SHOWN - 1] + "…"


def _fold(text: str) -> str:
    """Return the text narrowed, without separators, blanks and the sign of the currency."""
    return "".join(c for c in narrow(text) if c not in _NOISE and not c.isspace())


def parse_decimal(text: str) -> Decimal10 | None:
    """Return the number that a person wrote, or None for an empty text.

    Understands thousand separators, blanks inside numbers, full-width digits, brackets or any dash for a minus sign
    and a bare dash for an empty cell. Raises AmountError with a sentence for the user.
    """
    folded = _fold(text)
    if folded in _EMPTY:
        return None
    negative = False
    if folded[0] == "(" and folded[-1] == ")":
        # A minus within brackets may mean either sign; it is left to be refused.
        negative, folded = True, folded[1:-1]
    elif folded[0] in _MINUS:
        negative, folded = True, folded[1:]
    elif folded[0] == "+":
        folded = folded[1:]
    whole, _, decimals = folded.partition(".")
    # str.isdigit accepts superscripts and other scripts, which int() would read or refuse at random.
    if not (whole + decimals).isascii() or not (whole + decimals).isdigit():
        raise AmountError(f"“{shown(text)}”不是金额，请录入数字，例如 1,294.48。")
    if len(whole) > 20 or len(decimals) > 20:
        raise AmountError(f"“{shown(text)}”的位数太多，请检查是否多录入了数字。")
    digits = int(whole + decimals)
    return Decimal10(-digits if negative else digits, len(decimals))


def parse_amount(text: str, unit: Unit = Unit.WAN, grain: int = PUBLISHED_GRAIN) -> Amount:
    """Return the amount in 分 that a text in ``unit`` states, or None when the text is empty.

    ``grain`` is the smallest step in 分 that the form keeps. A unit written behind the number (元, 万元) wins over
    ``unit``. Raises AmountError with a sentence for the user.
    """
    folded = _fold(text)
    number_text = text
    for suffix in (Unit.WAN, Unit.YUAN):
        if folded.endswith(suffix.value):
            unit, number_text = suffix, folded[: -len(suffix.value)]
            if not number_text:
                raise AmountError(f"“{shown(text)}”里只有单位，没有数字，请录入金额，例如 1,294.48。")
            break
    number = parse_decimal(number_text)
    if number is None:
        return None
    return check_size(number.to_fen(unit, grain, shown(text)), text)


def check_size(fen: int, text: str) -> int:
    """Return ``fen`` or raise AmountError when it is beyond 10^13 元."""
    if abs(fen) > LARGEST:
        raise AmountError(f"“{shown(text)}”超过十万亿元，请检查单位是元还是万元、是否多录入了数字。")
    return fen


def round_to(fen: int, grain: int) -> int:
    """Return ``fen`` rounded half away from zero to a multiple of ``grain``, as accountants do."""
    half = grain // 2
    return (fen + half) // grain * grain if fen >= 0 else -((-fen + half) // grain * grain)


def format_amount(amount: Amount, unit: Unit = Unit.WAN, *, separators: bool = True, decimals: int = 2) -> str:
    """Return an amount in 分 as text in ``unit``; an empty cell or zero gives an empty text.

    Amounts finer than ``decimals`` are shown rounded half up; nothing is lost in the report itself.
    """
    if not amount:
        return ""
    return format_number(amount, unit, separators=separators, decimals=decimals)


def format_number(fen: int, unit: Unit = Unit.WAN, *, separators: bool = True, decimals: int = 2) -> str:
    """Return 分 as text in ``unit``, with zero as 0.00."""
    steps = 10**decimals
    rounded = round_to(fen, unit.fen // steps) // (unit.fen // steps) if steps < unit.fen else fen * steps // unit.fen
    whole, rest = divmod(abs(rounded), 10**decimals)
    sign = "-" if rounded < 0 else ""
    head = f"{whole:,}" if separators else str(whole)
    return f"{sign}{head}.{rest:0{decimals}d}" if decimals else sign + head


def plain_wan(amount: int) -> str:
    """Return an amount as a plain decimal string in 万元: two decimals, more only where the amount needs them."""
    if amount % PUBLISHED_GRAIN == 0:
        return format_number(amount, separators=False)
    return format_number(amount, separators=False, decimals=6)
