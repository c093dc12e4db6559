"""What the window does with the progress: going to a line, following a step, showing and closing the guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from desktopapp.core.findings import Finding, Severity, sort_findings
from desktopapp.gui.progress.lines import HEAD, LAST_YEAR, ROUNDING, Line, is_gap
from desktopapp.gui.progress.steps import Step

if TYPE_CHECKING:
    from desktopapp.gui.window.main_window import MainWindow

#: Lines that are no page → the action that shows what they are about.
_ACTIONS = {HEAD: "properties", LAST_YEAR: "import", ROUNDING: "round"}
#: Choices: whether the guide is shown ("no" once it was closed), and whether it was ever shown.
_GUIDE, _SEEN = "guide", "guide_seen"


class ProgressWork(QObject):
    """Connects the dock with the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def connect_dock(self) -> None:
        """Follow the dock; called once, when the window stands."""
        dock = self._window.progress
        dock.line_chosen.connect(self.go_to)
        dock.guide.step_wanted.connect(self.follow)
        dock.guide.closed.connect(lambda: self.show_guide(False))
        dock.guide.setVisible(self._window.settings.text(_GUIDE) != "no")

    def go_to(self, line: Line) -> None:
        """Show the place of a line: what is worst there, else the page itself."""
        if line.key in _ACTIONS:
            self._window.actions_[_ACTIONS[line.key]].trigger()
        elif (worst := self._worst(line)) is not None:
            self._window.show_finding(worst)
        else:
            self._window.workspace.show_page(line.key)
            self._window.workspace.focus_page()

    def _worst(self, line: Line) -> Finding | None:
        """Return the first error of a line, else its first open warning, else its first gap; looked for when wanted."""
        document = self._window.document
        if document is None or not line.open:
            return None
        here = [f for f in document.findings.all() if f.form == line.key]
        wanted = [f for f in here if f.severity in (Severity.ERROR, Severity.WARNING) or is_gap(f)]
        return next(iter(sort_findings(document.report, wanted)), None)

    def follow(self, step: Step) -> None:
        """Do what the button of a step says."""
        if step.page:
            self._window.workspace.show_page(step.page)
            self._window.workspace.focus_page()
        else:
            self._window.actions_[step.action].trigger()

    def open(self) -> None:
        """Show the progress and give it the keyboard; from there go back to the navigation."""
        window = self._window
        focus = QApplication.focusWidget()
        if focus is not None and window.progress.isAncestorOf(focus) and not window.navigation_dock.isHidden():
            window.navigation_dock.raise_()
            window.navigation.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._raise()
        self._window.progress.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_guide(self) -> None:
        """Show the guide again."""
        self.show_guide(True)
        self._raise()
        self._window.progress.guide.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_guide(self, on: bool) -> None:
        """Show or close the guide, and remember it."""
        self._window.settings.set_text(_GUIDE, "" if on else "no")
        self._window.progress.guide.setVisible(on)

    def report_shown(self) -> None:
        """Show the guide with the very first report; later whatever was on top stays there."""
        settings = self._window.settings
        if settings.text(_SEEN) != "yes" and not self._window.progress.isHidden():
            settings.set_text(_SEEN, "yes")
            self._window.progress.raise_()

    def _raise(self) -> None:
        dock = self._window.progress
        dock.show()
        dock.raise_()
        dock.refresh()
