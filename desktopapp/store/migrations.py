"""Brings the tables of a file to the current version, each step in one transaction with its record."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from desktopapp.store.schema import APPLICATION_ID, Schema, Step, version_of
from desktopapp.store.tables import content_sum

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

#: Name under which sqlite-utils records our steps in the file.
SET = "juesuan"
#: The record as sqlite-utils keeps it.
_RECORDS = (
    'CREATE TABLE "_sqlite_migrations"'
    ' ("id" INTEGER PRIMARY KEY, "migration_set" TEXT, "name" TEXT, "applied_at" TEXT)',
    'CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name" ON "_sqlite_migrations" ("migration_set", "name")',
)


def build(db: sqlite3.Connection, schema: Schema) -> None:
    """Make all tables in a new, empty file; the same as ``migrate`` without importing sqlite-utils.

    That import brings pandas in where it is installed: 0.4 s and 60 MB that the window need not pay for a new report.
    """
    db.execute("BEGIN")
    for statement in _RECORDS:
        db.execute(statement)
    for step in schema.steps:
        _run(db, step)
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, datetime('now'))",
            (SET, step.name),
        )
    db.execute("COMMIT")


def migrate(db: sqlite3.Connection, schema: Schema) -> None:
    """Run the steps that an older file has not seen.

    A step that fails leaves the file as the step before left it. Raises sqlite3.Error.
    """
    if version_of(db) < schema.version:
        from sqlite_utils import Database

        sqlite_utils_steps(schema).apply(Database(db, execute_plugins=False))


def sqlite_utils_steps(schema: Schema) -> Migrations:
    """Return the steps as sqlite-utils runs and records them."""
    from sqlite_utils.migrations import Migrations

    steps = Migrations(SET)
    for step in schema.steps:
        steps(name=step.name)(_Runner(step))
    return steps


class _Runner:
    """One step as sqlite-utils calls it, inside a transaction."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self.__name__ = step.name

    def __call__(self, db: Database, /) -> None:
        _run(db.conn, self._step)


def _run(db: sqlite3.Connection, step: Step) -> None:
    step.run(db)
    # What a step rewrites is content like any other: the checksum of the last entry must fit it.
    db.execute(
        "UPDATE journal SET total = ? WHERE seq = (SELECT max(seq) FROM journal)", (content_sum(db, step.content),)
    )
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {step.version.to_int()}")
