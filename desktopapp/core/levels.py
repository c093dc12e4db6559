"""Lengths of the levels of a classification: class, section and item."""

from __future__ import annotations

FUNCTIONAL = (3, 5, 7)
ECONOMIC = (3, 5)
#: Digits of a class, the same in both classifications.
CLASS_LENGTH = 3
LEVELS = {"functional": FUNCTIONAL, "economic": ECONOMIC}


def parents(code: str, levels: tuple[int, ...]) -> tuple[str, ...]:
    """Return the codes above ``code``, outermost first: 2010301 → (201, 20103)."""
    return tuple(code[:n] for n in levels if n < len(code))


def base(row: str) -> str:
    """Return the code of a row key; a doubled row of an imported report has the key ``code#2``."""
    return row.partition("#")[0]


def is_code(text: str, levels: tuple[int, ...]) -> bool:
    """Tell whether a text is a code of one of the levels; only ASCII digits make one."""
    return text.isascii() and text.isdigit() and len(text) in levels
