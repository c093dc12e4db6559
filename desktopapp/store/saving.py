"""Writes what one command changed into the file: exactly the differences, in one transaction with its journal entry."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desktopapp.core.commands import Command, to_json
from desktopapp.core.engine import Changes
from desktopapp.core.template import Cell
from desktopapp.store.contents import LARGEST_CONTENT, Contents, to_text
from desktopapp.store.journal import add_entry, entry_sum
from desktopapp.store.row_positions import RowPlan, SavedRows, plan_rows
from desktopapp.store.tables import ContentWriter, change_sum

_NEW_CHANGE = "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NOTHING = SavedRows()
_ABSENT = (None, 0)


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
        self._report = contents.report
        self._rows = contents.rows
        self._strays = contents.strays
        self._user, self._now = user, now
        self._detail = 0
        last = db.execute("SELECT seq, total FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        self.last: int = last[0]
        self._content = ContentWriter(db, last[1])

    def sign_as(self, user: str) -> None:
        """Write another name into the journal from now on."""
        self._user = user

    def save(self, changes: Changes, entry: Entry) -> bool:
        """Commit what a command changed; return False when it changed nothing, so that nothing was written.

        Raises sqlite3.Error (IntegrityError when somebody else wrote into the file), ValueError, TypeError or
        OverflowError; the file is as before then.
        """
        seq, total = self.last + 1, self._content.total
        self._detail = 0
        self._db.execute("BEGIN IMMEDIATE")
        try:
            # The entry first, because what it changed refers to it; its checksum when the content is written.
            self._add_entry(seq, entry, changes.inverse)
            plans = self._save_rows(seq, changes)
            count = len(plans) + self._save_cells(seq, changes, plans)
            count += self._save_fields(seq, changes) + self._save_head(seq, changes)
            if not count and entry.action == "edit":
                self._db.execute("ROLLBACK")
                return False
            sums = (self._content.total, self._detail)
            self._db.execute("UPDATE journal SET total = ?, detail = ? WHERE seq = ?", (*sums, seq))
            self._db.execute("COMMIT")
        except BaseException:
            self._content.total = total
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
        command = back = state = None
        if entry.action == "edit":
            command, back, state = to_text(to_json(entry.command)), to_text(to_json(inverse)), "done"
            self._db.execute("UPDATE journal SET state = 'dropped' WHERE state = 'undone'")
        else:
            self._mark(entry, inverse)
        fields = (seq, self._now(), self._user, entry.action, entry.of, entry.label, command, back)
        add_entry(self._db, fields, state, 0)

    def _mark(self, entry: Entry, inverse: Command) -> None:
        """Note on an edit that it is undone or done again."""
        if entry.action == "undo":
            self._db.execute("UPDATE journal SET state = 'undone' WHERE seq = ?", (entry.of,))
            return
        # Doing an edit again may find another inverse than the first time; the one that fits now is kept.
        query = "SELECT seq, at, user, action, of, label, command FROM journal WHERE seq = ?"
        back = to_text(to_json(inverse))
        digest = entry_sum((*self._db.execute(query, (entry.of,)).fetchone(), back))
        self._db.execute(
            "UPDATE journal SET state = 'done', inverse = ?, digest = ? WHERE seq = ?", (back, digest, entry.of)
        )

    def _note(self, seq: int, kind: str, place: tuple[str, str, str], was: Any, now: Any) -> None:
        self._note_change((seq, kind, *place, was, now, 0, 0))

    def _note_change(self, values: tuple[Any, ...]) -> None:
        self._db.execute(_NEW_CHANGE, values)
        self._detail += change_sum(values)

    # ── the report ──────────────────────────────────────────────────────────────────────────────────────────────
    def _save_cells(self, seq: int, changes: Changes, plans: dict[str, RowPlan]) -> int:
        put = self._content.put
        cells = changes.cells
        if self._strays:
            cells = {**self._adopted(plans), **cells}
        count = 0
        for cell, (fen, automatic) in cells.items():
            auto = int(automatic)
            was, was_auto = put("amounts", cell, None if fen is None and not auto else (fen, auto)) or _ABSENT
            if was != fen or was_auto != auto:
                count += 1
                self._note_change((seq, "cell", *cell, was, fen, was_auto, auto))
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
                self._content.put("code_rows", (form_id, row), None)
                self._note(seq, "row", (form_id, row, ""), saved.names[row], None)
            for row in plan.written:
                name = plan.after.names[row]
                self._content.put("code_rows", (form_id, row), (name, plan.after.positions[row]))
                if saved.names.get(row) != name:
                    self._note(seq, "row", (form_id, row, ""), saved.names.get(row), name)
        return plans

    def _save_fields(self, seq: int, changes: Changes) -> int:
        count = 0
        for key in changes.fields:
            value = self._report.fields.get(key)
            new = None if value is None else (to_text(value),)
            if new is not None and len(new[0]) > LARGEST_CONTENT:
                raise ValueError("content too large")
            if self._content.put("fields", (key,), new) != new:
                self._note(seq, "field", ("", key, ""), None, None)
                count += 1
        return count

    def _save_head(self, seq: int, changes: Changes) -> int:
        if not changes.head:
            return 0
        report, count = self._report, 0
        query = "SELECT uid, template, year, department, created, program FROM report"
        uid, template, year, department, *origin = self._db.execute(query).fetchone()
        self._content.put("report", (1,), (uid, template, report.year, report.department, *origin))
        for key, was, now in (("year", year, report.year), ("department", department, report.department)):
            if was != now:
                self._note(seq, "head", ("", key, ""), was, now)
                count += 1
        for form_id, grain in report.grains.items():
            old = self._content.put("grains", (form_id,), (grain,))
            if old != (grain,):
                self._note(seq, "grain", (form_id, "", ""), old and old[0], grain)
                count += 1
        for key, on in report.settings.items():
            old = self._content.put("settings", (key,), (int(on),))
            if old != (int(on),):
                self._note(seq, "setting", ("", key, ""), old and old[0], int(on))
                count += 1
        return count
