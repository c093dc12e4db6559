"""The list of all self-evaluation forms: adding, copying, moving and deleting them, each as one step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.commands import CommandError
from desktopapp.core.engine import Changes
from desktopapp.core.findings import Severity
from desktopapp.core.performance.checks import points
from desktopapp.core.performance.next_year import emptied
from desktopapp.core.performance.selfeval import FormKind, GradeBand, SelfEvaluation, grade
from desktopapp.gui.document import Document
from desktopapp.gui.palette import SIGNS, title_font
from desktopapp.gui.selfeval import shelf
from desktopapp.gui.selfeval.bench import carry_out
from desktopapp.gui.selfeval.head_box import rate_text
from desktopapp.gui.selfeval.pages import page_key
from desktopapp.narrative.fields import GRADES
from desktopapp.narrative.selfeval_inputs import filled_from_forms
from desktopapp.narrative.selfeval_layouts import layout_named
from desktopapp.narrative.selfeval_tables import FIELD
from desktopapp.store.cipher import Secret
from desktopapp.store.errors import StoreError

_HEADS = ("名称", "类型", "执行率", "指标", "总分", "等级", "问题")
_TELL = (
    "把各项目的名称、预算数、执行数、偏差原因和改进措施填到“项目支出与绩效”，部门整体自评得分填到“预算绩效管理”；"
    "已填的不动，可以撤销"
)
_KINDS = {FormKind.DEPARTMENT: "部门整体", FormKind.PROJECT: "项目"}
_SHOWN = (Severity.ERROR, Severity.WARNING, Severity.ROUNDING)


class FormListPage(QWidget):
    """Shows the forms in the order in which they are printed."""

    #: A sentence, and whether something failed.
    said = Signal(str, bool)
    #: (page, place on it), to show.
    place_wanted = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._outline = document.text.outline
        self._layout = layout_named(self._outline.selfeval.get("layout", ""), self._outline.layouts)
        self.list = _List()
        self.buttons: dict[str, QPushButton] = {}
        self._copies = QMenu(self)
        self._arrange()
        self.list.opened.connect(self.open)
        self.list.itemSelectionChanged.connect(self._enable)
        document.changed.connect(self._changed)
        document.findings_changed.connect(self._fill)
        self._fill()
        self._enable()

    def _arrange(self) -> None:
        self.setAutoFillBackground(True)
        title = QLabel("绩效自评表")
        title.setFont(title_font(0.9))
        note = QLabel("部门整体自评表排在最前，项目自评表按下面的顺序印出。按 Enter 打开。")
        note.setWordWrap(True)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, key, text, tip, call in (
            (first, "department", "新增部门整体自评表(&Z)", "加一张空白的部门整体自评表", self._add_department),
            (first, "project", "新增项目自评表(&X)", "加一张空白的项目自评表", self._add_project),
            (first, "copy", "从其他项目复制(&K)", "沿用另一张表的指标、权重和目标值，实际值和得分清空", None),
            (first, "file", "从上年文件复制(&N)…", "从一份 .juesuan 文件取自评表，实际值和得分清空", self.ask_file),
            (second, "open", "打开(&O)", "打开选中的自评表", lambda: self.open(self.list.currentRow())),
            (second, "up", "上移(&U)", "把选中的表提前", lambda: self.move_form(-1)),
            (second, "down", "下移(&D)", "把选中的表移后", lambda: self.move_form(1)),
            (second, "delete", "删除(&L)", "删除选中的表，可以撤销", self.delete),
            (second, "tell", "填入文字部分(&J)", _TELL, self.tell),
            (second, "grades", "等级划分(&G)…", "优、良、中、差各自的最低分，按本地区的规定改", self.ask_grades),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            if call is not None:
                button.clicked.connect(lambda _on=False, c=call: c())
            row.addWidget(button)
            self.buttons[key] = button
        self.buttons["copy"].setMenu(self._copies)
        self._copies.aboutToShow.connect(self._fill_copies)
        first.addStretch(1)
        second.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(note)
        column.addLayout(first)
        column.addWidget(self.list, 1)
        column.addLayout(second)
        self.setFocusProxy(self.list)

    # ── following the report ────────────────────────────────────────────────────────────────────────────────────
    def _changed(self, changes: Changes) -> None:
        if changes.everything or FIELD in changes.fields or GRADES in changes.fields:
            self._fill()
            self._enable()

    def _fill(self) -> None:
        found = shelf.forms(self._document.report)
        counts = self._document.findings.counts_by_form()
        here = self.list.currentRow()
        self.list.setRowCount(len(found))
        for row, form in enumerate(found):
            own = counts.get(page_key(row), Counter())
            problems = " ".join(f"{SIGNS[s]}{own[s]}" for s in _SHOWN if own.get(s))
            self._fill_row(row, form, problems)
        if found and here < 0:
            self.list.selectRow(0)

    def _fill_row(self, row: int, form: SelfEvaluation, problems: str) -> None:
        total = form.computed_total()
        texts = (
            shelf.name_of(form, row),
            _KINDS[form.kind],
            rate_text(form),
            str(len(form.indicators)),
            "—" if total is None else points(total),
            "" if total is None else grade(total, self._bands()),
            problems,
        )
        for column, text in enumerate(texts):
            item = self.list.item(row, column)
            if item is None:
                item = QTableWidgetItem()
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.list.setItem(row, column, item)
            if item.text() != text:
                item.setText(text)

    def _bands(self) -> tuple[GradeBand, ...]:
        return shelf.grade_bands(self._outline.selfeval, self._document.report)

    def _enable(self) -> None:
        writable, some = not self._document.read_only, self.list.rowCount() > 0
        row, report = self.list.currentRow(), self._document.report
        chosen = some and 0 <= row < self.list.rowCount()
        self.buttons["tell"].setEnabled(writable and some)
        for key in ("department", "project", "file", "grades"):
            self.buttons[key].setEnabled(writable)
        self.buttons["copy"].setEnabled(writable and some)
        self.buttons["open"].setEnabled(chosen)
        self.buttons["delete"].setEnabled(writable and chosen)
        self.buttons["up"].setEnabled(writable and chosen and shelf.moved(report, row, -1) is not None)
        self.buttons["down"].setEnabled(writable and chosen and shelf.moved(report, row, 1) is not None)

    # ── what the buttons do ─────────────────────────────────────────────────────────────────────────────────────
    def open(self, row: int) -> None:
        """Open the page of a form."""
        if 0 <= row < self.list.rowCount():
            self.place_wanted.emit((page_key(row), ""))

    def add(self, forms: Sequence[SelfEvaluation], label: str) -> bool:
        """Add forms and open the last of them."""
        report = self._document.report
        if not forms or not carry_out(self._document, shelf.added(report, forms), label, self):
            return False
        self.open(shelf.number_of_last(self._document.report, forms[-1].kind))
        return True

    def _fresh(self, kind: FormKind) -> SelfEvaluation:
        return shelf.fresh(kind, self._document.report.department, self._layout)

    def ask_grades(self) -> None:
        """Ask for the lowest totals of the grades and store them as one step."""
        from desktopapp.gui.selfeval.grades_dialog import GradesDialog

        dialog = GradesDialog(self._bands(), shelf.grade_bands(self._outline.selfeval), self)
        if dialog.exec():
            self.set_grades(dialog.bands())
        dialog.deleteLater()

    def set_grades(self, bands: Sequence[GradeBand]) -> None:
        """Store grades; those of the template are not stored, so that they follow it."""
        text = shelf.bands_text(bands)
        own = None if text == shelf.bands_text(shelf.grade_bands(self._outline.selfeval)) else text
        if own != self._document.report.fields.get(GRADES):
            carry_out(self._document, own, "修改绩效等级的划分", self, GRADES)

    def _add_department(self) -> None:
        self.add([self._fresh(FormKind.DEPARTMENT)], "新增部门整体自评表")

    def _add_project(self) -> None:
        self.add([self._fresh(FormKind.PROJECT)], "新增项目自评表")

    def tell(self) -> None:
        """Fill what the text needs of projects and performance from the forms, as one step."""
        found = filled_from_forms(self._document.report)
        if found is None:
            self.said.emit("“项目支出与绩效”和“预算绩效管理”里没有可以从自评表填入的空项。", False)
            return
        batch, count = found
        try:
            self._document.apply(batch, batch.label)
        except (CommandError, StoreError) as error:
            self.said.emit(str(error), True)
            return
        self.said.emit(f"已填入 {count} 项，见“项目支出与绩效”和“预算绩效管理”。", False)

    def _fill_copies(self) -> None:
        self._copies.clear()
        for number, form in enumerate(shelf.forms(self._document.report)):
            name = shelf.name_of(form, number)
            action = self._copies.addAction(name.replace("&", "&&"))
            action.triggered.connect(lambda _on=False, n=number: self.copy_form(n))

    def copy_form(self, number: int) -> None:
        """Add a form with the indicators of another one."""
        form = shelf.form_at(self._document.report, number)
        if form is not None:
            self.add([shelf.copied(form)], f"复制自评表“{shelf.name_of(form, number)}”")

    def ask_file(self) -> None:
        """Ask for last year's file and take its forms over."""
        folder = getattr(self._document.file, "path", Path.home())
        path, _ = QFileDialog.getOpenFileName(
            self, "从上年文件复制自评表", str(folder.parent), "决算公开报表 (*.juesuan)"
        )
        if path:
            self.copy_from_file(Path(path))

    def copy_from_file(self, path: Path, secret: Secret | None = None) -> None:
        """Add the forms of another file whose names are not here yet, without actuals and scores."""
        from desktopapp import jobs
        from desktopapp.gui.sharing.password_dialogs import AskPassword
        from desktopapp.gui.window.problems import sentence_of

        try:
            theirs = shelf.forms(jobs.open_report(path, secret))
        except jobs.PasswordError as error:
            said = str(error) if secret is not None else ""
            found = AskPassword.ask(path, self, said)
            if found is not None:
                self.copy_from_file(path, found)
            return
        except Exception as error:
            self.said.emit(sentence_of(error), True)
            return
        known = {(f.kind, f.head.name) for f in shelf.forms(self._document.report)}
        new = [emptied(f) for f in theirs if (f.kind, f.head.name) not in known]
        if not theirs:
            self.said.emit(f"“{path.name}”里没有绩效自评表，请选择另一份文件。", True)
        elif not new:
            self.said.emit(f"“{path.name}”里的自评表这里都已经有了（名称相同），没有复制。", False)
        elif self.add(new, f"从“{path.name}”复制 {len(new)} 张自评表"):
            skipped = len(theirs) - len(new)
            more = f"，名称相同的 {skipped} 张没有复制" if skipped else ""
            self.said.emit(f"已复制 {len(new)} 张自评表{more}；实际值和得分已清空。", False)

    def move_form(self, steps: int) -> None:
        """Move the selected form among its kind."""
        row = self.list.currentRow()
        stored = shelf.moved(self._document.report, row, steps) if row >= 0 else None
        if stored is not None and carry_out(self._document, stored, "调整自评表的顺序", self):
            self.list.choose(row + steps)

    def delete(self) -> None:
        """Take the selected form out."""
        row = self.list.currentRow()
        form = shelf.form_at(self._document.report, row)
        if form is None or self._document.read_only:
            return
        name = shelf.name_of(form, row)
        if carry_out(self._document, shelf.removed(self._document.report, row), f"删除自评表“{name}”", self):
            self.list.choose(min(row, self.list.rowCount() - 1))
            self.said.emit(f"已删除自评表“{name}”，可以撤销。", False)

    # ── for the window ──────────────────────────────────────────────────────────────────────────────────────────
    def leave_entry(self) -> bool:
        """Return True: nothing is typed here."""
        return True

    def is_typing(self) -> bool:
        """Return False: nothing is typed here."""
        return False

    def show_place(self, address: str) -> None:
        """Select a form by its number from 0."""
        if address.isdecimal():
            self.list.choose(int(address))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Give the keyboard to the list."""
        super().focusInEvent(event)
        self.list.setFocus(event.reason())


class _List(QTableWidget):
    """Rows to choose; Enter and double click open."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__(0, len(_HEADS))
        self.setAccessibleName("全部自评表")
        self.setHorizontalHeaderLabels(list(_HEADS))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.cellDoubleClicked.connect(lambda row, _column: self.opened.emit(row))

    def choose(self, row: int) -> None:
        """Select a row."""
        if 0 <= row < self.rowCount():
            self.setCurrentCell(row, 0, QItemSelectionModel.SelectionFlag.ClearAndSelect | _ROWS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.currentRow())
        else:
            super().keyPressEvent(event)


_ROWS = QItemSelectionModel.SelectionFlag.Rows
