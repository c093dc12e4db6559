"""Tests of the files around a report."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from desktopapp.store import errors
from desktopapp.store.filesystem import connect, is_network, side_files, sqlite_uri, written_aside

MOUNTS = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:50 / /mnt/share rw shared:2 - cifs //server/share rw
31 30 8:1 / /mnt/share/local\040disk rw - xfs /dev/sdb1 rw
32 22 0:51 / /home/me/云盘 rw - fuse.rclone remote: rw
33 22 0:52 / /media/usb rw - vfat /dev/sdc1 rw
34 22 0:53 / /media/ntfs rw - fuseblk /dev/sdd1 rw
35 22 0:54 / /srv rw - nfs4 host:/srv rw
36 22 8:2 / /srv rw - ext4 /dev/sde1 rw
37 22 0:55 / /mnt/exfat rw - fuse.exfat /dev/sdf1 rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/home/a.juesuan", False),
        ("/mnt/share/a.juesuan", True),
        ("/mnt/share/deep/er/a.juesuan", True),
        ("/mnt/shared/a.juesuan", False),
        ("/mnt/share/local disk/a.juesuan", False),
        ("/home/me/云盘/a.juesuan", True),
        ("/media/usb/a.juesuan", False),
        ("/media/ntfs/a.juesuan", False),
        ("/srv/a.juesuan", False),
        ("/mnt/exfat/a.juesuan", False),
    ],
)
def test_network_is_told_by_the_file_system(path: str, network: bool) -> None:
    assert is_network(Path(path), MOUNTS) is network


def test_this_very_folder_is_asked_of_the_system(tmp_path: Path) -> None:
    assert is_network(tmp_path) in (True, False)
    assert is_network(tmp_path, "") is False


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("/a b/c?d#e%.juesuan", "file:///a%20b/c%3Fd%23e%25.juesuan?mode=ro"),
        ("/决算", "file:///%E5%86%B3%E7%AE%97?mode=ro"),
    ],
)
def test_address_for_sqlite(path: str, uri: str) -> None:
    assert sqlite_uri(Path(path), "ro") == uri


def test_address_of_windows_paths() -> None:
    from pathlib import PureWindowsPath

    assert sqlite_uri(PureWindowsPath(r"C:\a b\c"), "rw") == "file:///C:/a%20b/c?mode=rw"  # type: ignore[arg-type]
    share = PureWindowsPath(r"\\server\share\c")
    # The share stands in the path, not in the place of a host, which SQLite refuses.
    assert sqlite_uri(share, "rw") == "file:////server/share/c?mode=rw"  # type: ignore[arg-type]


def test_what_is_written_aside_replaces_at_the_end_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_text("old")
    with pytest.raises(RuntimeError), written_aside(target) as temp:
        temp.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old"
    with written_aside(target) as temp:
        temp.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_side_files_with_something_in_them(tmp_path: Path) -> None:
    path = tmp_path / "a"
    (tmp_path / "a-wal").write_text("x")
    (tmp_path / "a-shm").touch()
    assert side_files(path) == [tmp_path / "a-wal"]


# ── errors in words ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, errors.DiskFullError),
        (sqlite3.SQLITE_CORRUPT, errors.DamagedError),
        (sqlite3.SQLITE_NOTADB, errors.DamagedError),
        (sqlite3.SQLITE_BUSY, errors.BusyError),
        (sqlite3.SQLITE_BUSY_RECOVERY, errors.BusyError),
        (sqlite3.SQLITE_READONLY_DIRECTORY, errors.NoPermissionError),
        (sqlite3.SQLITE_CANTOPEN, errors.NoPermissionError),
        (sqlite3.SQLITE_IOERR_WRITE, errors.DriveError),
        (sqlite3.SQLITE_ERROR, errors.StoreError),
    ],
)
def test_every_error_of_sqlite_is_one_sentence(tmp_path: Path, code: int, kind: type[errors.StoreError]) -> None:
    raw = sqlite3.OperationalError("english words")
    raw.sqlite_errorcode = code
    error = errors.from_sqlite(raw, tmp_path / "决算.juesuan", "保存")
    assert type(error) is kind
    assert "决算.juesuan" in str(error) and "保存" in str(error)
    assert str(error).endswith("。")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, errors.DiskFullError),
        (errno.EDQUOT, errors.DiskFullError),
        (errno.EACCES, errors.NoPermissionError),
        (errno.EROFS, errors.NoPermissionError),
        (errno.ENOENT, errors.MissingError),
        (errno.EISDIR, errors.NotAFileError),
        (errno.ENAMETOOLONG, errors.StoreError),
        (errno.EIO, errors.DriveError),
    ],
)
def test_every_error_of_the_system_is_one_sentence(tmp_path: Path, number: int, kind: type[errors.StoreError]) -> None:
    error = errors.from_os(OSError(number, "english"), tmp_path / "决算.juesuan", "保存")
    assert type(error) is kind
    assert "决算.juesuan" in str(error) and str(error).endswith("。")


def test_connections_do_not_trust_what_they_read(tmp_path: Path) -> None:
    db = connect(tmp_path / "a", "rwc")
    assert db.execute("PRAGMA trusted_schema").fetchone() == (0,)
    db.close()
