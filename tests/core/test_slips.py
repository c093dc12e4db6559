"""Known slips: what is recognised, and which reading of an amount is the more plausible."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, Unit, parse_amount
from desktopapp.core.slips import Neighbours, likeliest, log2_tenths, slips

ALONE = Neighbours()


def wan(text: str) -> int:
    """Return an amount in 万元 as 分."""
    amount = parse_amount(text, Unit.WAN)
    assert amount is not None
    return amount


@pytest.mark.parametrize(
    ("found", "right", "kind", "word"),
    [
        ("8315.27", "8351.27", "transposed", "颠倒"),
        ("8352.17", "8312.57", "apart", "互换"),
        ("1234.56", "1294.56", "digit", "一位数字录错"),
        ("123.56", "1234.56", "dropped", "漏录"),
        ("12345.67", "1345.67", "added", "多录"),
        ("12334.56", "1234.56", "doubled", "重复"),
        ("-12.30", "12.30", "sign", "正负号"),
        ("12345600", "1234.56", "unit", "元"),
        ("12345678.90", "1234.57", "unit", "元"),
        ("0.12", "1234.56", "unit", "一万"),
        ("123.40", "12.34", "point", "10 倍"),
        ("12.35", "1234.56", "point", "100 分之一"),
        ("10.50", "1.05", "point", "小数点"),
        ("8315.29", "8315.27", "tail", "尾数误差"),
    ],
)
def test_slips_of_the_keyboard_are_recognised(found: str, right: str, kind: str, word: str) -> None:
    slip = likeliest(wan(found), wan(right), PUBLISHED_GRAIN, ALONE)
    assert slip.kind == kind
    assert word in slip.why


@pytest.mark.parametrize(
    ("around", "kind"),
    [
        (Neighbours(last=wan("55.66"), last_known=True), "last"),
        (Neighbours(parent=wan("55.66")), "parent"),
        (Neighbours(above=wan("55.66")), "row"),
        (Neighbours(below=wan("55.66")), "row"),
        (Neighbours(left=wan("55.66")), "column"),
        (Neighbours(right=wan("55.66")), "column"),
    ],
)
def test_amounts_copied_from_elsewhere_are_recognised(around: Neighbours, kind: str) -> None:
    slip = likeliest(wan("55.66"), wan("873.21"), PUBLISHED_GRAIN, around)
    assert slip.kind == kind and slip.known


def test_an_empty_cell_was_left_out_and_a_superfluous_amount_is_extra() -> None:
    assert likeliest(None, wan("12.30"), PUBLISHED_GRAIN, ALONE).kind == "blank"
    assert likeliest(wan("12.30"), 0, PUBLISHED_GRAIN, ALONE).kind == "extra"


def test_what_nothing_explains_has_no_reason_and_costs_most() -> None:
    slip = likeliest(wan("482.16"), wan("9317.05"), PUBLISHED_GRAIN, ALONE)
    assert (slip.kind, slip.why, slip.known) == ("other", "", False)
    assert slip.cost > likeliest(wan("9371.05"), wan("9317.05"), PUBLISHED_GRAIN, ALONE).cost


def test_exact_amounts_have_no_rounding_to_blame() -> None:
    assert "tail" not in {s.kind for s in slips(123_456_789, 123_456_788, EXACT_GRAIN, ALONE)}


def test_last_years_amount_speaks_for_what_is_near_it() -> None:
    near = Neighbours(last=wan("1000.00"), last_known=True)
    far = Neighbours(last=wan("3.00"), last_known=True)
    found, right = wan("9010.00"), wan("1010.00")
    assert likeliest(found, right, PUBLISHED_GRAIN, near).cost < likeliest(found, right, PUBLISHED_GRAIN, far).cost


@given(st.integers(1, 10**15))
def test_logarithms_are_right_to_a_tenth_of_a_bit(n: int) -> None:
    assert abs(log2_tenths(n) - 10 * log2(n)) < 1


@given(st.integers(-(10**10), 10**10), st.integers(-(10**10), 10**10), st.sampled_from([EXACT_GRAIN, PUBLISHED_GRAIN]))
def test_every_pair_of_amounts_has_an_explanation(found: int, right: int, grain: int) -> None:
    explained = list(slips(found * grain, right * grain, grain, ALONE))
    assert explained
    assert likeliest(found * grain, right * grain, grain, ALONE).cost == min(s.cost for s in explained)
