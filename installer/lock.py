"""Renew the lock files from pyproject.toml, for developers with network: python3 installer/lock.py [--upgrade]

The lock files serve every supported system and Python at once (environment markers), and hold a hash for each file.
Needs `uv` on PATH; the set-up itself never does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
OLD_LINUX = "requirements-old-linux.txt"
LOCKS: dict[str, tuple[str, ...]] = {
    "requirements.txt": ("build",),
    "requirements-dev.txt": ("build", "dev", "package"),
    OLD_LINUX: (),
}


def command(name: str, upgrade: bool) -> list[str]:
    """Return the uv command that writes the lock file of that name."""
    source = "installer/old-linux.in" if name == OLD_LINUX else "pyproject.toml"
    words = ["uv", "pip", "compile", source, "--universal", "--python-version", "3.11", "--generate-hashes"]
    words += ["--no-config", "--quiet", "--no-emit-index-url", "--no-emit-find-links"]
    words += ["--default-index", "https://pypi.org/simple"]
    words += ["--custom-compile-command", "python3 installer/lock.py"]
    words += [word for extra in LOCKS[name] for word in ("--extra", extra)]
    words += ["--output-file", f"installer/{name}"]
    if name != OLD_LINUX:
        words += ["--constraints", "installer/constraints.txt"]
    if name == "requirements-dev.txt":
        words += ["--constraints", "installer/requirements.txt"]  # what is tested is what is shipped
    return [*words, "--upgrade"] if upgrade else words


def main(arguments: list[str]) -> int:
    """Write all lock files; the exit code of the first failure, or 0."""
    if shutil.which("uv") is None:
        print("更新锁定文件需要 uv：请先运行 pip install uv。")
        return 2
    # A machine's own package index must not decide what is locked.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("UV_")}
    for name in LOCKS:
        done = subprocess.run(command(name, "--upgrade" in arguments), cwd=FOLDER.parent, env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
