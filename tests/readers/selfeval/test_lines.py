"""Self-evaluation forms of which only lines are left."""

from __future__ import annotations

from desktopapp.core.performance.checks import check_all
from tests.readers.selfeval.documents import forms_of, plain

WRAPPED = """2023年度市民服务热线运行费
项目自评表
单位名称：江城市数据局 填报日期：2024年6月6日
项目名称 市民服务热线运行费
主管部门
江城市数据局
项目实施单位
热线办、
综合处
项目类别 1、部门预算项目 √ 2、市直专项 □
预算执行情况
（万元）（20分）
年度财政
资金总额
预算数（A） 执行数（B）
执行率
（B/A）
得分
（20分*执行率）
1,964.1 1,964.1 100% 20
年度
绩效
目标
（80分）
一级
指标
二级指标 三级指标
年初目标值
（A）
实际完成值
（B）
得分
产出
指标
（50分）
数量指标
（30分）
受理群众来电
数量（件）（20分）
≥300 360 20
回访件数（件）（10分） 100 90 9
质量指标（20分）
按时办结率（%）
（20分）
≥95 97.3 20
- 31 -
满意度
指标
（30分）
服务对象满意度
指标（30分）
来电人满意度（%）（30分） ≥90 96 30
总分 99
偏差大或目标未完
成原因分析
回访件数未完成。
改进措施及
结果应用方案
增加人手。
备注：
1.本表由各单位填写。
"""


def test_wrapped_lines_give_the_form() -> None:
    (found,) = forms_of(plain(WRAPPED))
    form = found.form
    assert found.title == "2023年度市民服务热线运行费项目自评表"
    assert (form.head.name, form.head.implementer, form.head.category, form.head.filled_on) == (
        "市民服务热线运行费",
        "热线办、综合处",
        "部门预算项目",
        "2024年6月6日",
    )
    assert (form.execution.budget, form.execution.rate, form.execution.score) == (1_964_100_000, "100%", 2000)
    rows = [(i.level1, i.level2, i.name, i.weight, i.target, i.actual, i.score) for i in form.indicators]
    assert rows == [
        ("产出指标", "数量指标", "受理群众来电数量（件）", 2000, "≥300", "360", 2000),
        ("产出指标", "数量指标", "回访件数（件）", 1000, "100", "90", 900),
        ("产出指标", "质量指标", "按时办结率（%）", 2000, "≥95", "97.3", 2000),
        ("满意度指标", "服务对象满意度指标", "来电人满意度（%）", 3000, "≥90", "96", 3000),
    ]
    assert (form.total, form.causes, form.measures) == (9900, "回访件数未完成。", "增加人手。")
    assert [f.rule for f in check_all(form)] == []


def test_points_below_the_values_belong_to_the_line_above() -> None:
    lines = WRAPPED.replace("回访件数（件）（10分） 100 90 9", "回访件数（件） 100 90 9\n（10分）")
    (found,) = forms_of(plain(lines))
    assert [i.weight for i in found.form.indicators] == [2000, 1000, 2000, 3000]


def test_units_that_stand_apart_belong_to_their_figures() -> None:
    lines = WRAPPED.replace("回访件数（件）（10分） 100 90 9", "回访件数（10分） ≥100 件 90 件 9")
    (found,) = forms_of(plain(lines))
    assert (found.form.indicators[1].target, found.form.indicators[1].actual) == ("≥100件", "90件")


def test_what_has_no_values_is_told_as_left() -> None:
    (found,) = forms_of(plain(WRAPPED.replace("（30分） ≥90 96 30", "（30分）")))
    assert len(found.form.indicators) == 3
    assert "来电人满意度" in found.left[0].text


def test_text_about_forms_is_no_form() -> None:
    assert forms_of(plain("公开《2024年度项目自评表》。\n项目名称 某项目\n没有表格。\n")) == []
