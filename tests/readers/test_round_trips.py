"""Reports that this program wrote, and that LibreOffice made of them, come back with every cell.

JUESUAN_ROUND_TRIPS sets how many generated reports are tried; the bundled sample always is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopapp import jobs
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from tests.generators import TEMPLATES, published_report, the_template

COUNT = int(os.environ.get("JUESUAN_ROUND_TRIPS", "1"))
SOFFICE = shutil.which("soffice")
#: The file that LibreOffice converts, and what it makes of it.
OTHERS = [("xlsx", "xls"), ("xlsx", "ods"), ("docx", "docx"), ("docx", "pdf")]
#: Further ones for the thorough run: a printed workbook, and Word by way of OpenDocument.
OTHERS += [("xlsx", "pdf"), ("docx", "odt.docx")] if COUNT > 1 else []
EXPORTS: dict[str, Callable[[Report, Path], None]] = {
    "xlsx": jobs.export_xlsx,
    "docx": jobs.export_docx,
    "pdf": jobs.export_pdf,
    "html": jobs.export_html,
}


def made(which: str) -> Report:
    """Return the sample, or the generated report of a number; every other one has money besides the treasury's."""
    if which == "sample":
        return jobs.import_json(jobs.sample_path(), None, None)
    number = int(which)
    template = the_template(TEMPLATES[(number + 1) % len(TEMPLATES)])
    report = published_report(700 + number, template, rows=20, own_money=bool(number % 2), funds=bool(number % 3))
    report.department = "江城市数据管理局"
    return report


WHICH = ["sample", *(str(n) for n in range(COUNT))]


def amounts(report: Report) -> dict[Cell, int]:
    """Return the amounts of this year's published forms."""
    published = {f.id for f in report.template.forms if f.published}
    return {c: a for c, a in report.amounts.items() if c.form in published}


def assert_same(found: Report, report: Report) -> None:
    assert found.template.id == report.template.id
    wanted, got = amounts(report), amounts(found)
    wrong = {c: (wanted.get(c), got.get(c)) for c in wanted.keys() | got.keys() if wanted.get(c) != got.get(c)}
    assert wrong == {}
    assert found.department == report.department


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("which", WHICH)
def test_our_own_files_come_back_whole(which: str, kind: str, tmp_path: Path) -> None:
    report = made(which)
    path = tmp_path / f"决算.{kind}"
    EXPORTS[kind](report, path)
    assert_same(jobs.import_any(path).report, report)


def without_marks(path: Path) -> None:
    """Take the sheet with this program's mark out of a workbook, as if somebody else had made it."""
    import openpyxl

    from desktopapp.writers.xlsx_marker import MARKER_SHEET

    book = openpyxl.load_workbook(path)
    if MARKER_SHEET in book.sheetnames:
        del book[MARKER_SHEET]
    book.save(path)


@pytest.mark.parametrize("which", WHICH)
def test_a_workbook_without_our_mark_comes_back_whole(which: str, tmp_path: Path) -> None:
    report = made(which)
    path = tmp_path / "决算.xlsx"
    jobs.export_xlsx(report, path)
    without_marks(path)
    assert_same(jobs.import_any(path).report, report)


@pytest.mark.soffice
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize(("source", "suffix"), OTHERS, ids=[f"{a} to {b}" for a, b in OTHERS])
def test_files_made_by_libreoffice_come_back_whole(source: str, suffix: str, tmp_path: Path) -> None:
    reports = {which: made(which) for which in WHICH}
    for which, report in reports.items():
        path = tmp_path / f"{which}.{source}"
        EXPORTS[source](report, path)
        if source == "xlsx":
            without_marks(path)
    folder, last = tmp_path, source
    for target in suffix.split("."):
        convert(sorted(folder.glob(f"*.{last}")), target, tmp_path / f"made.{target}", tmp_path / "profile")
        folder, last = tmp_path / f"made.{target}", target
    for which, report in reports.items():
        assert_same(jobs.import_any(folder / f"{which}.{last}").report, report)


def convert(paths: list[Path], target: str, out: Path, profile: Path) -> None:
    """Let LibreOffice write files in another format, in one run with a profile of its own."""
    assert SOFFICE is not None
    command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", target]
    subprocess.run([*command, "--outdir", str(out), *map(str, paths)], check=True, capture_output=True, timeout=300)
