"""Where copies of a report parted, what they had in common, and who changed what since."""

from __future__ import annotations

import random
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktopapp.core.commands import Batch, CommandError, DeleteRow, SetField, typed
from desktopapp.core.merging import MERGES, Side, merge_reports
from desktopapp.core.merging_steps import choices_of, merge_steps
from desktopapp.core.template import Cell
from desktopapp.store.lineage import meet, remembered, state_at
from desktopapp.store.report_file import ReportFile, open_file
from tests.core.actions import some_command
from tests.store.reports import PAY, WAN, contents, load, make_file

OTHER = Cell("02", "2010301", "fiscal")


class Ticks:
    """A clock that moves on by a second whenever it is asked."""

    def __init__(self) -> None:
        self.now = datetime(2024, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


CLOCK = Ticks()


def opened(path: Path, user: str) -> ReportFile:
    return open_file(path, load, user=user, clock=CLOCK, backup=False)


def merge(mine: ReportFile, theirs: ReportFile, prefer: Side | None = None) -> int:
    """Merge as the program does; return the number of conflicts."""
    met = meet(mine, theirs)
    base = met.base if met is not None else None
    found = merge_reports(base, mine.report, theirs.report)
    step = merge_steps(base, mine.report, theirs.report, found, choices_of(found, prefer), "合并")
    note = SetField(MERGES, remembered(mine.report, theirs, CLOCK()))
    mine.apply(Batch("合并", (*(step.commands if step else ()), note)))
    return len(found.conflicts)


def plain(report: Any) -> dict[str, Any]:
    found = contents(report)
    rows: Any = found["rows"]
    return {**found, "rows": {f: sorted(r) for f, r in rows.items()}}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 10**6))
def test_any_earlier_state_comes_back(tmp_path_factory: Any, seed: int) -> None:
    rng = random.Random(seed)
    path = make_file(tmp_path_factory.mktemp("states"))
    states: list[tuple[int, dict[str, Any]]] = []
    with opened(path, "张三") as file:
        for _ in range(15):
            step = rng.random()
            with suppress(CommandError):
                if step < 0.2:
                    file.undo()
                elif step < 0.35:
                    file.redo()
                else:
                    file.apply(some_command(rng, file.report))
            states.append((file.history(1)[0].seq, plain(file.report)))
        for seq, wanted in states:
            found = plain(file.ask(lambda db, seq=seq: state_at(db, file.report, seq)))
            assert found == wanted


def test_where_copies_parted_and_who_worked_on_what(tmp_path: Path) -> None:
    path, copy = make_file(tmp_path), tmp_path / "同事.juesuan"
    with opened(path, "张三") as mine:
        mine.apply(typed(PAY, 5 * WAN))
        mine.save_copy(copy)
        mine.apply(typed(OTHER, 6 * WAN))
        with opened(copy, "李四") as theirs:
            theirs.apply(typed(PAY, 7 * WAN))
            theirs.apply(DeleteRow("03", "2010302"))
            met = meet(mine, theirs)
            assert met is not None
            assert (met.base.get(PAY), met.base.get(OTHER)) == (5 * WAN, 95 * WAN)
            assert "2010302" in met.base.rows_of("03")
            assert (met.my_steps, met.their_steps) == (1, 2)
            assert met.theirs["cell", *PAY].user == "李四"
            assert met.mine["cell", *OTHER].user == "张三"
            assert ("cell", *PAY) not in met.mine
            assert merge(mine, theirs) == 0
            assert (mine.report.get(PAY), mine.report.get(OTHER)) == (7 * WAN, 6 * WAN)
            mine.undo()
            assert mine.report.get(PAY) == 5 * WAN
            assert MERGES not in mine.report.fields


def test_reports_made_apart_have_nothing_in_common(tmp_path: Path) -> None:
    from desktopapp.store.report_file import create
    from tests.store.reports import small_report

    create(tmp_path / "a.juesuan", small_report(), user="张三", clock=CLOCK)
    create(tmp_path / "b.juesuan", small_report(), user="李四", clock=CLOCK)
    with opened(tmp_path / "a.juesuan", "张三") as mine, opened(tmp_path / "b.juesuan", "李四") as theirs:
        assert meet(mine, theirs) is None


def test_second_merge_asks_nothing_twice(tmp_path: Path) -> None:
    """What was merged is the meeting point of the next merge, in both directions."""
    path, copy = make_file(tmp_path), tmp_path / "同事.juesuan"
    shutil.copy(path, copy)
    with opened(path, "张三") as mine, opened(copy, "李四") as theirs:
        mine.apply(typed(PAY, 5 * WAN))
        theirs.apply(typed(PAY, 7 * WAN))
        theirs.apply(typed(OTHER, 8 * WAN))
        assert merge(mine, theirs, Side.MINE) == 1
        assert (mine.report.get(PAY), mine.report.get(OTHER)) == (5 * WAN, 8 * WAN)
        # Decided already; nothing is asked again, and a later change on one side is no conflict.
        assert merge(mine, theirs) == 0
        assert mine.report.get(PAY) == 5 * WAN
        theirs.apply(typed(OTHER, 9 * WAN))
        mine.apply(SetField("text", "新"))
        assert merge(mine, theirs) == 0
        assert (mine.report.get(PAY), mine.report.get(OTHER)) == (5 * WAN, 9 * WAN)
        # The colleague takes our report: our decision holds.
        assert merge(theirs, mine) == 0
        assert plain(theirs.report)["amounts"] == plain(mine.report)["amounts"]
        assert theirs.report.fields["text"] == "新"
        # And back: a deliberate change back to the old amount is not undone by what they took from us.
        mine.apply(typed(PAY, 83 * WAN))
        theirs.apply(typed(OTHER, 10 * WAN))
        assert merge(mine, theirs) == 0
        assert (mine.report.get(PAY), mine.report.get(OTHER)) == (83 * WAN, 10 * WAN)
    with opened(path, "张三") as again:
        again.undo()
        assert again.report.get(OTHER) == 9 * WAN


def test_malformed_memory_is_passed_over(tmp_path: Path) -> None:
    path, copy = make_file(tmp_path), tmp_path / "同事.juesuan"
    shutil.copy(path, copy)
    with opened(path, "张三") as mine, opened(copy, "李四") as theirs:
        theirs.apply(typed(PAY, 7 * WAN))
        for value in ("x", [1], [["a", "b", "c"]], [["a", 1]], {"a": 1}):
            mine.apply(SetField(MERGES, value))
            met = meet(mine, theirs)
            assert met is not None and met.base.get(PAY) == 83 * WAN
