"""Imports a workbook (.xlsx, .xls, .ods) as a report: our own, edited by somebody, or anybody else's with the forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from desktopapp.core.template import Template
from desktopapp.readers.grid_report import ImportResult, Placed, Unplaced, build_report, choose_template
from desktopapp.readers.sources.detect import Kind
from desktopapp.readers.sources.errors import SourceError
from desktopapp.readers.sources.model import Document, Grid, Paragraph
from desktopapp.readers.sources.read import read_document
from desktopapp.readers.sources.watch import Cancelled, Progress, Watch
from desktopapp.writers.xlsx_marker import MARKER_SHEET, Marker, read_marker
from desktopapp.writers.xlsx_names import original_text

WORKBOOKS = {Kind.XLSX.value, Kind.XLS.value, Kind.ODS.value}
#: So many paragraphs above a table may belong to it.
_CONTEXT = 8


def read_report(
    path: Path,
    load_template: Callable[[str], Template],
    template_ids: Sequence[str],
    *,
    template: str | None = None,
    year: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportResult:
    """Return the report that a workbook holds; every amount is taken as typed.

    The template that fits lines, line numbers, columns and year best is chosen unless ``template`` names one; likewise
    the year is that of the titles unless given. Raises SourceError (one sentence) when the file cannot be read or holds
    no form, ReadingCancelled, and TemplateError when the template asked for is malformed.
    """
    document = read_document(path, progress=_part(progress, 0.0, 0.5), cancelled=cancelled)
    marker = marker_of(path) if document.kind in WORKBOOKS else None
    wanted = template
    if wanted is None and marker is not None and marker.template in template_ids:
        wanted = marker.template
    templates, unusable = choose_template(load_template, template_ids, wanted)
    watch = Watch(_part(progress, 0.5, 1.0), cancelled)
    warnings = [w for w in document.warnings if MARKER_SHEET not in w]
    try:
        return build_report(
            grids_with_context(document),
            templates,
            marker=marker,
            year=year,
            watch=watch,
            warnings=[*unusable, *warnings],
        )
    except SourceError as error:
        raise type(error)(f"“{path.name}”：{error}") from error


def grids_with_context(document: Document) -> list[tuple[Grid, tuple[str, ...]]]:
    """Return the grids of a document, each with the lines of text between it and the one before."""
    found = []
    lines: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines += [line for line in block.text.split("\n") if line]
        else:
            found.append((block, tuple(lines[-_CONTEXT:])))
            lines = []
    return found


def _part(progress: Progress | None, start: float, end: float) -> Progress | None:
    """Return a progress that fills only a part of the bar."""
    if progress is None:
        return None
    tell = progress
    return lambda fraction, what: tell(start + (end - start) * fraction, what)


def marker_of(path: Path) -> Marker | None:
    """Return our mark in a workbook that was already read safely, None when it has none."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            if MARKER_SHEET not in book.sheet_names:
                return None
            rows = book.get_sheet_by_name(MARKER_SHEET).to_python(skip_empty_area=True)
    except (CalamineError, OSError):
        return None
    return read_marker([[original_text(_text(value)) for value in row] for row in rows])


def _text(value: object) -> str:
    """Return a value as it was written: a program may have turned "2023" into a number."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


__all__ = ["ImportResult", "Placed", "Unplaced", "grids_with_context", "read_report"]
