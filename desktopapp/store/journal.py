"""The journal of a file: what can be undone and redone, and the history of who changed what when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from desktopapp.core.commands import Command, CommandError, from_json
from desktopapp.core.template import LAST
from desktopapp.store.tables import Values, changes_sums, line_sum


def utc_text(moment: datetime) -> str:
    """Return a moment as the journal writes it: ISO 8601 in UTC to the millisecond, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def read_utc(text: str) -> datetime:
    """Return the moment that a text in the journal states; an unreadable one gives the year 1."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


@contextmanager
def lenient_text(db: sqlite3.Connection) -> Iterator[None]:
    """Read text that damage made invalid with marks in its place; its checksum tells that it is not whole."""
    before = db.text_factory
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        yield
    finally:
        db.text_factory = before


# ── writing and undoing ─────────────────────────────────────────────────────────────────────────────────────────────
def entry_sum(fields: Values) -> int:
    """Return the checksum of an entry: of seq, at, user, action, of, label, command and inverse."""
    return line_sum(("journal", *fields))


def add_entry(db: sqlite3.Connection, fields: Values, state: str | None, total: int) -> None:
    """Write an entry; ``fields`` are seq, at, user, action, of, label, command and inverse."""
    db.execute(
        "INSERT INTO journal (seq, at, user, action, of, label, command, inverse, state, total, digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*fields, state, total, entry_sum(fields)),
    )


def history_is_whole(db: sqlite3.Connection, *, detailed: bool) -> bool:
    """Tell whether every entry, and with ``detailed`` everything it changed, has the checksum it states."""
    query = "SELECT seq, at, user, action, of, label, command, inverse, digest FROM journal"
    with lenient_text(db):
        if any(entry_sum(tuple(fields)) != digest for *fields, digest in db.execute(query)):
            return False
        if not detailed:
            return True
        sums = changes_sums(db)
    stated = dict(db.execute("SELECT seq, detail FROM journal"))
    return all(sums.get(seq, 0) == detail for seq, detail in stated.items()) and sums.keys() <= stated.keys()


@dataclass(frozen=True, slots=True)
class Step:
    """An edit that can be undone or redone."""

    seq: int
    label: str


class UndoStack:
    """Which edit comes next to undo and to redo, always as the file has it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.undo: Step | None = None
        self.redo: Step | None = None
        self.refresh()

    def refresh(self) -> None:
        """Read both from the file."""
        # Every undone edit is younger than every done one, so both ends are found without searching.
        self.redo = self._first("SELECT seq, label FROM journal WHERE state = 'undone' ORDER BY seq LIMIT 1")
        before = self.redo.seq if self.redo else 1 << 62
        self.undo = self._first(
            "SELECT seq, label FROM journal WHERE state = 'done' AND seq < ? ORDER BY seq DESC LIMIT 1", before
        )

    def edited(self, seq: int, label: str) -> None:
        """Note a new edit: it is next to undo, and nothing can be redone."""
        self.undo, self.redo = Step(seq, label), None

    def command_of(self, step: Step, *, inverse: bool) -> Command:
        """Return the command of an edit or its inverse; raises CommandError when it cannot be read."""
        query = "SELECT seq, at, user, action, of, label, command, inverse, digest FROM journal WHERE seq = ?"
        with lenient_text(self._db):
            *fields, digest = self._db.execute(query, (step.seq,)).fetchone()
        if entry_sum(tuple(fields)) != digest:
            raise CommandError(f"“{step.label}”这一步的修改记录已损坏，不能撤销或重做；请改用手工修改。")
        try:
            return from_json(json.loads(fields[7 if inverse else 6]))
        except (ValueError, RecursionError) as error:
            raise unreadable(step.label) from error

    def _first(self, query: str, *values: int) -> Step | None:
        with lenient_text(self._db):
            row = self._db.execute(query, values).fetchone()
        return Step(*row) if row else None


def unreadable(label: str) -> CommandError:
    """Return the error of a step that cannot be carried out on this report."""
    return CommandError(f"“{label}”这一步的修改记录读不懂，不能撤销或重做；请改用手工修改。")


# ── history ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an entry changed.

    ``kind`` is "cell" (amounts in 分 and whether they were automatic), "row" (names; None: not there), "head" (``row``
    is "year" or "department"), "grain" (分), "setting" (0 or 1) or "field" (JSON-like values).
    """

    kind: str
    form: str
    row: str
    col: str
    was: Any
    now: Any
    was_auto: bool = False
    now_auto: bool = False


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the history; ``action`` is "create", "edit", "undo" or "redo", ``of`` the edit undone or redone.

    ``state`` of an edit is "done", "undone" or "dropped": undone and then overtaken by another edit.
    """

    seq: int
    at: datetime
    user: str
    action: str
    label: str
    state: str
    of: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which entries to show; what is left empty does not matter. ``since`` and ``until`` carry a time zone.

    ``user`` None is everybody. ``text`` is searched in the names of steps and the codes of rows. ``last_year`` wants
    changes of last year's forms, ``contents`` those of texts and other contents.
    """

    form: str = ""
    row: str = ""
    col: str = ""
    user: str | None = None
    text: str = ""
    last_year: bool = False
    contents: bool = False
    since: datetime | None = None
    until: datetime | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """Return the condition in SQL and its values."""
        parts: list[str] = []
        values: list[Any] = []
        places = [(c, v) for c, v in (("form", self.form), ("row", self.row), ("col", self.col)) if v]
        if places:
            inner = " AND ".join(f"{column} = ?" for column, _ in places)
            parts.append(f"seq IN (SELECT seq FROM changes WHERE {inner})")
            values += [value for _, value in places]
        if self.last_year:
            parts.append("seq IN (SELECT seq FROM changes WHERE substr(form, 1, ?) = ?)")
            values += [len(LAST), LAST]
        if self.contents:
            parts.append("seq IN (SELECT seq FROM changes WHERE kind = 'field')")
        if self.user is not None:
            parts.append("user = ?")
            values.append(self.user)
        if self.text:
            parts.append("(instr(label, ?) OR seq IN (SELECT seq FROM changes WHERE instr(row, ?)))")
            values += [self.text, self.text]
        if self.since:
            parts.append("at >= ?")
            values.append(utc_text(self.since))
        if self.until:
            parts.append("at < ?")
            values.append(utc_text(self.until))
        return " AND ".join(parts) or "1", values


def read_users(db: sqlite3.Connection) -> list[str]:
    """Return everybody who has an entry, by name."""
    with lenient_text(db):
        return [user for (user,) in db.execute("SELECT DISTINCT user FROM journal ORDER BY user")]


def count_history(db: sqlite3.Connection, wanted: HistoryFilter) -> int:
    """Return how many entries a filter lets through."""
    condition, values = wanted.condition()
    count: int = db.execute(f"SELECT count(*) FROM journal WHERE {condition}", values).fetchone()[0]
    return count


def read_history(db: sqlite3.Connection, wanted: HistoryFilter, limit: int, offset: int) -> list[JournalEntry]:
    """Return entries, youngest first, each with everything it changed."""
    condition, values = wanted.condition()
    query = (
        "SELECT seq, at, user, action, label, coalesce(state, ''), of FROM journal"
        f" WHERE {condition} ORDER BY seq DESC LIMIT ? OFFSET ?"
    )
    with lenient_text(db):
        return [
            JournalEntry(seq, read_utc(at), user, action, label, state, of, changes_of(db, seq, action, of))
            for seq, at, user, action, label, state, of in db.execute(query, [*values, limit, offset]).fetchall()
        ]


def changes_of(db: sqlite3.Connection, seq: int, action: str, of: int | None) -> tuple[Change, ...]:
    """Return everything that an entry changed; ``of`` is the edit that it undid or did again."""
    query = "SELECT kind, form, row, col, was, now, was_auto, now_auto FROM changes WHERE seq = ?"
    found = [
        Change(kind, form, row, col, was, now, bool(was_auto), bool(now_auto))
        for kind, form, row, col, was, now, was_auto, now_auto in db.execute(query, (seq,))
    ]
    if not any(c.kind == "field" for c in found):
        return tuple(found)
    texts = db.execute("SELECT command, inverse FROM journal WHERE seq = ?", (of or seq,)).fetchone()
    command, inverse = (_field_values(text) for text in texts)
    if action == "undo":
        command, inverse = inverse, command
    return tuple(
        Change("field", "", c.row, "", inverse.get(c.row), command.get(c.row)) if c.kind == "field" else c
        for c in found
    )


def _field_values(text: str) -> dict[str, Any]:
    """Return what a command leaves in the fields; of several values for one field the last stays."""
    values: dict[str, Any] = {}

    def walk(raw: Mapping[str, Any]) -> None:
        if raw.get("do") == "field":
            values[raw["key"]] = raw["value"]
        for inner in raw.get("commands", ()):
            walk(inner)

    try:
        walk(json.loads(text))
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return {}
    return values
