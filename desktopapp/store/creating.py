"""Makes new report files; nothing but a whole file ever gets the name."""

from __future__ import annotations

import getpass
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import desktopapp
from desktopapp.core.report import Report
from desktopapp.store.cipher import Secret
from desktopapp.store.contents import write_report
from desktopapp.store.errors import BusyError, ExistsError, NotAFileError, StoreError, from_os, from_sqlite
from desktopapp.store.filesystem import LONGEST_NAME, connect, written_aside
from desktopapp.store.journal import add_entry, utc_text
from desktopapp.store.locking import FileLock, HeldError
from desktopapp.store.migrations import build
from desktopapp.store.schema import SCHEMA, Schema
from desktopapp.store.tables import content_sum

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def current_user() -> str:
    """Return the name under which the user is logged in, "" if the system does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def create(
    path: Path,
    report: Report,
    *,
    overwrite: bool = False,
    label: str = "新建报告",
    user: str | None = None,
    clock: Clock = utc_now,
    schema: Schema = SCHEMA,
    secret: Secret | None = None,
) -> None:
    """Write a report to a new file; ``label`` is the first line of its history, ``secret`` its password.

    Raises StoreError; a file that was there is as it was then.
    """
    path = path.resolve()
    who = current_user() if user is None else user
    with replacing(path, overwrite=overwrite, user=who, doing="保存") as temp:
        write_new(temp, report, label, who, clock(), schema, secret)


@contextmanager
def replacing(path: Path, *, overwrite: bool, user: str, doing: str) -> Iterator[Path]:
    """Give the path of a temporary file that gets the name ``path`` at the end; raises StoreError."""
    if path.is_dir():
        raise NotAFileError(path, f"“{path}”是文件夹，请另取一个文件名。")
    if len(path.name.encode()) > LONGEST_NAME:
        raise StoreError(path, f"文件名“{path.name}”太长，请换一个短一些的名字。")
    if not overwrite and path.exists():
        raise ExistsError(path, f"“{path}”已经存在，没有覆盖它；请换一个文件名。")
    try:
        lock = FileLock(path, user, datetime.now().strftime("%H:%M"))
    except HeldError as error:
        raise BusyError(path, f"“{path.name}”正由{error.holder}打开，不能覆盖；请换一个文件名，或先关闭它。") from None
    except OSError as error:
        raise from_os(error, path, doing) from error
    try:
        with written_aside(path) as temp:
            yield temp
    except sqlite3.Error as error:
        raise from_sqlite(error, path, doing) from error
    except OSError as error:
        raise from_os(error, path, doing) from error
    finally:
        lock.release()


def write_new(
    temp: Path,
    report: Report,
    label: str,
    user: str,
    now: datetime,
    schema: Schema,
    secret: Secret | None = None,
) -> None:
    """Write a whole report into a file that does not exist yet; raises sqlite3.Error, OSError or NoCipherError."""
    moment = utc_text(now)
    with closing(connect(temp, "rwc", secret)) as db:
        # Until the file has its name nobody reads it; it is synced before it gets that.
        db.execute("PRAGMA journal_mode = MEMORY").fetchall()
        db.execute("PRAGMA synchronous = OFF")
        build(db, schema)
        db.execute("BEGIN")
        write_report(db, report, {"uid": uuid.uuid4().hex, "created": moment, "program": desktopapp.__version__})
        add_entry(db, (1, moment, user, "create", None, label, None, None), None, content_sum(db))
        db.execute("COMMIT")
