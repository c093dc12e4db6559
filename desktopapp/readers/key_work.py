"""Reads the table of key work (重要事项, 工作内容及目标, 完成情况) from tables, or from lines where it was lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from desktopapp.core.performance.wording import bare_words
from desktopapp.readers.selfeval.rows import Line, Piece, Row
from desktopapp.readers.selfeval.words import Words, label

#: Columns of the input table "key_work".
COLUMNS = ("matter", "goal", "done")
_NUMBER = re.compile(r"\d{1,3}[.、．]?")
_PAGE = re.compile(r"[-—–－]\s*\d{1,4}\s*[-—–－]")
_PART = re.compile(r"^[#*\s]*(?:第[一二三四五六七八九十]部分|注[：:])")


@dataclass(slots=True)
class KeyWork:
    """One row of the table and its place in the source."""

    matter: str = ""
    goal: str = ""
    done: str = ""
    where: str = ""
    tables: set[int] = field(default_factory=set)

    def add(self, column: str, text: str) -> None:
        """Append to a column what a page break or a wrapped cell had parted from it."""
        setattr(self, column, getattr(self, column) + text)

    def values(self) -> dict[str, str]:
        """Return the row as the input table keeps it."""
        return {c: getattr(self, c) for c in COLUMNS if getattr(self, c)}


def read_key_work(events: Iterable[Row | Line], words: Words) -> list[KeyWork]:
    """Return the rows of the table of key work, empty when a document has none."""
    found = list(events)
    return _from_tables(found, words) or _from_lines([e for e in found if isinstance(e, Line)], words)


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _from_tables(events: Sequence[Row | Line], words: Words) -> list[KeyWork]:
    """Read from the header row on; the table goes on in the tables behind it until words stand between."""
    columns: list[tuple[str, int]] = []
    rows: list[KeyWork] = []
    for event in events:
        if isinstance(event, Line):
            if columns and not _PAGE.fullmatch(event.text) and not event.text.isdigit():
                columns = []
            continue
        header = _header(event.pieces, words)
        if header:
            columns = header
        elif columns and _begins_form(event, words):
            # On sheets of a workbook no words stand between the table and what comes next.
            columns = []
        elif columns:
            _take(event, columns, rows)
    return [r for r in rows if r.matter or r.goal]


def _begins_form(row: Row, words: Words) -> bool:
    """Tell whether a row begins a self-evaluation form: its title, or the label of its name."""
    text = row.pieces[0].text
    lone = len(row.pieces) == 1 and any(w in label(text) for w in words.title)
    return lone or words.labels.which(text) in ("name_project", "name_department")


def _header(pieces: Sequence[Piece], words: Words) -> list[tuple[str, int]]:
    """Return field and column of each header cell, empty when a row is not the header."""
    if len(pieces) > 6:
        return []
    found = [(words.key_work.which(p.text), p.start) for p in pieces]
    known = {f for f, _ in found}
    return [(f, c) for f, c in found if f] if {"matter", "done"} <= known else []


def _take(row: Row, columns: Sequence[tuple[str, int]], rows: list[KeyWork]) -> None:
    """Take a row: a new one when it has a number or starts all columns, else the rest of the one before."""
    values: dict[str, str] = {}
    for piece in row.pieces:
        field = max((c for c in columns if c[1] <= piece.start), key=lambda c: c[1], default=columns[0])[0]
        values[field] = values.get(field, "") + piece.text
    number = values.pop("number", "")
    if rows and not number and (row.first or "matter" not in values):
        for column, text in values.items():
            rows[-1].add(column, text)
    else:
        rows.append(KeyWork(values.get("matter", ""), values.get("goal", ""), values.get("done", ""), row.where))
    rows[-1].tables.add(row.table)


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _from_lines(lines: Sequence[Line], words: Words) -> list[KeyWork]:
    """Read the rows between the header line and the next part: each begins with its number on a line of its own."""
    start = next((i for i, line in enumerate(lines) if _is_header(line.text, words)), None)
    if start is None:
        return []
    rows: list[list[Line]] = []
    for line in lines[start + 1 :]:
        if _PART.match(line.text):
            break
        if line.text == str(len(rows) + 1):
            rows.append([])
        elif not rows and not _NUMBER.match(line.text):
            return []
        elif rows and not _PAGE.fullmatch(line.text):
            rows[-1].append(line)
    return [_row(row, words) for row in rows if row]


def _is_header(text: str, words: Words) -> bool:
    tokens = text.split()
    return 3 <= len(tokens) <= 6 and {"number", "matter", "done"} <= {words.key_work.which(t) for t in tokens}


def _row(lines: Sequence[Line], words: Words) -> KeyWork:
    """Part the lines of a row into its cells: the first column is the narrowest, the last begins with its outcome."""
    row = KeyWork(where=lines[0].where)
    begins = words.begins
    done = next((i for i, ln in enumerate(lines) if i and bare_words(ln.text).startswith(begins) and
                 _ended(lines[i - 1].text, lines[i - 2].text if i > 1 else "")), len(lines))  # fmt: skip
    widest = _width(lines[0].text)
    wide = next((i for i, ln in enumerate(lines[:done]) if _width(ln.text) > widest + 2), done)
    for at, line in enumerate(lines):
        row.add("matter" if at < wide else "goal" if at < done else "done", line.text)
    return row


def _ended(last: str, before: str) -> bool:
    """Tell whether a cell may end with a line: a full stop, or a line shorter than the one before it."""
    return last.endswith(("。", ".", "；", ";", "！", "）")) or _width(last) < _width(before) or not before


def _width(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)
