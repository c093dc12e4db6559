"""Reads all self-evaluation forms of a document."""

from __future__ import annotations

from desktopapp.readers.selfeval.draft import ReadForm
from desktopapp.readers.selfeval.rows import events
from desktopapp.readers.selfeval.tables import TableReader
from desktopapp.readers.selfeval.words import Words
from desktopapp.readers.sources.model import Document


def read_forms(document: Document, words: Words) -> list[ReadForm]:
    """Return the forms in the order of the document: from tables, and from plain lines where tables were lost."""
    return TableReader(words).read(events(document))
