"""How amounts, rates and counts are written in text: one style per report."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from desktopapp.core.amount import FEN_PER_WAN, round_to


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are written in one report.

    Attributes:
        separators: whether thousands are separated (12,938.5).
        amount_places: decimals of an amount in 万元, 0 to 6.
        trim_amounts: whether zeros at the end of an amount are left out (12,938.5 for 12,938.50).
        rate_places: decimals of a percentage.
        trim_rates: whether zeros at the end of a percentage are left out (100% for 100.0%).
        balance_shares: whether shares of one whole are rounded so that they add up to 100 %.
    """

    separators: bool = True
    amount_places: int = 2
    trim_amounts: bool = True
    rate_places: int = 1
    trim_rates: bool = False
    balance_shares: bool = False

    def amount(self, fen: int) -> str:
        """Return an amount in 分 as a number of 万元."""
        grain = FEN_PER_WAN // 10**self.amount_places
        return self._written(round_to(fen, grain) // grain, self.amount_places, True)

    def rate(self, value: Fraction) -> str:
        """Return a ratio as a percentage with its sign %: Fraction(156, 1000) → "15.6%"."""
        return self.percentage(half_up(value * 100, self.rate_places))

    def percentage(self, steps: int) -> str:
        """Return a percentage given in its smallest steps (156 with one decimal → "15.6%")."""
        return self._written(steps, self.rate_places, False) + "%"

    def count(self, value: int) -> str:
        """Return a whole number."""
        return f"{value:,}" if self.separators else str(value)

    def number(self, value: Fraction) -> str:
        """Return a number such as a score: two decimals at most, without zeros at the end."""
        return plain_decimal(half_up(value, 2), 2, self.separators, trim=True)

    def _written(self, steps: int, places: int, amount: bool) -> str:
        return plain_decimal(steps, places, self.separators, trim=self.trim_amounts if amount else self.trim_rates)


def half_up(value: Fraction, places: int) -> int:
    """Return ``value`` in steps of 10^-places, halves rounded away from zero, as accountants do."""
    scale: int = 10**places
    scaled = abs(value) * scale
    steps = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return -steps if value < 0 else steps


def plain_decimal(steps: int, places: int, separators: bool, *, trim: bool) -> str:
    """Return ``steps / 10**places`` as a decimal number."""
    whole, rest = divmod(abs(steps), 10**places)
    head = f"{whole:,}" if separators else str(whole)
    tail = f"{rest:0{places}d}" if places else ""
    if trim:
        tail = tail.rstrip("0")
    sign = "-" if steps < 0 else ""
    return f"{sign}{head}.{tail}" if tail else sign + head


def balanced(values: list[Fraction], places: int) -> list[int]:
    """Return shares in steps of 10^-places per cent that add up to the rounded sum of the shares.

    Each is rounded down or up; those with the largest remainders go up (the earlier one among equals).
    """
    scaled = [v * 100 * 10**places for v in values]
    floors = [s.numerator // s.denominator for s in scaled]
    missing = half_up(sum(values, Fraction()) * 100, places) - sum(floors)
    order = sorted(range(len(values)), key=lambda i: (floors[i] - scaled[i], i))
    for i in order[: max(0, missing)]:
        floors[i] += 1
    return floors
