"""F1 in dialogs: each gets the key when it is used for the first time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktopapp.gui.help.dialog import HelpDialog
from desktopapp.gui.help.pages import topic_of_module

_MARK = "_helped"


def give_key(dialog: QWidget) -> None:
    """Let F1 show the page of the manual on a dialog; a second time changes nothing."""
    if isinstance(dialog, HelpDialog) or dialog.property(_MARK):
        return
    dialog.setProperty(_MARK, True)
    if topic := topic_of_module(type(dialog).__module__):
        QShortcut(QKeySequence("F1"), dialog).activated.connect(lambda: show_beside(dialog, topic))


def show_beside(dialog: QWidget, topic: str) -> HelpDialog:
    """Show a page of the manual over a dialog, which may keep all other windows from being used."""
    shown = HelpDialog(dialog)
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    shown.show_topic(topic)
    shown.show()
    return shown
