"""Writes a file beside its target and puts it in place in one step, so that a failure never harms an older file."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: Told a fraction from 0 to 1 and a phrase for the user.
Progress = Callable[[float, str], None]
#: Asked often; True stops the work.
Cancelled = Callable[[], bool]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_LOCKED = {errno.ETXTBSY, errno.EBUSY, errno.EDEADLK}
# Windows: access denied while another program holds the file, sharing violation, lock violation.
_WINDOWS_LOCKED = {5, 32, 33}
_WINDOWS_FULL = {39, 112}


class WriteError(Exception):
    """Raised when a file cannot be written; its message is a sentence for the user. The target is as it was."""


class WriteCancelled(WriteError):
    """Raised when the user stopped the writing."""

    def __init__(self) -> None:
        super().__init__("已取消导出，没有写入任何文件。")


@contextmanager
def aside(path: Path) -> Iterator[BinaryIO]:
    """Yield a new binary file beside ``path`` that takes its place when the block ends without an error.

    The content is flushed to the disk before the replacement. Raises WriteError for a folder that is missing or
    read-only, a full disk, a target that is a folder, read-only or held by another program.
    """
    target = _checked(path)
    temporary = target.with_name(f".~{secrets.token_hex(6)}.tmp")
    replacing = False
    try:
        # Not mkstemp: the file must get the permissions that any new file of the user gets.
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        replacing = True
        os.replace(temporary, target)
    except OSError as error:
        raise WriteError(_sentence(error, path, replacing)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def write_aside(path: Path, content: bytes) -> None:
    """Write a whole file aside and put it in place; raises WriteError."""
    with aside(path) as file:
        file.write(content)


def check_cancelled(cancelled: Cancelled | None) -> None:
    """Raise WriteCancelled when the user asked to stop."""
    if cancelled is not None and cancelled():
        raise WriteCancelled


def _checked(path: Path) -> Path:
    """Return the real target behind links; raises WriteError where nothing can be written."""
    try:
        target = path.resolve()
        if target.is_dir():
            raise WriteError(f"“{path}”是一个文件夹，请另取一个文件名再保存。")
        if not target.parent.is_dir():
            raise WriteError(f"文件夹“{path.parent}”不存在，请先建立该文件夹或换一个位置保存。")
        if target.exists() and not os.access(target, os.W_OK):
            raise WriteError(f"“{path.name}”是只读文件，不能覆盖，请取消只读或换一个文件名保存。")
    except (OSError, RuntimeError) as error:
        # RuntimeError: links that lead in a circle, before Python 3.13.
        raise WriteError(f"“{path}”不能作为保存位置，请换一个文件夹或文件名。") from error
    return target


def _sentence(error: OSError, path: Path, replacing: bool) -> str:
    windows = getattr(error, "winerror", None)
    if error.errno in _FULL or windows in _WINDOWS_FULL:
        return f"磁盘空间不足，“{path.name}”没有保存；请清理磁盘或换一个位置保存。"
    denied = error.errno in (errno.EACCES, errno.EPERM)
    if error.errno in _LOCKED or (replacing and (denied or windows in _WINDOWS_LOCKED)):
        return f"“{path.name}”正被其他程序打开或锁定，没有改动它；请关闭该文件后重试，或换一个文件名保存。"
    if denied or error.errno == errno.EROFS:
        return f"文件夹“{path.parent}”不能写入（只读或没有权限），请换一个文件夹保存。"
    if error.errno == errno.ENAMETOOLONG:
        return f"文件名“{path.name}”太长，请换一个短一些的文件名。"
    if error.errno == errno.EISDIR:
        return f"“{path}”是一个文件夹，请另取一个文件名再保存。"
    return f"“{path.name}”保存时磁盘或网络出错（{error.strerror or error}），没有改动原来的文件；请检查后重试。"


def _sync_folder(folder: Path) -> None:
    """Make the replacement itself durable where the system can do so."""
    if os.name == "nt":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
