"""Packs a Word document so that the same content always gives the same bytes and tells nothing of its maker."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document as WordDocument

_EPOCH = (1980, 1, 1, 0, 0, 0)
#: What the properties of a document need not say.
_PRIVATE = {"created", "modified", "lastModifiedBy", "revision", "lastPrinted"}


def packed(word: WordDocument) -> bytes:
    """Return the document as a .docx file without names and times."""
    properties: Any = word.core_properties._element
    for child in list(properties):
        if child.tag.rpartition("}")[2] in _PRIVATE:
            properties.remove(child)
    raw = BytesIO()
    word.save(raw)
    made = BytesIO()
    with ZipFile(raw) as source, ZipFile(made, "w", ZIP_DEFLATED, compresslevel=6) as target:
        for name in source.namelist():
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return made.getvalue()
