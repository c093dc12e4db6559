"""Carries out commands on a report: amounts, automatic cells and verdicts stay consistent after each one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, Amount, round_to
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
from desktopapp.core.levels import base, is_code
from desktopapp.core.relations import RuleBook
from desktopapp.core.report import Report, Rows
from desktopapp.core.template import LAST, TOTAL_ROW, Cell, Form, Shape


@dataclass(slots=True)
class Changes:
    """What one command changed, for the store and the screens.

    ``cells`` map to the new amount and whether the cell is automatic; ``rows`` are the forms whose rows changed,
    ``renamed`` the (form, row) that have another name; ``relations`` the ids of relations judged anew, also of those
    that are no more; ``everything`` asks for a full refresh.
    """

    inverse: Command
    cells: dict[Cell, tuple[Amount, bool]] = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)
    renamed: set[tuple[str, str]] = field(default_factory=set)
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

        Raises CommandError with a sentence for the user; the report is unchanged then, as it is when anything else
        goes wrong.
        """
        self._cells, self._touched = {}, set()
        changes = Changes(command)
        done: list[Command] = []
        try:
            self._run(command, changes, done)
        except Exception:
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
                self._set_cells(command, done)
            case InsertRow():
                self._insert_row(command, changes, done)
            case DeleteRow():
                self._delete_row(command, changes, done)
            case RenameRow(form, row, name):
                rows = self._rows_with(form, row)
                done.append(RenameRow(form, row, rows.name(row)))
                rows.rename(row, name)
                changes.rows.add(form)
                changes.renamed.add((form, row))
            case SetHead(department, year):
                done.append(SetHead(self.report.department, self.report.year))
                self.report.department, self.report.year = department, year
                changes.head = True
            case SetGrain():
                self._set_grain(command, done)
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

    def _set_cells(self, command: SetCells, done: list[Command]) -> None:
        for cell, amount, _ in command.entries:
            self._must_fit(cell, amount)
        report = self.report
        done.append(SetCells(tuple((c, report.amounts.get(c), c in report.auto) for c, _, _ in command.entries)))
        # A pasted block is one change: what follows it is computed once, behind the last cell.
        held, self._busy = self._busy, True
        for cell, amount, automatic in command.entries:
            self._set_one(cell, amount, automatic)
        self._busy = held
        self._propagate([c for c, _, automatic in command.entries if automatic])

    def _set_one(self, cell: Cell, amount: Amount, automatic: bool) -> None:
        self._cells[cell] = None
        follows = automatic and self.checker.definer(cell) is not None
        # A cell that has nothing to follow keeps what it is given, and is a typed one then.
        if follows or (automatic and not amount):
            self.report.auto.add(cell)
        else:
            self.report.auto.discard(cell)
        if not follows:
            self._write(cell, amount or None)

    def _must_fit(self, cell: Cell, amount: Amount) -> None:
        """Raise CommandError when a cell cannot hold an amount."""
        if not self.report.has_cell(cell):
            raise CommandError(f"表 {cell.form} 里没有“{cell.row}”这一行的“{cell.col}”栏，没有改动任何数据。")
        if amount is not None and type(amount) is not int:
            raise CommandError(f"“{amount}”不是以分为单位的整数金额，没有改动任何数据。")
        if amount and amount % self.report.grain(cell.form):
            raise CommandError("本表按万元保留两位小数，录入的金额更细；请四舍五入，或先把本表改为按元保存。")

    def _insert_row(self, command: InsertRow, changes: Changes, done: list[Command]) -> None:
        form = self._code_form(command.form)
        rows = self.report.rows_of(command.form)
        if command.row in rows:
            raise CommandError(f"{form.called}已有编码 {base(command.row)}，不能重复增加。")
        code, mark, number = command.row.partition("#")
        # A row that is put back may have come from outside with a code of any length.
        levels = self.report.levels(form) if command.automatic else (len(code),)
        if not is_code(code, levels) or (mark and not (number.isascii() and number.isdigit())):
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
        """Let the computable cells of a new row, and blank ones of the row it counts towards, follow their relations.

        Returns the cells of the latter that were not automatic before.
        """
        report = self.report
        parent = report.rows_of(form.id).parent(row, report.levels(form))
        if not parent and form.shape is Shape.CODES:
            parent = TOTAL_ROW
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

    def _set_grain(self, command: SetGrain, done: list[Command]) -> None:
        form, grain = self._form(command.form), command.grain
        if grain < EXACT_GRAIN or PUBLISHED_GRAIN % grain:
            raise CommandError(f"{form.called}的金额不能按 {grain} 分保存，只能按元（分）或万元（两位小数）保存。")
        report = self.report
        finer = (c for c, a in report.amounts.items() if c.form == command.form and a % grain)
        # Cells that follow a relation are rounded with it; what somebody typed would be lost.
        if any(c not in report.auto or self.checker.definer(c) is None for c in finer):
            raise CommandError("本表有不足 100 元的金额，改为按万元保存会丢掉尾数；请先舍入这些金额。")
        done.append(SetGrain(command.form, report.grain(command.form)))
        report.grains[command.form] = grain
        self._rebuild()

    def _rebuild(self) -> None:
        self.checker.rebuild()
        self._touched.clear()
        self._propagate(list(self.report.auto))

    # ── amounts ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _write(self, cell: Cell, amount: Amount) -> None:
        old = self.report.amounts.get(cell)
        if old != amount:
            self._put(cell, old, amount)
            if not self._busy:
                self._propagate([])

    def _put(self, cell: Cell, old: Amount, amount: Amount) -> None:
        """Give a cell another amount, and put the automatic cells in the queue that follow it."""
        report = self.report
        if amount is None:
            del report.amounts[cell]
        else:
            report.amounts[cell] = amount
        self._cells[cell] = None
        self.checker.cell_changed(cell, old, amount, self._touched)
        auto = report.auto
        if auto:
            self._queue.extend([c for c in self.checker.followers(cell) if c in auto])

    def _propagate(self, cells: list[Cell]) -> None:
        """Give automatic cells the amounts their relations state until nothing changes any more."""
        self._queue.extend(cells)
        if self._busy:
            return
        self._busy = True
        try:
            # Templates with circles are refused, so that this only bounds what cannot happen.
            left = 10_000 + 100 * (len(self.report.auto) + len(self._queue))
            while self._queue:
                self._follow(self._queue.popleft())
                left -= 1
                if not left:
                    raise CommandError("自动计算的公式相互引用，算不出结果；请检查模板。")
        finally:
            self._busy = False
            self._queue.clear()

    def _follow(self, cell: Cell) -> None:
        """Give a cell the amount that its relation states, if it is automatic still."""
        report = self.report
        # Of a block, a later entry may have been typed over a cell that an earlier one had put in the queue.
        found = self.checker.follows(cell) if cell in report.auto else None
        if found is None:
            return
        residual, sign = found
        old = report.amounts.get(cell)
        amount = (old or 0) - sign * residual
        grain = report.grain(cell.form)
        if amount % grain:
            amount = round_to(amount, grain)
        if amount != (old or 0):
            self._put(cell, old, amount or None)

    def _form(self, form_id: str) -> Form:
        if not self.report.template.has_form(form_id):
            raise CommandError(f"模板“{self.report.template.name}”里没有表 {form_id}，没有改动任何数据。")
        return self.report.template.form(form_id)

    def _rows_with(self, form_id: str, row: str) -> Rows:
        form = self._form(form_id)
        rows = self.report.rows_of(form_id)
        if row not in rows:
            raise CommandError(f"{form.called}里没有编码 {base(row)} 这一行。")
        return rows

    def _code_form(self, form_id: str) -> Form:
        form = self._form(form_id)
        if not form.has_code_rows:
            raise CommandError(f"{form.called}的行是固定的，不能增减。")
        return form
