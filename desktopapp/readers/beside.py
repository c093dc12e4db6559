"""Takes over what stands beside the forms of a document: self-evaluation forms, key work, the overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktopapp.core.performance.selfeval_json import to_json
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.narrative.inputs import FIELD as INPUT
from desktopapp.narrative.selfeval_tables import FIELD as SELFEVAL
from desktopapp.readers.key_work import KeyWork, read_key_work
from desktopapp.readers.overview import Told, read_overview
from desktopapp.readers.running import RunningWords, read_running
from desktopapp.readers.running_text import SOURCE_TEXT, restored
from desktopapp.readers.selfeval.draft import ReadForm
from desktopapp.readers.selfeval.read import read_forms
from desktopapp.readers.selfeval.rows import events
from desktopapp.readers.selfeval.words import Words
from desktopapp.readers.sources.model import Document, Grid

#: Tables with a single row or with rows by key, whose values are told one by one.
_KEY = "key"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a document holds beside its forms, as far as tables and lines tell."""

    forms: Sequence[ReadForm] = ()
    work: Sequence[KeyWork] = ()
    running: Sequence[Told] = ()

    def rest(self, document: Document) -> Document:
        """Return the document without the tables that are read already; sheets stay, they may hold more."""
        taken = {t for form in self.forms for t in form.tables} | {t for row in self.work for t in row.tables}
        blocks, count = [], 0
        for block in document.blocks:
            if isinstance(block, Grid):
                count += 1
                if count in taken and block.origin != "sheet":
                    continue
            blocks.append(block)
        return replace(document, blocks=tuple(blocks))


def read_beside(document: Document, words: Words, running: RunningWords | None = None) -> Beside:
    """Return the self-evaluation forms, the key work and 机构运行信息表 of a document."""
    found = list(events(document))
    told = read_running(document, running) if running is not None else ()
    return Beside(read_forms(found, words), read_key_work(found, words), told)


def take_beside(report: Report, beside: Beside, words: Words) -> dict[str, Any]:
    """Put what stands beside the forms into fields that are empty; return the account of it.

    The account has "selfeval", a list of forms, and "facts", a list of values with table, row, column and place.
    """
    forms, work = beside.forms, beside.work
    if forms:
        report.fields.setdefault(SELFEVAL, [to_json(f.form) for f in forms])
    if work:
        report.fields.setdefault(f"{INPUT}key_work", [k.values() for k in work])
    told = read_overview(restored(report.fields.get(SOURCE_TEXT)), words)
    told += [t for t in beside.running if not _took_amounts(report, t)]
    _put(report, told)
    return {"selfeval": [_form_account(f) for f in forms], "facts": [*_work_facts(work), *_told_facts(told)]}


def _took_amounts(report: Report, told: Told) -> bool:
    """Put amounts for lines of a form into cells that are empty; tell whether they were for one."""
    if not report.template.has_form(told.table):
        return False
    for line, fen in told.row.items():
        cell = Cell(told.table, line, report.template.form(told.table).sides[0].columns[0].key)
        if report.has_cell(cell) and isinstance(fen, int):
            report.amounts.setdefault(cell, fen)
    return True


def _put(report: Report, told: Sequence[Told]) -> None:
    """Put rows into tables that were empty before; a row that is there takes the columns it lacks."""
    before = {t.table for t in told if report.fields.get(INPUT + t.table)}
    for item in told:
        rows = report.fields.setdefault(INPUT + item.table, [])
        if not isinstance(rows, list):
            continue
        if item.table == "overview" and rows:
            rows[0] = {**item.row, **rows[0]}
        elif item.table not in before:
            rows.append(dict(item.row))


def _form_account(found: ReadForm) -> dict[str, Any]:
    form = found.form
    return {
        "title": found.title,
        "name": form.head.name,
        "kind": form.kind.value,
        "where": found.where,
        "indicators": len(form.indicators),
        "unplaced": [{"text": left.text, "where": left.where} for left in found.left],
    }


def _work_facts(work: Sequence[KeyWork]) -> list[dict[str, Any]]:
    return [_fact("key_work", str(n), c, v, k.where) for n, k in enumerate(work, 1) for c, v in k.values().items()]


def _told_facts(told: Sequence[Told]) -> list[dict[str, Any]]:
    facts, counts = [], dict[str, int]()
    for item in told:
        counts[item.table] = counts.get(item.table, 0) + 1
        row = str(item.row.get(_KEY, "" if item.table == "overview" else counts[item.table]))
        facts += [_fact(item.table, row, c, v, item.where) for c, v in _values(item.row).items()]
    return facts


def _values(row: Mapping[str, str | int]) -> dict[str, str | int]:
    return {c: v for c, v in row.items() if c != _KEY}


def _fact(table: str, row: str, column: str, value: str | int, where: str) -> dict[str, Any]:
    return {"table": table, "row": row, "column": column, "value": value, "where": where}
