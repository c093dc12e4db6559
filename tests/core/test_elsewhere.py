"""What is known of the forms of other places, and how a slip in its file is told."""

from __future__ import annotations

import pytest

from desktopapp.core.elsewhere_build import build_elsewhere
from desktopapp.core.template import TemplateError
from desktopapp.resources import resource_root
from desktopapp.store.template_files import list_templates
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


@pytest.mark.parametrize("template_id", list_templates(resource_root() / "templates"))
def test_words_for_rows_name_columns_and_totals_of_the_form(template_id: str) -> None:
    template = the_template(template_id)
    elsewhere = template.elsewhere
    for form in template.forms:
        columns = {c.key for c in form.all_columns()}
        keys = {w.key for w in elsewhere.items if w.form == form.id} - {""}
        assert all(prefix + key in columns for prefix in elsewhere.prefixes(form.id) for key in keys)
        totals = {t.key for t in form.totals()}
        assert {w.key for w in elsewhere.totals_of(form.id)} == totals


@pytest.mark.parametrize(
    ("label", "item"),
    [
        ("2公务用车购置及运行维护费", "vehicles"),
        ("公务用车购置及运行费小计", "vehicles"),
        ("1公务用车购置费", "purchase"),
        ("公务用车运行维护费", "running"),
        ("公务用车购置和运行维护费公务接待费", "reception"),
        ("因公出国境费用", "abroad"),
        ("三公经费合计", "total"),
        ("其中会议费", ""),
        ("办公费", None),
    ],
)
def test_rows_of_other_arrangements_are_named(label: str, item: str | None) -> None:
    assert the_template().elsewhere.item_of("09", label) == item


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"titel": {}}, "没有这个键"),
        ({"titles": {"01": "收支决算总表"}}, "文字的列表"),
        ({"columns": [{"form": "02", "sign": "(", "columns": []}]}, "正则表达式"),
        ({"others": {"title": []}}, "没有这个键"),
        ({"parts": {"budget": []}}, "没有这个键"),
        ({"unpublished": {"02": "教育收费"}}, "文字的列表"),
        ({"items": [{"form": "09", "key": "running", "label": "("}]}, "items.*label.*正则表达式"),
        ({"items": [{"form": "09", "label": "公务用车"}]}, "items.*key.*缺少这一项"),
        ({"halves": [{"form": "09", "key": "budget_", "label": "预算", "column": ""}]}, "halves.*column.*没有这个键"),
        ({"totals": [{"form": "06", "key": "public", "label": "公用"}]}, "totals.*column.*缺少这一项"),
    ],
)
def test_a_slip_is_refused_with_file_key_and_reason(raw: dict[str, object], reason: str) -> None:
    with pytest.raises(TemplateError, match=f"common/elsewhere.toml.*{reason}"):
        build_elsewhere(raw, "common/elsewhere.toml")
