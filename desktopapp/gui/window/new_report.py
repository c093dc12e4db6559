"""New report: template, year, department, how exact, and where the file goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDate
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktopapp.core.report import Report
from desktopapp.core.template import Template
from desktopapp.gui.palette import theme_of
from desktopapp.gui.sizes import sized
from desktopapp.gui.window.dialogs import REPORT_FILTER, SUFFIX, safe_name
from desktopapp.gui.window.pages import short_title
from desktopapp.jobs import template_for

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewReport:
    """What the user chose; ``exact`` keeps amounts to the 分, else to 0.01 万元."""

    template_id: str
    year: int
    department: str
    exact: bool
    path: Path


class NewReportDialog(QDialog):
    """Everything on one page; what is missing is said beneath, and the button waits for it."""

    def __init__(self, templates: list[Template], folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("新建报表")
        self._templates = templates
        self._folder = folder
        self._path_typed = False
        self.template = QComboBox()
        for template in templates:
            self.template.addItem(template.name, template.id)
        self.year = QSpinBox()
        self.year.setRange(2000, 2100)
        self.department = QLineEdit()
        self.department.setMaxLength(_LONGEST_NAME)
        self.department.setPlaceholderText("例如：某某市某某局")
        self.wan = QRadioButton("万元，保留两位小数（与公开口径一致）(&W)")
        self.yuan = QRadioButton("元，保留到分（与账簿一致，显示时可换算成万元）(&E)")
        self.wan.setChecked(True)
        self._grains = QButtonGroup(self)
        self._grains.addButton(self.wan)
        self._grains.addButton(self.yuan)
        self._grain_label = QLabel("金额保存为：")
        self._source = QLabel()
        self._source.setWordWrap(True)
        self._source.hide()
        self.path = QLineEdit()
        self._browse = QPushButton("浏览(&B)…")
        self._forms = QLabel()
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.go_on = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.go_on.setText("新建(&N)")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._arrange(buttons)
        self.template.currentIndexChanged.connect(self._template_chosen)
        self.year.valueChanged.connect(lambda _year: self._suggest())
        self.department.textChanged.connect(lambda _text: self._suggest())
        self.path.textEdited.connect(self._path_edited)
        self._browse.clicked.connect(self._choose_path)
        self._template_chosen()
        self.department.setFocus()

    def _arrange(self, buttons: QDialogButtonBox) -> None:
        form = QFormLayout()
        form.addRow("模板(&T)：", self.template)
        form.addRow("", self._forms)
        form.addRow("年度(&Y)：", self.year)
        form.addRow("部门(&D)：", self.department)
        form.addRow(self._grain_label, self.wan)
        form.addRow("", self.yuan)
        place = QHBoxLayout()
        place.addWidget(self.path, 1)
        place.addWidget(self._browse)
        form.addRow("保存到(&P)：", place)
        form.labelForField(place).setBuddy(self.path)  # type: ignore[attr-defined]
        self.path.setAccessibleName("保存到")
        for widget, name in ((self.template, "模板"), (self.year, "年度"), (self.department, "部门")):
            widget.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(self._source)
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addStretch(1)
        column.addWidget(buttons)
        sized(self, 620, 380)

    def _template_chosen(self) -> None:
        at = self.template.currentIndex()
        if at < 0:
            self._check()
            return
        template = self._templates[at]
        published = [f for f in template.forms if f.published]
        self._forms.setText(f"共 {len(published)} 张公开表，{published[0].mark}至{published[-1].mark}")
        self._forms.setToolTip("\n".join(f"{f.mark}　{short_title(f)}" for f in published))
        muted = self._forms.palette()
        muted.setColor(QPalette.ColorRole.WindowText, theme_of(self.palette()).faint)
        self._forms.setPalette(muted)
        self.year.setValue(max(template.year, QDate.currentDate().year() - 1))
        self._suggest()

    def _suggest(self) -> None:
        """Offer a place for the file as long as the user has not chosen one."""
        if not self._path_typed:
            name = safe_name(f"{self.department.text().strip() or '部门'}{self.year.value()}年度部门决算公开")
            path, number = self._folder / (name + SUFFIX), 2
            while path.exists():
                path = self._folder / f"{name}（{number}）{SUFFIX}"
                number += 1
            self.path.setText(str(path))
        self._check()

    def _path_edited(self) -> None:
        self._path_typed = True
        self._check()

    def _choose_path(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "新报表保存到", self.path.text(), REPORT_FILTER)
        if chosen:
            self._path_typed = True
            self.path.setText(chosen if chosen.endswith(SUFFIX) else chosen + SUFFIX)
            self._check()

    def _check(self) -> None:
        problem = self.problem()
        hint = "" if self.department.text().strip() else "部门名称可以以后在“报表属性”中填写。"
        self._problem.setText(problem or hint)
        palette = self._problem.palette()
        theme = theme_of(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, theme.error.ink if problem else theme.faint)
        self._problem.setPalette(palette)
        self.go_on.setEnabled(not problem)

    def problem(self) -> str:
        """Return what stands in the way, empty when the report can be made."""
        if self.template.currentIndex() < 0:
            return "没有可用的模板，请重新安装本程序。"
        text = self.path.text().strip()
        if not text:
            return "请写明新报表保存到哪里。"
        path = Path(text)
        if not path.is_absolute():
            return "保存位置应是完整的路径，请点“浏览”选择文件夹。"
        if not path.parent.is_dir():
            return f"文件夹“{path.parent}”不存在，请换一个文件夹。"
        if path.with_suffix(SUFFIX).is_dir():
            return f"“{path.name}”是文件夹，请另取一个文件名。"
        if path.with_suffix(SUFFIX).exists():
            return f"“{path.with_suffix(SUFFIX).name}”已经存在，不会覆盖它；请换一个文件名。"
        return ""

    def result_of(self) -> NewReport:
        """Return what was chosen."""
        path = Path(self.path.text().strip())
        return NewReport(
            str(self.template.currentData()),
            self.year.value(),
            " ".join(self.department.text().split()),
            self.yuan.isChecked(),
            path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX),
        )

    def roll_from(self, last: Report, source: str) -> None:
        """Ask for the report that follows last year's: department, template and year are suggested by it."""
        self.setWindowTitle("从上年文件开始")
        ids = [t.id for t in self._templates]
        wanted = template_for(last.template, last.year + 1)
        self.template.setCurrentIndex(ids.index(wanted) if wanted in ids else 0)
        self.year.setRange(last.year + 1, 2100)
        self.year.setValue(last.year + 1)
        self.department.setText(last.department)
        amounts = len(last.amounts)
        self._source.setText(f"上年文件：{source}，{last.year} 年度，{amounts} 个金额。科目和上年数会带到新年度。")
        self._source.show()
        for widget in (self.wan, self.yuan, self._grain_label):
            widget.hide()

    @staticmethod
    def ask_rolled(
        templates: list[Template], folder: Path, last: Report, source: str, parent: QWidget
    ) -> NewReport | None:
        """Ask for the report that follows last year's; None when the user changes their mind."""
        dialog = NewReportDialog(templates, folder, parent)
        dialog.roll_from(last, source)
        chosen = dialog.result_of() if dialog.exec() == QDialog.DialogCode.Accepted else None
        dialog.deleteLater()
        return chosen

    @staticmethod
    def ask(templates: list[Template], folder: Path, parent: QWidget) -> NewReport | None:
        """Ask for a new report; None when the user changes their mind."""
        dialog = NewReportDialog(templates, folder, parent)
        today = QDate.currentDate().year()
        newest = max(range(len(templates)), key=lambda i: (templates[i].year <= today, templates[i].year), default=-1)
        dialog.template.setCurrentIndex(newest)
        chosen = dialog.result_of() if dialog.exec() == QDialog.DialogCode.Accepted else None
        dialog.deleteLater()
        return chosen
