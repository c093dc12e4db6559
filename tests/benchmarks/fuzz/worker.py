"""One process that feeds broken inputs to a target and watches what it may not do."""

from __future__ import annotations

import ctypes
import os
import random
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

from tests.benchmarks.fuzz.targets import TARGETS, Wrong

#: Seconds of computing time one input may take, and bytes the process may come to hold.
MOST_SECONDS = 10
MOST_MEMORY = 1_000_000_000
#: Characters of a traceback that are kept.
_LONGEST = 3000
_NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "urllib.Request")
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")


class Hang(Wrong):
    """An input took too long."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an input brought to light."""

    target: str
    number: int
    what: str


class Watch:
    """Notes opened sockets, started programs and files written outside the working folder."""

    def __init__(self) -> None:
        self.folder = ""
        self.seen: list[str] = []
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.folder:
            return
        if event in _NETWORK or event in _PROGRAMS:
            self.seen.append(f"{event} {arguments!r:.200}")
        elif event == "open" and isinstance(arguments[0], str) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            path = os.path.realpath(arguments[0])
            if not path.startswith(self.folder) and not path.startswith(("/dev/", "/proc/")):
                self.seen.append(f"wrote {path}")

    @contextmanager
    def over(self, folder: Path) -> Iterator[None]:
        """Watch while one input is fed; raise Wrong when something happened that may not."""
        self.folder, self.seen = str(folder.resolve()), []
        try:
            yield
        finally:
            self.folder = ""
        if self.seen:
            raise Wrong("; ".join(self.seen))


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise Hang(f"more than {MOST_SECONDS} s")


def run(name: str, seeds: list[bytes], first: int, until: float, at: Synchronized[int], out: Connection) -> None:
    """Feed inputs from a number on until a time (monotonic); send every Found, at the end (numbers fed, taken).

    ``at`` always holds the number being fed, so that the parent knows which one killed the process.
    """
    _die_with_parent()
    target = TARGETS[name]
    watch = Watch()
    signal.signal(signal.SIGPROF, _too_long)
    taken = number = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        folder = Path(scratch)
        os.environ["TMPDIR"] = tempfile.tempdir = scratch
        for number in range(first, first + 10**9):
            if monotonic() > until:
                break
            at.value = number
            data = target.make(seeds, random.Random(f"{name}{number}"))
            try:
                signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
                with watch.over(folder):
                    taken += target.feed(data, folder)
            except BaseException:
                signal.setitimer(signal.ITIMER_PROF, 0)
                out.send(Found(name, number, traceback.format_exc(limit=-6)[-_LONGEST:]))
            signal.setitimer(signal.ITIMER_PROF, 0)
            if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > MOST_MEMORY:
                out.send(Found(name, number, "more than 1 GB of memory"))
                number += 1
                break
    out.send((number - first, taken))
    out.close()
    os._exit(0)


def _die_with_parent() -> None:
    """Ask the kernel to end this process with the one that started it (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
