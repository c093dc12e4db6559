"""A report whose totals were left blank, made whole: the sums that its relations state."""

from __future__ import annotations

from desktopapp.core.commands import SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.template import Cell


def whole_copy(report: Report) -> tuple[Report, tuple[Cell, ...]]:
    """Return a copy in which totals that were left blank are filled, and those totals; rows and fields are shared."""
    copy = Report(
        template=report.template,
        year=report.year,
        department=report.department,
        amounts=dict(report.amounts),
        rows=report.rows,
        grains=dict(report.grains),
        settings=dict(report.settings),
        fields=report.fields,
    )
    engine = Engine(copy, rule_book(copy.template))
    targets = (r.target for r in engine.checker.relations())
    blank = tuple(dict.fromkeys(t for t in targets if t is not None and engine.checker.blank_total(t)))
    if blank:
        engine.apply(SetCells(tuple((cell, None, True) for cell in blank)))
    return copy, blank
