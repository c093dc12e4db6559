"""The real thing: the program is frozen, packed, installed in a Debian without Python, used, and removed.

The tests of this file run in one process (--dist loadfile), because they share what was built; they skip, saying so,
what a machine cannot do.
"""

from __future__ import annotations

import csv
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopapp import __version__, jobs
from desktopapp.store.cipher import Secret
from desktopapp.store.report_file import create
from installer.package import contents, debian, elf, freezing
from tests.conftest import ROOT
from tests.generators import exact_report
from tests.installer.package import cleanroot
from tests.installer.package.cleanroot import CleanRoot

pytestmark = [
    pytest.mark.package,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="freezes and runs the program for Linux"),
    pytest.mark.skipif(importlib.util.find_spec("PyInstaller") is None, reason="PyInstaller is not installed"),
]
#: Megabytes of the window with the sample report, by the budget.
MEMORY = 250
#: Seconds after which a window will not come any more.
PATIENCE = 60

Program = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder for all that is built, a gigabyte, removed at the end."""
    folder = tmp_path_factory.mktemp("package")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def frozen(work: Path) -> list[Path]:
    """Freeze the program and return the folder and the one file."""
    return freezing.freeze(ROOT, Path(sys.executable), work / "dist", work / "work", single=True)


@pytest.fixture(scope="module")
def folder(frozen: list[Path]) -> Path:
    """Return the one-folder build."""
    return frozen[0]


@pytest.fixture(scope="module")
def package(folder: Path, work: Path) -> Path:
    """Make the Debian package."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg-deb is not installed")
    return debian.build(ROOT, Path(sys.executable), folder, work / "dist", work / "work", quick=True)


@pytest.fixture(scope="module")
def root(package: Path, work: Path) -> CleanRoot:
    """Install the package in a clean root, with one of the recommended fonts (the smallest)."""
    made = cleanroot.make(work / "root")
    shutil.copy(package, made.folder / "tmp")
    install = ["apt-get", "install", "--yes", "--no-install-recommends", f"/tmp/{package.name}"]
    made.run(*install, "fonts-wqy-microhei", "shared-mime-info", "desktop-file-utils")
    return made


def source_program(home: Path) -> Program:
    """Return the program as it runs from the checkout, in that folder."""

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "desktopapp", *words],
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def installed_program(root: CleanRoot) -> Program:
    """Return the program as it runs in the root."""

    def run(*words: str) -> tuple[int, str]:
        done = root.run("juesuan", *words, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


# ── what was frozen ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_folder_holds_the_program_and_nothing_of_the_workshop(folder: Path) -> None:
    inside = folder / "_internal"
    assert (inside / "desktopapp/_resources/templates/common/relations.toml").is_file()
    tops = {re.split(r"[-.]", entry.name)[0].lower() for entry in inside.iterdir()}
    assert (
        tops & {"pytest", "hypothesis", "mypy", "ruff", "pip", "setuptools", "pil", "pyinstaller", "tkinter"} == set()
    )
    qt = {path.name for path in (inside / "PySide6").rglob("libQt6*.so*")}
    assert qt and {re.sub(r"libQt6|\.so.*", "", name) for name in qt} <= contents.QT_MODULES
    assert "click" in (inside / "licences/README.txt").read_text("utf-8")


def test_every_library_comes_along_or_from_a_known_package(folder: Path) -> None:
    needed = debian.depends(elf.needs(elf.elf_files(folder)))
    assert {"libgl1", "libx11-6", "libfontconfig1"} <= set(needed)
    assert "libgtk-3-0" not in needed


def test_the_one_file_runs(frozen: list[Path], tmp_path: Path) -> None:
    program = frozen[1]
    assert program.is_file() and os.access(program, os.X_OK)
    # Nothing of this Python is in reach, and the temporary folder is its own.
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run([program, "--version"], env=environment, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (0, f"决算公开编制 {__version__}\n"), done.stderr
    assert list(tmp_path.iterdir()) == []  # it cleans up behind itself


# ── installed ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_it_is_installed_where_no_python_is(root: CleanRoot) -> None:
    assert root.run("sh", "-c", "command -v python3 || command -v python", check=False).returncode != 0
    assert root.run("juesuan", "--version").stdout == f"决算公开编制 {__version__}\n"
    # The program's starter lets its libraries find each other in this way.
    look = ("env", f"LD_LIBRARY_PATH=/{debian.HOME}/_internal", "ldd")
    missing = [
        f"{path.name}: {line.split()[0]}"
        for path in elf.elf_files(root.folder / debian.HOME)
        if not path.name.startswith(debian.OPTIONAL) and path.parent.name not in debian.OPTIONAL_FOLDERS
        for line in root.run(*look, f"/{path.relative_to(root.folder)}", check=False).stdout.splitlines()
        if "not found" in line
    ]
    assert missing == []


def test_a_double_click_opens_a_report(root: CleanRoot, tmp_path: Path) -> None:
    share = root.folder / "usr/share"
    associated = (share / "applications/mimeinfo.cache").read_text("utf-8").splitlines()
    assert "application/x-juesuan=juesuan.desktop;" in associated
    # Told by its name, and without a name by what is in it; another database is none of ours.
    create(tmp_path / "report.juesuan", jobs.import_any(jobs.sample_path()).report)
    shutil.copy(tmp_path / "report.juesuan", tmp_path / "nameless")
    (tmp_path / "other").write_bytes((tmp_path / "nameless").read_bytes()[:68] + b"abcd" + bytes(28))
    (tmp_path / "locked.juesuan").write_bytes(os.urandom(4096))  # with a password nothing of it can be read
    program = (
        "import sys\nfrom PySide6.QtCore import QMimeDatabase\n"
        "for path in sys.argv[1:]: print(QMimeDatabase().mimeTypeForFile(path).name())"
    )
    names = ("report.juesuan", "nameless", "locked.juesuan", "other")
    done = subprocess.run(
        [sys.executable, "-c", program, *(str(tmp_path / name) for name in names)],
        env={**os.environ, "XDG_DATA_DIRS": str(share), "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == ["application/x-juesuan"] * 3 + ["application/vnd.sqlite3"]


#: Every command and every format, written and read again.
SESSION: tuple[tuple[str, ...], ...] = (
    ("import", "sample.json", "--out", "a.juesuan", "--format", "json"),
    ("check", "a.juesuan", "--suspects", "--format", "json"),
    (
        "export",
        "a.juesuan",
        *(w for kind in ("docx", "pdf", "html", "xlsx", "csv", "json") for w in (f"--{kind}", f"a.{kind}")),
    ),
    ("import", "a.docx", "--out", "docx.juesuan"),
    ("import", "a.pdf", "--out", "pdf.juesuan"),
    ("import", "a.html", "--out", "html.juesuan"),
    ("import", "a.xlsx", "--out", "xlsx.juesuan"),
    ("check", "docx.juesuan"),
    ("check", "pdf.juesuan"),
    ("check", "html.juesuan"),
    ("export", "pdf.juesuan", "--json", "-"),
    ("export", "docx.juesuan", "--xlsx", "f.xlsx", "--formulas", "--no-charts"),
    ("check", "f.xlsx"),
    ("round", "exact.juesuan", "--out", "round.juesuan"),
    ("check", "round.juesuan", "--format", "json"),
    ("new", "--from", "a.docx", "--year", "2025", "--out", "next.juesuan"),
    ("new", "--template", "hubei-2024", "--year", "2024", "--out", "empty.juesuan"),
    ("check", "empty.juesuan"),
    ("merge", "exact.juesuan", "copy.juesuan", "--out", "merged.juesuan", "--prefer", "mine"),
    ("check", "locked.juesuan"),
    ("check", "locked.juesuan", "--password-file", "password.txt"),
    ("score", "indicators.csv"),
    ("check", "missing.juesuan"),
    ("fly",),
)


def test_every_command_does_what_it_does_from_the_checkout(root: CleanRoot, tmp_path: Path) -> None:
    for home in (tmp_path, root.home):
        shutil.copy(jobs.sample_path(), home / "sample.json")
        create(home / "exact.juesuan", exact_report(5))
        shutil.copy(home / "exact.juesuan", home / "copy.juesuan")
        create(home / "locked.juesuan", jobs.import_any(jobs.sample_path()).report, secret=Secret("三公 2023"))
        (home / "password.txt").write_text("三公 2023\n", "utf-8")
        with (home / "indicators.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerows((("指标名称", "年初目标值", "实际完成值", "分值"), ("培训人数", "≥100人", "80人", "10")))
    ours, theirs = source_program(tmp_path), installed_program(root)
    for words in SESSION:
        assert theirs(*words) == ours(*words), words
    assert {path.name for path in root.home.glob("*.*")} == {path.name for path in tmp_path.glob("*.*")}


# ── the window ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_window_opens_a_report_without_network(root: CleanRoot, tmp_path: Path) -> None:
    create(root.home / "年度报告.juesuan", jobs.import_any(jobs.sample_path()).report)
    log = root.home / ".local/state/juesuan/log/juesuan.log"
    with cleanroot.screen() as screen:
        words = ["chroot", str(root.folder), "juesuan", f"file://{cleanroot.HOME}/年度报告.juesuan"]
        program = screen.start(words, {**root.environment(), "LANG": "C.UTF-8"})
        try:
            deadline = time.monotonic() + PATIENCE
            while not (log.exists() and "window ready" in log.read_text("utf-8")):
                assert program.poll() is None and time.monotonic() < deadline, "no window came"
                time.sleep(0.05)
            status = Path(f"/proc/{program.pid}/status").read_text()
            screen.photograph(tmp_path / "window.png")
        finally:
            program.terminate()
            program.wait()
    assert "WARNING" not in log.read_text("utf-8") and "ERROR" not in log.read_text("utf-8")
    assert f"last_file={cleanroot.HOME}/" in (root.home / ".config/juesuan/window.ini").read_text("utf-8")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak is not None and int(peak[1]) / 1024 <= MEMORY
    assert colours(tmp_path / "window.png") > 100


def colours(picture: Path) -> int:
    """Return how many colours a picture has; an empty window has a handful."""
    from PySide6.QtGui import QImage

    image = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB32)
    data: Any = image.constBits()
    return len(set(memoryview(data).cast("I")))


# ── removed ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_removing_it_leaves_reports_settings_and_backups_alone(root: CleanRoot) -> None:
    for name in ("报告.juesuan", ".config/juesuan/window.ini", ".local/state/juesuan/log/juesuan.log"):
        kept = root.home / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            kept.write_bytes(b"of the user")
    before = {path: path.read_bytes() for path in root.home.rglob("*") if path.is_file()}
    assert {path.suffix for path in before} >= {".juesuan", ".ini", ".log"}
    root.run("apt-get", "purge", "--yes", "juesuan")
    assert {path: path.read_bytes() for path in root.home.rglob("*") if path.is_file()} == before
    assert not (root.folder / "usr/lib/juesuan").exists() and not (root.folder / "usr/bin/juesuan").is_symlink()
    assert "juesuan" not in (root.folder / "usr/share/applications/mimeinfo.cache").read_text("utf-8")
    assert "juesuan" not in (root.folder / "usr/share/mime/globs2").read_text("utf-8")
