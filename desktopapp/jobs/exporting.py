"""Jobs that write a report in other formats, rounded for publication where it keeps exact amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktopapp.core.checker import Checker
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.template import TemplateError
from desktopapp.jobs.base import Progress, UserError, facts_of, get_catalogues, must_be_file, template_root
from desktopapp.jobs.reading import save_new

if TYPE_CHECKING:
    from desktopapp.core.rounding import RoundingPlan
    from desktopapp.narrative.document import Figure, ReportDocument, Table
    from desktopapp.store.cipher import Secret


def round_for_publication(report: Report, mode: str, *, pin_totals: bool = False) -> tuple[RoundingPlan, Report]:
    """Return the plan by which exact amounts are published, and the report with the published amounts.

    ``mode`` is "controlled" or "plain". The published report keeps the plan. Raises UserError.
    """
    from desktopapp.core.rounding import PLAN_FIELD, published_report, total_cells
    from desktopapp.solver.program import SolverError
    from desktopapp.solver.rounding_solver import round_report

    pins = total_cells(report) if pin_totals else ()
    try:
        plan = round_report(report, rule_book(report.template), "plain" if mode == "plain" else "controlled", pins)
    except SolverError as error:
        raise UserError(str(error)) from error
    published = published_report(report, plan)
    published.fields[PLAN_FIELD] = plan.to_json()
    return plan, published


def to_publish(report: Report) -> Report:
    """Return the report as it is published: with the amounts of its rounding plan where it keeps exact ones."""
    if not report.grains:
        return report
    from desktopapp.core.rounding import RoundingPlanError, plain_plan, published_report, stored_plan

    try:
        plan = stored_plan(report)
    except RoundingPlanError as error:
        raise UserError(str(error)) from error
    if plan is None:
        plan = plain_plan(report, Checker(report, rule_book(report.template)))
    return published_report(report, plan)


def document_of(report: Report) -> ReportDocument:
    """Return the whole report as a neutral document; raises UserError."""
    from desktopapp.narrative.building import build_document
    from desktopapp.store.outline_files import load_outline

    try:
        outline = load_outline(template_root(), report.template.id)
        return build_document(report, facts_of(report), outline, get_catalogues(report.year))
    except TemplateError as error:
        raise UserError(str(error)) from error


def save_as(report: Report, path: Path, *, overwrite: bool = False, secret: Secret | None = None) -> None:
    """Write a report as the suffix says: .juesuan, .json or .xlsx; raises UserError."""
    suffix = path.suffix.lower()
    if suffix not in (".juesuan", ".json", ".xlsx"):
        raise UserError(f"不知道“{path.name}”要写成哪种文件，请用 .juesuan、.json 或 .xlsx 作后缀。")
    if suffix == ".juesuan":
        save_new(report, path, overwrite=overwrite, secret=secret)
    elif path.exists() and not overwrite:
        raise UserError(f"“{path}”已经存在，没有覆盖；要替换它请加上 --overwrite，或换一个文件名。")
    elif suffix == ".json":
        export_json(report, path)
    else:
        export_xlsx(report, path)


def export_json(report: Report, path: Path) -> None:
    """Write a report as JSON; raises UserError."""
    from desktopapp.writers.json_writer import report_json_text

    write_text(path, report_json_text(report))


def export_xlsx(
    report: Report,
    path: Path,
    *,
    formulas: bool = False,
    figures: Sequence[Figure] = (),
    tables: Sequence[Table] = (),
    progress: Progress | None = None,
) -> None:
    """Write all forms as one workbook, with ``figures`` as charts and ``tables`` on sheets; raises UserError."""
    from desktopapp.writers.aside import WriteError
    from desktopapp.writers.xlsx_writer import write_workbook

    try:
        checker = Checker(report, rule_book(report.template))
        write_workbook(report, checker, path, formulas=formulas, figures=figures, tables=tables, progress=progress)
    except WriteError as error:
        raise UserError(str(error)) from error


def export_pdf(report: Report, path: Path, *, progress: Progress | None = None) -> None:
    """Write the whole report as PDF; raises UserError."""
    export_documents(report, {"pdf": path}, progress=progress)


def export_docx(report: Report, path: Path, *, progress: Progress | None = None) -> None:
    """Write the whole report as a Word document; raises UserError."""
    export_documents(report, {"docx": path}, progress=progress)


def export_html(report: Report, path: Path, *, progress: Progress | None = None) -> None:
    """Write the whole report as one web page; raises UserError."""
    export_documents(report, {"html": path}, progress=progress)


def export_csv(report: Report, path: Path) -> None:
    """Write all amounts as one CSV table that spreadsheets open; raises UserError."""
    from desktopapp.writers.csv_writer import csv_text

    write_text(path, csv_text(report), bom=True)


def export_documents(
    report: Report,
    targets: Mapping[str, Path],
    *,
    document: ReportDocument | None = None,
    fonts: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Write the whole report to each target by kind ("docx", "pdf", "html"), typeset once for all; raises UserError.

    Give ``document`` when it has been made already, ``fonts`` (family by role) where others than the prescribed ones
    are wanted.
    Each file is written aside and replaced; what was written before a failure stays.
    """
    from desktopapp.writers.aside import WriteError
    from desktopapp.writers.publication import Publication

    publication = Publication(document or document_of(report), report, fonts)
    try:
        for kind, path in targets.items():
            publication.write(kind, path, progress=progress, cancelled=cancelled)
    except WriteError as error:
        raise UserError(str(error)) from error


def score_csv(source: Path) -> str:
    """Return an indicator list as CSV with its scores; raises UserError."""
    from io import StringIO

    from desktopapp.writers.score_csv import ScoreTableError, score_table

    must_be_file(source)
    out = StringIO()
    try:
        score_table(source, out)
    except ScoreTableError as error:
        raise UserError(str(error)) from error
    return out.getvalue()


def write_text(path: Path, text: str, *, bom: bool = False) -> None:
    """Write a text file aside and replace; raises UserError. ``bom`` marks it for spreadsheets."""
    from desktopapp.writers.aside import WriteError, write_aside

    data = text.encode("utf-8-sig" if bom else "utf-8")
    try:
        write_aside(path, data)
    except WriteError as error:
        raise UserError(str(error)) from error
