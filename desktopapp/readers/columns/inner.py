"""The relations within one row, worked out once for all rows of a form that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from desktopapp.core.checker import Checker
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.readers.columns.loose import Columns, Loose, column_of

#: How much a violated error counts against a violated warning.
WEIGHT = {"error": 10}


@dataclass(frozen=True, slots=True)
class Check:
    """A relation within a row, for one choice of slots: signs and numbers of the amounts it adds up.

    ``counted`` of them may be off by half a step each; missing it costs ``weight``.
    """

    terms: tuple[tuple[int, int], ...]
    counted: int
    equation: bool
    weight: int

    def missed(self, amounts: Sequence[int], half: int) -> int:
        """Return the cost where amounts do not satisfy the relation."""
        residual = sum([sign * amounts[at] for sign, at in self.terms])
        off = abs(residual) if self.equation else residual
        return self.weight if off > half * self.counted else 0


#: A choice of slots with the relations to ask of it.
Option = tuple[Columns, tuple[Check, ...]]


class InnerRelations:
    """The relations within the rows of a report, worked out once for rows that are alike."""

    def __init__(self, report: Report, checker: Checker) -> None:
        self._report, self._checker = report, checker
        self._relations: dict[tuple[str, Columns, str], list[Relation]] = {}
        self._options: dict[tuple[str, Columns, str, int], list[Option]] = {}

    def options(self, item: Loose, columns: Columns, most: int) -> list[Option]:
        """Return the choices of slots that a row has, likelier ones first and ``most`` in all."""
        kind = self._kind(item)
        key = (item.form, columns, kind, len(item.amounts))
        found = self._options.get(key)
        if found is None:
            choices = list(islice(combinations(columns, len(item.amounts)), most))
            # Columns that hold money only now and then come last among equals.
            rare = {c.key for c in self._report.template.form(item.form).all_columns() if c.role == "rare"}
            choices.sort(key=lambda choice: sum(c in rare for c in choice))
            relations = self._of(item, columns, kind)
            found = [(choice, tuple(_check(r, choice) for r in relations)) for choice in choices]
            self._options[key] = found
        return found

    def _of(self, item: Loose, columns: Columns, kind: str) -> list[Relation]:
        key = (item.form, columns, kind)
        found = self._relations.get(key)
        if found is None:
            found = self._relations[key] = self._find(item, {column_of(c) for c in columns} - {""})
        return found

    def _kind(self, item: Loose) -> str:
        """Return what the relations of a row depend on: rows by code are alike, classes aside."""
        by_code = self._report.template.form(item.form).has_code_rows and item.row[:1].isdigit()
        return ("class" if len(item.row) == 3 else "code") if by_code else item.row

    def _find(self, item: Loose, keys: set[str]) -> list[Relation]:
        found: dict[str, Relation] = {}
        for column in keys:
            for relation in self._checker.relations_of(Cell(item.form, item.row, column)):
                own = all(c.form == item.form and c.row == item.row and c.col in keys for _, c in relation.terms)
                # Of a comparison with last year the other side may not even be there.
                if own and relation.forms == {item.form} and relation.kind != "across_years":
                    found[relation.id] = relation
        return list(found.values())


def _check(relation: Relation, choice: Columns) -> Check:
    signs = {cell.col: sign for sign, cell in relation.terms}
    columns = [column_of(slot) for slot in choice]
    terms = tuple((signs[column], at) for at, column in enumerate(columns) if column in signs)
    weight = WEIGHT.get(relation.severity, 1)
    return Check(terms, len(signs.keys() & set(columns)), relation.op != "<=", weight)
