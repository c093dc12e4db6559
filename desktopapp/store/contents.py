"""A report from and to the tables of a file."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from desktopapp.core.report import Report
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell, Form, Shape, Template
from desktopapp.store.row_positions import SavedRows, place

#: Characters of the largest content that is kept: many times the longest report, little enough to be checked at once.
LARGEST_CONTENT = 4_000_000
#: Rows named in one sentence about many.
_SHOWN = 5
_LONGEST_KEY = 40


@dataclass(slots=True)
class Contents:
    """A report as read, what the file holds beside it, and what was odd.

    ``strays`` are cells in the file that have no place in the report: they stay in the file. ``problems`` are sentences
    for the user.
    """

    report: Report
    rows: dict[str, SavedRows] = field(default_factory=dict)
    strays: set[Cell] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


class Places:
    """Tells which addresses lie in a report, fast enough to ask for every cell of a file."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._columns: dict[str, dict[str, frozenset[str]]] = {}

    def holds(self, cell: Cell) -> bool:
        """Tell whether the report has this cell; same answer as ``Report.has_cell``."""
        columns = self._columns.get(cell.form)
        if columns is None:
            columns = self._columns[cell.form] = self._of_form(cell.form)
        at_row = columns.get(cell.row)
        if at_row is None:
            at_row = columns[""] if "" in columns and cell.row in self._report.rows_of(cell.form) else frozenset()
        return cell.col in at_row

    def _of_form(self, form_id: str) -> dict[str, frozenset[str]]:
        """Return the columns of every fixed row, under "" those of rows by code."""
        template = self._report.template
        if not template.has_form(form_id):
            return {}
        form = template.form(form_id)
        fixed: Iterable[str]
        if form.shape is Shape.TWO_SIDED:
            fixed = (ln.key for s in form.sides for ln in s.lines)
        elif form.shape is Shape.BLOCKS:
            fixed = ["", *(t.key for t in form.totals())]
        else:
            fixed = (SINGLE_ROW,) if form.shape is Shape.SINGLE else ("", TOTAL_ROW)
        return {row: frozenset(c.key for c in form.columns_of(row)) for row in fixed}


def has_code_rows(form: Form) -> bool:
    """Tell whether the rows of a form are rows by code."""
    return form.shape in (Shape.CODES, Shape.BLOCKS)


# ── writing a whole report ──────────────────────────────────────────────────────────────────────────────────────────
def write_report(db: sqlite3.Connection, report: Report, head: dict[str, Any]) -> None:
    """Fill the empty tables of a new file; ``head`` adds uid, created and program to the report's own."""
    head = {"id": 1, "template": report.template.id, "year": report.year, "department": report.department, **head}
    db.execute(f"INSERT INTO report ({', '.join(head)}) VALUES ({', '.join('?' * len(head))})", tuple(head.values()))
    cells = report.amounts.keys() | report.auto
    db.executemany(
        "INSERT INTO amounts VALUES (?, ?, ?, ?, ?)",
        ((*cell, report.amounts.get(cell), cell in report.auto) for cell in sorted(cells)),
    )
    for form_id, rows in report.rows.items():
        positions = place(list(rows), {})
        db.executemany(
            "INSERT INTO code_rows VALUES (?, ?, ?, ?)", ((form_id, r, rows.name(r), p) for r, p in positions.items())
        )
    db.executemany("INSERT INTO grains VALUES (?, ?)", report.grains.items())
    db.executemany("INSERT INTO settings VALUES (?, ?)", report.settings.items())
    db.executemany("INSERT INTO fields VALUES (?, ?)", ((k, to_text(v)) for k, v in report.fields.items()))


def to_text(value: Any) -> str:
    """Return JSON-like data as text; raises ValueError or TypeError for anything else."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def read_report(db: sqlite3.Connection, load_template: Callable[[str], Template]) -> Contents:
    """Return the report in a file; what has no place in it is kept in the file and told.

    Raises sqlite3.Error, and whatever ``load_template`` raises.
    """
    template_id, year, department = db.execute("SELECT template, year, department FROM report").fetchone()
    found = Contents(Report(load_template(template_id), year, department))
    _read_rows(db, found)
    found.report.grains.update(db.execute("SELECT form, fen FROM grains"))
    found.report.settings.update((key, bool(on)) for key, on in db.execute("SELECT key, value FROM settings"))
    _read_amounts(db, found)
    query = "SELECT key, length(value), iif(length(value) > ?, '', value) FROM fields"
    for key, length, text in db.execute(query, (LARGEST_CONTENT,)):
        if length > LARGEST_CONTENT:
            found.problems.append(f"内容“{key[:_LONGEST_KEY]}”大得不合情理，没有显示，已原样留在文件里；请检查来源。")
            continue
        try:
            found.report.fields[key] = json.loads(text)
        except (ValueError, RecursionError):
            found.problems.append(f"内容“{key[:_LONGEST_KEY]}”在文件里的记录读不懂，没有显示；请重新录入这一项。")
    return found


def _read_rows(db: sqlite3.Connection, found: Contents) -> None:
    template = found.report.template
    misplaced: Counter[str] = Counter()
    query = "SELECT form, row, name, position FROM code_rows ORDER BY form, position, row"
    for form_id, row, name, position in db.execute(query):
        if not template.has_form(form_id) or not has_code_rows(template.form(form_id)):
            misplaced[form_id] += 1
            continue
        rows = found.report.rows_of(intern(form_id))
        row = intern(row)
        rows.insert(row, name, len(rows))
        saved = found.rows.setdefault(form_id, SavedRows())
        saved.order.append(row)
        saved.names[row] = name
        saved.positions[row] = position
    for form_id, count in misplaced.items():
        found.problems.append(f"文件里有 {count} 行属于模板没有的表 {form_id}，已原样留在文件里，没有计入报表。")


def _read_amounts(db: sqlite3.Connection, found: Contents) -> None:
    report, places = found.report, Places(found.report)
    amounts, auto = report.amounts, report.auto
    finer: Counter[str] = Counter()
    grains: dict[str, int] = {}
    for form_id, row, col, fen, automatic in db.execute("SELECT form, row, col, fen, auto FROM amounts"):
        cell = Cell(intern(form_id), intern(row), intern(col))
        if not places.holds(cell):
            found.strays.add(cell)
            continue
        if fen is not None:
            amounts[cell] = fen
            grain = grains.get(form_id) or grains.setdefault(form_id, report.grain(form_id))
            if fen % grain:
                finer[form_id] += 1
        if automatic:
            auto.add(cell)
    for form_id, count in finer.items():
        mark = report.template.form(form_id).mark
        found.problems.append(f"{mark}有 {count} 个金额细于本表保留的位数，已按原数显示，请核对。")
    lost: dict[str, list[str]] = {}
    for cell in sorted(found.strays):
        lost.setdefault(cell.form, []).append(cell.row)
    for form_id, rows in lost.items():
        shown = "、".join(list(dict.fromkeys(rows))[:_SHOWN])
        found.problems.append(
            f"文件里的表 {form_id} 有 {len(rows)} 个金额（{shown} 等行）在报表里没有位置，已留在文件里，没有计入报表。"
        )
