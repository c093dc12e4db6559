"""The actuals of several units as a table: units across, their money and the indicators down, results on the right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from desktopapp.core.amount import EXACT_GRAIN, AmountError, Unit, format_number, parse_amount
from desktopapp.core.performance.selfeval import Indicator, SelfEvaluation, UnitPart
from desktopapp.core.performance.together import Together, put_together, together
from desktopapp.core.performance.wording import bare_words
from desktopapp.gui.palette import Theme

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROLE = Qt.ItemDataRole
#: Rows above those of the indicators, and columns before and behind those of the units.
NAME, BUDGET, EXECUTED = range(3)
_HEAD = ("单位名称", "预算数（万元）", "执行数（万元）")
LEFT = 2
_RIGHT = ("汇总结果", "怎么得来")
_FEWEST = 2


class CombineModel(QAbstractTableModel):
    """Everything is text as typed; results follow with every cell."""

    #: Something typed or a result is another.
    edited = Signal()

    def __init__(self, form: SelfEvaluation, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self._theme: Theme | None = None
        units = list(form.units) or [UnitPart("") for _ in range(_FEWEST)]
        self._texts: list[list[str]] = [
            [unit.name for unit in units],
            [_shown(unit.budget) for unit in units],
            [_shown(unit.executed) for unit in units],
            *([_at(line.parts, n) for n in range(len(units))] for line in form.indicators),
        ]
        self._results: dict[int, Together] = {}

    # ── what is asked of it ─────────────────────────────────────────────────────────────────────────────────────
    @property
    def units_shown(self) -> int:
        """Return the number of columns for units."""
        return len(self._texts[NAME])

    def add_unit(self, texts: list[str] | None = None) -> None:
        """Add a column for a unit, with texts from the top down."""
        at = LEFT + self.units_shown
        self.beginInsertColumns(_NOWHERE, at, at)
        for row, cells in enumerate(self._texts):
            cells.append(_at(texts or (), row))
        self.endInsertColumns()
        self._changed_all()

    def remove_unit(self, column: int) -> None:
        """Take the column of a unit out; two columns always stay, emptied."""
        at = column - LEFT
        if not 0 <= at < self.units_shown:
            return
        if self.units_shown <= _FEWEST:
            for cells in self._texts:
                cells[at] = ""
        else:
            self.beginRemoveColumns(_NOWHERE, column, column)
            for cells in self._texts:
                del cells[at]
            self.endRemoveColumns()
        self._changed_all()

    def fill_unit(self, other: SelfEvaluation, name: str) -> None:
        """Add the form of a unit: its money and the actuals of the indicators that this form has too."""
        theirs = {_key(line): line.actual for line in other.indicators}
        actuals = [theirs.get(_key(line), "") for line in self._form.indicators]
        texts = [name, _shown(other.execution.budget), _shown(other.execution.executed), *actuals]
        empty = next((n for n in range(self.units_shown) if not any(cells[n].strip() for cells in self._texts)), None)
        if empty is None:
            self.add_unit(texts)
            return
        for cells, text in zip(self._texts, texts, strict=True):
            cells[empty] = text
        self._changed_all()

    def units(self) -> list[UnitPart]:
        """Return the units that anything is typed for; raises AmountError with a sentence for what is no amount."""
        return [
            UnitPart(
                self._texts[NAME][n].strip() or f"单位{n + 1}",
                self._amount(BUDGET, n),
                self._amount(EXECUTED, n),
            )
            for n in self._used()
        ]

    def result(self) -> SelfEvaluation:
        """Return the form with what the units come to; raises AmountError."""
        used = list(self._used())
        return put_together(self._form, self.units(), [[cells[n] for n in used] for cells in self._texts[len(_HEAD) :]])

    def together(self, row: int) -> Together:
        """Return the result of the row of an indicator."""
        if row not in self._results:
            used = list(self._used())
            units = [UnitPart(self._texts[NAME][n].strip() or f"单位{n + 1}", self._money(BUDGET, n)) for n in used]
            line = self._form.indicators[row - len(_HEAD)]
            self._results[row] = together(line, units, [self._texts[row][n] for n in used])
        return self._results[row]

    def sums(self) -> tuple[int, int]:
        """Return how many indicators have a result, and how many lack something."""
        found = [self.together(len(_HEAD) + at) for at in range(len(self._form.indicators))]
        return sum(1 for f in found if f.actual), sum(1 for f in found if f.trouble)

    def _used(self) -> Iterator[int]:
        return (n for n in range(self.units_shown) if any(cells[n].strip() for cells in self._texts))

    def _amount(self, row: int, unit: int) -> int | None:
        try:
            return parse_amount(self._texts[row][unit], Unit.WAN, EXACT_GRAIN)
        except AmountError as error:
            raise AmountError(f"第 {unit + 1} 个单位的{_HEAD[row]}：{error}") from error

    def _money(self, row: int, unit: int) -> int | None:
        try:
            return self._amount(row, unit)
        except AmountError:
            return None

    def _sum_of(self, row: int) -> str:
        known = [amount for n in self._used() if (amount := self._money(row, n)) is not None]
        return _shown(sum(known)) if known else ""

    def is_cell(self, index: _Index) -> bool:
        """Tell whether an index is one that is typed into."""
        return index.isValid() and LEFT <= index.column() < LEFT + self.units_shown

    def set_texts(self, row: int, column: int, block: list[list[str]]) -> int:
        """Put a block of texts in, with new columns for units that it holds; return the number of rows left out."""
        while block and column - LEFT + len(block[0]) > self.units_shown:
            self.add_unit()
        for at, texts in enumerate(block):
            if row + at >= len(self._texts):
                break
            for n, text in enumerate(texts):
                self._texts[row + at][column - LEFT + n] = " ".join(text.split())
        self._changed_all()
        return max(0, row + len(block) - len(self._texts))

    def set_theme(self, theme: Theme) -> None:
        """Take colours."""
        self._theme = theme

    def _changed_all(self) -> None:
        self._results.clear()
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        self.edited.emit()

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the rows of the units and one for each indicator."""
        return 0 if parent.isValid() else len(self._texts)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return name and target, the units, result and how it came about."""
        return 0 if parent.isValid() else LEFT + self.units_shown + len(_RIGHT)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Only cells of units are typed into."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsEditable if self.is_cell(index) else found

    def data(self, index: _Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return texts, alignment and colours."""
        if not index.isValid():
            return None
        if role in (_ROLE.DisplayRole, _ROLE.EditRole, _ROLE.ToolTipRole):
            return self._text(index.row(), index.column())
        if role == _ROLE.TextAlignmentRole:
            wide = index.column() == 0 or index.column() == self.columnCount() - 1
            across = Qt.AlignmentFlag.AlignLeft if wide else Qt.AlignmentFlag.AlignHCenter
            return int(across | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.BackgroundRole and self._theme is not None:
            return self._fill(index)
        return None

    def _text(self, row: int, column: int) -> str:
        at, unit = row - len(_HEAD), column - LEFT
        if 0 <= unit < self.units_shown:
            return self._texts[row][unit]
        if at < 0:
            right = self._sum_of(row) if row != NAME and column >= LEFT else ""
            how = "各单位相加" if right else ""
            return (_HEAD[row], "", right, how)[column if column < LEFT else column - self.units_shown]
        line = self._form.indicators[at]
        if column < LEFT:
            return line.name if column == 0 else line.target
        found = self.together(row)
        return found.actual if unit == self.units_shown else found.trouble or found.how

    def _fill(self, index: _Index) -> QColor | None:
        theme = self._theme
        assert theme is not None
        if self.is_cell(index):
            wrong = index.row() in (BUDGET, EXECUTED) and self._is_wrong(index.row(), index.column() - LEFT)
            return QColor(theme.error.fill) if wrong else None
        lacking = index.row() >= len(_HEAD) and bool(self.together(index.row()).trouble)
        if lacking and index.column() >= LEFT:
            return QColor(theme.warning.fill)
        return QColor(theme.computed_fill)

    def _is_wrong(self, row: int, unit: int) -> bool:
        try:
            self._amount(row, unit)
        except AmountError:
            return True
        return False

    def setData(self, index: _Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Take what was typed."""
        if role != _ROLE.EditRole or not self.is_cell(index):
            return False
        self.set_texts(index.row(), index.column(), [[str(value)]])
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Return the heads."""
        if role != _ROLE.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section - len(_HEAD) + 1) if section >= len(_HEAD) else ""
        if section < LEFT:
            return ("指标", "目标值")[section]
        unit = section - LEFT
        return f"单位{unit + 1}" if unit < self.units_shown else _RIGHT[unit - self.units_shown]


def _at(texts: list[str] | tuple[str, ...], place: int) -> str:
    return texts[place] if place < len(texts) else ""


def _shown(fen: int | None) -> str:
    if fen is None:
        return ""
    text = format_number(fen, Unit.WAN, decimals=6)
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _key(line: Indicator) -> tuple[str, str]:
    return bare_words(line.level2), bare_words(line.name)
