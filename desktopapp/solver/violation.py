"""By how much linear demands on free numbers contradict each other, with the proof.

These programs are small and only guide the search for wrong cells: whatever they suggest is judged by the checker's
own whole-number residuals afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktopapp.solver.program import libraries


@dataclass(frozen=True, slots=True)
class Violation:
    """How far rows must be missed: the least sum, values that reach it, and the weights of the rows that prove it."""

    violation: float
    values: list[float]
    weights: list[float]


def least_violation(columns: int, rows: Sequence[tuple[float, float, list[tuple[int, int]]]]) -> Violation:
    """Return by how much rows ``low ≤ Σ coefficient·column ≤ high`` must be missed in sum, columns being free numbers.

    When nothing must be missed, the values keep as near to the middle of all rows as they can.
    """
    solver, numpy = libraries()
    violation, values, weights = _elastic(solver, numpy, columns, rows, False)
    if violation < 1e-6 * max([1.0, *(abs(low) for low, high, _ in rows if abs(low) < 1e12)]):
        values = _elastic(solver, numpy, columns, rows, True)[1]
    return Violation(violation, values, weights)


def _elastic(
    solver: Any, numpy: Any, columns: int, rows: Sequence[tuple[float, float, list[tuple[int, int]]]], centred: bool
) -> tuple[float, list[float], list[float]]:
    """Minimise what rows are missed by, or (centred) how far within their bounds they are from the middle."""
    infinity = solver.kHighsInf
    lp = solver.HighsLp()
    size = len(rows)
    lp.num_col_, lp.num_row_ = columns + 2 * size, size
    costs = numpy.zeros(lp.num_col_)
    upper = numpy.full(lp.num_col_, infinity)
    lower = numpy.zeros(lp.num_col_)
    lower[:columns] = -infinity
    bounds = numpy.array([(low, high) for low, high, _ in rows], dtype=numpy.float64).reshape(size, 2)
    bounds = numpy.clip(bounds, -1e15, 1e15)
    one_sided = bounds[:, 1] - bounds[:, 0] > 1e14
    middle = bounds.mean(axis=1)
    reach = (bounds[:, 1] - bounds[:, 0]) / 2
    if centred:
        costs[columns:] = numpy.repeat(numpy.where(one_sided, 0.0, 1.0 / numpy.maximum(reach, 0.5)), 2)
        upper[columns:] = numpy.repeat(numpy.where(one_sided, infinity, reach), 2)
        lp.row_lower_ = numpy.where(one_sided, -infinity, middle)
        lp.row_upper_ = numpy.where(one_sided, bounds[:, 1], middle)
    else:
        costs[columns:] = 1.0
        lp.row_lower_ = numpy.where(bounds[:, 0] <= -1e14, -infinity, bounds[:, 0])
        lp.row_upper_ = bounds[:, 1]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = costs, lower, upper
    terms = [
        [*t, *(() if centred and one_sided[k] else ((columns + 2 * k, 1), (columns + 2 * k + 1, -1)))]
        for k, (_, _, t) in enumerate(rows)
    ]
    starts = numpy.zeros(size + 1, dtype=numpy.int32)
    starts[1:] = numpy.cumsum([len(t) for t in terms])
    lp.a_matrix_.format_ = solver.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = starts
    lp.a_matrix_.index_ = numpy.array([i for t in terms for i, _ in t], dtype=numpy.int32)
    lp.a_matrix_.value_ = numpy.array([c for t in terms for _, c in t], dtype=numpy.float64)
    highs = solver.Highs()
    highs.silent()
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    highs.run()
    solution = highs.getSolution()
    return highs.getInfo().objective_function_value, list(solution.col_value)[:columns], list(solution.row_dual)
