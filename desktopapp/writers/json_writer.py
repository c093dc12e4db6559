"""Writes a report as JSON: every printed line and row, amounts as decimal strings in 万元, empty cells absent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from desktopapp.core.amount import plain_wan
from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell, Column, Form, Line, Shape, Side


def report_json(report: Report) -> dict[str, Any]:
    """Return a report as plain values.

    Keys of ``values`` are the printed column numbers (栏次) of the template, ``line`` its printed line numbers (行次);
    where a template prints none, the numbers it declares stand. Forms that are not published come along when filled.
    """
    forms = {}
    for form in report.template.forms:
        if form.published or any(c.form == form.id for c in report.amounts):
            forms[form.id] = _form_json(report, form)
    result: dict[str, Any] = {
        "template": report.template.id,
        "year": report.year,
        "unit_name": report.department,
        "money_unit": "万元",
        "forms": forms,
    }
    settings = {k: v for k, v in report.settings.items() if v}
    if settings:
        result["settings"] = settings
    return result


def report_json_text(report: Report) -> str:
    """Return ``report_json`` as text with one value a line, ending in a line feed."""
    return json.dumps(report_json(report), ensure_ascii=False, indent=1) + "\n"


def _form_json(report: Report, form: Form) -> dict[str, Any]:
    if form.shape is Shape.TWO_SIDED:
        return {"lines": _lines(report, form)}
    if form.shape is Shape.SINGLE:
        return {"values": _values(report, form, SINGLE_ROW, form.columns)}
    rows = report.rows_of(form.id)
    if form.shape is Shape.CODES:
        return {
            "rows": [
                {"code": base(r), "name": rows.name(r), "values": _values(report, form, r, form.columns)} for r in rows
            ],
            "total": _values(report, form, TOTAL_ROW, form.columns),
        }
    body: dict[str, Any] = {"rows": [_block_row(report, form, r) for r in sorted(rows)]}
    for total in form.totals():
        amount = report.get(Cell(form.id, total.key, form.columns[0].key))
        if amount is not None:
            body[f"{total.key}_total"] = plain_wan(amount)
    return body


def _lines(report: Report, form: Form) -> list[dict[str, Any]]:
    """Return the lines of both sides in turn, as they stand beside each other in print."""
    found: list[dict[str, Any]] = []
    for beside in zip_longest(*(s.lines for s in form.sides)):
        for side, line in zip(form.sides, beside, strict=True):
            if line is not None:
                found.append(_line(report, form, side, line))
    return found


def _line(report: Report, form: Form, side: Side, line: Line) -> dict[str, Any]:
    values = {} if line.blank else _values(report, form, line.key, form.columns_of(line.key))
    return {"side": side.key, "line": line.no, "label": line.label, "values": values}


def _block_row(report: Report, form: Form, row: str) -> dict[str, Any]:
    found = {"code": base(row), "name": report.rows_of(form.id).name(row)}
    amount = report.get(Cell(form.id, row, form.columns[0].key))
    return found if amount is None else {**found, "value": plain_wan(amount)}


def _values(report: Report, form: Form, row: str, columns: Sequence[Column]) -> dict[str, str]:
    found = {}
    for column in columns:
        amount = report.get(Cell(form.id, row, column.key))
        if amount is not None:
            found[column.key if column.no is None else str(column.no)] = plain_wan(amount)
    return found
