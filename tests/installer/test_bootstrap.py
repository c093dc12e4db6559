"""The entry file: old interpreters, hand-over to a newer one."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from installer import bootstrap


def test_entry_file_is_understood_by_old_interpreters() -> None:
    source = Path(bootstrap.__file__).read_text("utf-8")
    ast.parse(source, feature_version=(3, 7))


def test_running_interpreter_is_new_enough() -> None:
    assert bootstrap.is_new_enough([sys.executable])


def test_absent_and_failing_commands_are_not_new_enough(tmp_path: Path) -> None:
    broken = tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert not bootstrap.is_new_enough([str(broken)])
    assert not bootstrap.is_new_enough([str(tmp_path / "absent")])


def test_first_working_command_is_chosen(tmp_path: Path) -> None:
    absent = [str(tmp_path / "absent")]
    assert bootstrap.find_newer([absent, [sys.executable], ["never reached"]]) == [sys.executable]
    assert bootstrap.find_newer([absent]) is None


def test_newest_python_is_tried_first_and_none_below_the_minimum() -> None:
    names = [command[0] for command in bootstrap.candidate_commands() if command[0].startswith("python")]
    minors = [int(name.rsplit(".", 1)[1]) for name in names]
    assert minors == sorted(minors, reverse=True)
    assert minors[-1] == bootstrap.MINIMUM[1]


def test_old_interpreter_without_a_newer_one_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(bootstrap, "candidate_commands", list)
    assert bootstrap.main(["run"]) == 2
    said = capsys.readouterr().out
    assert "3.11" in said and "3.9" in said and len(said.splitlines()) == 1


def test_old_interpreter_hands_its_arguments_over(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(bootstrap, "candidate_commands", lambda: [[sys.executable]])
    monkeypatch.setattr(bootstrap, "is_new_enough", lambda command: True)
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda command: started.append(command) or 7)
    assert bootstrap.main(["run", "--wheels", "w"]) == 7
    assert started == [[sys.executable, str(Path(bootstrap.__file__).resolve()), "run", "--wheels", "w"]]
