"""Decides which pasted amounts go on following their relation: those that say what the relation says anyway.

A whole form pasted from a spreadsheet brings its totals along. Where a pasted total equals the computed one, the cell
stays automatic; where it differs, it becomes a typed one. This is found out by trying on the engine itself and taking
everything back before the real command is carried out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from desktopapp.core.amount import Amount
from desktopapp.core.commands import Command, SetCells
from desktopapp.core.engine import Engine
from desktopapp.core.template import Cell

Entry = tuple[Cell, Amount, bool]


class _Trial:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._inverses: list[Command] = []

    def apply(self, command: Command) -> None:
        self._inverses.append(self._engine.apply(command).inverse)

    def take_back(self) -> None:
        for inverse in reversed(self._inverses):
            self._engine.apply(inverse)


@contextmanager
def _trial(engine: Engine) -> Iterator[_Trial]:
    trial = _Trial(engine)
    try:
        yield trial
    finally:
        trial.take_back()


def settled_entries(engine: Engine, before: Command | None, amounts: dict[Cell, Amount]) -> tuple[Entry, ...]:
    """Return the entries for amounts that come together, after the command ``before`` (rows to add).

    Entries that change nothing are left out. An empty text does not overwrite an automatic amount.
    Raises CommandError when ``before`` or an amount is refused; the report is as it was then.
    """
    report = engine.report
    with _trial(engine) as trial:
        if before is not None:
            trial.apply(before)
        following = {c for c in amounts if c in report.auto and engine.checker.definer(c) is not None}
        plain = [(c, a, False) for c, a in amounts.items() if c not in following and (report.get(c) or None) != a]
        totals = [(c, amounts[c], False) for c in amounts if c in following and amounts[c]]
        # Without totals there is nothing to find out; what is refused is refused by the real command, too.
        if totals:
            trial.apply(SetCells((*plain, *totals)))
        # All have their amounts now: a total whose relation holds exactly would compute the same one.
        typed = [entry for entry in totals if not _computes(engine, entry[0])]
    return (*plain, *typed)


def _computes(engine: Engine, cell: Cell) -> bool:
    found = engine.checker.follows(cell)
    return found is not None and found[0] == 0
