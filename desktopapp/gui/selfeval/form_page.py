"""The page of one self-evaluation form: head, execution, goals, indicators, unmet ones, causes, measures, sums."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPalette, QTextCursor
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktopapp.gui.document import Document
from desktopapp.gui.palette import theme_of, title_font
from desktopapp.gui.selfeval import edits, shelf
from desktopapp.gui.selfeval.bench import Bench
from desktopapp.gui.selfeval.fields import TextField
from desktopapp.gui.selfeval.goals_box import GoalsBox
from desktopapp.gui.selfeval.head_box import HeadBox
from desktopapp.gui.selfeval.sums import SumsLine
from desktopapp.gui.selfeval.table import IndicatorTable
from desktopapp.narrative.selfeval_layouts import layout_named, layout_of
from desktopapp.narrative.selfeval_tables import form_title

_MARGIN = 24
_KEYS_NOTE = "Enter 向下，Tab 向右，F2 修改，Ctrl+D 向下填充，Alt+↑↓ 移动行，Ctrl+Tab 离开指标表"


class FormPage(QWidget):
    """Follows its form; all its fields write through one bench."""

    #: A sentence, and whether something failed.
    said = Signal(str, bool)

    def __init__(self, document: Document, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bench = Bench(document, number, self)
        self._layouts = document.text.outline.layouts
        self._body: QWidget | None = None
        self._recolouring = QTimer(self)
        self._recolouring.setSingleShot(True)
        self._recolouring.setInterval(0)
        self._recolouring.timeout.connect(self._recolour)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.setAutoFillBackground(True)
        self._make()
        self.bench.changed.connect(self._follow)
        self.bench.findings_changed.connect(self._show_unmet)
        self.bench.said.connect(self.said)

    # ── making ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _make(self) -> None:
        """Make everything the form's layout asks for, in the place of what was there."""
        self.layout_shown = layout_of(self.bench.form, self._layouts)
        labels = self._labels = self.layout_shown.labels
        self._title = QLabel()
        self._title.setFont(title_font(0.9))
        self._title.setWordWrap(True)
        self.layouts = QComboBox()
        self.layouts.setAccessibleName("表式")
        self.layouts.setToolTip("按本地区的表样选择；已填的内容都保留")
        for layout in self._layouts:
            self.layouts.addItem(layout.name, layout.id)
        self.head = HeadBox(self.bench, self.layout_shown)
        self.goals = GoalsBox(self.bench, self.layout_shown)
        self.table = IndicatorTable(self.bench, labels)
        self._note = QLabel(_KEYS_NOTE)
        self._note.setWordWrap(True)
        self._explain = QLabel()
        self._explain.setWordWrap(True)
        self._unmet = QLabel()
        self._unmet.setWordWrap(True)
        self._unmet.setTextFormat(Qt.TextFormat.PlainText)
        self._explains_beside = "remark" in self.layout_shown.columns and "causes" not in self.layout_shown.foot
        self.fill_causes = QPushButton("填写偏差原因(&P)" if self._explains_beside else "填入偏差原因(&P)")
        self.fill_causes.setToolTip(
            "到第一个没有写原因的未完成指标，在右边一栏填写"
            if self._explains_beside
            else "把没有写到的未完成指标写成句子，接在偏差原因后面，由您补写原因"
        )
        self.by_rule = QPushButton("全部按规则计分(&G)")
        self.by_rule.setToolTip("执行率、得分和总分全部按规则重算；不能按规则计分的指标保留原来的得分")
        self.combining = QPushButton("汇总各单位(&Z)…")
        self.combining.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.combining.setToolTip("几个单位共同实施的项目：绝对值相加，相对值按资金加权平均，再计分")
        self.causes = TextField(labels.get("causes", "偏差原因"), 3)
        self.measures = TextField(labels.get("measures", "改进措施"), 3)
        self.sums = SumsLine()
        self._scroll = QScrollArea()
        old, self._body = self._body, QWidget()
        self._arrange(self._body)
        if old is not None:
            old.hide()
            old.deleteLater()
        found = self.layout()
        assert found is not None
        found.addWidget(self._body)
        self._connect()
        self._colour()
        self._show()
        if old is not None:
            self._settle()

    def _settle(self) -> None:
        """Give everything made anew its place at once; it would be painted over each other before."""
        inner = self._inner.layout()
        for widget in (self, self._body, self._scroll):
            if widget is not None and (layout := widget.layout()) is not None:
                layout.activate()
        for _ in range(2):
            # The height of the table follows its width, and that of the page the height of the table.
            if inner is not None:
                inner.activate()
            self.table.measure()

    def _arrange(self, body: QWidget) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(_MARGIN, 18, _MARGIN, 18)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(QLabel("表式"))
        top.addWidget(self.layouts)
        column.addLayout(top)
        column.addWidget(self.head)
        column.addWidget(self.goals)
        column.addLayout(self._row_buttons())
        column.addWidget(self.table)
        column.addWidget(self._note)
        column.addWidget(self._explain)
        unmet = QHBoxLayout()
        unmet.addWidget(self._unmet, 1)
        unmet.addWidget(self.fill_causes, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(unmet)
        self._foot: list[tuple[str, QLabel, TextField]] = []
        for key, field in (("causes", self.causes), ("measures", self.measures)):
            name = QLabel(field.accessibleName())
            self._foot.append((key, name, field))
            column.addWidget(name)
            column.addWidget(field)
        column.addStretch(1)
        self._scroll.setWidget(inner)
        self._inner = inner
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(_MARGIN, 6, _MARGIN, 8)
        row.addWidget(self.sums, 1)
        row.addWidget(self.by_rule, 0, Qt.AlignmentFlag.AlignVCenter)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        self._line = line
        whole = QVBoxLayout(body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(line)
        whole.addWidget(foot)

    def _row_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, tip, call in (
            ("插入行(&I)", "在当前指标前面插入一行（Ctrl+Shift+=）", self.table.insert_row),
            ("追加行(&A)", "在当前指标后面插入一行", lambda: self.table.insert_row(below=True)),
            ("删除行(&L)", "删除选中的指标（Ctrl+-）", self.table.delete_rows),
            ("上移(&U)", "把选中的指标上移一行（Alt+↑）", lambda: self.table.shift(-1)),
            ("下移(&N)", "把选中的指标下移一行（Alt+↓）", lambda: self.table.shift(1)),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setEnabled(self.bench.writable)
            # The way by keyboard goes from the goals straight into the table; these have keys of their own.
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            button.clicked.connect(lambda _on=False, c=call: c())
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.combining)
        return row

    def _connect(self) -> None:
        self.combining.clicked.connect(self.combine)
        self.layouts.activated.connect(lambda _at: self.choose_layout(str(self.layouts.currentData())))
        for chooser in (self.combining, self.layouts):
            chooser.setEnabled(self.bench.writable)
        self.table.said.connect(self.said)
        self.table.row_changed.connect(lambda _row: self._explain_row())
        self.table.in_view_wanted.connect(self._keep_in_view)
        self.causes.entered.connect(self._set_causes)
        self.measures.entered.connect(self._set_measures)
        self.fill_causes.clicked.connect(self.fill_in_causes)
        self.by_rule.clicked.connect(self.score_all)
        for field in (self.causes, self.measures):
            field.setReadOnly(not self.bench.writable)

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _follow(self) -> None:
        """Show the form as it is now; another layout has everything made anew."""
        if layout_of(self.bench.form, self._layouts).id != self.layout_shown.id:
            self._make()
        else:
            self._show()

    def _show(self) -> None:
        form, report = self.bench.form, self.bench.document.report
        self.layouts.setCurrentIndex(self.layouts.findData(self.layout_shown.id))
        self._title.setText(form_title(form, report.year, self._labels))
        self.causes.show_text(form.causes)
        self.measures.show_text(form.measures)
        for key, name, field in self._foot:
            # What a layout has no place for is shown only where there is something.
            wanted = key in self.layout_shown.foot or bool(getattr(form, key)) or field.is_dirty()
            name.setVisible(wanted)
            field.setVisible(wanted)
        self._show_sums()
        self.by_rule.setEnabled(self.bench.writable and not self.bench.is_by_rule())
        self._show_unmet()
        self._explain_row()

    def _show_sums(self) -> None:
        bands = shelf.grade_bands(self._labels, self.bench.document.report)
        self.sums.show_form(self.bench.form, bands)

    def _show_unmet(self) -> None:
        form = self.bench.form
        unmet = self.bench.unmet()
        lines = [f"◆ 未完成的指标 {len(unmet)} 个："] if unmet else []
        lines += [f"　　{i.name}：目标 {i.target}，实际 {i.actual or '（未填写）'}" for i in unmet]
        self._unmet.setText("\n".join(lines))
        self._unmet.setVisible(bool(unmet))
        self.fill_causes.setVisible(bool(unmet))
        self.fill_causes.setEnabled(self.bench.writable and bool(edits.unnamed(form, unmet)))

    def _explain_row(self) -> None:
        row = self.table.currentIndex().row()
        words = self.table.lines.explain(row) if row >= 0 else ""
        self._explain.setText(f"第 {row + 1} 个指标：{words}" if words else " ")

    def _keep_in_view(self) -> None:
        """Scroll the page to the current cell once the layout has settled."""
        QTimer.singleShot(0, self, self._scroll_to_current)

    def _scroll_to_current(self) -> None:
        index = self.table.currentIndex()
        inner: QWidget = self._inner
        here = self.table.hasFocus() or self.table.is_typing() or self.focusProxy() is self.table
        if index.isValid() and here:
            box = self.table.visualRect(index)
            point = self.table.viewport().mapTo(inner, box.center())
            self._scroll.ensureVisible(point.x(), point.y(), 0, box.height() + 30)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _set_causes(self, text: str) -> None:
        self.bench.apply(replace(self.bench.form, causes=text.strip()), f"修改{self.causes.accessibleName()}")

    def _set_measures(self, text: str) -> None:
        self.bench.apply(replace(self.bench.form, measures=text.strip()), f"修改{self.measures.accessibleName()}")

    def fill_in_causes(self) -> None:
        """Write the unmet indicators that are not named yet behind the causes and go there.

        Where the layout has a column for causes, go to that of the first indicator without one.
        """
        if not self.leave_entry():
            return
        form = self.bench.form
        if self._explains_beside:
            unnamed = edits.unnamed(form, self.bench.unmet())
            self.table.go_to(form.indicators.index(unnamed[0]) if unnamed else 0, "remark")
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.bench.apply(replace(form, causes=edits.causes_with_unmet(form)), "填入偏差原因")
            self.causes.setFocus(Qt.FocusReason.OtherFocusReason)
            self.causes.moveCursor(QTextCursor.MoveOperation.End)

    def choose_layout(self, layout_id: str) -> None:
        """Show and print the form in another layout, as one step."""
        new = layout_named(layout_id, self._layouts)
        if new.id != self.layout_shown.id and self.leave_entry():
            self.bench.apply(
                shelf.relaid(self.bench.form, self.layout_shown, new), f"改用{new.name.partition('（')[0]}"
            )
        self.layouts.setCurrentIndex(self.layouts.findData(self.layout_shown.id))

    def combine(self) -> None:
        """Ask for the actuals of several units and take over what they come to, as one step."""
        from desktopapp.gui.selfeval.combine_dialog import CombineDialog

        if not self.leave_entry():
            return
        dialog = CombineDialog(self.bench.form, self)
        if dialog.exec() and (found := dialog.result_form()) is not None:
            self.bench.apply(edits.settled(self.bench.form, found), f"汇总 {len(found.units)} 个单位")
        dialog.deleteLater()

    def score_all(self) -> None:
        """Give every score that the rule knows."""
        if self.leave_entry():
            self.bench.apply(edits.all_by_rule(self.bench.form), "全部按规则计分")

    # ── for the window ──────────────────────────────────────────────────────────────────────────────────────────
    def leave_entry(self) -> bool:
        """Accept what is being typed; False when it is refused and stays open with its reason."""
        flushed = self.head.flush() and self.goals.flush() and self.causes.flush() and self.measures.flush()
        return flushed and self.table.leave_entry()

    def is_typing(self) -> bool:
        """Tell whether an entry is open."""
        fields = (self.head, self.goals, self.causes, self.measures)
        return self.table.is_typing() or any(f.is_dirty() for f in fields)

    def show_place(self, address: str) -> None:
        """Show a place of the form: /indicators/3/score, /execution/budget, /causes."""
        parts = address.strip("/").split("/")
        self.setFocusProxy(self.head.fields["name"])
        if parts[0] == "indicators":
            row = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
            self.table.go_to(row, parts[2] if len(parts) > 2 else "name")
            self.setFocusProxy(self.table)
        elif parts[0] in ("execution", "head"):
            key = parts[-1] if parts[-1] in self.head.fields else "budget"
            self._point_at(self.head.fields[key])
        elif parts[0] == "goals" and self.goals.texts:
            place = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0
            self._point_at(self.goals.texts[min(place, len(self.goals.texts) - 1)])
        elif parts[0] == "groups":
            self._point_at_group(parts[1] if len(parts) > 1 else "")
        elif parts[0] == "total":
            self._point_at(self.by_rule)
        elif parts[0] in ("causes", "measures"):
            self._point_at(self.causes if parts[0] == "causes" else self.measures)

    def _point_at_group(self, place: str) -> None:
        """Show the first indicator of a printed group weight."""
        groups, lines = self.bench.form.groups, self.bench.form.indicators
        if place.isdecimal() and int(place) < len(groups):
            group = groups[int(place)]
            row = next((at for at, line in enumerate(lines) if group.holds(line)), 0)
            self.table.go_to(row, "level2" if group.level2 else "level1")
            self.setFocusProxy(self.table)

    def _point_at(self, widget: QWidget) -> None:
        self.setFocusProxy(widget)
        self._scroll.ensureWidgetVisible(widget)

    def insert_row(self) -> None:
        """Insert a line into the table (menu)."""
        self.table.insert_row()

    def delete_rows(self) -> None:
        """Delete the selected lines (menu)."""
        self.table.delete_rows()

    def put_back(self) -> None:
        """Score the selected lines by the rule (menu)."""
        self.table.put_back()

    def fill_down(self) -> None:
        """Fill the selection from its first row (menu)."""
        self.table.fill_down()

    # ── Qt ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Give the keyboard to the first field."""
        super().focusInEvent(event)
        self.head.fields["name"].setFocus(event.reason())

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_line"):
            # The widgets inside get their colours after this one.
            self._recolouring.start()

    def _recolour(self) -> None:
        self._colour()
        self.table.recolour()
        self.head.show_form()
        self._show_sums()

    def _colour(self) -> None:
        theme = theme_of(self.palette())
        for widget, ink in (
            (self._note, theme.faint),
            (self._explain, theme.faint),
            (self._unmet, theme.warning.ink),
            (self._line, theme.edge),
        ):
            palette = widget.palette()
            palette.setColor(QPalette.ColorRole.WindowText, QColor(ink))
            if widget.palette() != palette:
                widget.setPalette(palette)
