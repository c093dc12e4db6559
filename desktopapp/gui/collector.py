"""Collecting of unreachable cycles, on the GUI thread and in small portions, so that nobody who types waits for it.

Left alone Python collects whenever enough has been made, in the middle of a key press or, on a worker's thread, while
that holds up all others: 150 ms were measured with a large report. Here a small portion costs a few milliseconds now
and then; what is left of the portions is looked at while nothing is going on.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

#: How often there is a look; oftener while a job makes a lot, so that portions stay small.
_TICK_MS, _BUSY_TICK_MS = 300, 60
_BUSY = 30_000
#: New objects that are worth a portion.
_PORTION = 8_000
#: Nothing is going on while fewer objects than this come in a tick.
_QUIET = 200
#: Portions after which their remains are looked at even though there was no quiet moment.
_MOST_PORTIONS = 100
#: Quiet ticks after which everything that is not set aside is looked at, and after which a report has settled.
_LONG_QUIET, _SETTLED = 40, 8


class Collector(QObject):
    """Collects in the place of Python; reports that are open are set aside and never walked over again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = 0
        self._portions = self._quiet = 0
        self._dirty = self._opened = self._gone = False
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Take over from now on; what start-up has made stays for good."""
        gc.disable()
        gc.freeze()
        self._timer.start()

    def report_changed(self, *, gone: bool) -> None:
        """Take note that a report was opened and, with ``gone``, that another one went away."""
        self._opened, self._gone, self._quiet = True, self._gone or gone, 0

    def _settle(self) -> None:
        """Set aside what is there, after looking for what a report that went away has left."""
        if self._gone:
            gc.unfreeze()
            gc.collect()
            self._portions, self._dirty = 0, False
        gc.freeze()
        self._opened = self._gone = False

    def tick(self) -> None:
        """Collect a portion where there is one, and what is left of portions in a quiet moment."""
        made = gc.get_count()[0]
        quiet = abs(made - self._before) < _QUIET
        self._quiet = self._quiet + 1 if quiet else 0
        self._timer.setInterval(_BUSY_TICK_MS if made > _BUSY else _TICK_MS)
        if self._opened and self._quiet >= _SETTLED:
            self._settle()
        elif made >= _PORTION:
            gc.collect(0)
            self._portions += 1
        elif self._portions and not self._opened and (quiet or self._portions > _MOST_PORTIONS):
            gc.collect(1)
            self._portions, self._dirty = 0, True
        elif self._dirty and self._quiet >= _LONG_QUIET:
            gc.collect()
            self._dirty = False
        self._before = gc.get_count()[0]
