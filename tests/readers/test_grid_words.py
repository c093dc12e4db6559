"""Words, codes, amounts and headings as they come in other people's tables."""

from __future__ import annotations

import pytest

from desktopapp.core.amount import Unit
from desktopapp.core.levels import ECONOMIC, FUNCTIONAL
from desktopapp.readers.grid_amounts import ReadAmount, looks_numeric, read_amount
from desktopapp.readers.grid_heading import department_in, is_title, read_heading, title_scores, year_in
from desktopapp.readers.grid_spec import form_specs
from desktopapp.readers.grid_words import code_of, head_word, label_keys, likeness, one_line, split_code
from desktopapp.readers.sources.model import Cell
from tests.generators import the_template


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一、一般公共服务支出", "一 、一般公共服务支出"),
        ("（一）行政运行", "行政运行"),
        ("其中：公务用车", "公务用车"),
        ("1.因公出国（境）费", "因公出国(境)费"),
        ("二十四、债务还本支出", "债务还本\n支出"),
        ("使用非财政拨款结余", "使用非财政拨款结余（含专用结余）"),
    ],
)
def test_labels_agree_however_they_are_numbered(one: str, other: str) -> None:
    assert set(label_keys(one)) & set(label_keys(other))


@pytest.mark.parametrize("text", ["一般公共服务支出", "三公经费", "十八届", "2023年度"])
def test_a_number_that_belongs_to_the_words_stays(text: str) -> None:
    assert label_keys(text) == (text,)


def test_header_words_forget_how_they_are_wrapped() -> None:
    assert head_word("对附属单位\n补 助支出") == "对附属单位补助支出"
    assert head_word("小 计") == head_word("合计") == head_word("总计")
    assert likeness("款", "项") == 0 and likeness("基本支出", "基本支出") == 1


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        (["2010301"], "2010301"),
        (["201", "03", "01"], "2010301"),
        (["201", "3", "1"], "2010301"),
        (["20103", "50"], "2010350"),
        (["201", "20103", "2010301"], "2010301"),
        (["12", "2010301"], "2010301"),
        (["201", "03"], "20103"),
        (["2010"], ""),
        (["12"], ""),
        ([], ""),
    ],
)
def test_codes_are_put_together(pieces: list[str], code: str) -> None:
    assert code_of(pieces, FUNCTIONAL) == code


def test_economic_codes_have_two_levels() -> None:
    assert code_of(["301", "01"], ECONOMIC) == "30101"
    assert code_of(["2010301"], ECONOMIC) == ""


def test_code_and_name_may_share_a_cell() -> None:
    assert split_code("2010301行政运行") == ("2010301", "行政运行")
    assert split_code("[201] 一般公共服务支出（类）") == ("201", "一般公共服务支出（类）")
    assert split_code("行政运行") == ("", "行政运行")


def test_names_come_without_line_breaks_and_spacing_out() -> None:
    assert one_line("机关事业单位\n基本养老保险缴费") == "机关事业单位基本养老保险缴费"
    assert one_line("合　计") == "合计" and one_line("办 公 费") == "办公费"
    assert one_line("甲公司 乙公司") == "甲公司 乙公司"


# ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def typed(text: str) -> Cell:
    return Cell(text, 0, 0)


def number(text: str) -> Cell:
    return Cell(text, 0, 0, number=text)


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        (typed("12,938.50"), Unit.WAN, 12938_500000),
        (typed("1， 294. 48"), Unit.WAN, 1294_480000),
        (typed("（5.00）"), Unit.WAN, -5_000000),
        (typed("129385000.01"), Unit.YUAN, 12938500001),
        (typed("88.5元"), Unit.WAN, 8850),
        (typed("88.5万元"), Unit.YUAN, 88_500000),
        (typed("-"), Unit.WAN, None),
        (typed("0.00"), Unit.WAN, None),
        (number("0"), Unit.WAN, None),
        (number("12938.5"), Unit.WAN, 12938_500000),
        (number("12938.123456"), Unit.WAN, 12938_123456),
        (number("0.30000000000000004"), Unit.WAN, 300000),
        (number("-12.3"), Unit.YUAN, -1230),
    ],
)
def test_amounts_are_read_exactly(cell: Cell, unit: Unit, fen: int | None) -> None:
    assert read_amount(cell, unit) == ReadAmount(fen)


def test_finer_amounts_are_rounded_and_told() -> None:
    found = read_amount(number("33.33333333"), Unit.WAN)
    assert found.fen == 33_333333 and "四舍五入" in found.remark and not found.bad


@pytest.mark.parametrize("cell", [typed("约12万"), typed("95%"), typed("12.3.4"), number("99999999999999")])
def test_what_is_no_amount_is_said(cell: Cell) -> None:
    found = read_amount(cell, Unit.WAN)
    assert found.bad and found.fen is None and found.remark.endswith("。")


def test_only_numbers_other_than_zero_look_numeric() -> None:
    assert looks_numeric(typed("1,2")) and looks_numeric(number("-3"))
    assert not any(map(looks_numeric, (typed("—"), typed("0.00"), typed("注"), number("0"))))


# ── headings ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万元", Unit.WAN),
        ("金额单位：元", Unit.YUAN),
        ("单位:人民币元", Unit.YUAN),
        ("（万元）", Unit.WAN),
        ("决算数（元）", Unit.YUAN),
        ("部门：某局    金额单位：万元", Unit.WAN),
        ("单位：某局", None),
    ],
)
def test_units_are_found(line: str, unit: Unit | None) -> None:
    assert read_heading([line]).unit == unit


def test_units_nobody_reads_are_named() -> None:
    assert read_heading(["单位：千元"]).odd_unit == "千元"


@pytest.mark.parametrize(
    ("line", "department"),
    [
        ("部门：武汉市数据局", "武汉市数据局"),
        ("单位名称：某局（本级）", "某局（本级）"),
        ("编制单位:某局", "某局"),
        ("公开部门：某局      单位：万元", "某局"),
        ("单位：万元", ""),
        ("金额单位：万元", ""),
        ("2023年度收入决算表", ""),
    ],
)
def test_departments_are_found(line: str, department: str) -> None:
    assert department_in(line) == department


def test_years_are_found() -> None:
    assert year_in("2023 年度收入决算表") == 2023
    assert year_in("二〇二四年度收入决算表") == 2024
    assert year_in("收入决算表") is None


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("2023年度收入支出决算总表", "01"),
        ("财政拨款收入支出决算总表", "04"),
        ("武汉市某局2023年度支出决算表", "03"),
        ("一般公共预算财政拨款支出决算表", "05"),
        ("一般公共预算财政拨款基本支出决算表", "06"),
        ("国有资本经营预算财政拨款收入支出决算表", "08"),
        ("武汉市某局收入支出决算总表", "01"),
        ("财政拨款三公经费支出决算表", "09"),
    ],
)
def test_titles_speak_for_their_form(title: str, form: str) -> None:
    specs = form_specs(the_template())
    scores = title_scores([title], specs)
    assert max(scores, key=lambda f: scores[f]) == form


def test_running_text_is_no_title() -> None:
    specs = form_specs(the_template())
    assert is_title("2023年度收入决算表", specs) == "02"
    assert is_title("见2023年度收入决算表的说明", specs) == ""


@pytest.mark.parametrize("text", ["3,242.", "1,", "12．"])
def test_half_an_amount_is_not_read(text: str) -> None:
    read = read_amount(Cell(text, 0, 0), Unit.WAN)
    assert read.fen is None and read.bad and "不完整" in read.remark
