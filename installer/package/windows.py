"""Makes the set-up program for Windows from the one-folder build, with NSIS.

The folder has to be built on Windows (PyInstaller freezes only for the system it runs on); the script itself compiles
wherever makensis is. Nothing of it has been run on Windows; under Wine, with stand-ins for the programs, installing,
installing again, and removing did what they should.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from installer.console import BootstrapError, call, say
from installer.package import freezing

SCRIPT = Path(__file__).parent / "windows" / "juesuan.nsi"


def find_makensis() -> Path:
    """Return NSIS's compiler.

    Raises:
        BootstrapError: it is not installed.
    """
    folders = [os.environ[name] for name in ("ProgramFiles(x86)", "ProgramFiles") if name in os.environ]
    places = [shutil.which("makensis"), *(str(Path(folder, "NSIS", "makensis.exe")) for folder in folders)]
    for place in places:
        if place and Path(place).is_file():
            return Path(place)
    raise BootstrapError("缺少 NSIS；请从 nsis.sourceforge.io 安装后再运行。")


def build(root: Path, folder: Path, out: Path, icons: Path) -> Path:
    """Compile the set-up program and return it.

    Args:
        root: the checkout.
        folder: the one-folder build, with juesuan.exe in it.
        out: where the set-up program goes.
        icons: the folder that holds app.ico, report.ico and side.bmp.

    Raises:
        BootstrapError: NSIS is missing or failed, or the folder is not a build for Windows.
    """
    if not (folder / "juesuan.exe").is_file():
        raise BootstrapError("Windows 安装程序只能在 Windows 上制作：本机打包出来的不是 Windows 程序。")
    say("正在制作 Windows 安装程序 ……")
    version = freezing.version(root)
    out.mkdir(parents=True, exist_ok=True)
    package = out / f"juesuan-{version}-setup.exe"
    values = {
        "VERSION": version,
        "SOURCE": folder.resolve(),
        "ICON": (icons / "app.ico").resolve(),
        "SIDE": (icons / "side.bmp").resolve(),
        "REPORT_ICON": (icons / "report.ico").resolve(),
        "OUTPUT": package.resolve(),
        "KILOBYTES": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1024,
    }
    words: list[str | Path] = [find_makensis(), "-V2", "-WX", "-INPUTCHARSET", "UTF8"]
    if call([*words, *(f"-D{name}={value}" for name, value in values.items()), SCRIPT], cwd=root) != 0:
        raise BootstrapError("Windows 安装程序没有做成；原因见上面的英文信息。")
    return package
