"""Set up, start and test the program on a machine that has nothing but Python.

    python3 installer/bootstrap.py run      open the window on the bundled sample
    python3 installer/bootstrap.py test     run every check and test
    python3 installer/bootstrap.py setup    only set up
    python3 installer/bootstrap.py wheels   collect the locked wheels for an office without internet
    python3 installer/bootstrap.py package  build the program for people without Python

This file keeps to syntax that Python 3.7 understands, so that an old interpreter gets a sentence instead of a
traceback; everything else lies in the modules beside it and needs the minimum below.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Iterable

MINIMUM = (3, 11)
NEWEST_KNOWN = 14
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def candidate_commands() -> list[list[str]]:
    """Return the commands under which a newer Python usually answers, newest first."""
    minors = range(NEWEST_KNOWN, MINIMUM[1] - 1, -1)
    named = [[f"python3.{minor}"] for minor in minors]
    launcher = [["py", f"-3.{minor}"] for minor in minors] if os.name == "nt" else []
    return named + launcher


def is_new_enough(command: list[str]) -> bool:
    """Say whether the command is on PATH and really starts a Python of at least the minimum version."""
    if shutil.which(command[0]) is None:
        return False
    probe = f"import sys; sys.exit(0 if sys.version_info[:2] >= {MINIMUM!r} else 1)"
    try:
        done = subprocess.run([*command, "-c", probe], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find_newer(commands: Iterable[list[str]]) -> list[str] | None:
    """Return the first command that starts a Python new enough, or None."""
    return next((command for command in commands if is_new_enough(command)), None)


def hand_over(arguments: list[str]) -> int:
    """Run this file again under a newer Python; explain what to install when there is none."""
    have = ".".join(str(part) for part in sys.version_info[:2])
    need = ".".join(str(part) for part in MINIMUM)
    newer = find_newer(candidate_commands())
    if newer is None:
        print(f"本程序需要 Python {need} 或更新版本，这里是 {have}；请从 python.org 安装新版本后再运行。")
        return 2
    print(f"这里的 Python 是 {have}，改用 {' '.join(newer)}。", flush=True)
    return subprocess.call([*newer, os.path.abspath(__file__), *arguments])


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    if sys.version_info[:2] < MINIMUM:
        return hand_over(arguments)
    if ROOT not in sys.path:
        sys.path.insert(0, ROOT)
    from installer import commands

    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
