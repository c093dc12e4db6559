"""How the text of one report is written: its numbers, the wording left to the office, and the figures of choice."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.commands import Command, SetField
from desktopapp.gui.document import Document
from desktopapp.gui.window.settling import carried_out
from desktopapp.narrative.charts import CHOSEN
from desktopapp.narrative.numbers import NumberStyle
from desktopapp.narrative.outline import NUMBERS, OPTION, Outline, number_style, option

_LABEL = "修改文字和图的样式"
#: An amount and a rate to show what the choice comes to: 12,938.50 万元 and 15.625 %.
_AMOUNT, _RATE = 12_938_500_000, (5, 32)
_MOST_AMOUNT_PLACES, _MOST_RATE_PLACES = 6, 4


class StyleDialog(QDialog):
    """Shows and changes the style; all changes are one step that can be undone."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("文字和图的样式")
        self._document = document
        self._outline: Outline = document.text.outline
        style = number_style(document.report, self._outline)
        self.separators = _check("千位分隔号（12,938.5）", style.separators)
        self.amount_places = _places(style.amount_places, _MOST_AMOUNT_PLACES, "金额的小数位数")
        self.trim_amounts = _check("省去金额末尾的零（12,938.5，不写 12,938.50）", style.trim_amounts)
        self.rate_places = _places(style.rate_places, _MOST_RATE_PLACES, "百分比的小数位数")
        self.trim_rates = _check("省去百分比末尾的零（100%，不写 100.0%）", style.trim_rates)
        self.balance_shares = _check("各项占比调整到合计 100%", style.balance_shares)
        self.balance_shares.setToolTip("四舍五入后占比相加不等于 100% 时，把差额放到误差最小的一项")
        self.options: dict[str, QComboBox] = {}
        self.figures: dict[str, QCheckBox] = {}
        self._example, self._problem = QLabel(), QLabel()
        self._problem.setWordWrap(True)
        self._problem.hide()
        column = QVBoxLayout(self)
        column.addWidget(self._numbers_box())
        if self._outline.options:
            column.addWidget(self._options_box())
        if self._on_choice():
            column.addWidget(self._figures_box())
        column.addStretch(1)
        column.addWidget(self._problem)
        column.addWidget(self._buttons())
        self._show_example()

    # ── layout ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _numbers_box(self) -> QGroupBox:
        box = QGroupBox("数字")
        rows = QFormLayout(box)
        rows.addRow("金额（万元）小数位数(&M)：", self.amount_places)
        rows.addRow(self.separators)
        rows.addRow(self.trim_amounts)
        rows.addRow("百分比小数位数(&P)：", self.rate_places)
        rows.addRow(self.trim_rates)
        rows.addRow(self.balance_shares)
        rows.addRow("例如：", self._example)
        for check in (self.separators, self.trim_amounts, self.trim_rates):
            check.toggled.connect(self._show_example)
        for spin in (self.amount_places, self.rate_places):
            spin.valueChanged.connect(self._show_example)
        return box

    def _options_box(self) -> QGroupBox:
        box = QGroupBox("措辞")
        rows = QFormLayout(box)
        for spec in self._outline.options:
            combo = QComboBox()
            for key, text in spec.choices:
                combo.addItem(text, key)
            combo.setCurrentIndex(combo.findData(option(self._document.report, self._outline, spec.key)))
            combo.setAccessibleName(spec.label)
            self.options[spec.key] = combo
            rows.addRow(f"{spec.label}：", combo)
        return box

    def _on_choice(self) -> list[tuple[str, str]]:
        """Return (id, title) of the figures that the office may have printed or not."""
        year = self._document.report.year
        names = {"year": year, "last": year - 1}
        return [
            (spec.id, spec.title.format(**names))
            for spec in self._outline.figures
            if spec.choice or self._outline.figures_on_choice
        ]

    def _figures_box(self) -> QGroupBox:
        box = QGroupBox("另加的图")
        rows = QVBoxLayout(box)
        wanted = self._document.report.fields.get(CHOSEN)
        for figure_id, title in self._on_choice():
            check = _check(title, isinstance(wanted, list) and figure_id in wanted)
            self.figures[figure_id] = check
            rows.addWidget(check)
        hint = QLabel("没有数据的图不印；以前各年的数在“补充资料”里填写。")
        hint.setWordWrap(True)
        rows.addWidget(hint)
        return box

    def _buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        if self._document.read_only:
            for kind in (QCheckBox, QComboBox, QSpinBox):
                for widget in self.findChildren(kind):
                    widget.setEnabled(False)
            buttons = QDialogButtonBox(kinds.Close)
        else:
            buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self.save)
        buttons.rejected.connect(self.reject)
        return buttons

    # ── what was chosen ─────────────────────────────────────────────────────────────────────────────────────────
    def style_chosen(self) -> NumberStyle:
        """Return the style of numbers that the dialog shows."""
        return NumberStyle(
            separators=self.separators.isChecked(),
            amount_places=self.amount_places.value(),
            trim_amounts=self.trim_amounts.isChecked(),
            rate_places=self.rate_places.value(),
            trim_rates=self.trim_rates.isChecked(),
            balance_shares=self.balance_shares.isChecked(),
        )

    def _show_example(self, *_changed: object) -> None:
        from fractions import Fraction

        style = self.style_chosen()
        self._example.setText(f"{style.amount(_AMOUNT)} 万元，占 {style.rate(Fraction(*_RATE))}")

    def commands(self) -> list[Command]:
        """Return the commands for what was changed; a choice that is the outline's own is not kept."""
        report, found = self._document.report, dict[str, object]()
        style = asdict(self.style_chosen())
        own = asdict(self._outline.numbers)
        found[NUMBERS] = {k: v for k, v in style.items() if v != own[k]} or None
        for spec in self._outline.options:
            chosen = self.options[spec.key].currentData()
            found[OPTION + spec.key] = None if chosen == spec.default else chosen
        if self.figures:
            found[CHOSEN] = [key for key, check in self.figures.items() if check.isChecked()] or None
        return [SetField(key, value) for key, value in found.items() if report.fields.get(key) != value]

    def save(self) -> None:
        """Carry out what was changed; what cannot be done is said in the dialog, and nothing is changed then."""
        if carried_out(self._document, self.commands(), _LABEL, self._problem):
            self.accept()


def _check(text: str, on: bool) -> QCheckBox:
    check = QCheckBox(text)
    check.setChecked(on)
    return check


def _places(value: int, most: int, name: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(0, most)
    spin.setValue(value)
    spin.setAccessibleName(name)
    return spin
