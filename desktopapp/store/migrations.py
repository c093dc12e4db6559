"""Brings the tables of a file to the current version, each step in one transaction with its record."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from desktopapp.store.schema import APPLICATION_ID, Schema, Step

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Name under which sqlite-utils records our steps in the file.
_SET = "juesuan"


def migrate(db: sqlite3.Connection, schema: Schema) -> None:
    """Run the steps that a file has not seen; a new, empty file gets all of them.

    A step that fails leaves the file as the step before left it. Raises sqlite3.Error.
    """
    # Costs 0.1 s, and 0.3 s more where pandas is installed: only files that need it pay.
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    steps = Migrations(_SET)
    for step in schema.steps:
        steps(name=step.name)(_Run(step))
    steps.apply(Database(db, execute_plugins=False))


class _Run:
    """One step as sqlite-utils calls it."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self.__name__ = step.name

    def __call__(self, db: Database, /) -> None:
        self._step.run(db.conn)
        db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.conn.execute(f"PRAGMA user_version = {self._step.version.to_int()}")
