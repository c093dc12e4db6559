"""Writes the forms of a report as one workbook, one sheet each, in their official look.

The workbook carries a very hidden sheet by which the import recognises it (see ``xlsx_marker``). Somebody may delete
it; the import then recognises the forms by what they say.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

from desktopapp.core.amount import Unit
from desktopapp.core.checker import Checker
from desktopapp.core.layout import lay_out
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.narrative.document import Figure, Table
from desktopapp.writers.aside import Cancelled, Progress, check_cancelled, write_aside
from desktopapp.writers.xlsx_charts import CHART_SHEET, write_charts
from desktopapp.writers.xlsx_formulas import Place, formulas_for
from desktopapp.writers.xlsx_marker import MARKER_SHEET, marker_rows
from desktopapp.writers.xlsx_names import safe_text, sheet_names
from desktopapp.writers.xlsx_sheet import SheetWriter, places_of
from desktopapp.writers.xlsx_style import TEXT_FONT, TEXT_SIZE, Formats
from desktopapp.writers.xlsx_tables import write_tables


def write_workbook(
    report: Report,
    checker: Checker,
    path: Path,
    *,
    formulas: bool = False,
    unit: Unit = Unit.WAN,
    forms: Sequence[str] | None = None,
    figures: Sequence[Figure] = (),
    tables: Sequence[Table] = (),
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> None:
    """Write forms (all published ones, or ``forms`` by id) as a workbook in ``unit``.

    Amounts are numbers; with ``formulas`` every total that agrees with its relation is a live formula with its value
    beside it. ``figures`` become charts that can be edited, on a sheet of their own, ``tables`` sheets behind the
    forms. Raises WriteError (one sentence; the old file is unharmed) and WriteCancelled.
    """
    check_cancelled(cancelled)
    content = workbook_bytes(
        report,
        checker,
        formulas=formulas,
        unit=unit,
        forms=forms,
        figures=figures,
        tables=tables,
        progress=progress,
        cancelled=cancelled,
    )
    check_cancelled(cancelled)
    write_aside(path, content)
    if progress is not None:
        progress(1.0, "导出完成")


def workbook_bytes(
    report: Report,
    checker: Checker,
    *,
    formulas: bool = False,
    unit: Unit = Unit.WAN,
    forms: Sequence[str] | None = None,
    figures: Sequence[Figure] = (),
    tables: Sequence[Table] = (),
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> bytes:
    """Return the content of the workbook that ``write_workbook`` writes. Raises WriteCancelled."""
    ids = [f.id for f in report.template.forms if f.published] if forms is None else list(forms)
    names = sheet_names((form_id, report.template.form(form_id)) for form_id in ids)
    layouts = {form_id: lay_out(report, form_id, unit) for form_id in ids}
    live: dict[Cell, str] = {}
    if formulas:
        places: dict[Cell, Place] = {}
        for form_id, layout in layouts.items():
            places |= places_of(layout, names[form_id])
        live = formulas_for(checker, places, 2 if unit is Unit.YUAN or not _any_exact(report, ids) else 6)
    stream = io.BytesIO()
    book = _new_book(stream, report)
    writer = SheetWriter(Formats(book), unit, report.amounts, live, lambda: check_cancelled(cancelled))
    for at, (form_id, layout) in enumerate(layouts.items()):
        check_cancelled(cancelled)
        if progress is not None:
            progress(0.9 * at / len(layouts), f"正在写{names[form_id]}")
        writer.write(book.add_worksheet(names[form_id]), layout)
    taken = {name.casefold() for name in (MARKER_SHEET, CHART_SHEET, "history", *names.values())}
    write_tables(book, writer.formats, tables, taken)
    write_charts(book, figures)
    _write_marker(book, report, unit, names)
    book.close()
    return stream.getvalue()


def _any_exact(report: Report, ids: Sequence[str]) -> bool:
    return any(report.is_exact(form_id) for form_id in ids)


def _new_book(stream: io.BytesIO, report: Report) -> Workbook:
    book = Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": TEXT_FONT, "font_size": TEXT_SIZE},
        },
    )
    title = report.template.report_title.format(year=report.year, department=report.department)
    # Neither author nor company: the file is published.
    book.set_properties({"title": title, "author": "", "comments": ""})
    return book


def _write_marker(book: Workbook, report: Report, unit: Unit, names: dict[str, str]) -> None:
    sheet = book.add_worksheet(MARKER_SHEET)
    sheet.very_hidden()
    for at, row in enumerate(marker_rows(report, unit, names)):
        for col, text in enumerate(row):
            sheet.write_string(at, col, safe_text(text))
