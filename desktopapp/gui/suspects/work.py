"""Adopting suggestions: one ordinary step that can be undone, never without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopapp.core.commands import CommandError
from desktopapp.gui.suspects.words import label
from desktopapp.gui.window.message_bar import Tone
from desktopapp.store.errors import StoreError

if TYPE_CHECKING:
    from desktopapp.core.suspects import Suspect
    from desktopapp.gui.window.main_window import MainWindow


class SuspectWork(QObject):
    """What the window does with suspects."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._offered = ""

    def step_is(self, label: str) -> None:
        """Withdraw the offer to take a suggestion back once another step would be taken back."""
        if self._offered and label != self._offered:
            if self._window.messages.text() == _told(self._offered):
                self._window.messages.clear()
            self._offered = ""

    def adopt(self, suspect: Suspect) -> None:
        """Put in the suggested amounts, show the cell and offer to take it back."""
        window = self._window
        document = window.document
        if document is None or document.read_only or not window.entry_done():
            return
        if not document.suspicions.fits(suspect):
            window.say("金额已经改动，这条建议不再适用；请看重新得出的校验结果。", Tone.WARNING)
            return
        told = label(document.report, suspect)
        try:
            document.apply(suspect.command(), told)
        except (CommandError, StoreError) as error:
            window.say(str(error), Tone.ERROR)
            return
        window.workspace.go_to(suspect.places[0], suspect.places, focus=False)
        self._offered = told
        window.say(_told(told), Tone.NOTICE, "撤销", window.actions_["undo"].trigger)

    def adopt_here(self) -> None:
        """Adopt the suggestion of the current finding, or else of the current cell."""
        window = self._window
        document, view = window.document, window.workspace.form_view()
        if document is None or window.findings.adopt_current():
            return
        cell = view.current_cell() if view is not None else None
        found = document.suspicions.of_cell(cell) if cell is not None else []
        if found:
            self.adopt(found[0][0])
        else:
            window.say("当前的问题和单元格都没有可以采用的建议。")


def _told(label: str) -> str:
    return f"已{label}。"
