"""Integer programs with whole-number data, solved by HiGHS and proved in whole numbers.

The solver computes in floating point; every answer is rounded and checked against all rows in integer arithmetic
before it leaves this module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import highspy

#: Programs with so few columns are solved in no time; a second try costs nothing.
_SMALL = 5000
Cancelled = Callable[[], bool]
#: Number of steps done and number of steps in all.
Progress = Callable[[int, int], None]


class SolverError(RuntimeError):
    """Raised when a program cannot be solved for a reason other than its data; the message is for the user."""


class SolverCancelled(Exception):
    """Raised when the caller asked to stop."""


def never() -> bool:
    """Return False: nobody asks to stop."""
    return False


@dataclass(slots=True)
class Answer:
    """Whole-number values of all columns, and a lower bound of the objective that was proved.

    ``idle`` are columns proved to be at their lower bounds in every answer as good as this one.
    """

    values: list[int]
    objective: int
    bound: int
    idle: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Relaxation:
    """The best values when they need not be whole, what moving each column by one would cost, and the objective."""

    values: list[float]
    prices: list[float]
    objective: float


@dataclass(slots=True)
class Program:
    """Columns between whole bounds and rows ``lower ≤ Σ coefficient·column ≤ upper`` (None: no bound)."""

    cancelled: Cancelled = never
    lower: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    rows: list[tuple[int | None, int | None, list[tuple[int, int]]]] = field(default_factory=list)

    def column(self, upper: int = 1, lower: int = 0) -> int:
        """Add a column and return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.lower) - 1

    def row(self, lower: int | None, upper: int | None, terms: list[tuple[int, int]]) -> None:
        """Add a row over (column, coefficient) terms."""
        self.rows.append((lower, upper, terms))

    def minimise(
        self, costs: Sequence[int], start: Sequence[int] | None = None, keep: Sequence[int] = ()
    ) -> Answer | None:
        """Return the whole-number values with the least ``Σ cost·column``; None when nothing satisfies the rows.

        The relaxation is solved first: for most reports it is whole already. Otherwise columns whose reduced cost
        exceeds what whole numbers can cost at most are fixed; only if that guess fails all columns are searched.
        The columns ``keep`` are first tried as they are in ``start``, which is often good enough to be best.
        Raises SolverError and SolverCancelled.
        """
        trial = self._with(start, keep) if keep and start is not None else None
        if trial is not None and len(costs) <= _SMALL and min(costs) >= 0:
            answer = trial.relaxed(costs)
            if answer is not None and answer.objective == 0:
                return answer
        highs = self._model(costs, self.lower, self.upper, whole=False)
        if not _run(highs, self.cancelled):
            return None
        relaxation = _Relaxation(
            list(highs.getSolution().col_value),
            list(highs.getSolution().col_dual),
            highs.getInfo().objective_function_value,
        )
        answer = self._best(relaxation, costs, start, trial)
        if answer is not None:
            answer.idle = self._idle(relaxation, answer.objective)
        return answer

    def _best(
        self, relaxation: _Relaxation, costs: Sequence[int], start: Sequence[int] | None, trial: Program | None
    ) -> Answer | None:
        """Return the best answer, given that of the relaxation."""
        bound = _ceiling(relaxation.objective)
        answer = self._whole(relaxation.values, costs, bound)
        if answer is not None:
            return answer
        answer = trial.minimise(costs) if trial is not None else None
        if answer is not None and answer.objective <= bound:
            return answer
        margin = 2 * max(costs, default=0)
        lower, upper = self._fixed(relaxation, margin)
        answer = self._search(costs, lower, upper, None, bound)
        if answer is not None and answer.objective - bound < margin:
            return answer
        return self._search(costs, self.lower, self.upper, start if answer is None else answer.values, bound)

    def _idle(self, relaxation: _Relaxation, objective: int) -> frozenset[int]:
        """Return the columns that cost more than the best objective allows as soon as they leave their lower bounds."""
        slack = objective - relaxation.objective + max(1e-4, abs(objective) * 1e-7)
        values, lower = relaxation.values, self.lower
        return frozenset(k for k, p in enumerate(relaxation.prices) if p > slack and values[k] < lower[k] + 1e-6)

    def relaxed(self, costs: Sequence[int]) -> Answer | None:
        """Return the answer of the relaxation when it happens to be whole."""
        highs = self._model(costs, self.lower, self.upper, whole=False)
        if not _run(highs, self.cancelled):
            return None
        return self._whole(
            list(highs.getSolution().col_value), costs, _ceiling(highs.getInfo().objective_function_value)
        )

    def _with(self, start: Sequence[int], keep: Sequence[int]) -> Program:
        """Return the program in which some columns stay as they are in ``start``."""
        lower, upper = list(self.lower), list(self.upper)
        for k in keep:
            lower[k] = upper[k] = start[k]
        return Program(self.cancelled, lower, upper, self.rows)

    def _fixed(self, relaxation: _Relaxation, margin: int) -> tuple[list[int], list[int]]:
        """Return bounds in which a column stays where it is when moving it would cost more than the margin."""
        lower, upper, relaxed = list(self.lower), list(self.upper), relaxation.values
        for k, price in enumerate(relaxation.prices):
            if price > margin and relaxed[k] < lower[k] + 1e-6:
                upper[k] = lower[k]
            elif price < -margin and relaxed[k] > upper[k] - 1e-6:
                lower[k] = upper[k]
        return lower, upper

    def _search(
        self, costs: Sequence[int], lower: Sequence[int], upper: Sequence[int], start: Sequence[int] | None, bound: int
    ) -> Answer | None:
        """Branch and bound between the given bounds of the columns; None when nothing satisfies the rows."""
        highs = self._model(costs, lower, upper, whole=True)
        if start is not None:
            _start(highs, start)
        if not _run(highs, self.cancelled):
            return None
        answer = self._whole(list(highs.getSolution().col_value), costs, bound)
        if answer is None:
            raise SolverError("求解程序给出的结果不满足勾稽关系，没有采用；请改用四舍五入。")
        return answer

    def _whole(self, raw: Sequence[float], costs: Sequence[int], bound: int) -> Answer | None:
        """Return the answer in whole numbers, or None when it is not whole or breaks a row."""
        values = [round(v) for v in raw]
        if any(abs(v - r) > 1e-5 for v, r in zip(values, raw, strict=True)) or not self.satisfied(values):
            return None
        return Answer(values, sum(c * v for c, v in zip(costs, values, strict=True)), bound)

    def satisfied(self, values: Sequence[int]) -> bool:
        """Tell, in whole numbers, whether values lie between all bounds."""
        if any(not low <= v <= high for low, v, high in zip(self.lower, values, self.upper, strict=True)):
            return False
        for low, high, terms in self.rows:
            total = sum(c * values[i] for i, c in terms)
            if (low is not None and total < low) or (high is not None and total > high):
                return False
        return True

    def _model(self, costs: Sequence[int], lower: Sequence[int], upper: Sequence[int], whole: bool) -> highspy.Highs:
        solver, numpy = libraries()
        infinity = solver.kHighsInf
        lp = solver.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.lower), len(self.rows)
        lp.col_cost_ = numpy.array(costs, dtype=numpy.float64)
        lp.col_lower_ = numpy.array(lower, dtype=numpy.float64)
        lp.col_upper_ = numpy.array(upper, dtype=numpy.float64)
        lp.row_lower_ = numpy.array([-infinity if low is None else low for low, _, _ in self.rows], dtype=numpy.float64)
        lp.row_upper_ = numpy.array([infinity if up is None else up for _, up, _ in self.rows], dtype=numpy.float64)
        starts = numpy.zeros(len(self.rows) + 1, dtype=numpy.int32)
        starts[1:] = numpy.cumsum([len(terms) for _, _, terms in self.rows])
        lp.a_matrix_.format_ = solver.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = starts
        lp.a_matrix_.index_ = numpy.array([i for _, _, terms in self.rows for i, _ in terms], dtype=numpy.int32)
        lp.a_matrix_.value_ = numpy.array([c for _, _, terms in self.rows for _, c in terms], dtype=numpy.float64)
        if whole:
            lp.integrality_ = [solver.HighsVarType.kInteger] * len(self.lower)
        highs: highspy.Highs = solver.Highs()
        highs.silent()
        # One thread: the other core belongs to the window. Objectives are whole, so half a unit decides.
        for option, value in (("threads", 1), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5), ("random_seed", 0)):
            highs.setOptionValue(option, value)
        highs.passModel(lp)
        return highs


def libraries() -> tuple[Any, Any]:
    """Return highspy and numpy, imported now; raises SolverError when they are not installed."""
    try:
        import highspy
        import numpy
    except ImportError as error:
        raise SolverError("没有装好求解程序 highspy，这一步做不了；请重新安装本程序，或改用四舍五入。") from error
    return highspy, numpy


def _run(highs: highspy.Highs, cancelled: Cancelled) -> bool:
    """Solve; return False when nothing satisfies the rows. Raises SolverError and SolverCancelled."""
    status = libraries()[0].HighsModelStatus
    if cancelled():
        raise SolverCancelled

    def interrupt(event: highspy.highs.HighsCallbackEvent) -> None:
        if cancelled():
            event.interrupt()

    if cancelled is not never:
        highs.cbSimplexInterrupt.subscribe(interrupt)
        highs.cbMipInterrupt.subscribe(interrupt)
    highs.run()
    found = highs.getModelStatus()
    if found == status.kInterrupt:
        raise SolverCancelled
    if found in (status.kInfeasible, status.kUnboundedOrInfeasible):
        return False
    if found not in (status.kOptimal, status.kModelEmpty):
        raise SolverError(f"求解程序没有得出结果（{highs.modelStatusToString(found)}）；请改用四舍五入。")
    return True


def _start(highs: highspy.Highs, values: Sequence[int]) -> None:
    numpy = libraries()[1]
    highs.setSolution(len(values), numpy.arange(len(values), dtype=numpy.int32), numpy.array(values, numpy.float64))


def _ceiling(value: float) -> int:
    """Return the smallest whole number that is not below a computed objective, up to its inaccuracy."""
    slack = max(1e-6, abs(value) * 1e-9)
    return -int(-(value - slack) // 1)
