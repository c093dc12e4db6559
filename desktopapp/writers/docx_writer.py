"""Writes the report as a Word document: page and type of GB/T 9704, real headings, contents, forms as real tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from desktopapp.core.report import Report
from desktopapp.narrative.document import (
    Attachment,
    Contents,
    Cover,
    Figure,
    Heading,
    PageBreak,
    ReportDocument,
    Text,
)
from desktopapp.writers.aside import Cancelled, Progress, check_cancelled
from desktopapp.writers.docx_contents import Entry, bookmark, contents_paragraphs, page_number_paragraph
from desktopapp.writers.docx_package import packed
from desktopapp.writers.docx_styles import set_styles
from desktopapp.writers.docx_table import element, run_element, table_element
from desktopapp.writers.figure_png import figure_pngs
from desktopapp.writers.fonts import FontChoice, word_families
from desktopapp.writers.pages import (
    BODY_LINE,
    COVER_LINE,
    COVER_TITLE,
    FORM_TITLE,
    FORM_TITLE_LINE,
    PART_TITLE,
    PART_TITLE_LINE,
    TEXT,
    Page,
    Placed,
    PlacedTable,
    arrange,
    contents_line,
    listed,
    title_lines,
)

_CENTER, _LEFT, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT
#: Colour of what still has to be filled in.
_MISSING = "B42318"


def docx_bytes(
    document: ReportDocument,
    report: Report,
    *,
    pages: Sequence[int | None] = (),
    fonts: FontChoice | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> bytes:
    """Return the whole report as .docx; ``pages`` are the page numbers of all headings in order, for the contents.

    ``fonts`` are families in place of the prescribed ones. The same report always gives the same bytes.
    Raises WriteError, WriteCancelled.
    """
    check_cancelled(cancelled)
    charts = [b.chart for b in document.blocks if isinstance(b, Figure)]
    writer = _Writer(document, pages, figure_pngs(charts), word_families(fonts))
    placed = list(arrange(document, report))
    for at, block in enumerate(placed):
        check_cancelled(cancelled)
        if progress is not None and at % 10 == 0:
            progress(0.9 * at / len(placed), "正在生成 Word 文档")
        writer.add(block)
    return packed(writer.word)


class _Writer:
    """Adds block after block; a form opens a section of its own when its page differs."""

    def __init__(
        self,
        document: ReportDocument,
        pages: Sequence[int | None],
        pictures: Iterable[bytes],
        fonts: Mapping[str, str],
    ) -> None:
        self._document, self._pictures, self._fonts = document, iter(pictures), fonts
        headings = list(document.headings())
        self._pages = dict(zip(map(id, headings), pages, strict=False))
        self._marks = {id(h): (f"_Toc{at:08}", at) for at, h in enumerate(listed(document), 1)}
        self.word: WordDocument = new_document()
        set_styles(self.word, contents_line(listed(document)), fonts)
        self._page: Page | None = None
        self._numbered = False
        self._breaks = False
        properties = self.word.core_properties
        properties.title, properties.author, properties.comments = document.title, "", ""
        properties.subject, properties.language = f"{document.year}年度部门决算公开", "zh-CN"

    # ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _open(self, page: Page, *, fresh: bool = False) -> None:
        """Make sure that what follows stands on pages of a kind; ``fresh`` asks for a new one in any case."""
        if page is self._page:
            self._breaks = self._breaks or fresh
            return
        if self._page is not None:
            self._close_section()
        self._page, self._breaks = page, False
        self._shape(page)

    def _close_section(self) -> None:
        """End the section at the last paragraph, so that no empty line slips onto a page of its own."""
        body: Any = self.word.element.body
        last, own = body[-2], body[-1]
        if last.tag != qn("w:p"):
            last = self._small()._p
        last.set_sectPr(own.clone())
        for tag in ("w:headerReference", "w:footerReference", "w:pgNumType"):
            for found in own.findall(qn(tag)):
                own.remove(found)

    def _shape(self, page: Page) -> None:
        section = self.word.sections[-1]
        wide = page.width > page.height
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(page.width), Mm(page.height)
        section.top_margin, section.right_margin = Mm(page.top), Mm(page.right)
        section.bottom_margin, section.left_margin = Mm(page.bottom), Mm(page.left)
        section.header_distance, section.footer_distance = Mm(10), Mm(page.footer - 5)

    def _number_pages(self) -> None:
        """Count pages from here; later sections go on with the same footer."""
        if not self._numbered:
            self._numbered = True
            section = self.word.sections[-1]
            section.footer.is_linked_to_previous = False
            page_number_paragraph(section.footer.paragraphs[0], self._fonts["table"])
            start: Any = element("w:pgNumType", start=1)
            margins = section._sectPr.find(qn("w:pgMar"))
            (margins.addnext if margins is not None else section._sectPr.append)(start)

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────
    def add(self, placed: Placed) -> None:
        """Add one block of the document."""
        match placed:
            case Cover():
                self._cover(placed)
                return
            case PageBreak():
                self._breaks = True
                return
            case PlacedTable():
                self._table(placed)
                return
        self._open(TEXT)
        self._number_pages()
        match placed:
            case Contents():
                self._contents()
            case Heading():
                self._heading(placed)
            case Text():
                self._text(placed)
            case Figure():
                self._figure(placed)
            case Attachment(title, _):
                self._words(self._paragraph("Body Text"), f"附件：{title}")

    def _cover(self, cover: Cover) -> None:
        """Write the title page, a section without page number; its lines are set as far down as on paper."""
        self._open(TEXT)
        lines = title_lines(cover.title, COVER_TITLE, TEXT.inner_width, self._document.department)
        below = [*title_lines(cover.department, 18, TEXT.inner_width), *filter(None, [cover.date])]
        room = TEXT.inner_height * 72 / 25.4
        above = 0.24 * room
        for at, line in enumerate(lines):
            shown = self._line(line, _CENTER, COVER_TITLE, self._fonts["title"], COVER_LINE)
            if not at:
                shown.paragraph_format.space_before = Pt(above)
        spare = room * 0.9 - above - COVER_LINE * len(lines) - BODY_LINE * len(below) - 6
        for at, line in enumerate(below):
            shown = self._line(line, _CENTER, 18, "", BODY_LINE)
            if not at:
                shown.paragraph_format.space_before = Pt(max(spare, BODY_LINE))
        self._close_section()
        self._breaks = False

    def _contents(self) -> None:
        title = self._line("目　录", _CENTER, PART_TITLE, self._fonts["title"], PART_TITLE_LINE)
        title.paragraph_format.space_after = Pt(14)
        entries = [
            Entry(h.level, h.text, self._marks[id(h)][0], self._pages.get(id(h))) for h in listed(self._document)
        ]
        for paragraph in contents_paragraphs(entries):
            self._append(paragraph)

    def _heading(self, heading: Heading) -> Any:
        if heading.level == 1:
            self._open(TEXT, fresh=True)
        paragraph = self._paragraph(f"Heading {heading.level}")
        self._words(paragraph, heading.text)
        self._bookmark(paragraph, heading)
        return paragraph

    def _bookmark(self, paragraph: Any, heading: Heading) -> None:
        if id(heading) in self._marks:
            bookmark(paragraph._p, *self._marks[id(heading)])

    def _text(self, text: Text) -> None:
        note = text.role == "note"
        paragraph = self._paragraph("Normal" if note else "Body Text")
        if note:
            paragraph.paragraph_format.line_spacing = Pt(18)
        for span in text.spans:
            colour = _MISSING if span.state in ("missing", "unbound") else ""
            paragraph._p.append(run_element(span.text, 12.0 if note else 0, colour=colour))

    def _figure(self, figure: Figure) -> None:
        paragraph = self._paragraph("Normal")
        paragraph.alignment = _CENTER
        shape = paragraph.paragraph_format
        shape.line_spacing_rule, shape.space_before, shape.keep_with_next = WD_LINE_SPACING.SINGLE, Pt(12), True
        paragraph.add_run().add_picture(BytesIO(next(self._pictures)), width=Mm(TEXT.inner_width))
        picture = paragraph._p.find(".//" + qn("wp:docPr"))
        if picture is not None:
            picture.set("descr", figure.caption)
        caption = self._line(figure.caption, _CENTER, 12, self._fonts["heading"], 20)
        caption.paragraph_format.space_after = Pt(8)

    # ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _table(self, placed: PlacedTable) -> None:
        table, fit = placed.table, placed.fit
        self._open(placed.page or TEXT, fresh=placed.page is not None)
        self._number_pages()
        if placed.part is not None:
            self._bookmark(self._titled("Heading 1", placed.part.text, PART_TITLE, PART_TITLE_LINE), placed.part)
        if table.title:
            self._table_title(placed)
        width = (placed.page or TEXT).inner_width
        if table.corner:
            self._line(table.corner, _RIGHT, 10.5, self._fonts["table"], 16)
        if table.left or table.right:
            line = self._line(f"{table.left}\t{table.right}", _LEFT, 10.5, self._fonts["table"], 16)
            line.paragraph_format.tab_stops.add_tab_stop(Mm(width), WD_TAB_ALIGNMENT.RIGHT)
        if self._breaks:
            self._small()
        self._append(table_element(table, fit, self._fonts["table"]))
        for note in table.notes:
            line = self._line(note, _LEFT, fit.size, self._fonts["table"], fit.size * 1.4)
            line.paragraph_format.space_before = Pt(2)
        if placed.page is None and not table.notes:
            self._small(10)

    def _table_title(self, placed: PlacedTable) -> None:
        if placed.page is None:
            title = self._line(placed.table.title, _CENTER, 14, self._fonts["heading"], 24)
            title.paragraph_format.keep_with_next = True
        elif placed.heading is None:
            self._line(placed.table.title, _CENTER, FORM_TITLE, self._fonts["title"], FORM_TITLE_LINE)
        else:
            shown = self._titled("Heading 2", placed.table.title, FORM_TITLE, FORM_TITLE_LINE)
            self._bookmark(shown, placed.heading)

    def _titled(self, style: str, words: str, size: float, line: float) -> Any:
        """Add a heading that is printed as a title in the middle."""
        paragraph = self._paragraph(style)
        paragraph.alignment = _CENTER
        shape = paragraph.paragraph_format
        shape.first_line_indent, shape.line_spacing = Pt(0), Pt(line)
        paragraph._p.append(run_element(words, size, self._fonts["title"]))
        return paragraph

    # ── paragraphs ──────────────────────────────────────────────────────────────────────────────────────────────
    def _paragraph(self, style: str) -> Any:
        paragraph = self.word.add_paragraph(style=style)
        if self._breaks:
            paragraph.paragraph_format.page_break_before = True
            self._breaks = False
        return paragraph

    @staticmethod
    def _words(paragraph: Any, words: str) -> None:
        paragraph._p.append(run_element(words))

    def _line(self, words: str, alignment: WD_ALIGN_PARAGRAPH, size: float, font: str, line: float) -> Any:
        """Add a line that is no running text; a tab in ``words`` becomes a tab."""
        paragraph = self._paragraph("Normal")
        paragraph.alignment = alignment
        paragraph.paragraph_format.line_spacing = Pt(line)
        for at, part in enumerate(words.split("\t")):
            if at:
                paragraph.add_run("\t")
            if part:
                paragraph._p.append(run_element(part, size, font))
        return paragraph

    def _small(self, height: float = 1) -> Any:
        """Add an empty line that takes next to no room, where Word wants a paragraph."""
        paragraph = self._paragraph("Normal")
        paragraph.paragraph_format.line_spacing = Pt(height)
        return paragraph

    def _append(self, made: Any) -> None:
        body = self.word.element.body
        body.insert(len(body) - 1, made)
