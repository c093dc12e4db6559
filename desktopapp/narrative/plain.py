"""Texts that people typed, made fit to stand within a sentence."""

from __future__ import annotations

import re

#: What ends a text that the sentence around it will end itself.
CLOSING = "。；;，,、. \n\t\u3000"
_PRIVATE = re.compile("[\ue000-\uf8ff\x00-\x08\x0b-\x1f]")


def clean(text: str) -> str:
    """Return a text without control characters and the private ones that bound pieces are marked with."""
    return _PRIVATE.sub("", text)


def within_sentence(text: str) -> str:
    """Return a text on one line without its closing full stop."""
    return clean(" ".join(text.split("\n"))).strip().rstrip(CLOSING)
