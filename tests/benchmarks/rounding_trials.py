"""Trials of controlled rounding, judged by relations of its own and by exhaustive search."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from random import Random

from desktopapp.core.amount import PUBLISHED_GRAIN, round_to
from desktopapp.core.checker import Checker
from desktopapp.core.report import Report
from desktopapp.core.rounding import Demand, RoundingProblem, published_report, rounding_problem
from desktopapp.core.template import LAST, Cell
from desktopapp.solver.program import Program
from desktopapp.solver.rounding_solver import depart, round_report
from tests.benchmarks.printed_relations import across_years, off, sums, value
from tests.generators import TEMPLATES, exact_report, the_book, the_template

#: Rows by code of form 03, by turns.
_SIZES = (20, 40, 80)


@dataclass
class Tally:
    """What came of reports rounded for publication.

    Attributes:
        reports: how many; ``amounts`` how many amounts they have.
        residuals: relations of one year that do not hold as published.
        moved: amounts moved by 0.01 万元 or more, or not to floor or ceiling.
        departures: amounts not rounded half up; ``plain`` relations that plain rounding leaves off.
        across: relations with last year that do not hold as published; ``needed`` as many as must not.
        small: small reports searched exhaustively; ``more`` those rounded with more or larger departures than needed.
        inequalities: expected inequalities that hold exactly and not as published.
    """

    reports: int = 0
    amounts: int = 0
    residuals: int = 0
    moved: int = 0
    departures: int = 0
    plain: int = 0
    across: int = 0
    needed: int = 0
    small: int = 0
    more: int = 0
    inequalities: int = 0
    failed: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))


def trial(seed: int) -> Tally:
    """Round the report of a seed, with last year's amounts every other time, and a small one."""
    tally = Tally()
    template = the_template(TEMPLATES[seed % len(TEMPLATES)])
    report = exact_report(seed, template, _SIZES[seed % len(_SIZES)], last_year=seed % 2 == 0)
    _whole(seed, report, tally)
    _exhaustive(seed, tally)
    return tally


def _whole(seed: int, report: Report, tally: Tally) -> None:
    assert not off(report, sums(report)) and not off(report, across_years(report)), "not an exact report"
    book = the_book(report.template.id)
    checker = Checker(report, book)
    plan = round_report(report, book, checker=checker)
    published = published_report(report, plan)
    tally.reports += 1
    tally.amounts += len(report.amounts)
    tally.departures += len(plan.departures)
    left = off(published, sums(published))
    tally.residuals += len(left)
    for cell, exact in report.amounts.items():
        shown = published.amounts.get(cell, 0)
        tally.moved += shown % PUBLISHED_GRAIN != 0 or abs(shown - exact) >= PUBLISHED_GRAIN
    plain = Report(report.template, report.year, "", _plain(report), rows=report.rows)
    tally.plain += len(off(plain, sums(plain)))
    across = off(published, across_years(published))
    tally.across += len(across)
    tally.needed += _least_across(report, plain) // PUBLISHED_GRAIN if across else 0
    later = Checker(published, book)
    broken = [
        r.id
        for r in checker.relations()
        if r.op == "<=" and r.severity == "warning" and checker.residual(r) <= 0 < later.residual(r)
    ]
    tally.inequalities += len(broken)
    if left or broken:
        tally.failed.append(f"seed {seed} {[*left, *broken][:4]}")


def _plain(report: Report) -> dict[Cell, int]:
    return {c: r for c, a in report.amounts.items() if (r := round_to(a, PUBLISHED_GRAIN))}


def _least_across(report: Report, plain: Report) -> int:
    """Return the least sum in 分 by which relations with last year must be off, all of this year holding."""
    program = Program()
    number: dict[Cell, int] = {}
    for cell, exact in report.amounts.items():
        if exact % PUBLISHED_GRAIN and not cell.form.startswith(LAST):
            number[cell] = program.column()
    floors = Report(report.template, report.year, "", dict(plain.amounts), rows=report.rows)
    for cell in number:
        floors.amounts[cell] = report.amounts[cell] // PUBLISHED_GRAIN * PUBLISHED_GRAIN
    costs = [0] * len(number)
    for firm, relations in ((True, sums(report)), (False, across_years(report))):
        for _, terms in relations:
            need, rest = divmod(-value(floors, terms), PUBLISHED_GRAIN)
            assert rest == 0
            row = [(number[c], s) for s, c in terms if c in number]
            if not firm:
                row += [(program.column(9), 1), (program.column(9), -1)]
                costs += [1, 1]
            if row:
                program.row(need, need, row)
    answer = program.minimise(costs)
    assert answer is not None
    return answer.objective * PUBLISHED_GRAIN


def _exhaustive(seed: int, tally: Tally) -> None:
    report = small_report(seed)
    for inequalities in (False, True):
        problem = rounding_problem(report, Checker(report, the_book()), inequalities=inequalities)
        departed = depart(problem)
        size = len(departed), sum(problem.choices[i].cost for i in departed)
        tally.small += 1
        if size != fewest(problem) or not all(d.holds(departed) for d in problem.demands):
            tally.more += 1
            tally.failed.append(f"small seed {seed} {size} {fewest(problem)}")


# ── exhaustive search ───────────────────────────────────────────────────────────────────────────────────────────────
def fewest(problem: RoundingProblem) -> tuple[int, int] | None:
    """Return the least (number, size in 分) of departures that satisfy all demands, by exhaustive search."""
    order = _order(problem)
    place = {i: k for k, i in enumerate(order)}
    ending: dict[int, list[Demand]] = {}
    for demand in problem.demands:
        ending.setdefault(max(place[i] for i, _ in demand.terms), []).append(demand)
    best: list[tuple[int, int] | None] = [None]

    def search(k: int, chosen: set[int], size: int) -> None:
        if best[0] is not None and (len(chosen), size) >= best[0]:
            return
        if k == len(order):
            best[0] = (len(chosen), size)
            return
        for departs in (False, True):
            if departs:
                chosen.add(order[k])
            if all(d.holds(chosen) for d in ending.get(k, ())):
                search(k + 1, chosen, size + departs * problem.choices[order[k]].cost)
        chosen.discard(order[k])

    search(0, set(), 0)
    return best[0]


def _order(problem: RoundingProblem) -> list[int]:
    """Return the choices so that demands are complete, and can be refused, as early as possible."""
    left = list(problem.demands)
    order: list[int] = []
    seen: set[int] = set()
    while left:
        demand = min(left, key=lambda d: len({i for i, _ in d.terms} - seen))
        left.remove(demand)
        fresh = [i for i, _ in demand.terms if i not in seen]
        order += fresh
        seen.update(fresh)
    return order + [i for i in range(len(problem.choices)) if i not in seen]


def small_report(seed: int) -> Report:
    """Return an exact report small enough to search all its roundings."""
    report = exact_report(seed, rows=4, last_year=False, own_money=seed % 3 == 0, funds=seed % 4 == 0)
    items = sorted(c for c in report.amounts if c.form == "06" and len(c.row) == 5)
    kept = Random(seed).sample(items, min(3, len(items)))
    # Form 06 with three items only: the search doubles with every item.
    whole = sum(report.amounts[c] for c in kept)
    basic = report.amounts.get(Cell("05", "total", "basic"), 0)
    for cell in [c for c in report.amounts if c.form in ("06", "09", "S1")]:
        if cell not in kept:
            del report.amounts[cell]
    if kept:
        report.amounts[kept[0]] += basic - whole
    for cell in kept:
        for row in (cell.row[:3], "personnel" if cell.row[:3] in ("301", "303") else "public"):
            target = Cell("06", row, "amount")
            report.amounts[target] = report.amounts.get(target, 0) + report.amounts[cell]
    report.amounts = {c: a for c, a in report.amounts.items() if a}
    return report
