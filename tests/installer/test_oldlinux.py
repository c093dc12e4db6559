"""Which machines get the older Qt, and that only Qt differs there."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer import environment, oldlinux
from installer.commands import ROOT
from installer.wheelhouse import SYSTEMS, split_lock

LOCKS = ROOT / "installer"


@pytest.mark.parametrize(
    ("machine", "c_library", "old"),
    [
        ("x86_64", ("glibc", "2.28"), True),
        ("x86_64", ("glibc", "2.31"), True),
        ("x86_64", ("glibc", "2.34"), False),
        ("x86_64", ("glibc", "2.36"), False),
        ("aarch64", ("glibc", "2.36"), True),
        ("aarch64", ("glibc", "2.39"), False),
        ("loongarch64", ("glibc", "2.28"), False),
        ("x86_64", ("", ""), False),
    ],
)
def test_the_c_library_decides(machine: str, c_library: tuple[str, str], old: bool) -> None:
    assert oldlinux.is_old(machine, c_library) is old


@pytest.mark.parametrize("name", [environment.RUNTIME_LOCK, environment.DEV_LOCK])
def test_only_qt_differs(name: str) -> None:
    lock, overlay = ((LOCKS / n).read_text("utf-8") for n in (name, oldlinux.LOCK))
    usual, old = split_lock(lock), split_lock(oldlinux.overlaid(lock, overlay))
    gone = {requirement.split("==")[0] for requirement, _ in set(usual) - set(old)}
    assert gone == {"pyside6-essentials", "pyside6-addons", "shiboken6"}
    new = [requirement.split(" ")[0] for requirement, hashes in old if (requirement, hashes) not in usual and hashes]
    assert {"pyside6-essentials==6.9.3", "pyside6-addons==6.9.3", "shiboken6==6.9.3"} <= set(new)
    assert len(old) == len({requirement for requirement, _ in old})


def test_a_machine_with_a_current_library_keeps_its_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = LOCKS / environment.RUNTIME_LOCK
    monkeypatch.setattr(oldlinux, "here", lambda: False)
    usual = environment.wanted_stamp(ROOT, dev=True)
    assert oldlinux.lock_here(lock, tmp_path) == lock
    monkeypatch.setattr(oldlinux, "here", lambda: True)
    assert "pyside6-essentials==6.9.3" in oldlinux.lock_here(lock, tmp_path).read_text("utf-8")
    assert not environment.wanted_stamp(ROOT, dev=True).serves(usual)


def test_the_wheels_for_linux_fit_the_machines_that_need_no_older_qt() -> None:
    for name, system in SYSTEMS.items():
        if system.sys_platform == "linux":
            newest = max(tuple(map(int, t.split("_")[1:3])) for t in system.tags if t.startswith("manylinux_"))
            assert newest == oldlinux.GLIBC[system.machine], name
