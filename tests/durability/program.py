"""The real program as a process of its own, with somebody at it: started, spoken to, listened to, killed."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.conftest import ROOT

#: Longer than this nothing may take, or the program hangs.
PATIENCE = 60.0
#: Variable that names a file with the days by which the program's clock is turned.
CLOCK = "JUESUAN_TEST_CLOCK"

Said = dict[str, Any]


class Program:
    """One run of the program on a file; ``heard`` is everything it has said so far, oldest first."""

    def __init__(
        self,
        path: Path,
        seed: int,
        home: Path,
        *,
        variables: dict[str, str] | None = None,
    ) -> None:
        """Start; ``home`` is the folder of its settings, ``variables`` go into its environment."""
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self._errors = (home / "stderr.txt").open("w+b")
        folders = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
        own = {"QT_QPA_PLATFORM": "offscreen", "PYTHONFAULTHANDLER": "1"}
        home.chmod(0o700)
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "tests.durability.user", str(path), str(seed)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **own, **{f: str(home) for f in folders}, **(variables or {})},
        )
        self.heard: list[Said] = []
        self._left = b""
        self._ended = False

    # ── listening ───────────────────────────────────────────────────────────────────────────────────────────────
    def listen(self, seconds: float) -> list[Said]:
        """Return what it says within so many seconds."""
        until, before = time.monotonic() + seconds, len(self.heard)
        while not self._ended and (left := until - time.monotonic()) > 0:
            self._read(left)
        return self.heard[before:]

    def wait_for(self, *what: str, seconds: float = PATIENCE) -> Said:
        """Return the next thing of a kind that it says; raises AssertionError when it does not come."""
        seen, until = len(self.heard), time.monotonic() + seconds
        while True:
            for said in self.heard[seen:]:
                seen += 1
                if said["what"] in what:
                    return said
            left = until - time.monotonic()
            if left <= 0:
                # Where it hangs is written to stderr.
                self.process.send_signal(signal.SIGABRT)
                self.process.wait()
            assert left > 0 and not self._ended, f"{what} did not come: {self.heard[-3:]} {self.errors()}"
            self._read(left)

    def _read(self, seconds: float) -> None:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                return
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        self._ended = not data
        # The last line may have been cut off by the kill: nobody was told then.
        *lines, self._left = (self._left + data).split(b"\n")
        self.heard += [json.loads(line) for line in lines]

    def saved(self) -> Said | None:
        """Return what was last told to be saved, or how the file was opened."""
        known = ("saved", "opened", "restored")
        return next((s for s in reversed(self.heard) if s["what"] in known and s["digest"] is not None), None)

    # ── speaking ────────────────────────────────────────────────────────────────────────────────────────────────
    def say(self, word: str) -> None:
        """Say a word to the one at the program."""
        assert self.process.stdin is not None
        self.process.stdin.write(word.encode() + b"\n")
        self.process.stdin.flush()

    def rest(self) -> None:
        """Have the editing stopped; everything that was done until then has been heard afterwards."""
        self.say("rest")
        self.wait_for("resting")

    def kill(self) -> None:
        """Kill it on the spot."""
        self.process.kill()
        self.process.wait()
        while not self._ended:
            self._read(PATIENCE)

    def close(self) -> None:
        """End it in good order."""
        self.say("close")
        self.wait_for("closed")
        assert self.process.wait(PATIENCE) == 0, self.errors()
        while not self._ended:
            self._read(PATIENCE)

    def errors(self) -> str:
        """Return what it wrote to stderr and what its log has of unexpected errors."""
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace")
        logs = [p.read_text("utf-8", "replace") for p in self.home.rglob("*.log")]
        return said + "".join(text for text in logs if "unexpected error" in text or "CRITICAL" in text)

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue
