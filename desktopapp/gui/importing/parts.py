"""Parts of the review dialog: the head with template, year and department, and the pane with the recognised forms."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktopapp import jobs
from desktopapp.core.report import Report
from desktopapp.core.template import Cell
from desktopapp.gui.document import Document
from desktopapp.gui.forms import FormView


class ReportHead(QWidget):
    """Template, year and department of what was read."""

    #: The source is to be read again: template id, and the year or None to find it anew.
    reading_wanted = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.template = QComboBox()
        self.template.setAccessibleName("模板")
        for template_id in jobs.template_ids():
            self.template.addItem(jobs.get_template(template_id).name, template_id)
        self.year = QSpinBox()
        self.year.setAccessibleName("年度")
        self.year.setRange(2000, 2100)
        # Typing a year must not read the source again at every digit.
        self.year.setKeyboardTracking(False)
        self.department = QLineEdit()
        self.department.setAccessibleName("部门")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        parts: tuple[tuple[str, QWidget, int], ...] = (
            ("模板(&T)：", self.template, 0),
            ("年度(&Y)：", self.year, 0),
            ("部门(&D)：", self.department, 1),
        )
        for words, widget, stretch in parts:
            part = QFormLayout()
            part.addRow(words, widget)
            row.addLayout(part, stretch)
        self.template.activated.connect(lambda _at: self.reading_wanted.emit(self._template_id(), None))
        self.year.valueChanged.connect(lambda year: self.reading_wanted.emit(self._template_id(), year))

    def _template_id(self) -> str:
        return str(self.template.currentData())

    def show_report(self, report: Report, *, department: bool = True) -> None:
        """Show template and year of a report, and its department."""
        self.template.setCurrentIndex(self.template.findData(report.template.id))
        self.year.blockSignals(True)
        self.year.setValue(report.year)
        self.year.blockSignals(False)
        if department:
            self.department.setText(report.department)

    def department_name(self) -> str:
        """Return the department as it stands now."""
        return " ".join(self.department.text().split())


class FormPane(QWidget):
    """The recognised forms, one at a time, with a line that says where the current cell comes from."""

    #: The user stands on another cell (a Cell or None).
    cell_reached = Signal(object)
    #: A sentence of a form, and whether something was refused.
    said = Signal(str, bool)

    def __init__(self, keys: QObject, parent: QWidget | None = None) -> None:
        """``keys`` filters the keys of the forms' tables before the forms do."""
        super().__init__(parent)
        self._keys = keys
        self._views: dict[str, FormView] = {}
        self._stack = QStackedWidget()
        self._where = QLabel()
        self._where.setWordWrap(True)
        self._where.setMinimumHeight(self._where.fontMetrics().height() * 2 + 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack, 1)
        column.addWidget(self._where)

    def view(self) -> FormView | None:
        """Return the view of the form on show."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, FormView) else None

    def current_cell(self) -> Cell | None:
        """Return the current cell of the form on show."""
        view = self.view()
        return view.current_cell() if view is not None else None

    def finish_entry(self) -> bool:
        """Accept an open entry; tells whether there is none left."""
        view = self.view()
        return view is None or view.commit_editing()

    def show_form(self, document: Document, form_id: str) -> None:
        """Show a form."""
        view = self._views.get(form_id)
        if view is None:
            view = self._views[form_id] = FormView(document, form_id)
            view.current_cell_changed.connect(lambda cell, v=view: self._reached(v, cell))
            view.status_message.connect(self.said)
            view.table.installEventFilter(self._keys)
            self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        self.setFocusProxy(view)

    def _reached(self, view: FormView, cell: Cell | None) -> None:
        if view is self.view():
            self.cell_reached.emit(cell)

    def forget(self) -> None:
        """Let go of all forms: another reading is shown."""
        for view in self._views.values():
            self._stack.removeWidget(view)
            view.deleteLater()
        self._views.clear()

    def say_where(self, words: str) -> None:
        """Say where the current cell comes from."""
        self._where.setText(words)

    def where(self) -> str:
        """Return what is said of the current cell."""
        return self._where.text()
