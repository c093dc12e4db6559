"""Reads all self-evaluation forms of a document."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.performance.wording import bare_words
from desktopapp.readers.selfeval.draft import ReadForm
from desktopapp.readers.selfeval.lines import LineReader
from desktopapp.readers.selfeval.rows import Line, Row
from desktopapp.readers.selfeval.tables import TableReader
from desktopapp.readers.selfeval.words import Words


def read_forms(found: Sequence[Row | Line], words: Words) -> list[ReadForm]:
    """Return the forms of a document: from its tables, and from plain lines where tables were lost."""
    lines = [event for event in found if isinstance(event, Line)]
    forms = [f for f in TableReader(words).read(found) if _says_something(f)]
    return [*forms, *_plain(lines, words, forms)]


def _says_something(found: ReadForm) -> bool:
    """Tell whether a table is a self-evaluation: 预算数 and 决算数 beside a name are also those of form 09."""
    form = found.form
    return bool(found.title or form.indicators or form.goals or form.causes or form.measures or form.total is not None)


def _plain(lines: list[Line], words: Words, forms: list[ReadForm]) -> list[ReadForm]:
    """Return the forms in plain lines that no table has given already."""
    known = {bare_words(f.form.head.name) for f in forms}
    return [f for f in LineReader(words).read(lines) if bare_words(f.form.head.name) not in known]
