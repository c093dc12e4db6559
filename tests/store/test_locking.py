"""One writer per file, told to everybody else, and gone with its process."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from desktopapp.core.commands import typed
from desktopapp.store import locking
from desktopapp.store.errors import BusyError, ReadOnlyError
from desktopapp.store.locking import FileLock, HeldError, Holder, lock_path, read_holder
from desktopapp.store.report_file import create, open_file
from tests.conftest import ROOT
from tests.store.reports import PAY, WAN, contents, load, make_file, reopen, small_report

_HOLD = """
import sys
from pathlib import Path
from desktopapp.core.commands import typed
from tests.store.reports import PAY, WAN, load
from desktopapp.store.report_file import open_file
file = open_file(Path(sys.argv[1]), load, user="张三", backup=False)
file.apply(typed(PAY, 5 * WAN))
print(file.read_only, flush=True)
sys.stdin.readline()
file.close()
"""


def start_holder(path: Path) -> subprocess.Popen[str]:
    """Start a process that has the file open, and wait until it has."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "False\n"
    return holder


def test_second_process_views_and_is_told_who_writes(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    holder = start_holder(path)
    try:
        with reopen(path) as file:
            assert file.read_only
            assert "张三" in file.notice and "只能查看" in file.notice and "起" in file.notice
            # What the other has saved is there, though it is still in the write-ahead log.
            assert file.report.get(PAY) == 5 * WAN
            with pytest.raises(ReadOnlyError, match="张三"):
                file.apply(typed(PAY, WAN))
            assert (file.can_undo, file.undo_label) == (False, "")
            with pytest.raises(BusyError, match="张三"):
                create(path, small_report(), overwrite=True)
        holder.communicate("\n", timeout=30)
    finally:
        holder.kill()
        holder.wait()
    # Viewing was in nobody's way: the writer left one plain file.
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    with reopen(path) as file:
        assert not file.read_only


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of POSIX systems")
def test_lock_goes_with_its_process(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    holder = start_holder(path)
    holder.kill()
    holder.communicate()
    assert lock_path(path).exists()
    with reopen(path) as file:
        assert not file.read_only
        assert file.report.get(PAY) == 5 * WAN
        assert read_holder(lock_path(path)).user == "李四"
    assert not lock_path(path).exists()


def test_second_window_of_the_same_process_views(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as first:
        first.apply(typed(PAY, 5 * WAN))
        with reopen(path) as second, reopen(path, read_only=True) as third:
            assert second.read_only and third.read_only
            assert contents(second.report) == contents(third.report) == contents(first.report)
            first.apply(typed(PAY, 6 * WAN))
            assert second.report.get(PAY) == 5 * WAN
        first.apply(typed(PAY, 7 * WAN))
    with reopen(path) as file:
        assert file.report.get(PAY) == 7 * WAN


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX drops locks with any handle")
def test_looking_from_this_process_does_not_drop_sqlites_locks(tmp_path: Path) -> None:
    """Another process must still see that the file is in use after this one looked at it a second time."""
    path = make_file(tmp_path)
    program = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    print(db.execute("PRAGMA journal_mode = DELETE").fetchone()[0])
except sqlite3.OperationalError as error:
    print(error)
"""
    with open_file(path, load, backup=False) as first:
        first.apply(typed(PAY, 5 * WAN))
        for read_only in (False, True):
            reopen(path, read_only=read_only).close()
        done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "database is locked"


def test_reading_only_takes_no_lock(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path, read_only=True) as viewer:
        assert "只读方式" in viewer.notice
        assert [p.name for p in tmp_path.iterdir()] == [path.name]
        with reopen(path) as writer:
            assert not writer.read_only


def test_refused_file_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.juesuan"
    path.write_text("x")
    with pytest.raises(Exception, match="不是本程序"):
        reopen(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.juesuan"]


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"\xff\xff", b'{"user":1,"host":2,"since":3,"pid":"x"}', b"x" * 9999]
)
def test_unreadable_signature_is_an_unknown_holder(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "a"
    lock_path(path).write_bytes(text)
    assert read_holder(lock_path(path)) == Holder()
    assert str(Holder()) == "别的窗口"
    lock = FileLock(path, "张三", "8:00")
    with pytest.raises(HeldError, match=r"张三（.+）从 8:00 起"):
        FileLock(path, "李四", "9:00")
    signed = json.loads(lock_path(path).read_bytes())
    assert signed["user"] == "张三"
    lock.release()
    lock.release()
    FileLock(path, "李四", "9:00").release()


@pytest.mark.skipif(sys.platform == "win32", reason="flock")
def test_file_system_without_locks_still_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(handle: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locking.fcntl, "flock", cannot)
    with reopen(make_file(tmp_path)) as file:
        assert not file.read_only


def test_many_who_come_and_go_never_hold_it_twice(tmp_path: Path) -> None:
    """Releasing removes the lock file while others are opening it."""
    program = """
import sys
from pathlib import Path
from desktopapp.store.locking import FileLock, HeldError
path, mark, got = Path(sys.argv[1]), Path(sys.argv[1] + ".inside"), 0
while got < 200:
    try:
        lock = FileLock(path, "x", "")
    except HeldError:
        continue
    mark.open("x").close()
    mark.unlink()
    lock.release()
    got += 1
"""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "a")], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for worker in workers:
        _, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
    assert list(tmp_path.iterdir()) == []
