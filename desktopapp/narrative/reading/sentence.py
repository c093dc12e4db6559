"""One sentence of a passage with its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktopapp.narrative.reading.mentions import Mention, mentions
from desktopapp.narrative.reading.passages import Passage, sentences


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage with its numbers."""

    text: str
    passage: Passage
    numbers: tuple[Mention, ...]

    @classmethod
    def of(cls, passage: Passage) -> Iterator[Sentence]:
        """Yield the sentences of a passage."""
        for text in sentences(passage):
            yield cls(text, passage, tuple(mentions(text)))

    def before(self, position: int, kind: str = "amount") -> list[Mention]:
        """Return the mentions of a kind that end before a position, last first."""
        return [m for m in reversed(self.numbers) if m.kind == kind and m.end <= position]
