"""The grid of an input table: keys as in the forms, copy and paste of blocks, rows of free tables."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktopapp.core.amount import AmountError
from desktopapp.core.commands import Command, CommandError, SetField
from desktopapp.gui.document import Document
from desktopapp.gui.forms.clipboard import Copied, from_html, from_tsv, to_html, to_tsv
from desktopapp.gui.forms.editor import Bubble
from desktopapp.gui.inputs.editors import InputDelegate
from desktopapp.gui.inputs.model import InputModel
from desktopapp.gui.palette import Theme
from desktopapp.narrative.input_rows import delete_row, insert_row, move_row, set_values
from desktopapp.narrative.inputs import InputTable
from desktopapp.store.errors import StoreError

_KEY = Qt.Key
#: Row heights follow the wrapped texts in tables up to this many rows.
_MOST_MEASURED = 400


class InputTableView(QTableView):
    """Every edit is one command of the document."""

    #: A sentence, and whether something failed.
    said = Signal(str, bool)

    def __init__(self, document: Document, table: InputTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._table = document, table
        self.inputs = InputModel(document, table, self)
        self.setModel(self.inputs)
        self.delegate = InputDelegate(self.inputs, self)
        self.setItemDelegate(self.delegate)
        self._bubble = Bubble(self)
        self.setAccessibleName(table.title)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.DoubleClicked | triggers.EditKeyPressed)
        self.delegate.typed.connect(self._typed)
        self.delegate.refused.connect(self._refused)
        self.delegate.moved.connect(self._move)
        self.inputs.modelReset.connect(self._measure_soon)
        self.inputs.dataChanged.connect(lambda *_: self._measure_soon())
        self._measuring = QTimer(self)
        self._measuring.setSingleShot(True)
        self._measuring.setInterval(0)
        self._measuring.timeout.connect(self._measure)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + 10)
        self.horizontalHeader().sectionResized.connect(lambda *_: self._measure_soon())
        self.lay_out()

    # ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────
    def lay_out(self) -> None:
        """Give the columns their widths; texts share what is left of the window."""
        header = self.horizontalHeader()
        digit = self.fontMetrics().horizontalAdvance("0")
        if self.inputs.upright:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.hide()
        else:
            texts = [i for i, c in enumerate(self._table.columns) if c.kind == "text"]
            for at, column in enumerate(self._table.columns):
                head = self.fontMetrics().horizontalAdvance(self.inputs.head_of(column)) + 24
                wanted = min(52, max(18, column.width // 2)) * digit if at in texts else 15 * digit
                self.setColumnWidth(at, max(head, wanted))
            header.setStretchLastSection(bool(texts) and texts[-1] == len(self._table.columns) - 1)
        self.verticalHeader().setMaximumWidth(46 * digit)
        self.verticalHeader().setMinimumWidth((26 if self.inputs.upright else 4) * digit)

    def _share_room(self) -> None:
        """Let the texts share the room that the other columns leave, none narrower than is fit to read."""
        texts = [i for i, c in enumerate(self._table.columns) if c.kind == "text"]
        if self.inputs.upright or not texts:
            return
        taken = sum(self.columnWidth(i) for i in range(len(self._table.columns)) if i not in texts)
        digit = self.fontMetrics().horizontalAdvance("0")
        least = {i: min(40, max(18, self._table.columns[i].width // 2)) * digit for i in texts}
        spare = self.viewport().width() - taken - sum(least.values())
        for i in texts:
            self.setColumnWidth(i, least[i] + max(0, spare) // len(texts))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme; heads are flat, like those of the forms."""
        self.inputs.set_theme(theme)
        self.setStyleSheet(
            f"QHeaderView {{ background: {theme.head}; }}"
            f"QHeaderView::section {{ background: {theme.head}; color: {theme.head_ink}; border: 0; padding: 3px 6px;"
            f" border-right: 1px solid {theme.line}; border-bottom: 1px solid {theme.line}; }}"
            f"QTableView {{ gridline-color: {theme.line}; border: 1px solid {theme.line}; }}"
            f"QTableCornerButton::section {{ background: {theme.head}; border: 0; }}"
        )

    def _measure_soon(self) -> None:
        self._measuring.start()

    def _measure(self) -> None:
        if self.inputs.rowCount() <= _MOST_MEASURED:
            self.resizeRowsToContents()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap texts anew."""
        super().resizeEvent(event)
        self._share_room()
        self._measure_soon()

    # ── editing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def carry_out(self, command: Command, label: str) -> bool:
        """Apply a command; what cannot be done is said."""
        try:
            self._document.apply(command, label)
        except (CommandError, StoreError) as error:
            self.said.emit(str(error), True)
            return False
        return True

    def _typed(self, index: QPersistentModelIndex, value: object) -> None:
        column, row = self.inputs.column_at(index), self.inputs.row_at(index)
        command = set_values(self._document.text.facts, self._table, [(row.key, column.key, value)])
        where = f"{row.label} " if row.label and self._table.row_kind != "free" else ""
        self.carry_out(command, f"修改《{self._table.title}》{where}{column.label}")

    def _refused(self, editor: QWidget, reason: str) -> None:
        if reason:
            box = editor.geometry().translated(self.viewport().pos())
            self._bubble.say(reason, box)
        else:
            self._bubble.hide()

    def leave_entry(self) -> bool:
        """Accept an open entry; False when it is refused and stays open with its reason."""
        return self.delegate.leave()

    def is_typing(self) -> bool:
        """Tell whether an entry is open."""
        return self.delegate.editor is not None

    # ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _move(self, down: int, right: int) -> None:
        here = self.currentIndex()
        row, column = here.row() + down, here.column() + right
        columns = self.inputs.columnCount()
        if columns and not 0 <= column < columns:
            row, column = (row + 1, 0) if column >= columns else (row - 1, columns - 1)
        if row == self.inputs.rowCount() and self._wants_row(here.row()):
            # Going on below the last row of a list adds the next one, so that a list is filled in by keyboard alone.
            self.insert(below=True)
        target = self.inputs.index(row, column)
        if target.isValid():
            self.setCurrentIndex(target)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _wants_row(self, last: int) -> bool:
        """Tell whether a list may go on below its last row: it has none, or that one is filled in."""
        free = self._table.row_kind == "free" and not self._document.read_only
        return free and (last < 0 or any(self._document.text.facts.inputs.rows(self._table.id)[last:]))

    def go_to(self, key: str, column: str) -> None:
        """Select a cell."""
        index = self.inputs.index_of(key, column)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def event(self, event: QEvent) -> bool:
        """Tab moves within the table; Qt would move the focus before it asks. Ctrl+Tab still leaves."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if event.key() in (_KEY.Key_Tab, _KEY.Key_Backtab) and not control:
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Tab move, Del clears, the copy and paste shortcuts work on blocks; other keys type."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.copy()
            self.clear_cells()
        elif event.key() in (_KEY.Key_Delete, _KEY.Key_Backspace):
            self.clear_cells()
        elif event.key() in (_KEY.Key_Return, _KEY.Key_Enter):
            self._move(-1 if shift else 1, 0)
        elif event.key() in (_KEY.Key_Tab, _KEY.Key_Backtab):
            self._move(0, -1 if shift or event.key() == _KEY.Key_Backtab else 1)
        elif not self.inputs.rowCount() and event.text().isprintable() and event.text() and self._wants_row(-1):
            self.insert()
            super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say what to do where a list is still empty."""
        super().paintEvent(event)
        if not self.inputs.rowCount() and self._wants_row(-1):
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            box = self.viewport().rect().adjusted(12, 10, -12, -10)
            top = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(box, top, "还没有内容。直接键入就添加一行，也可以从 Excel、WPS 复制后按 Ctrl+V 粘贴。")
            painter.end()

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _selected(self) -> list[QModelIndex]:
        return sorted(self.selectionModel().selectedIndexes(), key=lambda i: (i.row(), i.column()))

    def copy(self) -> None:
        """Put the selected block on the clipboard, as spreadsheets do."""
        chosen = self._selected()
        if not chosen:
            return
        rows = range(min(i.row() for i in chosen), max(i.row() for i in chosen) + 1)
        columns = range(min(i.column() for i in chosen), max(i.column() for i in chosen) + 1)
        block = [[self._copied(self.inputs.index(r, c)) for c in columns] for r in rows]
        from PySide6.QtCore import QMimeData

        data = QMimeData()
        data.setText(to_tsv(block))
        data.setHtml(to_html(block))
        QGuiApplication.clipboard().setMimeData(data)

    def _copied(self, index: QModelIndex) -> Copied:
        number = self.inputs.column_at(index).kind in ("amount", "count", "number")
        text = self.inputs.text(index)
        return Copied(text.replace(",", "") if number else text, number)

    def paste(self) -> None:
        """Write a copied block from the current cell on, as one step; free tables grow as needed."""
        data = QGuiApplication.clipboard().mimeData()
        block = from_html(data.html()) if data.hasHtml() and not data.hasText() else from_tsv(data.text())
        start = self.currentIndex()
        if not block or self._document.read_only:
            return
        top, left = (start.row(), start.column()) if start.isValid() else (0, 0)
        try:
            entries = [e for at, row in enumerate(block) for e in self._pasted(top + at, left, row)]
        except AmountError as error:
            self.said.emit(f"没有粘贴：{error}", True)
            return
        if entries:
            command = set_values(self._document.text.facts, self._table, entries)
            if self.carry_out(command, f"在《{self._table.title}》粘贴 {len(entries)} 格"):
                self.said.emit(f"已粘贴 {len(entries)} 格。", False)

    def _pasted(self, row: int, left: int, texts: list[str]) -> list[tuple[str, str, object]]:
        found: list[tuple[str, str, object]] = []
        for at, text in enumerate(texts):
            index = self.inputs.index(row, left + at)
            if index.isValid():
                key, column = self.inputs.row_at(index).key, self.inputs.column_at(index)
            elif self._table.row_kind == "free" and left + at < len(self._table.columns):
                key, column = str(row + 1), self._table.columns[left + at]
            else:
                continue
            try:
                model = self.inputs
                from desktopapp.narrative.input_rows import parse_value

                found.append((key, column.key, parse_value(column, text, model.unit, model.grain)))
            except AmountError as error:
                raise AmountError(f"第 {row + 1} 行：{error}") from error
        return found

    def clear_cells(self) -> None:
        """Empty the selected cells as one step."""
        entries: list[tuple[str, str, object]] = [
            (self.inputs.row_at(i).key, self.inputs.column_at(i).key, None)
            for i in self._selected()
            if self.inputs.stored(i) not in (None, "")
        ]
        if entries and not self._document.read_only:
            command = set_values(self._document.text.facts, self._table, entries)
            self.carry_out(command, f"清除《{self._table.title}》{len(entries)} 格")

    # ── rows of free tables ─────────────────────────────────────────────────────────────────────────────────────
    def insert(self, *, below: bool = False) -> None:
        """Add an empty row before (or after) the current one, at the end when there is none, and go there."""
        here = self.currentIndex()
        at = here.row() + 1 + below if here.isValid() else self.inputs.rowCount() + 1
        facts = self._document.text.facts
        if self.leave_entry() and self.carry_out(
            insert_row(facts, self._table, at), f"在《{self._table.title}》插入行"
        ):
            self._select(at - 1)

    def delete(self) -> None:
        """Take the selected rows out as one step."""
        rows = sorted({i.row() for i in self._selected()}, reverse=True)
        stored = self._document.text.facts.inputs.rows(self._table.id)
        kept = [r for at, r in enumerate(stored) if at not in rows]
        if len(rows) == 1:
            command = delete_row(self._document.text.facts, self._table, str(rows[0] + 1))
        else:
            command = SetField(self._table.field, kept or None)
        if rows and self.leave_entry():
            self.carry_out(command, f"删除《{self._table.title}》{len(rows)} 行")
            self._select(min(rows[-1], self.inputs.rowCount() - 1))

    def shift(self, steps: int) -> None:
        """Move the current row up (−1) or down (+1)."""
        here = self.currentIndex()
        target = here.row() + steps
        if here.isValid() and 0 <= target < self.inputs.rowCount() and self.leave_entry():
            command = move_row(self._document.text.facts, self._table, str(here.row() + 1), steps)
            self.carry_out(command, f"移动《{self._table.title}》的行")
            self._select(target, here.column())

    def _select(self, row: int, column: int = 0) -> None:
        index = self.inputs.index(row, column)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
