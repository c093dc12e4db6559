"""What targets and actuals are understood to say."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.performance.dates import parse_date
from desktopapp.core.performance.measures import Comparison, Kind, Trend, hint_unit, parse_measure
from desktopapp.core.performance.numerals import parse_numeral
from desktopapp.core.performance.units import conversion
from desktopapp.core.performance.wording import Outcome, outcome, says_done, says_undone

FIGURES = [
    ("≥80,449.56 ㎡", "≥", "80449.56", "平方米"),
    ("≤1 小时", "≤", "1", "小时"),
    (">3000 个", ">", "3000", "个"),
    ("＜48小时", "<", "48", "小时"),
    ("50 亿条", "", "5000000000", "条"),
    ("4 期/年", "", "4", "期"),
    ("每年4次", "", "4", "次"),
    ("0", "", "0", ""),
    ("0 次", "", "0", "次"),
    ("$\\geq 3,500$ 个", "≥", "3500", "个"),
    ("\\le 15", "≤", "15", ""),
    (">=90", "≥", "90", ""),
    ("１，２３４．５", "", "1234.5", ""),
    ("1, 294. 48", "", "1294.48", ""),
    ("1 000 人", "", "1000", "人"),
    ("大于等于95分", "≥", "95", "分"),
    ("不低于 90 分", "≥", "90", "分"),
    ("不少于三次", "≥", "3", "次"),
    ("不超过 5 次", "≤", "5", "次"),
    ("30 人以上", "≥", "30", "人"),
    ("3个工作日以内", "≤", "3", "工作日"),
    ("300余人", ">", "300", "人"),
    ("20多万人次", ">", "200000", "人次"),
    ("≥920万", "≥", "9200000", ""),
    ("1.2亿元", "", "120000000", "元"),
    ("5百人", "", "500", "人"),
    ("3千克", "", "3", "千克"),
    ("十二期", "", "12", "期"),
    ("1期(第一季度已完成,后三季度已移交)", "", "1", "期"),
    ("2024年完成300个", "", "300", "个"),
    ("已完成 20 项便民主题服务", "", "20", "项"),
    ("建成3个平台", "", "3", "个"),
    ("50（万元）", "", "500000", "元"),
    ("①3个", "", "3", "个"),
    ("30min", "", "30", "分钟"),
    ("X≥95", "≥", "95", ""),
    ("控制在50万元以内", "≤", "500000", "元"),
    ("PM2.5浓度≤35微克/立方米", "≤", "35", "微克"),
]


@pytest.mark.parametrize(("text", "sign", "value", "unit"), FIGURES)
def test_numbers(text: str, sign: str, value: str, unit: str) -> None:
    measure = parse_measure(text)
    assert measure.kind is Kind.NUMBER
    assert (measure.comparison.value, measure.value, measure.unit) == (sign, Fraction(value), unit)
    assert measure.text == text


@pytest.mark.parametrize(
    ("text", "sign", "percent"),
    [
        ("97.3%", "", "97.3"),
        ("１００％", "", "100"),
        ("达50%以上", "≥", "50"),
        ("98%以上", "≥", "98"),
        ("≤0.1%", "≤", "0.1"),
        ("百分之九十五", "", "95"),
        ("百分之95.5以上", "≥", "95.5"),
        ("5‰", "", "0.5"),
        ("≥90百分比", "≥", "90"),
        ("95%≤满意度", "≥", "95"),
        ("降至3%以内", "≤", "3"),
        ("提升至95%", "", "95"),
        ("-5%", "", "-5"),
        ("=100%", "", "100"),
        ("100（%）", "", "100"),
        ("3/4", "", "75"),
        ("四分之三", "", "75"),
        ("98℅", "", "98"),
        ("100.%", "", "100"),
        ("满意度97.3%（问卷 120 份）", "", "97.3"),
    ],
)
def test_percentages_are_ratios(text: str, sign: str, percent: str) -> None:
    measure = parse_measure(text)
    assert (measure.kind, measure.comparison.value) == (Kind.PERCENT, sign)
    assert measure.value == Fraction(percent) / 100


@pytest.mark.parametrize(
    ("text", "low", "high"), [("90%-95%", "0.9", "0.95"), ("3~5天", "3", "5"), ("5至8次", "5", "8")]
)
def test_ranges(text: str, low: str, high: str) -> None:
    measure = parse_measure(text)
    assert (measure.comparison, measure.value, measure.upper) == (Comparison.RANGE, Fraction(low), Fraction(high))


@pytest.mark.parametrize(
    ("text", "trend"),
    [
        ("压减 36.5%", Trend.DOWN),
        ("增长5%", Trend.UP),
        ("较 2023 年 10%", Trend.UNSTATED),
        ("较2023年下降10%", Trend.DOWN),
        ("同比增长≥5%", Trend.UP),
        ("新增3个", Trend.NONE),
        ("青少年活动3场", Trend.NONE),
        ("较好完成5项", Trend.NONE),
        ("5%的增长", Trend.UP),
        ("提高到95%", Trend.NONE),
    ],
)
def test_changes_are_noticed(text: str, trend: Trend) -> None:
    assert parse_measure(text).trend is trend


@pytest.mark.parametrize(
    "text",
    [
        "7*24h",
        "7x24小时",
        "前10名",
        "第3名",
        "5A级",
        "一期3个，二期5个",
        "≥95%；≥90%",
        "1. 95%",
        "±5%",
        "未完成3个",
        "3,5",
    ],
)
def test_what_can_be_read_in_several_ways_is_not_read(text: str) -> None:
    measure = parse_measure(text)
    assert measure.kind is Kind.UNKNOWN
    assert measure.reason


@pytest.mark.parametrize(
    "text", ["有效促进", "前五名", "一类", "（2024年没有启动，没有交易）", "2024年系统自身未出现故障", "无", "二等奖"]
)
def test_words(text: str) -> None:
    assert parse_measure(text).kind is Kind.QUALITATIVE


@pytest.mark.parametrize("text", ["", "  ", "-", "——", "/", "…", "（）", "\u3000"])
def test_blanks(text: str) -> None:
    assert parse_measure(text).kind is Kind.BLANK


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("2024年12 月底", "2025年1月1日"),
        ("2024年6月", "2024.7.1"),
        ("2024-06-29", "2024年6月30日前完成"),
        ("第三季度末", "12月底前"),
        ("6月中旬", "6月30日"),
        ("2024年1月-11月", "2024年"),
        ("2月29日", "3月1日"),
    ],
)
def test_dates_are_ordered(early: str, late: str) -> None:
    one, other = parse_measure(early), parse_measure(late)
    assert one.kind is other.kind is Kind.DATE
    assert one.unit == other.unit
    assert one.value is not None and other.value is not None
    assert one.value < other.value


@pytest.mark.parametrize("text", ["12个月", "30日内", "2年内", "3-5天", "13月", "2023年2月30日", "7月32日"])
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@given(st.text())
def test_every_text_gives_a_measure(text: str) -> None:
    measure = parse_measure(text)
    assert measure.text == text
    assert (measure.value is not None) == (measure.countable or measure.kind is Kind.DATE)


LIKELY = "≥≤<>=~-+0123456789０９.,，% ％‰/年月日第前个次万亿千百十一二三点分之以上内不低于超过较比()（）[X×*$\\geq"


@given(st.text(alphabet=LIKELY))
def test_every_likely_text_gives_a_measure(text: str) -> None:
    measure = parse_measure(text)
    assert (measure.reason != "") == (measure.kind is Kind.UNKNOWN)


@given(st.text(alphabet="0123456789.,", min_size=1, max_size=6000))
def test_long_figures_do_no_harm(text: str) -> None:
    parse_measure(text)
    parse_measure("9" * 5000)


@given(st.integers(0, 10**12), st.integers(0, 9999), st.sampled_from(["", "个", "万元", "亿条", "%", "小时"]))
def test_all_spellings_of_a_number_are_one(whole: int, decimals: int, unit: str) -> None:
    plain = f"{whole}.{decimals:04d}{unit}"
    grouped = f"{whole:,}.{decimals:04d} {unit}"
    wide = plain.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.%"})
    first = parse_measure(plain)
    assert first.value is not None
    for other in (parse_measure(grouped), parse_measure(wide), parse_measure(f"≥ {grouped}")):
        assert (other.value, other.unit, other.scale) == (first.value, first.unit, first.scale)


@pytest.mark.parametrize(
    ("unit", "name", "expected"),
    [
        ("", "监管数据汇聚总量（万）", ("", 10_000)),
        ("", "优秀率（%）", ("%", 1)),
        ("万人次", "访问量", ("人次", 10_000)),
        ("", "监管数据准确率（市级归集部分）", ("", 1)),
        ("某某局", "数量", ("", 1)),
    ],
)
def test_hints(unit: str, name: str, expected: tuple[str, int]) -> None:
    assert hint_unit(unit, name) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("三百二十", 320), ("一千零五", 1005), ("九十五点五", "95.5")],
)
def test_chinese_numerals(text: str, value: object) -> None:
    assert parse_numeral(text) == Fraction(str(value))


@pytest.mark.parametrize("text", ["", "三四", "十百", "百千", "点五", "五点", "一二三"])
def test_what_is_no_numeral(text: str) -> None:
    assert parse_numeral(text) is None


def test_units_convert_both_ways() -> None:
    assert conversion("小时", "分钟") == (60, 60)
    assert conversion("人次", "次") == (1, 1)
    assert conversion("家", "人") is None
    assert conversion("个月", "天") == (28, 31)
    assert conversion("天", "工作日") == (0, 1)
    assert conversion("标段", "标段") == (1, 1)
    assert conversion("元", "小时") is None


@pytest.mark.parametrize(
    ("target", "actual", "expected"),
    [
        ("有效促进", "有效促进", Outcome.FULL),
        ("按时完成", "已按时完成", Outcome.FULL),
        ("效果明显", "达成预期指标", Outcome.FULL),
        ("效果明显", "部分达成预期指标", Outcome.PART),
        ("建立机制", "基本完成", Outcome.PART),
        ("建立机制", "未开展", Outcome.NONE),
        ("建立机制", "建立了两项制度", Outcome.UNKNOWN),
        ("建立机制", "", Outcome.UNKNOWN),
    ],
)
def test_outcomes(target: str, actual: str, expected: Outcome) -> None:
    assert outcome(target, actual) is expected


def test_phrases_of_completion() -> None:
    assert says_done("已全部完成。")
    assert says_done("达成预期目标（详见附件）")
    assert not says_done("第一季度已完成，后三季度已移交")
    assert says_undone("2024年没有启动，没有交易")
    assert says_undone("已划转至市投促局")
    assert not says_undone("2024年系统自身未出现故障")
    assert not says_undone("全年未接到投诉")
