"""The upper part of a form: who and what, the execution of the budget with its live rate and score, yearly goals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopapp.core.performance.checks import points
from desktopapp.core.performance.selfeval import FormKind, SelfEvaluation
from desktopapp.gui.palette import theme_of
from desktopapp.gui.selfeval import edits
from desktopapp.gui.selfeval.bench import Bench
from desktopapp.gui.selfeval.fields import AmountField, LineField, TextField, TickRow
from desktopapp.gui.selfeval.sums import execution_score
from desktopapp.narrative.numbers import half_up, plain_decimal

_Field = LineField | TextField | TickRow


class HeadBox(QWidget):
    """Every field is one step of the bench when it is left."""

    def __init__(self, bench: Bench, labels: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._labels = bench, labels
        self.fields: dict[str, _Field] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._whole = bench.form.kind is FormKind.DEPARTMENT
        self._rate, self._score = QLabel(), LineField("预算执行得分", lambda t: edits.parse_points(t, "得分"))
        self._score.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._head()
        self._execution()
        self.show_form()
        bench.changed.connect(self.show_form)
        bench.findings_changed.connect(self._mark)

    # ── making ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _label(self, text: str, row: int, column: int) -> None:
        label = QLabel(text)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, row, column)

    def _put(self, key: str, label: str, field: _Field, row: int, column: int, span: int = 1) -> None:
        self._label(label, row, column)
        self._grid.addWidget(field, row, column + 1, 1, span)
        self.fields[key] = field
        field.setEnabled(self._bench.writable)

    def _head(self) -> None:
        words, kind = self._labels, self._bench.form.kind.value
        names = [("name", words.get(f"name_{kind}", "名称"), 0, 0), ("filled_on", "填报日期", 0, 2)]
        if not self._whole:
            names += [("authority", words["authority"], 1, 0), ("implementer", words["implementer"], 1, 2)]
        for key, label, row, column in names:
            field = LineField(label)
            field.entered.connect(lambda text, k=key, n=label: self._set_head(k, text, n))
            self._put(key, label, field, row, column)
        if self._whole:
            return
        for row, key in enumerate(("category", "attribute", "project_type"), 2):
            options = [o for o in words.get(f"{key}_options", "").split("|") if o]
            ticks = TickRow(words[key], options)
            ticks.entered.connect(lambda text, k=key: self._set_head(k, text, self._labels[k]))
            self._put(key, words[key], ticks, row, 0, 3)

    def _execution(self) -> None:
        words, row = self._labels, 6
        funds = words.get(f"funds_{self._bench.form.kind.value}", "")
        self._grid.setRowMinimumHeight(5, 6)
        for at, key in enumerate(("basic_total", "project_total") if self._whole else ()):
            self._amount(key, words[key], row, 2 * at)
        row += self._whole
        self._amount("budget", f"{funds}：{words['budget']}", row, 0)
        self._amount("executed", words["executed"], row, 2)
        self._label(words["rate"], row + 1, 0)
        self._grid.addWidget(self._rate, row + 1, 1)
        self._score.setToolTip("按执行率自动计算；可以改，清空即恢复自动计算")
        self._score.entered.connect(self._set_score)
        self._put(
            "score", f"{words['score']}（{points(self._bench.form.execution.weight)} 分）", self._score, row + 1, 2
        )

    def _amount(self, key: str, label: str, row: int, column: int) -> None:
        field = AmountField(label)
        field.amount_entered.connect(lambda fen, k=key, n=label: self._set_amount(k, fen, n))
        self._put(key, label, field, row, column)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _set_head(self, key: str, text: str, label: str) -> None:
        form = self._bench.form
        head = {
            "name": lambda: replace(form.head, name=text.strip()),
            "filled_on": lambda: replace(form.head, filled_on=text.strip()),
            "authority": lambda: replace(form.head, authority=text.strip()),
            "implementer": lambda: replace(form.head, implementer=text.strip()),
            "category": lambda: replace(form.head, category=text),
            "attribute": lambda: replace(form.head, attribute=text),
            "project_type": lambda: replace(form.head, project_type=text),
        }[key]()
        self._bench.apply(replace(form, head=head), f"修改{label}")

    def _set_amount(self, key: str, fen: int | None, label: str) -> None:
        form = self._bench.form
        old = form.execution
        new = {
            "budget": lambda: replace(old, budget=fen),
            "executed": lambda: replace(old, executed=fen),
            "basic_total": lambda: replace(old, basic_total=fen),
            "project_total": lambda: replace(old, project_total=fen),
        }[key]()
        self._bench.apply(edits.settled(form, replace(form, execution=new)), f"修改{label}")

    def _set_score(self, text: str) -> None:
        form = self._bench.form
        given = edits.parse_points(text, "得分")
        score = form.execution.computed_score() if given is None else given
        changed = replace(form, execution=replace(form.execution, score=score))
        if not self._bench.apply(edits.settled(form, changed), "修改预算执行得分") or given is None:
            self.show_form()

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def show_form(self) -> None:
        """Show the form as it is now."""
        form = self._bench.form
        for key, field in self.fields.items():
            if isinstance(field, AmountField):
                field.show_amount(getattr(form.execution, key))
            elif key != "score":
                field.show_text(getattr(form.head, key))
        score = execution_score(form)
        self._score.show_text("" if score is None else points(score))
        self._rate.setText(rate_text(form))
        self._mark()

    def _mark(self) -> None:
        """Colour what findings are about."""
        theme = theme_of(self.palette())
        places: dict[str, tuple[QWidget, QPalette.ColorRole]] = {
            key: (field, QPalette.ColorRole.Base) for key, field in self.fields.items() if isinstance(field, LineField)
        }
        for key, (widget, role) in places.items():
            group = "execution" if isinstance(widget, AmountField) or key == "score" else "head"
            found = self._bench.findings_at(f"/{group}/{key}")
            palette = QPalette(self.palette())
            if found:
                palette.setColor(role, QColor(theme.mark(found[0].severity).fill))
            widget.setPalette(palette)
            widget.setToolTip("\n".join(f.message for f in found))
        found = self._bench.findings_at("/execution/rate")
        palette = QPalette(self.palette())
        if found:
            palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.error.ink))
        self._rate.setPalette(palette)
        self._rate.setToolTip("\n".join(f.message for f in found))

    def flush(self) -> bool:
        """Hand over what is being typed; False when it is refused and stays."""
        return all(field.flush() for field in self.fields.values())

    def is_dirty(self) -> bool:
        """Tell whether something typed has not been handed over."""
        return any(field.is_dirty() for field in self.fields.values())


def rate_text(form: SelfEvaluation) -> str:
    """Return the execution rate as printed, else as computed, to two decimals."""
    if form.execution.rate:
        return form.execution.rate
    ratio = form.execution.ratio()
    return "—" if ratio is None else plain_decimal(half_up(ratio * 100, 2), 2, False, trim=True) + "%"


class GoalsBox(QWidget):
    """The yearly goals, each a text; several have numbers and their own indicators."""

    def __init__(self, bench: Bench, labels: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._labels = bench, labels
        self.texts: list[TextField] = []
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
            self._rows, self.texts = [], []
            for place, goal in enumerate(goals):
                row = self._row(place, goal.number)
                self._rows.append(row)
                self._column.insertWidget(place, row)
            self._order_tabs()
        for text, goal in zip(self.texts, goals, strict=True):
            text.show_text(goal.text)

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
        text = TextField(name)
        text.setReadOnly(not self._bench.writable)
        text.entered.connect(lambda words, p=place, n=name: self._set(p, words, n))
        row.addWidget(text, 1)
        self.texts.append(text)
        if len(self._numbers) > 1:
            remove = QPushButton("删除")
            remove.setToolTip(f"删除{name}和属于它的指标")
            remove.setEnabled(self._bench.writable)
            remove.clicked.connect(lambda _on=False, n=number: self._delete(n))
            row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        return box

    def _set(self, place: int, words: str, name: str) -> None:
        form = self._bench.form
        if place < len(form.goals):
            self._bench.apply(edits.with_goal(form, place, lambda g: replace(g, text=words.strip())), f"修改{name}")

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
        return all(text.flush() for text in list(self.texts))

    def is_dirty(self) -> bool:
        """Tell whether something typed has not been handed over."""
        return any(text.is_dirty() for text in self.texts)
