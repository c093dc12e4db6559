"""A full disk: the edit is refused in words and taken back, the file is whole, and work goes on once there is room."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from desktopapp.core.commands import Command, InsertRow, SetField, typed
from desktopapp.core.template import Cell
from desktopapp.store.errors import DiskFullError
from desktopapp.store.report_file import ReportFile, create, open_file
from tests.conftest import ROOT
from tests.store.reports import PAY, WAN, contents, large_report, load, make_file, small_report, verdicts

PAY_LARGE = Cell("03", "2010101", "basic")
BIG = "字" * 20_000
#: Raise for a long run: JUESUAN_FULL_CASES=200.
CASES = int(os.environ.get("JUESUAN_FULL_CASES", "12"))


@pytest.mark.parametrize("case", range(CASES))
def test_edit_without_room_is_taken_back(tmp_path: Path, case: int) -> None:
    path = make_file(tmp_path)
    with open_file(path, load, backup=False) as file:
        file.apply(typed(PAY, 5 * WAN))
        db = file._db
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + case % 4}")
        shown = None
        command: Command = InsertRow("03", "2010399", BIG) if case % 2 else SetField("text", BIG)
        before = contents(file.report), verdicts(file.engine)
        with pytest.raises(DiskFullError, match="磁盘已满"):
            file.apply(command)
        assert (contents(file.report), verdicts(file.engine)) == before
        db.execute("PRAGMA max_page_count = 1000000")
        file.apply(command)
        shown = contents(file.report)
    with open_file(path, load, backup=False) as file:
        assert contents(file.report) == shown


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a small file system, where that is allowed."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill a disk to the last byte; return the file that does it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def edit_until_full(file: ReportFile) -> None:
    for n in range(10_000):
        before = contents(file.report)
        try:
            file.apply(SetField("text", f"{n}" + "字" * 500))
        except DiskFullError:
            assert contents(file.report) == before
            return
    pytest.fail("the disk never got full")


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs to mount a small file system as root")
def test_full_file_system(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        path = make_file(disk)
        with open_file(path, load) as file:
            file.apply(typed(PAY, 5 * WAN))
            filler = fill(disk)
            edit_until_full(file)
            with pytest.raises(DiskFullError):
                file.save_copy(disk / "copy.juesuan")
            assert file.save_copy(tmp_path / "elsewhere.juesuan")
            shown = contents(file.report)
        # Folding the log in had no room; what was saved is safe in it.
        with open_file(path, load) as file:
            assert contents(file.report) == shown
            assert file.can_undo
        with pytest.raises(DiskFullError):
            create(disk / "new.juesuan", small_report())
        assert not (disk / "new.juesuan").exists()
        filler.unlink()
        with open_file(path, load) as file:
            assert contents(file.report) == shown
            file.apply(typed(PAY, 6 * WAN))
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert {p.name for p in disk.iterdir()} == {path.name, "决算2023.备份"}
    with open_file(tmp_path / "elsewhere.juesuan", load) as copy:
        assert contents(copy.report) == shown


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs to mount a small file system as root")
def test_backup_without_room_is_told_and_nobody_is_kept_from_working(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        path = disk / "a.juesuan"
        create(path, large_report(1000))
        size = path.stat().st_size
        filler = fill(disk)
        # Room for the log, not for a copy.
        os.truncate(filler, filler.stat().st_size - size // 2)
        with open_file(path, load) as file:
            [problem] = file.problems
            assert "没有做成备份" in problem and "磁盘已满" in problem
            file.apply(typed(PAY_LARGE, 5 * WAN))
        assert not any(p.suffix == ".tmp" for p in disk.rglob("*"))
        with open_file(path, load, backup=False) as file:
            assert file.report.get(PAY_LARGE) == 5 * WAN


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits of POSIX systems")
def test_limit_on_file_size_counts_as_full(tmp_path: Path) -> None:
    """Quotas and limits stop a write in the middle, as a full disk does."""
    path = make_file(tmp_path)
    program = f"""
import resource
from pathlib import Path
from desktopapp.core.commands import SetField
from desktopapp.core.template import Cell
from desktopapp.store.errors import StoreError
from desktopapp.store.report_file import open_file
from tests.conftest import ROOT
from tests.store.reports import load, contents
with open_file(Path({str(path)!r}), load, backup=False) as file:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    for n in range(10_000):
        before = contents(file.report)
        try:
            file.apply(SetField("text", f"{{n}}" + "字" * 3000))
        except StoreError as error:
            assert contents(file.report) == before
            print(n, type(error).__name__)
            break
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    number, kind = done.stdout.split()
    assert kind in ("DiskFullError", "DriveError")
    with open_file(path, load, backup=False) as file:
        assert file.report.fields["text"].startswith(str(int(number) - 1))
