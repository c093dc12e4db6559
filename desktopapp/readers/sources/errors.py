"""Errors of reading sources; every message is one clear Chinese sentence for the user."""

from __future__ import annotations


class SourceError(Exception):
    """The source cannot be read; the message says what is wrong, where, and what to do."""

    @property
    def message(self) -> str:
        """The sentence to show."""
        return str(self)


class OwnFormatError(SourceError):
    """The file is in this program's own format (`kind` is "juesuan" or "json"): its own reader must open it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class ReadingCancelled(SourceError):
    """The user stopped the reading; nothing is wrong with the source."""
