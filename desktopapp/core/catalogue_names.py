"""Comparison of subject names as they are printed, typed or extracted from documents."""

from __future__ import annotations

import unicodedata

#: A shorter beginning of a name says too little to be called a name cut off by its cell.
SHORTEST_CUT = 4

_OPENING = "[{【〔〖「『〈《⟨"
_CLOSING = "]}】〕〗」』〉》⟩"
_DASHES = "‐‑‒–—―−─━﹘﹣－"
_DROPPED = "\"'“”‘’„‟、,;:.·•・…‧*`´\u200b\u200c\u200d\u2060\ufeff\u00ad"
_TABLE = str.maketrans(
    _OPENING + _CLOSING + _DASHES,
    "(" * len(_OPENING) + ")" * len(_CLOSING) + "-" * len(_DASHES),
    _DROPPED,
)
_LEVEL_MARKS = ("(类)", "(款)", "(项)")


def normalise_name(text: str) -> str:
    """Return the name without what differs between prints of the same name.

    Full-width forms become half-width, all brackets round, all dashes "-"; blanks, line breaks, quotation marks,
    separators between words and a level mark at the end ("（项）") go. Radicals that stand for characters in text
    taken from a PDF become those characters.
    """
    narrow = unicodedata.normalize("NFKC", text).translate(_TABLE)
    joined = "".join(narrow.split())
    if not unicodedata.is_normalized("NFKC", joined):
        # An accent that had stood on a blank of its own has joined the letter before.
        joined = unicodedata.normalize("NFKC", joined)
    if joined.endswith(_LEVEL_MARKS):
        joined = joined[:-3]
    return joined


def names_match(a: str, b: str) -> bool:
    """Tell whether two texts are prints of the same name; a differing word is a difference."""
    return a == b or normalise_name(a) == normalise_name(b)


def is_cut_off(found: str, expected: str) -> bool:
    """Tell whether ``found`` is ``expected`` cut off at its end, as a narrow cell does it."""
    short = normalise_name(found)
    full = normalise_name(expected)
    return SHORTEST_CUT <= len(short) < len(full) and full.startswith(short)
