"""Slips that touch whole rows or forms: a row that stands twice, rows exchanged, a form in 元 among those in 万元."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from desktopapp.core.amount import Amount, round_to
from desktopapp.core.evidence import Facts, Scene
from desktopapp.core.levels import base
from desktopapp.core.localise import EVENT, Search
from desktopapp.core.moves import Move
from desktopapp.core.relations import Relation
from desktopapp.core.slips import Cost
from desktopapp.core.template import LAST, Cell

_DOUBLED_ROW = 30
#: A row that says once more what another row of the same code says is a slip by itself, whatever the sums say.
_REPEATED_ROW = -250
_SURPLUS_ROW = 80
_EXCHANGED_ROWS = 70
_UNIT = 40
_FACTOR = 10_000
#: Larger forms would take too long to judge while somebody types.
_MOST_CELLS = 4000
_FEWEST_RELATIONS = 3


def whole_moves(scene: Scene, search: Search) -> list[Move]:
    """Return the moves of whole rows and forms that repair violated relations and break none."""
    return [*_superfluous_rows(scene), *_exchanged_rows(scene, search), *_other_units(scene)]


def _judged(scene: Scene, kind: str, changes: Mapping[Cell, Amount], cost: Cost, why: str) -> Iterator[Move]:
    effect = scene.effect(changes)
    if effect.repaired and not effect.broken:
        yield Move(kind, tuple(changes.items()), effect.repaired, EVENT + cost + effect.soft, why)


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _superfluous_rows(scene: Scene) -> Iterator[Move]:
    """Yield rows whose amounts are exactly what the sums above them have too much, in more than one column."""
    sums: dict[tuple[str, str], dict[str, Facts]] = {}
    for facts in scene.bad.values():
        target = facts.relation.target
        if facts.relation.kind == "hierarchy" and target is not None:
            sums.setdefault((target.form, target.row), {})[target.col] = facts
    for (form_id, _), columns in sums.items():
        first = next(iter(columns.values())).relation
        rows = dict.fromkeys(c.row for _, c in first.terms[1:])
        doubled = any("#" in row for row in rows)
        if len(columns) < 2 and not doubled:
            continue
        for row in rows:
            if all(_surplus(scene, f, row) for f in columns.values()):
                twins = [other for other in rows if base(row) == base(other) and row != other]
                if any(_same(scene, form_id, row, other) for other in twins):
                    if "#" not in row:
                        # Either may go; the later one is what came in twice.
                        continue
                    cost = _REPEATED_ROW
                else:
                    cost = _DOUBLED_ROW if twins else _SURPLUS_ROW
                why = "这一行的编码出现两次，疑似重复" if twins else "合计恰好不含这一行，疑似多列或漏加"
                yield from _judged(scene, "row", _emptied(scene, form_id, row), cost, why)


def _same(scene: Scene, form_id: str, row: str, other: str) -> bool:
    """Tell whether two rows hold the same amounts."""
    columns = [c.key for c in scene.report.template.form(form_id).columns]
    get = scene.report.amounts.get
    return all(get(Cell(form_id, row, c)) == get(Cell(form_id, other, c)) for c in columns)


def _surplus(scene: Scene, facts: Facts, row: str) -> bool:
    """Tell whether a sum would hold without a row below it."""
    target = facts.relation.target
    held = scene.report.amounts.get(Cell(target.form, row, target.col)) if target is not None else None
    return held is not None and abs(facts.residual + held) <= facts.tolerance


def _emptied(scene: Scene, form_id: str, row: str) -> dict[Cell, Amount]:
    """Return the changes that empty a row and, unless its code occurs twice, everything below it."""
    rows = {row}
    if "#" not in row:
        code = base(row)
        rows |= {r for r in scene.report.rows_of(form_id) if r.startswith(code) and len(base(r)) > len(code)}
    form = scene.report.template.form(form_id)
    cells = (Cell(form_id, r, c.key) for r in sorted(rows) for c in form.columns_of(r))
    return {c: None for c in cells if c in scene.report.amounts}


def _exchanged_rows(scene: Scene, search: Search) -> Iterator[Move]:
    """Yield neighbouring rows that hold each other's amounts in all columns: their own sums hold, those above do not.

    That leaves sums that no single cell repairs.

    One of them may be empty: then the amounts stand one row too low or too high.
    """
    seen: dict[tuple[str, str], list[tuple[int, Facts]]] = {}
    for name, facts in scene.bad.items():
        if facts.relation.kind == "hierarchy" and not search.candidates(name):
            for sign, cell in facts.relation.terms:
                seen.setdefault((cell.form, cell.row), []).append((sign, facts))
    tried: set[frozenset[str]] = set()
    for (form_id, row), links in seen.items():
        first = scene.report.template.form(form_id).columns[0].key
        for step in (-1, 1):
            beside = scene.around.below(Cell(form_id, row, first), step)
            if beside is None or frozenset((form_id, row, beside.row)) in tried:
                continue
            tried.add(frozenset((form_id, row, beside.row)))
            changes = _swapped(scene, form_id, row, beside.row)
            if len(changes) > 2 and all(_would_hold(scene, s, f, row, changes) for s, f in links):
                yield from _judged(scene, "row", changes, _EXCHANGED_ROWS, "相邻两行的金额疑似整行互相填错")


def _swapped(scene: Scene, form_id: str, row: str, other: str) -> dict[Cell, Amount]:
    """Return the changes that exchange two rows where they differ; none when one of them computes itself."""
    amounts = scene.report.amounts
    changes: dict[Cell, Amount] = {}
    for column in scene.report.template.form(form_id).columns:
        own, there = Cell(form_id, row, column.key), Cell(form_id, other, column.key)
        if own in scene.report.auto or there in scene.report.auto:
            return {}
        if amounts.get(own) != amounts.get(there):
            changes[own], changes[there] = amounts.get(there), amounts.get(own)
    return changes


def _would_hold(scene: Scene, sign: int, facts: Facts, row: str, changes: Mapping[Cell, Amount]) -> bool:
    """Tell quickly whether a sum would hold with two rows exchanged; of a sum and its part, leave it to the trial."""
    touched = [c for _, c in facts.relation.terms if c in changes]
    if len(touched) != 1 or touched[0].row != row:
        return facts.relation.target in touched
    delta = (changes[touched[0]] or 0) - scene.report.amounts.get(touched[0], 0)
    return abs(facts.residual + sign * delta) <= facts.tolerance + scene.half(touched[0])


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _other_units(scene: Scene) -> Iterator[Move]:
    """Yield forms all of whose amounts are 10,000 times too large or too small beside the other forms."""
    between = [f.relation for f in scene.bad.values() if len(f.relation.forms) > 1]
    if len(between) < _FEWEST_RELATIONS:
        return
    for form_id in sorted(frozenset.intersection(*(r.forms for r in between))):
        held = {c: a for c, a in scene.report.amounts.items() if c.form == form_id and c not in scene.report.auto}
        if form_id.startswith(LAST) or not 0 < len(held) <= _MOST_CELLS:
            continue
        grain = scene.report.grain(form_id)
        for larger in (True, False):
            if _agree(scene, between, form_id, larger):
                right = {c: round_to(a // _FACTOR, grain) if larger else a * _FACTOR for c, a in held.items()}
                why = "整张表疑似以元为单位填列，应换算为万元" if larger else "整张表疑似多换算了一次单位，应乘以一万"
                changes: dict[Cell, Amount] = {c: a or None for c, a in right.items()}
                yield from _judged(scene, "form", changes, _UNIT, why)


def _agree(scene: Scene, between: list[Relation], form_id: str, larger: bool) -> bool:
    """Tell whether both sides of most relations with another form lie 10,000 apart."""
    count = 0
    for relation in between:
        own = other = 0
        for sign, cell in relation.terms:
            amount = sign * scene.report.amounts.get(cell, 0)
            own, other = (own + amount, other) if cell.form == form_id else (own, other + amount)
        large, small = (abs(own), abs(other)) if larger else (abs(other), abs(own))
        # Rounding leaves little of a small amount; half a per cent is far from any other factor of ten.
        count += abs(large - small * _FACTOR) * 200 <= large + 200 * _FACTOR * _FACTOR
    return 2 * count > len(between)
