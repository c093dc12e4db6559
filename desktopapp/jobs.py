"""What the window and the command line both do with files: open, import, check, export.

No Qt and no printing here; every failure is a UserError with one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopapp.core.accepted import with_explanations
from desktopapp.core.amount import plain_wan
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.checker import Checker
from desktopapp.core.engine import Engine
from desktopapp.core.findings import Finding, all_findings, finding_json
from desktopapp.core.naming import place_id
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Template, TemplateError
from desktopapp.narrative.document import Figure, ReportDocument
from desktopapp.readers.json_reader import FIRST_YEAR, LAST_YEAR, JsonError, load_json, report_from_json
from desktopapp.resources import resource_root
from desktopapp.store.catalogue_files import CatalogueError, load_catalogues
from desktopapp.store.template_files import kept_template, list_templates

if TYPE_CHECKING:
    from desktopapp.core.rounding import RoundingPlan
    from desktopapp.core.suspects import Suspect
    from desktopapp.narrative.facts import Facts
    from desktopapp.narrative.reading.binding import BoundText
    from desktopapp.narrative.reading.context import Context
    from desktopapp.narrative.reading.harvest import Harvested
    from desktopapp.readers.build import BuiltReport

Progress = Callable[[float, str], None]


class UserError(Exception):
    """A sentence for the user: what, where, what to do."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A report read from a foreign source, with what the reader has to say about it.

    ``built`` is what it was made of, None for files of ours, in which everything is certain.
    """

    report: Report
    account: dict[str, Any]
    built: BuiltReport | None = None


def template_root() -> Path:
    """Return the folder of the templates."""
    return resource_root() / "templates"


def template_ids() -> list[str]:
    """Return the ids of all templates."""
    return list_templates(template_root())


def get_template(template_id: str) -> Template:
    """Return a template by id; raises UserError naming those there are, or what is malformed."""
    if template_id not in template_ids():
        raise UserError(f"没有模板“{template_id}”，可用的模板有：{'、'.join(template_ids())}。")
    try:
        return kept_template(template_root(), template_id)
    except TemplateError as error:
        raise UserError(str(error)) from error


def get_catalogues(year: int) -> Catalogues:
    """Return the classifications of a year; raises UserError."""
    try:
        return load_catalogues(resource_root() / "codes", year)
    except CatalogueError as error:
        raise UserError(str(error)) from error


def sample_path() -> Path:
    """Return the bundled sample report (JSON)."""
    return resource_root() / "samples" / "sample.json"


def start_report(template_id: str, year: int, department: str) -> Report:
    """Return a new, empty report whose totals follow their relations; raises UserError."""
    _must_be_year(year)
    report = new_report(get_template(template_id), year, department)
    Engine(report, rule_book(report.template)).start_automatic()
    return report


def roll(last: Report, year: int, template_id: str | None = None) -> tuple[Report, tuple[str, ...]]:
    """Return the report of a new year made from last year's, with remarks in sentences; raises UserError."""
    from desktopapp.core.roll import roll_forward

    _must_be_year(year)
    if year <= last.year:
        raise UserError(f"上年文件是 {last.year} 年度的，新年度 {year} 应当更晚，请检查年度。")
    template = get_template(template_id or template_for(last.template, year))
    rolled = roll_forward(last, template, year, get_catalogues(last.year), get_catalogues(year))
    return rolled.report, (*rolled.remarks, *_carry_words(last, rolled.report))


def _carry_words(last: Report, report: Report) -> tuple[str, ...]:
    """Give a new report last year's words; return a remark on numbers that no fact stands for."""
    from desktopapp.narrative.carrying import carry_words

    carried = carry_words(last, report, facts_of(report), _text_context(last))
    left = sum(unbound for _, _, unbound in carried.sections)
    if not left:
        return ()
    return (f"上年文字中有 {left} 个数字没有对应的指标，已在文字部分标出，请逐处核对。",)


def template_for(last: Template, year: int) -> str:
    """Return the template of last year's place that is the newest up to a year."""
    place = last.id.rpartition("-")[0]
    years = {t: int(t.rpartition("-")[2]) for t in template_ids() if t.rpartition("-")[0] == place}
    fitting = [t for t, y in years.items() if y <= year]
    return max(fitting, key=lambda t: years[t], default=last.id)


def _must_be_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UserError(f"年度 {year} 不对，应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。")


def import_json(path: Path, template_id: str | None, year: int | None) -> Report:
    """Return the report in a JSON file, in its own template unless another is asked for."""
    try:
        raw = load_json(path)
        template = get_template(template_id or str(raw.get("template", "")))
        if year is not None:
            raw = {**raw, "year": year}
        return report_from_json(raw, template, path.name)
    except JsonError as error:
        raise UserError(str(error)) from error


def open_report(path: Path) -> Report:
    """Return the report in a file of ours, opened for reading; raises UserError."""
    from desktopapp.store.errors import StoreError
    from desktopapp.store.report_file import open_file

    try:
        with open_file(path, get_template, read_only=True) as file:
            return file.report
    except StoreError as error:
        raise UserError(str(error)) from error


def import_any(
    path: Path,
    template_id: str | None = None,
    year: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Imported:
    """Return the report in any file that can be read; raises UserError."""
    _must_be_file(path)
    if year is not None:
        _must_be_year(year)
    suffix = path.suffix.lower()
    if suffix == ".juesuan":
        return Imported(open_report(path), {})
    if suffix == ".json":
        return Imported(import_json(path, template_id, year), {})
    from desktopapp.readers.importer import account_json, import_source
    from desktopapp.readers.library import library_of
    from desktopapp.readers.sources import SourceError

    library = library_of([get_template(t) for t in template_ids()], get_catalogues, template_root())
    template = get_template(template_id) if template_id is not None else None
    try:
        built = import_source(path, library, template, year, progress, cancelled)
    except SourceError as error:
        raise UserError(str(error)) from error
    values = harvest_text(built.report)
    account = account_json(built)
    account["facts"] = [
        {"table": v.table, "row": v.row, "column": v.column, "value": _written(v), "where": v.where} for v in values
    ] + built.beside.get("facts", [])
    return Imported(built.report, account, built)


def harvest_text(report: Report) -> list[Harvested]:
    """Take what the imported text states beside the forms into the input tables that are empty; return all of it."""
    context = _text_context(report)
    if context is None:
        return []
    from desktopapp.narrative.reading.harvest import as_tables, harvest
    from desktopapp.store.outline_files import load_harvest

    tables = context.facts.book.inputs
    found = harvest(context, load_harvest(template_root()), tables)
    for table, rows in as_tables(found).items():
        report.fields.setdefault(f"input.{table}", rows)
    return found


def _written(value: Harvested) -> str | int:
    """Return a harvested value for the account: amounts as decimal strings in 万元."""
    amount = value.column in ("budget", "executed", "amount", "sme", "small", "goods", "works", "services", "foreign")
    return plain_wan(value.value) if amount and isinstance(value.value, int) else value.value


def _text_context(report: Report) -> Context | None:
    """Return what checks and harvest of the imported text look things up in, None when the report keeps no text."""
    from desktopapp.readers.running_text import SOURCE_TEXT, restored

    found = restored(report.fields.get(SOURCE_TEXT))
    if not found:
        return None
    from desktopapp.narrative.reading.context import Context, find_named
    from desktopapp.store.outline_files import load_claim_book

    context = Context(report, facts_of(report), load_claim_book(template_root()), found)
    find_named(context)
    return context


def bound_text(report: Report) -> dict[str, BoundText]:
    """Return the sections of the imported text with their numbers bound to the facts, empty without such a text."""
    from desktopapp.narrative import carrying

    context = _text_context(report)
    return carrying.bound_text(report, context) if context is not None else {}


def _must_be_file(path: Path) -> None:
    if not path.exists():
        raise UserError(f"找不到文件“{path}”，请检查文件名和文件夹。")
    if path.is_dir():
        raise UserError(f"“{path}”是文件夹，请选择其中的文件。")


def save_new(report: Report, path: Path, *, overwrite: bool = False) -> None:
    """Write a report as a file of ours; raises UserError, and never replaces a file unasked."""
    from desktopapp.store.errors import StoreError
    from desktopapp.store.report_file import create

    if not path.absolute().parent.is_dir():
        raise UserError(f"文件夹“{path.absolute().parent}”不存在，请先建立该文件夹或换一个位置保存。")
    try:
        create(path, report, overwrite=overwrite)
    except StoreError as error:
        raise UserError(str(error)) from error


def check_report(report: Report) -> tuple[Checker, list[Finding]]:
    """Return the checker of a report and all its findings: forms first, then what stands beside them, then its text."""
    checker = Checker(report, rule_book(report.template))
    found = all_findings(report, checker, get_catalogues(report.year))
    found += [*beside_findings(report), *text_findings(report), *own_text_findings(report)]
    return checker, with_explanations(report, found)


def own_text_findings(report: Report) -> list[Finding]:
    """Return what is wrong in the text that will be printed, where the office has written any of it itself."""
    from desktopapp.narrative.document_check import document_findings
    from desktopapp.narrative.narrative import TEXT_FIELD
    from desktopapp.store.outline_files import load_claim_book

    if not any(key.startswith(TEXT_FIELD) for key in report.fields):
        return []
    return document_findings(report, facts_of(report), load_claim_book(template_root()), document_of(report))


def beside_findings(report: Report) -> list[Finding]:
    """Return what is wrong in the inputs beside the forms and in the self-evaluation forms."""
    from desktopapp.narrative.selfeval_findings import selfeval_findings
    from desktopapp.readers.running_text import SOURCE_TEXT

    if not any(key.startswith("input.") or key == "selfeval" for key in report.fields):
        return []
    if report.fields.get(SOURCE_TEXT):
        # What was read out of a text is checked where it stands in the text, not a second time.
        return list(selfeval_findings(report))
    from desktopapp.narrative.input_checks import input_findings

    return list(input_findings(report, facts_of(report)))


def suspected(report: Report, checker: Checker) -> list[Suspect]:
    """Return the cells that are most probably wrong, best first, proved by the solver; raises UserError."""
    from desktopapp.solver.program import SolverError
    from desktopapp.solver.suspects_solver import exact_suspects

    try:
        return exact_suspects(report, checker)
    except SolverError as error:
        raise UserError(str(error)) from error


def suspect_text(report: Report, suspect: Suspect) -> str:
    """Return one line on a suspect: the cells, what they hold and should hold, and why."""
    from desktopapp.core.amount import format_number
    from desktopapp.core.naming import describe

    told = [
        f"{describe(report, cell)} {format_number(found or 0)} → {format_number(suggested or 0)}"
        for cell, found, suggested in zip(suspect.places, suspect.found, suspect.suggested, strict=True)
    ]
    return f"{'；'.join(told)}：{suspect.why}"


def suspected_json(report: Report, found: list[Suspect]) -> list[dict[str, Any]]:
    """Return suspects as ``check --suspects --format json`` prints them."""
    from desktopapp.core.suspects import suspects_json

    return suspects_json(found, lambda cell: place_id(report, cell))


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


def save_as(report: Report, path: Path, *, overwrite: bool = False) -> None:
    """Write a report as the suffix says: .juesuan, .json or .xlsx; raises UserError."""
    suffix = path.suffix.lower()
    if suffix not in (".juesuan", ".json", ".xlsx"):
        raise UserError(f"不知道“{path.name}”要写成哪种文件，请用 .juesuan、.json 或 .xlsx 作后缀。")
    if suffix == ".juesuan":
        save_new(report, path, overwrite=overwrite)
    elif path.exists() and not overwrite:
        raise UserError(f"“{path}”已经存在，没有覆盖；要替换它请加上 --overwrite，或换一个文件名。")
    elif suffix == ".json":
        export_json(report, path)
    else:
        export_xlsx(report, path)


def text_findings(report: Report) -> list[Finding]:
    """Return what is wrong in the imported text that a report keeps, but for sections taken over as own text."""
    from desktopapp.narrative.narrative import own_text
    from desktopapp.narrative.reading.check import check_context

    if (context := _text_context(report)) is None:
        return []
    taken = {p.where for p in context.passages if p.section and own_text(report, p.section)}
    return [f for f in check_context(context) if f.where.partition("（")[0] not in taken]


def findings_json(report: Report, findings: list[Finding]) -> dict[str, Any]:
    """Return findings as ``check --format json`` prints them."""
    return {"findings": [finding_json(report, f) for f in findings]}


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
    progress: Progress | None = None,
) -> None:
    """Write all forms as one workbook, with ``figures`` as charts that can be edited; raises UserError."""
    from desktopapp.writers.aside import WriteError
    from desktopapp.writers.xlsx_writer import write_workbook

    try:
        checker = Checker(report, rule_book(report.template))
        write_workbook(report, checker, path, formulas=formulas, figures=figures, progress=progress)
    except WriteError as error:
        raise UserError(str(error)) from error


def score_csv(source: Path) -> str:
    """Return an indicator list as CSV with its scores; raises UserError."""
    from io import StringIO

    from desktopapp.writers.score_csv import ScoreTableError, score_table

    _must_be_file(source)
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


def facts_of(report: Report) -> Facts:
    """Return the facts of a report; raises TemplateError."""
    from desktopapp.narrative.facts import Facts
    from desktopapp.store.outline_files import load_fact_book

    return Facts(report, load_fact_book(template_root(), report.template.id))


def document_of(report: Report) -> ReportDocument:
    """Return the whole report as a neutral document; raises UserError."""
    from desktopapp.narrative.building import build_document
    from desktopapp.store.outline_files import load_outline

    try:
        outline = load_outline(template_root(), report.template.id)
        return build_document(report, facts_of(report), outline, get_catalogues(report.year))
    except TemplateError as error:
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
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Write the whole report to each target by kind ("docx", "pdf", "html"), typeset once for all; raises UserError.

    Give ``document`` when it has been made already.
    Each file is written aside and replaced; what was written before a failure stays.
    """
    from desktopapp.writers.aside import WriteError
    from desktopapp.writers.publication import Publication

    publication = Publication(document or document_of(report), report)
    try:
        for kind, path in targets.items():
            publication.write(kind, path, progress=progress, cancelled=cancelled)
    except WriteError as error:
        raise UserError(str(error)) from error
