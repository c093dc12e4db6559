"""What an import has to say of every cell: how sure it is, why, and which place of the source it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from desktopapp.core.amount import FEN_PER_WAN, LARGEST, AmountError, parse_decimal
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.readers.build import BuiltReport
from desktopapp.readers.merge import place_words
from desktopapp.readers.reading import Number
from desktopapp.readers.sources.model import Document, Position

#: Cells below this confidence must be looked at by a person.
SURE = 0.9


class Grade(Enum):
    """How a cell came about: read as printed, repaired or decided by relations, or doubtful."""

    CERTAIN = "确定"
    DECIDED = "已修复或推定"
    UNSURE = "存疑"


@dataclass(frozen=True, slots=True)
class CellAccount:
    """What is known of one cell of the read report; ``confidence`` goes from 0 to 1."""

    confidence: float
    reason: str
    where: str
    text: str
    position: Position | None

    @property
    def grade(self) -> Grade:
        """Return how the cell came about."""
        if self.confidence < SURE:
            return Grade.UNSURE
        return Grade.DECIDED if self.reason or self.confidence < 1 else Grade.CERTAIN


@dataclass(frozen=True, slots=True)
class Left:
    """A number or text of the source that found no cell; ``amount`` in 分, None where it is no number."""

    form: str
    text: str
    where: str
    reason: str
    amount: int | None
    position: Position | None


class Account:
    """The account of one import, by cell."""

    def __init__(self, built: BuiltReport) -> None:
        self.report: Report = built.report
        self.forms: dict[str, float] = dict(built.forms)
        self.warnings: tuple[str, ...] = tuple(built.warnings)
        self.document: Document | None = built.document
        self.own = built.own
        self._sources = built.sources
        self._notes = {p.cell: p for p in built.placements}
        self.left: tuple[Left, ...] = tuple(_left(built))

    def of(self, cell: Cell) -> CellAccount:
        """Return the account of a cell; one that was not read has no place."""
        number, note = self._sources.get(cell), self._notes.get(cell)
        text = number.text if number is not None else ""
        position = number.position if number is not None else None
        where = number.where if number is not None else ""
        if note is None:
            return CellAccount(1.0, "", where, text, position)
        return CellAccount(note.confidence, note.reason, note.where or where, text, position)

    def graded(self, grade: Grade) -> list[Cell]:
        """Return the filled cells of a grade in printed order."""
        order = {f: i for i, f in enumerate(self.forms)}
        cells = [c for c in self._notes if c in self.report.amounts and self.of(c).grade is grade]
        rows = {f: {r: i for i, r in enumerate(self._rows(f))} for f in {c.form for c in cells}}
        return sorted(cells, key=lambda c: (order.get(c.form, 99), rows[c.form].get(c.row, -1), self._column(c)))

    def _rows(self, form_id: str) -> list[str]:
        return self.report.row_keys(self.report.template.form(form_id), form_id)

    def _column(self, cell: Cell) -> int:
        columns = [c.key for c in self.report.template.form(cell.form).columns_of(cell.row)]
        return columns.index(cell.col) if cell.col in columns else -1

    @property
    def certain(self) -> bool:
        """Tell whether nothing has to be looked at: our own file, and everything in it was taken over."""
        return self.own and not self.left and not self._notes


def _left(built: BuiltReport) -> Sequence[Left]:
    numbers = [
        Left(form, n.text, n.where, "没有找到对应的单元格", _fen(n, built.fen.get(form, FEN_PER_WAN)), n.position)
        for form, n in built.unplaced
    ]
    texts = [
        Left(u.form, u.text, place_words(u.position), u.reason, _amount_of(u.text, u.unit.fen), u.position)
        for u in built.leftovers
    ]
    return numbers + texts


def _fen(number: Number, fen: int) -> int | None:
    """Return a number in 分, None where it is finer than that or beyond all amounts."""
    scale: int = 10**number.places
    amount, rest = divmod(number.digits * fen, scale)
    return None if rest or abs(amount) > LARGEST else amount


def _amount_of(text: str, fen: int) -> int | None:
    try:
        found = parse_decimal(text)
    except AmountError:
        return None
    return None if found is None else _fen(Number(found.digits, found.places, text), fen)
