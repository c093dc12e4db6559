"""Forms in grids of any make: odd headers, odd code columns, other templates, notes and numbers outside the table."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.amount import Unit
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Shape, Template
from desktopapp.readers.grid_found import RecognisedForm
from desktopapp.readers.grid_reader import recognise_grid
from desktopapp.readers.sources.model import Cell as SourceCell
from desktopapp.resources import resource_root
from desktopapp.store.template_files import list_templates
from tests.generators import exact_report, the_template
from tests.readers.grid_foreign import Piece, Style, form_pieces, grid_rows

TEMPLATE_IDS = list_templates(resource_root() / "templates")


def grid(text: str) -> list[list[SourceCell]]:
    """Return a grid from lines with cells between bars; empty cells are left out."""
    return [
        [SourceCell(c.strip(), row, col) for col, c in enumerate(line.split("|")) if c.strip()]
        for row, line in enumerate(text.strip("\n").split("\n"))
    ]


def read(text: str, template: Template | None = None, **options: object) -> RecognisedForm:
    found = recognise_grid(grid(text), [template or the_template()], **options)  # type: ignore[arg-type]
    assert found is not None
    return found


def amounts(found: RecognisedForm) -> dict[tuple[str, str], int]:
    return {(a.row, a.col): a.fen for a in found.amounts}


def test_several_amount_columns_a_side() -> None:
    found = read("""
2023年度收入支出决算总表
编制单位：某局|||||||金额单位：万元
收入||||支出|||
项目|行次|年初预算数|决算数|项目|行次|年初预算数|决算数
栏次||1|2|栏次||3|4
一、一般公共预算财政拨款收入|1|100|90.5|一、一般公共服务支出|32|70|60
二、政府性基金预算财政拨款收入|2|||二、外交支出|33||
三、国有资本经营预算财政拨款收入|3|||三、国防支出|34||
四、上级补助收入|4|||四、公共安全支出|35||30.5
总计|31|100|90.5|总计|62|70|90.5
""")
    assert found.form_id == "01" and found.year == 2023 and found.department == "某局" and found.unit is Unit.WAN
    assert amounts(found) == {
        ("general", "amount"): 90_500000,
        ("grand_income", "amount"): 90_500000,
        ("201", "amount"): 60_000000,
        ("204", "amount"): 30_500000,
        ("grand_expense", "amount"): 90_500000,
    }
    assert found.leftovers == ()
    assert [r.text for r in found.remarks] == ["公开01表里不公布的栏（年初预算数）没有导入。"]


def test_foreign_words_over_the_amounts() -> None:
    found = read("""
收入支出决算总表
收入|||支出||
项目|行次|金额|项目|行次|金额
一、一般公共预算财政拨款收入|1|90.5|一、一般公共服务支出|32|60
五、事业收入|5|3|四、公共安全支出|35|33.5
""")
    assert amounts(found)["general", "amount"] == 90_500000
    assert amounts(found)["business", "amount"] == 3_000000
    assert amounts(found)["204", "amount"] == 33_500000
    assert found.unit is None and found.assumed is Unit.WAN


@pytest.mark.parametrize(
    "rows",
    [
        "201|一般公共服务支出|5|5|\n20103|政府办公厅|5|5|\n2010301|行政运行|5|5|",
        "1|201|一般公共服务支出|5|5|\n2|20103|政府办公厅|5|5|\n3|2010301|行政运行|5|5|",
        "201一般公共服务支出||5|5|\n20103 政府办公厅||5|5|\n2010301行政运行||5|5|",
        "201||||一般公共服务支出|5|5|\n201|03|||政府办公厅|5|5|\n201|03|01||行政运行|5|5|",
        "201||||一般公共服务支出|5|5|\n|20103|||政府办公厅|5|5|\n||2010301||行政运行|5|5|",
    ],
    ids=["plain", "numbered", "one cell", "three columns", "a column per level"],
)
def test_codes_in_any_columns(rows: str) -> None:
    lead = len(rows.split("\n")[0].split("|")) - 3
    head = "项目" + "|" * lead + "小计|基本支出|项目支出"
    total = "合计" + "|" * lead + "5|5|"
    found = read(f"2023年度一般公共预算财政拨款支出决算表\n单位：元\n{head}\n{total}\n{rows}")
    assert found.form_id == "05" and found.unit is Unit.YUAN
    assert [(r.key, r.name) for r in found.rows] == [
        ("201", "一般公共服务支出"),
        ("20103", "政府办公厅"),
        ("2010301", "行政运行"),
    ]
    assert amounts(found) == {
        (row, col): 500 for row in (TOTAL_ROW, "201", "20103", "2010301") for col in ("total", "basic")
    }
    assert found.leftovers == ()


def test_total_last_repeated_header_and_doubled_code() -> None:
    found = read("""
2023年度一般公共预算财政拨款支出决算表
科目编码|科目名称|小计|基本支出|项目支出
201|一般公共服务支出|5|5|
科目编码|科目名称|小计|基本支出|项目支出
栏次||1|2|3
201|一般公共服务支出|6||6
20|不对|7|7|
无编码||8|8|
本年支出合计||11|5|6
注：本表反映部门本年度一般公共预算财政拨款支出情况。
测算|||99
""")
    assert [r.key for r in found.rows] == ["201", "201#2"]
    assert amounts(found)["201#2", "project"] == 6_000000
    assert amounts(found).get((TOTAL_ROW, "total")) in (None, 11_000000)
    reasons = {left.source.text: left.reason for left in found.leftovers}
    assert "不是科目编码" in reasons["7"] and "没有科目编码" in reasons["8"] and "99" in reasons


def test_blocks_in_two_columns_instead_of_three() -> None:
    found = read("""
2023年度一般公共预算财政拨款基本支出决算表
人员经费|||公用经费||
经济分类科目编码|科目名称|决算数|经济分类科目编码|科目名称|决算数
301|工资福利支出|30|302|商品和服务支出|7
30101|基本工资|20|30201|办公费|7
30102|津贴补贴|10|310|资本性支出|2
|||31002|办公设备购置|2
|||31019|其他交通工具购置|
人员经费合计||30|公用经费合计||9
""")
    assert found.form_id == "06"
    assert amounts(found) == {
        ("301", "amount"): 30_000000,
        ("30101", "amount"): 20_000000,
        ("30102", "amount"): 10_000000,
        ("302", "amount"): 7_000000,
        ("30201", "amount"): 7_000000,
        ("310", "amount"): 2_000000,
        ("31002", "amount"): 2_000000,
        ("personnel", "amount"): 30_000000,
        ("public", "amount"): 9_000000,
    }
    assert "31019" in [r.key for r in found.rows]


def test_lines_with_the_same_label_are_told_apart_by_order() -> None:
    found = read("""
2023年度财政拨款收入支出决算总表
收入||支出||||
项目|决算数|项目|决算数|||
||| 小计|一般公共预算财政拨款|政府性基金预算财政拨款|国有资本经营预算财政拨款
一、一般公共预算财政拨款|10|一、一般公共服务支出|9|9||
二、政府性基金预算财政拨款|2|二、外交支出|||
三、国有资本经营预算财政拨款||三、国防支出|||
本年收入合计|12|本年支出合计|9|9||
年初财政拨款结转和结余|3|年末财政拨款结转和结余|6|4|2|
一般公共预算财政拨款|3||||
政府性基金预算财政拨款||||
国有资本经营预算财政拨款||||
总计|15|总计|15|13|2|
""")
    got = amounts(found)
    assert got["general", "amount"] == 10_000000 and got["opening_general", "amount"] == 3_000000
    assert got["closing", "fund"] == 2_000000 and got["grand_expense", "general"] == 13_000000
    assert found.leftovers == ()


def test_the_title_may_stand_above_the_table() -> None:
    text = """
项目||本年收入合计|财政拨款收入|上级补助收入|事业收入|经营收入|附属单位上缴收入|其他收入
合计||5|5|||||
201|一般公共服务支出|5|5|||||
"""
    lines = ["附件", "二〇二三年度收入决算表", "部门：某局", "单位：元"]
    found = read(text, context=lines)
    assert (found.form_id, found.year, found.department, found.unit) == ("02", 2023, "某局", Unit.YUAN)


def test_the_only_row_of_the_three_public_expenses() -> None:
    found = read("""
2023年度财政拨款“三公”经费支出决算表
预算数||||||决算数|||||
合计|因公出国（境）费|公务用车购置及运行维护费|||公务接待费|合计|因公出国（境）费|公务用车购置及运行维护费|||公务接待费
||小计|公务用车购置费|公务用车运行维护费||||小计|公务用车购置费|公务用车运行维护费|
1|2|3|4|5|6|7|8|9|10|11|12
10||9||9|1|8||7.5||7.5|0.5
注：本表反映“三公”经费。
""")
    got = amounts(found)
    assert got[SINGLE_ROW, "budget_total"] == 10_000000
    assert got[SINGLE_ROW, "outturn_running"] == 7_500000
    assert got[SINGLE_ROW, "outturn_reception"] == 500000
    assert len(got) == 8 and found.leftovers == ()


@pytest.mark.parametrize(
    "text",
    [
        "姓名|工资\n张三|5000\n李四|6000",
        "目录\n收入支出决算总表|1\n收入决算表|2\n支出决算表|3",
        "说明文字，没有表格。",
        "部门整体支出绩效自评表\n一级指标|二级指标|年初目标值|完成值|得分\n产出指标|数量指标|10|10|20",
    ],
)
def test_other_tables_are_no_forms(text: str) -> None:
    assert recognise_grid(grid(text), [the_template(t) for t in TEMPLATE_IDS]) is None


def test_an_empty_grid_is_no_form() -> None:
    assert recognise_grid([], [the_template()]) is None
    assert recognise_grid([[], []], [the_template()]) is None


@pytest.mark.parametrize("pair", list(permutations(TEMPLATE_IDS, 2)), ids="→".join)
@pytest.mark.parametrize("numbers", [True, False], ids=["numbered", "unnumbered"])
def test_forms_of_one_region_are_read_with_the_template_of_another(pair: tuple[str, str], numbers: bool) -> None:
    """Nothing is put where it does not belong; what both templates have is found."""
    source, target = (the_template(t) for t in pair)
    report = exact_report(2, source, 40, last_year=False, own_money=True, funds=True)
    for form in (f for f in source.forms if f.published and target.has_form(f.id)):
        pieces = form_pieces(report, form.id, Style(line_numbers=numbers, column_numbers=numbers))
        found = recognise_grid(grid_rows(pieces), [target])
        assert found is not None and found.form_id == form.id
        wanted = {(c.row, c.col): a for c, a in report.amounts.items() if c.form == form.id}
        got = amounts(found)
        assert got.items() <= wanted.items()
        columns = {c.key for c in target.form(form.id).all_columns()}
        rows = {ln.key for s in target.form(form.id).sides for ln in s.lines} if form.shape is Shape.TWO_SIDED else None
        for (row, col), amount in wanted.items():
            if col in columns and (rows is None or row in rows):
                assert got[row, col] == amount


@pytest.mark.parametrize("template_id", TEMPLATE_IDS)
def test_the_right_template_fits_best(template_id: str) -> None:
    """Lines, line numbers and columns tell the templates apart, form 01 alone wherever its lines differ."""
    report = exact_report(2, the_template(template_id), 40, last_year=False)
    found = recognise_grid(grid_rows(form_pieces(report, "01", Style())), [the_template(t) for t in TEMPLATE_IDS])
    assert found is not None
    own = [(ln.no, ln.label) for s in report.template.form("01").sides for ln in s.lines if not ln.blank]
    chosen = [(ln.no, ln.label) for s in found.template.form("01").sides for ln in s.lines if not ln.blank]
    assert own == chosen


# ── what is lost stays lost, and nothing moves ──────────────────────────────────────────────────────────────────────
@cache
def pieces_of(template_id: str, form_id: str, style: Style) -> tuple[list[Piece], dict[tuple[str, str], int]]:
    report = exact_report(4, the_template(template_id), 30, last_year=False, own_money=True, funds=True)
    wanted = {(c.row, c.col): a for c, a in report.amounts.items() if c.form == form_id}
    return form_pieces(report, form_id, style), wanted


@given(
    st.sampled_from(["hubei-2023", "hubei-2024"]),
    st.sampled_from([f"0{n}" for n in range(1, 10)]),
    st.sampled_from([Style(), Style(merged=False), Style(line_numbers=False, column_numbers=False)]),
    st.sets(st.integers(0, 400), max_size=5),
)
def test_amounts_never_move_when_cells_are_lost(template_id: str, form_id: str, style: Style, lost: set[int]) -> None:
    pieces, wanted = pieces_of(template_id, form_id, style)
    # The first two are title and mark, without which some forms cannot be told apart.
    gone = {2 + n % (len(pieces) - 2) for n in lost}
    found = recognise_grid(grid_rows([p for n, p in enumerate(pieces) if n not in gone]), [the_template(template_id)])
    assert found is not None and found.form_id == form_id
    assert amounts(found).items() <= wanted.items()
    # Every amount is either placed or reported.
    sources = {(a.source.row, a.source.col) for a in found.amounts}
    sources |= {(left.source.row, left.source.col) for left in found.leftovers}
    assert {(p[0], p[1]) for n, p in enumerate(pieces) if n not in gone and isinstance(p[4], Decimal)} <= sources


WORDS = """收入 支出 项目 决算数 合计 栏次 1 2 12.5 -3 0 201 20101 2010101 301 30101 一、一般公共服务支出 总计 公开01表
2023年度支出决算表 单位：万元 基本支出 小计 注： 2023年度财政拨款“三公”经费支出决算表 2023年度收入支出决算总表
人员经费合计 科目名称 预算数 #REF!"""


@given(
    st.lists(st.lists(st.sampled_from([*WORDS.split(), ""]), max_size=8), max_size=14),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_any_grid_is_read_without_an_error(texts: list[list[str]], high: int, wide: int) -> None:
    rows = [
        [SourceCell(t, r, c * wide, high, wide, t if t.lstrip("-").replace(".", "").isdigit() else None)
         for c, t in enumerate(row)]
        for r, row in enumerate(texts)
    ]  # fmt: skip
    found = recognise_grid(rows, [the_template(t) for t in TEMPLATE_IDS[:2]])
    if found is not None:
        columns = {c.key for c in found.template.form(found.form_id).all_columns()}
        assert all(a.col in columns and a.fen for a in found.amounts)
