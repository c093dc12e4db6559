"""The account of an import: every amount knows its place, doubts are graded, leftovers keep their amount."""

from __future__ import annotations

from pathlib import Path

from desktopapp import jobs
from desktopapp.core.template import LAST, Cell
from desktopapp.readers.account import Account, Grade
from tests.generators import published_report
from tests.readers.flat_noise import Noise, as_text


def account_of(path: Path) -> Account:
    built = jobs.import_any(path).built
    assert built is not None
    return Account(built)


def test_every_amount_of_a_text_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "公开.txt"
    path.write_text(as_text(published_report(1, rows=8), 1, Noise(blanks=0.2)), "utf-8")
    account, lines = account_of(path), path.read_text("utf-8").split("\n")
    assert len(account.report.amounts) > 80
    for cell in account.report.amounts:
        known = account.of(cell)
        assert known.position is not None and known.position.line is not None
        assert known.text in lines[known.position.line - 1]
    assert not account.certain


def test_removed_blanks_are_told_and_graded(tmp_path: Path) -> None:
    path = tmp_path / "公开.txt"
    path.write_text(as_text(published_report(1, rows=8), 1, Noise(blanks=0.5)), "utf-8")
    account = account_of(path)
    repaired = [c for c in account.graded(Grade.DECIDED) if "空格" in account.of(c).reason]
    assert repaired
    assert all(0.9 <= account.of(c).confidence < 1 for c in repaired)


def test_our_own_workbook_is_certain_and_every_amount_has_its_cell(tmp_path: Path) -> None:
    report = jobs.import_any(jobs.sample_path()).report
    path = tmp_path / "表.xlsx"
    jobs.export_xlsx(report, path)
    account = account_of(path)
    assert account.certain
    this_year = [c for c in account.report.amounts if not c.form.startswith(LAST)]
    assert all(account.of(c).grade is Grade.CERTAIN for c in this_year)
    position = account.of(Cell("03", "2010301", "basic")).position
    assert position is not None and position.row is not None and position.col is not None and position.sheet


def test_the_table_of_a_word_document_is_found_again_by_row(tmp_path: Path) -> None:
    report = jobs.import_any(jobs.sample_path()).report
    path = tmp_path / "报告.docx"
    jobs.export_docx(report, path)
    account = account_of(path)
    known = account.of(Cell("03", "2010301", "basic"))
    assert known.position is not None and known.position.item is not None and known.position.row is not None
    assert "表格第" in known.where
