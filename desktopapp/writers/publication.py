"""One report on its way to paper and screen: typeset once, however many files are written from it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from desktopapp.core.report import Report
from desktopapp.narrative.document import ReportDocument
from desktopapp.writers.aside import Cancelled, Progress, check_cancelled, write_aside


class Publication:
    """Writes the whole report as PDF, Word, HTML; all raise WriteError with one sentence, or WriteCancelled."""

    def __init__(self, document: ReportDocument, report: Report) -> None:
        self._document, self._report = document, report

    @cached_property
    def pdf(self) -> bytes:
        """Return the report as PDF; raises WriteError."""
        from desktopapp.writers.pdf_writer import pdf_bytes

        return pdf_bytes(self._document, self._report)

    @cached_property
    def pages(self) -> dict[str, int]:
        """Return the page number of every heading of the contents; raises WriteError."""
        from desktopapp.writers.pdf_pages import heading_pages

        return heading_pages(self.pdf)

    def write(
        self, kind: str, path: Path, *, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> None:
        """Write the report as "pdf" or "docx"; raises ValueError for another kind."""
        writers = {"pdf": self.write_pdf, "docx": self.write_docx}
        if kind not in writers:
            raise ValueError(kind)
        writers[kind](path, progress=progress, cancelled=cancelled)

    def write_pdf(self, path: Path, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> None:
        """Write the report as PDF with bookmarks and embedded fonts."""
        check_cancelled(cancelled)
        if progress is not None:
            progress(0.1, "正在排版")
        content = self.pdf
        check_cancelled(cancelled)
        write_aside(path, content)
        if progress is not None:
            progress(1.0, "已写入 PDF")

    def write_docx(self, path: Path, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> None:
        """Write the report as a Word document."""
        from desktopapp.writers.docx_writer import write_docx

        check_cancelled(cancelled)
        if progress is not None:
            progress(0.05, "正在排版")
        write_docx(self._document, self._report, path, pages=self.pages, progress=progress, cancelled=cancelled)
