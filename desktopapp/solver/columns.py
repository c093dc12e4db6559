"""Chooses among candidate columns for many rows at once, as an integer program over the report's own relations.

One binary variable stands for each choice of a row; each relation may be missed at a price. The solution with the
smallest total miss is, for a report without errors, the assignment that satisfies every relation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktopapp.core.relations import Relation
from desktopapp.core.template import Cell

#: Amounts in one choice of a row: cell → 分.
Choice = Mapping[Cell, int]

#: 0.01 万元 in 分: the solver works in published steps.
_STEP = 10_000
#: Price of a later choice, far below that of the smallest miss.
_LATER = 1e-6


def choose(
    rows: Sequence[Sequence[Choice]],
    relations: Sequence[Relation],
    fixed: Mapping[Cell, int],
    halves: Mapping[str, int],
    seconds: float = 2.0,
) -> list[int] | None:
    """Return for each row the index of its best choice, or None when no solution was found in time.

    ``fixed`` are the amounts that are not in question, ``halves`` half the grain of each form in 分: a relation with n
    amounts may be off by the sum of their halves.
    """
    program = _Program()
    where: dict[Cell, list[tuple[int, int]]] = {}
    firsts: list[int] = []
    for row in rows:
        # Among equals the first choice: callers put the likelier ones in front.
        picks = [program.add_column(_LATER * number, 1.0) for number in range(len(row))]
        firsts.append(picks[0])
        for pick, choice in zip(picks, row, strict=True):
            for cell, amount in choice.items():
                where.setdefault(cell, []).append((pick, amount))
        program.add_row(dict.fromkeys(picks, 1.0), 1.0, 1.0)
    program.whole = len(program.costs)
    for relation in relations:
        _add_relation(program, relation, where, fixed, halves)
    if not any(program.costs):
        return [0] * len(rows)
    solution = program.solve(seconds)
    if solution is None:
        return None
    chosen = []
    for first, row in zip(firsts, rows, strict=True):
        values = solution[first : first + len(row)]
        chosen.append(values.index(max(values)))
    return chosen


@dataclass(slots=True)
class _Program:
    """An integer program as the solver takes it: columns from 0 on with costs, rows with bounds.

    The first ``whole`` columns are 0 or 1, the others are not negative.
    """

    whole: int = 0
    costs: list[float] = field(default_factory=list)
    _upper: list[float] = field(default_factory=list)
    _bounds: list[tuple[float, float]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=lambda: [0])
    _index: list[int] = field(default_factory=list)
    _value: list[float] = field(default_factory=list)

    def add_column(self, cost: float, upper: float) -> int:
        self.costs.append(cost)
        self._upper.append(upper)
        return len(self.costs) - 1

    def add_row(self, factors: Mapping[int, float], lower: float, upper: float) -> None:
        self._index += factors.keys()
        self._value += factors.values()
        self._starts.append(len(self._index))
        self._bounds.append((lower, upper))

    def solve(self, seconds: float) -> list[float] | None:
        """Return the values of the columns with the smallest cost, None when none were found in time."""
        import highspy

        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.costs), len(self._bounds)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = self.costs, [0.0] * len(self.costs), self._upper
        lp.row_lower_, lp.row_upper_ = ([bound[side] for bound in self._bounds] for side in (0, 1))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = self._starts, self._index, self._value
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger] * self.whole + [kinds.kContinuous] * (len(self.costs) - self.whole)
        model = highspy.Highs()  # type: ignore[no-untyped-call]
        model.setOptionValue("output_flag", False)
        model.setOptionValue("time_limit", seconds)
        model.setOptionValue("threads", 1)
        model.setOptionValue("mip_rel_gap", 0.0)
        model.passModel(lp)
        model.run()
        solved = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
        solution = list(model.getSolution().col_value)
        return solution if solution and model.getModelStatus() in solved else None


def _add_relation(
    program: _Program,
    relation: Relation,
    where: Mapping[Cell, Sequence[tuple[int, int]]],
    fixed: Mapping[Cell, int],
    halves: Mapping[str, int],
) -> None:
    """Add one relation that may be missed at a price."""
    constant, tolerance = 0, 0
    # Whole 分 are added up first: what is left of fractions that should cancel out, the solver refuses.
    factors: dict[int, int] = {}
    for sign, cell in relation.terms:
        if cell in where:
            for pick, amount in where[cell]:
                factors[pick] = factors.get(pick, 0) + sign * amount
            tolerance += halves[cell.form]
        elif cell in fixed:
            constant += sign * fixed[cell]
            tolerance += halves[cell.form]
    terms = {pick: factor / _STEP for pick, factor in factors.items() if factor}
    if not terms:
        return
    infinite = float("inf")
    miss = program.add_column(1.0 if relation.severity == "error" else 0.1, infinite)
    program.add_row({**terms, miss: -1.0}, -infinite, (tolerance + 1 - constant) / _STEP)
    if relation.is_equation:
        program.add_row({**terms, miss: 1.0}, (-tolerance - 1 - constant) / _STEP, infinite)
