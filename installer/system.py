"""What the program needs from the operating system: shared libraries, a Chinese font, an X server for the tests.

On Debian and its relatives root gets what is missing installed; everybody else is told what to install and how.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from installer.console import say

# Shared library -> Debian package, from the NEEDED entries of QtCore, QtGui, QtPdf, QtPrintSupport and the xcb and
# wayland platform plugins of the PySide6 wheels, as far as the wheels do not carry the library themselves.
QT_LIBRARIES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libcups.so.2": "libcups2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
FONT_PACKAGES = ("fontconfig", "fonts-noto-cjk")
# What making a package needs.
PACKAGE_TOOLS: Mapping[str, tuple[str, ...]] = {"objdump": ("binutils",)}
# What the tests use where it is there: a display, the kernel's account of what a process does, clean roots for
# packages, and what makes packages.
TEST_TOOLS: Mapping[str, tuple[str, ...]] = {
    "Xvfb": ("xvfb", "xauth"),
    "strace": ("strace",),
    "mmdebstrap": ("mmdebstrap",),
    "makensis": ("nsis",),
    **PACKAGE_TOOLS,
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
FONT_HINTS = ("cjk", "wqy", "uming", "ukai", "droidsansfallback", "simsun", "simhei", "fangsong", "sourcehan")


def missing_libraries(known: str) -> dict[str, str]:
    """Return library -> package of what the listing of `ldconfig -p` lacks."""
    present = {line.split()[0] for line in known.splitlines() if line.startswith(("\t", " ")) and line.strip()}
    return {library: package for library, package in QT_LIBRARIES.items() if library not in present}


def is_debian(os_release: str) -> bool:
    """Say whether this text of /etc/os-release names Debian or a relative of it."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    words = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', " ").split()
    return "debian" in words or "ubuntu" in words


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Say whether a window can be shown; outside Linux there always is a desktop."""
    if not platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def has_chinese_font() -> bool:
    """Say whether fontconfig, or failing that the font folders, know a font with Chinese characters."""
    if shutil.which("fc-list"):
        return bool(_output(["fc-list", ":lang=zh-cn", "family"]).strip())
    files = (file.name.lower() for folder in FONT_FOLDERS for file in Path(folder).rglob("*.[to]t[fc]"))
    return any(hint in name for name in files for hint in FONT_HINTS)


def prepare(*, tests: bool) -> None:
    """Provide the system's part, or say what is missing; never stops the set-up.

    Args:
        tests: also the tools that the tests use.
    """
    if not sys.platform.startswith("linux"):
        return
    libraries = missing_libraries(_output([_tool("ldconfig"), "-p"]))
    packages = sorted(set(libraries.values()))
    if not has_chinese_font():
        packages += FONT_PACKAGES
    if tests:
        packages += [p for tool, needed in TEST_TOOLS.items() if not shutil.which(tool) for p in needed]
    if packages:
        provide(packages, libraries)


def provide(packages: list[str], libraries: Iterable[str]) -> None:
    """Install Debian packages as root; otherwise say which are missing and go on."""
    if not _on_debian():
        names = "、".join([*libraries, *(p for p in packages if p not in QT_LIBRARIES.values())])
        say(f"系统缺少 {names}，窗口可能打不开；请用系统的软件管理器安装后再运行。")
    elif os.geteuid() != 0:
        say(f"系统缺少一些组件，窗口可能打不开；请管理员运行：apt-get install -y {' '.join(packages)}")
    elif not apt_install(packages):
        say(f"系统组件没有装全，先继续；请检查网络后运行：apt-get install -y {' '.join(packages)}")


def apt_install(packages: list[str], run: Callable[[list[str]], bool] | None = None) -> bool:
    """Install packages with apt-get as root; True when all are in place.

    The package lists of a fresh machine are empty or old, so they are fetched first.
    """
    run = run or _apt
    say(f"正在安装系统组件：{' '.join(packages)} ……")
    run(["update"])  # one broken source among several must not stop the rest
    return run(["install", "-y", "--no-install-recommends", *packages])


def install_venv_support() -> None:
    """On Debian as root install the package that lets this Python make virtual environments."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not _on_debian() or os.geteuid() != 0:
        say(f"这个 Python 缺少 venv 模块；Debian 上请管理员运行：apt-get install -y {package}")
    elif not apt_install([package]):
        say(f"{package} 没有装上；请检查网络和软件源。")


def _on_debian() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and is_debian(release.read_text("utf-8", "replace")) and shutil.which("apt-get") is not None


def _apt(arguments: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *arguments]
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0


def _tool(name: str) -> str:
    """Find an administrator's tool; ordinary users often lack /sbin on their PATH."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin") or name


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False).stdout
    except OSError:
        return ""
