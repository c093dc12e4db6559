"""Runs a job off the GUI thread behind a dialog with progress and cancel that appears only when it takes a while."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

from desktopapp.gui.workers import Job, Outcome, Task

#: A job shorter than this shows no dialog.
_QUIET_MS = 300
_BLOCKED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.Shortcut,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel,
        QEvent.Type.Drop,
        QEvent.Type.Close,
    }
)


class _Standstill(QObject):
    """Keeps the user from changing anything while a job runs and its dialog is not up yet."""

    def __init__(self, dialog: QProgressDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _BLOCKED or self._dialog.isVisible():
            return False
        event.ignore()
        return True


class Runner(QObject):
    """One job with its dialog; ``done`` is called on the GUI thread however the job ends."""

    def __init__(self, parent: QWidget, text: str, job: Job, done: Callable[[Outcome], None]) -> None:
        super().__init__(parent)
        self._done = done
        self._dialog = QProgressDialog(text, "取消", 0, 0, parent)
        self._dialog.setWindowTitle("请稍候")
        self._dialog.setWindowModality(Qt.WindowModality.ApplicationModal)
        self._dialog.setMinimumDuration(_QUIET_MS)
        self._dialog.setAutoClose(False)
        self._dialog.setAutoReset(False)
        self._dialog.setMinimumWidth(420)
        self._text = text
        self._guard = _Standstill(self._dialog)
        self._task = Task(job, self)
        self._task.progressed.connect(self._progressed)
        self._task.finished.connect(self._finished)
        self._dialog.canceled.connect(self._task.cancel)

    def start(self) -> None:
        """Start the job."""
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self._guard)
        self._task.start()

    def _progressed(self, fraction: float, text: str) -> None:
        if not self._dialog.wasCanceled():
            # Until the first word of progress the bar only shows that something is under way.
            self._dialog.setMaximum(1000)
            self._dialog.setLabelText(f"{self._text}\n{text}" if text else self._text)
            self._dialog.setValue(round(fraction * 1000))

    def _finished(self, outcome: Outcome) -> None:
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self._guard)
        self._dialog.hide()
        self._dialog.deleteLater()
        self._done(outcome)
        self.deleteLater()


def run_with_progress(parent: QWidget, text: str, job: Job, done: Callable[[Outcome], None]) -> Runner:
    """Run a job in the background; while it runs the window takes no input, so the report it reads stays as it is."""
    runner = Runner(parent, text, job, done)
    runner.start()
    return runner
