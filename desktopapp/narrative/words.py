"""Words that follow the sign of a fact: 增加 or 减少, 大于 or 小于, and 持平 where nothing changed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from desktopapp.core.amount import PUBLISHED_GRAIN, round_to
from desktopapp.narrative.facts import Fact


@dataclass(frozen=True, slots=True)
class Direction:
    """One set of words: for more, for less and for the same."""

    up: str
    down: str
    same: str


#: The first family that holds a word decides what it turns into.
DIRECTIONS = (
    Direction("增加", "减少", "持平"),
    Direction("增长", "下降", "持平"),
    Direction("大于", "小于", "等于"),
    Direction("高于", "低于", "等于"),
    Direction("多于", "少于", "等于"),
    Direction("上升", "下降", "持平"),
    Direction("增长", "降低", "持平"),
    Direction("提高", "降低", "持平"),
    Direction("上涨", "下跌", "持平"),
    Direction("增加", "压减", "持平"),
    Direction("增多", "减少", "持平"),
)
SAME = frozenset(d.same for d in DIRECTIONS)
#: Every word that tells a sign.
SIGN_WORDS = frozenset(w for d in DIRECTIONS for w in (d.up, d.down, d.same))


def sign_of(fact: Fact) -> int:
    """Return 1, 0 or -1 for a fact as it is published: a change below half of 0.01 万元 is none."""
    value = fact.quantity
    if fact.kind == "amount":
        value = round_to(int(value), PUBLISHED_GRAIN)
    return (value > 0) - (value < Fraction(0))


def turned(word: str, sign: int) -> str:
    """Return the word that says the same with this sign: ("增加", -1) → "减少"; other words stay."""
    for d in DIRECTIONS:
        if word in (d.up, d.down, d.same):
            return d.same if sign == 0 else d.up if sign > 0 else d.down
    return word
