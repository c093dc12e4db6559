"""Asks for the grades of a region: their names and the lowest total of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.amount import AmountError
from desktopapp.core.performance.checks import points
from desktopapp.core.performance.selfeval import FULL_TOTAL, GradeBand
from desktopapp.gui.selfeval.edits import parse_points

_MOST = 6


class GradesDialog(QDialog):
    """A few rows of name and lowest total; an empty row is no grade."""

    def __init__(self, bands: Sequence[GradeBand], usual: Sequence[GradeBand], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("绩效等级的划分")
        self._usual = tuple(usual)
        self.rows = [(QLineEdit(), QLineEdit()) for _ in range(max(_MOST, len(bands), len(usual)))]
        grid = QGridLayout()
        for column, head in enumerate(("等级", "总分不低于")):
            grid.addWidget(QLabel(head), 0, column)
        for at, (name, lowest) in enumerate(self.rows, 1):
            name.setAccessibleName(f"第 {at} 个等级的名称")
            lowest.setAccessibleName(f"第 {at} 个等级的最低总分")
            grid.addWidget(name, at, 0)
            grid.addWidget(lowest, at, 1)
            for field in (name, lowest):
                field.textChanged.connect(lambda _text: self._check())
        self.trouble = QLabel()
        self.trouble.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText("确定(&O)")
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("取消(&C)")
        usual_button = QPushButton("恢复模板的划分(&R)")
        usual_button.clicked.connect(lambda _on=False: self.show_bands(self._usual))
        buttons.addButton(usual_button, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        note = QLabel("只用于本报告。总分达到某一等级的最低分即为该等级；不用的行留空。")
        note.setWordWrap(True)
        whole.addWidget(note)
        whole.addLayout(grid)
        whole.addWidget(self.trouble)
        whole.addStretch(1)
        whole.addWidget(buttons)
        self.show_bands(bands)
        self.setMinimumWidth(360)

    def show_bands(self, bands: Sequence[GradeBand]) -> None:
        """Fill the rows, the highest grade first."""
        ordered = sorted(bands, key=lambda band: -band.lowest)
        for at, (name, lowest) in enumerate(self.rows):
            name.setText(ordered[at].name if at < len(ordered) else "")
            lowest.setText(points(ordered[at].lowest) if at < len(ordered) else "")
        self._check()

    def bands(self) -> tuple[GradeBand, ...]:
        """Return the grades that the rows hold; raises AmountError with a sentence for what is none."""
        found: list[GradeBand] = []
        for at, (name, lowest) in enumerate(self.rows, 1):
            title, value = name.text().strip(), parse_points(lowest.text(), "最低分")
            if not title and value is None:
                continue
            if not title or value is None or set(title) & set("=|"):
                raise AmountError(f"第 {at} 行的等级名称和最低分要一起填写，名称里不能有“=”和“|”。")
            if value > FULL_TOTAL or any(value == band.lowest or title == band.name for band in found):
                raise AmountError(f"第 {at} 行：最低分应在 0 到 100 之间，等级的名称和最低分都不能重复。")
            found.append(GradeBand(title, value))
        if not found:
            raise AmountError("至少要有一个等级。")
        return tuple(found)

    def _check(self) -> None:
        try:
            self.bands()
        except AmountError as error:
            self.trouble.setText(str(error))
            self._ok.setEnabled(False)
        else:
            self.trouble.setText("")
            self._ok.setEnabled(True)
