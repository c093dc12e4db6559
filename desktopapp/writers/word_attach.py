"""Puts the text and tables of attached Word documents into the report, in its own look and in every format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from desktopapp.narrative.document import (
    Attachment,
    Block,
    CellKind,
    Heading,
    PageBreak,
    ReportDocument,
    Span,
    Table,
    TableCell,
    Text,
)
from desktopapp.readers.sources.model import Cell, Grid, Paragraph
from desktopapp.writers.aside import WriteError

_WORD = (".docx",)
#: A paragraph longer than this is no heading, whatever its style.
_LONGEST_HEADING = 40
#: Cells up to this long are set in the middle.
_SHORT = 12
_NARROWEST, _WIDEST = 8, 40


def with_word_attachments(document: ReportDocument) -> ReportDocument:
    """Return the document with every attached Word file that is to be appended in the place of its mention.

    Pictures in these files are left out. Raises WriteError for a file that is missing or cannot be read.
    """
    if not any(isinstance(block, Attachment) for block in document.blocks):
        return document
    blocks: list[Block] = []
    for at, block in enumerate(document.blocks):
        if isinstance(block, Attachment) and is_word(block.path) and not block.listed:
            blocks += _appended(block, f"attachment.{at}")
            if at + 1 < len(document.blocks):
                blocks.append(PageBreak())
        else:
            blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def is_word(path: str) -> bool:
    """Tell whether a file is one whose text can be appended."""
    return path.lower().endswith(_WORD)


def _appended(attachment: Attachment, place: str) -> Iterator[Block]:
    from desktopapp.readers.sources.errors import SourceError
    from desktopapp.readers.sources.read import read_document

    try:
        source = read_document(Path(attachment.path))
    except (SourceError, OSError) as error:
        raise WriteError(
            f"附件“{attachment.title}”读不出来（{attachment.path}），请在“附件文件”中重新选择文件，或改为只列出名称。"
        ) from error
    yield PageBreak()
    yield Heading(2, f"附件：{attachment.title}", place)
    number = 0
    for block in source.blocks:
        if isinstance(block, Grid):
            yield _table(block)
        elif isinstance(block, Paragraph):
            for line in block.text.split("\n"):
                if line.strip():
                    number += 1
                    yield _paragraph(line.strip(), block.level, f"{place}#{number}")


def _paragraph(text: str, level: int | None, place: str) -> Heading | Text:
    if level is not None and len(text) <= _LONGEST_HEADING:
        return Heading(3 if level <= 1 else 4, text, place)
    return Text((Span(text),), place)


def _table(grid: Grid) -> Table:
    """Return a table of the document; places that no cell covers become empty cells."""
    width = max((cell.col + cell.colspan for row in grid.rows for cell in row), default=1)
    body: list[tuple[TableCell, ...]] = []
    covered: set[tuple[int, int]] = set()
    for at, row in enumerate(grid.rows):
        body.append(tuple(_filled(row, at, width, covered, len(grid.rows))))
    lengths = [_NARROWEST] * width
    for row in grid.rows:
        for cell in row:
            if cell.colspan == 1:
                lengths[cell.col] = max(lengths[cell.col], min(_WIDEST, 2 * len(cell.text)))
    kinds: list[CellKind] = ["text"] * width
    return Table("", (), tuple(row for row in body if row), tuple(lengths), tuple(kinds))


def _filled(
    row: tuple[Cell, ...], at: int, width: int, covered: set[tuple[int, int]], rows: int
) -> Iterator[TableCell]:
    """Yield the cells of a row in order and note the places that they cover in rows below."""
    column = 0
    for cell in sorted(row, key=lambda c: c.col):
        yield from _empty(at, column, cell.col, covered)
        if (at, cell.col) in covered:
            continue
        down = min(cell.rowspan, rows - at)
        across = min(cell.colspan, width - cell.col)
        covered |= {(at + r, cell.col + c) for r in range(down) for c in range(across)}
        kind: CellKind = "centre" if len(cell.text) <= _SHORT else "text"
        yield TableCell(cell.text, across, down, kind=kind)
        column = cell.col + across
    yield from _empty(at, column, width, covered)


def _empty(at: int, start: int, stop: int, covered: set[tuple[int, int]]) -> Iterator[TableCell]:
    for column in range(start, stop):
        if (at, column) not in covered:
            covered.add((at, column))
            yield TableCell("")
