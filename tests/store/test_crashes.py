"""Killing the program at any moment loses nothing that was said to be saved."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from desktopapp.store.cipher import Secret, is_available
from desktopapp.store.passwords import set_password
from desktopapp.store.report_file import open_file
from tests.conftest import ROOT
from tests.store.crash_worker import digest
from tests.store.reports import load, make_file

#: Raise for a long run: JUESUAN_KILL_CYCLES=500.
CYCLES = int(os.environ.get("JUESUAN_KILL_CYCLES", "8"))


def edits_until_killed(path: Path, seed: int, after: float, *password: str) -> list[tuple[int, str]]:
    """Let a process edit the file, kill it some seconds after its first edit; return what it said is saved."""
    args = [sys.executable, "-m", "tests.store.crash_worker", str(path), str(seed), *password]
    with tempfile.TemporaryFile("w+") as errors:
        worker = subprocess.Popen(args, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert worker.stdout is not None
        with worker.stdout as said:
            told = said.readline()
            killer = threading.Timer(after, worker.kill)
            killer.start()
            told += said.read()
        killer.join()
        assert worker.wait() == -signal.SIGKILL
        errors.seek(0)
        assert errors.read() == ""
    # The last line may have been cut off by the kill.
    lines = [line for line in told.splitlines(keepends=True) if line.endswith("\n")]
    return [(int(seq), said) for seq, said in map(str.split, lines)]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of POSIX systems")
@pytest.mark.parametrize("password", [(), ("密码",)], ids=["plain", "password"])
def test_every_edit_that_was_said_to_be_saved_is_there(tmp_path: Path, password: tuple[str, ...]) -> None:
    path, dice, secret = make_file(tmp_path), random.Random(2023), None
    if password:
        if not is_available():
            pytest.skip("sqlcipher3 has no wheel for this computer")
        secret = Secret(*password)
        set_password(path, None, secret)
    known, edits = 1 + len(password), 0
    for cycle in range(CYCLES // (1 + len(password))):
        saved = edits_until_killed(path, cycle, dice.uniform(0, 0.4), *password)
        assert [seq for seq, _ in saved] == list(range(known + 1, known + 1 + len(saved)))
        known, said = saved[-1]
        edits += len(saved)
        with open_file(path, load, user="李四", secret=secret) as file:
            assert (file.read_only, file.problems) == (False, [])
            last = file.history(1)[0].seq
            # One more may have been written whose word did not get out any more.
            assert last in (known, known + 1)
            if last == known:
                assert digest(file.report) == said
            known = last
    assert edits >= CYCLES // (1 + len(password))
    # Whatever the crashes left behind is gone after closing, but for the backups.
    assert {p.name for p in tmp_path.iterdir()} <= {path.name, "决算2023.备份"}
