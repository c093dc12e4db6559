"""Running text of a PDF: lines joined to paragraphs, also over page breaks; page numbers and running heads dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .model import Block, Box, Paragraph, Position
from .pdf_cells import joint, lines_of
from .pdf_frame import Frame
from .pdf_tables import TAB_GAP, PlacedGrid, box_of
from .pdf_text import Word, join_words

_MARGIN: Final = 0.1
_PAGE_NUMBER: Final = re.compile(
    r"[-—–－_·. ]*\d{1,4}[-—–－_·. ]*|第\s*\d{1,4}\s*页([\s,，/]*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}"
)
_HEADING: Final = re.compile(
    r"第[一二三四五六七八九十\d]{1,3}(部分|章|节|篇)|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|"
    r"\d{1,2}[.、．](?!\d)|[①-⑳]|附件|注[：:]"
)
_UNBREAKABLE: Final = re.compile(
    r"[^一-鿿]{0,16}[一-鿿]?[，。、；：！？”’）》〉】…—,.;:!?)]{0,3}(?:[“‘（《][^一-鿿]{0,16}[一-鿿]?)?"
)
#: How a line of a table of contents ends, whose page number stands at the right margin.
_CONTENTS: Final = re.compile(r"(?:\s?[.．·…]){4,}\s*\d{1,4}$")
_ENDS: Final = tuple("。！？；：.!?;:")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of running text; `box` in reading space, `shown` on the displayed page."""

    text: str
    page: int
    box: Box
    shown: Box
    size: float
    base: float
    margin: bool
    width: float


Item = TextLine | PlacedGrid


def text_lines(words: Sequence[Word], page: int, frame: Frame) -> list[TextLine]:
    """Return words outside of tables as lines; pieces far apart on one line are separated by a TAB."""
    lines = []
    for line in lines_of(words):
        box = box_of(line)
        middle = (box[1] + box[3]) / 2
        lines.append(
            TextLine(
                join_words(line, TAB_GAP),
                page,
                box,
                frame.displayed(box),
                usual_size(line),
                line[0].base,
                not _MARGIN * frame.height < middle < (1 - _MARGIN) * frame.height,
                round(frame.width),
            )
        )
    return lines


def usual_size(words: Sequence[Word]) -> float:
    """Return the median glyph height: a single glyph of another font must not make a line look larger."""
    sizes = sorted(glyph.size for word in words for glyph in word.glyphs)
    return sizes[len(sizes) // 2]


def in_order(lines: Sequence[TextLine], grids: Sequence[PlacedGrid]) -> list[Item]:
    """Return lines and grids of one page from top to bottom."""
    items: list[Item] = [*lines, *grids]
    items.sort(key=lambda item: (item.box[1], item.box[0]))
    return items


def blocks_of(pages: Sequence[Sequence[Item]]) -> list[Block]:
    """Return the blocks of a document: lines joined to paragraphs, margins judged over all pages of one width."""
    heads = _running_heads(pages)
    margins = _margins(pages)
    blocks: list[Block] = []
    open_lines: list[TextLine] = []
    for items in pages:
        for item in items:
            if isinstance(item, PlacedGrid):
                _close(open_lines, blocks)
                open_lines = []
                blocks.append(item.grid)
            elif item.margin and (_PAGE_NUMBER.fullmatch(item.text) or (item.text, round(item.box[1])) in heads):
                continue
            elif open_lines and _continues(open_lines, item, margins.get(item.width)):
                open_lines.append(item)
            else:
                _close(open_lines, blocks)
                open_lines = [item]
    _close(open_lines, blocks)
    return blocks


def _running_heads(pages: Sequence[Sequence[Item]]) -> set[tuple[str, int]]:
    """Return the lines that stand in the margin at the same place of most pages."""
    if len(pages) < 4:
        return set()
    lines = [item for items in pages for item in items if isinstance(item, TextLine) and item.margin]
    counts = Counter((line.text, round(line.box[1])) for line in lines)
    return {head for head, count in counts.items() if count > 3 and count * 2 > len(pages)}


def _margins(pages: Sequence[Sequence[Item]]) -> dict[float, tuple[float, float]]:
    """Return for each page width the left and right edge of the body text."""
    lines: dict[float, list[TextLine]] = {}
    for items in pages:
        for item in items:
            if isinstance(item, TextLine) and "\t" not in item.text:
                lines.setdefault(item.width, []).append(item)
    margins = {}
    for width, group in lines.items():
        rights = sorted(line.box[2] for line in group)
        long_lines = [line for line in group if line.box[2] - line.box[0] > 0.5 * width]
        if len(long_lines) >= 2:
            right = rights[min(len(rights) - 1, int(len(rights) * 0.97))]
            starts = Counter(round(line.box[0] / 3) for line in long_lines)
            left = min(place for place, count in starts.items() if count * 6 >= len(long_lines)) * 3 if starts else 0
            margins[width] = (float(left), right)
    return margins


def _continues(lines: Sequence[TextLine], line: TextLine, margin: tuple[float, float] | None) -> bool:
    """Tell whether a line goes on with the paragraph: the one before is full, this one begins at the left edge."""
    before = lines[-1]
    if _CONTENTS.search(before.text):
        return False
    if margin is None or before.width != line.width or "\t" in before.text or "\t" in line.text:
        return False
    left, right = margin
    em = min(before.size, line.size)
    if max(before.size, line.size) > 1.15 * em:
        return False
    if before.page == line.page:
        pitch = line.base - before.base
        if len(lines) > 1 and lines[-2].page == before.page and pitch > 1.4 * (before.base - lines[-2].base):
            return False
        if pitch > 3.5 * em:
            return False
    elif line.page != before.page + 1:
        return False
    full = before.box[2] >= right - _first_unit(line.text) * em - 1.3 * em
    at_left = line.box[0] <= left + 0.9 * em
    if not full or not at_left:
        return False
    return not (_HEADING.match(line.text) and before.text.endswith(_ENDS))


def _first_unit(text: str) -> float:
    """Return the width in em of what cannot be broken at the start of a line: a number, a word, brackets, marks.

    A line is full when that did not fit any more.
    """
    unit = _UNBREAKABLE.match(text)
    return sum(0.5 if char.isascii() else 1.0 for char in unit.group()) if unit else 1.0


def _close(lines: Sequence[TextLine], blocks: list[Block]) -> None:
    """Append the lines as one paragraph; its place is the part on its first page."""
    if not lines:
        return
    text = ""
    for line in lines:
        text += (joint(text, line.text) if text else "") + line.text
    first = [line.shown for line in lines if line.page == lines[0].page]
    box = (
        min(shown[0] for shown in first),
        min(shown[1] for shown in first),
        max(shown[2] for shown in first),
        max(shown[3] for shown in first),
    )
    blocks.append(Paragraph(text, lines[0].page, None, Position(page=lines[0].page, bbox=box)))
