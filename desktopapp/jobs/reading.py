"""Jobs that make a report: open, import, start anew, carry forward; and keep it as a file of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import Template
from desktopapp.jobs.base import (
    PasswordError,
    Progress,
    UserError,
    facts_of,
    get_catalogues,
    get_template,
    must_be_file,
    must_be_year,
    template_ids,
    template_root,
)
from desktopapp.jobs.running_text import fact_json, harvest_text, text_context
from desktopapp.readers.json_reader import JsonError, load_json, report_from_json

if TYPE_CHECKING:
    from desktopapp.readers.build import BuiltReport
    from desktopapp.readers.library import Library
    from desktopapp.store.cipher import Secret


@dataclass(frozen=True, slots=True)
class Imported:
    """A report read from a foreign source, with what the reader has to say about it.

    ``built`` is what it was made of, None for files of ours, in which everything is certain.
    """

    report: Report
    account: dict[str, Any]
    built: BuiltReport | None = None


def start_report(template_id: str, year: int, department: str) -> Report:
    """Return a new, empty report whose totals follow their relations; raises UserError."""
    must_be_year(year)
    report = new_report(get_template(template_id), year, department)
    Engine(report, rule_book(report.template)).start_automatic()
    return report


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


def open_report(path: Path, secret: Secret | None = None) -> Report:
    """Return the report in a file of ours, opened for reading; raises UserError, PasswordError for want of one."""
    from desktopapp.store.errors import PasswordNeededError, StoreError, WrongPasswordError
    from desktopapp.store.report_file import open_file

    try:
        with open_file(path, get_template, read_only=True, secret=secret) as file:
            return file.report
    except (PasswordNeededError, WrongPasswordError) as error:
        raise PasswordError(path, str(error)) from error
    except StoreError as error:
        raise UserError(str(error)) from error


def import_any(
    path: Path,
    template_id: str | None = None,
    year: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    secret: Secret | None = None,
) -> Imported:
    """Return the report in any file that can be read; raises UserError. ``secret`` is for a file of ours."""
    must_be_file(path)
    if year is not None:
        must_be_year(year)
    suffix = path.suffix.lower()
    if suffix == ".juesuan":
        return Imported(open_report(path, secret), {})
    if suffix == ".json":
        return Imported(import_json(path, template_id, year), {})
    from desktopapp.readers.importer import import_source
    from desktopapp.readers.sources import SourceError

    template = get_template(template_id) if template_id is not None else None
    try:
        built = import_source(path, _library(), template, year, progress, cancelled)
    except SourceError as error:
        raise UserError(str(error)) from error
    return _accounted(built)


def import_copied(
    texts: Sequence[tuple[str, str]], template_id: str | None = None, year: int | None = None
) -> Imported:
    """Return the report in what was copied: (kind, text) of "html", "tsv" or "text", the first that holds forms.

    Raises UserError with the reason of the last one.
    """
    from desktopapp.readers.importer import import_document
    from desktopapp.readers.sources import SourceError, read_text

    template = get_template(template_id) if template_id is not None else None
    failed = UserError("剪贴板里没有文字或表格，请先在网页、Word、Excel 或 PDF 里选中各表复制，再导入。")
    for kind, text in texts:
        try:
            return _accounted(import_document(read_text(text, kind), _library(), template, year))
        except SourceError as error:
            failed = UserError(str(error))
    raise failed


def _library() -> Library:
    from desktopapp.readers.library import library_of

    return library_of([get_template(t) for t in template_ids()], get_catalogues, template_root())


def _accounted(built: BuiltReport) -> Imported:
    from desktopapp.readers.importer import account_json

    values = harvest_text(built.report)
    account = account_json(built)
    account["facts"] = [fact_json(v) for v in values] + built.beside.get("facts", [])
    return Imported(built.report, account, built)


def save_new(report: Report, path: Path, *, overwrite: bool = False, secret: Secret | None = None) -> None:
    """Write a report as a file of ours, with a password if one is given; raises UserError.

    A file is never replaced unasked.
    """
    from desktopapp.store.errors import StoreError
    from desktopapp.store.report_file import create

    if not path.absolute().parent.is_dir():
        raise UserError(f"文件夹“{path.absolute().parent}”不存在，请先建立该文件夹或换一个位置保存。")
    try:
        create(path, report, overwrite=overwrite, secret=secret)
    except StoreError as error:
        raise UserError(str(error)) from error


def template_for(last: Template, year: int) -> str:
    """Return the template of last year's place that is the newest up to a year."""
    place = last.id.rpartition("-")[0]
    years = {t: int(t.rpartition("-")[2]) for t in template_ids() if t.rpartition("-")[0] == place}
    fitting = [t for t, y in years.items() if y <= year]
    return max(fitting, key=lambda t: years[t], default=last.id)


def roll(last: Report, year: int, template_id: str | None = None) -> tuple[Report, tuple[str, ...]]:
    """Return the report of a new year made from last year's, with remarks in sentences; raises UserError."""
    from desktopapp.core.roll import roll_forward

    must_be_year(year)
    if year <= last.year:
        raise UserError(f"上年文件是 {last.year} 年度的，新年度 {year} 应当更晚，请检查年度。")
    template = get_template(template_id or template_for(last.template, year))
    rolled = roll_forward(last, template, year, get_catalogues(last.year), get_catalogues(year))
    return rolled.report, (*rolled.remarks, *_carry_words(last, rolled.report))


def _carry_words(last: Report, report: Report) -> tuple[str, ...]:
    """Give a new report last year's words; return remarks on what of them the accountant has to read again."""
    from desktopapp.narrative.carrying import carry_forms, carry_words

    # The text speaks of the forms' indicators.
    forms = carry_forms(last, report)
    carried = carry_words(last, report, facts_of(report), text_context(last))
    left = sum(unbound for _, _, unbound in carried.sections)
    numbers = f"上年文字中有 {left} 个数字没有对应的指标，已在文字部分标出，请逐处核对。"
    reasons = f"上年文字中有 {carried.reasons} 处增减原因，已在文字部分标出，请核对今年是否仍然如此。"
    kept = f"带入了上年 {forms} 张绩效自评表的指标、权重和目标值，请按今年的绩效目标核对。"
    told = ((numbers, left), (reasons, carried.reasons), (kept, forms))
    return tuple(remark for remark, wanted in told if wanted)
