"""References of formulas: runs of neighbours, other sheets, long sums, circles."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.checker import Verdict
from desktopapp.core.relations import Relation
from desktopapp.core.template import Cell
from desktopapp.writers.xlsx_formulas import Place, formulas_for


class Rules:
    """A checker of nothing but sums: target → its signed terms."""

    def __init__(self, sums: dict[Cell, Sequence[tuple[int, Cell]]], residual: int = 0) -> None:
        self._sums, self._residual = sums, residual

    def definer(self, cell: Cell) -> Relation | None:
        terms = self._sums.get(cell)
        if terms is None:
            return None
        signed = ((1, cell), *((-sign, c) for sign, c in terms))
        return Relation("r", "r", "", "row", "error", "", "=", signed, 1, cell, cell)

    def residual(self, relation: Relation) -> int:
        return self._residual

    def verdict(self, relation: Relation) -> Verdict:
        return Verdict.HOLDS


def cell(number: int, form: str = "01") -> Cell:
    return Cell(form, str(number), "a")


def down(numbers: Sequence[int], col: int = 2, form: str = "01", sheet: str = "表") -> dict[Cell, Place]:
    return {cell(n, form): Place(sheet, n, col) for n in numbers}


def text(terms: Sequence[tuple[int, Cell]], places: dict[Cell, Place], decimals: int = 2) -> str | None:
    target = Cell("01", "target", "a")
    rules = Rules({target: terms})
    return formulas_for(rules, {**places, target: Place("表", 99, 2)}, decimals).get(target)  # type: ignore[arg-type]


def test_neighbours_become_one_range() -> None:
    assert text([(1, cell(n)) for n in (8, 9, 10)], down([8, 9, 10])) == "SUM(C9:C11)"
    assert text([(1, cell(n)) for n in (8, 10, 11, 20)], down([8, 10, 11, 20])) == "SUM(C9,C11:C12,C21)"
    along = {cell(n): Place("表", 4, n) for n in (25, 26, 27)}
    assert text([(1, c) for c in along], along) == "SUM(Z5:AB5)"


def test_one_cell_is_taken_as_it_is() -> None:
    assert text([(1, cell(3))], down([3])) == "C4"
    assert text([(1, cell(3, "02"))], down([3], form="02", sheet="收入's 表")) == "'收入''s 表'!C4"


def test_differences_are_rounded() -> None:
    assert text([(1, cell(3)), (-1, cell(5))], down([3, 5])) == "ROUND(C4-C6,2)"
    assert text([(1, cell(3)), (-1, cell(5)), (-1, cell(6))], down([3, 5, 6]), 6) == "ROUND(C4-SUM(C6:C7),6)"
    assert text([(-1, cell(5))], down([5])) == "ROUND(-C6,2)"


def test_long_sums_are_nested_and_too_long_ones_left_alone() -> None:
    some = list(range(0, 900, 2))
    found = text([(1, cell(n)) for n in some], down(some))
    assert found is not None and found.startswith("SUM(SUM(C1,C3,") and found.count("SUM(") == 4
    many = list(range(0, 6000, 2))
    assert text([(1, cell(n)) for n in many], down(many)) is None


def test_what_does_not_agree_stays_a_number() -> None:
    rules = Rules({cell(1): [(1, cell(2))]}, residual=10_000)
    assert formulas_for(rules, down([1, 2]), 2) == {}  # type: ignore[arg-type]


def test_what_refers_to_a_missing_cell_stays_a_number() -> None:
    rules = Rules({cell(1): [(1, cell(2)), (1, cell(3))]})
    assert formulas_for(rules, down([1, 2]), 2) == {}  # type: ignore[arg-type]


def test_circles_are_broken() -> None:
    rules = Rules({cell(1): [(1, cell(2))], cell(2): [(1, cell(3))], cell(3): [(1, cell(1))], cell(4): [(1, cell(1))]})
    found = formulas_for(rules, down([1, 2, 3, 4]), 2)  # type: ignore[arg-type]
    assert cell(4) in found
    seen = set()
    at: Cell | None = cell(4)
    following = {cell(1): cell(2), cell(2): cell(3), cell(3): cell(1), cell(4): cell(1)}
    while at in found:
        assert at not in seen
        seen.add(at)
        at = following[at]
    assert len(found) == 3
