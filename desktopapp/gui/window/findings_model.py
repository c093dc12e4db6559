"""The findings as a flat list for a view: a head row for each severity that occurs, its findings below it.

Changes are told row by row, so that selection, scrolling and folded severities stay as they are while the user types.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktopapp.core.findings import Finding, Severity
from desktopapp.gui.window.findings_order import Order

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
FINDING = Qt.ItemDataRole.UserRole + 1
SHOWN = Qt.ItemDataRole.UserRole + 2
HEAD = Qt.ItemDataRole.UserRole + 3
#: Of more findings than this those that stay are not compared with what they were.
_MOST_COMPARED = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines in which a finding is shown: where, the figures, the rule.

    ``fold`` is the sign of a finding that others stand below, ``action`` a link that does something about it;
    ``inner`` findings stand below another.
    """

    title: str
    figures: str
    says: str
    fold: str = ""
    action: str = ""
    inner: bool = False


class Wording:
    """Turns findings into lines; replaced together with the report."""

    def shown(self, finding: Finding) -> Shown:
        """Return the lines of a finding."""
        return Shown(finding.form, finding.message, "")

    def head(self, severity: Severity, rows: int) -> str:
        """Return the head above the findings of a severity."""
        return f"{severity.label}（{rows}）"


class _Group:
    """The findings of one severity; ``headed`` while its head row is shown."""

    __slots__ = ("folded", "headed", "rows")

    def __init__(self) -> None:
        self.rows: list[Finding] = []
        self.headed = False
        self.folded = False

    def __len__(self) -> int:
        return self.headed + (0 if self.folded else len(self.rows))


class FindingsModel(QAbstractListModel):
    """Findings by severity; a small change costs what changed, however long the list is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups = [_Group() for _ in Severity]
        self._by_id: dict[str, Finding] = {}
        self._shown: dict[str, Shown] = {}
        self._wording = Wording()
        self._order = Order()

    def set_wording(self, wording: Wording) -> None:
        """Word findings anew, for another report or unit."""
        self._wording = wording
        self._shown.clear()
        if self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    # ── changing ────────────────────────────────────────────────────────────────────────────────────────────────
    def set_findings(self, findings: Sequence[Finding], order: Order | None = None) -> None:
        """Show these findings; ``order`` is the one in which they stand, for later changes."""
        self._order = order or Order()
        fresh: list[list[Finding]] = [[] for _ in Severity]
        for finding in findings:
            fresh[self._order.section(finding)].append(finding)
        counts = [len(g.rows) for g in self._groups]
        for number, wanted in enumerate(fresh):
            self._remove_gone(number, {f.id for f in wanted})
            self._reorder(number, wanted)
            self._insert_new(number, wanted)
            self._replace_all(number, wanted)
        self._by_id = {f.id: f for f in findings}
        self._tell_heads([i for i, g in enumerate(self._groups) if len(g.rows) != counts[i]])

    def change(self, dropped: Collection[str], put: Collection[Finding], order: Order | None = None) -> None:
        """Take findings away and add or replace others; ``order`` is another one that tells these apart only."""
        fresh = {f.id: f for f in put}
        touched: set[int] = set()
        order = order or self._order
        for name in {*dropped, *(n for n in fresh if n in self._by_id)}:
            old = self._by_id.get(name)
            if old is None:
                continue
            at, new, section = self._place_of(old), fresh.get(name), self._order.section(old)
            stays = new is not None and order.section(new) is section and order.key(new) == self._order.key(old)
            if stays:
                self._replace(section, at, fresh.pop(name))
                continue
            self._remove(section, at, at)
            touched.add(section)
        self._order = order
        for finding in fresh.values():
            section = order.section(finding)
            group = self._groups[section]
            at = bisect_left(group.rows, order.key(finding), key=order.key)
            self._insert(section, at, [finding])
            touched.add(section)
        self._tell_heads(touched)

    def reword(self, finding_ids: Collection[str]) -> None:
        """Show findings in other words."""
        for name in finding_ids:
            self._shown.pop(name, None)
            index = self.index_of(name)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def fold(self, severity: Severity, folded: bool) -> None:
        """Hide or show the findings of a severity below its head row."""
        group = self._groups[severity]
        if group.folded == folded:
            return
        first = self._start(severity) + 1
        last = first + len(group.rows) - 1
        if not group.rows:
            group.folded = folded
        elif folded:
            self.beginRemoveRows(_NOWHERE, first, last)
            group.folded = True
            self.endRemoveRows()
        else:
            self.beginInsertRows(_NOWHERE, first, last)
            group.folded = False
            self.endInsertRows()
        self._tell_heads([severity])

    def is_folded(self, severity: Severity) -> bool:
        """Tell whether the findings of a severity are hidden."""
        return self._groups[severity].folded

    def _start(self, number: int) -> int:
        """Return the row at which a group begins."""
        return sum(len(g) for g in self._groups[:number])

    def _insert(self, number: int, at: int, findings: Sequence[Finding]) -> None:
        group = self._groups[number]
        if not group.headed:
            row = self._start(number)
            self.beginInsertRows(_NOWHERE, row, row)
            group.headed = True
            self.endInsertRows()
        if not group.folded:
            row = self._start(number) + 1 + at
            self.beginInsertRows(_NOWHERE, row, row + len(findings) - 1)
        group.rows[at:at] = findings
        self._by_id.update((f.id, f) for f in findings)
        if not group.folded:
            self.endInsertRows()

    def _remove(self, number: int, first: int, last: int) -> None:
        group = self._groups[number]
        row = self._start(number) + 1
        if not group.folded:
            self.beginRemoveRows(_NOWHERE, row + first, row + last)
        for gone in group.rows[first : last + 1]:
            self._shown.pop(gone.id, None)
            self._by_id.pop(gone.id, None)
        del group.rows[first : last + 1]
        if not group.folded:
            self.endRemoveRows()
        if not group.rows:
            self.beginRemoveRows(_NOWHERE, row - 1, row - 1)
            group.headed = False
            self.endRemoveRows()

    def _replace(self, number: int, at: int, finding: Finding) -> None:
        group = self._groups[number]
        if group.rows[at] == finding:
            return
        group.rows[at] = self._by_id[finding.id] = finding
        self._shown.pop(finding.id, None)
        if not group.folded:
            index = self.index(self._start(number) + 1 + at)
            self.dataChanged.emit(index, index)

    def _replace_all(self, number: int, wanted: list[Finding]) -> None:
        """Take over findings that stay in their places; comparing thousands costs more than painting those in view."""
        if len(wanted) <= _MOST_COMPARED:
            for at, finding in enumerate(wanted):
                self._replace(number, at, finding)
            return
        group = self._groups[number]
        group.rows = wanted
        for finding in wanted:
            self._shown.pop(finding.id, None)
        if not group.folded:
            first = self._start(number) + 1
            self.dataChanged.emit(self.index(first), self.index(first + len(wanted) - 1))

    def _remove_gone(self, number: int, wanted: set[str]) -> None:
        rows = self._groups[number].rows
        last = len(rows) - 1
        while last >= 0:
            if rows[last].id in wanted:
                last -= 1
                continue
            first = last
            while first > 0 and rows[first - 1].id not in wanted:
                first -= 1
            self._remove(number, first, last)
            last = first - 1

    def _reorder(self, number: int, wanted: Sequence[Finding]) -> None:
        """Bring what stays into the order wanted; happens only when rows of a form have moved."""
        group = self._groups[number]
        place = {f.id: i for i, f in enumerate(wanted)}
        places = [place[f.id] for f in group.rows]
        if all(a < b for a, b in pairwise(places)):
            return
        self.layoutAboutToBeChanged.emit()
        before = [(i, self.finding(i)) for i in self.persistentIndexList()]
        group.rows.sort(key=lambda f: place[f.id])
        row = self._start(number) + 1
        at = {f.id: row + i for i, f in enumerate(group.rows)}
        for index, finding in before:
            if finding is not None and self._order.section(finding) == number and not group.folded:
                self.changePersistentIndex(index, self.createIndex(at[finding.id], 0))
        self.layoutChanged.emit()

    def _insert_new(self, number: int, wanted: Sequence[Finding]) -> None:
        rows = self._groups[number].rows
        at = 0
        while at < len(wanted):
            if at < len(rows) and rows[at].id == wanted[at].id:
                at += 1
                continue
            end = at + 1
            following = rows[at].id if at < len(rows) else None
            while end < len(wanted) and wanted[end].id != following:
                end += 1
            self._insert(number, at, wanted[at:end])
            at = end

    def _tell_heads(self, numbers: Collection[int]) -> None:
        """Tell the view that the counts in head rows may differ."""
        for number in numbers:
            if self._groups[number].headed:
                head = self.index(self._start(number))
                self.dataChanged.emit(head, head)

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    def findings(self) -> list[Finding]:
        """Return all findings in their order, folded ones as well."""
        return [f for group in self._groups for f in group.rows]

    def is_empty(self) -> bool:
        """Tell whether there is no finding at all."""
        return not self._by_id

    def head_rows(self) -> list[int]:
        """Return the rows that are heads of a severity."""
        return [self._start(i) for i, group in enumerate(self._groups) if group.headed]

    def head_row(self, severity: Severity) -> int:
        """Return the row of the head of a severity that occurs."""
        return self._start(severity)

    def _at(self, row: int) -> tuple[Severity, int]:
        """Return severity and place of a row; the place of a head row is −1."""
        for severity, group in zip(Severity, self._groups, strict=True):
            if row < len(group):
                return severity, row - 1
            row -= len(group)
        raise IndexError(row)

    def finding(self, index: _Index) -> Finding | None:
        """Return the finding of an index, None for head rows."""
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        severity, at = self._at(index.row())
        return self._groups[severity].rows[at] if at >= 0 else None

    def severity(self, index: _Index) -> Severity:
        """Return the severity to which a row belongs."""
        return self._at(index.row())[0]

    def _place_of(self, finding: Finding) -> int:
        rows = self._groups[self._order.section(finding)].rows
        at = bisect_left(rows, self._order.key(finding), key=self._order.key)
        if at < len(rows) and rows[at].id == finding.id:
            return at
        return next(i for i, f in enumerate(rows) if f.id == finding.id)

    def index_of(self, finding_id: str) -> QModelIndex:
        """Return the index of a finding, invalid when it is not there or folded away."""
        finding = self._by_id.get(finding_id)
        if finding is None or self._groups[self.section_of(finding)].folded:
            return QModelIndex()
        return self.index(self._start(self.section_of(finding)) + 1 + self._place_of(finding))

    def section_of(self, finding: Finding) -> Severity:
        """Return the severity under whose head a finding stands."""
        return self._order.section(finding)

    def get(self, finding_id: str) -> Finding | None:
        """Return a finding by id."""
        return self._by_id.get(finding_id)

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of rows, heads included."""
        return 0 if parent.isValid() else sum(map(len, self._groups))

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return texts and the finding itself."""
        if not index.isValid():
            return None
        finding = self.finding(index)
        if finding is None:
            return self._head_data(self.severity(index), role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{finding.severity.label}：{finding.message}"
        if role == SHOWN:
            return self._lines(finding)
        if role == FINDING:
            return finding
        if role == Qt.ItemDataRole.ToolTipRole:
            return finding.message + (f"\n{finding.suggestion}" if finding.suggestion else "")
        return None

    def _head_data(self, severity: Severity, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._wording.head(severity, len(self._groups[severity].rows))
        return severity if role == HEAD else None

    def _lines(self, finding: Finding) -> Shown:
        shown = self._shown.get(finding.id)
        if shown is None:
            shown = self._shown[finding.id] = self._wording.shown(finding)
        return shown
