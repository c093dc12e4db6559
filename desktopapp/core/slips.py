"""Known slips of people who copy amounts: how a wrong amount may have come from the right one, and how likely it is.

A slip's ``cost`` is minus the binary logarithm of its likelihood, in tenths of a bit, up to a constant: how often
people make this kind of slip, among how many results it chooses, and how much more ordinary the right amount is than
the wrong one. Lower is more plausible. All of it is whole-number arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from desktopapp.core.amount import EXACT_GRAIN, Amount

#: Tenths of a bit; see ``_KINDS``.
Cost = int


@dataclass(frozen=True, slots=True)
class Slip:
    """One way in which an amount may have gone wrong: ``why`` is a phrase for the user."""

    kind: str
    cost: Cost
    why: str

    @property
    def known(self) -> bool:
        """Tell whether this is a slip that people are known to make."""
        return self.kind not in ("other", "blank", "extra", "tail")


class Habit(Enum):
    """How often offices have an amount in a cell: the costs of a filled and of an empty one."""

    #: Six in seven offices have one.
    USUAL = (2, 28)
    #: Every third.
    SOMETIMES = (15, 6)
    #: One in thirty.
    RARE = (49, 0)

    def cost(self, right: Amount, found: Amount) -> Cost:
        """Return how much less (negative: more) one expects what should stand there than what does."""
        filled, empty = self.value
        return (filled if right else empty) - (filled if found else empty)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Amounts in 分 around a cell that may have been typed into it by mistake; None where there is none.

    ``last`` is last year's amount of the same cell; ``last_known`` tells whether last year is known at all. ``above``
    and ``below`` are the printed rows next to it, ``left`` and ``right`` the columns, ``parent`` the sum above it.
    ``habit`` is how often offices fill the cell in, where that is known.
    """

    last: Amount = None
    last_known: bool = False
    above: Amount = None
    below: Amount = None
    left: Amount = None
    right: Amount = None
    parent: Amount = None
    habit: Habit | None = None


#: How rare each kind of slip is: 43 tenths of a bit are 5 in 100.
_KINDS = {
    "transposed": 25,
    "apart": 58,
    "tail": 20,
    "digit": 22,
    "dropped": 36,
    "added": 50,
    "doubled": 45,
    "sign": 41,
    "unit": 41,
    "point": 62,
    "row": 51,
    "column": 55,
    "parent": 45,
    "last": 41,
    "blank": 41,
    "extra": 66,
    "other": 53,
}
#: Amounts spread evenly over so many tenths of a bit: what an amount that nothing explains costs beside its own size.
_SPREAD = 40
#: Most that last year's amount can say for or against an amount, because some amounts do change that much.
_MOST_FROM_LAST_YEAR = 80
#: Amounts below so many grains are not more common than this one.
_SMALL = 30
#: Differences of so many published steps may be rounding that has added up over many items.
_TAIL = 3
_UNIT_SHIFT = 4


def log2_tenths(n: int) -> int:
    """Return 10·log2(n) for n ≥ 1 to the nearest tenth or so; 0 for less."""
    if n <= 1:
        return 0
    top = n.bit_length() - 1
    rest = (n << 5 >> top) - 32
    # Chord of the logarithm over one octave, bent by its largest error (0.086) in the middle.
    return 10 * top + (10 * rest + rest * (32 - rest) // 12 + 16) // 32


def slips(found: Amount, right: int, grain: int, around: Neighbours) -> Iterator[Slip]:
    """Yield the ways in which ``right`` may have become ``found``, both in 分 and multiples of ``grain``."""
    history = expectation(found, right, grain, around)
    if not found:
        yield Slip("blank", _KINDS["blank"] + unexplained(right, grain) + history, "疑似漏填")
        return
    if not right:
        # How large a superfluous amount is says nothing.
        yield Slip("extra", _KINDS["extra"] + history, "疑似不应填列")
        relief = 0
    else:
        yield Slip("other", _KINDS["other"] + unexplained(right, grain) + history, "")
        relief = _size(right, grain) - _size(found, grain)
    if grain != EXACT_GRAIN and abs(found - right) <= _TAIL * grain:
        yield Slip("tail", _KINDS["tail"] + log2_tenths(2 * _TAIL) + history, "只差末位，也可能是尾数误差的累积")
    for kind, choices, why in (*_copied(found, around), *_typed(found, right, grain)):
        yield Slip(kind, _KINDS[kind] + log2_tenths(choices) + relief + history, why)


def expectation(found: Amount, right: int, grain: int, around: Neighbours) -> Cost:
    """Return how much less (negative: more) last year and habit make one expect the right amount than the found one."""
    cost = _against_last_year(found or 0, right, grain, around)
    if around.habit is not None and not around.last:
        cost += around.habit.cost(right, found)
    return cost


def unexplained(amount: int, grain: int) -> Cost:
    """Return how rare just this amount is where nothing tells what it should be."""
    return _SPREAD + _size(amount, grain)


def _size(amount: int, grain: int) -> Cost:
    """Return how rare an amount of this size is: orders of magnitude are equally common, down to very small ones."""
    return log2_tenths(abs(amount) // grain + _SMALL)


def likeliest(found: Amount, right: int, grain: int, around: Neighbours) -> Slip:
    """Return the most plausible way in which ``right`` may have become ``found``."""
    return min(slips(found, right, grain, around), key=lambda s: s.cost)


def _against_last_year(found: int, right: int, grain: int, around: Neighbours) -> Cost:
    """Return how much less (negative: more) last year's amount makes one expect the right amount than the found one."""
    if not around.last_known:
        return 0
    return _distance(right, around.last or 0, grain) - _distance(found, around.last or 0, grain)


def _distance(amount: int, last: int, grain: int) -> Cost:
    if (amount > 0) != (last > 0) or (amount < 0) != (last < 0):
        return _MOST_FROM_LAST_YEAR if amount or last else 0
    apart = log2_tenths(abs(amount) // grain) - log2_tenths(abs(last) // grain)
    return min(_MOST_FROM_LAST_YEAR, 2 * apart * apart // 5)


# ── another amount was copied ───────────────────────────────────────────────────────────────────────────────────────
def _copied(found: int, around: Neighbours) -> Iterator[tuple[str, int, str]]:
    """Yield (kind, number of results it chooses among, phrase) of the slips that copied an amount from elsewhere."""
    if found == around.last:
        yield "last", 1, "与上年决算数相同，疑似没有改成本年数"
    if found == around.parent:
        yield "parent", 1, "与上级科目的合计相同，疑似把合计填到了本行"
    if found == around.above:
        yield "row", 1, "与上一行相同，疑似串行"
    if found == around.below:
        yield "row", 1, "与下一行相同，疑似串行"
    if found in (around.left, around.right):
        yield "column", 1, "与相邻栏相同，疑似串栏"


# ── digits were mistyped ────────────────────────────────────────────────────────────────────────────────────────────
def _typed(found: int, right: int, grain: int) -> Iterator[tuple[str, int, str]]:
    """Yield (kind, number of results it chooses among, phrase) of the slips of the keyboard."""
    if found == -right:
        yield "sign", 1, "疑似正负号录反"
        return
    if right == 0 or (found > 0) != (right > 0):
        return
    wrong, true = abs(found) // grain, abs(right) // grain
    yield from _scaled(wrong, true)
    a, b = str(wrong), str(true)
    if len(a) == len(b):
        yield from _replaced(a, b)
    elif len(a) + 1 == len(b):
        if _without_one(b, a):
            yield "dropped", len(b), "疑似漏录一位数字"
        yield from (s for s in _replaced("0" + a, b) if s[0] == "transposed")
    elif len(a) == len(b) + 1:
        if _doubled(a, b):
            yield "doubled", len(b), "疑似重复录入一位数字"
        elif _without_one(a, b):
            yield "added", 10 * len(a), "疑似多录一位数字"
        yield from (s for s in _replaced(a, "0" + b) if s[0] == "transposed")


def _scaled(wrong: int, true: int) -> Iterator[tuple[str, int, str]]:
    """Yield factors of ten between the two: a misplaced decimal point, or 元 taken for 万元."""
    for shift in (1, 2, 3, _UNIT_SHIFT):
        factor = 10**shift
        kind = "unit" if shift == _UNIT_SHIFT else "point"
        if wrong == true * factor or true in _without_places(wrong, factor):
            if kind == "unit":
                yield kind, 1, "疑似把以元为单位的数当作万元录入"
            else:
                yield kind, 1, f"疑似小数点错位，放大了 {factor} 倍"
        elif true == wrong * factor or wrong in _without_places(true, factor):
            if kind == "unit":
                yield kind, 1, "疑似把以万元为单位的数又除以一万"
            else:
                yield kind, 1, f"疑似小数点错位，缩小为 {factor} 分之一"


def _without_places(amount: int, factor: int) -> tuple[int, int]:
    """Return an amount divided by a factor of ten, rounded and cut off."""
    return (amount + factor // 2) // factor, amount // factor


def _replaced(a: str, b: str) -> Iterator[tuple[str, int, str]]:
    """Yield one digit wrong or two digits exchanged, for texts of the same length."""
    places = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(places) == 1:
        yield "digit", 9 * len(b), "疑似一位数字录错"
    elif len(places) == 2:
        i, j = places
        if a[i] == b[j] and a[j] == b[i]:
            if j == i + 1:
                yield "transposed", max(1, len(b) - 1), "疑似相邻两位数字颠倒"
            else:
                yield "apart", max(1, len(b) * (len(b) - 1) // 2), "疑似两位数字互换"


def _without_one(longer: str, shorter: str) -> bool:
    """Tell whether leaving out one character of the longer text gives the shorter."""
    at = next((i for i, (x, y) in enumerate(zip(longer, shorter, strict=False)) if x != y), len(shorter))
    return longer[:at] + longer[at + 1 :] == shorter


def _doubled(longer: str, shorter: str) -> bool:
    """Tell whether the longer text repeats one character of the shorter."""
    return any(longer == shorter[: i + 1] + shorter[i:] for i in range(len(shorter)))
