"""Terms of relations resolved against a template: which cells a term stands for, for each key of its relation.

A template fixes nearly everything about its forms, so that a term is resolved once: only the rows by code differ from
report to report. There are three kinds of slots:

- ``Fixed``: the same cells for every key, ``01.general..other``;
- ``Keyed``: cells of printed lines that the key chooses, ``01.{class}``, ``04.expense_total.{column}``;
- ``Floating``: the row by code that the key names, ``03.{code}.total``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktopapp.core.notation import Term
from desktopapp.core.report import Report
from desktopapp.core.template import SINGLE_ROW, Cell, Form, Shape, Template


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same cells whatever the key; ``floating``: in rows by code, which may be missing."""

    sign: int
    form: str
    located: tuple[Cell, ...]
    floating: bool = False

    @property
    def empty(self) -> bool:
        """Tell whether the template has no such cell."""
        return not self.located

    def cells(self, key: str) -> tuple[Cell, ...]:
        """Return the cells for a key, wherever they are."""
        return self.located

    def rows_named(self, form_id: str) -> frozenset[str]:
        """Return the rows by code of a form that the term names literally."""
        named = self.located if self.floating and self.form == form_id else ()
        return frozenset(c.row for c in named if c.row.isdigit())

    def turned(self) -> Fixed:
        """Return the same with the other sign."""
        return replace(self, sign=-self.sign)


@dataclass(frozen=True, slots=True)
class Keyed:
    """Cells that the key chooses among those the template prints."""

    sign: int
    form: str
    by_key: dict[str, tuple[Cell, ...]]
    floating: bool = False

    @property
    def empty(self) -> bool:
        """Tell whether the template has no such cell for any key."""
        return not self.by_key

    def cells(self, key: str) -> tuple[Cell, ...]:
        """Return the cells for a key, wherever they are."""
        return self.by_key.get(key, ())

    def rows_named(self, form_id: str) -> frozenset[str]:
        """Return the rows by code of a form that the term names literally."""
        named = self.by_key.values() if self.floating and self.form == form_id else ()
        return frozenset(c.row for cells in named for c in cells if c.row.isdigit())

    def turned(self) -> Keyed:
        """Return the same with the other sign."""
        return replace(self, sign=-self.sign)


@dataclass(frozen=True, slots=True)
class Floating:
    """Columns of the row by code that the key names."""

    sign: int
    form: str
    columns: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Tell whether the template has no such column."""
        return not self.columns

    def cells(self, key: str) -> tuple[Cell, ...]:
        """Return the cells for a key, wherever they are."""
        return tuple(Cell(self.form, key, column) for column in self.columns)

    def rows_named(self, form_id: str) -> frozenset[str]:
        """Return the rows by code of a form that the term names literally."""
        return frozenset()

    def turned(self) -> Floating:
        """Return the same with the other sign."""
        return replace(self, sign=-self.sign)


Slot = Fixed | Keyed | Floating


def make_slots(terms: Iterable[Term], template: Template) -> tuple[Slot, ...]:
    """Return the terms resolved against a template; a term that it has no place for is empty."""
    return tuple(_make_slot(t, template) for t in terms)


def _make_slot(term: Term, template: Template) -> Slot:
    if not template.has_form(term.form):
        return Fixed(term.sign, term.form, ())
    form = template.form(term.form)
    if term.row_is_key:
        if form.has_code_rows:
            return Floating(term.sign, term.form, _columns(form, "", term))
        rows = [ln.key for s in form.sides for ln in s.lines if not ln.blank] if form.sides else [SINGLE_ROW]
        chosen = {row: _cells(form, term, (row,)) for row in rows}
        return Keyed(term.sign, term.form, {row: cells for row, cells in chosen.items() if cells})
    rows = list(_rows(form, term))
    if term.col_is_key:
        by_column: dict[str, list[Cell]] = {}
        for row in rows:
            for column in form.columns_of(row):
                by_column.setdefault(column.key, []).append(Cell(term.form, row, column.key))
        return Keyed(term.sign, term.form, {k: tuple(v) for k, v in by_column.items()}, form.has_code_rows)
    return Fixed(term.sign, term.form, _cells(form, term, rows), form.has_code_rows)


def _rows(form: Form, term: Term) -> Sequence[str]:
    """Return the rows that a term names literally and that the form can have."""
    if term.row == "@classes":
        return [ln.key for s in form.sides for ln in s.lines if ln.is_class]
    if term.row_to:
        side = form.side_of(term.row)
        keys = [ln.key for ln in side.lines if not ln.blank] if side else []
        if term.row not in keys or term.row_to not in keys:
            return []
        return keys[keys.index(term.row) : keys.index(term.row_to) + 1]
    if form.has_code_rows:
        return [term.row] if term.row.isdigit() or form.is_total_row(term.row) else []
    known = bool(form.columns_of(term.row)) if form.shape is Shape.TWO_SIDED else term.row == SINGLE_ROW
    return [term.row] if known else []


def _cells(form: Form, term: Term, rows: Iterable[str]) -> tuple[Cell, ...]:
    return tuple(Cell(term.form, row, column) for row in rows for column in _columns(form, row, term))


def _columns(form: Form, row: str, term: Term) -> tuple[str, ...]:
    """Return the columns of a row that a term names; without any, the only one there is."""
    columns = [c.key for c in form.columns_of(row)] if form.shape is Shape.TWO_SIDED else [c.key for c in form.columns]
    if not term.col:
        return tuple(columns) if len(columns) == 1 else ()
    if not term.col_to:
        return (term.col,) if term.col in columns else ()
    if term.col not in columns or term.col_to not in columns:
        return ()
    return tuple(columns[columns.index(term.col) : columns.index(term.col_to) + 1])


def slot_cells(slots: Iterable[Slot], report: Report, key: str) -> Iterator[tuple[int, Cell]]:
    """Yield (sign, cell) of the cells that the report has."""
    for slot in slots:
        if isinstance(slot, Floating):
            if report.has_row(report.template.form(slot.form), slot.form, key):
                for column in slot.columns:
                    yield slot.sign, Cell(slot.form, key, column)
            continue
        for cell in slot.cells(key):
            if not slot.floating or report.has_row(report.template.form(slot.form), slot.form, cell.row):
                yield slot.sign, cell


def slots_sum(slots: Iterable[Slot], amounts: Mapping[Any, int], key: str) -> int:
    """Return the signed sum of the amounts in 分 that the slots hold for a key."""
    total = 0
    for slot in slots:
        if isinstance(slot, Floating):
            # Plain tuples are equal to cells and far cheaper to make.
            found = [amounts.get((slot.form, key, column), 0) for column in slot.columns]
        else:
            found = [amounts.get(cell, 0) for cell in slot.cells(key)]
        total += sum(found) if slot.sign > 0 else -sum(found)
    return total


def floating_sums(
    places: Sequence[tuple[int, str, str]], amounts: Mapping[Any, int], keys: Iterable[str]
) -> dict[str, int]:
    """Return for each key the signed sum in 分 of (sign, form, column), where it is not 0."""
    sums: dict[str, int] = {}
    get = amounts.get
    for key in keys:
        total = 0
        for sign, form, column in places:
            amount = get((form, key, column))
            if amount:
                total += amount if sign > 0 else -amount
        if total:
            sums[key] = total
    return sums


def slots_filled(slots: Iterable[Slot], amounts: Mapping[Any, int], key: str, weights: Mapping[str, int]) -> int:
    """Return the sum, over the cells that are filled in, of the weights of their forms."""
    total = 0
    for slot in slots:
        weight = weights[slot.form]
        if not weight:
            continue
        if isinstance(slot, Floating):
            total += weight * sum((slot.form, key, column) in amounts for column in slot.columns)
        else:
            total += weight * sum(cell in amounts for cell in slot.cells(key))
    return total


def single_cell(slot: Slot, key: str) -> Cell | None:
    """Return the cell of a slot that holds exactly one for a key."""
    cells = slot.cells(key)
    return cells[0] if len(cells) == 1 else None
