"""Editors of input cells: a line for numbers, several lines for texts, a list for choices; a refused entry stays."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktopapp.core.amount import AmountError
from desktopapp.gui.inputs.model import InputModel
from desktopapp.gui.palette import theme_of

_Index = QModelIndex | QPersistentModelIndex
_KEY = Qt.Key
_ENTER = (_KEY.Key_Return, _KEY.Key_Enter)
_PAD = 5
#: Rows of texts are not shown higher than this many lines.
_MOST_LINES = 12


class InputDelegate(QStyledItemDelegate):
    """Makes editors; hands over what was typed, or the reason why it is refused."""

    #: An index and the value typed there.
    typed = Signal(QPersistentModelIndex, object)
    #: The editor and a sentence, "" when the entry is fine again.
    refused = Signal(object, str)
    #: Rows and columns to move after an entry.
    moved = Signal(int, int)

    def __init__(self, model: InputModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.editor: QWidget | None = None

    # ── editors ─────────────────────────────────────────────────────────────────────────────────────────────────
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return the editor for a cell."""
        column = self._model.column_at(index)
        made: QWidget
        if column.kind == "choice":
            combo = QComboBox(parent)
            combo.addItem("", "")
            for key, label in column.choices:
                combo.addItem(label, key)
            combo.activated.connect(lambda _at: self._finish(0, 0))
            made = combo
        elif column.kind == "text":
            lines = QPlainTextEdit(parent)
            lines.setTabChangesFocus(True)
            lines.setFrameShape(QPlainTextEdit.Shape.NoFrame)
            lines.textChanged.connect(lambda: self.refused.emit(lines, ""))
            made = lines
        else:
            line = QLineEdit(parent)
            line.setFrame(False)
            side = Qt.AlignmentFlag.AlignLeft if self._model.upright else Qt.AlignmentFlag.AlignRight
            line.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            line.textEdited.connect(lambda _text: self.refused.emit(line, ""))
            made = line
        made.setAccessibleName(self._model.head_of(column))
        made.setProperty("index", QPersistentModelIndex(index))
        self.editor = made
        return made

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Begin with the value there."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(self._model.stored(index) or "")))
        elif isinstance(editor, QPlainTextEdit) and not editor.toPlainText():
            editor.setPlainText(self._model.text(index))
            editor.moveCursor(QTextCursor.MoveOperation.End)
        elif isinstance(editor, QLineEdit):
            editor.setText(self._model.text(index))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Hand over what was typed; what cannot be accepted is left alone (the editor refuses to close)."""
        value = self._value(editor, index)
        if value is not _Refused and value != self._model.stored(index):
            self.typed.emit(QPersistentModelIndex(index), value)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """Give texts room to write."""
        box = option.rect
        if isinstance(editor, QPlainTextEdit):
            box.setHeight(max(box.height(), editor.fontMetrics().lineSpacing() * 4 + 10))
        editor.setGeometry(box)

    def destroyEditor(self, editor: QWidget, index: _Index) -> None:
        """Forget the editor."""
        if editor is self.editor:
            self.editor = None
        self.refused.emit(editor, "")
        super().destroyEditor(editor, index)

    def _value(self, editor: QWidget, index: _Index) -> Any:
        if isinstance(editor, QComboBox):
            return editor.currentData() or None
        text = editor.toPlainText() if isinstance(editor, QPlainTextEdit) else ""
        text = editor.text() if isinstance(editor, QLineEdit) else text
        try:
            return self._model.parse(index, text)
        except AmountError as error:
            self.refused.emit(editor, str(error))
            return _Refused

    def leave(self) -> bool:
        """Accept an open entry; False when it is refused and stays open."""
        return self.editor is None or self._finish(0, 0)

    def _finish(self, down: int, right: int) -> bool:
        editor = self.editor
        if editor is None:
            return True
        index = editor.property("index")
        if self._value(editor, index) is _Refused:
            return False
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        if down or right:
            self.moved.emit(down, right)
        return True

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter and Tab accept and move on, as in the forms; Alt+Enter breaks a line; what is refused stays open."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() in (*_ENTER, _KEY.Key_Tab, _KEY.Key_Backtab, _KEY.Key_Escape):
                event.accept()
                return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(editor, event)
        elif event.type() == QEvent.Type.FocusOut and editor is self.editor:
            focus = QApplication.focusWidget()
            if focus is not None and (focus is editor or self.editor.isAncestorOf(focus)):
                return False
            if isinstance(editor, QComboBox) and editor.view().isVisible():
                return False
            index = self.editor.property("index")
            return self._value(self.editor, index) is _Refused or super().eventFilter(editor, event)
        return super().eventFilter(editor, event)

    def _key(self, editor: QObject, event: QKeyEvent) -> bool:
        key, shift = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if key in _ENTER:
            if isinstance(editor, QPlainTextEdit) and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                editor.insertPlainText("\n")
            else:
                self._finish(-1 if shift else 1, 0)
            return True
        if key in (_KEY.Key_Tab, _KEY.Key_Backtab):
            self._finish(0, -1 if shift or key == _KEY.Key_Backtab else 1)
            return True
        if key == _KEY.Key_Escape and isinstance(editor, QWidget):
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)
            return True
        return False

    # ── painting ────────────────────────────────────────────────────────────────────────────────────────────────
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the cell; a required one that is empty says so in faint letters."""
        super().paint(painter, option, index)
        column = self._model.column_at(index)
        hint = "" if self._model.text(index) else ("请填写" if column.required else column.hint)
        if hint:
            painter.save()
            painter.setPen(QColor(theme_of(option.palette).faint))
            flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            painter.drawText(option.rect.adjusted(_PAD, 0, -_PAD, 0), flags, hint)
            painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the size that the wrapped text needs in the column's width."""
        line = option.fontMetrics.lineSpacing()
        text = self._model.text(index)
        lines = 1
        if self._model.column_at(index).kind == "text" and text:
            parent = self.parent()
            width = parent.columnWidth(index.column()) - 2 * _PAD - 6  # type: ignore[union-attr]
            room = option.rect if option.rect.width() > 0 else None
            width = (room.width() if room else width) - 2 * _PAD
            box = option.fontMetrics.boundingRect(0, 0, max(40, width), 100_000, int(Qt.TextFlag.TextWordWrap), text)
            lines = min(_MOST_LINES, max(1, round(box.height() / line)))
        return QSize(80, lines * line + 10)


class _Refusal:
    """Stands for an entry that cannot be accepted."""


_Refused = _Refusal()
