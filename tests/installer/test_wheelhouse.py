"""Choosing wheels for another system."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installer import environment, wheelhouse
from installer.console import BootstrapError

LOCK = """# made by hand
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via beta
colorama==0.4 ; sys_platform == 'win32' \\
    --hash=sha256:cc
numpy==2.4 ; python_full_version < '3.12' \\
    --hash=sha256:dd
numpy==2.5 ; python_full_version >= '3.12' \\
    --hash=sha256:ee
typst==0.15 ; platform_machine != 'AMD64' or sys_platform != 'win32' \\
    --hash=sha256:ff
"""
REAL_LOCK = Path(__file__).resolve().parents[2] / "installer" / environment.DEV_LOCK


def test_entries_keep_their_hashes() -> None:
    entries = wheelhouse.split_lock(LOCK)
    assert entries[0] == ("alpha==1.0", " --hash=sha256:aa --hash=sha256:bb")
    assert [requirement.split("==")[0] for requirement, _ in entries] == [
        "alpha", "colorama", "numpy", "numpy", "typst",
    ]  # fmt: skip


def test_every_entry_of_the_real_lock_is_understood() -> None:
    text = REAL_LOCK.read_text("utf-8")
    entries = wheelhouse.split_lock(text)
    assert text.count("--hash=") == sum(hashes.count("--hash=") for _, hashes in entries)
    assert all("==" in requirement and hashes for requirement, hashes in entries)


@pytest.mark.parametrize(
    ("name", "python", "expected"),
    [
        ("linux-x86_64", "3.11", ["alpha==1.0", "numpy==2.4", "typst==0.15"]),
        ("linux-aarch64", "3.13", ["alpha==1.0", "numpy==2.5", "typst==0.15"]),
        ("windows-x86_64", "3.12", ["alpha==1.0", "colorama==0.4", "numpy==2.5"]),
    ],
)
def test_markers_are_judged_for_the_target(name: str, python: str, expected: list[str]) -> None:
    kept = wheelhouse.filter_lock(Path(sys.executable), LOCK, wheelhouse.SYSTEMS[name], python)
    assert [line.split(" --hash=")[0] for line in kept.splitlines()] == expected
    assert ";" not in kept


def test_a_lock_file_with_a_strange_marker_is_told() -> None:
    with pytest.raises(BootstrapError, match="看不懂"):
        wheelhouse.filter_lock(
            Path(sys.executable), "a==1 ; weather == 'fine'\n", wheelhouse.SYSTEMS["linux-x86_64"], "3.12"
        )


def test_pip_is_told_the_target() -> None:
    options = wheelhouse.download_options(wheelhouse.SYSTEMS["windows-x86_64"], "3.12")
    assert options[:2] == ["--platform", "win_amd64"]
    assert options[options.index("--python-version") + 1] == "3.12"
    assert "cp312" in options and "abi3" in options and "none" in options


@pytest.mark.parametrize("version", ["3", "3.9", "12", "3.12.1", "three"])
def test_a_strange_python_version_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(BootstrapError, match="--python"):
        wheelhouse.collect(tmp_path, tmp_path / "wheels", None, version)
    assert list(tmp_path.iterdir()) == []
