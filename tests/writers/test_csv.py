"""All amounts as one CSV table."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest

from desktopapp import jobs
from desktopapp.core.amount import parse_amount
from desktopapp.writers.csv_writer import HEAD, csv_text
from tests.generators import published_report, the_template

from .documents import TEMPLATES, report_of


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text)))


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_amount_has_its_line(template: str) -> None:
    report = report_of(template)
    head, *rows = rows_of(csv_text(report))
    assert tuple(head) == HEAD
    cells = [c for f in report.template.forms if f.published for c in report.cells(f) if report.get(c) is not None]
    assert [parse_amount(r[-1]) for r in rows] == [report.get(c) for c in cells]
    for row, cell in zip(rows, cells, strict=True):
        form = report.template.form(cell.form)
        assert row[0] == (form.mark or form.id)
        assert row[5]
        assert row[2] or row[3] or form.shape.value == "single"


def test_names_that_look_like_formulas_are_made_safe() -> None:
    report = published_report(2, the_template(), rows=6)
    code = next(iter(report.rows_of("05")))
    report.rows_of("05").rename(code, "=cmd|'/c calc'!A1")
    for row in rows_of(csv_text(report)):
        assert not any(text[:1] in "=+@" for text in row[:-1] if text)
    assert any(row[3] == "'=cmd|'/c calc'!A1" for row in rows_of(csv_text(report)))


def test_the_file_is_marked_for_spreadsheets(tmp_path: Path) -> None:
    jobs.export_csv(report_of(), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (tmp_path / "a.csv").read_bytes().decode("utf-8-sig") == csv_text(report_of())
