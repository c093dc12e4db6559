"""The Word document: page and type, headings, contents, forms as tables, the way back."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document as read_docx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from desktopapp import jobs
from desktopapp.writers.docx_writer import docx_bytes
from desktopapp.writers.tables import form_table

from .documents import (
    HOSTILE,
    TEMPLATES,
    amounts_of,
    document_of,
    docx_of,
    hostile_document,
    pdf_texts,
    report_of,
    squeezed,
)


def opened(content: bytes) -> Any:
    return read_docx(BytesIO(content))


@pytest.mark.parametrize("template", TEMPLATES)
def test_headings_stand_in_order_with_their_levels(template: str) -> None:
    document = document_of(template)
    report = report_of(template)
    titles = {f"form.{f.id}": form_table(report, f.id).title for f in report.template.forms}
    wanted = [(h.level, titles.get(h.id, h.text)) for h in document.headings()]
    word = opened(docx_of(template))
    found = [(int(p.style.name[-1]), p.text) for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert found == wanted


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_paragraph_is_there(template: str) -> None:
    texts = [p.text for p in opened(docx_of(template)).paragraphs]
    wanted = [t.plain for t in document_of(template).texts()]
    assert [t for t in texts if t in set(wanted)] == wanted


@pytest.mark.parametrize("template", TEMPLATES)
def test_forms_are_tables_with_repeated_heads(template: str) -> None:
    report = report_of(template)
    forms = [form_table(report, f.id) for f in report.template.forms if f.published]
    tables = opened(docx_of(template)).tables
    for form in forms:
        table = next(t for t in tables if t._tbl.find(".//" + qn("w:tblCaption")).get(qn("w:val")) == form.title)
        rows = table._tbl.findall(qn("w:tr"))
        assert len(rows) == form.rows
        assert [r.find(".//" + qn("w:tblHeader")) is not None for r in rows] == [
            at < form.head_rows for at in range(form.rows)
        ]
        texts = ["".join(t.text or "" for t in row.iter(qn("w:t"))) for row in rows]
        assert texts == ["".join(c.text for c in row) for row in form.by_row()]


def test_page_and_type_are_those_of_the_standard() -> None:
    word = opened(docx_of())
    text = word.sections[1]
    sizes = (
        text.page_width,
        text.page_height,
        text.top_margin,
        text.bottom_margin,
        text.left_margin,
        text.right_margin,
    )
    assert [round(s / Mm(1)) for s in sizes] == [210, 297, 37, 35, 28, 26]
    normal, title = word.styles["Normal"], word.styles["Heading 1"]
    assert (normal.font.size, normal.paragraph_format.line_spacing) == (Pt(16), Pt(28))
    assert title.font.size == Pt(22)
    fonts = {
        s: word.styles[s].element.rPr.rFonts.get(qn("w:eastAsia"))
        for s in ("Normal", "Heading 1", "Heading 2", "Heading 3")
    }
    assert list(fonts.values()) == ["仿宋", "方正小标宋简体", "黑体", "楷体"]


def test_landscape_forms_have_landscape_pages_and_one_count_of_pages() -> None:
    word = opened(docx_of())
    turned = [s for s in word.sections if s.orientation == WD_ORIENT.LANDSCAPE]
    assert turned
    assert all(s.page_width > s.page_height for s in turned)
    starts = [s._sectPr.find(qn("w:pgNumType")) for s in word.sections]
    assert [s is not None for s in starts] == [False, True] + [False] * (len(starts) - 2)
    assert word.sections[0].footer.is_linked_to_previous
    assert word.sections[1].footer.paragraphs[0].text == "— 1 —"


def test_contents_name_headings_with_pages_and_lead_to_them() -> None:
    document = document_of()
    pages = list(range(3, 3 + len(list(document.headings()))))
    word = opened(docx_bytes(document, report_of(), pages=pages))
    entries = [p for p in word.paragraphs if p.style.name.lower().startswith("toc")]
    wanted = [(h.text, str(page)) for h, page in zip(document.headings(), pages, strict=True) if h.level <= 2]
    links = [e._p.find(qn("w:hyperlink")) for e in entries]
    assert [tuple("".join(x.text or x.tag[-3:] for x in e.iter(qn("w:t"))) for e in [k]) for k in links] == [
        (text + page,) for text, page in wanted
    ]
    marks = {b.get(qn("w:name")) for b in word.element.body.iter(qn("w:bookmarkStart"))}
    assert {k.get(qn("w:anchor")) for k in links} == marks


def test_the_same_report_gives_the_same_bytes_without_names_and_times() -> None:
    again = docx_bytes(document_of(), report_of())
    assert again == docx_of()
    with ZipFile(BytesIO(again)) as package:
        assert {i.date_time[0] for i in package.infolist()} == {1980}
        core = package.read("docProps/core.xml").decode()
    assert "python" not in core
    assert "created" not in core


def test_texts_stay_texts() -> None:
    word = opened(docx_bytes(*hostile_document()))
    texts = "\n".join(p.text for p in word.paragraphs)
    for hostile in HOSTILE[:5]:
        assert hostile in texts
    assert "控制符" in texts


@pytest.mark.parametrize("template", TEMPLATES)
def test_read_back_it_holds_the_same_amounts(template: str, tmp_path: Path) -> None:
    path = tmp_path / "报告.docx"
    path.write_bytes(docx_of(template))
    found = jobs.import_any(path).report
    assert (found.template.id, found.year, found.department) == (template, report_of(template).year, "某某市生态环境局")
    assert amounts_of(found) == amounts_of(report_of(template))


@pytest.mark.soffice
def test_an_office_program_opens_it_page_by_page(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "a.docx").write_bytes(docx_of("hubei-2023", 12))
    command = [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "a.docx")], check=True, capture_output=True)
    pages = pdf_texts((tmp_path / "a.pdf").read_bytes())
    report = report_of("hubei-2023", 12)
    for form in (f for f in report.template.forms if f.published):
        title = squeezed(form_table(report, form.id).title)
        # On one page, with the mark of the form: nothing slipped onto the next.
        page = next(at for at, p in enumerate(pages) if title in p and squeezed(form.mark) in p)
        assert f"—{page}—" in pages[page]
