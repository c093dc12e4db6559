"""An input table as Qt sees it. Tables of a single row stand upright: a line for each of their columns."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN, Unit
from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.document import Document
from desktopapp.gui.palette import Theme
from desktopapp.narrative.input_rows import InputRow, parse_value, show_value, shown_rows
from desktopapp.narrative.inputs import InputColumn, InputTable

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROLE = Qt.ItemDataRole
_NUMBERS = ("amount", "count", "number")
#: Behind the head of a column that must be filled in.
REQUIRED = "＊"


class InputModel(QAbstractTableModel):
    """Shows the rows of one table as they are in the report; never changes it."""

    def __init__(self, document: Document, table: InputTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.table = table
        self.upright = table.row_kind == "one"
        self.rows: list[InputRow] = []
        self._findings: dict[tuple[str, str], list[Finding]] = {}
        self._theme: Theme | None = None
        self.refresh()

    # ── contents ────────────────────────────────────────────────────────────────────────────────────────────────
    def refresh(self) -> None:
        """Show the report as it is now; selection and scrolling stay while the rows do."""
        text = self.document.text
        rows = shown_rows(self.document.report, text.facts, self.table)
        if [(r.key, r.label) for r in rows] == [(r.key, r.label) for r in self.rows]:
            self.rows = rows
            self.touch()
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def touch(self) -> None:
        """Have everything painted anew."""
        if self.rowCount() and self.columnCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.touch()

    def set_findings(self, findings: list[Finding]) -> None:
        """Mark the cells that findings are about."""
        marked: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            for page, address in finding.rows:
                if page == self.table.field:
                    key, _, column = address.rpartition(".") if "." in address else (address, "", "")
                    marked.setdefault((key, column), []).append(finding)
        if marked != self._findings:
            self._findings = marked
            self.touch()

    # ── places ──────────────────────────────────────────────────────────────────────────────────────────────────
    def column_at(self, index: _Index) -> InputColumn:
        """Return the input column of an index."""
        return self.table.columns[index.row() if self.upright else index.column()]

    def row_at(self, index: _Index) -> InputRow:
        """Return the row of an index."""
        return self.rows[0 if self.upright else index.row()]

    def index_of(self, key: str, column: str) -> QModelIndex:
        """Return the index of a place, of the row's first column when the table has no such column."""
        columns = [c.key for c in self.table.columns]
        at = columns.index(column) if column in columns else 0
        if self.upright:
            return self.index(at, 0)
        row = next((i for i, r in enumerate(self.rows) if r.key == key), -1)
        return self.index(row, at)

    def stored(self, index: _Index) -> Any:
        """Return the stored value of an index."""
        return self.row_at(index).values.get(self.column_at(index).key)

    @property
    def grain(self) -> int:
        """Return the smallest step of amounts in 分: that of the form the table belongs to, else the finest kept."""
        report = self.document.report
        forms = [self.table.of] if self.table.of else [f.id for f in report.template.forms]
        return EXACT_GRAIN if any(report.is_exact(f) for f in forms) else PUBLISHED_GRAIN

    def parse(self, index: _Index, text: str) -> Any:
        """Return what a typed text means at an index; raises AmountError."""
        return parse_value(self.column_at(index), text, self.document.unit, self.grain)

    def text(self, index: _Index) -> str:
        """Return what a cell shows."""
        return show_value(self.column_at(index), self.stored(index), self.document.unit)

    def findings_at(self, index: _Index) -> list[Finding]:
        """Return the findings about a cell; those about a whole row stand at its first cell."""
        key, column = self.row_at(index).key, self.column_at(index).key
        found = list(self._findings.get((key, column), ()))
        if index.row() == index.column() == 0 if self.upright else index.column() == 0:
            found += self._findings.get((key, ""), ())
        return found

    def head_of(self, column: InputColumn) -> str:
        """Return the head of a column: label, unit, and the sign of what must be filled in."""
        unit = column.unit
        if column.kind == "amount":
            unit = self.document.unit.value
        return column.label + (f"（{unit}）" if unit else "") + (REQUIRED if column.required else "")

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of rows, of columns of the table when it stands upright."""
        if parent.isValid():
            return 0
        return len(self.table.columns) if self.upright else len(self.rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns, 1 when it stands upright."""
        return 0 if parent.isValid() else 1 if self.upright else len(self.table.columns)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return the flags: cells are editable unless the file is open for viewing."""
        found = super().flags(index)
        return found if self.document.read_only else found | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return texts, alignment and marks."""
        if not index.isValid():
            return None
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            return self.text(index)
        if role == _ROLE.TextAlignmentRole:
            # A single value stands beside its label, not at the far edge.
            number = self.column_at(index).kind in _NUMBERS and not self.upright
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.BackgroundRole:
            return self._fill(index)
        if role == _ROLE.ToolTipRole:
            said = [f.message for f in self.findings_at(index)]
            return "\n".join(said) or self.column_at(index).hint or None
        if role == _ROLE.AccessibleTextRole:
            return f"{self._row_head(index.row())} {self.text(index) or '空'}"
        return None

    def _fill(self, index: _Index) -> QColor | None:
        if self._theme is None:
            return None
        worst = min((f.severity for f in self.findings_at(index)), default=None)
        if worst is not None and worst is not Severity.ACCEPTED:
            return QColor(self._theme.mark(worst).fill)
        if self.column_at(index).required and self.stored(index) in (None, ""):
            return QColor(self._theme.computed_fill)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Return labels of rows and heads of columns."""
        if role == _ROLE.DisplayRole:
            if orientation == Qt.Orientation.Vertical:
                return self._row_head(section)
            return "填写内容" if self.upright else self.head_of(self.table.columns[section])
        if role == _ROLE.TextAlignmentRole and orientation == Qt.Orientation.Vertical:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.ToolTipRole:
            return self._row_head(section) if orientation == Qt.Orientation.Vertical else None
        return None

    def _row_head(self, section: int) -> str:
        if self.upright:
            return self.head_of(self.table.columns[section])
        row = self.rows[section]
        return str(section + 1) if self.table.row_kind == "free" else row.label

    @property
    def unit(self) -> Unit:
        """Return the unit in which amounts are shown."""
        return self.document.unit
