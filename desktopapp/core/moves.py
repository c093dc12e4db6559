"""Slips that touch several cells at once: two amounts exchanged, a run of rows shifted by one.

Such a slip leaves a trace that single cells do not explain: what one cell lacks stands in another. Every supposition is
judged by all relations of the cells it touches before it is offered.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desktopapp.core.amount import Amount
from desktopapp.core.evidence import Scene
from desktopapp.core.localise import EVENT, Search
from desktopapp.core.slips import Cost, log2_tenths
from desktopapp.core.template import Cell, Shape

_EXCHANGE = 46
_SHIFT = 60
_MOST_TRIALS = 150
_MOST_PARTNERS = 4


@dataclass(frozen=True, slots=True)
class Move:
    """Several cells that one slip has changed: what they should hold in 分, and the violated relations it explains."""

    kind: str
    changes: tuple[tuple[Cell, Amount], ...]
    repairs: frozenset[str]
    cost: Cost
    why: str

    @property
    def is_run(self) -> bool:
        """Tell whether it is a run of rows that only sums see; see ``desktopapp.core.runs``."""
        return self.kind == "run"


def shift_words(rows: int, step: int) -> str:
    """Return the reason for rows whose amounts stand ``step`` rows too far down."""
    return f"本栏连续 {rows} 行的金额疑似{'下' if step > 0 else '上'}移了一行"


class Moves:
    """Finds moves in one scene."""

    def __init__(self, scene: Scene, search: Search) -> None:
        self._scene, self._search = scene, search
        self._amounts = scene.report.amounts
        self._cells = [c for c in scene.at_fault if not c.form.startswith("last.")]
        self._needs = {c: self._needed(c, False) for c in self._cells}
        #: What the sum along its own row wants in a cell; in forms without such sums, what any relation wants.
        self._own_row = {c: self._needed(c, True) for c in self._cells}
        self._trials = _MOST_TRIALS

    def all(self) -> list[Move]:
        """Return every move that repairs violated relations and breaks none."""
        # A single relation knows of no shift, and of an exchange only when it has the two on opposite sides.
        return [*(self._shifts() if len(self._scene.bad) > 1 else ()), *self._exchanges()]

    def _needed(self, cell: Cell, own_row: bool) -> list[tuple[int, int]]:
        """Return the ranges of amounts that single violated relations would want in a cell, narrowest first."""
        amount = self._amounts.get(cell, 0)
        links = [(s, f) for s, f in self._scene.at_fault[cell] if f.relation.is_equation and abs(s) == 1]
        if own_row:
            along = [(s, f) for s, f in links if all((c.form, c.row) == cell[:2] for _, c in f.relation.terms)]
            summed = self._scene.report.template.form(cell.form).shape is Shape.CODES
            links = along if summed else along or links
        found = []
        for sign, facts in links:
            right = amount - sign * facts.residual
            reach = facts.tolerance + (self._scene.half(cell) if cell not in self._amounts else 0)
            found.append((right - reach, right + reach))
        return sorted(found, key=lambda r: r[1] - r[0])

    def _judged(self, kind: str, changes: Mapping[Cell, Amount], cost: Cost, why: str) -> Move | None:
        """Return the move if it repairs something, breaks nothing and no cell of it stays in doubt."""
        if self._trials <= 0:
            return None
        self._trials -= 1
        effect = self._scene.effect(changes)
        if effect.broken or not effect.repaired:
            return None
        return Move(kind, tuple(changes.items()), effect.repaired, EVENT + cost + effect.soft, why)

    # ── exchanges ───────────────────────────────────────────────────────────────────────────────────────────────
    def _exchanges(self) -> Iterator[Move]:
        """Yield pairs of cells of one form that hold each other's amounts, an empty cell only beside a filled one."""
        by_form: dict[str, list[tuple[int, Cell]]] = {}
        for cell in self._cells:
            if cell in self._amounts:
                by_form.setdefault(cell.form, []).append((self._amounts[cell], cell))
        for held in by_form.values():
            held.sort()
        tried: set[frozenset[Cell]] = set()
        for cell in self._cells:
            hidden = list(self._hidden_partners(cell))
            for partner in dict.fromkeys((*self._partners(cell, by_form.get(cell.form, [])), *hidden)):
                pair = frozenset((cell, partner))
                if partner == cell or pair in tried:
                    continue
                if partner in hidden or self._opposed(cell, partner) or self._wants(cell, partner):
                    tried.add(pair)
                    move = self._exchange(cell, partner)
                    if move is not None:
                        yield move

    def _partners(self, cell: Cell, held: list[tuple[int, Cell]]) -> Iterator[Cell]:
        """Yield the cells that hold what a cell lacks."""
        for low, high in self._needs[cell]:
            if cell not in self._amounts:
                yield from (c for c in self._beside(cell) if low <= self._amounts.get(c, 0) <= high)
                continue
            yield from self._holding(held, low, high, cell)
        if cell not in self._amounts:
            return
        # Where one sum has both on opposite sides, exchanging them counts twice.
        for sign, facts in self._scene.at_fault[cell]:
            if facts.relation.is_equation and abs(sign) == 1:
                right = self._amounts[cell] - sign * facts.residual // 2
                for other in self._holding(held, right - facts.tolerance, right + facts.tolerance, cell):
                    if self._opposed(cell, other):
                        yield other

    def _holding(self, held: list[tuple[int, Cell]], low: int, high: int, cell: Cell) -> Iterator[Cell]:
        """Yield a few cells that hold an amount between bounds, other than that of a cell."""
        at = bisect_left(held, (low,))
        for amount, other in held[at : at + _MOST_PARTNERS]:
            if amount <= high and amount != self._amounts[cell]:
                yield other

    def _hidden_partners(self, cell: Cell) -> Iterator[Cell]:
        """Yield cells that hold what a cell lacks and whose own relations all hold, because it stands in them, too."""
        if all(self._search.candidates(f.relation.id) for _, f in self._scene.at_fault[cell]):
            return
        for _, facts in self._scene.links(cell):
            for _, other in facts.relation.terms if not facts.bad else ():
                held = self._amounts.get(other) if other.form == cell.form and other not in self._needs else None
                if held is not None and any(low <= held <= high for low, high in self._needs[cell]):
                    yield other

    def _beside(self, cell: Cell) -> Iterator[Cell]:
        """Yield the cells directly above, below, left and right of a cell."""
        around = self._scene.around
        found = (around.below(cell, -1), around.below(cell, 1), around.beside(cell, -1), around.beside(cell, 1))
        return (c for c in found if c is not None)

    def _wants(self, cell: Cell, partner: Cell) -> bool:
        """Tell whether another violated relation would want the amount of a cell in its partner."""
        amount = self._amounts.get(cell, 0)
        return len(self._scene.bad) > 1 and any(low <= amount <= high for low, high in self._needs.get(partner, ()))

    def _opposed(self, a: Cell, b: Cell) -> bool:
        """Tell whether a violated relation has the two on opposite sides: it then knows what neither should be."""
        return any(
            sign * other < 0
            for sign, facts in self._scene.at_fault[a]
            for other, same in self._scene.at_fault.get(b, ())
            if same is facts
        )

    def _exchange(self, a: Cell, b: Cell) -> Move | None:
        amounts = self._amounts
        changes = {a: amounts.get(b), b: amounts.get(a)}
        moved = a not in amounts or b not in amounts
        near = a.row == b.row or abs(self._scene.around.position(a) - self._scene.around.position(b)) == 1
        cost = _EXCHANGE + (15 if near else log2_tenths(len(self._cells)))
        cost += sum(self._scene.said(c, right) for c, right in changes.items())
        if moved:
            return self._judged("moved", changes, cost, "金额填在了相邻的格子里，疑似串行或串栏")
        return self._judged("exchanged", changes, cost, "两格的金额疑似互相填反")

    # ── shifts ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _shifts(self) -> Iterator[Move]:
        """Yield runs of rows in one column whose amounts stand one row too low or too high."""
        columns: dict[tuple[str, str], set[int]] = {}
        for cell in self._cells:
            if self._own_row[cell]:
                columns.setdefault((cell.form, cell.col), set()).add(self._scene.around.position(cell))
        for (form_id, column), places in columns.items():
            if len(places) > 1:
                for step in (1, -1):
                    yield from self._runs(form_id, column, places, step)

    def _runs(self, form_id: str, column: str, places: set[int], step: int) -> Iterator[Move]:
        """Yield runs in which each row lacks what stands ``step`` rows further on, or has the same already."""
        keys = self._scene.around.row_keys(form_id)
        tried: set[frozenset[Cell]] = set()

        def cell(i: int) -> Cell:
            return Cell(form_id, keys[i], column)

        def inside(i: int) -> bool:
            return 0 <= i < len(keys) and bool(keys[i])

        def held(i: int) -> int:
            return self._amounts.get(cell(i), 0)

        def lacks(i: int) -> bool:
            if i not in places or not inside(i + step) or held(i) == held(i + step):
                return False
            return any(low <= held(i + step) <= high for low, high in self._own_row[cell(i)])

        def same(i: int) -> bool:
            return i not in places and inside(i) and inside(i + step) and held(i) == held(i + step)

        for first in sorted(places):
            if not lacks(first) or lacks(first - step):
                continue
            changes: dict[Cell, Amount] = {}
            at = first
            while lacks(at) or same(at):
                if lacks(at):
                    changes[cell(at)] = self._amounts.get(cell(at + step))
                at += step
            if frozenset(changes) not in tried:
                tried.add(frozenset(changes))
                yield from self._shift(changes, cell(at), abs(at - first), step)

    def _shift(self, changes: dict[Cell, Amount], last: Cell, length: int, step: int) -> Iterator[Move]:
        """Yield the ways to move a run of amounts back; the cell behind it keeps its amount or lost another."""
        why = shift_words(length + 1, step)
        if len(changes) > 1:
            move = self._judged("shifted", changes, _SHIFT, why)
            if move is not None:
                yield move
        for window in self._scene.windows(last, self._scene.shifts(changes)):
            change = self._search.change(window, self._scene.shifts(changes))
            if change is not None:
                all_changes = {**changes, last: change.right}
                move = self._judged("shifted", all_changes, _SHIFT + max(change.cost, 0), why)
                if move is not None:
                    yield move
                    return
