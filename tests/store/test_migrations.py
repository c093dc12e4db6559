"""Files of every released version open in this program, and those of this program are safe from older ones."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from desktopapp.core.commands import typed
from desktopapp.store.backup import list_backups
from desktopapp.store.errors import DamagedError, DiskFullError, NewerError, StoreError
from desktopapp.store.migrations import build, sqlite_utils_steps
from desktopapp.store.report_file import open_file
from desktopapp.store.schema import SCHEMA, Schema, Step, Version, version_of
from desktopapp.store.tables import CONTENT
from tests.store.make_stored_file import DATA, as_json
from tests.store.reports import PAY, WAN, contents, load, make_file, reopen

STORED = sorted(DATA.glob("report-*.juesuan"))


def test_every_released_version_is_stored() -> None:
    assert {p.stem.removeprefix("report-") for p in STORED} == {str(s.version) for s in SCHEMA.steps}


@pytest.mark.parametrize("stored", STORED, ids=lambda p: p.stem)
def test_stored_file_opens_and_works(tmp_path: Path, stored: Path) -> None:
    path = tmp_path / stored.name
    shutil.copyfile(stored, path)
    wanted = json.loads(stored.with_suffix(".json").read_text("utf-8"))
    with reopen(path) as file:
        assert (file.read_only, file.problems) == (False, [])
        assert as_json(file.report) == wanted
        assert file.report.get(PAY) == 78 * WAN
        file.redo()
        assert file.report.get(PAY) == 79 * WAN
        while file.can_undo:
            file.undo()
        assert file.report.get(PAY) == 83 * WAN
        assert [e.user for e in file.history() if e.action == "create"] == ["张三"]
    with closing(sqlite3.connect(path)) as db:
        assert version_of(db) == SCHEMA.version


def test_new_file_is_what_sqlite_utils_would_make_step_by_step() -> None:
    # The record itself is laid out as the version of sqlite-utils likes it; its columns and index are the same.
    query = "SELECT type, name, tbl_name, iif(sql LIKE '%_migrations%', '', sql) FROM sqlite_master ORDER BY name"
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        build(fresh, SCHEMA)
        steps = sqlite_utils_steps(SCHEMA)
        assert steps.pending(Database(fresh, execute_plugins=False)) == []
        assert [a.name for a in steps.applied(Database(fresh, execute_plugins=False))] == [s.name for s in SCHEMA.steps]
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as stepwise:
            steps.apply(Database(stepwise, execute_plugins=False))
            assert stepwise.execute(query).fetchall() == fresh.execute(query).fetchall()
            for pragma in ("user_version", "application_id", "table_info(_sqlite_migrations)"):
                assert stepwise.execute(f"PRAGMA {pragma}").fetchall() == fresh.execute(f"PRAGMA {pragma}").fetchall()


# ── steps to come ───────────────────────────────────────────────────────────────────────────────────────────────────
def add_notes(db: sqlite3.Connection) -> None:
    """Add a table, and rewrite some content: the checksum must follow."""
    db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
    db.execute("INSERT INTO notes VALUES (1, 'x')")
    db.execute("UPDATE report SET department = department || '（新）'")


def fail_halfway(db: sqlite3.Connection) -> None:
    """Fail after having written."""
    add_notes(db)
    db.execute("INSERT INTO notes VALUES (1, 'again')")


def with_step(run: object, version: Version | None = None) -> Schema:
    """Return the schema with one more step."""
    now = SCHEMA.version
    step = Step("9999_more", version or Version(now.major, now.minor + 1), run, CONTENT)  # type: ignore[arg-type]
    return Schema((*SCHEMA.steps, step))


def test_older_file_is_brought_up_to_date_after_a_backup(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    with reopen(path) as file:
        file.apply(typed(PAY, 5 * WAN))
        before = contents(file.report)
    schema = with_step(add_notes)
    with open_file(path, load, schema=schema) as file:
        assert not file.read_only
        assert contents(file.report) == {**before, "head": (2023, "示例市财政局（新）")}
        file.undo()
        assert file.report.get(PAY) == 83 * WAN
    with closing(sqlite3.connect(path)) as db:
        assert version_of(db) == schema.version
        assert [r[0] for r in db.execute("SELECT name FROM _sqlite_migrations ORDER BY id")] == [
            s.name for s in schema.steps
        ]
    saved = list_backups(path)[0]
    assert saved.reason == "升级前"
    with closing(sqlite3.connect(saved.path)) as db:
        assert version_of(db) == SCHEMA.version
    with open_file(saved.path, load, schema=schema) as old:
        # Viewed through the new program, but not touched.
        assert old.read_only and old.report.department == "示例市财政局（新）"
    with reopen(saved.path) as old:
        assert contents(old.report) == before
    # A second opening has nothing left to do.
    with open_file(path, load, schema=schema) as file:
        assert file.report.department == "示例市财政局（新）"


def test_step_that_fails_leaves_the_file_alone(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    data = path.read_bytes()
    with pytest.raises(DamagedError):
        open_file(path, load, schema=with_step(fail_halfway))
    assert path.read_bytes() == data
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_without_a_backup_nothing_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise DiskFullError(path, "磁盘已满。")

    monkeypatch.setattr("desktopapp.store.session.make_backup", full)
    path = make_file(tmp_path)
    data = path.read_bytes()
    with pytest.raises(StoreError, match="磁盘已满"):
        open_file(path, load, schema=with_step(add_notes))
    assert path.read_bytes() == data


def test_file_of_the_next_program_is_shown_or_refused_by_this_one(tmp_path: Path) -> None:
    path = make_file(tmp_path)
    open_file(path, load, schema=with_step(add_notes)).close()
    with reopen(path) as file:
        assert file.read_only and "较新版本" in file.notice
    other = make_file(tmp_path, "other.juesuan")
    open_file(other, load, schema=with_step(add_notes, Version(SCHEMA.version.major + 1, 0))).close()
    with pytest.raises(NewerError):
        reopen(other)
