"""Pasting a block: everything is read and judged first, then it becomes one command. No Qt here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from desktopapp.core.amount import Amount, AmountError, Unit
from desktopapp.core.catalogue import Catalogue
from desktopapp.core.commands import Batch, Command, CommandError, InsertRow, RenameRow
from desktopapp.core.expression import parse_entry
from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.rowwork import insert_code
from desktopapp.core.template import TOTAL_ROW, Cell, Form, Shape
from desktopapp.gui.forms.clipboard import Block
from desktopapp.gui.forms.entry import resolve_code
from desktopapp.gui.forms.grid import Grid

_SHOWN_REFUSALS = 3


@dataclass(frozen=True, slots=True)
class Target:
    """Where a block goes: the selected rectangle and the form it lies in."""

    report: Report
    form: Form
    form_id: str
    grid: Grid
    unit: Unit
    catalogue: Catalogue | None
    area: tuple[int, int, int, int]
    takes_rows: bool


@dataclass(slots=True)
class Plan:
    """What a block comes to: rows to add, names to change, amounts to set, and what was refused.

    ``refused`` are sentences, each naming row and column of the block; ``beyond`` counts filled cells that fall on
    places where nothing can be typed.
    """

    inserts: dict[str, InsertRow] = field(default_factory=dict)
    renames: dict[str, str] = field(default_factory=dict)
    amounts: dict[Cell, Amount] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    beyond: int = 0

    def message(self) -> str:
        """Return what happened in one sentence for the user."""
        done = [f"{len(self.amounts)} 个金额"] if self.amounts else []
        done += [f"新增 {len(self.inserts)} 行"] if self.inserts else []
        done += [f"更改 {len(self.renames)} 个名称"] if self.renames else []
        text = "已粘贴" + "、".join(done) if done else "没有粘贴任何内容"
        if self.beyond:
            text += f"，跳过 {self.beyond} 个不能填写的单元格"
        if self.refused:
            shown = "".join(self.refused[:_SHOWN_REFUSALS])
            more = f"这样的共 {len(self.refused)} 处。" if len(self.refused) > _SHOWN_REFUSALS else ""
            text += f"；{len(self.refused)} 处未粘贴：{shown}{more}"
        return text if text.endswith("。") else text + "。"


@dataclass(frozen=True, slots=True)
class _Segment:
    """Columns of rows by code that belong together: code, name, first and last amount."""

    code: int
    name: int
    first: int
    last: int


def plan_paste(target: Target, block: Block) -> Plan:
    """Return what pasting a block at the target comes to; nothing is changed yet."""
    plan = Plan()
    block, area = _joined(target, block), target.area
    block = _tiled(block, area)
    top, left = area[:2]
    width = len(block[0]) if block else 0
    by_code = [s for s in _segments(target) if left <= s.code < left + width]
    coded = {c for s in by_code for c in range(s.code, s.last + 1)}
    for at, texts in enumerate(block):
        if by_code and (_is_heading(target, texts) or _closing_line(target, plan, at, texts)):
            continue
        for segment in by_code:
            _coded_row(target, plan, segment, at, texts)
        for offset, text in enumerate(texts):
            if left + offset not in coded:
                _placed(target, plan, top + at, left + offset, text, f"第{at + 1}行第{offset + 1}列")
    return plan


# ── what the block looks like ───────────────────────────────────────────────────────────────────────────────────────
def _segments(target: Target) -> list[_Segment]:
    if not target.takes_rows:
        return []
    if target.form.shape is Shape.CODES:
        return [_Segment(0, target.grid.lead - 1, target.grid.lead, target.grid.columns - 1)]
    if target.form.shape is Shape.BLOCKS:
        return [_Segment(3 * i, 3 * i + 1, 3 * i + 2, 3 * i + 2) for i in range(len(target.form.blocks))]
    return []


def _joined(target: Target, block: Block) -> Block:
    """Put codes together that come in three columns (类, 款, 项), or in one merged cell that leaves empty ones."""
    spare = len(target.grid.layout.widths) - target.grid.columns
    if target.form.shape is not Shape.CODES or target.area[1] != 0 or spare < 1 or not block:
        return block
    if len(block[0]) < spare + 2 or not all(_in_parts(row, spare) for row in block):
        return block
    # What stands behind the codes must be names, or the empty columns are a name and amounts that are empty.
    if not any(t.strip() and not _digits(t) for t in (row[spare + 1] for row in block)):
        return block
    return [["".join(t.strip() for t in row[: spare + 1]), *row[spare + 1 :]] for row in block]


def _in_parts(row: list[str], spare: int) -> bool:
    """Tell whether a row begins with a code in one cell before empty ones, or in parts of 3, 2 and 2 digits."""
    parts = ["".join(unicodedata.normalize("NFKC", t).split()) for t in row[: spare + 1]]
    if not any(parts[1:]) or parts == list("类款项")[: spare + 1]:
        return True
    filled = [p for p in parts if p]
    return (
        parts[: len(filled)] == filled and len(filled[0]) == 3 and all(len(p) == 2 and p.isdigit() for p in filled[1:])
    )


def _digits(text: str) -> bool:
    return text.strip().lstrip("-(（").replace(",", "").replace(".", "").rstrip(")）").isdigit()


def _tiled(block: Block, area: tuple[int, int, int, int]) -> Block:
    """Repeat a block over a larger selection that it fills exactly; one value fills any selection."""
    high, wide = area[2] - area[0] + 1, area[3] - area[1] + 1
    if not block or not block[0] or high * wide <= len(block) * len(block[0]):
        return block
    if high % len(block) or wide % len(block[0]):
        return block
    return [row * (wide // len(row)) for row in block * (high // len(block))]


def _is_heading(target: Target, texts: list[str]) -> bool:
    """Tell whether a row of the block repeats the header of the form."""
    heads = {"".join(h.text.split()) for h in target.grid.layout.head}
    filled = ["".join(t.split()) for t in texts if t.strip()]
    return bool(filled) and not filled[0][0].isdigit() and all(t in heads or "类款项".startswith(t) for t in filled)


def _closing_line(target: Target, plan: Plan, at: int, texts: list[str]) -> bool:
    """Read the totals under the blocks: each label is followed by its amount, with merged cells between them."""
    labels = {"".join(t.label.split()): t.key for t in target.form.totals()}
    found = [(i, labels[key]) for i, t in enumerate(texts) if (key := "".join(t.split())) in labels]
    for n, (start, row) in enumerate(found):
        end = found[n + 1][0] if n + 1 < len(found) else len(texts)
        if start + 1 < end:
            column = next((i for i in range(start + 1, end) if texts[i].strip()), end - 1)
            cell = Cell(target.form_id, row, target.form.columns[0].key)
            _parsed(target, plan, cell, texts[column], f"第{at + 1}行第{column + 1}列")
    return bool(found)


# ── rows by code ────────────────────────────────────────────────────────────────────────────────────────────────────
def _coded_row(target: Target, plan: Plan, segment: _Segment, at: int, texts: list[str]) -> None:
    top, left = target.area[:2]
    parts = texts[segment.code - left : segment.last - left + 1]
    if not any(t.strip() for t in parts):
        return
    name = parts[segment.name - segment.code].strip() if len(parts) > segment.name - segment.code else ""
    where = f"第{at + 1}行第{segment.code - left + 1}列"
    try:
        row = _row_for(target, plan, top + at, segment, parts[0], name)
    except CommandError as error:
        plan.refused.append(f"{where}：{error}")
        return
    if row is None:
        return
    for column in range(segment.first, segment.last + 1):
        offset = column - segment.code
        key = target.form.columns[column - segment.first].key
        if offset < len(parts):
            cell = Cell(target.form_id, row, key)
            _parsed(target, plan, cell, parts[offset], f"第{at + 1}行第{column - left + 1}列")


def _row_for(target: Target, plan: Plan, at: int, segment: _Segment, text: str, name: str) -> str | None:
    """Return the row key that a code stands for, adding the row where it is missing."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    here = target.grid.cell(at, segment.code) if at < target.grid.rows else None
    if here is not None and here.kind == "code" and base(here.row) == folded:
        return here.row
    if folded and folded == "".join(target.form.total_label.split()):
        return TOTAL_ROW
    rows = target.report.rows_of(target.form_id)
    if folded in rows or folded in plan.inserts:
        return folded
    if not folded:
        raise CommandError("没有编码，不知道属于哪一行；请连编码一起复制。")
    code, _ = resolve_code(f"{folded} {name}" if folded.isdigit() else folded, target.catalogue, list(rows))
    if code in rows or code in plan.inserts:
        return code
    _flatten(insert_code(target.report, target.form_id, code, name, target.catalogue), plan.inserts)
    return code


def _flatten(command: Command, into: dict[str, InsertRow]) -> None:
    """Collect the rows of an inserting command; a row with a name wins over one without."""
    for part in command.commands if isinstance(command, Batch) else (command,):
        if isinstance(part, InsertRow) and (part.row not in into or (part.name and not into[part.row].name)):
            into[part.row] = part


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _placed(target: Target, plan: Plan, row: int, column: int, text: str, where: str) -> None:
    grid = target.grid
    if row >= grid.rows or column >= grid.columns:
        plan.beyond += bool(text.strip())
        return
    place = grid.place(row, column)
    body = place.cell
    if body.cell is not None and place.first == column:
        _parsed(target, plan, body.cell, text, where)
    elif body.kind == "name" and target.takes_rows and place.first == column:
        if text.strip() and text.strip() != body.text:
            plan.renames[body.row] = text.strip()
    elif text.strip() and text.strip() != body.text.strip():
        plan.beyond += 1


def _parsed(target: Target, plan: Plan, cell: Cell, text: str, where: str) -> None:
    try:
        plan.amounts[cell] = parse_entry(text, target.unit, target.report.grain(target.form_id)) or None
    except AmountError as error:
        plan.refused.append(f"{where}{error}")


def rename_commands(target: Target, plan: Plan) -> Iterator[RenameRow]:
    """Yield the commands that change names."""
    for row, name in plan.renames.items():
        yield RenameRow(target.form_id, row, name)
