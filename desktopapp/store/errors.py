"""What can go wrong with a report file, each with one sentence for the user: what, where, what to do."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktopapp.store.backup import Backup

#: Below this much free space in bytes an input/output error is taken for a full disk.
_NEARLY_FULL = 256 * 1024


class StoreError(Exception):
    """Raised when a report file cannot be read or written; the message is a sentence for the user.

    ``backups`` are the good backups of a file that is missing, damaged or no report any more, newest first.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.backups: tuple[Backup, ...] = ()


class MissingError(StoreError):
    """Raised when the file does not exist."""


class NotAFileError(StoreError):
    """Raised when the path is a folder or a device."""


class ExistsError(StoreError):
    """Raised when a file would be overwritten that nobody asked to overwrite."""


class NotOursError(StoreError):
    """Raised when a file is no report of this program; it was not touched."""


class DamagedError(StoreError):
    """Raised when a report is damaged; it was not touched."""


class PasswordNeededError(StoreError):
    """Raised when a report has a password that was not given."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, f"“{path.name}”设有密码，请输入密码后再打开。")


class WrongPasswordError(StoreError):
    """Raised when the password given is not that of the report; it was not touched."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, f"密码不对，没有打开“{path.name}”；请重新输入，注意大小写和输入法。")


class NoCipherError(StoreError):
    """Raised when a report has, or is to get, a password and this computer cannot encrypt."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"这台电脑缺少加密组件（sqlcipher3），不能打开或保存设有密码的“{path.name}”；请在装有它的电脑上取消密码。",
        )


class NewerError(StoreError):
    """Raised when a report was saved by a newer program that this one does not understand."""


class TemplateUnknownError(StoreError):
    """Raised when the template of a report is not installed or is malformed."""


class BusyError(StoreError):
    """Raised when another window or program holds the file."""


class ReadOnlyError(StoreError):
    """Raised when a report that was opened for viewing only is to be changed."""


class NoPermissionError(StoreError):
    """Raised when file or folder may not be read or written."""


class DiskFullError(StoreError):
    """Raised when the disk has no room left; what was to be written has not been."""


class DriveError(StoreError):
    """Raised when the drive does not answer, for example because it was unplugged."""


class GoneError(StoreError):
    """Raised when the open file was moved, deleted or replaced by somebody else."""


class ChangedElsewhereError(StoreError):
    """Raised when somebody else wrote into the open file, so that what is shown is no longer what is in it."""


class UnstorableError(StoreError):
    """Raised when a value cannot be kept in the file."""


def from_sqlite(error: sqlite3.Error, path: Path, doing: str) -> StoreError:
    """Return the store error behind an SQLite error; ``doing`` says what was tried ("保存", "打开")."""
    name = path.name
    code: int = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _nearly_full(path)):
        return disk_full(path, doing)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedError(path, f"{doing}“{name}”时发现文件已损坏，没有改动它；请用“恢复备份”找回最近的备份。")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(path, f"“{name}”正被别的程序占用，{doing}没有成功；请关闭占用它的程序后再试。")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return no_permission(path, doing)
    if code == sqlite3.SQLITE_IOERR:
        return DriveError(
            path, f"{doing}“{name}”时磁盘读写出错，可能U盘被拔出或网络断开；请接好后再试，或用“另存副本”存到别处。"
        )
    return StoreError(path, f"{doing}“{name}”没有成功（{error}），请再试一次，或用“另存副本”存到别处。")


def from_os(error: OSError, path: Path, doing: str) -> StoreError:
    """Return the store error behind an error of the operating system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return disk_full(path, doing)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return no_permission(path, doing)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return MissingError(path, f"找不到“{path}”，请检查文件是否被移动、改名或删除。")
    if error.errno == errno.EISDIR:
        return NotAFileError(path, f"“{path}”是文件夹，请选择文件。")
    if error.errno == errno.ENAMETOOLONG:
        return StoreError(path, f"文件名“{path.name}”太长，请换一个短一些的名字。")
    return DriveError(path, f"{doing}“{path.name}”没有成功（{error.strerror}），请检查磁盘或网络后再试。")


def disk_full(path: Path, doing: str) -> DiskFullError:
    """Return the error of a full disk."""
    return DiskFullError(
        path,
        f"“{path.parent}”所在的磁盘已满，{doing}“{path.name}”没有成功；请清理磁盘后再试，或用“另存副本”存到别的盘。",
    )


def no_permission(path: Path, doing: str) -> NoPermissionError:
    """Return the error of a missing permission."""
    return NoPermissionError(
        path, f"没有权限{doing}“{path}”，请检查文件或文件夹是否只读，或用“另存副本”存到有权限的文件夹。"
    )


def _nearly_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _NEARLY_FULL
    except OSError:
        return False
