"""Reports and their documents for the tests of writers."""

from __future__ import annotations

import dataclasses
from functools import cache
from io import BytesIO

from desktopapp import jobs
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Cell
from desktopapp.narrative.document import (
    Chart,
    Cover,
    Figure,
    FormTable,
    Heading,
    ReportDocument,
    Span,
    Table,
    TableCell,
    Text,
)
from desktopapp.writers.docx_writer import docx_bytes
from desktopapp.writers.html_writer import html_text
from desktopapp.writers.pdf_writer import pdf_bytes
from tests.generators import published_report, the_template

TEMPLATES = ("hubei-2023", "hubei-2024", "shanghai-2024", "xianning-2023")
#: Texts that mean something to the typesetter, to browsers, to spreadsheets or to XML.
HOSTILE = (
    '#sys.inputs.at("data") #panic("x") $x^2$ *粗* _斜_ @标 <标> \\u{41} `代码`',
    "<script>alert('1')</script> </style><img src=x onerror=alert(1)> &amp; \"引号\"",
    "=cmd|'/c calc'!A1",
    "超长" * 400,
    "Supercalifragilistic" * 40,
    "控\x0b制\x01符\u200b与\ufffe非字符",
)


@cache
def report_of(template: str = "hubei-2023", rows: int = 40, seed: int = 5) -> Report:
    """Return a consistent report with money of all kinds."""
    report = published_report(seed, the_template(template), rows=rows, own_money=True, funds=True)
    report.department = "某某市生态环境局"
    return report


@cache
def document_of(template: str = "hubei-2023", rows: int = 40) -> ReportDocument:
    """Return the whole report as a neutral document."""
    return jobs.document_of(report_of(template, rows))


@cache
def pdf_of(template: str = "hubei-2023", rows: int = 40) -> bytes:
    """Return the report as PDF."""
    return pdf_bytes(document_of(template, rows), report_of(template, rows))


@cache
def docx_of(template: str = "hubei-2023", rows: int = 40) -> bytes:
    """Return the report as Word document."""
    return docx_bytes(document_of(template, rows), report_of(template, rows))


@cache
def html_of(template: str = "hubei-2023", rows: int = 40) -> str:
    """Return the report as web page."""
    return html_text(document_of(template, rows), report_of(template, rows))


def amounts_of(report: Report) -> dict[Cell, int]:
    """Return this year's amounts of the published forms that are not nought."""
    published = {f.id for f in report.template.forms if f.published}
    return {c: a for c, a in report.amounts.items() if a and not c.form.startswith(LAST) and c.form in published}


def hostile_document() -> tuple[ReportDocument, Report]:
    """Return a document all of whose texts try to be more than texts."""
    report = published_report(2, the_template(), rows=6)
    report.department = HOSTILE[1]
    chart = Chart("bars", HOSTILE[1], "万元", (HOSTILE[1], HOSTILE[2]), ((HOSTILE[1], (1_000_000, 2_000_000)),))
    texts = tuple(Text((Span(h, None, s),)) for h in HOSTILE for s in ("typed", "missing"))  # type: ignore[arg-type]
    head = (tuple(TableCell(h, head=True) for h in HOSTILE[:3]),)
    body = (tuple(TableCell(h) for h in HOSTILE[3:]),)
    table = Table(HOSTILE[2], head, body, (30, 30, 30), ("text", "text", "text"), notes=(HOSTILE[0],))
    blocks = (
        Cover(HOSTILE[0], HOSTILE[1], HOSTILE[2]),
        Heading(1, HOSTILE[1], "a"),
        Heading(2, HOSTILE[0], "b"),
        *texts,
        table,
        dataclasses.replace(table, head=(), caption=""),
        dataclasses.replace(table, orientation="landscape"),
        Figure("f", HOSTILE[1], chart),
        FormTable("05"),
    )
    style = jobs.document_of(report).style
    return ReportDocument(HOSTILE[0], HOSTILE[1], report.year, HOSTILE[2], blocks, style), report


def squeezed(text: str) -> str:
    """Return a text without blanks: typesetters put some between Chinese and digits."""
    return "".join(text.split())


def pdf_texts(pdf: bytes) -> list[str]:
    """Return the text of each page without blanks."""
    import pypdfium2

    document = pypdfium2.PdfDocument(BytesIO(pdf))
    try:
        return [squeezed(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()
