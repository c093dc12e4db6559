"""Carries out commands on a report: amounts, automatic cells and verdicts stay consistent after each one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from desktopapp.core.amount import Amount, round_to
from desktopapp.core.checker import Checker
from desktopapp.core.commands import (
    Batch,
    Command,
    CommandError,
    DeleteRow,
    InsertRow,
    RenameRow,
    SetCells,
    SetField,
    SetGrain,
    SetHead,
    SetSetting,
)
from desktopapp.core.incidence import Ref
from desktopapp.core.levels import base
from desktopapp.core.relations import RuleBook
from desktopapp.core.report import Report, Rows
from desktopapp.core.template import LAST, Cell, Form, Shape


@dataclass(slots=True)
class Changes:
    """What one command changed, for the store and the screens.

    ``cells`` map to the new amount and whether the cell is automatic; ``rows`` are the forms whose rows changed;
    ``relations`` the ids of relations judged anew; ``everything`` asks for a full refresh.
    """

    inverse: Command
    cells: dict[Cell, tuple[Amount, bool]] = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    head: bool = False
    everything: bool = False


class Engine:
    """A report with its checker; the only way in which a report is changed."""

    def __init__(self, report: Report, book: RuleBook) -> None:
        self.report = report
        self.checker = Checker(report, book)
        self._cells: dict[Cell, None] = {}
        self._touched: set[Ref] = set()
        self._queue: deque[Cell] = deque()
        self._busy = False

    def apply(self, command: Command) -> Changes:
        """Carry out a command and return what changed, with the inverse command.

        Raises CommandError with a sentence for the user; the report is unchanged then.
        """
        self._cells, self._touched = {}, set()
        changes = Changes(command)
        done: list[Command] = []
        try:
            self._run(command, changes, done)
        except CommandError:
            for undo in reversed(done):
                self._run(undo, changes, [])
            self.checker.settle(self._touched)
            raise
        judged = self.checker.settle(self._touched)
        changes.relations = self.checker.names_of(judged)
        amounts, auto = self.report.amounts, self.report.auto
        changes.cells = {c: (amounts.get(c), c in auto) for c in self._cells}
        done.reverse()
        label = command.label if isinstance(command, Batch) else ""
        changes.inverse = done[0] if len(done) == 1 else Batch(label, tuple(done))
        return changes

    # ── one command ─────────────────────────────────────────────────────────────────────────────────────────────
    def _run(self, command: Command, changes: Changes, done: list[Command]) -> None:
        match command:
            case SetCells():
                done.append(self._set_cells(command))
            case InsertRow():
                self._insert_row(command, changes, done)
            case DeleteRow():
                self._delete_row(command, changes, done)
            case RenameRow(form, row, name):
                rows = self._rows_with(form, row)
                done.append(RenameRow(form, row, rows.name(row)))
                rows.rename(row, name)
                changes.rows.add(form)
            case SetHead(department, year):
                done.append(SetHead(self.report.department, self.report.year))
                self.report.department, self.report.year = department, year
                changes.head = True
            case SetGrain():
                done.append(self._set_grain(command))
                changes.head = changes.everything = True
            case SetSetting(key, on):
                done.append(SetSetting(key, self.report.settings.get(key, False)))
                self.report.settings[key] = on
                self._rebuild()
                changes.head = changes.everything = True
            case SetField(key, value):
                done.append(SetField(key, self.report.fields.get(key)))
                if value is None:
                    self.report.fields.pop(key, None)
                else:
                    self.report.fields[key] = value
                changes.fields.add(key)
            case Batch(_, commands):
                for inner in commands:
                    self._run(inner, changes, done)

    def _set_cells(self, command: SetCells) -> SetCells:
        for cell, amount, _ in command.entries:
            if not self.report.has_cell(cell):
                raise CommandError(f"表 {cell.form} 里没有“{cell.row}”这一行的“{cell.col}”栏，没有改动任何数据。")
            if amount and amount % self.report.grain(cell.form):
                raise CommandError("本表按万元保留两位小数，录入的金额更细；请四舍五入，或先把本表改为按元保存。")
        report = self.report
        before = tuple((c, report.amounts.get(c), c in report.auto) for c, _, _ in command.entries)
        for cell, amount, automatic in command.entries:
            if automatic:
                report.auto.add(cell)
            else:
                report.auto.discard(cell)
            self._cells[cell] = None
            if not automatic or self.checker.definer(cell) is None:
                self._write(cell, amount or None)
        self._propagate([c for c, _, automatic in command.entries if automatic])
        return SetCells(before)

    def _insert_row(self, command: InsertRow, changes: Changes, done: list[Command]) -> None:
        form = self._code_form(command.form)
        rows = self.report.rows_of(command.form)
        if command.row in rows:
            raise CommandError(f"{form.called}已有编码 {base(command.row)}，不能重复增加。")
        code = base(command.row)
        if not code.isdigit() or len(code) not in self.report.levels(form):
            lengths = "、".join(map(str, self.report.levels(form)))
            raise CommandError(f"“{code}”不是{form.called}的科目编码：应为 {lengths} 位数字。")
        index = rows.place_for(command.row) if command.index is None else command.index
        rows.insert(command.row, command.name, max(0, min(index, len(rows))))
        at = len(done)
        done.append(DeleteRow(command.form, command.row))
        changes.rows.add(command.form)
        self._row_changed(command.form, command.row)
        if command.automatic and not command.form.startswith(LAST):
            blank_parents = self._make_automatic(form, command.row)
            if blank_parents:
                done.insert(at, SetCells(tuple((c, None, False) for c in blank_parents)))

    def _make_automatic(self, form: Form, row: str) -> list[Cell]:
        """Let the computable cells of a new row, and blank ones of its parent, follow their relations.

        Returns the cells of the parent that were not automatic before.
        """
        report = self.report
        parent = report.rows_of(form.id).parent(row, report.levels(form))
        fresh: list[Cell] = []
        for owner in (row, parent):
            for column in form.columns if owner else ():
                cell = Cell(form.id, owner, column.key)
                if self.checker.definer(cell) is not None and cell not in report.amounts and cell not in report.auto:
                    report.auto.add(cell)
                    self._cells[cell] = None
                    fresh.append(cell)
        self._propagate(fresh)
        return [c for c in fresh if c.row == parent]

    def computable(self) -> list[Cell]:
        """Return the cells that can follow a relation, in no particular order."""
        return [r.computed for r in self.checker.relations() if r.computed is not None]

    def start_automatic(self) -> None:
        """Let every computable cell of a new, empty report follow its relation."""
        self.report.auto.update(self.computable())

    def _delete_row(self, command: DeleteRow, changes: Changes, done: list[Command]) -> None:
        form = self._code_form(command.form)
        rows = self._rows_with(command.form, command.row)
        report = self.report
        cells = [Cell(command.form, command.row, c.key) for c in form.columns]
        kept = tuple(
            (c, report.amounts.get(c), c in report.auto) for c in cells if c in report.amounts or c in report.auto
        )
        undo = InsertRow(command.form, command.row, rows.name(command.row), rows.index(command.row), automatic=False)
        for cell in cells:
            report.auto.discard(cell)
            self._cells[cell] = None
            self._write(cell, None)
        rows.remove(command.row)
        changes.rows.add(command.form)
        self._row_changed(command.form, command.row)
        # The inverse list is run backwards: first the row, then its amounts.
        if kept:
            done.append(SetCells(kept))
        done.append(undo)

    def _row_changed(self, form_id: str, row: str) -> None:
        touched, computed = self.checker.row_changed(form_id, row)
        self._touched |= touched
        self._propagate([c for c in computed if c in self.report.auto])

    def _set_grain(self, command: SetGrain) -> SetGrain:
        before = SetGrain(command.form, self.report.grain(command.form))
        if command.grain > before.grain:
            finer = next(
                (c for c, a in self.report.amounts.items() if c.form == command.form and a % command.grain), None
            )
            if finer is not None:
                raise CommandError("本表有不足 100 元的金额，改为按万元保存会丢掉尾数；请先舍入这些金额。")
        self.report.grains[command.form] = command.grain
        self._rebuild()
        return before

    def _rebuild(self) -> None:
        self.checker.rebuild()
        self._touched.clear()
        self._propagate(list(self.report.auto))

    # ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _write(self, cell: Cell, amount: Amount) -> None:
        amounts = self.report.amounts
        old = amounts.get(cell)
        if old == amount:
            return
        if amount is None:
            del amounts[cell]
        else:
            amounts[cell] = amount
        self._cells[cell] = None
        self.checker.cell_changed(cell, old, amount, self._touched)
        self._queue.extend(c for c in self.checker.followers(cell) if c in self.report.auto)
        if not self._busy:
            self._propagate([])

    def _propagate(self, cells: list[Cell]) -> None:
        """Give automatic cells the amounts their relations state until nothing changes any more."""
        self._queue.extend(cells)
        if self._busy:
            return
        self._busy = True
        try:
            steps = 0
            while self._queue:
                self._follow(self._queue.popleft())
                steps += 1
                if steps > 200_000:
                    raise CommandError("自动计算的公式相互引用，算不出结果；请检查模板。")
        finally:
            self._busy = False
            self._queue.clear()

    def _follow(self, cell: Cell) -> None:
        found = self.checker.follows(cell)
        if found is None:
            return
        residual, sign = found
        old = self.report.amounts.get(cell, 0)
        value = round_to(old - sign * residual, self.report.grain(cell.form))
        self._write(cell, value or None)

    def _rows_with(self, form_id: str, row: str) -> Rows:
        rows = self.report.rows_of(form_id)
        if row not in rows:
            raise CommandError(f"{self.report.template.form(form_id).called}里没有编码 {base(row)} 这一行。")
        return rows

    def _code_form(self, form_id: str) -> Form:
        form = self.report.template.form(form_id)
        if form.shape not in (Shape.CODES, Shape.BLOCKS):
            raise CommandError(f"{form.called}的行是固定的，不能增减。")
        return form
