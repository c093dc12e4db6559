"""Choosing what an open report takes over from another one: all, into empty cells only, or cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QRadioButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.amount import Unit, format_amount, format_number
from desktopapp.core.naming import column_name, form_name, row_name
from desktopapp.core.report import Report
from desktopapp.core.takeover import Comparison, Difference, Mode
from desktopapp.gui.palette import theme_of
from desktopapp.gui.sizes import sized

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADS = ("取用", "表", "单元格", "当前", "导入", "差额")
_NUMBERS = {3, 4, 5}
#: So many tables are named; the tooltip names all.
_MOST_TABLES = 5
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was chosen: the differences to take over and the tables beside them, or a new report file instead."""

    differences: tuple[Difference, ...] = ()
    as_new: bool = False
    tables: bool = False


def _tables_words(tables: Sequence[str]) -> str:
    listed = "、".join(tables[:_MOST_TABLES]) + ("等" if len(tables) > _MOST_TABLES else "")
    return f"当前报表里还空着的 {len(tables)} 张补充表一并取用：{listed}(&B)"


class DifferencesModel(QAbstractTableModel):
    """One difference per row with a check box; names are taken from the report that has the row."""

    def __init__(
        self, report: Report, other: Report, found: Sequence[Difference], unit: Unit, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._report, self._other, self._found, self._unit = report, other, list(found), unit
        self._on = [False] * len(self._found)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of differences."""
        return 0 if parent.isValid() else len(self._found)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heads of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return f"{_HEADS[section]}（{self._unit.value}）" if section in _NUMBERS else _HEADS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return texts, check boxes and colours."""
        difference, column = self._found[index.row()], index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == 0:
            return Qt.CheckState.Checked if self._on[index.row()] else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and not self._on[index.row()]:
            return QColor(theme_of(QGuiApplication.palette()).faint)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) and column:
            return self._text(difference, column)
        return None

    def _text(self, difference: Difference, column: int) -> str:
        named = self._other if difference.new_row else self._report
        cell = difference.cell
        if column == 1:
            return form_name(named, cell.form)
        if column == 2:
            words = " ".join(w for w in (row_name(named, cell.form, cell.row), column_name(named, cell)) if w)
            return f"{words}（新增行）" if difference.new_row else words
        if column == 5:
            return format_number((difference.incoming or 0) - (difference.now or 0), self._unit)
        return format_amount(difference.now if column == 3 else difference.incoming, self._unit) or "（空）"

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let the first column be ticked."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else plain

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a difference."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0:
            return False
        self._on[index.row()] = Qt.CheckState(value) is Qt.CheckState.Checked
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), len(_HEADS) - 1))
        return True

    def tick(self, chosen: Sequence[Difference]) -> None:
        """Tick these differences and no others."""
        wanted = {d.cell for d in chosen}
        self._on = [d.cell in wanted for d in self._found]
        if self._found:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._found) - 1, len(_HEADS) - 1))

    def toggle(self, rows: Sequence[int]) -> None:
        """Tick rows, or untick them when all of them are ticked."""
        on = not all(self._on[r] for r in rows)
        for row in rows:
            self._on[row] = on
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), len(_HEADS) - 1))

    def ticked(self) -> tuple[Difference, ...]:
        """Return the differences that are ticked."""
        return tuple(d for d, on in zip(self._found, self._on, strict=True) if on)


class CompareDialog(QDialog):
    """Every difference between the open report and another one; what is ticked is taken over as one step."""

    def __init__(
        self,
        report: Report,
        other: Report,
        comparison: Comparison,
        source: str,
        *,
        unit: Unit = Unit.WAN,
        may_be_new: bool = False,
        start: Mode = Mode.OVERWRITE,
        tables: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"导入到当前报表 — {source}" if may_be_new else f"比较 — {source}")
        self._comparison = comparison
        self.modes = QButtonGroup(self)
        self.buttons: dict[Mode | None, QRadioButton] = {}
        words: list[tuple[Mode | None, str]] = [
            (Mode.OVERWRITE, "覆盖：不同的单元格都取导入的金额(&O)"),
            (Mode.ONLY_EMPTY, "只填空单元格：已有的金额不动(&E)"),
            (Mode.CHOSEN, "逐格比较选择：只取勾选的单元格(&C)"),
        ]
        if may_be_new:
            words.append((None, "不动当前报表，另存为新的报表文件(&N)"))
        for number, (mode, text) in enumerate(words):
            button = self.buttons[mode] = QRadioButton(text)
            self.modes.addButton(button, number)
        self.model = DifferencesModel(report, other, comparison.differences, unit, self)
        self.table = QTableView()
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.tables = QCheckBox(_tables_words(tables))
        self.tables.setToolTip("、".join(tables))
        self.tables.setChecked(bool(tables))
        self.tables.setVisible(bool(tables))
        self.tables.toggled.connect(self._count)
        self._years = self._year_words(report, other)
        self._box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._box.button(QDialogButtonBox.StandardButton.Cancel).setText("取消")
        self.go_on: QPushButton = self._box.addButton("导入(&I)", QDialogButtonBox.ButtonRole.AcceptRole)
        self._arrange()
        for mode, button in self.buttons.items():
            button.toggled.connect(lambda on, m=mode: self._mode_chosen(m) if on else None)
        self.model.dataChanged.connect(lambda *_args: self._count())
        self.table.clicked.connect(self._clicked)
        self._box.accepted.connect(self.accept)
        self._box.rejected.connect(self.reject)
        nothing = may_be_new and not comparison.differences and not tables
        self.buttons[None if nothing else start].setChecked(True)

    @staticmethod
    def _year_words(report: Report, other: Report) -> str:
        if report.year == other.year:
            return ""
        return f"注意：导入的是 {other.year} 年度，当前报表是 {report.year} 年度。"

    def _arrange(self) -> None:
        self.table.setModel(self.model)
        self.table.setAccessibleName("不同的单元格")
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(25)
        header = self.table.horizontalHeader()
        header.setResizeContentsPrecision(100)
        for column, width in enumerate((52, 100, 400, 140, 140, 140)):
            self.table.setColumnWidth(column, width)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        column_layout = QVBoxLayout(self)
        for button in self.modes.buttons():
            column_layout.addWidget(button)
        column_layout.addWidget(self.table, 1)
        row = QHBoxLayout()
        toggle = QPushButton("勾选或取消所选行(&T)")
        toggle.setAutoDefault(False)
        toggle.clicked.connect(self._toggle_selected)
        row.addWidget(self.summary, 1)
        row.addWidget(toggle)
        column_layout.addLayout(row)
        column_layout.addWidget(self.tables)
        column_layout.addWidget(self._box)
        sized(self, 1060, 680)

    def _mode_chosen(self, mode: Mode | None) -> None:
        if mode in (Mode.OVERWRITE, Mode.ONLY_EMPTY):
            self.model.tick(self._comparison.chosen(mode))
        self.table.setEnabled(mode is not None)
        self.tables.setEnabled(mode is not None)
        self._count()

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == 0:
            self._by_hand()

    def _toggle_selected(self) -> None:
        self.model.toggle([i.row() for i in self.table.selectionModel().selectedRows()])
        self._by_hand()

    def _by_hand(self) -> None:
        """Whoever ticks a cell chooses cell by cell."""
        if not self.buttons[Mode.CHOSEN].isChecked():
            self.buttons[Mode.CHOSEN].setChecked(True)

    def _count(self) -> None:
        chosen, found = self.model.ticked(), self._comparison
        words = f"相同 {found.same} 格，不同 {len(found.differences)} 格，已选 {len(chosen)} 格。"
        if found.homeless:
            words += f"另有 {len(found.homeless)} 格在当前模板里没有对应的行或栏，不能导入。"
        self.summary.setText(self._years + words)
        new = self.is_new()
        self.go_on.setText("继续" if new else "导入所选")
        self.go_on.setEnabled(new or bool(chosen) or self.tables.isChecked())

    def is_new(self) -> bool:
        """Tell whether a new report file is wanted instead."""
        button = self.buttons.get(None)
        return button is not None and button.isChecked()

    def taken(self) -> Taken:
        """Return what was chosen."""
        return Taken(as_new=True) if self.is_new() else Taken(self.model.ticked(), tables=self.tables.isChecked())

    @staticmethod
    def ask(
        report: Report,
        other: Report,
        comparison: Comparison,
        source: str,
        parent: QWidget,
        *,
        unit: Unit,
        may_be_new: bool,
        start: Mode = Mode.OVERWRITE,
        tables: Sequence[str] = (),
    ) -> Taken | None:
        """Ask what to take over; None when the user changes their mind.

        ``tables`` are the titles of input tables that are empty in the open report and not in the source.
        """
        dialog = CompareDialog(
            report,
            other,
            comparison,
            source,
            unit=unit,
            may_be_new=may_be_new,
            start=start,
            tables=tables,
            parent=parent,
        )
        chosen = dialog.taken() if dialog.exec() == QDialog.DialogCode.Accepted else None
        dialog.deleteLater()
        return chosen
