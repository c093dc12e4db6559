"""Chooses columns for the loose rows of a report whose other amounts are already in place."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.checker import Checker
from desktopapp.core.relations import RuleBook
from desktopapp.core.report import Report
from desktopapp.readers.columns.board import Board
from desktopapp.readers.columns.grading import doubt, grade
from desktopapp.readers.columns.loose import Loose
from desktopapp.readers.columns.narrowing import Narrowing
from desktopapp.readers.columns.search import improve, prefer, solve


def assign(report: Report, book: RuleBook, loose: Sequence[Loose], *, rough: bool = False) -> None:
    """Choose columns for every loose row, say how sure each is, and write the amounts.

    What is ``rough`` takes what the rows themselves, settled rows and sums tell, without search and without grades.
    """
    if not loose:
        return
    checker = Checker(report, book)
    Narrowing(report, checker, loose).run()
    if rough:
        return
    checker.rebuild()
    if open_rows := [i for i in loose if len(i.candidates) > 1]:
        board = Board(report, checker, open_rows)
        if board.at_stake:
            solve(board, report, open_rows)
            improve(board, open_rows)
        prefer(board, report, open_rows)
        grade(board, open_rows)
        checker.rebuild()
    doubt(checker.violated_relations(), loose)
