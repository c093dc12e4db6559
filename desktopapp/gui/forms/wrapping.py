"""Breaking of header texts into balanced lines, between words where the template tells what belongs together.

Chinese has no blanks between words. Two characters that stand together in many labels of the template (预算, 支出) are
taken for a word; a break goes where the pair is rare. No Qt here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import ceil

from desktopapp.core.template import Form, Template

#: No line begins with one of these, and none ends with one of those.
_CLOSING = frozenset("）)」』】》〉、，。；：！？”’%％")
_OPENING = frozenset("（(「『【《〈“‘")
Measure = Callable[[str], float]


def pairs_of(template: Template) -> Counter[str]:
    """Count the pairs of neighbouring characters in the labels of a template."""
    counts: Counter[str] = Counter()
    for form in template.forms:
        for text in _labels(form):
            counts.update(a + b for a, b in pairwise(text))
    return counts


def _labels(form: Form) -> Iterator[str]:
    for column in form.all_columns():
        yield column.label
        yield from column.path
    for lead in form.lead:
        yield lead.label
        yield from lead.path
    for side in form.sides:
        yield from (side.head, side.label_head, side.number_head, side.columns_head)
        yield from (line.label for line in side.lines)
    for block in form.blocks:
        yield from (block.head, block.code_head, block.name_head, block.amount_head)


def wrapped(text: str, room: float, measure: Measure, pairs: Counter[str]) -> str:
    """Return a text with line breaks so that each line fits into ``room`` if possible, lines about equally long."""
    whole = measure(text)
    if whole <= room or len(text) < 2:
        return text
    for lines in range(max(2, ceil(whole / max(room, 1))), len(text) + 1):
        parts = _split(text, lines, room, measure, pairs)
        if parts is not None:
            return "\n".join(parts)
    return "\n".join(text)


def _split(text: str, lines: int, room: float, measure: Measure, pairs: Counter[str]) -> list[str] | None:
    """Return a text in so many lines that all fit, None when they do not."""
    if lines == 1:
        return [text] if measure(text) <= room else None
    ideal = len(text) / lines
    slack = max(1, round(ideal / 3))
    breaks = [b for b in range(1, len(text)) if abs(b - ideal) <= slack and _allowed(text, b)]
    for at in sorted(breaks, key=lambda b: (pairs[text[b - 1] + text[b]], abs(b - ideal), -b)):
        if measure(text[:at].rstrip()) <= room:
            rest = _split(text[at:].lstrip(), lines - 1, room, measure, pairs)
            if rest is not None:
                return [text[:at].rstrip(), *rest]
    return None


def _allowed(text: str, at: int) -> bool:
    return text[at] not in _CLOSING and text[at - 1] not in _OPENING
