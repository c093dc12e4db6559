"""Report files broken on purpose: bytes, tables, definitions and values as no colleague should make them."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress

from tests.breaking import broken

_TABLES = ("report", "amounts", "code_rows", "grains", "settings", "fields", "journal", "changes", "_sqlite_migrations")
_ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
_DEEP = "[" * 100_000 + "]" * 100_000
#: Values that a column does not expect; texts are written as they are, not as parameters.
_VALUES = (
    "NULL", "''", "-1", "0", "9223372036854775807", "-9223372036854775808", "1e308", "x'00ff'", "'\u0000'", "'../../x'",
    "'=1+1'", "'{\"do\":\"set\"}'", "'[]'", "'null'", "'NaN'", "'0001-01-01T00:00:00.000Z'", "'9999'",
    "zeroblob(200000)", "printf('%.*c', 200000, '9')", "char(0xd800)", "char(0x202e, 0x10ffff)",
)  # fmt: skip
_STATEMENTS = (
    "DROP TABLE {t}",
    "ALTER TABLE {t} RENAME TO {u}x",
    "ALTER TABLE {t} ADD COLUMN extra",
    "ALTER TABLE {t} RENAME COLUMN {c} TO other",
    "CREATE VIEW v AS " + _ENDLESS,
    "CREATE TRIGGER g AFTER INSERT ON {t} BEGIN SELECT count(*) FROM (" + _ENDLESS + "); END",
    "CREATE INDEX i ON {t} ({c})",
    "CREATE TABLE big AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n LIMIT 50000) SELECT x FROM n",
    "CREATE VIRTUAL TABLE f USING fts5(x)",
    "UPDATE {t} SET {c} = {v}",
    "UPDATE OR IGNORE {t} SET {c} = {v} WHERE rowid % 3 = 0",
    "UPDATE {t} SET {c} = (SELECT {c} FROM {t} ORDER BY random() LIMIT 1)",
    "DELETE FROM {t}",
    "DELETE FROM {t} WHERE rowid % 2",
    "INSERT OR REPLACE INTO fields VALUES ('text.duties', '\"' || printf('%.*c', 12000000, 'x') || '\"')",
    "INSERT OR REPLACE INTO fields VALUES ('text.duties', '" + _DEEP + "')",
    "INSERT OR REPLACE INTO fields VALUES ('selfeval', '[{{\"kind\": 1}}, 2, null]')",
    "INSERT OR REPLACE INTO amounts VALUES ('99', 'x', 'y', 5, 0)",
    "UPDATE report SET template = {v}",
    "UPDATE report SET year = {n}",
    "PRAGMA user_version = {n}",
    "PRAGMA application_id = {n}",
    "PRAGMA encoding = 'UTF-16'",
    "PRAGMA journal_mode = {j}",
    "VACUUM",
)


def broken_report(whole: bytes, chance: random.Random) -> bytes:
    """Return a report file that is broken somehow; sometimes its checksums are made right again afterwards."""
    way = chance.random()
    if way < 0.35:
        return broken(whole, chance)
    if way < 0.4:
        return _foreign(whole, chance)
    data = _rewritten(whole, chance)
    return broken(data, chance) if chance.random() < 0.1 else data


def _rewritten(whole: bytes, chance: random.Random) -> bytes:
    """Return the file after some statements that its own program would not run."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.deserialize(whole)
        # What is to fill the program's memory need not fill ours.
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 20_000_000)
        columns = {t: [r[1] for r in db.execute(f"PRAGMA table_info({t})")] for t in _TABLES}
        if chance.random() < 0.3:
            _rewrite_schema(db, chance)
        for _ in range(chance.choice((1, 1, 2, 5))):
            table = chance.choice(_TABLES)
            statement = chance.choice(_STATEMENTS).format(
                t=table,
                u=chance.choice(_TABLES),
                c=chance.choice(columns[table] or ["x"]),
                v=chance.choice(_VALUES),
                n=chance.choice((-1, 0, 1, 65535, 65536, 65537, 131072, 0x4A554553, 2**31 - 1)),
                j=chance.choice(("WAL", "DELETE", "OFF")),
            )
            with suppress(sqlite3.Error):
                db.execute(statement).fetchall()
        if chance.random() < 0.5:
            _make_right(db)
        return db.serialize()


def _rewrite_schema(db: sqlite3.Connection, chance: random.Random) -> None:
    """Change a definition behind SQLite's back."""
    table = chance.choice(_TABLES)
    was, now = chance.choice(
        (
            ("STRICT", ""),
            ("NOT NULL", ""),
            ("INTEGER", "TEXT"),
            ("CREATE TABLE", "CREATE TABEL"),
            ("TEXT", "TEXT GENERATED ALWAYS AS (printf('%.*c', 300000000, 'x'))"),
            ("TEXT", "TEXT CHECK (length(printf('%.*c', 300000000, 'x')) > 0)"),
            (table, "sqlite_x"),
        )
    )
    with suppress(sqlite3.Error):
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = ?", (was, now, table))
        db.execute("PRAGMA writable_schema = RESET")


def _make_right(db: sqlite3.Connection) -> None:
    """Give the last entry of the journal the checksum that fits, as somebody might who knows how."""
    from desktopapp.store.tables import content_sum

    with suppress(sqlite3.Error, UnicodeError, OverflowError):
        db.execute("UPDATE journal SET total = ? WHERE seq = (SELECT max(seq) FROM journal)", (content_sum(db),))


def _foreign(whole: bytes, chance: random.Random) -> bytes:
    """Return a database of another program that says it is ours."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute("PRAGMA application_id = 1247167827")
        db.execute(f"PRAGMA user_version = {chance.choice((65536, 65537, 65538))}")
        for table in chance.sample(_TABLES, chance.randrange(len(_TABLES))):
            db.execute(f"CREATE TABLE {table} (id, form, row, col, seq, label)")
            db.execute(f"INSERT INTO {table} VALUES (1, 'a', 'b', 'c', 1, 'x')")
        return db.serialize()
