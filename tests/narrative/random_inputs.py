"""Input tables filled at random, as declared: whatever the templates ask for may be there or not."""

from __future__ import annotations

import random
from typing import Any

from desktopapp.core.amount import PUBLISHED_GRAIN
from desktopapp.core.report import Report
from desktopapp.narrative.facts import Facts
from desktopapp.narrative.input_rows import shown_rows
from desktopapp.narrative.inputs import KEY, InputColumn, InputTable
from tests.narrative.cases import the_facts

_WORDS = ("按计划推进", "职能调整", "厉行节约", "追加专项", "据实支付", "设备更新", "人员变动")


def fill_inputs(report: Report, seed: int, fullness: float = 0.8, template_id: str = "") -> Report:
    """Fill the input tables of a report; ``fullness`` is the part of the cells that get a value."""
    rng = random.Random(f"inputs/{seed}")
    book = the_facts(template_id or report.template.id)
    facts = Facts(report, book)
    for table in book.inputs.values():
        rows = [_row(rng, table, key, fullness) for key in _keys(rng, report, facts, table)]
        if any(set(r) - {KEY} for r in rows):
            report.fields[table.field] = rows
    return report


def _keys(rng: random.Random, report: Report, facts: Facts, table: InputTable) -> list[str]:
    if table.row_kind == "one":
        return [""]
    if table.row_kind == "free":
        return [""] * rng.randrange(5)
    return [r.key for r in shown_rows(report, facts, table)]


def _row(rng: random.Random, table: InputTable, key: str, fullness: float) -> dict[str, Any]:
    values: dict[str, Any] = {KEY: key} if table.keyed else {}
    for column in table.columns:
        if rng.random() < fullness:
            values[column.key] = _value(rng, column)
    return values


def _value(rng: random.Random, column: InputColumn) -> Any:
    match column.kind:
        case "amount":
            return rng.choice((0, int(10 ** rng.uniform(4, 10)) // PUBLISHED_GRAIN * PUBLISHED_GRAIN))
        case "count":
            return rng.choice((0, 0, 1, rng.randrange(2000)))
        case "number":
            return f"{rng.randrange(10000) / 100:.2f}"
        case "choice":
            return rng.choice([k for k, _ in column.choices])
        case _:
            return "，".join(rng.sample(_WORDS, rng.randrange(1, 4)))
