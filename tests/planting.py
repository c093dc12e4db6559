"""Plants slips of people who copy amounts into consistent reports, and tells what the relations can know of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from desktopapp.core.amount import Amount
from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.commands import SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.levels import base
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.surroundings import printed_rows
from desktopapp.core.template import LAST, Cell, Shape

Changes = dict[Cell, Amount]


@dataclass(frozen=True)
class Planted:
    """A slip in a report: the kind, and the cells with what they should hold and what they hold instead."""

    kind: str
    right: Changes
    wrong: Changes

    @property
    def cells(self) -> frozenset[Cell]:
        return frozenset(self.right)


# ── slips of one cell ───────────────────────────────────────────────────────────────────────────────────────────────
def _digits(amount: int, grain: int) -> list[str]:
    return list(str(abs(amount) // grain))


def _amount(digits: list[str], like: int, grain: int) -> int:
    return int("".join(digits) or "0") * grain * (1 if like > 0 else -1)


def _transposed(rng: Random, amount: int, grain: int) -> int | None:
    digits = _digits(amount, grain)
    places = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1]]
    if not places:
        return None
    i = rng.choice(places)
    digits[i], digits[i + 1] = digits[i + 1], digits[i]
    return _amount(digits, amount, grain)


def _digit(rng: Random, amount: int, grain: int) -> int:
    digits = _digits(amount, grain)
    i = rng.randrange(len(digits))
    digits[i] = rng.choice([d for d in "0123456789" if d != digits[i] and (i or d != "0" or len(digits) == 1)])
    return _amount(digits, amount, grain)


def _dropped(rng: Random, amount: int, grain: int) -> int | None:
    digits = _digits(amount, grain)
    if len(digits) < 2:
        return None
    del digits[rng.randrange(len(digits))]
    return _amount(digits, amount, grain)


def _added(rng: Random, amount: int, grain: int) -> int:
    digits = _digits(amount, grain)
    digits.insert(rng.randrange(1, len(digits) + 1), rng.choice("0123456789"))
    return _amount(digits, amount, grain)


def _sign(rng: Random, amount: int, grain: int) -> int:
    return -amount


def _point(rng: Random, amount: int, grain: int) -> int:
    factor = rng.choice((10, 100))
    return amount * factor if rng.random() < 0.5 else amount // (factor * grain) * grain


def _unit(rng: Random, amount: int, grain: int) -> int:
    return amount * 10_000 if rng.random() < 0.7 else amount // (10_000 * grain) * grain


_KEYBOARD: dict[str, Callable[[Random, int, int], int | None]] = {
    "transposed": _transposed,
    "digit": _digit,
    "dropped": _dropped,
    "added": _added,
    "sign": _sign,
    "point": _point,
    "unit": _unit,
}


class Planter:
    """Plants slips in one report; ``report`` is changed and restored by ``planted``."""

    def __init__(self, report: Report, rng: Random) -> None:
        self.report, self._rng = report, rng
        self._cells = sorted(c for c in report.amounts if not c.form.startswith(LAST) and c.form != "S1")

    def slip(self, kind: str, cells: list[Cell] | None = None) -> Planted | None:
        """Return a slip of a kind in one of the given cells (any), None when none was found in a few tries."""
        for _ in range(60):
            cell = self._rng.choice(cells or self._cells)
            found = self._try(kind, cell) if cell in self.report.amounts else None
            if found is not None and found.right != found.wrong:
                return found
        return None

    def _try(self, kind: str, cell: Cell) -> Planted | None:
        amount = self.report.amounts[cell]
        if kind in _KEYBOARD:
            return self._single(kind, cell, _KEYBOARD[kind](self._rng, amount, self.report.grain(cell.form)))
        found: dict[str, Callable[[Cell], Planted | None]] = {
            "blank": lambda c: self._single("blank", c, None),
            "last": lambda c: self._copied("last", c, Cell(LAST + c.form, c.row, c.col)),
            "section": self._section,
            "neighbour": self._neighbour,
            "exchanged": self._exchanged,
            "moved": self._moved,
            "shifted": self._shifted,
        }
        return found[kind](cell)

    def _single(self, kind: str, cell: Cell, wrong: Amount) -> Planted | None:
        right = self.report.amounts[cell]
        return Planted(kind, {cell: right}, {cell: wrong or None}) if wrong != right else None

    def _copied(self, kind: str, cell: Cell, source: Cell) -> Planted | None:
        copied = self.report.amounts.get(source)
        return self._single(kind, cell, copied) if copied else None

    def _section(self, cell: Cell) -> Planted | None:
        """The sum above is typed into the row below it."""
        form = self.report.template.form(cell.form)
        if form.shape not in (Shape.CODES, Shape.BLOCKS) or not base(cell.row).isdigit():
            return None
        parent = self.report.rows_of(cell.form).parent(cell.row, self.report.levels(form))
        return self._copied("section", cell, Cell(cell.form, parent, cell.col)) if parent else None

    def _row(self, cell: Cell, step: int) -> Cell | None:
        keys = printed_rows(self.report, self.report.template.form(cell.form), cell.form)
        at = keys.index(cell.row) + step
        other = Cell(cell.form, keys[at], cell.col) if 0 <= at < len(keys) and keys[at] else cell
        return other if other != cell and self.report.has_cell(other) else None

    def _neighbour(self, cell: Cell) -> Planted | None:
        other = self._row(cell, self._rng.choice((-1, 1)))
        return self._copied("neighbour", cell, other) if other is not None else None

    # ── slips of several cells ──────────────────────────────────────────────────────────────────────────────────
    def _exchanged(self, cell: Cell) -> Planted | None:
        amounts = self.report.amounts
        how = self._rng.randrange(3)
        if how == 0:
            others = [c for c in self._cells if c.form == cell.form and c.row == cell.row]
        elif how == 1:
            others = [c for c in (self._row(cell, -1), self._row(cell, 1)) if c is not None and c in amounts]
        else:
            others = [c for c in self._cells if c.form == cell.form and c.col == cell.col]
        others = [c for c in others if c in amounts and amounts[c] != amounts[cell]]
        if not others:
            return None
        other = self._rng.choice(others)
        return Planted(
            "exchanged", {cell: amounts[cell], other: amounts[other]}, {cell: amounts[other], other: amounts[cell]}
        )

    def _moved(self, cell: Cell) -> Planted | None:
        """The amount stands one row too low or too high, where nothing should stand."""
        other = self._row(cell, self._rng.choice((-1, 1)))
        if other is None or other in self.report.amounts:
            return None
        amount = self.report.amounts[cell]
        return Planted("moved", {cell: amount, other: None}, {cell: None, other: amount})

    def _shifted(self, cell: Cell) -> Planted | None:
        """A run of rows of one column stands one row too low; the last amount is lost."""
        run = [cell]
        length = self._rng.randint(3, 6)
        while len(run) < length and (after := self._row(run[-1], 1)) is not None:
            run.append(after)
        if len(run) < 3:
            return None
        amounts = self.report.amounts
        right = {c: amounts.get(c) for c in run}
        wrong: Changes = {run[0]: None} | {b: amounts.get(a) for a, b in pairwise(run)}
        same = [c for c in run if right[c] == wrong[c]]
        for c in same:
            del right[c], wrong[c]
        return Planted("shifted", right, wrong) if len(right) > 2 else None


SINGLE = (*_KEYBOARD, "blank", "last", "section", "neighbour")
SEVERAL = ("exchanged", "moved", "shifted")
KINDS = (*SINGLE, *SEVERAL)


def put(engine: Engine, changes: Changes) -> None:
    """Type amounts into a report."""
    engine.apply(SetCells(tuple((c, a, False) for c, a in changes.items())))


def violated(checker: Checker) -> list[Relation]:
    """Return the relations that are violated as errors."""
    return [r for r in checker.open_relations() if r.severity == "error" and checker.verdict(r) is Verdict.VIOLATED]


# ── what the relations can know ─────────────────────────────────────────────────────────────────────────────────────
def single_cell_repairs(engine: Engine, before: Collection[str] = ()) -> list[Cell]:
    """Return every cell with some amount that leaves no violated relation, by trying each one out.

    ``before`` are relations that were violated anyway and are left out of account. The amounts tried come from the
    intervals that the relations of the cell leave; the verdict is the checker's own.
    """
    checker, report = engine.checker, engine.report

    def bad_ones() -> list[Relation]:
        return [r for r in violated(checker) if r.id not in before]

    bad = bad_ones()
    common = set.intersection(*({c for _, c in r.terms} for r in bad)) if bad else set()
    found = []
    for cell in sorted(common):
        for change in _tries(report, checker, cell, before):
            amount = (report.amounts.get(cell) or 0) + change
            undo = engine.apply(SetCells(((cell, amount or None, False),))).inverse
            repaired = not bad_ones()
            engine.apply(undo)
            if repaired:
                found.append(cell)
                break
    return found


def _tries(report: Report, checker: Checker, cell: Cell, before: Collection[str]) -> Iterator[int]:
    """Yield the ends and the middle of the interval of changes that all relations of a cell allow."""
    grain = report.grain(cell.form)
    half = grain // 2 if grain > 1 else 0
    low, high = -(10**18), 10**18
    for relation in checker.relations_of(cell):
        if relation.severity != "error" or checker.verdict(relation) > Verdict.VIOLATED or relation.id in before:
            continue
        sign = next(s for s, c in relation.terms if c == cell)
        reach = checker.tolerance(relation) + (half if cell not in report.amounts else 0)
        centre = -sign * checker.residual(relation)
        low, high = max(low, centre - reach), min(high, centre + reach)
    low, high = -(-low // grain) * grain, high // grain * grain
    yield from (c for c in sorted({low, (low + high) // 2 // grain * grain, high}) if low <= c <= high and c)
