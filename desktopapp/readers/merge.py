"""Joins what tables and running text gave: each form from where it was read better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from desktopapp.core.checker import Checker, Verdict
from desktopapp.core.relations import RuleBook, rule_book
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Cell, Template
from desktopapp.readers.build import build_report
from desktopapp.readers.grid_report import ImportResult, Placed
from desktopapp.readers.reading import FormReading, Number, RowReading
from desktopapp.readers.sources.model import Position


def readings_of(result: ImportResult) -> list[FormReading]:
    """Return the forms of a grid import as readings in 分 with every column known."""
    report = result.report
    found = {p.cell: p for p in result.placed}
    readings = []
    for form_id, grid in result.forms:
        reading = FormReading(form_id, year=report.year, unit="分", department=report.department, where=grid)
        form = report.template.form(form_id)
        for row in report.row_keys(form, form_id):
            rows = report.rows_of(form_id)
            name = rows.name(row) if row in rows else ""
            item = RowReading(row, name)
            for column in form.columns_of(row):
                cell = Cell(form_id, row, column.key)
                amount = report.get(cell)
                if amount is not None:
                    item.placed[column.key] = number_in_fen(amount, found.get(cell))
            if item.placed or row in rows:
                reading.rows.append(item)
        readings.append(reading)
    return readings


def number_in_fen(amount: int, placed: Placed | None) -> Number:
    """Return an amount of a grid import in 分 with the text and place it was read from."""
    if placed is None:
        return Number(amount, 0, "")
    return Number(amount, 0, placed.text, place_words(placed.position), position=placed.position)


def place_words(position: Position) -> str:
    """Return a place in words; the line of a text is enough, its page says nothing more."""
    return (replace(position, page=None) if position.line is not None else position).describe()


class Judge:
    """Says how well a form was read: amounts count for it; violated relations, doubled rows and leftovers against."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.book: RuleBook = rule_book(template)

    def qualities(self, readings: Sequence[FormReading], *, rough: bool = False) -> dict[str, float]:
        """Return the qualities of readings of different forms, by form; ``rough`` ones are too low rather than high."""
        report = build_report(readings, self.template, book=self.book, rough=rough).report
        checker = Checker(report, self.book)
        violated = Counter(
            next(iter(r.forms))
            for r in checker.open_relations()
            if len(r.forms) == 1 and checker.verdict(r) is Verdict.VIOLATED
        )
        amounts = Counter(cell.form for cell in report.amounts)
        doubled = {r.form: sum("#" in row for row in report.rows_of(r.form)) for r in readings}
        return {
            f: amounts[f] - 6 * violated[f] - 3 * doubled[f] - 2 * len(r.unplaced) for r in readings for f in [r.form]
        }

    def faultless(self, readings: Sequence[FormReading], report: Report) -> bool:
        """Tell whether readings hold every published form, without a violated relation or a doubled row."""
        published = {f.id for f in self.template.forms if f.published}
        empty = {f.id for f in self.template.forms if f.published and not f.may_be_empty} - {
            c.form for c in report.amounts
        }
        if empty or not published <= {r.form for r in readings}:
            return False
        checker = Checker(report, self.book)
        if any(checker.verdict(r) is Verdict.VIOLATED for r in checker.open_relations()):
            return False
        return not any("#" in row for form in published for row in report.rows_of(form))


def _size(reading: FormReading) -> int:
    """Return how many numbers a reading has, zeros aside."""
    return sum(1 for row in reading.rows for n in (*row.placed.values(), *row.loose) if n.digits)


def merge(tables: Sequence[FormReading], text: Sequence[FormReading], judge: Judge) -> list[FormReading]:
    """Return one reading for each form: the better one, tables first among equals."""
    best = {r.form: r for r in text}
    qualities = judge.qualities([r for r in tables if not r.form.startswith(LAST)])
    # However its numbers are placed, a reading cannot be better than all of them in place.
    rivals = [r for r in text if qualities.get(r.form, _size(r)) < _size(r) - 2 * len(r.unplaced)]
    others = judge.qualities(rivals, rough=True) if rivals else {}
    # A search for better columns is worth its time only where it could matter.
    close = [r for r in rivals if others[r.form] <= qualities[r.form]]
    others.update(judge.qualities(close) if close else {})
    for reading in tables:
        wins = reading.form not in others or qualities[reading.form] >= others[reading.form]
        if reading.form not in best or reading.form not in qualities or wins:
            best[reading.form] = reading
    order = {f.id: i for i, f in enumerate(judge.template.forms)}
    return sorted(best.values(), key=lambda r: (r.form.startswith(LAST), order.get(r.form.removeprefix(LAST), 99)))
