"""Looks for the choices of all open rows that leave the least violated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import permutations

from desktopapp.core.relations import Relation
from desktopapp.core.report import Report
from desktopapp.readers.columns.board import Board, Moves
from desktopapp.readers.columns.loose import Columns, Loose
from desktopapp.solver.columns import choose

_PASSES = 4


def solve(board: Board, report: Report, open_rows: Sequence[Loose]) -> None:
    """Choose for all open rows at once where the first choices leave relations violated."""
    concerned = {(i.form, i.row) for i in open_rows}
    wrong = (r for r in board.violated() if r.severity == "error")
    if not any((c.form, c.row) in concerned for r in wrong for _, c in r.terms):
        return
    placed = {c for i in open_rows for c in i.cells(i.chosen)}
    fixed = {c: a for c, a in report.amounts.items() if c not in placed}
    relations = board.relations()
    halves = {f: report.grain(f) // 2 for r in relations.values() for f in r.forms}
    moves: list[tuple[Loose, Columns]] = []
    violated = {r.id for r in board.violated()}
    for rows, concerned_relations in _components(open_rows, list(relations.values())):
        if not any(r.id in violated for r in concerned_relations):
            continue
        choices = [[i.cells(choice) for choice in i.candidates] for i in rows]
        best = choose(choices, concerned_relations, fixed, halves)
        if best is not None:
            moves += [(i, i.candidates[k]) for i, k in zip(rows, best, strict=True)]
    if moves:
        attempt(board, moves)


def improve(board: Board, open_rows: Sequence[Loose]) -> None:
    """Try every single change: with errors in the source the smallest miss is not always the fewest misses."""
    for _ in range(_PASSES):
        if not _improved(board, open_rows):
            break


def prefer(board: Board, report: Report, open_rows: Sequence[Loose]) -> None:
    """Among assignments that are equally good take likelier columns, each for all rows of a form at once.

    Likelier are those that stand where the amounts do, else those that hold money more often.
    """
    rare = {(f.id, c.key) for f in report.template.forms for c in f.all_columns() if c.role == "rare"}
    for _ in range(_PASSES):
        better = False
        for moves in column_moves(open_rows):
            gain = strain_of(moves) or _rarer(moves, rare)
            if gain < 0 and board.no_worse(moves):
                board.move(moves)
                better = True
        if not better:
            break


def _rarer(moves: Moves, rare: Set[tuple[str, str]]) -> int:
    """Return how many more cells would be filled in columns that rarely hold money."""
    return sum(
        ((i.form, c) in rare) - ((i.form, d) in rare)
        for i, choice in moves
        for c, d in zip(choice, i.chosen, strict=True)
    )


def strain_of(moves: Moves) -> float:
    """Return how much farther from their columns amounts would stand after some moves."""
    return sum(i.strain(choice) - i.strain(i.chosen) for i, choice in moves if i.leaning)


def attempt(board: Board, moves: Moves) -> bool:
    """Carry out moves if they leave less violated; tell whether they did."""
    if board.breaks(moves):
        return False
    before = [(item, item.chosen) for item, _ in moves]
    cost = board.cost
    board.move(moves)
    if board.cost < cost:
        return True
    board.move(before)
    return False


def _improved(board: Board, open_rows: Sequence[Loose]) -> bool:
    better = False
    violated = {(c.form, c.row) for r in board.violated() for _, c in r.terms}
    for item in open_rows:
        if (item.form, item.row) in violated:
            for choice in item.candidates:
                better |= choice != item.chosen and attempt(board, [(item, choice)])
    for group in branches(open_rows) if board.at_stake else ():
        for old, new in permutations(dict.fromkeys(c for i in group for c in i.candidates), 2):
            moves = [(i, new) for i in group if i.chosen == old and new in i.candidates]
            better |= len(moves) > 1 and attempt(board, moves)
    for moves in column_moves(open_rows) if board.at_stake else ():
        better |= attempt(board, moves)
    return better


def branches(open_rows: Sequence[Loose]) -> Iterable[list[Loose]]:
    """Yield the rows of each whole form, class and section that could move together."""
    groups: dict[tuple[str, str], list[Loose]] = {}
    for item in open_rows:
        groups.setdefault((item.form, ""), []).append(item)
        if item.row.isdigit():
            for length in (3, 5):
                if len(item.row) >= length:
                    groups.setdefault((item.form, item.row[:length]), []).append(item)
    return [g for g in groups.values() if len(g) > 1]


def column_moves(open_rows: Sequence[Loose]) -> Iterable[list[tuple[Loose, Columns]]]:
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


def _exchanges(rows: Sequence[Loose], change: Mapping[str, str]) -> Iterator[list[tuple[Loose, Columns]]]:
    """Yield the moves of all rows that hold some column of ``change`` to the columns it gives, if all can move."""
    concerned = [i for i in rows if not change.keys().isdisjoint(i.chosen)]
    moves: list[tuple[Loose, Columns]] = []
    for item in concerned:
        choice = _exchanged(item, change)
        if not choice:
            return
        moves.append((item, choice))
    if moves:
        yield moves


def _exchanged(item: Loose, change: Mapping[str, str]) -> Columns:
    """Return the choice of a row with columns in place of others, empty where it has no such choice."""
    wanted = tuple(change.get(c, c) for c in item.chosen)
    return wanted if len(set(wanted)) == len(wanted) and wanted in item.candidates else ()


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

    members = [[by_row[key] for _, c in r.terms if (key := (c.form, c.row)) in by_row] for r in relations]
    for relation, found in zip(relations, members, strict=True):
        for n in found[1:] if relation.is_equation else ():
            group[root(n)] = root(found[0])
    parts: dict[int, tuple[list[Loose], list[Relation]]] = {}
    for n, item in enumerate(rows):
        parts.setdefault(root(n), ([], []))[0].append(item)
    for relation, found in zip(relations, members, strict=True):
        roots = {root(n) for n in found}
        if len(roots) == 1:
            parts[roots.pop()][1].append(relation)
    yield from parts.values()
