"""A freshly made Debian without Python in a folder, in which packages are installed and programs run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

#: Where programs in the root keep the user's files.
HOME = "/home/user"
_MIRROR = "http://deb.debian.org/debian"


@dataclass(frozen=True, slots=True)
class CleanRoot:
    """The root, as a folder of this machine."""

    folder: Path

    @property
    def home(self) -> Path:
        """The user's folder, as this machine sees it."""
        return self.folder / HOME.lstrip("/")

    def run(self, *words: str, cwd: str = HOME, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program in the root and return what it said; its language is none, as on a plain server."""
        inside = ["chroot", str(self.folder), "sh", "-c", 'cd "$0" && exec "$@"', cwd, *words]
        done = subprocess.run(
            inside, env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
        )
        if check and done.returncode != 0:
            pytest.fail(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def environment(self) -> dict[str, str]:
        """Return the variables of programs in the root: none of this machine's."""
        return {"HOME": HOME, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}


def make(folder: Path) -> CleanRoot:
    """Make the root, or skip the test saying what is missing on this machine."""
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text("utf-8").splitlines() if "=" in line
    )
    if release.get("ID", "").strip('"') != "debian" or os.geteuid() != 0 or shutil.which("mmdebstrap") is None:
        pytest.skip("a clean root needs Debian, root, and mmdebstrap (apt-get install mmdebstrap)")
    suite = release["VERSION_CODENAME"].strip('"')
    words = ["mmdebstrap", "--quiet", "--variant=apt", "--skip=cleanup/apt/lists", suite, str(folder), _mirror(suite)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode != 0:
        pytest.skip(f"no clean root: mmdebstrap failed, is there no network? {done.stderr.strip()[-500:]}")
    resolver = folder / "etc/resolv.conf"
    shutil.copyfile("/etc/resolv.conf", resolver)
    root = CleanRoot(folder)
    root.home.mkdir(parents=True)
    return root


def _mirror(suite: str) -> str:
    """Return where this machine gets its packages of that suite from."""
    words = ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", "Created-By: Packages"]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    found = [line.split(" ", 1)[1] for line in done.stdout.splitlines() if line.startswith(f"{suite} ")]
    return next((address for address in found if "debian" in address), _MIRROR)


class Screen:
    """An X server that sees no network, and programs beside it that see none either."""

    def __init__(self, namespace: list[str], display: str) -> None:
        self._namespace = namespace
        self.display = display

    def start(self, words: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start a program of this machine; through chroot, one of a root."""
        return subprocess.Popen([*self._namespace, *words], env={**environment, "DISPLAY": self.display})

    def photograph(self, target: Path) -> None:
        """Write a picture of the whole screen."""
        program = (
            "import sys\nfrom PySide6.QtGui import QGuiApplication\napplication = QGuiApplication([])\n"
            "application.primaryScreen().grabWindow(0).save(sys.argv[1])"
        )
        words = [sys.executable, "-c", program, str(target)]
        assert self.start(words, {**os.environ, "QT_QPA_PLATFORM": "xcb"}).wait(60) == 0


@contextmanager
def screen() -> Iterator[Screen]:
    """Give a screen of 1440 × 900, or skip the test where Xvfb or namespaces of the network are missing."""
    if shutil.which("Xvfb") is None or shutil.which("nsenter") is None:
        pytest.skip("needs Xvfb and nsenter")
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody leave its network (unshare --net)")
    reading, writing = os.pipe()
    words = ["unshare", "--net", "Xvfb", "-displayfd", str(writing), "-screen", "0", "1440x900x24"]
    server = subprocess.Popen(words, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        yield Screen(["nsenter", f"--net=/proc/{server.pid}/ns/net"], f":{number}")
    finally:
        server.terminate()
        server.wait()
