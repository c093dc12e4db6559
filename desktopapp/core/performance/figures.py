"""The one figure of a folded statement, with sign, multiplier, unit, rate and direction of change.

The grammar is ``lead comparison number tail``. The lead and what is left of the tail are free words without a second
figure; words that deny, rank or set a figure against another year are noticed, not skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from desktopapp.core.performance.figure_tail import Tail, joint, read_tail, read_unit
from desktopapp.core.performance.numerals import NUMERAL, parse_numeral
from desktopapp.core.performance.units import PERCENT

MANY: Final = "写有多个数，无法确定以哪个为准"
RANK: Final = "是名次或等级，不按比例计分"
DENIED: Final = "含有否定或部分的说法"
UNCLEAR: Final = "写法无法识别为一个数"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as found; see ``measures.Measure`` for the fields. ``sign`` is a comparison sign, "~" for a range."""

    sign: str
    value: Fraction
    upper: Fraction | None = None
    unit: str = ""
    scale: int = 1
    per: str = ""
    trend: str = ""
    yearly: bool = False


_NUMBER: Final = r"(?:\d+(?:\.\d+)?|\.\d+)"
_FIGURE: Final = re.compile(rf"(?<![A-Za-z\d.])[+-]?{_NUMBER}")
_FRACTION: Final = re.compile(r"(?P<lead>[^\d/]{0,12})(?P<part>\d{1,20})/(?P<whole>\d{1,20})(?P<tail>[^\d/]{0,6})")
_HUNDREDTHS: Final = re.compile(rf"(百|千|十?万)分之({_NUMBER}|{NUMERAL}+(?:点[零〇一二三四五六七八九]+)?)")
_POWERS: Final = MappingProxyType({"百": 2, "千": 3, "万": 4, "十万": 5})
#: 18/10万 as in mortality rates.
_PER_LARGE: Final = re.compile(rf"({_NUMBER})[人例]?/(10|十)?万(?:人口|人|例)?")
_ALL: Final = re.compile(r"百分百(?!分)|百分之百")
#: 一年四次, 1天1次
_EVERY: Final = re.compile(rf"^(?:每?[一1]个?)(年|季度|季|月|周|天|日)(?=(?:{NUMERAL}|\d)+[次期场回篇份])")
_PARTS: Final = re.compile(rf"({NUMERAL}+)分之({NUMERAL}+)")
_BASE_YEAR: Final = re.compile(r"(较|比|与|同)(?:19|20)\d\d年度?(?:同期)?")
_FLIPPED: Final = re.compile(r"([≥≤><])[^\d≥≤><]*")
_FLIP: Final = str.maketrans("≥≤><", "≤≥<>")
_BETWEEN: Final = re.compile(r"[~-]|至|到|[≤<][^\d≥≤><]{0,8}[≤<]")

_SIGN_WORDS: Final = (
    ("≥", r"不(?:得|应)?(?:低于|少于|小于|短于)|至少|最少|最低|(?:大于|多于|高于)或?(?:者)?等于"),
    ("≤", r"不(?:得|应)?(?:高于|超过|超出|大于|多于|长于|突破)|不超|未超过|未超|至多|最多|最高|最长"),
    ("≤", r"(?:小于|少于|低于)或?(?:者)?等于|(?:控制|限制|降低|下降|减少|压减|压缩|缩短|降)(?:在|到|至|为)"),
    (">", r"大于|高于|多于|超过|超出|突破|逾"),
    ("<", r"小于|低于|少于|短于|不足|不到|未满"),
    ("", r"接近|将近|(?<![附最临邻])近"),
)
_LEAD_SIGNS: Final = tuple((sign, re.compile(f"(?:{words})(?:了|:)?$")) for sign, words in _SIGN_WORDS)
_PER_LEAD: Final = re.compile(r"每(年|季度|季|个?月|周|日|天|人|户|次)|([人户日月])均")
_FILLER: Final = r"(?:了|约|率|幅度?|额|比例|达|为|:)*$"
_UP: Final = re.compile(r"(?:增长|增加|增幅|增速|[比年期]增|提高|提升|上升|上涨|高出|多出)" + _FILLER)
_DOWN: Final = re.compile(
    r"(?:下降|降低|降幅|减少|压减|压缩|缩减|核减|减幅|[比年期][减降]|缩短|节约|节省|下浮)" + _FILLER
)
_TREND_BEHIND: Final = re.compile(r"的?(?:(增长|增加|增幅|提高|提升|上升|上涨)|(下降|降低|降幅|减少|压减|节约|节省))")
_COMPARED: Final = re.compile(r"[较比与同](?:去年|上年|上一年|上期|同期|往年|基期|基准|年初|年前)|同比|环比|相比")
_DENIAL: Final = re.compile(
    r"未(?!成年|来)|没(?!收)|尚(?=[未有需缺])|缺|欠(?!薪)|还差|仅剩|剩余|其中|(?<![消拆清解废排免扣删开])除|[不非]$"
)
_RANKED: Final = re.compile(r"(?:第|前|名次|排名|位列|位居|并列)$")
_RANKS: Final = re.compile(
    r"(?:[A-Z]?(?:星级?|级)|A(?![A-Za-z])|年一遇|等奖|等级|等次|流(?![明量])|号(?!码)|版(?!面)|代(?!表))"
)
_LIGHT: Final = re.compile(
    r"(?:目标值?|指标值?|实际|完成值?|累计|共计|合计|总计|共|总[数量]|约为?|大[约概]|预计|计划|已经?|达到?|为|是|全年|本?年度?"
    r"|年均|每年|平均|均|有|在|数量?|率|[XYxy]|[:=,])*+"
)
_LONGEST_LEAD: Final = 30
_LONGEST_FIGURE: Final = 40
#: Units with which a Chinese numeral may name a class or a day instead of a number (二类, 一月, 十分).
_NAMING: Final = frozenset("年月季点班类段路头面届轮部度时号分") | {"个月", "季度", "千瓦时"}


def find_figure(statement: str, comments: tuple[str, ...] = ()) -> Figure | str | None:
    """Return the figure of a folded statement, the reason why none can be told, or None for words alone.

    ``comments`` are the bracketed parts; one that is a unit serves a number without unit.
    """
    statement = _EVERY.sub(r"每\1", _BASE_YEAR.sub(r"\1上年", _spell_fractions(statement)))
    if (parts := _FRACTION.fullmatch(statement)) and (found_part := _fraction(parts)):
        return found_part
    found = list(_FIGURE.finditer(statement))
    if any(len(figure.group()) > _LONGEST_FIGURE for figure in found) or "±" in statement:
        return UNCLEAR
    if not found:
        return _find_numeral(statement)
    if len(found) == 2 and (span := _find_range(statement, found[0], found[1])):
        return span
    return _single(statement, found[0], comments) if len(found) == 1 else MANY


def _spell_fractions(statement: str) -> str:
    """Write 百分之九十五 as 95% and 三分之二 as 2/3."""

    def percent(found: re.Match[str]) -> str:
        number = Fraction(found[2]) if found[2][0].isascii() else parse_numeral(found[2])
        return found.group() if number is None else f"{_decimal(number / 10 ** (_POWERS[found[1]] - 2))}%"

    def parts(found: re.Match[str]) -> str:
        below, above = parse_numeral(found[1]), parse_numeral(found[2])
        return found.group() if not below or above is None else f"{above}/{below}"

    def per_large(found: re.Match[str]) -> str:
        return f"{_decimal(Fraction(found[1]) / (1000 if found[2] else 100))}%"

    statement = _PER_LARGE.sub(per_large, _ALL.sub("100%", statement))
    return _PARTS.sub(parts, _HUNDREDTHS.sub(percent, statement))


def _fraction(parts: re.Match[str]) -> Figure | str | None:
    """Return 9/12 or "三分之一以上" as a share of the whole; None when other words stand around it."""
    sign, lead = _lead_sign(parts["lead"])
    tail = read_tail(parts["tail"])
    if tail.rest or tail.unit or tail.per or not _LIGHT.fullmatch(lead):
        return None
    part, whole = int(parts["part"]), int(parts["whole"])
    return Figure(sign or tail.sign, Fraction(part, whole), unit=PERCENT) if part <= whole > 0 else UNCLEAR


def _decimal(number: Fraction) -> str:
    """Write a number that has finitely many decimals, exactly."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    whole, rest = divmod(int(number * 10**places), 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def _find_numeral(statement: str) -> Figure | str | None:
    """Return the number of "不少于三次" or "零", only where nothing but sign, number and unit is there."""
    found = re.search(f"{NUMERAL}+", statement)
    if found is None:
        return None
    sign, lead = _lead_sign(statement[: found.start()])
    number = parse_numeral(found.group())
    paced = _PER_LEAD.match(lead)
    if number is None or not _LIGHT.fullmatch(lead[paced.end() :] if paced else lead):
        return None
    tail = read_tail(statement[found.end() :])
    if tail.rest or (not tail.known and statement[found.end() :]) or tail.unit in _NAMING:
        return None
    if not tail.unit and number:
        return None
    value = number * tail.scale / tail.divisor
    per, yearly = _per(lead, tail)
    return Figure(sign or tail.sign, value, None, tail.unit, tail.scale, per, yearly=yearly)


def _find_range(statement: str, first: re.Match[str], second: re.Match[str]) -> Figure | str | None:
    """Return the range "90%-95%" or "90%≤X<95%", None when the two figures are no range."""
    start = second.start() + (1 if second.group()[0] == "-" and first.end() < second.start() else 0)
    gap = statement[first.end() : start]
    joint = _BETWEEN.search(gap)
    if joint is None or joint.end() != len(gap):
        return None
    before, after = read_tail(gap[: joint.start()]), read_tail(statement[second.end() :])
    if before.rest or (gap[: joint.start()] and before.unit != after.unit):
        return None
    scale = before.scale if before.scale > 1 else after.scale
    low = Fraction(first.group()) * scale / after.divisor
    high = Fraction(statement[start : second.end()]) * after.scale / after.divisor
    if low > high or not _LIGHT.fullmatch(statement[: first.start()]):
        return UNCLEAR
    return Figure("~", low, high, after.unit, after.scale, after.per)


def _single(statement: str, found: re.Match[str], comments: tuple[str, ...]) -> Figure | str:
    tail = _with_comment_unit(read_tail(statement[found.end() :]), comments)
    sign, lead = _lead_sign(statement[: found.start()])
    reason = _objection(statement, found, lead, tail)
    if reason:
        return reason
    signs = {mark for mark in (sign, tail.sign, _flipped(tail.rest)) if mark}
    if len({mark in "≥>" for mark in signs}) > 1:
        return UNCLEAR
    trend = _trend(lead, tail.rest)
    light = _LIGHT.fullmatch(lead) is not None
    if not light and not tail.known and not signs:
        return UNCLEAR
    value = Fraction(found.group()) * tail.scale / tail.divisor
    if trend and value < 0:
        return UNCLEAR
    per, yearly = _per(lead, tail)
    sign = sign or tail.sign or _flipped(tail.rest)
    return Figure(sign, value, None, tail.unit, tail.scale, per, trend=trend, yearly=yearly)


def _per(lead: str, tail: Tail) -> tuple[str, bool]:
    """Return what the figure is per and whether the year is named: "每人每月300元", "300元/人·月"."""
    words = [paced[1] or paced[2] for paced in _PER_LEAD.finditer(lead)]
    return joint(*words, *tail.per.split("·")), tail.yearly or "年" in words


def _objection(statement: str, found: re.Match[str], lead: str, tail: Tail) -> str:
    """Return why the figure cannot be taken for the quantity, or an empty text."""
    behind = statement[found.end() :]
    if _RANKS.match(behind) or _RANKED.search(statement[: found.start()]):
        return RANK
    if _DENIAL.search(lead) or tail.rest.startswith(("未", "没", "不", "无")):
        return DENIED
    if len(lead) > _LONGEST_LEAD or re.search(r"[×\d]", tail.unit + tail.rest) or "/" in lead[-1:]:
        return UNCLEAR
    if found.group()[0] == "-" and lead and not (_UP.search(lead) or lead[-1] in ":=为是率幅"):
        return UNCLEAR
    if re.match(r"[.、]|\+?[A-Z]", tail.rest):
        return UNCLEAR  # a list mark: "1、完成验收", or a model: "1+N"
    return ""


def _with_comment_unit(tail: Tail, comments: tuple[str, ...]) -> Tail:
    if tail.unit or tail.scale > 1:
        return tail
    for comment in comments:
        if known := read_unit(comment):
            unit, scale = known
            return replace(tail, unit=unit, scale=scale, known=True, divisor=100 if unit == PERCENT else 1)
    return tail


def _lead_sign(lead: str) -> tuple[str, str]:
    """Return the comparison with which the lead ends, "" for none or an equals sign, and the lead before it."""
    if lead[-1:] in ("≥", "≤", ">", "<", "="):
        return lead[-1].replace("=", ""), lead[:-1]
    for sign, words in _LEAD_SIGNS:
        if found := words.search(lead):
            return sign, lead[: found.start()]
    return "", lead


def _flipped(rest: str) -> str:
    """Return the sign of "95%≤X" as seen from X."""
    found = _FLIPPED.fullmatch(rest)
    return found[1].translate(_FLIP) if found else ""


def _trend(lead: str, rest: str) -> str:
    """Return whether the figure is a change: the word stands right before or right behind it."""
    behind = _TREND_BEHIND.match(rest)
    if _UP.search(lead) or (behind and behind[1]):
        return "+"
    if _DOWN.search(lead) or behind:
        return "-"
    return "?" if _COMPARED.search(lead) else ""
