"""The yearly goals of a form, with what became of them where the layout asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopapp.core.performance.selfeval import SelfEvaluation
from desktopapp.gui.selfeval import edits
from desktopapp.gui.selfeval.bench import Bench
from desktopapp.gui.selfeval.fields import TextField
from desktopapp.narrative.selfeval_layouts import FormLayout


class GoalsBox(QWidget):
    """The yearly goals, each a text; several have numbers and their own indicators."""

    def __init__(self, bench: Bench, layout: FormLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._labels = bench, layout.labels
        self._asks_done = "done" in layout.goal
        self.texts: list[TextField] = []
        #: What became of the goals, beside their texts; empty where the layout does not ask.
        self.dones: list[TextField] = []
        self._numbers: list[int] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._rows: list[QWidget] = []
        self.add = QPushButton("添加年度目标(&M)")
        self.add.setToolTip("再加一个年度目标；两个以上的目标各有自己的指标")
        self.add.clicked.connect(self._add)
        self.add.setEnabled(bench.writable)
        self.show_form()
        # Behind the texts on the way by Tab, which follows the order of adding.
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        bench.changed.connect(self.show_form)

    def show_form(self) -> None:
        """Show the goals as they are now; made anew only when their numbers differ."""
        goals = self._bench.form.goals
        if [g.number for g in goals] != self._numbers:
            self._numbers = [g.number for g in goals]
            for row in self._rows:
                self._column.removeWidget(row)
                row.hide()
                row.deleteLater()
            self._rows, self.texts, self.dones = [], [], []
            for place, goal in enumerate(goals):
                row = self._row(place, goal.number)
                self._rows.append(row)
                self._column.insertWidget(place, row)
            self._order_tabs()
        for text, goal in zip(self.texts, goals, strict=True):
            text.show_text(goal.text)
        for done, goal in zip(self.dones, goals, strict=bool(self.dones)):
            done.show_text(goal.done)

    def _order_tabs(self) -> None:
        """Let Tab go from text to text and then to the button; texts made later would come at the very end."""
        if self.add.parentWidget() is not self:
            return
        before: QWidget = self.add
        for row in self._rows:
            for widget in row.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
                if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                    QWidget.setTabOrder(before, widget)
                    before = widget
        if before is not self.add:
            QWidget.setTabOrder(before, self.add)

    def _row(self, place: int, number: int) -> QWidget:
        name = self._labels["goal_n"].format(n=number) if number else self._labels["goal"]
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(name)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        text = self._field(name)
        text.entered.connect(lambda words, p=place, n=name: self._set(p, "text", words, n))
        self.texts.append(text)
        row.addWidget(text, 1)
        if self._asks_done:
            head = self._labels.get("goal_done", self._labels["actual"])
            done = self._field(f"{name}{head}")
            done.entered.connect(lambda words, p=place, n=f"{name}{head}": self._set(p, "done", words, n))
            self.dones.append(done)
            row.addWidget(QLabel(head), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(done, 1)
        if len(self._numbers) > 1:
            remove = QPushButton("删除")
            remove.setToolTip(f"删除{name}和属于它的指标")
            remove.setEnabled(self._bench.writable)
            remove.clicked.connect(lambda _on=False, n=number: self._delete(n))
            row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        return box

    def _field(self, name: str) -> TextField:
        field = TextField(name)
        field.setReadOnly(not self._bench.writable)
        return field

    def _set(self, place: int, key: str, words: str, name: str) -> None:
        form, text = self._bench.form, words.strip()
        if place < len(form.goals):
            change = (lambda g: replace(g, text=text)) if key == "text" else (lambda g: replace(g, done=text))
            self._bench.apply(edits.with_goal(form, place, change), f"修改{name}")

    def _change(self, make: Callable[[], SelfEvaluation], label: str) -> None:
        self.flush()
        self._bench.apply(make(), label)

    def _add(self) -> None:
        self._change(lambda: edits.add_goal(self._bench.form), "添加年度目标")
        if self.texts:
            self.texts[-1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _delete(self, number: int) -> None:
        self._change(lambda: edits.delete_goal(self._bench.form, number), f"删除年度目标 {number}")

    def flush(self) -> bool:
        """Hand over what is being typed."""
        return all(text.flush() for text in (*self.texts, *self.dones))

    def is_dirty(self) -> bool:
        """Tell whether something typed has not been handed over."""
        return any(text.is_dirty() for text in (*self.texts, *self.dones))
