"""What a colleague changed in their copy of a report, beside what was changed here: a merge of three versions.

Without the version both copies came from every difference counts, and each that is not merely filled in on one side is
a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from desktopapp.core.merging_values import ABSENT, UNKNOWN, Leaf, Path, is_empty, merge_text, merge_value
from desktopapp.core.report import Report
from desktopapp.core.template import LAST, Cell

#: Report field that keeps which states of which copies have been merged, see ``store.lineage``.
MERGES = "merges"


class Side(Enum):
    """Whose value is taken."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


class Place(NamedTuple):
    """Where something differs.

    ``kind`` is "cell", "row" (a whole row by code), "name" (of a row), "grain", "setting", "head" (``row`` is "year" or
    "department") or "field" (``row`` is its key, ``path`` the way to a part of it).
    """

    kind: str
    form: str = ""
    row: str = ""
    col: str = ""
    path: Path = ()


class Held(NamedTuple):
    """What a cell holds: an amount in 分; an automatic one has the amount that follows."""

    amount: int | None
    auto: bool


class WholeRow(NamedTuple):
    """A row by code with its name and the cells that hold something, by column."""

    name: str
    cells: tuple[tuple[str, Held], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the colleague has otherwise. ``preset`` is what is taken unasked, None in a conflict.

    ``combined`` is a text with both sides' changes.
    """

    place: Place
    base: Any
    mine: Any
    theirs: Any
    preset: Side | None
    combined: str | None = None

    @property
    def is_conflict(self) -> bool:
        """Tell whether both sides changed this, each otherwise."""
        return self.preset is None

    @property
    def is_quiet(self) -> bool:
        """Tell whether nobody sees a difference: a cell with the same amount that only follows its relation or not."""
        one, other = self.mine, self.theirs
        return isinstance(one, Held) and isinstance(other, Held) and one.amount == other.amount

    def value(self, side: Side) -> Any:
        """Return what a choice gives."""
        if side is Side.BOTH:
            return self.combined
        return self.mine if side is Side.MINE else self.theirs


@dataclass(frozen=True, slots=True)
class Merge:
    """All that the colleague has otherwise, in the order of the report; ``kept`` counts what only we changed."""

    items: tuple[Item, ...]
    kept: int
    has_base: bool

    @property
    def conflicts(self) -> tuple[Item, ...]:
        """Return what somebody must decide."""
        return tuple(i for i in self.items if i.is_conflict)


class NotMergeableError(ValueError):
    """Raised when two reports cannot be merged; the message is a sentence for the user."""


def merge_reports(base: Report | None, mine: Report, theirs: Report) -> Merge:
    """Compare two copies of a report with the version both came from (None: unknown).

    Raises NotMergeableError when they follow different templates.
    """
    if mine.template.id != theirs.template.id:
        raise NotMergeableError(
            f"对方的报表用的是模板“{theirs.template.name}”，当前报表用的是“{mine.template.name}”，不能合并；"
            "请改用“与另一份报表比较”。"
        )
    found = _Finder(base, mine, theirs)
    found.head()
    for form_id in _forms(mine, theirs):
        found.form(form_id)
    found.fields()
    return Merge(tuple(found.items), found.kept, base is not None)


def value_at(report: Report, place: Place) -> Any:
    """Return what a report has at a place other than a field; ABSENT for a row that is not there."""
    form_id, row = place.form, place.row
    match place.kind:
        case "head":
            return getattr(report, row)
        case "setting":
            return report.settings.get(row, False)
        case "grain":
            return report.grain(form_id)
        case "cell":
            return _held(report, Cell(form_id, row, place.col))
    rows = report.rows_of(form_id)
    if row not in rows:
        return ABSENT
    if place.kind == "name":
        return rows.name(row)
    cells = (Cell(form_id, row, c.key) for c in report.template.form(form_id).columns)
    return WholeRow(rows.name(row), tuple((c.col, h) for c in cells if any(h := _held(report, c))))


def _held(report: Report, cell: Cell) -> Held:
    return Held(report.amounts.get(cell), cell in report.auto)


def _forms(*reports: Report) -> list[str]:
    template = reports[0].template
    order = {form.id: at for at, form in enumerate(template.forms)}
    used = {f for r in reports for f in (*r.rows, *r.grains, *(c.form for c in r.amounts), *(c.form for c in r.auto))}
    known = (f for f in used if template.has_form(f))
    return sorted(known, key=lambda f: (f.startswith(LAST), order.get(f.removeprefix(LAST), 0), f))


class _Finder:
    """Goes through two copies of a report and notes what is otherwise."""

    def __init__(self, base: Report | None, mine: Report, theirs: Report) -> None:
        self.base, self.mine, self.theirs = base, mine, theirs
        self.items: list[Item] = []
        self.kept = 0
        self._differing: dict[str, set[Cell]] = {}
        for cell in {c for r in (mine, theirs) for c in (*r.amounts, *r.auto)}:
            if _held(mine, cell) != _held(theirs, cell):
                self._differing.setdefault(cell.form, set()).add(cell)

    def head(self) -> None:
        for key in ("department", "year"):
            self._three(Place("head", row=key))
        for key in dict.fromkeys((*self.mine.settings, *self.theirs.settings)):
            self._three(Place("setting", row=key))

    def form(self, form_id: str) -> None:
        self._three(Place("grain", form_id))
        mine, theirs = self.mine.rows_of(form_id), self.theirs.rows_of(form_id)
        for row in dict.fromkeys((*theirs, *mine)):
            if row in mine and row in theirs and mine.name(row) == theirs.name(row):
                continue
            self._three(Place("name" if row in mine and row in theirs else "row", form_id, row))
        for cell in self._cells(form_id):
            self._three(Place("cell", *cell))

    def _cells(self, form_id: str) -> Iterator[Cell]:
        """Yield the cells that both copies have and that differ, in the order of the report."""
        form, theirs = self.mine.template.form(form_id), self.theirs.rows_of(form_id)
        differing = self._differing.get(form_id, set())
        for cell in self.mine.cells(form, form_id) if differing else ():
            if cell in differing and (not form.has_code_rows or form.is_total_row(cell.row) or cell.row in theirs):
                yield cell

    def _three(self, place: Place) -> None:
        base = UNKNOWN if self.base is None else value_at(self.base, place)
        mine, theirs = value_at(self.mine, place), value_at(self.theirs, place)
        if _same(mine, theirs):
            return
        if _same(theirs, base):
            self.kept += 1
        else:
            self._note(Leaf((), base, mine, theirs), place)

    def _note(self, leaf: Leaf, place: Place) -> Any:
        preset, combined = _preset(leaf)
        self.items.append(Item(place, leaf.base, leaf.mine, leaf.theirs, preset, combined))
        return leaf.mine

    def fields(self) -> None:
        for key in dict.fromkeys((*self.mine.fields, *self.theirs.fields)):
            if key != MERGES:
                self._field(key)

    def _field(self, key: str) -> None:
        base = UNKNOWN if self.base is None else self.base.fields.get(key, ABSENT)
        mine, theirs = self.mine.fields.get(key, ABSENT), self.theirs.fields.get(key, ABSENT)
        self.kept += theirs == base != mine
        merge_value(base, mine, theirs, lambda leaf: self._note(leaf, Place("field", "", key, "", leaf.path)))


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same; automatic cells are, whatever amount follows for now."""
    match one, other:
        case Held(), Held():
            return one == other or (one.auto and other.auto)
        case WholeRow(), WholeRow():
            first, second = dict(one.cells), dict(other.cells)
            same = first.keys() == second.keys() and all(_same(first[c], second[c]) for c in first)
            return one.name == other.name and same
    return bool(one == other)


def _preset(leaf: Leaf) -> tuple[Side | None, str | None]:
    """Return what is taken unasked (None: a conflict), and the text that holds both sides' changes."""
    base, mine, theirs = leaf.base, leaf.mine, leaf.theirs
    if base is UNKNOWN:
        if _is_blank(theirs):
            return Side.MINE, None
        return (Side.THEIRS if _is_blank(mine) else None), None
    if _same(mine, base):
        return Side.THEIRS, None
    if isinstance(mine, Held) and mine.amount == theirs.amount:
        return Side.MINE, None
    if all(isinstance(v, str) and "\n" in v for v in (base, mine, theirs)):
        combined = merge_text(base, mine, theirs)
        return (None if combined is None else Side.BOTH), combined
    return None, None


def _is_blank(value: Any) -> bool:
    return value == Held(None, False) if isinstance(value, Held) else is_empty(value)
