"""Which digits of a text are quantities."""

from __future__ import annotations

import pytest

from desktopapp.narrative.reading.mentions import mentions
from desktopapp.narrative.reading.quantities import is_quantity


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023 年度支出合计 12.5 万元，比2022年增加3万元", ["12.5", "3"]),
        ("截至2023年12月31日，共有车辆3辆", ["3"]),
        ("（1）产出指标：目标值≥2，实际完成0", ["2", "0"]),
        ("主要原因是（1）机构改革；（2）人员调出", []),
        ("根据（武财绩〔2021〕546号）的要求，第3季度完成4期", ["4"]),
        ("公开《2024年度项目自评表》", []),
        ("单价100万元（含）以上设备11台", ["11"]),
        ("时延为≤40ms，运行7x24小时", ["40"]),
        ("连续三年获评5G示范，历时2年", ["2"]),
        ("2010301行政运行支出5万元", ["5"]),
        ("1.一般公共服务（类）支出8,449.21万元", ["8,449.21"]),
        ("实际完成18份，≥1800本", ["18", "1800"]),
    ],
)
def test_quantities_are_told_from_dates_numbering_and_names(text: str, found: list[str]) -> None:
    kept = [m.text for m in mentions(text) if is_quantity(text, m)]
    assert [k.rstrip("万元份本年台辆期日 ") for k in kept] == found
