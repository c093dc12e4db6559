"""The rows of input tables as a screen shows them, typing into them, and the commands that change them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from desktopapp.core.amount import PUBLISHED_GRAIN, AmountError, Unit, format_amount, parse_amount
from desktopapp.core.commands import SetField
from desktopapp.core.report import Report
from desktopapp.narrative.fact_sources import leaves
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.inputs import KEY, InputColumn, InputTable
from desktopapp.narrative.plain import clean

#: Longest text that an input takes.
LONGEST_TEXT = 20_000
_LARGEST_COUNT = 10**9


@dataclass(frozen=True, slots=True)
class InputRow:
    """One row: its key (position from 1 in free tables, "" in tables of one row), what it is called, its values."""

    key: str
    label: str
    values: dict[str, Any]


def shown_rows(report: Report, facts: Facts, table: InputTable) -> list[InputRow]:
    """Return the rows of a table in the order in which a screen shows them, empty ones included.

    Tables by item list the leaf codes of their form, then codes that only the table has.
    """
    reader = facts.inputs
    if table.row_kind == "one":
        return [InputRow("", "", reader.row(table.id, "") or {})]
    if table.row_kind == "free":
        return [InputRow(str(n), f"第{n}行", r) for n, r in enumerate(reader.rows(table.id), 1)]
    stored = {str(r.get(KEY, "")): r for r in reader.rows(table.id)}
    listed = dict(_listed(report, facts, table))
    extra = {k: k for k in stored if k and k not in listed}
    return [InputRow(k, label, stored.get(k, {})) for k, label in (listed | extra).items()]


def _listed(report: Report, facts: Facts, table: InputTable) -> Iterator[tuple[str, str]]:
    match table.row_kind:
        case "fixed":
            yield from table.rows
        case "items" | "classes" if report.template.has_form(table.of):
            rows = report.rows_of(table.of)
            codes = leaves(report, table.of) if table.row_kind == "items" else [r for r in rows if len(r) == 3]
            yield from ((c, f"{c} {rows.name(c)}") for c in codes)
        case "facts":
            yield from ((i, facts.get(i).label) for i in last_year_facts(facts))


def last_year_facts(facts: Facts) -> list[str]:
    """Return the facts whose amount of last year may be typed: those of the whole report, not of single codes."""
    return [
        i.removesuffix(".last")
        for i in facts.general_ids()
        if i.endswith(".last") and "[" not in i and i != "year.last"
    ]


# ── typing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def parse_value(column: InputColumn, text: str, unit: Unit = Unit.WAN, grain: int = PUBLISHED_GRAIN) -> Any:
    """Return what a typed text means for a column: 分, a whole number, a decimal string, a text, or None when empty.

    Raises AmountError with a sentence for the user.
    """
    written = clean(text).strip()
    if not written:
        return None
    match column.kind:
        case "amount":
            return parse_amount(written, unit, grain)
        case "count":
            return _count(column, written)
        case "number":
            return _number(column, written)
        case "choice":
            found = next((k for k, label in column.choices if written in (k, label)), None)
            if found is None:
                labels = "、".join(label for _, label in column.choices)
                raise AmountError(f"“{column.label}”只能选 {labels} 之一。")
            return found
        case _:
            if len(written) > LONGEST_TEXT:
                raise AmountError(f"“{column.label}”超过 {LONGEST_TEXT} 字，请精简后再录入。")
            return written


def _count(column: InputColumn, text: str) -> int | None:
    fen = parse_amount(text.removesuffix(column.unit) if column.unit else text, Unit.YUAN, 1)
    if fen is None:
        return None
    number, rest = divmod(fen, Unit.YUAN.fen)
    if rest or number < 0 or number > _LARGEST_COUNT:
        raise AmountError(f"“{column.label}”应为不小于零的整数，现在是“{text}”。")
    return number


def _number(column: InputColumn, text: str) -> str | None:
    fen = parse_amount(text.removesuffix(column.unit) if column.unit else text, Unit.YUAN, 1)
    if fen is None:
        return None
    if fen < 0:
        raise AmountError(f"“{column.label}”不能小于零，现在是“{text}”。")
    return f"{fen // 100}.{fen % 100:02d}".rstrip("0").rstrip(".")


def show_value(column: InputColumn, stored: Any, unit: Unit = Unit.WAN) -> str:
    """Return a stored value as a screen shows it."""
    if stored is None:
        return ""
    if column.kind == "amount":
        # Unlike in the forms, a zero that was typed is told apart from an empty cell.
        return (format_amount(stored, unit) or "0.00") if isinstance(stored, int) else str(stored)
    if column.kind == "choice":
        return dict(column.choices).get(str(stored), str(stored))
    return str(stored)


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────────────────
def set_value(facts: Facts, table: InputTable, key: str, column: str, value: Any) -> SetField:
    """Return the command that gives one value (None empties it); a row that becomes empty goes away in keyed tables."""
    return set_values(facts, table, [(key, column, value)])


def set_values(facts: Facts, table: InputTable, entries: Iterable[tuple[str, str, Any]]) -> SetField:
    """Return the command that gives several values, (row key, column, value) each, as ``set_value`` does.

    A position behind the last row of a free table adds rows up to it.
    """
    rows = facts.inputs.rows(table.id)
    for key, column, value in entries:
        wanted = str(len(rows) + 1) if table.row_kind == "free" and not key.isdigit() else key
        while (at := _position(rows, table, wanted)) is None:
            rows.append({KEY: key} if table.keyed else {})
        rows[at] = {k: v for k, v in {**rows[at], column: value}.items() if v is not None}
    if table.keyed:
        rows = [r for r in rows if not set(r) <= {KEY}]
    return SetField(table.field, rows or None)


def insert_row(
    facts: Facts, table: InputTable, at: int | None = None, values: dict[str, Any] | None = None
) -> SetField:
    """Return the command that adds a row to a free table, before position ``at`` (from 1) or at the end."""
    rows = facts.inputs.rows(table.id)
    rows.insert(len(rows) if at is None else max(0, at - 1), dict(values or {}))
    return SetField(table.field, rows)


def delete_row(facts: Facts, table: InputTable, key: str) -> SetField:
    """Return the command that takes a row out."""
    rows = facts.inputs.rows(table.id)
    at = _position(rows, table, key)
    if at is not None:
        del rows[at]
    return SetField(table.field, rows or None)


def move_row(facts: Facts, table: InputTable, key: str, steps: int) -> SetField:
    """Return the command that moves a row of a free table up (negative) or down."""
    rows = facts.inputs.rows(table.id)
    at = _position(rows, table, key)
    if at is not None:
        row = rows.pop(at)
        rows.insert(max(0, min(len(rows), at + steps)), row)
    return SetField(table.field, rows or None)


def _position(rows: list[dict[str, Any]], table: InputTable, key: str) -> int | None:
    if table.row_kind == "one":
        return 0 if rows else None
    if table.row_kind == "free":
        at = int(key) - 1 if key.isdigit() else -1
        return at if 0 <= at < len(rows) else None
    return next((i for i, r in enumerate(rows) if str(r.get(KEY, "")) == key), None)
