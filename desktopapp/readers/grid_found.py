"""What was recognised in a grid: a form with its amounts, each with the cell it came from, and what found no place."""

from __future__ import annotations

from dataclasses import dataclass

from desktopapp.core.amount import PUBLISHED_GRAIN, Unit
from desktopapp.core.template import Template
from desktopapp.readers.sources.model import Cell as SourceCell


@dataclass(frozen=True, slots=True)
class FoundAmount:
    """One amount in 分 (never 0) for a row and column of the form, and its source."""

    row: str
    col: str
    fen: int
    source: SourceCell


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row by code: its key ("201", doubled "201#2"), its name as printed, its row in the grid."""

    key: str
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Leftover:
    """A number or text that found no place, with the reason in words."""

    source: SourceCell
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell the user about a cell, or about the whole form when ``source`` is None."""

    text: str
    source: SourceCell | None = None


@dataclass(frozen=True, slots=True)
class RecognisedForm:
    """One form as it was found in a grid.

    ``score`` (0 to about 12) tells how sure it is which form this is, ``titled`` whether its title or mark says so,
    ``fit`` how well lines and line numbers agree with this very template. ``unit`` is None where the grid names none;
    the amounts are then taken as ``assumed``. ``rows`` are only there for forms with rows by code. ``first_row`` and
    ``last_row`` bound the form in the grid.
    """

    template: Template
    form_id: str
    score: float
    titled: bool
    fit: float
    year: int | None
    department: str
    unit: Unit | None
    assumed: Unit
    amounts: tuple[FoundAmount, ...]
    rows: tuple[FoundRow, ...]
    leftovers: tuple[Leftover, ...]
    remarks: tuple[Remark, ...]
    first_row: int
    last_row: int

    @property
    def exact(self) -> bool:
        """Tell whether some amount is finer than 0.01 万元, so that the form must be kept in 分."""
        return any(a.fen % PUBLISHED_GRAIN for a in self.amounts)
