"""Brings two versions of a JSON-like value together, part by part, beside the one both came from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import chain
from typing import Any


class Missing(Enum):
    """What stands where there is no value: none was there, or it is not known what was there."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


ABSENT, UNKNOWN = Missing.ABSENT, Missing.UNKNOWN
#: The way into a value: keys of dictionaries, names of list members.
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that differs: what both came from (UNKNOWN: nobody knows), what each has now (ABSENT: nothing)."""

    path: Path
    base: Any
    mine: Any
    theirs: Any


def is_empty(value: Any) -> bool:
    """Tell whether nothing stands there."""
    return value is ABSENT or value is None or value in ("", [], {})


def merge_value(base: Any, mine: Any, theirs: Any, choose: Callable[[Leaf], Any], path: Path = ()) -> Any:
    """Return the value made of two versions; ``choose`` decides every part that the other version changed.

    Dictionaries are merged by key, lists by member where members can be told apart. ABSENT stands for no value.
    """
    if mine == theirs or theirs == base:
        return mine
    if not path:
        mine, theirs = _opened(mine, theirs), _opened(theirs, mine)
    if isinstance(mine, dict) and isinstance(theirs, dict):
        merged = {k: _member(base, mine, theirs, k, choose, path) for k in chain(mine, _more(theirs, mine))}
        return {k: v for k, v in merged.items() if v is not ABSENT}
    if isinstance(mine, list) and isinstance(theirs, list):
        old, own, other = _named(base if isinstance(base, list) else [], mine, theirs)
        before = UNKNOWN if base is UNKNOWN else old
        found = (_member(before, own, other, name, choose, path) for name in _order(own, other))
        return [v for v in found if v is not ABSENT]
    return choose(Leaf(path, base, mine, theirs))


def _opened(value: Any, other: Any) -> Any:
    """Let a list or dictionary that only one side has be judged member by member."""
    if value is ABSENT and isinstance(other, dict | list):
        return type(other)()
    return value


def _member(base: Any, mine: Any, theirs: Any, key: str, choose: Callable[[Leaf], Any], path: Path) -> Any:
    old = UNKNOWN if base is UNKNOWN else base.get(key, ABSENT) if isinstance(base, dict) else ABSENT
    return merge_value(old, mine.get(key, ABSENT), theirs.get(key, ABSENT), choose, (*path, key))


def _more(theirs: Iterable[str], mine: dict[str, Any]) -> list[str]:
    return [k for k in theirs if k not in mine]


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _named(*versions: list[Any]) -> tuple[dict[str, Any], ...]:
    """Return lists as dictionaries by the names of their members, numbered where a name occurs again.

    Where nothing was added, taken out or moved, members are told by their place, so that another name is a change.
    """
    names = [_numbered([name_of(v) for v in version]) for version in versions]
    filled = [n for n in names if n]
    if len({len(n) for n in filled}) == 1 and not _moved(filled) and all(isinstance(v, dict) for v in versions[-1]):
        first = filled[0]
        names = [first if n else [] for n in names]
    return tuple(dict(zip(n, version, strict=True)) for n, version in zip(names, versions, strict=True))


def _numbered(names: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return found


def _moved(names: list[list[str]]) -> bool:
    places: dict[str, int] = {}
    return any(places.setdefault(name, at) != at for listed in names for at, name in enumerate(listed))


def name_of(member: Any) -> str:
    """Return what tells a member of a list from the others: its key, name or number, the name in its head, itself."""
    if isinstance(member, dict):
        head = member.get("head")
        if isinstance(head, dict) and head.get("name"):
            return f"{member.get('kind', '')} {head['name']}".strip()
        for keys in (("key",), ("name",), ("number",), ("level1", "level2")):
            if all(member.get(key) for key in keys):
                return " ".join(str(member[key]) for key in keys)
    return member if isinstance(member, str) else json.dumps(member, ensure_ascii=False, sort_keys=True)


def _order(mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return all names: mine in my order, each that only they have behind the one before it in theirs."""
    order, before = list(mine), ""
    for name in theirs:
        if name not in mine:
            order.insert(order.index(before) + 1 if before in order else len(order) if before else 0, name)
        before = name
    return order


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def merge_text(base: str, mine: str, theirs: str) -> str | None:
    """Return a text with both sides' changes, None where both changed the same or neighbouring paragraphs."""
    old = base.split("\n")
    own, other = _changes(old, mine.split("\n")), _changes(old, theirs.split("\n"))
    # Changes that touch would leave the order of paragraphs to chance.
    if any(a[0] <= b[1] and b[0] <= a[1] for a in own for b in other):
        return None
    for start, end, lines in sorted((*own, *other), reverse=True):
        old[start:end] = lines
    return "\n".join(old)


def _changes(old: list[str], new: list[str]) -> list[tuple[int, int, list[str]]]:
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(i1, i2, new[j1:j2]) for kind, i1, i2, j1, j2 in steps if kind != "equal"]
