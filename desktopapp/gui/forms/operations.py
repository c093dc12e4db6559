"""What can be done with selected cells and rows: each becomes one command, applied through the document."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from desktopapp.core.amount import Amount, AmountError, Unit
from desktopapp.core.commands import Batch, Command, CommandError, RenameRow, SetCells
from desktopapp.core.expression import parse_entry
from desktopapp.core.layout import BodyCell
from desktopapp.core.levels import base
from desktopapp.core.rowwork import delete_codes, insert_code, recode_row
from desktopapp.core.sorting import sort_rows
from desktopapp.core.template import Cell, Shape
from desktopapp.gui.forms.clipboard import Block, Copied
from desktopapp.gui.forms.entry import resolve_code
from desktopapp.gui.forms.model import FormModel
from desktopapp.gui.forms.paste import Target, plan_paste, rename_commands
from desktopapp.gui.forms.settle import settled_entries
from desktopapp.store.errors import StoreError

Rect = tuple[int, int, int, int]
Say = Callable[[str, bool], None]


class Operations:
    """Commands on one form; whatever is refused is said in a sentence and changes nothing."""

    def __init__(self, model: FormModel, say: Say) -> None:
        self._model = model
        self._say = say

    @property
    def _report(self):  # type: ignore[no-untyped-def]
        return self._model.document.report

    def run(self, command: Command, label: str = "") -> bool:
        """Carry out a command; says why when it cannot be."""
        try:
            self._model.document.apply(command, label)
        except (CommandError, StoreError) as error:
            self._say(str(error), True)
            return False
        return True

    def refuse_read_only(self) -> bool:
        if self._model.editable:
            return False
        form = self._model.form_id
        what = "上年数据只供查看" if form.startswith("last.") else "文件以只读方式打开"
        self._say(f"{what}，不能修改。", True)
        return True

    # ── one cell ────────────────────────────────────────────────────────────────────────────────────────────────
    def read_amount(self, text: str, unit: Unit | None = None) -> Amount:
        """Return the amount that a text states in a unit, the shown one by default; raises AmountError."""
        return parse_entry(text, unit or self._model.unit, self._report.grain(self._model.form_id)) or None

    def enter(self, body: BodyCell, text: str, code: str = "") -> str:
        """Type a text into a cell; returns why it is refused, or nothing. ``code`` was chosen from the list."""
        try:
            command, label = self._entry(body, text, code)
            if command is not None:
                self._model.document.apply(command, label)
        except (AmountError, CommandError, StoreError) as error:
            return str(error)
        return ""

    def _entry(self, body: BodyCell, text: str, code: str) -> tuple[Command | None, str]:
        if body.cell is not None:
            amount = self.read_amount(text)
            same = self._report.get(body.cell) == amount and body.cell not in self._report.auto
            return (None if same else SetCells(((body.cell, amount, False),))), ""
        if body.kind == "input":
            return (self._insertion(text, code) if text.strip() or code else None), ""
        if body.kind == "name" and not code:
            name = " ".join(text.split())
            if name == body.text:
                return None, ""
            if not name:
                raise CommandError("科目名称不能为空；要删除这一行，请用“删除行”。")
            return RenameRow(self._model.form_id, body.row, name), ""
        return self._recoding(body, text, code), ""

    def _insertion(self, text: str, code: str) -> Command:
        catalogue = self._model.document.catalogue_of(self._model.form_id)
        found, name = (code, "") if code else resolve_code(text, catalogue, self._codes())
        return insert_code(self._report, self._model.form_id, found, name, catalogue)

    def _recoding(self, body: BodyCell, text: str, code: str) -> Command | None:
        if not code and not text.strip():
            raise CommandError("科目编码不能为空；要删除这一行，请用“删除行”。")
        catalogue = self._model.document.catalogue_of(self._model.form_id)
        found, name = (code, "") if code else resolve_code(text, catalogue, self._codes())
        if found == base(body.row) and not name and not code:
            return None
        return recode_row(self._report, self._model.form_id, body.row, found, catalogue, name)

    def _codes(self) -> list[str]:
        return list(self._report.rows_of(self._model.form_id))

    # ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _cells(self, area: Rect) -> list[Cell]:
        return [cell for _, _, cell in self._model.grid.amounts_in(*area)]

    def fill(self, area: Rect, text: str) -> str:
        """Type one text into all amounts of an area; returns why it is refused, or nothing."""
        try:
            amount = self.read_amount(text)
            cells = self._cells(area)
            if cells:
                self._model.document.apply(SetCells(tuple((c, amount, False) for c in cells)))
        except (AmountError, CommandError, StoreError) as error:
            return str(error)
        return ""

    def clear(self, area: Rect, label: str = "") -> None:
        """Empty the amounts of an area."""
        if self.refuse_read_only():
            return
        report = self._report
        cells = [c for c in self._cells(area) if c in report.amounts or c in report.auto]
        if cells:
            self.run(SetCells(tuple((c, None, False) for c in cells)), label)
        elif not self._cells(area) and self._model.takes_rows:
            self._say("选中的单元格里没有金额；要删除整行，请用“删除行”（Ctrl+-）。", False)

    def fill_down(self, area: Rect) -> None:
        """Copy the first row of an area into the rows below; one row takes the amounts of the row above it."""
        top, left, bottom, right = area
        source = top if bottom > top else top - 1
        target = (source + 1, left, bottom, right)
        self._fill_from(target, lambda _row, column: (source, column), "向下填充", "上方没有可以填充的金额。")

    def fill_right(self, area: Rect) -> None:
        """Copy the first column of an area into those to its right; one column takes those of the one before it."""
        grid = self._model.grid
        top, left, bottom, right = area
        several = grid.place(top, left).last < right
        source = grid.place(top, left if several else max(left - 1, 0)).first
        target = (top, source + 1, bottom, right)
        self._fill_from(target, lambda row, _column: (row, source), "向右填充", "左边没有可以填充的金额。")

    def _fill_from(self, area: Rect, source: Callable[[int, int], tuple[int, int]], label: str, none: str) -> None:
        """Copy into every amount of an area the one that ``source`` gives for its row and column."""
        if self.refuse_read_only():
            return
        grid, entries = self._model.grid, []
        for row, column, cell in grid.amounts_in(*area):
            place = source(row, column)
            from_cell = grid.address(*place) if min(place) >= 0 else None
            if from_cell is not None and from_cell != cell:
                entries.append((cell, self._report.get(from_cell), False))
        if entries:
            self.run(SetCells(tuple(entries)), label)
        else:
            self._say(none, True)

    def follow(self, area: Rect, on: bool) -> None:
        """Let the amounts of an area follow their relations, or keep them as they are."""
        if self.refuse_read_only():
            return
        engine, auto = self._model.document.engine, self._report.auto
        able = [c for c in self._cells(area) if engine.checker.definer(c) is not None]
        cells = [c for c in able if (c in auto) != on]
        if not able:
            self._say("选中的单元格没有可以自动计算的公式。", True)
        elif not cells:
            self._say("选中的单元格已经是自动计算。" if on else "选中的单元格已经是手工录入。", False)
        else:
            entries = tuple((c, self._report.get(c), on) for c in cells)
            self.run(SetCells(entries), "" if on else "改为手工录入")

    # ── clipboard ───────────────────────────────────────────────────────────────────────────────────────────────
    def copied(self, area: Rect, with_headers: bool) -> list[list[Copied]]:
        """Return an area as texts: amounts as plain numbers in the shown unit."""
        grid, (top, left, bottom, right) = self._model.grid, area
        rows: list[list[Copied]] = []
        if with_headers:
            rows.append([Copied(" ".join(grid_heads)) for grid_heads in map(self._heads, range(left, right + 1))])
        for row in range(top, bottom + 1):
            if grid.cell(row, left).kind == "input":
                continue
            cells = []
            for column in range(left, right + 1):
                place = grid.place(row, column)
                text = self._model.plain(row, column) if column in (place.first, left) else ""
                cells.append(Copied(text, place.cell.cell is not None))
            rows.append(cells)
        return rows

    def _heads(self, column: int) -> list[str]:
        """Return the header texts of a column without its printed number."""
        return [t for t in self._model.head_texts(column) if not t.strip().isdigit()]

    def paste(self, area: Rect, block: Block) -> bool:
        """Put a block into the form as one step; what was refused is named, the rest is kept."""
        if self.refuse_read_only():
            return False
        model, document = self._model, self._model.document
        catalogue = document.catalogue_of(model.form_id)
        target = Target(
            document.report, model.form, model.form_id, model.grid, model.unit, catalogue, area, model.takes_rows
        )
        plan = plan_paste(target, block)
        rows: tuple[Command, ...] = (*plan.inserts.values(), *rename_commands(target, plan))
        try:
            entries = settled_entries(document.engine, Batch("", rows) if rows else None, plan.amounts)
            commands = (*rows, SetCells(entries)) if entries else rows
            if commands:
                document.apply(Batch("粘贴", commands))
        except (CommandError, StoreError) as error:
            self._say(str(error), True)
            return False
        self._say(plan.message(), bool(plan.refused) or not (plan.amounts or rows))
        return True

    # ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────
    def insert(self, code: str, name: str = "") -> str:
        """Add a row by code with its missing parents; returns why it is refused, or nothing."""
        catalogue = self._model.document.catalogue_of(self._model.form_id)
        try:
            self._model.document.apply(insert_code(self._report, self._model.form_id, code, name, catalogue))
        except (CommandError, StoreError) as error:
            return str(error)
        return ""

    def delete_rows(self, rows: Iterable[int]) -> None:
        """Take out the rows by code among some rows of the grid."""
        if self.refuse_read_only():
            return
        keys = self._model.grid.row_keys(iter(rows)) if self._model.takes_rows else []
        if not keys:
            self._say("选中的地方没有可以删除的科目行；合计行和固定行不能删除。", True)
            return
        held = any(c.form == self._model.form_id and c.row in set(keys) for c in self._report.amounts)
        if self.run(delete_codes(self._report, self._model.form_id, keys)):
            what = f"科目 {base(keys[0])}" if len(keys) == 1 else f"{len(keys)} 行"
            amounts = "（连同金额）" if held else ""
            self._say(f"已删除{what}{amounts}，可用“撤销”（Ctrl+Z）找回。", False)

    def sort(self) -> None:
        """Bring the rows into code order."""
        if self.refuse_read_only():
            return
        if not self._model.takes_rows:
            self._say("本表的行是固定的，不需要排序。", False)
            return
        command = sort_rows(self._report, self._model.form_id)
        if command is None:
            self._say("各行已按编码顺序排列。", False)
        elif self.run(command):
            self._say("已按编码重新排列各行。", False)

    def other_forms(self, keys: list[str]) -> list[str]:
        """Return the forms with the same classification in which some of these codes are missing."""
        form = self._model.form
        return [
            f.id
            for f in self._report.template.forms
            if f.id != form.id
            and f.shape is Shape.CODES
            and f.catalogue == form.catalogue
            and any(base(k) not in self._report.rows_of(f.id) for k in keys)
        ]

    def share(self, keys: list[str], form_id: str) -> None:
        """Add the same codes with the same names to another form, missing parents included."""
        catalogue = self._model.document.catalogue_of(form_id)
        rows, target = self._report.rows_of(self._model.form_id), self._report.rows_of(form_id)
        parts: dict[str, Command] = {}
        try:
            for key in dict.fromkeys(map(base, keys)):
                if key not in target:
                    command = insert_code(self._report, form_id, key, rows.name(key), catalogue)
                    for part in command.commands if isinstance(command, Batch) else (command,):
                        parts.setdefault(getattr(part, "row", ""), part)
        except CommandError as error:
            self._say(str(error), True)
            return
        mark = self._report.template.form(form_id).mark
        if parts and self.run(Batch(f"科目加入{mark}", tuple(parts.values()))):
            self._say(f"已在{mark}增加 {len(parts)} 行。", False)
