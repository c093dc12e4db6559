"""Collects what a form's rows yield: amounts with their source, rows by code, leftovers and remarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from desktopapp.core.amount import Unit
from desktopapp.readers.grid_amounts import looks_numeric, read_amount
from desktopapp.readers.grid_columns import Span
from desktopapp.readers.grid_found import FoundAmount, FoundRow, Leftover, Remark
from desktopapp.readers.grid_view import GridView
from desktopapp.readers.sources.model import Cell as SourceCell


@dataclass(slots=True)
class Gathered:
    """Everything found in the body of one form; ``fit`` counts what agrees with the template and what does not."""

    view: GridView
    unit: Unit
    amounts: list[FoundAmount] = field(default_factory=list)
    rows: list[FoundRow] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    fit: float = 0.0
    last_row: int = -1
    #: Columns of the form whose place holds several columns that are added up.
    sums: frozenset[str] = frozenset()
    _seen: set[int] = field(default_factory=set)
    _keys: set[str] = field(default_factory=set)
    _filled: set[tuple[str, str]] = field(default_factory=set)

    def new_key(self, code: str) -> str:
        """Return the row key of a code; the second row of a code gets "code#2"."""
        key, number = code, 1
        while key in self._keys:
            number += 1
            key = f"{code}#{number}"
        self._keys.add(key)
        return key

    def use(self, cell: SourceCell) -> None:
        """Mark a cell as understood, so that it is not reported as a leftover."""
        self._seen.add(id(cell))

    def used(self, cell: SourceCell) -> bool:
        """Tell whether a cell was understood or reported."""
        return id(cell) in self._seen

    def take(self, row: int, key: str, spans: Mapping[str, Span], allowed: frozenset[str] | None = None) -> None:
        """Read the amounts of one grid row into the row ``key``; ``allowed`` are the columns that row has."""
        for col, span in spans.items():
            for cell in self.view.starting(row, span.first, span.last):
                if self.used(cell):
                    continue
                if allowed is not None and col not in allowed:
                    self.leave(cell, "这一行没有这一栏")
                else:
                    self._amount(key, col, cell)

    def _amount(self, key: str, col: str, cell: SourceCell) -> None:
        self.use(cell)
        read = read_amount(cell, self.unit)
        if read.bad:
            self.leftovers.append(Leftover(cell, read.remark))
            return
        if read.remark:
            self.remarks.append(Remark(read.remark, cell))
        if read.fen is None:
            return
        if (key, col) in self._filled and col in self.sums:
            at = next(n for n, a in enumerate(self.amounts) if (a.row, a.col) == (key, col))
            self.amounts[at] = replace(self.amounts[at], fen=self.amounts[at].fen + read.fen)
            return
        if (key, col) in self._filled:
            self.leftovers.append(Leftover(cell, "同一栏里有两个金额，只采用了前一个。"))
            return
        self._filled.add((key, col))
        self.amounts.append(FoundAmount(key, col, read.fen, cell))

    def leave(self, cell: SourceCell, reason: str) -> None:
        """Report a number that found no place; empty and zero cells are not worth a word."""
        if not self.used(cell) and looks_numeric(cell):
            self.leftovers.append(Leftover(cell, f"{reason}。"))
        self.use(cell)

    def leave_row(self, row: int, first: int, reason: str) -> None:
        """Report all numbers of a row from column ``first`` on."""
        for cell in self.view.starting(row, first, self.view.width):
            self.leave(cell, reason)

    def finish(self, first_row: int, reason: str) -> None:
        """Report every number from ``first_row`` on that nothing has claimed."""
        for row in range(first_row, self.view.height):
            for cell in self.view.filled(row):
                if not self.used(cell):
                    self.leave(cell, reason)
