"""Reads a report from any source: tables where there are tables, running text where they were lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.naming import place_id
from desktopapp.core.template import Template
from desktopapp.readers.build import BuiltReport, build_report
from desktopapp.readers.flat.choose import choose_template
from desktopapp.readers.flat.lines import text_lines
from desktopapp.readers.flat.reader import FlatReader
from desktopapp.readers.sources import Document, SourceError, read_document

Progress = Callable[[float, str], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Library:
    """What recognition compares a source with: all templates, and the classifications of a year."""

    templates: Sequence[Template]
    catalogues: Callable[[int], Catalogues]


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
    return import_document(document, library, template, year)


def import_document(
    document: Document, library: Library, template: Template | None = None, year: int | None = None
) -> BuiltReport:
    """Return the report in a document that was read; raises SourceError when it holds no form."""
    lines = text_lines(document.blocks)
    base = template or library.templates[0]
    reader = FlatReader(library.templates, library.catalogues(year or base.year))
    readings = reader.read(lines, base)
    if not readings:
        raise SourceError(f"“{document.name}”里没有找到决算公开的报表，请检查是否选对了文件。")
    found_year = year or next((r.year for r in readings if r.year), None)
    chosen = template or choose_template(readings, library.templates, found_year)
    if chosen is not base or (found_year or base.year) != base.year:
        reader = FlatReader(library.templates, library.catalogues(found_year or chosen.year))
        readings = reader.read(lines, chosen)
    built = build_report(readings, chosen, year)
    built.warnings.extend(document.warnings)
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
        "warnings": built.warnings,
    }
