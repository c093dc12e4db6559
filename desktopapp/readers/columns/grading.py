"""Says how sure columns are that relations decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from desktopapp.core.relations import Relation
from desktopapp.readers.columns.board import Board, Moves
from desktopapp.readers.columns.loose import Columns, Loose
from desktopapp.readers.columns.narrowing import BY_RELATIONS
from desktopapp.readers.columns.search import branches, column_moves, strain_of

#: How sure a column is that the relations leave open, and one that its place decides, by so many characters a row.
OPEN, PLACED = 0.6, 0.8
_CLEAR = 3.0
UNDECIDED = "所在栏不能由勾稽关系唯一确定，请核对"
BY_PLACE = "所在栏不能由勾稽关系唯一确定，按在页面上的位置认定，请核对"
DOUBTFUL = "有关的勾稽关系不成立，所在栏可能不同，请核对"


def grade(board: Board, open_rows: Sequence[Loose]) -> None:
    """Mark the rows for which another choice would do just as well."""
    for item in open_rows:
        item.sure, item.reason = 0.95, BY_RELATIONS
        for choice in item.candidates:
            if choice != item.chosen and board.no_worse([(item, choice)]):
                _note_equal([(item, choice)])
    for group in branches(open_rows):
        for moves in _equal_moves(board, group):
            _note_equal(moves)
    for moves in (*column_moves(open_rows), *_row_moves(open_rows)):
        if any(item.sure > OPEN for item, _ in moves) and board.no_worse(moves):
            _note_equal(moves)


def _note_equal(moves: Moves) -> None:
    """Mark rows that could as well stand otherwise, less where their places on the page speak against it."""
    clear = strain_of(moves) >= _CLEAR * len(moves)
    for item, _ in moves:
        item.note(*((PLACED, BY_PLACE) if clear else (OPEN, UNDECIDED)))


def doubt(violated: Iterable[Relation], rows: Iterable[Loose]) -> None:
    """Mark the rows of relations that stay violated, where the relations within the row would let them stand otherwise.

    What decided on them counted on sums and other rows being right, which some are not.
    """
    wrong = {c for r in violated if r.severity == "error" for _, c in r.terms}
    places = {(c.form, c.row) for c in wrong}
    for item in rows:
        if (item.form, item.row) in places and not wrong.isdisjoint(item.movable(item.wide)):
            item.note(OPEN, DOUBTFUL)


def _equal_moves(board: Board, group: Sequence[Loose]) -> Iterable[list[tuple[Loose, Columns]]]:
    patterns = list(dict.fromkeys(c for i in group for c in i.candidates))
    for old in dict.fromkeys(i.chosen for i in group):
        for new in patterns:
            moves = [(i, new) for i in group if i.chosen == old and new in i.candidates]
            if new != old and len(moves) > 1 and board.no_worse(moves):
                yield moves


def _row_moves(open_rows: Sequence[Loose]) -> Iterable[list[tuple[Loose, Columns]]]:
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
