"""Scores by the published rule."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktopapp.core.performance.direction import Direction, directions
from desktopapp.core.performance.measures import parse_measure
from desktopapp.core.performance.scoring import Rule, band_of, half_up, score, score_texts
from desktopapp.core.performance.selfeval import Indicator
from desktopapp.core.performance.wording import Outcome

LISTED = Path(__file__).parents[2] / "data" / "performance" / "indicators.csv"


def listed() -> list[dict[str, str]]:
    with LISTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hundredths(text: str) -> int | None:
    return int(Fraction(text) * 100) if text else None


@pytest.mark.parametrize("row", listed(), ids=lambda row: f"{row['target']} {row['actual']} {row['why']}")
def test_invented_rows(row: dict[str, str]) -> None:
    weight = Fraction(row["weight"]) if row["weight"] else None
    verdict = score_texts(
        row["indicator"], weight, row["target"], row["actual"], unit=row["unit"], level2=row["level2"]
    )
    assert verdict.value == hundredths(row["expected"]), verdict
    assert verdict.reason.endswith("。")


def test_published_rows(shared_dir: Path) -> None:
    with (shared_dir / "expected" / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    ruled = [row for row in rows if row["score_by_rule"]]
    assert len(ruled) == 184
    for row in rows:
        for level2 in {row["level2"], ""}:
            weight = Fraction(row["weight"])
            verdict = score_texts(row["indicator"], weight, row["target"], row["actual"], level2=level2)
            assert verdict.value == hundredths(row["score_by_rule"]), row


def ask(target: str, actual: str, weight: int = 10, name: str = "指标") -> int | None:
    return score_texts(name, Fraction(weight), target, actual).value


def test_the_figure_of_a_bound_counts() -> None:
    assert score_texts("接口发布数", Fraction(1), "≥3500个", ">3000个").value == 86


def test_rounding_is_half_up_and_once() -> None:
    assert ask("200", "1", weight=1) == 1  # 0.005 points
    assert ask("2000", "9", weight=1) == 0  # 0.0045 points, which two roundings would make 0.01
    assert ask("3", "2", weight=1) == 67


@pytest.mark.parametrize(
    ("target", "actual", "expected"),
    [
        ("≤5%", "0", 1000),
        ("0", "3", 0),
        ("0", "0", 1000),
        ("≥0", "3", 1000),
        ("＞0", "0", None),
        ("≥-5%", "-3%", 1000),
        ("≤-5%", "-3%", None),
        ("≥5%", "-3%", 0),
    ],
)
def test_zero_and_negative_figures(target: str, actual: str, expected: int | None) -> None:
    assert ask(target, actual) == expected


def test_strict_targets_are_not_met_by_the_bound() -> None:
    assert score_texts("满意度", Fraction(5), ">90%", "90%").met is False
    assert score_texts("处理时间", Fraction(5), "<48小时", "<48小时").met is True
    assert score_texts("满意度", Fraction(5), ">90%", "90%").value == 500


def test_worded_results_get_a_band() -> None:
    verdict = score_texts("影响", Fraction("11.94"), "效果明显", "部分达成")
    assert (verdict.value, verdict.rule, verdict.band) == (None, Rule.QUALITATIVE, (597, 955))
    assert verdict.met is False
    assert band_of(Fraction("0.33"), Outcome.FULL) == (27, 33)
    assert band_of(Fraction(1), Outcome.UNKNOWN) is None


def test_dates_are_met_or_not_but_never_divided() -> None:
    early = score_texts("完成时间", Fraction(5), "2024年12月底", "2024年12月20日")
    late = score_texts("完成时间", Fraction(5), "2024年12月底", "2025年1月3日")
    assert (early.value, early.met, early.band) == (None, True, (400, 500))
    assert (late.value, late.met, late.band) == (None, False, None)


def test_without_weight_the_target_is_still_judged() -> None:
    verdict = score(Indicator("产出指标", "数量指标", "次数", target="≥4次", actual="3次"))
    assert (verdict.value, verdict.rule, verdict.met, verdict.share) == (None, Rule.NO_WEIGHT, False, Fraction(3, 4))


def test_indicator_of_the_model() -> None:
    assert score(Indicator("产出指标", "数量指标", "次数", weight=250, target="≥4次", actual="3次")).value == 188


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        ("重大安全事故发生率", "1%", [Direction.LESS]),
        ("网络丢包率（%）", "0.5", [Direction.LESS]),
        ("平均响应时间", "2小时", [Direction.LESS]),
        ("平均无故障时间", "2000小时", [Direction.MORE]),
        ("系统运行时间", "365天", [Direction.MORE]),
        ("投诉处理率", "95%", [Direction.MORE]),
        ("查处违法案件数", "20件", [Direction.MORE]),
        ("漏洞加固整改率", "80%", [Direction.MORE]),
        ("故障恢复率", "99%", [Direction.MORE]),
        ("项目总成本", "20万元", [Direction.LESS]),
        ("成本节约率", "5%", [Direction.MORE]),
        ("成本控制率", "100%", [Direction.MORE, Direction.LESS]),
        ("差错率", "≥1%", [Direction.MORE]),
        ("培训人数", "≤50人", [Direction.LESS]),
        ("培训人数", "50人", [Direction.MORE]),
    ],
)
def test_directions(name: str, target: str, expected: list[Direction]) -> None:
    assert list(directions(parse_measure(target), name)) == expected


SIGNS = st.sampled_from(["", "≥", ">", "≤", "<", "不少于", "不超过"])
NUMBERS = st.fractions(min_value=0, max_value=10**9, max_denominator=1).map(lambda f: str(int(f))) | st.decimals(
    min_value=0, max_value=10**6, places=2
).map(str)
UNITS = st.sampled_from(["", "个", "%", "万元", "小时", "人次"])


@given(st.text(), st.fractions(min_value=0, max_value=100), st.text(), st.text(), st.text(), st.text())
def test_scoring_never_raises(name: str, weight: Fraction, target: str, actual: str, unit: str, level2: str) -> None:
    score_texts(name, weight, target, actual, unit=unit, level2=level2)


@given(st.integers(0, 10_000), SIGNS, NUMBERS, NUMBERS, UNITS, UNITS)
def test_never_below_zero_nor_above_the_weight(
    weight: int, sign: str, target: str, actual: str, one: str, other: str
) -> None:
    verdict = score_texts("指标", Fraction(weight, 100), f"{sign}{target}{one}", f"{actual}{other}")
    assert verdict.value is None or 0 <= verdict.value <= weight
    assert verdict.share is None or 0 <= verdict.share <= 1


@given(st.sampled_from(["≥", "", "≤"]), NUMBERS, NUMBERS, NUMBERS, UNITS)
def test_a_better_result_never_scores_less(sign: str, target: str, one: str, other: str, unit: str) -> None:
    assume(sign or Fraction(target))
    low, high = sorted((one, other), key=Fraction)
    verdicts = [score_texts("指标", Fraction(5), f"{sign}{target}{unit}", f"{text}{unit}") for text in (low, high)]
    first, second = (verdict.value for verdict in verdicts)
    assert first is not None and second is not None
    assert first >= second if sign == "≤" else first <= second


@given(SIGNS, NUMBERS, UNITS)
def test_a_target_reached_exactly_scores_in_full(sign: str, target: str, unit: str) -> None:
    assume(sign != ">" or Fraction(target))
    assert ask(f"{sign}{target}{unit}", f"{target}{unit}") == 1000


@given(st.fractions(min_value=-1000, max_value=1000))
def test_half_up(number: Fraction) -> None:
    rounded = half_up(number)
    assert Fraction(-1, 2) < rounded - number <= Fraction(1, 2)
