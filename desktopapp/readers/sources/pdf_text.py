"""Glyphs of a PDF page by their position, and words made of them; the order of the content stream plays no part."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .cleaning import clean_text
from .model import Box
from .pdf_frame import Frame

WORD_GAP: Final = 0.45
"""A gap of this many em ends a word."""
_FIRST_CHINESE: Final = "\u2e80"
_SYMBOLS: Final = frozenset("!\"#$&'*+:;<=>?@[\\]^_`{|}~")
_FOREIGN: Final = range(0xA1, 0x250)
_USUAL_FOREIGN: Final = frozenset(map(ord, "§°±·×÷¥²³àáèéêìíòóùúüāēīōūǎěǐǒǔ"))
"""Marks and Pinyin letters that do occur in Chinese texts."""
_LIGATURES: Final = "—…–―─-."
SAME_LINE: Final = 0.3
"""Baselines within this many em belong to one line."""


@dataclass(slots=True)
class Glyph:
    """One visible character in reading space; `after_blank`: the source has a blank before it.

    `turned` is its angle clockwise against the text of the page: 0, or 90 or 270 for text written down or up. Glyphs of
    one `run` were written in one go: some writers write a cell so, some a line, some every glyph alone.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    after_blank: bool
    run: int = 0
    turned: int = 0


@dataclass(slots=True)
class Word:
    """Glyphs that stand together on one baseline."""

    glyphs: list[Glyph]

    @property
    def x0(self) -> float:
        """Left end."""
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        """Right end."""
        return max(glyph.x1 for glyph in self.glyphs)

    @property
    def top(self) -> float:
        """Upper end."""
        return min(glyph.top for glyph in self.glyphs)

    @property
    def bottom(self) -> float:
        """Lower end."""
        return max(glyph.bottom for glyph in self.glyphs)

    @property
    def base(self) -> float:
        """Baseline."""
        return self.glyphs[0].base

    @property
    def size(self) -> float:
        """Height of the largest glyph, about 1 em."""
        return max(glyph.size for glyph in self.glyphs)

    @property
    def middle(self) -> tuple[float, float]:
        """Centre."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    @property
    def text(self) -> str:
        """The characters, with the blanks that the source has inside the word."""
        return "".join(
            (" " + glyph.text if at and glyph.after_blank else glyph.text) for at, glyph in enumerate(self.glyphs)
        )


@dataclass(frozen=True, slots=True)
class PageText:
    """All glyphs of a page; `unreadable` counts the codes that stand for no character of a Chinese text."""

    frame: Frame
    glyphs: tuple[Glyph, ...]
    unreadable: int

    @property
    def garbled(self) -> float:
        """The share (0 to 1) of the text that fonts without text codes have turned into other characters."""
        count = max(len(self.glyphs), 1)
        chinese = sum(1 for glyph in self.glyphs if glyph.text > _FIRST_CHINESE)
        symbols = sum(1 for glyph in self.glyphs if glyph.text in _SYMBOLS)
        if count > 150 and chinese * 20 < count and symbols * 10 > count:
            return 1.0
        return min(self.unreadable / count, 1.0) if self.unreadable > 5 else 0.0

    @property
    def em(self) -> float:
        """Median glyph height, 10 points for a page without text."""
        sizes = sorted(glyph.size for glyph in self.glyphs)
        return sizes[len(sizes) // 2] if sizes else 10.0


@dataclass(slots=True)
class _RawGlyph:
    text: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    angle: int | None
    after_blank: bool
    run: int


def read_page_text(textpage: Any, raw: Any, count: int, crop: Box, shown: int) -> PageText:
    """Return the glyphs of a page; `crop` is its visible part in user space, `shown` its rotation."""
    glyphs, unreadable = _raw_glyphs(textpage, raw, count)
    angles = Counter(glyph.angle for glyph in glyphs if glyph.angle is not None)
    main = angles.most_common(1)[0][0] if angles else 0
    turn = (360 - (main or 0)) % 360
    frame = Frame(*crop, shown=shown, turn=turn if angles else shown)
    placed = (_place(glyph, frame, main) for glyph in glyphs if glyph.angle is not None)
    return PageText(frame, tuple(glyph for glyph in placed if glyph is not None), unreadable)


def _raw_glyphs(textpage: Any, raw: Any, count: int) -> tuple[list[_RawGlyph], int]:
    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    origin_of, angle_of, generated = raw.FPDFText_GetCharOrigin, raw.FPDFText_GetCharAngle, raw.FPDFText_IsGenerated
    object_of, address_of = raw.FPDFText_GetTextObject, ctypes.addressof
    rect, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    glyphs: list[_RawGlyph] = []
    unreadable, after_blank = 0, False
    for index in range(count):
        code = unicode_of(textpage, index)
        if code <= 0x20 or code in (0xA0, 0x3000, 0x2002, 0x2003):
            if code < 0x20 and code not in (0x02, 0x09, 0x0A, 0x0D):
                unreadable += 1
            if code == 0x02:
                code = 0x2D
            else:
                after_blank = after_blank or (code != 0 and not generated(textpage, index))
                continue
        if _is_odd(code):
            unreadable += 1
        text = clean_text(chr(code)) if code <= 0x10FFFF else ""
        if text and box_of(textpage, index, rect):
            origin_of(textpage, index, x, y)
            angle = _quarter(angle_of(textpage, index))
            box = (rect.left, rect.bottom, rect.right, rect.top)
            owner = object_of(textpage, index)
            run = address_of(owner.contents) if owner else 0
            glyphs.append(_RawGlyph(text, box, (x.value, y.value), angle, after_blank, run))
        after_blank = False
    return glyphs, unreadable


def _is_odd(code: int) -> bool:
    if code in _FOREIGN:
        return code not in _USUAL_FOREIGN
    return 0xE000 <= code < 0xF900 or code == 0xFFFD or code > 0x10FFFF


def _quarter(angle: float) -> int | None:
    """Return the angle in degrees when it is a quarter turn, None for slanted text such as watermarks."""
    degrees = math.degrees(angle) % 360
    nearest = round(degrees / 90) * 90
    return nearest % 360 if abs(degrees - nearest) < 3 else None


def _place(glyph: _RawGlyph, frame: Frame, main: int | None) -> Glyph | None:
    """Return the glyph in reading space, None when it lies off the page or in the margin at another angle."""
    x0, top, x1, bottom = frame.box(*glyph.box)
    if x1 < 0 or bottom < 0 or x0 > frame.width or top > frame.height:
        return None
    upright = glyph.angle == main
    size = bottom - top if upright else max(x1 - x0, bottom - top)
    if not size > 0.5 or size > frame.height / 2:
        return None
    if not upright:
        turned = ((glyph.angle or 0) - (main or 0)) % 360
        margin = 0.09
        inside = margin < x0 / frame.width < 1 - margin and margin < top / frame.height < 1 - margin
        return (
            Glyph(glyph.text, x0, top, x1, bottom, bottom, size, False, glyph.run, turned)
            if inside and turned != 180
            else None
        )
    if x1 - x0 < 0.05 * size:
        x1 = x0 + 0.5 * size
    return Glyph(glyph.text, x0, top, x1, bottom, frame.point(*glyph.origin)[1], size, glyph.after_blank, glyph.run)


def baselines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Return the glyphs grouped by baseline, from top to bottom, each group from left to right without doubles."""
    groups: list[list[Glyph]] = []
    start = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: glyph.base):
        if groups and glyph.base - start <= SAME_LINE * min(glyph.size, groups[-1][0].size):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
            start = glyph.base
    return [_without_doubles(sorted(group, key=lambda glyph: glyph.x0)) for group in groups]


def _without_doubles(line: list[Glyph]) -> list[Glyph]:
    """Drop glyphs printed twice at nearly the same place, which is how some writers make bold type."""
    kept: list[Glyph] = []
    for glyph in line:
        # One glyph may stand for two dashes or for six dots: those share a place and a run.
        double = any(
            before.text == glyph.text
            and glyph.x0 - before.x0 < 0.3 * (glyph.x1 - glyph.x0)
            and not (before.run == glyph.run and glyph.text in _LIGATURES)
            for before in kept[-3:]
        )
        if not double:
            kept.append(glyph)
    return kept


def words_of(glyphs: Iterable[Glyph]) -> list[Word]:
    """Return the words of a page, line by line from left to right."""
    glyphs = list(glyphs)
    words = _turned_words([glyph for glyph in glyphs if glyph.turned])
    for line in baselines(glyph for glyph in glyphs if not glyph.turned):
        words.extend(_joined_pieces(_pieces(line)))
    return words


def _pieces(line: list[Glyph]) -> list[list[Glyph]]:
    """Return the glyphs of each run of a line, cut at wide gaps, ordered by their left ends."""
    pieces: list[list[Glyph]] = []
    latest: dict[int, list[Glyph]] = {}
    for glyph in line:
        piece = latest.get(glyph.run)
        if piece is None or glyph.x0 - piece[-1].x1 > WORD_GAP * min(glyph.size, piece[-1].size):
            piece = latest[glyph.run] = []
            pieces.append(piece)
        piece.append(glyph)
    return pieces


def _joined_pieces(pieces: list[list[Glyph]]) -> Iterable[Word]:
    """Yield words: pieces side by side joined, pieces printed over each other kept apart.

    Texts that are too long for their cells run into their neighbours; mixing their glyphs would ruin both. A writer
    that places every glyph alone may declare them too wide, so single glyphs are joined although they overlap.
    """
    word: list[Glyph] = []
    last: list[Glyph] = []
    for piece in pieces:
        if word:
            em = min(piece[0].size, word[-1].size)
            gap = piece[0].x0 - max(glyph.x1 for glyph in last)
            crossing = gap < -0.3 * em and len(piece) > 1 and len(last) > 1
            if gap > WORD_GAP * em or crossing:
                yield Word(word)
                word = []
        word = [*word, *piece]
        last = piece
    if word:
        yield Word(word)


def _turned_words(glyphs: list[Glyph]) -> list[Word]:
    """Return text that runs down or up as one word per stretch, its glyphs in reading order."""
    words: list[Word] = []
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.turned, round(glyph.x0), glyph.top)):
        before = words[-1].glyphs[-1] if words else None
        if (
            before is not None
            and before.turned == glyph.turned
            and abs(before.x0 - glyph.x0) < 1.5
            and glyph.top - before.bottom < 2 * WORD_GAP * glyph.size
        ):
            words[-1].glyphs.append(glyph)
        else:
            words.append(Word([glyph]))
    for word in words:
        if word.glyphs[0].turned == 270:
            word.glyphs.reverse()
    return words


def join_words(words: Sequence[Word], separator_gap: float | None = None) -> str:
    """Return the text of words on one line, left to right; gaps above `separator_gap` em become a TAB."""
    text = ""
    end = 0.0
    for word in words:
        if text:
            wide = separator_gap is not None and word.x0 - end > separator_gap * word.size
            text += "\t" if wide else " "
        text += word.text
        end = max(end, word.x1)
    return text
