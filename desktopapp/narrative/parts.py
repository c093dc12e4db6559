"""Pieces of sections that are kept from one rendering to the next, such as the sentences of the functional items."""

from __future__ import annotations

from collections.abc import Callable, Iterable

#: Makes the piece of a code, and tells what it rests on: fact ids, "table." and "form:NN".
Maker = Callable[[str], tuple[str, Iterable[str]]]
#: A kind of pieces: the name of what makes them, and the words that it is given beside the code.
Group = tuple[str, tuple[str, ...]]


class Parts:
    """Rendered pieces by group and code, each until something that it rests on changes."""

    def __init__(self) -> None:
        self._texts: dict[Group, dict[str, str]] = {}
        self._resting: dict[str, set[tuple[Group, str]]] = {}

    def texts(self, group: Group, codes: Iterable[str], make: Maker) -> list[str]:
        """Return the pieces of some codes in order, those made anew that are not known (any longer)."""
        known = self._texts.setdefault(group, {})
        found = []
        for code in codes:
            text = known.get(code)
            if text is None:
                text, sources = make(code)
                known[code] = text
                for source in sources:
                    self._resting.setdefault(source, set()).add((group, code))
            found.append(text)
        return found

    def drop(self, touched: Iterable[str]) -> set[str]:
        """Forget what rests on any of these; return the names of the groups that lost a piece."""
        names: set[str] = set()
        for source in touched:
            for group, code in self._resting.pop(source, ()):
                names.add(group[0])
                self._texts[group].pop(code, None)
        return names

    def clear(self) -> None:
        """Forget everything."""
        self._texts.clear()
        self._resting.clear()
