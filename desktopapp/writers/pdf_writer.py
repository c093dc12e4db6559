"""Writes the report as PDF: data for the page template, typeset by typst."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
from desktopapp.resources import resource_root
from desktopapp.writers.aside import Cancelled, Progress, WriteError, check_cancelled, write_aside
from desktopapp.writers.figure_svg import figure_svg
from desktopapp.writers.fonts import FAMILIES
from desktopapp.writers.tables import RuledTable, form_table, plain_table

#: Margins of a page that holds a form, in mm: top, right, bottom, left.
_FORM_MARGINS = (22, 16, 20, 16)
_A4 = (210, 297)
_POINTS = 72 / 25.4


def write_pdf(
    document: ReportDocument,
    report: Report,
    path: Path,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> None:
    """Write the whole report as PDF with bookmarks and embedded fonts; raises WriteError with one sentence."""
    if progress is not None:
        progress(0.1, "正在排版")
    content = pdf_bytes(document, report)
    check_cancelled(cancelled)
    write_aside(path, content)
    if progress is not None:
        progress(1.0, "已写入 PDF")


def pdf_bytes(document: ReportDocument, report: Report) -> bytes:
    """Return the report typeset as PDF; raises WriteError when the typesetter fails."""
    import typst

    try:
        made: bytes = typst.compile(
            (resource_root() / "documents" / "report.typ").read_bytes(),
            format="pdf",
            sys_inputs={"data": json.dumps(page_data(document, report), ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise WriteError(f"PDF 排版失败：{error}。请把这句话和日志发给维护人员。") from error
    return made


def page_data(document: ReportDocument, report: Report) -> dict[str, Any]:
    """Return what the page template needs, as plain JSON values."""
    return {
        "title": document.title,
        "department": document.department,
        "fonts": {role: list(families) for role, families in FAMILIES.items()},
        "blocks": list(_blocks(document, report)),
    }


def _blocks(document: ReportDocument, report: Report) -> Iterator[dict[str, Any]]:
    waiting: Heading | None = None
    for block in document.blocks:
        if waiting is not None:
            if isinstance(block, FormTable):
                yield _form(report, block.form_id, waiting.text)
                waiting = None
                continue
            yield _heading(waiting)
            waiting = None
        if isinstance(block, Heading) and block.id.startswith("form."):
            waiting = block
            continue
        yield from _block(block, report)
    if waiting is not None:
        yield _heading(waiting)


def _heading(heading: Heading) -> dict[str, Any]:
    return {"k": "heading", "level": heading.level, "text": heading.text}


def _block(block: Block, report: Report) -> Iterator[dict[str, Any]]:
    match block:
        case Cover(title, department, date):
            yield {"k": "cover", "title": title, "department": department, "date": date}
        case Contents():
            yield {"k": "contents"}
        case Heading():
            yield _heading(block)
        case Text(spans, _, role):
            shown = [{"t": s.text, "m": s.state in ("missing", "unbound")} for s in spans]
            yield {"k": "text", "role": role, "spans": shown}
        case FormTable(form_id):
            yield _form(report, form_id, "")
        case Table():
            yield _table(plain_table(block), page=block.orientation == "landscape", bookmark="")
        case Figure(_, caption, chart):
            yield {"k": "figure", "caption": caption, "svg": figure_svg(chart)}
        case PageBreak():
            yield {"k": "break"}
        case Attachment(title, _):
            yield {"k": "attachment", "title": title}


def _form(report: Report, form_id: str, bookmark: str) -> dict[str, Any]:
    return _table(form_table(report, form_id), page=True, bookmark=bookmark)


def _table(table: RuledTable, *, page: bool, bookmark: str) -> dict[str, Any]:
    flipped = table.orientation == "landscape"
    size, pad = _fit(table, flipped) if page else (10.5, 3.0)
    cells = [
        {
            "x": c.col, "y": c.row, "rs": c.rowspan, "cs": c.colspan, "t": c.text, "a": c.align, "b": c.bold, "i": c.indent
        }
        for c in table.cells
    ]  # fmt: skip
    return {
        "k": "table",
        "page": page,
        "flipped": flipped,
        "margin": list(_FORM_MARGINS),
        "bookmark": bookmark,
        "title": table.title,
        "titlesize": 18 if page else 14,
        "corner": table.corner,
        "left": table.left,
        "right": table.right,
        "widths": list(table.widths),
        "size": size,
        "pad": pad,
        "head": [c for c in cells if int(c["y"]) < table.head_rows],
        "body": [c for c in cells if int(c["y"]) >= table.head_rows],
        "notes": list(table.notes),
    }


def _fit(table: RuledTable, flipped: bool) -> tuple[float, float]:
    """Return type size and cell padding in points with which a form fills its page, over several pages if it must."""
    width, height = (_A4[1], _A4[0]) if flipped else _A4
    scale = (width - _FORM_MARGINS[1] - _FORM_MARGINS[3]) / sum(table.widths)
    size = 10.0 if scale >= 1 else max(6.5, 10.0 * scale**0.5)
    room = (height - _FORM_MARGINS[0] - _FORM_MARGINS[2]) * _POINTS - 62 - 15 * len(table.notes)
    each = room / (table.rows + 1)
    size = min(size, max(7.0, each - 3.2))
    return round(size, 1), round(min(5.0, max(1.2, (each - size * 1.2) / 2)), 2)
