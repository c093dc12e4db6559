"""Tests of the report file: what is written, read back, undone and remembered."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktopapp.core.checker import Verdict
from desktopapp.core.commands import (
    Batch,
    CommandError,
    DeleteRow,
    InsertRow,
    RenameRow,
    SetCells,
    SetField,
    SetGrain,
    SetHead,
    SetSetting,
    typed,
)
from desktopapp.core.template import Cell
from desktopapp.store.errors import (
    ChangedElsewhereError,
    ExistsError,
    GoneError,
    NotAFileError,
    ReadOnlyError,
    StoreError,
    UnstorableError,
)
from desktopapp.store.journal import Change, HistoryFilter
from desktopapp.store.report_file import create, open_file
from desktopapp.store.schema import APPLICATION_ID, SCHEMA
from tests.store.reports import PAY, WAN, contents, large_report, load, make_file, reopen, small_report, verdicts


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_created_is_what_is_opened(tmp_path: Path) -> None:
    report = small_report()
    create(tmp_path / "a.juesuan", report)
    with reopen(tmp_path / "a.juesuan") as file:
        assert contents(file.report) == contents(report)
        assert (file.problems, file.notice, file.read_only) == ([], "", False)


def test_file_says_what_it_is_and_is_strict(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    assert query(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert query(path, "PRAGMA user_version") == [(SCHEMA.version.to_int(),)]
    loose = query(path, "SELECT name FROM pragma_table_list WHERE NOT strict AND name NOT LIKE '%sqlite%'")
    assert loose == []
    assert path.read_bytes()[68:72] == b"JUES"


def test_while_open_it_writes_ahead_and_closed_it_is_one_plain_file(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with open_file(path, load, backup=False) as file:
        file.apply(typed(PAY, 5 * WAN))
        assert query(path, "PRAGMA journal_mode") == [("wal",)]
        names = {p.name for p in tmp_path.iterdir()}
        assert names == {path.name, f"{path.name}-wal", f"{path.name}-shm", f"~${path.name}"}
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert query(path, "PRAGMA journal_mode") == [("delete",)]
    file.close()
    assert not file.is_open


def test_on_a_network_share_it_rolls_back_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktopapp.store.session.is_network", lambda path: True)
    path = make_file(tmp_path)
    with open_file(path, load, backup=False) as file:
        file.apply(typed(PAY, 5 * WAN))
        assert {p.name for p in tmp_path.iterdir()} == {path.name, f"~${path.name}"}
        assert query(path, "PRAGMA journal_mode") == [("delete",)]
    with reopen(path) as file:
        assert file.report.get(PAY) == 5 * WAN


def test_a_name_full_of_special_characters(tmp_path: Path) -> None:
    path = make_file(tmp_path, "决 算?100%#1&a=b'”.juesuan")
    with reopen(path) as file:
        file.apply(typed(PAY, 5 * WAN))
    with reopen(path) as file:
        assert file.report.get(PAY) == 5 * WAN


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.juesuan"
    path.write_text("somebody's letter")
    with pytest.raises(ExistsError, match="已经存在"):
        create(path, small_report())
    assert path.read_text() == "somebody's letter"
    create(path, small_report(), overwrite=True)
    reopen(path).close()


def test_a_folder_or_an_endless_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAFileError, match="是文件夹"):
        create(tmp_path, small_report(), overwrite=True)
    with pytest.raises(StoreError, match="太长"):
        create(tmp_path / ("长" * 80 + ".juesuan"), small_report())
    with pytest.raises(StoreError, match="找不到"):
        create(tmp_path / "no" / "a.juesuan", small_report())
    assert list(tmp_path.iterdir()) == []


def test_what_an_older_file_left_beside_never_enters_a_new_one(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    file = reopen(path)
    file.apply(typed(PAY, 77 * WAN))
    stale = {side: path.with_name(path.name + side).read_bytes() for side in ("-wal",)}
    file.close()
    for side, data in stale.items():
        path.with_name(path.name + side).write_bytes(data)
    create(path, small_report(), overwrite=True)
    with reopen(path) as file:
        assert contents(file.report) == contents(small_report())


# ── editing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
COMMANDS = [
    typed(PAY, 5 * WAN),
    typed(PAY, None),
    SetCells(((Cell("03", "total", "basic"), 1 * WAN, False), (PAY, None, True))),
    InsertRow("03", "2010399", "其他"),
    InsertRow("03", "2060101", "行政运行", 0),
    DeleteRow("03", "2010301"),
    DeleteRow("03", "20103"),
    RenameRow("03", "2010301", "另一个名字"),
    SetHead("另一个局", 2024),
    SetGrain("03", 1),
    SetSetting("all_administrative", True),
    SetField("text.duties", {"a": [1, 2.5, "三"], "b": None}),
    SetField("text.duties", None),
    Batch(
        "粘贴 2 格",
        (SetGrain("05", 1), typed(Cell("05", "2010301", "basic"), 123), InsertRow("05", "2010399", "其他")),
    ),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: type(c).__name__)
def test_every_command_is_in_the_file_and_undone_across_restarts(tmp_path: Path, command: object) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        before, before_verdicts = contents(file.report), verdicts(file.engine)
        file.apply(command)  # type: ignore[arg-type]
        after, after_verdicts = contents(file.report), verdicts(file.engine)
        assert after != before
        label = file.undo_label
    with reopen(path) as file:
        assert (contents(file.report), verdicts(file.engine)) == (after, after_verdicts)
        assert (file.undo_label, file.can_redo) == (label, False)
        file.undo()
        assert (contents(file.report), verdicts(file.engine)) == (before, before_verdicts)
    with reopen(path) as file:
        assert (contents(file.report), verdicts(file.engine)) == (before, before_verdicts)
        assert (file.can_undo, file.redo_label) == (False, label)
        file.redo()
        assert contents(file.report) == after
    with reopen(path) as file:
        assert (contents(file.report), verdicts(file.engine)) == (after, after_verdicts)
        file.undo()
        assert contents(file.report) == before


def test_what_changes_nothing_leaves_no_trace(tmp_path: Path) -> None:
    with reopen(make_file(tmp_path)) as file:
        file.apply(typed(PAY, 5 * WAN))
        file.undo()
        length = file.history_length()
        file.apply(typed(PAY, file.report.get(PAY)))
        file.apply(SetHead("示例市财政局", 2023))
        file.apply(Batch("", ()))
        assert file.history_length() == length
        assert file.can_redo


def test_refused_command_changes_neither_report_nor_file(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        before = contents(file.report)
        with pytest.raises(CommandError):
            file.apply(Batch("", (typed(PAY, 5 * WAN), InsertRow("03", "2010301", "again"))))
        assert contents(file.report) == before
        assert not file.can_undo
    with reopen(path) as file:
        assert contents(file.report) == before


@pytest.mark.parametrize(
    "command",
    [
        SetField("text", float("nan")),
        SetField("text", {1, 2}),
        SetField("text", "\ud800"),
        RenameRow("03", "2010301", "\ud800"),
        typed(PAY, 10**30),
    ],
    ids=repr,
)
def test_what_cannot_be_stored_is_refused_and_taken_back(tmp_path: Path, command: object) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        before, before_verdicts = contents(file.report), verdicts(file.engine)
        with pytest.raises(UnstorableError, match="不能保存"):
            file.apply(command)  # type: ignore[arg-type]
        assert (contents(file.report), verdicts(file.engine)) == (before, before_verdicts)
        file.apply(typed(PAY, 6 * WAN))
    with reopen(path) as file:
        assert contents(file.report) == {**before, "amounts": contents(file.report)["amounts"]}


def test_slip_in_a_command_brings_the_report_back_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reopen(make_file(tmp_path)) as file:
        before, engine = contents(file.report), file.engine

        def half_done(command: object) -> None:
            engine.report.amounts.clear()
            raise ZeroDivisionError

        monkeypatch.setattr(engine, "apply", half_done)
        with pytest.raises(ZeroDivisionError):
            file.apply(typed(PAY, 6 * WAN))
        assert contents(file.report) == before


# ── undo ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_new_edit_after_undo_drops_what_could_be_redone_but_history_keeps_it(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        for amount in (1, 2, 3):
            file.apply(typed(PAY, amount * WAN))
        file.undo()
        file.undo()
        file.apply(typed(PAY, 9 * WAN))
        assert not file.can_redo
        assert file.redo() is None
    with reopen(path) as file:
        states = [(e.action, e.state) for e in reversed(file.history())]
        assert states == [
            ("create", ""),
            ("edit", "done"),
            ("edit", "dropped"),
            ("edit", "dropped"),
            ("undo", ""),
            ("undo", ""),
            ("edit", "done"),
        ]
        file.undo()
        assert file.report.get(PAY) == 1 * WAN
        file.undo()
        assert file.report.get(PAY) == 83 * WAN
        assert file.undo() is None
        file.redo()
        file.redo()
        assert file.report.get(PAY) == 9 * WAN
        assert file.redo() is None


def test_step_whose_record_is_damaged_is_not_carried_out(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        file.apply(typed(PAY, 5 * WAN))
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE journal SET inverse = replace(inverse, '83000000', '83000001') WHERE seq = 2")
        with pytest.raises(CommandError, match="修改记录已损坏"):
            file.undo()
        assert file.report.get(PAY) == 5 * WAN


def test_step_that_the_template_no_longer_knows_is_not_carried_out(tmp_path: Path) -> None:
    with reopen(make_file(tmp_path)) as file:
        file.apply(typed(PAY, 5 * WAN))
        engine, apply = file.engine, file.engine.apply

        def unknown(command: object) -> None:
            engine.apply = apply  # type: ignore[method-assign]
            raise KeyError("99")

        engine.apply = unknown  # type: ignore[method-assign,assignment]
        with pytest.raises(CommandError, match="读不懂"):
            file.undo()
        assert file.report.get(PAY) == 5 * WAN


# ── history ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


def test_history_tells_who_changed_what_when_from_what_to_what(tmp_path: Path) -> None:
    path, clock = make_file(tmp_path), Clock()
    with open_file(path, load, user="王五", clock=clock) as file:
        file.apply(Batch("导入上年", (typed(PAY, 5 * WAN), SetField("text.duties", "新"), SetHead("新局", 2023))))
        clock.time += timedelta(minutes=1)
        file.undo()
        undo, edit, made = file.history()
    assert (made.action, made.user, made.label, made.changes) == ("create", "张三", "新建报告", ())
    assert (edit.user, edit.label, edit.at) == ("王五", "导入上年", datetime(2024, 3, 1, 8, 0, tzinfo=UTC))
    found = {(c.kind, c.form, c.row, c.col): c for c in edit.changes}
    assert found["cell", *PAY] == Change("cell", *PAY, 83 * WAN, 5 * WAN)
    # What followed by itself is told too.
    assert found["cell", "03", "2010301", "total"].now == 5 * WAN
    assert found["cell", "03", "2010301", "total"].now_auto
    assert found["field", "", "text.duties", ""] == Change("field", "", "text.duties", "", "贯彻执行……", "新")
    assert found["head", "", "department", ""] == Change("head", "", "department", "", "示例市财政局", "新局")
    assert (undo.action, undo.of, undo.at - edit.at) == ("undo", edit.seq, timedelta(minutes=1))
    assert {(c.kind, c.row, c.was, c.now) for c in undo.changes} == {
        (c.kind, c.row, c.now, c.was) for c in edit.changes
    }


def test_history_is_filtered_and_paged(tmp_path: Path) -> None:
    path, clock = make_file(tmp_path), Clock()
    with open_file(path, load, user="王五", clock=clock) as file:
        for n in range(5):
            clock.time += timedelta(hours=1)
            file.apply(typed(PAY, (n + 1) * WAN))
        file.apply(typed(Cell("02", "2010302", "fiscal"), WAN))

        def seqs(**wanted: object) -> list[int]:
            return [e.seq for e in file.history(wanted=HistoryFilter(**wanted))]  # type: ignore[arg-type]

        assert [e.seq for e in file.history(2, 1)] == [6, 5]
        assert seqs(form="02") == [7]
        assert seqs(form="03", row="2010301", col="basic") == [6, 5, 4, 3, 2]
        assert seqs(user="张三") == [1]
        assert seqs(text="行政运行") == [6, 5, 4, 3, 2]
        start = datetime(2024, 3, 1, 10, 0, tzinfo=UTC)
        assert seqs(since=start, until=start + timedelta(hours=2)) == [4, 3]
        assert file.history_length(HistoryFilter(form="03")) == 5


def test_clock_that_runs_backwards_harms_nothing(tmp_path: Path) -> None:
    path, clock = make_file(tmp_path), Clock()
    for year in (2030, 1999, 2024):
        clock.time = clock.time.replace(year=year)
        with open_file(path, load, clock=clock) as file:
            file.apply(typed(PAY, year * WAN))
    with reopen(path) as file:
        assert [e.at.year for e in file.history(3)] == [2024, 1999, 2030]
        file.undo()
        assert file.report.get(PAY) == 1999 * WAN


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_inserting_into_a_long_form_writes_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.juesuan"
    create(path, large_report(3000))
    before = dict(query(path, "SELECT row, position FROM code_rows WHERE form = '03'"))
    with open_file(path, load, backup=False) as file:
        file.apply(InsertRow("03", "2010599", "新行"))
        order = list(file.report.rows_of("03"))
    after = dict(query(path, "SELECT row, position FROM code_rows WHERE form = '03'"))
    assert {r for r in after if after[r] != before.get(r)} == {"2010599"}
    with reopen(path) as file:
        assert list(file.report.rows_of("03")) == order


# ── others ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_copy_is_one_plain_file_with_the_history(tmp_path: Path) -> None:
    with reopen(make_file(tmp_path)) as file:
        file.apply(typed(PAY, 5 * WAN))
        assert file.save_copy(tmp_path / "copy.juesuan") is True
        file.apply(typed(PAY, 6 * WAN))
    with reopen(tmp_path / "copy.juesuan") as copy:
        assert copy.report.get(PAY) == 5 * WAN
        copy.undo()
        assert copy.report.get(PAY) == 83 * WAN


def test_copy_replaces_only_when_asked_and_never_itself_or_an_open_file(tmp_path: Path) -> None:
    path, other = make_file(tmp_path), make_file(tmp_path, "other.juesuan")
    with reopen(path) as file:
        with pytest.raises(StoreError, match="另取一个文件名"):
            file.save_copy(path)
        with pytest.raises(ExistsError):
            file.save_copy(other, overwrite=False)
        with reopen(other), pytest.raises(StoreError, match="不能覆盖"):
            file.save_copy(other)
        file.apply(typed(PAY, 5 * WAN))
        file.save_copy(other)
    with reopen(other) as copy:
        assert copy.report.get(PAY) == 5 * WAN


def test_file_that_is_taken_away_is_noticed_and_can_be_copied(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        file.apply(typed(PAY, 5 * WAN))
        os.rename(path, tmp_path / "moved")
        with pytest.raises(GoneError, match="另存副本"):
            file.apply(typed(PAY, 6 * WAN))
        assert file.report.get(PAY) == 5 * WAN
        path.write_text("another file")
        with pytest.raises(GoneError):
            file.undo()
        file.save_copy(tmp_path / "copy.juesuan")
    assert path.read_text() == "another file"
    with reopen(tmp_path / "copy.juesuan") as copy:
        assert copy.report.get(PAY) == 5 * WAN


def test_file_that_can_no_longer_be_read_is_copied_from_memory(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with open_file(path, load, backup=False) as file:
        file.apply(typed(PAY, 5 * WAN))
        shown = contents(file.report)
        for name in (path, path.with_name(path.name + "-wal")):
            name.write_bytes(bytes(name.stat().st_size))
        with pytest.raises(StoreError):
            file.backup_now()
        assert file.save_copy(tmp_path / "copy.juesuan") is False
    with reopen(tmp_path / "copy.juesuan") as copy:
        assert contents(copy.report) == shown
        assert "不含修改历史" in copy.history()[0].label


def test_somebody_elses_write_is_noticed(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        with closing(sqlite3.connect(path)) as db, db:
            columns = "at, user, action, of, label, command, inverse, state, total, digest, detail"
            db.execute(f"INSERT INTO journal SELECT 2, {columns} FROM journal")
        before = contents(file.report)
        with pytest.raises(ChangedElsewhereError, match="别的程序"):
            file.apply(typed(PAY, 6 * WAN))
        assert contents(file.report) == before


def test_closed_file_takes_nothing_more(tmp_path: Path) -> None:
    file = reopen(make_file(tmp_path))
    file.close()
    with pytest.raises(ReadOnlyError, match="已经关闭"):
        file.apply(typed(PAY, 6 * WAN))
    file.tidy()


def test_what_has_no_place_in_the_report_stays_in_the_file_and_is_told(tmp_path: Path) -> None:
    path, odd = make_file(tmp_path), tmp_path / "odd.juesuan"
    report = reopen(path, read_only=True).report
    stray = Cell("03", "2010399", "basic")
    report.amounts |= {stray: 7 * WAN, Cell("99", "x", "y"): 1, Cell("01", "general", "fund"): 2}
    report.amounts[Cell("05", "2010301", "basic")] = 123
    report.rows_of("99").insert("201", "?", 0)
    create(odd, report)
    with reopen(odd) as file:
        assert stray not in file.report.amounts
        told = "\n".join(file.problems)
        for part in ("表 03", "2010399", "表 99", "表 01", "公开05表有 1 个金额细于"):
            assert part in told
        file.apply(typed(PAY, 5 * WAN))
    assert (7 * WAN,) in query(odd, "SELECT fen FROM amounts")
    assert ("99", "201") in query(odd, "SELECT form, row FROM code_rows")
    with reopen(odd) as file:
        # Once the row exists the report decides what stands there, and that is an empty cell.
        file.apply(InsertRow("03", "2010399", "其他"))
        shown = contents(file.report)
    with reopen(odd) as file:
        assert contents(file.report) == shown
        file.undo()


def test_automatic_cells_follow_a_corrected_template(tmp_path: Path) -> None:
    path = tmp_path / "a.juesuan"
    report = small_report()
    total = Cell("03", "2010301", "total")
    report.amounts[total] = 1 * WAN
    assert total in report.auto
    create(path, report)
    with reopen(path) as file:
        assert file.report.get(total) == 1 * WAN
        assert file.follow_relations() is not None
        assert file.report.get(total) == 83 * WAN
        assert file.undo_label == "按模板的公式重新计算"
        assert file.follow_relations() is None
        relation = file.engine.checker.definer(total)
        assert relation is not None
        assert file.engine.checker.verdict(relation) is Verdict.HOLDS


def test_ordinary_report_needs_no_recalculation(tmp_path: Path) -> None:
    with reopen(make_file(tmp_path)) as file:
        assert file.follow_relations() is None
        assert file.history_length() == 1
