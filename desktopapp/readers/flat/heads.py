"""Headers that a form repeats on its next page, in running text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktopapp.readers.flat.tokens import TextLine, squeeze

#: Where the lines of a two-sided form begin: at the first enumerated label.
FIRST_LABEL = re.compile(r"(?<![二三四五六七八九十])一[、.,:]")
#: So many lines of the header must come again in a row.
_FEWEST = 3


def without_repeated_heads(lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the lines of a two-sided form without the headers that come again below the first label."""
    texts = [squeeze(line.text) for line in lines]
    first = next((n for n, text in enumerate(texts) if FIRST_LABEL.search(text)), len(texts))
    head = {text for text in texts[:first] if text}
    kept = list(lines[:first])
    at = first
    while at < len(lines):
        end = at
        while end < len(lines) and texts[end] in head:
            end += 1
        if end - at < _FEWEST:
            kept += lines[at : max(end, at + 1)]
        at = max(end, at + 1)
    return kept
