"""The Qt model of one form: prepared texts over the layout and the report's amounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktopapp.core.amount import AmountError, Unit
from desktopapp.core.commands import CommandError, SetCells
from desktopapp.core.engine import Changes
from desktopapp.core.expression import parse_entry
from desktopapp.core.findings import Severity
from desktopapp.core.layout import TableLayout, lay_out, notes_of
from desktopapp.core.naming import describe
from desktopapp.core.template import LAST, Cell, Form, Shape
from desktopapp.gui.document import Document
from desktopapp.gui.forms.grid import Grid
from desktopapp.gui.forms.relaying import laid_out_again
from desktopapp.gui.forms.texts import Texts
from desktopapp.gui.forms.wrapping import pairs_of
from desktopapp.store.errors import StoreError

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NOWHERE = QModelIndex()
#: Of more changed amounts than this only the first are measured for the width of their column.
_LOOKED_AT = 2_000


class FormModel(QAbstractTableModel):
    """One form of a document as a table.

    An edit costs one range signal and the texts of the changed cells; inserted, removed or renamed rows lay the form
    out anew.
    """

    #: The form was laid out anew (rows or heading); views measure and restore their place.
    relaid = Signal()
    #: Amounts are shown in another unit; the one before.
    unit_changed = Signal(object)
    #: The notes under the form differ.
    notes_changed = Signal()
    #: Cells whose marks may differ (a list of (row, column)).
    marks_changed = Signal(object)

    def __init__(self, document: Document, form_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.form_id = form_id
        #: How often characters stand together in the template's labels, for breaking header texts.
        self.pairs = pairs_of(document.report.template)
        #: (column, text) of the amounts that the last change gave, for measuring.
        self.changed_texts: list[tuple[int, str]] = []
        #: Whether the last laying out changed nothing but rows.
        self.only_rows = False
        self._lay_out()
        document.changed.connect(self._on_changed)
        document.marks_changed.connect(self._on_marks)
        document.unit_changed.connect(self._on_unit)
        document.published_changed.connect(self.relay)

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────
    def _lay_out(self, before: TableLayout | None = None) -> None:
        report = self.document.published or self.document.report
        self.form: Form = report.template.form(self.form_id)
        self.layout = (
            lay_out(report, self.form_id, self.document.unit)
            if before is None
            else laid_out_again(before, report, self.form, self.document.unit)
        )
        self.grid = Grid(self.layout, self.takes_rows)
        self.texts = Texts(report, self.document.unit)
        self.notes = self.layout.notes
        self._filled: set[Cell] | None = None
        if self.form.empty_statement:
            self._filled = {c for c in report.amounts if c.form == self.form_id}

    def row_marks(self, row: str) -> list[tuple[Severity, str]]:
        """Return what is wrong with the code and name of a row, worst first."""
        return [(f.severity, f.message) for f in self.document.findings.of_row(self.form_id, row)]

    @property
    def editable(self) -> bool:
        """Tell whether anything may be typed here: not last year's amounts, not a file open for reading."""
        looked_at = self.document.read_only or self.document.published is not None
        return not looked_at and not self.form_id.startswith(LAST)

    @property
    def kept(self) -> str:
        """Return how the amounts on show are kept where that is not as published: 按元保存; 公布数 while on show."""
        if self.document.published is not None:
            return "公布数（只能查看）"
        return "按元保存" if self.document.report.is_exact(self.form_id) else ""

    @property
    def takes_rows(self) -> bool:
        """Tell whether rows by code may be added."""
        return self.editable and self.form.shape in (Shape.CODES, Shape.BLOCKS)

    @property
    def unit(self) -> Unit:
        """Return the unit in which amounts are shown and typed."""
        return self.texts.unit

    def is_automatic(self, cell: Cell) -> bool:
        """Tell whether a cell follows a relation now."""
        return cell in self.document.report.auto and self.document.engine.checker.definer(cell) is not None

    def shown(self, row: int, column: int) -> str:
        """Return what stands at a place."""
        body = self.grid.cell(row, column)
        return body.text if body.cell is None else self.texts.shown(body.cell)

    def plain(self, row: int, column: int) -> str:
        """Return what an editor starts with and the clipboard gets."""
        body = self.grid.cell(row, column)
        if body.kind == "input":
            return ""
        return body.text if body.cell is None else self.texts.plain(body.cell)

    # ── Qt's questions ──────────────────────────────────────────────────────────────────────────────────────────
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of rows with the line for input."""
        return 0 if parent.isValid() else self.grid.rows

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of screen columns."""
        return 0 if parent.isValid() else self.grid.columns

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return texts only; colours and fonts are the painter's."""
        if role == _ROLE.DisplayRole:
            return self.shown(index.row(), index.column())
        if role == _ROLE.EditRole:
            return self.plain(index.row(), index.column())
        if role == _ROLE.ToolTipRole:
            return self.tip(index.row(), index.column()) or None
        if role in (_ROLE.AccessibleTextRole, _ROLE.AccessibleDescriptionRole):
            return self.spoken(index.row(), index.column())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a place."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return plain | Qt.ItemFlag.ItemIsEditable if self.can_edit(index.row(), index.column()) else plain

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Return the header texts above a column, outermost first, or the number of a row."""
        if role not in (_ROLE.DisplayRole, _ROLE.AccessibleTextRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        if not 0 <= section < self.grid.columns:
            return None
        return " ".join(self.head_texts(section))

    def head_texts(self, column: int) -> list[str]:
        """Return the texts of the header above a column, outermost first."""
        start = self.grid.starts[column]
        above = [h for h in self.layout.head if h.col <= start < h.col + h.colspan and h.text.strip()]
        return [h.text for h in sorted(above, key=lambda h: h.row)]

    def can_edit(self, row: int, column: int) -> bool:
        """Tell whether something may be typed at a place."""
        if not self.editable:
            return False
        kind = self.grid.cell(row, column).kind
        return kind in ("amount", "input") or (kind in ("code", "name") and self.takes_rows)

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """Type a text into an amount; returns False when it is refused."""
        cell = self.grid.address(index.row(), index.column())
        if role != _ROLE.EditRole or cell is None or not self.editable:
            return False
        try:
            amount = parse_entry(str(value), self.unit, self.document.report.grain(cell.form))
            self.document.apply(SetCells(((cell, amount, False),)))
        except (AmountError, CommandError, StoreError):
            return False
        return True

    # ── words about a place ─────────────────────────────────────────────────────────────────────────────────────
    def messages(self, row: int, column: int) -> list[tuple[Severity, str]]:
        """Return what the findings say about a place, worst first."""
        body = self.grid.cell(row, column)
        if body.cell is not None:
            return [(f.severity, f.message) for f in self.document.findings.of_cell(body.cell)]
        return self.row_marks(body.row) if body.kind in ("code", "name") else []

    def computed_by(self, cell: Cell) -> str:
        """Return the wording of the relation that a cell follows, or follows again when it is put back."""
        relation = self.document.engine.checker.definer(cell)
        if relation is None:
            return ""
        if cell in self.document.report.auto:
            return f"自动计算：{relation.says}"
        return f"手工录入；可恢复自动计算：{relation.says}"

    def tip(self, row: int, column: int) -> str:
        """Return the tooltip of a place: findings first, then how the amount comes about."""
        body = self.grid.cell(row, column)
        lines = [f"{severity.label}：{message}" for severity, message in self.messages(row, column)]
        if body.cell is not None and (how := self.computed_by(body.cell)):
            lines.append(how)
        return "\n".join(lines)

    def spoken(self, row: int, column: int) -> str:
        """Return a place in words for a screen reader: name, value, how it comes about, findings."""
        body = self.grid.cell(row, column)
        if body.cell is None:
            words = [body.text] if body.text else ["空白"]
        else:
            value = self.texts.shown(body.cell)
            words = [describe(self.document.report, body.cell), f"{value} {self.unit.value}" if value else "空"]
            words += [how for how in (self.computed_by(body.cell),) if how]
        words += [f"{severity.label}：{message}" for severity, message in self.messages(row, column)]
        return "，".join(words)

    # ── changes ─────────────────────────────────────────────────────────────────────────────────────────────────
    def relay(self, everything: bool = True) -> None:
        """Lay the form out anew; without ``everything`` only rows came, went or changed their names."""
        self.only_rows = not everything
        self.beginResetModel()
        self._lay_out(None if everything else self.layout)
        self.endResetModel()
        self.relaid.emit()

    def _on_unit(self, unit: Unit) -> None:
        """Only texts and the unit line differ: the rows stay as they are, and so does whoever is typing."""
        before = self.texts.unit
        self.layout = replace(self.layout, unit_line=self.form.unit_line.format(unit=unit.value))
        self.grid.layout = self.layout
        self.texts = Texts(self.document.published or self.document.report, unit)
        self.changed_texts = []
        self.dataChanged.emit(self.index(0, 0), self.index(self.grid.rows - 1, self.grid.columns - 1))
        self.unit_changed.emit(before)

    def _on_changed(self, changes: Changes) -> None:
        if changes.everything or changes.head or self.form_id in changes.rows:
            self.relay(changes.everything or changes.head)
            return
        if any(key.startswith("empty_statement.") for key in changes.fields):
            self._renew_notes()
        places = [p for c in changes.cells if c.form == self.form_id and (p := self._refresh(c)) is not None]
        if places:
            self.changed_texts = [(c, self.shown(r, c)) for r, c in places[:_LOOKED_AT]]
            rows = [r for r, _ in places]
            columns = [c for _, c in places]
            self.dataChanged.emit(self.index(min(rows), min(columns)), self.index(max(rows), max(columns)))

    def _refresh(self, cell: Cell) -> tuple[int, int] | None:
        self.texts.forget(cell)
        if self._filled is not None:
            before = bool(self._filled)
            (self._filled.add if cell in self.document.report.amounts else self._filled.discard)(cell)
            if bool(self._filled) != before:
                self._renew_notes()
        return self.grid.where(cell)

    def _renew_notes(self) -> None:
        self.notes = notes_of(self.document.report, self.form, self.form_id)
        self.notes_changed.emit()

    def _on_marks(self, cells: set[Cell]) -> None:
        places = [p for c in cells if c.form == self.form_id and (p := self.grid.where(c)) is not None]
        if places:
            self.marks_changed.emit(places)
