"""Takes the two sides of a form apart where blanks keep the columns of a page (``pdftotext -layout``).

There a label that is wrapped over two lines stands beside pieces of the other side; read side by side, each is whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from desktopapp.readers.flat.tokens import TextLine

_LABEL = re.compile(r"(?<=\s)(?:[一二三四五六七八九十]{1,3}[、.．]|(?:本年)?支出合计|结余分配|年末)")
#: So many lines must show the same place for the second side.
_FEWEST = 4


def sides_apart(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines of the first side and then those of the second one, or the lines as they are."""
    # Some programs count a Chinese character as one column, some as two: the one by which most labels agree is right.
    found = max(((*_second_side(lines, wide), wide) for wide in (1, 2)), key=lambda f: f[1])
    place, agreeing, wide = found
    if agreeing < _FEWEST:
        return list(lines)
    first, second = [], []
    for line in lines:
        at = _index(line.text, place, wide)
        left, right = line.text[:at], line.text[at:]
        if left.strip():
            first.append(replace(line, text=left))
        if right.strip():
            second.append(replace(line, text=right))
    return [*first, *second]


def _second_side(lines: Sequence[TextLine], wide: int) -> tuple[int, int]:
    """Return the place where labels of the second side begin, and how many of them do."""
    starts: Counter[int] = Counter()
    for line in lines:
        if "  " in line.text:
            labels = [m.start() for m in _LABEL.finditer(line.text)]
            if labels and labels[-1] > 0:
                starts[_width(line.text[: labels[-1]], wide)] += 1
    # Labels of the first side begin further left, those of a third column there are none.
    return max(starts.items(), key=lambda s: s[1], default=(0, 0))


def _width(text: str, wide: int) -> int:
    return sum(wide if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _index(text: str, place: int, wide: int) -> int:
    """Return the character of a line that stands at a place, moved to the blank before a word that reaches over it."""
    at = width = 0
    while at < len(text) and width < place:
        width += _width(text[at], wide)
        at += 1
    while 0 < at < len(text) and not text[at - 1].isspace():
        at -= 1
    return at
