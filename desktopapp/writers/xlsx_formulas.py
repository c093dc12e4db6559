"""Relations as spreadsheet formulas: every computable total as a sum of the cells it follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.template import Cell
from desktopapp.writers.xlsx_names import quoted

# Excel takes at most 255 arguments and 8,192 characters.
_MOST_ARGUMENTS = 200
_LONGEST_FORMULA = 8_000


class Place(NamedTuple):
    """Where an amount stands: sheet name, row and column from 0."""

    sheet: str
    row: int
    col: int


def formulas_for(checker: Checker, places: Mapping[Cell, Place], decimals: int) -> dict[Cell, str]:
    """Return the formulas of all amounts in ``places`` that follow a relation, without leading "=".

    A cell whose amount differs from what its relation states (a rounding residual, a typed total) keeps its amount:
    a formula must never change a figure. ``decimals`` are the places to which differences are rounded.
    """
    sources: dict[Cell, list[tuple[int, Cell]]] = {}
    for cell in places:
        terms = _terms(checker, cell)
        if terms and all(c in places for _, c in terms):
            sources[cell] = terms
    _break_circles(sources)
    found = {}
    for cell, terms in sources.items():
        text = _text(places[cell].sheet, [(sign, places[c]) for sign, c in terms], decimals)
        if len(text) <= _LONGEST_FORMULA:
            found[cell] = text
    return found


def _terms(checker: Checker, cell: Cell) -> list[tuple[int, Cell]]:
    """Return the signed cells whose sum a cell is, nothing where it follows no relation or does not agree with it."""
    relation = checker.definer(cell)
    if relation is None or not relation.is_equation or checker.residual(relation) != 0:
        return []
    if checker.verdict(relation) is Verdict.NOT_APPLICABLE:
        return []
    own = [sign for sign, c in relation.terms if c == cell]
    if len(own) != 1:
        return []
    return [(-own[0] * sign, c) for sign, c in relation.terms if c != cell]


def _break_circles(sources: dict[Cell, list[tuple[int, Cell]]]) -> None:
    """Drop formulas that would refer to themselves through others."""
    done: set[Cell] = set()
    for start in list(sources):
        path: dict[Cell, None] = {}
        stack: list[tuple[Cell, bool]] = [(start, False)]
        while stack:
            cell, leaving = stack.pop()
            if leaving:
                path.pop(cell, None)
                done.add(cell)
            elif cell in path:
                # Only what closes the circle loses its formula; the rest stays live.
                sources.pop(cell, None)
            elif cell not in done and cell in sources:
                path[cell] = None
                stack.append((cell, True))
                stack.extend((c, False) for _, c in sources[cell])


def _text(sheet: str, terms: Sequence[tuple[int, Place]], decimals: int) -> str:
    plus = [place for sign, place in terms if sign > 0]
    minus = [place for sign, place in terms if sign < 0]
    text = _sum(sheet, plus) if plus else ""
    for part in _parts(sheet, minus):
        text += f"-SUM({part})" if ":" in part else f"-{part}"
    # A difference of binary fractions can leave a speck that would be shown as 0.00 instead of an empty cell.
    return f"ROUND({text},{decimals})" if minus else text


def _sum(sheet: str, places: Sequence[Place]) -> str:
    parts = _parts(sheet, places)
    if len(parts) == 1 and ":" not in parts[0]:
        return parts[0]
    while len(parts) > _MOST_ARGUMENTS:
        groups = [parts[at : at + _MOST_ARGUMENTS] for at in range(0, len(parts), _MOST_ARGUMENTS)]
        parts = [f"SUM({','.join(group)})" for group in groups]
    return f"SUM({','.join(parts)})"


def _parts(sheet: str, places: Sequence[Place]) -> list[str]:
    """Return references with neighbours taken together: C9:C16, E5."""
    parts = []
    for run in _runs(places):
        first, last = run[0], run[-1]
        prefix = "" if first.sheet == sheet else quoted(first.sheet) + "!"
        reference = prefix + _reference(first)
        parts.append(reference if len(run) == 1 else f"{reference}:{_reference(last)}")
    return parts


def _runs(places: Sequence[Place]) -> Iterable[list[Place]]:
    """Yield the places in runs down a column or along a row."""
    run: list[Place] = []
    step = (0, 0)
    for place in places:
        if run and place.sheet == run[-1].sheet:
            move = (place.row - run[-1].row, place.col - run[-1].col)
            if move == step or (len(run) == 1 and move in ((0, 1), (1, 0))):
                run.append(place)
                step = move
                continue
        if run:
            yield run
        run, step = [place], (0, 0)
    if run:
        yield run


def _reference(place: Place) -> str:
    letters, number = "", place.col + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{place.row + 1}"
