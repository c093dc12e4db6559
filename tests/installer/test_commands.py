"""The commands: what they start, in which order, and with which exit code; nothing is really started or downloaded."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from installer import commands, environment, system, wheelhouse
from installer.console import BootstrapError

PYTHON = Path("venv-python")


class Calls:
    """Stands in for the starting of programs: records each call and answers with planned exit codes."""

    def __init__(self) -> None:
        self.started: list[list[str]] = []
        self.extra: list[Mapping[str, str] | None] = []
        self.codes: dict[str, int] = {}

    def __call__(self, command: Sequence[str | Path], cwd: Path, extra: Mapping[str, str] | None = None) -> int:
        words = [str(word) for word in command]
        self.started.append(words)
        self.extra.append(extra)
        return next((code for word, code in self.codes.items() if word in words), 0)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Put the recorder in place and leave machine and environment alone."""
    recorder = Calls()
    monkeypatch.setattr(commands, "call", recorder)
    monkeypatch.setattr(system, "prepare", lambda *, tests: None)
    monkeypatch.setattr(environment, "ensure", lambda root, *, dev, wheels=None: PYTHON)
    return recorder


def test_run_opens_the_window_on_the_sample(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "has_display", lambda platform, variables: True)
    assert commands.main(["run"]) == 0
    assert calls.started == [[str(PYTHON), "-m", "desktopapp", "--sample"]]


def test_run_without_display_imports_checks_and_exports(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "has_display", lambda platform, variables: False)
    calls.codes["check"] = 1  # the sample has findings; that is not a failure
    assert commands.main(["run"]) == 0
    assert [words[3] for words in calls.started] == ["import", "check", "export"]
    imported, checked, exported = calls.started
    report = imported[imported.index("--out") + 1]
    assert checked[4] == exported[4] == report
    assert exported[5] == "--xlsx"
    assert "没有图形显示" in capsys.readouterr().out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X11 has displays that do not answer")
def test_run_with_a_dead_display_falls_back(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "has_display", lambda platform, variables: True)
    calls.codes["--sample"] = -signal.SIGABRT
    assert commands.main(["run"]) == 0
    assert [words[3] for words in calls.started] == ["--sample", "import", "check", "export"]


@pytest.mark.parametrize(("step", "code"), [("import", 2), ("check", 2), ("export", 2)])
def test_headless_failure_is_told(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], step: str, code: int
) -> None:
    monkeypatch.setattr(system, "has_display", lambda platform, variables: False)
    calls.codes[step] = code
    assert commands.main(["run"]) == 2
    assert calls.started[-1][3] == step
    assert "没有" in capsys.readouterr().out.splitlines()[-1]


def test_all_checks_run_and_pytest_is_last(calls: Calls) -> None:
    assert commands.main(["test"]) == 0
    assert len(calls.started) == len(commands.CHECKS) + 1
    assert calls.started[-1][1:3] == ["-m", "pytest"]
    assert calls.extra[-1] == {"HYPOTHESIS_PROFILE": "ci"}


def test_a_failed_check_fails_the_run_but_not_the_tests(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    calls.codes["mypy"] = 3
    assert commands.main(["test"]) == 3
    assert calls.started[-1][1:3] == ["-m", "pytest"]
    assert "mypy" in capsys.readouterr().out.splitlines()[-1]


def test_failed_tests_fail_the_run(calls: Calls) -> None:
    calls.codes["pytest"] = 1
    assert commands.main(["test"]) == 1


def test_setup_starts_nothing_else(calls: Calls) -> None:
    assert commands.main(["setup"]) == 0
    assert calls.started == []


def test_trouble_is_one_sentence(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(root: Path, *, dev: bool, wheels: Path | None = None) -> Path:
        raise BootstrapError("磁盘满了。")

    monkeypatch.setattr(environment, "ensure", refuse)
    assert commands.main(["setup"]) == 2
    assert capsys.readouterr().out == "磁盘满了。\n"


def test_interruption_is_quiet(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(root: Path, *, dev: bool, wheels: Path | None = None) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "ensure", interrupt)
    assert commands.main(["setup"]) == 130


def test_wheels_hands_its_options_on(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(wheelhouse, "collect", lambda *arguments: seen.extend(arguments) or 0)
    assert commands.main(["wheels", "--out", "w", "--system", "windows-x86_64", "--python", "3.12"]) == 0
    assert seen == [commands.ROOT, Path("w"), "windows-x86_64", "3.12"]


@pytest.mark.parametrize("arguments", [["--help"], ["run", "-h"]])
def test_help_names_every_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(arguments) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in ("run", "test", "setup", "wheels"))
    assert all(name in said for name in wheelhouse.SYSTEMS)


def test_no_command_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main([]) == 2
    assert "用法" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["fly"], ["run", "--fast"], ["wheels", "--system", "amiga"]])
def test_nonsense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(arguments) == 2
    said = capsys.readouterr().out
    assert f"看不懂命令“{' '.join(arguments)}”" in said and "用法" in said


def test_entry_file_starts_from_any_folder(tmp_path: Path) -> None:
    entry = commands.ROOT / "installer" / "bootstrap.py"
    done = subprocess.run(
        [sys.executable, str(entry), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "用法" in done.stdout


def test_ci_runs_exactly_the_test_command() -> None:
    lines = (commands.ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[-1] == "exec python3 installer/bootstrap.py test"
