"""The source beside the recognised form: lines of text or sheets, with the place of the current cell marked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QTableView, QTextEdit, QVBoxLayout, QWidget

from desktopapp.gui.palette import theme_of, ui_font
from desktopapp.readers.sources.detect import Kind
from desktopapp.readers.sources.model import Document, Grid, Paragraph, Position, column_letters

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_MOST_SPANS = 20_000
_WIDEST = 240
_SHEETS = {Kind.XLSX.value, Kind.XLS.value, Kind.ODS.value, Kind.XML_SHEET.value}


class SourceView(QWidget):
    """Shows a source and marks a place in it."""

    def show_place(self, position: Position | None, text: str = "") -> bool:
        """Mark a place and bring it into view; returns False, with no mark left, when it is not known."""
        raise NotImplementedError


def source_view(document: Document, path: Path | None, parent: QWidget | None = None) -> SourceView:
    """Return the view that suits a source: pages for a PDF, sheets for a workbook, lines for everything else."""
    if document.kind == Kind.PDF.value and path is not None:
        from desktopapp.gui.importing.pdf_view import PdfView

        return PdfView(path, document.pages, parent)
    if document.kind in _SHEETS:
        return SheetView(document.grids(), parent)
    return LinesView(document, parent)


class LinesView(SourceView):
    """Everything a source says, line by line; the rows of its tables count as lines."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at: dict[tuple[int | None, int | None, int | None], int] = {}
        self.edit = QPlainTextEdit()
        self.edit.setReadOnly(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setFont(ui_font(9.5))
        self.edit.setAccessibleName("来源文字")
        self.edit.setPlainText("\n".join(self._lines(document)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.edit)
        self.setFocusProxy(self.edit)

    def _lines(self, document: Document) -> list[str]:
        lines: list[str] = []
        for block in document.blocks:
            place = block.position
            if isinstance(block, Paragraph):
                for offset, text in enumerate(block.text.split("\n")):
                    line = place.line + offset if place.line is not None else None
                    self._at.setdefault((line, place.item, None), len(lines))
                    lines.append(text)
            else:
                for row, texts in enumerate(block.texts()):
                    line = block.lines[row] if row < len(block.lines) else None
                    self._at.setdefault((line, place.item, None if line is not None else row), len(lines))
                    lines.append("　".join(t.replace("\n", " ") for t in texts if t))
        return lines

    def show_place(self, position: Position | None, text: str = "") -> bool:
        """Mark a line, and in it the words."""
        found = None
        if position is not None:
            found = self._at.get((position.line, position.item, None if position.line is not None else position.row))
        if found is None:
            self.edit.setExtraSelections([])
            return False
        cursor = QTextCursor(self.edit.document().findBlockByNumber(found))
        self.edit.setTextCursor(cursor)
        self.edit.setExtraSelections(self._marks(cursor, text))
        self.edit.centerCursor()
        return True

    def _marks(self, cursor: QTextCursor, text: str) -> list[QTextEdit.ExtraSelection]:
        theme = theme_of(QGuiApplication.palette())
        whole = QTextEdit.ExtraSelection()
        whole.cursor = cursor
        wide = QTextCharFormat()
        wide.setBackground(QColor(theme.warning.fill))
        wide.setProperty(QTextFormat.Property.FullWidthSelection, True)
        whole.format = wide
        at = cursor.block().text().find(text) if text else -1
        if at < 0:
            return [whole]
        words = QTextEdit.ExtraSelection()
        inner = QTextCursor(cursor)
        inner.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, at)
        inner.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, len(text))
        strong = QTextCharFormat()
        strong.setBackground(QColor(theme.accent))
        strong.setForeground(QColor(theme.sheet))
        words.cursor, words.format = inner, strong
        return [whole, words]

    def marked(self) -> str:
        """Return the text of the marked line, empty when none is."""
        marks = self.edit.extraSelections()
        return str(marks[0].cursor.block().text()) if marks else ""


class SheetModel(QAbstractTableModel):
    """One sheet as it is: texts, letters above and numbers at the left."""

    def __init__(self, grid: Grid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid = grid
        self.top, self.left = grid.position.row or 0, grid.position.col or 0
        self._texts = grid.texts()
        self._numbers = {(c.row, c.col) for c in grid.cells() if c.number is not None}
        self._marked: tuple[int, int] | None = None

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._texts)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else self.grid.width

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return texts, and the colour of the marked cell."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and (index.row(), index.column()) in self._numbers:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.BackgroundRole and self._marked == (index.row(), index.column()):
            return QColor(theme_of(QGuiApplication.palette()).warning.fill)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the letters of columns and numbers of rows as spreadsheets show them."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return column_letters(self.left + section)
        return str(self.top + section + 1)

    def place(self, position: Position) -> QModelIndex:
        """Return the index of a place of the sheet."""
        if position.row is None or position.col is None:
            return QModelIndex()
        return self.index(position.row - self.top, position.col - self.left)

    def mark(self, index: QModelIndex) -> None:
        """Colour one cell."""
        self._marked = (index.row(), index.column()) if index.isValid() else None
        if self._texts:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._texts) - 1, self.columnCount() - 1))


class SheetView(SourceView):
    """The sheets of a workbook, one at a time."""

    def __init__(self, grids: Sequence[Grid], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grids = list(grids)
        self.sheets = QComboBox()
        self.sheets.setAccessibleName("工作表")
        for grid in self._grids:
            self.sheets.addItem(grid.position.sheet or grid.name or "表格")
        self.table = QTableView()
        self.table.setAccessibleName("来源工作表")
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().setDefaultSectionSize(24)
        self.table.horizontalHeader().setResizeContentsPrecision(60)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sheets)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        self._models: dict[int, SheetModel] = {}
        self.sheets.currentIndexChanged.connect(self._show_sheet)
        if self._grids:
            self._show_sheet(0)

    def _show_sheet(self, at: int) -> None:
        if at < 0:
            return
        known = self._models.get(at)
        model = known or self._models.setdefault(at, SheetModel(self._grids[at], self))
        self.table.setModel(model)
        self.table.clearSpans()
        spans = [c for c in model.grid.cells() if c.rowspan > 1 or c.colspan > 1]
        for cell in spans[:_MOST_SPANS]:
            self.table.setSpan(cell.row, cell.col, cell.rowspan, cell.colspan)
        self.table.resizeColumnsToContents()
        for column in range(model.columnCount()):
            self.table.setColumnWidth(column, min(self.table.columnWidth(column), _WIDEST))

    def show_place(self, position: Position | None, text: str = "") -> bool:
        """Show the sheet of a place and mark its cell."""
        at = self._grid_of(position)
        if position is None or at is None:
            for model in self._models.values():
                model.mark(QModelIndex())
            return False
        self.sheets.setCurrentIndex(at)
        model = self._models[at]
        index = model.place(position)
        model.mark(index)
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)
        return index.isValid()

    def _grid_of(self, position: Position | None) -> int | None:
        if position is None or position.row is None:
            return None
        for at, grid in enumerate(self._grids):
            top = grid.position.row or 0
            if grid.position.sheet == position.sheet and top <= position.row < top + grid.height:
                return at
        return None
