"""Writes what one command changed into the file: exactly the differences, in one transaction with its journal entry."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desktopapp.core.commands import Command, to_json
from desktopapp.core.engine import Changes
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.store.contents import Contents, to_text
from desktopapp.store.row_positions import RowPlan, SavedRows, plan_rows

_NEW_CHANGE = "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NOTHING = SavedRows()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal says of a command: an edit with its command, or the undo or redo of the edit ``of``."""

    action: str
    label: str
    command: Command
    of: int | None = None


class Writer:
    """Keeps the file equal to the report, command by command."""

    def __init__(self, db: sqlite3.Connection, contents: Contents, user: str, now: Callable[[], str]) -> None:
        self._db = db
        self._report: Report = contents.report
        self._rows = contents.rows
        self._strays = contents.strays
        self._user, self._now = user, now
        self.last: int = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]

    def save(self, changes: Changes, entry: Entry) -> bool:
        """Commit what a command changed; return False when it changed nothing, so that nothing was written.

        Raises sqlite3.Error (IntegrityError when somebody else wrote into the file), ValueError, TypeError or
        OverflowError; the file is as before then.
        """
        seq = self.last + 1
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._add_entry(seq, entry, changes.inverse)
            plans = self._save_rows(seq, changes)
            count = len(plans) + self._save_cells(seq, changes, plans)
            count += self._save_fields(seq, changes) + self._save_head(seq, changes)
            if not count and entry.action == "edit":
                self._db.execute("ROLLBACK")
                return False
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self.last = seq
        for form_id, plan in plans.items():
            self._rows[form_id] = plan.after
            self._strays = {c for c in self._strays if c.form != form_id or c.row not in plan.after.names}
        return True

    # ── the journal ─────────────────────────────────────────────────────────────────────────────────────────────
    def _add_entry(self, seq: int, entry: Entry, inverse: Command) -> None:
        edit = entry.action == "edit"
        texts = (to_text(to_json(entry.command)), to_text(to_json(inverse)), "done") if edit else (None, None, None)
        if edit:
            self._db.execute("UPDATE journal SET state = 'dropped' WHERE state = 'undone'")
        else:
            # The redo of an edit may find another inverse than the edit had; the one that fits now is kept.
            state = "undone" if entry.action == "undo" else "done"
            self._db.execute("UPDATE journal SET state = ? WHERE seq = ?", (state, entry.of))
            if entry.action == "redo":
                self._db.execute(
                    "UPDATE journal SET inverse = ?1 WHERE seq = ?2 AND inverse <> ?1",
                    (to_text(to_json(inverse)), entry.of),
                )
        self._db.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (seq, self._now(), self._user, entry.action, entry.of, entry.label, *texts),
        )

    def _note(self, seq: int, kind: str, place: tuple[str, str, str], was: Any, now: Any) -> None:
        self._db.execute(_NEW_CHANGE, (seq, kind, *place, was, now, 0, 0))

    # ── the report ──────────────────────────────────────────────────────────────────────────────────────────────
    def _save_cells(self, seq: int, changes: Changes, plans: dict[str, RowPlan]) -> int:
        execute = self._db.execute
        cells = changes.cells
        if self._strays:
            cells = {**self._adopted(plans), **cells}
        count = 0
        for cell, (fen, auto) in cells.items():
            old = execute("SELECT fen, auto FROM amounts WHERE form = ? AND row = ? AND col = ?", cell).fetchone()
            was, was_auto = old or (None, 0)
            if was == fen and was_auto == auto:
                continue
            count += 1
            if fen is None and not auto:
                execute("DELETE FROM amounts WHERE form = ? AND row = ? AND col = ?", cell)
            else:
                execute("INSERT OR REPLACE INTO amounts VALUES (?, ?, ?, ?, ?)", (*cell, fen, auto))
            execute(_NEW_CHANGE, (seq, "cell", *cell, was, fen, was_auto, auto))
        return count

    def _adopted(self, plans: dict[str, RowPlan]) -> dict[Cell, tuple[int | None, bool]]:
        """Return the cells that had no place until a row was added: from now on the report decides on them."""
        report = self._report
        return {
            c: (report.get(c), c in report.auto)
            for c in self._strays
            if c.form in plans and c.row in plans[c.form].after.names
        }

    def _save_rows(self, seq: int, changes: Changes) -> dict[str, RowPlan]:
        plans: dict[str, RowPlan] = {}
        for form_id in changes.rows:
            saved = self._rows.get(form_id, _NOTHING)
            plan = plan_rows(saved, self._report.rows_of(form_id))
            if not plan.removed and not plan.written:
                continue
            plans[form_id] = plan
            for row in plan.removed:
                self._db.execute("DELETE FROM code_rows WHERE form = ? AND row = ?", (form_id, row))
                self._note(seq, "row", (form_id, row, ""), saved.names[row], None)
            for row in plan.written:
                name = plan.after.names[row]
                self._db.execute(
                    "INSERT OR REPLACE INTO code_rows VALUES (?, ?, ?, ?)",
                    (form_id, row, name, plan.after.positions[row]),
                )
                if saved.names.get(row) != name:
                    self._note(seq, "row", (form_id, row, ""), saved.names.get(row), name)
        return plans

    def _save_fields(self, seq: int, changes: Changes) -> int:
        count = 0
        for key in changes.fields:
            value = self._report.fields.get(key)
            text = None if value is None else to_text(value)
            old = self._db.execute("SELECT value FROM fields WHERE key = ?", (key,)).fetchone()
            if (old[0] if old else None) == text:
                continue
            count += 1
            if text is None:
                self._db.execute("DELETE FROM fields WHERE key = ?", (key,))
            else:
                self._db.execute("INSERT OR REPLACE INTO fields VALUES (?, ?)", (key, text))
            self._note(seq, "field", ("", key, ""), None, None)
        return count

    def _save_head(self, seq: int, changes: Changes) -> int:
        if not changes.head:
            return 0
        report, count = self._report, 0
        year, department = self._db.execute("SELECT year, department FROM report").fetchone()
        if (year, department) != (report.year, report.department):
            self._db.execute("UPDATE report SET year = ?, department = ?", (report.year, report.department))
            for key, was, now in (("year", year, report.year), ("department", department, report.department)):
                if was != now:
                    self._note(seq, "head", ("", key, ""), was, now)
                    count += 1
        for table, key, kind, values in (
            ("grains", "form", "grain", report.grains),
            ("settings", "key", "setting", {k: int(on) for k, on in report.settings.items()}),
        ):
            saved = dict(self._db.execute(f"SELECT * FROM {table}"))
            for name, value in values.items():
                if saved.get(name) == value:
                    continue
                self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", (name, value))
                place = (name, "", "") if key == "form" else ("", name, "")
                self._note(seq, kind, place, saved.get(name), value)
                count += 1
        return count
