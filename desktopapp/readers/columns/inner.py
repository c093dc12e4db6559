"""The relations within one row, worked out once for all rows of a form that are alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktopapp.core.checker import Checker
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.readers.columns.loose import Columns, Loose, column_of

#: How much a violated error counts against a violated warning.
WEIGHT = {"error": 10}


@dataclass(frozen=True, slots=True)
class Inner:
    """A relation within a row: (sign, column) of its terms, what missing it costs."""

    terms: tuple[tuple[int, str], ...]
    equation: bool
    weight: int

    def missed(self, values: Mapping[str, int], half: int) -> int:
        """Return the cost where amounts do not satisfy the relation; each may be off by ``half``."""
        residual = tolerance = 0
        for sign, column in self.terms:
            if column in values:
                residual += sign * values[column]
                tolerance += half
        off = abs(residual) if self.equation else residual
        return self.weight if off > tolerance else 0


class InnerRelations:
    """The relations within the rows of a report."""

    def __init__(self, report: Report, checker: Checker) -> None:
        self._report, self._checker = report, checker
        self._known: dict[tuple[str, Columns, str], list[Inner]] = {}

    def of(self, item: Loose, columns: Columns) -> list[Inner]:
        """Return the relations among some slots of a row."""
        key = (item.form, columns, self._kind(item))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._find(item, {column_of(c) for c in columns} - {""})
        return found

    def _kind(self, item: Loose) -> str:
        """Return what the relations of a row depend on: rows by code are alike, classes aside."""
        by_code = self._report.template.form(item.form).has_code_rows and item.row[:1].isdigit()
        return ("class" if len(item.row) == 3 else "code") if by_code else item.row

    def _find(self, item: Loose, keys: set[str]) -> list[Inner]:
        found: dict[str, Relation] = {}
        for column in keys:
            for relation in self._checker.relations_of(Cell(item.form, item.row, column)):
                own = all(c.form == item.form and c.row == item.row and c.col in keys for _, c in relation.terms)
                # Of a comparison with last year the other side may not even be there.
                if own and relation.forms == {item.form} and relation.kind != "across_years":
                    found[relation.id] = relation
        return [
            Inner(tuple((s, c.col) for s, c in r.terms), r.op != "<=", WEIGHT.get(r.severity, 1))
            for r in found.values()
        ]
