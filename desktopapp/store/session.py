"""An open file: its lock, its connection, and how it is let go."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktopapp.core.template import Template, TemplateError
from desktopapp.store.backup import (
    NEWEST,
    ON_OPEN,
    ON_UPGRADE,
    folder_of,
    good_backups,
    is_backup,
    list_backups,
    make_backup,
)
from desktopapp.store.cipher import Secret, fits, salt_of
from desktopapp.store.creating import Clock
from desktopapp.store.errors import (
    DamagedError,
    MissingError,
    NotAFileError,
    NotOursError,
    StoreError,
    TemplateUnknownError,
    WrongPasswordError,
    from_os,
    from_sqlite,
)
from desktopapp.store.examining import Examined, check_header, examine, in_memory, needed, open_for_reading
from desktopapp.store.filesystem import clear_leftovers, connect, is_network
from desktopapp.store.locking import FileLock, HeldError, lock_path, read_holder
from desktopapp.store.migrations import migrate
from desktopapp.store.passwords import secure_backups
from desktopapp.store.schema import Schema

LoadTemplate = Callable[[str], Template]
#: Pages in the write-ahead log (16 MB) at which it is folded in even though nobody found a quiet moment for it.
_LONGEST_LOG = 4000
_OPEN = "打开"
#: What reading may end in when values of a damaged file have types that its tables do not allow.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is opened: by whom, by which clock, with which tables, whether it is backed up first, its password.

    Of routine backups the ``newest`` are kept besides those of days, weeks and months.
    """

    user: str
    clock: Clock
    schema: Schema
    backup: bool = True
    secret: Secret | None = None
    newest: int = NEWEST


@dataclass(slots=True)
class Session:
    """An open file.

    ``notice`` says why it is open for viewing only, "" if it can be written; then ``lock`` is held. ``identity`` are
    device and inode of the file, None where the file system does not keep them. A file with a damaged history
    (``history_whole``) is never written.
    """

    path: Path
    db: sqlite3.Connection
    load_template: LoadTemplate
    options: Options
    lock: FileLock | None = None
    notice: str = ""
    identity: tuple[int, int] | None = None
    history_whole: bool = True
    problems: list[str] = field(default_factory=list)

    @property
    def read_only(self) -> bool:
        """Tell whether the file is open for viewing only."""
        return self.lock is None

    def is_in_place(self) -> bool:
        """Tell whether the open file is still the one under its name."""
        try:
            status = os.stat(self.path)
        except OSError:
            return False
        return self.identity is None or self.identity == (status.st_dev, status.st_ino)

    def close(self) -> None:
        """Fold everything into one plain file and let it go; never raises."""
        with suppress(sqlite3.Error):
            # Fails while somebody else reads; what is in the write-ahead log is safe there too.
            if not self.read_only and self.is_in_place():
                self.db.execute("PRAGMA journal_mode = DELETE").fetchall()
        with suppress(sqlite3.Error):
            self.db.close()
        if self.lock is not None:
            self.lock.release()


def open_damaged(path: Path, load_template: LoadTemplate, options: Options) -> Session:
    """Return a damaged file, unchecked and for viewing only; raises StoreError when not even that is possible."""
    path = path.resolve()
    _check_path(path)
    check_header(path)
    try:
        notice = f"“{path.name}”已损坏，显示的内容可能有错，只能查看；请逐项核对后再使用。"
        options = replace(options, secret=needed(path, options.secret))
        return _open_for_viewing(path, load_template, options, notice, None)
    except sqlite3.Error as error:
        raise from_sqlite(error, path, _OPEN) from error
    except OSError as error:
        raise from_os(error, path, _OPEN) from error
    except UNREADABLE as error:
        raise DamagedError(path, f"“{path.name}”损坏严重，内容读不出来；请用备份恢复。") from error


def open_session(path: Path, load_template: LoadTemplate, options: Options, *, read_only: bool) -> Session:
    """Return an open file, for viewing only where it cannot be written; raises StoreError.

    A file that cannot be opened is not touched.
    """
    path = path.resolve()
    _check_path(path)
    lock, notice, held = None, "本报告以只读方式打开。", _is_ours_elsewhere(path)
    salt = bytes.fromhex(read_holder(lock_path(path)).salt) if held else None
    if is_backup(path):
        notice = "这是一份备份，只能查看；要恢复它请用“恢复备份”。"
    elif not read_only:
        lock, notice, held = _try_lock(path, options)
    try:
        if lock is not None or salt is None:
            salt = salt_of(path) or b""
        options = replace(options, secret=needed(path, options.secret, salt))
        found = examine(path, options.schema, in_use=held, secret=options.secret, salt=salt)
        # Before anything is written: a file of an unknown template is not touched either.
        load_template(found.template)
        if lock is not None:
            lock.note_salt(salt)
        if lock is not None or not found.history_whole:
            notice = _why_not_writable(path, found, options.schema)
        if lock is not None and not notice:
            session = _open_for_writing(path, load_template, options, lock, found)
            lock = None
            return session
        session = _open_for_viewing(path, load_template, options, notice, salt)
        session.history_whole = found.history_whole
        return session
    except (DamagedError, NotOursError) as error:
        error.backups = tuple(good_backups(path, options.schema, options.secret))
        raise
    except WrongPasswordError as error:
        raise _damaged_instead(path, options, error) from error
    except sqlite3.Error as error:
        raise from_sqlite(error, path, _OPEN) from error
    except OSError as error:
        raise from_os(error, path, _OPEN) from error
    finally:
        if lock is not None:
            lock.release()


def _damaged_instead(path: Path, options: Options, error: WrongPasswordError) -> StoreError:
    """Return the error of a damaged beginning where that is why a password does not fit, else the error as it is."""
    if options.secret is None or not _is_salt_damaged(path, options.secret):
        return error
    damaged = DamagedError(path, f"“{path.name}”的开头已损坏，打不开；没有改动它，请恢复备份。")
    damaged.backups = tuple(good_backups(path, options.schema, options.secret))
    return damaged


def _is_ours_elsewhere(path: Path) -> bool:
    """Tell whether this very process has the file open in another window."""
    return read_holder(lock_path(path)).pid == os.getpid()


def _is_salt_damaged(path: Path, secret: Secret) -> bool:
    """Tell whether a password fits backups whose salt is nearly that of the file: then the file's own is damaged."""
    own = salt_of(path) or b""
    for backup in list_backups(path):
        salt = salt_of(backup.path) or b""
        if sum(a == b for a, b in zip(own, salt, strict=False)) > len(own) // 2 and salt != own:
            return fits(backup.path, secret)
    return False


def _check_path(path: Path) -> None:
    # Before the lock, so that no lock file appears in places where no report is.
    try:
        path.stat()
    except FileNotFoundError:
        missing = MissingError(path, f"找不到“{path}”，请检查文件是否被移动、改名或删除。")
        missing.backups = tuple(good_backups(path))
        raise missing from None
    except OSError as error:
        raise from_os(error, path, _OPEN) from error
    if not path.is_file():
        kind = "文件夹" if path.is_dir() else "设备"
        raise NotAFileError(path, f"“{path}”是{kind}，请选择扩展名为 .juesuan 的报告文件。")


def _try_lock(path: Path, options: Options) -> tuple[FileLock | None, str, bool]:
    """Return the lock, or why there is none and whether somebody else has it."""
    since = options.clock().astimezone().strftime("%m月%d日 %H:%M")
    try:
        return FileLock(path, options.user, since), "", False
    except HeldError as error:
        return None, f"“{path.name}”正由{error.holder}打开，这里只能查看。", True
    except OSError:
        return None, f"“{path.parent}”不能写入，“{path.name}”只能查看。", False


def _why_not_writable(path: Path, found: Examined, schema: Schema) -> str:
    if not found.writable:
        return f"“{path.name}”是只读文件，只能查看。"
    if found.version > schema.version:
        return f"“{path.name}”由较新版本的程序保存，为免丢失内容只能查看；请安装最新版本的程序。"
    if not found.history_whole:
        return f"“{path.name}”的修改历史有损坏，报表内容完好；为免损坏扩大只能查看，请另存一份副本接着做。"
    return ""


def _open_for_viewing(
    path: Path, load_template: LoadTemplate, options: Options, notice: str, salt: bytes | None
) -> Session:
    # From memory, so that nobody who writes the file, or takes the drive away, is in anybody's way.
    with closing(open_for_reading(path, options.secret, salt)) as db:
        memory = in_memory(db)
    try:
        migrate(memory, options.schema)
    except BaseException:
        memory.close()
        raise
    return Session(path, memory, load_template, options, notice=notice)


def _open_for_writing(
    path: Path, load_template: LoadTemplate, options: Options, lock: FileLock, found: Examined
) -> Session:
    db = connect(path, "rw", options.secret)
    try:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        session = Session(path, db, load_template, options, lock)
        # Broken off while a password was set or taken away, they would show what the report keeps secret.
        for folder, name in ((path.parent, path.name), (folder_of(path), "")):
            clear_leftovers(folder, name)
        _back_up(session, found)
        migrate(db, options.schema)
        _choose_journal(db, path)
        if not is_network(path):
            status = path.stat()
            session.identity = (status.st_dev, status.st_ino)
    except BaseException:
        db.close()
        raise
    return session


def _back_up(session: Session, found: Examined) -> None:
    """Back the file up; before an upgrade that must succeed, otherwise the user is told."""
    options, now = session.options, session.options.clock().astimezone()
    if options.secret is not None and secure_backups(session.path, options.secret).plain:
        session.problems.append("有备份没能加密，不用密码也能打开；请检查备份文件夹，不需要的请删除。")
    if found.version < options.schema.version:
        make_backup(session.db, session.path, ON_UPGRADE, now, options.secret)
    elif options.backup:
        try:
            make_backup(session.db, session.path, ON_OPEN, now, options.secret, options.newest)
        except StoreError as error:
            session.problems.append(f"这次打开没有做成备份：{error}")


def _choose_journal(db: sqlite3.Connection, path: Path) -> None:
    """Write ahead on a local disk, roll back on a network share or where the file system cannot do the former."""
    mode = "DELETE" if is_network(path) else "WAL"
    try:
        db.execute(f"PRAGMA journal_mode = {mode}").fetchall()
    except sqlite3.OperationalError:
        db.execute("PRAGMA journal_mode = DELETE").fetchall()
    db.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}")


def known_template(load_template: LoadTemplate, path: Path) -> LoadTemplate:
    """Return a loader that raises StoreError where the template is not there or malformed."""

    def load(template_id: str) -> Template:
        shown = repr(template_id[:40] + ("……" if len(template_id) > 40 else ""))[1:-1]
        try:
            # Templates are folders: a file from elsewhere must not lead out of theirs.
            if not re.fullmatch(r"[\w-]{1,60}", template_id):
                raise TemplateError(shown, "template", "不是模板编号。")
            return load_template(template_id)
        except Exception as error:
            # The program's own loader words its refusals otherwise; a sound template is never refused.
            raise TemplateUnknownError(
                path, f"打不开“{path.name}”：它用的模板“{shown}”没有安装或有误（{error}）请安装后再打开。"
            ) from error

    return load
