"""Labels of lines that are wrapped over several rows of a table without rules, brought together again."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from desktopapp.readers.grid_words import label_keys
from desktopapp.readers.sources.model import Cell as SourceCell

#: A label is wrapped over so many rows at most.
_MOST_ROWS = 4


@dataclass(frozen=True, slots=True)
class SideRow:
    """One grid row of one side: label and line number as printed; ``bare`` rows have neither number nor amount."""

    row: int
    label: str
    keys: tuple[str, ...]
    number: int | None
    cells: tuple[SourceCell, ...]
    bare: bool = False


def join_wrapped(rows: Sequence[SideRow], known: Set[str]) -> list[SideRow]:
    """Return rows with pieces of one label joined where together they are one of the ``known`` labels.

    At most one of the rows has a number or amounts; that one keeps its place.
    """
    joined: list[SideRow] = []
    at = 0
    while at < len(rows):
        found = next((j for j in _attempts(rows, at) if set(j.keys) & known), None) if _open(rows[at], known) else None
        if found is None:
            joined.append(rows[at])
            at += 1
            continue
        joined.append(found)
        at += next(n for n in range(1, _MOST_ROWS + 1) if rows[at + n - 1].cells[-1:] == found.cells[-1:])
    return joined


def _open(row: SideRow, known: Set[str]) -> bool:
    return bool(row.label) and not set(row.keys) & known


def _attempts(rows: Sequence[SideRow], at: int) -> list[SideRow]:
    """Return what 2, 3 … rows from ``at`` on make together."""
    attempts = []
    for n in range(2, _MOST_ROWS + 1):
        group = rows[at : at + n]
        full = [r for r in group if not r.bare]
        if len(group) < n or len(full) > 1 or not group[-1].cells:
            continue
        label = "".join(r.label for r in group)
        place = full[0] if full else group[0]
        cells = tuple(c for r in group for c in r.cells)
        attempts.append(replace(place, label=label, keys=label_keys(label), cells=cells))
    return attempts
