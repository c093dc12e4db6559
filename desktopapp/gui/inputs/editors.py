"""Editors of input cells: a line for numbers, several lines for texts, a list for choices; a refused entry stays."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyleOptionViewItem,
    QWidget,
)

from desktopapp.core.amount import AmountError
from desktopapp.gui.inputs.model import InputModel
from desktopapp.gui.open_entry import OpenEntryDelegate
from desktopapp.gui.palette import theme_of

_Index = QModelIndex | QPersistentModelIndex
_PAD = 5
#: Rows of texts are not shown higher than this many lines.
_MOST_LINES = 12


class InputDelegate(OpenEntryDelegate):
    """Makes editors; hands over what was typed, or the reason why it is refused."""

    #: An index and the value typed there.
    typed = Signal(QPersistentModelIndex, object)

    def __init__(self, model: InputModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

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
            combo.activated.connect(lambda _at: self.finish(0, 0))
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

    def acceptable(self, editor: QWidget, index: _Index) -> bool:
        """Tell whether what stands in an editor can be accepted; says why not."""
        return self._value(editor, index) is not _Refused

    def is_inside(self, editor: QWidget, focus: QWidget) -> bool:
        """Tell whether the focus has stayed within an editor or the list that it shows."""
        return super().is_inside(editor, focus) or (isinstance(editor, QComboBox) and editor.view().isVisible())

    def key_pressed(self, editor: QObject, event: QKeyEvent) -> bool:
        """Break a line with Alt+Enter; all else is as in other tables."""
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if isinstance(editor, QPlainTextEdit) and alt and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            editor.insertPlainText("\n")
            return True
        return super().key_pressed(editor, event)

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
