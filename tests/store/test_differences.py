"""What differs between two versions of a report."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktopapp.core.commands import (
    Command,
    DeleteRow,
    InsertRow,
    RenameRow,
    SetField,
    SetGrain,
    SetHead,
    SetSetting,
    typed,
)
from desktopapp.core.engine import Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import new_report
from desktopapp.core.template import Cell
from desktopapp.store.differences import differences
from desktopapp.store.journal import Change
from tests.store.reports import PAY, WAN, load, small_report

COMMANDS: list[Command] = [
    typed(PAY, 5 * WAN),
    typed(Cell("last.03", "2010301", "basic"), None),
    InsertRow("03", "2010399", "其他"),
    DeleteRow("05", "2080505"),
    RenameRow("03", "2010301", "行政运行（改）"),
    SetField("text.duties", "别的"),
    SetField("fresh", [1]),
    SetGrain("05", 1),
    SetHead("别的局", 2023),
    SetSetting("all_administrative", True),
]


def test_a_report_does_not_differ_from_itself() -> None:
    found = differences(small_report(), small_report())
    assert found.changes == () and found.same == len(small_report().amounts)


@given(st.lists(st.sampled_from(COMMANDS), unique_by=repr, min_size=1))
def test_every_edit_is_found_and_nothing_else(chosen: list[Command]) -> None:
    before, after = small_report(), small_report()
    engine = Engine(after, rule_book(after.template))
    for command in chosen:
        engine.apply(command)
    found = differences(before, after).changes
    cells = {Cell(c.form, c.row, c.col): (c.was, c.now) for c in found if c.kind == "cell"}
    everywhere = before.amounts.keys() | after.amounts.keys()
    assert cells == {c: (before.get(c), after.get(c)) for c in everywhere if before.get(c) != after.get(c)}
    kinds = {c.kind for c in found}
    assert ("row" in kinds) == any(isinstance(c, InsertRow | DeleteRow | RenameRow) for c in chosen)
    assert {c.row for c in found if c.kind == "field"} == {c.key for c in chosen if isinstance(c, SetField)}
    assert ("grain" in kinds) == any(isinstance(c, SetGrain) for c in chosen)
    assert ("head" in kinds) == any(isinstance(c, SetHead) for c in chosen)
    assert ("setting" in kinds) == any(isinstance(c, SetSetting) for c in chosen)
    back = differences(after, before).changes
    assert sorted((c.kind, c.form, c.row, c.col, repr(c.now), repr(c.was)) for c in found) == sorted(
        (c.kind, c.form, c.row, c.col, repr(c.was), repr(c.now)) for c in back
    )


def test_rows_in_another_order_and_other_templates_are_told() -> None:
    before, after = small_report(), small_report()
    rows = after.rows["03"]
    name = rows.name("2010301")
    rows.remove("2010301")
    rows.insert("2010301", name, len(rows))
    assert differences(before, after).changes == (Change("order", "03", "", "", None, None),)
    other = new_report(load("shanghai-2024"), 2024, "示例市财政局")
    found = differences(before, other)
    assert {c.row for c in found.changes if c.kind == "head"} == {"template", "year"}
    assert {Cell(c.form, c.row, c.col) for c in found.changes if c.kind == "cell"} == before.amounts.keys()
