"""The PDF: bookmarks, contents, page numbers, texts, attached files, failures, the way back."""

from __future__ import annotations

import dataclasses
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pypdfium2
import pytest

from desktopapp import jobs
from desktopapp.narrative.document import Attachment
from desktopapp.writers.aside import WriteCancelled, WriteError
from desktopapp.writers.fonts import (
    FAMILIES,
    PRESCRIBED,
    ROLES,
    available_families,
    font_report,
    typeset_families,
    word_families,
)
from desktopapp.writers.pages import listed
from desktopapp.writers.pdf_pages import heading_pages
from desktopapp.writers.pdf_writer import pdf_bytes
from desktopapp.writers.publication import Publication
from desktopapp.writers.tables import form_table

from .documents import (
    HOSTILE,
    TEMPLATES,
    amounts_of,
    document_of,
    hostile_document,
    pdf_of,
    pdf_texts,
    report_of,
    squeezed,
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_bookmarks_are_the_headings_and_lead_to_them(template: str) -> None:
    pages = heading_pages(pdf_of(template))
    assert [squeezed(t) for t, _ in pages] == [squeezed(h.text) for h in document_of(template).headings()]
    texts = pdf_texts(pdf_of(template))
    titles = {
        h.text: form_table(report_of(template), h.id[5:]).title
        for h in listed(document_of(template))
        if h.id.startswith("form.")
    }
    for text, page in pages:
        assert squeezed(titles.get(text, text)) in texts[page]
        assert f"—{page}—" in texts[page]


@pytest.mark.parametrize("template", TEMPLATES)
def test_contents_print_the_right_pages(template: str) -> None:
    pages = heading_pages(pdf_of(template))
    texts = pdf_texts(pdf_of(template))
    contents = "".join(texts[1 : pages[0][1]]).replace(".", "")
    levels = [h.level for h in document_of(template).headings()]
    for (text, page), level in zip(pages, levels, strict=True):
        if level <= 2:
            assert f"{squeezed(text)}{page}" in contents


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_paragraph_and_amount_is_there(template: str) -> None:
    whole = "".join(pdf_texts(pdf_of(template)))
    report = report_of(template)
    for form in report.template.forms:
        if form.published:
            table = form_table(report, form.id)
            # A label that breaks is mixed with those beside it: its beginning tells.
            for cell in table.cells:
                assert squeezed(cell.text)[: None if cell.align == "right" else 3] in whole
    # A page number may stand inside a paragraph, and commas move at the ends of lines.
    for text in document_of(template).texts():
        assert squeezed(text.plain)[:12] in whole


def test_heads_are_repeated_on_every_page_of_a_long_form() -> None:
    texts = pdf_texts(pdf_of("hubei-2023", 200))
    pages = [page for _, page in heading_pages(pdf_of("hubei-2023", 200)) if page]
    title = squeezed(form_table(report_of("hubei-2023", 200), "03").title)
    first = next(p for p in pages if texts[p].startswith(title))
    last = next(p for p in sorted(pages) if p > first)
    assert last - first > 3
    for page in range(first, last):
        assert "科目名称" in texts[page]
        assert "本年支出合计" in texts[page]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert pdf_bytes(document_of(), report_of()) == pdf_of()


def test_it_is_tagged_and_names_its_title() -> None:
    pdf = pypdfium2.PdfDocument(BytesIO(pdf_of()))
    try:
        assert pdf.is_tagged()
        assert pdf.get_metadata_value("Title") == document_of().title
    finally:
        pdf.close()


def test_texts_stay_texts() -> None:
    whole = "".join(pdf_texts(pdf_bytes(*hostile_document())))
    assert squeezed('#sys.inputs.at("data")#panic("x")$x^2$*粗*_斜_@标<标>') in whole.replace("“", '"').replace(
        "”", '"'
    )
    assert "<script>alert(" in whole
    assert squeezed(HOSTILE[2])[:5] in whole


def short_pdf(path: Path, pages: int) -> Path:
    made = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        made.new_page(400, 400)
    made.save(path)
    made.close()
    return path


def test_attached_pdf_files_follow_the_report(tmp_path: Path) -> None:
    path = short_pdf(tmp_path / "绩效.PDF", 2)
    (tmp_path / "表.xlsx").write_bytes(b"x")
    files = (Attachment("绩效报告", str(path)), Attachment("明细", str(tmp_path / "表.xlsx")))
    document = dataclasses.replace(document_of(), blocks=(*document_of().blocks, *files))
    publication = Publication(document, report_of())
    publication.write("pdf", tmp_path / "a.pdf")
    pdf = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    try:
        whole = "".join(squeezed(p.get_textpage().get_text_range()) for p in pdf)
        assert [p.get_width() for p in pdf][-2:] == [400, 400]
        assert pdf[len(pdf) - 3].get_width() != 400
    finally:
        pdf.close()
    assert "附件：绩效报告" in whole
    assert "附件：明细" in whole
    assert [t for t, _ in heading_pages(publication.pdf)] == [t for t, _ in heading_pages(pdf_of())]


def test_a_typeset_report_can_be_attached_to_another(tmp_path: Path) -> None:
    """Pages of such a file refer to it until the whole is saved."""
    path = tmp_path / "去年.pdf"
    path.write_bytes(pdf_of())
    files = (Attachment("去年的报告", str(path)), Attachment("只列出", str(path), listed=True))
    document = dataclasses.replace(document_of(), blocks=(*document_of().blocks, *files))
    Publication(document, report_of()).write("pdf", tmp_path / "a.pdf")
    with pypdfium2.PdfDocument(pdf_of()) as before, pypdfium2.PdfDocument(tmp_path / "a.pdf") as after:
        assert len(after) == 2 * len(before)


@pytest.mark.parametrize(("content", "words"), [(None, "找不到"), (b"no pdf", "不是完好的 PDF")])
def test_an_attachment_that_cannot_be_used_is_named(content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "附.pdf"
    if content is not None:
        path.write_bytes(content)
    attachment = Attachment("绩效报告", str(path))
    document = dataclasses.replace(document_of(), blocks=(*document_of().blocks, attachment))
    old = tmp_path / "旧.pdf"
    old.write_bytes(b"old")
    with pytest.raises(WriteError, match=f"绩效报告.*{words}"):
        Publication(document, report_of()).write("pdf", old)
    assert old.read_bytes() == b"old"


def test_a_file_that_is_only_listed_need_not_be_there(tmp_path: Path) -> None:
    listed = Attachment("纸质材料", str(tmp_path / "没有.pdf"), listed=True)
    document = dataclasses.replace(document_of(), blocks=(*document_of().blocks, listed))
    Publication(document, report_of()).write("html", tmp_path / "a.html")
    assert "纸质材料" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["pdf", "docx", "html"])
def test_what_fails_or_is_stopped_leaves_the_old_file(kind: str, tmp_path: Path) -> None:
    target = tmp_path / f"a.{kind}"
    target.write_bytes(b"old")
    with pytest.raises(WriteCancelled):
        Publication(document_of(), report_of()).write(kind, target, cancelled=lambda: True)
    assert target.read_bytes() == b"old"
    with pytest.raises(jobs.UserError, match=r"文件夹.*不存在"):
        jobs.export_documents(report_of(), {kind: tmp_path / "没有" / "a"}, document=document_of())
    assert sorted(p.name for p in tmp_path.iterdir()) == [target.name]


def test_progress_is_told_to_its_end(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    targets = {"pdf": tmp_path / "a.pdf", "docx": tmp_path / "a.docx"}
    jobs.export_documents(report_of(), targets, document=document_of(), progress=lambda f, t: told.append((f, t)))
    assert told[-1] == (1.0, "已写入“a.docx”")
    assert all(0 <= fraction <= 1 and text for fraction, text in told)


@pytest.mark.parametrize("template", TEMPLATES)
def test_read_back_it_holds_the_same_amounts(template: str, tmp_path: Path) -> None:
    path = tmp_path / "报告.pdf"
    path.write_bytes(pdf_of(template, 12))
    found = jobs.import_any(path).report
    assert (found.template.id, found.year) == (template, report_of(template, 12).year)
    assert amounts_of(found) == amounts_of(report_of(template, 12))


def test_the_sample_comes_back_from_word_pdf_and_web_page(tmp_path: Path) -> None:
    report = jobs.import_any(jobs.sample_path()).report
    targets = {kind: tmp_path / f"a.{kind}" for kind in ("docx", "pdf", "html")}
    jobs.export_documents(report, targets)
    for path in targets.values():
        assert amounts_of(jobs.import_any(path).report) == amounts_of(report)


def test_fonts_are_reported_by_role() -> None:
    found = {u.role: u for u in font_report(["simsun", "FangSong", "KaiTi", "Noto Sans CJK SC", "Noto Serif CJK SC"])}
    assert [found[r].substitute for r in ("正文", "二级标题", "表格")] == [False, False, False]
    assert (found["标题"].used, found["标题"].substitute) == ("Noto Serif CJK SC", True)
    assert (found["一级标题"].used, found["一级标题"].substitute) == ("Noto Sans CJK SC", True)
    assert [(u.used, u.substitute) for u in font_report([])] == [("", True)] * len(ROLES)


def test_every_role_has_families_and_the_machine_is_asked() -> None:
    assert set(FAMILIES) == set(PRESCRIBED) == set(ROLES)
    assert available_families()


def test_a_chosen_font_comes_before_the_prescribed_ones_and_is_no_substitute() -> None:
    chosen = {"body": "Noto Sans CJK SC", "table": ""}
    assert typeset_families(chosen)["body"].index("Noto Sans CJK SC") < typeset_families(chosen)["body"].index("仿宋")
    assert typeset_families(chosen)["table"] == typeset_families()["table"]
    assert word_families(chosen) == word_families() | {"body": "Noto Sans CJK SC"}
    found = {u.role: u for u in font_report(["Noto Sans CJK SC", "FangSong"], chosen)}
    assert (found["正文"].used, found["正文"].wanted, found["正文"].substitute) == (*["Noto Sans CJK SC"] * 2, False)
    gone = {u.role: u for u in font_report(["FangSong"], chosen)}
    assert (gone["正文"].used, gone["正文"].substitute) == ("FangSong", True)


def test_chosen_fonts_stand_in_pdf_and_word(tmp_path: Path) -> None:
    report = jobs.import_any(jobs.sample_path()).report
    for name, chosen in (("own", {"body": "Noto Sans CJK SC"}), ("plain", {})):
        targets = {kind: tmp_path / f"{name}.{kind}" for kind in ("pdf", "docx")}
        jobs.export_documents(report, targets, fonts=chosen)
    with ZipFile(tmp_path / "own.docx") as own, ZipFile(tmp_path / "plain.docx") as plain:
        assert 'eastAsia="Noto Sans CJK SC"' in own.read("word/styles.xml").decode()
        assert 'eastAsia="仿宋"' in plain.read("word/styles.xml").decode()
    if "Noto Sans CJK SC" in available_families():
        assert (tmp_path / "own.pdf").read_bytes() != (tmp_path / "plain.pdf").read_bytes()
