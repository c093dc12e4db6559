"""Dialogs that change the report in one step when they are accepted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel

from desktopapp.core.commands import Batch, Command, CommandError
from desktopapp.gui.document import Document
from desktopapp.gui.palette import theme_of
from desktopapp.store.errors import StoreError


def carried_out(document: Document, commands: Sequence[Command], label: str, problem: QLabel) -> bool:
    """Carry out commands as one step; what cannot be done is said in ``problem``, and nothing is changed then."""
    try:
        if commands:
            document.apply(Batch(label, tuple(commands)), label)
    except (CommandError, StoreError) as error:
        palette = problem.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme_of(palette).error.ink)
        problem.setPalette(palette)
        problem.setText(str(error))
        problem.show()
        return False
    return True
