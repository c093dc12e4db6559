"""Controlled rounding: the fewest, then the smallest departures from plain rounding with which everything adds up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from desktopapp.core.amount import PUBLISHED_GRAIN
from desktopapp.core.checker import Checker
from desktopapp.core.relations import RuleBook
from desktopapp.core.report import Report
from desktopapp.core.rounding import (
    LOWEST_RANK,
    Choice,
    Demand,
    Mode,
    RoundingPlan,
    RoundingProblem,
    make_plan,
    rounding_problem,
)
from desktopapp.core.template import Cell
from desktopapp.solver.program import Answer, Cancelled, Program, Progress, SolverCancelled, SolverError, never

#: Up to so many relations the fewest of them are left off; beyond, their residuals are only smallest in sum.
_MOST_COUNTED = 3000


def round_report(
    report: Report,
    book: RuleBook,
    mode: Mode = "controlled",
    pins: Collection[Cell] = (),
    cancelled: Cancelled = never,
    progress: Progress | None = None,
    checker: Checker | None = None,
    inequalities: bool = True,
) -> RoundingPlan:
    """Return what to publish for a report whose forms, or some of them, are kept in 元 and 分.

    ``plain`` rounds every amount half up by itself; ``controlled`` takes floor or ceiling so that every relation that
    holds exactly also holds as published, with the fewest and then the smallest departures from plain rounding. Cells
    in ``pins`` keep their plain rounding. Where no such rounding exists, what is left off is least in sum and then
    fewest; the plan's ``residuals`` name it. ``checker`` saves time when the report has one already.

    Raises SolverError with a sentence for the user, SolverCancelled when ``cancelled`` returned True.
    """
    checker = checker or Checker(report, book)
    problem = rounding_problem(report, checker, pins, inequalities=inequalities and mode == "controlled")
    departed = set() if mode == "plain" else depart(problem, cancelled, progress)
    return make_plan(report, checker, problem, departed, mode)


def depart(problem: RoundingProblem, cancelled: Cancelled = never, progress: Progress | None = None) -> set[int]:
    """Return the numbers of the choices that depart from plain rounding.

    Inequalities are left out at first; only parts of the report in which one would break are solved again with them.
    """
    firm = [d for d in problem.demands if d.rank < LOWEST_RANK]
    departed = _solve_parts(problem, firm, set(), _off, cancelled, progress)
    if not any(_off(d, departed) for d in problem.demands if d.rank == LOWEST_RANK):
        return departed
    return _solve_parts(problem, problem.demands, departed, _breaks, cancelled, progress)


def _off(demand: Demand, departed: set[int]) -> bool:
    return not demand.holds(departed)


def _breaks(demand: Demand, departed: set[int]) -> bool:
    """Tell whether a demand of the lowest rank is off: what others are off by is as little as can be already."""
    return demand.rank == LOWEST_RANK and not demand.holds(departed)


def _solve_parts(
    problem: RoundingProblem,
    demands: Sequence[Demand],
    departed: set[int],
    wrong: Callable[[Demand, set[int]], bool],
    cancelled: Cancelled,
    progress: Progress | None,
) -> set[int]:
    """Solve each connected part in which the departures so far are wrong; other parts stay as they are."""
    parts = [part for part in _parts(demands, len(problem.choices)) if any(wrong(d, departed) for d in part)]
    found = set(departed)
    for done, part in enumerate(parts):
        if progress is not None:
            progress(done, len(parts))
        numbers = sorted({i for d in part for i, _ in d.terms})
        found.difference_update(numbers)
        found.update(_Part(problem.choices, part, numbers, cancelled).solve())
    if progress is not None:
        progress(len(parts), len(parts))
    return found


def _parts(demands: Iterable[Demand], size: int) -> Iterator[list[Demand]]:
    """Yield the demands in groups that share no choice."""
    above = list(range(size))

    def root(i: int) -> int:
        while above[i] != i:
            above[i] = above[above[i]]
            i = above[i]
        return i

    for demand in demands:
        first = root(demand.terms[0][0])
        for i, _ in demand.terms[1:]:
            above[root(i)] = first
    groups: dict[int, list[Demand]] = {}
    for demand in demands:
        groups.setdefault(root(demand.terms[0][0]), []).append(demand)
    yield from groups.values()


class _Part:
    """One connected part of a report as an integer program: a column per choice, 1 when it departs."""

    def __init__(
        self, choices: Sequence[Choice], demands: list[Demand], numbers: list[int], cancelled: Cancelled
    ) -> None:
        self._demands, self._numbers, self._cancelled = demands, numbers, cancelled
        self._sizes = [choices[i].cost for i in numbers]
        self._at = {i: k for k, i in enumerate(numbers)}

    def solve(self) -> list[int]:
        """Return the numbers of the choices that depart."""
        program = Program(self._cancelled)
        for _ in self._numbers:
            program.column()
        for demand in self._demands:
            program.row(demand.need if demand.op == "=" else None, demand.need, self._terms(demand))
        values = self._fewest(program)
        if values is None:
            values = self._relaxed()
        return [i for i, v in zip(self._numbers, values, strict=False) if v]

    def _terms(self, demand: Demand) -> list[tuple[int, int]]:
        return [(self._at[i], sign) for i, sign in demand.terms]

    def _fewest(self, program: Program) -> list[int] | None:
        """Return the fewest and then smallest departures, None when the rows cannot be satisfied.

        Both aims stand in one objective: each departure counts ``weight`` beside its size. A departure's size lies
        between half a grain and a grain, so n departures are proved fewest when the weight is at least n half grains.
        """
        size = len(self._sizes)
        half = (PUBLISHED_GRAIN + 1) // 2
        others = [0] * (len(program.lower) - size)
        weight = half * (size // 8 + 100)
        values: list[int] | None = None
        while True:
            answer = program.minimise([weight + s for s in self._sizes] + others, values)
            if answer is None:
                return None
            values = answer.values
            count = sum(values[:size])
            if weight >= half * count:
                return values
            weight = half * (count + 1)

    def _relaxed(self) -> list[int]:
        """Return departures for which not everything can hold: what is left off is as little as possible.

        Rank by rank the residuals are made smallest in sum and then fewest, after that the departures.
        """
        program = Program(self._cancelled)
        for _ in self._numbers:
            program.column()
        slacks: dict[int, list[tuple[int, ...]]] = {}
        for demand in self._demands:
            slacks.setdefault(demand.rank, []).append(self._elastic(program, demand))
        values: list[int] | None = None
        for rank in sorted(slacks):
            later = {k for other, groups in slacks.items() if other > rank for group in groups for k in group}
            values = self._least_residuals(program, slacks[rank], values, later)
        if values is None:
            return []
        # With the residuals settled the program is as small as one in which everything holds.
        for columns in slacks.values():
            for k in (k for group in columns for k in group):
                program.lower[k] = program.upper[k] = values[k]
        return (self._fewest(program) or values)[: len(self._numbers)]

    def _elastic(self, program: Program, demand: Demand) -> tuple[int, ...]:
        """Add a demand that may be left off; return the columns that say by how much."""
        terms = self._terms(demand)
        over = program.column(max(0, sum(s for _, s in terms if s > 0) - demand.need))
        if demand.op != "=":
            program.row(None, demand.need, [*terms, (over, -1)])
            return (over,)
        under = program.column(max(0, demand.need - sum(s for _, s in terms if s < 0)))
        program.row(demand.need, demand.need, [*terms, (over, -1), (under, 1)])
        return over, under

    def _least_residuals(
        self, program: Program, groups: list[tuple[int, ...]], start: list[int] | None, later: set[int]
    ) -> list[int]:
        """Make the residuals of one rank smallest in sum, then fewest, and keep the program to that.

        ``later`` are the columns of the ranks that come after.
        """
        columns = [k for group in groups for k in group]
        own = set(columns)
        settled = [k for k in range(len(self._numbers), len(start or ())) if k not in own and k not in later]
        answer = _least(program, columns, start, settled)
        values = answer.values
        total = sum(values[k] for k in columns)
        for k in columns:
            program.upper[k] = min(program.upper[k], total)
        if total == 0:
            return values
        program.row(None, total, [(k, 1) for k in columns])
        if sum(1 for k in columns if values[k]) == 1 or len(self._demands) > _MOST_COUNTED:
            return values
        for k in answer.idle.intersection(columns):
            program.upper[k] = 0
        flags = []
        for group in groups:
            if any(program.upper[k] for k in group):
                flags.append(program.column())
                program.row(None, 0, [*((k, 1) for k in group), (flags[-1], -total)])
        values = _least(program, flags).values
        program.row(None, sum(values[k] for k in flags), [(k, 1) for k in flags])
        return values


def _least(
    program: Program, columns: Iterable[int], start: list[int] | None = None, settled: Sequence[int] = ()
) -> Answer:
    """Return the answer with the least sum of some columns; those ``settled`` by a higher rank are kept if possible."""
    wanted = set(columns)
    answer = program.minimise([int(k in wanted) for k in range(len(program.lower))], start, settled)
    if answer is None:
        raise SolverError("求解程序没有找到任何舍入办法；请改用四舍五入。")
    return answer


__all__ = ["Cancelled", "Progress", "SolverCancelled", "SolverError", "depart", "round_report"]
