"""The report file: a report with its engine, whose every change is on the disk before anybody is told it was made."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from desktopapp.core.commands import Command, CommandError, SetCells
from desktopapp.core.engine import Changes, Engine
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.store.backup import NEWEST, ON_REQUEST, make_backup
from desktopapp.store.cipher import Secret
from desktopapp.store.contents import read_report
from desktopapp.store.creating import Clock, create, current_user, replacing, utc_now, write_new
from desktopapp.store.errors import (
    ChangedElsewhereError,
    DamagedError,
    GoneError,
    ReadOnlyError,
    StoreError,
    UnstorableError,
    from_os,
    from_sqlite,
)
from desktopapp.store.filesystem import side_files, to_plain_file
from desktopapp.store.journal import (
    HistoryFilter,
    JournalEntry,
    Step,
    UndoStack,
    count_history,
    read_history,
    read_users,
    unreadable,
    utc_text,
)
from desktopapp.store.labels import describe
from desktopapp.store.saving import Entry, Writer
from desktopapp.store.schema import SCHEMA, Schema
from desktopapp.store.session import (
    UNREADABLE,
    LoadTemplate,
    Options,
    Session,
    known_template,
    open_damaged,
    open_session,
)
from desktopapp.store.stale import stale_cells

__all__ = ["HistoryFilter", "JournalEntry", "ReportFile", "create", "open_file"]

_ALL = HistoryFilter()
_Answer = TypeVar("_Answer")


class ReportFile:
    """An open report file.

    ``report`` and ``engine`` are changed only through ``apply``, ``undo`` and ``redo``. A file may be open for viewing
    only (``read_only``); ``notice`` then says why, in a sentence for the user. ``problems`` are sentences on what was
    odd in the file. Methods may be called from any thread, one at a time.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.db
        self._mutex = threading.RLock()
        self._open = True
        self.path: Path = session.path
        self.saved_at: datetime = session.options.clock()
        self.problems: list[str] = list(session.problems)
        self._load()

    def _load(self) -> None:
        contents = read_report(self._db, self._session.load_template)
        self.report: Report = contents.report
        self._engine: Engine | None = None
        self._writer = Writer(
            self._db, contents, self._session.options.user, lambda: utc_text(self._session.options.clock())
        )
        self._undo = UndoStack(self._db)
        self.problems = [*self._session.problems, *contents.problems]

    def sign_as(self, user: str) -> None:
        """Write another name into the history from now on; "" is the name under which the user is logged in."""
        with self._mutex:
            options = replace(self._session.options, user=user or current_user())
            self._session.options = options
            self._writer.sign_as(options.user)

    @property
    def engine(self) -> Engine:
        """Return the engine of the report, built when it is first asked for."""
        if self._engine is None:
            self._engine = Engine(self.report, rule_book(self.report.template))
        return self._engine

    # ── state ───────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def read_only(self) -> bool:
        """Tell whether the file is open for viewing only."""
        return self._session.read_only

    @property
    def notice(self) -> str:
        """Return why the file is open for viewing only, "" if it is not."""
        return self._session.notice

    @property
    def secret(self) -> Secret | None:
        """Return the password of the file, None where it has none."""
        return self._session.options.secret

    @property
    def is_open(self) -> bool:
        """Tell whether the file has not been closed yet."""
        return self._open

    @property
    def can_undo(self) -> bool:
        """Tell whether there is an edit to undo."""
        return self._undo.undo is not None and not self.read_only

    @property
    def can_redo(self) -> bool:
        """Tell whether there is an edit to redo."""
        return self._undo.redo is not None and not self.read_only

    @property
    def undo_label(self) -> str:
        """Return what ``undo`` would take back, in words; "" if nothing."""
        return self._undo.undo.label if self._undo.undo and not self.read_only else ""

    @property
    def redo_label(self) -> str:
        """Return what ``redo`` would do again, in words; "" if nothing."""
        return self._undo.redo.label if self._undo.redo and not self.read_only else ""

    # ── changing ────────────────────────────────────────────────────────────────────────────────────────────────
    def apply(self, command: Command, label: str = "") -> Changes:
        """Carry out a command; when this returns it is on the disk and can be undone.

        ``label`` names it in the undo menu and the history; without one it is named after what it does. A command that
        changes nothing leaves no trace. Raises CommandError when the command is not possible and StoreError when it
        cannot be written; report and file are as before then.
        """
        with self._mutex:
            self._must_be_writable()
            entry = Entry("edit", label or describe(command, self.report), command)
            changes = self._carry_out(command)
            if self._commit(changes, entry):
                self._undo.edited(self._writer.last, entry.label)
            return changes

    def undo(self) -> Changes | None:
        """Take back the last edit that is not undone; None if there is none. Raises as ``apply`` does."""
        with self._mutex:
            return self._step("undo", self._undo.undo)

    def redo(self) -> Changes | None:
        """Do the edit again that was undone last; None if there is none. Raises as ``apply`` does."""
        with self._mutex:
            return self._step("redo", self._undo.redo)

    def _step(self, action: str, step: Step | None) -> Changes | None:
        if step is None:
            return None
        self._must_be_writable()
        command = self._undo.command_of(step, inverse=action == "undo")
        try:
            changes = self._carry_out(command)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, CommandError):
                raise
            # The journal is data from a file: it may speak of forms that the template no longer has.
            raise unreadable(step.label) from error
        self._commit(changes, Entry(action, step.label, command, step.seq))
        self._undo.refresh()
        return changes

    def _carry_out(self, command: Command) -> Changes:
        try:
            return self.engine.apply(command)
        except CommandError:
            raise
        except BaseException:
            # A slip in a command's own logic may leave the report half changed; the file has the truth.
            self._load()
            raise

    def _commit(self, changes: Changes, entry: Entry) -> bool:
        try:
            wrote = self._writer.save(changes, entry)
        except BaseException as error:
            self._take_back(changes)
            refusal = self._refusal(error)
            if refusal is None:
                raise
            raise refusal from error
        if wrote:
            self.saved_at = self._session.options.clock()
        return wrote

    def _take_back(self, changes: Changes) -> None:
        """Bring the report back to what is in the file; without reading it if possible, it may be out of reach."""
        try:
            self.engine.apply(changes.inverse)
        except CommandError:
            self._load()

    def _refusal(self, error: BaseException) -> StoreError | None:
        """Return why something could not be written, as a sentence for the user."""
        name = self.path.name
        if isinstance(error, sqlite3.IntegrityError):
            if error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID):
                return ChangedElsewhereError(
                    self.path, f"别的程序改动了“{name}”，刚才的修改没有保存；请用“另存副本”保存现在的内容，再重新打开。"
                )
            return UnstorableError(self.path, f"刚才的修改有不能保存的内容，没有改动“{name}”；请检查后重新录入。")
        if isinstance(error, sqlite3.Error):
            return from_sqlite(error, self.path, "保存")
        if isinstance(error, OSError):
            return from_os(error, self.path, "保存")
        if isinstance(error, ValueError | TypeError | OverflowError | RecursionError):
            return UnstorableError(
                self.path, f"刚才的修改有不能保存的内容（例如特殊字符或过大的数），没有改动“{name}”；请检查后重新录入。"
            )
        return None

    def _must_be_writable(self) -> None:
        if not self._open:
            raise ReadOnlyError(self.path, f"“{self.path.name}”已经关闭，请重新打开后再修改。")
        if self.read_only:
            raise ReadOnlyError(self.path, f"{self.notice}要修改请用“另存副本”。")
        if not self._session.is_in_place():
            # Writing on would succeed, into a file that has no name any more.
            raise GoneError(
                self.path, f"“{self.path}”被移走、改名、删除或替换了，刚才的修改没有保存；请用“另存副本”保存到别处。"
            )

    def follow_relations(self) -> Changes | None:
        """Bring automatic cells up to date that no longer show what their relation states; None if all do.

        Needed after an update of a template. The recalculation is an edit like any other. Raises as ``apply`` does.
        """
        cells = stale_cells(self.engine)
        if not cells:
            return None
        return self.apply(SetCells(tuple((cell, None, True) for cell in cells)), "按模板的公式重新计算")

    # ── history ─────────────────────────────────────────────────────────────────────────────────────────────────
    def history(self, limit: int = 200, offset: int = 0, wanted: HistoryFilter = _ALL) -> list[JournalEntry]:
        """Return entries of the history, youngest first. Raises StoreError."""
        with self._mutex:
            try:
                return read_history(self._db, wanted, limit, offset)
            except sqlite3.Error as error:
                raise from_sqlite(error, self.path, "读取") from error

    def history_users(self) -> list[str]:
        """Return everybody who changed the report, by name. Raises StoreError."""
        with self._mutex:
            try:
                return read_users(self._db)
            except sqlite3.Error as error:
                raise from_sqlite(error, self.path, "读取") from error

    def history_length(self, wanted: HistoryFilter = _ALL) -> int:
        """Return how many entries the history has. Raises StoreError."""
        with self._mutex:
            try:
                return count_history(self._db, wanted)
            except sqlite3.Error as error:
                raise from_sqlite(error, self.path, "读取") from error

    def ask(self, question: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
        """Return the answer to a question about the file, which must only read. Raises StoreError."""
        with self._mutex:
            try:
                return question(self._db)
            except sqlite3.Error as error:
                raise from_sqlite(error, self.path, "读取") from error

    # ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────
    def save_copy(
        self, target: Path, *, overwrite: bool = True, secret: Secret | None = None, plain: bool = False
    ) -> bool:
        """Write a copy, one plain file; return whether the history came along.

        The copy has the password ``secret``, without one that of this file, with ``plain`` none. When the open file can
        no longer be read (unplugged, damaged), or its history is damaged, the copy is written from memory, without the
        history. Raises StoreError; a file that was there is as it was then.
        """
        target = target.resolve()
        if target == self.path:
            raise StoreError(target, "副本不能存到正在编辑的文件上，请另取一个文件名。")
        options = self._session.options
        with self._mutex, replacing(target, overwrite=overwrite, user=options.user, doing="保存副本") as temp:
            kept = None if plain else secret or self.secret
            if self._copy_with_history(temp, kept):
                return True
            for leftover in (temp, *side_files(temp)):
                leftover.unlink(missing_ok=True)
            label = "另存副本（原文件损坏或读不出，不含修改历史）"
            write_new(temp, self.report, label, options.user, options.clock(), options.schema, kept)
            return False

    def _copy_with_history(self, temp: Path, secret: Secret | None) -> bool:
        if not self._session.history_whole:
            return False
        try:
            return to_plain_file(self._db, temp, secret)
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN):
                raise
            return False

    def backup_now(self) -> Path | None:
        """Make a backup; None when the newest one already holds the same. Raises StoreError."""
        with self._mutex:
            self._must_be_writable()
            now = self._session.options.clock().astimezone()
            return make_backup(self._db, self.path, ON_REQUEST, now, self.secret)

    def tidy(self) -> None:
        """Fold the write-ahead log into the file; for a quiet moment, costs some milliseconds. Never raises."""
        with self._mutex, suppress(sqlite3.Error):
            if self._open and not self.read_only:
                self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Close the file; it is one plain file afterwards. Never raises; everything is saved already."""
        with self._mutex:
            if self._open:
                self._open = False
                self._session.close()

    def __enter__(self) -> ReportFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_file(
    path: Path,
    load_template: LoadTemplate,
    *,
    read_only: bool = False,
    damaged: bool = False,
    backup: bool = True,
    user: str | None = None,
    clock: Clock = utc_now,
    schema: Schema = SCHEMA,
    secret: Secret | None = None,
    newest: int = NEWEST,
) -> ReportFile:
    """Open a report file; ``load_template`` returns a template by its id.

    Where the file cannot be written (open elsewhere, read-only, saved by a newer program, a backup) it is opened for
    viewing only and ``notice`` says why. With ``damaged`` a file that was refused with DamagedError is shown, unchecked
    and for viewing only, as far as it can be read. ``backup`` makes a backup first when something has changed since the
    last one. ``secret`` is the password of a file that has one; without it PasswordNeededError is raised, with another
    WrongPasswordError. Of routine backups the ``newest`` are kept.
    Raises StoreError with a sentence for the user; the file is not touched then.
    """
    options = Options(current_user() if user is None else user, clock, schema, backup, secret, newest)
    load = known_template(load_template, path)
    session = open_damaged(path, load, options) if damaged else open_session(path, load, options, read_only=read_only)
    try:
        file = ReportFile(session)
        if damaged:
            # Whether such contents can be judged at all must come out here.
            _ = file.engine
        return file
    except BaseException as error:
        session.close()
        if isinstance(error, sqlite3.Error):
            raise from_sqlite(error, session.path, "打开") from error
        if damaged and isinstance(error, UNREADABLE):
            raise DamagedError(session.path, f"“{session.path.name}”损坏严重，内容读不出来；请用备份恢复。") from error
        raise
