"""Gives amounts their columns back where empty cells were lost: the assignment that satisfies the relations.

Each row has numbers in order and more columns than numbers. First the relations within the row decide, then the rows
above (a part cannot stand where its sum is empty), then all relations of the report together: the assignment with the
fewest violated relations wins. Where two assignments are equally good, the cells are marked as unsure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations, islice, permutations, product

from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.incidence import Ref
from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.core.template import TOTAL_ROW, Cell, Column
from desktopapp.solver.columns import choose
from desktopapp.solver.sums import fitting

_MOST_CANDIDATES = 1000
_PASSES = 4
_MOST_TRIES = 300
#: How sure a column is that the relations leave open.
_OPEN = 0.6
_UNDECIDED = "所在栏不能由勾稽关系唯一确定，请核对"

Columns = tuple[str, ...]


def slots(columns: Sequence[str]) -> Columns:
    """Return names for printed columns: their keys, "key~2" for a second part of one column, "-1" for a foreign one."""
    names: list[str] = []
    for at, key in enumerate(columns):
        seen = sum(1 for n in names if column_of(n) == key)
        names.append(f"-{at}" if not key else f"{key}~{seen + 1}" if seen else key)
    return tuple(names)


def column_of(slot: str) -> str:
    """Return the key of the column that a slot belongs to, "" for a column that the form does not have."""
    return "" if slot.startswith("-") else slot.partition("~")[0]


@dataclass(slots=True)
class Loose:
    """A row whose numbers have no columns yet: amounts in 分, in printed order.

    ``columns`` are the slots that the source prints, empty for the columns of the template.
    """

    form: str
    row: str
    amounts: tuple[int, ...]
    columns: Columns = ()
    candidates: list[Columns] = field(default_factory=list)
    chosen: Columns = ()
    sure: float = 1.0
    reason: str = ""

    def cells(self, columns: Columns) -> Iterable[tuple[Cell, int]]:
        """Yield the cells with amounts of one choice of columns; parts of one column are added up."""
        if not self.columns:
            return ((Cell(self.form, self.row, c), a) for c, a in zip(columns, self.amounts, strict=True))
        sums: dict[Cell, int] = {}
        for slot, amount in zip(columns, self.amounts, strict=True):
            if key := column_of(slot):
                cell = Cell(self.form, self.row, key)
                sums[cell] = sums.get(cell, 0) + amount
        return sums.items()

    def targets(self) -> list[Cell | None]:
        """Return for each amount the cell it was put into, None for one of a column that the form does not have."""
        return [Cell(self.form, self.row, key) if (key := column_of(slot)) else None for slot in self.chosen]


def _exchanges(rows: Sequence[Loose], change: Mapping[str, str]) -> Iterator[list[tuple[Loose, Columns]]]:
    """Yield the moves of all rows that hold some column of ``change`` to the columns it gives, if all can move."""
    concerned = [i for i in rows if not change.keys().isdisjoint(i.chosen)]
    moves = [(i, choice) for i in concerned if (choice := _exchanged(i, change))]
    if moves and len(moves) == len(concerned):
        yield moves


def _exchanged(item: Loose, change: Mapping[str, str]) -> Columns:
    """Return the choice of a row with columns in place of others, empty where it has no such choice."""
    wanted = [change.get(c, c) for c in item.chosen]
    return next((c for c in item.candidates if list(c) == wanted), ()) if len(set(wanted)) == len(wanted) else ()


def _components(rows: Sequence[Loose], relations: Sequence[Relation]) -> Iterator[tuple[list[Loose], list[Relation]]]:
    """Yield rows that equations tie together, with all relations that hold among such rows alone.

    Inequalities between forms would tie everything together, but decide little; they are looked at afterwards.
    """
    by_row = {(i.form, i.row): n for n, i in enumerate(rows)}
    group = list(range(len(rows)))

    def root(n: int) -> int:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    members = {r.id: [by_row[key] for _, c in r.terms if (key := (c.form, c.row)) in by_row] for r in relations}
    for relation in relations:
        found = members[relation.id]
        for n in found[1:] if relation.is_equation else ():
            group[root(n)] = root(found[0])
    parts: dict[int, tuple[list[Loose], list[Relation]]] = {}
    for n, item in enumerate(rows):
        parts.setdefault(root(n), ([], []))[0].append(item)
    for relation in relations:
        roots = {root(n) for n in members[relation.id]}
        if len(roots) == 1:
            parts[roots.pop()][1].append(relation)
    yield from parts.values()


class Assigner:
    """Chooses columns for loose rows of a report whose other amounts are already in place."""

    def __init__(self, report: Report, checker: Checker, loose: Sequence[Loose]) -> None:
        self._report, self._checker, self._loose = report, checker, list(loose)
        self._cost = (0, 0)
        self._tries = 0

    def run(self, *, graded: bool = True) -> None:
        """Choose columns for every loose row and write its amounts; ``graded``: say how sure each is, too."""
        for item in self._loose:
            self._find_candidates(item)
        self._narrow_by_parents()
        self._narrow_by_sums()
        self._settle()
        self._cost = self._violations()
        open_rows = [i for i in self._loose if len(i.candidates) > 1]
        self._solve(open_rows)
        for _ in range(_PASSES):
            if not self._improve(open_rows):
                break
        if graded:
            self._grade(open_rows)

    # ── candidates ──────────────────────────────────────────────────────────────────────────────────────────────
    def _find_candidates(self, item: Loose) -> None:
        own = (c.key for c in self._report.template.form(item.form).columns_of(item.row))
        columns = item.columns or tuple(own)
        item.amounts = item.amounts[: len(columns)]
        every = self._different(item, islice(combinations(columns, len(item.amounts)), _MOST_CANDIDATES))
        rare = self._rare(item.form)
        every.sort(key=lambda choice: sum(c in rare for c in choice))
        inner = self._inner_relations(item, columns)
        if len(every) == 1 or not inner:
            item.candidates = every
            return
        scored = [(self._inner_misses(item, choice, inner), choice) for choice in every]
        best = min(score for score, _ in scored)
        item.candidates = [choice for score, choice in scored if score == best]
        if len(item.candidates) == 1:
            item.sure, item.reason = (0.98, "所在栏由本行的勾稽关系确定") if best == 0 else (0.7, "本行勾稽关系不成立")

    @staticmethod
    def _different(item: Loose, choices: Iterable[Columns]) -> list[Columns]:
        """Return choices without those that come to the same: parts of one column may be told apart by nothing."""
        if not item.columns:
            return list(choices)
        return list({tuple(item.cells(choice)): choice for choice in choices}.values())

    def _rare(self, form_id: str) -> frozenset[str]:
        """Return the columns that hold money only now and then; they come last among equals."""
        return frozenset(c.key for c in self._report.template.form(form_id).all_columns() if c.role == "rare")

    def _inner_relations(self, item: Loose, columns: Sequence[str]) -> list[Relation]:
        found: dict[str, Relation] = {}
        keys = {key for c in columns if (key := column_of(c))}
        for column in keys:
            for relation in self._checker.relations_of(Cell(item.form, item.row, column)):
                own = all(c.form == item.form and c.row == item.row and c.col in keys for _, c in relation.terms)
                # Of a comparison with last year the other side may not even be there.
                if own and relation.forms == {item.form} and relation.kind != "across_years":
                    found[relation.id] = relation
        return list(found.values())

    def _inner_misses(self, item: Loose, choice: Columns, relations: Sequence[Relation]) -> int:
        """Return what ``_misses`` does for relations within the row, which are asked of every choice."""
        values = dict(item.cells(choice))
        half = self._report.grain(item.form) // 2
        misses = 0
        for relation in relations:
            amounts = [s * values[c] for s, c in relation.terms if c in values]
            residual, tolerance = sum(amounts), half * len(amounts)
            broken = residual > tolerance if relation.op == "<=" else abs(residual) > tolerance
            misses += broken * (10 if relation.severity == "error" else 1)
        return misses

    def _misses(self, item: Loose, choice: Columns, relations: Sequence[Relation]) -> int:
        values = dict(item.cells(choice))
        own = {column_of(c) for c in item.columns or ()}
        misses = 0
        for relation in relations:
            residual = tolerance = 0
            for sign, cell in relation.terms:
                mine = cell.form == item.form and cell.row == item.row and (not own or cell.col in own)
                amount = values.get(cell) if mine else self._report.amounts.get(cell)
                if amount is not None:
                    residual += sign * amount
                    tolerance += self._report.grain(cell.form) // 2
            broken = residual > tolerance if relation.op == "<=" else abs(residual) > tolerance
            misses += broken * (10 if relation.severity == "error" else 1)
        return misses

    def _narrow_by_parents(self) -> None:
        """Drop choices that put an amount where the row above has none, from the outermost rows inwards."""
        by_key = {(i.form, i.row): i for i in self._loose}
        order = sorted(self._loose, key=lambda i: (i.form, i.row != TOTAL_ROW, len(i.row)))
        for item in order:
            parent = self._parent(item)
            above = by_key.get((item.form, parent)) if parent else None
            if above is None or above is item:
                continue
            allowed = {c for choice in above.candidates for c in choice}
            kept = [choice for choice in item.candidates if allowed.issuperset(choice)]
            if kept and len(kept) < len(item.candidates):
                item.candidates = kept
                if len(kept) == 1:
                    item.sure, item.reason = 0.96, "所在栏由上级科目的勾稽关系确定"

    def _parent(self, item: Loose) -> str:
        return self._parent_row(item.form, item.row)

    def _parent_row(self, form_id: str, row: str) -> str:
        levels = self._report.levels(self._report.template.form(form_id))
        if not levels or row == TOTAL_ROW:
            return ""
        return self._report.rows_of(form_id).parent(row, levels) or TOTAL_ROW

    def _narrow_by_sums(self) -> None:
        """Drop choices that do not add up with any choices of the rows above and below."""
        loose = {(i.form, i.row): i for i in self._loose}
        for form_id in dict.fromkeys(i.form for i in self._loose):
            children: dict[str, list[str]] = {}
            for row in self._report.rows_of(form_id) if self._report.template.form(form_id).has_code_rows else ():
                children.setdefault(self._parent_row(form_id, row), []).append(row)
            # From the parts up and back down: what one sum drops, the next one need not try.
            order = sorted(children, key=lambda row: (row == TOTAL_ROW, -len(row)))
            for row in [*order, *reversed(order)]:
                self._narrow_sum(form_id, row, children[row], loose)

    def _narrow_sum(self, form_id: str, row: str, parts: Sequence[str], loose: Mapping[tuple[str, str], Loose]) -> None:
        rows = [loose.get((form_id, r)) for r in (row, *parts)]
        if all(item is None or len(item.candidates) == 1 for item in rows):
            return
        choices = [self._choices_of(form_id, r, item) for r, item in zip((row, *parts), rows, strict=True)]
        found = fitting(choices[0], choices[1:], self._report.grain(form_id) // 2)
        for item, kept in zip(rows, found or (), strict=False):
            if item is not None and kept and len(kept) < len(item.candidates):
                item.candidates = [c for n, c in enumerate(item.candidates) if n in kept]
                if len(item.candidates) == 1:
                    item.sure, item.reason = 0.95, "所在栏由勾稽关系确定"

    def _choices_of(self, form_id: str, row: str, item: Loose | None) -> list[dict[str, int]]:
        """Return what a row would hold by column, for each of its choices."""
        if item is not None:
            return [{cell.col: a for cell, a in item.cells(choice)} for choice in item.candidates]
        amounts = ((c.key, self._report.get(Cell(form_id, row, c.key))) for c in self._columns_of(form_id, row))
        return [{key: amount for key, amount in amounts if amount}]

    def _columns_of(self, form_id: str, row: str) -> Sequence[Column]:
        return self._report.template.form(form_id).columns_of(row)

    def _settle(self) -> None:
        """Give every row its first choice that fits the rows above it and what else is settled.

        Where the source is right this is already the answer: sums down a classification form a tree, and in a tree
        a choice that fits above always leaves one that fits below.
        """
        kept = [(item, item.candidates) for item in self._loose]
        loose = {(i.form, i.row): i for i in self._loose}
        unsettled = set(loose)
        order = sorted(self._loose, key=lambda i: (self._is_flat(i), i.form, i.row != TOTAL_ROW, len(i.row)))
        for item in order:
            unsettled.discard((item.form, item.row))
            if len(item.candidates) > 1:
                columns = item.columns or tuple(c.key for c in self._columns_of(item.form, item.row))
                known = self._relations_with(item, columns, unsettled)
                misses = [self._misses(item, choice, known) for choice in item.candidates]
                item.candidates = [item.candidates[misses.index(min(misses))]]
                children = [r for r in self._report.rows_of(item.form) if self._parent_row(item.form, r) == item.row]
                if children:
                    self._narrow_sum(item.form, item.row, children, loose)
            self._put(item, item.candidates[0])
        for item, candidates in kept:
            item.candidates = candidates

    def _is_flat(self, item: Loose) -> bool:
        return not self._report.template.form(item.form).has_code_rows

    def _relations_with(self, item: Loose, columns: Sequence[str], unsettled: Set[tuple[str, str]]) -> list[Relation]:
        """Return the relations of a row with amounts that are settled."""
        found: dict[str, Relation] = {}
        for key in {column_of(c) for c in columns} - {""}:
            for relation in self._checker.relations_of(Cell(item.form, item.row, key)):
                # Of an inequality the smaller side may still be wanting amounts: it can only grow.
                needed = (c for sign, c in relation.terms if relation.is_equation or sign < 0)
                if not any((c.form, c.row) in unsettled for c in needed) and relation.kind != "across_years":
                    found[relation.id] = relation
        return list(found.values())

    # ── search ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _solve(self, open_rows: Sequence[Loose]) -> None:
        """Choose for all open rows at once where the first choices leave relations violated."""
        concerned = {(i.form, i.row) for i in open_rows}
        wrong = (r for r in self._violated() if r.severity == "error")
        if not any((c.form, c.row) in concerned for r in wrong for _, c in r.terms):
            return
        cells = {c for i in open_rows for choice in i.candidates for c, _ in i.cells(choice)}
        relations = {
            r.id: r for c in cells for r in self._checker.relations_of(c) if self._checker.verdict(r) < Verdict.UNKNOWN
        }
        placed = {c for i in open_rows for c, _ in i.cells(i.chosen)}
        fixed = {c: a for c, a in self._report.amounts.items() if c not in placed}
        halves = {f: self._report.grain(f) // 2 for r in relations.values() for f in r.forms}
        moves: list[tuple[Loose, Columns]] = []
        for rows, concerned_relations in _components(open_rows, list(relations.values())):
            choices = [[dict(i.cells(choice)) for choice in i.candidates] for i in rows]
            best = choose(choices, concerned_relations, fixed, halves)
            if best is not None:
                moves += [(i, i.candidates[k]) for i, k in zip(rows, best, strict=True)]
        if moves:
            self._try(moves)

    def _improve(self, open_rows: Sequence[Loose]) -> bool:
        """Try every single change: with errors in the source the smallest miss is not always the fewest misses."""
        better = False
        violated = {(c.form, c.row) for r in self._violated() for _, c in r.terms}
        for item in open_rows:
            if (item.form, item.row) in violated:
                for choice in item.candidates:
                    better |= choice != item.chosen and self._try([(item, choice)])
        for group in self._branches(open_rows) if self._cost[0] else ():
            for old, new in permutations(dict.fromkeys(c for i in group for c in i.candidates), 2):
                moves = [(i, new) for i in group if i.chosen == old and new in i.candidates]
                better |= len(moves) > 1 and not self._breaks(moves) and self._try(moves)
        for moves in list(self._column_moves(open_rows)) if self._cost[0] else ():
            if all(item.chosen != choice for item, choice in moves) and not self._breaks(moves):
                better |= self._try(moves)
        return better

    def _branches(self, open_rows: Sequence[Loose]) -> Iterable[list[Loose]]:
        """Yield the rows of each whole form, class and section that could move together."""
        groups: dict[tuple[str, str], list[Loose]] = {}
        for item in open_rows:
            groups.setdefault((item.form, ""), []).append(item)
            if item.row.isdigit():
                for length in (3, 5):
                    if len(item.row) >= length:
                        groups.setdefault((item.form, item.row[:length]), []).append(item)
        return [g for g in groups.values() if len(g) > 1]

    def _try(self, moves: Sequence[tuple[Loose, Columns]]) -> bool:
        """Carry out moves if they leave less violated; tell whether they did. There is an end to trying."""
        if self._tries >= _MOST_TRIES:
            return False
        self._tries += 1
        before = [(item, item.chosen) for item, _ in moves]
        for item, choice in moves:
            self._put(item, choice)
        cost = self._violations()
        if cost < self._cost:
            self._cost = cost
            return True
        for item, choice in before:
            self._put(item, choice)
        return False

    def _put(self, item: Loose, choice: Columns) -> None:
        touched: set[Ref] = set()
        new = {cell: amount for cell, amount in item.cells(choice) if amount}
        old = [cell for cell, _ in item.cells(item.chosen)] if item.chosen else []
        for cell in dict.fromkeys([*old, *new]):
            before, after = self._report.amounts.get(cell), new.get(cell)
            if before != after:
                if after is None:
                    del self._report.amounts[cell]
                else:
                    self._report.amounts[cell] = after
                self._checker.cell_changed(cell, before, after, touched)
        self._checker.settle(touched)
        item.chosen = choice

    def _violated(self) -> list[Relation]:
        return [r for r in self._checker.open_relations() if self._checker.verdict(r) is Verdict.VIOLATED]

    def _violations(self) -> tuple[int, int]:
        """Return how bad the report is: violated relations, then by how much, so that each step can be judged."""
        violated = self._violated()
        weight = sum(10 if r.severity == "error" else 1 for r in violated)
        return weight, sum(abs(self._checker.residual(r)) for r in violated)

    # ── confidence ──────────────────────────────────────────────────────────────────────────────────────────────
    def _grade(self, open_rows: Sequence[Loose]) -> None:
        """Mark the rows for which another choice would do just as well."""
        for item in open_rows:
            item.sure, item.reason = 0.95, "所在栏由勾稽关系确定"
            if any(self._same([(item, c)]) for c in item.candidates if c != item.chosen):
                item.sure, item.reason = _OPEN, _UNDECIDED
        for group in self._branches(open_rows):
            for moves in self._equal_moves(group):
                for item, _ in moves:
                    item.sure, item.reason = min(item.sure, _OPEN), _UNDECIDED
        for moves in (*self._column_moves(open_rows), *self._row_moves(open_rows)):
            if any(item.sure > _OPEN for item, _ in moves) and self._same(moves):
                for item, _ in moves:
                    item.sure, item.reason = min(item.sure, _OPEN), _UNDECIDED

    def _row_moves(self, open_rows: Sequence[Loose]) -> Iterable[list[tuple[Loose, Columns]]]:
        """Yield other choices of rows that are printed in two: budget and outturn of form 09."""
        halves: dict[tuple[str, str], list[Loose]] = {}
        for item in open_rows:
            halves.setdefault((item.form, item.row), []).append(item)
        for group in halves.values():
            if len(group) == 2:
                one, other = group
                for mine, theirs in product(one.candidates, other.candidates):
                    if mine != one.chosen and theirs != other.chosen:
                        yield [(one, mine), (other, theirs)]

    def _column_moves(self, open_rows: Sequence[Loose]) -> Iterable[list[tuple[Loose, Columns]]]:
        """Yield the rows of a form that could hold in another column all that they hold in one."""
        forms: dict[str, list[Loose]] = {}
        for item in open_rows:
            forms.setdefault(item.form, []).append(item)
        for rows in forms.values():
            columns = list(dict.fromkeys(c for i in rows for choice in i.candidates for c in choice))
            for old, new in permutations(columns, 2):
                yield from _exchanges(rows, {old: new})
            # Two columns may move along together: what stands in the first one into the second, and so on.
            loose = [c for c in columns if any(c in i.chosen and any(c not in k for k in i.candidates) for i in rows)]
            free = list(dict.fromkeys([*loose, *(c for c in columns if not any(c in i.chosen for i in rows))]))
            for old, new in permutations(loose, 2):
                for one, other in permutations(free, 2):
                    if one != old and other != new:
                        yield from _exchanges(rows, {old: one, new: other})

    def _equal_moves(self, group: Sequence[Loose]) -> Iterable[list[tuple[Loose, Columns]]]:
        patterns = list(dict.fromkeys(c for i in group for c in i.candidates))
        for old in dict.fromkeys(i.chosen for i in group):
            for new in patterns:
                moves = [(i, new) for i in group if i.chosen == old and new in i.candidates]
                if new != old and len(moves) > 1 and self._same(moves):
                    yield moves

    def _breaks(self, moves: Sequence[tuple[Loose, Columns]]) -> bool:
        """Tell, without changing anything, whether moves would surely violate a relation and mend none."""
        delta: dict[Cell, int] = {}
        for item, choice in moves:
            for cell, amount in item.cells(item.chosen):
                delta[cell] = delta.get(cell, 0) - amount
            for cell, amount in item.cells(choice):
                delta[cell] = delta.get(cell, 0) + amount
        shift: dict[str, int] = {}
        touched: dict[str, Relation] = {}
        for cell, change in delta.items():
            for relation in self._checker.relations_of(cell) if change else ():
                touched[relation.id] = relation
                shift[relation.id] = shift.get(relation.id, 0) + change * sum(s for s, c in relation.terms if c == cell)
        breaking = False
        for name, relation in touched.items():
            verdict = self._checker.verdict(relation)
            if verdict is Verdict.VIOLATED:
                return False
            if verdict < Verdict.VIOLATED and relation.is_equation and not breaking:
                # A moved amount adds at most one printed amount on either side to the tolerance.
                slack = self._checker.tolerance(relation) + 2 * len(moves) * self._report.grain(moves[0][0].form)
                breaking = abs(self._checker.residual(relation) + shift[name]) > slack
        return breaking

    def _same(self, moves: Sequence[tuple[Loose, Columns]]) -> bool:
        if self._breaks(moves):
            return False
        before = [(item, item.chosen) for item, _ in moves]
        for item, choice in moves:
            self._put(item, choice)
        same = self._violations() <= self._cost
        for item, choice in before:
            self._put(item, choice)
        return same
