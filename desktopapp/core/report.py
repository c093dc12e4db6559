"""A report: one department's amounts for one year, in the forms of one template.

The report is the only mutable object of the core. It is changed through commands (see ``commands``), never directly by
screens or importers.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, Amount
from desktopapp.core.levels import CLASS_LENGTH, LEVELS, base
from desktopapp.core.template import SINGLE_ROW, TOTAL_ROW, Cell, Form, Shape, Template


class Rows:
    """The rows by code of one form: in the order shown, with names, and sorted for the hierarchy."""

    __slots__ = ("_children", "_names", "_order", "_sorted")

    def __init__(self) -> None:
        self._order: list[str] = []
        self._sorted: list[str] = []
        self._names: dict[str, str] = {}
        #: The children asked for so far, as long as the rows stay; every column of a row asks for the same.
        self._children: dict[tuple[str, tuple[int, ...]], tuple[str, ...]] = {}

    def copy(self) -> Rows:
        """Return rows of their own with the same contents."""
        made = Rows()
        made._order, made._sorted, made._names = list(self._order), list(self._sorted), dict(self._names)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, row: object) -> bool:
        return row in self._names

    def at(self, index: int) -> str:
        """Return the row key at a position."""
        return self._order[index]

    def index(self, row: str) -> int:
        """Return the position of a row; raises ValueError."""
        return self._order.index(row)

    def name(self, row: str) -> str:
        """Return the printed name of a row; raises KeyError."""
        return self._names[row]

    def named(self) -> Iterator[tuple[str, str]]:
        """Yield the rows with their printed names, in the order shown."""
        names = self._names
        return ((row, names[row]) for row in self._order)

    def place_for(self, row: str) -> int:
        """Return the position at which a new row stands in code order."""
        if self._order == self._sorted:
            return bisect_left(self._sorted, row)
        # Blocks are kept one behind the other (301, 303, 302): a row belongs to those of its class first.
        own = [i for i, other in enumerate(self._order) if other[:CLASS_LENGTH] == row[:CLASS_LENGTH]]
        before = [i for i in own if self._order[i] < row]
        if own:
            return before[-1] + 1 if before else own[0]
        return next((i for i, other in enumerate(self._order) if other > row), len(self._order))

    def insert(self, row: str, name: str, index: int) -> None:
        """Add a row at a position."""
        self._order.insert(index, row)
        insort(self._sorted, row)
        self._names[row] = name
        self._children = {}

    def remove(self, row: str) -> None:
        """Take a row out; raises KeyError."""
        del self._names[row]
        self._order.remove(row)
        del self._sorted[bisect_left(self._sorted, row)]
        self._children = {}

    def rename(self, row: str, name: str) -> None:
        """Change the printed name of a row."""
        if row not in self._names:
            raise KeyError(row)
        self._names[row] = name

    def in_code_order(self) -> Iterator[str]:
        """Yield the rows in code order, whatever order they are shown in."""
        return iter(self._sorted)

    def children(self, parent: str, levels: tuple[int, ...]) -> tuple[str, ...]:
        """Return the nearest rows below ``parent`` ("" for the outermost), skipping levels that are missing.

        Costs the number of children, not of rows, and hardly anything the second time. Only a code of a level's length
        has rows below it, and not a doubled one ("201#2"): what stands below its code belongs to the first of the two.
        """
        found = self._children.get((parent, levels))
        if found is None:
            found = self._children[parent, levels] = tuple(self._find_children(parent, levels))
        return found

    def _find_children(self, parent: str, levels: tuple[int, ...]) -> list[str]:
        if not self.has_children(parent, levels):
            return []
        found: list[str] = []
        rows = self._sorted
        at = bisect_left(rows, parent + "0") if parent else 0
        while at < len(rows) and rows[at].startswith(parent):
            row = rows[at]
            found.append(row)
            at += 1
            if len(row) in levels and "#" not in row:
                # Doubles sort directly behind their code and before all that stands below it.
                while at < len(rows) and rows[at].startswith(row + "#"):
                    found.append(rows[at])
                    at += 1
                at = bisect_left(rows, row + ":", at)
        return found

    def has_children(self, parent: str, levels: tuple[int, ...]) -> bool:
        """Tell whether any row stands below ``parent`` ("" for the outermost)."""
        if not parent:
            return bool(self._sorted)
        if len(parent) not in levels or "#" in parent or parent not in self._names:
            return False
        at = bisect_left(self._sorted, parent + "0")
        return at < len(self._sorted) and self._sorted[at].startswith(parent)

    def leaves(self, levels: tuple[int, ...]) -> list[str]:
        """Return the rows that have none below them, in the order shown; doubled rows are left out."""
        inner = self.inner(levels)
        return [row for row in self._order if "#" not in row and row not in inner]

    def inner(self, levels: tuple[int, ...]) -> set[str]:
        """Return the rows that have any below them, as ``has_children`` tells it of one."""
        inner: set[str] = set()
        above = ""
        for row in self._sorted:
            # In code order the first row of another code tells.
            if above and row.startswith(above) and base(row) != above and len(above) in levels:
                inner.add(above)
            if "#" not in row:
                above = row
        return inner

    def parent(self, row: str, levels: tuple[int, ...]) -> str:
        """Return the nearest row above ``row``, or "" for the outermost."""
        code = base(row)
        for length in reversed(levels):
            if length < len(code) and code[:length] in self._names:
                return code[:length]
        return ""


@dataclass(slots=True)
class Report:
    """Template, year, department, amounts, rows and other contents of one report.

    ``amounts`` holds only non-zero amounts in 分. ``auto`` are the cells that follow a relation until somebody types
    over them. ``grains`` are the smallest steps in 分 of forms that differ from 0.01 万元. ``fields`` are texts, inputs
    and other contents by key, JSON-like values.
    """

    template: Template
    year: int
    department: str = ""
    amounts: dict[Cell, int] = field(default_factory=dict)
    auto: set[Cell] = field(default_factory=set)
    rows: dict[str, Rows] = field(default_factory=dict)
    grains: dict[str, int] = field(default_factory=dict)
    settings: dict[str, bool] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)

    def copy(self) -> Report:
        """Return a report of its own with the same contents, for work beside the one that people change.

        The values of ``fields`` are shared: commands replace them, nothing changes them.
        """
        return replace(
            self,
            amounts=dict(self.amounts),
            auto=set(self.auto),
            rows={form: rows.copy() for form, rows in self.rows.items()},
            grains=dict(self.grains),
            settings=dict(self.settings),
            fields=dict(self.fields),
        )

    def get(self, cell: Cell) -> Amount:
        """Return the amount of a cell in 分, None when it is empty."""
        return self.amounts.get(cell)

    def rows_of(self, form_id: str) -> Rows:
        """Return the rows by code of a form; forms without such rows have none."""
        found = self.rows.get(form_id)
        if found is None:
            found = self.rows[form_id] = Rows()
        return found

    def grain(self, form_id: str) -> int:
        """Return the smallest step of a form's amounts in 分: 0.01 万元 unless it is kept in 元."""
        return self.grains.get(form_id, PUBLISHED_GRAIN)

    def is_exact(self, form_id: str) -> bool:
        """Tell whether a form keeps amounts to the 分."""
        return self.grain(form_id) == EXACT_GRAIN

    def form_ids(self) -> tuple[str, ...]:
        """Return the ids of this year's forms in printed order."""
        return tuple(f.id for f in self.template.forms)

    def row_keys(self, form: Form, form_id: str = "") -> list[str]:
        """Return the keys of all rows that hold amounts, in printed order."""
        form_id = form_id or form.id
        if form.shape is Shape.CODES:
            codes = list(self.rows_of(form_id))
            return [TOTAL_ROW, *codes] if form.total_first else [*codes, TOTAL_ROW]
        if form.shape is Shape.BLOCKS:
            return [*self.rows_of(form_id), *(t.key for t in form.totals())]
        return list(form.fixed_rows())

    def cells(self, form: Form, form_id: str = "") -> Iterator[Cell]:
        """Yield the addresses of all amounts of a form, row by row."""
        form_id = form_id or form.id
        for row in self.row_keys(form, form_id):
            for column in form.columns_of(row):
                yield Cell(form_id, row, column.key)

    def has_cell(self, cell: Cell) -> bool:
        """Tell whether an address lies in the report."""
        if not self.template.has_form(cell.form):
            return False
        form = self.template.form(cell.form)
        if form.shape is Shape.TWO_SIDED:
            return any(c.key == cell.col for c in form.columns_of(cell.row))
        if form.column(cell.col) is None:
            return False
        return self.has_row(form, cell.form, cell.row)

    def has_row(self, form: Form, form_id: str, row: str) -> bool:
        """Tell whether a form, this year's or last year's, has a row with amounts."""
        if form.has_code_rows:
            rows = self.rows.get(form_id)
            return (rows is not None and row in rows) or form.is_total_row(row)
        return row == SINGLE_ROW if form.shape is Shape.SINGLE else bool(form.columns_of(row))

    def levels(self, form: Form) -> tuple[int, ...]:
        """Return the lengths of the levels of a form's classification."""
        return LEVELS.get(form.catalogue, ())


def new_report(template: Template, year: int, department: str = "", fields: Mapping[str, Any] | None = None) -> Report:
    """Return an empty report with the rows that the template prints."""
    report = Report(template, year, department, fields=dict(fields or {}))
    for form in template.forms:
        add_printed_rows(report, form, form.id)
    return report


def add_printed_rows(report: Report, form: Form, form_id: str) -> None:
    """Add the rows by code that a form in blocks always prints."""
    rows = report.rows_of(form_id)
    for block in form.blocks:
        for code, name in block.rows:
            if code not in rows:
                rows.insert(code, name, len(rows))
