"""One form of the open report with its verdicts; every edit of it is one command of the document."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktopapp.core.commands import CommandError, SetField
from desktopapp.core.engine import Changes
from desktopapp.core.findings import Finding, Severity
from desktopapp.core.performance.scoring import Score, score
from desktopapp.core.performance.selfeval import FormKind, Indicator, SelfEvaluation
from desktopapp.gui.document import Document
from desktopapp.gui.selfeval import shelf
from desktopapp.gui.selfeval.pages import page_key
from desktopapp.narrative.fields import GRADES
from desktopapp.narrative.selfeval_tables import FIELD
from desktopapp.store.errors import StoreError


class Bench(QObject):
    """Follows one form by its number; scores again only lines that differ."""

    #: The form is another.
    changed = Signal()
    #: The findings about the form are others.
    findings_changed = Signal()
    #: A sentence, and whether something failed.
    said = Signal(str, bool)

    def __init__(self, document: Document, number: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.number = document, number
        self.form = shelf.form_at(document.report, number) or shelf.fresh(FormKind.PROJECT, "")
        self.verdicts: list[Score] = []
        self.findings: list[Finding] = []
        self._by_path: dict[str, list[Finding]] = {}
        self._by_row: dict[int, list[Finding]] = {}
        self._known: dict[Indicator, Score] = {}
        self._judge()
        document.changed.connect(self._changed)
        document.findings_changed.connect(self._take_findings)
        self._take_findings()

    @property
    def writable(self) -> bool:
        """Tell whether the form may be changed."""
        return not self.document.read_only

    def _changed(self, changes: Changes) -> None:
        if changes.everything or FIELD in changes.fields:
            form = shelf.form_at(self.document.report, self.number)
            if form is not None and form != self.form:
                self.form = form
                self._judge()
                self.changed.emit()
        elif GRADES in changes.fields:
            self.changed.emit()

    def _judge(self) -> None:
        self.verdicts = [self._known.get(line) or score(line) for line in self.form.indicators]
        self._known = dict(zip(self.form.indicators, self.verdicts, strict=True))

    def unmet(self) -> list[Indicator]:
        """Return the indicators that miss their target."""
        return [i for i, verdict in zip(self.form.indicators, self.verdicts, strict=True) if verdict.met is False]

    def is_by_rule(self) -> bool:
        """Tell whether every score that the rule gives, the rate and the total are the rule's."""
        form, pairs = self.form, zip(self.form.indicators, self.verdicts, strict=True)
        computed = form.execution.computed_score()
        return (
            all(verdict.value in (None, line.score) for line, verdict in pairs)
            and computed in (None, form.execution.score)
            and not form.execution.rate
            and form.total in (None, form.computed_total())
            and all(g.score in (None, form.goal_score(g.number)) for g in form.goals)
        )

    def _take_findings(self) -> None:
        key = page_key(self.number)
        found = [f for f in self.document.findings.foreign("inputs") if f.form == key]
        if found != self.findings:
            self.findings = found
            self._sort_findings()
            self.findings_changed.emit()

    def findings_at(self, path: str) -> list[Finding]:
        """Return the open findings at a place of the form, e.g. "/total" or "/indicators/3/score"."""
        return self._by_path.get(path, [])

    def findings_of_line(self, row: int) -> list[Finding]:
        """Return the open findings about a line of the table of indicators."""
        return self._by_row.get(row, [])

    def _sort_findings(self) -> None:
        self._by_path.clear()
        self._by_row.clear()
        for found in self.findings:
            if not found.rows or found.severity is Severity.ACCEPTED:
                continue
            path = found.rows[0][1]
            self._by_path.setdefault(path, []).append(found)
            field, _, rest = path.removeprefix("/").partition("/")
            if field == "indicators" and (row := rest.partition("/")[0]).isdecimal():
                self._by_row.setdefault(int(row), []).append(found)

    def apply(self, form: SelfEvaluation, label: str) -> bool:
        """Store another state of the form as one step that can be undone; False when that failed."""
        if form == self.form:
            return True
        name = shelf.name_of(self.form, self.number)
        return self.carry_out(shelf.replaced(self.document.report, self.number, form), f"“{name}”{label}")

    def carry_out(self, stored: list[object] | None, label: str) -> bool:
        """Store another list of forms."""
        return carry_out(self.document, stored, label, self)


def carry_out(document: Document, stored: object, label: str, speaker: QObject, field: str = FIELD) -> bool:
    """Store a list of forms (or another field) as one step; what fails is said by ``said`` of ``speaker``."""
    try:
        document.apply(SetField(field, stored), label)
    except (CommandError, StoreError) as error:
        speaker.said.emit(str(error), True)  # type: ignore[attr-defined]
        return False
    return True
