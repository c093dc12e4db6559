"""Reads a report from any source: tables where there are tables, running text where they were lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from desktopapp.core.naming import place_id
from desktopapp.core.performance.wording import bare_words
from desktopapp.core.report import new_report
from desktopapp.core.template import Template
from desktopapp.narrative.reading.passages import Passage, passages
from desktopapp.readers.beside import Beside, read_beside, take_beside
from desktopapp.readers.build import BuiltReport, build_report
from desktopapp.readers.flat.choose import choose_template
from desktopapp.readers.flat.lines import text_lines
from desktopapp.readers.flat.reader import FlatReader
from desktopapp.readers.grid_joining import join_continued
from desktopapp.readers.grid_report import ImportResult
from desktopapp.readers.grid_report import build_report as build_from_grids
from desktopapp.readers.library import Library
from desktopapp.readers.merge import Judge, merge, number_in_fen, readings_of
from desktopapp.readers.reading import FormReading
from desktopapp.readers.running_text import SOURCE_TEXT, explains, head, source_lines, stored, told_year
from desktopapp.readers.sources import Document, Grid, SourceError, read_document
from desktopapp.readers.workbook import WORKBOOKS, grids_with_context, marker_of
from desktopapp.writers.xlsx_marker import MARKER_SHEET, Marker

Progress = Callable[[float, str], None]
Cancelled = Callable[[], bool]
#: How alike a heading must be to a section's title, of 100.
_SAME_TITLE = 88
#: The name of the department stands in the first lines where no form names it.
_HEAD_LINES = 20


def import_source(
    path: Path,
    library: Library,
    template: Template | None = None,
    year: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> BuiltReport:
    """Return the report in a file; the best fitting template is chosen unless one is given.

    Raises SourceError with one sentence when the file cannot be read or holds no form.
    """
    document = read_document(path, progress=progress, cancelled=cancelled)
    marker = marker_of(path) if document.kind in WORKBOOKS else None
    return import_document(document, library, template, year, marker)


def import_document(
    document: Document,
    library: Library,
    template: Template | None = None,
    year: int | None = None,
    marker: Marker | None = None,
) -> BuiltReport:
    """Return the report in a document that was read; raises SourceError when it holds no form.

    ``marker`` is the mark of a workbook that this program wrote: what it names is certain.
    """
    document = replace(document, blocks=tuple(join_continued(document.blocks)))
    lines = source_lines(document.blocks)
    beside = Beside()
    if library.words is not None:
        sheets = document if marker is None else _other_sheets(document, marker)
        beside = read_beside(sheets, library.words, library.running)
    told = told_year(line.text for line in lines)
    rest = document if marker is not None else beside.rest(document)
    built = _forms(rest, library, template, year, marker, told)
    if built is None:
        built = _words_only(passages(lines), library, template, year)
    if built is None:
        raise SourceError(f"“{document.name}”里没有找到决算公开的报表，请检查是否选对了文件。")
    built.document = document
    if not built.report.department and document.kind not in WORKBOOKS:
        built.report.department, _ = head(passages(lines[:_HEAD_LINES]))
    if any(line.text.strip() for line in lines) and document.kind not in WORKBOOKS:
        built.report.fields[SOURCE_TEXT] = stored(lines)
    if library.words is not None:
        built.beside = take_beside(built.report, beside, library.words)
    return built


def _forms(
    document: Document,
    library: Library,
    template: Template | None,
    year: int | None,
    marker: Marker | None,
    told: int | None = None,
) -> BuiltReport | None:
    """Return the report of the forms in a document, None when there are none.

    ``told`` is the year that its text names, for forms that name none.
    """
    tables = _from_tables(document, library, template, year, marker, told)
    if tables is not None and tables.own:
        return _account(_own(tables), tables, document)
    if tables is not None:
        readings = readings_of(tables)
        chosen = tables.report.template
        judge = Judge(chosen)
        if judge.faultless(readings, tables.report):
            return _account(build_report(readings, chosen, tables.report.year, book=judge.book), tables, document)
        text = _from_text(document, library, chosen, tables.report.year)
        merged = merge(readings, text, judge)
        built = _account(build_report(merged, chosen, tables.report.year, book=judge.book), tables, document)
        # What a table left over is of no interest where the form was read from the running text instead.
        better = {r.form for r in merged if not any(r is t for t in readings)}
        built.leftovers = [u for u in built.leftovers if u.form not in better]
        return built
    first = template or library.templates[0]
    reader = FlatReader(library.templates, library.catalogues(year or told or first.year))
    regions = reader.regions(text_lines(document.blocks))
    text = reader.read_regions(regions, first)
    if not text:
        return None
    found_year = year or next((r.year for r in text if r.year), None) or told
    chosen = template or choose_template(text, library.templates, found_year)
    if (found_year or chosen.year) != (year or told or first.year):
        reader = FlatReader(library.templates, library.catalogues(found_year or chosen.year))
        text = []
    if chosen is not first or not text:
        text = reader.read_regions(regions, chosen)
    built = build_report(text, chosen, found_year)
    built.warnings.extend(document.warnings)
    return built


def _other_sheets(document: Document, marker: Marker) -> Document:
    """Return the sheets of our own workbook that hold no form: self-evaluation and key work stand there."""
    forms = set(marker.forms)
    kept = tuple(b for b in document.blocks if not (isinstance(b, Grid) and b.name in forms))
    return replace(document, blocks=kept)


def _own(tables: ImportResult) -> BuiltReport:
    """Return the report of a workbook that this program wrote: every cell is certain."""
    built = BuiltReport(tables.report, dict.fromkeys((f for f, _ in tables.forms), 1.0), own=True)
    built.sources = {p.cell: number_in_fen(p.amount, p) for p in tables.placed}
    return built


def _words_only(
    found: Sequence[Passage], library: Library, template: Template | None, year: int | None
) -> BuiltReport | None:
    """Return a report without amounts for a text that explains a final account, None for any other text."""
    if not explains(found):
        return None
    department, told = head(found)
    wanted = year or told
    chosen = template or _nearest(found, library, wanted)
    built = BuiltReport(new_report(chosen, wanted or chosen.year, department))
    built.warnings.append("文件里没有决算报表，只读取了文字说明；请另行导入或填写九张表。")
    return built


def _nearest(found: Sequence[Passage], library: Library, year: int | None) -> Template:
    """Return the template whose sections a text has; among equals the one whose year is nearest."""
    headings = {bare_words(re.sub(r"^\W*[一二三四五六七八九十]+\W", "", p.text)) for p in found if p.is_heading}

    def fit(template: Template) -> tuple[float, int]:
        titles = [bare_words(re.sub(r"\{\w+\}", "", t)) for t in library.headings(template.id)]
        there = sum(any(fuzz.ratio(t, h) >= _SAME_TITLE for h in headings) for t in titles)
        return there / len(titles) if titles else 0.0, -abs(template.year - (year or template.year))

    return max(library.templates, key=fit)


def _from_tables(
    document: Document,
    library: Library,
    template: Template | None,
    year: int | None,
    marker: Marker | None,
    told: int | None,
) -> ImportResult | None:
    """Return what the tables of a document hold, None when there is no form among them."""
    if not document.grids():
        return None
    templates = [template] if template is not None else list(library.templates)
    if template is None and marker is not None:
        templates = [t for t in templates if t.id == marker.template] or templates
    try:
        return build_from_grids(grids_with_context(document), templates, marker=marker, year=year, told=told)
    except SourceError:
        # No table is a form; the running text may still hold them.
        return None


def _from_text(document: Document, library: Library, template: Template, year: int) -> list[FormReading]:
    """Return the forms in the running text, tables flattened into it."""
    return FlatReader(library.templates, library.catalogues(year)).read(text_lines(document.blocks), template)


def _account(built: BuiltReport, tables: ImportResult, document: Document) -> BuiltReport:
    """Add what should be told: remarks on tables that are forms, and forms that are nowhere."""
    # Documents hold many other tables; that they are no forms is no news, and missing forms are counted below.
    heard = (w for w in document.warnings if MARKER_SHEET not in w)
    told = [w for w in tables.warnings if "没有认出" not in w and not w.startswith("没有找到公开")]
    built.warnings.extend(dict.fromkeys((*heard, *told)))
    built.leftovers.extend(tables.unplaced)
    template = built.report.template
    missing = [f.called for f in template.forms if f.published and f.id not in built.forms]
    if missing:
        built.warnings.append(f"没有找到{'、'.join(missing)}，这些表为空。")
    return built


def account_json(built: BuiltReport) -> dict[str, Any]:
    """Return the account of an import as ``import --format json`` prints it."""
    report = built.report
    repaired = [p for p in built.placements if p.reason]
    return {
        "template": report.template.id,
        "year": report.year,
        "unit_name": report.department,
        "forms": [
            {"form": f, "confidence": sure, "cells": sum(c.form == f for c in report.amounts)}
            for f, sure in built.forms.items()
        ],
        "placed": len(report.amounts),
        "repaired": [
            {"place": place_id(report, p.cell), "confidence": p.confidence, "where": p.where, "reason": p.reason}
            for p in repaired
        ],
        "unplaced": [{"form": f, "text": n.text, "where": n.where} for f, n in built.unplaced],
        "selfeval": built.beside.get("selfeval", []),
        "warnings": built.warnings,
    }
