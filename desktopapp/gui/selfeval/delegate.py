"""Paints the indicator table with lines as in print, and edits its cells; a refused entry stays open."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QCompleter, QLineEdit, QStyleOptionViewItem, QWidget

from desktopapp.core.amount import AmountError
from desktopapp.gui.open_entry import OpenEntryDelegate
from desktopapp.gui.palette import theme_of
from desktopapp.gui.selfeval.edits import COLUMNS, parse_points
from desktopapp.gui.selfeval.model import IndicatorModel

_Index = QModelIndex | QPersistentModelIndex
_PAD = 5
_MOST_LINES = 8
_NUMBERS = {"weight": "权重", "score": "得分", "goal": "年度目标的编号"}


class IndicatorDelegate(OpenEntryDelegate):
    """Makes editors; hands over what was typed, or the reason why it is refused."""

    #: An index and the text typed there.
    typed = Signal(QPersistentModelIndex, str)

    def __init__(self, model: IndicatorModel, labels: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._labels = model, labels

    # ── editors ─────────────────────────────────────────────────────────────────────────────────────────────────
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return a line to type in; levels complete themselves."""
        line = QLineEdit(parent)
        line.setFrame(False)
        line.setAutoFillBackground(True)
        key = self._model.key_at(index)
        if COLUMNS[index.column()].centred:
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        if choices := self._choices(key):
            completer = QCompleter(choices, line)
            completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
            line.setCompleter(completer)
        line.textEdited.connect(lambda _text: self.refused.emit(line, ""))
        line.setAccessibleName(str(self._model.headerData(index.column(), Qt.Orientation.Horizontal)))
        line.setProperty("index", QPersistentModelIndex(index))
        self.editor = line
        return line

    def _choices(self, key: str) -> list[str]:
        """Return the levels of the form and those that the template knows."""
        if key not in ("level1", "level2"):
            return []
        used = [str(getattr(i, key)) for i in self._model.bench.form.indicators]
        known = self._labels.get(f"{key}_options", "").split("|")
        return [w for w in dict.fromkeys((*known, *used)) if w]

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Begin with the text there."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(self._model.edit_text(index))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Hand over what was typed; what cannot be accepted is left alone (the editor refuses to close)."""
        if isinstance(editor, QLineEdit) and self.acceptable(editor, index):
            text = editor.text()
            if text != self._model.edit_text(index):
                self.typed.emit(QPersistentModelIndex(index), text)

    def acceptable(self, editor: QWidget, index: _Index) -> bool:
        """Tell whether what stands in an editor can be accepted; says why not."""
        what = _NUMBERS.get(self._model.key_at(index))
        try:
            if what is not None and isinstance(editor, QLineEdit):
                parse_points(editor.text(), what)
        except AmountError as error:
            self.refused.emit(editor, str(error))
            return False
        return True

    def key_pressed(self, editor: QObject, event: QKeyEvent) -> bool:
        """Accept and move with the arrows up and down; all else is as in other tables."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.finish(1 if event.key() == Qt.Key.Key_Down else -1, 0)
            return True
        return super().key_pressed(editor, event)

    # ── painting ────────────────────────────────────────────────────────────────────────────────────────────────
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the cell, the lines round it, and small words in faint letters."""
        theme = theme_of(option.palette)
        super().paint(painter, option, index)
        painter.save()
        painter.setPen(QPen(QColor(theme.line), 1))
        box = option.rect
        painter.drawLine(box.topRight(), box.bottomRight())
        if not self._model.goes_on(index):
            painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setPen(QColor(theme.faint))
        inside = box.adjusted(_PAD, 0, -_PAD, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        key = self._model.key_at(index)
        if not self._model.is_line(index):
            if key == "name":
                painter.drawText(inside, int(middle | Qt.AlignmentFlag.AlignLeft), "在此键入或粘贴新的指标")
        elif key == "score" and (note := self._model.note(index.row())):
            alone = not self._model.edit_text(index)
            side = Qt.AlignmentFlag.AlignHCenter if alone else Qt.AlignmentFlag.AlignRight
            font = painter.font()
            font.setPointSizeF(font.pointSizeF() * 0.82)
            painter.setFont(font)
            painter.drawText(inside, int(middle | side), note)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the size that the wrapped text needs in the column's width."""
        line = option.fontMetrics.lineSpacing()
        text, lines = self._model.shown(index), 1
        if text:
            parent = self.parent()
            width = parent.columnWidth(index.column()) - 2 * _PAD  # type: ignore[union-attr]
            box = option.fontMetrics.boundingRect(0, 0, max(30, width), 100_000, int(Qt.TextFlag.TextWordWrap), text)
            lines = min(_MOST_LINES, max(1, round(box.height() / line)))
        return QSize(40, lines * line + 10)
