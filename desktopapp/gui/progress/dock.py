"""The docked progress of the year's work: the guide, how much is done, and every page with what is left to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QDockWidget, QLabel, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from desktopapp.core.findings import Severity
from desktopapp.core.template import LAST
from desktopapp.gui.document import Document
from desktopapp.gui.palette import SIGNS
from desktopapp.gui.progress.guide import Guide
from desktopapp.gui.progress.lines import PageInfo, Progress, State, progress_of
from desktopapp.gui.progress.steps import steps_of
from desktopapp.gui.progress.tree import ProgressTree
from desktopapp.gui.window.pages import Page

#: Edits in quick succession are counted once.
_PAUSE_MS = 120
#: On a low screen the dock scrolls before the tree gets lower than this.
_LEAST_TREE = 160


class ProgressDock(QDockWidget):
    """Follows the document while it can be seen; costs nothing while it cannot."""

    #: The Line to go to.
    line_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("进度", parent)
        self.setObjectName("progressDock")
        self._document: Document | None = None
        self._pages: list[PageInfo] = []
        self.progress = Progress()
        self.exported = self._text_known = False
        self.guide = Guide()
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setAccessibleName("进度小结")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(8)
        self.bar.setAccessibleName("已完成的项")
        self.only_open = QCheckBox("只看没有完成的(&J)")
        self.only_open.toggled.connect(self.refresh)
        self.tree = ProgressTree()
        self.tree.line_chosen.connect(self.line_chosen)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        self.visibilityChanged.connect(lambda on: self._timer.start() if on else None)
        # Its tab says what it is; the menu shows and hides it.
        self.setTitleBarWidget(QWidget())
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(6)
        column.addWidget(self.guide)
        column.addWidget(self.summary)
        column.addWidget(self.bar)
        column.addWidget(self.only_open)
        column.addWidget(self.tree, 1)
        self.tree.setMinimumHeight(_LEAST_TREE)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        self.setWidget(area)
        self.setMinimumWidth(190)
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)

    def set_document(self, document: Document | None) -> None:
        """Follow another document, or none."""
        if self._document is not None:
            self._document.findings_changed.disconnect(self._timer.start)
            self._document.changed.disconnect(self._changed)
            self._document.text.checked.disconnect(self._checked)
        self._document = document
        self.exported = self._text_known = False
        if document is not None:
            document.findings_changed.connect(self._timer.start)
            document.changed.connect(self._changed)
            document.text.checked.connect(self._checked)
        self._timer.start()

    def set_pages(self, pages: list[Page]) -> None:
        """Take over the pages of the window."""
        self._pages = [
            PageInfo(p.key, p.group, p.short_label, p.form_id) for p in pages if not p.form_id.startswith(LAST)
        ]
        self._timer.start()

    def note_exported(self) -> None:
        """Keep in mind that the report was exported."""
        self.exported = True
        self._timer.start()

    def _checked(self) -> None:
        self._text_known = True
        self._timer.start()

    def _changed(self, _changes: object) -> None:
        self._timer.start()

    def refresh(self) -> None:
        """Bring everything up to date; nothing is counted while the dock cannot be seen."""
        self._timer.stop()
        document = self._document
        if document is None or not self.widget().isVisible():
            return
        self.progress = progress_of(document.report, self._pages, self._state(document))
        self._show()

    def _state(self, document: Document) -> State:
        absent, forms = document.engine.checker.absent, document.report.template.forms
        note = None
        if document.rounding.exact():
            none = document.rounding.plan is None
            note = "还没有舍入方案，公布数按四舍五入。" if none else document.rounding.note()
        findings = document.findings
        return State(
            counts=findings.counts_by_form(),
            gaps=[*findings.foreign("inputs"), *findings.foreign("text")],
            filled={f.id for f in forms if f.id not in absent} | document.text.filled(),
            last_known=any(LAST + f.id not in absent for f in forms),
            plan_note=note,
            text_known=self._text_known,
        )

    def _show(self) -> None:
        progress = self.progress
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)
        parts = [f"已完成 {progress.done} / {progress.total} 项"]
        for severity, number, words in (
            (Severity.ERROR, progress.errors, "个错误"),
            (Severity.WARNING, progress.warnings, "个警告没有说明"),
            (Severity.INFO, progress.gaps, "处待填"),
        ):
            if number:
                parts.append(f"{SIGNS[severity]} {number} {words}")
        self.summary.setText(" · ".join(parts))
        self.tree.show_progress(progress, only_open=self.only_open.isChecked())
        self.guide.show_steps(steps_of(progress, exported=self.exported))
