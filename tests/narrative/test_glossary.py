"""The glossary explains what the report uses, all of it and nothing else."""

from __future__ import annotations

import pytest

from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.narrative.glossary import Entry, entries, used_items
from tests.generators import published_report, the_template
from tests.narrative.cases import TEMPLATES, case, narrative_of, section_text, the_catalogues, the_outline


def glossary(report: Report) -> list[Entry]:
    narrative = narrative_of(report)
    return list(entries(report, narrative.facts, narrative.outline.glossary, narrative.wording()))


def keys(report: Report) -> list[str]:
    return [e.key for e in glossary(report)]


@pytest.mark.parametrize("template_id", TEMPLATES)
def test_every_item_once_in_order_and_none_besides(template_id: str) -> None:
    for seed in range(3):
        report = published_report(seed, the_template(template_id))
        listed = [e.key for e in glossary(report) if e.within]
        wanted = {r for f in ("03", "05") for r in report.rows_of(f) if len(r) == 7}
        assert listed == sorted(wanted)
        assert all(e.text for e in glossary(report) if e.within)


def test_items_of_the_published_reports() -> None:
    for name, count in (("000", 11), ("001", 16)):
        assert len(used_items(case(name).report)) == count


def test_terms_are_those_in_use() -> None:
    report = published_report(1, own_money=False, funds=False)
    for row in ("business", "other", "superior"):
        assert row not in keys(report)
    report.amounts[Cell("02", "total", "business")] = 1_000_000
    found = keys(report)
    assert "business" in found
    assert found.index("business") < found.index("items") < found.index("basic")


def test_no_term_of_empty_forms() -> None:
    report = published_report(1, funds=False)
    assert "fund_income" not in keys(report)
    assert "three_public" in keys(report)
    for cell in [c for c in report.amounts if c.form == "09"]:
        del report.amounts[cell]
    assert "three_public" not in keys(report)


def test_the_office_may_explain_in_its_own_words() -> None:
    report = case("000").report
    report.fields["glossary.basic"] = "本单位的解释。"
    report.fields["glossary.2010301"] = "行政运行的解释。"
    found = {e.key: e for e in glossary(report)}
    assert (found["basic"].text, found["basic"].own) == ("本单位的解释。", True)
    assert "行政运行的解释。" in section_text(narrative_of(report), "glossary")
    report.fields["glossary.basic"] = "  "
    assert not {e.key: e for e in glossary(report)}["basic"].own


def test_names_that_were_cut_off_are_completed() -> None:
    report = case("000").report
    report.rows_of("03").rename("20103", "政府办公厅（室）及相关机构事")
    report.rows_of("05").rename("20103", "政府办公厅（室）及相关机构事")
    assert "相关机构事务（款）" in section_text(narrative_of(report), "glossary")


@pytest.mark.parametrize("year", [2023, 2024])
def test_every_item_of_the_catalogue_has_an_explanation(year: int) -> None:
    catalogue = the_catalogues(year).functional
    stock = the_outline("hubei-2023").glossary
    assert all(code in catalogue for code in stock.items if len(code) == 7)
    for entry in catalogue.entries:
        if len(entry.code) == 7:
            above = [e.name for e in catalogue.ancestors(entry.code)]
            text = stock.item(entry.code, entry.name, above[-1] if above else "", above[0] if above else "")
            assert text.endswith("。")
            assert "用于用于" not in text and "的的" not in text
