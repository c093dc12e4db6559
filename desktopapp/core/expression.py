"""Small sums typed into a cell, such as ``=1200.5+36``.

Grammar: numbers, + - * /, brackets, unary signs. Values are exact fractions; the result is rounded once, half up, to
the grain of the form.
"""

from __future__ import annotations

import re
from fractions import Fraction

from desktopapp.core.amount import Amount, AmountError, Unit, check_size, narrow, parse_amount, round_to, shown

_TOKEN = re.compile(r"\s*(?:([0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)|(.))", re.DOTALL)
_DEEPEST = 50
_SIGNS = str.maketrans("×÷−–—", "*/---")


def is_expression(text: str) -> bool:
    """Tell whether a typed text asks to be calculated."""
    return narrow(text).lstrip().startswith("=")


def parse_entry(text: str, unit: Unit, grain: int) -> Amount:
    """Return the amount in 分 of what was typed into a cell: an amount, or a calculation after ``=``.

    Raises AmountError with a sentence for the user.
    """
    if not is_expression(text):
        return parse_amount(text, unit, grain)
    value = evaluate(text) * unit.fen
    # One rounding at the very end: half up to 分, then to the grain, would round twice.
    scaled = value / grain
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    return check_size(round_to((whole if scaled >= 0 else -whole) * grain, grain), text)


def evaluate(text: str) -> Fraction:
    """Return the exact value of a calculation; raises AmountError with a sentence for the user."""
    folded = narrow(text).strip().removeprefix("=").translate(_SIGNS)
    if len(folded) > 500:
        raise AmountError("算式太长（超过 500 个字符），请分成几步计算。")
    parser = _Parser(folded, shown(text))
    value = parser.sum_()
    parser.end()
    return value


class _Parser:
    """Recursive descent over the tokens of one calculation."""

    def __init__(self, folded: str, shown: str) -> None:
        self._tokens = [m.group(1) or m.group(2) for m in _TOKEN.finditer(folded) if m.group().strip()]
        self._at = 0
        self._depth = 0
        self._shown = shown

    def _fail(self) -> AmountError:
        return AmountError(f"算式“{self._shown}”不完整或有误，请只用数字、＋、－、×、÷和括号，例如 =1200.5+36。")

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise self._fail()

    def sum_(self) -> Fraction:
        value = self._product()
        while self._peek() in ("+", "-"):
            value = value + self._product() if self._take() == "+" else value - self._product()
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while self._peek() in ("*", "/"):
            if self._take() == "*":
                value *= self._signed()
                continue
            divisor = self._signed()
            if not divisor:
                raise AmountError(f"算式“{self._shown}”除以了零，请检查除数。")
            value /= divisor
        return value

    def _signed(self) -> Fraction:
        sign = 1
        while self._peek() in ("+", "-"):
            sign = -sign if self._take() == "-" else sign
        return sign * self._atom()

    def _atom(self) -> Fraction:
        token = self._take()
        if token == "(":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise self._fail()
            value = self.sum_()
            if self._take() != ")":
                raise self._fail()
            self._depth -= 1
            return value
        if token and token[0] in "0123456789." and token != ".":
            return Fraction(token.replace(",", ""))
        raise self._fail()
