"""Choices of a sum and its parts that fit no choice of the others are dropped, and only those."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.solver import sums
from desktopapp.solver.sums import fitting

COLUMNS = ("a", "b", "c")
HALF = 5


def test_only_what_adds_up_stays() -> None:
    total = [{"a": 300, "b": 50}, {"a": 350}]
    parts = [[{"a": 100}, {"b": 100}], [{"a": 200, "b": 50}, {"a": 50, "b": 200}]]
    assert fitting(total, parts, HALF) == [{0}, {0}, {0}]


def test_rounding_is_no_miss() -> None:
    assert fitting([{"a": 301}], [[{"a": 100}], [{"a": 200}, {"b": 200}]], HALF) == [{0}, {0}, {0}]


def test_nothing_is_known_where_the_source_is_wrong_or_an_amount_is_negative() -> None:
    assert fitting([{"a": 900}], [[{"a": 100}, {"b": 100}]], HALF) is None
    assert fitting([{"a": -100}], [[{"a": -100}, {"b": -100}]], HALF) is None


choices = st.lists(
    st.dictionaries(st.sampled_from(COLUMNS), st.integers(1, 4).map(lambda n: 100 * n), min_size=1),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize("steps", [0, 5_000], ids=["halves", "search"])
@given(total=choices, parts=st.lists(choices, min_size=1, max_size=3))
def test_the_same_is_found_by_trying_everything(
    steps: int, total: list[dict[str, int]], parts: list[list[dict[str, int]]]
) -> None:
    wanted: list[set[int]] = [set() for _ in (total, *parts)]
    for numbers in product(*(range(len(row)) for row in (total, *parts))):
        chosen = [row[n] for row, n in zip((total, *parts), numbers, strict=True)]
        if all(sum(part.get(c, 0) for part in chosen[1:]) == chosen[0].get(c, 0) for c in COLUMNS):
            for row, n in zip(wanted, numbers, strict=True):
                row.add(n)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "_MOST_STEPS", steps)
        assert fitting(total, parts, HALF) == (wanted if wanted[0] else None)


def test_many_ways_are_too_many() -> None:
    part = [{"a": n, "b": 1_000_000 - n} for n in range(300)]
    assert fitting([{"a": 500, "b": 9}], [part] * 6, HALF) is None
