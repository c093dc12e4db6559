"""The indicators of a form as Qt sees them, with an empty row at the end for the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from desktopapp.core.findings import Finding
from desktopapp.core.performance.checks import points
from desktopapp.core.performance.scoring import Score
from desktopapp.core.performance.selfeval import Indicator
from desktopapp.gui.palette import Theme
from desktopapp.gui.selfeval.bench import Bench
from desktopapp.gui.selfeval.edits import COLUMNS, KEYS, Column, run_of, text_of
from desktopapp.narrative.selfeval_tables import column_head

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROLE = Qt.ItemDataRole
_LEVELS = ("level1", "level2")


class IndicatorModel(QAbstractTableModel):
    """Shows the lines as they are in the report; never changes it."""

    def __init__(self, bench: Bench, labels: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bench = bench
        self._heads = [c.label if c.key == "goal" else column_head(c.key, labels) for c in COLUMNS]
        self._shown_heads = [_in_two_lines(h, c) for h, c in zip(self._heads, COLUMNS, strict=True)]
        self._theme: Theme | None = None
        self._rows = self._wanted_rows()
        self._lines = bench.form.indicators
        self._printed = bench.form.groups
        self._runs: dict[str, list[range]] = {}
        self._marked = self._all_marks()

    def _wanted_rows(self) -> int:
        return len(self.bench.form.indicators) + self.bench.writable

    def refresh(self) -> range | None:
        """Show the form as it is now; the current cell stays.

        Return the rows whose texts differ when the levels and the number of rows are the same, None otherwise.
        """
        was, printed = self._lines, self._printed
        self._lines, self._printed = self.bench.form.indicators, self.bench.form.groups
        self._runs.clear()
        wanted, have = self._wanted_rows(), self._rows
        if wanted > have:
            self.beginInsertRows(_NOWHERE, have, wanted - 1)
            self._rows = wanted
            self.endInsertRows()
        elif wanted < have:
            self.beginRemoveRows(_NOWHERE, wanted, have - 1)
            self._rows = wanted
            self.endRemoveRows()
        rows = _differing(was, self._lines) if printed == self._printed else None
        if rows is None:
            self.touch()
        elif rows:
            self.dataChanged.emit(self.index(rows.start, 0), self.index(rows.stop - 1, len(COLUMNS) - 1))
        return rows

    def show_findings(self) -> None:
        """Paint the lines anew whose findings are others."""
        marks = self._all_marks()
        rows = [row for row in marks.keys() | self._marked.keys() if marks.get(row) != self._marked.get(row)]
        self._marked = marks
        for row in rows:
            if row < self._rows:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def _all_marks(self) -> dict[int, tuple[tuple[str, str], ...]]:
        """Return place and message of the findings about every line that has any."""
        found = {row: self.bench.findings_of_line(row) for row in range(len(self._lines))}
        return {row: tuple((f.rows[0][1], f.message) for f in own) for row, own in found.items() if own}

    def touch(self) -> None:
        """Have everything painted anew."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(self._rows - 1, len(COLUMNS) - 1))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.touch()

    # ── places ──────────────────────────────────────────────────────────────────────────────────────────────────
    def is_line(self, index: _Index) -> bool:
        """Tell whether an index is in a line of the form, not in the empty row at the end."""
        return index.isValid() and index.row() < len(self.bench.form.indicators)

    def key_at(self, index: _Index) -> str:
        """Return the key of the column of an index."""
        return KEYS[index.column()]

    def verdict(self, row: int) -> Score | None:
        """Return the verdict on a line, None for the empty row."""
        return self.bench.verdicts[row] if row < len(self.bench.verdicts) else None

    def edit_text(self, index: _Index) -> str:
        """Return what editing a cell begins with."""
        return text_of(self.bench.form, index.row(), self.key_at(index)) if self.is_line(index) else ""

    def goes_on(self, index: _Index) -> bool:
        """Tell whether a level cell and the one below it are printed as one."""
        key = self.key_at(index)
        if key not in _LEVELS or not self.is_line(index):
            return False
        return index.row() < self._run(index.row(), key).stop - 1

    def _run(self, row: int, key: str) -> range:
        """Return the rows that print a level cell together."""
        if key not in self._runs:
            runs: list[range] = []
            while len(runs) < len(self._lines):
                run = run_of(self.bench.form, len(runs), key)
                runs += [run] * (run.stop - len(runs))
            self._runs[key] = runs
        return self._runs[key][row]

    def shown(self, index: _Index) -> str:
        """Return what a cell shows: levels once for all their rows."""
        key = self.key_at(index)
        if key in _LEVELS and self.is_line(index) and self._run(index.row(), key).start != index.row():
            return ""
        return self.edit_text(index)

    def note(self, row: int) -> str:
        """Return the short word beside a score: how it came about where the rule did not give it."""
        verdict = self.verdict(row)
        line = self.bench.form.indicators[row] if verdict is not None else None
        if verdict is None or line is None or line.weight is None:
            return ""
        if verdict.value is None:
            if line.score is None and verdict.band is not None:
                return f"{points(verdict.band[0])}～{points(verdict.band[1])}"
            return "人工"
        return "" if line.score == verdict.value else "改" if line.score is not None else points(verdict.value)

    def findings_at(self, index: _Index) -> list[Finding]:
        """Return the findings about a cell; those about a whole line stand at its name."""
        if not self.is_line(index):
            return []
        path, key = f"/indicators/{index.row()}", self.key_at(index)
        found = self.bench.findings_at(f"{path}/{key}")
        return found + self.bench.findings_at(path) if key == "name" else found

    def explain(self, row: int) -> str:
        """Return what there is to say about the score of a line."""
        verdict = self.verdict(row)
        if verdict is None:
            return ""
        line, words = self.bench.form.indicators[row], [verdict.reason]
        if verdict.value is not None:
            words.append(f"按规则 {points(verdict.value)} 分。")
            if line.score is not None and line.score != verdict.value:
                words.append(f"现为手工 {points(line.score)} 分，清空即恢复按规则计分。")
        elif verdict.band is not None:
            words.append(f"可评 {points(verdict.band[0])}～{points(verdict.band[1])} 分。")
        return "".join(words)

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of lines, and one more where another can be added."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return the flags: cells are editable unless the file is open for viewing."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsEditable if self.bench.writable else found

    def data(self, index: _Index, role: int = _ROLE.DisplayRole) -> Any:
        """Return texts, alignment and marks."""
        if not index.isValid():
            return None
        if role == _ROLE.DisplayRole:
            return self.shown(index)
        if role == _ROLE.EditRole:
            return self.edit_text(index)
        if role == _ROLE.TextAlignmentRole:
            across = Qt.AlignmentFlag.AlignHCenter if COLUMNS[index.column()].centred else Qt.AlignmentFlag.AlignLeft
            return int(across | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.BackgroundRole:
            return self._fill(index)
        if role == _ROLE.ForegroundRole:
            return self._ink(index)
        if role == _ROLE.ToolTipRole:
            return self._tip(index) or None
        if role == _ROLE.AccessibleTextRole:
            return f"第 {index.row() + 1} 行 {self._heads[index.column()]} {self.edit_text(index) or '空'}"
        return None

    def _fill(self, index: _Index) -> QColor | None:
        theme = self._theme
        if theme is None:
            return None
        worst = min((f.severity for f in self.findings_at(index)), default=None)
        if worst is not None:
            return QColor(theme.mark(worst).fill)
        verdict = self.verdict(index.row())
        if self.key_at(index) == "score" and verdict is not None:
            line = self.bench.form.indicators[index.row()]
            if verdict.value is None and line.score is None and line.weight and line.target and line.actual:
                return QColor(theme.warning.fill)
            if verdict.value is not None and line.score == verdict.value:
                return QColor(theme.computed_fill)
        return None

    def _ink(self, index: _Index) -> QColor | None:
        verdict = self.verdict(index.row())
        if self._theme is None or verdict is None or self.key_at(index) != "score" or verdict.value is None:
            return None
        automatic = self.bench.form.indicators[index.row()].score == verdict.value
        return QColor(self._theme.computed) if automatic else None

    def _tip(self, index: _Index) -> str:
        said = [f.message for f in self.findings_at(index)]
        if self.key_at(index) in ("score", "target", "actual"):
            said.append(self.explain(index.row()))
        elif not said and self.is_line(index):
            said.append(self.edit_text(index))
        return "\n".join(s for s in said if s)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """Return the heads of columns and the numbers of rows."""
        if role != _ROLE.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._shown_heads[section]
        return str(section + 1) if section < len(self.bench.form.indicators) else "＋"


def _in_two_lines(head: str, column: Column) -> str:
    """Break a head that is longer than its column in the middle; a Chinese character is as wide as two digits."""
    half = (len(head) + 1) // 2
    room = column.digits + (4 if column.share else 0)
    return f"{head[:half]}\n{head[half:]}" if 2 * len(head) > room else head


def _differing(was: Sequence[Indicator], now: Sequence[Indicator]) -> range | None:
    """Return the rows from the first to the last that differ; None where rows came, went or changed their levels."""
    if len(was) != len(now):
        return None
    rows = [at for at, (old, new) in enumerate(zip(was, now, strict=True)) if old is not new and old != new]
    if any(
        (was[at].goal, was[at].level1, was[at].level2) != (now[at].goal, now[at].level1, now[at].level2) for at in rows
    ):
        return None
    return range(rows[0], rows[-1] + 1) if rows else range(0)
