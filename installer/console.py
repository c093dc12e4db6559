"""What the bootstrap says to people, and how it starts other programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


class BootstrapError(Exception):
    """Raised when a command cannot go on; the message is one Chinese sentence for the user."""


def prepare_output() -> None:
    """Make sure that printing Chinese never fails, whatever the console's encoding."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def say(sentence: str) -> None:
    """Print one sentence for the user at once, in order with the output of started programs."""
    print(sentence, flush=True)


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for the program's own interpreter, without what would lead it to foreign packages."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")}
    # A user-wide `user = true` makes pip refuse to install into a virtual environment.
    environment["PIP_USER"] = "0"
    environment.update(extra or {})
    return environment


def call(command: Sequence[str | Path], cwd: Path, extra: Mapping[str, str] | None = None) -> int:
    """Run a program with its output on this console and return its exit code (negative: killed by that signal).

    Raises:
        BootstrapError: the program could not be started.
    """
    words = [str(word) for word in command]
    try:
        return subprocess.call(words, cwd=cwd, env=clean_environment(extra))
    except OSError as error:
        raise BootstrapError(f"无法启动 {words[0]}：{error.strerror or error}。") from error
