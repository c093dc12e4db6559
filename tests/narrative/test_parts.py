"""Pieces of text that are kept between renderings, and rows of input tables that changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from desktopapp.core.commands import SetCells, SetField
from desktopapp.core.engine import Engine
from desktopapp.core.template import Cell
from desktopapp.narrative.inputs import InputReader, row_of
from desktopapp.narrative.parts import Group, Maker, Parts
from tests.generators import published_report, the_book
from tests.narrative.cases import narrative_of, the_facts
from tests.narrative.random_inputs import fill_inputs

GROUP = ("budget_item", ("05",))


def test_a_piece_is_made_once_and_again_when_its_ground_changes() -> None:
    parts, made = Parts(), list[str]()

    def make(code: str) -> tuple[str, frozenset[str]]:
        made.append(code)
        return f"{code}第{len(made)}次", frozenset({f"item[{code}]", "items."})

    assert parts.texts(GROUP, ["1", "2", "1"], make) == ["1第1次", "2第2次", "1第1次"]
    assert parts.drop({"total.expense"}) == set() and parts.drop({"item[2]"}) == {"budget_item"}
    assert parts.texts(GROUP, ["1", "2"], make) == ["1第1次", "2第3次"]
    assert parts.texts(("budget_item", ("07",)), ["1"], make) == ["1第4次"]
    parts.drop({"items.", "unknown"})
    assert parts.texts(GROUP, ["1"], make) == ["1第5次"]
    parts.clear()
    assert parts.texts(GROUP, ["1"], make) == ["1第6次"]


@pytest.mark.parametrize("what", ["amount", "budget"])
def test_only_the_sentence_of_the_item_is_made_again(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = fill_inputs(published_report(1), 1, 1.0)
    engine, narrative = Engine(report, the_book()), narrative_of(report)
    narrative.pieces("general")
    made: list[str] = []
    texts = Parts.texts

    def watched(self: Parts, group: Group, codes: Iterable[str], make: Maker) -> list[str]:
        return texts(self, group, codes, lambda code: (made.append(code), make(code))[1])  # type: ignore[func-returns-value]

    monkeypatch.setattr(Parts, "texts", watched)
    rows = [dict(r) for r in report.fields["input.items"]]
    code = rows[0]["key"]
    rows[0]["budget"] = rows[0]["budget"] + 10_000
    amount = SetCells(((Cell("05", code, "total"), 1_230_000, False),))
    narrative.update(engine.apply(amount if what == "amount" else SetField("input.items", rows)))
    text = narrative.editable("general")
    assert made == [code]
    assert text == narrative_of(report).editable("general")


def _reader(rows: object, table: str) -> InputReader:
    report = published_report(2)
    report.fields[f"input.{table}"] = rows
    return InputReader(report, the_facts("hubei-2023").inputs)


@pytest.mark.parametrize(
    ("table", "before", "now", "changed"),
    [
        ("items", [{"key": "2010301", "budget": 1}], [{"key": "2010301", "budget": 2}], {"items[2010301]"}),
        ("items", [{"key": "1", "budget": 1}], [{"key": "2", "budget": 1}], {"items[1]", "items[2]"}),
        ("projects", [{"name": "甲"}, {"name": "乙"}], [{"name": "甲"}, {"name": "丙"}], {"projects[2]"}),
        ("agency", [{"budget": 1}], [{"budget": 2}], {"agency"}),
        ("agency", [{"budget": 1}], [{"budget": 1}], set()),
        ("agency", [{"budget": 1}], None, None),
    ],
)
def test_rows_that_changed(table: str, before: Any, now: Any, changed: set[str] | None) -> None:
    assert _reader(now, table).rows_changed(table, _reader(before, table)) == changed


def test_a_reader_reads_again_only_what_changed() -> None:
    reader = _reader([{"key": "2010301", "budget": 1}], "items")
    first = reader.rows("items")
    again = reader.without({"projects"})
    assert again.rows("items") == first and again.rows("projects") == []


def test_rows_of_addresses() -> None:
    assert row_of("items[2010301].budget") == "items[2010301]"
    assert row_of("last_year[class[201]].amount") == "last_year[class[201]]"
    assert (row_of("agency.budget"), row_of("projects.")) == ("agency", "projects")
