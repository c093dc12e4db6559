"""Looks at a file before it is opened: ours or not, whole or damaged, older or newer; never changes it.

Everything is read through connections that cannot write, because SQLite would otherwise tidy up after a crash in a file
that may not even be ours.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from desktopapp.store import cipher
from desktopapp.store.cipher import Secret
from desktopapp.store.errors import (
    DamagedError,
    MissingError,
    NewerError,
    NoCipherError,
    NotAFileError,
    NotOursError,
    PasswordNeededError,
    StoreError,
    WrongPasswordError,
    from_os,
    from_sqlite,
    no_permission,
)
from desktopapp.store.filesystem import LARGEST_VALUE, connect, side_files, to_plain_file
from desktopapp.store.journal import history_is_whole
from desktopapp.store.migrations import build, migrate
from desktopapp.store.schema import APPLICATION_ID, DETAILED, JOURNAL_COLUMNS, Schema, Step, Version, version_of
from desktopapp.store.tables import Table, content_sum

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100
#: Of 100 bytes of a header that is encrypted, about 83 are different; of any other hardly half as many.
_RANDOM = 68
_PAGE = 4096
_OPEN = "打开"


@dataclass(frozen=True, slots=True)
class Examined:
    """What a look at a file whose content is healthy found; its history may be damaged all the same."""

    version: Version
    writable: bool
    history_whole: bool
    template: str


def examine(
    path: Path, schema: Schema, *, in_use: bool = False, secret: Secret | None = None, salt: bytes | None = None
) -> Examined:
    """Return what a file is, after checking all of it; raises StoreError with the reason why it cannot be opened.

    ``in_use`` says that another window has the file open. If that window belongs to this process, closing any handle of
    our own would take SQLite's locks away from it (POSIX), so that then only SQLite touches the file. ``secret`` is the
    password, for a file that has one; ``salt`` as for ``needed``.
    """
    if not in_use:
        check_header(path)
    encrypted = needed(path, secret, salt)
    try:
        with closing(open_for_reading(path, secret, salt)) as db:
            version = check_health(db, path, schema)
            whole = version > schema.version or history_is_whole(db, detailed=version >= DETAILED)
            template = str(db.execute("SELECT template FROM report").fetchone()[0])
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB and encrypted is not None:
            raise _not_decrypted(path, encrypted, in_use) from error
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB and in_use:
            raise _not_ours(path) from error
        raise from_sqlite(error, path, _OPEN) from error
    except OSError as error:
        raise from_os(error, path, _OPEN) from error
    return Examined(version, os.access(path, os.W_OK) and os.access(path.parent, os.W_OK), whole, template)


def needed(path: Path, secret: Secret | None, salt: bytes | None = None) -> Secret | None:
    """Return the password with which a file is opened, None where it has none.

    ``salt`` is that of the file if it is known already, b"" for a file without a password. Raises PasswordNeededError,
    NoCipherError.
    """
    if not (cipher.is_encrypted(path) if salt is None else salt):
        return None
    if not cipher.is_available():
        raise NoCipherError(path)
    if secret is None:
        raise PasswordNeededError(path)
    return secret


def _not_decrypted(path: Path, secret: Secret, in_use: bool) -> StoreError:
    """Return why the first page makes no sense: another password, or damage."""
    try:
        damaged = not in_use and cipher.fits(path, secret)
    except OSError as error:
        return from_os(error, path, _OPEN)
    return _damaged(path) if damaged else WrongPasswordError(path)


def check_header(path: Path) -> None:
    """Check that a path leads to a file that says it is ours; raises StoreError."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise NotAFileError(path, f"“{path}”是文件夹，请选择扩展名为 .juesuan 的报告文件。")
        if not stat.S_ISREG(status.st_mode):
            raise NotAFileError(path, f"“{path}”不是普通文件，请选择扩展名为 .juesuan 的报告文件。")
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except FileNotFoundError:
        raise MissingError(path, f"找不到“{path}”，请检查文件是否被移动、改名或删除。") from None
    except PermissionError as error:
        raise no_permission(path, "读取") from error
    except OSError as error:
        raise from_os(error, path, _OPEN) from error
    if not header:
        raise NotOursError(path, f"“{path.name}”是空文件，里面没有报告；请选择别的文件，或从备份恢复。")
    ours = int.from_bytes(header[68:72], "big") == APPLICATION_ID
    if header.startswith(_MAGIC) and ours and len(header) == _HEADER:
        return
    if cipher.is_encrypted(path) and len(header) == _HEADER:
        return
    # Cut off or overwritten at the beginning, but with something left that only our files have.
    if ours or (path.suffix == ".juesuan" and header.startswith(_MAGIC) and len(header) < _HEADER):
        raise _damaged(path)
    if cipher.is_encrypted(path) or (path.suffix == ".juesuan" and _looks_encrypted(header, status.st_size)):
        raise _damaged(path)
    raise _not_ours(path)


def _not_ours(path: Path) -> NotOursError:
    return NotOursError(path, f"“{path.name}”不是本程序的报告文件，没有改动它；请选择扩展名为 .juesuan 的报告文件。")


def _looks_encrypted(header: bytes, size: int) -> bool:
    """Tell whether a file may be one under a password whose first bytes are damaged."""
    return len(set(header)) >= _RANDOM and size >= _PAGE and size % _PAGE == 0


def open_for_reading(path: Path, secret: Secret | None = None, salt: bytes | None = None) -> sqlite3.Connection:
    """Return a connection that cannot change the file; raises sqlite3.Error, OSError, or as ``needed`` does.

    A file that a crash left in the middle of a transaction can only be read after tidying up; that is done on a copy.
    """
    secret = needed(path, secret, salt)
    db = connect(path, "ro", secret, salt)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return db
    except sqlite3.Error as error:
        db.close()
        # An unfinished transaction, or a write-ahead log in a folder where no side file can be made.
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
    except UnicodeDecodeError as error:
        # The message itself, which quotes the file, is damaged.
        db.close()
        corrupt = sqlite3.DatabaseError("malformed schema")
        corrupt.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise corrupt from error
    return _tidied_copy(path, secret)


def _tidied_copy(path: Path, secret: Secret | None) -> sqlite3.Connection:
    with tempfile.TemporaryDirectory(prefix="juesuan-") as folder:
        copy = Path(folder) / "copy"
        shutil.copyfile(path, copy)
        for side in side_files(path):
            if not side.name.endswith("-shm"):
                shutil.copyfile(side, copy.with_name("copy" + side.name[len(path.name) :]))
        with closing(connect(copy, "rw", secret)) as db:
            return in_memory(db)


def in_memory(db: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy of a database that lives in memory, without a password; raises sqlite3.Error."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    memory.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    try:
        cipher.copy_database(db, memory)
    except BaseException:
        memory.close()
        raise
    return memory


def check_health(db: sqlite3.Connection, path: Path, schema: Schema) -> Version:
    """Check every page, the tables, their links and the checksum; return the version.

    Raises StoreError or sqlite3.Error.
    """
    try:
        version = _check_version(db, path, schema)
        step = schema.step_to(version) or schema.steps[-1]
        known = version <= schema.version
        # The definitions first: nothing of somebody else's is computed then, not even to check a page.
        sound = (not known or _is_defined(db, schema, version)) and _has_tables(db, step) and _is_sound(db)
        sound = sound and (not known or _adds_up(db, step.content))
        if sound and version < schema.version:
            # Tried on a copy, so that a file that cannot be brought up to date is left alone.
            with closing(in_memory(db)) as trial:
                migrate(trial, schema)
                sound = _has_tables(trial, schema.steps[-1])
    except (sqlite3.DatabaseError, UnicodeDecodeError, ValueError) as error:
        code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG):
            raise
        raise _damaged(path) from error
    if not sound:
        raise _damaged(path)
    return version


def _damaged(path: Path) -> DamagedError:
    return DamagedError(path, f"“{path.name}”已损坏，打不开；没有改动它，请用“恢复备份”找回最近的备份。")


def _check_version(db: sqlite3.Connection, path: Path, schema: Schema) -> Version:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise _not_ours(path)
    version = version_of(db)
    if version.major > schema.version.major:
        raise NewerError(
            path, f"“{path.name}”由更新版本的程序保存，本程序看不懂，没有改动它；请安装最新版本的程序后再打开。"
        )
    if version < schema.version and schema.step_to(version) is None:
        raise _damaged(path)
    return version


def _is_sound(db: sqlite3.Connection) -> bool:
    verdict = db.execute("PRAGMA integrity_check(1)").fetchone()
    return verdict is not None and verdict[0] == "ok" and not db.execute("PRAGMA foreign_key_check").fetchone()


def _has_tables(db: sqlite3.Connection, step: Step) -> bool:
    """Tell whether the tables are ours: typed, complete, and without programs (triggers, views) of their own."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE type IN ('trigger', 'view') LIMIT 1").fetchone():
        return False
    expected = {t.name: t.columns for t in step.content} | dict(step.journal)
    for table, columns in expected.items():
        kind = db.execute("SELECT type, strict FROM pragma_table_list WHERE name = ? AND schema = 'main'", (table,))
        there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        if kind.fetchone() != ("table", 1) or not there.issuperset(columns):
            return False
    one_report: bool = db.execute("SELECT count(*) = 1 FROM report").fetchone()[0]
    return one_report


def _is_defined(db: sqlite3.Connection, schema: Schema, version: Version) -> bool:
    """Tell whether our tables and what belongs to them are defined as this program defines them."""
    return _definitions(db, schema) == _own_definitions(schema, version)


_Definitions = frozenset[tuple[str, str, str, str | None]]


def _definitions(db: sqlite3.Connection, schema: Schema) -> _Definitions:
    names = {t.name for s in schema.steps for t in s.content} | set(JOURNAL_COLUMNS)
    return frozenset(r for r in db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master") if r[2] in names)


@lru_cache(maxsize=8)
def _own_definitions(schema: Schema, version: Version) -> _Definitions:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        build(db, Schema(tuple(s for s in schema.steps if s.version <= version)))
        return _definitions(db, schema)


def _adds_up(db: sqlite3.Connection, content: tuple[Table, ...]) -> bool:
    """Tell whether the content has the checksum that the last journal entry states."""
    stated = db.execute("SELECT total FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return stated is not None and stated[0] == content_sum(db, content)


def copy_to(path: Path, target: Path, secret: Secret | None = None, new: Secret | None = None) -> bool:
    """Copy a report that nobody has open to a new plain file; return whether the copy is sound.

    ``secret`` is the password of the report, ``new`` that of the copy. Raises sqlite3.Error, OSError or StoreError.
    """
    with suppress(FileNotFoundError):
        target.unlink()
    with closing(open_for_reading(path, secret)) as db:
        return to_plain_file(db, target, new)
