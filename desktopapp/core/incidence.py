"""Which relations a cell takes part in: an index made once per template, since only rows by code differ by report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from desktopapp.core.relations import Condition, Hierarchy, Rule, RuleBook, rule_applies
from desktopapp.core.report import Report
from desktopapp.core.slots import Fixed, Floating, Keyed, Slot
from desktopapp.core.template import Cell

Member = Rule | Hierarchy | Condition


class Ref(NamedTuple):
    """Address of one relation: the number of its declaration and what it stands for."""

    member: int
    key: str


class Touch(NamedTuple):
    """One relation that a cell takes part in, with its sign; 0 where the relation only needs it filled in."""

    ref: Ref
    sign: int


class Index:
    """Numbers the declared relations of a template, in order of declaration, and finds those of a cell.

    Rules come first, then hierarchies, then the conditions of rules.
    """

    def __init__(self, book: RuleBook) -> None:
        self.members: tuple[Member, ...] = (*book.rules, *book.hierarchies, *book.conditions)
        self.number = {m.name: n for n, m in enumerate(self.members)}
        self._by_cell: dict[Cell, list[tuple[int, str | None, int]]] = {}
        self._by_column: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._sums: dict[str, list[tuple[int, Hierarchy]]] = {}
        for n, member in enumerate(self.members):
            if isinstance(member, Hierarchy):
                self._sums.setdefault(member.spec.form, []).append((n, member))
                continue
            for slot in member.slots:
                self._enter(n, member, slot, slot.sign)
            for slot in member.needed if isinstance(member, Rule) else ():
                self._enter(n, member, slot, 0)

    def _enter(self, n: int, member: Rule | Condition, slot: Slot, sign: int) -> None:
        match slot:
            case Fixed(_, _, cells):
                # A cell that a repeated relation names literally takes part in all its instances.
                every = None if isinstance(member, Rule) and member.spec.each else ""
                for cell in cells:
                    self._by_cell.setdefault(cell, []).append((n, every, sign))
            case Keyed(_, _, by_key):
                for key, located in by_key.items():
                    for cell in located:
                        self._by_cell.setdefault(cell, []).append((n, key, sign))
            case Floating(_, form, columns):
                for column in columns:
                    self._by_column.setdefault((form, column), []).append((n, sign))

    def active(self, report: Report) -> list[bool]:
        """Return for each member whether the setting it depends on is on."""
        return [isinstance(m, Hierarchy) or rule_applies(m.spec, report) for m in self.members]

    def touches(self, report: Report, cell: Cell, active: list[bool]) -> tuple[Touch, ...]:
        """Return the relations of a cell in order of declaration."""
        found = [t for t in self._touches(report, cell) if active[t.ref.member]]
        found.sort(key=lambda t: t.ref.member)
        return tuple(found)

    def _touches(self, report: Report, cell: Cell) -> Iterator[Touch]:
        for n, key, sign in self._by_cell.get(cell, ()):
            member = self.members[n]
            if not isinstance(member, Rule):
                yield Touch(Ref(n, ""), sign)
            elif key is None:
                yield from (Touch(Ref(n, k), sign) for k in member.keys(report))
            elif member.supplies(report, key):
                yield Touch(Ref(n, key), sign)
        for n, sign in self._by_column.get((cell.form, cell.col), ()):
            member = self.members[n]
            if isinstance(member, Rule) and member.supplies(report, cell.row):
                yield Touch(Ref(n, cell.row), sign)
        for n, hierarchy in self._sums.get(cell.form, ()):
            if hierarchy.has_children(report, cell.row):
                yield Touch(Ref(n, f"{cell.row}/{cell.col}"), 1)
            if above := hierarchy.parent(report, cell.row):
                yield Touch(Ref(n, f"{above}/{cell.col}"), -1)
