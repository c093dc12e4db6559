"""Makes a report of the forms that readers found, and an account of how sure each cell is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from desktopapp.core.amount import EXACT_GRAIN, FEN_PER_WAN, FEN_PER_YUAN, LARGEST, PUBLISHED_GRAIN
from desktopapp.core.naming import describe
from desktopapp.core.relations import RuleBook, rule_book
from desktopapp.core.report import Report, new_report
from desktopapp.core.template import TOTAL_ROW, Cell, Form, Shape, Template
from desktopapp.readers.columns.assigner import assign
from desktopapp.readers.columns.loose import Loose, slots
from desktopapp.readers.grid_report import Unplaced
from desktopapp.readers.reading import FormReading, Number, Placement, RowReading
from desktopapp.readers.sources.model import Document

_UNITS = {"分": 1, "元": FEN_PER_YUAN, "人民币元": FEN_PER_YUAN, "千元": FEN_PER_YUAN * 1000, "万元": FEN_PER_WAN}


@dataclass(slots=True)
class BuiltReport:
    """A report with the account of its making.

    ``placements`` name the cells that are less than certain, ``unplaced`` the numbers that found no cell.
    ``sources`` tell of every amount which number of the source it is, ``fen`` how many 分 the unit of a form has.
    ``leftovers`` are texts of tables that were not taken over, with the reason. ``document`` is the source as it was
    read, ``own`` tells whether this program had marked it. ``beside`` accounts for what stands beside the forms.
    """

    report: Report
    forms: dict[str, float] = field(default_factory=dict)
    placements: list[Placement] = field(default_factory=list)
    unplaced: list[tuple[str, Number]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sources: dict[Cell, Number] = field(default_factory=dict)
    fen: dict[str, int] = field(default_factory=dict)
    leftovers: list[Unplaced] = field(default_factory=list)
    document: Document | None = None
    own: bool = False
    beside: dict[str, Any] = field(default_factory=dict)


def build_report(
    readings: Sequence[FormReading],
    template: Template,
    year: int | None = None,
    department: str = "",
    book: RuleBook | None = None,
    *,
    rough: bool = False,
) -> BuiltReport:
    """Return the report made of form readings in one template; ``book`` are its relations where they are at hand.

    What is ``rough`` decides on columns without a search, and does not say how sure they are.
    """
    found_year = next((r.year for r in readings if r.year), None)
    names = [r.department for r in readings if r.department]
    name = department or (max(names, key=names.count) if names else "")
    built = BuiltReport(new_report(template, year or found_year or template.year, name))
    _Builder(built, book or rule_book(template)).run(readings, rough=rough)
    return built


class _Builder:
    def __init__(self, built: BuiltReport, book: RuleBook) -> None:
        self._built, self._book = built, book
        self._report = built.report
        self._loose: list[tuple[Loose, RowReading]] = []

    def run(self, readings: Sequence[FormReading], *, rough: bool) -> None:
        for reading in readings:
            if self._report.template.has_form(reading.form):
                self._take_form(reading)
            else:
                self._built.warnings.append(f"模板没有表 {reading.form}，该表没有导入。")
        assign(self._report, self._book, [loose for loose, _ in self._loose], rough=rough)
        for loose, row in self._loose:
            self._account(loose, row)
        for reading in readings:
            self._built.forms[reading.form] = self._confidence(reading.form)

    def _take_form(self, reading: FormReading) -> None:
        form = self._report.template.form(reading.form)
        fen = self._built.fen[form.id] = _UNITS.get(reading.unit or "万元", FEN_PER_WAN)
        if _finer(reading, fen):
            self._report.grains[form.id] = EXACT_GRAIN
        for row in reading.rows:
            self._take_row(form, row, fen)
        for number in reading.unplaced:
            self._built.unplaced.append((form.id, number))

    def _take_row(self, form: Form, row: RowReading, fen: int) -> None:
        if not self._ensure_row(form, row):
            for number in (*row.placed.values(), *row.loose):
                self._built.unplaced.append((form.id, number))
            return
        columns = form.columns_of(row.row)
        for key, number in row.placed.items():
            cell = Cell(form.id, row.row, key)
            amount = self._amount(form, number, fen)
            if amount:
                self._report.amounts[cell] = amount
            self._built.sources[cell] = number
            self._note(cell, row, number)
        amounts = tuple(self._amount(form, n, fen) for n in row.loose)
        if len(columns) == 1 and amounts and not row.columns:
            cell = Cell(form.id, row.row, columns[0].key)
            if amounts[0]:
                self._report.amounts[cell] = amounts[0]
            self._built.sources[cell] = row.loose[0]
            self._note(cell, row, row.loose[0])
        elif amounts:
            self._loose.append((Loose(form.id, row.row, amounts, slots(row.columns), leaning=row.leaning), row))

    def _ensure_row(self, form: Form, row: RowReading) -> bool:
        if form.shape is Shape.TWO_SIDED:
            return form.line(row.row) is not None
        if form.shape is Shape.SINGLE or row.row == TOTAL_ROW or any(t.key == row.row for t in form.totals()):
            return True
        rows = self._report.rows_of(form.id)
        if row.row not in rows:
            at = rows.place_for(row.row) if form.shape is Shape.BLOCKS else len(rows)
            rows.insert(row.row, row.name, at)
        return True

    def _amount(self, form: Form, number: Number, fen: int) -> int:
        """Return a number as 分; what is finer than the form keeps is rounded and told."""
        scale: int = 10**number.places
        scaled, rest = divmod(number.digits * fen, scale)
        grain = self._report.grain(form.id)
        if rest or scaled % grain or abs(scaled) > LARGEST:
            self._built.warnings.append(f"{form.called} {number.where}的“{number.text}”超出金额的精度或范围，请核对。")
            return 0 if abs(scaled) > LARGEST else scaled // grain * grain
        return scaled

    def _note(self, cell: Cell, row: RowReading, number: Number) -> None:
        reasons = [*row.notes, number.repaired] if number.repaired else row.notes
        if reasons or row.sure < 1:
            sure = min(row.sure, 0.97 if number.repaired else 1.0)
            self._built.placements.append(Placement(cell, sure, number.where or row.where, "；".join(reasons)))

    def _account(self, loose: Loose, row: RowReading) -> None:
        for cell, number in zip(loose.targets(), row.loose, strict=False):
            if cell is None:
                continue
            self._built.sources[cell] = number
            reasons = [r for r in (*row.notes, loose.reason, number.repaired) if r]
            sure = min(row.sure, loose.sure, 0.97 if number.repaired else 1.0)
            if sure < 1 or reasons:
                self._built.placements.append(Placement(cell, sure, number.where, "；".join(reasons)))

    def _confidence(self, form_id: str) -> float:
        cells = [c for c in self._report.amounts if c.form == form_id]
        unsure = {p.cell: p.confidence for p in self._built.placements if p.cell.form == form_id}
        return round(sum(unsure.get(c, 1.0) for c in cells) / len(cells), 3) if cells else 1.0


def _finer(reading: FormReading, fen: int) -> bool:
    numbers = [n for row in reading.rows for n in (*row.placed.values(), *row.loose)]
    return any(n.digits * fen * (1) % (PUBLISHED_GRAIN * 10**n.places) for n in numbers)


def describe_placement(report: Report, placement: Placement) -> str:
    """Return one line of the account for people."""
    amount = describe(report, placement.cell)
    return f"{amount}（{placement.where}）：{placement.reason}" if placement.where else f"{amount}：{placement.reason}"
