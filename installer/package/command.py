"""The command `package` of bootstrap.py."""

from __future__ import annotations

from pathlib import Path

from installer.console import say
from installer.package import debian, freezing, windows


def make(root: Path, python: Path, out: Path, *, onefile: bool, deb: bool, setup: bool) -> int:
    """Build what is asked for, the one folder when nothing is, say where it lies, and return 0.

    Raises:
        BootstrapError: something could not be built.
    """
    out, work = out.resolve(), root / "build" / "package"
    made = freezing.freeze(root, python, out, work, folder=deb or setup or not onefile, single=onefile)
    if deb:
        made.append(debian.build(root, python, made[0], out, work))
    if setup:
        made.append(windows.build(root, made[0], out, work / "icons"))
    for path in made:
        say(f"完成：{path}（{megabytes(path)} MB）")
    return 0


def megabytes(path: Path) -> int:
    """Return the size of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return round(sum(file.lstat().st_size for file in files if not file.is_dir()) / 1e6)
