"""Words of printed forms compared without regard to how they are wrapped, numbered or punctuated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

_BRACKETS = re.compile(r"\([^()]*\)")
_NUMBERED = re.compile(
    r"^(?:\(?[一二三四五六七八九十百]{1,4}\)?[、.,:)]|[一二三四五六七八九十]{1,4}(?=\))\)?|\(?\d{1,2}[)、.](?!\d)|(?:其中|减|加)[:、]?)+"
)
_CODE_WITH_NAME = re.compile(r"[\[(]?(\d{3,7})[\])]?\s*[-—、.]?\s*(\D.*)", re.DOTALL)
_SPACED_OUT = re.compile(r"(?:\S[ \u3000]+){1,}\S")
#: Different words for a sum; which one a form prints says nothing.
_SUMS = {"合计", "小计", "总计", "共计", "合计数", "总合计"}
#: Shortest word that may be compared by likeness: shorter ones differ in too little.
_SHORTEST = 4


def plain(text: str) -> str:
    """Return a text with full-width forms narrowed and all blanks gone."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def fold(text: str) -> str:
    """Return only the letters, characters and digits of a text."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum()).lower()


def head_word(text: str) -> str:
    """Return a header word folded, with one word for every kind of sum."""
    word = fold(text)
    return "合计" if word in _SUMS else word


def is_sum(text: str) -> bool:
    """Tell whether a label is a bare word for a sum."""
    return fold(text) in _SUMS


def label_keys(text: str) -> tuple[str, ...]:
    """Return how a line label may be written: without its numbering, with and without what stands in brackets."""
    bare = _NUMBERED.sub("", plain(text)) or plain(text)
    keys = (fold(bare), fold(_BRACKETS.sub("", bare)))
    return keys[:1] if keys[0] == keys[1] else keys


def likeness(one: str, other: str) -> float:
    """Return how alike two folded words are: 1 for equal ones, 0 where they are too short to tell."""
    if one == other:
        return 1.0 if one else 0.0
    if min(len(one), len(other)) < _SHORTEST:
        return 0.0
    return float(fuzz.ratio(one, other)) / 100


def best_likeness(word: str, others: Iterable[str]) -> float:
    """Return the likeness of the word most like ``word``."""
    return max((likeness(word, other) for other in others), default=0.0)


def code_of(pieces: Sequence[str], levels: Sequence[int]) -> str:
    """Return the classification code that digits in neighbouring cells make up, "" where they make none.

    Understands one cell (2010301), 类, 款 and 项 in three (201 | 03 | 01, also 201 | 3 | 1), a code cut in two
    (20103 | 50), every level in a column of its own (201 | 20103 | 2010301) and numbers of rows before it.
    """
    best = ""
    for start, first in enumerate(pieces):
        joined = first if len(first) in levels else ""
        if not joined:
            continue
        for piece in pieces[start + 1 :]:
            if len(piece) > 2 or len(joined) + 2 not in levels:
                break
            joined += piece.zfill(2)
        if len(joined) > len(best):
            best = joined
    return best


def split_code(text: str) -> tuple[str, str]:
    """Return code and name that stand in one cell, ("", text) where there is no code."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    found = _CODE_WITH_NAME.fullmatch(narrow)
    # The name is taken as printed: narrowing would change its brackets.
    return (found[1], text.strip()[len(narrow) - len(found[2]) :].strip()) if found else ("", text.strip())


def digits_of(text: str) -> str:
    """Return a text of nothing but digits narrowed and without blanks, "" for any other."""
    narrow = plain(text)
    return narrow if narrow.isascii() and narrow.isdigit() else ""


def one_line(text: str) -> str:
    """Return a name without line breaks, and without the blanks of a name that is spaced out to fill its cell."""
    joined = "".join(part.strip() for part in text.split("\n"))
    return "".join(joined.split()) if _SPACED_OUT.fullmatch(joined) and _all_single(joined) else joined


def _all_single(text: str) -> bool:
    return all(len(part) == 1 and not part.isascii() for part in text.split())
