"""What stands behind a number: 余/多, multiplier, unit, rate, 以上/以内."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from desktopapp.core.performance import units
from desktopapp.core.performance.units import PERCENT

_MULTIPLIERS: Final = MappingProxyType(
    {
        "万亿": 10**12,
        "千亿": 10**11,
        "百亿": 10**10,
        "十亿": 10**9,
        "亿": 10**8,
        "千万": 10**7,
        "百万": 10**6,
        "十万": 10**5,
        "万": 10**4,
        "千": 1000,
        "百": 100,
    }
)
_MULTIPLIER: Final = re.compile("|".join(_MULTIPLIERS))
_DIVISORS: Final = MappingProxyType({"%": 100, "‰": 1000, "百分比": 100, "千分比": 1000, "成": 10})
#: 九成 is 90 per cent, but nine 成套 or 成员 are none.
_PERCENT: Final = re.compile("|".join(_DIVISORS) + r"(?![\u4e00-\u9fff])|成(?=以|及|左右|的)")
_OVER: Final = ("余", "多")
_SUFFIX: Final = re.compile(
    r"(?P<floor>(?:及|或|含)?以上|\+)|(?P<ceiling>(?:及|或|含)?以下|以内|之内|内(?!部|容|涵))|左右|上下"
)
_PER: Final = re.compile(r"[/·]每?(?P<slash>[^\d,;:。、/·]{1,4})\d?|每(?P<word>年度?|季度|季|个?月|周|日|天|人|户|次)")
_YEARLY: Final = frozenset({"年", "年度", "全年"})
#: 千克标准煤/㎡, 元补贴/人: what is measured, between unit and rate.
_SUBSTANCE: Final = re.compile(r"[\u4e00-\u9fff]{1,4}(?=/)")
#: 人/次, 台/套 name one unit in two words; a rate per person, household or issue is none of these.
_SECOND_NAMES: Final = frozenset("次套册项场件条篇幅座处只辆台栋所家宗例批株棵")
#: A unit that is not in the table stands as it is written; a word of completion is none.
_OWN_WORD: Final = re.compile(r"(?!完成|达成|达标|实现)[^\W\d_]+(?:[/·](?:[^\W\d_]+[23](?!\d)|[^\W\d_]+))*")


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows a number.

    Attributes:
        unit: canonical unit, "%" also for per-milles, an unknown word as it is, or empty.
        known: whether the unit is one of the table or a percent sign; only then can the words behind it be told apart.
        scale: multiplier, 1 without.
        divisor: 100 behind a percent sign, 1000 behind a per-mille sign, else 1.
        per: what a rate is per, the year left out; several words in a fixed order ("个月·人").
        yearly: whether the year is written out.
        sign: "≥", "≤", ">" or empty.
        rest: the words behind all this.
    """

    unit: str
    known: bool
    scale: int
    divisor: int
    per: str
    sign: str
    rest: str
    yearly: bool = False


def joint(*words: str) -> str:
    """Return what a rate is per as one text, whatever the order of the words; the year is left out."""
    return "·".join(sorted({units.canonical(word) for word in words if word and word not in _YEARLY}))


def read_tail(text: str) -> Tail:
    """Return what a folded text behind a number states."""
    sign, text = _over("", text)
    if ratio := _PERCENT.match(text):
        unit, scale, divisor, text = PERCENT, 1, _DIVISORS[ratio.group()], text[ratio.end() :]
    else:
        divisor = 1
        scale, written, sign, text = _multiplied_unit(sign, text)
        unit = units.canonical(written)
    sign, text = _suffixed(sign, text)
    if unit and (substance := _SUBSTANCE.match(text)):
        text = text[substance.end() :]
    unit, pers, text = _rates(unit, text)
    per = joint(*pers)
    sign, text = _suffixed(sign, text)
    known = bool(unit)
    if not unit and not per and not sign and (own := _OWN_WORD.match(text)):
        unit, text = _own_unit(own.group()), text[own.end() :]
    return Tail(unit, known, scale, divisor, per, sign, text, any(word in _YEARLY for word in pers))


def _own_unit(word: str) -> str:
    """Return a unit that is not in the table, with the parts that are: μg/m3 is 微克/立方米."""
    return "/".join(units.canonical(part) for part in word.split("/"))


def _over(sign: str, text: str) -> tuple[str, str]:
    return (">", text[1:]) if text.startswith(_OVER) else (sign, text)


def _multiplied_unit(sign: str, text: str) -> tuple[int, str, str, str]:
    """Return multiplier, unit as written, sign and the rest; a unit that begins like a multiplier (千克) goes first."""
    unit = units.unit_at_start(text)
    scale = 1
    if not unit and (found := _MULTIPLIER.match(text)):
        scale, text = _MULTIPLIERS[found.group()], text[found.end() :]
        sign, text = _over(sign, text)
        unit = units.unit_at_start(text)
    return scale, unit, sign, text[len(unit) :]


def _suffixed(sign: str, text: str) -> tuple[str, str]:
    found = _SUFFIX.match(text)
    if not found:
        return sign, text
    meant = "≥" if found["floor"] else "≤" if found["ceiling"] else sign
    return meant, text[found.end() :]


def _rates(unit: str, text: str) -> tuple[str, tuple[str, ...], str]:
    """Return the unit, all that the figure is per (元/人·月), and the rest."""
    pers: list[str] = []
    while found := _PER.match(text):
        word, text = _per_word(found, text)
        if not pers and word in _SECOND_NAMES and _one_unit(unit, word):
            unit = "人次" if (unit, word) == ("人", "次") else unit
        else:
            pers.append(word)
    return unit, tuple(pers), text


def _per_word(found: re.Match[str], text: str) -> tuple[str, str]:
    part = "slash" if found["slash"] else "word"
    word = units.unit_at_start(text[found.start("slash") :]) if found["slash"] else found["word"]
    if not word:
        word = _SUFFIX.split(found["slash"], maxsplit=1)[0] or found["slash"]
    return word, text[found.start(part) + len(word) :]


def _one_unit(unit: str, word: str) -> bool:
    """A rate per something is never of 个, which goes with every measure word: 5个/家 is five each."""
    return bool(units.conversion(unit, word)) and (unit != "个" or word in ("次", "套", "项", "件"))


def read_unit(text: str) -> tuple[str, int] | None:
    """Return unit and multiplier when the whole folded text is a unit ("万人次", "%", "万"), else None."""
    tail = read_tail(text)
    whole = text and not tail.rest and not tail.per and not tail.sign and (tail.known or not tail.unit)
    return (tail.unit, tail.scale) if whole else None
