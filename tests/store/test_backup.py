"""Backups: made on opening, thinned, listed, checked and restored."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.commands import typed
from desktopapp.store import backup as backups
from desktopapp.store.backup import Backup, folder_of, good_backups, is_backup, list_backups, restore, superfluous
from desktopapp.store.errors import BusyError, DamagedError, MissingError, NotOursError, ReadOnlyError
from desktopapp.store.report_file import open_file
from tests.store.reports import PAY, WAN, load, make_file, reopen


def edit(path: Path, amount: int) -> None:
    with reopen(path) as file:
        file.apply(typed(PAY, amount * WAN))


def amount_in(path: Path) -> int | None:
    with reopen(path, read_only=True) as file:
        return file.report.get(PAY)


def test_folder_lies_beside_the_report_under_its_name(tmp_path: Path) -> None:
    assert folder_of(tmp_path / "决算2023.juesuan") == tmp_path / "决算2023.备份"
    assert folder_of(tmp_path / "a.b") == tmp_path / "a.b.备份"


def test_opening_backs_up_what_changed_since_the_last_backup(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    for amount in (1, 2):
        edit(path, amount)
    for _ in range(3):
        reopen(path).close()
    found = list_backups(path)
    assert [(b.number, b.reason, amount_in(b.path)) for b in found] == [
        (3, "打开时", 2 * WAN),
        (2, "打开时", 1 * WAN),
        (1, "打开时", 83 * WAN),
    ]
    assert all(b.size == b.path.stat().st_size for b in found)
    assert [p.suffix for p in folder_of(path).iterdir()] == [".juesuan"] * 3


def test_backup_is_one_plain_sound_file(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    edit(path, 1)
    reopen(path).close()
    newest = list_backups(path)[0].path
    with closing(sqlite3.connect(newest)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_backup_can_be_viewed_but_not_worked_on(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    reopen(path).close()
    [found] = list_backups(path)
    assert is_backup(found.path) and not is_backup(path)
    with reopen(found.path) as file:
        assert file.read_only and "备份" in file.notice
        with pytest.raises(ReadOnlyError):
            file.apply(typed(PAY, WAN))
    assert [p.name for p in found.path.parent.iterdir()] == [found.path.name]


def test_backup_on_request(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        file.apply(typed(PAY, 1 * WAN))
        made = file.backup_now()
        assert made is not None
        assert file.backup_now() is None
        assert amount_in(made) == 1 * WAN
    assert [b.reason for b in list_backups(path)] == ["手动", "打开时"]


def test_summary_tells_what_a_backup_holds(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    edit(path, 1)
    reopen(path).close()
    summary = backups.summarize(list_backups(path)[0])
    assert (summary.seq, summary.department, summary.year) == (2, "示例市财政局", 2023)
    assert "行政运行" in summary.label
    assert abs(datetime.now(UTC) - summary.changed) < timedelta(minutes=5)
    list_backups(path)[0].path.write_text("x" * 1000)
    with pytest.raises(DamagedError):
        backups.summarize(list_backups(path)[0])


def test_what_is_in_the_way_is_told_and_nobody_is_kept_from_working(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    folder_of(path).write_text("a file, not a folder")
    with reopen(path) as file:
        assert "没有做成备份" in file.problems[0]
        file.apply(typed(PAY, 1 * WAN))
    assert list_backups(path) == []


def test_other_files_in_the_folder_are_left_alone_but_broken_off_ones_go(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    folder = folder_of(path)
    folder.mkdir()
    for name in ("说明.txt", "x.juesuan", "0001 2024-13-45 99.99.99 打开时.juesuan", ".0007 x.juesuan.ab12cd34.tmp"):
        (folder / name).write_text("x")
    (folder / "0009 2024-01-01 08.00.00 打开时.juesuan").mkdir()
    reopen(path).close()
    assert {p.name for p in folder.iterdir()} >= {"说明.txt", "x.juesuan"}
    assert not (folder / ".0007 x.juesuan.ab12cd34.tmp").exists()
    assert [b.number for b in list_backups(path)] == [1]


# ── thinning ────────────────────────────────────────────────────────────────────────────────────────────────────────
def fake(number: int, made: datetime, reason: str = backups.ON_OPEN) -> Backup:
    return Backup(Path(f"{number}"), number, made, reason, 0)


times = st.datetimes(datetime(1980, 1, 1), datetime(2099, 1, 1))
many = st.lists(
    st.tuples(times, st.sampled_from([backups.ON_OPEN, backups.ON_REQUEST, backups.ON_UPGRADE])), max_size=60
).map(lambda found: [fake(n, made, reason) for n, (made, reason) in enumerate(found)])


@given(many)
def test_thinning_keeps_few_and_always_the_newest(found: list[Backup]) -> None:
    """However the clock jumped."""
    gone = superfluous(found)
    kept = [b for b in found if b not in gone]
    assert len(kept) <= 20
    assert found[-1:] == kept[-1:]
    assert set(kept) >= set([b for b in found if b.reason == backups.ON_OPEN][-backups.NEWEST :])
    assert superfluous(kept) == []


def test_thinning_day_by_day_keeps_old_times_in_reach() -> None:
    start, found = datetime(2024, 1, 1, 9), list[Backup]()
    for day in range(200):
        for hour in range(3):
            found.append(fake(day * 3 + hour, start + timedelta(days=day, hours=hour)))
            gone = superfluous(found)
            found = [b for b in found if b not in gone]
    ages = sorted((found[-1].made - b.made).days for b in found)
    assert ages[:6] == [0, 0, 0, 1, 1, 1]
    assert len({b.made.date() for b in found}) >= backups.DAYS
    assert ages[-1] >= 90


def test_opening_thins(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    start = datetime(2024, 3, 1, 1, tzinfo=UTC)
    for n in range(25):
        with open_file(path, load, clock=partial(start.__add__, timedelta(minutes=n))) as file:
            file.apply(typed(PAY, (n + 1) * WAN))
    numbers = [b.number for b in list_backups(path)]
    assert numbers == [25, 24, 23, 22, 21, 20]


# ── restoring ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_restoring_keeps_what_it_replaces(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    edit(path, 1)
    edit(path, 2)
    wanted = list_backups(path)[0]
    assert amount_in(wanted.path) == 1 * WAN
    aside = restore(wanted.path, path, user="王五")
    assert aside is not None
    with reopen(path, read_only=True) as file:
        entry = file.history(1)[0]
        assert (entry.user, entry.label) == ("王五", f"恢复备份 {wanted.path.stem}")
    assert (amount_in(path), amount_in(aside)) == (1 * WAN, 2 * WAN)
    assert list_backups(path)[0].reason == "恢复前"
    # And back again.
    restore(aside, path)
    assert amount_in(path) == 2 * WAN
    with reopen(path) as file:
        file.undo()
        assert file.report.get(PAY) == 1 * WAN


def test_restoring_over_a_damaged_or_missing_report(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    edit(path, 1)
    reopen(path).close()
    path.write_bytes(path.read_bytes()[:7000])
    [best, *_] = good_backups(path)
    aside = restore(best.path, path)
    assert aside is not None and aside.stat().st_size == 7000
    assert amount_in(path) == 1 * WAN
    # What was damaged is no candidate.
    assert aside not in [b.path for b in good_backups(path)]
    path.unlink()
    assert restore(best.path, path) is None
    assert amount_in(path) == 1 * WAN


def test_restoring_keeps_what_a_crash_left_in_the_log(tmp_path: Path) -> None:
    path, crashed = make_file(tmp_path), tmp_path / "crash"
    crashed.mkdir()
    with reopen(path) as file:
        file.apply(typed(PAY, 9 * WAN))
        for side in ("", "-wal"):
            shutil.copyfile(f"{path}{side}", crashed / f"{path.name}{side}")
    [backup] = list_backups(path)
    aside = restore(backup.path, crashed / path.name)
    assert amount_in(crashed / path.name) == 83 * WAN
    assert aside is not None and amount_in(aside) == 9 * WAN
    assert sorted(p.name for p in crashed.iterdir()) == sorted([path.name, "决算2023.备份"])


def test_restoring_is_refused_while_open_and_from_anything_but_a_report(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    edit(path, 1)
    [backup] = list_backups(path)
    with reopen(path), pytest.raises(BusyError, match="不能恢复"):
        restore(backup.path, path)
    (tmp_path / "letter").write_text("x")
    with pytest.raises(NotOursError):
        restore(tmp_path / "letter", path)
    with pytest.raises(MissingError):
        restore(tmp_path / "nothing", path)
    backup.path.write_bytes(backup.path.read_bytes()[:7000])
    with pytest.raises(DamagedError):
        restore(backup.path, path)
    assert amount_in(path) == 1 * WAN
