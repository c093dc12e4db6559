"""The suspects of the open report, kept up to date: a quick search soon after each edit, the exact one in a pause.

Both run in the background: a quick search takes a few hundredths of a second, which somebody who types would feel.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktopapp.core.accepted import ACCEPTED
from desktopapp.core.checker import Checker
from desktopapp.core.engine import Changes
from desktopapp.core.findings import Severity
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.workers import Control, Outcome, Task

if TYPE_CHECKING:
    from desktopapp.core.suspects import Cause, Suspect
    from desktopapp.gui.document import Document

_log = logging.getLogger(__name__)
#: The quick search waits for a pause between keys, so that it is not in the way of the next entry.
_QUICK_MS = 150
#: Where a search takes long, the next one waits longer, so that it begins in a pause; no longer than this.
_LONGEST_WAIT_MS = 1_500
#: The exact search waits until the user pauses.
_CALM_MS = 700
#: Up to so many violated relations the quick search comes first; it takes a few hundredths of a second then.
_MOST_AT_ONCE = 50
#: A report with more violated relations than this does not fit its template; no cell of it is suspect.
_MOST_RELATIONS = 1000


class Suspicions(QObject):
    """The causes of the violated relations of one document; idle until ``start``."""

    #: Other causes are known, or none any more.
    changed = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._causes: tuple[Cause, ...] = ()
        self._by_finding: dict[str, Cause] = {}
        self._by_cell: dict[Cell, list[Cause]] = {}
        self._state = 0
        self._moved = True
        self._task: Task | None = None
        self._started = 0.0
        self._waiting: Callable[[], None] | None = None
        self._copy: tuple[int, Report, Checker] | None = None
        self._quick = self._timer(_QUICK_MS, self._look_beside)
        self._calm = self._timer(_CALM_MS, self._look_closely)

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(call)
        return timer

    def start(self) -> None:
        """Follow the document from now on."""
        self._document.changed.connect(self._changed)
        self._document.unit_changed.connect(lambda _unit: self._note())
        self._document.findings_changed.connect(self._follow)
        self._document.typing.connect(self._wait)
        self._schedule()

    def _changed(self, changes: Changes) -> None:
        """Note whether amounts or rows moved since the last search; texts and other fields do not matter to it."""
        self._moved |= changes.everything or changes.head or bool(changes.cells or changes.rows or changes.relations)
        self._moved |= ACCEPTED in changes.fields

    def _note(self) -> None:
        self._moved = True

    def _follow(self) -> None:
        if self._moved:
            self._schedule()

    def _wait(self) -> None:
        """Let what is due wait longer while somebody types."""
        for timer in (self._quick, self._calm):
            if timer.isActive():
                timer.start()

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def causes(self) -> tuple[Cause, ...]:
        """Return the causes as far as they are known; after an edit those of before for a moment."""
        return self._causes

    def of_finding(self, finding_id: str) -> Cause | None:
        """Return the cause of a violated relation."""
        return self._by_finding.get(finding_id)

    def of_cell(self, cell: Cell) -> list[tuple[Suspect, Cause]]:
        """Return the suspects that a cell is part of, leads first."""
        found = [(s, c) for c in self._by_cell.get(cell, ()) for s in suspects_of(c) if cell in s.places]
        return sorted(found, key=lambda pair: pair[0] is not pair[1].suspect)

    def fits(self, suspect: Suspect) -> bool:
        """Tell whether the report still holds the amounts that a suspect was found with."""
        get = self._document.report.get
        return all(get(c) == a for c, a in zip(suspect.places, suspect.found, strict=True))

    # ── searching ───────────────────────────────────────────────────────────────────────────────────────────────
    def _schedule(self) -> None:
        self._moved = False
        self._state += 1
        self._waiting = self._copy = None
        self._calm.stop()
        if self._task is not None:
            self._task.cancel()
        self._quick.start()

    def look(self) -> None:
        """Search now, quickly, on this thread; an edit never waits for that, its search runs beside."""
        self._quick.stop()
        if not self._nothing_to_search():
            if self._document.engine.checker.violations <= _MOST_AT_ONCE:
                from desktopapp.core.suspects import causes

                self._take(tuple(causes(self._document.report, self._document.engine.checker)))
            self._calm.start()

    def _nothing_to_search(self) -> bool:
        violated = self._violated()
        if violated and violated <= _MOST_RELATIONS:
            return False
        self._take(())
        return True

    def _violated(self) -> int:
        document = self._document
        return document.engine.checker.violations if document.findings.counts()[Severity.ERROR] else 0

    def _look_beside(self) -> None:
        """Search quickly in the background, so that nobody who goes on typing waits for it; exactly in a pause."""
        if self._nothing_to_search():
            return
        if self._document.engine.checker.violations > _MOST_AT_ONCE:
            self._calm.start()
            return
        self._run(_search_quickly, self._quick_finished, self._look_beside)

    def _look_closely(self) -> None:
        """Search exactly in the background; the answer counts only while the report stays as it is."""
        self._run(_search, self._finished, self._calm.start)

    def _run(
        self,
        search: Callable[[Report, Checker | None, Control], Any],
        finished: Callable[[Outcome, int], None],
        again: Callable[[], None],
    ) -> None:
        """Search a copy of the report, or the one searched before while the report is still the same."""
        if self._task is not None:
            # The job before was cancelled and is about to end.
            self._waiting = again
            return
        state = self._state
        if self._copy is not None and self._copy[0] == state:
            _, report, checker = self._copy
        else:
            report, checker = self._document.report.copy(), None
        self._copy, self._started = None, time.perf_counter()
        task = self._task = Task(lambda control: search(report, checker, control), self)
        task.finished.connect(lambda outcome: finished(outcome, state))
        task.start()

    def _quick_finished(self, outcome: Outcome, state: int) -> None:
        took = round(1000 * (time.perf_counter() - self._started))
        self._quick.setInterval(min(max(_QUICK_MS, 3 * took), _LONGEST_WAIT_MS))
        if outcome.value is not None and state == self._state:
            report, checker, found = outcome.value
            self._copy = state, report, checker
            outcome = Outcome(value=found)
            self._calm.start()
        self._finished(outcome, state)

    def _finished(self, outcome: Outcome, state: int) -> None:
        if self._task is not None:
            self._task.deleteLater()
            self._task = None
        if outcome.error is not None:
            _log.info("the search for suspects failed", exc_info=outcome.error)
        elif not outcome.cancelled and state == self._state:
            self._take(tuple(outcome.value))
        if self._waiting is not None:
            again, self._waiting = self._waiting, None
            again()

    def _take(self, causes: tuple[Cause, ...]) -> None:
        if causes == self._causes:
            return
        self._causes = causes
        self._by_finding = {name: c for c in causes for name in c.relations}
        self._by_cell = {}
        for cause in causes:
            for cell in dict.fromkeys(c for s in suspects_of(cause) for c in s.places):
                self._by_cell.setdefault(cell, []).append(cause)
        self.changed.emit()


def suspects_of(cause: Cause) -> tuple[Suspect, ...]:
    """Return the lead of a cause and its alternatives, best first."""
    return (cause.suspect, *cause.others) if cause.suspect is not None else ()


def _search_quickly(report: Report, _checker: Checker | None, control: Control) -> tuple[Report, Checker, list[Cause]]:
    """Search a report of its own on a worker's thread; return it with its checker for the exact search."""
    from desktopapp.core.suspects import causes

    checker = Checker(report, rule_book(report.template))
    control.check()
    return report, checker, causes(report, checker)


def _search(report: Report, checker: Checker | None, control: Control) -> list[Cause]:
    """Search a report of its own on a worker's thread; where the solver cannot help, the quick answer has to do."""
    from desktopapp.core.suspects import causes
    from desktopapp.solver.program import SolverError
    from desktopapp.solver.suspects_solver import exact_causes

    checker = checker or Checker(report, rule_book(report.template))
    control.check()
    try:
        return exact_causes(report, checker, control.cancelled)
    except SolverError:
        control.check()
        _log.info("no exact suspects", exc_info=True)
        return causes(report, checker)
