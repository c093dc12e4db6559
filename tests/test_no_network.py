"""A full working session opens no socket: the kernel itself is asked, so that no library can do it unseen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

_SESSION = (sys.executable, "-m", "tests.working_session")
#: Families that stay on this machine: the display and the name service of the C library.
_LOCAL = ("AF_UNIX", "AF_LOCAL")
_CALL = re.compile(r"\b(socket|connect|bind|sendto|sendmsg|socketpair)\((.*)")


def _environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}


def _traced(command: tuple[str, ...], trace: Path) -> subprocess.CompletedProcess[str]:
    """Run a command under strace; the test is skipped where processes may not be traced."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    watched = (strace, "-f", "--seccomp-bpf", "-e", "trace=%network", "-o", str(trace))
    probe = subprocess.run((*watched, "true"), capture_output=True, text=True, timeout=60)
    if probe.returncode:
        pytest.skip(f"processes may not be traced here: {probe.stderr.strip()}")
    return subprocess.run(
        (*watched, *command), cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=500
    )


def _calls_beyond_this_machine(trace: str) -> list[str]:
    calls = [line for line in trace.splitlines() if _CALL.search(line)]
    return [c for c in calls if not any(family in c for family in _LOCAL) and re.search(r"AF_|sa_family", c)]


def test_the_watch_sees_a_socket(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    _traced((sys.executable, "-c", "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()"), trace)
    assert len(_calls_beyond_this_machine(trace.read_text())) == 1


def test_a_full_working_session_opens_no_socket(tmp_path: Path) -> None:
    trace, work = tmp_path / "trace", tmp_path / "work"
    work.mkdir()
    done = _traced((*_SESSION, str(work)), trace)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "done"
    assert _calls_beyond_this_machine(trace.read_text()) == []
    kinds = {path.suffix for path in work.iterdir()}
    assert {".docx", ".pdf", ".html", ".xlsx", ".json", ".csv", ".juesuan"} <= kinds
