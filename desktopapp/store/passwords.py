"""Gives a report a password, another one, or takes it away; its backups go along."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desktopapp.store import cipher
from desktopapp.store.backup import Backup, list_backups, sign
from desktopapp.store.cipher import Secret
from desktopapp.store.creating import Clock, current_user, replacing, utc_now
from desktopapp.store.errors import DamagedError, MissingError, NoCipherError, StoreError
from desktopapp.store.examining import copy_to, examine
from desktopapp.store.filesystem import connect, written_aside
from desktopapp.store.schema import SCHEMA

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Left:
    """The backups that are as they were: still readable without the password, or only with another one."""

    plain: tuple[Path, ...] = ()
    other: tuple[Path, ...] = ()


def set_password(
    path: Path,
    old: Secret | None,
    new: Secret | None,
    *,
    user: str | None = None,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> Left:
    """Give a report that nobody has open the password ``new``, or none with None; ``old`` is the one it has.

    Report and backups are each written aside and replaced: whenever that ends, each is whole under the old or the new
    password. Returns the backups that could not be converted. Raises StoreError; the report is as it was then.
    """
    path = path.resolve()
    who = current_user() if user is None else user
    if not path.is_file():
        raise MissingError(path, f"找不到“{path}”，请检查文件是否被移动、改名或删除。")
    if new is not None and not cipher.is_available():
        raise NoCipherError(path)
    examine(path, SCHEMA, secret=old)
    with replacing(path, overwrite=True, user=who, doing="保存") as temp:
        if not copy_to(path, temp, old, new):
            raise DamagedError(path, f"“{path.name}”已损坏，没有改动它；请用“恢复备份”找回最近的备份。")
        with closing(connect(temp, "rw", new)) as db:
            db.execute("PRAGMA journal_mode = MEMORY").fetchall()
            sign(db, _words(old, new), who, clock())
        examine(temp, SCHEMA, secret=new)
    return _convert(list_backups(path), old, new, progress)


def secure_backups(path: Path, secret: Secret) -> Left:
    """Encrypt the backups of a report that lie there without a password, as after a crash. Never raises."""
    plain = [b for b in list_backups(path) if not cipher.is_encrypted(b.path)]
    return _convert(plain, None, secret, None)


def _words(old: Secret | None, new: Secret | None) -> str:
    if new is None:
        return "取消密码"
    return "设置密码" if old is None else "更改密码"


def _convert(backups: list[Backup], old: Secret | None, new: Secret | None, progress: Progress | None) -> Left:
    left: list[Path] = []
    for number, backup in enumerate(backups):
        if progress is not None:
            progress(number / len(backups), f"正在处理备份“{backup.path.name}”……")
        if not _converted(backup.path, old, new):
            left.append(backup.path)
    plain = tuple(p for p in left if not cipher.is_encrypted(p))
    return Left(plain if new is not None else (), tuple(p for p in left if p not in plain))


def _converted(path: Path, old: Secret | None, new: Secret | None) -> bool:
    try:
        examine(path, SCHEMA, secret=old)
        with written_aside(path) as temp:
            if not copy_to(path, temp, old, new):
                raise OSError
    except (StoreError, sqlite3.Error, OSError):
        return False
    return True
