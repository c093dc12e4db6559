"""Files under a password: nothing readable at rest, wrong passwords, damage, backups, crashes."""

from __future__ import annotations

import errno
import random
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktopapp.core.commands import SetField, typed
from desktopapp.store import cipher, passwords
from desktopapp.store.backup import folder_of, good_backups, is_backup, list_backups, restore, summarize
from desktopapp.store.cipher import Secret
from desktopapp.store.errors import (
    BusyError,
    DamagedError,
    MissingError,
    NoCipherError,
    NotOursError,
    PasswordNeededError,
    StoreError,
    WrongPasswordError,
)
from desktopapp.store.passwords import secure_backups, set_password
from desktopapp.store.report_file import ReportFile, create, open_file
from tests.store.reports import PAY, WAN, contents, load, make_file, small_report

pytestmark = pytest.mark.skipif(not cipher.is_available(), reason="sqlcipher3 has no wheel for this computer")
WORD = "决算 Pässw0rt'\"; --"
SECRET = Secret(WORD)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys at little cost; what a guess costs is not tested here."""
    monkeypatch.setattr(cipher, "_ROUNDS", 10)


def make_encrypted(folder: Path, secret: Secret = SECRET) -> Path:
    path = folder / "决算2023.juesuan"
    create(path, small_report(), user="张三", secret=secret)
    return path


def reopen(path: Path, secret: Secret | None = SECRET, **options: Any) -> ReportFile:
    return open_file(path, load, user="李四", secret=secret, **options)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def must_be_unreadable(folder: Path) -> None:
    """Nothing of a report may stand anywhere in a folder as it is: not its words, not the marks of its tables."""
    for name, data in everything(folder).items():
        for word in ("示例市财政局", "行政运行", "text.duties", "CREATE TABLE", "SQLite format", "审计意见"):
            assert word.encode() not in data, (name, word)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_nothing_is_readable_while_open_and_after(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    with reopen(path) as file:
        file.apply(SetField("text.more", "审计意见" * 100))
        must_be_unreadable(tmp_path)
        file.undo()
        file.redo()
        must_be_unreadable(tmp_path)
    with reopen(path) as file:
        assert file.report.fields["text.more"] == "审计意见" * 100
        assert file.can_undo
        file.undo()
        assert contents(file.report) == contents(small_report())
    assert list_backups(path)
    must_be_unreadable(tmp_path)


def test_same_as_without(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    with reopen(path, backup=False) as file:
        assert contents(file.report) == contents(small_report())
        file.apply(typed(PAY, 5 * WAN))
        assert file.history(1)[0].user == "李四"
        assert not file.read_only
    with reopen(path, read_only=True) as file:
        assert file.report.get(PAY) == 5 * WAN
        assert file.read_only


@pytest.mark.parametrize("read_only", [False, True])
def test_wrong_and_missing_password(tmp_path: Path, read_only: bool) -> None:
    path = make_encrypted(tmp_path)
    before = everything(tmp_path)
    with pytest.raises(PasswordNeededError, match="请输入密码"):
        reopen(path, None, read_only=read_only)
    for word in ("", WORD + " ", WORD.upper(), "x'" + "00" * 48 + "'"):
        with pytest.raises(WrongPasswordError, match="密码不对"):
            reopen(path, Secret(word), read_only=read_only)
    assert everything(tmp_path) == before


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_password_opens_only_its_own_file(tmp_path_factory: pytest.TempPathFactory, one: str, other: str) -> None:
    path = make_encrypted(tmp_path_factory.mktemp("any"), Secret(one))
    reopen(path, Secret(one), backup=False).close()
    assert cipher.fits(path, Secret(one))
    if one != other and Secret(one).key(bytes(16)) != Secret(other).key(bytes(16)):
        with pytest.raises(WrongPasswordError):
            reopen(path, Secret(other))


def test_password_that_is_not_needed_does_no_harm(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        assert file.secret is None
        file.apply(typed(PAY, 5 * WAN))
    reopen(path, None).close()


def test_composed_and_decomposed_characters_are_the_same_password(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path, Secret("Pa\u0308sse"))
    reopen(path, Secret("Pässe")).close()


def test_other_tools_open_it_with_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The format is SQLCipher's own: a report is not lost with this program."""
    from sqlcipher3 import dbapi2

    monkeypatch.setattr(cipher, "_ROUNDS", 256_000)

    path = make_encrypted(tmp_path, Secret("abc密码"))
    with closing(dbapi2.connect(str(path))) as db:
        db.execute("PRAGMA key = 'abc密码'")
        assert db.execute("SELECT department FROM report").fetchone() == ("示例市财政局",)


def test_a_password_shows_itself_nowhere(tmp_path: Path) -> None:
    import pickle

    path = make_encrypted(tmp_path)
    assert WORD not in repr(SECRET) + str(SECRET) + f"{SECRET}"
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)
    wrong = "".join(("ge", "heim"))
    with pytest.raises(WrongPasswordError) as caught:
        reopen(path, Secret(wrong))
    assert wrong not in str(caught.getrepr(style="native"))
    with reopen(path) as file:
        assert WORD not in repr(file._session)


def test_second_window_only_looks(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    with reopen(path) as first, reopen(path) as second:
        assert second.read_only
        assert contents(second.report) == contents(first.report)
        first.apply(typed(PAY, 5 * WAN))
        with pytest.raises(PasswordNeededError):
            reopen(path, None)
        with pytest.raises(WrongPasswordError):
            reopen(path, Secret("other"))
    with reopen(path) as file:
        assert file.report.get(PAY) == 5 * WAN


def test_computer_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, plain = make_encrypted(tmp_path), make_file(tmp_path, "plain.juesuan")
    monkeypatch.setattr(cipher, "is_available", lambda: False)
    with pytest.raises(NoCipherError, match="缺少加密组件"):
        reopen(path)
    with pytest.raises(NoCipherError):
        set_password(plain, None, SECRET)
    with pytest.raises(NoCipherError):
        create(tmp_path / "new.juesuan", small_report(), secret=SECRET)
    reopen(plain, None).close()
    assert not (tmp_path / "new.juesuan").exists()


# ── damage ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_flipped_bytes_are_found_or_harmless(tmp_path: Path) -> None:
    """Every page in use is authenticated; no flipped bit is taken for a wrong password."""
    path, dice, found = make_encrypted(tmp_path), random.Random(11), 0
    with reopen(path, backup=False) as file:
        file.apply(SetField("text", "字" * 3000))
        shown = contents(file.report)
    reopen(path).close()
    whole = path.read_bytes()
    for number in range(60):
        data = bytearray(whole)
        at = dice.randrange(16) if number < 16 else dice.randrange(len(data))
        data[at] ^= 1 << dice.randrange(8)
        path.write_bytes(data)
        try:
            file = reopen(path, backup=False)
        except DamagedError as error:
            found += 1
            assert path.read_bytes() == data
            # With the mark at the beginning gone, nobody knows yet that there is a password to ask for.
            assert at < 4 or [b.number for b in error.backups] == [1]
        else:
            with file:
                assert contents(file.report) == shown
    assert found > 50
    path.write_bytes(whole)
    reopen(path).close()


@pytest.mark.parametrize("size", [1, 4, 15, 16, 99, 100, 4095, 4096, 5000, 8192, -4096, -1])
def test_truncated(tmp_path: Path, size: int) -> None:
    path = make_encrypted(tmp_path)
    data = path.read_bytes()[:size]
    path.write_bytes(data)
    kind = NotOursError if 0 < size < 16 else WrongPasswordError if 0 < size < 4096 and size >= 100 else DamagedError
    with pytest.raises(kind):
        reopen(path)
    assert path.read_bytes() == data


def test_damaged_first_page_is_no_wrong_password(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    data = bytearray(path.read_bytes())
    data[100:200] = bytes(100)
    path.write_bytes(data)
    with pytest.raises(DamagedError, match="已损坏"):
        reopen(path)
    with pytest.raises(WrongPasswordError):
        reopen(path, Secret("other"))


def test_pages_of_another_file_under_the_same_password_are_found(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    shutil.copy(path, tmp_path / "old")
    with reopen(path, backup=False) as file:
        file.apply(SetField("text", "字" * 3000))
    data, old = bytearray(path.read_bytes()), (tmp_path / "old").read_bytes()
    for at in range(4096, len(old), 4096):
        mixed = bytearray(data)
        mixed[at : at + 4096] = old[at : at + 4096]
        if mixed == data:
            continue
        path.write_bytes(mixed)
        with pytest.raises(DamagedError):
            reopen(path)


# ── giving and taking ───────────────────────────────────────────────────────────────────────────────────────────────
def with_history(folder: Path) -> Path:
    path = make_file(folder)
    for amount in (1, 2, 3):
        with reopen(path, None) as file:
            file.apply(typed(PAY, amount * WAN))
            file.apply(SetField("text.more", "审计意见"))
            file.undo()
    return path


def test_report_and_backups_get_it_change_it_and_lose_it(tmp_path: Path) -> None:
    path = with_history(tmp_path)
    count = len(list_backups(path))
    other = Secret("另一个")
    assert set_password(path, None, SECRET, user="王五") == passwords.Left()
    must_be_unreadable(tmp_path)
    assert len(good_backups(path, secret=SECRET)) == count
    with reopen(path) as file:
        assert file.report.get(PAY) == 3 * WAN
        assert [(e.label, e.user) for e in file.history(1)] == [("设置密码", "王五")]
        assert file.redo_label
        file.redo()
        file.undo()
        file.undo()
        assert file.report.get(PAY) == 2 * WAN
    assert set_password(path, SECRET, other) == passwords.Left()
    with pytest.raises(WrongPasswordError):
        reopen(path)
    reopen(path, other).close()
    assert set_password(path, other, None) == passwords.Left()
    with reopen(path, None) as file:
        assert file.secret is None
        assert file.history(1)[0].label == "取消密码"
    assert len(good_backups(path)) >= count


def test_wrong_old_password_changes_nothing(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    before = everything(tmp_path)
    for old, kind in ((None, PasswordNeededError), (Secret("x"), WrongPasswordError)):
        with pytest.raises(kind):
            set_password(path, old, Secret("new"))
    with pytest.raises(MissingError):
        set_password(tmp_path / "nothing.juesuan", None, SECRET)
    assert everything(tmp_path) == before
    with reopen(path), pytest.raises(BusyError):
        set_password(path, SECRET, None)


def test_damaged_backup_is_told(tmp_path: Path) -> None:
    path = with_history(tmp_path)
    damaged = list_backups(path)[0].path
    damaged.write_bytes(damaged.read_bytes()[:9000])
    left = set_password(path, None, SECRET)
    assert left.plain == (damaged,)
    with reopen(path) as file:
        assert "没能加密" in "".join(file.problems)


def test_backups_left_plain_by_a_crash_are_encrypted_when_opened(tmp_path: Path, monkeypatch: Any) -> None:
    path = with_history(tmp_path)
    monkeypatch.setattr(passwords, "_convert", lambda *_: passwords.Left())
    set_password(path, None, SECRET)
    monkeypatch.undo()
    assert not all(cipher.is_encrypted(b.path) for b in list_backups(path))
    reopen(path).close()
    must_be_unreadable(tmp_path)
    assert secure_backups(path, SECRET) == passwords.Left()


def test_what_a_crash_left_beside_is_cleared(tmp_path: Path) -> None:
    """A plain copy that was being written when the power failed must not stay beside an encrypted report."""
    path = with_history(tmp_path)
    left = [tmp_path / f".{path.name}.0a1b2c3d.tmp", tmp_path / f".{path.name}.0a1b2c3d.tmp-journal"]
    left.append(folder_of(path) / ".0001 2024-01-01 08.00.00 打开时.juesuan.99aa88bb.tmp")
    others = [tmp_path / ".别的.juesuan.0a1b2c3d.tmp", tmp_path / f".{path.name}.notes.tmp", tmp_path / "a.tmp"]
    set_password(path, None, SECRET)
    for file in (*left, *others):
        file.write_text("示例市财政局", encoding="utf-8")
    reopen(path, read_only=True).close()
    assert all(f.exists() for f in left)
    reopen(path).close()
    assert not any(f.exists() for f in left)
    assert all(f.exists() for f in others)


def test_failure_while_writing_leaves_the_report(tmp_path: Path, monkeypatch: Any) -> None:
    path = with_history(tmp_path)
    before = everything(tmp_path)

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(passwords, "sign", fail)
    with pytest.raises(StoreError):
        set_password(path, None, SECRET)
    assert everything(tmp_path) == before


# ── copies and backups ──────────────────────────────────────────────────────────────────────────────────────────────
def test_copies(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    with reopen(path) as file:
        file.save_copy(tmp_path / "same.juesuan")
        file.save_copy(tmp_path / "other.juesuan", secret=Secret("x"))
        file.save_copy(tmp_path / "plain.juesuan", plain=True)
        wanted = contents(file.report)
    for name, secret in (("same", SECRET), ("other", Secret("x")), ("plain", None)):
        with reopen(tmp_path / f"{name}.juesuan", secret, backup=False) as file:
            assert contents(file.report) == wanted
            assert not file.problems
    with reopen(path, read_only=True) as file:
        file.save_copy(tmp_path / "again.juesuan")
    assert cipher.is_encrypted(tmp_path / "again.juesuan")


def test_restore(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    for amount in (1, 2):
        with reopen(path) as file:
            file.apply(typed(PAY, amount * WAN))
    [newest, *_] = list_backups(path)
    assert is_backup(newest.path)
    assert summarize(newest, SECRET).department == "示例市财政局"
    with pytest.raises(PasswordNeededError):
        restore(newest.path, path)
    with pytest.raises(WrongPasswordError):
        restore(newest.path, path, secret=Secret("x"))
    restore(newest.path, path, secret=SECRET)
    must_be_unreadable(tmp_path)
    with reopen(path) as file:
        assert file.report.get(PAY) == WAN


def test_plain_backup_restored_over_a_report_with_a_password(tmp_path: Path) -> None:
    path = make_encrypted(tmp_path)
    folder_of(path).mkdir()
    old = folder_of(path) / "0001 2024-01-01 08.00.00 打开时.juesuan"
    shutil.copy(make_file(tmp_path, "plain"), old)
    (tmp_path / "plain").unlink()
    restore(old, path, secret=SECRET)
    assert cipher.is_encrypted(path)
    reopen(path).close()
    must_be_unreadable(tmp_path)
