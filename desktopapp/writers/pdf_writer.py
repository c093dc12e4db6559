"""Writes the report as PDF: data for the page template, typeset by typst."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any, Final, Literal

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
from desktopapp.resources import resource_root
from desktopapp.writers.aside import WriteError
from desktopapp.writers.figure_svg import figure_svg, figure_words
from desktopapp.writers.fit import POINTS
from desktopapp.writers.fonts import FontChoice, typeset_families
from desktopapp.writers.pages import (
    BODY_LINE,
    BODY_SIZE,
    CONTENTS_SIZE,
    COVER_LINE,
    COVER_TITLE,
    FORM_TITLE,
    PART_TITLE,
    TEXT,
    Page,
    Placed,
    PlacedTable,
    arrange,
    contents_line,
    listed,
    title_lines,
)
from desktopapp.writers.tables import RuledCell

_log = logging.getLogger(__name__)
#: Accessible PDF; a report that cannot be written so (ISO 14289 forbids, say, an empty title) is written without.
_ACCESSIBLE: Final = "ua-1"


def pdf_bytes(document: ReportDocument, report: Report, fonts: FontChoice | None = None) -> bytes:
    """Return the report typeset as PDF, tagged, with bookmarks; raises WriteError when the typesetter fails.

    ``fonts`` are families in place of the prescribed ones. The same report always gives the same bytes.
    """
    import typst

    data = json.dumps(page_data(document, report, fonts), ensure_ascii=False)
    try:
        return _typeset(data, _ACCESSIBLE)
    except typst.TypstError:
        _log.info("the report cannot be written as %s", _ACCESSIBLE)
    try:
        return _typeset(data, None)
    except typst.TypstError as error:
        raise WriteError(f"PDF 排版失败：{error}。请把这句话和日志发给维护人员。") from error


def _typeset(data: str, standard: Literal["ua-1"] | None) -> bytes:
    import typst

    template = (resource_root() / "documents" / "report.typ").read_bytes()
    made: bytes = typst.compile(template, format="pdf", sys_inputs={"data": data}, pdf_standards=standard)
    return made


def page_data(document: ReportDocument, report: Report, fonts: FontChoice | None = None) -> dict[str, Any]:
    """Return what the page template needs, as plain JSON values."""
    return {
        "title": document.title,
        "department": document.department,
        "fonts": typeset_families(fonts),
        # Half of the space between two lines stands above the first and below the last, as in Word: 22 lines.
        "page": _page(TEXT, inset=(BODY_LINE - BODY_SIZE) / 2 / POINTS),
        "blocks": [data for placed in arrange(document, report) for data in _block(placed, document)],
    }


def _page(page: Page, *, inset: float = 0.0) -> dict[str, Any]:
    return {
        "flipped": page.width > page.height,
        "top": page.top + inset,
        "right": page.right,
        "bottom": page.bottom + inset,
        "left": page.left,
        "footer": page.bottom - page.footer + inset,
    }


def _block(placed: Placed, document: ReportDocument) -> Iterator[dict[str, Any]]:
    match placed:
        case Cover(title, department, date):
            lines = title_lines(title, COVER_TITLE, TEXT.inner_width, document.department)
            below = title_lines(department, 18, TEXT.inner_width)
            yield {"k": "cover", "title": lines, "pitch": COVER_LINE - COVER_TITLE, "department": below, "date": date}
        case Contents():
            yield {"k": "contents", "pitch": contents_line(listed(document)) - CONTENTS_SIZE}
        case Heading():
            yield {"k": "heading", **_heading(placed, document)}
        case Text(spans, _, role):
            shown = [{"t": s.text, "m": s.state in ("missing", "unbound")} for s in spans]
            yield {"k": "text", "role": role, "spans": shown}
        case PlacedTable():
            yield _table(placed, document)
        case Figure(_, caption, chart):
            yield {"k": "figure", "caption": caption, "alt": figure_words(chart), "svg": figure_svg(chart)}
        case PageBreak():
            yield {"k": "break"}
        case Attachment(title, _):
            yield {"k": "attachment", "title": title}


def _heading(heading: Heading, document: ReportDocument, width: float = TEXT.inner_width) -> dict[str, Any]:
    lines = [heading.text]
    if heading.level == 1:
        lines = title_lines(heading.text, PART_TITLE, width, document.department)
    return {"level": heading.level, "text": heading.text, "lines": lines}


def _table(placed: PlacedTable, document: ReportDocument) -> dict[str, Any]:
    table, fit, page = placed.table, placed.fit, placed.page
    width = page.inner_width if page else TEXT.inner_width
    size = FORM_TITLE if page else 14.0
    return {
        "k": "table",
        "page": _page(page) if page else None,
        "part": _heading(placed.part, document, width) if placed.part else None,
        "heading": placed.heading.text if placed.heading else "",
        "title": title_lines(table.title, size, width) if table.title else [],
        "corner": table.corner,
        "left": table.left,
        "right": table.right,
        "widths": [round(w, 3) for w in fit.widths],
        "size": fit.size,
        "pad": fit.pad,
        "head": [_cell(c) for c in table.cells if c.row < table.head_rows],
        "body": [_cell(c) for c in table.cells if c.row >= table.head_rows],
        "notes": list(table.notes),
    }


def _cell(cell: RuledCell) -> dict[str, Any]:
    return {
        "x": cell.col,
        "y": cell.row,
        "rs": cell.rowspan,
        "cs": cell.colspan,
        "t": cell.text,
        "a": cell.align,
        "b": cell.bold,
        "i": cell.indent,
    }
