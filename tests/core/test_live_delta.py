"""Counts and deltas of live findings agree with the findings themselves after any sequence of edits."""

from __future__ import annotations

import random
from collections import Counter

from desktopapp.core.commands import Command, DeleteRow, InsertRow, SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.live import LiveFindings
from desktopapp.core.report import Report
from tests.generators import published_report, the_book


def a_command(chance: random.Random, report: Report) -> Command:
    """Return an edit of an amount, or now and then of a row of form 03."""
    rows = list(report.rows_of("03"))
    if chance.random() < 0.2 and rows:
        return DeleteRow("03", chance.choice(rows))
    if chance.random() < 0.2 and "2019999" not in report.rows_of("03"):
        return InsertRow("03", "2019999", "其他一般公共服务支出")
    cell = chance.choice([c for c in report.amounts if not c.form.startswith("last.")])
    return SetCells(((cell, chance.choice([None, 10_000, 1_000_000]), False),))


def test_counts_and_deltas_agree_with_the_findings() -> None:
    chance = random.Random(5)
    report = published_report(11)
    engine = Engine(report, the_book())
    live = LiveFindings(engine, None)
    listed: dict[str, Finding] = {}
    for _ in range(150):
        delta = live.take_delta()
        if delta.everything:
            listed = {f.id: f for f in live.all()}
        else:
            for gone in delta.dropped:
                listed.pop(gone, None)
            listed.update(delta.put)
        assert listed == {f.id: f for f in live.all()}
        forms: dict[str, Counter[Severity]] = {}
        for finding in live.all():
            forms.setdefault(finding.form, Counter())[finding.severity] += 1
        assert live.counts_by_form() == forms
        assert live.counts("03") == forms.get("03", Counter())
        assert live.counts() == Counter(f.severity for f in live.all())
        live.update(engine.apply(a_command(chance, report)))
    delta = live.take_delta()
    assert (live.take_delta().dropped, live.take_delta().put, live.take_delta().everything) == (set(), {}, False)
