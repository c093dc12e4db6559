"""Choosing, place by place, what comes from a colleague's copy, with the findings that the choice would leave."""

from __future__ import annotations

from difflib import SequenceMatcher
from html import escape

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QTextBrowser,
    QTreeView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.findings import Finding, Severity
from desktopapp.core.merging import Item, Side
from desktopapp.core.merging_steps import Choices
from desktopapp.gui.palette import SIGNS, theme_of
from desktopapp.gui.sharing.merge_model import BASE, MINE, TAKEN, THEIRS, WHERE, MergeModel, Shown
from desktopapp.gui.sharing.password_dialogs import labelled
from desktopapp.gui.window.problems import sentence_of
from desktopapp.gui.workers import Control, Outcome, Task
from desktopapp.jobs.checking import check_report
from desktopapp.jobs.merging import Merging

#: After this long without another choice the findings are worked out anew.
_PAUSE_MS = 300
_MOST_SHOWN = 300
#: Longer texts are shown without their differences marked.
_LONGEST_DIFF = 20_000
_SIDES = ((Side.MINE, "我方"), (Side.THEIRS, "对方"))


class MergeDialog(QDialog):
    """Every difference with the colleague's copy; what was chosen is carried out as one step by the caller."""

    def __init__(self, merging: Merging, before: list[Finding], parent: QWidget | None = None) -> None:
        """``before`` are the findings of the open report."""
        super().__init__(parent)
        self.setWindowTitle(f"合并同事的文件 — {merging.source.name}")
        self._merging, self._before = merging, before
        self._known = {f.id for f in before}
        self._task: Task | None = None
        self.model = MergeModel(merging, self)
        self.tree = QTreeView()
        self.shown = QComboBox()
        self.mine, self.theirs = QPushButton("取我方(&M)"), QPushButton("取对方(&T)")
        self.both = QPushButton("两边合并(&B)")
        self.next = QPushButton("下一处未定(&N)")
        self.rest_mine, self.rest_theirs = QPushButton("未定的都取我方(&J)"), QPushButton("未定的都取对方(&K)")
        self.texts = {side: QTextBrowser() for side, _ in _SIDES}
        self.heads = {side: QLabel() for side, _ in _SIDES}
        self.findings = QTreeWidget()
        self.tabs = QTabWidget()
        self.summary = QLabel()
        self._box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go_on: QPushButton = self._box.addButton("合并", QDialogButtonBox.ButtonRole.AcceptRole)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._arrange()
        self._connect()
        self._chosen()
        self._first()

    # ── layout ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _arrange(self) -> None:
        self._box.button(QDialogButtonBox.StandardButton.Cancel).setText("取消")
        self._arrange_tree()
        for shown in Shown:
            self.shown.addItem(shown.value, shown)
        self.shown.setAccessibleName("显示")
        row = QHBoxLayout()
        for button in (self.mine, self.theirs, self.both, self.next, self.rest_mine, self.rest_theirs):
            button.setAutoDefault(False)
            row.addWidget(button)
        has_conflicts = bool(self._merging.merge.conflicts)
        for widget in (self.next, self.rest_mine, self.rest_theirs):
            widget.setVisible(has_conflicts)
        self.both.setVisible(any(i.combined is not None for i in self.model.items))
        row.addStretch(1)
        row.addWidget(labelled("显示(&S)：", self.shown))
        row.addWidget(self.shown)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        self._arrange_tabs()
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(upper)
        splitter.addWidget(self.tabs)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        about = QLabel(self._about())
        about.setWordWrap(True)
        below = QHBoxLayout()
        self.summary.setWordWrap(True)
        below.addWidget(self.summary, 1)
        below.addWidget(self._box)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(splitter, 1)
        layout.addLayout(below)
        room = self.screen().availableGeometry()
        self.resize(min(1160, room.width() - 20), min(760, room.height() - 60))

    def _arrange_tree(self) -> None:
        self.tree.setModel(self.model)
        self.tree.setAccessibleName("不同的地方")
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setStyleSheet("QTreeView::item { padding: 3px 2px; }")
        header = self.tree.header()
        header.setStretchLastSection(False)
        digit = self.fontMetrics().horizontalAdvance("0")
        for column, characters in ((BASE, 18), (MINE, 22), (THEIRS, 22), (TAKEN, 13)):
            self.tree.setColumnWidth(column, characters * digit)
        header.setSectionResizeMode(WHERE, QHeaderView.ResizeMode.Stretch)
        if not self._merging.merge.has_base:
            self.tree.hideColumn(BASE)
        self.tree.expandAll()

    def _arrange_tabs(self) -> None:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(6, 6, 6, 6)
        for side, name in _SIDES:
            column = QVBoxLayout()
            self.texts[side].setAccessibleName(f"{name}的内容")
            self.texts[side].setOpenLinks(False)
            column.addWidget(self.heads[side])
            column.addWidget(self.texts[side], 1)
            row.addLayout(column, 1)
        self.findings.setHeaderLabels(["合并后的问题", "位置"])
        self.findings.setAccessibleName("合并后的问题")
        self.findings.setRootIsDecorated(False)
        self.findings.setUniformRowHeights(True)
        self.findings.header().setStretchLastSection(False)
        self.findings.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tabs.setAccessibleName("内容和校验结果")
        self.tabs.addTab(page, "两边的内容(&1)")
        self.tabs.addTab(self.findings, "合并后的校验结果(&2)")

    def _connect(self) -> None:
        self.mine.clicked.connect(lambda: self._take(Side.MINE))
        self.theirs.clicked.connect(lambda: self._take(Side.THEIRS))
        self.both.clicked.connect(lambda: self._take(Side.BOTH))
        self.rest_mine.clicked.connect(lambda: self.model.choose(self.model.open_items(), Side.MINE))
        self.rest_theirs.clicked.connect(lambda: self.model.choose(self.model.open_items(), Side.THEIRS))
        self.next.clicked.connect(self._next)
        self.shown.currentIndexChanged.connect(self._show_only)
        self.tree.clicked.connect(self._clicked)
        self.tree.selectionModel().currentChanged.connect(lambda now, _before: self._show_texts(now))
        self.model.chosen.connect(self._chosen)
        self._timer.timeout.connect(self._judge)
        self._box.accepted.connect(self.accept)
        self._box.rejected.connect(self.reject)
        self.findings.header().resizeSection(1, 170)

    def _about(self) -> str:
        merging, met = self._merging, self._merging.meeting
        conflicts = len(merging.merge.conflicts)
        if met is None:
            return (
                "两个文件没有共同的修改历史，只能逐处比较：只有一边有内容的，取有内容的一边；两边不同的，请逐处选择。"
                "点“我方”或“对方”一栏的内容，就取那一边。"
            )
        when = met.at.astimezone().strftime("%Y年%m月%d日 %H:%M")
        words = f"共同的版本是 {when} 的。此后{merging.who}改了 {met.their_steps} 步，我方改了 {met.my_steps} 步。"
        if conflicts:
            words += f"有 {conflicts} 处两边改得不同，请选择取哪一边；其余的只有对方改过，已取对方。"
        else:
            words += "没有两边都改过的地方，已全部取对方的修改。"
        return words + "点“我方”或“对方”一栏的内容，就取那一边。"

    # ── choosing ────────────────────────────────────────────────────────────────────────────────────────────────
    def choices(self) -> Choices:
        """Return whose value is taken in every place."""
        return self.model.choices

    def _first(self) -> None:
        first = next(iter(self.model.open_items() or self.model.items), None)
        if first is not None:
            self.tree.setCurrentIndex(self.model.index_of(first))

    def _take(self, side: Side) -> None:
        items = self.model.items_at(i for i in self.tree.selectionModel().selectedIndexes() if i.column() == 0)
        self.model.choose(items, side)

    def _clicked(self, index: QModelIndex) -> None:
        self.model.choose_column(index)

    def _next(self) -> None:
        item = self.model.after(self.tree.currentIndex())
        if item is not None:
            self.tree.setCurrentIndex(self.model.index_of(item))
            self.tree.setFocus()

    def _show_only(self) -> None:
        self.model.show_only(self.shown.currentData())
        self.tree.expandAll()
        self._first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the arrow keys choose a side: left is mine, right is theirs."""
        sides = {Qt.Key.Key_Left: Side.MINE, Qt.Key.Key_Right: Side.THEIRS}
        side = sides.get(Qt.Key(event.key()))
        if side is not None and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._take(side)
            return
        super().keyPressEvent(event)

    def _chosen(self) -> None:
        left, taken = len(self.model.open_items()), self.model.taken()
        kept = self._merging.merge.kept
        words = f"取对方 {taken} 处，保留我方 {len(self.model.items) - taken - left} 处"
        words += f"；另有 {kept} 处只有我方改过，不受影响" if kept else ""
        words += f"。还有 {left} 处冲突没有决定。" if left else "。"
        self.summary.setText(words)
        self.go_on.setEnabled(not left)
        self.go_on.setToolTip("先决定全部冲突" if left else "作为一步合并，可以撤销")
        for button in (self.next, self.rest_mine, self.rest_theirs):
            button.setEnabled(bool(left))
        self._timer.start()

    # ── both sides in full ──────────────────────────────────────────────────────────────────────────────────────
    def _show_texts(self, index: QModelIndex) -> None:
        item = self.model.item_at(index)
        for button in (self.mine, self.theirs):
            button.setEnabled(index.isValid())
        self.both.setEnabled(item is not None and item.combined is not None)
        for side, name in _SIDES:
            self.heads[side].setText(self._head(item, side, name) if item is not None else name)
            self.texts[side].setHtml(self._html(item, side) if item is not None else "")

    def _head(self, item: Item, side: Side, name: str) -> str:
        touch = self._merging.touch(item, side)
        if touch is None:
            return f"{name}（共同版本以后没有改）" if self._merging.merge.has_base else name
        return f"{name}：{touch.user}，{touch.at.astimezone():%Y-%m-%d %H:%M}"

    def _html(self, item: Item, side: Side) -> str:
        words = self.model.named(item)
        own, other = (words.mine, words.theirs) if side is Side.MINE else (words.theirs, words.mine)
        return marked(own, other, theme_of(self.palette()).warning.fill).replace("\n", "<br>")

    # ── findings ────────────────────────────────────────────────────────────────────────────────────────────────
    def _judge(self) -> None:
        """Work out in the background what would be wrong with the report."""
        if self._task is not None:
            self._task.cancel()
        choices, merging = dict(self.model.choices), self._merging

        def job(control: Control) -> list[Finding]:
            control.check()
            return check_report(merging.trial(choices))[1]

        task = self._task = Task(job, self)
        task.finished.connect(lambda outcome: self._judged(task, outcome))
        self.tabs.setTabText(1, "合并后的校验结果（正在校验……）")
        task.start()

    def _judged(self, task: Task, outcome: Outcome) -> None:
        if task is not self._task or outcome.cancelled:
            return
        self.findings.clear()
        if outcome.error is not None:
            self.tabs.setTabText(1, "合并后的校验结果")
            self.findings.addTopLevelItem(QTreeWidgetItem([sentence_of(outcome.error), ""]))
            self.go_on.setEnabled(False)
            return
        found: list[Finding] = outcome.value
        ordered = sorted(found, key=lambda f: (f.id in self._known, f.severity))
        self.findings.addTopLevelItems([self._finding_item(f) for f in ordered[:_MOST_SHOWN]])
        was, now = _errors(self._before), _errors(found)
        fresh = sum(f.id not in self._known and f.severity is Severity.ERROR for f in found)
        more = f"，{fresh} 个是新的" if fresh else ""
        self.tabs.setTabText(1, f"合并后的校验结果(&2)：错误 {was} → {now}{more}")

    def _finding_item(self, finding: Finding) -> QTreeWidgetItem:
        new = "（新）" if finding.id not in self._known else ""
        item = QTreeWidgetItem([f"{SIGNS[finding.severity]} {new}{finding.message}", finding.where])
        item.setToolTip(0, finding.message)
        return item

    @staticmethod
    def ask(merging: Merging, before: list[Finding], parent: QWidget) -> Choices | None:
        """Ask what is taken; None when the user changes their mind."""
        dialog = MergeDialog(merging, before, parent)
        agreed = dialog.exec() == QDialog.DialogCode.Accepted
        chosen = dict(dialog.choices())
        dialog.deleteLater()
        return chosen if agreed else None


def _errors(findings: list[Finding]) -> int:
    return sum(f.severity is Severity.ERROR for f in findings)


def marked(own: str, other: str, colour: str) -> str:
    """Return a text as HTML in which everything that the other one has otherwise stands on a colour."""
    if len(own) + len(other) > _LONGEST_DIFF:
        return escape(own)
    parts = []
    for kind, i1, i2, _j1, _j2 in SequenceMatcher(None, own, other, autojunk=False).get_opcodes():
        text = escape(own[i1:i2])
        parts.append(text if kind == "equal" or not text else f'<span style="background:{colour}">{text}</span>')
    return "".join(parts)
