"""The one command that carries a merge out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.commands import (
    Batch,
    Command,
    DeleteRow,
    InsertRow,
    RenameRow,
    SetCells,
    SetField,
    SetGrain,
    SetHead,
    SetSetting,
)
from desktopapp.core.levels import base as code_of
from desktopapp.core.merging import Item, Merge, Place, Side, WholeRow
from desktopapp.core.merging_values import ABSENT, UNKNOWN, Leaf, merge_value
from desktopapp.core.report import Report
from desktopapp.core.template import Cell

Choices = Mapping[Place, Side]


def choices_of(merge: Merge, prefer: Side | None = None) -> dict[Place, Side]:
    """Return what is taken unasked; conflicts go to ``prefer``, or stay open without it."""
    chosen = {i.place: i.preset or prefer for i in merge.items}
    return {place: side for place, side in chosen.items() if side is not None}


def merge_steps(
    base: Report | None, mine: Report, theirs: Report, merge: Merge, choices: Choices, label: str
) -> Batch | None:
    """Return the one step that takes what was chosen, None when nothing would change; open conflicts stay as mine."""
    taken = [i for i in merge.items if choices.get(i.place, Side.MINE) is not Side.MINE]
    by_kind: dict[str, list[Item]] = {}
    for item in taken:
        by_kind.setdefault(item.place.kind, []).append(item)
    commands: list[Command] = [*_head(mine, by_kind.get("head", []))]
    commands += [SetSetting(i.place.row, i.theirs) for i in by_kind.get("setting", [])]
    entries = list(_entries(by_kind))
    grains = {i.place.form: i.theirs for i in by_kind.get("grain", [])}
    commands += _finer(mine, grains, entries)
    commands += _rows(by_kind.get("row", []))
    commands += [RenameRow(i.place.form, i.place.row, i.theirs) for i in by_kind.get("name", [])]
    if entries:
        commands.append(SetCells(tuple(entries)))
    commands += _coarser(mine, theirs, grains, entries)
    commands += _fields(base, mine, theirs, by_kind.get("field", []), choices)
    return Batch(label, tuple(commands)) if commands else None


def _head(mine: Report, items: list[Item]) -> Iterator[SetHead]:
    if items:
        found = {i.place.row: i.theirs for i in items}
        yield SetHead(found.get("department", mine.department), found.get("year", mine.year))


def _entries(by_kind: Mapping[str, list[Item]]) -> Iterator[tuple[Cell, int | None, bool]]:
    for item in by_kind.get("cell", []):
        yield Cell(*item.place[1:4]), *item.theirs
    for item in by_kind.get("row", []):
        if isinstance(item.theirs, WholeRow):
            for col, held in item.theirs.cells:
                yield Cell(item.place.form, item.place.row, col), *held


def _rows(items: list[Item]) -> Iterator[Command]:
    """Take rows out longest code first and add them shortest first, so that each finds the one it counts towards."""
    length = {i.place: len(code_of(i.place.row)) for i in items}
    for item in sorted(items, key=lambda i: -length[i.place]):
        if item.theirs is ABSENT:
            yield DeleteRow(item.place.form, item.place.row)
    for item in sorted(items, key=lambda i: length[i.place]):
        if isinstance(item.theirs, WholeRow):
            yield InsertRow(item.place.form, item.place.row, item.theirs.name, automatic=False)


def _finer(mine: Report, grains: Mapping[str, int], entries: list[tuple[Cell, int | None, bool]]) -> Iterator[SetGrain]:
    """Keep forms to the 分 where that was chosen, or where an amount would not fit otherwise."""
    wanted = {f: g for f, g in grains.items() if g < mine.grain(f)}
    for cell, amount, auto in entries:
        if not auto and (amount or 0) % wanted.get(cell.form, mine.grain(cell.form)):
            wanted[cell.form] = EXACT_GRAIN
    return (SetGrain(form, grain) for form, grain in wanted.items())


def _coarser(
    mine: Report, theirs: Report, grains: Mapping[str, int], entries: list[tuple[Cell, int | None, bool]]
) -> Iterator[SetGrain]:
    """Keep forms in 万元 where that was chosen and no amount that stays is finer."""
    for form, grain in grains.items():
        if grain <= mine.grain(form):
            continue
        after = {c: a for c, a in mine.amounts.items() if c.form == form and c not in mine.auto}
        after |= {c: a or 0 for c, a, auto in entries if c.form == form and not auto}
        gone = {c for c, _, auto in entries if auto} | (after.keys() - mine.amounts.keys() - theirs.amounts.keys())
        if not any(a % grain for c, a in after.items() if c not in gone):
            yield SetGrain(form, grain)


def _fields(
    base: Report | None, mine: Report, theirs: Report, items: list[Item], choices: Choices
) -> Iterator[SetField]:
    """Make every field anew of which a part is taken; a choice that was not made leaves the part as it is here."""
    for key in dict.fromkeys(i.place.row for i in items):
        combined = {i.place.path: i.combined for i in items if i.place.row == key}

        def choose(leaf: Leaf, key: str = key, combined: Mapping[Any, str | None] = combined) -> Any:
            side = choices.get(Place("field", "", key, "", leaf.path), Side.MINE)
            if side is Side.BOTH:
                return combined[leaf.path]
            return leaf.theirs if side is Side.THEIRS else leaf.mine

        old = UNKNOWN if base is None else base.fields.get(key, ABSENT)
        value = merge_value(old, mine.fields.get(key, ABSENT), theirs.fields.get(key, ABSENT), choose)
        # A list that nobody has anything in is as good as none.
        yield SetField(key, None if value is ABSENT or value in ([], {}) else value)
