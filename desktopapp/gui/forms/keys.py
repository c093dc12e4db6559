"""Which key does what in a form, as in a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_KEY = Qt.Key
_MOD = Qt.KeyboardModifier
NONE, SHIFT, CONTROL = _MOD.NoModifier, _MOD.ShiftModifier, _MOD.ControlModifier

_ARROWS = {_KEY.Key_Up: "up", _KEY.Key_Down: "down", _KEY.Key_Left: "left", _KEY.Key_Right: "right"}
#: Keys that move, with Ctrl and without; Shift stretches the selection instead.
_MOVES: dict[tuple[int, bool], str] = {
    **{(key, False): name for key, name in _ARROWS.items()},
    **{(key, True): f"edge-{name}" for key, name in _ARROWS.items()},
    (_KEY.Key_Home, False): "row-start",
    (_KEY.Key_End, False): "row-end",
    (_KEY.Key_Home, True): "first",
    (_KEY.Key_End, True): "last",
    (_KEY.Key_PageUp, False): "page-up",
    (_KEY.Key_PageDown, False): "page-down",
}
_COMMANDS: dict[tuple[int, bool, bool], str] = {
    (_KEY.Key_C, True, False): "copy",
    (_KEY.Key_Insert, True, False): "copy",
    (_KEY.Key_C, True, True): "copy-headers",
    (_KEY.Key_X, True, False): "cut",
    (_KEY.Key_Delete, False, True): "cut",
    (_KEY.Key_V, True, False): "paste",
    (_KEY.Key_Insert, False, True): "paste",
    (_KEY.Key_D, True, False): "fill-down",
    (_KEY.Key_R, True, False): "fill-right",
    (_KEY.Key_A, True, False): "select-all",
    (_KEY.Key_A, True, True): "put-back",
    (_KEY.Key_Space, True, False): "select-column",
    (_KEY.Key_Space, False, True): "select-row",
    (_KEY.Key_Delete, False, False): "clear",
    (_KEY.Key_Backspace, False, False): "edit-empty",
    (_KEY.Key_F2, False, False): "edit",
    (_KEY.Key_Minus, True, False): "delete-rows",
    (_KEY.Key_Plus, True, True): "insert-row",
    (_KEY.Key_Equal, True, True): "insert-row",
}


def move_of(event: QKeyEvent) -> tuple[str, bool]:
    """Return the name of the move that a key asks for and whether it stretches the selection; "" for other keys."""
    modifiers = event.modifiers() & ~_MOD.KeypadModifier
    if modifiers & ~(SHIFT | CONTROL):
        return "", False
    shift, control = bool(modifiers & SHIFT), bool(modifiers & CONTROL)
    key = event.key()
    if key in (_KEY.Key_Return, _KEY.Key_Enter) and not control:
        return "enter-up" if shift else "enter", False
    if key == _KEY.Key_Backtab or (key == _KEY.Key_Tab and shift):
        return "back", False
    if key == _KEY.Key_Tab and not control:
        return "tab", False
    return _MOVES.get((key, control), ""), shift


def command_of(event: QKeyEvent) -> str:
    """Return the name of the command that a key asks for, "" for other keys."""
    if event.key() == _KEY.Key_Equal and event.modifiers() == _MOD.AltModifier:
        # Where a spreadsheet would write a sum, a total here follows its relation.
        return "put-back"
    modifiers = event.modifiers() & ~_MOD.KeypadModifier
    if modifiers & ~(SHIFT | CONTROL):
        return ""
    return _COMMANDS.get((event.key(), bool(modifiers & CONTROL), bool(modifiers & SHIFT)), "")


def typed_text(event: QKeyEvent) -> str:
    """Return the text that begins a new entry, "" when the key writes nothing."""
    if event.modifiers() & ~(SHIFT | _MOD.KeypadModifier):
        return ""
    text = event.text()
    return text if text.isprintable() else ""
