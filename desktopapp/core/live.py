"""The findings of an open report, kept up to date edit by edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from desktopapp.core.accepted import ACCEPTED, explanations, set_apart
from desktopapp.core.amount import Unit
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.code_findings import CodeFindings
from desktopapp.core.engine import Changes, Engine
from desktopapp.core.findings import (
    UNSURE,
    Finding,
    Severity,
    doubted,
    form_findings,
    reading_findings,
    relation_finding,
    sort_findings,
)
from desktopapp.core.template import Cell


@dataclass(slots=True)
class Delta:
    """What became of the findings since somebody asked last: first take ``dropped`` away, then add ``put``.

    With ``everything`` they were made anew, and the other two say nothing. ``rows``: rows came or went, so that
    the places of findings have other numbers.
    """

    dropped: set[str] = field(default_factory=set)
    put: dict[str, Finding] = field(default_factory=dict)
    everything: bool = False
    rows: bool = False


Counts = dict[str, Counter[Severity]]
#: What these sources find is looked for here; all others hand over what they find.
_CODES, _OWN = "codes", "own"


class LiveFindings:
    """All findings by id, and for each cell the worst of those it takes part in.

    An edit costs the relations it touches; only inserted, removed or renamed rows look at the codes of their form
    again. What others find (checks of inputs and text) is handed over with ``set_found`` and stands beside them.
    """

    def __init__(self, engine: Engine, catalogues: Catalogues | None, unit: Unit = Unit.WAN) -> None:
        self._engine = engine
        self._codes = CodeFindings(engine.report, catalogues) if catalogues is not None else None
        self._unit = unit
        self._relations: dict[str, Finding] = {}
        self._others: dict[str, Finding] = {}
        self._foreign: dict[str, list[Finding]] = {}
        self._origin: dict[str, str] = {}
        self._by_cell: dict[Cell, dict[str, None]] = {}
        self._by_row: dict[str, dict[str, dict[str, None]]] = {}
        self._explanations: dict[str, str] = {}
        self._marks: dict[Cell, dict[str, Severity]] = {}
        self._relation_counts: Counts = {}
        self._other_counts: Counts = {}
        self._absent: set[str] = set()
        self._read: dict[Cell, Severity] = {}
        self._doubted: frozenset[Cell] = frozenset()
        self._delta = Delta()
        self.refresh()

    def refresh(self) -> None:
        """Make everything anew."""
        self._relations.clear()
        self._relation_counts.clear()
        self._marks.clear()
        self._explanations = explanations(self._engine.report)
        for relation in self._engine.checker.open_relations():
            self._put(relation_finding(self._engine.report, self._engine.checker, relation, self._unit))
        self._refresh_others()

    def set_unit(self, unit: Unit) -> None:
        """Word the findings in another unit; they stay the same findings."""
        self._unit = unit
        for finding in self._relations.values():
            finding.reword(unit)

    def update(self, changes: Changes) -> set[Cell]:
        """Take over what a command changed; return the cells whose mark may have changed."""
        if changes.everything or ACCEPTED in changes.fields:
            before = set(self._marks)
            self.refresh()
            return before | set(self._marks)
        cells: set[Cell] = set()
        for relation_id in changes.relations:
            cells |= self._update_relation(relation_id)
        for form_id, row in changes.renamed:
            cells |= self._reword(form_id, row)
        if changes.rows and self._codes is not None:
            gone, put = self._codes.look(changes.rows)
            self._swap(_CODES, gone, put)
        self._delta.rows |= bool(changes.rows)
        read = {c for c in changes.cells if c in self._doubted}
        if UNSURE in changes.fields:
            read |= set(self._read)
        if changes.rows or UNSURE in changes.fields or read or self._absent_ids() != self._absent:
            self._look_beside()
            cells |= read | (set(self._read) if UNSURE in changes.fields else set())
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
        relation = self._engine.checker.open_relation(relation_id)
        if relation is not None:
            finding = relation_finding(self._engine.report, self._engine.checker, relation, self._unit)
            self._put(finding)
            cells.update(finding.places)
        return cells

    def _put(self, found: Finding) -> None:
        finding = self._set_apart(found)
        self._relations[finding.id] = finding
        self._relation_counts.setdefault(finding.form, Counter())[finding.severity] += 1
        self._delta.put[finding.id] = finding
        for cell in finding.places if finding.severity is not Severity.ACCEPTED else ():
            self._marks.setdefault(cell, {})[finding.id] = finding.severity

    def _drop(self, finding_id: str) -> set[Cell]:
        finding = self._relations.pop(finding_id, None)
        if finding is None:
            return set()
        self._relation_counts[finding.form][finding.severity] -= 1
        self._delta.put.pop(finding_id, None)
        self._delta.dropped.add(finding_id)
        for cell in finding.places if finding.severity is not Severity.ACCEPTED else ():
            marks = self._marks[cell]
            del marks[finding_id]
            if not marks:
                del self._marks[cell]
        return set(finding.places)

    def _set_apart(self, finding: Finding) -> Finding:
        return set_apart(finding, self._explanations.get(finding.id, ""))

    # ── what others find ────────────────────────────────────────────────────────────────────────────────────────
    def set_found(self, source: str, findings: Iterable[Finding]) -> bool:
        """Take over what a check elsewhere found in place of what it found before; tell whether that differs."""
        fresh = {f.id: f for f in findings}
        if fresh == {f.id: f for f in self._foreign.get(source, ())}:
            return False
        self._foreign[source] = list(fresh.values())
        self._replace(source, fresh)
        return True

    def foreign(self, source: str) -> list[Finding]:
        """Return what a check elsewhere found, accepted warnings set apart."""
        return [self._set_apart(f) for f in self._foreign.get(source, ())]

    def _replace(self, source: str, fresh: Mapping[str, Finding]) -> None:
        """Put all that a source finds in place of what it found before."""
        gone = [i for i, of in self._origin.items() if of == source and i not in fresh]
        self._swap(source, gone, fresh.values())

    def _swap(self, source: str, gone: Iterable[str], put: Iterable[Finding]) -> None:
        """Take findings of a source away, and add or replace others."""
        for finding_id in gone:
            if self._origin.get(finding_id) == source:
                self._take_away(finding_id)
                self._delta.put.pop(finding_id, None)
                self._delta.dropped.add(finding_id)
        for found in put:
            finding = self._set_apart(found)
            if finding.id in self._others:
                self._take_away(finding.id)
            self._others[finding.id], self._origin[finding.id] = finding, source
            self._other_counts.setdefault(finding.form, Counter())[finding.severity] += 1
            for cell in finding.places:
                self._by_cell.setdefault(cell, {})[finding.id] = None
            for form_id, row in finding.rows:
                self._by_row.setdefault(form_id, {}).setdefault(row, {})[finding.id] = None
            self._delta.put[finding.id] = finding

    def _take_away(self, finding_id: str) -> None:
        finding = self._others.pop(finding_id)
        del self._origin[finding_id]
        self._other_counts[finding.form][finding.severity] -= 1
        for cell in set(finding.places):
            del self._by_cell[cell][finding_id]
        for form_id, row in set(finding.rows):
            del self._by_row[form_id][row][finding_id]

    def _refresh_others(self) -> None:
        for kept in (self._others, self._origin, self._other_counts, self._by_cell, self._by_row):
            kept.clear()
        if self._codes is not None:
            self._codes.look()
            self._swap(_CODES, (), self._codes.all())
        self._look_beside()
        for source, found in self._foreign.items():
            self._swap(source, (), found)
        self._delta = Delta(everything=True)

    def _look_beside(self) -> None:
        """Look for empty forms and for doubtful amounts of an import again."""
        report = self._engine.report
        doubtful = list(reading_findings(report))
        self._read = {f.places[0]: f.severity for f in doubtful}
        self._doubted = frozenset(c for c, _, _ in doubted(report))
        empty = list(form_findings(report, self._engine.checker))
        self._absent = {f.id for f in empty}
        self._replace(_OWN, {f.id: f for f in (*empty, *doubtful)})

    def take_delta(self) -> Delta:
        """Return what became of the findings since the last call, so that a list need not compare all of them."""
        delta, self._delta = self._delta, Delta()
        return delta

    def all(self) -> list[Finding]:
        """Return every finding: by severity, then in the order of the forms."""
        return sort_findings(self._engine.report, [*self._relations.values(), *self._others.values()])

    def in_no_order(self) -> Iterator[Finding]:
        """Yield every finding, as they come: where only few of them count, sorting all is dear."""
        yield from self._relations.values()
        yield from self._others.values()

    def verdicts(self) -> dict[str, Severity]:
        """Return the severity of everything that is found here, by id; what others handed over is left out."""
        found = {f.id: f.severity for f in self._relations.values()}
        found.update((i, self._others[i].severity) for i, of in self._origin.items() if of in (_CODES, _OWN))
        return found

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
        marks, read = self._marks.get(cell), self._read.get(cell)
        if not marks:
            return read
        worst = min(marks.values())
        return worst if read is None else min(worst, read)

    def of_cell(self, cell: Cell) -> list[Finding]:
        """Return the findings that a cell takes part in, worst first."""
        found = [self._relations[i] for i in self._marks.get(cell, ())]
        found += [self._others[i] for i in self._by_cell.get(cell, ())]
        return sorted(found, key=lambda f: (f.severity, f.id))

    def of_row(self, form_id: str, row: str) -> list[Finding]:
        """Return the findings on the code and name of a row, worst first."""
        found = [self._others[i] for i in self._by_row.get(form_id, {}).get(row, ())]
        return sorted(found, key=lambda f: (f.severity, f.id))
