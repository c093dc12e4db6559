"""Settings and fixtures for all tests.

Nothing here imports Qt, so that tests of the core stay light. Three rules hold for every test: an unexpected Python
warning fails it (pyproject), an unexpected Qt warning fails it (pytest-qt), an unexpected log record of WARNING or
above fails it (below).
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before anything creates a QApplication; a test that wants a real window starts its own process.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parent.parent

# `fast` while working, `ci` for the full run (bootstrap.py test). Deadlines would measure the machine, not the code.
settings.register_profile("fast", max_examples=30, deadline=None)
settings.register_profile(
    "ci", max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@dataclass
class ExpectedLogs:
    """The log records of one test and which of them it expects.

    Attributes:
        patterns: regular expressions, searched in "logger:LEVEL:message".
        records: every record of WARNING or above so far, oldest first.
    """

    patterns: list[re.Pattern[str]] = field(default_factory=list)
    records: list[logging.LogRecord] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Allow records that match the pattern; at least one must come."""
        self.patterns.append(re.compile(pattern))

    def texts(self) -> list[str]:
        """Return the records as "logger:LEVEL:message"."""
        return [f"{r.name}:{r.levelname}:{r.getMessage()}" for r in self.records]

    def unexpected(self) -> list[str]:
        """Return the records that no pattern allows."""
        return [text for text in self.texts() if not any(p.search(text) for p in self.patterns)]

    def missing(self) -> list[str]:
        """Return the patterns that no record matched."""
        return [p.pattern for p in self.patterns if not any(p.search(text) for text in self.texts())]


class _Collector(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)


@pytest.fixture(autouse=True)
def expected_logs() -> Iterator[ExpectedLogs]:
    """Fail the test on log records of WARNING or above, except those it announced with `expected_logs.expect(...)`."""
    expected = ExpectedLogs()
    handler = _Collector(expected.records)
    logging.getLogger().addHandler(handler)
    try:
        yield expected
    finally:
        logging.getLogger().removeHandler(handler)
    if unexpected := expected.unexpected():
        pytest.fail("unexpected log records:\n" + "\n".join(unexpected), pytrace=False)
    if missing := expected.missing():
        pytest.fail("expected log records did not come:\n" + "\n".join(missing), pytrace=False)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder with seeds, expected values and templates, or skip when this machine has none."""
    folder = Path(os.environ.get("JUESUAN_SHARED") or ROOT.parent / "shared")
    if not (folder / "seeds").is_dir():
        pytest.skip(f"no reference material at {folder} (set JUESUAN_SHARED)")
    return folder
