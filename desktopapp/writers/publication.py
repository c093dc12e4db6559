"""One report on its way to paper and screen: typeset once, however many files are written from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from desktopapp.core.report import Report
from desktopapp.narrative.document import ReportDocument
from desktopapp.writers.aside import Cancelled, Progress, check_cancelled, write_aside
from desktopapp.writers.fonts import FontChoice
from desktopapp.writers.pdf_attach import check_attachments


class Publication:
    """Writes the whole report as PDF, Word, HTML; all raise WriteError with one sentence, or WriteCancelled."""

    def __init__(self, document: ReportDocument, report: Report, fonts: FontChoice | None = None) -> None:
        """``fonts`` are families that PDF and Word use in place of the prescribed ones."""
        self._given, self._report, self._fonts = document, report, fonts

    @cached_property
    def _document(self) -> ReportDocument:
        """Return the document with the office's Word files in it; raises WriteError."""
        from desktopapp.writers.word_attach import with_word_attachments

        return with_word_attachments(self._given)

    @cached_property
    def pdf(self) -> bytes:
        """Return the report as PDF with the office's PDF files behind it; raises WriteError."""
        from desktopapp.writers.pdf_attach import attachments_of, with_attachments
        from desktopapp.writers.pdf_writer import pdf_bytes

        return with_attachments(pdf_bytes(self._document, self._report, self._fonts), attachments_of(self._document))

    @cached_property
    def pages(self) -> list[int | None]:
        """Return the page number of every heading in order, None where it is not known; raises WriteError."""
        from desktopapp.writers.pdf_pages import heading_pages

        return _aligned([h.text for h in self._document.headings()], heading_pages(self.pdf))

    def write(
        self, kind: str, path: Path, *, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> None:
        """Write the report as "pdf", "docx" or "html"; raises ValueError for another kind."""
        makers = {"pdf": self._pdf, "docx": self._docx, "html": self._html}
        if kind not in makers:
            raise ValueError(kind)
        check_cancelled(cancelled)
        if progress is not None:
            progress(0.05, "正在排版")
        check_attachments(self._given)
        content = makers[kind](progress, cancelled)
        check_cancelled(cancelled)
        write_aside(path, content)
        if progress is not None:
            progress(1.0, f"已写入“{path.name}”")

    def _pdf(self, progress: Progress | None, cancelled: Cancelled | None) -> bytes:
        return self.pdf

    def _docx(self, progress: Progress | None, cancelled: Cancelled | None) -> bytes:
        from desktopapp.writers.docx_writer import docx_bytes

        return docx_bytes(
            self._document,
            self._report,
            pages=self.pages,
            fonts=self._fonts,
            progress=progress,
            cancelled=cancelled,
        )

    def _html(self, progress: Progress | None, cancelled: Cancelled | None) -> bytes:
        from desktopapp.writers.html_writer import html_text

        return html_text(self._document, self._report).encode("utf-8")


def _aligned(headings: Sequence[str], marks: Sequence[tuple[str, int]]) -> list[int | None]:
    """Return the page of each heading; bookmarks come in the same order, but one may be missing."""
    found: list[int | None] = []
    at = 0
    for text in headings:
        words = "".join(text.split())
        place = next((i for i in range(at, len(marks)) if "".join(marks[i][0].split()) == words), None)
        found.append(None if place is None else marks[place][1])
        at = at if place is None else place + 1
    return found
