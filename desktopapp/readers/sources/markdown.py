"""The few marks of Markdown that stand in the way of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .limits import MAX_MARKED_LINE

_STRONG: Final = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|])")
_BULLET: Final = re.compile(r"(?:[-*+]|>)\s+(?!\d+\s*-\s*$)(?=\S)")
_RULE: Final = re.compile(r":?-{2,}:?")


def strip_marks(text: str, *, block: bool = False) -> str:
    """Return the text without marks of strength, escapes and line break tags; `block` also drops a bullet."""
    if len(text) > MAX_MARKED_LINE:
        return text
    if block:
        text = _BULLET.sub("", text, count=1) if _BULLET.match(text) else text
    text = _BREAK.sub("\n", text)
    text = _STRONG.sub(r"\2", text)
    return _ESCAPED.sub(r"\1", text)


def table_rule(cells: Sequence[str]) -> bool:
    """Tell whether these cells are the line of dashes between header and body."""
    return bool(cells) and all(_RULE.fullmatch(cell.strip()) for cell in cells)
