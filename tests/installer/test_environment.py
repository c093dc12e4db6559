"""The virtual environment: when it is left alone, filled again or made anew."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from installer import console, environment
from installer.console import BootstrapError
from installer.environment import Stamp

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the files that decide what gets installed."""
    (tmp_path / "installer").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "installer" / environment.RUNTIME_LOCK).write_text("a==1\n")
    (tmp_path / "installer" / environment.DEV_LOCK).write_text("a==1\nb==2\n")
    return tmp_path


class Machine:
    """Stands in for venv and pip: notes what was asked, makes the interpreter file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.compiled: list[Path] = []
        monkeypatch.setattr(environment, "works", Path.exists)
        monkeypatch.setattr(environment, "create", self.create)
        monkeypatch.setattr(environment, "install", self.install)
        monkeypatch.setattr(environment, "precompile", lambda root, python: self.compiled.append(python))

    def create(self, venv: Path) -> None:
        self.done.append("create")
        python = environment.venv_python(venv)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text("")

    def install(self, root: Path, python: Path, lock: str, wheels: Path | None) -> None:
        self.done.append(lock if wheels is None else f"{lock} from {wheels.name}")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Nothing is made or downloaded."""
    return Machine(monkeypatch)


def test_first_time_makes_and_fills_then_nothing(checkout: Path, machine: Machine) -> None:
    python = environment.ensure(checkout, dev=False)
    assert python == environment.venv_python(checkout / ".venv")
    assert machine.done == ["create", environment.RUNTIME_LOCK]
    environment.ensure(checkout, dev=False)
    assert len(machine.done) == 2
    assert machine.compiled == [python]


def test_developing_adds_packages_and_keeps_them(checkout: Path, machine: Machine) -> None:
    environment.ensure(checkout, dev=False)
    environment.ensure(checkout, dev=True)
    assert machine.done[2:] == [environment.DEV_LOCK]
    environment.ensure(checkout, dev=False)
    assert len(machine.done) == 3
    (checkout / "installer" / environment.RUNTIME_LOCK).write_text("a==2\n")
    environment.ensure(checkout, dev=False)
    assert machine.done[3:] == [environment.DEV_LOCK]


@pytest.mark.parametrize("name", ["pyproject.toml", "installer/requirements.txt"])
def test_changed_project_or_lock_fills_again(checkout: Path, machine: Machine, name: str) -> None:
    environment.ensure(checkout, dev=False)
    (checkout / name).write_text("changed\n")
    environment.ensure(checkout, dev=False)
    assert machine.done[2:] == [environment.RUNTIME_LOCK]


def test_line_ends_do_not_count_as_a_change(checkout: Path, machine: Machine) -> None:
    environment.ensure(checkout, dev=False)
    (checkout / "installer" / environment.RUNTIME_LOCK).write_bytes(b"a==1\r\n")
    environment.ensure(checkout, dev=False)
    assert len(machine.done) == 2


def test_interrupted_set_up_is_repeated(checkout: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.ensure(checkout, dev=False)
    (checkout / "pyproject.toml").write_text("changed\n")

    def fail(*arguments: object) -> None:
        raise BootstrapError("依赖没有装好。")

    with monkeypatch.context() as broken:
        broken.setattr(environment, "install", fail)
        with pytest.raises(BootstrapError):
            environment.ensure(checkout, dev=False)
    assert environment.read_stamp(checkout / ".venv") is None
    environment.ensure(checkout, dev=False)
    assert machine.done[2:] == [environment.RUNTIME_LOCK]


@pytest.mark.parametrize("change", [{"root": "/elsewhere"}, {"python": "3.11.0"}])
def test_environment_of_another_checkout_or_python_is_made_anew(
    checkout: Path, machine: Machine, change: dict[str, str]
) -> None:
    environment.ensure(checkout, dev=False)
    environment.write_stamp(checkout / ".venv", replace(environment.wanted_stamp(checkout, dev=False), **change))
    environment.ensure(checkout, dev=False)
    assert machine.done[2:] == ["create", environment.RUNTIME_LOCK]


def test_wheels_come_from_the_folder(checkout: Path, machine: Machine) -> None:
    folder = checkout / "wheels"
    folder.mkdir()
    with pytest.raises(BootstrapError, match="没有安装包"):
        environment.ensure(checkout, dev=False, wheels=folder)
    assert machine.done == []
    (folder / "a-1-py3-none-any.whl").write_bytes(b"")
    environment.ensure(checkout, dev=False, wheels=folder)
    assert machine.done == ["create", f"{environment.RUNTIME_LOCK} from wheels"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"root": "x"}', '{"surprise": 1}'])
def test_damaged_stamp_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / environment.STAMP).write_text(text)
    assert environment.read_stamp(tmp_path) is None


def test_stamp_is_read_back(tmp_path: Path) -> None:
    stamp = Stamp(root="r", python="3.11.7", project="p", runtime="a", dev="")
    environment.write_stamp(tmp_path, stamp)
    assert environment.read_stamp(tmp_path) == stamp


def test_offline_installation_asks_no_index(tmp_path: Path) -> None:
    options = environment.pip_options(tmp_path, interactive=False)
    assert options[options.index("--find-links") + 1] == str(tmp_path.resolve())
    assert "--no-index" in options
    assert "--no-index" not in environment.pip_options(None, interactive=True)


def test_packages_are_checked_against_their_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(environment, "call", lambda command, cwd: started.append([str(w) for w in command]) or 0)
    environment.install(tmp_path, Path("python"), environment.RUNTIME_LOCK, None)
    locked, project = started
    assert "--require-hashes" in locked and str(tmp_path / "installer" / environment.RUNTIME_LOCK) in locked
    assert "--no-deps" in project and "--no-build-isolation" in project


def test_the_program_is_compiled_even_where_python_would_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    folder = tmp_path / "desktopapp" / "gui"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text("def run() -> None: ...\n")
    environment.precompile(tmp_path, Path(sys.executable))
    assert len(list(folder.glob("__pycache__/app.*.pyc"))) == 1


@pytest.mark.parametrize("failing", [0, 1])
def test_failure_of_pip_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    codes = iter([0] * failing + [1])
    monkeypatch.setattr(environment, "call", lambda command, cwd: next(codes))
    with pytest.raises(BootstrapError, match="依赖"):
        environment.install(tmp_path, Path("python"), environment.RUNTIME_LOCK, None)


def test_a_folder_that_holds_no_interpreter_does_not_work(tmp_path: Path) -> None:
    assert not environment.works(environment.venv_python(tmp_path))


def test_foreign_settings_do_not_reach_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("PIP_USER", "1")
    variables = console.clean_environment({"A": "b"})
    assert "PYTHONPATH" not in variables
    assert (variables["PIP_USER"], variables["A"]) == ("0", "b")


def test_a_program_that_cannot_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(BootstrapError, match="无法启动"):
        console.call([tmp_path / "absent"], cwd=tmp_path)


def test_exit_code_comes_back(tmp_path: Path) -> None:
    assert console.call([sys.executable, "-c", "import sys; sys.exit(5)"], cwd=tmp_path) == 5


def _names(requirements: list[str]) -> set[str]:
    heads = [text.split(";")[0] for text in requirements]
    for separator in ("<", ">", "=", "!", "["):
        heads = [head.split(separator)[0] for head in heads]
    return {head.strip().lower().replace("_", "-") for head in heads}


def test_lock_files_cover_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    runtime, dev = (
        environment.locked_names((ROOT / "installer" / name).read_text("utf-8").splitlines())
        for name in (environment.RUNTIME_LOCK, environment.DEV_LOCK)
    )
    assert _names(project["dependencies"]) | _names(extras["build"]) <= runtime
    assert _names(extras["dev"]) <= dev
    assert runtime <= dev


def test_lock_files_agree_and_name_no_place() -> None:
    runtime, dev = (
        (ROOT / "installer" / name).read_text("utf-8") for name in (environment.RUNTIME_LOCK, environment.DEV_LOCK)
    )
    pins = {line.rstrip("\\ ") for line in runtime.splitlines() if "==" in line and line[0].isalnum()}
    assert pins
    assert pins <= {line.rstrip("\\ ") for line in dev.splitlines()}
    for text in (runtime, dev):
        assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_no_lock_admits_the_qt_that_kills_python_311() -> None:
    for name in (environment.RUNTIME_LOCK, environment.DEV_LOCK):
        lines = (ROOT / "installer" / name).read_text("utf-8").splitlines()
        qt = [line for line in lines if line.startswith("pyside6-essentials==")]
        assert qt
        assert [line for line in qt if "==6.12.0" in line and "python_full_version >= '3.12'" not in line] == []
