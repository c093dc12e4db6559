"""Everything that can be done to a report, as values that know their inverse.

A command is data: it can be stored in a journal, undone, redone and replayed. ``Engine.apply`` carries it out and
returns the inverse. To and from JSON: ``to_json`` and ``from_json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktopapp.core.amount import Amount
from desktopapp.core.template import Cell


class CommandError(ValueError):
    """Raised when a command cannot be carried out; its message is a sentence for the user. Nothing has changed then."""


@dataclass(frozen=True, slots=True)
class SetCells:
    """Give cells an amount in 分 (None empties) and say whether each follows its relation afterwards.

    ``entries`` are (cell, amount, automatic). An automatic cell takes the value its relation states, whatever is given.
    """

    entries: tuple[tuple[Cell, Amount, bool], ...]


@dataclass(frozen=True, slots=True)
class InsertRow:
    """Add a row by code to a form at a position (None: in code order)."""

    form: str
    row: str
    name: str
    index: int | None = None
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class DeleteRow:
    """Take a row by code out of a form with its amounts."""

    form: str
    row: str


@dataclass(frozen=True, slots=True)
class RenameRow:
    """Change the printed name of a row."""

    form: str
    row: str
    name: str


@dataclass(frozen=True, slots=True)
class SetHead:
    """Change the department or the year."""

    department: str
    year: int


@dataclass(frozen=True, slots=True)
class SetGrain:
    """Choose the smallest step in 分 that a form keeps (1: 分, 10,000: 0.01 万元)."""

    form: str
    grain: int


@dataclass(frozen=True, slots=True)
class SetSetting:
    """Turn a setting of the report on or off."""

    key: str
    on: bool


@dataclass(frozen=True, slots=True)
class SetField:
    """Give a text, an input or another content a JSON-like value; None removes it."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Batch:
    """Several commands that are one step for the user."""

    label: str
    commands: tuple[Command, ...]


Command = SetCells | InsertRow | DeleteRow | RenameRow | SetHead | SetGrain | SetSetting | SetField | Batch


def typed(cell: Cell, amount: Amount) -> SetCells:
    """Return the command of typing an amount into a cell."""
    return SetCells(((cell, amount, False),))


def to_json(command: Command) -> dict[str, Any]:
    """Return a command as plain JSON values."""
    match command:
        case SetCells(entries):
            return {"do": "set", "cells": [[*cell, amount, auto] for cell, amount, auto in entries]}
        case InsertRow(form, row, name, index, automatic):
            return {"do": "insert", "form": form, "row": row, "name": name, "index": index, "auto": automatic}
        case DeleteRow(form, row):
            return {"do": "delete", "form": form, "row": row}
        case RenameRow(form, row, name):
            return {"do": "rename", "form": form, "row": row, "name": name}
        case SetHead(department, year):
            return {"do": "head", "department": department, "year": year}
        case SetGrain(form, grain):
            return {"do": "grain", "form": form, "grain": grain}
        case SetSetting(key, on):
            return {"do": "setting", "key": key, "on": on}
        case SetField(key, value):
            return {"do": "field", "key": key, "value": value}
        case Batch(label, commands):
            return {"do": "batch", "label": label, "commands": [to_json(c) for c in commands]}


def from_json(raw: Mapping[str, Any]) -> Command:
    """Return the command that ``to_json`` wrote; raises CommandError for anything else."""
    try:
        return _read(raw)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CommandError(f"修改记录里有一条读不懂（{error}），这一步不能撤销或重做。") from error


def _read(raw: Mapping[str, Any]) -> Command:
    match raw["do"]:
        case "set":
            return SetCells(tuple(_entry(*entry) for entry in raw["cells"]))
        case "insert":
            index = None if raw["index"] is None else _whole(raw["index"])
            return InsertRow(_text(raw["form"]), _text(raw["row"]), _text(raw["name"]), index, bool(raw["auto"]))
        case "delete":
            return DeleteRow(_text(raw["form"]), _text(raw["row"]))
        case "rename":
            return RenameRow(_text(raw["form"]), _text(raw["row"]), _text(raw["name"]))
        case "head":
            return SetHead(_text(raw["department"]), _whole(raw["year"]))
        case "grain":
            return SetGrain(_text(raw["form"]), _whole(raw["grain"]))
        case "setting":
            return SetSetting(_text(raw["key"]), bool(raw["on"]))
        case "field":
            return SetField(_text(raw["key"]), raw["value"])
        case "batch":
            return Batch(_text(raw["label"]), tuple(_read(c) for c in raw["commands"]))
        case other:
            raise ValueError(other)


def _entry(form: Any, row: Any, col: Any, amount: Any, automatic: Any) -> tuple[Cell, Amount, bool]:
    cell = Cell(_text(form), _text(row), _text(col))
    return cell, None if amount is None else _whole(amount), bool(automatic)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value
