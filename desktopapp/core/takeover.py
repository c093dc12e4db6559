"""Brings the amounts of one report into another: what differs, and the one command that takes over what was chosen.

Both reports may follow different templates: forms, lines and columns are compared by their keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum

from desktopapp.core.amount import EXACT_GRAIN, Amount
from desktopapp.core.commands import Batch, Command, InsertRow, SetCells, SetGrain
from desktopapp.core.engine import Engine
from desktopapp.core.levels import base
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report, add_printed_rows
from desktopapp.core.template import LAST, Cell


class Mode(Enum):
    """How much of the other report is taken over."""

    OVERWRITE = "覆盖"
    ONLY_EMPTY = "只填空单元格"
    CHOSEN = "逐格比较选择"


@dataclass(frozen=True, slots=True)
class Difference:
    """One amount that differs: in 分, None where it is empty. ``new_row`` tells that the report lacks its row."""

    cell: Cell
    now: Amount
    incoming: Amount
    name: str = ""
    new_row: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences in printed order, how many amounts agree, and the amounts that have no place in the report."""

    differences: tuple[Difference, ...]
    same: int
    homeless: tuple[Cell, ...]

    def chosen(self, mode: Mode) -> tuple[Difference, ...]:
        """Return what a mode takes over without being asked cell by cell."""
        if mode is Mode.OVERWRITE:
            return self.differences
        if mode is Mode.ONLY_EMPTY:
            return tuple(d for d in self.differences if d.now is None)
        return ()


def compare(report: Report, other: Report, forms: Collection[str] | None = None) -> Comparison:
    """Compare the amounts of two reports, in the forms given or in all that the other one fills."""
    wanted = {c.form for c in other.amounts} if forms is None else set(forms)
    found: list[Difference] = []
    same, homeless = 0, []
    for form_id in _in_order(other, wanted):
        if not report.template.has_form(form_id):
            homeless += [c for c in other.amounts if c.form == form_id]
            continue
        for cell in _cells(report, other, form_id):
            now, incoming = report.get(cell), other.get(cell)
            if now == incoming:
                same += now is not None
            elif report.has_cell(cell):
                found.append(Difference(cell, now, incoming))
            elif (name := _row_to_add(report, other, cell)) is not None:
                found.append(Difference(cell, now, incoming, name, new_row=True))
            else:
                homeless.append(cell)
    return Comparison(tuple(found), same, tuple(homeless))


def take_over(
    report: Report, other: Report, chosen: Sequence[Difference], label: str, whole: Collection[str] = ()
) -> Batch | None:
    """Return the one step that gives the chosen cells the other report's amounts, None when nothing would change.

    Rows that are missing are added. A cell that follows a relation goes on following it where the relation states the
    very amount that is taken over; otherwise the amount is typed over it, so that the difference becomes a finding.
    ``whole`` are forms taken over as a whole: there this holds for every automatic cell, also where both reports agree
    now and the new amounts would make it differ, as rounding does.
    """
    if not chosen:
        return None
    commands: list[Command] = [*_grains(report, chosen), *_new_rows(report, chosen)]
    trial = Engine(_copy(report), rule_book(report.template))
    trial.apply(Batch("", tuple(commands)))
    cells = {d.cell for d in chosen}
    followers = [d for d in chosen if d.cell in report.auto]
    followers += [
        Difference(c, report.get(c), other.get(c)) for c in sorted(report.auto - cells) if c.form in set(whole)
    ]
    followers += [d for d in chosen if d.new_row and trial.checker.definer(d.cell) is not None]
    fresh = SetCells(tuple((d.cell, None, True) for d in followers if d.new_row))
    if fresh.entries:
        trial.apply(fresh)
        commands.append(fresh)
    kept = {d.cell for d in followers}
    typed = [d for d in chosen if d.cell not in kept]
    # An amount typed over a total changes what follows it; every further round settles at least one more cell.
    while typed:
        step = SetCells(tuple((d.cell, d.incoming, False) for d in typed))
        trial.apply(step)
        commands.append(step)
        kept.difference_update(d.cell for d in typed)
        followers = [d for d in followers if d.cell in kept]
        typed = [d for d in followers if trial.report.get(d.cell) != d.incoming]
    return Batch(label, tuple(commands)) if commands else None


def _in_order(other: Report, wanted: set[str]) -> list[str]:
    order = {f.id: i for i, f in enumerate(other.template.forms)}
    return sorted(wanted, key=lambda f: (f not in order, order.get(f, 0), f))


def _cells(report: Report, other: Report, form_id: str) -> Iterator[Cell]:
    """Yield the addresses of both reports: those of the other one in its order, then those that only the report has."""
    theirs = list(other.cells(other.template.form(form_id), form_id))
    yield from theirs
    known = set(theirs)
    yield from (c for c in report.cells(report.template.form(form_id), form_id) if c not in known)


def _row_to_add(report: Report, other: Report, cell: Cell) -> str | None:
    """Return the name of the row by code that a cell needs, None where the report cannot have such a cell."""
    form = report.template.form(cell.form)
    rows = other.rows_of(cell.form)
    if not form.has_code_rows or cell.row not in rows or form.column(cell.col) is None:
        return None
    return rows.name(cell.row)


def _grains(report: Report, chosen: Sequence[Difference]) -> Iterator[SetGrain]:
    """Keep a form in 分 when an amount is finer than the form keeps now."""
    forms = dict.fromkeys(d.cell.form for d in chosen if (d.incoming or 0) % report.grain(d.cell.form))
    for form_id in forms:
        yield SetGrain(form_id, EXACT_GRAIN)


def _new_rows(report: Report, chosen: Sequence[Difference]) -> Iterator[InsertRow]:
    """Add rows shortest code first, so that every row finds the one it counts towards."""
    rows = dict.fromkeys((d.cell.form, d.cell.row, d.name) for d in chosen if d.new_row)
    for form_id, row, name in sorted(rows, key=lambda r: (r[0], len(base(r[1])), r[1])):
        yield InsertRow(form_id, row, name, automatic=False)


def _copy(report: Report) -> Report:
    """Return a report of its own with the same contents; the template is shared."""
    return Report(
        report.template,
        report.year,
        report.department,
        dict(report.amounts),
        set(report.auto),
        deepcopy(report.rows),
        dict(report.grains),
        dict(report.settings),
        dict(report.fields),
    )


def without_forms(report: Report, left_out: Collection[str]) -> Report:
    """Return a report like the given one in which some forms are as empty as in a new report."""
    found = _copy(report)
    gone = set(left_out)
    found.amounts = {c: a for c, a in found.amounts.items() if c.form not in gone}
    found.auto = {c for c in found.auto if c.form not in gone}
    for form_id in gone:
        found.rows.pop(form_id, None)
        found.grains.pop(form_id, None)
        if not form_id.startswith(LAST):
            add_printed_rows(found, found.template.form(form_id), form_id)
    return found
