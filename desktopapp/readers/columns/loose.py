"""A row whose numbers have no columns yet, and the choices of columns it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from desktopapp.core.template import Cell

Columns = tuple[str, ...]


def slots(columns: Sequence[str]) -> Columns:
    """Return names for printed columns: their keys, "key~2" for a second part of one column, "-1" for a foreign one."""
    names: list[str] = []
    for at, key in enumerate(columns):
        seen = sum(1 for n in names if column_of(n) == key)
        names.append(f"-{at}" if not key else f"{key}~{seen + 1}" if seen else key)
    return tuple(names)


def column_of(slot: str) -> str:
    """Return the key of the column that a slot belongs to, "" for a column that the form does not have."""
    return "" if slot.startswith("-") else slot.partition("~")[0]


@dataclass(slots=True)
class Loose:
    """A row whose numbers have no columns yet: amounts in 分, in printed order.

    ``columns`` are the slots that the source prints, empty for the columns of the template. ``candidates`` are the
    choices still open, likelier ones first; ``wide`` those that the relations within the row left open.
    """

    form: str
    row: str
    amounts: tuple[int, ...]
    columns: Columns = ()
    candidates: list[Columns] = field(default_factory=list)
    wide: list[Columns] = field(default_factory=list)
    chosen: Columns = ()
    sure: float = 1.0
    reason: str = ""
    leaning: tuple[tuple[float, ...], ...] = ()
    _strains: dict[Columns, float] = field(default_factory=dict)
    _values: dict[Columns, dict[str, int]] = field(default_factory=dict)

    def values(self, choice: Columns) -> dict[str, int]:
        """Return what each column would hold by one choice of slots; parts of one column are added up."""
        found = self._values.get(choice)
        if found is None:
            found = self._values[choice] = self._sums(choice)
        return found

    def _sums(self, choice: Columns) -> dict[str, int]:
        if not self.columns:
            return dict(zip(choice, self.amounts, strict=True))
        sums: dict[str, int] = {}
        for slot, amount in zip(choice, self.amounts, strict=True):
            if key := column_of(slot):
                sums[key] = sums.get(key, 0) + amount
        return sums

    def cells(self, choice: Columns) -> dict[Cell, int]:
        """Return the cells with amounts of one choice of slots."""
        return {Cell(self.form, self.row, column): amount for column, amount in self.values(choice).items()}

    def movable(self, choices: Sequence[Columns]) -> set[Cell]:
        """Return the cells that do not hold the same by every one of some choices."""
        all_cells = [self.cells(choice) for choice in choices]
        first = all_cells[0].items()
        fixed = first & set.intersection(*(set(cells.items()) for cells in all_cells))
        return {c for cells in all_cells for c in cells} - {c for c, _ in fixed}

    def targets(self) -> list[Cell | None]:
        """Return for each amount the cell it was put into, None for one of a column that the form does not have."""
        return [Cell(self.form, self.row, key) if (key := column_of(slot)) else None for slot in self.chosen]

    def order_by_place(self, columns: Columns) -> None:
        """Put choices in front whose columns stand where the amounts do; ``columns`` are all of the row."""
        if len(self.leaning) != len(self.amounts) or any(len(far) != len(columns) for far in self.leaning):
            self.leaning = ()
            return
        at = {column: n for n, column in enumerate(columns)}
        for choice in {*self.candidates, *self.wide}:
            self._strains[choice] = sum(far[at[c]] for far, c in zip(self.leaning, choice, strict=True))
        self.candidates = sorted(self.candidates, key=self.strain)

    def strain(self, choice: Columns) -> float:
        """Return how far the amounts stand from the columns of a choice, 0 where the source shows no places."""
        return self._strains.get(choice, 0.0)

    def note(self, sure: float, reason: str) -> None:
        """Say how sure the columns are, unless they are less sure already."""
        if sure < self.sure:
            self.sure, self.reason = sure, reason
