"""Files under a password: SQLCipher behind the types of ``sqlite3``.

The format is SQLCipher 4 with its defaults (AES-256, PBKDF2-HMAC-SHA512 with 256,000 rounds, an HMAC for every page),
so that any tool that knows SQLCipher opens the file with the password. Of the salt, which are the first 16 bytes of the
file, we choose the first four, so that a file under a password is told from a damaged one without the password.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import struct
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

_MARK = b"JUEC"
_SALT = 16
_ROUNDS = 256_000
_PAGE = 4096
#: At the end of every page: the initialisation vector, then the HMAC.
_VECTOR, _HMAC = 16, 64
_HMAC_MASK, _HMAC_ROUNDS = 0x3A, 2
#: Pages tried when a password is judged without page 1, so that a large file costs no more.
_TRIED = 64
_NAMES = ("IntegrityError", "OperationalError", "ProgrammingError", "DataError", "InternalError", "NotSupportedError")


class Secret:
    """A password; it shows itself nowhere, and remembers the keys made of it, because each costs 0.1 s."""

    __slots__ = ("_keys", "_password")

    def __init__(self, password: str) -> None:
        # The same characters may come composed or not, depending on the keyboard.
        self._password = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
        self._keys: dict[bytes, bytes] = {}

    def __repr__(self) -> str:
        return "Secret()"

    def __reduce__(self) -> str:
        raise TypeError("a password is not to be written anywhere")

    def key(self, salt: bytes) -> bytes:
        """Return the key under a salt."""
        found = self._keys.get(salt)
        if found is None:
            found = self._keys[salt] = hashlib.pbkdf2_hmac("sha512", self._password, salt, _ROUNDS, 32)
        return found

    def salt_for_new(self) -> bytes:
        """Return the salt of a new file: that of the files it belongs to, a fresh one where there is none."""
        return next(iter(self._keys), None) or _MARK + secrets.token_bytes(_SALT - len(_MARK))


def is_available() -> bool:
    """Tell whether this computer can read and write files under a password."""
    return _module() is not None and hasattr(hashlib, "pbkdf2_hmac")


@cache
def _module() -> Any:
    """Return SQLCipher's module, which few files need; None where no wheel of it fits the computer."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        return None
    return dbapi2


def is_encrypted(path: Path) -> bool:
    """Tell whether a file is one under a password; a file that cannot be read is not."""
    return salt_of(path) is not None


def salt_of(path: Path) -> bytes | None:
    """Return the salt of a file under a password, None for any other file."""
    try:
        with path.open("rb") as file:
            found = file.read(_SALT)
    except OSError:
        return None
    return found if found.startswith(_MARK) and len(found) == _SALT else None


def fits(path: Path, secret: Secret) -> bool:
    """Tell whether a password is that of a file, by the HMAC of any of its pages; raises OSError."""
    salt = salt_of(path)
    if salt is None:
        return False
    masked = bytes(b ^ _HMAC_MASK for b in salt)
    key = hashlib.pbkdf2_hmac("sha512", secret.key(salt), masked, _HMAC_ROUNDS, 32)
    with path.open("rb") as file:
        return any(_is_authentic(key, n, page) for n, page in zip(range(1, _TRIED), _pages(file.read), strict=False))


def _pages(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while len(page := read(_PAGE)) == _PAGE:
        yield page


def _is_authentic(key: bytes, number: int, page: bytes) -> bool:
    start = _SALT if number == 1 else 0
    found = hmac.digest(key, page[start:-_HMAC] + struct.pack("<I", number), "sha512")
    return hmac.compare_digest(found, page[-_HMAC:])


def connect_encrypted(uri: str, secret: Secret, salt: bytes, *, timeout: float) -> sqlite3.Connection:
    """Open a database under a password in autocommit mode; ask ``is_available`` before. Raises sqlite3.Error."""
    module = _module()
    make = _translating(_connection_class(module))
    db: sqlite3.Connection = make(uri, uri=True, isolation_level=None, timeout=timeout, check_same_thread=False)
    # It would write to the terminal what it cannot decrypt; the errors say that too.
    db.execute("PRAGMA cipher_log_level = NONE").fetchall()
    db.execute(f"PRAGMA key = \"x'{secret.key(salt).hex()}{salt.hex()}'\"").fetchall()
    return db


# ── SQLCipher's own connection, with the errors of sqlite3 ──────────────────────────────────────────────────────────
@cache
def _connection_class(module: Any) -> Callable[..., Any]:
    names = ("execute", "executemany", "fetchone", "fetchall", "fetchmany", "__next__")
    cursor = type("Cursor", (module.Cursor,), {n: _translating(getattr(module.Cursor, n)) for n in names})
    own = {n: _translating(getattr(module.Connection, n)) for n in ("backup", "commit", "rollback", "close")}
    # What ``execute`` of a connection does, it does through a cursor.
    own["cursor"] = lambda self: module.Connection.cursor(self, cursor)
    return type("Connection", (module.Connection,), own)


def _translating(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that raises the errors of sqlite3, which the store knows, in place of the module's own."""
    kind = _module().Error

    def translating(*values: Any, **options: Any) -> Any:
        try:
            return call(*values, **options)
        except kind as error:
            raise _as_sqlite(error) from error

    return translating


def _as_sqlite(error: Exception) -> sqlite3.Error:
    name = type(error).__name__
    kind: type[sqlite3.Error] = getattr(sqlite3, name) if name in _NAMES else sqlite3.DatabaseError
    found = kind(*error.args)
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    # The module knows no extended codes; of ours only primary keys are unique.
    if code == sqlite3.SQLITE_CONSTRAINT and str(error).startswith("UNIQUE"):
        code = sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
    found.sqlite_errorcode = code
    found.sqlite_errorname = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    return found


# ── from one kind of database to the other ──────────────────────────────────────────────────────────────────────────
def copy_database(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy a whole database into an empty one, whatever kind each is; raises sqlite3.Error.

    SQLite's own copying moves pages, which only serves when both or neither are encrypted.
    """
    if isinstance(source, sqlite3.Connection) == isinstance(target, sqlite3.Connection):
        source.backup(target)
        return
    for pragma in ("application_id", "user_version"):
        target.execute(f"PRAGMA {pragma} = {source.execute(f'PRAGMA {pragma}').fetchone()[0]}")
    source.execute("BEGIN")
    target.execute("BEGIN")
    try:
        _copy_tables(source, target)
        target.execute("COMMIT")
    finally:
        source.execute("ROLLBACK")


def _copy_tables(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    # Only what holds data: programs and tables that are programs do not come along.
    query = "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql LIKE ? AND name NOT LIKE 'sqlite^_%' ESCAPE '^'"
    for name, sql in source.execute(query, ("table", "CREATE TABLE%")).fetchall():
        target.execute(sql)
        quoted = '"' + name.replace('"', '""') + '"'
        lines = source.execute(f"SELECT * FROM {quoted}")
        places = ", ".join("?" * len(lines.description))
        target.executemany(f"INSERT INTO {quoted} VALUES ({places})", lines)
    # Indexes last, so that each is built in one go.
    for _name, sql in source.execute(query, ("index", "CREATE%INDEX%")).fetchall():
        target.execute(sql)
