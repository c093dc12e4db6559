"""Units that targets and actuals carry, and which of them can be compared.

A unit belongs to a dimension with an exact factor (小时 is 3600 of time), or it is one of the measure words with which
things are counted. Measure words have no factor: two of them count the same thing when they share a family (12 场 and
12 次), and 个 goes with all of them. Anything else is compared only with itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

PERCENT: Final = "%"
_DAY: Final = 86400


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its canonical name, its dimension and how many base units it holds.

    ``dimension`` is "count" for measure words; their ``factor`` is 1 and their families decide.
    """

    name: str
    dimension: str
    factor: Fraction


_DIMENSIONS: Final = (
    ("time", "毫秒 ms", "1/1000"),
    ("time", "秒 秒钟 s sec", "1"),
    ("time", "分钟 min mins", "60"),
    ("time", "小时 个小时 时 h hr hrs hour hours", "3600"),
    ("time", "天 日 个自然日 自然日 个日历天 日历天 d", "86400"),
    ("time", "周 星期 个星期", "604800"),
    # A month is no fixed number of days, a working day no fixed number of hours.
    ("month", "个月 月", "1"),
    ("month", "季度 个季度 季", "3"),
    ("month", "年", "12"),
    ("workday", "工作日 个工作日 工作天 个工作天", "1"),
    ("length", "毫米 mm", "1/1000"),
    ("length", "厘米 cm", "1/100"),
    ("length", "米 m 延米 延长米", "1"),
    ("length", "公里 千米 km", "1000"),
    ("area", "平方米 平米 平方 m2 M2", "1"),
    ("area", "亩", "2000/3"),
    ("area", "公顷 ha hm2", "10000"),
    ("area", "平方公里 平方千米 km2", "1000000"),
    ("volume", "毫升 ml mL", "1/1000000"),
    ("volume", "升 L l", "1/1000"),
    ("volume", "立方米 立方 m3 M3", "1"),
    ("mass", "微克 μg ug", "1/1000000"),
    ("mass", "毫克 mg", "1/1000"),
    ("mass", "克 g", "1"),
    ("mass", "斤", "500"),
    ("mass", "千克 公斤 kg KG", "1000"),
    ("mass", "吨 t", "1000000"),
    ("money", "元 人民币元 元人民币", "1"),
    ("energy", "千瓦时 度 kWh kwh", "1"),
    ("power", "瓦 W", "1"),
    ("power", "千瓦 kW KW", "1000"),
    ("power", "兆瓦 MW", "1000000"),
    ("points", "分", "1"),
    ("percentage point", "百分点 个百分点", "1"),
)

#: Measure words that may stand for one another under the same indicator.
_FAMILIES: Final = (
    "次 人次 场 场次 期 批 批次 轮 轮次 回 趟 班 班次 起 例 宗 件 件次 届 课时 学时 户次 项",
    "人 名 位 人次",
    "家 户 所 处 点 站 座 栋 间 单位 部门 村 社区",
    "份 篇 本 册 期 套 部 条 件 项 张 幅 页 稿 枚",
    "项 件 条 类 种 套 台 辆 部 组 座 处 台套 台次 只 支 块 片 批 宗 盏 根 株 棵 头 面 段 路 门",
    "条 行 款 则",
)
_OTHER_COUNTS: Final = "个 人天 人日 车次 标段 例次 床 间次"


def _dimension_units() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for dimension, names, factor in _DIMENSIONS:
        first, *_ = names.split()
        units |= {name: Unit(first, dimension, Fraction(factor)) for name in names.split()}
    return units


def _count_units() -> dict[str, Unit]:
    words = " ".join((*_FAMILIES, _OTHER_COUNTS)).split()
    return {word: Unit(word, "count", Fraction(1)) for word in words}


UNITS: Final[Mapping[str, Unit]] = MappingProxyType(_count_units() | _dimension_units())
_LONGEST: Final = max(len(name) for name in UNITS)
_FAMILY_SETS: Final = tuple(frozenset(words.split()) for words in _FAMILIES)


def unit_at_start(text: str) -> str:
    """Return the longest known unit with which the text begins, as written, or an empty text."""
    for length in range(min(_LONGEST, len(text)), 0, -1):
        name = text[:length]
        if name in UNITS and not _cut_inside_word(name, text[length:]):
            return name
    return ""


def _cut_inside_word(name: str, rest: str) -> bool:
    """A Latin unit must end where the Latin word ends: "m" is no unit in "model"."""
    return name[-1].isascii() and rest[:1].isascii() and rest[:1].isalnum()


def canonical(name: str) -> str:
    """Return the canonical name of a unit; an unknown word stays as it is."""
    return UNITS[name].name if name in UNITS else name


def dimension(name: str) -> str:
    """Return the dimension of a unit, an empty text for an unknown one."""
    return UNITS[name].dimension if name in UNITS else ""


def conversion(source: str, wanted: str) -> tuple[Fraction, Fraction] | None:
    """Return how many ``wanted`` one ``source`` is, at least and at most, or None when the two cannot be compared.

    The bounds are equal but for what the calendar leaves open: a month has 28 to 31 days, a day is a working day or
    not, and between one working day and the next there may be a long holiday.
    """
    one, other = UNITS.get(source), UNITS.get(wanted)
    if source == wanted:
        return Fraction(1), Fraction(1)
    if one is None or other is None:
        return None
    if one.dimension != other.dimension:
        return _calendar(one, other)
    factor = one.factor / other.factor
    if one.dimension != "count":
        return factor, factor
    same = "个" in (one.name, other.name) or any({one.name, other.name} <= family for family in _FAMILY_SETS)
    return (factor, factor) if same else None


def _calendar(one: Unit, other: Unit) -> tuple[Fraction, Fraction] | None:
    scale = one.factor / other.factor
    if (one.dimension, other.dimension) == ("month", "time"):
        return scale * 28 * _DAY, scale * 31 * _DAY
    if (one.dimension, other.dimension) == ("time", "month"):
        return scale / (31 * _DAY), scale / (28 * _DAY)
    if (one.dimension, other.dimension) == ("workday", "time") and other.factor >= _DAY:
        return scale * _DAY, scale * 10 * _DAY
    if (one.dimension, other.dimension) == ("time", "workday") and one.factor >= _DAY:
        return Fraction(0), scale / _DAY
    return None
