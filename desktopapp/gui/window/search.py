"""Search across all forms: texts of rows and columns, codes and amounts. No Qt here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from desktopapp.core.amount import AmountError, Unit, format_amount, parse_decimal
from desktopapp.core.levels import base
from desktopapp.core.naming import column_name, form_name, row_name
from desktopapp.core.report import Report
from desktopapp.core.template import TOTAL_ROW, Cell, Form, Shape

#: More places than these nobody looks through.
MOST_HITS = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """A place found: the cell to go to, and what to show in the list."""

    cell: Cell
    where: str
    text: str


def fold(text: str) -> str:
    """Return a text for comparison: narrow, lower case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def search(report: Report, text: str, forms: list[str], unit: Unit) -> list[Hit]:
    """Return the places where a text occurs, form by form in printed order, at most ``MOST_HITS``.

    A text that reads as a number also finds amounts whose digits begin with it or that equal it, in the unit shown.
    """
    wanted = fold(text)
    if not wanted:
        return []
    digits = _digits(text)
    found: list[Hit] = []
    for form_id in forms:
        for hit in _in_form(report, report.template.form(form_id), form_id, wanted, digits, unit):
            found.append(hit)
            if len(found) >= MOST_HITS:
                return found
    return found


def _digits(text: str) -> str:
    """Return the number that a text states as plain digits with its point, empty when it is none."""
    try:
        number = parse_decimal(text)
    except AmountError:
        return ""
    if number is None:
        return ""
    digits = str(abs(number.digits)).rjust(number.places + 1, "0")
    return digits if not number.places else f"{digits[: -number.places]}.{digits[-number.places :]}"


def _in_form(report: Report, form: Form, form_id: str, wanted: str, digits: str, unit: Unit) -> Iterator[Hit]:
    mark = form_name(report, form_id)
    for row in report.row_keys(form, form_id):
        cells = [Cell(form_id, row, c.key) for c in form.columns_of(row)]
        if not cells:
            continue
        label = _label(report, form, form_id, row)
        if wanted in fold(label):
            yield Hit(cells[0], mark, label)
        for cell in cells:
            column = form.column(cell.col)
            if (
                form.shape is Shape.SINGLE
                and column is not None
                and wanted in fold("".join(column.path) + column.label)
            ):
                yield Hit(cell, mark, column_name(report, cell))
            if digits and _amount_matches(report, cell, digits, unit):
                where = " ".join(p for p in (label, column_name(report, cell)) if p)
                yield Hit(cell, mark, f"{where}　{format_amount(report.get(cell), unit)}")


def _label(report: Report, form: Form, form_id: str, row: str) -> str:
    line = form.line(row)
    if line is not None:
        return f"{line.no} {line.label}" if line.no is not None and form.prints_line_numbers else line.label
    if row == TOTAL_ROW:
        return form.total_label
    for total in form.totals():
        if total.key == row:
            return total.label
    rows = report.rows_of(form_id)
    return f"{base(row)} {rows.name(row)}" if row in rows else row_name(report, form_id, row)


def _amount_matches(report: Report, cell: Cell, digits: str, unit: Unit) -> bool:
    amount = report.amounts.get(cell)
    if amount is None:
        return False
    decimals = 6 if unit is Unit.WAN and report.is_exact(cell.form) else 2
    return format_amount(abs(amount), unit, separators=False, decimals=decimals).startswith(digits)


@dataclass(frozen=True, slots=True)
class Target:
    """A row to which the user may want to go."""

    cell: Cell
    label: str
    keys: tuple[str, ...]


def targets(report: Report, forms: list[str]) -> list[Target]:
    """Return every form (its first amount) and every row, with the words by which each can be called."""
    found: list[Target] = []
    for form_id in forms:
        form = report.template.form(form_id)
        rows = report.row_keys(form, form_id)
        number = form.id.lstrip("0") or form.id
        names = (fold(form_name(report, form_id)), number, fold(form.id))
        for at, row in enumerate(rows):
            columns = form.columns_of(row)
            if not columns:
                continue
            cell = Cell(form_id, row, columns[0].key)
            if at == 0:
                title = form.title.format(year="", department="").removeprefix("年度")
                found.append(Target(cell, f"{form_name(report, form_id)} {title}", (*names, fold(title))))
            called = [(cell, _label(report, form, form_id, row))]
            if form.shape is Shape.SINGLE:
                cells = [Cell(form_id, row, c.key) for c in columns]
                called = [(c, column_name(report, c)) for c in cells]
            found += [Target(c, f"{form_name(report, form_id)} {label}", (*names, fold(label))) for c, label in called]
    return found


def matching(found: list[Target], text: str, most: int = 200) -> list[Target]:
    """Return the targets that every word of a text means: numbers from their beginning, words anywhere.

    With two words or more the first one must mean the form.
    """
    words = [fold(w) for w in text.replace("，", " ").replace(",", " ").split()]
    if not words:
        return found[:most]
    result = [t for t in found if _fits(t, words)]
    if len(words) == 1:
        # A bare number is first of all the number of a form.
        result.sort(key=lambda t: words[0] not in t.keys[:3])
    return result[:most]


def _fits(target: Target, words: list[str]) -> bool:
    if len(words) == 1:
        return _means(words[0], target.keys)
    return _means(words[0], target.keys[:3]) and all(_means(w, target.keys) for w in words[1:])


def _means(word: str, keys: tuple[str, ...]) -> bool:
    if word.isdecimal():
        # A printed line number or a code stands at the beginning of its label.
        return word in keys[1:3] or any(k.startswith(word) for k in keys[3:])
    return any(word in k for k in keys)
