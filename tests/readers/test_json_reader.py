"""The JSON of a report: read as it is written, refused with form, row and column."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN
from desktopapp.core.report import Report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell, Template
from desktopapp.readers.json_reader import JsonError, load_json, report_from_json
from desktopapp.writers.json_writer import report_json
from tests.generators import exact_report, the_template

SMALL: dict[str, Any] = {
    "template": "hubei-2023",
    "year": 2023,
    "unit_name": "某局",
    "money_unit": "万元",
    "forms": {
        "01": {
            "lines": [{"side": "income", "line": 1, "label": "一、一般公共预算财政拨款收入", "values": {"1": "5.00"}}]
        },
        "03": {
            "rows": [{"code": "2010301", "name": "行政运行", "values": {"1": "1383.50", "2": "1,383.50"}}],
            "total": {"1": "1383.50"},
        },
        "06": {"rows": [{"code": "30101", "name": "基本工资", "value": "2.68"}], "personnel_total": "2.68"},
        "09": {"values": {"1": "2.68", "12": "0.92"}},
    },
}


def small(change: dict[str, Any] | None = None, **top: Any) -> dict[str, Any]:
    raw = copy.deepcopy(SMALL)
    raw["forms"].update(change or {})
    return {**raw, **top}


def read(raw: dict[str, Any], template: Template | None = None) -> Report:
    return report_from_json(raw, template or the_template(), "报表.json")


class TestRead:
    def test_every_shape(self) -> None:
        report = read(SMALL)
        assert (report.year, report.department, report.template.id) == (2023, "某局", "hubei-2023")
        assert report.amounts == {
            Cell("01", "general", "amount"): 5_000_000,
            Cell("03", "2010301", "total"): 1_383_500_000,
            Cell("03", "2010301", "basic"): 1_383_500_000,
            Cell("03", TOTAL_ROW, "total"): 1_383_500_000,
            Cell("06", "30101", "amount"): 2_680_000,
            Cell("06", "personnel", "amount"): 2_680_000,
            Cell("09", SINGLE_ROW, "budget_total"): 2_680_000,
            Cell("09", SINGLE_ROW, "outturn_reception"): 920_000,
        }
        assert report.rows_of("03").name("2010301") == "行政运行"
        assert not report.auto

    def test_amounts_in_yuan_are_kept_to_the_cent(self) -> None:
        values = {"lines": [{"side": "income", "line": 1, "label": "", "values": {"1": "50000.37"}}]}
        report = read(small({"01": values}, money_unit="元"))
        assert report.get(Cell("01", "general", "amount")) == 5_000_037
        assert report.grain("01") == EXACT_GRAIN
        assert report.grain("09") == EXACT_GRAIN
        assert read(small(forms={"09": {"values": {"1": "100"}}}, money_unit="元")).grain("09") == PUBLISHED_GRAIN

    @pytest.mark.parametrize("given", [150, "150", "150.00", "150元"])
    def test_numbers_and_strings_alike(self, given: Any) -> None:
        report = read(small(forms={"09": {"values": {"1": given}}}, money_unit="元"))
        assert report.get(Cell("09", SINGLE_ROW, "budget_total")) == 15_000
        assert report.grain("09") == EXACT_GRAIN

    def test_codes_and_names_make_no_form_finer(self) -> None:
        row = {"code": "2010301", "name": "0.001", "code_printed": "301", "values": {"1": "100"}}
        assert read(small(forms={"03": {"rows": [row]}}, money_unit="元")).grain("03") == PUBLISHED_GRAIN

    def test_empty_cells(self) -> None:
        report = read(small(forms={"09": {"values": {"1": None, "2": "", "3": "-", "4": "0.00"}}}))
        assert report.amounts == {}

    def test_doubled_rows_are_kept_apart(self) -> None:
        rows = [{"code": "201", "name": n, "values": {"1": a}} for n, a in (("甲", "1"), ("乙", "2"), ("丙", "3"))]
        report = read(small(forms={"03": {"rows": rows}}))
        assert list(report.rows_of("03")) == ["201", "201#2", "201#3"]
        assert report.get(Cell("03", "201#3", "total")) == 3_000_000

    def test_doubled_printed_rows_too(self) -> None:
        rows = [{"code": "30101", "name": "基本工资", "value": a} for a in ("1", "2")]
        report = read(small(forms={"06": {"rows": rows}}))
        assert report.get(Cell("06", "30101", "amount")) == 1_000_000
        assert report.get(Cell("06", "30101#2", "amount")) == 2_000_000

    def test_rows_that_are_not_printed_stand_in_code_order(self) -> None:
        report = read(small(forms={"06": {"rows": [{"code": "30702", "name": "国外债务付息", "value": "1"}]}}))
        rows = list(report.rows_of("06"))
        # The template prints 301, 303, 302, 310, block after block.
        assert report.get(Cell("06", "30702", "amount")) == 1_000_000
        assert rows.count("30702") == 1

    def test_full_width_codes(self) -> None:
        report = read(small(forms={"03": {"rows": [{"code": "２０１", "name": "类", "values": {"1": "１"}}]}}))
        assert list(report.rows_of("03")) == ["201"]

    def test_settings(self) -> None:
        assert read(small(settings={"all_administrative": True})).settings == {"all_administrative": True}

    def test_a_missing_year_is_the_templates(self) -> None:
        raw = small()
        del raw["year"]
        assert read(raw, the_template("hubei-2024")).year == 2024


class TestLines:
    def test_numbers_of_another_template_are_seen_through_by_their_labels(self) -> None:
        report = exact_report(4, the_template("hubei-2023"), 20, last_year=False)
        moved = read(report_json(report), the_template("hubei-2024"))
        assert moved.amounts == report.amounts

    def test_a_label_cut_off_by_its_cell_does_no_harm(self) -> None:
        lines = [{"side": "income", "line": 3, "label": "三、国有资本经", "values": {"1": "5"}}]
        assert read(small(forms={"01": {"lines": lines}})).get(Cell("01", "capital", "amount")) == 5_000_000

    def test_blanks_in_labels(self) -> None:
        lines = [{"side": "income", "line": 99, "label": "本年 收入\n合计", "values": {"1": "5"}}]
        assert read(small(forms={"01": {"lines": lines}})).get(Cell("01", "income_total", "amount")) == 5_000_000

    def test_numbers_written_as_texts(self) -> None:
        lines = [{"side": "income", "line": "27", "label": "", "values": {"1": "5"}}]
        assert read(small(forms={"01": {"lines": lines}})).get(Cell("01", "income_total", "amount")) == 5_000_000

    def test_without_numbers_labels_count_in_turn(self) -> None:
        template = the_template("shanghai-2024")
        report = exact_report(3, template, 20, last_year=False, funds=True)
        raw = report_json(report)
        for entry in raw["forms"]["04"]["lines"]:
            entry["line"] = None
        assert read(raw, template).amounts == report.amounts

    def test_blank_lines_are_passed_over(self) -> None:
        lines = [{"side": "income", "line": 9, "label": "", "values": {}}, {"side": "income", "line": 500}]
        assert read(small(forms={"01": {"lines": lines}})).amounts == {}


REFUSED: list[tuple[dict[str, Any], str]] = [
    (small(year="2023"), "年度“2023”应是"),
    (small(year=True), "年度“True”应是"),
    (small(year=20230), "年度“20230”应是"),
    (small(year=2023.0), "年度“2023.0”应是"),
    (small(unit_name=["某局"]), "unit_name"),
    (small(money_unit="亿元"), "金额单位“亿元”不认识"),
    (small(money_unit=["元"]), "不认识，只能是“万元”或“元”"),
    (small({"10": {}}), "没有的表 10"),
    (small({"last.01": {}}), "没有的表 last.01"),
    (small({"01": []}), "表 01 不是一张表"),
    (small({"01": {"lines": {}}}), "公开01表（lines）：应是一个列表"),
    (small({"01": {"lines": ["x"]}}), "公开01表（lines）：应是一个列表"),
    (small({"01": {"lines": [{"line": 99, "values": {"1": "5"}}]}}), "公开01表（99 行）：模板里没有这一行"),
    (small({"01": {"lines": [{"line": [1], "values": {"1": "5"}}]}}), "模板里没有这一行"),
    (small({"01": {"lines": [{"line": True, "values": {"1": "5"}}]}}), "模板里没有这一行"),
    (small({"01": {"lines": [{"line": 9, "values": {"1": "5"}}]}}), "模板里没有这一行"),
    (small({"01": {"lines": [{"line": 1, "values": {"2": "5"}}]}}), "general 的 2 栏）：模板里没有这一栏"),
    (small({"01": {"lines": [{"line": 1, "values": ["5"]}]}}), "金额应按栏次写明"),
    (small({"01": {"lines": [{"line": 1, "values": {"1": "五"}}]}}), "公开01表（general）：“五”不是金额"),
    (small({"01": {"lines": [{"line": 1, "values": {"1": "9" * 15}}]}}), "超过十万亿元"),
    (small({"01": {"lines": [{"line": 1, "values": {"1": True}}]}}), "“True”不是金额"),
    (small({"01": {"lines": [{"line": 1, "values": {"1": [5]}}]}}), "不是金额"),
    (small({"01": {"lines": [{"line": 1, "values": {"1": a}} for a in ("5", "6")]}}), "出现了两次，金额不同（6）"),
    (small({"03": {"rows": [{"name": "无编码", "values": {}}]}}), "编码“”）：科目编码只能是数字"),
    (small({"03": {"rows": [{"code": "20a", "values": {}}]}}), "编码“20a”）：科目编码只能是数字"),
    (small({"03": {"rows": [{"code": "²01", "values": {}}]}}), "科目编码只能是数字"),
    (small({"03": {"rows": [{"code": "201", "values": {"9": "5"}}]}}), "201 的 9 栏）：模板里没有这一栏"),
    (small({"03": {"rows": [], "total": {"1": "x"}}}), "公开03表（total）：“x”不是金额"),
    (small({"06": {"rows": [], "public_total": "x"}}), "公开06表（public）：“x”不是金额"),
    (small({"09": {"values": {"13": "5"}}}), "row 的 13 栏"),
    (small({"09": {"values": {"1": "0.0000001"}}}), "小数超过"),
    (small(settings={"nobody_knows": True}), "settings 有模板不认识的内容"),
    (small(settings={"all_administrative": "yes"}), "settings 有模板不认识的内容"),
    (small(settings=[]), "settings 有模板不认识的内容"),
]  # fmt: skip


class TestRefused:
    @pytest.mark.parametrize(("raw", "words"), REFUSED)
    def test_in_one_sentence(self, raw: dict[str, Any], words: str) -> None:
        with pytest.raises(JsonError) as refused:
            read(raw)
        assert words in str(refused.value)
        assert "“报表.json”" in str(refused.value)
        assert str(refused.value).endswith("。")
        assert str(refused.value).count("。") == 1 or "：" in str(refused.value)

    @given(
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just("5.00")),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["lines", "rows", "values", "total", "line", "code", "1"]), inner),
            ),
            max_leaves=12,
        ),
        st.sampled_from(["01", "03", "06", "09"]),
    )
    def test_nothing_but_a_sentence_is_ever_raised(self, body: Any, form: str) -> None:
        try:
            report = read(small(forms={form: body}))
        except JsonError:
            return
        assert all(type(a) is int for a in report.amounts.values())


class TestFiles:
    def test_numbers_are_taken_as_written(self, tmp_path: Path) -> None:
        path = tmp_path / "报表.json"
        path.write_text('{"forms": {"09": {"values": {"1": 12345678.123456, "2": 5}}}}', encoding="utf-8")
        report = read(load_json(path))
        assert report.get(Cell("09", SINGLE_ROW, "budget_total")) == 12_345_678_123_456
        assert report.get(Cell("09", SINGLE_ROW, "budget_abroad")) == 5_000_000

    def test_a_mark_of_byte_order(self, tmp_path: Path) -> None:
        path = tmp_path / "报表.json"
        path.write_text(json.dumps(SMALL), encoding="utf-8-sig")
        assert read(load_json(path)).department == "某局"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "不是合格的 JSON"),
            (b"{", "不是合格的 JSON"),
            (b"{'forms': {}}", "不是合格的 JSON"),
            ('{"forms": "表"}'.encode("gbk"), "不是合格的 JSON"),
            (b"[" * 100_000, "不是合格的 JSON"),
            (b'{"forms": {"09": {"values": {"1": ' + b"9" * 5000 + b"}}}}", "不是合格的 JSON"),
            (b"[]", "没有报表（缺少 forms）"),
            (b"{}", "没有报表（缺少 forms）"),
            (b'{"forms": []}', "没有报表（缺少 forms）"),
        ],
    )
    def test_what_is_no_report(self, tmp_path: Path, content: bytes, words: str) -> None:
        path = tmp_path / "报表.json"
        path.write_bytes(content)
        with pytest.raises(JsonError, match="报表") as refused:
            load_json(path)
        assert words in str(refused.value)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(JsonError, match=r"没有.*读不出来"):
            load_json(tmp_path / "没有.json")
        with pytest.raises(JsonError, match="读不出来"):
            load_json(tmp_path)
