"""The findings as a model for a tree: four severities with their findings.

A new list is compared with the old one and only the differences are told to the view, so that selection, scrolling and
expanded groups stay as they are while the user types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktopapp.core.findings import Finding, Severity

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
FINDING = Qt.ItemDataRole.UserRole + 1
SHOWN = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines in which a finding is shown: where, the figures, the rule."""

    title: str
    figures: str
    says: str


class Wording:
    """Turns findings into lines; replaced together with the report."""

    def shown(self, finding: Finding) -> Shown:
        """Return the lines of a finding."""
        return Shown(finding.form, finding.message, "")


class FindingsModel(QAbstractItemModel):
    """Severities (always four rows, the view hides empty ones) and their findings."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[list[Finding]] = [[] for _ in Severity]
        self._shown: dict[str, Shown] = {}
        self._wording = Wording()

    def set_wording(self, wording: Wording) -> None:
        """Word findings anew, for another report or unit."""
        self._wording = wording
        self._shown.clear()
        for group in range(len(self._groups)):
            self._tell_changed(group, 0, len(self._groups[group]) - 1)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show these findings, in their order."""
        fresh: list[list[Finding]] = [[] for _ in Severity]
        for finding in findings:
            fresh[finding.severity].append(finding)
        for group, wanted in enumerate(fresh):
            count = len(self._groups[group])
            self._remove_gone(group, {f.id for f in wanted})
            self._reorder(group, wanted)
            self._insert_new(group, wanted)
            self._replace_changed(group, wanted)
            if count != len(wanted):
                head = self.index(group, 0)
                self.dataChanged.emit(head, head)

    def _remove_gone(self, group: int, wanted: set[str]) -> None:
        rows = self._groups[group]
        last = len(rows) - 1
        while last >= 0:
            if rows[last].id in wanted:
                last -= 1
                continue
            first = last
            while first > 0 and rows[first - 1].id not in wanted:
                first -= 1
            self.beginRemoveRows(self.index(group, 0), first, last)
            for gone in rows[first : last + 1]:
                self._shown.pop(gone.id, None)
            del rows[first : last + 1]
            self.endRemoveRows()
            last = first - 1

    def _reorder(self, group: int, wanted: Sequence[Finding]) -> None:
        """Bring what stays into the order wanted; happens only when rows of a form have moved."""
        rows = self._groups[group]
        place = {f.id: i for i, f in enumerate(wanted)}
        places = [place[f.id] for f in rows]
        if all(a < b for a, b in pairwise(places)):
            return
        self.layoutAboutToBeChanged.emit()
        before = [(i, self.finding(i)) for i in self.persistentIndexList()]
        rows.sort(key=lambda f: place[f.id])
        at = {f.id: i for i, f in enumerate(rows)}
        for index, finding in before:
            if finding is not None and index.internalId() == group + 1:
                self.changePersistentIndex(index, self.createIndex(at[finding.id], 0, group + 1))
        self.layoutChanged.emit()

    def _insert_new(self, group: int, wanted: Sequence[Finding]) -> None:
        rows = self._groups[group]
        at = 0
        while at < len(wanted):
            if at < len(rows) and rows[at].id == wanted[at].id:
                at += 1
                continue
            end = at + 1
            following = rows[at].id if at < len(rows) else None
            while end < len(wanted) and wanted[end].id != following:
                end += 1
            self.beginInsertRows(self.index(group, 0), at, end - 1)
            rows[at:at] = wanted[at:end]
            self.endInsertRows()
            at = end

    def _replace_changed(self, group: int, wanted: Sequence[Finding]) -> None:
        rows = self._groups[group]
        for i, finding in enumerate(wanted):
            if rows[i] != finding:
                rows[i] = finding
                self._shown.pop(finding.id, None)
                self._tell_changed(group, i, i)

    def _tell_changed(self, group: int, first: int, last: int) -> None:
        if first <= last:
            head = self.index(group, 0)
            self.dataChanged.emit(self.index(first, 0, head), self.index(last, 0, head))

    # ── questions ───────────────────────────────────────────────────────────────────────────────────────────────
    def findings(self) -> list[Finding]:
        """Return all findings in the order shown."""
        return [f for group in self._groups for f in group]

    def finding(self, index: _Index) -> Finding | None:
        """Return the finding of an index, None for severities."""
        if not index.isValid() or not index.internalId():
            return None
        return self._groups[index.internalId() - 1][index.row()]

    def index_of(self, finding_id: str) -> QModelIndex:
        """Return the index of a finding, invalid when it is not shown."""
        for group, rows in enumerate(self._groups):
            for row, finding in enumerate(rows):
                if finding.id == finding_id:
                    return self.index(row, 0, self.index(group, 0))
        return QModelIndex()

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def index(self, row: int, column: int, parent: _Index = _NOWHERE) -> QModelIndex:
        """Return an index; the internal id is 0 for severities, else the severity plus one."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: _Index = _NOWHERE) -> Any:
        """Return the severity of a finding."""
        if not child.isValid() or not child.internalId():
            return QModelIndex()
        return self.createIndex(child.internalId() - 1, 0, 0)

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of severities, or of findings of one."""
        if not parent.isValid():
            return len(self._groups)
        return 0 if parent.internalId() else len(self._groups[parent.row()])

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return 1."""
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return texts and the finding itself."""
        finding = self.finding(index)
        if finding is None:
            return self._severity_data(index, role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{finding.severity.label}：{finding.message}"
        if role == SHOWN:
            return self._lines(finding)
        if role == FINDING:
            return finding
        if role == Qt.ItemDataRole.ToolTipRole:
            return finding.message + (f"\n{finding.suggestion}" if finding.suggestion else "")
        return None

    def _severity_data(self, index: _Index, role: int) -> Any:
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{Severity(index.row()).label}（{len(self._groups[index.row()])}）"
        return None

    def _lines(self, finding: Finding) -> Shown:
        shown = self._shown.get(finding.id)
        if shown is None:
            shown = self._shown[finding.id] = self._wording.shown(finding)
        return shown
