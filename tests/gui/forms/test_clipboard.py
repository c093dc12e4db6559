"""Blocks to and from the clipboard as texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktopapp.gui.forms.clipboard import Copied, from_html, from_tsv, to_html, to_tsv

TEXTS = st.text(st.sampled_from('ab1.,"\t\n 一“”=+'), max_size=6)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(TEXTS, min_size=n, max_size=n), min_size=1, max_size=4)))
def test_tab_separated_values_come_back_as_they_were(rows: list[list[str]]) -> None:
    assert from_tsv(to_tsv([[Copied(t) for t in row] for row in rows])) == rows


def test_one_line_break_at_the_end_is_no_row() -> None:
    assert from_tsv("1\t2\r\n") == [["1", "2"]]
    assert from_tsv("1\n\n") == [["1"], [""]]


def test_quoted_cells_may_hold_tabs_and_line_breaks() -> None:
    assert from_tsv('"a\tb"\t"c\nd"\t"e""f"\n1') == [["a\tb", "c\nd", 'e"f'], ["1", "", ""]]


def test_a_quotation_mark_inside_a_text_is_ordinary() -> None:
    assert from_tsv('5" \t"open') == [['5" ', '"open']]


def test_tables_in_html_come_back_with_their_merged_cells() -> None:
    first = "<tr><td colspan=2>合计</td><td>5</td></tr>"
    rest = "<tr><td rowspan='2'>a</td><td>b</td><td>c</td></tr><tr><td>d</td></tr>"
    html = f"<table>{first}{rest}</table>"
    assert from_html(html) == [["合计", "", "5"], ["a", "b", "c"], ["", "d", ""]]


def test_copied_text_is_never_a_formula_in_a_spreadsheet() -> None:
    html = to_html([[Copied("=1+1"), Copied("5.00", number=True)]])
    assert "mso-number-format:'\\@'\">=1+1" in html
    assert "mso-number-format:'#,##0.00'\">5.00" in html
    assert from_html(html) == [["=1+1", "5.00"]]
