"""What the packages are made from: what is kept, what is depended on, and the files that desktops and Windows read."""

from __future__ import annotations

import configparser
import re
import shutil
import stat
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from lxml import etree

from desktopapp import __version__
from desktopapp.store.schema import APPLICATION_ID
from installer import system
from installer.console import BootstrapError
from installer.package import command, contents, debian, elf, freezing, icons, licences, start, windows
from tests.conftest import ROOT

QT = "/x/site-packages/PySide6/Qt"


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        (("PySide6/Qt/plugins/platforms/libqxcb.so", f"{QT}/plugins/platforms/libqxcb.so", "BINARY"), True),
        (("PySide6/Qt/plugins/platforms/libqeglfs.so", f"{QT}/plugins/platforms/libqeglfs.so", "BINARY"), False),
        (("PySide6/Qt/plugins/tls/libqopensslbackend.so", f"{QT}/plugins/tls/x.so", "BINARY"), False),
        (("PySide6\\plugins\\platforms\\qwindows.dll", "C:\\x\\qwindows.dll", "BINARY"), True),
        (("PySide6\\plugins\\sqldrivers\\qsqlite.dll", "C:\\x\\qsqlite.dll", "BINARY"), False),
        (("PySide6/Qt/lib/libQt6Pdf.so.6", f"{QT}/lib/libQt6Pdf.so.6", "BINARY"), True),
        (("PySide6/Qt/lib/libQt6Quick.so.6", f"{QT}/lib/libQt6Quick.so.6", "BINARY"), False),
        (("libQt6Quick.so.6", "PySide6/Qt/lib/libQt6Quick.so.6", "SYMLINK"), False),
        (("PySide6\\Qt6Widgets.dll", "C:\\x\\Qt6Widgets.dll", "BINARY"), True),
        (("PySide6\\Qt6VirtualKeyboard.dll", "C:\\x\\Qt6VirtualKeyboard.dll", "BINARY"), False),
        (("PySide6\\opengl32sw.dll", "C:\\x\\opengl32sw.dll", "BINARY"), False),
        (("PySide6/QtGui.abi3.so", "/x/QtGui.abi3.so", "EXTENSION"), True),
        (("PySide6/QtQml.abi3.so", "/x/QtQml.abi3.so", "EXTENSION"), False),
        (("PySide6/Qt/translations/qtbase_zh_CN.qm", f"{QT}/translations/qtbase_zh_CN.qm", "DATA"), True),
        (("PySide6/Qt/translations/qtbase_de.qm", f"{QT}/translations/qtbase_de.qm", "DATA"), False),
        (("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "BINARY"), True),
        (("libsqlite3.so.0", "/lib/x86_64-linux-gnu/libsqlite3.so.0", "BINARY"), True),
        (("libxcb-cursor.so.0", "/usr/lib/x86_64-linux-gnu/libxcb-cursor.so.0", "BINARY"), True),
        (("libxcb.so.1", "/lib/x86_64-linux-gnu/libxcb.so.1", "BINARY"), False),
        (("libstdc++.so.6", "/lib/x86_64-linux-gnu/libstdc++.so.6", "BINARY"), False),
        (("libfontconfig.so.1", "/usr/lib/aarch64-linux-gnu/libfontconfig.so.1", "BINARY"), False),
        (("libscipy_openblas64_-32a.so", "/x/site-packages/numpy.libs/libscipy_openblas64_-32a.so", "BINARY"), True),
        (("desktopapp/_resources/codes/codes.toml", f"{ROOT}/resources/codes/codes.toml", "DATA"), True),
    ],
)
def test_only_what_the_program_uses_is_kept(entry: contents.Entry, kept: bool) -> None:
    assert contents.belongs(entry) is kept
    assert contents.kept([entry]) == ([entry] if kept else [])


def test_every_qt_module_that_the_program_imports_is_kept() -> None:
    pattern = re.compile(r"from PySide6\.(Qt\w+) import|from PySide6 import (Qt\w+)")
    sources = [path.read_text("utf-8") for path in (ROOT / "desktopapp").rglob("*.py")]
    imported = {name for text in sources for names in pattern.findall(text) for name in names if name}
    assert "QtWidgets" in imported
    assert imported <= contents.QT_BINDINGS
    assert {name.removeprefix("Qt") for name in contents.QT_BINDINGS} <= contents.QT_MODULES


def test_children_find_their_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/juesuan/_internal:/opt/x")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/opt/x")
    start.restore_environment()
    assert start.os.environ["LD_LIBRARY_PATH"] == "/opt/x" and "LD_LIBRARY_PATH_ORIG" not in start.os.environ
    monkeypatch.setattr(start.sys, "frozen", True, raising=False)
    start.restore_environment()
    assert "LD_LIBRARY_PATH" not in start.os.environ


def test_licences_travel_along(tmp_path: Path) -> None:
    entries = licences.collect(["click.core", "PySide6", "desktopapp.jobs", "zipfile"], tmp_path)
    places = [place for place, _, _ in entries]
    assert {"licences/README.txt", "licences/LGPL-3.0.txt", "licences/GPL-3.0.txt"} <= set(places)
    assert any(re.fullmatch(r"licences/click/.*LICENSE.*", place) for place in places)
    assert all(Path(source).is_file() for _, source, _ in entries)
    said = (tmp_path / "README.txt").read_text("utf-8")
    assert "click" in said and "LGPL-3.0" in said and "juesuan" not in said


# ── Debian ──────────────────────────────────────────────────────────────────────────────────────────────────────────
LISTING = """
a.so:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libX11.so.6
  NEEDED               libz.so.1
  NEEDED               libc.so.6
  SONAME               liba.so

Version References:
  required from libc.so.6:
    0x09691a75 0x00 04 GLIBC_2.2.5
    0x06969194 0x00 03 GLIBC_2.34
    0x06969189 0x00 02 GLIBC_2.9
"""


def test_a_listing_is_understood() -> None:
    found = elf.parse(LISTING)
    assert found == elf.Needs(frozenset({"libX11.so.6", "libz.so.1", "libc.so.6"}), (2, 34))
    assert elf.parse("") == elf.Needs(frozenset(), (0, 0))


def test_dependencies_follow_from_what_the_files_ask_for() -> None:
    found = {
        Path("a.so"): elf.Needs(frozenset({"libX11.so.6", "libours.so.1", "libc.so.6"}), (2, 28)),
        Path("libours.so.1"): elf.Needs(frozenset({"libz.so.1", "libm.so.6"}), (2, 9)),
        Path("libqgtk3.so"): elf.Needs(frozenset({"libgtk-3.so.0"}), (2, 4)),
    }
    assert debian.depends(found) == ["libc6 (>= 2.28)", "fontconfig", "libx11-6", "zlib1g"]


def test_a_library_of_no_known_package_stops_the_build() -> None:
    with pytest.raises(BootstrapError, match=r"b\.so 需要 libnew\.so\.1"):
        debian.depends({Path("b.so"): elf.Needs(frozenset({"libnew.so.1"}), (2, 4))})


def test_the_tree_of_the_package(tmp_path: Path) -> None:
    folder, pictures, tree = tmp_path / "folder", tmp_path / "icons", tmp_path / "tree"
    (folder / "_internal").mkdir(parents=True)
    (folder / "juesuan").write_text("program")
    (folder / "juesuan").chmod(0o700)
    (folder / "_internal" / "data").write_text("data")
    (folder / "_internal" / "data").chmod(0o600)
    (folder / "_internal" / "link").symlink_to("data")
    pictures.mkdir()
    for name in ("app-48.png", "report-48.png"):
        (pictures / name).write_bytes(b"")
    debian.lay_out(ROOT, folder, pictures, tree)
    debian.settle_modes(tree)
    modes = {str(p.relative_to(tree)): stat.S_IMODE(p.lstat().st_mode) for p in tree.rglob("*") if not p.is_symlink()}
    assert modes["usr/lib/juesuan/juesuan"] == 0o755
    assert modes["usr/lib/juesuan/_internal/data"] == 0o644
    assert modes["usr/lib"] == 0o755
    assert (tree / "usr/bin/juesuan").resolve() == (tree / "usr/lib/juesuan/juesuan").resolve()
    assert (tree / "usr/lib/juesuan/_internal/link").is_symlink()
    hicolor = tree / "usr/share/icons/hicolor"
    assert (hicolor / "48x48/apps/juesuan.png").exists() and (hicolor / "scalable/apps/juesuan.svg").exists()
    assert (hicolor / "48x48/mimetypes/application-x-juesuan.png").exists()
    assert (tree / "usr/share/doc/juesuan/copyright").read_text("utf-8").lstrip().startswith("Apache License")


def test_the_file_type_is_that_of_the_report_file() -> None:
    names = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    kind = etree.parse(debian.LINUX / "juesuan.xml").find("m:mime-type", names)
    assert kind is not None
    header = kind.find("m:magic/m:match", names)
    inner = kind.find("m:magic/m:match/m:match", names)
    glob = kind.find("m:glob", names)
    assert header is not None and inner is not None and glob is not None
    assert header.get("value") == "SQLite format 3"
    assert (inner.get("type"), inner.get("offset")) == ("big32", "68")
    assert int(str(inner.get("value")), 16) == APPLICATION_ID
    assert glob.get("pattern") == "*.juesuan"


def test_the_desktop_entry_opens_reports() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read(debian.LINUX / "juesuan.desktop", "utf-8")
    entry = parser["Desktop Entry"]
    assert entry["Exec"] == "juesuan %f" and entry["Icon"] == "juesuan"
    assert entry["MimeType"] == "application/x-juesuan;" and entry["Name[zh_CN]"] == "决算公开编制"
    if tool := shutil.which("desktop-file-validate"):
        assert subprocess.run([tool, debian.LINUX / "juesuan.desktop"], check=False).returncode == 0


def test_no_dependency_is_named_twice() -> None:
    assert set(debian.OTHER_LIBRARIES) & set(system.QT_LIBRARIES) == set()


# ── Windows ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_icon_for_windows_holds_all_sizes(tmp_path: Path) -> None:
    png = {size: b"\x89PNG\r\n\x1a\n" + bytes(8) + size.to_bytes(4, "big") * 2 + b"x" * size for size in (16, 256)}
    data = icons.windows_icon(list(png.values()))
    assert data[:6] == b"\0\0\1\0\2\0"
    for number, (size, picture) in enumerate(png.items()):
        entry = data[6 + 16 * number : 22 + 16 * number]
        offset, length = int.from_bytes(entry[12:16], "little"), int.from_bytes(entry[8:12], "little")
        assert entry[0] == entry[1] == size % 256
        assert data[offset : offset + length] == picture


@pytest.fixture
def windows_folder(tmp_path: Path) -> Path:
    """Return a folder that looks like a build for Windows."""
    folder = tmp_path / "程序"
    (folder / "_internal").mkdir(parents=True)
    for name in ("juesuan.exe", "juesuan-cli.exe", "_internal/base_library.zip"):
        (folder / name).write_bytes(b"MZ" + name.encode())
    return folder


def test_the_windows_installer_compiles_without_a_warning(windows_folder: Path, tmp_path: Path) -> None:
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed (apt-get install nsis)")
    (tmp_path / "app.ico").write_bytes(icons.windows_icon([_png()]))
    (tmp_path / "report.ico").write_bytes(icons.windows_icon([_png()]))
    (tmp_path / "side.bmp").write_bytes(_bmp())
    made = windows.build(ROOT, windows_folder, tmp_path / "out", tmp_path)
    assert made.name == f"juesuan-{__version__}-setup.exe"
    assert made.read_bytes()[:2] == b"MZ"


def _png() -> bytes:
    """Return a transparent picture of 16 pixels, made without Qt."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + bytes(16 * 4) for _ in range(16)))
    head = struct.pack(">IIBBBBB", 16, 16, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _bmp() -> bytes:
    """Return a picture of one pixel in the format of Windows."""
    pixels = bytes(4)
    head = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, len(pixels), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + head + pixels


def test_a_build_for_another_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BootstrapError, match="只能在 Windows 上制作"):
        windows.build(ROOT, tmp_path, tmp_path, tmp_path)


def test_a_missing_compiler_is_told(windows_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows.shutil, "which", lambda name: None)
    for name in ("ProgramFiles", "ProgramFiles(x86)"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BootstrapError, match="缺少 NSIS"):
        windows.build(ROOT, windows_folder, tmp_path, tmp_path)


def test_the_windows_script_keeps_its_promises() -> None:
    script = windows.SCRIPT.read_text("utf-8")
    code = [line.strip() for line in script.splitlines() if line.strip() and not line.strip().startswith(";")]
    assert "RequestExecutionLevel user" in code  # no administrator
    assert not [line for line in code if line.startswith(("WriteReg", "DeleteReg")) and "HKCU" not in line]
    removed = [line for line in code if line.startswith(("RMDir", "Delete "))]
    ours = ("$INSTDIR", "$SMPROGRAMS\\${NAME}.lnk", "$DESKTOP\\${NAME}.lnk")
    assert removed and all(any(place in line for place in ours) for line in removed)
    # Whole folders only where nobody else keeps anything.
    assert {line.split(";")[0].strip() for line in removed if "/r" in line} == {'RMDir /r "$INSTDIR\\_internal"'}


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("asked", "steps"),
    [
        (set(), ["folder"]),
        ({"onefile"}, ["single"]),
        ({"deb"}, ["folder", "deb"]),
        ({"setup"}, ["folder", "setup"]),
        ({"onefile", "deb"}, ["folder", "single", "deb"]),
    ],
)
def test_what_is_asked_for_is_made(
    asked: set[str],
    steps: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made: list[str] = []

    def step(name: str) -> Path:
        made.append(name)
        (tmp_path / name).write_bytes(bytes(2_000_000))
        return tmp_path / name

    def freeze(*_: object, folder: bool, single: bool) -> list[Path]:
        return [step(name) for name, wanted in (("folder", folder), ("single", single)) if wanted]

    monkeypatch.setattr(freezing, "freeze", freeze)
    monkeypatch.setattr(debian, "build", lambda *_: step("deb"))
    monkeypatch.setattr(windows, "build", lambda *_: step("setup"))
    options = {name: name in asked for name in ("onefile", "deb", "setup")}
    assert command.make(ROOT, Path("python"), tmp_path, **options) == 0
    assert made == steps
    said = capsys.readouterr().out.splitlines()
    assert said == [f"完成：{tmp_path / name}（2 MB）" for name in steps]


def test_the_version_is_stated_once() -> None:
    assert freezing.version(ROOT) == __version__
