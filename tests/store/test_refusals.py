"""Files that are not ours, damaged, too new or not writable: each is told apart in words and none is harmed."""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from desktopapp.core.commands import CommandError, SetField, typed
from desktopapp.core.template import Template, TemplateError
from desktopapp.store.errors import (
    DamagedError,
    MissingError,
    NewerError,
    NotAFileError,
    NotOursError,
    ReadOnlyError,
    StoreError,
    TemplateUnknownError,
)
from desktopapp.store.report_file import ReportFile, create, open_file
from desktopapp.store.schema import SCHEMA, Version
from tests.conftest import ROOT
from tests.store.reports import PAY, WAN, contents, load, make_file, reopen, verdicts


def folder_state(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with what it holds."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def refused(path: Path, kind: type[StoreError]) -> StoreError:
    """Open a file that must be refused with this error and left alone; return the error."""
    before = folder_state(path.parent)
    with pytest.raises(kind) as caught:
        reopen(path)
    assert type(caught.value) is kind
    assert folder_state(path.parent) == before
    message = str(caught.value)
    assert path.name in message and message.endswith("。")
    return caught.value


# ── not ours ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_missing_file(tmp_path: Path) -> None:
    assert "找不到" in str(refused(tmp_path / "没有.juesuan", MissingError))


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.juesuan").mkdir()
    assert "是文件夹" in str(refused(tmp_path / "folder.juesuan", NotAFileError))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.juesuan")
    with pytest.raises(NotAFileError, match="设备"):
        reopen(tmp_path / "pipe.juesuan")


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"SQLite", b"PK\x03\x04" + bytes(500), "部门决算公开".encode("gb18030") * 50, bytes(4096)],
    ids=["empty", "newline", "word", "xlsx", "text", "zeros"],
)
def test_foreign_data(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.juesuan"
    path.write_bytes(data)
    error = refused(path, NotOursError)
    assert ("是空文件" if not data else "不是本程序的报告文件") in str(error)


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_foreign_database(tmp_path: Path, journal: str) -> None:
    path = tmp_path / "浏览记录.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA journal_mode = {journal}")
        db.execute("CREATE TABLE report (id)")
        db.commit()
    assert "不是本程序的报告文件" in str(refused(path, NotOursError))


def test_foreign_database_that_is_open_elsewhere(tmp_path: Path) -> None:
    """Its write-ahead log is not ours to fold in."""
    path = tmp_path / "a.juesuan"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE report (id)")
        refused(path, NotOursError)


# ── versions ────────────────────────────────────────────────────────────────────────────────────────────────────────
def set_version(path: Path, version: Version) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {version.to_int()}")


def test_newer_file(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    set_version(path, Version(SCHEMA.version.major + 1, 0))
    assert "更新版本的程序" in str(refused(path, NewerError))


def test_file_with_additions_of_a_newer_program_can_be_viewed(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    set_version(path, Version(SCHEMA.version.major, SCHEMA.version.minor + 1))
    before = folder_state(tmp_path)
    with reopen(path) as file:
        assert file.report.get(PAY) == 83 * WAN
        assert "较新版本" in file.notice
        with pytest.raises(ReadOnlyError, match="另存副本"):
            file.apply(typed(PAY, WAN))
    assert folder_state(tmp_path) == before


@pytest.mark.parametrize("version", [Version(0, 0), Version(0, 7)])
def test_version_that_never_was(tmp_path: Path, version: Version) -> None:
    path = make_file(tmp_path)
    set_version(path, version)
    refused(path, DamagedError)


def test_unknown_template(tmp_path: Path) -> None:
    def none(template_id: str) -> Template:
        raise TemplateError(f"{template_id}/template.toml", "文件", "找不到这个文件。")

    path = make_file(tmp_path)
    with pytest.raises(TemplateUnknownError, match="hubei-2023"):
        open_file(path, none, backup=False)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_file_that_names_a_template_elsewhere(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    report = reopen(path, read_only=True).report
    report.template = dataclasses.replace(report.template, id="../../geheim")
    create(tmp_path / "evil.juesuan", report)
    with pytest.raises(TemplateUnknownError, match="不是模板编号"):
        open_file(tmp_path / "evil.juesuan", lambda _: pytest.fail("asked for it"), backup=False)


# ── damage ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_damaged_file_offers_its_good_backups(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    for amount in (1, 2, 3):
        with reopen(path) as file:
            file.apply(typed(PAY, amount * WAN))
    reopen(path).close()
    newest, second, *_ = sorted((tmp_path / "决算2023.备份").iterdir(), reverse=True)
    newest.write_bytes(newest.read_bytes()[:5000])
    path.write_bytes(path.read_bytes()[:9000])
    error = refused(path, DamagedError)
    assert isinstance(error, DamagedError)
    assert "恢复备份" in str(error)
    assert error.backups[0].path == second


@pytest.mark.parametrize("size", [1, 15, 16, 72, 99, 100, 512, 4096, 5000, -4096, -1])
def test_truncated_file(tmp_path: Path, size: int) -> None:
    path = make_file(tmp_path)
    path.write_bytes(path.read_bytes()[:size])
    refused(path, DamagedError if size not in (1, 15) else NotOursError)


def test_amount_changed_behind_our_back(tmp_path: Path) -> None:
    """A flipped bit in an amount is no damage to SQLite; the checksum finds it."""
    path = make_file(tmp_path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE amounts SET fen = fen + 1 WHERE form = '03' AND fen IS NOT NULL")
    refused(path, DamagedError)
    with open_file(path, load, damaged=True) as file:
        assert file.read_only
        assert "逐项核对" in file.notice
        assert file.report.get(PAY) == 83 * WAN + 1
        file.save_copy(tmp_path / "copy.juesuan")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM amounts; END",
        "CREATE VIEW v AS SELECT * FROM amounts",
        "DROP TABLE changes",
        "DROP TABLE fields",
        "ALTER TABLE journal DROP COLUMN label",
        "DELETE FROM report",
        "DELETE FROM journal",
        "UPDATE journal SET total = total + 1",
        "INSERT INTO changes VALUES (99, 'cell', '', '', '', 1, 2, 0, 0)",
    ],
)
def test_tables_that_are_not_ours(tmp_path: Path, statement: str) -> None:
    path = make_file(tmp_path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)
    refused(path, DamagedError)


def test_table_that_takes_anything(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE settings")
        db.execute("CREATE TABLE settings (key TEXT PRIMARY KEY, value)")
    refused(path, DamagedError)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET label = '别的' WHERE seq = 2",
        "UPDATE journal SET user = '王五' WHERE seq = 1",
        "UPDATE journal SET at = replace(at, '20', '21') WHERE seq = 2",
        "UPDATE journal SET inverse = replace(inverse, '83000000', '83000001') WHERE seq = 2",
        "UPDATE changes SET was = was + 1 WHERE kind = 'cell'",
        "UPDATE changes SET row = row || '9'",
        "DELETE FROM changes",
        "INSERT INTO changes VALUES (1, 'cell', '03', '2010301', 'basic', 1, 2, 0, 0)",
        "UPDATE journal SET detail = detail + 1 WHERE seq = 2",
    ],
)
def test_damaged_history_is_left_alone_while_the_content_goes_on_in_a_copy(tmp_path: Path, statement: str) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        file.apply(typed(PAY, 5 * WAN))
        before = contents(file.report)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)
    data = path.read_bytes()
    with reopen(path) as file:
        assert file.read_only and "修改历史有损坏" in file.notice and "副本" in file.notice
        assert contents(file.report) == before
        assert not file.save_copy(tmp_path / "copy.juesuan")
    assert path.read_bytes() == data
    with reopen(tmp_path / "copy.juesuan") as copy:
        assert not copy.read_only
        assert contents(copy.report) == before
    # It is no backup to fall back on either.
    backup = sorted((tmp_path / "决算2023.备份").iterdir())[-1]
    shutil.copyfile(path, backup)
    path.write_bytes(data[:9000])
    assert backup not in [b.path for b in refused(path, DamagedError).backups]


def test_what_is_no_report_any_more_or_gone_offers_its_backups(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    reopen(path).close()
    path.write_bytes(b"PK\x03\x04" + bytes(500))
    assert len(refused(path, NotOursError).backups) == 1
    path.unlink()
    assert len(refused(path, MissingError).backups) == 1


#: Raise for a long run: JUESUAN_FLIPS=1000.
FLIPS = int(os.environ.get("JUESUAN_FLIPS", "40"))


def look_at_all(file: ReportFile) -> None:
    """Use everything that reads from the file."""
    if file.read_only:
        assert "修改历史有损坏" in file.notice
    while file.can_undo:
        file.undo()
    while file.can_redo:
        file.redo()
    file.history()


def test_flipped_bytes_are_found_or_harmless(tmp_path: Path) -> None:
    """Either the file is refused and left alone, or everything shown is what was saved."""
    path, dice = make_file(tmp_path), random.Random(7)
    with open_file(path, load, backup=False) as file:
        file.apply(typed(PAY, 5 * WAN))
        file.apply(SetField("text", "字" * 3000))
        shown, judged = contents(file.report), verdicts(file.engine)
    whole = path.read_bytes()
    found = 0
    for _ in range(FLIPS):
        data = bytearray(whole)
        for _ in range(dice.choice((1, 1, 2, 30))):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        path.write_bytes(data)
        try:
            file = open_file(path, load, backup=False)
        except StoreError:
            found += 1
            assert path.read_bytes() == data
        else:
            with file, suppress(CommandError):
                # CommandError: a step of the journal that is damaged is not carried out.
                assert (contents(file.report), verdicts(file.engine)) == (shown, judged)
                look_at_all(file)
        # What is damaged may be looked at, or is refused once more.
        with suppress(StoreError):
            open_file(path, load, damaged=True).close()
    assert found > FLIPS // 4


def test_what_a_crash_left_is_not_touched_in_a_damaged_file(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    file = open_file(path, load, backup=False)
    file.apply(typed(PAY, 5 * WAN))
    crashed = tmp_path / "crash"
    crashed.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        shutil.copyfile(tmp_path / name, crashed / name)
    file.close()
    left = crashed / path.name
    data = left.read_bytes()
    left.write_bytes(data[: len(data) // 2])
    with pytest.raises(DamagedError):
        reopen(left)
    assert left.read_bytes() == data[: len(data) // 2]
    # Without the damage the log is taken in, as after any crash.
    left.write_bytes(data)
    with reopen(left) as again:
        assert again.report.get(PAY) == 5 * WAN


def test_unfinished_transaction_is_rolled_back_on_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a network share a crash leaves a rollback journal."""
    monkeypatch.setattr("desktopapp.store.session.is_network", lambda path: True)
    path = make_file(tmp_path)
    file = open_file(path, load, backup=False)
    db = sqlite3.connect(path, isolation_level=None)
    # Spilling the cache writes into the file before the transaction ends, as large ones do.
    db.execute("PRAGMA cache_size = 1")
    db.execute("PRAGMA cache_spill = 1")
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE amounts SET fen = 7 WHERE fen IS NOT NULL")
    db.execute("UPDATE fields SET value = '\"" + "x" * 30000 + "\"'")
    crashed = tmp_path / "crash"
    crashed.mkdir()
    for name in (path.name, f"{path.name}-journal"):
        shutil.copyfile(tmp_path / name, crashed / name)
    db.close()
    shown = contents(file.report)
    file.close()
    left = crashed / path.name
    with reopen(left, read_only=True) as viewed:
        assert contents(viewed.report) == shown
    assert (crashed / f"{path.name}-journal").exists()
    with reopen(left) as again:
        assert contents(again.report) == shown
    assert not (crashed / f"{path.name}-journal").exists()


# ── permissions ─────────────────────────────────────────────────────────────────────────────────────────────────────
_VIEW = """
import os, sys
from pathlib import Path
from tests.store.reports import PAY, TEMPLATE, WAN, load, reopen
from desktopapp.core.commands import typed
from desktopapp.store.errors import StoreError
load(TEMPLATE)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    with reopen(Path(sys.argv[1])) as file:
        print(file.read_only, file.report.get(PAY), file.notice)
        file.apply(typed(PAY, WAN))
except StoreError as error:
    print(type(error).__name__, error)
"""


def as_ordinary_user(path: Path) -> list[str]:
    """Open a file as somebody whom permissions stop; return what is said."""
    done = subprocess.run(
        [sys.executable, "-c", _VIEW, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def public_folder(tmp_path: Path) -> Path:
    """Return a folder that an ordinary user can reach but not write."""
    for folder in (tmp_path, *tmp_path.parents):
        mode = folder.stat().st_mode
        if folder.stat().st_uid == os.getuid() and not mode & 0o001:
            folder.chmod(mode | 0o011)
    folder = tmp_path / "公共"
    folder.mkdir()
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX systems")
@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "said"),
    [(0o555, 0o444, "不能写入"), (0o555, 0o666, "不能写入"), (0o777, 0o444, "只读文件")],
)
def test_what_cannot_be_written_is_opened_for_viewing(
    public_folder: Path, folder_mode: int, file_mode: int, said: str
) -> None:
    path = make_file(public_folder)
    path.chmod(file_mode)
    public_folder.chmod(folder_mode)
    before = folder_state(public_folder)
    try:
        shown, told = as_ordinary_user(path)
        assert shown.startswith(f"True {83 * WAN} ") and said in shown
        assert told.startswith("ReadOnlyError")
        assert folder_state(public_folder) == before
    finally:
        public_folder.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX systems")
def test_what_cannot_be_read_is_said(public_folder: Path) -> None:
    path = make_file(public_folder)
    path.chmod(0)
    [told] = as_ordinary_user(path)
    assert told.startswith("NoPermissionError 没有权限")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX systems")
def test_what_a_crash_left_in_a_folder_without_permission_is_read_all_the_same(public_folder: Path) -> None:
    path = make_file(public_folder, "source.juesuan")
    left = public_folder / "crash"
    left.mkdir()
    with open_file(path, load, backup=False) as file:
        file.apply(typed(PAY, 5 * WAN))
        for side in ("", "-wal"):
            shutil.copyfile(f"{path}{side}", left / f"{path.name}{side}")
    left.chmod(0o555)
    try:
        shown, _ = as_ordinary_user(left / path.name)
        assert shown.startswith(f"True {5 * WAN} ")
    finally:
        left.chmod(0o755)
