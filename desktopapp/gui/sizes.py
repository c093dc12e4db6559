"""Sizes that follow the size of the writing, and never go beyond the screen."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QWidget

from desktopapp.gui.palette import ui_font

#: Room that stays free for the frame of a window and the bar of the desktop.
_BESIDE, _ABOVE = 40, 70


def writing() -> float:
    """Return how much larger the writing is than usual; 1 when it is not."""
    usual = ui_font()
    return max(1.0, QFontMetricsF(QApplication.font()).height() / QFontMetricsF(usual).height())


def sized(window: QWidget, width: int, height: int) -> None:
    """Give a window a size that was thought of for the usual writing."""
    room, factor = window.screen().availableGeometry(), writing()
    window.resize(
        min(round(width * factor), room.width() - _BESIDE), min(round(height * factor), room.height() - _ABOVE)
    )
