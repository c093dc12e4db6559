"""What differs between two versions of a report, in the same terms as the history: places with was and now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.store.journal import Change


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that differs, in printed order, and how many amounts are the same in both."""

    changes: tuple[Change, ...]
    same: int

    def count(self, *kinds: str) -> int:
        """Return how many differences are of these kinds."""
        return sum(c.kind in kinds for c in self.changes)


def differences(before: Report, after: Report) -> Differences:
    """Compare everything in two versions: head, settings, grains, rows and amounts of every form, contents.

    Whether an amount is automatic does not matter. Both may follow different templates; forms are compared by id.
    """
    found = [*_head(before, after)]
    same = 0
    for form_id in _forms(before, after):
        found += _rows(before, after, form_id)
        for cell in _cells(before, after, form_id):
            was, now = before.amounts.get(cell), after.amounts.get(cell)
            if was != now:
                auto = (cell in before.auto, cell in after.auto)
                found.append(Change("cell", *cell, was, now, *auto))
            else:
                same += now is not None
    for key in sorted(before.fields.keys() | after.fields.keys()):
        old, new = before.fields.get(key), after.fields.get(key)
        if old != new:
            found.append(Change("field", "", key, "", old, new))
    return Differences(tuple(found), same)


def _head(before: Report, after: Report) -> Iterator[Change]:
    heads = (
        ("template", before.template.id, after.template.id),
        ("department", before.department, after.department),
        ("year", before.year, after.year),
    )
    for key, was, now in heads:
        if was != now:
            yield Change("head", "", key, "", was, now)
    for key in sorted(before.settings.keys() | after.settings.keys()):
        off, on = before.settings.get(key, False), after.settings.get(key, False)
        if off != on:
            yield Change("setting", "", key, "", int(off), int(on))
    for form_id in _forms(before, after):
        if before.template.has_form(form_id) and after.template.has_form(form_id):
            coarse, fine = before.grain(form_id), after.grain(form_id)
            if coarse != fine:
                yield Change("grain", form_id, "", "", coarse, fine)


def _forms(before: Report, after: Report) -> list[str]:
    """Return the forms of both, those of the later version first and in its order."""
    used = {f for r in (before, after) for f in (*r.rows, *(c.form for c in r.amounts))}
    known = [*after.form_ids(), *before.form_ids()]
    return [*dict.fromkeys(f for f in known if f in used), *sorted(used - set(known))]


def _rows(before: Report, after: Report, form_id: str) -> Iterator[Change]:
    old = _names(before, form_id)
    new = _names(after, form_id)
    for row in dict.fromkeys([*new, *old]):
        if old.get(row) != new.get(row):
            yield Change("row", form_id, row, "", old.get(row), new.get(row))
    kept = [r for r in old if r in new]
    if kept != [r for r in new if r in old]:
        yield Change("order", form_id, "", "", None, None)


def _names(report: Report, form_id: str) -> dict[str, str]:
    rows = report.rows.get(form_id)
    return {row: rows.name(row) for row in rows} if rows is not None else {}


def _cells(before: Report, after: Report, form_id: str) -> list[Cell]:
    """Return every cell that either version fills, in printed order, those without a printed place at the end."""
    printed: dict[Cell, None] = {}
    for report in (after, before):
        if report.template.has_form(form_id):
            printed.update(dict.fromkeys(report.cells(report.template.form(form_id), form_id)))
    filled = {c for r in (before, after) for c in r.amounts if c.form == form_id}
    return [*(c for c in printed if c in filled), *sorted(filled - printed.keys())]
