"""The rules that hold the program together, proved from the source itself."""

from __future__ import annotations

import ast
import fnmatch
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "desktopapp"
TOP_LEVEL = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "desktopapp",
    "installer",
    "pyproject.toml",
    "resources",
    "tests",
}
# What would give the core files, a clock, processes, threads or a network.
NOT_IN_CORE = {
    "asyncio",
    "ctypes",
    "glob",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
MOST_LINES = 500


def modules(folder: Path) -> list[Path]:
    """Return the source files below a folder; at least one, or the test would prove nothing."""
    found = sorted(folder.rglob("*.py"))
    assert found, f"no source files in {folder}"
    return found


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a source file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield (dotted module, line) of every absolute import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno


def calls(tree: ast.AST, names: set[str]) -> Iterator[int]:
    """Yield the line of every call of a function or method of one of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in names:
                yield node.lineno


def place(path: Path, line: int) -> str:
    """Return "file:line" for messages."""
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def test_only_gui_imports_qt() -> None:
    offenders = [
        place(path, line)
        for path in modules(PACKAGE)
        if path.relative_to(PACKAGE).parts[0] != "gui"
        for name, line in imports(parse(path))
        if name.split(".")[0] in {"PySide6", "shiboken6"}
    ]
    assert offenders == []


def test_main_reaches_for_the_window_only_when_it_opens_one() -> None:
    """The command line must start where no Qt library is installed, and fast."""
    tree = parse(PACKAGE / "__main__.py")
    eager = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [name for node in eager for name, _ in imports(node)]
    assert [name for name in names if name.startswith("desktopapp.gui")] == []


def test_core_imports_only_itself_and_plain_standard_library() -> None:
    allowed = sys.stdlib_module_names - NOT_IN_CORE
    offenders = [
        f"{place(path, line)} {name}"
        for path in modules(PACKAGE / "core")
        for name, line in imports(parse(path))
        if name.split(".")[0] not in allowed and name.split(".")[:2] != ["desktopapp", "core"]
    ]
    assert offenders == []


def test_core_has_no_floats_files_or_clock() -> None:
    forbidden = {"float", "open", "now", "utcnow", "today"}
    trees = [(path, parse(path)) for path in modules(PACKAGE / "core")]
    offenders = [place(path, line) for path, tree in trees for line in calls(tree, forbidden)]
    offenders += [
        place(path, node.lineno)
        for path, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    assert offenders == []


def test_pandas_is_never_imported_on_start_up() -> None:
    """pandas costs more than the whole start-up budget; functions that need it import it when they run."""
    offenders = [
        place(path, node.lineno)
        for path in modules(PACKAGE)
        for node in parse(path).body
        if isinstance(node, ast.Import | ast.ImportFrom) and any(n.split(".")[0] == "pandas" for n, _ in imports(node))
    ]
    assert offenders == []


def test_command_line_starts_without_qt_and_pandas() -> None:
    """Also what other modules import on the way counts, so this looks at a real start."""
    program = "import sys, desktopapp.__main__, desktopapp.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "desktopapp" in loaded
    assert loaded & {"PySide6", "shiboken6", "pandas", "openpyxl", "docx", "pdfplumber", "highspy"} == set()


def test_files_stay_small() -> None:
    lengths = {place(path, 1): len(path.read_text("utf-8").splitlines()) for path in modules(PACKAGE)}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_top_level_holds_only_what_belongs_there() -> None:
    ignored = [
        line.rstrip("/")
        for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    names = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    kept = {name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in ignored)}
    assert kept == TOP_LEVEL


def test_version_is_the_same_everywhere() -> None:
    import desktopapp

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert desktopapp.__version__ == project["version"]
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.skipif(find_spec("importlinter") is None, reason="import-linter is not installed")
def test_dependency_rule_holds() -> None:
    """The contracts in pyproject.toml, which also see indirect imports."""
    program = "from importlinter.cli import lint_imports_command as main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout
