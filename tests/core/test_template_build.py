"""Templates from raw tables: what is understood, and that slips are refused with file, key and reason."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from desktopapp.core.cycles import check_computation
from desktopapp.core.relations import rule_book
from desktopapp.core.template import Cell, Shape, Template, TemplateError
from desktopapp.core.template_build import build_form, build_template

Raw = dict[str, Any]

HEAD: Raw = {"id": "t", "name": "测试", "region": "某地", "year": 2023}
TWO_SIDED: Raw = {
    "id": "01",
    "mark": "公开01表",
    "title": "{year}年度收支总表",
    "shape": "two-sided",
    "orientation": "portrait",
    "notes": ["注：{department}。"],
    "side": [
        {
            "key": "income",
            "head": "收入",
            "columns": [{"key": "amount", "no": 1, "label": "决算数"}],
            "lines": [[1, "general", "一、拨款"], [2], [3, "income_total", "合计", "total"]],
        },
        {
            "key": "expense",
            "head": "支出",
            "columns": [{"key": "total", "no": 2, "label": "小计"}, {"key": "fund", "no": 3, "label": "基金"}],
            "lines": [[4, "201", "一、一般公共服务支出"], [5, "closing", "结余"]],
            "unused": {"closing": ["fund"]},
        },
    ],
}
CODES: Raw = {
    "id": "03",
    "mark": "公开03表",
    "title": "支出决算表",
    "shape": "codes",
    "orientation": "landscape",
    "catalogue": "functional",
    "total_label": "合计",
    "lead": [{"kind": "code", "label": "编码"}, {"kind": "name", "label": "名称"}],
    "column": [
        {"key": "total", "no": 1, "label": "合计"},
        {"key": "basic", "no": 2, "label": "基本", "path": ["其中"]},
    ],
}
BLOCKS: Raw = {
    "id": "06",
    "mark": "公开06表",
    "title": "明细表",
    "shape": "blocks",
    "orientation": "portrait",
    "catalogue": "economic",
    "column": [{"key": "amount", "label": "决算数"}],
    "block": [
        {
            "key": "personnel",
            "head": "人员经费",
            "code_head": "编码",
            "name_head": "名称",
            "amount_head": "决算数",
            "classes": ["301"],
            "rows": [["301", "工资福利支出"], ["30101", "基本工资"]],
            "total": {"key": "personnel", "label": "人员经费合计"},
            "widths": {"code": 17},
        }
    ],
}
SINGLE: Raw = {
    "id": "09",
    "mark": "公开09表",
    "title": "三公",
    "shape": "single",
    "orientation": "landscape",
    "column": [{"key": "total", "no": 1, "label": "合计"}],
}
FORMS = {"01.toml": TWO_SIDED, "03.toml": CODES, "06.toml": BLOCKS, "09.toml": SINGLE}


def build(change: Callable[[Raw], object] = lambda raw: None, **relations: Any) -> Template:
    """Return a small template after a change to its raw tables {"head", "01.toml", …}."""
    raw: Raw = copy.deepcopy({"head": HEAD, **FORMS})
    change(raw)
    head = raw.pop("head")
    return build_template(head, raw, {"t/relations.toml": relations} if relations else {}, "t/template.toml")


def put(path: str, value: Any) -> Callable[[Raw], None]:
    """Return the change that puts a value at a path: "01.toml/side/0/key"; ``...`` removes what stands there."""

    def change(raw: Raw) -> None:
        *way, last = [int(p) if p.isdigit() and len(p) == 1 else p for p in path.split("/")]
        at: Any = raw
        for step in way:
            at = at[step]
        if value is ...:
            del at[last]
        else:
            at[last] = value

    return change


def refusal(change: Callable[[Raw], object]) -> TemplateError:
    with pytest.raises(TemplateError) as refused:
        build(change)
    return refused.value


class TestBuilt:
    def test_a_small_template(self) -> None:
        template = build()
        assert [f.id for f in template.forms] == ["01", "03", "06", "09"]
        assert template.form("01").shape is Shape.TWO_SIDED
        assert template.form("last.01") is template.form("01")
        assert template.has_form("last.09")
        assert not template.has_form("02")
        with pytest.raises(KeyError):
            template.form("02")

    def test_lookups_of_a_form(self) -> None:
        form = build().form("01")
        assert form.line("201") is not None
        assert form.line("202") is None
        side = form.side_of("general")
        assert side is not None
        assert side.key == "income"
        assert [c.key for c in form.columns_of("201")] == ["total", "fund"]
        assert [c.key for c in form.columns_of("closing")] == ["total"]
        assert form.columns_of("nowhere") == ()
        assert [ln.key for s in form.sides for ln in s.lines if ln.blank] != []
        assert all(form.columns_of(ln.key) == () for s in form.sides for ln in s.lines if ln.blank)
        assert form.fixed_rows() == ("general", "income_total", "201", "closing")
        column = form.column("fund")
        assert column is not None
        assert column.no == 3

    def test_lines_without_a_printed_number(self) -> None:
        template = build(put("01.toml/side/0/lines", [[0, "general", "一"], [0], [0], [0, "income_total", "合计"]]))
        assert [ln.no for ln in template.form("01").sides[0].lines] == [None] * 4

    def test_order_chooses_and_arranges(self) -> None:
        assert [f.id for f in build(put("head/order", ["09", "01"])).forms] == ["09", "01"]

    def test_a_later_relation_replaces_one_of_the_same_id(self) -> None:
        one = {"id": "r", "kind": "row", "says": "一", "holds": "01.general = 01.closing"}
        template = build_template(
            HEAD, FORMS, {"a.toml": {"relation": [one]}, "b.toml": {"relation": [{**one, "says": "二"}]}}, "t"
        )
        assert [r.says for r in template.relations] == ["二"]
        assert template.relations[0].source == "b.toml"


CASES: list[tuple[str, Any, str, str]] = [
    # path, value, what the key must contain, what the reason must contain
    ("head/naem", "x", "naem", "没有这个键"),
    ("head/year", "2023", "year", "应填写整数"),
    ("head/year", True, "year", "应填写整数"),
    ("head/year", ..., "year", "缺少这一项"),
    ("head/name", 3, "name", "应填写文字"),
    ("head/order", ["01", "02"], "order", "没有表 02"),
    ("head/order", ["01", "01"], "order", "重复了"),
    ("head/order", [], "order", "至少要有一张表"),
    ("head/order", "01", "order", "文字的列表"),
    ("head/order", [1], "order", "都应是文字"),
    ("head/settings", {"on": 1}, "settings.on", "说明文字"),
    ("head/report_title", "{department}{yaer}", "report_title", "不认识 {yaer}"),
    ("head/report_title", "{department", "report_title", "花括号不成对"),
    ("01.toml/titel", "x", "titel", "没有这个键"),
    ("01.toml/shape", "round", "shape", "只能是"),
    ("01.toml/shape", ..., "shape", "缺少这一项"),
    ("01.toml/orientation", "upright", "orientation", "只能是 portrait、landscape"),
    ("01.toml/title", "{jahr}年度", "title", "不认识 {jahr}"),
    ("01.toml/notes", ["{department"], "notes", "花括号不成对"),
    ("01.toml/notes", "一句话", "notes", "文字的列表"),
    ("01.toml/unit_line", "单位：{year}", "unit_line", "不认识 {year}"),
    ("01.toml/published", "yes", "published", "true 或 false"),
    ("01.toml/id", "0 1", "id", "只能由字母、数字和下划线组成"),
    ("01.toml/id", "03", "forms", "“03”重复了"),
    ("01.toml/side", [], "side", "至少要有一栏"),
    ("01.toml/side", {}, "side", "表的列表"),
    ("01.toml/column", [{"key": "x", "label": "x"}], "column", "在每一边写 columns"),
    ("01.toml/block", BLOCKS["block"], "block", "没有这一项"),
    ("01.toml/side/0/key", "middle", "side[1].key", "只能是 income、expense"),
    ("01.toml/side/1/key", "income", "side", "“income”重复了"),
    ("01.toml/side/0/columns", ..., "side[1].columns", "缺少这一项"),
    ("01.toml/side/0/columns", [], "side.income", "至少要有一个金额栏"),
    ("01.toml/side/0/columns/0/colour", "red", "side[1].columns[1].colour", "没有这个键"),
    ("01.toml/side/0/columns/0/key", "2nd", "column", "小写字母开头"),
    ("01.toml/side/0/columns/0/no", "1", "side[1].columns[1].no", "应填写整数"),
    ("01.toml/side/1/columns", [{"key": k, "label": k} for k in ("fund", "total", "fund")], "columns", "“fund”重复了"),
    ("01.toml/side/1/columns/0/no", 1, "栏次", "“1”重复了"),
    ("01.toml/side/0/lines", [[1, "general", "一"], [1, "fund", "二"]], "行次", "“1”重复了"),
    ("01.toml/side/0/lines", [[1, "general", "一"], [2, "general", "二"]], "line", "“general”重复了"),
    ("01.toml/side/0/lines", [[1], [2]], "side.income", "至少要有"),
    ("01.toml/side/0/lines", [["1", "general", "一"]], "side[1].lines[1]", "应写成 [行次"),
    ("01.toml/side/0/lines", [[True, "general", "一"]], "side[1].lines[1]", "应写成 [行次"),
    ("01.toml/side/0/lines", [[-1, "general", "一"]], "side[1].lines[1]", "应写成 [行次"),
    ("01.toml/side/0/lines", [[]], "side[1].lines[1]", "应写成 [行次"),
    ("01.toml/side/0/lines", [[1, "general"]], "side[1].lines[1]", "键和文字都要写明"),
    ("01.toml/side/0/lines", [[1, "general", ""]], "side[1].lines[1]", "键和文字都要写明"),
    ("01.toml/side/0/lines", [[1, "general", "一", "bold"]], "side[1].lines[1]", "样式只能是"),
    ("01.toml/side/0/lines", [[1, "gene ral", "一"]], "line", "只能由字母、数字和下划线组成"),
    ("01.toml/side/0/lines", [1], "lines[1]", "应是一个列表"),
    ("01.toml/side/0/label_width", 0, "side[1].label_width", "正整数"),
    ("01.toml/side/1/unused", {"opening": ["fund"]}, "unused.opening", "没有这一行"),
    ("01.toml/side/1/unused", {"closing": ["found"]}, "unused.closing", "只能是 fund、total"),
    ("01.toml/side/1/unused", {"closing": "fund"}, "unused.closing", "列表"),
    ("03.toml/column", ..., "column", "至少要有一个金额栏"),
    ("03.toml/column/1/key", "total", "column", "“total”重复了"),
    ("03.toml/column/1/path", "其中", "column[2].path", "文字的列表"),
    ("03.toml/catalogue", "functionl", "catalogue", "只能是"),
    ("03.toml/catalogue", ..., "catalogue", "要写明 catalogue"),
    ("03.toml/total_label", ..., "catalogue", "total_label"),
    ("03.toml/lead", ..., "lead", "编码栏"),
    ("03.toml/lead", [{"kind": "name", "label": "名称"}, {"kind": "code", "label": "编码"}], "lead", "最后是名称栏"),
    ("03.toml/lead/0/kind", "number", "lead[1].kind", "只能是"),
    ("03.toml/lead/0/with", 3, "lead[1].with", "没有这个键"),
    ("03.toml/lead/0/width", "wide", "lead[1].width", "应填写整数"),
    ("06.toml/block", ..., "block", "分块的表"),
    ("06.toml/column", [{"key": "a", "label": "a"}, {"key": "b", "label": "b"}], "block", "恰好一个金额栏"),
    ("06.toml/block/0/rows", [["301"]], "block[1].rows[1]", "[编码, 名称]"),
    ("06.toml/block/0/rows", [[301, "工资"]], "block[1].rows[1]", "[编码, 名称]"),
    ("06.toml/block/0/rows", [["302", "商品"]], "block.rows", "不属于本块的类 301"),
    ("06.toml/block/0/rows", [["3010", "商品"]], "block.rows", "不是 3、5 位数字"),
    ("06.toml/block/0/rows", [["301", "甲"], ["301", "乙"]], "block.rows", "“301”重复了"),
    ("06.toml/block/0/total", {"label": "合计"}, "block[1].total.key", "缺少这一项"),
    ("06.toml/block/0/total", {"key": "a", "label": "合计", "x": 1}, "block[1].total.x", "没有这个键"),
    ("06.toml/block/0/total", {"key": "301", "label": "合计"}, "block.total.key", "不能全是数字"),
    ("06.toml/block/0/total", ..., "block.total", "最后一块下面要有合计"),
    ("06.toml/block/0/widths", {"code": "17"}, "block[1].widths.code", "应填写整数"),
    ("06.toml/block/0/widths", {"cod": 17}, "block[1].widths.cod", "没有这个键"),
    ("09.toml/lead", CODES["lead"], "lead", "没有这一项"),
]


class TestRefused:
    @pytest.mark.parametrize(("path", "value", "key", "reason"), CASES)
    def test_slip(self, path: str, value: Any, key: str, reason: str) -> None:
        error = refusal(put(path, value))
        file = path.split("/", maxsplit=1)[0]
        assert error.file == ("t/template.toml" if file == "head" or key == "forms" else file)
        assert key in error.key
        assert reason in error.reason
        assert str(error).startswith(f"模板文件 {error.file} 的“{error.key}”有误：")

    def test_a_form_that_is_no_table(self) -> None:
        with pytest.raises(TemplateError, match="应填写文字"):
            build_form({"shape": []}, "x.toml")

    def test_two_blocks_that_claim_one_class(self) -> None:
        second = {**BLOCKS["block"][0], "key": "more", "rows": [], "total": {"key": "more", "label": "合计"}}
        error = refusal(put("06.toml/block", [BLOCKS["block"][0], second]))
        assert error.key == "block.classes"


def relation(**keys: Any) -> Raw:
    return {"id": "r", "kind": "row", "says": "说明", "holds": "01.general = 01.closing", **keys}


RELATIONS: list[tuple[Raw, str, str]] = [
    ({"kind": "line"}, "relation[1].kind", "只能是"),
    ({"id": ""}, "relation[1].id", "要有编号"),
    ({"severity": "info"}, "relation[1].severity", "只能是 error、warning"),
    ({"each": "rows"}, "relation[1].each", "只能是"),
    ({"computs": "left"}, "relation[1].computs", "没有这个键"),
    ({"holds": "01.general"}, "relation.r.holds", "缺少 =、<= 或 >="),
    ({"holds": "01.general = "}, "relation.r.holds", "等号两边都要写"),
    ({"holds": " = 01.general"}, "relation.r.holds", "等号两边都要写"),
    ({"holds": "0 = 0"}, "relation.r.holds", "不能都是 0"),
    ({"holds": "01.general = 01.closing 01.201"}, "relation.r.holds", "看不懂“01.201”"),
    ({"holds": "01.general = 5"}, "relation.r.holds", "看不懂“5”"),
    ({"holds": "01.general = 2 * 01.closing"}, "relation.r.holds", "看不懂"),
    ({"holds": "01.general = 01.closing.Total"}, "relation.r.holds", "看不懂"),
    ({"holds": "01.general == 01.closing"}, "relation.r.holds", "看不懂"),
    ({"holds": "03.{row}.total = 03.{row}.basic"}, "relation.r.holds", "{row} 与 each 不一致"),
    ({"each": "code", "of": ["03"], "holds": "03.{row}.total = 03.{row}.basic"}, "relation.r.holds", "{row}"),
    ({"each": "row", "holds": "03.{row}.total = 03.{row}.basic"}, "relation.r.of", "由哪些表提供"),
    ({"each": "row", "of": ["03"]}, "relation.r.each", "没有用到 {row}"),
    ({"each": "row", "of": ["03"], "holds": "03.total.{row} = 03.{row}.basic"}, "relation.r.holds", "{column} 只能"),
    ({"each": "column", "of": ["01"], "holds": "01.{column} = 01.closing"}, "relation.r.holds", "{column} 只能"),
    (
        {"each": "line", "of": ["01.left"], "holds": "01.{line}.total = 01.{line}.fund"},
        "relation.r.of",
        "没有“01.left”",
    ),
    ({"computes": "left", "holds": "01.general <= 01.closing.total"}, "relation.r.holds", "不等式不能用来计算"),
    ({"computes": "left", "holds": "01.general + 01.201 = 01.closing"}, "relation.r.holds", "左边只有一项"),
    ({"computes": "left", "holds": "- 01.general = 01.closing"}, "relation.r.holds", "左边只有一项"),
    ({"computes": "left", "holds": "01.@classes = 01.closing"}, "relation.r.holds", "左边只有一项"),
    ({"computes": "left", "holds": "01.general..income_total = 01.closing"}, "relation.r.holds", "左边只有一项"),
    ({"computes": "01.201"}, "relation.r.computes", "不是 holds 里单独写出的一项"),
    ({"computes": "right"}, "relation.r.computes", "看不懂"),
    ({"computes": "left", "setting": "on"}, "relation.r.computes", "随设置开关"),
    ({"when": ["01.general <= 0"]}, "relation.r.when", "只能写不带 {…} 的等式"),
    ({"when": ["01.general"]}, "relation.r.when", "缺少 ="),
    ({"when": ["03.{row}.total = 0"]}, "relation.r.when", "只能写不带 {…} 的等式"),
    ({"needs": ["0"]}, "relation.r.needs", "应是一个金额的位置"),
    ({"needs": ["01.general + 01.201"]}, "relation.r.needs", "应是一个金额的位置"),
    ({"needs": ["01.general..income_total"]}, "relation.r.needs", "应是一个金额的位置"),
    ({"needs": "01.general"}, "relation[1].needs", "文字的列表"),
]


class TestRelations:
    @pytest.mark.parametrize(("keys", "key", "reason"), RELATIONS)
    def test_slip(self, keys: Raw, key: str, reason: str) -> None:
        with pytest.raises(TemplateError) as refused:
            rule_book(build(relation=[relation(**keys)]))
        assert refused.value.file == "t/relations.toml"
        assert key in refused.value.key
        assert reason in refused.value.reason

    @pytest.mark.parametrize(
        "holds",
        [
            "02.total.total = 03.total.total",
            "01.nowhere = 01.general",
            "01.202 = 01.general",
            "01.general..nowhere = 01.closing",
            "03.total.project = 03.total.basic",
            "03.total.total..project = 03.total.basic",
            "01.closing.fund = 01.general",
            "01.201 = 01.general",
            "03.somewhere.total = 01.general",
            "09.line.total = 01.general",
        ],
    )
    def test_what_the_template_does_not_print_is_left_out(self, holds: str) -> None:
        book = rule_book(build(relation=[relation(holds=holds)]))
        assert book.rules == ()
        assert book.skipped == ("r",)

    def test_so_is_a_relation_with_an_unknown_setting(self) -> None:
        assert rule_book(build(relation=[relation(setting="nobody_knows")])).skipped == ("r",)

    @pytest.mark.parametrize(
        ("keys", "reason"),
        [({"form": "01"}, "不是按科目列示的表"), ({"form": "03", "root": "grand"}, "没有“grand”这一行")],
    )
    def test_hierarchies(self, keys: Raw, reason: str) -> None:
        with pytest.raises(TemplateError, match=reason):
            rule_book(build(hierarchy=[{"id": "h", "says": "类＝款", **keys}]))
        assert rule_book(build(hierarchy=[{"id": "h", "says": "类＝款", "form": "02"}])).skipped == ("h",)

    def test_greater_turns_into_less(self) -> None:
        (rule,) = rule_book(build(relation=[relation(holds="01.general >= 01.closing.total")])).rules
        assert rule.op == "<="
        assert [s.cells("") for s in rule.slots] == [
            (Cell("01", "closing", "total"),),
            (Cell("01", "general", "amount"),),
        ]


class TestCycles:
    def refused(self, *holds: tuple[str, Raw]) -> str:
        template = build(relation=[relation(id=f"r{i}", holds=h, **more) for i, (h, more) in enumerate(holds)])
        with pytest.raises(TemplateError) as refused:
            check_computation(template, rule_book(template))
        return str(refused.value)

    def test_two_cells_that_wait_for_each_other(self) -> None:
        text = self.refused(
            ("01.general = 01.closing.total", {"computes": "left"}),
            ("01.closing.total = 01.general", {"computes": "left"}),
        )
        assert "01.general.amount → 01.closing.total → 01.general.amount" in text

    def test_a_long_way_round_by_codes(self) -> None:
        text = self.refused(
            ("03.{code}.total = 03.{code}.basic", {"computes": "left", "each": "code", "of": ["03"]}),
            ("03.{code}.basic = 06.personnel", {"computes": "left", "each": "code", "of": ["03"]}),
            ("06.personnel = 03.2010101.total", {"computes": "left"}),
        )
        assert "绕成一圈" in text

    def test_the_first_declared_definer_counts(self) -> None:
        template = build(
            relation=[
                relation(id="a", holds="01.general = 01.201.total", computes="left"),
                relation(id="b", holds="01.closing.total = 01.general", computes="left"),
                relation(id="c", holds="01.general = 01.closing.total", computes="left"),
            ]
        )
        check_computation(template, rule_book(template))
