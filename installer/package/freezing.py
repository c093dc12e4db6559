"""Runs PyInstaller: the program with Python and all libraries as one folder or one file."""

from __future__ import annotations

import platform
import sys
import tomllib
from pathlib import Path

from installer.console import BootstrapError, call, say

SPEC = Path(__file__).parent / "juesuan.spec"
#: Hash seeds decide the order in some of what is frozen; a fixed one makes builds comparable.
_ENVIRONMENT = {"PYTHONHASHSEED": "1"}


def version(root: Path) -> str:
    """Return the program's version, such as "0.1.0"."""
    return str(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def single_name(root: Path) -> str:
    """Return the file name of the program as one file, such as "juesuan-0.1.0-x86_64"."""
    suffix = ".exe" if sys.platform == "win32" else ""
    return f"juesuan-{version(root)}-{platform.machine().lower()}{suffix}"


def draw_icons(root: Path, python: Path, folder: Path) -> Path:
    """Draw the icons in all sizes into the folder and return it.

    Raises:
        BootstrapError: Qt could not draw.
    """
    if call([python, "-m", "installer.package.icons", folder.resolve()], cwd=root) != 0:
        raise BootstrapError("没有画出程序图标；原因见上面的英文信息。")
    return folder


def freeze(root: Path, python: Path, out: Path, work: Path, *, folder: bool = True, single: bool = False) -> list[Path]:
    """Build the program and return what was made: the folder `out`/juesuan, then the one file in `out`.

    Args:
        root: the checkout.
        python: an interpreter that has the locked packages, PyInstaller among them.
        out: where the results go; earlier ones of the same name are replaced.
        work: a folder for what arises on the way; kept, so that the next build is quicker.
        folder: as one folder.
        single: as one file, which unpacks itself at every start.

    Raises:
        BootstrapError: PyInstaller failed; its own message is on the console above.
    """
    say("正在打包 ……")
    icon = draw_icons(root, python, work / "icons") / "app.ico"
    name = single_name(root)
    words: list[str | Path] = [python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    words += ["--distpath", out, "--workpath", work, SPEC]
    if call(
        [*words, "--", icon.resolve(), name if single else "", "folder" if folder else ""], cwd=root, extra=_ENVIRONMENT
    ):
        raise BootstrapError("没有打包成功；原因见上面的英文信息。")
    return [out / "juesuan"] * folder + [out / name] * single
