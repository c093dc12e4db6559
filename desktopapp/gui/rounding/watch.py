"""The rounding plan of the open report: whether there is one, and whether the amounts have left it behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopapp.core.engine import Changes
from desktopapp.core.rounding import PLAN_FIELD, RoundingPlan, RoundingPlanError, is_finer, outdated, stored_plan
from desktopapp.core.template import Cell

if TYPE_CHECKING:
    from desktopapp.gui.document import Document


class PlanWatch(QObject):
    """Follows the changes of one document; an edit costs the cells it changed, and nothing while there is no plan."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._stale = True
        self._plan: RoundingPlan | None = None
        self._problem = ""
        self._outdated: set[Cell] = set()
        document.changed.connect(self._changed)

    def _changed(self, changes: Changes) -> None:
        if changes.everything or PLAN_FIELD in changes.fields:
            self._stale = True
        elif not self._stale and self._plan is not None:
            for cell in changes.cells:
                (self._outdated.discard if self._fits(cell, self._plan) else self._outdated.add)(cell)

    def _look(self) -> None:
        if not self._stale:
            return
        self._stale, self._plan, self._problem = False, None, ""
        report = self._document.report
        try:
            self._plan = stored_plan(report)
        except RoundingPlanError as error:
            self._problem = str(error)
        self._outdated = set(outdated(report, self._plan)) if self._plan is not None else set()

    def _fits(self, cell: Cell, plan: RoundingPlan) -> bool:
        """Tell of one cell what ``outdated`` tells of all."""
        report = self._document.report
        exact = report.amounts.get(cell)
        if exact is None or not is_finer(report, cell.form, plan.grain):
            return not plan.published.get(cell)
        return cell in plan.published and abs(plan.published[cell] - exact) < plan.grain

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def plan(self) -> RoundingPlan | None:
        """Return the plan that the file keeps."""
        self._look()
        return self._plan

    @property
    def outdated(self) -> frozenset[Cell]:
        """Return the cells whose amount the plan no longer rounds."""
        self._look()
        return frozenset(self._outdated)

    def exact(self) -> bool:
        """Tell whether any form is kept finer than it is published."""
        report = self._document.report
        return any(is_finer(report, f) for f in report.grains)

    def note(self) -> str:
        """Return what is wrong with the plan as a sentence, empty when nothing is."""
        self._look()
        if self._problem:
            return self._problem
        if not self._outdated:
            return ""
        number = len(self._outdated)
        return f"舍入方案已过时：之后有 {number} 个金额改动，请重新进行公开金额舍入。"
