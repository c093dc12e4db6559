"""Stands in for a report file where widgets are tested: same questions, same steps, nothing on disk."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktopapp.core.commands import Command
from desktopapp.core.engine import Changes, Engine
from desktopapp.core.report import Report


@dataclass
class MemoryFile:
    """Stands in for a ReportFile."""

    report: Report
    engine: Engine
    read_only: bool = False
    done: list[tuple[Command, str]] = field(default_factory=list)
    undone: list[tuple[Command, str]] = field(default_factory=list)

    def apply(self, command: Command, label: str = "") -> Changes:
        changes = self.engine.apply(command)
        self.done.append((changes.inverse, label))
        self.undone.clear()
        return changes

    def undo(self) -> Changes | None:
        return self._step(self.done, self.undone)

    def redo(self) -> Changes | None:
        return self._step(self.undone, self.done)

    def _step(self, source: list[tuple[Command, str]], target: list[tuple[Command, str]]) -> Changes | None:
        if not source:
            return None
        command, label = source.pop()
        changes = self.engine.apply(command)
        target.append((changes.inverse, label))
        return changes
