"""Looking over what was read before it is accepted: the source at the left, the recognised form at the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktopapp import jobs
from desktopapp.core.catalogue import Catalogues
from desktopapp.core.commands import CommandError, SetCells
from desktopapp.core.naming import describe
from desktopapp.core.report import Report
from desktopapp.core.takeover import without_forms
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.importing.lists import FormList, ReviewTabs
from desktopapp.gui.importing.parts import FormPane, ReportHead
from desktopapp.gui.importing.source_views import SourceView, source_view
from desktopapp.gui.importing.trial import Doubts, trial_document
from desktopapp.gui.palette import SIGNS
from desktopapp.gui.sizes import sized
from desktopapp.gui.window.message_bar import MessageBar, Tone
from desktopapp.gui.window.problems import sentence_of
from desktopapp.gui.workers import Job, Outcome, Task
from desktopapp.readers.account import Account, Left

Reread = Callable[[str | None, int | None], Job]
"""Makes the job that reads the source again in a template and for a year; its value is a jobs.Imported."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was accepted: the report with the forms that were kept, and the doubtful cells nobody had looked at."""

    report: Report
    forms: tuple[str, ...]
    unsure: tuple[tuple[Cell, str], ...]


class ReviewDialog(QDialog):
    """Shows every form that was recognised beside its source; nothing is imported before it is accepted."""

    def __init__(
        self, path: Path, imported: jobs.Imported, reread: Reread | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"核对导入的内容 — {path.name}")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, True)
        self._path, self._reread = path, reread
        self._task: Task | None = None
        self.result_of_review: Reviewed | None = None
        self.head = ReportHead()
        self.forms = FormList()
        self.pane = FormPane(self)
        self.tabs = ReviewTabs()
        self.bar = MessageBar()
        self.source: SourceView | None = None
        self._source_place = QVBoxLayout()
        self._source_place.setContentsMargins(0, 0, 0, 0)
        self._arrange()
        self._connect()
        self._take(imported)

    # ── arrangement ─────────────────────────────────────────────────────────────────────────────────────────────
    def _arrange(self) -> None:
        source = QWidget()
        source.setLayout(self._source_place)
        upper = QSplitter(Qt.Orientation.Horizontal)
        for widget, stretch in ((source, 4), (self.forms, 0), (self.pane, 6)):
            upper.addWidget(widget)
            upper.setStretchFactor(upper.count() - 1, stretch)
        upper.setSizes([480, 230, 770])
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.addWidget(upper)
        whole.addWidget(self.tabs)
        whole.setStretchFactor(0, 1)
        whole.setSizes([620, 210])
        layout = QVBoxLayout(self)
        layout.addWidget(self.head)
        layout.addWidget(self.bar)
        layout.addWidget(whole, 1)
        layout.addLayout(self._foot())
        sized(self, 1500, 940)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        legend = QLabel(
            f"{SIGNS[Tone.WARNING.severity]} 存疑，请核对　{SIGNS[Tone.NOTICE.severity]} 已修复或推定　"
            "F8 下一个存疑　直接录入可更正"
        )
        self.next = QPushButton("下一个存疑(&N)")
        self.next.setAutoDefault(False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("取消")
        self.accept_all = self.buttons.addButton("全部接受(&A)", QDialogButtonBox.ButtonRole.AcceptRole)
        for button in self.buttons.buttons():
            # Enter belongs to the form: it must never close the dialog by accident.
            button.setAutoDefault(False)  # type: ignore[attr-defined]
        foot.addWidget(legend, 1)
        foot.addWidget(self.next)
        foot.addWidget(self.buttons)
        return foot

    def _connect(self) -> None:
        self.head.reading_wanted.connect(self._read_again)
        self.pane.cell_reached.connect(self._cell_reached)
        self.pane.said.connect(self._said)
        self.forms.form_chosen.connect(self._show_form)
        self.forms.kept_changed.connect(self._refresh_buttons)
        self.tabs.cell_wanted.connect(self.go_to)
        self.tabs.left_wanted.connect(self._show_left)
        self.tabs.assign_wanted.connect(self.assign)
        self.next.clicked.connect(self.next_doubt)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for keys, step in (
            ("F8", self.next_doubt),
            ("Ctrl+Return", self.accept),
            ("Ctrl+Z", self._undo),
            ("Ctrl+Y", self._redo),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(step)

    # ── what was read ───────────────────────────────────────────────────────────────────────────────────────────
    def _take(self, imported: jobs.Imported) -> None:
        """Show what was read, in place of what was shown before."""
        assert imported.built is not None
        self.account = Account(imported.built)
        self.doubts = Doubts(self.account)
        self.pane.forget()
        self.document: Document = trial_document(self.account, _catalogues(self.account.report.year), self.doubts)
        self.document.setParent(self)
        self.document.changed.connect(lambda _changes: self._changed())
        report = self.account.report
        self.head.show_report(report)
        self._left = list(self.account.left)
        self._show_source()
        self.forms.fill(report, self.account.forms, self._form_words)
        self.tabs.fill_left(report, self._left)
        self.tabs.fill_remarks(self.account.warnings)
        self._changed()
        self.tabs.setCurrentIndex(0 if self.doubts.unsure else (1 if self._left else 2))
        if self.account.forms:
            self.forms.setCurrentRow(0)
        self._greet()

    def _greet(self) -> None:
        report, unsure = self.account.report, len(self.doubts.open())
        words = f"识别到 {len(self.account.forms)} 张表、{len(report.amounts)} 个金额"
        if unsure:
            self.bar.say(f"{words}，其中 {unsure} 个存疑，请按 F8 逐个核对。", Tone.WARNING)
        elif self._left:
            self.bar.say(f"{words}，还有 {len(self._left)} 处内容没有放入，请看下方。", Tone.WARNING)
        else:
            self.bar.say(f"{words}，没有存疑的单元格。")

    def _show_source(self) -> None:
        if self.source is not None:
            self._source_place.removeWidget(self.source)
            self.source.deleteLater()
        assert self.account.document is not None
        self.source = source_view(self.account.document, self._path)
        self._source_place.addWidget(self.source)

    def _form_words(self, form_id: str) -> str:
        unsure = sum(c.form == form_id for c in self.doubts.open())
        cells = sum(c.form == form_id for c in self.account.report.amounts)
        return f" · {cells} 个金额" + (f" · {SIGNS[Tone.WARNING.severity]}{unsure}" if unsure else "")

    # ── forms and cells ─────────────────────────────────────────────────────────────────────────────────────────
    def _show_form(self, form_id: str) -> None:
        before = self.pane.view()
        if before is not None and not self.pane.finish_entry():
            self.forms.blockSignals(True)
            self.forms.show_form(before.form_id)
            self.forms.blockSignals(False)
            return
        self.pane.show_form(self.document, form_id)
        self._show_cell(self.pane.current_cell())

    def _said(self, text: str, refused: bool) -> None:
        if text:
            self.bar.say(text, Tone.WARNING if refused else Tone.NOTICE)

    def go_to(self, cell: Cell) -> None:
        """Show a cell in its form and its place in the source."""
        self.forms.show_form(cell.form)
        view = self.pane.view()
        if view is not None and view.form_id == cell.form:
            view.go_to(cell)
            self._look(cell)

    def next_doubt(self) -> None:
        """Go to the next doubtful cell behind the current one; those nobody has looked at come first."""
        wanted = self.doubts.open() or [c for c in self.doubts.unsure if c not in self.doubts.open()]
        if not wanted:
            self.bar.say("没有存疑的单元格。")
            return
        here = self.pane.current_cell()
        order = {c: i for i, c in enumerate(self.doubts.unsure)}
        at = order.get(here, -1) if here is not None else -1
        cell = next((c for c in wanted if order[c] > at), wanted[0])
        self.go_to(cell)
        self.pane.setFocus()

    def _cell_reached(self, cell: Cell | None) -> None:
        if cell is not None and self.isVisible():
            self._look(cell)
        else:
            self._show_cell(cell)

    def _look(self, cell: Cell) -> None:
        if self.doubts.look(cell):
            self.document.marks_changed.emit({cell})
            self._refresh_doubts()
        self._show_cell(cell)

    def _show_cell(self, cell: Cell | None) -> None:
        """Mark the place of a cell in the source and say how it came about."""
        report = self.account.report
        self.tabs.set_target(describe(report, cell) if cell is not None else "")
        if cell is None or self.source is None:
            self.pane.say_where("")
            return
        known = self.account.of(cell)
        shown = self.source.show_place(known.position, known.text)
        words = f"来源：{known.where}" if known.where else ("" if shown else "来源里没有这一格的数字")
        severity = self.doubts.severity(cell)
        if severity is not None:
            words = f"{SIGNS[severity]} {self.doubts.words(cell)}"
        self.pane.say_where(f"{describe(report, cell)}　{words}")

    def _show_left(self, left: Left) -> None:
        if self.source is not None:
            self.source.show_place(left.position, left.text)

    def assign(self, left: Left) -> None:
        """Put an unplaced number into the current cell."""
        cell = self.pane.current_cell()
        if cell is None or left.amount is None:
            return
        try:
            self.document.apply(SetCells(((cell, left.amount, False),)), "放入没有识别位置的数字")
        except CommandError as error:
            self.bar.say(str(error), Tone.WARNING)
            return
        self._left.remove(left)
        self.tabs.fill_left(self.account.report, self._left)
        self.bar.say(f"已把“{left.text}”放入{describe(self.account.report, cell)}。")

    def _undo(self) -> None:
        self.document.undo()

    def _redo(self) -> None:
        self.document.redo()

    def _changed(self) -> None:
        self.tabs.fill_findings(self.account.report, self.document.findings.all())
        self._refresh_doubts()

    def _refresh_doubts(self) -> None:
        self.tabs.fill_doubts(self.account.report, self.doubts)
        self.forms.refresh(self.account.report, self.account.forms, self._form_words)
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        self.next.setEnabled(bool(self.doubts.unsure))
        self.accept_all.setEnabled(self._task is None and (bool(self.forms.kept()) or not self.account.forms))

    # ── another template or year ────────────────────────────────────────────────────────────────────────────────
    def _read_again(self, template_id: str, year: int | None) -> None:
        """Read the source anew in the background; what was corrected so far belongs to the old reading."""
        if self._reread is None:
            return
        if self._task is not None:
            self._task.cancel()
        job = self._reread(template_id, year)
        task = self._task = Task(job, self)
        task.finished.connect(lambda outcome: self._read(task, outcome))
        self._set_busy(True)
        self.bar.say("正在按新的模板或年度重新识别……", Tone.NOTICE, "停止", task.cancel)
        task.start()

    def _read(self, task: Task, outcome: Outcome) -> None:
        if task is not self._task:
            return
        self._task = None
        self._set_busy(False)
        if outcome.value is not None and outcome.value.built is not None:
            self._take(outcome.value)
            return
        self.head.show_report(self.account.report, department=False)
        if outcome.error is not None:
            self.bar.say(sentence_of(outcome.error), Tone.ERROR)
        else:
            self.bar.say("已停止重新识别，内容没有变。")

    def _set_busy(self, on: bool) -> None:
        for widget in (self.pane, self.forms, self.tabs):
            widget.setEnabled(not on)
        self._refresh_buttons()

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────
    def accept(self) -> None:
        """Accept what is shown; ask once, in the bar, when doubtful cells were not looked at."""
        if self._task is not None or not self.pane.finish_entry():
            return
        kept = set(self.forms.kept())
        unseen = [c for c in self.doubts.open() if c.form in kept]
        if unseen:
            self.bar.say(
                f"还有 {len(unseen)} 个存疑的单元格没有看过（按 F8 逐个查看）；不看就接受的话，它们在报表中仍会标出。",
                Tone.WARNING,
                "仍然接受",
                self._finish,
            )
            return
        self._finish()

    def _finish(self) -> None:
        kept = tuple(self.forms.kept())
        report = self.account.report
        unsure = tuple((c, self.doubts.words(c)) for c in self.doubts.open() if c.form in kept)
        report.department = self.head.department_name()
        left_out = [f for f in self.account.forms if f not in kept]
        self.result_of_review = Reviewed(without_forms(report, left_out), kept, unsure)
        super().accept()

    def reject(self) -> None:
        """Give up: nothing was imported."""
        if self._task is not None:
            self._task.cancel()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give up as with the button."""
        self.reject()
        super().closeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter on a doubtful cell accept it and go on to the next one."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            view = self.pane.view()
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if view is not None and plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                cell = view.current_cell()
                if cell in self.doubts.unsure and not view.editing.active and self.doubts.open():
                    self.next_doubt()
                    return True
        return super().eventFilter(watched, event)

    @staticmethod
    def ask(path: Path, imported: jobs.Imported, reread: Reread, parent: QWidget) -> Reviewed | None:
        """Show what was read until it is accepted or given up (None)."""
        dialog = ReviewDialog(path, imported, reread, parent)
        dialog.exec()
        dialog.deleteLater()
        return dialog.result_of_review


def _catalogues(year: int) -> Catalogues | None:
    try:
        return jobs.get_catalogues(year)
    except jobs.UserError:
        return None
