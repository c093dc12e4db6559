"""Sum, average and number of the selected amounts, as the status bar of a spreadsheet tells them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from desktopapp.core.amount import PUBLISHED_GRAIN, Unit, format_number, round_to
from desktopapp.core.template import Cell
from desktopapp.gui.forms.placing import parts_of
from desktopapp.gui.forms.table import FormTable

#: A selection that is still being stretched is summed up when it rests this long.
_PAUSE_MS = 40
#: One 分 in 元, one hundred 元 in 万元: what two decimals can tell.
_STEPS = {Unit.YUAN: 1, Unit.WAN: PUBLISHED_GRAIN}


class SelectionSum(QObject):
    """Tells the sum of the selection of a form whenever it, or an amount in it, changes."""

    #: The words, empty while fewer than two amounts are selected.
    told = Signal(str)

    def __init__(self, table: FormTable) -> None:
        super().__init__(table)
        self._table = table
        self._words = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._tell)
        model = table.model_of_form
        table.selectionModel().selectionChanged.connect(lambda *_: self._timer.start())
        model.dataChanged.connect(lambda *_: self._timer.start())
        model.relaid.connect(self._timer.start)

    @property
    def words(self) -> str:
        """Return what was told last."""
        return self._words

    def _tell(self) -> None:
        words = self._summed()
        if words != self._words:
            self._words = words
            self.told.emit(words)

    def _summed(self) -> str:
        table = self._table
        model, grid = table.model_of_form, table.grid
        amounts = (model.document.published or model.document.report).amounts
        cells: dict[Cell, None] = {}
        for part in parts_of(table.selectionModel().selection()):
            if part.top() == part.bottom() and part.left() == part.right():
                continue
            bottom = min(part.bottom(), grid.rows - 1)
            cells.update((c, None) for _, _, c in grid.amounts_in(part.top(), part.left(), bottom, part.right()))
        found = [amount for c in cells if (amount := amounts.get(c)) is not None]
        if len(found) < 2:
            return ""
        unit, total = model.unit, sum(found)
        # Rounded once, to what two decimals can tell.
        step = _STEPS[unit] * len(found)
        average = format_number(round_to(total, step) // len(found), unit)
        return f"求和 {format_number(total, unit)}　平均 {average}　计数 {len(found)}"
