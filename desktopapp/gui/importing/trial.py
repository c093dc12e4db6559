"""The recognised report while it is looked over: a document in memory whose cells show how sure the reader is."""

from __future__ import annotations

from typing import cast

from desktopapp.core.catalogue import Catalogues
from desktopapp.core.commands import Command
from desktopapp.core.engine import Changes, Engine
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.live import LiveFindings
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.readers.account import Account, Grade
from desktopapp.store.report_file import ReportFile


class MemoryFile:
    """Answers as a report file does, with nothing on disk: a recognised report is nobody's file yet."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.engine = Engine(report, rule_book(report.template))
        self.read_only = False
        self._done: list[Command] = []
        self._undone: list[Command] = []

    def apply(self, command: Command, label: str = "") -> Changes:
        """Carry out a command; raises CommandError."""
        changes = self.engine.apply(command)
        self._done.append(changes.inverse)
        self._undone.clear()
        return changes

    def undo(self) -> Changes | None:
        """Take back the last step."""
        return self._step(self._done, self._undone)

    def redo(self) -> Changes | None:
        """Do the last step taken back again."""
        return self._step(self._undone, self._done)

    def _step(self, source: list[Command], target: list[Command]) -> Changes | None:
        if not source:
            return None
        changes = self.engine.apply(source.pop())
        target.append(changes.inverse)
        return changes


class Doubts:
    """Which cells a person has looked at or typed over; what is left of the reader's doubts."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.unsure = account.graded(Grade.UNSURE)
        self.decided = account.graded(Grade.DECIDED)
        self._grades = dict.fromkeys(self.decided, Grade.DECIDED) | dict.fromkeys(self.unsure, Grade.UNSURE)
        self._read = dict(account.report.amounts)
        self.seen: set[Cell] = set()

    def grade(self, cell: Cell) -> Grade:
        """Return how a cell came about; what a person has typed is certain."""
        known = self._grades.get(cell, Grade.CERTAIN)
        if known is not Grade.CERTAIN and self.account.report.get(cell) != self._read.get(cell):
            return Grade.CERTAIN
        return known

    def look(self, cell: Cell) -> bool:
        """Note that a person has a cell before them; tells whether that was news of a doubtful one."""
        if self.grade(cell) is not Grade.UNSURE or cell in self.seen:
            return False
        self.seen.add(cell)
        return True

    def open(self) -> list[Cell]:
        """Return the doubtful cells that nobody has looked at, in printed order."""
        return [c for c in self.unsure if c not in self.seen and self.grade(c) is Grade.UNSURE]

    def severity(self, cell: Cell) -> Severity | None:
        """Return the sign that a cell wears, None for none."""
        grade = self.grade(cell)
        if grade is Grade.UNSURE and cell not in self.seen:
            return Severity.WARNING
        return None if grade is Grade.CERTAIN else Severity.INFO

    def words(self, cell: Cell) -> str:
        """Return why a cell is not certain, and what the source prints."""
        known = self.account.of(cell)
        printed = f"（{known.where}“{known.text}”）" if known.text else (f"（{known.where}）" if known.where else "")
        reason = known.reason or "识别时没有十分把握"
        return f"把握 {round(known.confidence * 100)}%，{reason}{printed}"


class ReviewFindings(LiveFindings):
    """Findings of the relations with the reader's doubts among them."""

    def __init__(self, engine: Engine, catalogues: Catalogues | None, doubts: Doubts) -> None:
        self.doubts = doubts
        super().__init__(engine, catalogues)

    def mark(self, cell: Cell) -> Severity | None:
        """Return the sign of a cell: errors first, then the reader's doubts, then rounding."""
        found, doubt = super().mark(cell), self.doubts.severity(cell)
        if found is None or (doubt is not None and found > Severity.WARNING):
            return doubt if doubt is not None else found
        return found

    def of_cell(self, cell: Cell) -> list[Finding]:
        """Return the doubt about a cell and the findings it takes part in."""
        found, severity = super().of_cell(cell), self.doubts.severity(cell)
        if severity is None:
            return found
        words = self.doubts.words(cell)
        return [Finding("reading", "reading", severity, "reading", cell.form, words, (cell,)), *found]


def trial_document(account: Account, catalogues: Catalogues | None, doubts: Doubts) -> Document:
    """Return the recognised report as a document that can be looked at and corrected."""
    file = MemoryFile(account.report)
    findings = ReviewFindings(file.engine, catalogues, doubts)
    return Document(cast(ReportFile, file), catalogues, findings=findings)
