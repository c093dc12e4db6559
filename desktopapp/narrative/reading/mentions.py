"""Numbers in sentences: amounts, percentages and counts, exact, with the decimals they are printed with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

_NUMBER = r"-?\d{1,3}(?:[,，]\s?\d{3})+(?:\.\d+)?|-?\d+(?:\s?\.\s?\d+)?"
_MENTION = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<unit>万元|亿元|元|%|个百分点|辆|台\s*[（(]?套?[)）]?|个|批次|批|人次|人|项|家|次|年|月|日|分)?"
)
_AMOUNTS = {"万元": Fraction(1), "亿元": Fraction(10_000), "元": Fraction(1, 10_000)}


@dataclass(frozen=True, slots=True)
class Mention:
    """One number: ``kind`` is "amount" (value in 万元), "percent" (value in percent), "count" or "plain".

    ``ulp`` is one unit of its last printed digit; the exact value lies within half of it.
    """

    kind: str
    value: Fraction
    ulp: Fraction
    unit: str
    text: str
    start: int
    end: int

    @property
    def low(self) -> Fraction:
        """Return the least exact value that prints like this."""
        return self.value - self._half

    @property
    def high(self) -> Fraction:
        """Return the greatest exact value that prints like this."""
        return self.value + self._half

    @property
    def _half(self) -> Fraction:
        # "251.8 万元" is 251.80 without its trailing zero: amounts are always known to 0.01 万元.
        step = min(self.ulp, Fraction(1, 100)) if self.kind == "amount" else self.ulp
        return step / 2


#: What may stand between two numbers that share the unit of the second: 收、支总计各是 100.00、90.00 万元.
_SHARED = re.compile(r"\s*[、,，和与及]\s*")
#: The same with the name of the second between them: 收入 100.00、支出总计 90.00 万元.
_SHARED_NAMED = re.compile(r"\s*[、,，]\s*(?:支出?|支出决算)(?:总计|合计)?(?:各|分别)?(?:增加|减少|增长|下降|为)?\s*")


def mentions(sentence: str) -> list[Mention]:
    """Return the numbers of a sentence in order; dates and ordinals are "plain".

    A number without a unit has that of the one that follows it in a list.
    """
    found = [_mention(m) for m in _MENTION.finditer(sentence)]
    for at in range(len(found) - 2, -1, -1):
        one, other = found[at], found[at + 1]
        between = sentence[one.end : other.start]
        if one.unit or "." not in one.text or other.kind not in ("amount", "percent"):
            continue
        if _SHARED.fullmatch(between) or (other.kind == "amount" and _SHARED_NAMED.fullmatch(between)):
            factor = _AMOUNTS.get(other.unit, Fraction(1))
            found[at] = replace(one, kind=other.kind, value=one.value * factor, ulp=one.ulp * factor, unit=other.unit)
    return found


def _mention(m: re.Match[str]) -> Mention:
    plain = re.sub(r"[\s,，]", "", m["number"])
    decimals = len(plain.partition(".")[2])
    value, ulp = Fraction(plain), Fraction(1, 10**decimals)
    unit = re.sub(r"\s", "", m["unit"] or "")
    if unit in _AMOUNTS:
        return Mention("amount", value * _AMOUNTS[unit], ulp * _AMOUNTS[unit], unit, m.group(), m.start(), m.end())
    kind = "percent" if unit == "%" else "plain" if unit in ("", "年", "月", "日") else "count"
    return Mention(kind, value, ulp, unit, m.group(), m.start(), m.end())


def ratio_range(part: Mention, whole: Mention) -> tuple[Fraction, Fraction] | None:
    """Return between which percentages part/whole lies, None when the whole may be zero."""
    if whole.low <= 0:
        return None
    ends = [p / w * 100 for p in (part.low, part.high) for w in (whole.low, whole.high)]
    return min(ends), max(ends)


def agrees(percent: Mention, low: Fraction, high: Fraction) -> bool:
    """Tell whether a printed percentage is a rounding of some value between ``low`` and ``high``."""
    return percent.low <= high and low <= percent.high


def plain_ratio(part: Fraction, whole: Fraction, ulp: Fraction) -> Fraction:
    """Return part/whole in percent, rounded half up to a printed step."""
    exact = part / whole * 100
    steps = abs(exact) / ulp + Fraction(1, 2)
    return (1 if exact >= 0 else -1) * steps.__floor__() * ulp


def total(values: Iterable[Fraction]) -> Fraction:
    """Return the sum of values, a fraction also where there are none."""
    return sum(values, Fraction(0))


def show(value: Fraction, ulp: Fraction = Fraction(1, 100)) -> str:
    """Return a number with as many decimals as ``ulp`` has."""
    decimals = max(0, len(str(ulp.denominator)) - 1)
    scaled = round(abs(value) * 10**decimals + Fraction(1, 10**12))
    whole, rest = divmod(int(scaled), 10**decimals)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole:,}.{rest:0{decimals}d}" if decimals else f"{sign}{whole:,}"


def first(found: Sequence[Mention], kind: str, after: int = 0) -> Mention | None:
    """Return the first mention of a kind that begins at or after a position."""
    return next((m for m in found if m.kind == kind and m.start >= after), None)
