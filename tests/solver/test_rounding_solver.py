"""Controlled rounding: everything adds up, nothing moves far, and no smaller plan exists."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from desktopapp.core.amount import PUBLISHED_GRAIN
from desktopapp.core.checker import Checker
from desktopapp.core.report import Report
from desktopapp.core.rounding import (
    RoundingProblem,
    plain_plan,
    published_report,
    rounding_problem,
    total_cells,
)
from desktopapp.core.template import Cell
from desktopapp.solver.program import SolverCancelled
from desktopapp.solver.rounding_solver import depart, round_report
from tests.benchmarks.rounding_trials import Tally, fewest, small_report, trial
from tests.generators import exact_report, reports, rounded, the_book

#: 1,000 for the full proof; a sample in the ordinary run.
COUNT = int(os.environ.get("JUESUAN_REPORTS", "16"))


def test_generated_reports_add_up_to_the_last_digit_with_few_departures() -> None:
    plain_residuals = departures = 0
    for _, report in reports(COUNT):
        # Last year's printed amounts cannot move, so that a residual may be unavoidable with them.
        report.amounts = {c: a for c, a in report.amounts.items() if not c.form.startswith("last.")}
        book = the_book(report.template.id)
        checker = Checker(report, book)
        plan = round_report(report, book, checker=checker)
        assert plan.residuals == ()
        published = published_report(report, plan)
        assert list(Checker(published, book).open_relations()) == []
        for cell, amount in plan.published.items():
            exact = report.amounts[cell]
            assert abs(amount - exact) < PUBLISHED_GRAIN
            assert amount == exact or exact % PUBLISHED_GRAIN
        assert published.amounts.keys() <= report.amounts.keys()
        assert {d.cell for d in plan.departures} == {
            c for c, a in plan.published.items() if a != rounded(report).amounts.get(c, 0)
        }
        plain_residuals += len(plain_plan(report, checker).residuals)
        departures += len(plan.departures)
    assert 0 < departures <= plain_residuals


def test_a_sample_of_the_trials() -> None:
    """All of them: ``python -m tests.benchmarks.evaluate_rounding 1000``."""
    tally = Tally()
    for seed in range(COUNT // 4):
        tally.add(trial(seed))
    assert tally.failed == []
    assert (tally.residuals, tally.moved, tally.more, tally.inequalities) == (0, 0, 0, 0)
    assert tally.across <= tally.needed and tally.plain > 0 < tally.departures


def test_with_last_year_only_what_is_impossible_is_left_off() -> None:
    for _, report in reports(COUNT // 2):
        book = the_book(report.template.id)
        checker = Checker(report, book)
        plan = round_report(report, book, checker=checker)
        for name, residual in plan.residuals:
            relation = checker.relation(name)
            assert relation is not None and relation.severity == "warning"
            assert abs(residual) == PUBLISHED_GRAIN


def test_amounts_that_are_published_already_stay_and_nothing_departs_without_need() -> None:
    report = exact_report(1)
    report.amounts = {c: a * PUBLISHED_GRAIN for c, a in report.amounts.items()}
    plan = round_report(report, the_book())
    assert plan.published == report.amounts and plan.departures == () and plan.residuals == ()


# ── proofs against exhaustive search ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("inequalities", [False, True])
def test_departures_are_the_fewest_and_then_the_smallest(inequalities: bool) -> None:
    needed = 0
    for seed in range(COUNT // 2):
        report = small_report(seed)
        problem = rounding_problem(report, Checker(report, the_book()), inequalities=inequalities)
        departed = depart(problem)
        assert all(d.holds(departed) for d in problem.demands)
        assert (len(departed), sum(problem.choices[i].cost for i in departed)) == fewest(problem)
        needed += bool(departed)
    assert needed > COUNT // 8


def _residual_sizes(problem: RoundingProblem, departed: set[int]) -> tuple[int, ...]:
    """Return sum and number of the residuals left, rank by rank."""
    found: list[int] = []
    for rank in (1, 2, 3):
        left = []
        for demand in problem.demands:
            off = sum(s for i, s in demand.terms if i in departed) - demand.need
            if demand.rank == rank and (off > 0 or (off < 0 and demand.op == "=")):
                left.append(abs(off))
        found += [sum(left), len(left)]
    return tuple(found)


def test_what_cannot_hold_is_left_off_as_little_as_possible() -> None:
    impossible = 0
    for seed in range(COUNT):
        report = exact_report(seed, rows=8)
        checker = Checker(report, the_book())
        free = Random(seed).sample(sorted(report.amounts), 40)
        problem = rounding_problem(report, checker, report.amounts.keys() - set(free))
        while len(problem.choices) > 11:
            free.pop()
            problem = rounding_problem(report, checker, report.amounts.keys() - set(free))
        ways = product((False, True), repeat=len(problem.choices))
        sets = ({i for i, departs in enumerate(way) if departs} for way in ways)
        least = min(_residual_sizes(problem, chosen) for chosen in sets)
        assert _residual_sizes(problem, depart(problem)) == least
        impossible += least > (0,) * 6
    assert impossible > COUNT // 4


# ── mixed reports, pins, calls back ─────────────────────────────────────────────────────────────────────────────────
def _with_published_form_06() -> Iterator[Report]:
    for seed in range(30):
        report = exact_report(seed, last_year=False)
        published = rounded(report)
        for cell in [c for c in report.amounts if c.form == "06"]:
            report.amounts[cell] = published.amounts[cell]
        del report.grains["06"]
        yield report


def test_forms_that_are_only_known_as_published_are_taken_as_they_are() -> None:
    settled = 0
    for report in _with_published_form_06():
        checker = Checker(report, the_book())
        plan = round_report(report, the_book(), checker=checker)
        assert not any(c.form == "06" for c in plan.published)
        # Residuals within form 06 were published; the sum that form 05 shares with it can still be met.
        others = [name for name, _ in plan.residuals if not name.startswith("06.")]
        relation = checker.relation("05-06.basic")
        assert relation is not None
        exact = report.amounts.get(Cell("05", "total", "basic"), 0)
        known = exact - checker.residual(relation)
        assert ("05-06.basic" in others) == (abs(known - exact) >= PUBLISHED_GRAIN)
        settled += not others
    assert settled > 20


def test_pinned_totals_keep_their_plain_rounding() -> None:
    for seed in range(10):
        report = exact_report(seed, last_year=False)
        pins = total_cells(report)
        plan = round_report(report, the_book(), pins=pins)
        plain = rounded(report)
        assert not any(d.cell in pins for d in plan.departures)
        assert all(plan.published[c] == plain.amounts.get(c, 0) for c in plan.pinned)


def test_plain_mode_needs_no_solver_and_departs_nowhere() -> None:
    report = exact_report(2)
    plan = round_report(report, the_book(), "plain")
    assert plan.mode == "plain" and plan.departures == () and plan.residuals


def test_the_same_report_is_rounded_the_same_way() -> None:
    first, second = (round_report(exact_report(12), the_book()) for _ in range(2))
    assert first == second


def test_inequalities_hold_too() -> None:
    for seed in range(10):
        report = exact_report(seed, last_year=False)
        published = published_report(report, round_report(report, the_book()))
        checker = Checker(published, the_book())
        assert all(checker.residual(r) <= 0 for r in checker.relations() if r.op == "<=")


def test_progress_is_told_and_cancelling_stops() -> None:
    report = exact_report(1)
    told: list[tuple[int, int]] = []
    round_report(report, the_book(), progress=lambda done, total: told.append((done, total)))
    assert told and told[-1][0] == told[-1][1] > 0
    with pytest.raises(SolverCancelled):
        round_report(report, the_book(), cancelled=lambda: True)
