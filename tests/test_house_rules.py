"""The rules of conftest.py and pyproject.toml really fail a test that breaks them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CASES = """
import logging
import os
import warnings

import pytest


def test_good_quiet():
    logging.getLogger("juesuan").info("routine")


def test_good_announced(expected_logs):
    expected_logs.expect("juesuan:WARNING:disk .* slow")
    logging.getLogger("juesuan").warning("disk %s slow", "C")


def test_bad_log():
    logging.getLogger("juesuan").warning("surprise")


def test_bad_other_log(expected_logs):
    expected_logs.expect("disk")
    logging.getLogger("juesuan").warning("disk")
    logging.getLogger("juesuan").error("surprise")


def test_bad_announced_log_missing(expected_logs):
    expected_logs.expect("never comes")


def test_bad_warning():
    warnings.warn("surprise")


def test_bad_qt_warning(qapp):
    from PySide6.QtCore import qWarning

    qWarning("surprise")


@pytest.mark.xfail
def test_bad_unexpected_pass():
    assert True
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Run the cases in a process of their own; test name -> what the summary says of it."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "tests")
    (folder / "tests" / "test_cases.py").write_text(CASES, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    found: dict[str, set[str]] = {}
    for verdict, name in re.findall(r"^(PASSED|FAILED|ERROR) \S+::(\w+)", done.stdout, re.MULTILINE):
        found.setdefault(name, set()).add(verdict)
    assert len(found) == CASES.count("def test_"), done.stdout + done.stderr
    return found


@pytest.mark.parametrize("name", re.findall(r"def (test_good_\w+)", CASES))
def test_good_ones_pass(outcomes: dict[str, set[str]], name: str) -> None:
    assert outcomes[name] == {"PASSED"}


@pytest.mark.parametrize("name", re.findall(r"def (test_bad_\w+)", CASES))
def test_bad_ones_fail(outcomes: dict[str, set[str]], name: str) -> None:
    assert outcomes[name] & {"FAILED", "ERROR"}
