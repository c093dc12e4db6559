"""Budget of the export: Word, PDF and workbook with charts of an ordinary report together within 3 s.

Run with ``pytest tests/benchmarks/test_export_bench.py``; compare the median, and mind what else the machine does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktopapp import jobs
from desktopapp.core.report import Report
from tests.generators import published_report, the_template

Benchmark = Any


def ordinary() -> Report:
    """Return a report as departments publish them: some thirty codes, both years."""
    report = published_report(5, the_template("hubei-2024"), rows=30, own_money=True, funds=True)
    report.department = "某某市生态环境局"
    return report


def export_all(report: Report, folder: Path) -> None:
    """Write the report as an export of everything does."""
    document = jobs.document_of(report)
    jobs.export_xlsx(report, folder / "a.xlsx", figures=document.figures())
    jobs.export_documents(report, {"pdf": folder / "a.pdf", "docx": folder / "a.docx"}, document=document)


@pytest.mark.benchmark(group="Word, PDF and workbook of an ordinary report: at most 3 s")
def test_export_everything(benchmark: Benchmark, tmp_path: Path) -> None:
    report = ordinary()
    benchmark.pedantic(export_all, args=(report, tmp_path), rounds=5, warmup_rounds=0)
    assert {p.name for p in tmp_path.iterdir()} == {"a.xlsx", "a.pdf", "a.docx"}


@pytest.mark.benchmark(group="Web page of an ordinary report")
def test_export_web_page(benchmark: Benchmark, tmp_path: Path) -> None:
    report = ordinary()
    document = jobs.document_of(report)
    benchmark.pedantic(
        jobs.export_documents,
        args=(report, {"html": tmp_path / "a.html"}),
        kwargs={"document": document},
        rounds=5,
    )
    assert (tmp_path / "a.html").stat().st_size > 10_000


@pytest.mark.benchmark(group="PDF of a report with 200 rows by code")
def test_export_long_report(benchmark: Benchmark, tmp_path: Path) -> None:
    report = published_report(5, the_template("hubei-2024"), rows=200)
    document = jobs.document_of(report)
    benchmark.pedantic(
        jobs.export_documents, args=(report, {"pdf": tmp_path / "a.pdf"}), kwargs={"document": document}, rounds=1
    )
    assert (tmp_path / "a.pdf").stat().st_size > 10_000
