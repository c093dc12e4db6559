"""What goes into a package: decided entry by entry of what PyInstaller proposes.

PyInstaller proposes every plugin of Qt with all that those plugins need, and the libraries of the machine it runs on.
We keep what the program uses, and of the machine's libraries only those that other machines often lack.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

#: (name inside the package, file it comes from, kind), as PyInstaller keeps them.
Entry = tuple[str, str, str]

#: Qt's libraries, and the modules of PySide6 of the same names: imported by the program, or needed by those.
QT_MODULES = frozenset(
    {"Core", "Gui", "Widgets", "PrintSupport", "Svg", "Pdf", "PdfWidgets", "Network", "DBus", "XcbQpa", "WaylandClient"}
)
QT_BINDINGS = frozenset({"QtCore", "QtGui", "QtWidgets", "QtPrintSupport", "QtSvg", "QtPdf", "QtPdfWidgets"})
#: Qt's plugins by group, without "lib" and suffix.
QT_PLUGINS: dict[str, frozenset[str]] = {
    "platforms": frozenset({"qxcb", "qwayland", "qoffscreen", "qwindows"}),
    "platforminputcontexts": frozenset({"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"}),
    "platformthemes": frozenset({"qgtk3", "qxdgdesktopportal"}),
    "iconengines": frozenset({"qsvgicon"}),
    "imageformats": frozenset({"qgif", "qico", "qjpeg", "qsvg"}),
    "printsupport": frozenset({"cupsprintersupport"}),
    "wayland-shell-integration": frozenset({"xdg-shell"}),
    "wayland-decoration-client": frozenset({"adwaita", "bradient"}),
}
TRANSLATIONS = frozenset({"qtbase_zh_CN.qm"})

#: Libraries of the build machine that go along: another version or none may be on the target. Everything else of
#: the machine (graphics, fonts, C and C++ run time) has to be the target's own, or its drivers would not fit.
CARRIED = re.compile(
    r"lib(python3\.\d+|crypto|ffi|sqlite3|xkbcommon|xkbcommon-x11|xcb-(cursor|icccm|image|keysyms|render-util|util|xkb))"
    r"\.so[\d.]*"
)

#: Python modules that are only asked for by parts of libraries the program does not use, or by tools.
EXCLUDED_MODULES = (
    "PIL",
    "PySide6.QtNetwork",
    "_pytest",
    "charset_normalizer",
    "doctest",
    "ensurepip",
    "hypothesis",
    "idlelib",
    "lib2to3",
    "lxml.isoschematron",
    "lxml.objectify",
    "numpy.f2py",
    "numpy.testing",
    "pdb",
    "pip",
    "pydoc",
    "pytest",
    "readline",
    "setuptools",
    "ssl",
    "tkinter",
    "turtle",
    "xmlrpc",
)

_QT_LIBRARY = re.compile(r"(?:lib)?Qt6(?P<name>[A-Za-z0-9]+)(?:\.so[\d.]*|\.dll)")
_BINDING = re.compile(r"(?P<name>Qt[A-Za-z0-9]+)(?:\.abi3)?\.(?:so|pyd)")
#: Libraries that carry symbols for debuggers, and work without.
_WITH_SYMBOLS = re.compile(r"libpython3.*\.so|sqlcipher3/_sqlite3.*\.so")
_MACHINE_FOLDERS = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/usr/local/lib/")
_SOFTWARE_OPENGL = frozenset({"opengl32sw.dll", "d3dcompiler_47.dll"})


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that belong into the package, in their order."""
    return [entry for entry in entries if belongs(entry)]


def belongs(entry: Entry) -> bool:
    """Tell whether one proposed entry belongs into the package."""
    place = PurePosixPath(entry[0].replace("\\", "/"))
    if "plugins" in place.parts and "PySide6" in place.parts:
        return _stem(place.name) in QT_PLUGINS.get(place.parent.name, frozenset())
    if "translations" in place.parts and "PySide6" in place.parts:
        return place.name in TRANSLATIONS
    if match := _QT_LIBRARY.fullmatch(place.name):
        return match["name"] in QT_MODULES
    if place.parent.name == "PySide6" and (match := _BINDING.fullmatch(place.name)):
        return match["name"] in QT_BINDINGS
    if place.name in _SOFTWARE_OPENGL:
        return False
    return not _is_machines_own(entry) or CARRIED.fullmatch(place.name) is not None


def lightened(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Return the entries with copies of Python's library and of SQLCipher without symbols for debuggers.

    That leaves a fifth and two fifths of their sizes. Only those: some libraries of wheels break when stripped.
    """
    strip = shutil.which("strip")
    result = []
    for name, source, kind in entries:
        if strip and _WITH_SYMBOLS.match(name):
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
            subprocess.run([strip, "--strip-unneeded", copy], check=True)
            source = str(copy)
        result.append((name, source, kind))
    return result


def _stem(name: str) -> str:
    return name.removeprefix("lib").split(".")[0]


def _is_machines_own(entry: Entry) -> bool:
    """Tell whether the entry is a library of the build machine rather than of Python or of a wheel."""
    name, source, kind = entry
    return kind == "BINARY" and "/" not in name and source.startswith(_MACHINE_FOLDERS)
