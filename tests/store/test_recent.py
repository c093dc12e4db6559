"""Tests of the list of recent reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopapp.store.recent import RecentFile, RecentFiles


def test_youngest_comes_first_and_repeats_once(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "settings")
    for name in ("甲", "乙", "甲"):
        recent.add(tmp_path / f"{name}.juesuan", f"{name}局", 2023)
    assert recent.entries() == [
        RecentFile(tmp_path / "甲.juesuan", "甲局", 2023),
        RecentFile(tmp_path / "乙.juesuan", "乙局", 2023),
    ]


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path, limit=3)
    for n in range(5):
        recent.add(tmp_path / f"{n}.juesuan")
    assert [e.path.stem for e in recent.entries()] == ["4", "3", "2"]


def test_several_windows_share_the_list(tmp_path: Path) -> None:
    one, other = RecentFiles(tmp_path), RecentFiles(tmp_path)
    one.add(tmp_path / "a")
    other.add(tmp_path / "b")
    assert [e.path.name for e in one.entries()] == ["b", "a"]
    other.remove(tmp_path / "a")
    assert [e.path.name for e in one.entries()] == ["b"]
    one.clear()
    assert other.entries() == []


def test_relative_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recent = RecentFiles(tmp_path)
    recent.add(Path("a.juesuan"))
    assert recent.entries() == [RecentFile(tmp_path / "a.juesuan")]


def test_missing_files_stay_listed_but_say_so(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path)
    (tmp_path / "there").touch()
    recent.add(tmp_path / "there")
    recent.add(tmp_path / "gone")
    assert [e.exists() for e in recent.entries()] == [False, True]


@given(
    st.one_of(
        st.binary(max_size=40),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["path", "year"]), inner),
            max_leaves=6,
        ).map(lambda v: json.dumps(v).encode()),
    )
)
def test_whatever_is_in_the_file_it_is_read_or_passed_over(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("recent")
    (folder / "recent.json").write_bytes(data)
    recent = RecentFiles(folder)
    for entry in recent.entries():
        assert entry.path.is_absolute()
    recent.add(folder / "neu")
    assert recent.entries()[0].path == folder / "neu"


def test_folder_that_cannot_be_made_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    recent = RecentFiles(tmp_path / "file" / "inside")
    recent.add(tmp_path / "a")
    assert recent.entries() == []


def test_nothing_is_left_beside_the_list(tmp_path: Path) -> None:
    RecentFiles(tmp_path).add(tmp_path / "a")
    assert [p.name for p in tmp_path.iterdir()] == ["recent.json"]


def test_the_users_settings_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    monkeypatch.setattr(platformdirs, "user_config_dir", lambda name, appauthor: str(tmp_path / name))
    RecentFiles().add(tmp_path / "a")
    assert (tmp_path / "juesuan" / "recent.json").is_file()
