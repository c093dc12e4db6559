"""Backups of a report in a folder beside it: "决算2023.备份" for "决算2023.juesuan".

They lie beside the report and carry number, date and reason in their names, so that an accountant finds them without
the program and they travel with the folder. Their order follows the numbers, never the clock.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desktopapp.store.cipher import Secret, is_encrypted
from desktopapp.store.creating import Clock, current_user, utc_now
from desktopapp.store.errors import BusyError, DamagedError, StoreError, from_os, from_sqlite
from desktopapp.store.examining import copy_to, examine, open_for_reading
from desktopapp.store.filesystem import (
    clear_leftovers,
    connect,
    side_files,
    sync,
    sync_folder,
    to_plain_file,
    written_aside,
)
from desktopapp.store.journal import add_entry, read_utc, utc_text
from desktopapp.store.locking import FileLock, HeldError
from desktopapp.store.schema import SCHEMA, Schema, version_of

SUFFIX = ".juesuan"
FOLDER_SUFFIX = ".备份"
#: Reasons, as they stand in the names.
ON_OPEN, ON_UPGRADE, ON_RESTORE, ON_REQUEST = "打开时", "升级前", "恢复前", "手动"
#: How many are kept: the newest, then one for each of so many different days, weeks and months. The newest stands for
#: its day, week and month too, so that there are never more than 20 with the special ones.
NEWEST, DAYS, WEEKS, MONTHS = 6, 5, 4, 5
#: How many of the special ones (before upgrading or restoring, by hand) are kept besides.
SPECIAL = 3

_NAME = re.compile(r"(\d{4,}) (\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d) (\S+)\.juesuan")
_DATE = "%Y-%m-%d %H.%M.%S"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its number (rising), local time, reason and size in bytes."""

    path: Path
    number: int
    made: datetime
    reason: str
    size: int


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """What a backup holds: the last journal entry, and who the report is of."""

    seq: int
    changed: datetime
    label: str
    department: str
    year: int


def folder_of(path: Path) -> Path:
    """Return the folder of a report's backups."""
    return path.with_name(path.name.removesuffix(SUFFIX) + FOLDER_SUFFIX)


def is_backup(path: Path) -> bool:
    """Tell whether a path is a backup by its name and folder."""
    return path.parent.name.endswith(FOLDER_SUFFIX) and _NAME.fullmatch(path.name) is not None


def list_backups(path: Path) -> list[Backup]:
    """Return the backups of a report, newest first; a folder that cannot be read gives none."""
    found = []
    with suppress(OSError), os.scandir(folder_of(path)) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match is None or not entry.is_file():
                continue
            with suppress(ValueError):
                made = datetime.strptime(match[2], _DATE)
                found.append(Backup(Path(entry.path), int(match[1]), made, match[3], entry.stat().st_size))
    return sorted(found, key=lambda b: b.number, reverse=True)


def good_backups(path: Path, schema: Schema = SCHEMA, secret: Secret | None = None) -> list[Backup]:
    """Return the backups that are whole, newest first; each is read completely.

    Those under a password other than ``secret`` cannot be judged and are left out.
    """
    return [b for b in list_backups(path) if is_good(b, schema, secret)]


def is_good(backup: Backup, schema: Schema = SCHEMA, secret: Secret | None = None) -> bool:
    """Tell whether a backup is whole and can be opened."""
    try:
        return examine(backup.path, schema, secret=secret).history_whole
    except StoreError:
        return False


def summarize(backup: Backup, secret: Secret | None = None) -> BackupSummary:
    """Return what a good backup holds; raises StoreError."""
    try:
        with closing(open_for_reading(backup.path, secret)) as db:
            seq, at, label = db.execute("SELECT seq, at, label FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            department, year = db.execute("SELECT department, year FROM report").fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise DamagedError(backup.path, f"备份“{backup.path.name}”已损坏，请选择另一个备份。") from error
    return BackupSummary(seq, read_utc(at), label, department, year)


# ── making ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def make_backup(
    db: sqlite3.Connection,
    path: Path,
    reason: str,
    now: datetime,
    secret: Secret | None = None,
    newest: int = NEWEST,
) -> Path | None:
    """Back up an open report; return None when the newest backup already holds the same. Raises StoreError.

    ``now`` is local time, ``secret`` the password of the report and so of the backup. Of the routine backups the
    ``newest`` are kept besides those of days, weeks and months.
    """
    existing = list_backups(path)
    if reason != ON_UPGRADE and existing and _fingerprint(db) == _fingerprint_of(existing[0].path, secret):
        return None
    try:
        target = _next_name(path, existing, reason, now)
        with written_aside(target) as temp:
            if not to_plain_file(db, temp, secret):
                raise DamagedError(path, f"“{path.name}”已损坏，没有做成备份；请用“另存副本”保存现在的内容。")
    except sqlite3.Error as error:
        raise from_sqlite(error, folder_of(path) / "备份", "备份") from error
    except OSError as error:
        raise from_os(error, folder_of(path) / "备份", "备份") from error
    # Of a backup that a crash broke off; only who holds the lock on the report writes here.
    clear_leftovers(folder_of(path))
    for old in superfluous(list_backups(path), newest):
        for file in (old.path, *side_files(old.path)):
            with suppress(OSError):
                file.unlink()
    return target


def _next_name(path: Path, existing: list[Backup], reason: str, now: datetime) -> Path:
    folder = folder_of(path)
    folder.mkdir(exist_ok=True)
    number = existing[0].number + 1 if existing else 1
    return folder / f"{number:04d} {now.strftime(_DATE)} {reason}{SUFFIX}"


def _fingerprint(db: sqlite3.Connection) -> tuple[object, ...]:
    """Return what tells two states of a report apart: where it comes from and its last journal entry."""
    last = db.execute("SELECT uid, seq, at, user FROM journal, report ORDER BY seq DESC LIMIT 1").fetchone()
    return last or (object(),)


def _fingerprint_of(path: Path, secret: Secret | None) -> tuple[object, ...]:
    try:
        with closing(open_for_reading(path, secret)) as db:
            return _fingerprint(db)
    except (sqlite3.Error, OSError, StoreError):
        return (object(),)


def superfluous(backups: Iterable[Backup], newest: int = NEWEST) -> list[Backup]:
    """Return the backups to delete; those kept are the newest and one per day, week and month. Pure."""
    newest_first = sorted(backups, key=lambda b: b.number, reverse=True)
    routine = [b for b in newest_first if b.reason == ON_OPEN]
    special = [b for b in newest_first if b.reason != ON_OPEN]
    keep = {b.number for b in (*routine[:newest], *special[:SPECIAL])}
    periods: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (DAYS, lambda t: t.date()),
        (WEEKS, lambda t: t.isocalendar()[:2]),
        (MONTHS, lambda t: (t.year, t.month)),
    )
    for count, period_of in periods:
        seen: dict[object, int] = {}
        for backup in routine:
            seen.setdefault(period_of(backup.made), backup.number)
        keep.update(list(seen.values())[:count])
    return [b for b in newest_first if b.number not in keep]


# ── restoring ───────────────────────────────────────────────────────────────────────────────────────────────────────
def restore(
    backup: Path, target: Path, *, user: str | None = None, clock: Clock = utc_now, secret: Secret | None = None
) -> Path | None:
    """Put a backup in the place of a report; return where the replaced file was kept, None if there was none.

    The backup is checked first. Nothing is lost: the replaced file, damaged or not, is kept in the backup folder.
    ``secret`` is the password; the report has it afterwards if backup or report had it before. Raises StoreError; the
    target is as it was then.
    """
    who = current_user() if user is None else user
    now = clock().astimezone()
    target = target.resolve()
    examine(backup, SCHEMA, secret=secret)
    try:
        lock = FileLock(target, who, now.strftime("%H:%M"))
    except HeldError as error:
        raise BusyError(target, f"“{target.name}”正由{error.holder}打开，不能恢复；请先关闭它再试。") from None
    except OSError as error:
        raise from_os(error, target, "恢复") from error
    try:
        return _restore(backup, target, who, now, secret)
    except sqlite3.Error as error:
        raise from_sqlite(error, target, "恢复") from error
    except OSError as error:
        raise from_os(error, target, "恢复") from error
    finally:
        lock.release()


def _restore(backup: Path, target: Path, user: str, now: datetime, secret: Secret | None) -> Path | None:
    aside: Path | None = None
    kept = secret if is_encrypted(backup) or is_encrypted(target) else None
    with written_aside(target) as temp:
        copy_to(backup, temp, secret, kept)
        with closing(connect(temp, "rw", kept)) as db:
            db.execute("PRAGMA journal_mode = MEMORY").fetchall()
            sign(db, f"恢复备份 {backup.name.removesuffix(SUFFIX)}", user, now)
        if target.exists():
            aside = _set_aside(target, now)
    return aside


def sign(db: sqlite3.Connection, label: str, user: str, now: datetime) -> None:
    """Add to the history what was done to the file as a whole, such as restoring it."""
    if version_of(db) != SCHEMA.version:
        return
    seq, total = db.execute("SELECT seq, total FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    add_entry(db, (seq + 1, utc_text(now), user, "create", None, label, None, None), None, total)


def _set_aside(target: Path, now: datetime) -> Path:
    """Copy a report into its backup folder as it lies there, with what a crash left beside it."""
    aside = _next_name(target, list_backups(target), ON_RESTORE, now)
    for side in side_files(target):
        if not side.name.endswith("-shm"):
            copy = aside.with_name(aside.name + side.name[len(target.name) :])
            shutil.copyfile(side, copy)
            sync(copy)
    shutil.copyfile(target, aside)
    sync(aside)
    sync_folder(aside.parent)
    return aside
