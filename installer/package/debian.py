"""Makes the Debian package from the one-folder build: for the architecture it runs on, amd64 or arm64.

Nothing runs when it is installed or removed: menus, file types and icons are refreshed by the triggers of the packages
that keep them, and reports, settings and backups of users are never touched.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from installer import system
from installer.console import BootstrapError, call, say
from installer.package import elf, freezing

LINUX = Path(__file__).parent / "linux"
HOME = Path("usr/lib/juesuan")
#: Libraries beyond those that Qt asks for, as in `system.QT_LIBRARIES`.
OTHER_LIBRARIES: Mapping[str, str] = {
    "libatomic.so.1": "libatomic1",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libbz2.so.1.0": "libbz2-1.0",
    "libexpat.so.1": "libexpat1",
    "libgcc_s.so.1": "libgcc-s1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "liblzma.so.5": "liblzma5",
    "libstdc++.so.6": "libstdc++6",
    "libuuid.so.1": "libuuid1",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
_C_LIBRARY = ("libc.so.", "libm.so.", "libdl.so.", "libpthread.so.", "librt.so.", "libutil.so.", "libresolv.so.", "ld-")
#: Parts that only load where their desktop is installed, and are done without elsewhere.
OPTIONAL = ("libqgtk3.so", "libqwayland.so", "libQt6WaylandClient.so.6")
OPTIONAL_FOLDERS = ("wayland-shell-integration", "wayland-decoration-client")

CONTROL = """Package: juesuan
Version: {version}
Section: misc
Priority: optional
Architecture: {architecture}
Maintainer: Juesuan developers <juesuan@invalid>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Description: prepare and check the yearly final accounts of a department
 部门决算公开编制：九张公开表的填报、实时校验、文字说明，导出 Word、PDF、Excel。
 .
 Fills in the official forms of 部门决算公开 with live checks of every
 relation, writes and checks the narrative, and exports the finished report.
 Works offline; Python and Qt are included.
"""
# One of the fonts; offices have their own, so that a package that could not be fetched is no reason to refuse.
RECOMMENDED = ("fonts-noto-cjk | fonts-wqy-zenhei | fonts-wqy-microhei", "shared-mime-info", "desktop-file-utils")


def build(root: Path, python: Path, folder: Path, out: Path, work: Path, *, quick: bool = False) -> Path:
    """Make the package and return it.

    Args:
        root: the checkout.
        python: the interpreter of the program's environment, which draws the icons.
        folder: the one-folder build.
        out: where the package goes.
        work: a folder for what arises on the way.
        quick: compress little; for tests.

    Raises:
        BootstrapError: something is missing or dpkg-deb failed.
    """
    if shutil.which("dpkg-deb") is None:
        raise BootstrapError("缺少 dpkg-deb；deb 安装包只能在 Debian、Ubuntu 及其衍生系统上制作。")
    say("正在制作 deb 安装包 ……")
    tree = work / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    icons = freezing.draw_icons(root, python, work / "icons")
    lay_out(root, folder, icons, tree)
    version, architecture = freezing.version(root), machine_architecture()
    control = CONTROL.format(
        version=version,
        architecture=architecture,
        kilobytes=sum(path.lstat().st_size for path in tree.rglob("*")) // 1024,
        depends=", ".join(depends(elf.needs(elf.elf_files(tree / HOME)))),
        recommends=", ".join(RECOMMENDED),
    )
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(control, "utf-8")
    settle_modes(tree)
    package = out / f"juesuan_{version}_{architecture}.deb"
    out.mkdir(parents=True, exist_ok=True)
    # Older systems of this family do not know newer ways of compressing than xz.
    packing = ["-Zgzip", "-z1"] if quick else ["-Zxz"]
    if call(["dpkg-deb", "--root-owner-group", *packing, "--build", tree, package], cwd=root) != 0:
        raise BootstrapError("deb 安装包没有做成；原因见上面的英文信息。")
    shutil.rmtree(tree)
    return package


def lay_out(root: Path, folder: Path, icons: Path, tree: Path) -> None:
    """Put every file to its place below the tree, which stands for the root of the target."""
    shutil.copytree(folder, tree / HOME, symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/juesuan").symlink_to("../lib/juesuan/juesuan")
    hicolor = Path("usr/share/icons/hicolor")
    places: dict[Path, Path] = {
        Path("usr/share/applications/juesuan.desktop"): LINUX / "juesuan.desktop",
        Path("usr/share/mime/packages/juesuan.xml"): LINUX / "juesuan.xml",
        Path("usr/share/doc/juesuan/copyright"): root / "LICENSE",
        hicolor / "scalable/apps/juesuan.svg": root / "resources/icons/app.svg",
        hicolor / "scalable/mimetypes/application-x-juesuan.svg": LINUX.parent / "report.svg",
    }
    for picture in icons.glob("*.png"):
        kind, size = picture.stem.split("-")
        name = "apps/juesuan.png" if kind == "app" else "mimetypes/application-x-juesuan.png"
        places[hicolor / f"{size}x{size}" / name] = picture
    for place, source in places.items():
        target = tree / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    changes = tree / "usr/share/doc/juesuan/changelog.gz"
    changes.write_bytes(gzip.compress((root / "CHANGELOG.md").read_bytes(), mtime=0))


def depends(found: Mapping[Path, elf.Needs]) -> list[str]:
    """Return the packages that the files of the one-folder build ask for and do not bring along.

    Raises:
        BootstrapError: a file asks for a library of which nobody has said which package has it.
    """
    known = {**system.QT_LIBRARIES, **OTHER_LIBRARIES}
    brought = {path.name for path in found}
    packages: set[str] = set()
    for path, needs in found.items():
        if path.name in OPTIONAL or path.parent.name in OPTIONAL_FOLDERS:
            continue
        for library in needs.libraries - brought:
            if library.startswith(_C_LIBRARY):
                continue
            if library not in known:
                raise BootstrapError(f"{path.name} 需要 {library}，installer/package/debian.py 里没有写明它的软件包。")
            packages.add(known[library])
    major, minor = max((needs.glibc for needs in found.values()), default=(0, 0))
    return [f"libc6 (>= {major}.{minor})", "fontconfig", *sorted(packages)]


def machine_architecture() -> str:
    """Return Debian's name of this machine's architecture, such as "amd64"."""
    done = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def settle_modes(tree: Path) -> None:
    """Make everything readable for all and writable for its owner alone, whatever this user's habits are."""
    for path in tree.rglob("*"):
        if path.is_symlink():
            continue
        runs = path.is_dir() or os.access(path, os.X_OK)
        path.chmod(0o755 if runs else 0o644)
    tree.chmod(0o755)
