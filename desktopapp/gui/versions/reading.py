"""Reads other versions of a report: its backups with what each holds, and whole versions to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopapp import jobs
from desktopapp.core.report import Report
from desktopapp.gui.workers import Control
from desktopapp.store.backup import Backup, BackupSummary, is_good, summarize
from desktopapp.store.cipher import Secret
from desktopapp.store.differences import differences
from desktopapp.store.errors import StoreError
from desktopapp.store.report_file import open_file


@dataclass(frozen=True, slots=True)
class BackupLine:
    """A backup with what it holds; ``trouble`` says why it cannot be used. ``differing`` is None where unknown."""

    backup: Backup
    summary: BackupSummary | None = None
    differing: int | None = None
    trouble: str = ""


def read_version(path: Path, secret: Secret | None = None) -> Report:
    """Return the report in a file, which is not touched; raises StoreError."""
    with open_file(path, jobs.get_template, read_only=True, secret=secret) as file:
        return file.report


def backup_lines(
    backups: Sequence[Backup], now: Report | None, secret: Secret | None, control: Control | None = None
) -> list[BackupLine]:
    """Return what backups hold and how far each differs from ``now``; damaged ones are told apart."""
    found = []
    for number, backup in enumerate(backups):
        if control is not None:
            control.progress(number / len(backups), f"{backup.made:%Y-%m-%d %H:%M}")
        found.append(_line(backup, now, secret))
    return found


def _line(backup: Backup, now: Report | None, secret: Secret | None) -> BackupLine:
    if not is_good(backup, secret=secret):
        return BackupLine(backup, trouble="已损坏或打不开，不能恢复")
    try:
        summary = summarize(backup, secret)
        if now is None:
            return BackupLine(backup, summary)
        return BackupLine(backup, summary, len(differences(read_version(backup.path, secret), now).changes))
    except StoreError as error:
        return BackupLine(backup, trouble=str(error))
