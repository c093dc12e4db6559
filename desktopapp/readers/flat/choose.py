"""Chooses the template that a text follows best: line numbers, order of forms, codes printed, year."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from desktopapp.core.template import Shape, Template
from desktopapp.readers.reading import FormReading

#: Headings of columns that tell templates apart, by key of the column.
_TELLING = {"opening": "年初", "closing": "年末"}


def choose_template(readings: Sequence[FormReading], templates: Sequence[Template], year: int | None) -> Template:
    """Return the template that agrees best with what was read; ties go to the one nearest in years, newest last."""
    return max(templates, key=lambda t: (round(fit(readings, t), 6), -_distance(t, year), t.year))


def fit(readings: Sequence[FormReading], template: Template) -> float:
    """Return how well readings agree with a template: about 0 for none, 4 at best."""
    numbers = _share(_numbers(readings, template))
    codes = _share(_codes(readings, template))
    order = [f.id for f in template.forms]
    found = [r.form for r in readings if r.form in order]
    places = [order.index(f) for f in found]
    in_order = _share([a < b for a, b in pairwise(places)])
    return 1.5 * numbers + 0.5 * codes + in_order + _share(_columns(readings, template)) - 2 * _lost(readings, template)


def _columns(readings: Sequence[FormReading], template: Template) -> list[bool]:
    """Tell for every heading that other templates print too whether header and template both have it, or neither."""
    agreed = []
    for reading in readings:
        if reading.head and template.has_form(reading.form) and template.form(reading.form).shape is Shape.CODES:
            keys = {c.key for c in template.form(reading.form).columns}
            agreed += [(key in keys) == (word in reading.head) for key, word in _TELLING.items()]
    return agreed


def _lost(readings: Sequence[FormReading], template: Template) -> float:
    """Return the share of lines with amounts that the template does not have."""
    lines = [
        template.form(r.form).line(row.row) is not None
        for r in readings
        if template.has_form(r.form) and template.form(r.form).shape is Shape.TWO_SIDED
        for row in r.rows
        if any(n.digits for n in (*row.loose, *row.placed.values()))
    ]
    return 1 - _share(lines) if lines else 0.0


def _numbers(readings: Sequence[FormReading], template: Template) -> list[bool]:
    """Tell for every line read whether the template prints it with the same number."""
    agreed = []
    for reading in readings:
        if not template.has_form(reading.form):
            continue
        form = template.form(reading.form)
        for row in reading.rows if form.shape is Shape.TWO_SIDED else ():
            line = form.line(row.row)
            printed = line.no if line is not None and form.prints_line_numbers else None
            agreed.append(line is not None and printed == reading.line_numbers.get(row.row))
    return agreed


def _codes(readings: Sequence[FormReading], template: Template) -> list[bool]:
    """Tell for every economic code read or printed whether both have it."""
    for reading in readings:
        if template.has_form(reading.form) and template.form(reading.form).shape is Shape.BLOCKS:
            form = template.form(reading.form)
            printed = {c for b in form.blocks for c, _ in b.rows}
            read = {r.row for r in reading.rows if r.row[0].isdigit()}
            return [c in printed and c in read for c in printed | read]
    return []


def _distance(template: Template, year: int | None) -> int:
    return 0 if year is None else abs(template.year - year)


def _share(agreed: Sequence[bool]) -> float:
    return sum(agreed) / len(agreed) if agreed else 0.0
