"""The settings of the program: how it looks, what new reports begin with, how files are kept, fonts of exports."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.rounding import Mode
from desktopapp.gui.sizes import sized
from desktopapp.gui.window.settings import FEWEST_BACKUPS, LONGEST_NAME, MOST_BACKUPS, Settings, Theme
from desktopapp.gui.workers import Outcome, Task
from desktopapp.store.creating import current_user
from desktopapp.writers.fonts import PRESCRIBED, ROLES

THEMES = ((Theme.SYSTEM, "跟随系统"), (Theme.LIGHT, "浅色"), (Theme.DARK, "深色"))
#: Points of the writing; what the system says is about 9.5.
_SIZES = ((0, "默认"), (9, "小"), (11, "较大"), (13, "大"), (14, "特大（约 150%）"), (16, "最大"))
_MODES: tuple[tuple[Mode, str], ...] = (
    ("controlled", "平衡舍入（各表关系全部成立）"),
    ("plain", "四舍五入（列出尾差）"),
)
_AS_TEMPLATE = "按模板"
#: Key of the style of numbers → label with its key, choices beside “按模板”.
_NUMBERS: tuple[tuple[str, str, tuple[tuple[bool | int, str], ...]], ...] = (
    ("separators", "千位分隔号(&S)：", ((True, "用（12,938.5）"), (False, "不用（12938.5）"))),
    ("amount_places", "金额小数位数(&M)：", tuple((n, f"{n} 位") for n in range(7))),
    ("trim_amounts", "金额末尾的零(&Z)：", ((True, "省去（12,938.5）"), (False, "保留（12,938.50）"))),
    ("rate_places", "百分比小数位数(&P)：", tuple((n, f"{n} 位") for n in range(5))),
    ("trim_rates", "百分比末尾的零(&T)：", ((True, "省去（100%）"), (False, "保留（100.0%）"))),
)


class SettingsDialog(QDialog):
    """Choices take effect with the button; the caller applies them."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("设置")
        self._settings = settings
        self._fonts_task: Task | None = None
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("设置的分类")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._look(), "外观(&1)")
        self.tabs.addTab(self._files(), "文件(&2)")
        self.tabs.addTab(self._new_reports(), "新报表(&3)")
        self.tabs.addTab(self._export(), "导出字体(&4)")
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.tabs, 1)
        column.addWidget(buttons)
        sized(self, 500, 440)
        self._find_families()

    # ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────
    def _look(self) -> QWidget:
        settings = self._settings
        self.theme = _choice(((t.value, text) for t, text in THEMES), settings.theme.value)
        self.sizes = _choice(_SIZES, settings.font_points)
        self.yuan = QCheckBox("打开报表时以元显示金额(&Y)")
        self.yuan.setChecked(settings.show_yuan)
        self.reopen = QCheckBox("启动时打开上次的报表(&R)")
        self.reopen.setChecked(settings.reopen_last)
        self.guide = QCheckBox("在“进度”中显示编制引导(&G)")
        self.guide.setChecked(settings.text("guide") != "no")
        page, form = _page()
        form.addRow("主题(&T)：", self.theme)
        form.addRow("界面字号(&F)：", self.sizes)
        for check in (self.yuan, self.reopen, self.guide):
            form.addRow(check)
        return page

    def _files(self) -> QWidget:
        settings = self._settings
        self.author = QLineEdit(settings.author)
        self.author.setMaxLength(LONGEST_NAME)
        self.author.setPlaceholderText(current_user() or "登录名")
        self.backups = QSpinBox()
        self.backups.setRange(FEWEST_BACKUPS, MOST_BACKUPS)
        self.backups.setValue(settings.backups)
        self.backups.setSuffix(" 份")
        page, form = _page()
        form.addRow("修改历史中的姓名(&N)：", self.author)
        form.addRow(_note("不填写时用这台电脑的登录名。已有的历史不变。"))
        form.addRow("保留最近的备份(&B)：", self.backups)
        form.addRow(_note("此外每天、每周、每月各留若干份；升级和恢复以前的备份另外保留。"))
        return page

    def _new_reports(self) -> QWidget:
        settings = self._settings
        self.numbers: dict[str, QComboBox] = {}
        page, form = _page()
        form.addRow(_note("文字里的数字怎样写。已经打开的报表在“报告 → 文字和图的样式”里改。"))
        for key, label, choices in _NUMBERS:
            combo = _choice(((None, _AS_TEMPLATE), *choices), settings.numbers.get(key))
            self.numbers[key] = combo
            form.addRow(label, combo)
        self.rounding = _choice(_MODES, settings.rounding)
        self.pin_totals = QCheckBox("合计和总计保持四舍五入(&K)")
        self.pin_totals.setChecked(settings.pin_totals)
        form.addRow("公开金额舍入(&G)：", self.rounding)
        form.addRow(self.pin_totals)
        return page

    def _export(self) -> QWidget:
        self.fonts: dict[str, QComboBox] = {}
        page, form = _page()
        form.addRow(_note("PDF、Word 和预览用的字体。没有选定时按公文格式，缺少的字体用相近的代替。"))
        for number, (role, (label, wanted)) in enumerate(ROLES.items(), start=1):
            combo = QComboBox()
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(26)
            combo.addItem(f"按公文格式（{wanted}）", "")
            if chosen := self._settings.fonts.get(role):
                combo.addItem(chosen, chosen)
                combo.setCurrentIndex(1)
            self.fonts[role] = combo
            form.addRow(f"{label}(&{'ABCDE'[number - 1]})：", combo)
        return page

    # ── fonts of the machine ────────────────────────────────────────────────────────────────────────────────────
    def _find_families(self) -> None:
        def look(_control: object) -> list[str]:
            from desktopapp.writers.fonts import available_families

            return sorted({name for name in available_families() if _may_write_chinese(name)})

        self._fonts_task = Task(look, self)
        self._fonts_task.finished.connect(self._families_found)
        self._fonts_task.start()

    def _families_found(self, outcome: Outcome) -> None:
        for combo in self.fonts.values():
            for name in outcome.value or ():
                if combo.findData(name) < 0:
                    combo.addItem(name, name)

    # ── what was chosen ─────────────────────────────────────────────────────────────────────────────────────────
    def accept(self) -> None:
        """Keep the choices."""
        settings = self._settings
        settings.theme = Theme(self.theme.currentData())
        settings.font_points = self.sizes.currentData()
        settings.reopen_last = self.reopen.isChecked()
        settings.show_yuan = self.yuan.isChecked()
        settings.set_text("guide", "" if self.guide.isChecked() else "no")
        settings.author = self.author.text()
        settings.backups = self.backups.value()
        settings.numbers = {k: v for k, c in self.numbers.items() if (v := c.currentData()) is not None}
        settings.rounding = self.rounding.currentData()
        settings.pin_totals = self.pin_totals.isChecked()
        settings.fonts = {role: v for role, c in self.fonts.items() if (v := c.currentData())}
        settings.sync()
        super().accept()


def _choice(choices: object, chosen: object) -> QComboBox:
    """Return a box with (value, text) pairs; what is not among them chooses the first."""
    combo = QComboBox()
    for value, text in choices:  # type: ignore[attr-defined]
        combo.addItem(text, value)
        # ``1 == True``: a number of decimals is not a yes.
        if value == chosen and type(value) is type(chosen):
            combo.setCurrentIndex(combo.count() - 1)
    return combo


def _page() -> tuple[QWidget, QFormLayout]:
    page = QWidget()
    outer = QVBoxLayout(page)
    form = QFormLayout()
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    outer.addLayout(form)
    outer.addStretch(1)
    return page, form


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setEnabled(False)
    return label


def _may_write_chinese(family: str) -> bool:
    """Tell whether a family is worth offering for Chinese text: by its name, as no program asks each font."""
    known = {name for names in PRESCRIBED.values() for name in names}
    return family in known or any(word in family for word in _CHINESE) or any("一" <= c <= "鿿" for c in family)


_CHINESE = ("CJK", "Han ", "Song", "Hei", "Kai", "Fang", "Ming", "Sim", "WenQuan", "YaHei", "FZ", "ST", "DengXian")
