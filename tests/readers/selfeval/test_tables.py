"""Self-evaluation forms in tables: layouts, page breaks, weights, what belongs to no form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopapp.core.performance.checks import check_all
from desktopapp.core.performance.selfeval import FormKind, GroupWeight
from tests.readers.selfeval.documents import document, forms_of, table, text

HEAD = [
    "项目名称||市民服务热线运行费|||||",
    "主管部门||江城市数据局|项目实施单位||热线办|||",
    "项目类别||1、部门预算项目□ 2、市直专项☑ 3、转移支付项目□",
    "项目属性||1、持续性项目√ 2、新增性项目",
    "预算执行情况（万元）（20分）|||预算数（A）|执行数（B）|执行率（B/A）|得分",
    "||年度财政资金总额|1,200.5|1,140.48|95.00%|19",
]
INDICATORS = [
    "年度绩效目标（80分）|一级指标|二级指标|三级指标|年初目标值（A）|实际完成值（B）|得分",
    "|产出指标（50分）|数量指标（30分）|受理来电数量（10分）|≥30万件|36万件|10",
    "|||回访件数（20分）|≥1000件|900件|18",
    "||质量指标（20分）|按时办结率（20分）|≥95%|97.3%|20",
    "|效益指标（20分）|社会效益指标（20分）|提升便民程度（20分）|有效提升|有效提升|20",
    "|满意度指标（10分）|服务对象满意度指标（10分）|来电人满意度（10分）|≥90%|96%|10",
    "总分|97",
    "偏差大或目标未完成原因分析||回访件数：年度目标值为≥1000件，实际完成900件。人手不足。",
    "改进措施及结果应用方案||增加人手。",
]


def test_a_form_with_points_in_names() -> None:
    (found,) = forms_of(document(text("2024年度“市民服务热线运行费”项目自评表"), table([*HEAD, *INDICATORS])))
    form = found.form
    assert form.kind is FormKind.PROJECT
    assert (form.head.name, form.head.authority, form.head.implementer) == (
        "市民服务热线运行费",
        "江城市数据局",
        "热线办",
    )
    assert (form.head.category, form.head.attribute) == ("市直专项", "持续性项目")
    assert (form.execution.budget, form.execution.executed) == (1_200_500_000, 1_140_480_000)
    assert (form.execution.rate, form.execution.score, form.execution.weight) == ("95.00%", 1900, 2000)
    assert [i.name for i in form.indicators] == [
        "受理来电数量",
        "回访件数",
        "按时办结率",
        "提升便民程度",
        "来电人满意度",
    ]
    assert [i.weight for i in form.indicators] == [1000, 2000, 2000, 2000, 1000]
    assert [i.level1 for i in form.indicators] == ["产出指标"] * 3 + ["效益指标", "满意度指标"]
    assert [i.level2 for i in form.indicators][:3] == ["数量指标", "数量指标", "质量指标"]
    assert GroupWeight("产出指标", "", 5000) in form.groups and GroupWeight("产出指标", "质量指标", 2000) in form.groups
    assert form.total == 9700
    assert form.causes.startswith("回访件数") and form.measures == "增加人手。"
    assert found.left == ()
    assert [f.rule for f in check_all(form)] == []


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_form_goes_on_in_a_table_of_another_width_without_header(cut: int) -> None:
    """Every page break within the indicators gives the same form."""
    whole = [r.replace("|≥", "||≥") if "三级" not in r else r.replace("三级指标|", "三级指标||") for r in INDICATORS]
    first, rest = [*HEAD, *whole[: cut + 1]], INDICATORS[cut + 1 :]
    if not rest:
        return
    (found,) = forms_of(document(text("项目自评表"), table(first), text("- 23 -"), table(rest, 40)))
    (expected,) = forms_of(document(text("项目自评表"), table([*HEAD, *INDICATORS])))
    assert found.form == expected.form


def test_a_name_cut_by_a_page_break_is_joined() -> None:
    first = [*HEAD, *INDICATORS[:3], "||质量指标（20分）|按时办结的来电占全部|≥95%|97.3%|20"]
    rest = ["|||来电的比率（20分）|||", *INDICATORS[4:]]
    (found,) = forms_of(document(text("项目自评表"), table(first), table(rest, 40)))
    assert found.form.indicators[2].name == "按时办结的来电占全部来电的比率"
    assert found.form.indicators[2].weight == 2000


def test_rows_before_a_label_on_the_next_page_belong_to_it_when_the_points_say_so() -> None:
    rows = [
        "|一级指标|二级指标|三级指标|年初目标值|实际完成值|得分",
        "|产出指标（60分）|数量指标（60分）|受理数量（60分）|≥10件|11件|60",
        "|||便民程度（5分）|有效提升|有效提升|5",
    ]
    rest = ["|效益指标（20分）|社会效益指标（20分）|知晓程度（15分）|有效提升|有效提升|15", "总分|99"]
    (found,) = forms_of(document(text("项目自评表"), table([*HEAD, *rows]), table(rest, 40)))
    assert [i.level1 for i in found.form.indicators] == ["产出指标", "效益指标", "效益指标"]
    assert [f for f in check_all(found.form) if f.rule == "selfeval.group-weight"] == []


def test_wrong_points_are_not_smoothed_over() -> None:
    wrong = [r.replace("数量指标（30分）", "数量指标（31分）") for r in INDICATORS]
    (found,) = forms_of(document(text("项目自评表"), table([*HEAD, *wrong])))
    assert "selfeval.group-weight" in [f.rule for f in check_all(found.form)]


def test_the_national_layout_with_points_in_columns() -> None:
    rows = [
        "项目名称|信息系统运维",
        "主管部门|江城市数据局||实施单位|信息中心",
        "项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分",
        "|年度资金总额|100.00|120.00|118.80|10|99%|9.9",
        "|其中：当年财政拨款|100.00|120.00|118.80|—|99%|—",
        "年度总体目标|预期目标|||实际完成情况",
        "|保障系统稳定运行|||系统稳定运行",
        "绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施",
        "|产出指标|数量指标|维护系统数量|≥5个|6个|50|50|",
        "|效益指标|社会效益指标|故障处理及时率|100%|95%|30|28.5|两次超时",
        "|满意度指标|服务对象满意度指标|用户满意度|≥90%|93%|10|10|",
        "总分|||||100|98.4|",
    ]
    (found,) = forms_of(document(text("项目支出绩效自评表"), table(rows)))
    form = found.form
    assert (form.execution.budget, form.execution.executed) == (120_000_000, 118_800_000)
    assert (form.execution.weight, form.execution.score) == (1000, 990)
    assert [i.weight for i in form.indicators] == [5000, 3000, 1000]
    assert form.indicators[1].remark == "两次超时"
    assert form.total == 9840
    assert form.goals[0].text.startswith("保障系统")


def test_a_department_form_with_numbered_goals() -> None:
    rows = [
        "单位名称||江城市数据局||||",
        "基本支出总额（万元）||300.5||项目支出总额|700.25|",
        "预算执行情况（万元）（20分）|||预算数（A）|执行数（B）|执行率|得分",
        "||部门整体支出总额|1000.75|1000.75|100%|20",
        "年度目标1：（40分）||提升效率。（得分 39 分）|||||",
        "年度绩效指标（40分）|一级指标|二级指标|三级指标|目标值|完成值|得分",
        "|产出指标（40分）|数量指标（40分）|办件数量（40分）|≥100件|98件|39.2",
        "年度目标2（40分）||加强管理。（得40分）|||||",
        "年度绩效指标（40分）|一级指标|二级指标|三级指标|目标值|完成值|得分",
        "|产出指标（40分）|质量指标（40分）|准确率（40分）|≥99%|99.5%|40",
        "总分|99.2",
    ]
    (found,) = forms_of(document(text("2024年度江城市数据局部门整体绩效自评表"), table(rows)))
    form = found.form
    assert form.kind is FormKind.DEPARTMENT
    assert (form.execution.basic_total, form.execution.project_total) == (300_500_000, 700_250_000)
    assert [(g.number, g.weight, g.score) for g in form.goals] == [(1, 4000, 3900), (2, 4000, 4000)]
    assert [i.goal for i in form.indicators] == [1, 2]
    assert "selfeval.goal-score" in [f.rule for f in check_all(form)]


def test_forms_follow_each_other_and_other_tables_are_left_alone() -> None:
    other = table(["项目名称|预算数|执行数", "热线|10|10", "网站|20|19"])
    one = table([*HEAD, *INDICATORS], 50)
    two = table([r.replace("市民服务热线", "门户网站") for r in [*HEAD, *INDICATORS]], 90)
    found = forms_of(
        document(text("项目一览"), other, text("项目自评表"), one, text("备注："), text("项目自评表"), two)
    )
    assert [f.form.head.name for f in found] == ["市民服务热线运行费", "门户网站运行费"]
    assert all(1 not in f.tables for f in found)


def test_a_table_behind_an_unfinished_form_is_not_swallowed() -> None:
    form = table([*HEAD, *INDICATORS[:4]])
    after = table(
        ["201|一般公共服务支出|10,815.59|1,791.15|9,024.44", "20103|政府办公厅|10,815.59|1,791.15|9,024.44"], 60
    )
    (found,) = forms_of(document(text("项目自评表"), form, text("支出决算表 公开03表 单位：万元"), after))
    assert len(found.form.indicators) == 3 and found.tables == {1}


CENTRAL = [
    "项目支出绩效自评表",
    "（2023年度）",
    "项目名称|信息化运维",
    "主管部门|某某局||||实施单位|信息中心",
    "项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分",
    "|年度资金总额|300.20|310.20|154.74|10|49.88%|4.99",
    "|其中：当年财政拨款|300.20|300.20|144.74|—|—|—",
    "|上年结转资金|0|10|10|—|—|—",
    "|其他资金||||—|—|—",
    "年度总体目标|预期目标|||实际完成情况",
    "|保障系统运行。|||系统运行平稳。",
    "绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施",
    "|产出指标(50分)|数量指标|运维系统数量|≥12个|12个|20|20|",
    "|||巡检次数|12次|10次|30|25|人员不足，下年补齐",
    "|效益指标(30分)|社会效益指标|保障业务开展|效果明显|达成预期指标|30|30|",
    "|满意度指标(10分)|服务对象满意度指标|使用人员满意度|≥95%|97%|10|10|",
    "总分||||||100|89.99|",
]


def test_the_central_layout_with_its_funds_and_what_became_of_the_goal() -> None:
    (found,) = forms_of(document(table(CENTRAL)))
    form, execution = found.form, found.form.execution
    assert (form.layout, found.left) == ("central", ())
    assert (execution.initial, execution.budget, execution.executed) == (300_200_000, 310_200_000, 154_740_000)
    assert (execution.weight, execution.score) == (1000, 499)
    assert [(f.name, f.budget, f.executed) for f in execution.funds] == [
        ("其中：当年财政拨款", 300_200_000, 144_740_000),
        ("上年结转资金", 10_000_000, 10_000_000),
        ("其他资金", None, None),
    ]
    assert [(g.text, g.done) for g in form.goals] == [("保障系统运行。", "系统运行平稳。")]
    assert form.indicators[1].remark == "人员不足，下年补齐" and form.total == 8999
    assert list(check_all(form)) == []
    silent = replace(form, indicators=tuple(replace(i, remark="") for i in form.indicators))
    assert [f.rule for f in check_all(silent)] == ["selfeval.unmet-unnamed"]


def test_funds_that_do_not_add_up_are_found() -> None:
    rows = [row.replace("|其中：当年财政拨款|300.20|300.20", "|其中：当年财政拨款|300.20|303.20") for row in CENTRAL]
    (found,) = forms_of(document(table(rows)))
    (wrong,) = [f for f in check_all(found.form) if f.rule == "selfeval.funds"]
    assert (wrong.path, wrong.expected, wrong.found) == ("/execution/budget", "313.20", "310.20")


def test_sign_target_and_unit_in_columns_of_their_own() -> None:
    rows = [
        "部门预算项目支出绩效自评表（2023年度）",
        "项目名称|办公经费",
        "项目基本情况|1.项目年度目标完成情况|项目年度目标|年度目标完成情况",
        "||提高保障水平。|已完成。",
        "预算执行情况(10分)|年度预算数（万元）|年初预算|调整后预算数|预算执行数|预算执行率|权重|得分|原因",
        "|总额|238.93|251.89|251.89|100.00%|10|10|",
        "|其中：财政资金|238.93|251.89|251.89|100.00%|/|/|",
        "|单位资金|0|0|0|0|/|/|",
        "绩效指标（90分）|一级指标|二级指标|三级指标|指标性质|指标值|度量单位|完成值|权重|得分|未完成原因分析",
        "|产出指标|数量指标|发放覆盖率|＝|100|%|100|60|60|",
        "|效益指标|社会效益指标|足额保障率|≥|95|%|90|20|18.95|人员变动",
        "|||制度健全|定性|优||优|10|10|",
        "合计|||||||100|98.95|",
        "存在问题|足额保障率未完成，人员变动。",
        "改进措施|加强管理。",
    ]
    (found,) = forms_of(document(table(rows)))
    form = found.form
    assert form.layout == "units" and found.left == ()
    assert [(i.target, i.unit, i.actual) for i in form.indicators] == [
        ("=100", "%", "100"),
        ("≥95", "%", "90"),
        ("优", "", "优"),
    ]
    assert form.execution.initial == 238_930_000 and form.goals[0].done == "已完成。"
    assert (form.causes, form.measures) == ("足额保障率未完成，人员变动。", "加强管理。")
    assert list(check_all(form)) == []


def test_form_09_beside_the_name_of_a_unit_is_no_self_evaluation() -> None:
    rows = [
        "单位名称：城市更新中心|||||单位：万元",
        "预算数|||决算数||",
        "合计|公务用车费|公务接待费|合计|公务用车费|公务接待费",
    ]
    assert forms_of(document(text("财政拨款“三公”经费支出决算表"), table([*rows, "1.20|1|0.20|1.10|1|0.10"]))) == []
