"""Calculations typed into a cell."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, AmountError, Unit
from desktopapp.core.expression import evaluate, is_expression, parse_entry

WAN, YUAN = Unit.WAN, Unit.YUAN


class TestCalculated:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("=1200.5+36", "1236.5"),
            ("＝１２００．５＋３６", "1236.5"),
            ("= 1,200.5 + 36 ", "1236.5"),
            ("=2+3*4", "14"),
            ("=(2+3)*4", "20"),
            ("=（2+3）×4", "20"),
            ("=10÷4", "2.5"),
            ("=10-4-3", "3"),
            ("=100/10/5", "2"),
            ("=-5+3", "-2"),
            ("=--5", "5"),
            ("=3*-2", "-6"),
            ("=3−1", "2"),
            ("=.5+1.", "1.5"),
            ("=((((1))))", "1"),
            ("=0/5", "0"),
        ],
    )
    def test_value(self, text: str, value: str) -> None:
        assert evaluate(text) == Fraction(value)
        assert parse_entry(text, WAN, PUBLISHED_GRAIN) == Fraction(value) * WAN.fen

    def test_rounded_once_and_half_up(self) -> None:
        assert parse_entry("=1/3", WAN, PUBLISHED_GRAIN) == 330_000
        assert parse_entry("=0.005", WAN, PUBLISHED_GRAIN) == 10_000
        assert parse_entry("=-0.005", WAN, PUBLISHED_GRAIN) == -10_000
        # Half up to 分 first would make 0.00499999… a half.
        assert parse_entry("=0.0049999999", WAN, PUBLISHED_GRAIN) == 0
        assert parse_entry("=2/3", YUAN, EXACT_GRAIN) == 67

    def test_only_with_an_equals_sign(self) -> None:
        assert is_expression(" =1")
        assert is_expression("＝1")
        assert not is_expression("1+1")
        assert parse_entry("1,294.48", WAN, PUBLISHED_GRAIN) == 1_294_480_000
        with pytest.raises(AmountError, match="不是金额"):
            parse_entry("1+1", WAN, PUBLISHED_GRAIN)

    @given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(1, 999))
    def test_agrees_with_exact_arithmetic(self, a: int, b: int, c: int) -> None:
        assert evaluate(f"=({a})+({b})*{c}/(7*{c})-{c}") == a + Fraction(b, 7) - c


class TestRefused:
    @pytest.mark.parametrize(
        "text",
        [
            "=",
            "=+",
            "=1+",
            "=(1",
            "=1)",
            "=1 2",
            "=1..2",
            "=1+*2",
            "=2**3",
            "=abc",
            "=5%",
            "=1e5",
            "=A1+B2",
            "=5²",
            "=1٣",
        ],
    )
    def test_what_makes_no_sense(self, text: str) -> None:
        with pytest.raises(AmountError, match="不完整或有误，请只用数字"):
            parse_entry(text, WAN, PUBLISHED_GRAIN)

    def test_division_by_zero(self) -> None:
        with pytest.raises(AmountError, match="除以了零"):
            parse_entry("=5/(3-3)", WAN, PUBLISHED_GRAIN)

    def test_too_long_or_too_deep(self) -> None:
        with pytest.raises(AmountError, match="算式太长"):
            evaluate("=" + "1+" * 300 + "1")
        with pytest.raises(AmountError, match="不完整或有误"):
            evaluate("=" + "(" * 200 + "1" + ")" * 200)

    @pytest.mark.parametrize("text", ["=9999999999*9999999999", "=10000000000", "=-99999999999"])
    def test_too_large(self, text: str) -> None:
        with pytest.raises(AmountError, match="超过十万亿元"):
            parse_entry(text, WAN, PUBLISHED_GRAIN)

    @given(
        st.one_of(st.text(max_size=30), st.text(alphabet="0123456789.+-*/()（）×÷ ,", max_size=30)),
        st.sampled_from([WAN, YUAN]),
        st.sampled_from([EXACT_GRAIN, PUBLISHED_GRAIN]),
    )
    @example("1/0", WAN, 1)
    @example("\n1", WAN, 1)
    def test_nothing_but_a_sentence_is_ever_raised(self, text: str, unit: Unit, grain: int) -> None:
        try:
            amount = parse_entry("=" + text, unit, grain)
        except AmountError as refused:
            assert str(refused).endswith("。")
        else:
            assert type(amount) is int
            assert amount % grain == 0
