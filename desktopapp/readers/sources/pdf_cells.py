"""Words put into the cells of a lattice, wrapped lines joined to one text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .pdf_lattice import Lattice
from .pdf_text import Word, join_words

AMOUNT: Final = re.compile(
    r"[-−–+]?[(（]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d{1,6})[)）]?%?|[-−–]?\d{1,3}(?:[,，]\d{3})+"
)
_COMPLETE: Final = re.compile(r"\d[.．]\d\d$")
_NUMERIC: Final = frozenset("0123456789.,，．-−%")
_ITEM: Final = re.compile(
    r"\d{1,2}[.、．](?!\d)|[（(][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳]|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+[条章]"
)
_PADDING: Final = 0.8
_OPENING: Final = frozenset("（［｛〔【《〈「『“‘")
_CLOSING: Final = frozenset("）］｝〕】》〉」』”’，。、；：")
_CLEAN_GAP: Final = 0.12
_LINE: Final = 0.5


def is_amount(text: str) -> bool:
    """Tell whether a word is a printed amount such as 12,938.50 (a bare whole number is none)."""
    return AMOUNT.fullmatch(text.strip()) is not None


def words_in_cells(lattice: Lattice, words: Sequence[Word]) -> tuple[list[list[Word]], list[Word]]:
    """Return the words of each cell (in the order of the lattice's spans) and the words outside the table."""
    owners = lattice.owners()
    inside: list[list[Word]] = [[] for _ in lattice.spans]
    outside: list[Word] = []
    left, top, right, bottom = lattice.box
    for word in words:
        x, y = word.middle
        if not (left <= x <= right and top <= y <= bottom):
            outside.append(word)
            continue
        row, _ = lattice.slot(x, y)
        for piece in _split_at_walls(word, owners[row], lattice.xs):
            inside[_owner_of(piece, owners[row], lattice)].append(piece)
    return inside, outside


def _owner_of(word: Word, owners: Sequence[int], lattice: Lattice) -> int:
    """Return the cell of this row that a word belongs to.

    A text too long for its cell belongs where it begins when it begins at the left edge of a cell, or where it ends
    when it ends at the right edge (amounts); else to the cell that it overlaps most.
    """
    x0, x1 = word.x0, word.x1
    first, last = owners[lattice.slot(x0 + 0.1, 0)[1]], owners[lattice.slot(x1 - 0.1, 0)[1]]
    if first == last:
        return first
    begins, ends = lattice.spans[first], lattice.spans[last]
    at_left = x0 - lattice.xs[begins.col] < _PADDING * word.size
    at_right = lattice.xs[ends.col + ends.colspan] - x1 < _PADDING * word.size
    if at_left != at_right:
        return first if at_left else last
    if at_left:
        return last if is_amount(word.text) else first
    best, best_overlap = first, 0.0
    for owner in dict.fromkeys(owners):
        span = lattice.spans[owner]
        low, high = lattice.xs[span.col], lattice.xs[span.col + span.colspan]
        overlap = min(x1, high) - max(x0, low)
        if overlap > best_overlap:
            best, best_overlap = owner, overlap
    return best


def _split_at_walls(word: Word, owners: Sequence[int], xs: Sequence[float]) -> list[Word]:
    """Split a word where a wall passes cleanly between two glyphs.

    A wall through the middle of a glyph shows a text that runs over the edge of its cell: that one stays whole.
    """
    walls = [xs[col + 1] for col in range(len(owners) - 1) if owners[col] != owners[col + 1]]
    walls = [wall for wall in walls if word.x0 < wall < word.x1]
    if not walls:
        return [word]
    pieces: list[Word] = []
    start = 0
    for wall in walls:
        at = next((i for i, glyph in enumerate(word.glyphs) if (glyph.x0 + glyph.x1) / 2 > wall), len(word.glyphs))
        if start < at < len(word.glyphs) and _parts(word, start, at, wall):
            pieces.append(Word(word.glyphs[start:at]))
            start = at
    pieces.append(Word(word.glyphs[start:]))
    return pieces


def _parts(word: Word, start: int, at: int, wall: float) -> bool:
    """Tell whether the wall separates the glyphs before `at` from the others.

    Texts of neighbouring cells nearly always leave a gap at the wall. Where they touch, glyphs written in one go belong
    together, and glyphs written one by one are parted only where a number meets a word or an amount is complete.
    """
    before, after = word.glyphs[at - 1], word.glyphs[at]
    slack = _CLEAN_GAP * min(before.size, after.size)
    # Half of a bracket's square is empty, and typesetters let it hang over the edge.
    end = before.x1 - (before.size / 2 if before.text in _CLOSING else 0)
    start_of_next = after.x0 + (after.size / 2 if after.text in _OPENING else 0)
    if end > wall + slack or start_of_next < wall - slack:
        return False
    if start_of_next - end > slack or after.after_blank:
        return True
    if before.run == after.run:
        return False
    numeric = (before.text in _NUMERIC, after.text in _NUMERIC)
    if all(numeric):
        left = "".join(glyph.text for glyph in word.glyphs[start:at])
        return _COMPLETE.search(left) is not None
    runs = [glyph.run for glyph in word.glyphs]
    return any(numeric) or (runs.count(before.run) > 1 and runs.count(after.run) > 1)


def lines_of(words: Sequence[Word]) -> list[list[Word]]:
    """Return words as lines from top to bottom, each from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.base):
        if lines and word.base - lines[-1][0].base <= _LINE * min(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    for line in lines:
        line.sort(key=lambda word: word.x0)
    return lines


def cell_text(words: Sequence[Word]) -> str:
    """Return a cell's text, its wrapped lines joined."""
    return join_lines([join_words(line) for line in lines_of(words)])


def join_lines(lines: Sequence[str]) -> str:
    """Join wrapped lines: without a blank between Chinese, with one between Latin words, a break before list items."""
    text = ""
    for line in lines:
        if not text:
            text = line
        elif _ITEM.match(line) and len(text) > 3:
            text += "\n" + line
        else:
            text += joint(text, line) + line
    return text


def joint(before: str, after: str) -> str:
    """Return what stands between two wrapped lines: a blank between Latin words, else nothing."""
    latin = before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha()
    return " " if latin else ""
