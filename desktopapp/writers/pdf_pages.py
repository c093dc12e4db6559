"""Page numbers of headings, read from the bookmarks of the typeset report."""

from __future__ import annotations


def heading_pages(pdf: bytes) -> dict[str, int]:
    """Return for each bookmark the page number printed on its page: the cover is not counted."""
    import pypdfium2

    found: dict[str, int] = {}
    document = pypdfium2.PdfDocument(pdf)
    try:
        for entry in document.get_toc():
            target = entry.get_dest()
            page = target.get_index() if target is not None else None
            if page is not None:
                found.setdefault(entry.get_title(), page)
    finally:
        document.close()
    return found
