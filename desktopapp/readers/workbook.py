"""Imports a workbook (.xlsx, .xls, .ods) as a report: our own, edited by somebody, or anybody else's with the forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from desktopapp.core.template import Template
from desktopapp.readers.grid_extras import Fault, read_extras
from desktopapp.readers.grid_report import ImportResult, Placed, Unplaced, build_report, choose_template
from desktopapp.readers.sources.detect import Kind, detect_kind
from desktopapp.readers.sources.errors import SourceError
from desktopapp.readers.sources.model import Document, Grid, Paragraph
from desktopapp.readers.sources.read import read_document
from desktopapp.readers.sources.watch import Cancelled, Progress, Watch
from desktopapp.writers.xlsx_marker import MARKER_SHEET, Marker

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
    extras = read_extras(path, document.kind)
    marker = extras.marker
    wanted = template
    if wanted is None and marker is not None and marker.template in template_ids:
        wanted = marker.template
    templates, unusable = choose_template(load_template, template_ids, wanted)
    watch = Watch(_part(progress, 0.5, 1.0), cancelled)
    warnings = [w for w in document.warnings if MARKER_SHEET not in w]
    try:
        result = build_report(
            grids_with_context(document),
            templates,
            marker=marker,
            year=year,
            watch=watch,
            warnings=[*unusable, *warnings],
        )
        return with_faults(result, extras.faults)
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
    """Return our mark in a workbook, None when it has none. Raises SourceError."""
    return read_extras(path, detect_kind(path).value).marker


def with_faults(result: ImportResult, faults: Sequence[Fault]) -> ImportResult:
    """Return the result with the error values (#REF!) on the sheets of its forms reported."""
    used = {sheet for _, sheet in result.forms}
    shown = [f for f in faults if f.position.sheet in used]
    if not shown:
        return result
    unplaced = tuple(Unplaced(f.position, f.text, "公式出错，没有金额。") for f in shown)
    warnings = tuple(f"{f.position.describe()}的公式出错（{f.text}），按空白读取，请改正后重新导入。" for f in shown)
    return replace(result, unplaced=result.unplaced + unplaced, warnings=result.warnings + warnings)


__all__ = [
    "WORKBOOKS",
    "ImportResult",
    "Placed",
    "Unplaced",
    "grids_with_context",
    "marker_of",
    "read_extras",
    "read_report",
    "with_faults",
]
