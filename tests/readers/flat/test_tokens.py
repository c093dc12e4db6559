"""Numbers, whole numbers and words in lines of text."""

from __future__ import annotations

import pytest

from desktopapp.readers.flat.tokens import TextLine, bare_label, number_of, strip_page_numbers, tokenize


def kinds(text: str) -> list[tuple[str, str]]:
    return [(t.kind, t.text) for t in tokenize([TextLine(1, text)])]


@pytest.mark.parametrize(
    ("text", "digits", "places"),
    [
        ("1,294.48", 129448, 2),
        ("1, 294. 48", 129448, 2),
        ("１，２９４．４８", 129448, 2),
        ("12938.5", 129385, 1),
        ("-3.20", -320, 2),
        ("0.37", 37, 2),
    ],
)
def test_a_number_is_read_however_it_is_spaced(text: str, digits: int, places: int) -> None:
    (token,) = tokenize([TextLine(1, text)])
    number = number_of(token)
    assert (number.digits, number.places) == (digits, places)


def test_removed_blanks_are_told() -> None:
    (token,) = tokenize([TextLine(7, "1, 294. 48")])
    assert "空格" in number_of(token).repaired
    assert number_of(token).where == "第 7 行"


def test_labels_numbers_and_amounts_are_told_apart() -> None:
    found = kinds("一 、一般公共预算财政拨款收入 1 12,938.50 一、一般公共服务支出 32 8,449.21")
    assert [k for k, _ in found] == ["text", "text", "int", "amount", "text", "int", "amount"]


def test_two_amounts_side_by_side_stay_two() -> None:
    assert [t for _, t in kinds("12,938.50 12,938.50")] == ["12,938.50", "12,938.50"]


def test_page_numbers_go_and_line_numbers_stay() -> None:
    lines = [TextLine(i, t) for i, t in enumerate(["2010301 行政运行 1.00", "- 19 -", "", "46", "53"], 1)]
    assert [ln.text for ln in strip_page_numbers(lines)] == ["2010301 行政运行 1.00", "46", "53"]


@pytest.mark.parametrize(
    ("printed", "bare"),
    [
        ("二十二 、灾害防治及应急管理支出", "灾害防治及应急管理支出"),
        ("使用非财政拨款结余（含专用结余）", "使用非财政拨款结余"),
        ("（一）一般公共预算财政拨款", "一般公共预算财政拨款"),
        ("总 计", "总计"),
    ],
)
def test_labels_are_compared_without_enumerators_and_brackets(printed: str, bare: str) -> None:
    assert bare_label(printed) == bare


def test_an_amount_cut_off_at_its_point_is_joined_or_left_out() -> None:
    lines = [TextLine(1, "2210201 住房公积金 1,715. 1,715."), TextLine(2, "79 80"), TextLine(3, "合计 3,242. 0.50")]
    tokens = [(t.kind, t.text) for t in tokenize(lines)]
    assert ("amount", "1,715. 79") in tokens and ("amount", "1,715. 80") in tokens
    assert ("broken", "3,242.") in tokens and ("amount", "0.50") in tokens
    assert number_of(next(t for t in tokenize(lines) if t.kind == "amount")).digits == 171579
