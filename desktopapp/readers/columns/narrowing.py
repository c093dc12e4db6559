"""Finds the columns that each row can have, and drops what settled rows, rows above and sums rule out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from desktopapp.core.checker import Checker
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import TOTAL_ROW, Cell
from desktopapp.readers.columns.inner import WEIGHT, InnerRelations
from desktopapp.readers.columns.loose import Columns, Loose, column_of
from desktopapp.solver.sums import fitting

_MOST_CANDIDATES = 1000
BROKEN = "本行勾稽关系不成立"
BY_RELATIONS = "所在栏由勾稽关系确定"

RowKey = tuple[str, str]


class Narrowing:
    """Narrows the choices of loose rows and puts the first choice that fits into the report."""

    def __init__(self, report: Report, checker: Checker, loose: Sequence[Loose]) -> None:
        self._report, self._checker, self._loose = report, checker, loose
        self._by_row = {(i.form, i.row): i for i in loose}
        self._inner = InnerRelations(report, checker)
        self._relations: dict[int, list[Relation]] = {}
        self._children: dict[str, dict[str, list[str]]] = {}

    def run(self) -> None:
        """Find and narrow the choices of all rows, then write the first choices that fit into the report."""
        for item in self._loose:
            self._find(item)
        self._by_settled_rows()
        self._by_parents()
        self._by_sums()
        self._settle()

    # ── one row ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _find(self, item: Loose) -> None:
        columns = item.columns or tuple(c.key for c in self._report.template.form(item.form).columns_of(item.row))
        item.amounts = item.amounts[: len(columns)]
        options, half = self._inner.options(item, columns, _MOST_CANDIDATES), self._report.grain(item.form) // 2
        amounts = item.amounts
        scores = [sum([check.missed(amounts, half) for check in checks]) for _, checks in options]
        best = min(scores)
        item.candidates = self._different(
            item, [o[0] for o, score in zip(options, scores, strict=True) if score == best]
        )
        item.wide = item.candidates
        if item.leaning:
            item.order_by_place(columns)
        if len(item.candidates) == 1 and options[0][1]:
            if best:
                item.note(0.7, BROKEN)
                item.wide = self._different(item, [choice for choice, _ in options])
            elif len(options) > 1:
                item.note(0.98, "所在栏由本行的勾稽关系确定")

    @staticmethod
    def _different(item: Loose, choices: list[Columns]) -> list[Columns]:
        """Return choices without those that come to the same: parts of one column may be told apart by nothing."""
        if not item.columns:
            return choices
        return list({tuple(item.values(choice).items()): choice for choice in choices}.values())

    # ── rows that are settled ───────────────────────────────────────────────────────────────────────────────────
    def _by_settled_rows(self) -> None:
        """Keep the choices that satisfy all equations with rows whose columns are known, where there are such."""
        present = {c.form for c in self._report.amounts} | {i.form for i in self._loose}
        unsettled = {key for key, item in self._by_row.items() if len(item.candidates) > 1}
        for item in self._loose:
            if len(item.candidates) == 1:
                self._put(item)
        for item in self._loose:
            if len(item.candidates) > 1:
                known = [
                    r
                    for r in self._settled_relations(item, unsettled - {(item.form, item.row)})
                    if r.is_equation and r.severity == "error" and r.forms <= present
                ]
                misses = [self._misses(item, choice, known) for choice in item.candidates]
                if min(misses) == 0 < max(misses):
                    item.candidates = [c for c, missed in zip(item.candidates, misses, strict=True) if not missed]
                    if len(item.candidates) == 1:
                        item.note(0.95, BY_RELATIONS)

    # ── rows above and below ────────────────────────────────────────────────────────────────────────────────────
    def _by_parents(self) -> None:
        """Drop choices that put an amount where the row above has none, from the outermost rows inwards."""
        order = sorted(self._loose, key=lambda i: (i.form, i.row != TOTAL_ROW, len(i.row)))
        for item in order:
            parent = self._parent(item.form, item.row)
            above = self._by_row.get((item.form, parent)) if parent else None
            if above is None or above is item:
                continue
            allowed = {c for choice in above.candidates for c in choice}
            kept = [choice for choice in item.candidates if allowed.issuperset(choice)]
            if kept and len(kept) < len(item.candidates):
                item.candidates = kept
                if len(kept) == 1:
                    item.sure, item.reason = 0.96, "所在栏由上级科目的勾稽关系确定"

    def _parent(self, form_id: str, row: str) -> str:
        levels = self._report.levels(self._report.template.form(form_id))
        if not levels or row == TOTAL_ROW:
            return ""
        return self._report.rows_of(form_id).parent(row, levels) or TOTAL_ROW

    def _children_of(self, form_id: str) -> Mapping[str, list[str]]:
        """Return the rows below each row of a form by code."""
        found = self._children.get(form_id)
        if found is None:
            found = self._children[form_id] = {}
            for row in self._report.rows_of(form_id) if self._report.template.form(form_id).has_code_rows else ():
                found.setdefault(self._parent(form_id, row), []).append(row)
        return found

    def _by_sums(self) -> None:
        """Drop choices that do not add up with any choices of the rows above and below."""
        for form_id in dict.fromkeys(i.form for i in self._loose):
            children = self._children_of(form_id)
            # From the parts up and back down: what one sum drops, the next one need not try.
            order = sorted(children, key=lambda row: (row == TOTAL_ROW, -len(row)))
            for row in [*order, *reversed(order)]:
                self._by_sum(form_id, row, children[row])

    def _by_sum(self, form_id: str, row: str, parts: Sequence[str]) -> None:
        rows = [self._by_row.get((form_id, r)) for r in (row, *parts)]
        if all(item is None or len(item.candidates) == 1 for item in rows):
            return
        choices = [self._choices_of(form_id, r, item) for r, item in zip((row, *parts), rows, strict=True)]
        found = fitting(choices[0], choices[1:], self._report.grain(form_id) // 2)
        for item, kept in zip(rows, found or (), strict=False):
            if item is not None and kept and len(kept) < len(item.candidates):
                item.candidates = [c for n, c in enumerate(item.candidates) if n in kept]
                if len(item.candidates) == 1:
                    item.sure, item.reason = 0.95, BY_RELATIONS

    def _choices_of(self, form_id: str, row: str, item: Loose | None) -> list[dict[str, int]]:
        """Return what a row would hold by column, for each of its choices."""
        if item is not None:
            return [item.values(choice) for choice in item.candidates]
        columns = self._report.template.form(form_id).columns_of(row)
        amounts = ((c.key, self._report.get(Cell(form_id, row, c.key))) for c in columns)
        return [{key: amount for key, amount in amounts if amount}]

    # ── a first assignment ──────────────────────────────────────────────────────────────────────────────────────
    def _settle(self) -> None:
        """Give every row its first choice that fits the rows above it and what else is settled.

        Where the source is right this is already the answer: sums down a classification form a tree, and in a tree
        a choice that fits above always leaves one that fits below.
        """
        kept = [(item, item.candidates) for item in self._loose]
        unsettled = set(self._by_row)
        order = sorted(self._loose, key=lambda i: (self._is_flat(i), i.form, i.row != TOTAL_ROW, len(i.row)))
        for item in order:
            unsettled.discard((item.form, item.row))
            if len(item.candidates) > 1:
                known = self._settled_relations(item, unsettled)
                misses = [self._misses(item, choice, known) for choice in item.candidates]
                item.candidates = [item.candidates[misses.index(min(misses))]]
                children = self._children_of(item.form).get(item.row)
                if children:
                    self._by_sum(item.form, item.row, children)
            self._put(item)
        for item, candidates in kept:
            item.candidates = candidates

    def _put(self, item: Loose) -> None:
        item.chosen = item.candidates[0]
        for cell, amount in item.cells(item.chosen).items():
            if amount:
                self._report.amounts[cell] = amount

    def _is_flat(self, item: Loose) -> bool:
        return not self._report.template.form(item.form).has_code_rows

    def _settled_relations(self, item: Loose, unsettled: Set[RowKey]) -> list[Relation]:
        """Return the relations of a row with amounts that are settled."""
        found = self._relations.get(id(item))
        if found is None:
            columns = {column_of(c) for choice in item.wide for c in choice} - {""}
            cells = (Cell(item.form, item.row, key) for key in columns)
            relations = {r.id: r for cell in cells for r in self._checker.relations_of(cell)}
            found = self._relations[id(item)] = [r for r in relations.values() if r.kind != "across_years"]
        # Of an inequality the smaller side may still be wanting amounts: it can only grow.
        return [
            r
            for r in found
            if not any((c.form, c.row) in unsettled for sign, c in r.terms if r.is_equation or sign < 0)
        ]

    def _misses(self, item: Loose, choice: Columns, relations: Sequence[Relation]) -> int:
        values = item.values(choice)
        own = {column_of(c) for c in item.columns or ()}
        misses = 0
        for relation in relations:
            residual = tolerance = 0
            for sign, cell in relation.terms:
                mine = cell.form == item.form and cell.row == item.row and (not own or cell.col in own)
                amount = values.get(cell.col) if mine else self._report.amounts.get(cell)
                if amount is not None:
                    residual += sign * amount
                    tolerance += self._report.grain(cell.form) // 2
            broken = residual > tolerance if relation.op == "<=" else abs(residual) > tolerance
            misses += broken * WEIGHT.get(relation.severity, 1)
        return misses
