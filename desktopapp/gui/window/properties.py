"""The properties of a report: department, year, settings of the template, how exact each form is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.amount import EXACT_GRAIN, PUBLISHED_GRAIN
from desktopapp.core.commands import Command, SetGrain, SetHead, SetSetting
from desktopapp.core.naming import form_name
from desktopapp.gui.document import Document
from desktopapp.gui.sizes import sized
from desktopapp.gui.window.pages import short_title
from desktopapp.gui.window.settling import carried_out

_LABEL = "修改报表属性"
_GRAINS = ((PUBLISHED_GRAIN, "万元，两位小数"), (EXACT_GRAIN, "元，保留到分"))


class PropertiesDialog(QDialog):
    """Shows and changes the properties; all changes are one step that can be undone."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("报表属性")
        self._document = document
        report = document.report
        self.department = QLineEdit(report.department)
        self.department.setMaxLength(100)
        self.department.setAccessibleName("部门")
        self.year = QSpinBox()
        self.year.setRange(2000, 2100)
        self.year.setValue(report.year)
        self.year.setAccessibleName("年度")
        self.settings: dict[str, QCheckBox] = {}
        self.grains: dict[str, QComboBox] = {}
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.hide()
        column = QVBoxLayout(self)
        head = QFormLayout()
        template = QLabel(report.template.name)
        place = QLabel(str(document.file.path))
        place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        place.setWordWrap(True)
        head.addRow("部门(&D)：", self.department)
        head.addRow("年度(&Y)：", self.year)
        head.addRow("模板：", template)
        head.addRow("文件：", place)
        column.addLayout(head)
        if report.template.settings:
            column.addWidget(self._settings_box())
        column.addWidget(self._grains_box(), 1)
        column.addWidget(self._problem)
        column.addWidget(self._buttons())
        sized(self, 600, 560)

    def _settings_box(self) -> QGroupBox:
        report = self._document.report
        box = QGroupBox("单位性质")
        rows = QVBoxLayout(box)
        for key, text in report.template.settings:
            check = QCheckBox(text)
            check.setChecked(report.settings.get(key, False))
            check.setToolTip("与此有关的校验关系随之启用或停用")
            self.settings[key] = check
            rows.addWidget(check)
        return box

    def _grains_box(self) -> QGroupBox:
        report = self._document.report
        box = QGroupBox("金额保存的精度")
        grid = QGridLayout()
        for row, form in enumerate(report.template.forms):
            combo = QComboBox()
            for grain, text in _GRAINS:
                combo.addItem(text, grain)
            combo.setCurrentIndex(1 if report.is_exact(form.id) else 0)
            combo.setAccessibleName(f"{form_name(report, form.id)}的精度")
            self.grains[form.id] = combo
            label = QLabel(f"{form_name(report, form.id)}　{short_title(form)}")
            label.setBuddy(combo)
            grid.addWidget(label, row, 0)
            grid.addWidget(combo, row, 1)
        grid.setColumnStretch(0, 1)
        inner = QWidget()
        inner.setLayout(grid)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inner)
        every = QPushButton("全部改为按元保存(&A)")
        every.clicked.connect(self._all_exact)
        outer = QVBoxLayout(box)
        outer.addWidget(area)
        outer.addWidget(every, 0, Qt.AlignmentFlag.AlignRight)
        every.setVisible(not self._document.read_only)
        return box

    def _all_exact(self) -> None:
        for combo in self.grains.values():
            combo.setCurrentIndex(1)

    def _buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        if self._document.read_only:
            for widget in (self.department, self.year, *self.settings.values(), *self.grains.values()):
                widget.setEnabled(False)
            buttons = QDialogButtonBox(kinds.Close)
        else:
            buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self.save)
        buttons.rejected.connect(self.reject)
        return buttons

    def commands(self) -> list[Command]:
        """Return the commands for what was changed."""
        report = self._document.report
        department = " ".join(self.department.text().split())
        found: list[Command] = []
        if (department, self.year.value()) != (report.department, report.year):
            found.append(SetHead(department, self.year.value()))
        for key, check in self.settings.items():
            if check.isChecked() != report.settings.get(key, False):
                found.append(SetSetting(key, check.isChecked()))
        for form_id, combo in self.grains.items():
            if combo.currentData() != report.grain(form_id):
                found.append(SetGrain(form_id, combo.currentData()))
        return found

    def save(self) -> None:
        """Carry out what was changed; what cannot be done is said in the dialog, and nothing is changed then."""
        if carried_out(self._document, self.commands(), _LABEL, self._problem):
            self.accept()
