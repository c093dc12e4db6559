"""Rounding for publication: choose how, see what it adjusts and what it leaves, then apply it as one step."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.checker import Checker
from desktopapp.core.commands import CommandError, SetField
from desktopapp.core.relations import rule_book
from desktopapp.core.report import Report
from desktopapp.core.rounding import PLAN_FIELD, Mode, RoundingPlan
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.palette import theme_of
from desktopapp.gui.rounding.lists import DEPARTURES, MODES, RESIDUALS, PlanLists, Row, as_text, plan_lists
from desktopapp.gui.rounding.pins import PinTree
from desktopapp.gui.sizes import sized
from desktopapp.gui.workers import Control, Outcome, Task
from desktopapp.store.errors import StoreError

#: Several clicks on totals in a row are one calculation.
_PAUSE_MS = 150
#: A calculation shorter than this shows no progress.
_QUIET_MS = 250
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NOTHING = (
    "各表都按万元保存，没有需要舍入的金额。要使用本功能，请先在“报表 → 报表属性”里把有关的表改为按元保存，"
    "再录入或导入以元为单位的金额。"
)


class RoundingDialog(QDialog):
    """Shows the plan before anything is changed; ``save`` keeps it in the file."""

    #: A plan has been worked out and is on show.
    planned = Signal()
    #: The list on show is to be printed (True) or written as PDF (False).
    paper_wanted = Signal(bool)

    def __init__(
        self, document: Document, parent: QWidget | None = None, *, first: Mode = "controlled", pin_totals: bool = False
    ) -> None:
        """``first`` and ``pin_totals`` are what is proposed while the report has no plan."""
        super().__init__(parent)
        self.setWindowTitle("公开金额舍入")
        self._document = document
        self.plan: RoundingPlan | None = None
        self.lists: PlanLists | None = None
        self._task: Task | None = None
        self.controlled = QRadioButton("平衡舍入(&B)：每个金额取上下相邻的两个万元数之一，使各表勾稽关系全部成立")
        self.plain = QRadioButton("四舍五入(&R)：逐个金额四舍五入，列出剩余的尾差")
        self.pin_totals = QCheckBox("合计和总计保持四舍五入(&K)")
        self.pin_totals.setTristate(True)
        self.choose_pins = QPushButton("选择合计(&T)…")
        self.choose_pins.setCheckable(True)
        self.pins = PinTree(document.report)
        self.pins.hide()
        self._progress = QProgressBar()
        self.stop = QPushButton("停止计算(&S)")
        self.summary = QLabel()
        self.departures = _table(DEPARTURES, 2)
        self.residuals = _table(RESIDUALS, 1)
        self._tabs = QTabWidget()
        self._pause = self._timer(_PAUSE_MS, self.calculate)
        self._slow = self._timer(_QUIET_MS, lambda: self._show_progress(True))
        self._arrange()
        self._start_with(document.rounding.plan, first, pin_totals)
        self._connect()
        sized(self, 860, 640)
        self._refresh()
        self._pause.start()

    def _timer(self, milliseconds: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        assert callable(call)
        timer.timeout.connect(call)
        return timer

    # ── layout ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(8)
        self._note = QLabel()
        self._note.setWordWrap(True)
        column.addWidget(self._note)
        column.addWidget(self.controlled)
        totals = QHBoxLayout()
        totals.setContentsMargins(24, 0, 0, 0)
        totals.addWidget(self.pin_totals)
        totals.addWidget(self.choose_pins)
        totals.addStretch(1)
        column.addLayout(totals)
        column.addWidget(self.pins, 1)
        column.addWidget(self.plain)
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.summary)
        working = QHBoxLayout()
        working.addWidget(self._progress, 1)
        working.addWidget(self.stop)
        column.addLayout(working)
        self._tabs.setAccessibleName("调整的金额和剩余的尾差")
        self._tabs.addTab(self.departures, "")
        self._tabs.addTab(self.residuals, "")
        column.addWidget(self._tabs, 3)
        column.addLayout(self._lower())
        self._show_progress(False)

    def _lower(self) -> QHBoxLayout:
        self.copy_list = QPushButton("复制清单(&C)")
        self.print_list = QPushButton("打印清单(&P)…")
        self.pdf_list = QPushButton("清单存为 PDF(&F)…")
        self.drop = QPushButton("撤除已有方案(&D)")
        self.drop.setToolTip("不再使用文件里保存的方案，公布数恢复为逐个四舍五入")
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Apply | kinds.Close)
        self.apply = self.buttons.button(kinds.Apply)
        self.apply.setText("采用这个方案(&A)")
        self.apply.setDefault(True)
        self.buttons.button(kinds.Close).setText("关闭")
        row = QHBoxLayout()
        for button in (self.copy_list, self.print_list, self.pdf_list, self.drop):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.buttons)
        return row

    def _start_with(self, plan: RoundingPlan | None, first: Mode, pin_totals: bool) -> None:
        """Begin with what was chosen last time."""
        (self.plain if (plan.mode if plan is not None else first) == "plain" else self.controlled).setChecked(True)
        if plan is not None and plan.pinned:
            self.pins.set_pins(frozenset(plan.pinned))
        elif plan is None and pin_totals:
            self.pins.set_all(True)
        self._show_pins()

    def _connect(self) -> None:
        self.controlled.toggled.connect(lambda _on: self._options_changed())
        self.pins.chosen.connect(self._options_changed)
        self.pin_totals.clicked.connect(self._pin_totals_clicked)
        self.choose_pins.toggled.connect(self.pins.setVisible)
        self.stop.clicked.connect(self._stop)
        self.copy_list.clicked.connect(self.copy)
        self.print_list.clicked.connect(lambda: self.paper_wanted.emit(True))
        self.pdf_list.clicked.connect(lambda: self.paper_wanted.emit(False))
        self.drop.clicked.connect(self.drop_plan)
        self.apply.clicked.connect(self.save)
        self.buttons.rejected.connect(self.reject)

    # ── options ─────────────────────────────────────────────────────────────────────────────────────────────────
    def mode(self) -> Mode:
        """Return how amounts are rounded."""
        return "controlled" if self.controlled.isChecked() else "plain"

    def _pin_totals_clicked(self) -> None:
        # A click never leaves the box half checked; only a choice in the tree does.
        self.pins.set_all(self.pin_totals.checkState() is not Qt.CheckState.Unchecked)

    def _options_changed(self) -> None:
        self._show_pins()
        self.plan = self.lists = None
        self._refresh()
        self._pause.start()

    def _show_pins(self) -> None:
        pins, every = self.pins.pins(), self.pins.all()
        state = Qt.CheckState.PartiallyChecked
        if not pins or pins == every:
            state = Qt.CheckState.Checked if pins else Qt.CheckState.Unchecked
        self.pin_totals.setCheckState(state)
        self.pin_totals.setText(f"合计和总计保持四舍五入(&K)（{len(pins)} / {len(every)}）")

    # ── working it out ──────────────────────────────────────────────────────────────────────────────────────────
    def calculate(self) -> None:
        """Work the plan out in the background; an unfinished calculation gives way."""
        self._pause.stop()
        self._stop()
        if not self._document.rounding.exact():
            self._refresh()
            return
        report, mode, pins = self._document.report.copy(), self.mode(), self.pins.pins()
        task = self._task = Task(lambda control: _work_out(report, mode, pins, control), self)
        task.progressed.connect(self._progressed)
        task.finished.connect(lambda outcome: self._finished(task, outcome))
        self._progress.setRange(0, 0)
        self._slow.start()
        self._refresh()
        task.start()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._slow.stop()
            self._show_progress(False)
            self._refresh()

    def _progressed(self, fraction: float, _text: str) -> None:
        self._progress.setRange(0, 1000)
        self._progress.setValue(round(1000 * fraction))

    def _finished(self, task: Task, outcome: Outcome) -> None:
        task.deleteLater()
        if task is not self._task:
            return
        self._task = None
        self._slow.stop()
        self._show_progress(False)
        if outcome.error is not None:
            from desktopapp.gui.window.problems import sentence_of

            self._refresh(sentence_of(outcome.error))
            return
        self.plan, self.lists = outcome.value
        self._refresh()
        if not self.lists.departures and self.lists.residuals:
            self._tabs.setCurrentWidget(self.residuals)
        elif self.lists.departures and not self.lists.residuals:
            self._tabs.setCurrentWidget(self.departures)
        self.planned.emit()

    def _show_progress(self, on: bool) -> None:
        self._progress.setVisible(on)
        self.stop.setVisible(on)

    # ── showing it ──────────────────────────────────────────────────────────────────────────────────────────────
    def _refresh(self, problem: str = "") -> None:
        """Show the plan, or why there is none."""
        document, lists = self._document, self.lists
        exact = document.rounding.exact()
        note = document.rounding.note()
        if not note and document.rounding.plan is not None:
            note = f"文件里已保存一个方案（{MODES[document.rounding.plan.mode]}），采用新方案会替换它。"
        self._say(self._note, note, bool(document.rounding.note()))
        if problem:
            self._say(self.summary, problem, True)
        elif not exact:
            self._say(self.summary, _NOTHING)
        elif lists is not None:
            self._say(self.summary, lists.summary)
        else:
            self._say(self.summary, "正在计算……" if self._task is not None else "还没有计算结果，请重新选择舍入方式。")
        _fill(self.departures, lists.departures if lists is not None else ())
        _fill(self.residuals, lists.residuals if lists is not None else ())
        self._tabs.setTabText(0, f"调整的金额（{len(lists.departures)}）" if lists is not None else "调整的金额")
        self._tabs.setTabText(1, f"剩余尾差（{len(lists.residuals)}）" if lists is not None else "剩余尾差")
        for widget in (self.controlled, self.plain, self._tabs):
            widget.setEnabled(exact)
        balanced = exact and self.mode() == "controlled" and bool(self.pins.all())
        self.pin_totals.setEnabled(balanced)
        self.choose_pins.setEnabled(balanced)
        self.pins.setEnabled(balanced)
        for button in (self.copy_list, self.print_list, self.pdf_list):
            button.setEnabled(lists is not None)
        self.apply.setEnabled(self.plan is not None and not document.read_only)
        self.drop.setVisible(PLAN_FIELD in document.report.fields and not document.read_only)

    def _say(self, label: QLabel, text: str, wrong: bool = False) -> None:
        theme = theme_of(self.palette())
        palette = label.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.warning.ink if wrong else theme.ink)
        label.setPalette(palette)
        label.setText(text)
        label.setVisible(bool(text))

    def copy(self) -> None:
        """Put the lists on the clipboard as a table."""
        if self.lists is not None:
            QGuiApplication.clipboard().setText(as_text(self.lists))

    # ── keeping it ──────────────────────────────────────────────────────────────────────────────────────────────
    def save(self) -> None:
        """Keep the plan in the file, as one step that can be undone."""
        if self.plan is not None:
            self._carry_out(self.plan.command(), f"公开金额舍入：{MODES[self.plan.mode]}")

    def drop_plan(self) -> None:
        """Take the plan out of the file."""
        self._carry_out(SetField(PLAN_FIELD, None), "撤除舍入方案")

    def _carry_out(self, command: SetField, label: str) -> None:
        try:
            self._document.apply(command, label)
        except (CommandError, StoreError) as error:
            self._refresh(str(error))
            return
        self.accept()

    def done(self, result: int) -> None:
        """Leave off an unfinished calculation when the dialog closes."""
        self._pause.stop()
        self._stop()
        super().done(result)


def _work_out(report: Report, mode: Mode, pins: Collection[Cell], control: Control) -> tuple[RoundingPlan, PlanLists]:
    """Return the plan for a report of its own, on a worker's thread."""
    from desktopapp.solver.rounding_solver import round_report

    book = rule_book(report.template)
    checker = Checker(report, book)
    control.check()

    def progress(done: int, of: int) -> None:
        control.progress(done / of if of else 1.0)

    plan = round_report(report, book, mode, pins if mode == "controlled" else (), control.cancelled, progress, checker)
    return plan, plan_lists(report, checker, plan)


def _table(heads: Sequence[str], numbers: int) -> QTableWidget:
    """Return an empty table whose columns from ``numbers`` on hold amounts."""
    table = QTableWidget(0, len(heads))
    table.setHorizontalHeaderLabels(list(heads))
    table.setAccessibleName("、".join(heads))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setAlternatingRowColors(True)
    table.setProperty("numbers", numbers)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(numbers - 1, QHeaderView.ResizeMode.Stretch)
    return table


def _fill(table: QTableWidget, rows: Sequence[Row]) -> None:
    numbers = table.property("numbers")
    table.setRowCount(len(rows))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            item = QTableWidgetItem(text)
            if column >= numbers:
                item.setTextAlignment(_RIGHT)
            table.setItem(at, column, item)
