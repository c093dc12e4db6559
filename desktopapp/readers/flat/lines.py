"""Turns any read source into lines of text, for forms that were not found as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from desktopapp.readers.flat.tokens import TextLine
from desktopapp.readers.sources.model import Block, Grid, Position


def text_lines(blocks: Iterable[Block]) -> list[TextLine]:
    """Return the lines of paragraphs and of tables (cells of a row side by side), in reading order.

    The number is the line in the source where it has one, else a running count.
    """
    lines: list[TextLine] = []
    for block in blocks:
        if isinstance(block, Grid):
            rows = (" ".join(filter(None, row)) for row in block.texts())
            texts = [p.text for p in block.raw] if block.raw else list(rows)
            numbers = block.lines
        else:
            texts, numbers = block.text.split("\n"), ()
        start = block.position.line
        for at, text in enumerate(texts):
            known = numbers[at] if at < len(numbers) else (start + at if start is not None else None)
            number = known if known is not None else len(lines) + 1
            lines.append(TextLine(number, text.replace("\n", " "), _position(block, at, known)))
    return lines


def _position(block: Block, at: int, line: int | None) -> Position:
    """Return where a line of a block stands."""
    if isinstance(block, Grid):
        if block.raw:
            return block.raw[at].position
        place = block.position
        if place.row is not None and place.col is not None:
            return replace(place, row=place.row + at)
        if place.item is not None:
            return replace(place, row=at, col=0)
    return replace(block.position, line=line) if line is not None else block.position
