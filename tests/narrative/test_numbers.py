"""Numbers are rounded half up, once, and written in one style."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.narrative.numbers import NumberStyle, balanced, half_up


@pytest.mark.parametrize(
    ("style", "fen", "written"),
    [
        (NumberStyle(), 12_938_500_000, "12,938.5"),
        (NumberStyle(trim_amounts=False), 12_938_500_000, "12,938.50"),
        (NumberStyle(separators=False), 12_938_500_000, "12938.5"),
        (NumberStyle(), 0, "0"),
        (NumberStyle(trim_amounts=False), 0, "0.00"),
        (NumberStyle(), 5_000, "0.01"),
        (NumberStyle(), 4_999, "0"),
        (NumberStyle(), -5_000, "-0.01"),
        (NumberStyle(amount_places=0), 1_500_000, "2"),
    ],
)
def test_amounts(style: NumberStyle, fen: int, written: str) -> None:
    assert style.amount(fen) == written


@pytest.mark.parametrize(
    ("style", "rate", "written"),
    [
        (NumberStyle(), Fraction(1), "100.0%"),
        (NumberStyle(trim_rates=True), Fraction(1), "100%"),
        (NumberStyle(rate_places=2), Fraction(1, 3), "33.33%"),
        (NumberStyle(), Fraction(5648, 7248), "77.9%"),
        (NumberStyle(), Fraction(18066, 25180), "71.7%"),
        (NumberStyle(), Fraction(1, 2000), "0.1%"),
        (NumberStyle(), Fraction(-1, 2000), "-0.1%"),
        (NumberStyle(rate_places=0), Fraction(125, 1000), "13%"),
    ],
)
def test_rates(style: NumberStyle, rate: Fraction, written: str) -> None:
    assert style.rate(rate) == written


def test_scores() -> None:
    assert NumberStyle().number(Fraction("97.41")) == "97.41"
    assert NumberStyle().number(Fraction(20)) == "20"


@given(st.fractions(min_value=-(10**9), max_value=10**9), st.integers(0, 4))
def test_half_up_is_that_of_accountants(value: Fraction, places: int) -> None:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(exact) == value:
        steps = (exact * 10**places).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        assert half_up(value, places) == int(steps)
    assert abs(half_up(value, places) - value * 10**places) <= Fraction(1, 2)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any), st.integers(0, 2))
def test_balanced_shares_add_up(parts: list[int], places: int) -> None:
    total = sum(parts)
    steps = balanced([Fraction(p, total) for p in parts], places)
    assert sum(steps) == 100 * 10**places
    for part, step in zip(parts, steps, strict=True):
        assert abs(Fraction(part, total) * 100 * 10**places - step) < 1
