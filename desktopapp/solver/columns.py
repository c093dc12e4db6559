"""Chooses among candidate columns for many rows at once, as an integer program over the report's own relations.

One binary variable stands for each choice of a row; each relation may be missed at a price. The solution with the
smallest total miss is, for a report without errors, the assignment that satisfies every relation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
    model = _model(seconds)
    picks = [[model.addBinary() for _ in choices] for choices in rows]
    for row in picks:
        model.addConstr(sum(row[1:], start=row[0] * 1) == 1)
    where: dict[Cell, list[tuple[Any, int]]] = {}
    for row, choices in zip(picks, rows, strict=True):
        for pick, choice in zip(row, choices, strict=True):
            for cell, amount in choice.items():
                where.setdefault(cell, []).append((pick, amount))
    misses = [_add_relation(model, r, where, fixed, halves) for r in relations]
    # Among equals the first choice: callers put the likelier ones in front.
    goal = [var * weight for weight, var in filter(None, misses)]
    goal += [var * (_LATER * i) for row in picks for i, var in enumerate(row) if i]
    if not goal:
        return [0] * len(rows)
    model.minimize(sum(goal[1:], start=goal[0]))
    return _chosen(model, picks)


def _model(seconds: float) -> Any:
    import highspy

    model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.setOptionValue("time_limit", seconds)
    model.setOptionValue("threads", 1)
    model.setOptionValue("mip_rel_gap", 0.0)
    return model


def _add_relation(
    model: Any,
    relation: Relation,
    where: Mapping[Cell, Sequence[tuple[Any, int]]],
    fixed: Mapping[Cell, int],
    halves: Mapping[str, int],
) -> tuple[float, Any] | None:
    """Add one relation that may be missed at a price; return its weight and the variable of its miss."""
    constant, tolerance = 0, 0
    # Whole 分 are added up first: what is left of fractions that should cancel out, the solver refuses.
    factors: dict[int, tuple[Any, int]] = {}
    for sign, cell in relation.terms:
        if cell in where:
            for pick, amount in where[cell]:
                factors[pick.index] = pick, factors.get(pick.index, (pick, 0))[1] + sign * amount
            tolerance += halves[cell.form]
        elif cell in fixed:
            constant += sign * fixed[cell]
            tolerance += halves[cell.form]
    terms = [pick * (factor / _STEP) for pick, factor in factors.values() if factor]
    if not terms:
        return None
    miss = model.addVariable(lb=0.0)
    total = sum(terms[1:], start=terms[0])
    model.addConstr(total - miss <= (tolerance + 1 - constant) / _STEP)
    if relation.is_equation:
        model.addConstr(total + miss >= (-tolerance - 1 - constant) / _STEP)
    return (1.0 if relation.severity == "error" else 0.1), miss


def _chosen(model: Any, picks: Sequence[Sequence[Any]]) -> list[int] | None:
    import highspy

    solved = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
    solution = list(model.getSolution().col_value)
    if not solution or model.getModelStatus() not in solved:
        return None
    chosen = []
    for row in picks:
        values = [solution[var.index] for var in row]
        chosen.append(values.index(max(values)))
    return chosen
