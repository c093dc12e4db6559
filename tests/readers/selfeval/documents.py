"""Documents with self-evaluation forms, made up from rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from desktopapp.readers.library import load_words
from desktopapp.readers.selfeval.draft import ReadForm
from desktopapp.readers.selfeval.read import read_forms
from desktopapp.readers.selfeval.rows import events
from desktopapp.readers.selfeval.words import Words
from desktopapp.readers.sources.model import Block, Cell, Document, Grid, Paragraph, Position
from desktopapp.resources import resource_root


@cache
def words() -> Words:
    """Return the words of the program."""
    return load_words(resource_root() / "templates")


def table(rows: Sequence[str], line: int = 1) -> Grid:
    """Return a table; cells of a row are parted by |, an empty one counts as a column."""
    cells = tuple(
        tuple(Cell(text.strip(), at, col) for col, text in enumerate(row.split("|"))) for at, row in enumerate(rows)
    )
    lines = tuple(range(line, line + len(rows)))
    return Grid(cells, 1, "", Position(page=1, line=line), "delimited", lines=lines)


def text(words: str, line: int = 1) -> Paragraph:
    """Return a paragraph, one line of a text."""
    return Paragraph(words, 1, position=Position(page=1, line=line))


def document(*blocks: Block) -> Document:
    """Return a document of blocks."""
    return Document("自评表.txt", "text", tuple(blocks), (), 1)


def plain(lines: str) -> Document:
    """Return a document of lines of text."""
    return document(*(text(line, at) for at, line in enumerate(lines.splitlines(), 1) if line.strip()))


def forms_of(found: Document) -> list[ReadForm]:
    """Return the forms of a document."""
    return read_forms(list(events(found)), words())
