"""Which relations a cell takes part in: an index made once per template, since only rows by code differ by report."""

from __future__ import annotations

from collections.abc import Iterator

from desktopapp.core.relations import Condition, Hierarchy, Rule, RuleBook, rule_applies
from desktopapp.core.report import Report
from desktopapp.core.slots import Fixed, Floating, Keyed, Slot
from desktopapp.core.template import Cell

Member = Rule | Hierarchy | Condition
#: Address of one relation: the number of its declaration and what it stands for.
Ref = tuple[int, str]
#: One relation that a cell takes part in, with its sign; 0 where the relation only needs the cell filled in.
Touch = tuple[Ref, int]


class Index:
    """Numbers the declared relations of a template, in order of declaration, and finds those of a cell.

    Rules come first, then hierarchies, then the conditions of rules, from ``conditions`` on.
    """

    def __init__(self, book: RuleBook) -> None:
        self.members: tuple[Member, ...] = (*book.rules, *book.hierarchies, *book.conditions)
        self.conditions = len(book.rules) + len(book.hierarchies)
        self.number = {m.name: n for n, m in enumerate(self.members)}
        self._by_cell: dict[Cell, list[tuple[int, str | None, int]]] = {}
        self._by_column: dict[tuple[str, str], list[tuple[int, Rule, int, str]]] = {}
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
            case Floating(_, form, columns) if isinstance(member, Rule):
                # Where the form itself supplies the keys, its rows need not be looked up among them.
                each = member.spec.each if form in member.spec.of else ""
                for column in columns:
                    self._by_column.setdefault((form, column), []).append((n, member, sign, each))

    def active(self, report: Report) -> list[bool]:
        """Return for each member whether the setting it depends on is on."""
        return [isinstance(m, Hierarchy) or rule_applies(m.spec, report) for m in self.members]

    def touches(self, report: Report, cell: Cell, active: list[bool]) -> tuple[Touch, ...]:
        """Return the relations of a cell in order of declaration."""
        form, row, col = cell
        found: list[Touch] = []
        for n, rule, sign, each in self._by_column.get((form, col), ()):
            if active[n] and (_supplied(each, row) if each else rule.supplies(report, row)):
                found.append(((n, row), sign))
        for n, hierarchy in self._sums.get(form, ()):
            if hierarchy.has_children(report, row):
                found.append(((n, f"{row}/{col}"), 1))
            if above := hierarchy.parent(report, row):
                found.append(((n, f"{above}/{col}"), -1))
        if cell in self._by_cell:
            found += [t for t in self._named(report, cell) if active[t[0][0]]]
            found.sort(key=_number)
        return tuple(found)

    def _named(self, report: Report, cell: Cell) -> Iterator[Touch]:
        """Yield the relations that name a cell literally or by a printed line."""
        for n, key, sign in self._by_cell[cell]:
            member = self.members[n]
            if not isinstance(member, Rule):
                yield (n, ""), sign
            elif key is None:
                yield from (((n, k), sign) for k in member.keys(report))
            elif member.supplies(report, key):
                yield (n, key), sign


def _supplied(each: str, row: str) -> bool:
    """Tell whether a row of a form that supplies keys is one of them."""
    return each == "row" or (row[:1].isdigit() and (each == "code" or (each == "class" and len(row) == 3)))


def _number(touch: Touch) -> int:
    return touch[0][0]
