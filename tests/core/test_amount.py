"""Amounts: what people write, what is refused and in which words, and back again."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktopapp.core.amount import (
    EXACT_GRAIN,
    LARGEST,
    PUBLISHED_GRAIN,
    AmountError,
    Unit,
    format_amount,
    format_number,
    parse_amount,
    parse_decimal,
    plain_wan,
    round_to,
)

WAN, YUAN = Unit.WAN, Unit.YUAN
UNITS = st.sampled_from([WAN, YUAN])
GRAINS = st.sampled_from([EXACT_GRAIN, PUBLISHED_GRAIN])
AMOUNTS = st.integers(-LARGEST, LARGEST)


class TestUnderstood:
    @pytest.mark.parametrize(
        ("text", "fen"),
        [
            ("12938.50", 12_938_500_000),
            ("12,938.50", 12_938_500_000),
            ("1, 294. 48", 1_294_480_000),
            ("1 294.48", 1_294_480_000),
            ("1\u00a0294.48", 1_294_480_000),
            ("１２３．４５", 123_450_000),
            ("１，２９４．４８", 1_294_480_000),
            ("（5.00）", -5_000_000),
            ("(5.00)", -5_000_000),
            ("-5", -5_000_000),
            ("－5", -5_000_000),
            ("−5", -5_000_000),
            ("—5", -5_000_000),
            ("+5", 5_000_000),
            ("＋5", 5_000_000),
            (".5", 500_000),
            ("5.", 5_000_000),
            ("0.01", 10_000),
            ("007.10", 7_100_000),
            ("¥5.00", 5_000_000),
            ("￥5.00", 5_000_000),
            ("5.00万元", 5_000_000),
            ("1,234,500元", 123_450_000),
            (" 5.00\n", 5_000_000),
            ("\u200b5.00\ufeff", 5_000_000),
            ("5.000", 5_000_000),
            ("10000000000000元", LARGEST),
            ("-1000000000", -LARGEST),
        ],
    )
    def test_amounts_in_wan(self, text: str, fen: int) -> None:
        assert parse_amount(text) == fen

    @pytest.mark.parametrize(
        "text", ["", " ", "\u3000", "-", "--", "—", "——", "–", "－", "−", "/", "\\", "…", "……", "*", "\n"]
    )
    def test_an_empty_cell(self, text: str) -> None:
        assert parse_amount(text) is None

    @pytest.mark.parametrize("text", ["0", "0.00", "-0", "(0.00)", "０"])
    def test_zero_is_written_out(self, text: str) -> None:
        assert parse_amount(text) == 0
        assert format_amount(0) == ""

    def test_a_unit_behind_the_number_wins(self) -> None:
        assert parse_amount("5万元", YUAN) == parse_amount("5", WAN) == 5_000_000
        assert parse_amount("50000元", WAN) == parse_amount("50000", YUAN) == 5_000_000

    def test_yuan_go_down_to_the_cent(self) -> None:
        assert parse_amount("0.01", YUAN, EXACT_GRAIN) == 1
        assert parse_amount("129,385,000.37", YUAN, EXACT_GRAIN) == 12_938_500_037
        assert parse_amount("0.000001", WAN, EXACT_GRAIN) == 1


class TestRefused:
    @pytest.mark.parametrize(
        "text",
        [
            "abc",
            "1.2.3",
            "1e5",
            "5%",
            "12a",
            "--5",
            "(-5)",
            "(5",
            "5)",
            "()",
            "(",
            ".",
            "5-",
            "1/2",
            "5万",
            "nan",
            "inf",
        ],
    )
    def test_what_is_no_number(self, text: str) -> None:
        with pytest.raises(AmountError, match="不是金额，请录入数字"):
            parse_amount(text)

    @pytest.mark.parametrize("text", ["5²", "①", "12938²", "٣", "५", "𝟏", "½", "Ⅳ"])
    def test_signs_that_only_resemble_digits(self, text: str) -> None:
        with pytest.raises(AmountError, match="不是金额"):
            parse_amount(text)

    @pytest.mark.parametrize("text", ["万元", "元", " 元 "])
    def test_a_bare_unit_does_not_empty_the_cell(self, text: str) -> None:
        with pytest.raises(AmountError, match="只有单位"):
            parse_amount(text)

    @pytest.mark.parametrize(
        ("text", "unit", "grain", "words"),
        [
            ("1.234", WAN, PUBLISHED_GRAIN, "小数超过两位：本表按万元保留两位小数"),
            ("1.2345678", WAN, EXACT_GRAIN, "小数超过六位"),
            ("1.234", YUAN, EXACT_GRAIN, "小数超过两位：以元为单位的金额最多到分"),
            ("150", YUAN, PUBLISHED_GRAIN, "不是 100 元的整数倍"),
            ("150元", WAN, PUBLISHED_GRAIN, "不是 100 元的整数倍"),
        ],
    )
    def test_finer_than_the_form_keeps(self, text: str, unit: Unit, grain: int, words: str) -> None:
        with pytest.raises(AmountError, match=words) as refused:
            parse_amount(text, unit, grain)
        assert f"“{text}”" in str(refused.value)

    @pytest.mark.parametrize("text", ["1000000000.01", "-1000000000.01", "99999999999900元", "1" * 20])
    def test_beyond_ten_million_million_yuan(self, text: str) -> None:
        with pytest.raises(AmountError, match="超过十万亿元，请检查单位"):
            parse_amount(text)

    def test_too_many_digits(self) -> None:
        with pytest.raises(AmountError, match="位数太多"):
            parse_amount("1" * 5000)

    def test_a_long_text_is_quoted_in_short(self) -> None:
        with pytest.raises(AmountError) as refused:
            parse_amount("某单位\n" * 4000)
        assert len(str(refused.value)) < 120
        assert "\n" not in str(refused.value)

    @given(st.text(max_size=40), UNITS, GRAINS)
    @example("(", WAN, 1)
    @example("\ud800", WAN, 1)
    @example("．", YUAN, 1)
    @example("元元", YUAN, 1)
    def test_nothing_but_a_sentence_is_ever_raised(self, text: str, unit: Unit, grain: int) -> None:
        try:
            amount = parse_amount(text, unit, grain)
        except AmountError as refused:
            assert str(refused).endswith("。")
        else:
            assert amount is None or (type(amount) is int and amount % grain == 0 and abs(amount) <= LARGEST)

    @given(st.text(alphabet="0123456789.,-+()（）－ 万元eE", max_size=12), UNITS, GRAINS)
    def test_nor_for_texts_that_look_like_amounts(self, text: str, unit: Unit, grain: int) -> None:
        try:
            amount = parse_amount(text, unit, grain)
        except AmountError:
            return
        assert amount is None or type(amount) is int

    @given(st.text(max_size=20))
    def test_decimals_are_whole_numbers_with_places(self, text: str) -> None:
        try:
            number = parse_decimal(text)
        except AmountError:
            return
        assert number is None or (type(number.digits) is int and type(number.places) is int)


class TestThereAndBack:
    @given(AMOUNTS, UNITS, GRAINS, st.booleans())
    def test_what_is_shown_means_the_amount(self, amount: int, unit: Unit, grain: int, separators: bool) -> None:
        amount = round_to(amount, grain) if abs(round_to(amount, grain)) <= LARGEST else 0
        decimals = 6 if unit is WAN and grain == EXACT_GRAIN else 2
        text = format_amount(amount, unit, separators=separators, decimals=decimals)
        assert (parse_amount(text, unit, grain) or 0) == amount

    @given(AMOUNTS)
    def test_plain_decimal_strings(self, amount: int) -> None:
        text = plain_wan(amount)
        assert parse_amount(text, WAN, EXACT_GRAIN) == amount
        assert "," not in text
        assert len(text.partition(".")[2]) in (2, 6)

    @given(AMOUNTS, UNITS, st.integers(0, 8))
    def test_rounded_to_any_number_of_decimals(self, amount: int, unit: Unit, decimals: int) -> None:
        text = format_number(amount, unit, separators=False, decimals=decimals)
        digits = int(text.replace(".", "")) * unit.fen
        # Half a unit of the last place at most is lost.
        assert abs(digits - amount * 10**decimals) * 2 <= unit.fen

    @pytest.mark.parametrize(
        ("fen", "unit", "text"),
        [
            (12_938_500_000, WAN, "12,938.50"),
            (12_938_500_000, YUAN, "129,385,000.00"),
            (-5_000_000, WAN, "-5.00"),
            (4_999, WAN, "0.00"),
            (5_000, WAN, "0.01"),
            (-5_000, WAN, "-0.01"),
            (-4_999, WAN, "0.00"),
            (1, YUAN, "0.01"),
            (0, WAN, "0.00"),
        ],
    )
    def test_shown(self, fen: int, unit: Unit, text: str) -> None:
        assert format_number(fen, unit) == text

    def test_without_decimals(self) -> None:
        assert format_number(12_345_000_000, WAN, decimals=0) == "12,345"
        assert format_number(50, YUAN, decimals=0) == "1"


class TestRounding:
    @given(AMOUNTS, st.sampled_from([1, 100, 10_000]))
    def test_half_away_from_zero(self, amount: int, grain: int) -> None:
        rounded = round_to(amount, grain)
        assert rounded % grain == 0
        assert abs(rounded - amount) * 2 <= grain
        assert round_to(-amount, grain) == -rounded
        if abs(rounded - amount) * 2 == grain:
            assert abs(rounded) > abs(amount)
