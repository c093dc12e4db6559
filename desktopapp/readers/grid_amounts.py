"""Amounts in cells: exact numbers of 分, whatever unit they are written in, with a word about what is odd."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from desktopapp.core.amount import AmountError, Unit, check_size, parse_decimal
from desktopapp.readers.grid_words import plain
from desktopapp.readers.sources.model import Cell as SourceCell

#: A number this far from a whole 分 is what binary fractions leave of it, not a finer amount.
_SPECK = Decimal("0.001")


class ReadAmount(NamedTuple):
    """An amount in 分 (None: empty or zero), a remark for the user, and whether the cell could not be understood."""

    fen: int | None
    remark: str = ""
    bad: bool = False


def read_amount(cell: SourceCell, unit: Unit) -> ReadAmount:
    """Return the amount that a cell states in ``unit``; a unit written behind the number wins."""
    if cell.number is not None:
        return _in_fen(Decimal(cell.number) * unit.fen, cell.text)
    text = plain(cell.text)
    for suffix in (Unit.WAN, Unit.YUAN):
        if text.endswith(suffix.value):
            unit, text = suffix, text[: -len(suffix.value)]
            break
    if text.endswith((".", ",")):
        # The rest of it stands in another row or on another page: half an amount is worse than none.
        return ReadAmount(None, f"“{cell.text}”不完整，可能断在了下一行或下一页，没有读取，请补录。", True)
    try:
        number = parse_decimal(text)
    except AmountError as error:
        return ReadAmount(None, str(error), True)
    if number is None:
        return ReadAmount(None)
    return _in_fen(Decimal(number.digits).scaleb(-number.places) * unit.fen, cell.text)


def _in_fen(exact: Decimal, text: str) -> ReadAmount:
    fen = int(exact.to_integral_value(ROUND_HALF_UP))
    try:
        check_size(fen, text)
    except AmountError as error:
        return ReadAmount(None, str(error), True)
    if abs(exact - fen) > _SPECK:
        return ReadAmount(fen or None, f"“{text}”细于一分，已四舍五入到分，请核对。")
    return ReadAmount(fen or None)


def is_number(cell: SourceCell) -> bool:
    """Tell whether a cell holds a number, zero included."""
    if cell.number is not None:
        return True
    try:
        return parse_decimal(cell.text) is not None
    except AmountError:
        return False


def looks_numeric(cell: SourceCell) -> bool:
    """Tell whether a cell holds something that is meant as an amount other than zero."""
    if cell.number is not None:
        return Decimal(cell.number) != 0
    try:
        number = parse_decimal(cell.text)
    except AmountError:
        return False
    return number is not None and number.digits != 0
