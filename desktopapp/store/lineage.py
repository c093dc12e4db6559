"""Where two copies of a report parted, read from the journals that both keep.

Both journals begin with the same entries; the last of these is where the copies parted. Where one copy has been merged
into the other since, the merge says up to which entry, and that entry is the meeting point instead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from desktopapp.core.merging import MERGES
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.store.journal import changes_of, lenient_text, read_utc
from desktopapp.store.report_file import ReportFile

#: How many merges a report remembers.
_REMEMBERED = 50
#: What tells an entry from any other; its inverse and checksum may be written anew when it is redone.
_IDENTITY = "at, user, action, coalesce(of, 0), label, coalesce(command, '')"


@dataclass(frozen=True, slots=True)
class Touch:
    """Who changed something last, and when."""

    user: str
    at: datetime


#: Who changed a place last: by kind, form, row and column as in the journal's changes.
Touched = dict[tuple[str, str, str, str], Touch]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The state that two copies had in common: when, and who changed what on each side since; steps are edits."""

    base: Report
    at: datetime
    mine: Touched
    theirs: Touched
    my_steps: int
    their_steps: int


@dataclass(frozen=True, slots=True)
class _Point:
    """A state both sides know: the entry it came with in my journal and in theirs; ``in_theirs`` tells whose it is."""

    at: str
    mine: int
    theirs: int
    in_theirs: bool


def meet(mine: ReportFile, theirs: ReportFile) -> Meeting | None:
    """Return the state that two copies had in common, None where their journals have no entry in common.

    Raises StoreError.
    """
    own, other = mine.ask(_marks), theirs.ask(_marks)
    parted = _common(own, other)
    if parted is None:
        return None
    point = max([parted, *_merged(mine, theirs, own, other, parted)], key=lambda p: p.at)
    file, seq = (theirs, point.theirs) if point.in_theirs else (mine, point.mine)
    base = file.ask(lambda db: state_at(db, file.report, seq))
    mark = own[point.mine] if not point.in_theirs else other[point.theirs]
    return Meeting(
        base,
        read_utc(mark.at),
        mine.ask(lambda db: _touched(db, parted.mine)),
        theirs.ask(lambda db: _touched(db, parted.theirs)),
        mine.ask(lambda db: _steps(db, point.mine)),
        theirs.ask(lambda db: _steps(db, point.theirs)),
    )


def remembered(mine: Report, theirs: ReportFile, now: datetime) -> list[list[Any]]:
    """Return what a report keeps of its merges once the present state of ``theirs`` is merged into it."""
    marks = theirs.ask(_marks)
    seq = max(marks)
    kept = [*_kept(mine), (marks[seq].digest, seq, now.isoformat())]
    return [list(item) for item in kept[-_REMEMBERED:]]


# ── journals ────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Mark:
    digest: str
    at: str


def _marks(db: sqlite3.Connection) -> dict[int, _Mark]:
    with lenient_text(db):
        rows = db.execute(f"SELECT seq, {_IDENTITY} FROM journal ORDER BY seq").fetchall()
    return {seq: _Mark(_digest(fields), fields[0]) for seq, *fields in rows}


def _digest(fields: list[Any]) -> str:
    return sha256("\x1f".join(map(str, fields)).encode("utf-8", "replace")).hexdigest()[:24]


def _common(own: dict[int, _Mark], other: dict[int, _Mark]) -> _Point | None:
    """Return the last of the entries with which both journals begin."""
    last = 0
    for (seq, mark), (their_seq, their_mark) in zip(own.items(), other.items(), strict=False):
        if (seq, mark) != (their_seq, their_mark):
            break
        last = seq
    return _Point("", last, last, in_theirs=True) if last else None


def _merged(
    mine: ReportFile, theirs: ReportFile, own: dict[int, _Mark], other: dict[int, _Mark], parted: _Point
) -> Iterator[_Point]:
    """Yield the states that one side has merged from the other since they parted."""
    for digest, seq, at in _kept(mine.report):
        if seq > parted.theirs and other.get(seq, _Mark("", "")).digest == digest:
            yield _Point(at, _merge_entry(mine, digest, parted.mine), seq, in_theirs=True)
    for digest, seq, at in _kept(theirs.report):
        if seq > parted.mine and own.get(seq, _Mark("", "")).digest == digest:
            yield _Point(at, seq, _merge_entry(theirs, digest, parted.theirs), in_theirs=False)


def _merge_entry(file: ReportFile, digest: str, after: int) -> int:
    """Return the entry with which a file merged a state: the first whose command names it."""
    query = "SELECT min(seq) FROM journal WHERE seq > ? AND action = 'edit' AND instr(command, ?)"
    found = file.ask(lambda db: db.execute(query, (after, digest)).fetchone()[0])
    return after if found is None else int(found)


def _kept(report: Report) -> list[tuple[str, int, str]]:
    kept = report.fields.get(MERGES)
    found = []
    for item in kept if isinstance(kept, list) else []:
        match item:
            case [str(digest), int(seq), str(at)]:
                found.append((digest, seq, at))
    return found


def _touched(db: sqlite3.Connection, since: int) -> Touched:
    """Return who changed each place last after an entry."""
    query = (
        "SELECT kind, form, row, col, user, at, max(changes.seq) FROM changes JOIN journal USING (seq)"
        " WHERE seq > ? GROUP BY kind, form, row, col"
    )
    with lenient_text(db):
        return {(k, f, r, c): Touch(user, read_utc(at)) for k, f, r, c, user, at, _ in db.execute(query, (since,))}


def _steps(db: sqlite3.Connection, since: int) -> int:
    count: int = db.execute(
        "SELECT count(*) FROM journal WHERE seq > ? AND action = 'edit' AND state = 'done'", (since,)
    ).fetchone()[0]
    return count


# ── an earlier state ────────────────────────────────────────────────────────────────────────────────────────────────
def state_at(db: sqlite3.Connection, now: Report, seq: int) -> Report:
    """Return the report as it was after an entry of its journal; rows that were taken out since stand in code order.

    Raises sqlite3.Error.
    """
    report = now.copy()
    query = (
        "SELECT kind, form, row, col, was, was_auto, min(seq) FROM changes WHERE seq > ? GROUP BY kind, form, row, col"
    )
    fields: dict[str, int] = {}
    for kind, form, row, col, was, was_auto, first in db.execute(query, (seq,)).fetchall():
        match kind:
            case "cell":
                _put_cell(report, Cell(form, row, col), was, bool(was_auto))
            case "row":
                _put_row(report, form, row, was)
            case "head":
                setattr(report, row, was)
            case "grain":
                _put(report.grains, form, was)
            case "setting":
                _put(report.settings, row, None if was is None else bool(was))
            case "field":
                fields[row] = first
    for key, first in fields.items():
        _put(report.fields, key, _field_before(db, key, first))
    return report


def _put(where: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        where.pop(key, None)
    else:
        where[key] = value


def _put_cell(report: Report, cell: Cell, amount: int | None, auto: bool) -> None:
    report.amounts.pop(cell, None)
    if amount:
        report.amounts[cell] = amount
    (report.auto.add if auto else report.auto.discard)(cell)


def _put_row(report: Report, form: str, row: str, name: str | None) -> None:
    rows = report.rows_of(form)
    if name is None:
        if row in rows:
            rows.remove(row)
    elif row in rows:
        rows.rename(row, name)
    else:
        rows.insert(row, name, rows.place_for(row))


def _field_before(db: sqlite3.Connection, key: str, seq: int) -> Any:
    action, of = db.execute("SELECT action, of FROM journal WHERE seq = ?", (seq,)).fetchone()
    found = [c.was for c in changes_of(db, seq, action, of) if c.kind == "field" and c.row == key]
    return found[0] if found else None
