"""Puts recognised forms into a report."""

from __future__ import annotations

from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.levels import base
from desktopapp.core.report import Report, Rows, add_printed_rows
from desktopapp.core.template import Cell, Form, Shape
from desktopapp.readers.grid_found import FoundAmount, RecognisedForm


def put_form(
    report: Report, found: RecognisedForm, form_id: str = "", *, exact: bool = False, only_rows: bool = False
) -> list[tuple[Cell, FoundAmount]]:
    """Put a recognised form into a report and return its cells with their sources.

    ``form_id`` is where it goes ("last.01" for last year's), by default where it belongs. ``exact`` keeps the form in
    分 even when every amount fits 0.01 万元. ``only_rows`` drops printed rows by code that the source does not have.
    """
    form_id = form_id or found.form_id
    form = report.template.form(form_id)
    if form.shape is Shape.CODES:
        rows = report.rows_of(form_id)
        for row in found.rows:
            rows.insert(row.key, row.name, len(rows))
    elif form.shape is Shape.BLOCKS:
        _put_block_rows(report, form, form_id, found, only_rows)
    if exact or found.exact:
        report.grains[form_id] = EXACT_GRAIN
    placed = []
    for amount in found.amounts:
        cell = Cell(form_id, amount.row, amount.col)
        if report.has_cell(cell):
            report.amounts[cell] = amount.fen
            placed.append((cell, amount))
    return placed


def _put_block_rows(report: Report, form: Form, form_id: str, found: RecognisedForm, only_rows: bool) -> None:
    add_printed_rows(report, form, form_id)
    rows = report.rows_of(form_id)
    if only_rows:
        kept = {row.key for row in found.rows}
        for key in list(rows):
            if key not in kept:
                rows.remove(key)
    for row in found.rows:
        if row.key not in rows:
            rows.insert(row.key, row.name, _place_in_block(rows, form, row.key))
        elif row.name:
            rows.rename(row.key, row.name)


def _place_in_block(rows: Rows, form: Form, key: str) -> int:
    """Return where a new code stands: in code order within its own block, whose codes need not follow the others'."""
    block = form.block_of(base(key))
    same = [(i, other) for i, other in enumerate(rows) if form.block_of(base(other)) is block]
    for i, other in same:
        if other > key:
            return i
    return same[-1][0] + 1 if same else len(rows)
