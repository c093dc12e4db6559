"""The suspects of the open report, kept up to date: a quick search soon after each edit, the exact one in a pause."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

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
#: The quick search waits until the edit has been painted.
_QUICK_MS = 30
#: The exact search waits until the user pauses.
_CALM_MS = 700
#: Up to so many violated relations the quick search runs on the GUI thread; it takes at most 30 ms then.
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
        self._quick = self._timer(_QUICK_MS, self.look)
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
        self._calm.stop()
        if self._task is not None:
            self._task.cancel()
        self._quick.start()

    def look(self) -> None:
        """Search now: at once where few relations are violated, in the background otherwise."""
        self._quick.stop()
        violated = self._violated()
        if not violated or violated > _MOST_RELATIONS:
            self._take(())
            return
        if violated <= _MOST_AT_ONCE:
            from desktopapp.core.suspects import causes

            self._take(tuple(causes(self._document.report, self._document.engine.checker)))
        self._calm.start()

    def _violated(self) -> int:
        document = self._document
        return document.engine.checker.violations if document.findings.counts()[Severity.ERROR] else 0

    def _look_closely(self) -> None:
        """Search exactly in the background, on a copy; the answer counts only while the report stays as it is."""
        if self._task is not None:
            # The job before was cancelled and is about to end.
            self._calm.start()
            return
        report, state = self._document.report.copy(), self._state
        task = self._task = Task(lambda control: _search(report, control), self)
        task.finished.connect(lambda outcome: self._finished(outcome, state))
        task.start()

    def _finished(self, outcome: Outcome, state: int) -> None:
        if self._task is not None:
            self._task.deleteLater()
            self._task = None
        if outcome.error is not None:
            _log.info("the exact search for suspects failed", exc_info=outcome.error)
        elif not outcome.cancelled and state == self._state:
            self._take(tuple(outcome.value))

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


def _search(report: Report, control: Control) -> list[Cause]:
    """Search a report of its own on a worker's thread; where the solver cannot help, the quick answer has to do."""
    from desktopapp.core.suspects import causes
    from desktopapp.solver.program import SolverError
    from desktopapp.solver.suspects_solver import exact_causes

    checker = Checker(report, rule_book(report.template))
    control.check()
    try:
        return exact_causes(report, checker, control.cancelled)
    except SolverError:
        control.check()
        _log.info("no exact suspects", exc_info=True)
        return causes(report, checker)
