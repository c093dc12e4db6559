"""Names of commands for the undo menu and the history, made from the template's and the report's own words."""

from __future__ import annotations

from collections.abc import Iterator

from desktopapp.core.amount import EXACT_GRAIN
from desktopapp.core.commands import (
    Batch,
    Command,
    DeleteRow,
    InsertRow,
    RenameRow,
    SetCells,
    SetField,
    SetGrain,
    SetHead,
    SetSetting,
)
from desktopapp.core.levels import base
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, TOTAL_ROW, Cell, Shape


def describe(command: Command, report: Report) -> str:
    """Return what a command does, in words, such as "修改 公开03表 2010301 行政运行 基本支出".

    ``report`` is the report before the command.
    """
    leaves = list(_leaves(command))
    if isinstance(command, Batch) and command.label:
        return command.label
    cells = [c for c in leaves if isinstance(c, SetCells)]
    others = [c for c in leaves if not isinstance(c, SetCells)]
    if not others:
        return _cells_label(cells, report)
    kinds = {type(c) for c in others}
    first = _leaf_label(others[0], report)
    if len(others) == 1:
        return first
    if kinds <= {InsertRow, DeleteRow, RenameRow} and len(kinds) == 1:
        return f"{first} 等 {len(others)} 行"
    return f"{first} 等 {len(others)} 项"


def _leaves(command: Command) -> Iterator[Command]:
    if isinstance(command, Batch):
        for inner in command.commands:
            yield from _leaves(inner)
    else:
        yield command


def _cells_label(commands: list[SetCells], report: Report) -> str:
    entries = [e for c in commands for e in c.entries]
    if not entries:
        return "未作改动"
    if all(automatic for _, _, automatic in entries):
        verb = "恢复自动计算"
    else:
        verb = "修改" if any(amount for _, amount, _ in entries) else "清空"
    cells = list(dict.fromkeys(cell for cell, _, _ in entries))
    if len(cells) == 1:
        return f"{verb} {cell_name(cells[0], report)}"
    forms = list(dict.fromkeys(c.form for c in cells))
    where = form_name(forms[0], report) if len(forms) == 1 else f"{len(forms)} 张表"
    return f"{verb} {where} {len(cells)} 格"


def _leaf_label(command: Command, report: Report) -> str:
    match command:
        case InsertRow(form, row, name):
            return f"插入行 {form_name(form, report)} {base(row)} {name}".rstrip()
        case DeleteRow(form, row):
            return f"删除行 {form_name(form, report)} {row_name(form, row, report)}"
        case RenameRow(form, row, name):
            return f"更改名称 {form_name(form, report)} {base(row)} {name}".rstrip()
        case SetHead(department, year):
            what = [f"单位名称“{department}”"] if department != report.department else []
            what += [f"年度 {year}"] if year != report.year else []
            return f"更改{'和'.join(what)}" if what else "更改单位和年度"
        case SetGrain(form, grain):
            return f"{form_name(form, report)} 改为按{'元' if grain == EXACT_GRAIN else '万元'}保存"
        case SetSetting(key, on):
            return f"{'选定' if on else '取消'}“{dict(report.template.settings).get(key, key)}”"
        case SetField():
            return "修改文字内容"
        case _:
            return "修改"


def form_name(form_id: str, report: Report) -> str:
    """Return the printed mark of a form, with 上年 before last year's."""
    if not report.template.has_form(form_id):
        return form_id
    return ("上年" if form_id.startswith(LAST) else "") + report.template.form(form_id).mark


def cell_name(cell: Cell, report: Report) -> str:
    """Return the words that lead to a cell: form, row and column."""
    name = f"{form_name(cell.form, report)} {row_name(cell.form, cell.row, report)}"
    if not report.template.has_form(cell.form):
        return f"{name} {cell.col}"
    form = report.template.form(cell.form)
    columns = form.columns_of(cell.row)
    column = next((c for c in columns if c.key == cell.col), None) or form.column(cell.col)
    words = "" if column is None else " ".join((*column.path, column.label))
    # A form or side with one column of amounts needs no word for it.
    return " ".join(f"{name} {words if len(columns) != 1 else ''}".split())


def row_name(form_id: str, row: str, report: Report) -> str:
    """Return code and name of a row, or what the template prints there."""
    rows = report.rows.get(form_id)
    if rows is not None and row in rows:
        return f"{base(row)} {rows.name(row)}".rstrip()
    if not report.template.has_form(form_id):
        return row
    form = report.template.form(form_id)
    line = form.line(row)
    if line is not None:
        return line.label
    if row == TOTAL_ROW and form.shape is Shape.CODES:
        return form.total_label
    if form.shape is Shape.SINGLE:
        return ""
    return next((t.label for t in form.totals() if t.key == row), row)
