"""A known name in a text with one character dropped or exchanged."""

from __future__ import annotations

from collections.abc import Collection, Iterator

#: Shorter names are too much like other names once a character is another one.
_SHORTEST_EXCHANGED = 8
#: Characters of names that offices exchange or leave out freely.
_FREE = frozenset("和及与或的等各类项")


def slips(
    text: str, term: str, known: Collection[str], *, exchanged: bool, free: str = ""
) -> Iterator[tuple[int, str]]:
    """Yield where something stands in a text instead of a term, and what.

    With ``exchanged`` a character may be another one, not only lost: names of items are too much like each other.
    ``free`` are more characters that may be left out.
    """
    middle = len(term) // 2
    for half, first in ((term[:middle], True), (term[middle:], False)):
        at = text.find(half)
        while at >= 0:
            start = at if first else at - middle
            if not text.startswith(term, max(0, start)):
                # A window is enough, so that the cost does not grow with the text.
                window = text[max(0, at - len(term)) : at + 2 * len(term)]
                place = min(at, len(term))
                reader = _after if first else _ahead
                wrong = reader(window, place, term, middle, free)
                if wrong and (exchanged or len(wrong) < len(term)) and not any(wrong in k for k in known):
                    yield at, wrong
            at = text.find(half, at + 1)


def _after(text: str, at: int, term: str, middle: int, free: str) -> str:
    """Return the misspelling whose first half is right, the last character of the term always being right too."""
    rest, wanted = text[at + middle :], term[middle:]
    for i in range(len(wanted) - 1):
        lost = wanted[:i] + wanted[i + 1 :]
        if rest.startswith(lost) and not rest.startswith(wanted) and _lost(term, middle + i, free):
            return term[:middle] + lost
        if _exchanged(rest, wanted, i, term):
            return term[:middle] + rest[: len(wanted)]
    return ""


def _ahead(text: str, at: int, term: str, middle: int, free: str) -> str:
    """Return the misspelling whose second half is right, the first character of the term always being right too."""
    ahead, wanted = text[:at], term[:middle]
    for i in range(1, len(wanted)):
        if ahead.endswith(wanted[:i] + wanted[i + 1 :]) and _lost(term, i, free) and not ahead.endswith(wanted):
            return wanted[:i] + wanted[i + 1 :] + term[middle:]
        if len(ahead) >= middle and _exchanged(ahead[-middle:], wanted, i, term):
            return ahead[-middle:] + term[middle:]
    return ""


def _lost(term: str, i: int, free: str) -> bool:
    """Tell whether a term without its i-th character is a slip, not another way to say it."""
    doubled = term[i] in (term[i - 1], term[i + 1 : i + 2])
    return term[i] not in _FREE and term[i] not in free and term[i] not in "()" and not doubled


def _exchanged(found: str, wanted: str, i: int, term: str) -> bool:
    if len(term) < _SHORTEST_EXCHANGED or len(found) < len(wanted) or wanted[i] in _FREE or wanted[i] in "()":
        return False
    other = found[i]
    same = found[:i] == wanted[:i] and found[i + 1 : len(wanted)] == wanted[i + 1 :]
    return same and other != wanted[i] and "一" <= other <= "龥" and other not in _FREE
