"""Work on rows by code that takes several commands: rows with their parents, several forms at once."""

from __future__ import annotations

from collections.abc import Sequence

from desktopapp.core.catalogue import Catalogue
from desktopapp.core.commands import Batch, Command, CommandError, DeleteRow, InsertRow, RenameRow, SetCells
from desktopapp.core.levels import base, parents
from desktopapp.core.report import Report
from desktopapp.core.template import Cell


def insert_code(report: Report, form_id: str, code: str, name: str, catalogue: Catalogue | None) -> Command:
    """Return the command that adds a row by code, with the rows above it that are missing.

    ``name`` may be empty: the catalogue's is taken then. Raises CommandError with a sentence for the user when the
    code is no code of the form, is there already, or has no name anywhere.
    """
    form = report.template.form(form_id)
    levels = report.levels(form)
    if not code.isdigit() or not code.isascii() or len(code) not in levels:
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
    """Return the command that removes rows; rows below a removed one stay and count towards the next row above."""
    commands = tuple(DeleteRow(form_id, c) for c in codes)
    return commands[0] if len(commands) == 1 else Batch(f"删除 {len(commands)} 行", commands)


def recode_row(
    report: Report, form_id: str, row: str, code: str, catalogue: Catalogue | None, name: str = ""
) -> Command:
    """Return the command that gives a row another code, with its amounts; its name follows the catalogue."""
    form = report.template.form(form_id)
    entry = catalogue.get(code) if catalogue is not None else None
    new_name = name or (entry.name if entry is not None else report.rows_of(form_id).name(row))
    if code == base(row):
        return RenameRow(form_id, row, new_name)
    cells = [(Cell(form_id, row, c.key), Cell(form_id, code, c.key)) for c in form.columns]
    moved = tuple(
        (new, report.get(old), old in report.auto) for old, new in cells if report.get(old) or old in report.auto
    )
    insert = insert_code(report, form_id, code, new_name, catalogue)
    steps: tuple[Command, ...] = (DeleteRow(form_id, row), insert)
    return Batch(f"更改编码 {base(row)}→{code}", (*steps, SetCells(moved)) if moved else steps)
