"""The tables that hold what a report contains, and the checksum over them.

SQLite notices damage to the structure of a file but not a flipped bit in an amount. Therefore every journal entry
carries a checksum over the whole content after it: the sum of one CRC per line, so that an edit adjusts it at the cost
of the lines it writes. It finds accidents, not forgeries.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

#: Sums stay far inside the 64 bits of an SQLite integer.
_MODULUS = 1 << 62
_SEPARATOR = "\x1f"

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of content: its key columns and the others."""

    name: str
    keys: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all columns, those of the key first."""
        return self.keys + self.values


#: The content of version 1.0.
CONTENT = (
    Table("report", ("id",), ("uid", "template", "year", "department", "created", "program")),
    Table("amounts", ("form", "row", "col"), ("fen", "auto")),
    Table("code_rows", ("form", "row"), ("name", "position")),
    Table("grains", ("form",), ("fen",)),
    Table("settings", ("key",), ("value",)),
    Table("fields", ("key",), ("value",)),
)


def line_sum(values: Iterable[Any]) -> int:
    """Return the checksum of one line; raises UnicodeEncodeError for text that cannot be stored."""
    return crc32(_SEPARATOR.join(map(str, values)).encode())


def content_sum(db: sqlite3.Connection, content: Collection[Table] = CONTENT) -> int:
    """Return the checksum of everything in the tables and of their definitions; raises sqlite3.Error."""
    total = 0
    names = {t.name for t in content} | {"journal", "changes"}
    for kind, name, table, sql in db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"):
        # Definitions never change under an edit; tables that other tools added do not concern us.
        if table in names:
            total += line_sum((kind, name, table, sql))
    for table in content:
        name = table.name
        for line in db.execute(f"SELECT {', '.join(table.columns)} FROM {name}"):
            total += line_sum((name, *line))
    return total % _MODULUS


def change_sum(values: Values) -> int:
    """Return the checksum of a line of ``changes``: seq, kind, form, row, col, was, now, was_auto, now_auto."""
    return line_sum(("changes", *values))


def changes_sums(db: sqlite3.Connection) -> dict[int, int]:
    """Return, for every entry of the journal that changed something, the checksum of its lines in ``changes``."""
    sums: dict[int, int] = {}
    for values in db.execute("SELECT seq, kind, form, row, col, was, now, was_auto, now_auto FROM changes"):
        sums[values[0]] = (sums.get(values[0], 0) + change_sum(values)) % _MODULUS
    return sums


class ContentWriter:
    """Writes lines of content inside a transaction and keeps the checksum in step."""

    def __init__(self, db: sqlite3.Connection, total: int) -> None:
        self._db = db
        self._statements = {t.name: _statements(t) for t in CONTENT}
        self.total = total

    def put(self, table: str, key: Values, values: Values | None) -> Values | None:
        """Give the line with this key other values, None to delete it; return what it had, None if it was not there.

        Nothing is written when nothing differs.
        """
        select, insert, delete = self._statements[table]
        old: Values | None = self._db.execute(select, key).fetchone()
        if old == values:
            return old
        total = self.total
        if old is not None:
            total -= line_sum((table, *key, *old))
        if values is None:
            self._db.execute(delete, key)
        else:
            self._db.execute(insert, (*key, *values))
            total += line_sum((table, *key, *values))
        self.total = total % _MODULUS
        return old


def _statements(table: Table) -> tuple[str, str, str]:
    where = " AND ".join(f"{k} = ?" for k in table.keys)
    places = ", ".join("?" * len(table.columns))
    return (
        f"SELECT {', '.join(table.values)} FROM {table.name} WHERE {where}",
        f"INSERT OR REPLACE INTO {table.name} ({', '.join(table.columns)}) VALUES ({places})",
        f"DELETE FROM {table.name} WHERE {where}",
    )
