"""How a workbook is exported: unit, values or formulas; says first what is still wrong."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.amount import Unit
from desktopapp.core.findings import Severity
from desktopapp.gui.document import Document
from desktopapp.gui.palette import SIGNS, theme_of
from desktopapp.gui.sizes import sized


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the user chose."""

    unit: Unit
    formulas: bool


class ExportDialog(QDialog):
    """Two choices and a word on open errors."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("导出工作簿")
        self.values = QRadioButton("数值(&V)")
        self.formulas = QRadioButton("公式（合计随明细变化）(&F)")
        self.wan = QRadioButton("万元（公开口径）(&W)")
        self.yuan = QRadioButton("元(&Y)")
        self.values.setChecked(True)
        self.wan.setChecked(True)
        self._groups = (QButtonGroup(self), QButtonGroup(self))
        for group, buttons in zip(self._groups, ((self.values, self.formulas), (self.wan, self.yuan)), strict=True):
            for button in buttons:
                group.addButton(button)
        form = QFormLayout()
        form.addRow("合计写成：", self.values)
        form.addRow("", self.formulas)
        form.addRow("金额单位：", self.wan)
        form.addRow("", self.yuan)
        column = QVBoxLayout(self)
        column.addWidget(QLabel("全部公开表导出到一个工作簿，每张表一页，版式与公开表一致。"))
        column.addLayout(form)
        errors = document.findings.counts()[Severity.ERROR]
        if errors:
            warning = QLabel(f"{SIGNS[Severity.ERROR]} 还有 {errors} 个错误没有解决，导出的表里会带着它们。")
            warning.setWordWrap(True)
            palette = warning.palette()
            palette.setColor(QPalette.ColorRole.WindowText, theme_of(self.palette()).error.ink)
            warning.setPalette(palette)
            column.addWidget(warning)
        kinds = QDialogButtonBox.StandardButton
        buttons_box = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons_box.button(kinds.Ok).setText("选择位置(&S)…")
        buttons_box.accepted.connect(self.accept)
        buttons_box.rejected.connect(self.reject)
        column.addStretch(1)
        column.addWidget(buttons_box)
        sized(self, 440, 240)

    def choice(self) -> ExportChoice:
        """Return what was chosen."""
        return ExportChoice(Unit.YUAN if self.yuan.isChecked() else Unit.WAN, self.formulas.isChecked())

    @staticmethod
    def ask(document: Document, parent: QWidget) -> ExportChoice | None:
        """Ask how to export; None when the user changes their mind."""
        dialog = ExportDialog(document, parent)
        chosen = dialog.choice() if dialog.exec() == QDialog.DialogCode.Accepted else None
        dialog.deleteLater()
        return chosen
