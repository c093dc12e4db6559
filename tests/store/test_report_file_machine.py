"""Random work on a report file: whatever is done, reopening it gives the same report and the same verdicts."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

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
)
from desktopapp.core.template import LAST, TOTAL_ROW, Cell
from desktopapp.store.report_file import ReportFile, open_file
from tests.store.reports import contents, load, make_file, verdicts

FORMS = ("02", "03", "05", f"{LAST}03")
CODES = ("201", "20103", "2010301", "2010302", "2010399", "204", "20402", "2040201", "208", "2080505", "2010301#2")
COLUMNS = ("total", "basic", "project", "fiscal")
AMOUNTS = st.none() | st.integers(-3, 300).map(lambda n: n * 10_000) | st.sampled_from([10_000, 12_345, 10**15])
FIXED = (
    Cell("01", "general", "amount"),
    Cell("01", "201", "amount"),
    Cell("01", "income_total", "amount"),
    Cell("04", "201", "general"),
    Cell("06", "30101", "amount"),
    Cell("09", "row", "budget_total"),
)

cells = st.one_of(
    st.sampled_from(FIXED),
    st.builds(Cell, st.sampled_from(FORMS), st.sampled_from((*CODES, TOTAL_ROW)), st.sampled_from(COLUMNS)),
)
set_cells = st.lists(st.tuples(cells, AMOUNTS, st.booleans()), min_size=1, max_size=5).map(lambda e: SetCells(tuple(e)))
form_ids, codes = st.sampled_from((*FORMS, "06")), st.sampled_from((*CODES, "301", "30199"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
simple: st.SearchStrategy[Command] = st.one_of(
    set_cells,
    st.builds(InsertRow, form_ids, codes, st.text(max_size=4), st.none() | st.integers(0, 12), st.booleans()),
    st.builds(DeleteRow, form_ids, codes),
    st.builds(RenameRow, form_ids, codes, st.text(max_size=4)),
    st.builds(SetHead, st.text(max_size=4), st.integers(2000, 2030)),
    st.builds(SetGrain, st.sampled_from(("03", "05", "01")), st.sampled_from((1, 10_000))),
    st.builds(SetSetting, st.sampled_from(("all_administrative", "unknown")), st.booleans()),
    st.builds(SetField, st.sampled_from(("a", "b")), json_values),
)
commands = st.one_of(simple, st.lists(simple, max_size=4).map(lambda c: Batch("", tuple(c))))


def state(file: ReportFile) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return report and verdicts as plain values."""
    return contents(file.report), verdicts(file.engine)


class Work(RuleBasedStateMachine):
    """Edits, undo, redo and reopening; ``past`` and ``future`` are the states that undo and redo must lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = make_file(self.folder)
        self.file = self.open()
        self.past: list[Any] = []
        self.future: list[Any] = []
        self.fresh = True

    def open(self) -> ReportFile:
        return open_file(self.path, load, backup=False, user="李四")

    @rule(data=st.data(), amounts=st.lists(st.tuples(AMOUNTS, st.booleans()), min_size=1, max_size=4))
    def type_into_cells_that_exist(self, data: st.DataObject, amounts: list[tuple[int | None, bool]]) -> None:
        report = self.file.report
        form_id = data.draw(st.sampled_from((*FORMS, "01", "04", "06", "09")))
        there = list(report.cells(report.template.form(form_id), form_id))
        self.edit(SetCells(tuple((data.draw(st.sampled_from(there)), amount, auto) for amount, auto in amounts)))

    @rule(command=commands)
    def edit(self, command: Command) -> None:
        before, entries = state(self.file), self.file.history_length()
        try:
            self.file.apply(command)
        except CommandError:
            assert state(self.file) == before
            return
        if self.file.history_length() == entries:
            assert state(self.file) == before
        else:
            self.past.append(before)
            self.future.clear()
            self.fresh = False

    @precondition(lambda self: self.past)
    @rule()
    def undo(self) -> None:
        self.future.append(state(self.file))
        self.file.undo()
        self.fresh = False
        assert state(self.file) == self.past.pop()

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        self.past.append(state(self.file))
        self.file.redo()
        self.fresh = False
        assert state(self.file) == self.future.pop()

    @precondition(lambda self: not self.fresh)
    @rule()
    def close_and_reopen(self) -> None:
        self.fresh = True
        shown = state(self.file)
        self.file.close()
        self.file = self.open()
        assert not self.file.read_only
        assert state(self.file) == shown

    @precondition(lambda self: not self.fresh)
    @rule()
    def look_from_a_second_window(self) -> None:
        with self.open() as other:
            assert other.read_only
            assert state(other) == state(self.file)
            assert other.problems == []

    @invariant()
    def steps_are_known(self) -> None:
        assert (self.file.can_undo, self.file.can_redo) == (bool(self.past), bool(self.future))

    def teardown(self) -> None:
        if not self.fresh:
            self.close_and_reopen()
        self.file.close()
        shutil.rmtree(self.folder)


TestWork = Work.TestCase
TestWork.settings = settings(max_examples=10, stateful_step_count=25)
