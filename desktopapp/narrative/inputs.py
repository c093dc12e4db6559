"""What the forms do not hold: tables of amounts, counts and texts that stand beside them.

A table is declared as data (``resources/templates/common/inputs.toml``) and kept in ``report.fields["input.<id>"]`` as
a list of rows, each a dictionary of column keys to values: amounts as whole 分, counts as whole numbers, numbers such
as scores as decimal strings, texts as strings. Rows of keyed tables carry their key under ``"key"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from desktopapp.core.report import Report

#: Prefix of the report field that holds a table.
FIELD = "input."
#: Column under which keyed rows carry their key.
KEY = "key"

ColumnKind = Literal["amount", "count", "number", "text", "choice"]
#: "one": a single row; "fixed": the rows declared; "items", "classes", "facts": a row per item or class of form 05 or
#: per fact; "free": as many rows as the accountant wants.
RowKind = Literal["one", "fixed", "items", "classes", "facts", "free"]


@dataclass(frozen=True, slots=True)
class InputColumn:
    """One column. ``blank_is_zero``: an empty cell counts as zero once anything in the table is filled in."""

    key: str
    label: str
    kind: ColumnKind
    unit: str = ""
    required: bool = False
    blank_is_zero: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    width: int = 30
    hint: str = ""


@dataclass(frozen=True, slots=True)
class InputTable:
    """One table as declared. ``rows`` are the (key, label) pairs of a table with fixed rows."""

    id: str
    title: str
    row_kind: RowKind
    columns: tuple[InputColumn, ...]
    rows: tuple[tuple[str, str], ...] = ()
    of: str = ""
    key_label: str = ""
    note: str = ""
    group: str = ""

    def column(self, key: str) -> InputColumn | None:
        """Return a column by key."""
        return next((c for c in self.columns if c.key == key), None)

    @property
    def field(self) -> str:
        """Return the key of the report field that holds the rows."""
        return FIELD + self.id

    @property
    def keyed(self) -> bool:
        """Tell whether rows are found by key rather than by position."""
        return self.row_kind not in ("one", "free")


def table_of(address: str) -> str:
    """Return the table of an address: items[2010301].budget → items."""
    return address.partition(".")[0].partition("[")[0]


#: More addresses than the largest report has.
_REMEMBERED = 1 << 16


@lru_cache(maxsize=_REMEMBERED)
def row_of(address: str) -> str:
    """Return the row of an address, the table for one without a row: items[2010301].budget → items[2010301]."""
    return address[: address.rindex("]") + 1] if "]" in address else table_of(address)


class InputReader:
    """Reads the input tables of a report as they are when they are first asked for; nothing here changes it."""

    def __init__(self, report: Report, tables: Mapping[str, InputTable]) -> None:
        self._report = report
        self._tables = tables
        self._kept: dict[str, list[dict[str, Any]]] = {}
        self._by_key: dict[str, dict[str, dict[str, Any]]] = {}

    def without(self, tables: Iterable[str]) -> InputReader:
        """Return a reader that reads some tables again, and keeps what this one has read of the others."""
        again = InputReader(self._report, self._tables)
        changed = set(tables)
        again._kept = {k: v for k, v in self._kept.items() if k not in changed}
        again._by_key = {k: v for k, v in self._by_key.items() if k not in changed}
        return again

    def table(self, table_id: str) -> InputTable:
        """Return a table; raises KeyError."""
        return self._tables[table_id]

    def rows(self, table_id: str) -> list[dict[str, Any]]:
        """Return copies of the stored rows of a table; what is no row is passed over."""
        return [dict(r) for r in self._rows(table_id)]

    def each(self, table_id: str) -> Iterator[Mapping[str, Any]]:
        """Yield the stored rows of a table themselves, for looking only; there may be thousands."""
        yield from self._rows(table_id)

    def _rows(self, table_id: str) -> list[dict[str, Any]]:
        kept = self._kept.get(table_id)
        if kept is None:
            stored = self._report.fields.get(FIELD + table_id)
            listed = [stored] if isinstance(stored, Mapping) else stored if isinstance(stored, list) else []
            kept = self._kept[table_id] = [dict(r) for r in listed if type(r) is dict or isinstance(r, Mapping)]
        return kept

    def _keyed(self, table_id: str) -> dict[str, dict[str, Any]]:
        found = self._by_key.get(table_id)
        if found is None:
            # The first of doubled rows counts.
            found = self._by_key[table_id] = {str(r.get(KEY, "")): r for r in reversed(self._rows(table_id))}
        return found

    def listing(self, table_id: str) -> tuple[tuple[str, str], ...]:
        """Return the keys and names of a table's rows: what decides which facts there are."""
        return tuple((str(r.get(KEY, "")), str(r.get("name", ""))) for r in self._rows(table_id))

    def row(self, table_id: str, key: str) -> dict[str, Any] | None:
        """Return a row: by key in keyed tables, by position from 1 in free ones, the only one for "" ."""
        rows = self._rows(table_id)
        if not key:
            return rows[0] if rows else None
        if self._tables[table_id].keyed:
            return self._keyed(table_id).get(key)
        at = int(key) - 1 if key.isdigit() else -1
        return rows[at] if 0 <= at < len(rows) else None

    def rows_changed(self, table_id: str, before: InputReader) -> set[str] | None:
        """Return the rows (items[2010301]) that were others before, None when all may count differently."""
        if self.filled(table_id) != before.filled(table_id):
            return None
        if self._tables[table_id].keyed:
            now, old = self._keyed(table_id), before._keyed(table_id)
        else:
            now, old = self._placed(table_id), before._placed(table_id)
        differ = (k for k in {**old, **now} if now.get(k) != old.get(k))
        return {f"{table_id}[{k}]" if k else table_id for k in differ}

    def _placed(self, table_id: str) -> dict[str, dict[str, Any]]:
        rows = self._rows(table_id)
        one = self._tables[table_id].row_kind == "one"
        return {"" if one else str(n): row for n, row in enumerate(rows, 1)}

    def filled(self, table_id: str) -> bool:
        """Tell whether anything but keys is filled in."""
        return any(v not in (None, "") for row in self._rows(table_id) for k, v in row.items() if k != KEY)

    def value(self, table_id: str, key: str, column: str) -> int | Fraction | str | None:
        """Return a value, None when it is empty or of the wrong kind."""
        spec = self._tables[table_id].column(column)
        row = self.row(table_id, key)
        found = read_value(spec, row.get(column)) if spec is not None and row is not None else None
        if found is None and spec is not None and spec.blank_is_zero and self.filled(table_id):
            return 0
        return found

    def values(self, table_id: str, column: str, without: Mapping[str, str] | None = None) -> Iterator[Any]:
        """Yield a column's values row by row, leaving out rows whose columns have the values in ``without``."""
        spec = self._tables[table_id].column(column)
        for row in self._rows(table_id):
            if spec is not None and not any(row.get(k) == v for k, v in (without or {}).items()):
                yield read_value(spec, row.get(column))


def read_value(column: InputColumn, stored: Any) -> int | Fraction | str | None:
    """Return a stored value as its column's kind, None when it is empty or of another kind."""
    if stored is None or stored == "" or isinstance(stored, bool):
        return None
    if column.kind in ("amount", "count"):
        return stored if isinstance(stored, int) else None
    if column.kind == "number":
        return _fraction(stored)
    return stored.strip() if isinstance(stored, str) and stored.strip() else None


def _fraction(stored: Any) -> Fraction | None:
    if isinstance(stored, int):
        return Fraction(stored)
    if not isinstance(stored, str):
        return None
    whole, point, decimals = stored.strip().partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 12) or (point and not decimals.isdigit()):
        return None
    return Fraction(stored.strip())
