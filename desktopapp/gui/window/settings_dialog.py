"""The settings of the program: theme, size of the writing, what happens at the start."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from desktopapp.gui.window.settings import Settings, Theme

THEMES = ((Theme.SYSTEM, "跟随系统"), (Theme.LIGHT, "浅色"), (Theme.DARK, "深色"))
_SIZES = ((0, "默认"), (9, "小"), (11, "较大"), (13, "大"), (16, "特大"))


class SettingsDialog(QDialog):
    """Choices take effect with the button; the caller applies them."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("设置")
        self._settings = settings
        self.theme = QComboBox()
        for theme, text in THEMES:
            self.theme.addItem(text, theme.value)
        self.theme.setCurrentIndex([t for t, _ in THEMES].index(settings.theme))
        self.sizes = QComboBox()
        for points, text in _SIZES:
            self.sizes.addItem(text, points)
        self.sizes.setCurrentIndex(next((i for i, (p, _) in enumerate(_SIZES) if p == settings.font_points), 0))
        self.reopen = QCheckBox("启动时打开上次的报表")
        self.reopen.setChecked(settings.reopen_last)
        self.yuan = QCheckBox("打开报表时以元显示金额")
        self.yuan.setChecked(settings.show_yuan)
        form = QFormLayout()
        form.addRow("主题(&T)：", self.theme)
        form.addRow("界面字号(&F)：", self.sizes)
        form.addRow("", self.reopen)
        form.addRow("", self.yuan)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(buttons)
        self.resize(380, 220)

    def accept(self) -> None:
        """Keep the choices."""
        self._settings.theme = Theme(self.theme.currentData())
        self._settings.font_points = self.sizes.currentData()
        self._settings.reopen_last = self.reopen.isChecked()
        self._settings.show_yuan = self.yuan.isChecked()
        super().accept()
