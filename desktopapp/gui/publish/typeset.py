"""The report as PDF pages for preview and print: made from a copy of the report, off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktopapp import jobs
from desktopapp.core.report import Report
from desktopapp.gui.workers import Control


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading with its place: level 1 is a part, ``page`` counts from 0 with the cover."""

    id: str
    text: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class Typeset:
    """A PDF with the pages of its headings."""

    pdf: bytes
    marks: tuple[Mark, ...]

    def pages_of(self, mark_id: str, pages: int) -> tuple[int, int]:
        """Return the first and last page (from 0) of a heading, up to the next one of its level or above."""
        at = next(i for i, m in enumerate(self.marks) if m.id == mark_id)
        here = self.marks[at]
        following = next((m for m in self.marks[at + 1 :] if m.level <= here.level), None)
        if following is None:
            return here.page, pages - 1
        # The next heading may begin on the page on which this one ends.
        return here.page, max(here.page, following.page - 1)


def typeset(report: Report, control: Control, fonts: Mapping[str, str] | None = None) -> Typeset:
    """Return the report typeset; raises UserError or WriteError with a sentence, Cancelled."""
    from desktopapp.writers.publication import Publication

    control.progress(0.05, "正在整理文字和数据")
    published = jobs.to_publish(report)
    document = jobs.document_of(published)
    control.progress(0.3, "正在排版")
    publication = Publication(document, published, fonts)
    pdf = publication.pdf
    control.progress(0.9, "正在读取页码")
    marks = [
        Mark(h.id, h.text, h.level, page)
        for h, page in zip(document.headings(), publication.pages, strict=True)
        if page is not None and h.level <= 2
    ]
    return Typeset(pdf, tuple(marks))
