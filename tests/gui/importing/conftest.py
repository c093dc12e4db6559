"""Sources to import: noisy text with doubtful cells, and the dialogs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktopapp import jobs
from desktopapp.core.report import Report
from desktopapp.gui.importing.review import ReviewDialog
from desktopapp.gui.workers import Control, Job
from desktopapp.readers.account import Account, Grade
from tests.generators import published_report
from tests.gui.window.conftest import empty, opened, sample, settings, window
from tests.readers.flat_noise import Noise, as_text

__all__ = ["empty", "opened", "sample", "settings", "window"]

NOISE = Noise(blanks=0.1, wrapped=0.1, split_codes=0.1)
STRAY = "8,765.43"


def doubtful(folder: Path) -> tuple[Path, Report]:
    """Return a text with doubtful cells and one number that belongs nowhere, and the report it was printed from."""
    for seed in range(40):
        report = published_report(seed, rows=8)
        path = folder / f"公开{seed}.txt"
        lines = as_text(report, seed, NOISE).split("\n")
        total = next(at for at, line in enumerate(lines) if line.startswith("总计"))
        # Behind the last line of form 01 there is no cell left for another amount.
        lines[total] += f" {STRAY}"
        path.write_text("\n".join(lines), "utf-8")
        built = jobs.import_any(path).built
        assert built is not None
        account = Account(built)
        if len(account.graded(Grade.UNSURE)) > 2 and any(n.text == STRAY for n in account.left):
            return path, report
    raise AssertionError("no seed gives a doubtful text")


@pytest.fixture(scope="session")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """Return the doubtful text, made once."""
    return doubtful(tmp_path_factory.mktemp("source"))


def reading(path: Path) -> Callable[[str | None, int | None], Job]:
    """Return what reads a source again."""

    def make(template_id: str | None, year: int | None) -> Job:
        def job(control: Control) -> jobs.Imported:
            return jobs.import_any(path, template_id, year, control.progress, control.cancelled)

        return job

    return make


@pytest.fixture
def review(qtbot: QtBot, noisy: tuple[Path, Report]) -> Iterator[ReviewDialog]:
    """Return the dialog on the doubtful text."""
    path, _ = noisy
    dialog = ReviewDialog(path, jobs.import_any(path), reading(path))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    yield dialog
    dialog.close()
