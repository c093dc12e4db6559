"""Page numbers of headings, read from the bookmarks of the typeset report."""

from __future__ import annotations


def heading_pages(pdf: bytes) -> list[tuple[str, int]]:
    """Return (text, page number) of each heading in printed order; the cover is not counted."""
    import pypdfium2  # type: ignore[import-untyped]

    found: list[tuple[str, int]] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for entry in document.get_toc():
            target = entry.get_dest()
            page = target.get_index() if target is not None else None
            found.append((entry.get_title(), page if page is not None else 0))
    finally:
        document.close()
    return found
