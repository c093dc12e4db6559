"""Merging two copies of a report: what only one side changed, what both did, and the step that carries it out."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopapp.core.amount import EXACT_GRAIN
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
    from_json,
    to_json,
    typed,
)
from desktopapp.core.engine import Engine
from desktopapp.core.merging import (
    MERGES,
    Held,
    Merge,
    NotMergeableError,
    Place,
    Side,
    WholeRow,
    merge_reports,
)
from desktopapp.core.merging_steps import choices_of, merge_steps
from desktopapp.core.merging_values import ABSENT, UNKNOWN, Leaf, merge_text, merge_value
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from tests.core.actions import some_command, some_engine, state
from tests.generators import published_report, the_template

ONE, TWO = Cell("03", "2010301", "basic"), Cell("02", "2010301", "fiscal")
WAN = 1_000_000


def small() -> Report:
    report = published_report(5, rows=8)
    for cell in (ONE, TWO):
        rows = report.rows_of(cell.form)
        if cell.row not in rows:
            rows.insert(cell.row, "行政运行", rows.place_for(cell.row))
        report.amounts[cell] = WAN
    return report


def changed(report: Report, *commands: Command) -> Report:
    engine = Engine(report.copy(), rule_book(report.template))
    for command in commands:
        engine.apply(command)
    return engine.report


def merged(base: Report | None, mine: Report, theirs: Report, prefer: Side | None = None) -> tuple[Report, Merge]:
    found = merge_reports(base, mine, theirs)
    step = merge_steps(base, mine, theirs, found, choices_of(found, prefer), "合并")
    engine = Engine(mine.copy(), rule_book(mine.template))
    if step is not None:
        engine.apply(from_json(to_json(step)))
    return engine.report, found


def places(found: Merge) -> list[tuple[str, ...]]:
    return [tuple(v for v in (*i.place[:4], *i.place.path) if v) for i in found.items]


def comparable(report: Report) -> dict[str, Any]:
    """Rows in the order of their codes: where a row stands is not merged. Last year's forms may be spelt out or not."""
    found = state(report)
    return {**found, "rows": {f: sorted(r) for f, r in found["rows"].items()}}


# ── amounts and rows ────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_only_they_changed_is_taken_and_what_only_we_changed_stays() -> None:
    base = small()
    mine, theirs = changed(base, typed(ONE, 2 * WAN)), changed(base, typed(TWO, 3 * WAN))
    report, found = merged(base, mine, theirs)
    assert places(found) == [("cell", *TWO)]
    assert (found.kept, found.conflicts, found.has_base) == (1, (), True)
    assert (report.get(ONE), report.get(TWO)) == (2 * WAN, 3 * WAN)


def test_conflict_waits_for_a_decision() -> None:
    base = small()
    mine, theirs = changed(base, typed(ONE, 2 * WAN)), changed(base, typed(ONE, 3 * WAN))
    report, found = merged(base, mine, theirs)
    [item] = found.conflicts
    assert (item.base, item.mine, item.theirs) == (Held(WAN, False), Held(2 * WAN, False), Held(3 * WAN, False))
    assert report.get(ONE) == 2 * WAN
    assert merged(base, mine, theirs, Side.THEIRS)[0].get(ONE) == 3 * WAN
    assert merged(base, mine, theirs, Side.MINE)[0].get(ONE) == 2 * WAN


def test_same_change_on_both_sides_is_none() -> None:
    base = small()
    theirs = changed(base, typed(ONE, 2 * WAN), DeleteRow("03", base.rows_of("03").at(0)))
    report, found = merged(base, theirs, theirs.copy())
    assert found.items == ()
    assert comparable(report) == comparable(theirs)


def test_automatic_cells_follow_and_are_not_merged() -> None:
    total = Cell("03", "2010301", "total")
    base = changed(small(), SetCells(((total, None, True),)))
    mine = changed(base, typed(Cell("03", "2010301", "project"), 5 * WAN))
    theirs = changed(base, typed(ONE, 7 * WAN))
    report, found = merged(base, mine, theirs)
    assert places(found) == [("cell", *ONE)]
    assert report.get(total) == 12 * WAN
    over = changed(theirs, typed(total, 99 * WAN))
    report, found = merged(base, mine, over)
    assert report.get(total) == 99 * WAN and total not in report.auto


def test_rows_added_taken_out_and_renamed() -> None:
    base = small()
    theirs = changed(
        base,
        InsertRow("03", "21399", "其他农林水支出"),
        InsertRow("03", "2139999", "其他农林水支出"),
        typed(Cell("03", "2139999", "basic"), 4 * WAN),
        DeleteRow("02", "2010301"),
        RenameRow("03", "2010301", "行政运行费"),
    )
    mine = changed(base, typed(Cell("03", "2010301", "project"), 5 * WAN))
    report, found = merged(base, mine, theirs)
    assert found.conflicts == ()
    rows = report.rows_of("03")
    assert rows.name("2139999") == "其他农林水支出" and rows.name("2010301") == "行政运行费"
    assert report.get(Cell("03", "2139999", "basic")) == 4 * WAN
    assert "2010301" not in report.rows_of("02") and report.get(TWO) is None
    assert report.get(Cell("03", "2010301", "project")) == 5 * WAN


def test_row_taken_out_on_one_side_and_changed_on_the_other() -> None:
    base = small()
    gone, kept = changed(base, DeleteRow("03", "2010301")), changed(base, typed(ONE, 9 * WAN))
    report, found = merged(base, gone, kept)
    [item] = found.conflicts
    assert item.place == Place("row", "03", "2010301")
    assert item.mine is ABSENT and isinstance(item.theirs, WholeRow)
    assert "2010301" not in report.rows_of("03")
    assert merged(base, gone, kept, Side.THEIRS)[0].get(ONE) == 9 * WAN
    report, found = merged(base, kept, gone, Side.THEIRS)
    assert len(found.conflicts) == 1 and "2010301" not in report.rows_of("03")
    # Nobody touched it but who took it out.
    assert "2010301" not in merged(base, base, gone)[0].rows_of("03")
    assert merged(base, gone, base)[1].items == ()


def test_amounts_finer_than_the_form_keeps() -> None:
    base = small()
    theirs = changed(base, SetGrain("03", EXACT_GRAIN), typed(ONE, 123))
    report, found = merged(base, base, theirs)
    assert report.grain("03") == EXACT_GRAIN and report.get(ONE) == 123
    only = {i.place: Side.THEIRS for i in found.items if i.place.kind == "cell"}
    step = merge_steps(base, base, theirs, found, only, "")
    assert step is not None
    assert changed(base, step).get(ONE) == 123
    # Back to 万元 as they have it, unless an amount of ours would be lost by that.
    coarse = changed(theirs, typed(ONE, WAN), SetGrain("03", 10_000))
    assert merged(theirs, theirs, coarse)[0].grain("03") == 10_000
    finer = changed(theirs, typed(Cell("03", "2010301", "project"), 7))
    assert merged(theirs, finer, coarse)[0].grain("03") == EXACT_GRAIN


def test_head() -> None:
    base = small()
    theirs, mine = changed(base, SetHead("乙局", base.year)), changed(base, SetHead(base.department, base.year + 1))
    report, _ = merged(base, mine, theirs)
    assert (report.department, report.year) == ("乙局", base.year + 1)


def test_other_template_is_refused() -> None:
    with pytest.raises(NotMergeableError, match="不能合并"):
        merge_reports(None, small(), published_report(1, the_template("shanghai-2024"), 8))


def test_without_a_common_version() -> None:
    mine, theirs = small(), small()
    empty, filled, other = Cell("01", "L1", "amount"), ONE, TWO
    empty = next(c for c in mine.cells(mine.template.form("01"), "01") if c not in mine.amounts)
    theirs.amounts[empty] = 5 * WAN
    del theirs.amounts[filled]
    theirs.amounts[other] = 6 * WAN
    report, found = merged(None, mine, theirs)
    presets = {i.place: i.preset for i in found.items}
    assert presets == {
        Place("cell", *empty): Side.THEIRS,
        Place("cell", *filled): Side.MINE,
        Place("cell", *other): None,
    }
    assert not found.has_base
    assert (report.get(empty), report.get(filled), report.get(other)) == (5 * WAN, WAN, WAN)


# ── any edits ───────────────────────────────────────────────────────────────────────────────────────────────────────
def edited(report: Report, rng: random.Random, count: int) -> Report:
    engine = Engine(report.copy(), rule_book(report.template))
    for _ in range(count):
        with suppress(CommandError):
            engine.apply(some_command(rng, engine.report))
    return engine.report


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(0, 25))
def test_unchanged_copy_takes_everything(seed: int, count: int) -> None:
    """Where only one side worked, the merge is that side's report, and the other way round nothing happens."""
    rng = random.Random(seed)
    base = some_engine(rng).report
    theirs = edited(base, rng, count)
    report, found = merged(base, base, theirs)
    assert found.conflicts == ()
    wanted, got = comparable(theirs), comparable(report)
    coarser = {f for f, g in got["grains"].items() if g != wanted["grains"].get(f, 10_000)}
    assert not coarser, "finer than chosen"
    assert got == wanted
    assert merged(base, theirs, base)[1].items == ()


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(0, 12), st.integers(0, 12))
def test_both_sides_worked(seed: int, one: int, other: int) -> None:
    """It can always be carried out, is one step that can be taken back, and taking theirs leaves nothing otherwise."""
    rng = random.Random(seed)
    base = some_engine(rng).report
    mine, theirs = edited(base, rng, one), edited(base, rng, other)
    before = state(mine)
    found = merge_reports(base, mine, theirs)
    step = merge_steps(base, mine, theirs, found, choices_of(found, Side.THEIRS), "合并")
    if step is None:
        assert found.items == ()
        return
    engine = Engine(mine, rule_book(mine.template))
    changes = engine.apply(step)
    left = merge_reports(base, engine.report, theirs)
    kept = {i.place for i in left.items}
    # Only where rows go with rows below them may a cell be left that follows something else here.
    assert all(i.place.kind in ("cell", "grain") for i in left.items if i.place in {f.place for f in found.items}), kept
    engine.apply(changes.inverse)
    assert {k: v for k, v in state(engine.report).items() if k != "rows"} == {
        k: v for k, v in before.items() if k != "rows"
    }


# ── fields ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def take(leaf: Leaf) -> Any:
    """Decide as a merge does unasked; conflicts are marked."""
    return leaf.theirs if leaf.mine == leaf.base else f"{leaf.mine}|{leaf.theirs}"


ROWS = [{"key": "a", "budget": 1, "reason": "x"}, {"key": "b", "budget": 2}]


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "wanted"),
    [
        (1, 1, 2, 2),
        (1, 3, 1, 3),
        (1, 3, 2, "3|2"),
        (ABSENT, ABSENT, {"a": 1}, {"a": 1}),
        ({"a": 1, "b": 2}, {"a": 1}, {"a": 5, "b": 2}, {"a": 5}),
        ({"a": 1}, {"a": 1, "c": 3}, {"a": 1, "b": 2}, {"a": 1, "c": 3, "b": 2}),
        ({"a": 1, "b": None}, {"a": 1, "b": None}, {"a": None, "b": 2}, {"a": None, "b": 2}),
        (["x", "y"], ["x", "y", "z"], ["w", "x"], ["w", "x", "z"]),
        (
            ROWS,
            [{**ROWS[0], "budget": 7}, ROWS[1]],
            [{**ROWS[0], "reason": "y"}, {**ROWS[1], "budget": 9}],
            [{"key": "a", "budget": 7, "reason": "y"}, {"key": "b", "budget": 9}],
        ),
        (ROWS, ROWS, [*ROWS, {"key": "c"}], [*ROWS, {"key": "c"}]),
        (ROWS, [*ROWS, {"key": "d"}], ROWS[1:], [ROWS[1], {"key": "d"}]),
        # Another name in the same place is a change, not another member.
        ([{"name": "甲", "n": 1}], [{"name": "甲", "n": 2}], [{"name": "乙", "n": 1}], [{"name": "乙", "n": 2}]),
        # Members that cannot be told apart are counted.
        ([1, 1], [1, 1], [1, 1, 1], [1, 1, 1]),
        ([1, 1], [1, 1, 2], [1, 1, 1], [1, 1, 1, 2]),
    ],
)
def test_values(base: Any, mine: Any, theirs: Any, wanted: Any) -> None:
    assert merge_value(base, mine, theirs, take) == wanted


JSON = st.recursive(
    st.none() | st.integers(0, 3) | st.sampled_from("abc"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, JSON, JSON)
def test_any_values(base: Any, mine: Any, theirs: Any) -> None:
    assert merge_value(base, mine, base, take) == mine
    whole = merge_value(mine, mine, theirs, take)
    assert without_order(whole) == without_order(theirs)
    merge_value(base, mine, theirs, take)
    merge_value(UNKNOWN, mine, theirs, take)


def without_order(value: Any) -> Any:
    """Members of a list that were moved only are not merged."""
    if isinstance(value, list):
        return sorted((without_order(v) for v in value), key=repr)
    return {k: without_order(value[k]) for k in sorted(value)} if isinstance(value, dict) else value


def test_fields_of_a_report() -> None:
    base = small()
    base.fields = {"input.items": ROWS, "text.a": "一\n二\n三", "classified": ["a"]}
    mine = changed(base, SetField("text.a", "一\n二\n三改"), SetField("input.items", [*ROWS, {"key": "m"}]))
    theirs = changed(
        base,
        SetField("text.a", "一改\n二\n三"),
        SetField("input.items", [{**ROWS[0], "budget": 5}, ROWS[1]]),
        SetField("classified", None),
        SetField("text.new", "新"),
        SetField(MERGES, [["x", 1, ""]]),
    )
    report, found = merged(base, mine, theirs)
    assert report.fields == {
        "text.a": "一改\n二\n三改",
        "text.new": "新",
        "input.items": [{**ROWS[0], "budget": 5}, ROWS[1], {"key": "m"}],
    }
    assert found.conflicts == ()
    both = next(i for i in found.items if i.place.row == "text.a")
    assert (both.preset, both.combined) == (Side.BOTH, "一改\n二\n三改")
    step = merge_steps(base, mine, theirs, found, {}, "")
    assert step is None


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "wanted"),
    [
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
        ("a\nb\nc", "a\nb\nc\nd", "x\na\nb\nc", "x\na\nb\nc\nd"),
        ("a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd"),
        ("a\nb\nc", "a\nB\nc", "a\nX\nc", None),
        ("a\nb", "a\nb\nc", "a\nb\nd", None),
        ("a\nb\nc", "a\nb", "a\nb\nC", None),
    ],
)
def test_text(base: str, mine: str, theirs: str, wanted: str | None) -> None:
    assert merge_text(base, mine, theirs) == wanted
    assert merge_text(base, theirs, mine) == wanted


def test_a_merge_is_one_batch() -> None:
    base = small()
    theirs = changed(base, typed(ONE, 2 * WAN), SetField("text.a", "新"))
    found = merge_reports(base, base, theirs)
    step = merge_steps(base, base, theirs, found, choices_of(found), "合并李四的修改")
    assert isinstance(step, Batch) and step.label == "合并李四的修改"
