"""Putting rows that came in another order into code order."""

from __future__ import annotations

from desktopapp.core.commands import Batch, Command, DeleteRow, InsertRow, SetCells
from desktopapp.core.report import Report
from desktopapp.core.template import Cell


def sort_rows(report: Report, form_id: str) -> Command | None:
    """Return the command that brings the rows of a form into code order, None when they are."""
    form = report.template.form(form_id)
    rows = list(report.rows_of(form_id))
    wanted = sorted(rows)
    if rows == wanted:
        return None
    names = report.rows_of(form_id)
    steps: list[Command] = [DeleteRow(form_id, r) for r in rows]
    steps += [InsertRow(form_id, r, names.name(r), i, automatic=False) for i, r in enumerate(wanted)]
    kept = tuple(
        (cell, report.get(cell), cell in report.auto)
        for r in rows
        for cell in (Cell(form_id, r, c.key) for c in form.columns)
        if cell in report.amounts or cell in report.auto
    )
    return Batch("按编码排序", (*steps, SetCells(kept)) if kept else tuple(steps))
