"""Compares reports in everything a workbook carries."""

from __future__ import annotations

from typing import Any

from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.template import Form, Shape


def contents(report: Report, *, marked: bool = True) -> dict[str, Any]:
    """Return what a workbook of the published forms holds of a report; ``marked`` adds what only its mark holds."""
    forms = [f for f in report.template.forms if f.published]
    ids = {f.id for f in forms}
    found: dict[str, Any] = {
        "template": report.template.id,
        "year": report.year,
        "department": report.department,
        "amounts": {c: a for c, a in report.amounts.items() if c.form in ids},
        "rows": {f.id: _rows(report, f) for f in forms},
        "grains": {f.id: report.grain(f.id) for f in forms if marked or _has_fine_amounts(report, f.id)},
    }
    if marked:
        found["settings"] = {key for key, on in report.settings.items() if on}
    return found


def _rows(report: Report, form: Form) -> list[tuple[str, str]]:
    """Return keys and names; blocks stand side by side, so only the order within each shows."""
    rows = report.rows_of(form.id)
    listed = [(key, rows.name(key)) for key in rows]
    if form.shape is not Shape.BLOCKS:
        return listed
    blocks = list(form.blocks)

    def block(row: tuple[str, str]) -> int:
        found = form.block_of(base(row[0]))
        return blocks.index(found) if found is not None else -1

    return sorted(listed, key=block)


def _has_fine_amounts(report: Report, form_id: str) -> bool:
    return any(c.form == form_id and a % 10_000 for c, a in report.amounts.items())
