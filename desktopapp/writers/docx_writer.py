"""Writes the report as a Word document: page and type of GB/T 9704, real headings, contents, forms as real tables."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from desktopapp.core.report import Report
from desktopapp.narrative.document import (
    Attachment,
    Block,
    Contents,
    Cover,
    Figure,
    FormTable,
    Heading,
    PageBreak,
    ReportDocument,
    Table,
    Text,
)
from desktopapp.writers.aside import Cancelled, Progress, check_cancelled, write_aside
from desktopapp.writers.docx_contents import contents_paragraphs, page_number_paragraph
from desktopapp.writers.docx_table import run_element, table_element
from desktopapp.writers.figure_png import figure_png
from desktopapp.writers.tables import RuledTable, form_table, plain_table

#: Families that offices have; Word and WPS substitute where one is missing.
_TITLE, _BODY, _BLACK, _KAI, _SONG = "方正小标宋简体", "仿宋", "黑体", "楷体", "宋体"
_HEADINGS = {1: (_TITLE, 22, False), 2: (_BLACK, 16, False), 3: (_KAI, 16, False), 4: (_BODY, 16, True)}
_MARGINS = (37, 26, 35, 28)
_FORM_MARGINS = (22, 16, 20, 16)


def write_docx(
    document: ReportDocument,
    report: Report,
    path: Path,
    *,
    pages: dict[str, int] | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> None:
    """Write the whole report as .docx; ``pages`` are the page numbers of headings for the contents.

    Raises WriteError with one sentence.
    """
    writer = _Writer(document, report, pages or {}, cancelled)
    for at, block in enumerate(document.blocks):
        check_cancelled(cancelled)
        if progress is not None and at % 10 == 0:
            progress(0.9 * at / len(document.blocks), "正在生成 Word 文档")
        writer.add(block)
    buffer = BytesIO()
    writer.word.save(buffer)
    write_aside(path, buffer.getvalue())
    if progress is not None:
        progress(1.0, "已写入 Word 文档")


class _Writer:
    """Adds block after block; a form opens a section of its own when its page lies the other way."""

    def __init__(
        self, document: ReportDocument, report: Report, pages: dict[str, int], cancelled: Cancelled | None
    ) -> None:
        self._document, self._report, self._pages = document, report, pages
        self.word: WordDocument = new_document()
        self._kind = "text"
        self._fresh = True
        _set_styles(self.word)
        properties = self.word.core_properties
        properties.title, properties.author, properties.comments = document.title, "", ""
        properties.subject = f"{document.year}年度"
        self._page(self.word.sections[0], "text")

    # ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _page(self, section: Any, kind: str) -> None:
        wide = kind == "landscape"
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
        top, right, bottom, left = _MARGINS if kind == "text" else _FORM_MARGINS
        section.top_margin, section.right_margin = Mm(top), Mm(right)
        section.bottom_margin, section.left_margin = Mm(bottom), Mm(left)
        section.footer_distance = Mm(12 if kind != "text" else 25)
        footer = section.footer
        footer.is_linked_to_previous = False
        page_number_paragraph(footer.paragraphs[0], _SONG)

    def _open(self, kind: str) -> None:
        """Make sure that what follows stands on pages of a kind: "text", "portrait" or "landscape" for forms."""
        if kind != self._kind:
            self._page(self.word.add_section(WD_SECTION.NEW_PAGE), kind)
            self._kind, self._fresh = kind, True

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────
    def add(self, block: Block) -> None:
        """Add one block of the document."""
        match block:
            case Cover():
                self._cover(block)
            case Contents():
                self._open("text")
                self._contents()
            case Heading():
                self._heading(block)
            case Text():
                self._open("text")
                self._text(block)
            case FormTable(form_id):
                self._form(form_table(self._report, form_id))
            case Table():
                self._table(block)
            case Figure():
                self._open("text")
                self._figure(block)
            case PageBreak():
                self._break()
            case Attachment(title, _):
                self._open("text")
                self._paragraph(f"附件：{title}")

    def _break(self) -> None:
        if not self._fresh and self._kind == "text":
            self.word.add_page_break()  # type: ignore[no-untyped-call]
        self._fresh = True

    def _cover(self, cover: Cover) -> None:
        for _ in range(6):
            self._centred("", _BODY, 16)
        self._centred(cover.title, _TITLE, 30, line=46)
        for _ in range(9):
            self._centred("", _BODY, 16)
        self._centred(cover.department, _BODY, 18)
        self._centred(cover.date, _BODY, 18)
        self._fresh = False

    def _contents(self) -> None:
        self._centred("目　录", _TITLE, 22)
        headings = [(h.level, h.text, self._pages.get(h.text)) for h in self._document.headings() if h.level <= 2]
        for paragraph in contents_paragraphs(headings, _BODY):
            self.word.element.body.insert(len(self.word.element.body) - 1, paragraph)
        self._fresh = False

    def _heading(self, heading: Heading) -> None:
        if heading.id.startswith("form."):
            form = self._report.template.form(heading.id.removeprefix("form."))
            self._open(form.orientation)
            if not self._fresh:
                self.word.add_page_break()  # type: ignore[no-untyped-call]
        else:
            self._open("text")
        paragraph = self.word.add_heading(heading.text, heading.level)
        if heading.level == 1:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._fresh = False

    def _text(self, text: Text) -> None:
        paragraph = self.word.add_paragraph(style="Normal")
        size = 12.0 if text.role == "note" else 16.0
        for span in text.spans:
            colour = "B42318" if span.state in ("missing", "unbound") else ""
            paragraph._p.append(run_element(span.text, size, _BODY, colour=colour))
        self._fresh = False

    def _figure(self, figure: Figure) -> None:
        paragraph = self._centred("", _BODY, 12, exact=False)
        paragraph.add_run().add_picture(BytesIO(figure_png(figure.chart)), width=Mm(150))
        picture = paragraph._p.find(".//" + qn("wp:docPr"))
        if picture is not None:
            picture.set("descr", figure.caption)
        self._centred(figure.caption, _BLACK, 12)

    def _form(self, table: RuledTable) -> None:
        self._open(table.orientation)
        self._ruled(table, 297 - 32 if table.orientation == "landscape" else 210 - 32, 18)

    def _table(self, block: Table) -> None:
        table = plain_table(block)
        kind = "landscape" if block.orientation == "landscape" else "text"
        self._open(kind)
        self._ruled(table, 265 if kind == "landscape" else 156, 14)

    def _ruled(self, table: RuledTable, width: float, title_size: float) -> None:
        size = _type_size(table, width)
        if table.title:
            self._centred(table.title, _TITLE, title_size, line=title_size * 1.4)
        if table.corner:
            self._line(table.corner, WD_ALIGN_PARAGRAPH.RIGHT, size + 1)
        if table.left or table.right:
            line = self._line(f"{table.left}\t{table.right}", WD_ALIGN_PARAGRAPH.LEFT, size + 1)
            line.paragraph_format.tab_stops.add_tab_stop(Mm(width), 2)  # type: ignore[arg-type]
        body = self.word.element.body
        body.insert(len(body) - 1, table_element(table, width, size, _SONG))
        for note in table.notes or ("",):
            self._line(note, WD_ALIGN_PARAGRAPH.LEFT, size)
        self._fresh = False

    # ── paragraphs ──────────────────────────────────────────────────────────────────────────────────────────────
    def _paragraph(self, words: str) -> Any:
        paragraph = self.word.add_paragraph(style="Normal")
        paragraph._p.append(run_element(words, 16, _BODY))
        self._fresh = False
        return paragraph

    def _centred(self, words: str, font: str, size: float, *, line: float = 28, exact: bool = True) -> Any:
        paragraph = self.word.add_paragraph(style="Normal")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = paragraph.paragraph_format
        shape.first_line_indent = Pt(0)
        if exact:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(line, size * 1.4))
        else:
            shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
        if words:
            paragraph._p.append(run_element(words, size, font))
        return paragraph

    def _line(self, words: str, alignment: WD_ALIGN_PARAGRAPH, size: float) -> Any:
        paragraph = self.word.add_paragraph(style="Normal")
        paragraph.alignment = alignment
        shape = paragraph.paragraph_format
        shape.first_line_indent, shape.line_spacing_rule = Pt(0), WD_LINE_SPACING.SINGLE
        for at, part in enumerate(words.split("\t")):
            if at:
                paragraph.add_run("\t")
            paragraph._p.append(run_element(part, size, _SONG))
        return paragraph


def _type_size(table: RuledTable, width: float) -> float:
    """Return the type size with which a form stays on its page where it can."""
    scale = width / sum(table.widths)
    size = 10.5 if scale >= 1 else max(7.0, 10.5 * scale**0.5)
    room = ((210 if table.orientation == "landscape" else 297) - 42) / 25.4 * 72 - 80 - 14 * len(table.notes)
    each = room / (table.rows + 1)
    return round(min(size, max(7.0, each / 1.6)) * 2) / 2


def _set_styles(word: WordDocument) -> None:
    """Give Normal and Heading 1–4 the prescribed type."""
    normal: Any = word.styles["Normal"]
    _set_font(normal, _BODY, 16, False)
    shape = normal.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
    shape.first_line_indent, shape.space_before, shape.space_after = Pt(32), Pt(0), Pt(0)
    for level, (font, size, bold) in _HEADINGS.items():
        style: Any = word.styles[f"Heading {level}"]
        _set_font(style, font, size, bold)
        shape = style.paragraph_format
        shape.first_line_indent = Pt(0) if level == 1 else Pt(32)
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(36 if level == 1 else 28)
        shape.space_before = shape.space_after = Pt(12 if level == 1 else 0)
        shape.keep_with_next = True


def _set_font(style: Any, font: str, size: int, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold = font, Pt(size), bold
    style.font.italic, style.font.color.rgb = False, RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def headings_of(document: ReportDocument, levels: Sequence[int] = (1, 2)) -> list[str]:
    """Return the texts of the headings that the contents list."""
    return [h.text for h in document.headings() if h.level in levels]
