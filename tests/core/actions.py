"""Random commands on reports, and the whole state of a report as plain values."""

from __future__ import annotations

import random
from typing import Any

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.commands import (
    Batch,
    Command,
    DeleteRow,
    InsertRow,
    RenameRow,
    SetCells,
    SetField,
    SetGrain,
    SetHead,
    SetSetting,
)
from desktopapp.core.engine import Engine
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Cell
from tests.generators import exact_report, published_report, the_book, the_template

TEMPLATES = ("hubei-2023", "hubei-2024", "xianning-2023", "shanghai-2024")
#: Codes of every level, some of them known to the reports, some malformed, some doubled.
CODES = ("201", "20103", "2010301", "2010399", "206", "21399", "2139901", "229", "2299901", "30299", "307", "30701")
ODD_CODES = ("2010", "20", "201#2", "20103#2", "2010301#3", "20103010")


def some_engine(rng: random.Random) -> Engine:
    """Return an engine on a report that may be complete, full of gaps or new, typed or automatic."""
    name = rng.choice(TEMPLATES)
    make = rng.choice((exact_report, published_report))
    report = make(rng.randrange(50), the_template(name), rng.choice((12, 25)), last_year=rng.random() < 0.6)
    kind = rng.random()
    if kind < 0.15:
        report.amounts.clear()
    elif kind < 0.4:
        report.amounts = {c: a for c, a in report.amounts.items() if rng.random() < 0.8}
    engine = Engine(report, the_book(name))
    if rng.random() < 0.6:
        share = rng.choice((0.2, 1.0))
        cells = [c for c in sorted(set(engine.computable())) if rng.random() < share]
        engine.apply(SetCells(tuple((c, None, True) for c in cells)))
    return engine


def some_amount(rng: random.Random, grain: int) -> int | None:
    if rng.random() < 0.25:
        return None
    steps = rng.choice((1, 2, 10**6, 10**10 // grain))
    return rng.randrange(1, steps + 1) * grain * rng.choice((1, 1, 1, -1))


def some_command(rng: random.Random, report: Report, depth: int = 0) -> Command:
    """Return a command that may or may not be possible."""
    forms = [*report.form_ids(), LAST + "01", LAST + "04", LAST + "07"]
    form_id = rng.choice(forms)
    form = report.template.form(form_id)
    kind = rng.random()
    if kind < 0.45:
        cells = list(report.cells(form, form_id))
        if form_id == LAST + "07" and not cells:
            cells = [Cell(form_id, "total", "closing")]
        entries = []
        for _ in range(rng.choice((1, 1, 1, 4))):
            cell = rng.choice(cells)
            amount = some_amount(rng, rng.choice((report.grain(form_id), EXACT_GRAIN)))
            entries.append((cell, amount, rng.random() < 0.3))
        return SetCells(tuple(entries))
    if kind < 0.62:
        code = rng.choice(CODES)
        return InsertRow(form_id, code, f"科目{code}", rng.choice((None, None, 0, 3, 99)), rng.random() < 0.7)
    if kind < 0.66:
        return InsertRow(form_id, rng.choice(ODD_CODES), "另行", None, automatic=False)
    if kind < 0.82:
        rows = list(report.rows_of(form_id)) or ["201"]
        return DeleteRow(form_id, rng.choice(rows))
    if kind < 0.85:
        return RenameRow(form_id, rng.choice([*report.rows_of(form_id), "999"]), rng.choice(("甲", "乙")))
    if kind < 0.88:
        return SetGrain(form_id, rng.choice((EXACT_GRAIN, PUBLISHED_GRAIN)))
    if kind < 0.91:
        return SetSetting("all_administrative", rng.random() < 0.5)
    if kind < 0.94:
        return SetHead(rng.choice(("甲局", "乙局")), rng.choice((2023, 2024)))
    if kind < 0.96 or depth:
        return SetField(rng.choice(("text", "inputs")), rng.choice((None, "文字", {"人数": 3}, [1, 2])))
    return Batch("几步", tuple(some_command(rng, report, depth + 1) for _ in range(rng.randint(2, 4))))


def state(report: Report) -> dict[str, Any]:
    """Return everything that a command can change."""
    return {
        "head": (report.department, report.year),
        "amounts": dict(report.amounts),
        "auto": set(report.auto),
        "rows": {f: [(r, rows.name(r)) for r in rows] for f, rows in report.rows.items() if len(rows)},
        "grains": {f: g for f, g in report.grains.items() if g != PUBLISHED_GRAIN},
        "settings": {k for k, on in report.settings.items() if on},
        "fields": dict(report.fields),
    }


def verdicts(report: Report, checker: Checker) -> dict[str, Any]:
    """Return everything that a checker knows."""
    relations = {r.id: (checker.verdict(r), checker.residual(r), checker.tolerance(r), r) for r in checker.relations()}
    opened = {r.id for r in checker.open_relations()}
    assert opened == {i for i, (v, *_) in relations.items() if v in (Verdict.VIOLATED, Verdict.ROUNDING)}
    cells = [c for f in report.form_ids() for c in report.cells(report.template.form(f), f)]
    return {
        "relations": relations,
        "blank": {c for c in cells if checker.blank_total(c)},
        "definers": {c: d.id for c in cells if (d := checker.definer(c)) is not None},
        "of": {c: [r.id for r in checker.relations_of(c)] for c in cells},
        "absent": checker.absent,
    }
