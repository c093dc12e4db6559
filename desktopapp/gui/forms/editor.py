"""The editor of a cell: typing replaces, F2 edits in place, an invalid entry stays open with its reason."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from desktopapp.gui.forms.completion import CodeList
from desktopapp.gui.palette import theme_of

_KEY = Qt.Key
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
#: Keys that mean something here, whatever the window uses them for.
_CLAIMED = (_KEY.Key_Escape, _KEY.Key_Return, _KEY.Key_Enter, _KEY.Key_Tab, _KEY.Key_Backtab, _KEY.Key_F2)
#: Keys that leave the editor while a new entry is typed, and where to.
_ARROWS = {_KEY.Key_Up: "up", _KEY.Key_Down: "down", _KEY.Key_Left: "left", _KEY.Key_Right: "right"}


class Bubble(QLabel):
    """A sentence under the editor: why an entry is refused."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setWordWrap(True)
        self.setMargin(6)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def say(self, text: str, box: QRect) -> None:
        """Show a sentence under (or above) a rectangle of the parent."""
        theme = theme_of(self._around.palette())
        palette = QPalette(self._around.palette())
        palette.setColor(QPalette.ColorRole.Window, QColor(theme.error.fill))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.error.ink))
        self.setPalette(palette)
        self.setText(text)
        parent = self._around
        width = min(380, parent.width() - 8)
        self.resize(width, max(self.heightForWidth(width), 1))
        x = max(0, min(box.left(), parent.width() - width - 4))
        below = box.bottom() + 3
        y = below if below + self.height() <= parent.height() else max(0, box.top() - self.height() - 3)
        self.move(x, y)
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a thin frame round the sentence."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(QColor(theme_of(self._around.palette()).error.sign), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class CellEditor(QLineEdit):
    """One line edit for all cells of a form. It never closes by itself: its owner accepts or refuses what was typed."""

    #: Accept and go: "up", "down", "left", "right", "tab", "back", "stay" or "fill".
    leave = Signal(str)
    #: Give up.
    cancelled = Signal()
    #: The keyboard focus went elsewhere.
    left_alone = Signal()

    def __init__(self, parent: QWidget, codes: CodeList) -> None:
        super().__init__(parent)
        self.codes = codes
        self.in_place = False
        self.invalid = False
        self.setFrame(False)
        self.setAccessibleName("录入")
        self.setAutoFillBackground(True)
        self.textEdited.connect(self._on_edited)
        self.hide()

    def begin(self, box: QRect, text: str, *, in_place: bool, focus: bool = True) -> None:
        """Show the editor at a place with a text: its own when edited in place, what was typed otherwise."""
        self.in_place = in_place
        self.mark_valid()
        self.setGeometry(box)
        self.setText(text)
        self.show()
        self.raise_()
        if focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deselect()
        self.end(False)

    def mark_invalid(self, reason: str) -> None:
        """Frame the editor in red; what was typed stays."""
        self.invalid = True
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)
        self.update()

    def mark_valid(self) -> None:
        """Take the red frame away."""
        self.invalid = False
        self.setToolTip("")
        self.setAccessibleDescription("")
        self.update()

    def _on_edited(self) -> None:
        if self.invalid:
            self.mark_valid()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame over the text field."""
        super().paintEvent(event)
        theme = theme_of(self.palette())
        painter = QPainter(self)
        pen = QPen(QColor(theme.error.sign if self.invalid else theme.accent), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────
    def focusNextPrevChild(self, _next: bool) -> bool:
        """Let Tab arrive as a key."""
        return False

    def event(self, event: QEvent) -> bool:
        """Claim the keys that mean something here before any shortcut of the window does."""
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and cast(QKeyEvent, event).key() in _CLAIMED:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave, give up, move in the list, or type."""
        key, modifiers = event.key(), event.modifiers()
        if key == _KEY.Key_Escape:
            self.cancelled.emit()
        elif key in (_KEY.Key_Return, _KEY.Key_Enter):
            self.leave.emit("fill" if modifiers & _CONTROL else "up" if modifiers & _SHIFT else "down")
        elif key == _KEY.Key_Backtab or (key == _KEY.Key_Tab and modifiers & _SHIFT):
            self.leave.emit("back")
        elif key == _KEY.Key_Tab:
            self.leave.emit("tab")
        elif key == _KEY.Key_F2:
            self.in_place = True
        elif self.codes.isVisible() and key in (_KEY.Key_Up, _KEY.Key_Down, _KEY.Key_PageUp, _KEY.Key_PageDown):
            self._move_in_list(key)
        elif key in _ARROWS and not self.in_place and not modifiers & (_SHIFT | _CONTROL):
            self.leave.emit(_ARROWS[_KEY(key)])
        else:
            super().keyPressEvent(event)

    def _move_in_list(self, key: int) -> None:
        page = 8 if key in (_KEY.Key_PageUp, _KEY.Key_PageDown) else 1
        self.codes.step(-page if key in (_KEY.Key_Up, _KEY.Key_PageUp) else page)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the owner when the focus goes to another widget; not for menus or other windows."""
        super().focusOutEvent(event)
        reasons = Qt.FocusReason
        if event.reason() not in (
            reasons.PopupFocusReason,
            reasons.ActiveWindowFocusReason,
            reasons.MenuBarFocusReason,
        ):
            self.left_alone.emit()
