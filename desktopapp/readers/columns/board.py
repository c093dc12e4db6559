"""What the assignment of columns costs: the relations that rows without columns can change, laid out for quick moves.

It judges as the checker does, for the few relations in question and with everything looked up beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from desktopapp.core.checker import Checker
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.readers.columns.inner import WEIGHT
from desktopapp.readers.columns.loose import Columns, Loose

#: Violated relations by weight, then by how much they are off in 分, so that each step can be judged.
Cost = tuple[int, int]
Moves = Sequence[tuple[Loose, Columns]]


@dataclass(slots=True)
class _Entry:
    """A relation with its state: what it is off by and may be off by in 分, and how often it is suspended."""

    relation: Relation
    weight: int
    equation: bool
    target: Cell | None
    gates: tuple[int, ...]
    off: int = 0
    room: int = 0
    suspended: int = 0
    gated: list[int] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        return (abs(self.off) if self.equation else self.off) > self.room


class Board:
    """The amounts of rows that may move, and all relations that such moves can touch."""

    def __init__(self, report: Report, checker: Checker, rows: Iterable[Loose]) -> None:
        self._report, self._checker = report, checker
        self._half: dict[str, int] = {}
        self._entries: list[_Entry] = []
        self._number: dict[str, int] = {}
        #: By cell: (number of a relation, sign).
        self._touching: dict[Cell, list[tuple[int, int]]] = {}
        self._blank: dict[Cell, int] = {}
        self._violated: dict[int, int] = {}
        self._weight = self._total = 0
        self._placed: dict[tuple[str, str, Columns], dict[Cell, int]] = {}
        self._effects: dict[tuple[str, str, Columns], list[tuple[int, int, int]]] = {}
        self._enter_all({c for i in rows for c in i.movable(i.candidates)})
        self._others = [r for r in checker.violated_relations() if r.id not in self._number]
        for relation in self._others:
            self._weight += WEIGHT.get(relation.severity, 1)
            self._total += abs(checker.residual(relation))
        self._settle(set(range(len(self._entries))))

    # ── building ────────────────────────────────────────────────────────────────────────────────────────────────
    def _enter_all(self, cells: Iterable[Cell]) -> None:
        todo, seen = list(cells), set(cells)
        while todo:
            cell = todo.pop()
            for relation in self._checker.relations_of(cell):
                if relation.id in self._number:
                    continue
                entry = self._enter(relation)
                # A total that is left blank keeps its other relations from being judged.
                blank = [c for _, c in relation.terms if self._checker.blank_total(c)]
                if entry.target is not None and entry.target not in self._report.amounts:
                    blank.append(entry.target)
                todo += [c for c in blank if c not in seen]
                seen.update(blank)

    def _enter(self, relation: Relation) -> _Entry:
        gates = tuple(self._condition(name) for name in relation.when)
        entry = self._add(relation, gates)
        for gate in gates:
            self._entries[gate].gated.append(len(self._entries) - 1)
        return entry

    def _condition(self, name: str) -> int:
        found = self._number.get(name)
        if found is None:
            relation = self._checker.relation(name)
            assert relation is not None
            self._add(relation, ())
            found = self._number[name]
        return found

    def _add(self, relation: Relation, gates: tuple[int, ...]) -> _Entry:
        number = self._number[relation.id] = len(self._entries)
        condition = relation.kind == "condition"
        entry = _Entry(
            relation,
            0 if condition else WEIGHT.get(relation.severity, 1),
            relation.op != "<=",
            relation.target,
            gates,
        )
        self._entries.append(entry)
        amounts = self._report.amounts
        for sign, cell in relation.terms:
            self._touching.setdefault(cell, []).append((number, sign))
            if cell in amounts:
                entry.off += sign * amounts[cell]
                entry.room += self._half_of(cell.form)
        return entry

    def _half_of(self, form_id: str) -> int:
        found = self._half.get(form_id)
        if found is None:
            found = self._half[form_id] = self._report.grain(form_id) // 2
        return found

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def cost(self) -> Cost:
        """Return how bad the report is."""
        return self._weight, self._total

    @property
    def at_stake(self) -> bool:
        """Tell whether a relation is violated that moves can touch."""
        return bool(self._violated)

    def violated(self) -> Iterator[Relation]:
        """Yield the relations that are violated and that moves can touch."""
        return (self._entries[n].relation for n in self._violated)

    def relations(self) -> dict[str, Relation]:
        """Return the relations that moves can touch and that can be judged, by id."""
        return {
            e.relation.id: e.relation
            for n, e in enumerate(self._entries)
            if e.relation.kind != "condition" and self._applies(n)
        }

    def amounts(self) -> Mapping[Cell, int]:
        """Return the amounts of the report as the moves left them."""
        return self._report.amounts

    def no_worse(self, moves: Moves) -> bool:
        """Tell whether the report would be as good after some moves; nothing changes."""
        if self.breaks(moves):
            return False
        cost = self.cost
        before = [(item, item.chosen) for item, _ in moves]
        self.move(moves)
        same = self.cost <= cost
        self.move(before)
        return same

    def breaks(self, moves: Moves) -> bool:
        """Tell at a glance whether moves would surely violate a relation and mend none."""
        shift: dict[int, tuple[int, int]] = {}
        for item, choice in moves:
            for number, off, room in self._effects_of(item, item.chosen):
                old = shift.get(number, (0, 0))
                shift[number] = old[0] - off, old[1] - room
            for number, off, room in self._effects_of(item, choice):
                old = shift.get(number, (0, 0))
                shift[number] = old[0] + off, old[1] + room
        if any(number in self._violated for number in shift):
            return False
        for number, (off, room) in shift.items():
            entry = self._entries[number]
            if entry.weight and off and not entry.suspended and self._applies(number):
                left = entry.off + off
                if (abs(left) if entry.equation else left) > entry.room + room:
                    return True
        return False

    def _effects_of(self, item: Loose, choice: Columns) -> list[tuple[int, int, int]]:
        """Return (relation, what the amounts of a choice add to it, what they add to its tolerance)."""
        key = (item.form, item.row, choice)
        found = self._effects.get(key)
        if found is None:
            found = self._effects[key] = [
                (number, sign * amount, self._half_of(cell.form))
                for cell, amount in self._cells(item, choice).items()
                for number, sign in self._touching.get(cell, ())
            ]
        return found

    # ── moves ───────────────────────────────────────────────────────────────────────────────────────────────────
    def move(self, moves: Moves) -> None:
        """Put rows into other columns."""
        touched: set[int] = set()
        amounts = self._report.amounts
        for item, choice in moves:
            new = self._cells(item, choice)
            for cell in self._cells(item, item.chosen):
                if cell not in new:
                    self._change(cell, None, touched)
            for cell, amount in new.items():
                if amounts.get(cell) != amount:
                    self._change(cell, amount, touched)
            item.chosen = choice
        self._settle(touched)

    def _cells(self, item: Loose, choice: Columns) -> dict[Cell, int]:
        key = (item.form, item.row, choice)
        found = self._placed.get(key)
        if found is None:
            found = self._placed[key] = {c: a for c, a in item.cells(choice).items() if a}
        return found

    def _change(self, cell: Cell, new: int | None, touched: set[int]) -> None:
        amounts = self._report.amounts
        old = amounts.get(cell)
        if new is None:
            amounts.pop(cell, None)
        else:
            amounts[cell] = new
        delta = (new or 0) - (old or 0)
        more = ((new is not None) - (old is not None)) * self._half_of(cell.form)
        for number, sign in self._touching.get(cell, ()):
            entry = self._entries[number]
            entry.off += sign * delta
            entry.room += more
            touched.add(number)

    def _settle(self, touched: set[int]) -> None:
        entries = self._entries
        todo = set(touched)
        for number in touched:
            target = entries[number].target
            if target is not None and (target in self._blank or target not in self._report.amounts):
                todo |= self._note_blank(target)
        for number in list(todo):
            todo.update(entries[number].gated)
        for number in todo:
            self._judge(number)

    def _note_blank(self, target: Cell) -> set[int]:
        """Note whether a total is left blank although a relation states its amount; return the relations concerned."""
        before, now = self._blank.get(target), None
        touching = self._touching.get(target, ())
        if target not in self._report.amounts:
            half = self._half_of(target.form)
            for number, _ in touching:
                entry = self._entries[number]
                if entry.target == target and abs(entry.off) > max(half, entry.room + half):
                    now = number
                    break
        if now == before:
            return set()
        self._blank.pop(target, None)
        if now is not None:
            self._blank[target] = now
        for number, _ in touching:
            self._entries[number].suspended += (now is not None and number != now) - (
                before is not None and number != before
            )
        return {number for number, _ in touching}

    def _applies(self, number: int) -> bool:
        entry = self._entries[number]
        relation = entry.relation
        if self._checker.absent and not relation.forms.isdisjoint(self._checker.absent):
            return False
        if any(self._entries[g].broken or not self._applies(g) for g in entry.gates):
            return False
        return all(c in self._report.amounts for c in relation.needs)

    def _judge(self, number: int) -> None:
        entry = self._entries[number]
        if not entry.weight:
            return
        before = self._violated.pop(number, None)
        if before is not None:
            self._weight -= entry.weight
            self._total -= before
        if entry.broken and not entry.suspended and self._applies(number):
            self._violated[number] = abs(entry.off)
            self._weight += entry.weight
            self._total += abs(entry.off)
