"""The amounts around a cell as the form is printed, from which a slip may have copied."""

from __future__ import annotations

from desktopapp.core.amount import Amount
from desktopapp.core.levels import CLASS_LENGTH, base
from desktopapp.core.report import Report
from desktopapp.core.slips import Habit, Neighbours
from desktopapp.core.template import LAST, Cell, Form, Shape


def printed_rows(report: Report, form: Form, form_id: str) -> list[str]:
    """Return the rows of a form from top to bottom, "" between two that do not stand directly under one another."""
    if form.shape is Shape.TWO_SIDED:
        return [key for side in form.sides for key in (*("" if ln.blank else ln.key for ln in side.lines), "")]
    rows = report.row_keys(form, form_id)
    if form.shape is not Shape.BLOCKS:
        return rows
    block = {cls: b.key for b in form.blocks for cls in b.classes}
    found: list[str] = []
    for before, row in zip(["", *rows], rows, strict=False):
        if before and (not base(row).isdigit() or block.get(before[:CLASS_LENGTH]) != block.get(row[:CLASS_LENGTH])):
            found.append("")
        found.append(row)
    return found


class Surroundings:
    """Printed positions of one report; the rows of a form are numbered once."""

    def __init__(self, report: Report, has_last: bool) -> None:
        """``has_last``: whether anything is known of last year."""
        self._report = report
        self._keys: dict[str, list[str]] = {}
        self._places: dict[str, dict[str, int]] = {}
        self._has_last = has_last
        self._negatives: bool | None = None

    def row_keys(self, form_id: str) -> list[str]:
        """Return the rows of a form as printed, "" between two that do not stand directly under one another."""
        known = self._keys.get(form_id)
        if known is None:
            known = self._keys[form_id] = printed_rows(self._report, self._report.template.form(form_id), form_id)
            self._places[form_id] = {row: i for i, row in enumerate(known)}
        return known

    def position(self, cell: Cell) -> int:
        """Return the position of a cell's row among the rows of its form, -1 when it has none."""
        self.row_keys(cell.form)
        return self._places[cell.form].get(cell.row, -1)

    def beside(self, cell: Cell, step: int) -> Cell | None:
        """Return the cell so many columns to the right in the same row."""
        columns = [c.key for c in self._report.template.form(cell.form).columns_of(cell.row)]
        at = columns.index(cell.col) + step if cell.col in columns else -1
        return Cell(cell.form, cell.row, columns[at]) if 0 <= at < len(columns) else None

    def below(self, cell: Cell, step: int) -> Cell | None:
        """Return the cell so many rows further down in the same column, None where another row is not printed there."""
        keys, at = self.row_keys(cell.form), self.position(cell)
        row = keys[at + step] if at >= 0 and 0 <= at + step < len(keys) else ""
        return Cell(cell.form, row, cell.col) if row else None

    def neighbours(self, cell: Cell) -> Neighbours:
        """Return the amounts around a cell."""
        report = self._report
        form = report.template.form(cell.form)
        above, habit = "", None
        if form.usual and len(base(cell.row)) > CLASS_LENGTH:
            code = base(cell.row)
            rare = code in form.rare or code[:CLASS_LENGTH] in form.rare
            habit = Habit.USUAL if code in form.usual else Habit.RARE if rare else Habit.SOMETIMES
        if form.has_code_rows and base(cell.row).isdigit():
            above = report.rows_of(cell.form).parent(cell.row, report.levels(form))

        def amount(at: Cell | None) -> Amount:
            return None if at is None else report.amounts.get(at)

        return Neighbours(
            last=report.amounts.get(Cell(LAST + cell.form, cell.row, cell.col)),
            last_known=self._has_last and not cell.form.startswith(LAST),
            above=amount(self.below(cell, -1)),
            below=amount(self.below(cell, 1)),
            left=amount(self.beside(cell, -1)),
            right=amount(self.beside(cell, 1)),
            parent=report.amounts.get(Cell(cell.form, above, cell.col)) if above else None,
            habit=habit,
        )

    def negatives(self) -> bool:
        """Tell whether any amount is below zero."""
        if self._negatives is None:
            self._negatives = any(a < 0 for a in self._report.amounts.values())
        return self._negatives
