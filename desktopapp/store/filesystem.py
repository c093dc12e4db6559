"""Files around a report: network drives, side files of SQLite, writing aside and replacing."""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from desktopapp.store import cipher
from desktopapp.store.cipher import Secret
from desktopapp.store.errors import NoCipherError

#: Files that SQLite keeps beside a database; one that belongs to an older file of the same name would ruin a new one.
SIDE_FILES = ("-wal", "-shm", "-journal")
#: Longest file name in bytes: file systems take 255, and SQLite, the lock and the backups add to it.
LONGEST_NAME = 200
#: Bytes of the largest value that is read; far beyond any text of a report, far below what would fill the memory.
LARGEST_VALUE = 100_000_000

_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|ncpfs|gfs2?|ocfs2|lustre|glusterfs|davfs2?|coda|vboxsf|vmhgfs|prl_fs|drvfs"
    r"|fuse\.(?!(ext|ntfs|exfat|fat|zfs|lxcfs|snapfuse)).*"
)


def is_network(path: Path, mounts: str | None = None) -> bool:
    """Tell whether a path lies on a network share, where write-ahead logging must not be used.

    ``mounts`` is the text of /proc/self/mountinfo; without it the system is asked.
    """
    if sys.platform == "win32":
        import ctypes

        remote = 4
        return path.drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == remote
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        except OSError:
            return False
    return _NETWORK.fullmatch(_file_system(path, mounts)) is not None


def _file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system that holds a path, "" if unknown."""
    best, found = -1, ""
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        parts, kind = fields.split(), rest.split()
        if len(parts) < 5 or not kind:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), parts[4]))
        # Of two mounts on one point the later hides the earlier.
        if (path == point or point in path.parents) and len(point.parts) >= best:
            best, found = len(point.parts), kind[0]
    return found


def sqlite_uri(path: Path, mode: str) -> str:
    """Return the URI under which SQLite opens a file in a mode ("ro", "rw", "rwc")."""
    text = path.as_posix()
    slashes = "file://" if text.startswith("/") else "file:///"
    return f"{slashes}{quote(text, safe='/:')}?mode={mode}"


def connect(path: Path, mode: str, secret: Secret | None = None, salt: bytes | None = None) -> sqlite3.Connection:
    """Open a database in autocommit mode, with ``secret`` one under this password; raises sqlite3.Error, NoCipherError.

    ``salt`` is that of the file where it is known and the file must not be touched to read it.
    """
    uri, wait = sqlite_uri(path, mode), 3.0
    if secret is None:
        # The window may close a file or make a copy of it in a worker; ReportFile lets one in at a time.
        db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=wait, check_same_thread=False)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    elif not cipher.is_available():
        raise NoCipherError(path)
    else:
        salt = salt or cipher.salt_of(path) or secret.salt_for_new()
        db = cipher.connect_encrypted(uri, secret, salt, timeout=wait)
    # Files come from colleagues: what their tables call must not run, what their pages state is not believed.
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    return db


def side_files(path: Path) -> list[Path]:
    """Return the side files of a database that exist and hold something."""
    found = []
    for suffix in SIDE_FILES:
        side = path.with_name(path.name + suffix)
        with suppress(OSError):
            if side.stat().st_size:
                found.append(side)
    return found


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """Give the path of a temporary file in the target's folder that replaces the target at the end.

    The data is on the disk before the target changes. On any exception the target stays as it was. Raises OSError.
    """
    temp = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temp
        sync(temp)
        settle(target)
        os.replace(temp, target)
        sync_folder(target.parent)
    finally:
        for leftover in (temp, *side_files(temp)):
            with suppress(OSError):
                leftover.unlink()


def clear_leftovers(folder: Path, name: str = "") -> None:
    """Remove the temporary files that a crash left in a folder, of one file or of all; never raises.

    Only for who holds the lock on that file: what another process is writing aside would go too.
    """
    pattern = re.compile(rf"\.{re.escape(name) if name else '.+'}\.[0-9a-f]{{8}}\.tmp(-wal|-shm|-journal)?")
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if pattern.fullmatch(entry.name):
                with suppress(OSError):
                    os.unlink(entry.path)


def sync(path: Path) -> None:
    """Force a file's data onto the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries onto the disk where the system can do that."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def settle(target: Path) -> None:
    """Remove the side files of a database that is about to be replaced, after taking in what they hold."""
    if not side_files(target):
        return
    if target.exists():
        with suppress(sqlite3.Error), closing(connect(target, "rw")) as old:
            old.execute("PRAGMA journal_mode = DELETE").fetchall()
    for side in side_files(target):
        side.unlink(missing_ok=True)


def to_plain_file(source: sqlite3.Connection, target: Path, secret: Secret | None = None) -> bool:
    """Copy an open database to a new file that needs no side files; return whether the copy is sound.

    ``secret`` is the password that the copy gets. Raises sqlite3.Error, NoCipherError.
    """
    with closing(connect(target, "rwc", secret)) as copy:
        # A new file that nobody knows yet needs no journal; the caller syncs it before it gets its name.
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        cipher.copy_database(source, copy)
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        # Pages are copied unseen, damaged ones too.
        verdict = copy.execute("PRAGMA integrity_check(1)").fetchone()
    return verdict is not None and verdict[0] == "ok"
