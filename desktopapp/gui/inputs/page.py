"""The page of one input table: title, note, buttons for rows, the grid, and what is wrong in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopapp.core.amount import Unit
from desktopapp.core.engine import Changes
from desktopapp.core.findings import Severity
from desktopapp.gui.document import Document
from desktopapp.gui.inputs.table import InputTableView
from desktopapp.gui.palette import SIGNS, Theme, theme_of, title_font
from desktopapp.narrative.inputs import FIELD, InputTable

_MOST_SAID = 3


class InputPage(QWidget):
    """Follows the document; asks for other pages, never changes the report but through the grid."""

    #: A sentence, and whether something failed.
    said = Signal(str, bool)

    def __init__(self, document: Document, table: InputTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._table = document, table
        self._theme: Theme | None = None
        self.view = InputTableView(document, table, self)
        self.view.said.connect(self.said)
        self._title = QLabel(table.title)
        self._title.setFont(title_font(0.9))
        self._note = QLabel(self._note_text())
        self._note.setWordWrap(True)
        self._problems = QLabel()
        self._problems.setWordWrap(True)
        self._problems.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = self._row_buttons()
        self._arrange()
        self.setFocusProxy(self.view)
        document.changed.connect(self._changed)
        document.unit_changed.connect(self._unit_changed)
        document.findings_changed.connect(self._show_findings)
        self._colour()
        self._show_findings()

    def _note_text(self) -> str:
        words = [self._table.note] if self._table.note else []
        if self._table.row_kind == "one":
            words.append("每行一项，直接键入即可。")
        if any(c.required for c in self._table.columns):
            words.append("带＊的必须填写。")
        return " ".join(words)

    def _row_buttons(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        for text, tip, call in (
            ("插入行(&I)", "在当前行前面插入一行", lambda: self.view.insert()),
            ("追加行(&A)", "在当前行后面插入一行", lambda: self.view.insert(below=True)),
            ("删除行(&L)", "删除选中的行", self.view.delete),
            ("上移(&U)", "把当前行上移一行", lambda: self.view.shift(-1)),
            ("下移(&N)", "把当前行下移一行", lambda: self.view.shift(1)),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setEnabled(not self._document.read_only)
            button.clicked.connect(lambda _checked=False, c=call: c())
            row.addWidget(button)
        row.addStretch(1)
        box.setVisible(self._table.row_kind == "free")
        return box

    def _arrange(self) -> None:
        self.setAutoFillBackground(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._note)
        column.addWidget(self._buttons)
        column.addWidget(self.view, 1)
        column.addWidget(self._problems)
        self._note.setVisible(bool(self._note.text()))

    # ── following the document ──────────────────────────────────────────────────────────────────────────────────
    def _changed(self, changes: Changes) -> None:
        if changes.everything or changes.head or changes.rows or changes.renamed or self._table.field in changes.fields:
            self.view.inputs.refresh()

    def _unit_changed(self, _unit: Unit) -> None:
        self.view.inputs.refresh()
        self.view.inputs.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self._table.columns) - 1))
        self.view.inputs.headerDataChanged.emit(Qt.Orientation.Vertical, 0, max(0, self.view.inputs.rowCount() - 1))

    def _show_findings(self) -> None:
        found = [f for f in self._document.findings.foreign("inputs") if f.form == FIELD + self._table.id]
        self.view.inputs.set_findings(found)
        open_ones = [f for f in found if f.severity is not Severity.ACCEPTED]
        lines = [f"{SIGNS[f.severity]} {f.message}" for f in open_ones[:_MOST_SAID]]
        if len(open_ones) > _MOST_SAID:
            lines.append(f"……共 {len(open_ones)} 条，见右侧校验列表。")
        self._problems.setText("\n".join(lines))
        self._problems.setVisible(bool(lines))

    # ── for the window ──────────────────────────────────────────────────────────────────────────────────────────
    def leave_entry(self) -> bool:
        """Accept an open entry; False when it is refused and stays open with its reason."""
        return self.view.leave_entry()

    def is_typing(self) -> bool:
        """Tell whether an entry is open."""
        return self.view.is_typing()

    def show_place(self, address: str) -> None:
        """Select the cell of an address row.column, or row alone."""
        key, _, column = address.rpartition(".") if "." in address else (address, "", "")
        self.view.go_to(key, column)

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Give the keyboard to the grid, at its first cell."""
        super().focusInEvent(event)
        self.view.setFocus(event.reason())

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_problems"):
            self._colour()

    def _colour(self) -> None:
        theme = theme_of(self.palette())
        for label, ink in ((self._note, theme.faint), (self._problems, theme.warning.ink)):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, QColor(ink))
            if label.palette() != palette:
                label.setPalette(palette)
        if theme is not self._theme:
            self._theme = theme
            self.view.set_theme(theme)
