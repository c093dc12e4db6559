"""The table of indicators: keys as in a spreadsheet, blocks to and from Excel, rows; as high as its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QSizePolicy, QTableView, QWidget

from desktopapp.core.amount import AmountError
from desktopapp.core.performance.selfeval import SelfEvaluation
from desktopapp.gui.forms.clipboard import Block, Copied, from_html, from_tsv, to_html, to_tsv
from desktopapp.gui.forms.editor import Bubble
from desktopapp.gui.palette import theme_of
from desktopapp.gui.selfeval import edits
from desktopapp.gui.selfeval.bench import Bench
from desktopapp.gui.selfeval.delegate import IndicatorDelegate
from desktopapp.gui.selfeval.edits import COLUMNS, KEYS
from desktopapp.gui.selfeval.model import IndicatorModel

_KEY = Qt.Key
_CONTROL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_NAME = KEYS.index("name")
_HEADS_IN_COMMON = 3


class IndicatorTable(QTableView):
    """Every edit is one step of the bench."""

    #: A sentence, and whether something failed.
    said = Signal(str, bool)
    #: The row of the current cell.
    row_changed = Signal(int)
    #: The place of the current cell has to be brought into view.
    in_view_wanted = Signal()

    def __init__(self, bench: Bench, labels: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.lines = IndicatorModel(bench, labels, self)
        self.setModel(self.lines)
        self.delegate = IndicatorDelegate(self.lines, labels, self)
        self.setItemDelegate(self.delegate)
        self._bubble = Bubble(self)
        self._measuring = QTimer(self)
        self._measuring.setSingleShot(True)
        self._measuring.setInterval(0)
        self._measuring.timeout.connect(self.measure)
        self._arrange()
        self.delegate.typed.connect(self._typed)
        self.delegate.refused.connect(self._refused)
        self.delegate.moved.connect(self._move)
        bench.changed.connect(self._form_changed)
        bench.findings_changed.connect(self.lines.show_findings)
        self.recolour()
        self._show_goals()

    def _arrange(self) -> None:
        self.setAccessibleName("绩效指标")
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.DoubleClicked | triggers.EditKeyPressed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + 10)
        digit = self.fontMetrics().horizontalAdvance("0")
        self.verticalHeader().setMinimumWidth(4 * digit)
        self.setMinimumWidth((sum(c.digits for c in COLUMNS) + 6) * digit)

    def recolour(self) -> None:
        """Take the colours of the palette."""
        self.lines.set_theme(theme_of(self.palette()))

    def _form_changed(self) -> None:
        rows = self.lines.refresh()
        self._show_goals()
        if rows is None:
            self._measuring.start()
        elif rows:
            self.measure(rows)
        self.row_changed.emit(self.currentIndex().row())

    def _show_goals(self) -> None:
        form = self._bench.form
        several = len(form.goals) > 1 or len({i.goal for i in form.indicators}) > 1
        if self.isColumnHidden(0) is several:
            self.setColumnHidden(0, not several)
            self._share_room()

    # ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room among the columns; the height follows the rows."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._share_room()
            self._measuring.start()

    def _share_room(self) -> None:
        digit = self.fontMetrics().horizontalAdvance("0")
        shown = [c for at, c in enumerate(COLUMNS) if not self.isColumnHidden(at)]
        spare = max(0, self.viewport().width() - sum(c.digits for c in shown) * digit)
        shares = sum(c.share for c in shown)
        for at, column in enumerate(COLUMNS):
            self.setColumnWidth(at, column.digits * digit + spare * column.share // shares)

    def measure(self, rows: range | None = None) -> None:
        """Give rows (all, unless some are named) and the table the height of their texts."""
        if rows is None:
            self._measuring.stop()
            self.resizeRowsToContents()
        for row in rows or ():
            self.resizeRowToContents(row)
        height = (
            self.verticalHeader().length() + self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth() + 1
        )
        if height == self.height() and rows is not None:
            return
        self.setFixedHeight(height)
        if self.hasFocus():
            self.in_view_wanted.emit()

    # ── editing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _typed(self, index: QPersistentModelIndex, text: str) -> None:
        key, row, form = self.lines.key_at(index), index.row(), self._bench.form
        head = COLUMNS[index.column()].label
        if key in ("level1", "level2") and self.lines.is_line(index):
            self._change(lambda: edits.set_level(form, row, key, text), f"第 {row + 1} 个指标的{head}")
        else:
            self._change(lambda: edits.set_cells(form, [(row, key, text)]), f"第 {row + 1} 个指标的{head}")

    def _change(self, make: Callable[[], SelfEvaluation], label: str) -> bool:
        """Carry an edit out; a refused text is said."""
        try:
            form = make()
        except AmountError as error:
            self.said.emit(str(error), True)
            return False
        return self._bench.apply(form, label)

    def _refused(self, editor: QWidget, reason: str) -> None:
        if reason:
            self._bubble.say(reason, editor.geometry().translated(self.viewport().pos()))
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
        shown = [c for c in range(len(COLUMNS)) if not self.isColumnHidden(c)]
        row, at = here.row() + down, shown.index(here.column()) + right if here.column() in shown else 0
        if at >= len(shown):
            row, at = row + 1, 0
        elif at < 0:
            row, at = row - 1, len(shown) - 1
        target = self.lines.index(row, shown[at])
        if target.isValid():
            self.setCurrentIndex(target)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to(self, row: int, key: str = "name") -> None:
        """Select a cell."""
        index = self.lines.index(row, KEYS.index(key) if key in KEYS else _NAME)
        if index.isValid():
            self.measure()
            self.setCurrentIndex(index)
            self.in_view_wanted.emit()

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell where the current cell is."""
        super().currentChanged(current, previous)
        self.row_changed.emit(current.row())
        self.in_view_wanted.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first cell."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.lines.index(0, 1 if self.isColumnHidden(0) else 0))
        self.in_view_wanted.emit()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the table from the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._command(event):
            event.accept()
            return True
        tabs = (_KEY.Key_Tab, _KEY.Key_Backtab)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in tabs:
            # Qt would move the focus before it asks the table.
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def _command(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Return what a key with Ctrl or Alt does here."""
        modifiers = event.modifiers() & (_CONTROL | _ALT | _SHIFT)
        standard = QKeySequence.StandardKey
        for sequence, call in ((standard.Copy, self.copy), (standard.Paste, self.paste), (standard.Cut, self.cut)):
            if event.matches(sequence):
                return call
        keys: dict[tuple[Qt.KeyboardModifier, int], Callable[[], None]] = {
            (_CONTROL, _KEY.Key_D): self.fill_down,
            (_CONTROL, _KEY.Key_Minus): self.delete_rows,
            (_CONTROL | _SHIFT, _KEY.Key_A): self.put_back,
            (_CONTROL | _SHIFT, _KEY.Key_Plus): self.insert_row,
            (_CONTROL | _SHIFT, _KEY.Key_Equal): self.insert_row,
            (_ALT, _KEY.Key_Up): lambda: self.shift(-1),
            (_ALT, _KEY.Key_Down): lambda: self.shift(1),
        }
        return keys.get((modifiers, event.key()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Tab move, Ctrl+Tab leaves the table, Del clears; other keys type."""
        shift = bool(event.modifiers() & _SHIFT)
        control = bool(event.modifiers() & _CONTROL)
        if (call := self._command(event)) is not None:
            call()
        elif event.key() in (_KEY.Key_Delete, _KEY.Key_Backspace):
            self.clear()
        elif event.key() in (_KEY.Key_Return, _KEY.Key_Enter):
            self._move(-1 if shift else 1, 0)
        elif event.key() in (_KEY.Key_Tab, _KEY.Key_Backtab):
            back = shift or event.key() == _KEY.Key_Backtab
            if control:
                super().focusNextPrevChild(not back)
            else:
                self._move(0, -1 if back else 1)
        else:
            super().keyPressEvent(event)

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _selected(self) -> list[QModelIndex]:
        chosen = (i for i in self.selectionModel().selectedIndexes() if not self.isColumnHidden(i.column()))
        return sorted(chosen, key=lambda i: (i.row(), i.column()))

    def selected_rows(self) -> list[int]:
        """Return the lines that have a selected cell."""
        return sorted({i.row() for i in self._selected() if self.lines.is_line(i)})

    def copy(self) -> None:
        """Put the selected block on the clipboard, as spreadsheets do; levels stand in every row."""
        chosen = [i for i in self._selected() if self.lines.is_line(i)]
        if not chosen:
            return
        columns = range(min(i.column() for i in chosen), max(i.column() for i in chosen) + 1)
        shown = [c for c in columns if not self.isColumnHidden(c)]
        rows = range(chosen[0].row(), chosen[-1].row() + 1)
        form = self._bench.form
        block = [
            [Copied(edits.text_of(form, r, KEYS[c], plain=True), KEYS[c] in ("weight", "score")) for c in shown]
            for r in rows
        ]
        data = QMimeData()
        data.setText(to_tsv(block))
        data.setHtml(to_html(block))
        QGuiApplication.clipboard().setMimeData(data)

    def cut(self) -> None:
        """Copy the selected block and empty it."""
        self.copy()
        self.clear()

    def paste(self) -> None:
        """Write a copied block from the current cell on, as one step; new lines are added as needed."""
        data = QGuiApplication.clipboard().mimeData()
        block = from_html(data.html()) if data.hasHtml() and not data.hasText() else from_tsv(data.text())
        block = [row for row in block if not self._is_head(row)]
        start = self.currentIndex()
        if not any(any(row) for row in block) or not self._bench.writable:
            return
        top, left = (start.row(), start.column()) if start.isValid() else (0, 1)
        shown = [c for c in range(left, len(COLUMNS)) if not self.isColumnHidden(c)]
        keys = [KEYS[c] for c in shown][: len(block[0])]
        block = _filled(block, keys)
        entries = [
            (top + at, key, t.strip()) for at, row in enumerate(block) for key, t in zip(keys, row, strict=False)
        ]
        form = self._bench.form
        if self._change(lambda: edits.set_cells(form, entries), f"粘贴 {len(block)} 行指标"):
            dropped = len(block[0]) - len(keys)
            more = f"右边多出的 {dropped} 列没有粘贴。" if dropped > 0 else ""
            self.said.emit(f"已粘贴 {len(block)} 行。{more}", False)
            self._select(top, left, len(block), len(keys))

    def _is_head(self, row: list[str]) -> bool:
        """Tell whether a pasted row repeats the heads of the table."""
        heads = {str(self.lines.headerData(c, Qt.Orientation.Horizontal)) for c in range(len(COLUMNS))}
        heads |= {c.label for c in COLUMNS}
        bare = {h.partition("（")[0] for h in heads}
        found = ["".join(t.split()).replace("(", "（").partition("（")[0] for t in row]
        return sum(1 for t in found if t in bare) >= min(_HEADS_IN_COMMON, len(row))

    def clear(self) -> None:
        """Empty the selected cells as one step; an emptied score follows the rule again."""
        entries = [(i.row(), self.lines.key_at(i), "") for i in self._selected() if self.lines.is_line(i)]
        if entries and self._bench.writable:
            form = self._bench.form
            self._change(lambda: edits.set_cells(form, entries), f"清除 {len(entries)} 格指标")

    def fill_down(self) -> None:
        """Fill the selected cells with those of the first selected row; a single row takes those of the row above."""
        chosen = [i for i in self._selected() if self.lines.is_line(i)]
        if not chosen or not self._bench.writable:
            return
        form = self._bench.form
        first = chosen[0].row()
        source = first if chosen[-1].row() > first else first - 1
        if source < 0:
            return
        entries = [
            (i.row(), self.lines.key_at(i), edits.text_of(form, source, self.lines.key_at(i), plain=True))
            for i in chosen
            if i.row() != source
        ]
        self._change(lambda: edits.set_cells(form, entries), f"向下填充 {len(entries)} 格指标")

    # ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────
    def insert_row(self, *, below: bool = False) -> None:
        """Add an empty line before (or after) the current one and go there."""
        if not self._bench.writable or not self.leave_entry():
            return
        here, form = self.currentIndex(), self._bench.form
        at = min(here.row() + below, len(form.indicators)) if here.isValid() else len(form.indicators)
        near = at - 1 if below and at else at
        made = edits.insert_rows(form, at, like=near)
        if self._bench.apply(made, f"插入第 {at + 1} 个指标"):
            self._select(at, _NAME)

    def delete_rows(self) -> None:
        """Take the selected lines out as one step."""
        rows, column = self.selected_rows(), self.currentIndex().column()
        if rows and self._bench.writable and self.leave_entry():
            label = f"删除第 {rows[0] + 1} 个指标" if len(rows) == 1 else f"删除 {len(rows)} 个指标"
            if self._bench.apply(edits.delete_rows(self._bench.form, rows), label):
                self._select(min(rows[0], self.lines.rowCount() - 1), max(column, 0))

    def shift(self, steps: int) -> None:
        """Move the selected lines up (−1) or down (+1)."""
        rows = self.selected_rows()
        if not rows or not self._bench.writable or not self.leave_entry():
            return
        column = self.currentIndex().column()
        moved = edits.move_rows(self._bench.form, rows, steps)
        if moved is not None and self._bench.apply(moved, "移动指标"):
            self._select(rows[0] + steps, column, rows[-1] - rows[0] + 1)

    def put_back(self) -> None:
        """Score the selected lines by the rule again."""
        rows = self.selected_rows()
        if rows and self._bench.writable and self.leave_entry():
            form = self._bench.form
            self._bench.apply(edits.put_back(form, rows), f"恢复 {len(rows)} 个指标的按规则计分")

    def select_all(self) -> None:
        """Select every cell."""
        self.selectAll()

    def _select(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        index = self.lines.index(row, column)
        if not index.isValid():
            return
        self.measure()
        last = self.lines.index(row + rows - 1, min(column + columns, len(COLUMNS)) - 1)
        self.setCurrentIndex(index)
        if last.isValid() and last != index:
            chosen = QItemSelection(index, last)
            self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # ── menu ────────────────────────────────────────────────────────────────────────────────────────────────────
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selection."""
        menu = QMenu(self)
        for text, keys, call in (
            ("剪切", "Ctrl+X", self.cut),
            ("复制", "Ctrl+C", self.copy),
            ("粘贴", "Ctrl+V", self.paste),
            ("向下填充", "Ctrl+D", self.fill_down),
            ("清除", "Del", self.clear),
            ("", "", None),
            ("插入行", "Ctrl+Shift+=", self.insert_row),
            ("删除行", "Ctrl+-", self.delete_rows),
            ("上移", "Alt+Up", lambda: self.shift(-1)),
            ("下移", "Alt+Down", lambda: self.shift(1)),
            ("", "", None),
            ("恢复按规则计分", "Ctrl+Shift+A", self.put_back),
        ):
            if call is None:
                menu.addSeparator()
                continue
            action = QAction(f"{text}\t{QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)}", menu)
            action.setEnabled(self._bench.writable or call == self.copy)
            action.triggered.connect(lambda _on=False, c=call: c())
            menu.addAction(action)
        menu.exec(event.globalPos())
        menu.deleteLater()


def _filled(block: Block, keys: list[str]) -> Block:
    """Give the empty level cells of a block, merged cells in their source, the level of the row above."""
    made: Block = []
    for row in block:
        new = list(row)
        above = made[-1] if made else None
        levels = [at for at, key in enumerate(keys) if key in ("goal", "level1", "level2")]
        for at in levels:
            if above is None or new[at].strip() or not any(t.strip() for t in new):
                break
            new[at] = edits.without_weight(above[at])
        made.append(new)
    return made
