"""Pieces of sections that are kept from one rendering to the next, such as the sentence of one functional item."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

#: Makes a piece, and tells what it rests on: fact ids, "table." and "form:NN".
Maker = Callable[[], tuple[str, frozenset[str]]]


class Parts:
    """Rendered pieces by a key, until something that they rest on changes."""

    def __init__(self) -> None:
        self._texts: dict[Hashable, tuple[str, frozenset[str]]] = {}
        self._resting: dict[str, set[Hashable]] = {}

    def get(self, key: Hashable, make: Maker) -> tuple[str, frozenset[str]]:
        """Return a piece and what it rests on, made where it is not known (any longer)."""
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = make()
            for source in found[1]:
                self._resting.setdefault(source, set()).add(key)
        return found

    def drop(self, touched: Iterable[str]) -> None:
        """Forget what rests on any of these."""
        for source in touched:
            for key in self._resting.pop(source, ()):
                self._texts.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._texts.clear()
        self._resting.clear()
