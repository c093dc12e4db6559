"""The web page: well formed, accessible, nothing loaded, every text escaped, the way back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

from desktopapp import jobs
from desktopapp.writers.html_writer import html_text
from desktopapp.writers.tables import form_table

from .documents import HOSTILE, TEMPLATES, amounts_of, document_of, hostile_document, html_of, report_of


def parsed(text: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(text.encode("utf-8"))


@pytest.mark.parametrize("template", TEMPLATES)
def test_headings_and_contents_are_the_documents(template: str) -> None:
    page = parsed(html_of(template))
    headings = list(document_of(template).headings())
    found = page.xpath("//main//*[self::h2 or self::h3 or self::h4 or self::h5]")
    assert [(int(h.tag[1]) - 1, h.text_content()) for h in found] == [(h.level, h.text) for h in headings]
    links = page.xpath("//nav//a")
    assert [a.text for a in links] == [h.text for h in headings if h.level <= 2]
    ids = {e.get("id") for e in page.xpath("//*[@id]")}
    assert {a.get("href")[1:] for a in page.xpath("//a")} <= ids
    assert len(ids) == len(page.xpath("//*[@id]"))


@pytest.mark.parametrize("template", TEMPLATES)
def test_forms_are_tables_with_captions_and_scopes(template: str) -> None:
    report = report_of(template)
    page = parsed(html_of(template))
    tables = {t.xpath("string(caption/div)"): t for t in page.xpath("//main//table[caption/div]")}
    for form in report.template.forms:
        if not form.published:
            continue
        ruled = form_table(report, form.id)
        table = tables[ruled.title]
        texts = [[c.text_content() for c in row.xpath("th|td")] for row in table.xpath("thead/tr|tbody/tr")]
        assert texts == [[c.text for c in row] for row in ruled.by_row()]
        assert not table.xpath("thead//td")
        assert not table.xpath(".//th[not(@scope)]")
        assert table.xpath("tbody//th[@scope='row']") or form.shape.value == "single"


def test_the_page_stands_alone_and_says_its_language() -> None:
    text = html_of()
    page = parsed(text)
    assert page.get("lang") == "zh-CN"
    assert page.xpath("//head/title/text()") == [document_of().title]
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    assert not page.xpath("//script|//link|//img|//iframe|//object")
    assert not re.search(r"(?:src|href)=\"(?!#)", text)
    assert "url(http" not in text
    for picture in page.xpath("//figure/*[name()='svg']"):
        described = picture.get("aria-labelledby").split()
        assert [e.text for e in page.xpath("//*[@id=$a or @id=$b]", a=described[0], b=described[1])]
    assert len(page.xpath("//figure")) == len(document_of().figures()) > 0


def test_texts_stay_texts() -> None:
    document, report = hostile_document()
    text = html_text(document, report)
    page = parsed(text)
    assert not set(text) & {"\x0b", "\x01", "\ufffe"}
    assert not page.xpath("//script|//img")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    whole = page.text_content()
    for hostile in HOSTILE[:5]:
        assert hostile in whole


@pytest.mark.parametrize("template", TEMPLATES)
def test_read_back_it_holds_the_same_amounts(template: str, tmp_path: Path) -> None:
    path = tmp_path / "报告.html"
    path.write_text(html_of(template), "utf-8")
    found = jobs.import_any(path).report
    assert (found.template.id, found.year, found.department) == (template, report_of(template).year, "某某市生态环境局")
    assert amounts_of(found) == amounts_of(report_of(template))
