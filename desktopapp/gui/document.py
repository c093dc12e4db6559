"""The open report as the window sees it: one object that applies commands and tells every view what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from desktopapp.core.amount import Unit
from desktopapp.core.catalogue import Catalogue, Catalogues
from desktopapp.core.commands import Command, SetCells
from desktopapp.core.engine import Changes, Engine
from desktopapp.core.live import LiveFindings
from desktopapp.core.report import Report
from desktopapp.core.rounding import RoundingPlan, published_report
from desktopapp.core.template import Cell
from desktopapp.gui.rounding.watch import PlanWatch
from desktopapp.gui.suspects.presenter import Suspicions
from desktopapp.store.report_file import ReportFile

if TYPE_CHECKING:
    from desktopapp.gui.text.live_text import LiveText

_Result = TypeVar("_Result")


class Document(QObject):
    """An open report file, its live findings and the unit in which amounts are shown.

    Every change goes through ``apply``, ``undo`` or ``redo``; views listen to the signals and never write themselves.
    """

    #: Emitted once per change with the Changes, after findings are up to date.
    changed = Signal(object)
    #: Cells whose colour may have changed (a set of Cell).
    marks_changed = Signal(object)
    #: The findings list differs.
    findings_changed = Signal()
    #: Amounts are shown in another unit.
    unit_changed = Signal(object)
    #: Published amounts are on show in place of the exact ones, or no longer.
    published_changed = Signal()
    #: Somebody types an entry: work in the background that is not urgent waits for a pause.
    typing = Signal()
    #: A cell to show and select (a Cell), and the cells to mark with it (a tuple of Cell).
    jump_requested = Signal(object, object)

    def __init__(
        self,
        file: ReportFile,
        catalogues: Catalogues | None,
        parent: QObject | None = None,
        findings: LiveFindings | None = None,
    ) -> None:
        """``findings`` are those of the file's engine, when they have been made already."""
        super().__init__(parent)
        self.file = file
        self.catalogues = catalogues
        self.unit = Unit.WAN
        self.findings = findings or LiveFindings(file.engine, catalogues)
        self.suspicions = Suspicions(self)
        self.rounding = PlanWatch(self)
        #: The report with its published amounts while these are on show, for looking only.
        self.published: Report | None = None
        #: Font families that the user wants in exports in place of the prescribed ones, by role.
        self.fonts: dict[str, str] = {}
        self._text: LiveText | None = None

    @property
    def report(self) -> Report:
        """Return the report itself, for reading."""
        return self.file.report

    @property
    def engine(self) -> Engine:
        """Return the engine, for questions to the checker."""
        return self.file.engine

    @property
    def text(self) -> LiveText:
        """Return the text that follows the numbers, with facts and input tables; made when first asked for."""
        if self._text is None:
            from desktopapp.gui.text.live_text import LiveText

            self._text = LiveText(self)
        return self._text

    @property
    def read_only(self) -> bool:
        """Tell whether the file may only be looked at."""
        return self.file.read_only

    def catalogue_of(self, form_id: str) -> Catalogue | None:
        """Return the classification of a form's rows."""
        form = self.report.template.form(form_id)
        return self.catalogues.named(form.catalogue) if self.catalogues is not None else None

    def apply(self, command: Command, label: str = "") -> Changes:
        """Carry out a command and save it; raises CommandError or StoreError with a sentence for the user."""
        return self._announce(self._carefully(lambda: self.file.apply(command, label)))

    def undo(self) -> Changes | None:
        """Take back the last step."""
        return self._maybe(self.file.undo)

    def redo(self) -> Changes | None:
        """Do the last step taken back again."""
        return self._maybe(self.file.redo)

    def _maybe(self, step: Callable[[], Changes | None]) -> Changes | None:
        changes = self._carefully(step)
        return None if changes is None else self._announce(changes)

    def _carefully(self, step: Callable[[], _Result]) -> _Result:
        """Take a step; when the file had to be read anew because of a slip in it, show what the file holds."""
        engine = self.file.engine
        try:
            return step()
        finally:
            if self.file.engine is not engine:
                self.findings = LiveFindings(self.file.engine, self.catalogues, self.unit)
                self._show_everything()

    def check_again(self) -> None:
        """Judge every relation anew, as if the report had just been opened."""
        self.engine.checker.rebuild()
        self.findings.refresh()
        self._show_everything()

    def _show_everything(self) -> None:
        changes = Changes(SetCells(()), everything=True)
        if self._text is not None:
            self._text.report_replaced()
        self.changed.emit(changes)
        self.findings_changed.emit()

    def _announce(self, changes: Changes) -> Changes:
        marked = self.findings.update(changes)
        if self._text is not None:
            self._text.update(changes)
        self.changed.emit(changes)
        if marked:
            self.marks_changed.emit(marked)
        self.findings_changed.emit()
        return changes

    def set_unit(self, unit: Unit) -> None:
        """Show amounts in another unit; nothing in the report changes."""
        if unit is not self.unit:
            self.unit = unit
            self.findings.set_unit(unit)
            self.unit_changed.emit(unit)
            self.findings_changed.emit()

    def as_published(self) -> Report:
        """Return the report with the amounts that are published: itself where it keeps no finer ones."""
        if not self.rounding.exact():
            return self.report
        # What a plan does not know is rounded plainly.
        return published_report(self.report, self.rounding.plan or RoundingPlan("plain", {}))

    def set_published(self, report: Report | None) -> None:
        """Show published amounts in place of the exact ones; None shows the exact ones again."""
        if report is not None or self.published is not None:
            self.published = report
            self.published_changed.emit()

    def jump(self, cell: Cell, together: tuple[Cell, ...] = ()) -> None:
        """Ask the window to show a cell and to mark those that belong with it."""
        self.jump_requested.emit(cell, together)
