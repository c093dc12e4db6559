"""Commands as data: to JSON and back, and records that are none."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    from_json,
    to_json,
    typed,
)
from desktopapp.core.template import Cell
from tests.core.actions import some_command
from tests.generators import exact_report, the_template

COMMANDS: list[tuple[Command, dict[str, Any]]] = [
    (
        SetCells(((Cell("01", "general", "amount"), 500, False), (Cell("03", "total", "total"), None, True))),
        {"do": "set", "cells": [["01", "general", "amount", 500, False], ["03", "total", "total", None, True]]},
    ),
    (
        InsertRow("03", "201", "类", 4, False),
        {"do": "insert", "form": "03", "row": "201", "name": "类", "index": 4, "auto": False},
    ),
    (
        InsertRow("03", "201", "类"),
        {"do": "insert", "form": "03", "row": "201", "name": "类", "index": None, "auto": True},
    ),
    (DeleteRow("03", "201"), {"do": "delete", "form": "03", "row": "201"}),
    (RenameRow("03", "201", "新"), {"do": "rename", "form": "03", "row": "201", "name": "新"}),
    (SetHead("某局", 2024), {"do": "head", "department": "某局", "year": 2024}),
    (SetGrain("01", 1), {"do": "grain", "form": "01", "grain": 1}),
    (SetSetting("on", True), {"do": "setting", "key": "on", "on": True}),
    (SetField("text", {"a": [1, None]}), {"do": "field", "key": "text", "value": {"a": [1, None]}}),
    (
        Batch("两步", (DeleteRow("03", "201"), Batch("", ()))),
        {
            "do": "batch",
            "label": "两步",
            "commands": [{"do": "delete", "form": "03", "row": "201"}, {"do": "batch", "label": "", "commands": []}],
        },
    ),
]


@pytest.mark.parametrize(("command", "raw"), COMMANDS)
def test_the_record_of_a_command(command: Command, raw: dict[str, Any]) -> None:
    assert to_json(command) == raw
    assert from_json(raw) == command


@given(st.randoms(use_true_random=False), st.integers(0, 20))
def test_any_command_survives_as_text(rng: random.Random, seed: int) -> None:
    report = exact_report(seed, the_template(), 12)
    command = some_command(rng, report)
    assert from_json(json.loads(json.dumps(to_json(command), ensure_ascii=False))) == command


def test_typing_takes_a_cell_out_of_its_relation() -> None:
    cell = Cell("01", "general", "amount")
    assert typed(cell, 5) == SetCells(((cell, 5, False),))


BROKEN: list[Any] = [
    {},
    {"do": "fly"},
    {"do": ["set"]},
    {"do": "set"},
    {"do": "set", "cells": 3},
    {"do": "set", "cells": [["01", "general", "amount", 5]]},
    {"do": "set", "cells": [["01", "general", "amount", 5.5, False]]},
    {"do": "set", "cells": [["01", "general", "amount", "5", False]]},
    {"do": "set", "cells": [["01", "general", "amount", True, False]]},
    {"do": "set", "cells": [["01", 201, "amount", 5, False]]},
    {"do": "insert", "form": "03", "row": "201", "name": "类", "index": "4", "auto": True},
    {"do": "insert", "form": "03", "row": 201, "name": "类", "index": 4, "auto": True},
    {"do": "insert", "form": "03", "row": "201", "index": 4, "auto": True},
    {"do": "delete", "form": ["03"], "row": "201"},
    {"do": "head", "department": None, "year": 2024},
    {"do": "head", "department": "某局", "year": "2024"},
    {"do": "grain", "form": "01", "grain": 1.0},
    {"do": "batch", "label": "", "commands": [{"do": "fly"}]},
    {"do": "batch", "label": "", "commands": None},
    [],
    None,
    "set",
]


@pytest.mark.parametrize("raw", BROKEN)
def test_records_that_are_none(raw: Any) -> None:
    with pytest.raises(CommandError, match="读不懂") as refused:
        from_json(raw)
    assert str(refused.value).endswith("。")
