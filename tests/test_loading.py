"""What starting does not load: it would make everybody wait for what few need at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktopapp import jobs
from tests.conftest import ROOT

#: What takes long to load and serves only some commands and pages.
HEAVY = (
    "desktopapp.core.performance",
    "desktopapp.narrative.facts",
    "desktopapp.narrative.reading",
    "desktopapp.readers.sources",
    "desktopapp.solver",
    "docx",
    "highspy",
    "jinja2",
    "numpy",
    "openpyxl",
    "pandas",
    "pdfplumber",
    "pypdfium2",
    "rapidfuzz",
    "typst",
    "xlsxwriter",
)


def loaded(program: str, tmp_path: Path, *words: str) -> set[str]:
    """Return the modules that a program loads in a process of its own."""
    homes = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA")
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys\nprint('', *sys.modules, sep='\\n')", *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **dict.fromkeys(homes, str(tmp_path))},
    )
    return set(done.stdout.split("\n"))


def heavy(modules: set[str]) -> set[str]:
    return {h for h in HEAVY for m in modules if m == h or m.startswith(h + ".")}


def test_checking_a_report_loads_no_reader_no_text_and_no_solver(tmp_path: Path) -> None:
    program = "import sys\nfrom desktopapp.cli import main\nmain(['check', sys.argv[1]], standalone_mode=False)"
    assert heavy(loaded(program, tmp_path, str(jobs.sample_path()))) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="the offscreen platform is not shipped there")
def test_a_window_without_a_report_loads_no_reader_no_text_and_no_solver(tmp_path: Path) -> None:
    program = (
        "from desktopapp.gui import app\n"
        "from desktopapp.gui.window.settings import Settings, settings_path\n"
        "application = app.make_application(['juesuan'])\n"
        "windows = app.Windows(application, Settings(settings_path()))\n"
        "windows.open_first(None, sample=False)"
    )
    assert heavy(loaded(program, tmp_path)) == set()
