"""What is known of the forms of other places, and how a slip in its file is told."""

from __future__ import annotations

import pytest

from desktopapp.core.elsewhere_build import build_elsewhere
from desktopapp.core.template import TemplateError
from tests.generators import the_template

KNOWN = ("total", "fiscal", "superior", "business", "operating", "affiliated", "other")


def test_columns_are_recognised_by_the_header() -> None:
    elsewhere = the_template().elsewhere
    plain = "本年收入合计财政拨款收入上级补助收入事业收入经营收入附属单位上缴收入其他收入"
    assert elsewhere.columns_of("02", plain, KNOWN) == ()
    fees = elsewhere.columns_of("02", plain.replace("事业收入", "事业收入小计其中：教育收费"), KNOWN)
    assert fees == ("total", "fiscal", "superior", "business", "", "operating", "affiliated", "other")
    assert elsewhere.columns_of("08", "年初结转和结余本年收入年末结转和结余", ("total", "basic", "project")) == (
        *("", "", "total", "basic"),
        *("project", ""),
    )


def test_titles_of_other_tables_are_no_titles_of_forms() -> None:
    elsewhere = the_template().elsewhere
    titles = {t for forms in elsewhere.titles.values() for t in forms}
    assert titles.isdisjoint(elsewhere.others) and "财政拨款支出决算表" in elsewhere.others


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"titel": {}}, "没有这个键"),
        ({"titles": {"01": "收支决算总表"}}, "文字的列表"),
        ({"columns": [{"form": "02", "sign": "(", "columns": []}]}, "正则表达式"),
        ({"others": {"title": []}}, "没有这个键"),
        ({"parts": {"budget": []}}, "没有这个键"),
        ({"unpublished": {"02": "教育收费"}}, "文字的列表"),
    ],
)
def test_a_slip_is_refused_with_file_key_and_reason(raw: dict[str, object], reason: str) -> None:
    with pytest.raises(TemplateError, match=f"common/elsewhere.toml.*{reason}"):
        build_elsewhere(raw, "common/elsewhere.toml")
