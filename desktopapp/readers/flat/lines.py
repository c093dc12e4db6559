"""Turns any read source into lines of text, for forms that were not found as tables."""

from __future__ import annotations

from collections.abc import Iterable

from desktopapp.readers.flat.tokens import TextLine
from desktopapp.readers.sources.model import Block, Grid


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
            lines.append(TextLine(known if known is not None else len(lines) + 1, text.replace("\n", " ")))
    return lines
