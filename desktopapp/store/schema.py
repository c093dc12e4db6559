"""The tables of a report file and the steps by which they came to be.

Version 1.0: ``report`` (one line: template, year, department, origin), ``amounts``, ``code_rows``, ``grains``,
``settings``, ``fields``, and the journal: ``journal`` has one line for every edit, undo and redo, ``changes`` what each
of them changed. Version 1.1: every line of the journal carries a checksum over its lines in ``changes``.

A new *major* version means that older programs cannot understand the file; a new *minor* one that they can show it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from desktopapp.store.tables import CONTENT, Table, changes_sums

#: "JUES" in the header of every report file, see the file(1) magic of SQLite.
APPLICATION_ID = 0x4A554553


#: Columns of the journal in version 1.0.
JOURNAL_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "journal": ("seq", "at", "user", "action", "of", "label", "command", "inverse", "state", "total", "digest"),
    "changes": ("seq", "kind", "form", "row", "col", "was", "now", "was_auto", "now_auto"),
}


class Version(NamedTuple):
    """Version of the tables, kept as ``major << 16 | minor`` in SQLite's user_version."""

    major: int
    minor: int

    @classmethod
    def from_int(cls, value: int) -> Version:
        """Return the version in a user_version."""
        return cls(value >> 16, value & 0xFFFF)

    def to_int(self) -> int:
        """Return the user_version of a version."""
        return self.major << 16 | self.minor

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class Step:
    """A migration: its name, recorded in the file, the version it leads to and what it does.

    ``run`` is called inside a transaction and must not end it. ``content`` are the tables that the checksum of this
    version covers, ``journal`` the columns that its journal has.
    """

    name: str
    version: Version
    run: Callable[[sqlite3.Connection], None]
    content: tuple[Table, ...] = CONTENT
    journal: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: JOURNAL_COLUMNS, hash=False)


@dataclass(frozen=True, slots=True)
class Schema:
    """All steps from an empty file to the current tables."""

    steps: tuple[Step, ...]

    @property
    def version(self) -> Version:
        """Return the version that this program writes."""
        return self.steps[-1].version

    def step_to(self, version: Version) -> Step | None:
        """Return the step that leads to a version, None for a version that never was."""
        return next((s for s in self.steps if s.version == version), None)


def version_of(db: sqlite3.Connection) -> Version:
    """Return the version of an open file."""
    return Version.from_int(db.execute("PRAGMA user_version").fetchone()[0])


_FIRST = (
    """
    CREATE TABLE report (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        uid TEXT NOT NULL,
        template TEXT NOT NULL,
        year INTEGER NOT NULL,
        department TEXT NOT NULL,
        created TEXT NOT NULL,
        program TEXT NOT NULL
    ) STRICT
    """,
    # fen: amount in 分; auto: follows its relation. An automatic cell may be empty, any other stands for an amount.
    """
    CREATE TABLE amounts (
        form TEXT NOT NULL,
        row TEXT NOT NULL,
        col TEXT NOT NULL,
        fen INTEGER CHECK (fen <> 0),
        auto INTEGER NOT NULL CHECK (auto IN (0, 1)),
        PRIMARY KEY (form, row, col),
        CHECK (fen IS NOT NULL OR auto = 1)
    ) STRICT, WITHOUT ROWID
    """,
    # Rows stand in the order of their positions, which have gaps so that a row fits between two others.
    """
    CREATE TABLE code_rows (
        form TEXT NOT NULL,
        row TEXT NOT NULL,
        name TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (form, row)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE grains (form TEXT PRIMARY KEY, fen INTEGER NOT NULL CHECK (fen > 0)) STRICT, WITHOUT ROWID",
    "CREATE TABLE settings (key TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value IN (0, 1))) STRICT",
    "CREATE TABLE fields (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # total: checksum over the content after this entry; digest: checksum of the entry itself. See ``tables``.
    """
    CREATE TABLE journal (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        user TEXT NOT NULL,
        action TEXT NOT NULL CHECK (action IN ('create', 'edit', 'undo', 'redo')),
        of INTEGER REFERENCES journal (seq),
        label TEXT NOT NULL,
        command TEXT,
        inverse TEXT,
        state TEXT CHECK (state IN ('done', 'undone', 'dropped')),
        total INTEGER NOT NULL,
        digest INTEGER NOT NULL,
        CHECK ((action = 'edit') = (command IS NOT NULL AND inverse IS NOT NULL AND state IS NOT NULL)),
        CHECK ((action IN ('undo', 'redo')) = (of IS NOT NULL))
    ) STRICT
    """,
    "CREATE INDEX journal_undone ON journal (seq) WHERE state = 'undone'",
    # kind: cell, row, head, grain, setting or field; a field's values are in the commands of the journal.
    """
    CREATE TABLE changes (
        seq INTEGER NOT NULL REFERENCES journal (seq),
        kind TEXT NOT NULL,
        form TEXT NOT NULL,
        row TEXT NOT NULL,
        col TEXT NOT NULL,
        was ANY,
        now ANY,
        was_auto INTEGER NOT NULL,
        now_auto INTEGER NOT NULL,
        PRIMARY KEY (seq, kind, form, row, col)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX changes_place ON changes (form, row, col)",
)


def _first(db: sqlite3.Connection) -> None:
    for statement in _FIRST:
        db.execute(statement)


def _second(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE journal ADD COLUMN detail INTEGER NOT NULL DEFAULT 0")
    db.executemany("UPDATE journal SET detail = ? WHERE seq = ?", ((n, seq) for seq, n in changes_sums(db).items()))


_WITH_DETAIL = {**JOURNAL_COLUMNS, "journal": (*JOURNAL_COLUMNS["journal"], "detail")}
#: The first version whose journal has checksums over what each entry changed.
DETAILED = Version(1, 1)
SCHEMA = Schema(
    (
        Step("0001_first", Version(1, 0), _first),
        Step("0002_history_checksums", DETAILED, _second, journal=_WITH_DETAIL),
    )
)
