"""Work on rows by code that takes several commands: rows with their parents, several forms at once."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.catalogue import Catalogue
from desktopapp.core.commands import Batch, Command, CommandError, DeleteRow, InsertRow, RenameRow, SetCells
from desktopapp.core.levels import base, is_code, parents
from desktopapp.core.report import Report
from desktopapp.core.template import Cell


def insert_code(report: Report, form_id: str, code: str, name: str, catalogue: Catalogue | None) -> Command:
    """Return the command that adds a row by code, with the rows above it that are missing.

    ``name`` may be empty: the catalogue's is taken then, if it knows the code. Raises CommandError with a sentence for
    the user when the code is no code of the form or is there already.
    """
    form = report.template.form(form_id)
    levels = report.levels(form)
    if not is_code(code, levels):
        lengths = "、".join(map(str, levels))
        raise CommandError(f"“{code}”不是{form.called}的科目编码：应为 {lengths} 位数字，请从目录中选择。")
    rows = report.rows_of(form_id)
    if code in rows:
        raise CommandError(f"{form.called}已有科目 {code} {rows.name(code)}，不能重复增加；请直接在该行录入。")
    commands: list[Command] = []
    for needed in (*parents(code, levels), code):
        if needed in rows:
            continue
        entry = catalogue.get(needed) if catalogue is not None else None
        given = name if needed == code else ""
        commands.append(InsertRow(form_id, needed, given or (entry.name if entry else "")))
    return commands[0] if len(commands) == 1 else Batch(f"插入行 {code}", tuple(commands))


def delete_codes(report: Report, form_id: str, codes: Sequence[str]) -> Command:
    """Return the command that removes rows; rows below a removed one stay and count towards the next row above.

    Where a code stood twice and its first row goes, the second takes its place in the relations.
    """
    codes = tuple(dict.fromkeys(codes))
    steps: list[Command] = [DeleteRow(form_id, c) for c in codes]
    steps += _promotions(report, form_id, codes)
    if len(steps) == 1:
        return steps[0]
    return Batch(f"删除行 {base(codes[0])}" if len(codes) == 1 else f"删除 {len(codes)} 行", tuple(steps))


def _promotions(report: Report, form_id: str, gone: Sequence[str]) -> list[Command]:
    """Return the commands that give the key of a removed row to the next row with the same code."""
    steps: list[Command] = []
    order = [r for r in report.rows_of(form_id) if r not in gone]
    for code in gone:
        doubles = [r for r in order if base(r) == code]
        if not doubles:
            continue
        double = min(doubles, key=lambda r: int(r.partition("#")[2]))
        at = order.index(double)
        order[at] = code
        name = report.rows_of(form_id).name(double)
        steps += [DeleteRow(form_id, double), InsertRow(form_id, code, name, at, automatic=False)]
        steps += _moved(report, form_id, double, code)
    return steps


def _moved(report: Report, form_id: str, row: str, to: str) -> list[Command]:
    """Return the command that gives the amounts of a row to another, none where it has none."""
    cells = [(Cell(form_id, row, c.key), Cell(form_id, to, c.key)) for c in report.template.form(form_id).columns]
    moved = tuple((new, report.get(old), old in report.auto) for old, new in cells)
    moved = tuple(entry for entry in moved if entry[1] or entry[2])
    return [SetCells(moved)] if moved else []


def recode_row(
    report: Report, form_id: str, row: str, code: str, catalogue: Catalogue | None, name: str = ""
) -> Command:
    """Return the command that gives a row another code, with its amounts; its name follows the catalogue."""
    entry = catalogue.get(code) if catalogue is not None else None
    new_name = name or (entry.name if entry is not None else report.rows_of(form_id).name(row))
    if code == base(row):
        return RenameRow(form_id, row, new_name)
    # Before the row goes: a code that is refused must not cost anything.
    insert = insert_code(report, form_id, code, new_name, catalogue)
    steps = [
        DeleteRow(form_id, row),
        *_promotions(report, form_id, (row,)),
        insert,
        *_moved(report, form_id, row, code),
    ]
    return Batch(f"更改编码 {base(row)}→{code}", tuple(steps))
