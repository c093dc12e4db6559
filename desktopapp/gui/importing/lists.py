"""The lists beside the recognised form: its forms, what is doubtful, what found no place, what does not agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.amount import Unit, format_number
from desktopapp.core.findings import Finding
from desktopapp.core.naming import describe, form_name
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.importing.trial import Doubts
from desktopapp.gui.palette import SIGNS
from desktopapp.readers.account import Grade, Left

_ROLE = Qt.ItemDataRole.UserRole
_MOST_ROWS = 2_000


class FormList(QListWidget):
    """The forms that were found, with a check box each to leave one out."""

    #: A form was chosen (its id).
    form_chosen = Signal(str)
    #: A form was left out or taken in again.
    kept_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("识别到的表")
        self.setToolTip("去掉勾选，这张表就不导入")
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._chosen)
        self.itemChanged.connect(lambda _item: self.kept_changed.emit())

    def fill(self, report: Report, forms: dict[str, float], words: Callable[[str], str]) -> None:
        """List forms with their confidence; ``words`` tells what is doubtful in one."""
        self.blockSignals(True)
        self.clear()
        for form_id, sure in forms.items():
            form = report.template.form(form_id)
            title = form.title.replace("{year}年度", "")
            name = form_name(report, form_id)
            item = QListWidgetItem(f"{name}　{title}\n把握 {round(sure * 100)}%{words(form_id)}")
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setData(_ROLE, form_id)
            item.setToolTip(f"{name}　{title}；去掉勾选，这张表就不导入")
            self.addItem(item)
        self.blockSignals(False)

    def refresh(self, report: Report, forms: dict[str, float], words: Callable[[str], str]) -> None:
        """Bring the words of every form up to date."""
        self.blockSignals(True)
        for at in range(self.count()):
            item = self.item(at)
            head = item.text().split("\n")[0]
            form_id = str(item.data(_ROLE))
            item.setText(f"{head}\n把握 {round(forms[form_id] * 100)}%{words(form_id)}")
        self.blockSignals(False)

    def show_form(self, form_id: str) -> None:
        """Make a form the current one."""
        for at in range(self.count()):
            if self.item(at).data(_ROLE) == form_id:
                self.setCurrentRow(at)

    def current(self) -> str:
        """Return the current form, empty when there is none."""
        at = self.currentRow()
        return str(self.item(at).data(_ROLE)) if at >= 0 else ""

    def kept(self) -> list[str]:
        """Return the forms that are to be imported."""
        items = [self.item(at) for at in range(self.count())]
        return [str(i.data(_ROLE)) for i in items if i.checkState() is Qt.CheckState.Checked]

    def keep(self, form_id: str, on: bool) -> None:
        """Leave a form out, or take it in again."""
        for at in range(self.count()):
            if self.item(at).data(_ROLE) == form_id:
                self.item(at).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _chosen(self, item: QListWidgetItem | None, _before: object) -> None:
        if item is not None:
            self.form_chosen.emit(str(item.data(_ROLE)))


class ReviewTabs(QTabWidget):
    """Four lists; choosing a line shows its place."""

    #: A cell to show.
    cell_wanted = Signal(object)
    #: A place of the source to show (a Left).
    left_wanted = Signal(object)
    #: An unplaced number is to go into the current cell (a Left).
    assign_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.setAccessibleName("读入的情况")
        self.doubts = _tree("存疑与修复", ("", "单元格", "金额（万元）", "原因"))
        self.left = _tree("没有放入的内容", ("来源位置", "内容", "说明"))
        self.findings = _tree("校验", ("", "位置", "说明"))
        self.remarks = QListWidget()
        self.remarks.setAccessibleName("读取说明")
        self.remarks.setWordWrap(True)
        self.assign = QPushButton("放入当前单元格(&P)")
        self.assign.setToolTip("把选中的数字填入表中当前的单元格")
        self._target = QLabel()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 4)
        column.addWidget(self.left, 1)
        row = QHBoxLayout()
        row.addWidget(self._target, 1)
        row.addWidget(self.assign)
        column.addLayout(row)
        for page, name in (
            (self.doubts, "存疑与修复"),
            (left, "没有放入"),
            (self.findings, "校验"),
            (self.remarks, "说明"),
        ):
            self.addTab(page, name)
        self._lefts: list[Left] = []
        self._doubtful: list[Cell] = []
        self.doubts.currentItemChanged.connect(self._cell_chosen)
        self.findings.currentItemChanged.connect(self._cell_chosen)
        self.left.currentItemChanged.connect(self._left_chosen)
        self.assign.clicked.connect(self._assign)
        self.set_target("")

    # ── contents ────────────────────────────────────────────────────────────────────────────────────────────────
    def fill_doubts(self, report: Report, doubts: Doubts) -> None:
        """List what is unsure, then what was repaired or decided by relations."""
        cells = [*doubts.unsure, *doubts.decided][:_MOST_ROWS]
        # Usually only the words differ; the line that was clicked must stay where it is.
        if cells != self._doubtful:
            self._doubtful = cells
            self.doubts.blockSignals(True)
            self.doubts.clear()
            self.doubts.addTopLevelItems([QTreeWidgetItem() for _ in cells])
            self.doubts.blockSignals(False)
        for at, cell in enumerate(cells):
            item = self.doubts.topLevelItem(at)
            if item is not None:
                _word_doubt(item, report, doubts, cell)
        self.setTabText(0, f"存疑 {len(doubts.open())} · 修复 {len(doubts.decided)}")

    def fill_left(self, report: Report, left: Sequence[Left]) -> None:
        """List what found no cell."""
        self._lefts = list(left)
        self.left.clear()
        for entry in self._lefts:
            name = form_name(report, entry.form) if report.template.has_form(entry.form) else ""
            item = QTreeWidgetItem([f"{name} {entry.where}".strip(), entry.text, entry.reason])
            item.setToolTip(2, entry.reason)
            self.left.addTopLevelItem(item)
        self.setTabText(1, f"没有放入 {len(self._lefts)}")
        self.assign.setEnabled(False)

    def fill_findings(self, report: Report, findings: Iterable[Finding]) -> None:
        """List what does not agree in the recognised report."""
        self.findings.clear()
        found = list(findings)
        for finding in found[:_MOST_ROWS]:
            where = describe(report, finding.places[0]) if finding.places else form_name(report, finding.form)
            item = QTreeWidgetItem([f"{SIGNS[finding.severity]} {finding.severity.label}", where, finding.message])
            item.setData(0, _ROLE, finding.places[0] if finding.places else None)
            item.setToolTip(2, finding.message)
            self.findings.addTopLevelItem(item)
        self.setTabText(2, f"校验 {len(found)}")

    def fill_remarks(self, remarks: Sequence[str]) -> None:
        """List the reader's remarks."""
        self.remarks.clear()
        self.remarks.addItems(list(remarks))
        self.setTabText(3, f"说明 {len(remarks)}")

    def set_target(self, words: str) -> None:
        """Name the cell that an unplaced number would go to."""
        self._target.setText(f"当前单元格：{words}" if words else "先在表中选一个单元格")
        self._allow()

    def choose_left(self, at: int) -> None:
        """Select an unplaced content."""
        item = self.left.topLevelItem(at)
        if item is not None:
            self.left.setCurrentItem(item)

    # ── what is chosen ──────────────────────────────────────────────────────────────────────────────────────────
    def _cell_chosen(self, item: QTreeWidgetItem | None, _before: object) -> None:
        cell = item.data(0, _ROLE) if item is not None else None
        if cell is not None:
            # Qt hands a named tuple back as a plain one.
            self.cell_wanted.emit(Cell(*cell))

    def _current_left(self) -> Left | None:
        item = self.left.currentItem()
        return self._lefts[self.left.indexOfTopLevelItem(item)] if item is not None else None

    def _left_chosen(self, *_items: object) -> None:
        chosen = self._current_left()
        self._allow()
        if chosen is not None:
            self.left_wanted.emit(chosen)

    def _allow(self) -> None:
        chosen = self._current_left()
        ready = chosen is not None and chosen.amount is not None and self._target.text().startswith("当前")
        self.assign.setEnabled(ready)

    def _assign(self) -> None:
        chosen = self._current_left()
        if chosen is not None:
            self.assign_wanted.emit(chosen)


def _word_doubt(item: QTreeWidgetItem, report: Report, doubts: Doubts, cell: Cell) -> None:
    grade, severity = doubts.grade(cell), doubts.severity(cell)
    sign = SIGNS[severity] if severity is not None else "✓"
    word = "已更正" if grade is Grade.CERTAIN else ("已看过" if cell in doubts.seen else grade.value)
    why = doubts.words(cell)
    amount = format_number(report.get(cell) or 0, Unit.WAN)
    for column, text in enumerate((f"{sign} {word}", describe(report, cell), amount, why)):
        item.setText(column, text)
    item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setData(0, _ROLE, cell)
    item.setToolTip(3, why)


def _tree(name: str, heads: Sequence[str]) -> QTreeWidget:
    tree = QTreeWidget()
    tree.setAccessibleName(name)
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.setHeaderLabels(list(heads))
    tree.header().setStretchLastSection(True)
    tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    for column, width in enumerate((110, 300, 110) if len(heads) == 4 else (150, 260)):
        tree.setColumnWidth(column, width)
    return tree
