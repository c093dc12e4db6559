"""Edits a report file until it is killed; says on stdout, after each edit, what is now on the disk.

Run as ``python -m tests.store.crash_worker FILE SEED [PASSWORD]``. Every line is ``seq digest``: the number of the
journal entry and a digest of the report, printed only after ``apply`` returned.
"""

from __future__ import annotations

import random
import sys
from hashlib import sha256
from pathlib import Path

from desktopapp.core.commands import Batch, Command, DeleteRow, InsertRow, SetField, typed
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.store.cipher import Secret
from desktopapp.store.report_file import ReportFile, open_file
from tests.store.reports import PAY, load


def digest(report: Report) -> str:
    """Return a digest of everything that an edit of this worker can change."""
    rows = {f: [(r, rows.name(r)) for r in rows] for f, rows in report.rows.items() if len(rows)}
    parts = (sorted(report.amounts.items()), sorted(report.auto), sorted(rows.items()), sorted(report.fields.items()))
    return sha256(repr(parts).encode()).hexdigest()[:16]


def command(dice: random.Random, report: Report) -> Command:
    """Return a random command that is possible."""
    amount = dice.randrange(1, 10**6) * 10_000
    code = f"20103{dice.randrange(3, 40):02d}"
    row: Command = DeleteRow("03", code) if code in report.rows_of("03") else InsertRow("03", code, "行")
    return dice.choice(
        [
            typed(PAY, amount),
            Batch("", (typed(Cell("02", "2010301", "fiscal"), amount), typed(PAY, None), row)),
            row,
            SetField("text", "字" * dice.randrange(5000)),
        ]
    )


def work(file: ReportFile, dice: random.Random) -> None:
    """Make some edits, telling each."""
    for _ in range(dice.randrange(1, 30)):
        step = dice.random()
        if step < 0.15 and file.can_undo:
            file.undo()
        elif step < 0.25 and file.can_redo:
            file.redo()
        else:
            file.apply(command(dice, file.report))
        print(file.history(1)[0].seq, digest(file.report), flush=True)


def main() -> None:
    """Open, edit and close again and again, so that every phase is hit."""
    path, dice = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
    secret = Secret(sys.argv[3]) if len(sys.argv) > 3 else None
    while True:
        with open_file(path, load, user="工人", secret=secret) as file:
            assert not file.read_only, file.notice
            work(file, dice)
            if dice.random() < 0.3:
                file.tidy()


if __name__ == "__main__":
    main()
