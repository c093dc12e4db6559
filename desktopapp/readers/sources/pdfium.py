"""The one place that opens PDF files: errors in words, and a lock because PDFium serves one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .errors import SourceError

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]

PDFIUM_LOCK: Final = threading.RLock()
"""Hold it around every call into PDFium, also when drawing page pictures in another thread."""

_PASSWORD_ERROR: Final = 4
_SECURITY_ERROR: Final = 5


@contextmanager
def open_pdf(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF file and close it again; raises SourceError for damaged and encrypted files."""
    import pypdfium2

    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            code = getattr(error, "err_code", None)
            if code in (_PASSWORD_ERROR, _SECURITY_ERROR) or "password" in str(error).lower():
                raise SourceError("PDF 有密码保护，请取消密码后另存一份再导入。") from error
            raise SourceError("PDF 已损坏或不完整，请重新获取该文件后再导入。") from error
    try:
        yield document
    finally:
        with PDFIUM_LOCK:
            document.close()
