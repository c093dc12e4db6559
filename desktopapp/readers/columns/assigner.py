"""Chooses columns for the loose rows of a report whose other amounts are already in place."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.checker import Checker
from desktopapp.core.relations import RuleBook
from desktopapp.core.report import Report
from desktopapp.readers.columns.board import Board
from desktopapp.readers.columns.grading import grade
from desktopapp.readers.columns.loose import Loose
from desktopapp.readers.columns.narrowing import Narrowing
from desktopapp.readers.columns.search import improve, prefer, solve


def assign(report: Report, book: RuleBook, loose: Sequence[Loose], *, graded: bool = True) -> None:
    """Choose columns for every loose row and write its amounts; ``graded``: say how sure each is, too."""
    if not loose:
        return
    checker = Checker(report, book)
    Narrowing(report, checker, loose).run()
    open_rows = [i for i in loose if len(i.candidates) > 1]
    if not open_rows:
        return
    checker.rebuild()
    board = Board(report, checker, open_rows)
    if board.cost[0]:
        solve(board, report, open_rows)
        improve(board, open_rows)
    prefer(board, open_rows)
    if graded:
        grade(board, open_rows)
