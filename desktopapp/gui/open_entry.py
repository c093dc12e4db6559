"""What the editors of tables outside the forms have in common: an entry that is refused stays open."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QStyledItemDelegate, QWidget

_Index = QModelIndex | QPersistentModelIndex
_KEY = Qt.Key
_ENTER = (_KEY.Key_Return, _KEY.Key_Enter)


class OpenEntryDelegate(QStyledItemDelegate):
    """Enter and Tab accept and move on, as in the forms; what is refused stays open, also when the focus goes.

    Editors carry their index as the property "index".
    """

    #: The editor and a sentence, "" when the entry is fine again.
    refused = Signal(object, str)
    #: Rows and columns to move after an entry.
    moved = Signal(int, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.editor: QWidget | None = None

    def acceptable(self, editor: QWidget, index: _Index) -> bool:
        """Tell whether what stands in an editor can be accepted; says why not."""
        raise NotImplementedError

    def is_inside(self, editor: QWidget, focus: QWidget) -> bool:
        """Tell whether the focus has stayed within an editor."""
        return focus is editor or editor.isAncestorOf(focus)

    def destroyEditor(self, editor: QWidget, index: _Index) -> None:
        """Forget the editor."""
        if editor is self.editor:
            self.editor = None
        self.refused.emit(editor, "")
        super().destroyEditor(editor, index)

    def leave(self) -> bool:
        """Accept an open entry; False when it is refused and stays open."""
        return self.editor is None or self.finish(0, 0)

    def finish(self, down: int, right: int) -> bool:
        """Accept the open entry and move on; False when it is refused."""
        editor = self.editor
        if editor is None:
            return True
        if not self.acceptable(editor, editor.property("index")):
            return False
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        if down or right:
            self.moved.emit(down, right)
        return True

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Take the keys that end an entry, and keep a refused one open."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() in (*_ENTER, _KEY.Key_Tab, _KEY.Key_Backtab, _KEY.Key_Escape):
                event.accept()
                return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self.key_pressed(editor, event)
        elif event.type() == QEvent.Type.FocusOut and self.editor is not None and editor is self.editor:
            focus = QApplication.focusWidget()
            if focus is not None and self.is_inside(self.editor, focus):
                return False
            refused = not self.acceptable(self.editor, self.editor.property("index"))
            return refused or super().eventFilter(editor, event)
        return super().eventFilter(editor, event)

    def key_pressed(self, editor: QObject, event: QKeyEvent) -> bool:
        """Accept and move on, or give up; tell whether the key was one of these."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _ENTER:
            self.finish(-1 if shift else 1, 0)
        elif key in (_KEY.Key_Tab, _KEY.Key_Backtab):
            self.finish(0, -1 if shift or key == _KEY.Key_Backtab else 1)
        elif key == _KEY.Key_Escape and isinstance(editor, QWidget):
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)
        else:
            return False
        return True
