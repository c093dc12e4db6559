"""The choice of totals that keep their plain rounding: a tree of forms and totals with check boxes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from desktopapp.core.amount import PUBLISHED_GRAIN, Unit, format_number, round_to
from desktopapp.core.naming import column_name, form_name, row_name
from desktopapp.core.report import Report
from desktopapp.core.rounding import is_finer, total_cells
from desktopapp.core.template import LAST, Cell

_CELL = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PinTree(QTreeWidget):
    """Totals that are kept finer than they are published; those checked keep their plain rounding."""

    #: Another choice of totals.
    chosen = Signal()

    def __init__(self, report: Report, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("保持四舍五入的合计")
        self.setHeaderLabels(["合计", "准确数（元）", "四舍五入（万元）"])
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformRowHeights(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._leaves: list[QTreeWidgetItem] = []
        self._quiet = True
        self._fill(report)
        self._quiet = False
        self.itemChanged.connect(self._changed)

    def _fill(self, report: Report) -> None:
        totals = total_cells(report)
        forms: dict[str, list[Cell]] = {}
        for cell, amount in report.amounts.items():
            exact = cell in totals and amount % PUBLISHED_GRAIN and is_finer(report, cell.form)
            if exact and not cell.form.startswith(LAST):
                forms.setdefault(cell.form, []).append(cell)
        for form_id in report.form_ids():
            cells = forms.get(form_id)
            if not cells:
                continue
            above = QTreeWidgetItem(self, [f"{form_name(report, form_id)}（{len(cells)}）"])
            above.setFlags(above.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate)
            above.setCheckState(0, Qt.CheckState.Unchecked)
            for cell in cells:
                self._leaves.append(_leaf(above, report, cell))

    def pins(self) -> frozenset[Cell]:
        """Return the totals that keep their plain rounding."""
        return frozenset(i.data(0, _CELL) for i in self._leaves if i.checkState(0) is Qt.CheckState.Checked)

    def set_pins(self, cells: frozenset[Cell]) -> None:
        """Check these totals and no others."""
        self._quiet = True
        for item in self._leaves:
            on = item.data(0, _CELL) in cells
            item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._quiet = False
        self.chosen.emit()

    def set_all(self, on: bool) -> None:
        """Check all totals, or none."""
        self.set_pins(self.all() if on else frozenset())

    def all(self) -> frozenset[Cell]:
        """Return every total there is to choose from."""
        return frozenset(i.data(0, _CELL) for i in self._leaves)

    def _changed(self, item: QTreeWidgetItem) -> None:
        if not self._quiet and item.childCount() == 0:
            self.chosen.emit()


def _leaf(above: QTreeWidgetItem, report: Report, cell: Cell) -> QTreeWidgetItem:
    words = " ".join(p for p in (row_name(report, cell.form, cell.row), column_name(report, cell)) if p)
    exact = report.amounts[cell]
    rounded = format_number(round_to(exact, PUBLISHED_GRAIN))
    item = QTreeWidgetItem(above, [words, format_number(exact, Unit.YUAN), rounded])
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(0, Qt.CheckState.Unchecked)
    item.setData(0, _CELL, cell)
    item.setTextAlignment(1, _RIGHT)
    item.setTextAlignment(2, _RIGHT)
    return item
