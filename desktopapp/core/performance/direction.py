"""Whether more or less of an indicator is wanted.

A comparison in the target decides. Without one the published rule takes "X" as the more the better, with these
exceptions, and no others:

- a target of zero can only be kept or exceeded: the less the better, but for what is gained or saved (成本节约率 0%);
- the indicator counts something undesirable and says so in its last words (事故发生率, 投诉次数, 差错率, 丢包率,
  违规次数 …), but not how such things were dealt with (投诉处理率, 故障恢复率, 查处违法案件数);
- it measures how long a response, repair or procedure takes or a service is down (响应时间, 修复时间, 办理时限,
  中断时长), but not how long something runs (运行时间, 无故障时长);
- it measures how long the work takes until it is done (完成时间, 建设周期, 供货时间), stated as a length of time;
- it is a cost or a limit of spending in its last words (成本, 控制数, 限额), stated as an amount.

Where the wording leaves it open (控制率, 变动率, 能耗, 浓度, and amounts of time under 时效指标), both directions are
returned; a score is then given only where both agree.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from desktopapp.core.performance.measures import Kind, Measure, Trend
from desktopapp.core.performance.units import dimension
from desktopapp.core.performance.wording import fold, without_brackets


class Direction(StrEnum):
    """Which side of the target is the good one."""

    MORE = "more"
    LESS = "less"


_COUNTED: Final = r"(率|次数|起数|件数|宗数|例数|个数|数量|数|量|比例|占比|比率|人数)$"
_UNDESIRABLE: Final = re.compile(
    r"(事故|故障|投诉|差错|错误|出错|失误|违规|违法|违纪|违约|丢包|误码|死亡|伤亡|受伤|流失|失败|逾期|超期|超时|超支|宕机|断网|中断"
    r"|泄密|泄露|火灾|返工|退件|退货|空置|闲置|浪费|漏报|误报|错报|缺陷|破损|损坏|辍学|失业|复发)"
    r"(事件|案件|事项|问题|行为|情况|现象|人员)?(发生|出现|产生)?(总)?" + _COUNTED
)
_OCCURRING: Final = re.compile(r"(案件|案|信访|上访|舆情|疫情|事件)(发生|出现)(总)?" + _COUNTED)
_DEALT_WITH: Final = re.compile(
    r"处理|办理|查处|查办|整改|化解|调处|受理|核查|打击|侦破|审理|排查|整治|检查|抽查|消除|纠正|发现|处置|救治|修复|恢复|监测|防范|整理"
)
_WAITING: Final = re.compile(
    r"(响应|处理|处置|修复|恢复|排除|排障|抢修|维修|办理|办结|审批|审核|受理|等待|等候|反馈|回复|答复|到达|到场|抵达|整改|故障|中断"
    r"|停机|宕机|延迟|时延)(的)?(平均)?(时间|时长|时限|期限|天数|时效)$|(时延|延时|延迟)$"
)
_NO_FAULT: Final = re.compile(r"(无|零)(故障|中断|停机)")
_FINISHING: Final = re.compile(
    r"(完成|完工|竣工|交付|交货|供货|到货|拨付|支付|发放|到位|送达|上报|报送|公开|建设|施工|安装|改造|出具|办结)(的)?"
    r"(平均)?(时间|时长|时限|期限|周期|工期|天数)$|工期$|建设周期$|(建设|施工)期$"
)
_GAIN: Final = re.compile(r"(节约|节省|增长|增收|提升|提高|压减|盈利|收益|利润)(率|幅度|比例|额|金额)?$")
_COST: Final = re.compile(r"(成本|成本支出|成本控制)(数|额|金额|总额)?$|(控制|限制)(数|额|金额|价)$|限额$")
_SIGNED: Final = re.compile(r"(变动|变化|增减)(率|幅度|比例|额|数)?$")
_OPEN: Final = re.compile(
    r"控制率$|成本率$|成本控制$|(浓度|排放量|排放|能耗|水耗|电耗|油耗|负债率|涨幅)$|" + _SIGNED.pattern
)


_SHARE: Final = re.compile(r"(率|满意度|占比|比重|比例|百分比|知晓度|覆盖面)$")
_TIMES: Final = ("time", "month", "workday")


def directions(target: Measure, name: str, level2: str = "") -> tuple[Direction, ...]:
    """Return the direction of an indicator, or both where its wording leaves the direction open."""
    if target.comparison.floor:
        return (Direction.MORE,)
    head = _head(name)
    if target.value == 0 and not target.comparison.ceiling and _GAIN.search(head):
        return (Direction.MORE,)
    if target.comparison.ceiling or target.value == 0:
        return (Direction.LESS,)
    undesirable = _UNDESIRABLE.search(head) and not _DEALT_WITH.search(head)
    waiting = _WAITING.search(head) and not _NO_FAULT.search(head)
    if undesirable or _OCCURRING.search(head) or waiting:
        return (Direction.LESS,)
    if target.kind is Kind.NUMBER and _COST.search(head):
        return (Direction.LESS,)
    if dimension(target.unit) in _TIMES and _FINISHING.search(head):
        return (Direction.LESS,)
    if target.trend is not Trend.NONE:
        return (Direction.MORE,)
    if _OPEN.search(head) or _COST.search(head) or _open_time(target, level2):
        return (Direction.MORE, Direction.LESS)
    return (Direction.MORE,)


def _open_time(target: Measure, level2: str) -> bool:
    return "时效" in level2 and dimension(target.unit) in _TIMES


def _head(name: str) -> str:
    """Return the name without brackets and blanks."""
    plain, _ = without_brackets(fold(name))
    return "".join(plain.split())


def names_trend(name: str) -> str:
    """Return "+" or "-" when the indicator's name says that it measures an increase or a decrease, else ""."""
    head = _head(name)
    up = re.search(r"增长|增加|增幅|增速|新增|提高|提升|上升", head)
    down = re.search(r"下降|降低|降幅|减少|压减|压缩|缩减|核减|减幅|缩短|节约|节省", head)
    return "" if bool(up) == bool(down) else "+" if up else "-"


def counts_signed_change(name: str) -> bool:
    """Return whether the indicator is a change of either sign (变动率), so that "下降 5%" means −5%."""
    return _SIGNED.search(_head(name)) is not None


def names_share(name: str) -> bool:
    """Return whether the indicator's name says that it is a share of a whole (覆盖率, 满意度, 占比)."""
    return _SHARE.search(_head(name)) is not None
