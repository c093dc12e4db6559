"""The table of contents and page numbers of a Word document, as fields with their results filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desktopapp.writers.docx_table import element, run_element


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents; ``mark`` is the bookmark of its heading, ``page`` None when it is not known."""

    level: int
    text: str
    mark: str
    page: int | None


def contents_paragraphs(entries: Sequence[Entry]) -> Iterator[Any]:
    """Yield the paragraphs of a contents field, so that it reads before it is refreshed.

    Every page number is a field of its own, which programs that lay out the document bring up to date.
    """
    for at, entry in enumerate(entries):
        paragraph = element("w:p")
        shape = element("w:pPr")
        shape.append(element("w:pStyle", val=f"TOC{entry.level}"))
        paragraph.append(shape)
        if at == 0:
            _field_begin(paragraph, ' TOC \\o "1-2" \\h \\z \\u ')
        link = element("w:hyperlink", anchor=entry.mark, history=1)
        link.append(run_element(entry.text))
        tab = element("w:r")
        tab.append(element("w:tab"))
        link.append(tab)
        _field_begin(link, f" PAGEREF {entry.mark} \\h ")
        link.append(run_element("" if entry.page is None else str(entry.page)))
        link.append(_mark("end"))
        paragraph.append(link)
        if at == len(entries) - 1:
            paragraph.append(_mark("end"))
        yield paragraph


def bookmark(paragraph: Any, mark: str, number: int) -> None:
    """Put a bookmark around the content of a paragraph element."""
    start = element("w:bookmarkStart", id=number, name=mark)
    properties = paragraph.find(start.tag.replace("bookmarkStart", "pPr"))
    paragraph.insert(0 if properties is None else 1, start)
    paragraph.append(element("w:bookmarkEnd", id=number))


def _field_begin(parent: Any, instruction: str) -> None:
    for part in (_mark("begin"), _instruction(instruction), _mark("separate")):
        parent.append(part)


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
    _field_begin(p, " PAGE ")
    p.append(run_element("1", 14, font))
    p.append(_mark("end"))
    p.append(run_element(" —", 14, font))
