"""What programs and libraries on Linux ask for: other libraries, and a version of the C library."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from installer.console import BootstrapError

_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)$", re.MULTILINE)
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Needs:
    """What one file asks for.

    Attributes:
        libraries: names such as "libz.so.1".
        glibc: the oldest version of the C library that serves, (0, 0) when any does.
    """

    libraries: frozenset[str]
    glibc: tuple[int, int]


def elf_files(folder: Path) -> Iterator[Path]:
    """Yield the programs and libraries in a folder and its subfolders; links are left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def parse(listing: str) -> Needs:
    """Understand what `objdump -p` says of one file."""
    versions = [(int(major), int(minor)) for major, minor in _GLIBC.findall(listing)]
    return Needs(frozenset(_NEEDED.findall(listing)), max(versions, default=(0, 0)))


def needs(files: Iterable[Path]) -> dict[Path, Needs]:
    """Return what each file asks for.

    Raises:
        BootstrapError: objdump is missing or does not understand a file.
    """
    tool = shutil.which("objdump")
    if tool is None:
        raise BootstrapError("缺少 objdump；Debian 上请管理员运行：apt-get install -y binutils")
    found = {}
    for file in files:
        done = subprocess.run([tool, "-p", file], capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0:
            raise BootstrapError(f"objdump 读不懂 {file}：{done.stderr.strip()}")
        found[file] = parse(done.stdout)
    return found
