"""The exact search: never more cells than were wrong, and always enough to repair everything."""

from __future__ import annotations

from random import Random

import pytest

from desktopapp.core.checker import Verdict
from desktopapp.core.engine import Engine
from desktopapp.core.suspects import suspects
from desktopapp.core.template import Cell
from desktopapp.solver.program import SolverCancelled
from desktopapp.solver.suspects_solver import exact_causes, exact_suspects
from desktopapp.solver.violation import least_violation
from tests.benchmarks.trial_reports import generated as report_for
from tests.generators import published_report, the_book
from tests.planting import KINDS, Planter, put, single_cell_repairs, violated


def planted(seed: int, most: int = 3) -> tuple[Engine, set[Cell]]:
    """Return a report with one to ``most`` slips of any kind, and the cells that are wrong."""
    report = report_for(seed, 30)
    rng = Random(f"exact{seed}")
    engine = Engine(report, the_book(report.template.id))
    planter = Planter(report, rng)
    right = dict(report.amounts)
    for _ in range(rng.randint(1, most)):
        slip = planter.slip(rng.choice(KINDS))
        if slip is not None:
            put(engine, slip.wrong)
    cells = right.keys() | report.amounts.keys()
    return engine, {c for c in cells if right.get(c) != report.amounts.get(c)}


def test_all_leads_together_repair_everything_with_no_more_cells_than_were_wrong() -> None:
    judged = 0
    for seed in range(40):
        engine, wrong = planted(seed)
        if not violated(engine.checker):
            continue
        judged += 1
        leads = [c.suspect for c in exact_causes(engine.report, engine.checker)]
        places = {c for s in leads if s is not None for c in s.places}
        assert len(places) <= max(len(wrong), 1)
        for lead in {s.places: s for s in leads if s is not None}.values():
            engine.apply(lead.command())
        assert violated(engine.checker) == []
    assert judged > 30


def test_amounts_that_cancel_out_in_a_sum_are_found() -> None:
    """The same amount moved between columns of one row leaves the sum of the row right."""
    report = published_report(6, rows=30)
    engine = Engine(report, the_book())
    rows = [r for r in report.rows_of("05") if len(r) == 7]
    row = next(r for r in rows if all(Cell("05", r, c) in report.amounts for c in ("basic", "project")))
    basic, project = Cell("05", row, "basic"), Cell("05", row, "project")
    amount = 7_654_320_000
    put(engine, {basic: report.amounts[basic] + amount, project: report.amounts[project] - amount})
    wanted = {basic, project}
    found = exact_suspects(report, engine.checker)
    assert len(found) >= 2
    # Which row it was, only the sums of the section know: every row below it is a possibility.
    assert {c.col for s in found[:2] for c in s.places} == {"basic", "project"}
    assert len({c.row for s in found[:2] for c in s.places}) == 1
    siblings = {c.row for s in found for c in s.places}
    assert wanted <= {c for s in found for c in s.places} or row[:5] in {r[:5] for r in siblings}


def test_two_cells_are_only_named_where_one_is_not_enough() -> None:
    for seed in range(15):
        engine, _ = planted(seed, 1)
        if violated(engine.checker) and single_cell_repairs(engine):
            for found in (exact_suspects, suspects):
                leads = found(engine.report, engine.checker)
                assert len(leads[0].places) == 1 or not leads[0].choice


def test_reports_without_errors_need_no_solver() -> None:
    report = published_report(1)
    checker = Engine(report, the_book()).checker
    assert exact_suspects(report, checker, cancelled=lambda: True) == []
    assert exact_causes(report, checker) == []


def test_every_violated_relation_has_exactly_one_exact_cause() -> None:
    for seed in range(12):
        engine, _ = planted(seed)
        checker = engine.checker
        names = sorted(r.id for r in checker.open_relations() if checker.verdict(r) is Verdict.VIOLATED)
        assert sorted(n for c in exact_causes(engine.report, checker) for n in c.relations) == names


def test_the_search_can_be_stopped_and_tells_its_progress() -> None:
    engine, _ = planted(2)
    assert violated(engine.checker)
    told: list[tuple[int, int]] = []
    exact_suspects(engine.report, engine.checker, progress=lambda done, total: told.append((done, total)))
    assert told
    with pytest.raises(SolverCancelled):
        exact_suspects(engine.report, engine.checker, cancelled=lambda: True)


def test_what_rows_must_be_missed_by_is_proved() -> None:
    rows = [(5.0, 5.0, [(0, 1)]), (7.0, 7.0, [(0, 1)])]
    found = least_violation(1, rows)
    assert abs(found.violation - 2) < 1e-6
    assert abs(sum(w * c for w, (_, _, terms) in zip(found.weights, rows, strict=True) for _, c in terms)) < 1e-6
    assert least_violation(1, [(4.0, 6.0, [(0, 1)])]).violation < 1e-9
