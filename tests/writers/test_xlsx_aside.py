"""Files are written aside and put in place: whatever fails, the old file is as it was and a sentence says why."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from desktopapp.writers.aside import WriteError, aside, write_aside


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "决算.xlsx"
    path.write_bytes(b"old")
    return path


def failing(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, name, fail)


def unharmed(target: Path) -> bool:
    return target.read_bytes() == b"old" and list(target.parent.iterdir()) == [target]


def test_a_file_is_written_and_replaced(target: Path) -> None:
    write_aside(target, b"new")
    assert target.read_bytes() == b"new" and list(target.parent.iterdir()) == [target]
    fresh = target.with_name("新.xlsx")
    write_aside(fresh, b"fresh")
    mask = os.umask(0)
    os.umask(mask)
    assert fresh.read_bytes() == b"fresh"
    assert os.name == "nt" or stat.S_IMODE(fresh.stat().st_mode) == 0o666 & ~mask


def test_an_error_of_the_caller_passes_and_leaves_nothing(target: Path) -> None:
    with pytest.raises(RuntimeError, match="halfway"), aside(target) as file:
        file.write(b"half")
        raise RuntimeError("halfway")
    assert unharmed(target)


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("fsync", errno.ENOSPC, "磁盘空间不足"),
        ("fsync", errno.EIO, "磁盘或网络出错"),
        ("open", errno.EACCES, "不能写入（只读或没有权限）"),
        ("open", errno.EROFS, "不能写入（只读或没有权限）"),
        ("open", errno.ENOSPC, "磁盘空间不足"),
        ("open", errno.ENAMETOOLONG, "太长"),
        ("replace", errno.EACCES, "正被其他程序打开或锁定"),
        ("replace", errno.EBUSY, "正被其他程序打开或锁定"),
    ],
)
def test_what_goes_wrong_is_said_in_words(
    name: str, number: int, words: str, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, name, number)
        with pytest.raises(WriteError, match=words) as caught:
            write_aside(target, b"new")
    assert str(caught.value).endswith("。")
    assert unharmed(target)


def test_folders_are_refused(target: Path) -> None:
    with pytest.raises(WriteError, match="是一个文件夹，请另取一个文件名"):
        write_aside(target.parent, b"new")
    with pytest.raises(WriteError, match="不存在，请先建立该文件夹"):
        write_aside(target.parent / "没有" / "表.xlsx", b"new")
    assert unharmed(target)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_read_only_places_are_refused(target: Path) -> None:
    target.chmod(0o444)
    with pytest.raises(WriteError, match="只读文件"):
        write_aside(target, b"new")
    target.parent.chmod(0o555)
    try:
        with pytest.raises(WriteError, match="不能写入"):
            write_aside(target.with_name("新.xlsx"), b"new")
    finally:
        target.parent.chmod(0o755)
    assert unharmed(target)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(target: Path) -> None:
    link = target.with_name("链接.xlsx")
    link.symlink_to(target)
    write_aside(link, b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"
