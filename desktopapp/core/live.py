"""The findings of an open report, kept up to date edit by edit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from desktopapp.core.amount import Unit
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.checker import Verdict
from desktopapp.core.engine import Changes, Engine
from desktopapp.core.findings import (
    Finding,
    Severity,
    code_findings,
    form_findings,
    relation_finding,
    sort_findings,
)
from desktopapp.core.template import Cell


@dataclass(slots=True)
class Delta:
    """What became of the findings since somebody asked last: first take ``dropped`` away, then add ``put``.

    With ``everything`` they were made anew, and the other two say nothing.
    """

    dropped: set[str] = field(default_factory=set)
    put: dict[str, Finding] = field(default_factory=dict)
    everything: bool = False


Counts = dict[str, Counter[Severity]]


class LiveFindings:
    """All findings by id, and for each cell the worst of those it takes part in.

    An edit costs the relations it touches; only inserted, removed or renamed rows look at the codes again.
    """

    def __init__(self, engine: Engine, catalogues: Catalogues | None, unit: Unit = Unit.WAN) -> None:
        self._engine = engine
        self._catalogues = catalogues
        self._unit = unit
        self._relations: dict[str, Finding] = {}
        self._others: dict[str, Finding] = {}
        self._marks: dict[Cell, dict[str, Severity]] = {}
        self._relation_counts: Counts = {}
        self._other_counts: Counts = {}
        self._absent: set[str] = set()
        self._delta = Delta()
        self.refresh()

    def refresh(self) -> None:
        """Make everything anew."""
        self._relations.clear()
        self._relation_counts.clear()
        self._marks.clear()
        for relation in self._engine.checker.open_relations():
            self._put(relation_finding(self._engine.report, self._engine.checker, relation, self._unit))
        self._refresh_others()

    def set_unit(self, unit: Unit) -> None:
        """Word the findings in another unit."""
        self._unit = unit
        self.refresh()

    def update(self, changes: Changes) -> set[Cell]:
        """Take over what a command changed; return the cells whose mark may have changed."""
        if changes.everything or changes.head:
            before = set(self._marks)
            self.refresh()
            return before | set(self._marks)
        cells: set[Cell] = set()
        for relation_id in changes.relations:
            cells |= self._update_relation(relation_id)
        for form_id, row in changes.renamed:
            cells |= self._reword(form_id, row)
        if changes.rows or self._absent_ids() != self._absent:
            self._refresh_others()
        return cells

    def _absent_ids(self) -> set[str]:
        return {f.id for f in form_findings(self._engine.report, self._engine.checker)}

    def _reword(self, form_id: str, row: str) -> set[Cell]:
        """Make the findings anew that may name a row."""
        checker = self._engine.checker
        columns = self._engine.report.template.form(form_id).columns
        named = {r.id for c in columns for r in checker.relations_of(Cell(form_id, row, c.key))}
        return {c for i in named if i in self._relations for c in self._update_relation(i)}

    def _update_relation(self, relation_id: str) -> set[Cell]:
        cells = self._drop(relation_id)
        relation = self._engine.checker.relation(relation_id)
        if relation is None or relation.kind == "condition":
            return cells
        if self._engine.checker.verdict(relation) in (Verdict.VIOLATED, Verdict.ROUNDING):
            finding = relation_finding(self._engine.report, self._engine.checker, relation, self._unit)
            self._put(finding)
            cells.update(finding.places)
        return cells

    def _put(self, finding: Finding) -> None:
        self._relations[finding.id] = finding
        self._relation_counts.setdefault(finding.form, Counter())[finding.severity] += 1
        self._delta.put[finding.id] = finding
        for cell in finding.places:
            self._marks.setdefault(cell, {})[finding.id] = finding.severity

    def _drop(self, finding_id: str) -> set[Cell]:
        finding = self._relations.pop(finding_id, None)
        if finding is None:
            return set()
        self._relation_counts[finding.form][finding.severity] -= 1
        self._delta.put.pop(finding_id, None)
        self._delta.dropped.add(finding_id)
        for cell in finding.places:
            marks = self._marks[cell]
            del marks[finding_id]
            if not marks:
                del self._marks[cell]
        return set(finding.places)

    def _refresh_others(self) -> None:
        report, checker = self._engine.report, self._engine.checker
        found: list[Finding] = list(form_findings(report, checker))
        if self._catalogues is not None:
            found += code_findings(report, self._catalogues)
        self._others = {f.id: f for f in found}
        self._other_counts = {}
        for finding in self._others.values():
            self._other_counts.setdefault(finding.form, Counter())[finding.severity] += 1
        self._absent = self._absent_ids()
        self._delta = Delta(everything=True)

    def take_delta(self) -> Delta:
        """Return what became of the findings since the last call, so that a list need not compare all of them."""
        delta, self._delta = self._delta, Delta()
        return delta

    def all(self) -> list[Finding]:
        """Return every finding: by severity, then in the order of the forms."""
        return sort_findings(self._engine.report, [*self._relations.values(), *self._others.values()])

    def counts(self, form_id: str | None = None) -> Counter[Severity]:
        """Return how many findings of each severity there are, in one form or in all."""
        total: Counter[Severity] = Counter()
        for form, counts in self.counts_by_form().items():
            if form_id is None or form == form_id:
                total.update(counts)
        return total

    def counts_by_form(self) -> Counts:
        """Return the counts of every form that has a finding."""
        found: Counts = {}
        for counts in (self._relation_counts, self._other_counts):
            for form, of_form in counts.items():
                # Counters drop what has gone down to zero when they are added.
                if total := found.get(form, Counter()) + of_form:
                    found[form] = total
        return found

    def mark(self, cell: Cell) -> Severity | None:
        """Return the worst severity of the findings that a cell takes part in, None if there is none."""
        marks = self._marks.get(cell)
        return min(marks.values()) if marks else None

    def of_cell(self, cell: Cell) -> list[Finding]:
        """Return the findings that a cell takes part in, worst first."""
        found = [self._relations[i] for i in self._marks.get(cell, ())]
        found += [f for f in self._others.values() if cell in f.places]
        return sorted(found, key=lambda f: (f.severity, f.id))
