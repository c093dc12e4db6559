"""One writer per report file: a lock of the operating system on a small file beside it.

The file is called ``~$name``, as offices know it from their spreadsheets, and says who has the report open since when.
The lock goes with the process; a file left behind by a crash locks nothing.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: Systems that cannot lock answer with these; then only the journal's numbers guard against a second writer.
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
#: A byte far behind the text: Windows denies others what is locked, and they must be able to read who holds it.
_LOCKED_BYTE = 1 << 30
_LONGEST_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a file open; empty where it is not known.

    ``since`` is local time as text, ``salt`` the hexadecimal salt of a file under a password.
    """

    user: str = ""
    host: str = ""
    since: str = ""
    pid: int = 0
    salt: str = ""

    def __str__(self) -> str:
        who = self.user + (f"（{self.host}）" if self.host else "") or "别的窗口"
        return f"{who}从 {self.since} 起" if self.since else who


class HeldError(Exception):
    """Raised when somebody else holds the lock."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(str(holder))
        self.holder = holder


def lock_path(path: Path) -> Path:
    """Return the path of the lock file of a report."""
    return path.with_name("~$" + path.name)


class FileLock:
    """The lock on one report file, held until released or until the process ends."""

    def __init__(self, path: Path, user: str, since: str) -> None:
        """Take the lock; raises HeldError, or OSError where the folder cannot be written."""
        self._path = lock_path(path)
        self._handle = self._take()
        self._holder = Holder(user, socket.gethostname(), since, os.getpid())
        self._sign(self._holder)

    def note_salt(self, salt: bytes) -> None:
        """Tell other windows of this process the salt of the file, which they must not read from it themselves."""
        self._sign(replace(self._holder, salt=salt.hex()))

    def _take(self) -> int:
        while True:
            handle = self._open()
            try:
                _lock(handle)
                # The former holder may have removed the file between our opening and locking it.
                if sys.platform == "win32" or _same_file(handle, self._path):
                    return handle
            except OSError as error:
                os.close(handle)
                if error.errno in (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK):
                    raise HeldError(read_holder(self._path)) from None
                raise
            os.close(handle)

    def _open(self) -> int:
        follow = getattr(os, "O_NOFOLLOW", 0)
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | follow, 0o666)
        except PermissionError:
            # Left behind by a colleague's crash; it can be locked all the same, only not signed.
            return os.open(self._path, os.O_RDONLY | follow)

    def _sign(self, holder: Holder) -> None:
        # Others only want to read this; a full disk must not keep anybody from opening a report.
        with suppress(OSError):
            if sys.platform != "win32":
                os.fchmod(self._handle, 0o666)
            os.ftruncate(self._handle, 0)
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, json.dumps(asdict(holder), ensure_ascii=False).encode())

    def release(self) -> None:
        """Give the lock up and remove its file."""
        if self._handle < 0:
            return
        handle, self._handle = self._handle, -1
        if sys.platform == "win32":
            os.close(handle)
            with suppress(OSError):
                self._path.unlink()
        else:
            with suppress(OSError):
                if _same_file(handle, self._path):
                    self._path.unlink()
            os.close(handle)


def _lock(handle: int) -> None:
    try:
        if sys.platform == "win32":
            os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            # flock, unlike fcntl locks, also keeps a second window of this process out.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise


def _same_file(handle: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(handle), there)


def read_holder(lock: Path) -> Holder:
    """Return who signed a lock file; an unreadable one gives an unknown holder."""
    try:
        with lock.open("rb") as file:
            raw = json.loads(file.read(_LONGEST_TEXT))
        user, host, since = (str(raw[key]) for key in ("user", "host", "since"))
        return Holder(user, host, since, int(raw["pid"]), bytes.fromhex(raw.get("salt", "")).hex())
    except (OSError, ValueError, KeyError, TypeError):
        return Holder()
