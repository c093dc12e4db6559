"""Appends the office's own PDF files to the typeset report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from desktopapp.narrative.document import Attachment, ReportDocument
from desktopapp.writers.aside import WriteError

_PDF = ".pdf"


def attachments_of(document: ReportDocument) -> Iterator[Attachment]:
    """Yield the files of the office in printed order."""
    yield from (b for b in document.blocks if isinstance(b, Attachment))


def check_attachments(document: ReportDocument) -> None:
    """Raise WriteError naming the first file to be appended that is not there any more; one only listed need not be."""
    for attachment in attachments_of(document):
        if not attachment.listed and not Path(attachment.path).is_file():
            raise WriteError(
                f"附件“{attachment.title}”的文件找不到了（{attachment.path}），请在“附件文件”中重新选择文件或删除该附件。"
            )


def with_attachments(pdf: bytes, attachments: Iterable[Attachment]) -> bytes:
    """Return a PDF with the pages of every attached PDF file behind its own; other files are only listed in the text.

    Bookmarks and tags of the report stay. Raises WriteError for a file that is missing, protected or damaged.
    """
    files = [a for a in attachments if a.path.lower().endswith(_PDF) and not a.listed]
    if not files:
        return pdf
    import pypdfium2  # type: ignore[import-untyped]

    whole = pypdfium2.PdfDocument(pdf)
    sources: list[Any] = []
    try:
        for attachment in files:
            sources.append(_opened(attachment))
            _append(whole, sources[-1], attachment)
        out = BytesIO()
        whole.save(out)
        return out.getvalue()
    finally:
        whole.close()
        # Not before the whole is saved: imported pages may still refer to their source, and pdfium would crash.
        for source in sources:
            source.close()


def _opened(attachment: Attachment) -> Any:
    import pypdfium2

    try:
        # Read first: a file on a share may go away, and the path may hold characters that pdfium cannot open.
        return pypdfium2.PdfDocument(Path(attachment.path).read_bytes())
    except OSError as error:
        raise WriteError(
            f"附件“{attachment.title}”读不出来（{attachment.path}），请在“附件文件”中重新选择文件或删除该附件。"
        ) from error
    except pypdfium2.PdfiumError as error:
        raise WriteError(
            f"附件“{attachment.title}”不是完好的 PDF 或设有密码（{attachment.path}），请换一个没有密码的文件。"
        ) from error


def _append(whole: Any, source: Any, attachment: Attachment) -> None:
    import pypdfium2

    try:
        whole.import_pages(source)
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise WriteError(f"附件“{attachment.title}”不能并入 PDF（{attachment.path}），请另存后重试。") from error
