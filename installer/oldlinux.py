"""Linux with an older C library than the locked Qt needs: which machines that are, and which Qt they get."""

from __future__ import annotations

import platform
import re
import sys
from pathlib import Path

LOCK = "requirements-old-linux.txt"
#: Machine → the oldest C library that the Qt of the lock files runs on.
GLIBC = {"x86_64": (2, 34), "aarch64": (2, 39)}
_ENTRY = re.compile(r"^(?=[A-Za-z0-9])", re.MULTILINE)


def is_old(machine: str, c_library: tuple[str, str]) -> bool:
    """Tell whether a machine with that C library, such as ("glibc", "2.31"), needs the older Qt."""
    name, version = c_library
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if name != "glibc" or numbers is None:
        return False
    return (int(numbers[1]), int(numbers[2])) < GLIBC.get(machine, (0, 0))


def here() -> bool:
    """Tell whether this machine needs the older Qt."""
    return sys.platform.startswith("linux") and is_old(platform.machine(), platform.libc_ver())


def overlaid(lock: str, overlay: str) -> str:
    """Return the text of a lock file with the overlay's entries in place of those of the same names."""
    instead = {_name(entry) for entry in _ENTRY.split(overlay)[1:]}
    head, *entries = _ENTRY.split(lock)
    return head + "".join(entry for entry in entries if _name(entry) not in instead) + overlay


def lock_here(lock: Path, folder: Path) -> Path:
    """Return the lock file to install from: the given one, or on an old Linux one made from it in the folder."""
    if not here():
        return lock
    made = folder / lock.name
    made.write_text(overlaid(lock.read_text("utf-8"), lock.with_name(LOCK).read_text("utf-8")), "utf-8")
    return made


def _name(entry: str) -> str:
    return entry.split("==")[0].strip().lower().replace("_", "-")
