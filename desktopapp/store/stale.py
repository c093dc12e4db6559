"""Automatic cells that do not show what their relation states."""

from __future__ import annotations

from desktopapp.core.amount import round_to
from desktopapp.core.engine import Engine
from desktopapp.core.template import Cell


def stale_cells(engine: Engine) -> list[Cell]:
    """Return the automatic cells whose relation states another amount, as after an update of the template."""
    report, found = engine.report, []
    for cell in report.auto:
        follows = engine.checker.follows(cell)
        if follows is None:
            continue
        residual, sign = follows
        amount = report.amounts.get(cell, 0)
        if round_to(amount - sign * residual, report.grain(cell.form)) != amount:
            found.append(cell)
    return sorted(found)
