"""The upper part of a form: who and what, the execution of the budget with its live rate and score."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from desktopapp.core.performance.checks import points
from desktopapp.core.performance.selfeval import FormKind, Fund, SelfEvaluation
from desktopapp.gui.palette import theme_of
from desktopapp.gui.selfeval import edits
from desktopapp.gui.selfeval.bench import Bench
from desktopapp.gui.selfeval.fields import AmountField, LineField, TextField, TickRow
from desktopapp.gui.selfeval.sums import execution_score
from desktopapp.narrative.numbers import half_up, plain_decimal
from desktopapp.narrative.selfeval_layouts import FormLayout
from desktopapp.narrative.selfeval_tables import printed_funds

_AMOUNTS = ("initial", "budget", "executed")
_TICKED = ("category", "attribute", "project_type")
_Field = LineField | TextField | TickRow


class HeadBox(QWidget):
    """Every field is one step of the bench when it is left."""

    def __init__(self, bench: Bench, layout: FormLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._layout, self._labels = bench, layout, layout.labels
        self.fields: dict[str, _Field] = {}
        #: The amounts of the rows below the total, by row and column.
        self.funds: dict[tuple[int, str], AmountField] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._whole = bench.form.kind is FormKind.DEPARTMENT
        self._rate, self._score = QLabel(), LineField("预算执行得分", lambda t: edits.parse_points(t, "得分"))
        self._score.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._weight = LineField("预算执行分值", lambda t: edits.parse_points(t, "分值"))
        self._weight.setAlignment(Qt.AlignmentFlag.AlignRight)
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
        ticked = [k for k in _TICKED if k in self._layout.head or getattr(self._bench.form.head, k)]
        for row, key in enumerate(() if self._whole else ticked, 2):
            options = [o for o in words.get(f"{key}_options", "").split("|") if o]
            ticks = TickRow(words[key], options)
            ticks.entered.connect(lambda text, k=key: self._set_head(k, text, self._labels[k]))
            self._put(key, words[key], ticks, row, 0, 3)

    def _execution(self) -> None:
        words, row, columns = self._labels, 6, self._layout.execution
        funds = words.get(f"funds_{self._bench.form.kind.value}", "")
        self._grid.setRowMinimumHeight(5, 6)
        for at, key in enumerate(("basic_total", "project_total") if self._whole else ()):
            self._amount(key, words[key], row, 2 * at)
        row += self._whole
        amounts = ["initial"] * ("initial" in columns) + ["budget", "executed"]
        for at, key in enumerate(amounts):
            self._amount(key, f"{funds}：{words[key]}" if not at else words[key], row + at // 2, 2 * (at % 2))
        self._weight.setToolTip("预算执行一项的满分；与各指标的权重合计应为 100 分")
        self._weight.entered.connect(self._set_weight)
        self._score.setToolTip("按执行率自动计算；可以改，清空即恢复自动计算")
        self._score.entered.connect(self._set_score)
        row += len(amounts) // 2
        box = QWidget()
        pair = QHBoxLayout(box)
        pair.setContentsMargins(0, 0, 0, 0)
        if len(amounts) % 2:
            # The rate stands before the score, beside the last amount.
            self._label(words["rate"], row, 2)
            pair.addWidget(self._rate)
            pair.addWidget(QLabel(words["score"]))
        else:
            self._label(words["rate"], row, 0)
            self._grid.addWidget(self._rate, row, 1)
            self._label(words["score"], row, 2)
        pair.addWidget(self._score, 1)
        pair.addWidget(QLabel("满分"))
        pair.addWidget(self._weight, 1)
        self._grid.addWidget(box, row, 3)
        for key, field in (("score", self._score), ("weight", self._weight)):
            self.fields[key] = field
            field.setEnabled(self._bench.writable)
        self._funds(row + 1)

    def _funds(self, row: int) -> None:
        """Place the rows of money below the total: a name and an amount for each column of the layout."""
        keys = [key for key in _AMOUNTS if key in self._layout.execution]
        funds = printed_funds(self._bench.form.execution, self._layout)
        if funds:
            heads = QWidget()
            line = QHBoxLayout(heads)
            line.setContentsMargins(0, 0, 0, 0)
            for key in keys:
                head = QLabel(self._labels[key])
                head.setAlignment(Qt.AlignmentFlag.AlignRight)
                line.addWidget(head, 1)
            self._grid.addWidget(heads, row, 1, 1, 3)
        for at, fund in enumerate(funds, 1):
            box = QWidget()
            line = QHBoxLayout(box)
            line.setContentsMargins(0, 0, 0, 0)
            for key in keys:
                field = AmountField(f"{fund.name}：{self._labels[key]}")
                field.setEnabled(self._bench.writable)
                field.amount_entered.connect(lambda fen, a=at - 1, k=key: self._set_fund(a, k, fen))
                self.funds[at - 1, key] = field
                line.addWidget(field, 1)
            self._label(fund.name, row + at, 0)
            self._grid.addWidget(box, row + at, 1, 1, 3)

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
            "initial": lambda: replace(old, initial=fen),
        }[key]()
        self._bench.apply(edits.settled(form, replace(form, execution=new)), f"修改{label}")

    def _set_fund(self, at: int, key: str, fen: int | None) -> None:
        form = self._bench.form
        funds = list(printed_funds(form.execution, self._layout))
        amounts = {"initial": funds[at].initial, "budget": funds[at].budget, "executed": funds[at].executed, key: fen}
        funds[at] = Fund(funds[at].name, **amounts)
        kept = () if all(fund.blank for fund in funds) else tuple(funds)
        changed = replace(form, execution=replace(form.execution, funds=kept))
        self._bench.apply(changed, f"修改{funds[at].name}")

    def _set_weight(self, text: str) -> None:
        form = self._bench.form
        weight = edits.parse_points(text, "分值")
        if weight is None:
            weight = self._layout.execution_weight
        changed = replace(form, execution=replace(form.execution, weight=weight))
        if not self._bench.apply(edits.settled(form, changed), "修改预算执行分值") or not text.strip():
            self.show_form()

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
            elif key not in ("score", "weight"):
                field.show_text(getattr(form.head, key))
        score = execution_score(form)
        self._score.show_text("" if score is None else points(score))
        self._weight.show_text(points(form.execution.weight))
        self._rate.setText(rate_text(form))
        funds = printed_funds(form.execution, self._layout)
        for (at, key), amount in self.funds.items():
            amount.show_amount(getattr(funds[at], key) if at < len(funds) else None)
        self._mark()

    def _mark(self) -> None:
        """Colour what findings are about."""
        theme = theme_of(self.palette())
        places: dict[str, tuple[QWidget, QPalette.ColorRole]] = {
            key: (field, QPalette.ColorRole.Base) for key, field in self.fields.items() if isinstance(field, LineField)
        }
        for key, (widget, role) in places.items():
            group = "execution" if isinstance(widget, AmountField) or key in ("score", "weight") else "head"
            found = self._bench.findings_at(f"/{group}/{key}")
            self._colour(widget, role, QColor(theme.mark(found[0].severity).fill) if found else None)
            self._say(widget, "\n".join(f.message for f in found))
        found = self._bench.findings_at("/execution/rate")
        self._colour(self._rate, QPalette.ColorRole.WindowText, QColor(theme.error.ink) if found else None)
        self._say(self._rate, "\n".join(f.message for f in found))

    def _colour(self, widget: QWidget, role: QPalette.ColorRole, colour: QColor | None) -> None:
        """Give a widget the window's colours, one of them another; setting them again would paint it anew."""
        palette = QPalette(self.palette())
        if colour is not None:
            palette.setColor(role, colour)
        if widget.palette() != palette:
            widget.setPalette(palette)

    @staticmethod
    def _say(widget: QWidget, text: str) -> None:
        usual = widget.property("usual_tip")
        if usual is None:
            usual = widget.toolTip()
            widget.setProperty("usual_tip", usual)
        if widget.toolTip() != (text or usual):
            widget.setToolTip(text or usual)

    def flush(self) -> bool:
        """Hand over what is being typed; False when it is refused and stays."""
        return all(field.flush() for field in (*self.fields.values(), *self.funds.values()))

    def is_dirty(self) -> bool:
        """Tell whether something typed has not been handed over."""
        return any(field.is_dirty() for field in (*self.fields.values(), *self.funds.values()))


def rate_text(form: SelfEvaluation) -> str:
    """Return the execution rate as printed, else as computed, to two decimals."""
    if form.execution.rate:
        return form.execution.rate
    ratio = form.execution.ratio()
    return "—" if ratio is None else plain_decimal(half_up(ratio * 100, 2), 2, False, trim=True) + "%"
