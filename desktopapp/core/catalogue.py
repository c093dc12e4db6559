"""Classification catalogues: which codes exist in a year and what they are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from desktopapp.core.catalogue_names import names_match, normalise_name
from desktopapp.core.catalogue_search import SearchIndex
from desktopapp.core.levels import LEVELS

Kind = Literal["functional", "economic"]
Level = Literal["class", "section", "item"]
#: "personnel" and "public" are the halves of form 06; "not_basic" codes never occur in basic expenditure.
Side = Literal["", "personnel", "public", "not_basic"]
#: "published" was read in a published document, "office" comes from a list of the user's finance bureau.
Evidence = Literal["published", "unconfirmed", "office"]

_LEVEL_NAMES: tuple[Level, ...] = ("class", "section", "item")
_LEVEL_TITLES = ("类", "款", "项")


@dataclass(frozen=True, slots=True)
class Levels:
    """Lengths of the codes of a classification, outermost level first (functional 3, 5, 7; economic 3, 5)."""

    lengths: tuple[int, ...]

    def well_formed(self, code: str) -> bool:
        """Tell whether the text has the form of a code."""
        return len(code) in self.lengths and code.isascii() and code.isdigit()

    def level(self, code: str) -> Level:
        """Return the level of a well-formed code; raises ValueError for another length."""
        return _LEVEL_NAMES[self.lengths.index(len(code))]

    def title(self, code: str) -> str:
        """Return 类, 款 or 项; raises ValueError for another length."""
        return _LEVEL_TITLES[self.lengths.index(len(code))]

    def parent(self, code: str) -> str:
        """Return the code one level up, or "" for a class."""
        above = self.ancestors(code)
        return above[-1] if above else ""

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return the codes above, outermost first: 2010301 → (201, 20103)."""
        return tuple(code[:n] for n in self.lengths if n < len(code))


@dataclass(frozen=True, slots=True)
class Entry:
    """A code and its name, valid from the year ``first`` to the year ``last`` (``None``: no limit known).

    ``synonyms`` are other wordings that count as the name; ``successor`` is the code that took over when this one
    ended.
    """

    code: str
    name: str
    level: Level
    side: Side = ""
    evidence: Evidence = "published"
    synonyms: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    successor: str = ""
    note: str = ""

    def valid_in(self, year: int) -> bool:
        """Tell whether the code has this name in the year."""
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)

    def accepts(self, name: str) -> bool:
        """Tell whether the text is this name or one of its synonyms."""
        return names_match(self.name, name) or any(names_match(s, name) for s in self.synonyms)


@dataclass(frozen=True)
class Catalogue:
    """The codes of one classification in one year; immutable.

    ``other_years`` are codes and names that are valid only in other years, for messages and comparisons.
    ``confirmed`` is False for a year whose list was not compared with published documents.
    Raises ValueError when a code occurs twice among ``entries`` or is malformed.
    """

    kind: Kind
    year: int
    entries: tuple[Entry, ...]
    other_years: tuple[Entry, ...] = ()
    confirmed: bool = True

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.entries, key=lambda e: e.code))
        object.__setattr__(self, "entries", ordered)
        object.__setattr__(self, "other_years", tuple(self.other_years))
        lengths = self.levels
        bad = next((e.code for e in ordered if not lengths.well_formed(e.code)), None)
        if bad is not None:
            raise ValueError(f"malformed {self.kind} code {bad!r}")
        twice = next((a.code for a, b in pairwise(ordered) if a.code == b.code), None)
        if twice is not None:
            raise ValueError(f"{self.kind} code {twice} occurs twice in {self.year}")

    @cached_property
    def levels(self) -> Levels:
        """The level lengths of this classification."""
        return Levels(LEVELS[self.kind])

    @cached_property
    def _by_code(self) -> dict[str, Entry]:
        return {e.code: e for e in self.entries}

    @cached_property
    def _others_by_code(self) -> dict[str, tuple[Entry, ...]]:
        grouped: dict[str, tuple[Entry, ...]] = {}
        for entry in self.other_years:
            grouped[entry.code] = (*grouped.get(entry.code, ()), entry)
        return grouped

    @cached_property
    def _children(self) -> dict[str, list[Entry]]:
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries:
            grouped.setdefault(self.levels.parent(entry.code), []).append(entry)
        return grouped

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], list[str]]:
        """The codes by the code above them and by name, synonyms included."""
        found: dict[tuple[str, str], list[str]] = {}
        for entry in self.entries:
            above = self.levels.parent(entry.code)
            for name in {normalise_name(n) for n in (entry.name, *entry.synonyms)}:
                found.setdefault((above, name), []).append(entry.code)
        return found

    @cached_property
    def _index(self) -> SearchIndex[Entry]:
        return SearchIndex([(e.code, e.name, e.synonyms, e) for e in self.entries])

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, code: str) -> Entry | None:
        """Return the entry of a code in this year."""
        return self._by_code.get(code)

    def in_other_years(self, code: str) -> tuple[Entry, ...]:
        """Return the names that the code has in other years only."""
        return self._others_by_code.get(code, ())

    def parent(self, code: str) -> Entry | None:
        """Return the entry one level up, if the catalogue has it."""
        return self.get(self.levels.parent(code))

    def ancestors(self, code: str) -> tuple[Entry, ...]:
        """Return the entries above a code that the catalogue has, outermost first."""
        return tuple(e for c in self.levels.ancestors(code) if (e := self.get(c)) is not None)

    def children(self, code: str) -> tuple[Entry, ...]:
        """Return the entries one level down in code order; those of "" are the classes."""
        return tuple(self._children.get(code, ()))

    def named(self, name: str, above: str) -> tuple[str, ...]:
        """Return the codes one level below ``above`` that have a name, in code order."""
        return tuple(self._by_name.get((above, normalise_name(name)), ()))

    def full_name(self, code: str) -> str:
        """Return the name with those above it: 一般公共服务支出（类）人大事务（款）行政运行（项）.

        The text is empty when the catalogue does not have the code.
        """
        entry = self.get(code)
        if entry is None:
            return ""
        return "".join(f"{e.name}（{self.levels.title(e.code)}）" for e in (*self.ancestors(code), entry))

    def search(self, text: str, limit: int = 20, near: Collection[str] = ()) -> list[Entry]:
        """Return the entries that the beginning of a code or a part of a name may mean, best first.

        ``text`` may hold both, separated by a blank ("20103 运行"); letters are initials of pinyin ("xzyx").
        Of equally good entries those come first whose parent is among the codes ``near``, such as the codes
        already in the form.
        """
        families = {self.levels.parent(c) for c in near} | set(near)
        families.discard("")
        return self._index.search(text, limit, lambda e: self.levels.parent(e.code) in families)

    def merged_with(self, other: Catalogue) -> Catalogue:
        """Return a catalogue of both in which the entries of this one count before those of ``other``.

        What the office's list does not say (the side of form 06, synonyms) comes from ``other``.
        Raises ValueError when the kinds differ.
        """
        if self.kind != other.kind:
            raise ValueError(f"cannot merge {self.kind} with {other.kind} codes")
        mine = tuple(self._completed(e, other) for e in self.entries)
        rest = tuple(e for e in other.entries if e.code not in self)
        past = self.other_years + tuple(e for e in other.other_years if e not in self.other_years)
        return replace(self, entries=mine + rest, other_years=past, confirmed=self.confirmed and other.confirmed)

    def _completed(self, entry: Entry, other: Catalogue) -> Entry:
        known = other.get(entry.code)
        family = known or other.parent(entry.code)
        if not entry.side and family is not None:
            entry = replace(entry, side=family.side)
        if known is not None and not entry.synonyms and known.accepts(entry.name):
            entry = replace(entry, synonyms=(known.name, *known.synonyms))
        return entry


@dataclass(frozen=True, slots=True)
class Changes:
    """What rolling a report forward has to tell about its codes.

    ``renamed`` holds pairs of the older and the newer entry, ``retired`` the older entries of codes that ended
    (their ``successor`` may say where the money goes now), ``added`` the codes that are new beside the used ones.
    """

    renamed: tuple[tuple[Entry, Entry], ...]
    retired: tuple[Entry, ...]
    added: tuple[Entry, ...]


def changed_between(older: Catalogue, newer: Catalogue, codes: Iterable[str] | None = None) -> Changes:
    """Compare two years of a classification, for the codes that a report uses or for all.

    Added codes are told when one of the codes or of the codes above them is their parent.
    Codes that neither catalogue has are passed over. Raises ValueError when the kinds differ.
    """
    if older.kind != newer.kind:
        raise ValueError(f"cannot compare {older.kind} with {newer.kind} codes")
    used = {e.code for e in older.entries} if codes is None else set(codes)
    renamed = []
    retired = []
    for before in filter(None, map(older.get, sorted(used))):
        after = newer.get(before.code)
        if after is None:
            retired.append(before)
        elif not (after.accepts(before.name) or before.accepts(after.name)):
            renamed.append((before, after))
    families = used | {a for c in used for a in newer.levels.ancestors(c)}
    fresh = [e for e in newer.entries if e.code not in older]
    if codes is not None:
        fresh = [e for e in fresh if e.code in used or newer.levels.parent(e.code) in families]
    return Changes(tuple(renamed), tuple(retired), tuple(fresh))


@dataclass(frozen=True, slots=True)
class Catalogues:
    """Both classifications of one year."""

    functional: Catalogue
    economic: Catalogue

    def named(self, kind: str) -> Catalogue | None:
        """Return the catalogue of a form's ``catalogue`` entry ("functional" or "economic")."""
        return {"functional": self.functional, "economic": self.economic}.get(kind)
