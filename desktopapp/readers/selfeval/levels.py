"""Gives every indicator its two levels, whose labels stand once for many rows and not always at their first one.

A label of merged cells is printed at the top of its rows, in their middle, or on the next page. What decides is, in
this order: the label itself, the points printed with it (the weights of its indicators add up to them), and which
first level a second level usually belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from desktopapp.core.performance.selfeval import GroupWeight, Indicator
from desktopapp.core.performance.wording import bare_words
from desktopapp.readers.selfeval.words import Words


@dataclass(slots=True)
class Entry:
    """An indicator as its row printed it: levels and their points (hundredths) only where the row has them."""

    name: str
    target: str = ""
    actual: str = ""
    unit: str = ""
    remark: str = ""
    weight: int | None = None
    score: int | None = None
    goal: int = 0
    level1: str = ""
    level2: str = ""
    points1: int | None = None
    points2: int | None = None
    where: str = ""


@dataclass(slots=True)
class _Group:
    """The rows of one second level."""

    label: str
    points: int | None
    entries: list[Entry] = field(default_factory=list)
    level1: str = ""

    def weight(self) -> int | None:
        return _sum(self.entries)


def _sum(entries: Sequence[Entry]) -> int | None:
    weights = [e.weight for e in entries]
    return None if None in weights else sum(w for w in weights if w is not None)


def settle(entries: Sequence[Entry], words: Words) -> tuple[tuple[Indicator, ...], tuple[GroupWeight, ...]]:
    """Return the indicators with both levels, and the points printed with the levels."""
    indicators: list[Indicator] = []
    weights: dict[tuple[int, str, str], int] = {}
    for goal, part in groupby(entries, key=lambda e: e.goal):
        groups = _groups(list(part), words)
        _move_borders(groups)
        _first_levels(groups, words)
        for group in groups:
            indicators.extend(_indicator(e, group) for e in group.entries)
            for label, level2, printed in _printed(group):
                if printed is not None:
                    weights.setdefault((goal, label, level2), printed)
    return tuple(indicators), tuple(GroupWeight(a, b, w, goal) for (goal, a, b), w in weights.items())


def _groups(entries: Sequence[Entry], words: Words) -> list[_Group]:
    """Return the rows by second level, as the labels stand."""
    groups: list[_Group] = []
    for entry in entries:
        last = groups[-1] if groups else None
        if entry.level2:
            again = last is not None and _same(last.label, entry.level2) and entry.points2 in (None, last.points)
            # The same words under another first level are another group.
            changed = bool(entry.level1 and last and last.level1 and not _same(last.level1, entry.level1))
            if not again or changed:
                groups.append(_Group(entry.level2, entry.points2))
        elif last is None or (entry.level1 and _opens(last, entry, words)):
            groups.append(_Group("", None))
        groups[-1].entries.append(entry)
        groups[-1].level1 = entry.level1 or groups[-1].level1
    return groups


def _opens(last: _Group, entry: Entry, words: Words) -> bool:
    """Tell whether a first level without a second begins here rather than labelling the rows above as well."""
    if last.level1:
        return not _same(last.level1, entry.level1)
    parent = words.parent_of(last.label)
    return bool(parent) and not _alike(parent, entry.level1)


def _move_borders(groups: Sequence[_Group]) -> None:
    """Move rows that stand before their label into its group, where the printed points of both groups then hold."""
    for before, after in pairwise(groups):
        if before.points is None or before.weight() in (None, before.points):
            continue
        for at in range(1, len(before.entries)):
            moved = before.entries[at:]
            if _sum(before.entries[:at]) == before.points and after.points == _sum([*moved, *after.entries]):
                before.entries, after.entries = before.entries[:at], [*moved, *after.entries]
                break


def _first_levels(groups: Sequence[_Group], words: Words) -> None:
    """Give every group its first level: the printed one, the one before it, or the usual one."""
    last = ""
    for at, group in enumerate(groups):
        if not group.level1:
            parent = words.parent_of(group.label)
            follows = last and (not parent or _alike(parent, last))
            coming = next((g.level1 for g in groups[at + 1 :] if g.level1), "")
            early = parent and _alike(parent, coming)
            group.level1 = last if follows else coming if early else parent or last
        last = group.level1


def _printed(group: _Group) -> Iterator[tuple[str, str, int | None]]:
    first = next((e.points1 for e in group.entries if e.points1 is not None), None)
    yield group.level1, "", first
    if group.label:
        yield group.level1, group.label, group.points


def _indicator(entry: Entry, group: _Group) -> Indicator:
    return Indicator(
        level1=group.level1,
        level2=group.label,
        name=entry.name,
        unit=entry.unit,
        weight=entry.weight,
        target=entry.target,
        actual=entry.actual,
        score=entry.score,
        remark=entry.remark,
        goal=entry.goal,
    )


def _same(one: str, other: str) -> bool:
    return bare_words(one) == bare_words(other)


def _alike(one: str, other: str) -> bool:
    """Tell whether two first levels are the same, 指标 or not."""
    return bool(one and other) and bare_words(one).removesuffix("指标") == bare_words(other).removesuffix("指标")
