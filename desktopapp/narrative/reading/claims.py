"""Which words claim which fact: data from ``templates/common/claims.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktopapp.core.template_fields import Fields

#: A claim that any section may make.
ANY_SECTION = "*"


@dataclass(frozen=True, slots=True)
class Claim:
    """An amount behind one of ``says``, in one of ``sections``, states a fact."""

    fact: str
    sections: tuple[str, ...]
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """Facts that are the parts of a whole; told together they add up to it.

    All of ``needs`` must be told, and none of ``unless``: those are parts of another kind that the list mixes in.
    """

    fact: str
    parts: tuple[str, ...]
    needs: tuple[str, ...]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """Facts whose sums must be equal where all but the ``optional`` ones are told; ``says`` is the rule in words."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    optional: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """Words of reasons that explain more, that explain less, and that may explain either."""

    up: tuple[str, ...]
    down: tuple[str, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimBook:
    """All that the reading of text knows about wording."""

    claims: tuple[Claim, ...]
    wholes: tuple[Claim, ...]
    partitions: tuple[Partition, ...]
    balances: tuple[Balance, ...]
    splits: tuple[tuple[tuple[str, ...], ...], ...]
    joints: frozenset[str]
    fine_doubles: frozenset[str]
    fine_runs: tuple[str, ...]
    leftovers: tuple[str, ...]
    binds: Mapping[str, tuple[str, ...]]
    reasons: ReasonWords
    terms: tuple[str, ...]
    variants: frozenset[str]
    beginnings: tuple[str, ...]
    misprints: Mapping[str, str]
    pairs: Mapping[str, str]

    def alike(self, words: str) -> frozenset[str]:
        """Return the facts that the same words may state, in whatever section."""
        return frozenset(c.fact for c in self.claims if words in c.says)

    def of_section(self, section: str) -> tuple[Claim, ...]:
        """Return the claims that a section may make."""
        return tuple(c for c in self.claims if section in c.sections)


def build_claim_book(raw: Mapping[str, Any], file: str) -> ClaimBook:
    """Return the claims of a file's raw content; raises TemplateError."""
    top = Fields(dict(raw), file)
    claims = tuple(_claim(t) for t in top.tables("claim"))
    wholes = tuple(_claim(t) for t in top.tables("whole"))
    partitions = tuple(_partition(t) for t in top.tables("partition"))
    balances = tuple(_balance(t) for t in top.tables("balance"))
    splits = tuple(_split(t) for t in top.tables("split"))
    words = Fields(top.table("words"), file, "words")
    book = ClaimBook(
        claims,
        wholes,
        partitions,
        balances,
        splits,
        frozenset(words.text("joints")),
        frozenset(words.texts("fine_doubles")),
        words.texts("fine_runs"),
        words.texts("leftovers"),
        {key: tuple(map(str, ids)) for key, ids in top.table("binds").items()},
        _reasons(Fields(top.table("reasons"), file, "reasons")),
        words.texts("terms"),
        frozenset(words.texts("variants")),
        words.texts("beginnings"),
        {wrong: str(right) for wrong, right in top.table("misprints").items()},
        {fact: str(second) for fact, second in top.table("pairs").items()},
    )
    words.done()
    top.done()
    return book


def _partition(t: Fields) -> Partition:
    partition = Partition(t.text("fact"), t.texts("parts"), t.texts("needs"), t.texts("unless", []))
    t.done()
    return partition


def _balance(t: Fields) -> Balance:
    balance = Balance(t.texts("left"), t.texts("right"), t.texts("optional", []), t.text("says"))
    t.done()
    return balance


def _split(t: Fields) -> tuple[tuple[str, ...], ...]:
    """Return the parts that whatever is told to consist of them consists of, each with its names."""
    split = tuple(t.texts(key) for key in ("one", "other"))
    t.done()
    return split


def _reasons(t: Fields) -> ReasonWords:
    words = ReasonWords(t.texts("up"), t.texts("down"), t.texts("open"))
    t.done()
    return words


def _claim(t: Fields) -> Claim:
    claim = Claim(t.text("fact"), t.texts("sections", []), t.texts("says"))
    t.done()
    return claim
