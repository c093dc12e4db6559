"""Work off the GUI thread, with progress and cancel; the result comes back on the GUI thread by one signal.

The function gets a ``Control`` and must not touch any widget, nor the open report: it works on values handed to it.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

_log = logging.getLogger(__name__)
#: How long a job may keep the interpreter while the GUI thread wants it; Python's own 5 ms add up to a visible delay.
_SWITCH_SECONDS = 0.00005


class Cancelled(Exception):
    """Raised inside a job when the user has cancelled it."""


class Control:
    """What a job sees of the window: where to report progress, and whether to stop."""

    def __init__(self, report: Callable[[float, str], None]) -> None:
        self._report = report
        self._stop = threading.Event()

    def progress(self, fraction: float, text: str = "") -> None:
        """Report that a fraction (0 to 1) is done, with a Chinese phrase; raises Cancelled."""
        self.check()
        self._report(min(max(fraction, 0.0), 1.0), text)

    def cancelled(self) -> bool:
        """Tell whether the user wants the job to stop."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise Cancelled when the user wants the job to stop."""
        if self._stop.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask the job to stop at its next check."""
        self._stop.set()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: with a value, an error, or cancelled."""

    value: Any = None
    error: BaseException | None = None
    cancelled: bool = False


Job = Callable[[Control], Any]


class _Bridge(QObject):
    """What a job speaks through. Task and job both keep it, so that it outlives a task whose window was closed."""

    reported = Signal(float, str)
    ended = Signal(object)


class Task(QObject):
    """One job under way. ``finished`` comes exactly once, on the thread that made the task."""

    #: Fraction done (0 to 1) and a phrase.
    progressed = Signal(float, str)
    #: The Outcome.
    finished = Signal(object)

    def __init__(self, job: Job, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = _Bridge()
        self.control = Control(self._bridge.reported.emit)
        self.done = False
        self._job = job
        # A task whose window was closed is of no use to anybody.
        self.destroyed.connect(_canceller(self.control))
        # Queued, so that the public signals come on the thread of this object.
        self._bridge.reported.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._bridge.ended.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    def start(self, pool: QThreadPool | None = None) -> None:
        """Run the job on a thread of the pool (the program's own when none is given)."""
        if sys.getswitchinterval() > _SWITCH_SECONDS:
            sys.setswitchinterval(_SWITCH_SECONDS)
        # A plain function: the pool keeps it while it runs, even when this task is gone by then.
        (pool or QThreadPool.globalInstance()).start(_runner(self._job, self.control, self._bridge))

    def cancel(self) -> None:
        """Ask the job to stop; ``finished`` still comes."""
        self.control.cancel()

    @Slot(float, str)
    def _pass_on(self, fraction: float, text: str) -> None:
        if not self.done:
            self.progressed.emit(fraction, text)

    @Slot(object)
    def _finish(self, outcome: Outcome) -> None:
        self.done = True
        self.finished.emit(outcome)


def _canceller(control: Control) -> Callable[[], None]:
    def cancel(*_: object) -> None:
        control.cancel()

    return cancel


def _runner(job: Job, control: Control, bridge: _Bridge) -> Callable[[], None]:
    """Return what runs on the worker's thread: it brings every kind of ending back as an Outcome."""

    def run() -> None:
        bridge.ended.emit(run_now(job, control))

    return run


def run_now(job: Job, control: Control) -> Outcome:
    """Run a job on this thread and return how it ended.

    A job that stops with an error of its own after it was cancelled counts as cancelled.
    """
    try:
        control.check()
        return Outcome(value=job(control))
    except Cancelled:
        return Outcome(cancelled=True)
    except Exception as error:
        return Outcome(cancelled=True) if control.cancelled() else Outcome(error=error)
