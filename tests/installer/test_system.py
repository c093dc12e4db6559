"""What is asked of the operating system, and what people without administrator rights are told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from installer import system

LISTING = """2 libs found in cache `/etc/ld.so.cache'
\tlibEGL.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libEGL.so.1
\tlibX11.so.6 (libc6,x86-64) => /lib/x86_64-linux-gnu/libX11.so.6
"""


def test_missing_libraries_are_named_with_their_package() -> None:
    missing = system.missing_libraries(LISTING)
    assert "libEGL.so.1" not in missing and "libX11.so.6" not in missing
    assert missing["libxcb-cursor.so.0"] == "libxcb-cursor0"
    assert len(missing) == len(system.QT_LIBRARIES) - 2


def test_nothing_is_missing_when_all_are_listed() -> None:
    listing = "".join(f"\t{name} (libc6,x86-64) => /lib/{name}\n" for name in system.QT_LIBRARIES)
    assert system.missing_libraries(listing) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ID=debian\nVERSION_ID="12"\n', True),
        ("ID=ubuntu\nID_LIKE=debian\n", True),
        ('ID=uos\nID_LIKE="ubuntu debian"\n', True),
        ('ID="fedora"\n', False),
        ("", False),
    ],
)
def test_debian_and_its_relatives_are_known(text: str, expected: bool) -> None:
    assert system.is_debian(text) is expected


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("win32", {}, True),
    ],
)
def test_display(platform: str, variables: dict[str, str], expected: bool) -> None:
    assert system.has_display(platform, variables) is expected


def test_fonts_are_found_without_fontconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda name: None)
    monkeypatch.setattr(system, "FONT_FOLDERS", (str(tmp_path),))
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"")
    assert not system.has_chinese_font()
    (tmp_path / "opentype").mkdir()
    (tmp_path / "opentype" / "NotoSansCJK-Regular.ttc").write_bytes(b"")
    assert system.has_chinese_font()


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A Linux machine that lacks everything; returns the apt-get calls made on it."""
    asked: list[list[str]] = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system, "_output", lambda command: "")
    monkeypatch.setattr(system, "has_chinese_font", lambda: False)
    monkeypatch.setattr(system, "_on_debian", lambda: True)
    monkeypatch.setattr(system, "_apt", lambda words: asked.append(words) is None)
    monkeypatch.setattr(system.shutil, "which", lambda name, path=None: None)
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    return asked


def test_root_on_debian_gets_everything_installed(bare_machine: list[list[str]]) -> None:
    system.prepare(tests=True)
    assert [words[0] for words in bare_machine] == ["update", "install"]
    packages = set(bare_machine[1])
    assert {*system.QT_LIBRARIES.values(), "fonts-noto-cjk", "xvfb"} <= packages


def test_the_x_server_is_only_for_tests(bare_machine: list[list[str]]) -> None:
    system.prepare(tests=False)
    assert "xvfb" not in bare_machine[1]


def test_others_are_told_the_command(
    bare_machine: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    system.prepare(tests=False)
    assert bare_machine == []
    said = capsys.readouterr().out
    assert "apt-get install" in said and "libxcb-cursor0" in said


def test_other_systems_are_told_the_libraries(
    bare_machine: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "_on_debian", lambda: False)
    system.prepare(tests=False)
    assert bare_machine == []
    said = capsys.readouterr().out
    assert "libxcb-cursor.so.0" in said and "apt-get" not in said


def test_failed_installation_is_told_and_not_fatal(
    bare_machine: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "_apt", lambda words: False)
    system.prepare(tests=False)
    assert "没有装全" in capsys.readouterr().out


def test_nothing_is_done_where_nothing_is_missing(
    bare_machine: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "missing_libraries", lambda known: {})
    monkeypatch.setattr(system, "has_chinese_font", lambda: True)
    monkeypatch.setattr(system.shutil, "which", lambda name, path=None: f"/usr/bin/{name}")
    system.prepare(tests=True)
    assert bare_machine == []
    assert capsys.readouterr().out == ""


def test_windows_needs_nothing(bare_machine: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    system.prepare(tests=True)
    assert bare_machine == []


def test_venv_support_is_installed_for_this_python(bare_machine: list[list[str]]) -> None:
    system.install_venv_support()
    assert bare_machine[-1][-1] == f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
