"""The table of contents and page numbers of a Word document, as fields with their results filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from desktopapp.writers.docx_table import element, run_element

_TAB = 8840


def contents_paragraphs(headings: Sequence[tuple[int, str, int | None]], font: str) -> Iterator[Any]:
    """Yield the paragraphs of a contents field: (level, text, page) each, so that it reads before it is refreshed."""
    for at, (level, text, page) in enumerate(headings):
        paragraph = _entry(level)
        if at == 0:
            _begin(paragraph, ' TOC \\o "1-2" \\h \\z \\u ')
        paragraph.append(run_element(text, 14, font, bold=level == 1))
        tab = element("w:r")
        tab.append(element("w:tab"))
        paragraph.append(tab)
        paragraph.append(run_element("" if page is None else str(page), 14, font))
        if at == len(headings) - 1:
            _end(paragraph)
        yield paragraph


def _entry(level: int) -> Any:
    paragraph = element("w:p")
    shape = element("w:pPr")
    tabs = element("w:tabs")
    tabs.append(element("w:tab", val="right", leader="dot", pos=_TAB))
    shape.append(tabs)
    shape.append(element("w:spacing", before=0, after=0, line=480, lineRule="exact"))
    shape.append(element("w:ind", left=0 if level == 1 else 280, firstLine=0, right=400))
    paragraph.append(shape)
    return paragraph


def _begin(paragraph: Any, instruction: str) -> None:
    for part in (_mark("begin"), _instruction(instruction), _mark("separate")):
        paragraph.append(part)


def _end(paragraph: Any) -> None:
    paragraph.append(_mark("end"))


def _mark(kind: str) -> Any:
    run = element("w:r")
    run.append(element("w:fldChar", fldCharType=kind))
    return run


def _instruction(text: str) -> Any:
    run = element("w:r")
    words = element("w:instrText")
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    words.text = text
    run.append(words)
    return run


def page_number_paragraph(paragraph: Any, font: str) -> None:
    """Make a footer paragraph print — 1 —, in the middle."""
    paragraph.alignment = 1
    paragraph.paragraph_format.first_line_indent = 0
    p = paragraph._p
    for child in list(p)[1:]:
        p.remove(child)
    p.append(run_element("— ", 14, font))
    for part in (_mark("begin"), _instruction(" PAGE "), _mark("separate")):
        p.append(part)
    p.append(run_element("1", 14, font))
    p.append(_mark("end"))
    p.append(run_element(" —", 14, font))
